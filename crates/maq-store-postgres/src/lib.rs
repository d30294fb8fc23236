//! The Postgres adapter: stores in a database, and foreign databases as sources. The only crate that knows sqlx.

pub mod source;
