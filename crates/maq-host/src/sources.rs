//! Foreign databases: SQLite files.

use maq_app::SourceOpener;
use maq_store::SourceReader;
use maq_store::source::SourceError;
use maq_store_sqlite::source::SqliteSource;
use std::path::Path;
use std::sync::Arc;

/// Opens SQLite files for reading.
#[derive(Debug, Default)]
pub(crate) struct SqliteFiles;

impl SourceOpener for SqliteFiles {
    fn open(&self, location: &str) -> Result<Arc<dyn SourceReader>, SourceError> {
        let path = location.strip_prefix("sqlite:").unwrap_or(location);
        if let Some((scheme, _)) = path.split_once("://") {
            // The rest of an address may hold a password.
            return Err(SourceError::Unreadable {
                location: format!("{scheme}://…"),
                reason: "only SQLite files can be imported".into(),
            });
        }
        Ok(Arc::new(SqliteSource::open(Path::new(path))?))
    }
}
