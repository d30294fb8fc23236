//! Each method of the reference's services, the command that stands for it, and what it answers. The table below is the
//! map from method to command to test; a method without a command, or a test nobody ran, fails.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use maq_contract::COMMANDS;
use serde_json::json;
use std::collections::BTreeSet;
use support::{ask, invoice_schema, refused, router, with_invoices};

/// Service, method, command, test.
const METHODS: &[(&str, &str, &str, &str)] = &[
    ("registry", "createEntity", "registry.create_entity", "registry_entities"),
    ("registry", "getEntity", "registry.get_entity", "registry_entities"),
    ("registry", "listEntities", "registry.list_entities", "registry_entities"),
    ("registry", "updateEntity", "registry.update_entity", "registry_entities"),
    ("registry", "deleteEntity", "registry.delete_entity", "registry_entities"),
    ("registry", "createVersion", "registry.create_version", "registry_versions"),
    ("registry", "getVersion", "registry.get_version", "registry_versions"),
    ("registry", "getActiveVersion", "registry.get_active_version", "registry_versions"),
    ("registry", "listVersions", "registry.list_versions", "registry_versions"),
    ("registry", "activateVersion", "registry.activate_version", "registry_versions"),
    ("registry", "deactivateVersion", "registry.deactivate_version", "registry_versions"),
    ("registry", "updateVersion", "registry.update_version", "registry_versions"),
    ("registry", "deleteVersion", "registry.delete_version", "registry_versions"),
    ("compiler", "compile", "compiler.compile", "compiler_methods"),
    ("compiler", "recompile", "compiler.recompile", "compiler_methods"),
    ("compiler", "validate", "compiler.validate", "compiler_methods"),
    ("compiler", "invalidateCache", "compiler.invalidate_cache", "compiler_methods"),
    ("compiler", "getCached", "compiler.get_cached", "compiler_methods"),
    ("compiler", "precompileAll", "compiler.precompile_all", "compiler_methods"),
    ("compiler", "healthCheck", "compiler.check_health", "every_service_is_well"),
    ("policy", "can", "policy.can", "policy_methods"),
    ("policy", "enforce", "policy.enforce", "policy_methods"),
    ("policy", "getPolicies", "policy.get_policies", "policy_methods"),
    ("policy", "evaluatePolicy", "policy.evaluate_policy", "policy_methods"),
    ("policy", "invalidatePolicyCache", "policy.invalidate_policy_cache", "policy_methods"),
    ("policy", "healthCheck", "policy.check_health", "every_service_is_well"),
    ("audit", "log", "audit.log_event", "audit_methods"),
    ("audit", "query", "audit.query_events", "audit_methods"),
    ("audit", "getEvent", "audit.get_event", "audit_methods"),
    ("audit", "getRecent", "audit.get_recent", "audit_methods"),
    ("audit", "getResourceAudit", "audit.get_resource_audit", "audit_methods"),
    ("audit", "getUserAudit", "audit.get_user_audit", "audit_methods"),
    ("audit", "getTenantAudit", "audit.get_tenant_audit", "audit_methods"),
    ("audit", "healthCheck", "audit.check_health", "every_service_is_well"),
    ("data", "list", "records.list_records", "data_methods"),
    ("data", "get", "records.get_record", "data_methods"),
    ("data", "count", "records.count_records", "data_methods"),
    ("data", "create", "records.create_record", "data_methods"),
    ("data", "update", "records.update_record", "data_methods"),
    ("data", "delete", "records.delete_record", "data_methods"),
    ("data", "healthCheck", "records.check_health", "every_service_is_well"),
    ("meta store", "getCompiledModel", "meta.get_compiled_model", "meta_store_methods"),
    ("meta store", "createEntityWithVersion", "meta.create_entity_with_version", "meta_store_methods"),
    ("meta store", "publishVersion", "meta.publish_version", "meta_store_methods"),
    ("meta store", "getActiveSchema", "meta.get_active_schema", "meta_store_methods"),
    ("meta store", "switchVersion", "meta.switch_version", "meta_store_methods"),
    ("meta store", "healthCheck", "meta.check_health", "every_service_is_well"),
];

