//! A throw-away Postgres for tests: a cluster in a private folder that ends with its process, and in it an empty
//! database for every test. What cannot be done fails the test; nothing is skipped, not even where Postgres is not
//! installed. It runs programs and is no client: a test brings the client that it is about.

mod certificate;
mod cluster;
mod database;
mod pgbouncer;
mod programs;
mod psql;
mod watchdog;

pub use cluster::{Cluster, Options};
pub use database::{TestDatabase, database};
pub use pgbouncer::{PgBouncer, Upstream, pgbouncer};
pub use psql::psql;

/// Names the cluster of a test run: the URL of a superuser. `./dev test` starts one and sets it.
pub const CLUSTER_OF_THE_RUN: &str = "MAQUETTE_TEST_POSTGRES";

/// Whether Postgres's programs are installed here.
pub fn available() -> bool {
    programs::folder().is_some()
}
