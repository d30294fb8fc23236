//! The same over Postgres: ours as a server whose records belong to a role that owns nothing, behind row-level
//! security; the floor in another database of the same cluster, which writes to disk what it commits.

use super::{Subjects, compare, floor_postgres, ours};
use crate::areas::Failure;
use crate::report::Report;
use maq_store::StoreKind;
use maq_store_postgres::{Address, PostgresStore};
use maq_testkit::postgres::{Cluster, Options, available};
use maq_value::Instant;
use serde_json::{Map, Value as Json};
use tokio::runtime::Runtime;

/// Connections that each server holds at most.
const CONNECTIONS: usize = 10;

const ROLES: &str = "CREATE ROLE bench_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
CREATE ROLE bench_data LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
CREATE DATABASE bench_ours OWNER bench_owner;
CREATE DATABASE bench_floor;";

/// Measures both servers over one throw-away cluster.
pub fn run(
    report: &mut Report,
    serving: &Runtime,
    asking: &Runtime,
    there: &[Map<String, Json>],
    new: &[Map<String, Json>],
) -> Result<(), Failure> {
    if !available() {
        eprintln!("  no data/postgres: PostgreSQL's programs are not installed here");
        return Ok(());
    }
    let cluster = Cluster::start(Options { fsync: true, ..Options::default() });
    for statement in ROLES.lines() {
        cluster.sql("postgres", statement);
    }
    let folder = tempfile::tempdir()?;
    let (bare, ours, services) = serving.block_on(async {
        let bare = floor_postgres::start(&cluster.superuser_url("bench_floor"), CONNECTIONS, there).await?;
        let address = |role| Address::parse(&format!("{}?connections={CONNECTIONS}", cluster.url("bench_ours", role)));
        let (records, admin) = (address("bench_data")?, address("bench_owner")?);
        let store =
            PostgresStore::create(&records, Some(&admin), StoreKind::Server, "bench", "sto_bench", Instant::now());
        let server = ours::services_over(store.await?).await?;
        let ours = ours::start(folder.path(), &server, there).await?;
        Ok::<_, Failure>((bare, ours, server))
    })?;
    // Both were filled a moment ago, and the planner knows neither.
    cluster.sql("bench_ours", "ANALYZE");
    compare(report, asking, "data/postgres", &Subjects { ours: &ours, floor: &bare, peers: Vec::new() }, new)?;
    serving.block_on(services.close());
    Ok(())
}
