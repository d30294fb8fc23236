//! The lock of a store: an advisory lock on a side file, held while the store is open and gone with the process that
//! held it, however it ends. SQLite's own locks are taken per transaction and would let two writers in.

use crate::errors::file_error;
use maq_store::StoreError;
use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a held lock is waited for: a process that is just ending, or a child that was forked and has not yet
/// become its own program, holds it for moments only.
const PATIENCE: Duration = Duration::from_millis(500);

/// Held while a store is open.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// `<path><suffix>`, beside the store.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(suffix);
    PathBuf::from(name)
}

/// Takes the lock of the store at `path`.
pub(crate) fn take(path: &Path) -> Result<Lock, StoreError> {
    let location = path.display().to_string();
    let side = beside(path, "-lock");
    let opened = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(side);
    let file = opened.map_err(|error| file_error(&location, &error))?;
    let began = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) if began.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(TryLockError::WouldBlock) => return Err(StoreError::Locked(location)),
            Err(TryLockError::Error(error)) => return Err(file_error(&location, &error)),
        }
    }
}
