//! For tests: databases of the shapes that people bring, built by code, so that no test depends on a file from
//! outside, every builder seeded so that it gives the same database twice; a throw-away Postgres; and a proxy that
//! makes the way to it slow or breaks it.

mod address;
pub mod conditions;
mod ports;
pub mod postgres;
pub mod proxy;
pub mod sources;

/// Ends the test: a helper of tests that cannot do its work is a failing test, never a skipped one.
#[track_caller]
#[allow(clippy::panic, reason = "this is how a test fails")]
pub(crate) fn fail(what: &str) -> ! {
    panic!("{what}")
}
