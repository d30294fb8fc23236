//! The tenancy recorder: looks at every statement that an adapter is about to run and refuses one that could reach
//! rows of another tenant or realm. Adapters call [`observe`] themselves, so that it is on in every test and every
//! program they start, without anybody thinking of it. Release builds leave it out: there, what the tests have seen
//! runs.
//!
//! What it refuses is a fault of ours in `maq-query`, never of a user. Where `MAQUETTE_RECORD_STATEMENTS` names a
//! folder, it leaves there what it saw (`statements`) and what it refused (`violations`), a line each; `./dev test`
//! reads both at the end, so that a refusal is seen even where a test expected some error.

#[cfg(test)]
mod tests;
mod text;

use maq_query::Statement;

/// Refuses a statement that is not bound to one tenant and realm: one on records whose text does not ask for both in
/// every table it touches, or one that touches records and is not marked as such. Says what is wrong.
///
/// # Errors
/// What is wrong with the statement, in words for whoever wrote it.
#[cfg(debug_assertions)]
pub fn observe(statement: &Statement) -> Result<(), String> {
    seen::observe(statement, seen::write)
}

/// Release builds look at nothing.
///
/// # Errors
/// None.
#[cfg(not(debug_assertions))]
#[inline]
pub fn observe(_: &Statement) -> Result<(), String> {
    Ok(())
}

/// The same without remembering or writing anything.
///
/// # Errors
/// As [`observe`].
pub fn check(statement: &Statement) -> Result<(), String> {
    if !statement.is_scoped() {
        return Err("tenant and realm are not its first two values".to_owned());
    }
    if statement.on_records { text::scoped(&statement.sql) } else { text::off_records(&statement.sql) }
}

#[cfg(debug_assertions)]
mod seen {
    use super::{Statement, check};
    use std::collections::HashSet;
    use std::io::Write as _;
    use std::path::PathBuf;
    use std::sync::{Arc, Mutex, OnceLock, PoisonError};

    /// Texts that are remembered as well; those of filters come and go.
    const REMEMBERED: usize = 50_000;

    /// A text, and whether it was marked as one on records.
    type Text = (Arc<str>, bool);

    static WELL: Mutex<Option<HashSet<Text>>> = Mutex::new(None);

    /// Looks at a statement and hands what is new to `write`, with the name of the file it belongs in.
    pub(super) fn observe(statement: &Statement, mut write: impl FnMut(&str, &str)) -> Result<(), String> {
        let text = (statement.sql.clone(), statement.on_records);
        let known = {
            let well = WELL.lock().unwrap_or_else(PoisonError::into_inner);
            well.as_ref().is_some_and(|well| well.contains(&text))
        };
        if known && statement.is_scoped() {
            return Ok(());
        }
        if let Err(wrong) = check(statement) {
            let words = format!("{wrong}: {}", one_line(&statement.sql));
            write("violations", &words);
            return Err(words);
        }
        let mut well = WELL.lock().unwrap_or_else(PoisonError::into_inner);
        let well = well.get_or_insert_default();
        if well.len() < REMEMBERED && well.insert(text) && statement.on_records {
            write("statements", &one_line(&statement.sql));
        }
        Ok(())
    }

    fn one_line(sql: &str) -> String {
        sql.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Appends a line in one write, so that lines of many processes do not mix.
    pub(super) fn write(name: &str, line: &str) {
        static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
        let named = || std::env::var_os("MAQUETTE_RECORD_STATEMENTS").filter(|folder| !folder.is_empty());
        let Some(folder) = FOLDER.get_or_init(|| named().map(PathBuf::from)) else { return };
        let opened = std::fs::OpenOptions::new().create(true).append(true).open(folder.join(name));
        // Where it cannot be written, `./dev test` misses the file and says so.
        let _ = opened.and_then(|mut file| file.write_all(format!("{line}\n").as_bytes()));
    }
}
