//! Opening a stranger's file without touching it.
//!
//! A file in rollback mode is opened read-only as it stands. A file in WAL mode without its two side files is opened
//! `immutable`, because SQLite would otherwise make them. Where a write-ahead log or a hot journal holds part of the
//! data, file and log are copied into a temporary folder and read there; while a writer is alive its log is kept from
//! being reset by a read transaction during the copy.

use super::source_error;
use crate::header::APPLICATION_ID;
use maq_store::source::SourceError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

const MAGIC: &[u8] = b"SQLite format 3\0";

/// How further connections to the same state are made.
pub(super) struct Opening {
    pub(super) location: String,
    path: PathBuf,
    immutable: bool,
    /// The copy that is read; removed with the source.
    copy: Option<TempDir>,
}

impl Opening {
    fn direct(path: &Path, location: &str, immutable: bool) -> Opening {
        Opening { location: location.to_owned(), path: path.to_owned(), immutable, copy: None }
    }

    /// A connection with an open read transaction.
    pub(super) fn connect(&self) -> Result<Connection, SourceError> {
        self.raw().map_err(|error| source_error(&self.location, &error))
    }

    fn raw(&self) -> rusqlite::Result<Connection> {
        // Only the copy is ours to recover.
        let mode = match self.copy {
            Some(_) => OpenFlags::SQLITE_OPEN_READ_WRITE,
            None => OpenFlags::SQLITE_OPEN_READ_ONLY,
        };
        let flags = mode | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let connection = Connection::open_with_flags(uri(&self.path, self.immutable), flags)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.pragma_update(None, "cell_size_check", true)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        connection.execute_batch("BEGIN")?;
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
        Ok(connection)
    }
}

/// Opens and checks the file.
pub(super) fn open(path: &Path) -> Result<(Opening, Connection), SourceError> {
    let location = path.display().to_string();
    let head = header(path, &location)?;
    let (opening, connection) = whole_state(path, &location, &head)?;
    refuse_own(&connection, &location)?;
    refuse_damaged(&connection, &location)?;
    Ok((opening, connection))
}

fn whole_state(path: &Path, location: &str, head: &[u8]) -> Result<(Opening, Connection), SourceError> {
    // Bytes 18 and 19: 2 is write-ahead log (https://www.sqlite.org/fileformat2.html, 1.3.3).
    let logged = head.get(18) == Some(&2) || head.get(19) == Some(&2);
    if logged {
        let (log, index) = (beside(path, "-wal"), beside(path, "-shm"));
        if index.exists() {
            let live = Opening::direct(path, location, false);
            let held = live.connect()?;
            let copied = copied(path, location, &["-wal"]);
            drop(held);
            return connected(copied?);
        }
        if fs::metadata(&log).is_ok_and(|data| data.len() > 0) {
            return connected(copied(path, location, &["-wal"])?);
        }
        check_length(path, location, head)?;
        return connected(Opening::direct(path, location, true));
    }
    let direct = Opening::direct(path, location, false);
    match direct.raw() {
        Ok(connection) => {
            check_length(path, location, head)?;
            Ok((direct, connection))
        }
        // A hot journal: a transaction broke off, and a read-only connection may not roll it back.
        Err(error)
            if matches!(error.sqlite_error_code(), Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen))
                && beside(path, "-journal").exists() =>
        {
            connected(copied(path, location, &["-journal"])?)
        }
        Err(error) => Err(source_error(location, &error)),
    }
}

fn connected(opening: Opening) -> Result<(Opening, Connection), SourceError> {
    let connection = opening.connect()?;
    Ok((opening, connection))
}

/// The file and its logs in a temporary folder; the log last, so that it holds every page that changed meanwhile.
fn copied(path: &Path, location: &str, logs: &[&str]) -> Result<Opening, SourceError> {
    let failed =
        |error: std::io::Error| SourceError::Unreadable { location: location.to_owned(), reason: error.to_string() };
    let folder = tempfile::Builder::new().prefix("maquette-source-").tempdir().map_err(failed)?;
    let target = folder.path().join("source.sqlite");
    take_over(path, &target).map_err(failed)?;
    for log in logs {
        take_over(&beside(path, log), &beside(&target, log)).map_err(failed)?;
    }
    Ok(Opening { location: location.to_owned(), path: target, immutable: false, copy: Some(folder) })
}

/// A copy that may be written even where the source may not.
fn take_over(from: &Path, to: &Path) -> std::io::Result<()> {
    std::io::copy(&mut File::open(from)?, &mut File::create(to)?).map(drop)
}