#[test]
fn every_method_has_a_command_and_a_test_that_asks_it() {
    let commands: BTreeSet<&str> = COMMANDS.iter().map(|info| info.name).collect();
    let source = include_str!("reference.rs");
    for (service, method, command, test) in METHODS {
        assert!(commands.contains(command), "{service}.{method}: the table has no command `{command}`");
        let body = source.split(&format!("async fn {test}()")).nth(1).unwrap_or_else(|| panic!("no test `{test}`"));
        let body = body.split("#[tokio::test]").next().unwrap_or_default();
        assert!(body.contains(&format!("\"{command}\"")), "{service}.{method}: `{test}` never asks `{command}`");
    }
    let count = |service: &str| METHODS.iter().filter(|(name, ..)| *name == service).count();
    let counts = ["registry", "compiler", "policy", "audit", "data", "meta store"].map(count);
    assert_eq!(counts, [13, 7, 6, 8, 7, 6]);
    let distinct: BTreeSet<&str> = METHODS.iter().map(|(_, _, command, _)| *command).collect();
    assert_eq!(distinct.len(), METHODS.len(), "two methods share a command");
}

#[tokio::test]
async fn registry_entities() {
    let router = router().await;
    let made = ask(&router, "registry.create_entity", json!({ "name": "Invoice", "description": "Bills" })).await;
    assert_eq!((made["name"].as_str(), made["createdBy"].as_str()), (Some("Invoice"), Some("ann")));
    assert_eq!(
        refused(&router, "registry.create_entity", json!({ "name": "Invoice" })).await,
        "registry/entity-exists"
    );
    let found = ask(&router, "registry.get_entity", json!({ "name": "Invoice" })).await;
    assert_eq!(found["entity"]["description"], "Bills");
    assert!(ask(&router, "registry.get_entity", json!({ "name": "None" })).await["entity"].is_null());
    let changed = ask(&router, "registry.update_entity", json!({ "name": "Invoice", "description": "New" })).await;
    assert_eq!(changed["description"], "New");
    let page = ask(&router, "registry.list_entities", json!({ "page": 1, "pageSize": 10 })).await;
    assert_eq!((page["total"].as_u64(), page["data"].as_array().map(Vec::len)), (Some(1), Some(1)));
    ask(&router, "registry.delete_entity", json!({ "name": "Invoice" })).await;
    assert_eq!(ask(&router, "registry.list_entities", json!({})).await["total"], 0);
}

#[tokio::test]
async fn registry_versions() {
    let router = router().await;
    ask(&router, "registry.create_entity", json!({ "name": "Invoice" })).await;
    let v1 = json!({ "entity": "Invoice", "version": "v1", "schema": invoice_schema() });
    let made = ask(&router, "registry.create_version", v1.clone()).await;
    assert_eq!((made["isActive"].as_bool(), made["isReleased"].as_bool()), (Some(false), Some(false)));
    ask(&router, "registry.update_version", v1.clone()).await;
    let wanted = json!({ "entity": "Invoice", "version": "v1" });
    assert_eq!(ask(&router, "registry.get_version", wanted.clone()).await["version"]["version"], "v1");
    assert!(ask(&router, "registry.get_active_version", json!({ "name": "Invoice" })).await["version"].is_null());
    assert_eq!(ask(&router, "registry.activate_version", wanted.clone()).await["isActive"], true);
    assert_eq!(
        ask(&router, "registry.get_active_version", json!({ "name": "Invoice" })).await["version"]["version"],
        "v1"
    );
    assert_eq!(refused(&router, "registry.update_version", v1).await, "registry/version-immutable");
    let v2 = json!({ "entity": "Invoice", "version": "v2", "schema": invoice_schema() });
    ask(&router, "registry.create_version", v2).await;
    assert_eq!(ask(&router, "registry.list_versions", json!({ "entity": "Invoice" })).await["total"], 2);
    ask(&router, "registry.delete_version", json!({ "entity": "Invoice", "version": "v2" })).await;
    assert_eq!(ask(&router, "registry.list_versions", json!({ "entity": "Invoice" })).await["total"], 1);
    assert_eq!(ask(&router, "registry.deactivate_version", wanted).await["isActive"], false);
}

