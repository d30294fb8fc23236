//! What happens when Postgres, or the way to it, goes away: nothing acknowledged is lost, nothing is half there, and no
//! hand is needed when it comes back.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use maq_store::{Store, StoreError, StoreKind};
use maq_store_postgres::PostgresStore;
use maq_testkit::postgres::{Cluster, Options};
use maq_testkit::proxy::Proxy;
use maq_value::Instant;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use support::{address, pair, pairs, until};

/// A cluster of its own with a server in it, which is reached through a proxy.
struct World {
    cluster: Cluster,
    proxy: Proxy,
    records: String,
    admin: String,
}

impl World {
    fn new() -> World {
        let cluster = Cluster::start(Options { fsync: true, ..Options::default() });
        cluster.sql("postgres", "CREATE ROLE own LOGIN");
        cluster.sql("postgres", "CREATE ROLE rec LOGIN");
        cluster.sql("postgres", "CREATE DATABASE shop OWNER own");
        let proxy = Proxy::start(&cluster.superuser_url("shop"));
        let through = |user: &str| proxy.url_of(&cluster.url("shop", user));
        let (records, admin) = (through("rec"), through("own"));
        World { cluster, proxy, records, admin }
    }

    async fn make(&self) -> Arc<PostgresStore> {
        let (records, admin) = (address(&self.records), address(&self.admin));
        let made = PostgresStore::create(&records, Some(&admin), StoreKind::Server, "test", "sto_1", Instant(0));
        made.await.unwrap()
    }

    async fn open(&self) -> Result<Arc<PostgresStore>, StoreError> {
        PostgresStore::open(&address(&self.records), Some(&address(&self.admin)), StoreKind::Server).await
    }
}

/// Writers that go on until told to stop; answers what was acknowledged.
struct Writers {
    stop: Arc<AtomicBool>,
    tasks: Vec<tokio::task::JoinHandle<Vec<usize>>>,
}

impl Writers {
    fn start(store: &Arc<PostgresStore>, next: &Arc<AtomicUsize>) -> Writers {
        let stop = Arc::new(AtomicBool::new(false));
        let tasks = (0..4)
            .map(|_| {
                let (store, next, stop) = (store.clone(), next.clone(), stop.clone());
                tokio::spawn(async move {
                    let mut acknowledged = Vec::new();
                    while !stop.load(Ordering::Acquire) {
                        let number = next.fetch_add(1, Ordering::AcqRel);
                        match store.commit(pair(number)).await {
                            Ok(_) => acknowledged.push(number),
                            Err(StoreError::Unavailable(_)) => tokio::time::sleep(Duration::from_millis(5)).await,
                            Err(other) => panic!("{other}"),
                        }
                    }
                    acknowledged
                })
            })
            .collect();
        Writers { stop, tasks }
    }

    async fn finish(self) -> Vec<usize> {
        self.stop.store(true, Ordering::Release);
        let mut all = Vec::new();
        for task in self.tasks {
            all.extend(task.await.unwrap());
        }
        all
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_gone_and_back_needs_no_hand() {
    let world = World::new();
    let store = world.make().await;
    store.commit(pair(1)).await.unwrap();
    world.cluster.stop();
    for number in 2..10 {
        assert!(matches!(store.commit(pair(number)).await, Err(StoreError::Unavailable(_))), "{number}");
    }
    let Err(StoreError::Unavailable(words)) = store.commit(pair(10)).await else { panic!("the database is gone") };
    assert!(words.contains("is not tried for a while, after: "), "the breaker is open: {words}");
    world.cluster.restart();
    until("commits go through again", async || store.commit(pair(11)).await.is_ok()).await;
    assert_eq!(pairs(&*store).await, [1, 11]);
    store.close().await;
}

/// A kill at any moment: what was acknowledged is there when Postgres is back.
#[tokio::test(flavor = "multi_thread")]
async fn killing_postgres_loses_nothing_acknowledged() {
    let rounds = std::env::var("MAQUETTE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let world = World::new();
    let store = world.make().await;
    let next = Arc::new(AtomicUsize::new(1));
    let mut acknowledged = Vec::new();
    for round in 0..rounds {
        let writers = Writers::start(&store, &next);
        tokio::time::sleep(Duration::from_millis(30 + (round * 37) % 170)).await;
        world.cluster.kill_9();
        world.cluster.restart();
        until("commits go through again", async || {
            let number = next.fetch_add(1, Ordering::AcqRel);
            store.commit(pair(number)).await.is_ok()
        })
        .await;
        acknowledged.extend(writers.finish().await);
        let there = pairs(&*store).await;
        let lost: Vec<&usize> = acknowledged.iter().filter(|number| there.binary_search(number).is_err()).collect();
        assert!(lost.is_empty(), "round {round}: acknowledged and lost: {lost:?}");
    }
    assert!(!acknowledged.is_empty());
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
    store.close().await;
}

/// Lines that are cut at any byte: a unit is done whole or not at all, and what was acknowledged is there.
#[tokio::test(flavor = "multi_thread")]
async fn a_cut_line_leaves_no_half_of_a_unit() {
    let world = World::new();
    let store = world.make().await;
    let next = Arc::new(AtomicUsize::new(1));
    let writers = Writers::start(&store, &next);
    for round in 0..20_u64 {
        world.proxy.cut_after(500 + round * 379);
        tokio::time::sleep(Duration::from_millis(40)).await;
        world.proxy.cut();
        until("commits go through again", async || {
            let number = next.fetch_add(1, Ordering::AcqRel);
            store.commit(pair(number)).await.is_ok()
        })
        .await;
    }
    let acknowledged = writers.finish().await;
    let there = pairs(&*store).await;
    assert!(acknowledged.iter().all(|number| there.binary_search(number).is_ok()));
    store.close().await;
    let again = world.open().await.unwrap();
    assert_eq!(pairs(&*again).await, there);
    again.close().await;
}
