//! The reference's five usage examples, and the rules its services state.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use maq_app::{AuditQuery, ListRequest, Options, PageRequest, Paging};
use maq_query::meta::AuditFilter;
use maq_store::StoreKind;
use maq_value::{Instant, Principal};
use serde_json::{Value as Json, json};
use std::time::Duration;
use support::{World, world, world_of};

fn invoice_schema() -> Json {
    json!({
        "fields": [
            { "name": "invoiceNumber", "type": "string", "required": true },
            { "name": "totalAmount", "type": "number", "required": true }
        ],
        "policies": [
            { "name": "invoice_read", "effect": "allow", "action": "read", "resource": "Invoice" },
            { "name": "invoice_write", "effect": "allow", "action": "create", "resource": "Invoice" }
        ]
    })
}

async fn with_invoices() -> World {
    let world = world().await;
    let (registry, ann) = (&world.services.registry, &world.owner);
    registry.create_entity(ann, "Invoice", Some("Customer invoices")).await.unwrap();
    registry.create_version(ann, "Invoice", "v1", invoice_schema()).await.unwrap();
    registry.activate_version(ann, "Invoice", "v1").await.unwrap();
    world
}

fn code<T: std::fmt::Debug>(result: maq_app::AppResult<T>) -> String {
    result.unwrap_err().refusal().map(|refusal| refusal.code.clone()).unwrap_or("fault".into())
}

#[tokio::test]
async fn example_1_create_entity_with_version() {
    let world = with_invoices().await;
    let ann = &world.owner;
    let compiled = world.services.compiler.compile(ann, "Invoice", Some("v1")).await.unwrap();
    assert_eq!(&*compiled.entity.name, "Invoice");
    let columns: Vec<&str> = compiled.entity.fields.iter().map(|field| &*field.column).collect();
    assert_eq!(columns, ["invoice_number", "total_amount"]);
    let active = world.services.registry.get_active_version(ann, "Invoice").await.unwrap().unwrap();
    assert_eq!((active.version.as_str(), active.is_active, active.is_released), ("v1", true, true));
    let entity = world.services.registry.get_entity(ann, "Invoice").await.unwrap().unwrap();
    assert_eq!(entity.active_version.as_deref(), Some("v1"));
}

#[tokio::test]
async fn example_2_query_data_with_the_generic_api() {
    let world = with_invoices().await;
    let data = &world.services.data;
    let ann = Principal::new("ann", &[]);
    let mut ids = Vec::new();
    for number in 1..=25 {
        let values = json!({ "invoiceNumber": format!("A-{number}"), "totalAmount": f64::from(number) * 1.5 });
        let record = data.create(&ann, "Invoice", values).await.unwrap();
        ids.push(record.to_json()["id"].as_str().unwrap().to_owned());
    }
    let request = ListRequest {
        sort: vec!["-createdAt".into()],
        limit: Some(20),
        paging: Paging::Page(1),
        with_total: true,
        ..ListRequest::default()
    };
    let page = data.list(&ann, "Invoice", &request).await.unwrap();
    assert_eq!((page.data.len(), page.total), (20, Some(25)));
    assert_eq!(page.data[0].to_json()["invoiceNumber"], "A-25");
    let one = data.get(&ann, "Invoice", &ids[3]).await.unwrap();
    assert_eq!(one.to_json()["totalAmount"], 6.0);
    assert_eq!(data.count(&ann, "Invoice", None).await.unwrap(), 25);
    assert_eq!(data.count(&ann, "Invoice", Some(&json!({"totalAmount": {"gt": 30}}))).await.unwrap(), 5);
}

#[tokio::test]
async fn keyset_pages_meet_every_record_once() {
    let world = with_invoices().await;
    let data = &world.services.data;
    let ann = Principal::new("ann", &[]);
    for number in 0..57 {
        let values = json!({ "invoiceNumber": format!("A-{}", number % 5), "totalAmount": number % 3 });
        data.create(&ann, "Invoice", values).await.unwrap();
    }
    for sort in [vec![], vec!["totalAmount".to_owned()], vec!["-invoiceNumber".to_owned(), "totalAmount".to_owned()]] {
        let mut seen = std::collections::BTreeSet::new();
        let mut after = None;
        loop {
            let request = ListRequest {
                sort: sort.clone(),
                limit: Some(10),
                paging: Paging::Keyset { after },
                ..ListRequest::default()
            };
            let page = data.list(&ann, "Invoice", &request).await.unwrap();
            for record in &page.data {
                assert!(seen.insert(record.to_json()["id"].to_string()), "{sort:?}: a record came twice");
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), 57, "{sort:?}");
    }
    let tampered = ListRequest { paging: Paging::Keyset { after: Some("AAAA".into()) }, ..ListRequest::default() };
    assert_eq!(code(data.list(&ann, "Invoice", &tampered).await), "data/cursor-invalid");
}

