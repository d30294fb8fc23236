//! The Postgres adapter: stores in a database, and foreign databases as sources. The only crate that knows sqlx.
//!
//! Records are read and written over connections that are set to a tenant and realm, behind row-level security;
//! connections remember what they are set to. Audit events are linked by a sealer, in the order of commits.

mod address;
mod cells;
mod changes;
mod create;
mod errors;
mod line;
mod pool;
mod roles;
mod run;
mod sealer;
mod side;
pub mod source;
mod store;
mod unit;

pub use address::Address;
pub use store::PostgresStore;
