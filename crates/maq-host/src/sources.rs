//! Foreign databases: SQLite files, and Postgres by its address.

use maq_app::SourceOpener;
use maq_store::SourceReader;
use maq_store::source::SourceError;
use maq_store_postgres::Address;
use maq_store_postgres::source::PostgresSource;
use maq_store_sqlite::source::SqliteSource;
use std::path::Path;
use std::sync::Arc;

/// Opens foreign databases for reading, each with the adapter that its address asks for.
#[derive(Debug, Default)]
pub(crate) struct ForeignDatabases;

impl SourceOpener for ForeignDatabases {
    fn open(&self, location: &str) -> Result<Arc<dyn SourceReader>, SourceError> {
        if Address::is_one(location) {
            return Ok(Arc::new(PostgresSource::open(location)?));
        }
        let path = location.strip_prefix("sqlite:").unwrap_or(location);
        if let Some((scheme, _)) = path.split_once("://") {
            // The rest of an address may hold a password.
            return Err(SourceError::Unreadable {
                location: format!("{scheme}://…"),
                reason: "only SQLite files and Postgres databases can be imported".into(),
            });
        }
        Ok(Arc::new(SqliteSource::open(Path::new(path))?))
    }
}
