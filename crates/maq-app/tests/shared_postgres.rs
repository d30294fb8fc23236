//! Two processes over one workspace on Postgres: notices come by themselves, and edits at the same moment are all kept.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use maq_app::{Options, Parts, Services, SystemClock, SystemIds, create_services};
use maq_doc::Edit;
use maq_keychain::MemoryStore;
use maq_store::StoreKind;
use maq_store_postgres::{Address, PostgresStore};
use maq_testkit::postgres::{TestDatabase, database};
use maq_value::{Actor, Instant};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use support::{Files, NoServers};

async fn services(store: Arc<PostgresStore>) -> Services {
    let parts = Parts {
        store,
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        secrets: Arc::new(MemoryStore::default()),
        sources: Arc::new(Files),
        targets: Arc::new(NoServers),
        options: Options::default(),
    };
    create_services(parts).await.unwrap()
}

async fn two() -> (Services, Services, TestDatabase) {
    let database = database();
    let place = Address::parse(&format!("{}?workspace=shop", database.owner_url())).unwrap();
    let first =
        PostgresStore::create(&place, None, StoreKind::Workspace, "shop", "sto_1", Instant::now()).await.unwrap();
    let second = PostgresStore::open(&place, None, StoreKind::Workspace).await.unwrap();
    (services(first).await, services(second).await, database)
}

fn entity(fields: usize) -> Edit {
    let fields: Vec<Json> = (0..fields)
        .map(|number| json!({ "id": format!("fld_{number}"), "name": format!("field{number}"), "type": "string" }))
        .collect();
    let document = json!({ "kind": "entity", "format": 1, "id": "ent_i", "name": "Invoice", "class": "document", "fields": fields });
    Edit::AddDocument { document }
}

fn label(field: usize, text: &str) -> Edit {
    let path = ["fields", &format!("fld_{field}"), "label"].map(str::to_owned).to_vec();
    Edit::Set { document: "ent_i".into(), path, value: Some(json!(text)) }
}

async fn labels(services: &Services) -> Vec<String> {
    let documents = services.workspace.documents(&Actor::owner("ann")).await.unwrap();
    let fields = documents[0].to_json()["fields"].as_array().unwrap().clone();
    fields.iter().map(|field| field["label"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Waits until `services` heard of a change of `area`.
async fn heard(events: &mut tokio::sync::broadcast::Receiver<maq_app::AppEvent>, area: &str) {
    while !events.recv().await.unwrap().changed.contains(&area) {}
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_of_one_process_is_seen_by_the_other_at_once() {
    let (first, second, _database) = two().await;
    let mut events = second.events.subscribe();
    let ann = Actor::owner("ann");
    first.workspace.apply_edits(&ann, "Add Invoice", vec![entity(1)], None).await.unwrap();
    heard(&mut events, "workspace").await;
    assert_eq!(labels(&second).await, [""]);
    let base = second.workspace.get_state(&ann).await.unwrap().seq;
    first.workspace.apply_edits(&ann, "Label", vec![label(0, "Ann's")], Some(base)).await.unwrap();
    let bob = Actor::owner("bob");
    let refused = second.workspace.apply_edits(&bob, "Label", vec![label(0, "Bob's")], Some(base)).await.unwrap_err();
    let refusal = refused.refusal().unwrap();
    assert_eq!(refusal.code, "workspace/conflict");
    assert_eq!(
        (&refusal.conflicts[0].theirs, &refusal.conflicts[0].mine),
        (&Some(json!("Ann's")), &Some(json!("Bob's")))
    );
    first.close().await;
    second.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_at_the_same_moment_are_all_kept() {
    const FIELDS: usize = 20;
    let (first, second, _database) = two().await;
    let ann = Actor::owner("ann");
    let base = first.workspace.apply_edits(&ann, "Add Invoice", vec![entity(FIELDS)], None).await.unwrap().seq;
    let edit_every = async |services: &Services, name: &str, odd: usize| {
        let actor = Actor::owner(name);
        for field in (odd..FIELDS).step_by(2) {
            let edits = vec![label(field, name)];
            services.workspace.apply_edits(&actor, "Label", edits, Some(base)).await.unwrap();
        }
    };
    tokio::join!(edit_every(&first, "ann", 0), edit_every(&second, "bob", 1));
    let wanted: Vec<&str> = (0..FIELDS).map(|field| if field % 2 == 0 { "ann" } else { "bob" }).collect();
    let mut events = second.events.subscribe();
    first.workspace.apply_edits(&ann, "Last", vec![label(0, "ann")], None).await.unwrap();
    heard(&mut events, "workspace").await;
    for services in [&first, &second] {
        // Whoever was slower reads what it missed with its own next edit.
        services.workspace.apply_edits(&ann, "Look", vec![label(0, "ann")], None).await.unwrap();
        assert_eq!(labels(services).await, wanted);
    }
    let state = first.workspace.get_state(&ann).await.unwrap();
    assert!(state.seq >= base + 22, "{}", state.seq);
    first.close().await;
    second.close().await;
}
