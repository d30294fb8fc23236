//! Generated conditions in memory and in SQLite: they must say the same of every row. MAQUETTE_CASES and
//! MAQUETTE_SEED make a run longer or another one.

#![allow(clippy::unwrap_used)]

use maq_store::StoreKind;
use maq_store_sqlite::SqliteStore;
use maq_testkit::conditions::{Run, Town, judge};
use maq_value::Instant;

#[tokio::test(flavor = "multi_thread")]
async fn memory_and_sqlite_agree_on_every_row() {
    let store = SqliteStore::open_in_memory(StoreKind::Workspace, "suite", "sto_1", Instant(0)).unwrap();
    let run = Run::from_environment(100_000);
    let town = Town::publish(&*store, run.seed).await;
    judge(&run.run(&town, &*store).await);
}
