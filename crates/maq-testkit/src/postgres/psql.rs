//! SQL through Postgres's own `psql`: this crate has no client of its own, so that it stands beside every crate.

use super::programs;
use std::io::Write;
use std::process::Stdio;

/// Runs `text` (any number of statements; a backslash command too) with the database at `url` and answers what it
/// printed: a row a line, fields separated by `|`, no headings.
///
/// # Errors
/// Whatever `psql` wrote to its standard error; the first statement that fails is the last one run.
pub fn psql(url: &str, text: &str) -> Result<String, String> {
    run(url, text, true)
}

pub(crate) fn run(url: &str, text: &str, stop_at_error: bool) -> Result<String, String> {
    let program = programs::program("psql");
    let stop = if stop_at_error { "ON_ERROR_STOP=1" } else { "ON_ERROR_STOP=0" };
    let words = ["-X", "-q", "-A", "-t", "-w", "-v", stop, "-v", "VERBOSITY=verbose", "-d", url, "-f", "-"];
    let mut command = programs::command([program.to_str().unwrap_or("psql")].into_iter().chain(words));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("cannot run {}: {error}", program.display()))?;
    // Written by a thread of its own, because psql answers while it reads.
    let input = child.stdin.take();
    let text = text.to_owned();
    let writer = std::thread::spawn(move || input.map(|mut input| input.write_all(text.as_bytes())));
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    let _ = writer.join();
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}
