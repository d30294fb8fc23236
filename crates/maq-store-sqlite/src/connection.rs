//! Connections and how they are set up.

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// Statements each connection keeps prepared.
const PREPARED: usize = 512;

/// Pages in the log before they are folded into the file (16 MiB): folding syncs twice, so not for every few commits.
const CHECKPOINT: i64 = 4096;

/// The writer of a file: write-ahead log, a commit is on the disk before it is answered.
pub(crate) fn writer(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | threads())?;
    careful(&connection)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT)?;
    Ok(connection)
}

/// A reader of a file.
pub(crate) fn reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | threads())?;
    careful(&connection)?;
    Ok(connection)
}

/// A database that is gone with its connection.
pub(crate) fn in_memory() -> rusqlite::Result<Connection> {
    let connection = Connection::open_in_memory()?;
    careful(&connection)?;
    Ok(connection)
}

/// A file that is being made: one file, no log beside it, so that it can be renamed when it is whole.
pub(crate) fn new_file(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | threads();
    let connection = Connection::open_with_flags(path, flags)?;
    careful(&connection)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

/// Each connection stays with one thread at a time, so SQLite needs no lock of its own.
fn threads() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_NO_MUTEX
}

fn careful(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    // A quoted name that is no column is an error, never a text.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    // A plan does not depend on what is bound: else every statement with a bound LIMIT is prepared anew each time.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    // Deletes that a REPLACE makes run the triggers too: the audit stays append-only.
    connection.pragma_update(None, "recursive_triggers", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    crate::functions::register(connection)
}
