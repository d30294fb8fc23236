//! Schema operations as SQL.
//!
//! A managed table has the system columns, the primary key `(tenant_id, realm_id, id)`, and uniques, indexes and foreign
//! keys that begin with tenant and realm. What the statements may assume: one transaction runs them all, foreign keys
//! are off while they run and checked before the commit, and triggers that stand on a rebuilt table are put back.

mod carry;
pub(crate) mod postgres;
mod sqlite;
#[cfg(test)]
mod tests;

use crate::codec::CodecError;
use crate::{Dialect, SqlValue, Statement};
use maq_ir::schema::SchemaOperation;

/// Why a schema operation cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DdlError {
    /// What existing rows should get does not fit the new column.
    #[error(transparent)]
    Fill(#[from] CodecError),
}

/// Statements of a list of operations. What stands in the way of any of them goes first; what refers to tables that a
/// later operation makes comes last.
#[derive(Debug, Default)]
struct Script {
    first: Vec<Statement>,
    now: Vec<Statement>,
    last: Vec<Statement>,
}

impl Script {
    fn first(&mut self, sql: String) {
        self.first.push(Statement::new(sql, Vec::new()));
    }

    fn now(&mut self, sql: String) {
        self.now.push(Statement::new(sql, Vec::new()));
    }

    fn last(&mut self, sql: String) {
        self.last.push(Statement::new(sql, Vec::new()));
    }
}

/// The statements that do `operations`, in order, for `UnitOfWork::schema`. Write a whole plan at once: tables may
/// refer to each other in circles.
///
/// # Errors
/// [`DdlError`] when a fill does not fit its column.
pub fn statements(operations: &[SchemaOperation], dialect: Dialect) -> Result<Vec<Statement>, DdlError> {
    let mut script = Script::default();
    for operation in operations {
        match dialect {
            Dialect::Sqlite => sqlite::write(operation, &mut script)?,
            Dialect::Postgres => postgres::write(operation, &mut script)?,
        }
    }
    let Script { first, now, last } = script;
    Ok([first, now, last].into_iter().flatten().collect())
}

/// The same for one operation as text, for people who read a plan; an operation that cannot be written shows why.
pub fn render(operation: &SchemaOperation, dialect: Dialect) -> Vec<String> {
    match statements(std::slice::from_ref(operation), dialect) {
        Ok(statements) => statements.iter().map(inline).collect(),
        Err(error) => vec![format!("-- {error}")],
    }
}

/// Schema statements have at most one bind: what existing rows get.
fn inline(statement: &Statement) -> String {
    let literal = match statement.binds.first() {
        None => return statement.sql.to_string(),
        Some(SqlValue::Null) => "NULL".to_owned(),
        Some(SqlValue::Integer(value)) => value.to_string(),
        Some(SqlValue::Real(value)) => format!("{value:?}"),
        Some(SqlValue::Text(text)) => literal(text),
        Some(SqlValue::Blob(bytes)) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
            format!("X'{digits}'")
        }
    };
    statement.sql.replacen("?1", &literal, 1)
}

/// A text literal, safe in both dialects.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
