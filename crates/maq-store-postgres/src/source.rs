//! A foreign Postgres database as a [`SourceReader`]: everything in one snapshot, read-only.
//!
//! What is here: opening ([`open`](PostgresSource::open)), the catalogue, profiles and rows. What is not: what becomes of
//! them, which is `maq-interop`'s question. The port blocks; a small runtime of this module's own does the talking, so
//! that it may be called from any thread.

mod catalogue;
mod connection;
mod copy;
mod json;
mod opening;
mod profile;
mod rows;
mod select;
mod trouble;

use catalogue::Known;
use connection::Pool;
use maq_store::source::{ColumnProfile, Pick, SourceCatalogue, SourceError, SourceReader, SourceRows, SourceTable};
use std::sync::{Arc, Mutex, PoisonError};

/// A foreign Postgres database. All connections see it as it was when it was opened.
pub struct PostgresSource {
    pool: Arc<Pool>,
    known: Mutex<Option<Arc<Known>>>,
}

impl PostgresSource {
    /// Connects to the database at `url`. `?schema=a,b` names the schemas to read; without it all are read but
    /// Postgres's own.
    ///
    /// # Errors
    /// [`SourceError`]: an address that is none, a host that does not answer, a login that is refused, no such database
    /// or schema, a Maquette store.
    pub fn open(url: &str) -> Result<PostgresSource, SourceError> {
        let pool = Pool::new(opening::Opening::read(url)?)?;
        pool.with(|connection, opening| Box::pin(opening::examine(connection, opening)))?;
        Ok(PostgresSource { pool: Arc::new(pool), known: Mutex::default() })
    }

    /// The catalogue, read once.
    fn known(&self) -> Result<Arc<Known>, SourceError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &*known {
            return Ok(Arc::clone(known));
        }
        let read = self.pool.with(|connection, opening| Box::pin(catalogue::read(connection, opening)))?;
        Ok(Arc::clone(known.insert(Arc::new(read))))
    }
}

impl SourceReader for PostgresSource {
    fn location(&self) -> String {
        self.pool.location().to_owned()
    }

    fn catalogue(&self) -> Result<SourceCatalogue, SourceError> {
        Ok(self.known()?.catalogue.clone())
    }

    fn profile(&self, table: &SourceTable) -> Result<Vec<ColumnProfile>, SourceError> {
        let known = self.known()?;
        profile::read(&self.pool, &known, table)
    }

    fn rows(&self, table: &SourceTable, picks: &[Pick]) -> Result<SourceRows, SourceError> {
        let known = self.known()?;
        rows::stream(&self.pool, &known, table, picks)
    }
}
