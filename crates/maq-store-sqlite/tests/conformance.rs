//! The suite of `maq-store` against this adapter: in a file, and in memory.

use maq_store::{Store, StoreKind, conformance};
use maq_store_sqlite::SqliteStore;
use maq_value::Instant;
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread")]
async fn a_store_in_a_file_conforms() {
    let folder = tempfile::tempdir().unwrap();
    let next = std::cell::Cell::new(0);
    conformance::run_all(async || {
        next.set(next.get() + 1);
        let path = folder.path().join(format!("{}.maquette", next.get()));
        let store: Arc<dyn Store> =
            SqliteStore::create(&path, StoreKind::Server, "suite", "sto_1", Instant(0)).unwrap();
        store
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_in_memory_conforms() {
    conformance::run_all(async || {
        let store: Arc<dyn Store> =
            SqliteStore::open_in_memory(StoreKind::Workspace, "suite", "sto_1", Instant(0)).unwrap();
        store
    })
    .await;
}
