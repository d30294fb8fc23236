//! The run of generated conditions is worth something only when it finds mistakes: each of these is planted, and found.

#![allow(clippy::unwrap_used)]

use maq_store::StoreKind;
use maq_store_sqlite::SqliteStore;
use maq_testkit::conditions::{BUGS, Run, Town};
use maq_value::Instant;

#[tokio::test(flavor = "multi_thread")]
async fn every_planted_bug_is_found() {
    let store = SqliteStore::open_in_memory(StoreKind::Workspace, "suite", "sto_1", Instant(0)).unwrap();
    let town = Town::publish(&*store, 1).await;
    let mut missed = Vec::new();
    for bug in BUGS {
        let mutate = bug.mutate;
        let rewrite = bug.rewrite;
        let run = Run {
            mutate: mutate.as_ref().map(|bug| bug as _),
            rewrite: rewrite.as_ref().map(|bug| bug as _),
            until_wrong: true,
            seed: 1,
            cases: 60_000,
        };
        let began = std::time::Instant::now();
        let report = run.run(&town, &*store).await;
        match report.wrong.first() {
            Some(wrong) => {
                let wrong = wrong.lines().next().unwrap_or_default();
                println!("{}: found after {} conditions, {:?}: {wrong}", bug.name, report.conditions, began.elapsed());
            }
            None => missed.push(bug.name),
        }
    }
    assert!(BUGS.len() >= 10);
    assert_eq!(missed, Vec::<&str>::new());
}
