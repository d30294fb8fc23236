//! Foreign SQLite databases: a music shop and a trading company (the shapes of two well-known public samples), a nasty
//! one with everything an importer can meet, and any number of tables. A builder panics when it cannot write: that is
//! a failing test.

mod many;
mod music_shop;
mod nasty;
mod postgres;
mod trading_company;

pub use many::{execute, large_model, many_tables};
pub use music_shop::music_shop;
pub use nasty::nasty;
pub use postgres::{COUNT_POSTGRES_OBJECTS, NASTY_POSTGRES};
pub use trading_company::trading_company;

use rusqlite::Connection;
use std::path::Path;

/// A small generator (SplitMix64, Steele et al. 2014), so that rows vary and stay the same from run to run.
pub(crate) struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// 1 to `sides`.
    pub fn roll(&mut self, sides: u64) -> i64 {
        i64::try_from(self.next() % sides.max(1)).unwrap_or(0) + 1
    }
}

/// A new database at `path` filled by `fill` in one transaction.
pub(crate) fn build(path: &Path, fill: impl FnOnce(&Connection) -> rusqlite::Result<()>) {
    let written = (|| {
        let mut connection = Connection::open(path)?;
        connection.pragma_update(None, "foreign_keys", false)?;
        let transaction = connection.transaction()?;
        fill(&transaction)?;
        transaction.commit()
    })();
    assert!(written.is_ok(), "cannot build {}: {written:?}", path.display());
}

/// Rows of `table` in the database at `path`.
pub fn count_rows(path: &Path, table: &str) -> u64 {
    let counted =
        Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).and_then(|connection| {
            let sql = format!("SELECT COUNT(*) FROM \"{}\"", table.replace('"', "\"\""));
            connection.query_row(&sql, [], |row| row.get::<_, i64>(0))
        });
    assert!(counted.is_ok(), "cannot count {table}: {counted:?}");
    counted.unwrap_or_default().unsigned_abs()
}

/// Objects in the catalogue of a database without virtual tables, counted independently of any importer: tables,
/// columns, primary keys, foreign keys, uniques, indexes, checks, defaults, views and triggers.
pub fn count_objects(path: &Path) -> usize {
    let counted =
        Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).and_then(|connection| {
            let one = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
            let tables = "sqlite_schema AS s WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
            let each = |pragma: &str, what: &str| {
                let tables = tables.replace(" WHERE ", &format!(" JOIN {pragma}(s.name) AS p WHERE "));
                one(&format!("SELECT COUNT({what}) FROM {tables}"))
            };
            let checks: i64 = {
                let mut statement = connection.prepare(&format!("SELECT s.sql FROM {tables}"))?;
                let texts = statement.query_map([], |row| row.get::<_, String>(0))?;
                let count = |text: String| text.to_uppercase().replace(' ', "").matches("CHECK(").count();
                texts.map(|text| text.map(count)).sum::<rusqlite::Result<usize>>()? as i64
            };
            Ok(one(&format!("SELECT COUNT(*) FROM {tables}"))?
                + each("pragma_table_xinfo", "*")?
                + each("pragma_table_xinfo", "DISTINCT CASE WHEN p.pk > 0 THEN s.name END")?
                + each("pragma_foreign_key_list", "DISTINCT s.name || ' ' || p.id")?
                + each("pragma_index_list", "CASE WHEN p.origin <> 'pk' THEN 1 END")?
                + each("pragma_table_xinfo", "p.dflt_value")?
                + checks
                + one("SELECT COUNT(*) FROM sqlite_schema WHERE type IN ('view', 'trigger')")?)
        });
    assert!(counted.is_ok(), "cannot count the objects: {counted:?}");
    usize::try_from(counted.unwrap_or_default()).unwrap_or_default()
}