#[tokio::test]
async fn compiler_methods() {
    let router = with_invoices().await;
    let wanted = json!({ "entity": "Invoice" });
    ask(&router, "compiler.invalidate_cache", wanted.clone()).await;
    assert!(ask(&router, "compiler.get_cached", wanted.clone()).await["model"].is_null());
    let model = ask(&router, "compiler.compile", wanted.clone()).await;
    assert_eq!((model["table"].as_str(), model["fromCache"].as_bool()), (Some("invoice"), Some(false)));
    assert_eq!(model["fields"][1], json!({ "name": "total", "column": "total", "type": "decimal", "required": false }));
    assert_eq!(ask(&router, "compiler.get_cached", wanted.clone()).await["model"]["fromCache"], true);
    assert_eq!(ask(&router, "compiler.recompile", wanted).await["fromCache"], false);
    let none = ask(&router, "compiler.precompile_all", json!({})).await;
    assert_eq!(none["models"].as_array().map(Vec::len), Some(1));
    let bad = json!({ "schema": { "fields": [{ "name": "x", "type": "strin" }] } });
    let validation = ask(&router, "compiler.validate", bad).await;
    assert_eq!(validation["valid"], false);
    assert!(validation["findings"][0]["message"].as_str().unwrap().contains("`strin`"), "{validation}");
}

#[tokio::test]
async fn policy_methods() {
    let router = with_invoices().await;
    let asked = |action: &str, role: &str| json!({ "action": action, "resource": "Invoice", "principal": { "userId": "bob", "roles": [role] } });
    let yes = ask(&router, "policy.can", asked("read", "guest")).await;
    assert_eq!((yes["allowed"].as_bool(), yes["decidedBy"].clone()), (Some(true), json!(["guests"])));
    assert_eq!(ask(&router, "policy.can", asked("delete", "guest")).await["allowed"], false);
    assert_eq!(ask(&router, "policy.enforce", asked("delete", "admin")).await["allowed"], true);
    assert_eq!(refused(&router, "policy.enforce", asked("delete", "guest")).await, "policy/denied");
    let policies = ask(&router, "policy.get_policies", json!({ "action": "read", "resource": "Invoice" })).await;
    assert_eq!(policies["policies"].as_array().map(Vec::len), Some(2));
    let mut one = asked("read", "admin");
    one["policy"] = json!("guests");
    assert_eq!(ask(&router, "policy.evaluate_policy", one).await["allowed"], false);
    ask(&router, "policy.invalidate_policy_cache", json!({ "name": "Invoice" })).await;
}

#[tokio::test]
async fn audit_methods() {
    let router = with_invoices().await;
    let event = json!({ "eventType": "report.run", "action": "run", "resource": "Monthly", "details": { "pages": 3 } });
    let logged = ask(&router, "audit.log_event", event).await;
    assert_eq!(logged["eventType"], "app.report.run");
    let id = logged["eventId"].as_str().unwrap();
    assert!(id.starts_with("evt_"));
    assert_eq!(ask(&router, "audit.get_event", json!({ "eventId": id })).await["event"], logged);
    assert_eq!(ask(&router, "audit.get_recent", json!({ "limit": 1 })).await["data"], json!([logged]));
    let about = |command: &'static str, query| ask(&router, command, query);
    let one = json!([logged]);
    assert_eq!(about("audit.query_events", json!({ "eventType": ["app.report.run"] })).await["data"], one);
    assert_eq!(about("audit.get_resource_audit", json!({ "resource": "Monthly" })).await["data"], one);
    let by_ann = about("audit.get_user_audit", json!({ "userId": "ann", "pageSize": 1 })).await;
    assert!(by_ann["total"].as_u64().unwrap() > 1);
    assert_eq!(about("audit.get_user_audit", json!({ "userId": "zoe" })).await["total"], 0);
    assert!(about("audit.get_tenant_audit", json!({})).await["total"].as_u64().unwrap() > 1);
    assert_eq!(about("audit.query_events", json!({ "startDate": "2999-01-01T00:00:00Z" })).await["total"], 0);
    assert_eq!(refused(&router, "audit.query_events", json!({ "startDate": "now" })).await, "audit/filter-wrong");
    assert_eq!(refused(&router, "audit.get_user_audit", json!({})).await, "audit/filter-wrong");
    assert_eq!(about("audit.verify_chain", json!({})).await["ok"], true);
}

