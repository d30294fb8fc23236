//! The SQLite adapter: one writer thread that groups commits, reader threads with prepared statements, and the only
//! code that knows rusqlite.
//!
//! [`SqliteStore`] is a workspace or a server in one file. What statements mean is `maq-query`'s business; what a
//! unit of work is, `maq-store`'s. [`source`] reads foreign SQLite databases, never writing to them.

mod connection;
mod create;
mod errors;
mod functions;
mod group;
mod header;
mod lock;
mod migrate;
mod nearby;
mod queue;
mod run;
pub mod source;
mod statistics;
mod store;
mod tails;
mod unit;
mod worker;

pub use header::APPLICATION_ID;
pub use store::SqliteStore;
