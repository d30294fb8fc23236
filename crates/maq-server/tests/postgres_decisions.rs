//! The tests of `decisions.rs` again, with the server's store on Postgres.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "decisions.rs"]
mod decisions;
