//! What the tests share: addresses, stores, a unit of work that shows whether it was done whole.

#![allow(dead_code, clippy::unwrap_used)]

use maq_query::{SqlValue, Statement, meta};
use maq_store::{Rows, Store, StoreError, StoreKind, UnitOfWork};
use maq_store_postgres::{Address, PostgresStore};
use maq_testkit::postgres::TestDatabase;
use maq_value::Instant;
use std::sync::Arc;

pub fn address(url: &str) -> Address {
    Address::parse(url).unwrap()
}

/// A new server in a database of its own.
pub async fn server(database: &TestDatabase) -> Arc<PostgresStore> {
    let (records, admin) = (address(&database.data_url()), address(&database.owner_url()));
    PostgresStore::create(&records, Some(&admin), StoreKind::Server, "test", "sto_1", Instant(0)).await.unwrap()
}

/// Puts one draft under two ids: both are there or none.
pub fn pair(number: usize) -> UnitOfWork {
    let draft = |half: &str| {
        meta::put_draft(maq_query::Dialect::Postgres, format!("{number}-{half}"), "entity", "x", "{}", 0_i64)
    };
    UnitOfWork::of([draft("a"), draft("b")])
}

/// The numbers of the pairs that are there; fails when half a pair is.
pub async fn pairs(store: &dyn Store) -> Vec<usize> {
    let rows = read(store, "SELECT id FROM meta_drafts ORDER BY id").await.unwrap();
    let ids: Vec<&str> = rows.0.iter().filter_map(|row| row[0].as_text()).collect();
    let whole = |half: &str| -> Vec<usize> {
        let mut numbers: Vec<usize> =
            ids.iter().filter_map(|id| id.strip_suffix(half)).map(|number| number.parse().unwrap()).collect();
        numbers.sort_unstable();
        numbers
    };
    assert_eq!(whole("-a"), whole("-b"), "half a unit of work is there");
    whole("-a")
}

pub async fn read(store: &dyn Store, sql: &str) -> Result<Rows, StoreError> {
    store.read(Statement::new(sql, Vec::<SqlValue>::new())).await
}

/// Waits until `what` holds, for half a minute at most.
pub async fn until(words: &str, mut what: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if what().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("it never came: {words}");
}