#[tokio::test]
async fn example_3_policy_enforcement() {
    let world = with_invoices().await;
    let gate = &world.services.policy_gate;
    let ann = Principal::new("ann", &["user"]);
    assert!(gate.can(&ann, "read", "Invoice").await.unwrap().allowed);
    gate.enforce(&ann, "read", "Invoice").await.unwrap();
    assert!(!gate.can(&ann, "delete", "Invoice").await.unwrap().allowed);
    assert_eq!(code(gate.enforce(&ann, "delete", "Invoice").await), "policy/denied");
    // Fail-secure: what is not published is denied, not an error.
    assert!(!gate.can(&ann, "read", "Nothing").await.unwrap().allowed);
    let names: Vec<String> =
        gate.get_policies("read", "Invoice").await.unwrap().into_iter().map(|policy| policy.name).collect();
    assert_eq!(names, ["invoice_read"]);
    assert!(gate.evaluate_policy(&ann, "Invoice", "invoice_read", Some("read")).await.unwrap().allowed);
    assert_eq!(code(gate.evaluate_policy(&ann, "Invoice", "nobody", None).await), "policy/not-found");
    gate.invalidate_policy_cache("Invoice").await.unwrap();
    assert!(gate.check_health().await.healthy);
}

#[tokio::test]
async fn example_4_audit_trail_query() {
    let world = with_invoices().await;
    let (audit, ann) = (&world.services.audit_log, &world.owner);
    let start = Instant::now();
    let principal = Principal::new("user123", &[]);
    world.services.data.create(&principal, "Invoice", json!({"invoiceNumber": "1", "totalAmount": 2})).await.unwrap();
    let _ = world.services.data.delete(&principal, "Invoice", "nobody", None).await;
    let filter = AuditFilter {
        resource: None,
        user_id: Some("user123".into()),
        event_types: vec!["data.read".into(), "data.create".into()],
        start: Some(start.0),
        ..AuditFilter::default()
    };
    let page = PageRequest { page: Some(1), page_size: Some(50) };
    let events = audit.query_events(ann, &AuditQuery { filter, page }).await.unwrap();
    assert_eq!(events.total, 1);
    let event = &events.data[0].event;
    assert!(event.event_id.starts_with("evt_"));
    assert_eq!((event.event_type.as_str(), event.user_id.as_str()), ("data.create", "user123"));
    assert_eq!(audit.get_event(ann, &event.event_id).await.unwrap().unwrap().event.event_id, event.event_id);
    assert_eq!(audit.get_recent(ann, 10).await.unwrap().data[0].event.event_type, "policy.deny");
    let failures =
        AuditQuery { filter: AuditFilter { result: Some("failure".into()), ..AuditFilter::default() }, page };
    assert_eq!(audit.query_events(ann, &failures).await.unwrap().total, 1);
    assert_eq!(audit.get_tenant_audit(ann, "customer-a", AuditQuery::default()).await.unwrap().total, 0);
    assert!(audit.get_tenant_audit(ann, "default", AuditQuery::default()).await.unwrap().total > 3);
    assert!(audit.get_user_audit(ann, "user123", AuditQuery::default()).await.unwrap().total == 2);
    assert!(audit.get_resource_audit(ann, "Invoice", AuditQuery::default()).await.unwrap().total >= 3);
    let logged = audit.log_event(ann, "export", "export", "Invoice", Some(json!({"rows": 3}))).await.unwrap();
    assert_eq!(logged.event.event_type, "app.export");
    let verified = audit.verify_chain(ann).await.unwrap();
    assert_eq!(verified.problem, None);
    assert!(verified.checked > 5);
    assert!(audit.check_health().await.healthy);
}