/// The first hundred bytes of what is a database by its looks.
fn header(path: &Path, location: &str) -> Result<Vec<u8>, SourceError> {
    let not_a_database =
        |reason: &str| SourceError::NotADatabase { location: location.to_owned(), reason: reason.into() };
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => SourceError::NotFound(location.to_owned()),
        _ => SourceError::Unreadable { location: location.to_owned(), reason: error.to_string() },
    };
    let data = fs::metadata(path).map_err(failed)?;
    if data.is_dir() {
        return Err(not_a_database("it is a folder"));
    }
    if !data.is_file() {
        return Err(not_a_database("it is no regular file"));
    }
    if data.len() == 0 {
        return Err(not_a_database("the file is empty"));
    }
    let mut head = Vec::with_capacity(100);
    File::open(path).and_then(|file| file.take(100).read_to_end(&mut head)).map_err(failed)?;
    if !head.starts_with(MAGIC) {
        let cut = head.len() < MAGIC.len() && MAGIC.starts_with(&head);
        return Err(not_a_database(if cut {
            "the file breaks off in its header"
        } else {
            "it does not begin like a SQLite database; it may be encrypted or of another kind"
        }));
    }
    if head.len() < 100 {
        return Err(SourceError::Damaged {
            location: location.to_owned(),
            reason: "the file breaks off in its header".into(),
        });
    }
    if number(&head, 68) == APPLICATION_ID {
        return Err(SourceError::OwnStore(location.to_owned()));
    }
    Ok(head)
}

/// Refuses a file that is shorter than its header says, where the header can be trusted to say it.
fn check_length(path: &Path, location: &str, head: &[u8]) -> Result<(), SourceError> {
    let page = match u64::from(number(head, 16) >> 16) {
        1 => 65_536,
        size => size,
    };
    let (pages, counter, valid_for) = (u64::from(number(head, 28)), number(head, 24), number(head, 92));
    let length = fs::metadata(path).map_or(0, |data| data.len());
    // Another program may have written since the header was read; the integrity check follows anyway.
    if counter == valid_for && pages > 0 && length < pages * page {
        let reason = format!("the file breaks off: {length} bytes are there of {}", pages * page);
        return Err(SourceError::Damaged { location: location.to_owned(), reason });
    }
    Ok(())
}

fn refuse_own(connection: &Connection, location: &str) -> Result<(), SourceError> {
    let ours = connection
        .query_row(
            "SELECT count(*) = 2 FROM sqlite_schema WHERE type = 'table' AND name IN ('meta_store', 'meta_audit')",
            [],
            |row| row.get::<_, bool>(0),
        )
        .map_err(|error| source_error(location, &error))?;
    if ours { Err(SourceError::OwnStore(location.to_owned())) } else { Ok(()) }
}

/// Reads every page. Rows that break a constraint are no damage: they are the importer's business.
fn refuse_damaged(connection: &Connection, location: &str) -> Result<(), SourceError> {
    const NO_DAMAGE: [&str; 7] = [
        "ok",
        "NULL value in ",
        "NUMERIC value in ",
        "TEXT value in ",
        "non-",
        "CHECK constraint failed in ",
        "malformed inverted index",
    ];
    let check = || -> rusqlite::Result<Option<String>> {
        let mut statement = connection.prepare("PRAGMA quick_check(1000)")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let line: String = row.get(0)?;
            if !NO_DAMAGE.iter().any(|start| line.starts_with(start)) {
                return Ok(Some(line));
            }
        }
        Ok(None)
    };
    match check() {
        Ok(None) => Ok(()),
        Ok(Some(line)) => Err(SourceError::Damaged { location: location.to_owned(), reason: line.replace('\n', " ") }),
        Err(error) => match source_error(location, &error) {
            // A function, collation or module that is not here: the check cannot run, reading may.
            SourceError::Unreadable { .. } if error.sqlite_error_code() == Some(ErrorCode::Unknown) => Ok(()),
            refused => Err(refused),
        },
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// `file:` with everything but plain characters escaped (<https://www.sqlite.org/uri.html>).
fn uri(path: &Path, immutable: bool) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut out = String::from("file:");
    for byte in path_bytes(&absolute) {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    if immutable {
        out.push_str("?immutable=1");
    }
    out
}

#[cfg(unix)]
fn path_bytes(path: &Path) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec()
}

#[cfg(not(unix))]
fn path_bytes(path: &Path) -> Vec<u8> {
    let text = path.to_string_lossy().replace('\\', "/");
    if text.starts_with('/') { text.into_bytes() } else { format!("/{text}").into_bytes() }
}

/// The big-endian number at `at`; 0 outside.
fn number(head: &[u8], at: usize) -> u32 {
    head.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes)
}
