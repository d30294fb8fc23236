//! The tests of `roles.rs` again, with the server's store on Postgres.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "roles.rs"]
mod roles;