fn product_schema(with_weight: bool) -> Json {
    let mut fields = vec![
        json!({ "id": "fld_sku", "name": "sku", "type": "string", "required": true, "unique": true }),
        json!({ "id": "fld_name", "name": "name", "type": "string", "required": true }),
        json!({ "id": "fld_price", "name": "price", "type": "number", "required": true }),
        json!({ "id": "fld_stock", "name": "inStock", "type": "boolean", "required": false }),
    ];
    if with_weight {
        fields.push(json!({ "id": "fld_weight", "name": "weight", "type": "number" }));
    }
    let policy = json!({ "name": "product_all", "effect": "allow", "action": "*", "resource": "Product" });
    json!({ "fields": fields, "policies": [policy] })
}

#[tokio::test]
async fn example_5_meta_store_workflows() {
    let world = world().await;
    let (meta, ann) = (&world.services.meta_store, &world.owner);
    let first = meta
        .create_entity_with_version(ann, "Product", Some("Product catalog"), "v1", product_schema(false))
        .await
        .unwrap();
    assert_eq!((first.version.version.as_str(), first.version.is_active), ("v1", true));
    let principal = Principal::new("bob", &[]);
    let data = &world.services.data;
    let milk = json!({"sku": "1", "name": "milk", "price": 1.2});
    data.create(&principal, "Product", milk.clone()).await.unwrap();
    assert_eq!(code(data.create(&principal, "Product", milk).await), "data/unique-taken");

    let second = meta.publish_version(ann, "Product", "v2", product_schema(true)).await.unwrap();
    assert_eq!(second.model.entity.fields.len(), 5);
    let heavy = json!({"sku": "2", "name": "stone", "price": 3, "weight": 12.5});
    data.create(&principal, "Product", heavy).await.unwrap();
    let compiled = meta.get_compiled_model(ann, "Product", None).await.unwrap();
    assert_eq!(compiled.version, "v2");
    let schema = meta.get_active_schema(ann, "Product").await.unwrap().unwrap();
    assert_eq!(schema["fields"].as_array().unwrap().len(), 5);

    let switched = meta.switch_version(ann, "Product", "v1").await.unwrap();
    assert_eq!((switched.version.version.as_str(), switched.model.entity.fields.len()), ("v1", 4));
    // Nothing was dropped, and the older shape serves both records.
    let page = data.list(&principal, "Product", &ListRequest::default()).await.unwrap();
    assert_eq!(page.data.len(), 2);
    assert!(page.data.iter().all(|record| record.to_json().get("weight").is_none()));
    meta.switch_version(ann, "Product", "v2").await.unwrap();
    let request = ListRequest { filter: Some(json!({"sku": "2"})), ..ListRequest::default() };
    let page = data.list(&principal, "Product", &request).await.unwrap();
    assert_eq!(page.data[0].to_json()["weight"], 12.5);
    assert!(meta.check_health().await.healthy);
}

#[tokio::test]
async fn creating_an_entity_with_a_wrong_version_leaves_nothing() {
    let world = world().await;
    let (meta, ann) = (&world.services.meta_store, &world.owner);
    let schema = json!({"fields": [{"name": "a", "type": "strnig"}]});
    let result = meta.create_entity_with_version(ann, "Broken", None, "v1", schema).await;
    let refusal = result.unwrap_err().refusal().unwrap().clone();
    assert_eq!(refusal.code, "registry/schema-invalid");
    assert_eq!(refusal.findings[0].code, "field/type-unknown");
    assert!(world.services.registry.get_entity(ann, "Broken").await.unwrap().is_none());
    assert!(world.services.workspace.documents(ann).await.unwrap().is_empty());
}

#[tokio::test]
async fn versions_that_are_active_or_released_never_change() {
    let world = with_invoices().await;
    let (registry, ann) = (&world.services.registry, &world.owner);
    assert_eq!(
        code(registry.update_version(ann, "Invoice", "v1", invoice_schema()).await),
        "registry/version-immutable"
    );
    assert_eq!(code(registry.delete_version(ann, "Invoice", "v1").await), "registry/version-immutable");
    assert_eq!(code(registry.delete_entity(ann, "Invoice").await), "registry/entity-in-use");
    registry.create_version(ann, "Invoice", "v2", invoice_schema()).await.unwrap();
    registry.update_version(ann, "Invoice", "v2", invoice_schema()).await.unwrap();
    assert_eq!(code(registry.create_version(ann, "Invoice", "v2", invoice_schema()).await), "registry/version-exists");
    registry.delete_version(ann, "Invoice", "v2").await.unwrap();
    assert!(registry.get_version(ann, "Invoice", "v2").await.unwrap().is_none());
    assert_eq!(registry.list_versions(ann, "Invoice", PageRequest::default()).await.unwrap().total, 1);
    registry.deactivate_version(ann, "Invoice", "v1").await.unwrap();
    assert_eq!(
        code(world.services.data.count(&Principal::new("a", &[]), "Invoice", None).await),
        "data/entity-unknown"
    );
    registry.activate_version(ann, "Invoice", "v1").await.unwrap();
    assert_eq!(world.services.data.count(&Principal::new("a", &[]), "Invoice", None).await.unwrap(), 0);
}

