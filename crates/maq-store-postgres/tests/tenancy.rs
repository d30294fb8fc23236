//! Tenants side by side on Postgres: keys that begin with them, connections that change between them, and plans that
//! look at the entries of one.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use maq_query::Statement;
use maq_store::conformance::Sample;
use maq_store::{Store, StoreKind, UnitOfWork};
use maq_store_postgres::PostgresStore;
use maq_testkit::postgres::{TestDatabase, database, pgbouncer, psql};
use std::sync::Arc;
use support::{address, server};

const TENANTS: usize = 8;

/// A server with the suite's tables, in which tenant `t<n>` has n tags.
async fn filled() -> TestDatabase {
    let database = database();
    let store = server(&database).await;
    Sample::publish(&*store).await;
    for tenant in 1..=TENANTS {
        store.commit(UnitOfWork::of((1..=tenant).map(|number| put(tenant, number)))).await.unwrap();
    }
    store.close().await;
    database
}

fn put(tenant: usize, number: usize) -> Statement {
    let sql = "INSERT INTO \"tag rows\" (\"tenant_id\", \"realm_id\", \"id\", \"row_version\", \"created_at\", \"created_by\", \
               \"updated_at\", \"updated_by\") VALUES ($1, $2, $3, 1, now(), $4, now(), $4) RETURNING \"id\"";
    let binds = vec![format!("t{tenant}").into(), "main".into(), format!("n{number}").into(), "ann".into()];
    Statement::on_records(sql, binds)
}

async fn count(store: &dyn Store, tenant: usize) -> i64 {
    let sql = "SELECT COUNT(*), MIN(\"tenant_id\"), MAX(\"tenant_id\") FROM \"tag rows\" WHERE \"tenant_id\" = $1 AND \
               \"realm_id\" = $2";
    let tenant = format!("t{tenant}");
    let rows = store.read(Statement::on_records(sql, vec![tenant.clone().into(), "main".into()])).await.unwrap();
    let row = &rows.0[0];
    assert_eq!((row[1].as_text(), row[2].as_text()), (Some(tenant.as_str()), Some(tenant.as_str())));
    row[0].as_integer().unwrap()
}

/// Many readers and writers of all tenants over few connections: each sees its own and leaves nothing behind.
async fn take_turns(store: Arc<PostgresStore>) {
    let turns = (0..240).map(|turn| {
        let store = store.clone();
        tokio::spawn(async move {
            let tenant = turn % TENANTS + 1;
            if turn % 3 == 0 {
                let refused = store.commit(UnitOfWork::of([put(tenant, 1)])).await;
                assert!(refused.is_err(), "its first tag is there already");
            }
            assert_eq!(count(&*store, tenant).await, i64::try_from(tenant).unwrap());
        })
    });
    for turn in turns.collect::<Vec<_>>() {
        turn.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_go_from_tenant_to_tenant_and_take_nothing_along() {
    let database = filled().await;
    let pooler = pgbouncer(&database);
    let plain =
        |connections: usize| (format!("{}?connections={connections}", database.data_url()), database.owner_url());
    let pooled = |url: String| format!("{}?pgbouncer=true&connections=3", pooler.url_of(&url));
    let ways = [plain(1), plain(3), (pooled(database.data_url()), pooled(database.owner_url()))];
    for (records, admin) in ways {
        let opened = PostgresStore::open(&address(&records), Some(&address(&admin)), StoreKind::Server).await;
        let store = opened.unwrap();
        take_turns(store.clone()).await;
        let open =
            database.sql(&format!("SELECT COUNT(*) FROM pg_stat_activity WHERE usename = '{}'", database.data_role()));
        // Behind the pooler these are its own.
        assert!(open.parse::<usize>().unwrap() <= 25, "{records}: {open} connections");
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_key_and_every_reference_begins_with_tenant_and_realm() {
    let database = filled().await;
    let columns = |keys: &str, of: &str| {
        format!(
            "(SELECT string_agg(a.attname, ',' ORDER BY k.at) FROM unnest({keys}) WITH ORDINALITY AS k(number, at) JOIN pg_attribute \
             a ON a.attrelid = {of} AND a.attnum = k.number WHERE k.at <= 2)"
        )
    };
    let other = "IS DISTINCT FROM 'tenant_id,realm_id'";
    let indexes = format!(
        "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid WHERE \
         t.relnamespace = 'data'::regnamespace AND {} {other}",
        columns("i.indkey::int2[]", "t.oid")
    );
    assert_eq!(database.sql(&indexes), "", "an index that does not begin with tenant and realm");
    let references = format!(
        "SELECT o.conname FROM pg_constraint o WHERE o.contype = 'f' AND o.connamespace = 'data'::regnamespace AND ({} {other} OR {} \
         {other})",
        columns("o.conkey", "o.conrelid"),
        columns("o.confkey", "o.confrelid")
    );
    assert_eq!(database.sql(&references), "", "a reference that does not begin with tenant and realm");
    let there = "SELECT COUNT(*) = 4 FROM pg_constraint WHERE contype = 'f' AND connamespace = 'data'::regnamespace";
    assert_eq!(database.sql(there), "t", "there are references to look at");
}

/// How long a statement takes may tell nothing of others: it looks up the entries of its own tenant, however many others
/// have.
#[tokio::test(flavor = "multi_thread")]
async fn a_plan_looks_at_the_entries_of_one_tenant() {
    let database = filled().await;
    let statements = [
        "SELECT \"id\" FROM data.\"tag rows\" WHERE \"tenant_id\" = 't1' AND \"realm_id\" = 'main' AND \"id\" = 'n1'",
        "SELECT 1 FROM data.\"invoice rows\" WHERE \"tenant_id\" = 't1' AND \"realm_id\" = 'main' AND \"number \"\"x\"\"\" = 'A'",
        "SELECT \"id\" FROM data.\"tag rows\" WHERE \"tenant_id\" = 't1' AND \"realm_id\" = 'main' ORDER BY \"id\" LIMIT 20",
        "UPDATE data.\"tag rows\" SET row_version = 2 WHERE \"tenant_id\" = 't1' AND \"realm_id\" = 'main' AND \"id\" = 'n1'",
        "DELETE FROM data.\"tag rows\" WHERE \"tenant_id\" = 't1' AND \"realm_id\" = 'main' AND \"id\" = 'n1'",
    ];
    let plans = || {
        let plan = |sql: &&str| {
            let set = "SET enable_seqscan = off; SET enable_bitmapscan = off; SELECT set_config('maquette.tenant', 't1', false) || \
                       set_config('maquette.realm', 'main', false) \\g /dev/null\n";
            psql(&database.data_url(), &format!("{set} EXPLAIN (COSTS OFF) {sql};")).unwrap()
        };
        statements.iter().map(plan).collect::<Vec<_>>()
    };
    let alone = plans();
    for plan in &alone {
        let condition =
            plan.lines().find(|line| line.contains("Index Cond")).unwrap_or_else(|| panic!("no index: {plan}"));
        assert!(condition.contains("tenant_id = 't1'") && condition.contains("realm_id = 'main'"), "{plan}");
    }
    let many = "INSERT INTO data.\"tag rows\" (tenant_id, realm_id, id, row_version, created_at, created_by, updated_at, updated_by) \
                SELECT 'crowd' || n % 5, 'main', 'n' || n, 1, now(), 'x', now(), 'x' FROM generate_series(1, 20000) n; ANALYZE;";
    database.sql(many);
    assert_eq!(plans(), alone, "the plan is another because of others' rows");
}
