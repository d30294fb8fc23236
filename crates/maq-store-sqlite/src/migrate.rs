//! Migrations of the meta tables: files in `migrations/sqlite/`, run in order, each in a transaction, each remembered
//! with the SHA-256 of its text. A file that was applied and then changed is refused: what stands in the store would
//! no longer be what the file says.

use crate::errors::store_error;
use maq_store::{STORE_FORMAT, StoreError};
use maq_value::Uuid;
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

struct Migration {
    number: i64,
    name: &'static str,
    sql: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "0001_foundation",
        sql: include_str!("../../../migrations/sqlite/0001_foundation.sql"),
    },
    Migration {
        number: 2,
        name: "0002_idempotency_outbox_members",
        sql: include_str!("../../../migrations/sqlite/0002_idempotency_outbox_members.sql"),
    },
    Migration {
        number: 3,
        name: "0003_edit_group_ids",
        sql: include_str!("../../../migrations/sqlite/0003_edit_group_ids.sql"),
    },
    Migration {
        number: 4,
        name: "0004_token_uses",
        sql: include_str!("../../../migrations/sqlite/0004_token_uses.sql"),
    },
    Migration { number: 5, name: "0005_decisions", sql: include_str!("../../../migrations/sqlite/0005_decisions.sql") },
];

const LEDGER: &str = "CREATE TABLE IF NOT EXISTS meta_migrations (
    number   INTEGER PRIMARY KEY,
    name     TEXT NOT NULL,
    checksum TEXT NOT NULL
) STRICT";

/// Brings the meta tables to our format; checks that what was applied before is what we know.
pub(crate) fn migrate(connection: &Connection, location: &str) -> Result<(), StoreError> {
    migrate_with(connection, location, MIGRATIONS)?;
    draw_secret(connection).map_err(|error| store_error(location, &error))
}

/// Draws what hashes in place of values are made with, where it is not there. The machine's randomness is asked, not
/// SQLite's, which makes do with less where the machine has none.
fn draw_secret(connection: &Connection) -> rusqlite::Result<()> {
    let drawn: Vec<u8> = (0..4).flat_map(|_| Uuid::new_v4().into_bytes()).collect();
    let value = hex::encode(Sha256::digest(drawn));
    let sql = "INSERT INTO meta_secrets (name, value) VALUES ('mask', ?1) ON CONFLICT DO NOTHING";
    connection.execute(sql, params![value]).map(drop)
}

fn migrate_with(connection: &Connection, location: &str, migrations: &[Migration]) -> Result<(), StoreError> {
    let failed = |error: rusqlite::Error| store_error(location, &error);
    connection.execute_batch(LEDGER).map_err(failed)?;
    let applied = applied(connection).map_err(failed)?;
    for (number, name, checksum) in &applied {
        let Some(known) = migrations.iter().find(|migration| migration.number == *number) else {
            return Err(StoreError::Newer { location: location.into(), format: *number, known: STORE_FORMAT });
        };
        if digest(known.sql) != *checksum {
            let reason = format!("its migration `{name}` is not the one this program has");
            return Err(StoreError::NotAStore { location: location.into(), reason });
        }
    }
    for migration in migrations {
        if !applied.iter().any(|(number, ..)| *number == migration.number) {
            apply(connection, migration).map_err(failed)?;
        }
    }
    Ok(())
}

fn applied(connection: &Connection) -> rusqlite::Result<Vec<(i64, String, String)>> {
    let mut statement = connection.prepare("SELECT number, name, checksum FROM meta_migrations ORDER BY number")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    rows.collect()
}

fn apply(connection: &Connection, migration: &Migration) -> rusqlite::Result<()> {
    let transaction = connection.unchecked_transaction()?;
    transaction.execute_batch(migration.sql)?;
    transaction.execute(
        "INSERT INTO meta_migrations (number, name, checksum) VALUES (?1, ?2, ?3)",
        params![migration.number, migration.name, digest(migration.sql)],
    )?;
    transaction.pragma_update(None, "user_version", STORE_FORMAT)?;
    transaction.commit()
}

/// Line ends do not count: a checkout may have changed them.
fn digest(sql: &str) -> String {
    hex::encode(Sha256::digest(sql.replace('\r', "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Migration = Migration { number: 1, name: "0001_a", sql: "CREATE TABLE a (x TEXT) STRICT;" };
    const SECOND: Migration = Migration { number: 2, name: "0002_b", sql: "CREATE TABLE b (x TEXT) STRICT;" };

    #[test]
    fn a_later_migration_runs_once_on_an_older_store() {
        let connection = Connection::open_in_memory().unwrap();
        migrate_with(&connection, "x", &[FIRST]).unwrap();
        connection.execute("INSERT INTO a VALUES ('kept')", []).unwrap();
        migrate_with(&connection, "x", &[FIRST, SECOND]).unwrap();
        migrate_with(&connection, "x", &[FIRST, SECOND]).unwrap();
        let kept: String = connection.query_row("SELECT x FROM a", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, "kept");
        assert_eq!(applied(&connection).unwrap().len(), 2);
    }

    #[test]
    fn a_migration_that_was_changed_after_it_ran_is_refused() {
        let connection = Connection::open_in_memory().unwrap();
        migrate_with(&connection, "x", &[FIRST]).unwrap();
        let changed = Migration { sql: "CREATE TABLE a (x TEXT, y TEXT) STRICT;", ..FIRST };
        let refused = migrate_with(&connection, "x", &[changed]).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "`x` is not a Maquette store: its migration `0001_a` is not the one this program has"
        );
    }

    #[test]
    fn a_store_with_a_migration_we_do_not_know_is_newer() {
        let connection = Connection::open_in_memory().unwrap();
        migrate_with(&connection, "x", &[FIRST, SECOND]).unwrap();
        let refused = migrate_with(&connection, "x", &[FIRST]).unwrap_err();
        assert!(matches!(refused, StoreError::Newer { format: 2, .. }), "{refused}");
    }

    #[test]
    fn a_migration_that_fails_half_way_leaves_nothing() {
        let connection = Connection::open_in_memory().unwrap();
        let broken = Migration { sql: "CREATE TABLE c (x TEXT) STRICT; CREATE TABLE c (x TEXT) STRICT;", ..SECOND };
        assert!(migrate_with(&connection, "x", &[FIRST, broken]).is_err());
        let tables: i64 =
            connection.query_row("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'c'", [], |row| row.get(0)).unwrap();
        assert_eq!((tables, applied(&connection).unwrap().len()), (0, 1));
    }
}
