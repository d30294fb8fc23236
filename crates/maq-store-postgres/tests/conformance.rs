//! The suite of `maq-store` against this adapter: a server with two logins, a workspace with one.

#![allow(clippy::unwrap_used)]

use maq_store::{Store, StoreKind, conformance};
use maq_store_postgres::{Address, PostgresStore};
use maq_testkit::postgres::{TestDatabase, database};
use maq_value::Instant;
use std::cell::RefCell;
use std::sync::Arc;

fn address(url: &str) -> Address {
    Address::parse(url).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_conforms() {
    let databases: RefCell<Vec<TestDatabase>> = RefCell::default();
    conformance::run_all(async || {
        let database = database();
        let (records, admin) = (address(&database.data_url()), address(&database.owner_url()));
        databases.borrow_mut().push(database);
        let made = PostgresStore::create(&records, Some(&admin), StoreKind::Server, "suite", "sto_1", Instant(0));
        let store: Arc<dyn Store> = made.await.unwrap();
        store
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_conforms() {
    let database = database();
    let next = std::cell::Cell::new(0);
    conformance::run_all(async || {
        next.set(next.get() + 1);
        let place = address(&format!("{}?workspace=suite_{}", database.owner_url(), next.get()));
        let made = PostgresStore::create(&place, None, StoreKind::Workspace, "suite", "sto_1", Instant(0));
        let store: Arc<dyn Store> = made.await.unwrap();
        store
    })
    .await;
}
