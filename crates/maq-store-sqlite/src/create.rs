//! Making a store: everything is written to a file beside the final name, which it gets when it is whole, so that a
//! kill at any moment leaves a store or none.

use crate::connection;
use crate::errors::{file_error, store_error};
use crate::header::APPLICATION_ID;
use crate::lock::{self, Lock};
use crate::migrate;
use maq_store::{StoreError, StoreKind};
use maq_value::Instant;
use rusqlite::{Connection, params};
use std::fs::{self, File};
use std::path::Path;

/// What a new store is told about itself.
pub(crate) struct Birth<'a> {
    pub(crate) kind: StoreKind,
    pub(crate) name: &'a str,
    pub(crate) id: &'a str,
    pub(crate) now: Instant,
}

/// Makes the file at `path` and answers its lock, still held.
pub(crate) fn make_file(path: &Path, birth: &Birth<'_>) -> Result<Lock, StoreError> {
    let location = path.display().to_string();
    refuse_existing(path)?;
    let held = lock::take(path)?;
    refuse_existing(path)?;
    let draft = lock::beside(path, "-new");
    clear(&draft);
    let made = fill_file(&draft, &location, birth).and_then(|()| {
        fs::rename(&draft, path).map_err(|error| file_error(&location, &error))?;
        settle_folder(path).map_err(|error| file_error(&location, &error))
    });
    if made.is_err() {
        clear(&draft);
    }
    made.map(|()| held)
}

fn refuse_existing(path: &Path) -> Result<(), StoreError> {
    match fs::symlink_metadata(path) {
        Ok(_) => Err(StoreError::Exists(path.display().to_string())),
        Err(_) => Ok(()),
    }
}

fn fill_file(draft: &Path, location: &str, birth: &Birth<'_>) -> Result<(), StoreError> {
    let connection = connection::new_file(draft).map_err(|error| store_error(location, &error))?;
    fill(&connection, location, birth)?;
    connection.close().map_err(|(_, error)| store_error(location, &error))
}

/// Writes the meta tables and the store's own row.
pub(crate) fn fill(connection: &Connection, location: &str, birth: &Birth<'_>) -> Result<(), StoreError> {
    let failed = |error: rusqlite::Error| store_error(location, &error);
    connection.pragma_update(None, "application_id", APPLICATION_ID).map_err(failed)?;
    migrate::migrate(connection, location)?;
    let inserted = connection.execute(
        "INSERT INTO meta_store (id, kind, name, created_at) VALUES (?1, ?2, ?3, ?4)",
        params![birth.id, kind_word(birth.kind), birth.name, birth.now.0],
    );
    inserted.map(drop).map_err(failed)
}

pub(crate) fn kind_word(kind: StoreKind) -> &'static str {
    match kind {
        StoreKind::Workspace => "workspace",
        StoreKind::Server => "server",
    }
}

/// Takes away what a killed attempt left.
fn clear(draft: &Path) {
    for suffix in ["", "-journal", "-wal", "-shm"] {
        // Usually there is nothing; what cannot be removed shows when the file is made.
        let _ = fs::remove_file(lock::beside(draft, suffix));
    }
}

/// A rename is durable once the folder is.
fn settle_folder(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(folder) if cfg!(unix) => {
            File::open(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })?.sync_all()
        }
        _ => Ok(()),
    }
}
