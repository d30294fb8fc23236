//! Changes of records as units of work: none is lost, a request sent again does nothing twice, a batch is done whole
//! or not at all, and events for the outside come with the change or not at all.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use maq_app::{
    AppResult, ApplyRequest, Change, IDEMPOTENCY_LIFE_SECONDS, IdempotencyKey, Job, LOCAL, Options, Parts, Refusal,
    Services, create_services,
};
use maq_doc::Edit;
use maq_keychain::MemoryStore;
use maq_store::StoreKind;
use maq_store_sqlite::SqliteStore;
use maq_value::{Actor, Instant, Principal};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use support::{Files, NoServers, World, world_of};

fn documents() -> Vec<Json> {
    let policies = json!([
        { "id": "pol_a", "name": "all", "effect": "allow", "actions": ["*"], "roles": ["admin"] },
        { "id": "pol_b", "name": "readers", "effect": "allow", "actions": ["read"], "roles": ["reader"] },
    ]);
    let own = |prefix: &str| {
        let mut policies = policies.clone();
        for policy in policies.as_array_mut().unwrap() {
            policy["id"] = json!(format!("{}{prefix}", policy["id"].as_str().unwrap()));
        }
        policies
    };
    vec![
        json!({
            "kind": "entity", "format": 1, "id": "ent_c", "name": "Customer",
            "fields": [
                { "id": "fld_n", "name": "number", "type": "string", "required": true, "unique": true, "maxLength": 10 },
                { "id": "fld_v", "name": "visits", "type": "integer" },
            ],
            "policies": own("c"),
        }),
        json!({
            "kind": "entity", "format": 1, "id": "ent_i", "name": "Invoice", "identity": { "type": "integer" },
            "fields": [
                { "id": "fld_r", "name": "customer", "type": "reference", "referenceTo": "Customer", "required": true },
                { "id": "fld_t", "name": "total", "type": "decimal", "precision": 12, "scale": 2 },
            ],
            "policies": own("i"),
        }),
    ]
}

async fn publish(services: &Services) {
    let owner = Actor::owner("ann");
    let edits = documents().into_iter().map(|document| Edit::AddDocument { document }).collect();
    services.workspace.apply_edits(&owner, "Add", edits, None).await.unwrap();
    let plan = services.publisher.make_plan(&owner, LOCAL, None).await.unwrap();
    let request = ApplyRequest {
        target: LOCAL.into(),
        release: plan.release.digest.clone(),
        plan: plan.plan.digest.clone(),
        with_data: false,
    };
    services.publisher.apply_plan(&owner, request, &Job::none()).await.unwrap();
}

async fn published(options: Options) -> World {
    let world = world_of(StoreKind::Workspace, options).await;
    publish(&world.services).await;
    world
}

fn refused<T: std::fmt::Debug>(result: AppResult<T>) -> Refusal {
    result.unwrap_err().refusal().unwrap().clone()
}

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::parse(text).unwrap()
}

fn create(entity: &str, data: Json) -> Change {
    Change::Create { entity: entity.into(), id: None, data }
}

fn change(json: Json) -> Change {
    serde_json::from_value(json).unwrap()
}