#[tokio::test]
async fn data_methods() {
    let router = with_invoices().await;
    let values = json!({ "invoiceNumber": "A-1", "total": "10.50" });
    let made = ask(&router, "records.create_record", json!({ "entity": "Invoice", "values": values })).await;
    let id = made["record"]["id"].as_str().unwrap();
    let wanted = json!({ "entity": "Invoice", "id": id });
    assert_eq!(ask(&router, "records.get_record", wanted.clone()).await, made);
    let change = json!({ "entity": "Invoice", "id": id, "values": { "total": "11" }, "rowVersion": 1 });
    let changed = ask(&router, "records.update_record", change.clone()).await;
    assert_eq!(
        (changed["record"]["total"].as_str(), changed["record"]["rowVersion"].as_i64()),
        (Some("11.00"), Some(2))
    );
    assert_eq!(refused(&router, "records.update_record", change).await, "data/row-version-conflict");
    let filter = json!({ "entity": "Invoice", "filter": { "total": { "gt": "10" } } });
    assert_eq!(ask(&router, "records.count_records", filter.clone()).await["count"], 1);
    assert_eq!(ask(&router, "records.list_records", filter).await["data"][0]["invoiceNumber"], "A-1");
    let guest = json!({ "userId": "bob", "roles": ["guest"] });
    let denied = json!({ "entity": "Invoice", "id": id, "principal": guest });
    assert_eq!(refused(&router, "records.delete_record", denied).await, "policy/denied");
    ask(&router, "records.delete_record", wanted.clone()).await;
    assert_eq!(refused(&router, "records.get_record", wanted).await, "data/record-not-found");
}

#[tokio::test]
async fn meta_store_methods() {
    let router = router().await;
    let entity = json!({ "name": "Invoice", "description": "Bills", "version": "v1", "schema": invoice_schema() });
    let made = ask(&router, "meta.create_entity_with_version", entity).await;
    assert_eq!((made["entity"]["activeVersion"].as_str(), made["model"]["version"].as_str()), (Some("v1"), Some("v1")));
    let mut wider = invoice_schema();
    wider["fields"].as_array_mut().unwrap().push(json!({ "name": "note", "type": "text" }));
    let second = json!({ "entity": "Invoice", "version": "v2", "schema": wider });
    assert_eq!(ask(&router, "meta.publish_version", second).await["version"]["isActive"], true);
    let schema = ask(&router, "meta.get_active_schema", json!({ "name": "Invoice" })).await;
    assert_eq!(schema["schema"]["fields"].as_array().map(Vec::len), Some(3));
    let back = json!({ "entity": "Invoice", "version": "v1" });
    assert_eq!(ask(&router, "meta.switch_version", back.clone()).await["model"]["version"], "v1");
    assert_eq!(ask(&router, "meta.get_compiled_model", back).await["fields"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn every_service_is_well() {
    let router = with_invoices().await;
    for command in [
        "registry.check_health",
        "compiler.check_health",
        "policy.check_health",
        "audit.check_health",
        "records.check_health",
        "meta.check_health",
    ] {
        assert_eq!(ask(&router, command, json!({})).await["healthy"], true, "{command}");
    }
}
