//! Over Postgres: ours as a server whose records belong to a role that owns nothing, behind row-level security; the
//! floor in a schema of its own of the same database, asked by the superuser.

use super::{LIMIT, compare, document};
use crate::areas::Failure;
use crate::areas::data::{PageOut, floor_table, publish, services_over, show_postgres};
use crate::report::Report;
use maq_store::StoreKind;
use maq_store_postgres::{Address, PostgresStore};
use maq_testkit::postgres::{Cluster, Options, available};
use maq_value::{Decimal, Instant};
use serde_json::{Map, Value as Json};
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;
use tokio::runtime::Runtime;

const ROLES: &str = "CREATE ROLE bench_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
CREATE ROLE bench_data LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
CREATE DATABASE bench_ours OWNER bench_owner;";

const COLUMNS: &str = "tenant_id, realm_id, row_version, created_at, created_by, updated_at, updated_by, \
     invoice_number, customer_name, status, total, line_count, issued, due_days, country, discount, paid, note";

macro_rules! page_by {
    ($column:literal) => {
        concat!(
            "SELECT id, row_version, created_at, created_by, updated_at, updated_by, invoice_number, customer_name, \
             status, total, line_count, issued::text, due_days, country, discount, paid, note FROM floor.invoice \
             WHERE tenant_id = $1 AND realm_id = $2 AND ",
            $column,
            " = $3 AND total < $4 ORDER BY id LIMIT 20"
        )
    };
}

pub fn run(
    report: &mut Report,
    runtime: &Runtime,
    records: &[Map<String, Json>],
    copies: usize,
) -> Result<(), Failure> {
    if !available() {
        eprintln!("  no policy/postgres: PostgreSQL's programs are not installed here");
        return Ok(());
    }
    let cluster = Cluster::start(Options::default());
    for statement in ROLES.lines() {
        cluster.sql("postgres", statement);
    }
    let folder = tempfile::tempdir()?;
    let url = cluster.superuser_url("bench_ours");
    let (mut bare, services) = runtime.block_on(async {
        let address = |role| Address::parse(&cluster.url("bench_ours", role));
        let (data, admin) = (address("bench_data")?, address("bench_owner")?);
        let store = PostgresStore::create(&data, Some(&admin), StoreKind::Server, "bench", "sto_bench", Instant::now());
        let server = services_over(store.await?).await?;
        publish(folder.path(), &server, document()).await?;
        let mut bare = PgConnection::connect(&url).await?;
        floor_table(&mut bare, records).await?;
        Ok::<_, Failure>((bare, server))
    })?;
    for statement in [
        &*format!(
            "INSERT INTO floor.invoice (id, {COLUMNS}) SELECT gen_random_uuid(), {COLUMNS} FROM floor.invoice, \
             generate_series(2, {copies})"
        ),
        "CREATE INDEX invoice_customer ON floor.invoice (tenant_id, realm_id, customer_name)",
        "CREATE INDEX invoice_country ON floor.invoice (tenant_id, realm_id, country)",
        &format!("INSERT INTO data.invoice (id, {COLUMNS}) SELECT id, {COLUMNS} FROM floor.invoice"),
        "VACUUM ANALYZE",
    ] {
        cluster.sql("bench_ours", statement);
    }
    let mut floor = |column: &str, value: &str| {
        let text = if column == "country" { page_by!("country") } else { page_by!("customer_name") };
        runtime.block_on(async {
            let query = sqlx::query(text).bind("default").bind("main").bind(value).bind(Decimal::from(LIMIT));
            let rows = query.fetch_all(&mut bare).await?;
            let mut page = PageOut::new();
            for row in &rows {
                show_postgres(row, |record| page.add(record))?;
            }
            Ok::<_, Failure>(page.text())
        })
    };
    compare(report, runtime, "policy/postgres", &services, records, &mut floor)?;
    runtime.block_on(services.close());
    Ok(())
}