async fn count(world: &World, entity: &str) -> u64 {
    world.services.data.count(&world.admin(), entity, None).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_twenty_changes_at_once_none_is_lost() {
    let world = published(Options::default()).await;
    let (data, admin) = (world.services.data.clone(), world.admin());
    let made = data.create(&admin, "Customer", json!({ "number": "C1", "visits": 0 })).await.unwrap().to_json();
    let id = made["id"].as_str().unwrap().to_owned();
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (data, admin, id) = (data.clone(), admin.clone(), id.clone());
            tokio::spawn(async move {
                let mut conflicts = 0;
                loop {
                    let read = data.get(&admin, "Customer", &id).await.unwrap().to_json();
                    let values = json!({ "visits": read["visits"].as_i64().unwrap() + 1 });
                    match data.update(&admin, "Customer", &id, values, read["rowVersion"].as_i64()).await {
                        Ok(_) => return conflicts,
                        Err(error) => {
                            assert_eq!(error.refusal().unwrap().code, "data/row-version-conflict");
                            conflicts += 1;
                        }
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let after = data.get(&admin, "Customer", &id).await.unwrap().to_json();
    assert_eq!((after["visits"].as_i64(), after["rowVersion"].as_i64()), (Some(20), Some(21)));
}

#[tokio::test]
async fn a_stale_change_says_which_version_is_there_and_changes_nothing() {
    let world = published(Options::default()).await;
    let (data, admin) = (&world.services.data, world.admin());
    let made = data.create(&admin, "Customer", json!({ "number": "C1" })).await.unwrap().to_json();
    let id = made["id"].as_str().unwrap();
    data.update(&admin, "Customer", id, json!({ "visits": 1 }), Some(1)).await.unwrap();
    let stale = refused(data.update(&admin, "Customer", id, json!({ "visits": 9 }), Some(1)).await);
    assert_eq!((stale.code.as_str(), stale.params["rowVersion"].as_str()), ("data/row-version-conflict", "2"));
    let stale = refused(data.delete(&admin, "Customer", id, Some(1)).await);
    assert_eq!((stale.code.as_str(), stale.params["rowVersion"].as_str()), ("data/row-version-conflict", "2"));
    assert_eq!(data.get(&admin, "Customer", id).await.unwrap().to_json()["visits"], 1);
    data.delete(&admin, "Customer", id, Some(2)).await.unwrap();
    assert_eq!(refused(data.delete(&admin, "Customer", id, Some(2)).await).code, "data/record-not-found");
}

#[tokio::test]
async fn the_same_request_under_one_key_is_done_once_also_after_a_restart() {
    let world = published(Options::default()).await;
    let admin = world.admin();
    let ask = create("Customer", json!({ "number": "C1", "visits": 3 }));
    let first = world.services.data.submit(&admin, ask.clone(), Some(&key("k1"))).await.unwrap();
    assert!(!first.replayed);
    // Another order of the members is the same request.
    let again = create("Customer", json!({ "visits": 3, "number": "C1" }));
    let second = world.services.data.submit(&admin, again, Some(&key("k1"))).await.unwrap();
    assert_eq!((second.replayed, &second.records), (true, &first.records));
    let id = first.records[0]["id"].as_str().unwrap().to_owned();
    let patch = change(json!({ "op": "update", "entity": "Customer", "id": id, "data": { "visits": 4 } }));
    let patched = world.services.data.submit(&admin, patch.clone(), Some(&key("k2"))).await.unwrap();
    assert_eq!(patched.records[0]["rowVersion"], 2);
    let world = world.reopen().await;
    let data = &world.services.data;
    let third = data.submit(&admin, ask.clone(), Some(&key("k1"))).await.unwrap();
    assert_eq!((third.replayed, &third.records), (true, &first.records), "as it was answered, not as it is now");
    let patched_again = data.submit(&admin, patch.clone(), Some(&key("k2"))).await.unwrap();
    assert_eq!((patched_again.replayed, patched_again.records[0]["rowVersion"].as_i64()), (true, Some(2)));
    assert_eq!(
        (
            count(&world, "Customer").await,
            data.get(&admin, "Customer", &id).await.unwrap().to_json()["visits"].as_i64()
        ),
        (1, Some(4))
    );
    // A deletion is answered again, too.
    let delete = change(json!({ "op": "delete", "entity": "Customer", "id": id }));
    for replayed in [false, true] {
        let gone = data.submit(&admin, delete.clone(), Some(&key("k3"))).await.unwrap();
        assert_eq!((gone.replayed, gone.records), (replayed, vec![Json::Null]));
    }
    let other = refused(data.submit(&admin, create("Customer", json!({ "number": "C2" })), Some(&key("k1"))).await);
    assert_eq!(other.code, "data/idempotency-key-reused");
    assert_eq!(other.title, "the idempotency key `k1` belongs to another request");
    // Another user's key of the same name is another key.
    let zoe = Principal::new("zoe", &["admin"]);
    assert!(
        !data.submit(&zoe, create("Customer", json!({ "number": "C2" })), Some(&key("k1"))).await.unwrap().replayed
    );
    // Who may not do it is not told what was answered.
    let reader = Principal::new("ann", &["reader"]);
    assert_eq!(refused(data.submit(&reader, ask, Some(&key("k1"))).await).code, "policy/denied");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_request_ten_times_at_once_is_done_once() {
    let world = published(Options::default()).await;
    let customer = world.services.data.create(&world.admin(), "Customer", json!({ "number": "C1" })).await.unwrap();
    // A drawn id: only the key holds the ten together.
    let ask = create("Invoice", json!({ "customer": customer.to_json()["id"], "total": "1.00" }));
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let (data, admin, ask) = (world.services.data.clone(), world.admin(), ask.clone());
            tokio::spawn(async move { data.submit(&admin, ask, Some(&key("same"))).await.unwrap() })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    assert_eq!(count(&world, "Invoice").await, 1);
    assert_eq!(answers.iter().filter(|answer| !answer.replayed).count(), 1);
    assert!(answers.iter().all(|answer| answer.records == answers[0].records), "{answers:?}");
}

#[tokio::test]
async fn a_refusal_is_not_kept_under_the_key() {
    let world = published(Options::default()).await;
    let (data, admin) = (&world.services.data, world.admin());
    let first = data.create(&admin, "Customer", json!({ "number": "C1" })).await.unwrap().to_json();
    let ask = create("Customer", json!({ "number": "C1", "visits": 2 }));
    assert_eq!(refused(data.submit(&admin, ask.clone(), Some(&key("k"))).await).code, "data/unique-taken");
    data.delete(&admin, "Customer", first["id"].as_str().unwrap(), None).await.unwrap();
    assert!(!data.submit(&admin, ask, Some(&key("k"))).await.unwrap().replayed);
}

#[test]
fn a_key_is_one_to_two_hundred_visible_ascii_characters() {
    for good in ["a", "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", &"x".repeat(200)] {
        assert!(IdempotencyKey::parse(good).is_ok(), "{good}");
    }
    for bad in ["", " ", "a b", "a\n", "ä", &"x".repeat(201)] {
        assert_eq!(refused(IdempotencyKey::parse(bad)).code, "data/idempotency-key-wrong", "{bad}");
    }
}

struct SetClock(AtomicI64);

impl maq_app::Clock for SetClock {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::Relaxed))
    }
}

#[tokio::test]
async fn a_key_lives_for_a_day_and_expired_ones_go_a_few_at_a_time() {
    let store = SqliteStore::open_in_memory(StoreKind::Workspace, "Test", "sto_test", Instant::now()).unwrap();
    let clock = Arc::new(SetClock(AtomicI64::new(Instant::now().0)));
    let services = create_services(Parts {
        store: store.clone(),
        clock: clock.clone(),
        ids: Arc::new(maq_app::SystemIds),
        secrets: Arc::new(MemoryStore::default()),
        sources: Arc::new(Files),
        targets: Arc::new(NoServers),
        options: Options::default(),
    })
    .await
    .unwrap();
    publish(&services).await;
    let admin = Principal::new("ann", &["admin"]);
    let ask = |number: usize, under: &str| {
        let change = create("Customer", json!({ "number": format!("C{number}") }));
        let (data, admin, under) = (services.data.clone(), admin.clone(), key(under));
        async move { data.submit(&admin, change, Some(&under)).await.map(|written| written.replayed) }
    };
    let kept = || async {
        let sql = "SELECT COUNT(*) FROM meta_idempotency WHERE tenant_id = ?1 AND realm_id = ?2";
        let statement = maq_query::Statement::on_records(sql, vec!["default".into(), "main".into()]);
        maq_store::Store::read(&*store, statement).await.unwrap().0[0][0].as_integer().unwrap()
    };
    for number in 0..30 {
        assert!(!ask(number, &format!("k{number}")).await.unwrap());
    }
    clock.0.fetch_add((IDEMPOTENCY_LIFE_SECONDS - 1) * 1_000_000, Ordering::Relaxed);
    assert!(ask(0, "k0").await.unwrap());
    clock.0.fetch_add(1_000_000, Ordering::Relaxed);
    // The key is free again, for any request; twenty of the others go with it.
    assert!(!ask(100, "k29").await.unwrap());
    assert!((9..=10).contains(&kept().await), "{}", kept().await);
    assert!(!ask(101, "new").await.unwrap());
    assert_eq!(kept().await, 2);
}

#[tokio::test]
async fn a_batch_is_done_in_order_and_its_records_may_refer_to_each_other() {
    let world = published(Options::default()).await;
    let (data, admin) = (&world.services.data, world.admin());
    let customer = "01890000-0000-7000-8000-000000000001";
    let old = data.create(&admin, "Customer", json!({ "number": "Old" })).await.unwrap().to_json();
    let changes: Vec<Change> = [
        json!({ "op": "create", "entity": "Customer", "id": customer, "data": { "number": "C1" } }),
        json!({ "op": "create", "entity": "Invoice", "id": 7, "data": { "customer": customer, "total": "5" } }),
        json!({ "op": "update", "entity": "Invoice", "id": 7, "rowVersion": 1, "data": { "total": "6" } }),
        json!({ "op": "delete", "entity": "Customer", "id": old["id"] }),
    ]
    .map(change)
    .to_vec();
    let written = data.batch(&admin, &changes, Some(&key("b"))).await.unwrap();
    let total = |at: usize| written.records[at]["total"].as_str();
    assert_eq!((total(1), total(2), &written.records[3]), (Some("5.00"), Some("6.00"), &Json::Null));
    assert_eq!(written.records[0]["number"], "C1");
    let again = data.batch(&admin, &changes, Some(&key("b"))).await.unwrap();
    assert_eq!((again.replayed, again.records), (true, written.records));
    let page = world.services.audit_log.query_events(&world.owner, &maq_app::AuditQuery::default()).await.unwrap();
    let mut events: Vec<_> = page.data.iter().filter(|row| row.event.event_type.starts_with("data.")).collect();
    assert_eq!(events.len(), 5, "one for the first customer, four for the batch");
    events.retain(|row| row.event.details.as_ref().is_some_and(|details| details["batch"].is_string()));
    assert_eq!(events.len(), 4);
}

#[tokio::test]
async fn a_batch_with_something_wrong_does_nothing_and_says_all_of_it() {
    let world = published(Options::default()).await;
    let (data, admin) = (&world.services.data, world.admin());
    let batch = |operations: Json| {
        let changes: Vec<Change> = serde_json::from_value(operations).unwrap();
        let (data, admin) = (data.clone(), admin.clone());
        async move { refused(data.batch(&admin, &changes, None).await) }
    };
    let good = json!({ "op": "create", "entity": "Customer", "data": { "number": "C1" } });
    let invalid = batch(json!([
        good,
        { "op": "create", "entity": "Customer", "data": { "number": "far too long", "colour": "red" } },
        { "op": "update", "entity": "Invoice", "id": 7, "data": { "total": "much" } },
    ]))
    .await;
    assert_eq!(
        (invalid.code.as_str(), invalid.title.as_str()),
        ("data/batch-invalid", "2 of the batch's records cannot be stored")
    );
    let places: Vec<String> =
        invalid.findings.iter().map(|finding| format!("/{}", finding.place.path.join("/"))).collect();
    assert_eq!(places, ["/operations/1/data/number", "/operations/1/data/colour", "/operations/2/data/total"]);
    let missing = json!({ "op": "update", "entity": "Invoice", "id": 7, "data": { "total": "1" } });
    let cases = [
        (json!([good, missing]), "data/record-not-found", Some("1")),
        (json!([good, good]), "data/unique-taken", None),
        (json!([good, { "op": "create", "entity": "Nope", "data": {} }]), "data/entity-unknown", Some("1")),
        (
            json!([good, { "op": "create", "entity": "Invoice", "data":
            { "customer": "01890000-0000-7000-8000-000000000009" } }]),
            "data/reference-broken",
            None,
        ),
        (json!([{ "op": "create", "entity": "Invoice", "id": 1, "data": { "id": 2 } }]), "data/id-differs", Some("0")),
        (json!([]), "data/batch-empty", None),
        (json!(vec![good.clone(); 501]), "data/batch-too-large", None),
    ];
    for (operations, code, operation) in cases {
        let refusal = batch(operations).await;
        assert_eq!((refusal.code.as_str(), refusal.params.get("operation").map(String::as_str)), (code, operation));
    }
    let id = "01890000-0000-7000-8000-000000000001";
    let conflict = batch(json!([
        { "op": "create", "entity": "Customer", "id": id, "data": { "number": "C1" } },
        { "op": "update", "entity": "Customer", "id": id, "rowVersion": 1, "data": { "visits": 1 } },
        { "op": "update", "entity": "Customer", "id": id, "rowVersion": 1, "data": { "visits": 2 } },
    ]))
    .await;
    assert_eq!(conflict.code, "data/row-version-conflict");
    assert_eq!((conflict.params["operation"].as_str(), conflict.params["rowVersion"].as_str()), ("2", "2"));
    assert_eq!((count(&world, "Customer").await, count(&world, "Invoice").await), (0, 0));
    // Every operation is decided by its own entity's policies.
    let reader = Principal::new("rob", &["reader"]);
    let denied = refused(data.batch(&reader, &[change(good)], None).await);
    assert_eq!((denied.code.as_str(), denied.params["operation"].as_str()), ("policy/denied", "0"));
}

#[tokio::test]
async fn events_for_the_outside_come_with_the_change_and_stay_until_they_are_acknowledged() {
    let world = published(Options { outbox: true, ..Options::default() }).await;
    let (services, admin) = (&world.services, world.admin());
    let made = services.data.create(&admin, "Customer", json!({ "number": "C1" })).await.unwrap().to_json();
    let id = made["id"].as_str().unwrap();
    services.data.update(&admin, "Customer", id, json!({ "visits": 1 }), None).await.unwrap();
    assert!(services.data.update(&admin, "Customer", id, json!({ "visits": 2 }), Some(1)).await.is_err());
    let changes = [
        change(json!({ "op": "create", "entity": "Invoice", "data": { "customer": id } })),
        change(json!({ "op": "delete", "entity": "Invoice", "id": 1, "rowVersion": 1 })),
    ];
    services.data.batch(&admin, &changes, None).await.unwrap();
    let page = services.outbox.list(&world.owner, 100).await.unwrap();
    assert_eq!(page.waiting, 4);
    let told: Vec<(&str, &Json)> = page.data.iter().map(|row| (row.topic.as_str(), &row.payload)).collect();
    assert_eq!(
        told,
        [
            (
                "record.created",
                &json!({ "entity": "Customer", "id": id, "rowVersion": 1, "user": "ann", "fields": ["number"] })
            ),
            (
                "record.updated",
                &json!({ "entity": "Customer", "id": id, "rowVersion": 2, "user": "ann", "fields": ["visits"] })
            ),
            (
                "record.created",
                &json!({ "entity": "Invoice", "id": 1, "rowVersion": 1, "user": "ann", "fields": ["customer"] })
            ),
            ("record.deleted", &json!({ "entity": "Invoice", "id": 1, "rowVersion": 1, "user": "ann", "fields": [] })),
        ]
    );
    let first = services.outbox.list(&world.owner, 1).await.unwrap();
    assert_eq!((first.data.len(), &first.data[0], first.waiting), (1, &page.data[0], 4));
    let ids: Vec<String> = page.data.iter().take(3).map(|row| row.event_id.clone()).collect();
    for _ in 0..2 {
        assert_eq!(services.outbox.acknowledge(&world.owner, &ids).await.unwrap(), 1);
    }
    assert_eq!(services.outbox.list(&world.owner, 100).await.unwrap().data, page.data[3..]);
    let viewer = Actor { user_id: "vic".into(), roles: vec!["viewer".into()] };
    assert_eq!(refused(services.outbox.list(&viewer, 1).await).code, "actor/not-allowed");
    assert_eq!(refused(services.outbox.acknowledge(&viewer, &ids).await).code, "actor/not-allowed");
    for limit in [0, 1001] {
        assert_eq!(refused(services.outbox.list(&world.owner, limit).await).code, "outbox/limit");
    }
}

#[tokio::test]
async fn without_the_option_no_event_is_written() {
    let world = published(Options::default()).await;
    world.services.data.create(&world.admin(), "Customer", json!({ "number": "C1" })).await.unwrap();
    assert_eq!(world.services.outbox.list(&world.owner, 10).await.unwrap().waiting, 0);
}
