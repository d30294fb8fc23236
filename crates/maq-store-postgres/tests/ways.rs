//! Ways to a database: through a pooler, over TLS, with passwords, from two processes.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use maq_store::{Change, ChangeListener, Store, StoreError, StoreKind, UnitOfWork, conformance};
use maq_store_postgres::PostgresStore;
use maq_testkit::postgres::{Cluster, Options, TestDatabase, database, pgbouncer};
use maq_value::Instant;
use std::cell::RefCell;
use std::sync::{Arc, Mutex};
use support::{address, pair, pairs, server, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_behind_a_pooler_conforms() {
    let databases: RefCell<Vec<TestDatabase>> = RefCell::default();
    let first = database();
    let pooler = pgbouncer(&first);
    databases.borrow_mut().push(first);
    conformance::run_all(async || {
        let database = database();
        let pooled = |url: &str| address(&format!("{}?pgbouncer=true", pooler.url_of(url)));
        let (records, admin) = (pooled(&database.data_url()), pooled(&database.owner_url()));
        databases.borrow_mut().push(database);
        let made = PostgresStore::create(&records, Some(&admin), StoreKind::Server, "suite", "sto_1", Instant(0));
        let store: Arc<dyn Store> = made.await.unwrap();
        store
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_that_nobody_told_us_of_is_named() {
    let database = database();
    server(&database).await.close().await;
    let pooler = pgbouncer(&database);
    let opened = PostgresStore::open(&address(&pooler.url_of(&database.data_url())), None, StoreKind::Server).await;
    let Some(StoreError::NotAStore { reason, .. }) = opened.err() else { panic!("it is another error, or none") };
    assert_eq!(reason, "a connection pooler stands in between: add `pgbouncer=true` to the address");
}

fn tls_cluster() -> Cluster {
    let cluster = Cluster::start(Options { tls: true, passwords: true, ..Options::default() });
    let word = cluster.password().unwrap_or_default().to_owned();
    cluster.sql("postgres", &format!("CREATE ROLE own LOGIN PASSWORD '{word}'"));
    cluster.sql("postgres", "CREATE DATABASE shop OWNER own");
    cluster
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_and_its_name_are_verified() {
    let cluster = tls_cluster();
    let root = cluster.certificate().unwrap();
    let url = |host: &str, mode: &str, root: &str| {
        let url = cluster.url("shop", "own").replace("127.0.0.1", host).replace("localhost", host);
        let mark = if url.contains('?') { '&' } else { '?' };
        address(&format!("{url}{mark}workspace=tls&sslmode={mode}&sslrootcert={root}"))
    };
    let root = root.display().to_string();
    let good = url("localhost", "verify-full", &root);
    let made = PostgresStore::create(&good, None, StoreKind::Workspace, "tls", "sto_1", Instant(0)).await.unwrap();
    made.commit(pair(1)).await.unwrap();
    assert_eq!(pairs(&*made).await, [1]);
    made.close().await;
    let other = rcgen_root(&cluster);
    for (place, what) in [
        (url("127.0.0.2", "verify-full", &root), "another name than the certificate's"),
        (url("localhost", "verify-full", &other), "a root that did not sign it"),
    ] {
        match PostgresStore::open(&place, None, StoreKind::Workspace).await {
            Err(StoreError::Unavailable(words)) => assert!(!words.contains("word"), "{what}: {words}"),
            Err(other) => panic!("{what}: {other}"),
            Ok(_) => panic!("{what} was let through"),
        }
    }
}

/// The root certificate of another cluster.
fn rcgen_root(cluster: &Cluster) -> String {
    let other = Cluster::start(Options { tls: true, ..Options::default() });
    let kept = cluster.certificate().unwrap().with_file_name("another-root.pem");
    std::fs::copy(other.certificate().unwrap(), &kept).unwrap();
    kept.display().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_refused_without_being_shown() {
    let cluster = Cluster::start(Options { passwords: true, ..Options::default() });
    cluster.sql("postgres", "CREATE ROLE own LOGIN PASSWORD 'right-one'");
    cluster.sql("postgres", "CREATE DATABASE shop OWNER own");
    let port = cluster.port();
    let at = |word: &str| address(&format!("postgres://own:{word}@127.0.0.1:{port}/shop?workspace=w"));
    let wrong = PostgresStore::open(&at("wrong-one"), None, StoreKind::Workspace).await.err().unwrap();
    assert!(matches!(wrong, StoreError::Permission(_)), "{wrong}");
    assert!(!wrong.to_string().contains("wrong-one"), "{wrong}");
    let made = PostgresStore::create(&at("right-one"), None, StoreKind::Workspace, "w", "sto_1", Instant(0)).await;
    made.unwrap().close().await;
}

#[derive(Default)]
struct Heard(Mutex<Vec<Change>>);

impl ChangeListener for Heard {
    fn changed(&self, change: &Change) {
        self.0.lock().unwrap().push(change.clone());
    }
}

/// Two processes over one store hear of each other, and not of themselves.
async fn hear_each_other(one: &PostgresStore, other: &PostgresStore, own_too: bool) {
    let (here, there) = (Arc::new(Heard::default()), Arc::new(Heard::default()));
    one.on_change(here.clone());
    other.on_change(there.clone());
    let told = Change::Topics(vec!["workspace".into()]);
    // The line may still be on its way up.
    let mut number = 0;
    until("the other hears", async || {
        number += 1;
        one.commit(UnitOfWork { topics: vec!["workspace"], ..pair(number) }).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        there.0.lock().unwrap().contains(&told)
    })
    .await;
    assert_eq!(pairs(other).await.len(), number, "what was heard of is there");
    if !own_too {
        assert!(!here.0.lock().unwrap().contains(&told), "a process does not hear of itself");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_hear_of_each_other() {
    let database = database();
    let place = address(&format!("{}?workspace=shared", database.owner_url()));
    let one = PostgresStore::create(&place, None, StoreKind::Workspace, "w", "sto_1", Instant(0)).await.unwrap();
    let other = PostgresStore::open(&place, None, StoreKind::Workspace).await.unwrap();
    hear_each_other(&one, &other, false).await;
    let pooler = pgbouncer(&database);
    let pooled = address(&format!("{}?workspace=shared&pgbouncer=true", pooler.url_of(&database.owner_url())));
    let behind = PostgresStore::open(&pooled, None, StoreKind::Workspace).await.unwrap();
    let told = Arc::new(Heard::default());
    behind.on_change(told.clone());
    one.commit(UnitOfWork { topics: vec!["releases"], ..pair(1000) }).await.unwrap();
    until("who stands behind a pooler hears too", async || {
        // Where it began to look only now, it says that anything may have changed.
        let told = told.0.lock().unwrap();
        told.contains(&Change::Missed) || told.contains(&Change::Topics(vec!["releases".into()]))
    })
    .await;
    for store in [one, other, behind] {
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_kind_of_store_is_not_opened_as_the_other() {
    let database = database();
    server(&database).await.close().await;
    let workspace = address(&format!("{}?workspace=w", database.owner_url()));
    let made = PostgresStore::create(&workspace, None, StoreKind::Workspace, "w", "sto_2", Instant(0)).await;
    made.unwrap().close().await;
    let said = async |url: &str, kind| PostgresStore::open(&address(url), None, kind).await.err().unwrap().to_string();
    let (server, workspace) = (database.owner_url(), format!("{}?workspace=w", database.owner_url()));
    assert!(said(&workspace, StoreKind::Server).await.ends_with("is a Workspace store"));
    assert!(said(&server, StoreKind::Workspace).await.contains("add `?workspace=<name>` to it"));
    assert!(said(&format!("{server}?workspace=none"), StoreKind::Workspace).await.starts_with("there is no"));
    database.sql("CREATE SCHEMA ws_strange");
    assert!(
        said(&format!("{server}?workspace=strange"), StoreKind::Workspace).await.contains("`ws_strange` is not ours")
    );
    let again = PostgresStore::create(&address(&workspace), None, StoreKind::Workspace, "w", "x", Instant(0)).await;
    assert!(matches!(again.err(), Some(StoreError::Exists(_))));
}

/// A process that has the login for records alone may work with records, and is told what it lacks for the rest.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_owners_login_records_are_all_there_is() {
    let database = database();
    server(&database).await.close().await;
    let store = PostgresStore::open(&address(&database.data_url()), None, StoreKind::Server).await.unwrap();
    let dialect = store.dialect();
    assert_eq!(store.read(maq_query::meta::list_deployments(dialect)).await.unwrap().0.len(), 0);
    for refused in [
        store.read(maq_query::meta::list_drafts(dialect)).await.map(drop),
        store.commit(pair(1)).await.map(drop),
        store.seal().await.map(drop),
    ] {
        assert!(matches!(refused, Err(StoreError::NeedsAdmin(_))), "{refused:?}");
    }
    store.close().await;
}

/// Two logins of different databases are no store; a login that owns everything leaves nothing behind.
#[tokio::test(flavor = "multi_thread")]
async fn logins_that_do_not_fit_are_refused_and_leave_nothing() {
    let (one, other) = (database(), database());
    let made = |records: String| {
        let (records, admin) = (address(&records), address(&one.owner_url()));
        async move {
            PostgresStore::create(&records, Some(&admin), StoreKind::Server, "test", "sto_1", Instant(0))
                .await
                .map(drop)
        }
    };
    assert!(matches!(made(one.owner_url()).await, Err(StoreError::Unsafe { .. })));
    assert_eq!(one.sql("SELECT COUNT(*) FROM pg_namespace WHERE nspname IN ('data', 'meta')").trim(), "0");
    made(one.data_url()).await.unwrap();
    PostgresStore::create(
        &address(&other.data_url()),
        Some(&address(&other.owner_url())),
        StoreKind::Server,
        "test",
        "sto_2",
        Instant(0),
    )
    .await
    .unwrap()
    .close()
    .await;
    let (records, admin) = (address(&one.data_url()), address(&other.owner_url()));
    let mixed = PostgresStore::open(&records, Some(&admin), StoreKind::Server);
    let refused = mixed.await.err().unwrap().to_string();
    assert!(refused.ends_with("the login that owns it and the one for records are of different stores"), "{refused}");
}
