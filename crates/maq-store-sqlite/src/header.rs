//! What the first bytes of a file say, read without SQLite: opening a stranger's database with SQLite could already
//! write to it (recovering its journal).

use crate::errors::file_error;
use maq_store::{STORE_FORMAT, StoreError};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// `application_id` of our files: `MAQS` in ASCII.
pub const APPLICATION_ID: u32 = 0x4D41_5153;

const MAGIC: &[u8] = b"SQLite format 3\0";

/// Refuses what is not a store of a format we know.
pub(crate) fn check(path: &Path) -> Result<(), StoreError> {
    let location = path.display().to_string();
    let not_a_store = |reason: &str| StoreError::NotAStore { location: location.clone(), reason: reason.into() };
    let file = File::open(path).map_err(|error| file_error(&location, &error))?;
    if file.metadata().is_ok_and(|data| data.is_dir()) {
        return Err(not_a_store("it is a folder"));
    }
    let mut head = Vec::with_capacity(100);
    file.take(100).read_to_end(&mut head).map_err(|error| file_error(&location, &error))?;
    if head.is_empty() {
        return Err(not_a_store("the file is empty"));
    }
    if !head.starts_with(MAGIC) {
        return Err(not_a_store("it is no SQLite database"));
    }
    let (Some(format), Some(application)) = (number(&head, 60), number(&head, 68)) else {
        return Err(StoreError::Corrupt { location, reason: "the file breaks off in its header".into() });
    };
    if application != APPLICATION_ID {
        return Err(not_a_store("it is a SQLite database of another program"));
    }
    let format = i64::from(format);
    if format > STORE_FORMAT {
        return Err(StoreError::Newer { location, format, known: STORE_FORMAT });
    }
    Ok(())
}

/// The big-endian number at `at` (<https://www.sqlite.org/fileformat2.html>, 1.3).
fn number(head: &[u8], at: usize) -> Option<u32> {
    let bytes: [u8; 4] = head.get(at..at + 4)?.try_into().ok()?;
    Some(u32::from_be_bytes(bytes))
}
