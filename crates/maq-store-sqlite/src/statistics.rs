//! What SQLite knows of how many rows share a key when it chooses among indexes. It counts by itself only when it is
//! told to; without counts the primary key of a tenant, which all its rows share, seems as good as any index, and a
//! filter of two alternatives walks the whole table.
//!
//! Tables of records are counted when they have grown tenfold since the last time, from a size on where plans matter.
//! No values are kept, only how many rows there are to a key on average: what is deleted stays nowhere.

use crate::source::row_id;
use rusqlite::{Connection, OptionalExtension as _};
use std::collections::HashMap;

/// Rows from which a table is counted: below, every plan is quick.
const LEAST: i64 = 10_000;
/// Rows up to which it is counted: it takes seconds then, in which nothing is written, and the shares stay what they are.
const MOST: i64 = 5_000_000;
/// Rows written after which sizes are looked at again.
const EVERY: i64 = 10_000;

/// When tables were counted, and when to look again.
#[derive(Debug, Default)]
pub(crate) struct Statistics {
    /// Rows written by the connection when sizes were last looked at.
    seen: i64,
    /// Sizes at which a table was counted by this process.
    counted: HashMap<String, i64>,
}

impl Statistics {
    /// Counts what has grown, when many rows were written since the last time.
    pub(crate) fn look_if_much(&mut self, connection: &Connection) {
        if written(connection).is_ok_and(|written| written - self.seen >= EVERY) {
            self.look(connection);
        }
    }

    /// Counts what has grown. Without counts everything works, only slower: what goes wrong is told to the log.
    pub(crate) fn look(&mut self, connection: &Connection) {
        if let Err(error) = self.refresh(connection) {
            tracing::warn!(%error, "the rows of the tables could not be counted");
            if !connection.is_autocommit() {
                let _ = connection.execute_batch("ROLLBACK");
            }
        }
        self.seen = written(connection).unwrap_or(self.seen);
    }

    fn refresh(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut due = Vec::new();
        for table in tables(connection)? {
            let size = size(connection, &table)?;
            if (LEAST..=MOST).contains(&size) && !self.knows(connection, &table, size)? {
                due.push((table, size));
            }
        }
        if due.is_empty() {
            return Ok(());
        }
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for (table, _) in &due {
            connection.execute_batch(&format!("ANALYZE main.{}", maq_query::quote(table)))?;
            // Samples of values, where SQLite was built to take some.
            if exists(connection, "sqlite_stat4")? {
                connection.execute("DELETE FROM sqlite_stat4 WHERE tbl = ?1", [table])?;
            }
        }
        // Other connections look at counts only when they read the schema.
        let version: i64 = connection.query_row("PRAGMA schema_version", [], |row| row.get(0))?;
        connection.execute_batch(&format!("PRAGMA schema_version = {}; COMMIT", version.wrapping_add(1)))?;
        self.counted.extend(due);
        Ok(())
    }

    /// Whether every index of a table was counted when the table was not much smaller.
    fn knows(&self, connection: &Connection, table: &str, size: i64) -> rusqlite::Result<bool> {
        if !exists(connection, "sqlite_stat1")? {
            return Ok(false);
        }
        let indexes = "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?1";
        let indexes: i64 = connection.query_row(indexes, [table], |row| row.get(0))?;
        let told = "SELECT COUNT(*), MAX(CAST(stat AS INTEGER)) FROM sqlite_stat1 WHERE tbl = ?1 AND idx IS NOT NULL";
        let (known, rows): (i64, Option<i64>) =
            connection.query_row(told, [table], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let then = rows.max(self.counted.get(table).copied()).unwrap_or_default();
        Ok(known >= indexes && size / 10 < then)
    }
}

/// Rows that this connection has ever written.
fn written(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("SELECT total_changes()")?.query_row([], |row| row.get(0))
}

/// The tables of records.
fn tables(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare_cached(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'meta\\_%' ESCAPE '\\' AND name NOT LIKE \
         'sqlite\\_%' ESCAPE '\\'",
    )?;
    let names = statement.query_map([], |row| row.get(0))?;
    names.collect()
}

/// About how many rows a table has: rows are numbered upwards.
fn size(connection: &Connection, table: &str) -> rusqlite::Result<i64> {
    let mut columns = connection.prepare_cached("SELECT name FROM pragma_table_info(?1)")?;
    let columns: Vec<String> = columns.query_map([table], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    // A table whose columns have every name for it is not counted.
    let Some(number) = row_id(&columns) else { return Ok(0) };
    let last = format!("SELECT MAX({number}) FROM {}", maq_query::quote(table));
    let last: Option<i64> = connection.query_row(&last, [], |row| row.get(0))?;
    Ok(last.unwrap_or_default())
}

fn exists(connection: &Connection, table: &str) -> rusqlite::Result<bool> {
    let asked = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1";
    Ok(connection.query_row(asked, [table], |_| Ok(())).optional()?.is_some())
}

#[cfg(test)]
mod tests;
