//! Generated conditions in memory and in Postgres: they must say the same of every row. MAQUETTE_CASES and
//! MAQUETTE_SEED make a run longer or another one.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use maq_testkit::conditions::{Run, Town, judge};
use maq_testkit::postgres::database;

#[tokio::test(flavor = "multi_thread")]
async fn memory_and_postgres_agree_on_every_row() {
    let database = database();
    let store = support::server(&database).await;
    let run = Run::from_environment(100_000);
    let town = Town::publish(&*store, run.seed).await;
    judge(&run.run(&town, &*store).await);
}