#[tokio::test]
async fn entities_are_listed_described_and_deleted() {
    let world = world().await;
    let (registry, ann) = (&world.services.registry, &world.owner);
    for name in ["Beta", "Alpha"] {
        registry.create_entity(ann, name, None).await.unwrap();
    }
    assert_eq!(code(registry.create_entity(ann, "Alpha", None).await), "registry/entity-exists");
    assert_eq!(code(registry.create_entity(ann, "not a name", None).await), "registry/schema-invalid");
    let page = registry.list_entities(ann, PageRequest { page: Some(1), page_size: Some(1) }).await.unwrap();
    assert_eq!((page.total, page.data[0].name.as_str()), (2, "Alpha"));
    let described = registry.update_entity(ann, "Alpha", Some("the first")).await.unwrap();
    assert_eq!(described.description.as_deref(), Some("the first"));
    registry.delete_entity(ann, "Alpha").await.unwrap();
    assert!(registry.get_entity(ann, "Alpha").await.unwrap().is_none());
    assert_eq!(world.services.workspace.documents(ann).await.unwrap().len(), 1);
    assert!(registry.check_health().await.healthy);
}

#[tokio::test]
async fn compiled_models_are_cached_for_their_time_and_no_longer() {
    let options = Options { cache_ttl: Duration::from_secs(0), enable_cache: true, ..Options::default() };
    let world = world_of(StoreKind::Workspace, options).await;
    let ann = &world.owner;
    world.services.registry.create_entity(ann, "Invoice", None).await.unwrap();
    world.services.registry.create_version(ann, "Invoice", "v1", invoice_schema()).await.unwrap();
    world.services.compiler.compile(ann, "Invoice", Some("v1")).await.unwrap();
    assert!(world.services.compiler.get_cached(ann, "Invoice", Some("v1")).await.unwrap().is_none());

    let world = with_invoices().await;
    let (compiler, ann) = (&world.services.compiler, &world.owner);
    assert!(!compiler.compile(ann, "Invoice", None).await.unwrap().from_cache);
    let cached = compiler.compile(ann, "Invoice", None).await.unwrap();
    assert!(cached.from_cache);
    assert!(!compiler.recompile(ann, "Invoice", None).await.unwrap().from_cache);
    compiler.invalidate_cache(ann, "Invoice", Some("v1")).await.unwrap();
    assert!(compiler.get_cached(ann, "Invoice", Some("v1")).await.unwrap().is_none());
    assert_eq!(compiler.precompile_all(ann).await.unwrap().len(), 1);
    assert!(compiler.get_cached(ann, "Invoice", Some("v1")).await.unwrap().is_some());
    let hash = &world.services.registry.get_version(ann, "Invoice", "v1").await.unwrap().unwrap().schema_hash;
    assert_eq!(&*cached.entity.schema_hash, hash.as_str());
    assert!(!compiler.validate(ann, json!({"fields": []})).await.unwrap().valid);
    assert!(compiler.validate(ann, invoice_schema()).await.unwrap().valid);
    assert!(compiler.check_health().await.healthy);
}

#[tokio::test]
async fn without_the_cache_nothing_is_cached() {
    let options = Options { enable_cache: false, ..Options::default() };
    let world = world_of(StoreKind::Workspace, options).await;
    let ann = &world.owner;
    world.services.registry.create_entity(ann, "Invoice", None).await.unwrap();
    world.services.registry.create_version(ann, "Invoice", "v1", invoice_schema()).await.unwrap();
    world.services.compiler.compile(ann, "Invoice", Some("v1")).await.unwrap();
    assert!(!world.services.compiler.compile(ann, "Invoice", Some("v1")).await.unwrap().from_cache);
}

#[tokio::test]
async fn every_service_says_it_is_healthy() {
    let world = world().await;
    let names: Vec<&str> =
        world.services.health().await.into_iter().filter(|(_, health)| health.healthy).map(|(name, _)| name).collect();
    assert_eq!(names, ["registry", "compiler", "policy", "audit", "records", "meta"]);
}
