//! What SQLite and the file system say, in the words of the ports.

use maq_store::{Refused, StoreError};
use rusqlite::ErrorCode;
use rusqlite::ffi;
use std::io;

/// Why a unit of work, or a part of it, did not go through.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Its own doing: nothing else in the group is touched.
    Refused(Refused),
    /// The store's or the machine's doing: the whole transaction goes back.
    Broken(StoreError),
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Failure::Refused(refused)
    }
}

impl Failure {
    /// A statement's error: constraints are refusals, everything else is not.
    pub(crate) fn of(location: &str, error: &rusqlite::Error) -> Failure {
        match refusal(error) {
            Some(refused) => Failure::Refused(refused),
            None => Failure::Broken(store_error(location, error)),
        }
    }

    /// The error that is answered.
    pub(crate) fn into_error(self) -> StoreError {
        match self {
            Failure::Refused(refused) => StoreError::Refused(refused),
            Failure::Broken(error) => error,
        }
    }
}

/// The refusal behind a constraint error, with what SQLite names: columns, the constraint, or the trigger's words.
pub(crate) fn refusal(error: &rusqlite::Error) -> Option<Refused> {
    let rusqlite::Error::SqliteFailure(code, message) = error else { return None };
    if code.code != ErrorCode::ConstraintViolation {
        return None;
    }
    let message = message.as_deref().unwrap_or_default();
    let named = message.split_once("constraint failed: ").map_or(message, |(_, named)| named).to_owned();
    Some(match code.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            Refused::Unique(named)
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Refused::ForeignKey(named),
        ffi::SQLITE_CONSTRAINT_NOTNULL => Refused::NotNull(named),
        _ => Refused::Check(named),
    })
}

/// An error of SQLite that is no refusal.
pub(crate) fn store_error(location: &str, error: &rusqlite::Error) -> StoreError {
    let location = location.to_owned();
    // The file of shared memory could not grow: how a full disk shows when a store is opened.
    if error.sqlite_error().is_some_and(|code| code.extended_code == ffi::SQLITE_IOERR_SHMSIZE) {
        return StoreError::DiskFull(location);
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::DiskFull(location),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Corrupt { location, reason: error.to_string() }
        }
        Some(
            ErrorCode::PermissionDenied
            | ErrorCode::ReadOnly
            | ErrorCode::CannotOpen
            | ErrorCode::AuthorizationForStatementDenied,
        ) => StoreError::Permission(location),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Unavailable(error.to_string()),
        _ => match error.sqlite_error() {
            Some(code) => StoreError::Fault(format!("{location}: {error} ({})", code.extended_code)),
            None => StoreError::Fault(format!("{location}: {error}")),
        },
    }
}

/// An error of the file system.
pub(crate) fn file_error(location: &str, error: &io::Error) -> StoreError {
    let location = location.to_owned();
    match error.kind() {
        io::ErrorKind::NotFound => StoreError::NotFound(location),
        io::ErrorKind::AlreadyExists => StoreError::Exists(location),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => StoreError::Permission(location),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::DiskFull(location),
        io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => {
            StoreError::NotAStore { location, reason: "it is a folder".into() }
        }
        _ => StoreError::Fault(format!("{location}: {error}")),
    }
}

/// What a caller gets once the store is closed.
pub(crate) fn closed() -> StoreError {
    StoreError::Unavailable("the store is closed".into())
}
