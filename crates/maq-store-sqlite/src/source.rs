//! A foreign SQLite database as a [`SourceReader`]: opened read-only, whole or not at all.
//!
//! What is here: opening without leaving a trace ([`open`](SqliteSource::open)), the catalogue, profiles and rows. What
//! is not: what becomes of them, which is `maq-interop`'s question. Nothing beside the source is made or changed: a
//! database that could only be read by recovering it is copied into a temporary folder and recovered there.

mod catalogue;
mod lookup;
mod opening;
mod profile;
mod rows;

pub(crate) use lookup::row_id;

use maq_store::source::{ColumnProfile, Pick, SourceCatalogue, SourceError, SourceReader, SourceRows, SourceTable};
use opening::Opening;
use rusqlite::{Connection, ErrorCode};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// A foreign SQLite file. All connections see the file as it was when it was opened.
pub struct SqliteSource {
    pool: Arc<Pool>,
}

/// Connections that are free, each with an open read transaction. Declared before the opening, because a temporary
/// copy may go only after them.
struct Pool {
    idle: Mutex<Vec<Connection>>,
    opening: Opening,
}

impl SqliteSource {
    /// Opens the file at `path` and reads through it once: what is missing, no database, encrypted, cut short, damaged
    /// or a Maquette store is refused.
    pub fn open(path: impl AsRef<Path>) -> Result<SqliteSource, SourceError> {
        let (opening, connection) = opening::open(path.as_ref())?;
        Ok(SqliteSource { pool: Arc::new(Pool { idle: Mutex::new(vec![connection]), opening }) })
    }
}

impl Pool {
    /// A connection of one's own, to be given back.
    fn take(&self) -> Result<Connection, SourceError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| self.opening.connect(), Ok)
    }

    fn give_back(&self, connection: Connection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }

    fn with<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, SourceError> {
        let connection = self.take()?;
        let answer = work(&connection).map_err(|error| source_error(&self.opening.location, &error));
        self.give_back(connection);
        answer
    }
}

impl SourceReader for SqliteSource {
    fn location(&self) -> String {
        self.pool.opening.location.clone()
    }

    fn catalogue(&self) -> Result<SourceCatalogue, SourceError> {
        self.pool.with(catalogue::read)
    }

    fn profile(&self, table: &SourceTable) -> Result<Vec<ColumnProfile>, SourceError> {
        self.pool.with(|connection| profile::read(connection, table))
    }

    fn rows(&self, table: &SourceTable, picks: &[Pick]) -> Result<SourceRows, SourceError> {
        rows::stream(Arc::clone(&self.pool), table, picks)
    }
}

/// What SQLite says, in the words of the port.
fn source_error(location: &str, error: &rusqlite::Error) -> SourceError {
    let location = location.to_owned();
    let reason = match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        other => other.to_string(),
    };
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => {
            SourceError::NotADatabase { location, reason: "its pages are encrypted or no SQLite pages".into() }
        }
        Some(ErrorCode::DatabaseCorrupt) => SourceError::Damaged { location, reason },
        Some(ErrorCode::SystemIoFailure) if error.to_string().contains("short read") => {
            SourceError::Damaged { location, reason }
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            SourceError::Unreadable { location, reason: "another program holds it locked".into() }
        }
        _ => SourceError::Unreadable { location, reason },
    }
}
