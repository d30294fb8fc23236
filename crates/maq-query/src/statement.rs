//! A statement: text and binds, with what the tenancy recorder must know about it.

use std::sync::Arc;

/// The SQL a store speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite 3.51.
    Sqlite,
    /// PostgreSQL 15 and later.
    Postgres,
}

impl Dialect {
    /// A truth value. SQLite takes the words for the columns of these names where a table has them.
    pub(crate) fn truth(self, holds: bool) -> &'static str {
        match (self, holds) {
            (Dialect::Sqlite, true) => "1",
            (Dialect::Sqlite, false) => "0",
            (Dialect::Postgres, true) => "TRUE",
            (Dialect::Postgres, false) => "FALSE",
        }
    }
}

/// A bound or returned value in the driver's terms.
#[derive(Debug, Clone, PartialEq)]
pub enum SqlValue {
    /// NULL
    Null,
    /// Whole number
    Integer(i64),
    /// Double
    Real(f64),
    /// Text
    Text(String),
    /// Bytes
    Blob(Vec<u8>),
}

impl From<&str> for SqlValue {
    fn from(text: &str) -> Self {
        SqlValue::Text(text.to_owned())
    }
}

impl From<String> for SqlValue {
    fn from(text: String) -> Self {
        SqlValue::Text(text)
    }
}

impl From<i64> for SqlValue {
    fn from(value: i64) -> Self {
        SqlValue::Integer(value)
    }
}

impl From<bool> for SqlValue {
    fn from(value: bool) -> Self {
        SqlValue::Integer(i64::from(value))
    }
}

impl<T: Into<SqlValue>> From<Option<T>> for SqlValue {
    fn from(value: Option<T>) -> Self {
        value.map_or(SqlValue::Null, Into::into)
    }
}

impl SqlValue {
    /// The text inside.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            SqlValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number inside.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            SqlValue::Integer(value) => Some(*value),
            _ => None,
        }
    }
}

/// Text and binds. Binds are numbered `?1`, `?2` on SQLite and `$1`, `$2` on Postgres.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The SQL; shared, so that adapters can keep it prepared.
    pub sql: Arc<str>,
    /// Values, in the order of their numbers.
    pub binds: Vec<SqlValue>,
    /// True when it reads or writes records; such a statement binds tenant and realm as its first two values, and a
    /// recorder over the tests fails on one that does not.
    pub on_records: bool,
    /// True when it draws the record's id from those that are there: where two run side by side one finds its id
    /// taken, and is run again.
    pub draws_id: bool,
    /// True for a write that touches one record at most and answers it.
    pub answers_one_row: bool,
}

impl Statement {
    /// A statement on meta tables.
    pub fn new(sql: impl Into<Arc<str>>, binds: Vec<SqlValue>) -> Statement {
        Statement { sql: sql.into(), binds, on_records: false, draws_id: false, answers_one_row: false }
    }

    /// A statement on records; the first two binds are tenant and realm.
    pub fn on_records(sql: impl Into<Arc<str>>, binds: Vec<SqlValue>) -> Statement {
        Statement { sql: sql.into(), binds, on_records: true, draws_id: false, answers_one_row: false }
    }

    /// False for a statement on records that does not bind tenant and realm as its first two values. A store runs no
    /// such statement.
    pub fn is_scoped(&self) -> bool {
        !self.on_records || matches!(self.binds.as_slice(), [SqlValue::Text(_), SqlValue::Text(_), ..])
    }
}

/// An identifier in double quotes, safe in both dialects.
pub fn quote(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}
