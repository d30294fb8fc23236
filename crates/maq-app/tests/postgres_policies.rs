//! The tests of `policies.rs` again, with the server's store on Postgres.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "policies.rs"]
mod policies;
