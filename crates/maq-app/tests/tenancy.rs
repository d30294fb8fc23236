//! A thousand tenants on one server: each has its own records and no other's, and having many costs nobody anything
//! that grows. `postgres_tenancy.rs` runs the same on Postgres.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use maq_app::{ListRequest, Options, Parts, Services, SystemClock, SystemIds, create_services};
use maq_doc::Edit;
use maq_keychain::MemoryStore;
use maq_store::{Store, StoreKind};
use maq_store_postgres::{Address, PostgresStore};
use maq_testkit::postgres::{TestDatabase, database};
use maq_value::{Actor, Instant, Principal};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use support::{Files, NoServers, services_at, world};

const TENANTS: usize = 1_000;
/// Connections of the login for records; many fewer than tenants.
const CONNECTIONS: usize = 4;

fn note() -> Json {
    json!({
        "kind": "entity", "format": 1, "id": "ent_n", "name": "Note",
        "fields": [{ "id": "fld_t", "name": "text", "type": "string", "required": true, "unique": true }],
        "policies": [{ "id": "pol_a", "name": "all", "effect": "allow", "actions": ["*"], "roles": ["admin"] }],
    })
}

/// Publishes the model to a server.
async fn publish(server: &Services) {
    let publisher = world().await;
    let edits = vec![Edit::AddDocument { document: note() }];
    publisher.services.workspace.apply_edits(&publisher.owner, "Add", edits, None).await.unwrap();
    let key = publisher.services.access.signing_key(&publisher.owner).await.unwrap().public_key;
    let root = Actor::admin("root");
    server.access.trust_key(&root, &key).await.unwrap();
    let release = publisher.services.releases.make_release(&publisher.owner, None).await.unwrap();
    let plan = server.deployer.plan(&root, &release.envelope).await.unwrap();
    server.deployer.apply(&root, &release.envelope, &plan.digest).await.unwrap().unwrap();
}

fn tenant(number: usize) -> String {
    format!("tenant-{number:04}")
}

fn principal(number: usize) -> Principal {
    Principal { tenant_id: tenant(number), ..Principal::new("ann", &["admin"]) }
}

/// Each tenant writes one record, with a text that all others have too, and reads its own and only its own.
async fn live_side_by_side(server: &Services) {
    publish(server).await;
    let root = Actor::admin("root");
    for number in 0..TENANTS {
        server.access.add_tenant(&root, &tenant(number), None).await.unwrap();
    }
    assert_eq!(server.access.list_tenants(&root).await.unwrap().len(), TENANTS);
    // Eight at a time, so that connections are handed from tenant to tenant.
    let ids = in_eights(|number| {
        let data = server.data.clone();
        async move {
            let made = data.create(&principal(number), "Note", json!({ "text": "the same everywhere" })).await.unwrap();
            made.to_json()["id"].as_str().unwrap().to_owned()
        }
    })
    .await;
    let all = Arc::new(ids);
    in_eights(|number| {
        let (data, ids) = (server.data.clone(), all.clone());
        async move {
            let own = principal(number);
            let record = data.get(&own, "Note", &ids[number]).await.unwrap().to_json();
            assert_eq!((&record["id"], &record["text"]), (&json!(ids[number]), &json!("the same everywhere")));
            assert_eq!(data.count(&own, "Note", None).await.unwrap(), 1);
            let page = data.list(&own, "Note", &ListRequest::default()).await.unwrap();
            assert_eq!(page.data.len(), 1);
            let next = &ids[(number + 1) % TENANTS];
            let refused = data.get(&own, "Note", next).await.unwrap_err();
            assert_eq!(refused.refusal().unwrap().code, "data/record-not-found");
        }
    })
    .await;
    assert_eq!(server.audit_log.verify_chain(&root).await.unwrap().problem, None);
}

/// What `work` answers for every tenant, eight under way at once.
async fn in_eights<T, F>(work: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut answers = Vec::with_capacity(TENANTS);
    let numbers: Vec<usize> = (0..TENANTS).collect();
    for eight in numbers.chunks(8) {
        let under_way: Vec<_> = eight.iter().map(|number| tokio::spawn(work(*number))).collect();
        for one in under_way {
            answers.push(one.await.unwrap());
        }
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_tenants_live_side_by_side() {
    if module_path!().starts_with("postgres") { on_postgres().await } else { on_sqlite().await }
}

async fn on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("server.maquette");
    let server = services_at(&path, StoreKind::Server, Options::default()).await;
    live_side_by_side(&server).await;
    server.close().await;
    let again = services_at(&path, StoreKind::Server, Options::default()).await;
    assert_eq!(again.data.count(&principal(TENANTS - 1), "Note", None).await.unwrap(), 1);
    again.close().await;
}

async fn on_postgres() {
    let database = database();
    let (server, store) = server_on(&database).await;
    live_side_by_side(&server).await;
    let sql = format!("SELECT COUNT(*) FROM pg_stat_activity WHERE usename = '{}'", database.data_role());
    let open: usize = database.sql(&sql).parse().unwrap();
    // One more may listen for what other processes do.
    assert!(open <= CONNECTIONS + 1, "{open} connections");
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
    let rows = database.sql("SELECT COUNT(*), COUNT(DISTINCT tenant_id) FROM data.note");
    assert_eq!(rows, format!("{TENANTS}|{TENANTS}"));
    server.close().await;
}

async fn server_on(database: &TestDatabase) -> (Services, Arc<PostgresStore>) {
    let records = Address::parse(&format!("{}?connections={CONNECTIONS}", database.data_url())).unwrap();
    let admin = Address::parse(&database.owner_url()).unwrap();
    let store = PostgresStore::create(&records, Some(&admin), StoreKind::Server, "many", "sto_1", Instant::now());
    let store = store.await.unwrap();
    let parts = Parts {
        store: store.clone(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        secrets: Arc::new(MemoryStore::default()),
        sources: Arc::new(Files),
        targets: Arc::new(NoServers),
        options: Options::default(),
    };
    (create_services(parts).await.unwrap(), store)
}
