//! Running one statement: binds in, rows out, prepared statements from the connection's cache.

use maq_query::{PackedRows, SqlRef, SqlValue, Statement};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ToSql};

struct Bind<'a>(&'a SqlValue);

impl ToSql for Bind<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            SqlValue::Null => ValueRef::Null,
            SqlValue::Integer(value) => ValueRef::Integer(*value),
            SqlValue::Real(value) => ValueRef::Real(*value),
            SqlValue::Text(value) => ValueRef::Text(value.as_bytes()),
            SqlValue::Blob(value) => ValueRef::Blob(value),
        }))
    }
}

/// A cell as the ports know it.
pub(crate) fn cell(value: ValueRef<'_>) -> SqlValue {
    looked_at(value, |cell| cell.to_value())
}

/// `look` at a cell where it stands. A text that is none is shown with what is wrong in it replaced.
fn looked_at<T>(value: ValueRef<'_>, look: impl FnOnce(SqlRef<'_>) -> T) -> T {
    let replaced;
    look(match value {
        ValueRef::Null => SqlRef::Null,
        ValueRef::Integer(value) => SqlRef::Integer(value),
        ValueRef::Real(value) => SqlRef::Real(value),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => SqlRef::Text(text),
            Err(_) => {
                replaced = String::from_utf8_lossy(bytes);
                SqlRef::Text(&replaced)
            }
        },
        ValueRef::Blob(bytes) => SqlRef::Blob(bytes),
    })
}

/// Prepares `sql` (or finds it prepared) and binds `values`, which must be as many as it has places.
pub(crate) fn bound<'c>(
    connection: &'c Connection,
    sql: &str,
    values: &[SqlValue],
) -> rusqlite::Result<CachedStatement<'c>> {
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, values)?;
    Ok(statement)
}

/// Binds `values` to a prepared statement.
pub(crate) fn bind(statement: &mut rusqlite::Statement<'_>, values: &[SqlValue]) -> rusqlite::Result<()> {
    let places = statement.parameter_count();
    if places != values.len() {
        return Err(rusqlite::Error::InvalidParameterCount(values.len(), places));
    }
    for (at, value) in values.iter().enumerate() {
        statement.raw_bind_parameter(at + 1, Bind(value))?;
    }
    Ok(())
}

/// Runs a bound statement to its end: the rows it answers and how many it touched.
pub(crate) fn finish(statement: &mut rusqlite::Statement<'_>) -> rusqlite::Result<(Vec<Vec<SqlValue>>, u64)> {
    let width = statement.column_count();
    if width == 0 {
        let touched = statement.raw_execute()?;
        return Ok((Vec::new(), touched as u64));
    }
    let mut answers = Vec::new();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        let cells = (0..width).map(|at| row.get_ref(at).map(cell));
        answers.push(cells.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    let touched = answers.len() as u64;
    Ok((answers, touched))
}

/// Prepares, binds, runs.
pub(crate) fn run(connection: &Connection, statement: &Statement) -> rusqlite::Result<(Vec<Vec<SqlValue>>, u64)> {
    refuse_unscoped(statement)?;
    finish(&mut *bound(connection, &statement.sql, &statement.binds)?)
}

/// The same for a statement that runs once: nothing is kept prepared.
pub(crate) fn run_once(connection: &Connection, statement: &Statement) -> rusqlite::Result<()> {
    let mut prepared = connection.prepare(&statement.sql)?;
    bind(&mut prepared, &statement.binds)?;
    finish(&mut prepared).map(drop)
}

/// The second wall of tenancy, after `maq-query`: no statement on records runs without tenant and realm.
pub(crate) fn refuse_unscoped(statement: &Statement) -> rusqlite::Result<()> {
    if !statement.is_scoped() {
        return Err(rusqlite::Error::InvalidParameterName("tenant and realm".into()));
    }
    maq_store::recorder::observe(statement).map_err(rusqlite::Error::InvalidParameterName)
}

/// The same for a statement that may only read.
pub(crate) fn read(connection: &Connection, statement: &Statement) -> rusqlite::Result<Vec<Vec<SqlValue>>> {
    finish(&mut *reading(connection, statement)?).map(|(rows, _)| rows)
}

/// The same with the rows close together.
pub(crate) fn read_packed(connection: &Connection, statement: &Statement) -> rusqlite::Result<PackedRows> {
    let mut prepared = reading(connection, statement)?;
    let width = prepared.column_count();
    let mut packed = PackedRows::new(width);
    let mut rows = prepared.raw_query();
    while let Some(row) = rows.next()? {
        for at in 0..width {
            looked_at(row.get_ref(at)?, |cell| packed.push(cell));
        }
    }
    drop(rows);
    Ok(packed)
}

/// Prepares and binds a statement that may only read.
fn reading<'c>(connection: &'c Connection, statement: &Statement) -> rusqlite::Result<CachedStatement<'c>> {
    refuse_unscoped(statement)?;
    let prepared = bound(connection, &statement.sql, &statement.binds)?;
    if prepared.readonly() { Ok(prepared) } else { Err(rusqlite::Error::InvalidQuery) }
}

/// The first cell of the first row, for pragmas and the like.
pub(crate) fn scalar(connection: &Connection, sql: &str) -> rusqlite::Result<Option<SqlValue>> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    rows.next()?.map(|row| row.get_ref(0).map(cell)).transpose()
}
