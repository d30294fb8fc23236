//! A store of an older format is brought to ours by the login that owns it, with the rights that its role for records
//! needs.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use maq_store::conformance::{self, Sample};
use maq_store::{STORE_FORMAT, Store, StoreError, StoreKind};
use maq_store_postgres::PostgresStore;
use maq_testkit::postgres::{TestDatabase, database};
use maq_value::Instant;
use support::{address, server};

/// Makes the store what it was before the decision log.
fn take_back(database: &TestDatabase, schema: &str) {
    for table in ["meta_decisions", "meta_decision_logs", "meta_secrets"] {
        database.sql(&format!("DROP TABLE {schema}.{table}"));
    }
    database.sql(&format!("DELETE FROM {schema}.meta_migrations WHERE number > 1"));
}

fn rights(database: &TestDatabase) -> String {
    let data = database.data_role();
    database.sql(&format!(
        "SELECT string_agg(table_name || ' ' || privilege_type, ',' ORDER BY table_name, privilege_type) FROM \
         information_schema.role_table_grants WHERE grantee = '{data}' AND table_schema = 'meta'"
    ))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_an_older_format_gets_the_decision_log_and_keeps_its_records() {
    let database = database();
    let store = server(&database).await;
    let sample = Sample::publish(&*store).await;
    sample.fill(&*store).await;
    store.close().await;
    let made = rights(&database);
    take_back(&database, "meta");
    let (records, admin) = (address(&database.data_url()), address(&database.owner_url()));
    match PostgresStore::open(&records, None, StoreKind::Server).await {
        Err(StoreError::NeedsAdmin(location)) => assert_eq!(location, records.location()),
        other => panic!("{:?}", other.map(drop)),
    }
    // Two processes start at once, and a third later: the tables are made once.
    let open = || PostgresStore::open(&records, Some(&admin), StoreKind::Server);
    let (first, second) = tokio::join!(open(), open());
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.info().format, STORE_FORMAT);
    assert_eq!(rights(&database), made);
    Sample::new(first.dialect()).check_filled(&*first).await;
    conformance::a_store_keeps_a_secret(&*first).await;
    conformance::decisions_are_read_by_their_tenant_and_realm(&*second).await;
    let secret = || database.sql("SELECT value FROM meta.meta_secrets");
    let drawn = secret();
    first.close().await;
    second.close().await;
    let third = PostgresStore::open(&records, None, StoreKind::Server).await.unwrap();
    assert_eq!(secret(), drawn);
    assert_eq!(third.integrity().await.unwrap(), Vec::<String>::new());
    third.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_of_an_older_format_is_brought_to_ours() {
    let database = database();
    let place = address(&format!("{}?workspace=shop", database.owner_url()));
    let store = PostgresStore::create(&place, None, StoreKind::Workspace, "shop", "sto_1", Instant(0)).await.unwrap();
    store.close().await;
    take_back(&database, "ws_shop");
    let store = PostgresStore::open(&place, None, StoreKind::Workspace).await.unwrap();
    conformance::a_store_keeps_a_secret(&*store).await;
    conformance::decisions_are_cut_from_the_old_end(&*store).await;
    store.close().await;
}
