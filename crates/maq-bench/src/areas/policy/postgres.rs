//! Over Postgres: ours as a server whose records belong to a role that owns nothing, behind row-level security; the
//! floor reads the same table as the superuser, past row-level security.

use super::{LIMIT, Question, compare, document, statements};
use crate::areas::Failure;
use crate::areas::data::{PageOut, floor_table, publish, services_over, show_postgres};
use crate::report::Report;
use maq_store::StoreKind;
use maq_store_postgres::{Address, PostgresStore};
use maq_testkit::postgres::{Cluster, Options, available};
use maq_value::Instant;
use serde_json::{Map, Value as Json};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, SqlSafeStr, SqlStr};
use tokio::runtime::Runtime;

const ROLES: &str = "CREATE ROLE bench_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
CREATE ROLE bench_data LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
CREATE DATABASE bench_ours OWNER bench_owner;";

const COLUMNS: &str = "tenant_id, realm_id, row_version, created_at, created_by, updated_at, updated_by, \
     invoice_number, customer_name, status, total, line_count, issued, due_days, country, discount, paid, note";

const SHOWN: &str = "id, row_version, created_at, created_by, updated_at, updated_by, invoice_number, customer_name, \
     status, total, line_count, issued::text, due_days, country, discount, paid, note";

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
            "INSERT INTO data.invoice (id, {COLUMNS}) SELECT gen_random_uuid(), {COLUMNS} FROM floor.invoice, \
             generate_series(1, {copies})"
        ),
        "VACUUM ANALYZE",
    ] {
        cluster.sql("bench_ours", statement);
    }
    let limit = LIMIT.to_string();
    let texts: Vec<SqlStr> = statements(SHOWN, "data.invoice", ["$1", &limit, "$2::text::date", "$3::text::uuid"])
        .into_iter()
        // In the order of the index, which has what is missing first.
        .map(|text| text.replace("ORDER BY i.issued,", "ORDER BY i.issued NULLS FIRST,"))
        .map(|text| SqlSafeStr::into_sql_str(AssertSqlSafe(text)))
        .collect();
    let mut floor = |at: usize, question: &Question| {
        runtime.block_on(async {
            let text = texts.get(at).ok_or("a list has no statement")?.clone();
            let mut query = sqlx::query(text).bind(&question.value);
            if question.after.is_some() {
                query = query.bind(&question.last.0).bind(&question.last.1);
            }
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
