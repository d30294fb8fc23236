//! Every command of the table against every role of a workspace: who is refused, and who is not. A command without a
//! line here fails.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use maq_app::ROLES;
use maq_contract::COMMANDS;
use maq_rpc::Router;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use support::{ask, with_invoices};

/// Everybody.
const ALL: &[&str] = &["viewer", "designer", "policyOwner", "publisher", "owner"];
const DESIGN: &[&str] = &["designer", "owner"];
const POLICIES: &[&str] = &["policyOwner", "owner"];
const RECORDS: &[&str] = &["designer", "publisher", "owner"];
const PUBLISH: &[&str] = &["publisher", "owner"];
const OWNER: &[&str] = &["owner"];

/// Each command, a request that reaches its use case and changes nothing that another line needs, and who may.
fn table() -> Vec<(&'static str, Json, &'static [&'static str])> {
    let nobody = "ent_nobody";
    let rita = json!({ "userId": "rita", "roles": ["guest"] });
    let schema = json!({ "fields": [{ "name": "number", "type": "string" }] });
    let guarded =
        json!({ "fields": [], "policies": [{ "name": "a", "effect": "allow", "actions": ["read"], "roles": ["x"] }] });
    let item = json!({ "target": "local", "id": "nobody" });
    let local = json!({ "target": "local" });
    let invoice = json!({ "entity": "Invoice" });
    let version = json!({ "entity": "Invoice", "version": "v1" });
    let on_policies = json!({ "label": "x", "edits": [
        { "op": "set", "document": nobody, "path": ["policies", "pol_1", "name"], "value": "y" },
    ] });
    let on_fields = json!({ "label": "x", "edits": [
        { "op": "set", "document": nobody, "path": ["name"], "value": "y" },
    ] });
    vec![
        ("workspace.get_state", json!({}), ALL),
        ("workspace.read_changes", json!({ "after": 0 }), ALL),
        ("workspace.apply_edits", on_fields, DESIGN),
        ("workspace.apply_edits", on_policies, POLICIES),
        ("workspace.list_history", json!({ "limit": 5 }), ALL),
        ("entities.rename_entity", json!({ "entityId": nobody, "name": "B" }), DESIGN),
        ("entities.rename_field", json!({ "entityId": nobody, "fieldId": "fld_1", "name": "b" }), DESIGN),
        (
            "entities.add_relation",
            json!({ "from": nobody, "to": nobody, "cardinality": "manyToOne", "required": false }),
            DESIGN,
        ),
        ("roles.list_operations", json!({}), ALL),
        ("roles.read_rights", json!({ "roleId": "nobody" }), ALL),
        ("roles.check_role", json!({ "document": { "kind": "role", "format": 1, "id": "rol_x", "name": "x" } }), ALL),
        ("roles.add_personas", json!({ "names": ["nobody"] }), POLICIES),
        ("roles.rename_role", json!({ "roleId": "nobody", "name": "x" }), POLICIES),
        ("policies.add_starter", json!({ "starter": "nobody" }), POLICIES),
        ("policies.read_matrix", json!({ "entityId": nobody }), ALL),
        ("policies.check_condition", json!({ "entityId": nobody, "text": "true" }), ALL),
        ("policies.complete_condition", json!({ "entityId": nobody, "text": "", "offset": 0 }), ALL),
        ("policies.try_draft", json!({ "entityId": nobody, "principal": rita }), POLICIES),
        ("findings.explain_code", json!({ "code": "record/required" }), ALL),
        ("import.preview", json!({ "source": "nowhere.sqlite" }), DESIGN),
        ("import.run", json!({ "source": "nowhere.sqlite", "withData": false }), DESIGN),
        ("import.run", json!({ "source": "nowhere.sqlite", "withData": true }), OWNER),
        ("releases.make_release", json!({}), PUBLISH),
        ("releases.list_releases", json!({}), ALL),
        ("targets.list_targets", json!({}), ALL),
        (
            "targets.add_target",
            json!({ "name": "a b", "url": "http://127.0.0.1:1", "token": "t", "trustKey": false }),
            OWNER,
        ),
        ("targets.remove_target", json!({ "target": "nobody" }), OWNER),
        ("targets.get_status", local.clone(), ALL),
        ("members.list_members", json!({}), ALL),
        ("members.put_member", json!({ "userId": "nobody", "roles": [] }), OWNER),
        ("members.remove_member", json!({ "userId": "nobody" }), OWNER),
        ("keys.get_signing_key", json!({}), PUBLISH),
        ("keys.rotate_signing_key", json!({}), OWNER),
        ("keys.list_keys", local.clone(), OWNER),
        ("keys.trust_key", json!({ "target": "local", "publicKey": "AA" }), OWNER),
        ("keys.revoke_key", item.clone(), OWNER),
        ("tokens.list_tokens", local.clone(), OWNER),
        ("tokens.create_token", json!({ "target": "local", "userId": "" }), OWNER),
        ("tokens.rotate_token", item.clone(), OWNER),
        ("tokens.revoke_token", item.clone(), OWNER),
        ("tenants.list_tenants", local.clone(), OWNER),
        ("tenants.add_tenant", json!({ "target": "local", "id": "a b" }), OWNER),
        ("tenants.rename_tenant", json!({ "target": "local", "id": "nobody", "name": "x" }), OWNER),
        ("tenants.suspend_tenant", item.clone(), OWNER),
        ("tenants.resume_tenant", item, OWNER),
        ("publish.make_plan", local.clone(), PUBLISH),
        (
            "publish.apply_plan",
            json!({ "target": "local", "release": "nobody", "plan": "x", "withData": false }),
            PUBLISH,
        ),
        ("publish.roll_back", local, PUBLISH),
        ("records.list_records", invoice.clone(), ALL),
        ("records.get_record", json!({ "entity": "Invoice", "id": "x" }), ALL),
        ("records.count_records", invoice.clone(), ALL),
        ("records.create_record", json!({ "entity": "Invoice", "values": {} }), RECORDS),
        ("records.update_record", json!({ "entity": "Invoice", "id": "x", "values": {} }), RECORDS),
        ("records.delete_record", json!({ "entity": "Invoice", "id": "x" }), RECORDS),
        ("records.check_health", json!({}), ALL),
        ("registry.create_entity", json!({ "name": "1" }), DESIGN),
        ("registry.get_entity", json!({ "name": "Invoice" }), ALL),
        ("registry.list_entities", json!({}), ALL),
        ("registry.update_entity", json!({ "name": "Nobody" }), DESIGN),
        ("registry.delete_entity", json!({ "name": "Nobody" }), DESIGN),
        ("registry.create_version", json!({ "entity": "Nobody", "version": "v9", "schema": schema.clone() }), DESIGN),
        ("registry.create_version", json!({ "entity": "Nobody", "version": "v9", "schema": guarded.clone() }), OWNER),
        ("registry.get_version", version.clone(), ALL),
        ("registry.get_active_version", json!({ "name": "Invoice" }), ALL),
        ("registry.list_versions", invoice, ALL),
        ("registry.activate_version", json!({ "entity": "Nobody", "version": "v9" }), PUBLISH),
        ("registry.deactivate_version", json!({ "entity": "Nobody", "version": "v9" }), PUBLISH),
        ("registry.update_version", json!({ "entity": "Nobody", "version": "v9", "schema": schema.clone() }), DESIGN),
        ("registry.update_version", json!({ "entity": "Nobody", "version": "v9", "schema": guarded }), OWNER),
        ("registry.delete_version", json!({ "entity": "Nobody", "version": "v9" }), DESIGN),
        ("compiler.compile", version.clone(), ALL),
        ("compiler.recompile", version.clone(), ALL),
        ("compiler.validate", json!({ "schema": schema.clone() }), ALL),
        ("compiler.invalidate_cache", version.clone(), ALL),
        ("compiler.get_cached", version.clone(), ALL),
        ("compiler.precompile_all", json!({}), ALL),
        ("compiler.check_health", json!({}), ALL),
        ("policy.can", json!({ "action": "read", "resource": "Invoice", "principal": rita }), ALL),
        ("policy.enforce", json!({ "action": "read", "resource": "Invoice", "principal": rita }), ALL),
        ("policy.get_policies", json!({ "action": "read", "resource": "Invoice" }), ALL),
        ("policy.evaluate_policy", json!({ "resource": "Invoice", "policy": "all", "principal": rita }), ALL),
        ("policy.invalidate_policy_cache", json!({ "name": "Invoice" }), ALL),
        ("policy.check_health", json!({}), ALL),
        ("audit.log_event", json!({ "eventType": "a b", "action": "a", "resource": "b" }), RECORDS),
        ("audit.query_events", json!({}), ALL),
        ("audit.get_event", json!({ "eventId": "x" }), ALL),
        ("audit.get_recent", json!({}), ALL),
        ("audit.get_resource_audit", json!({ "resource": "Invoice" }), ALL),
        ("audit.get_user_audit", json!({ "userId": "ann" }), ALL),
        ("audit.get_tenant_audit", json!({}), ALL),
        ("audit.verify_chain", json!({}), ALL),
        ("audit.check_health", json!({}), ALL),
        ("meta.get_compiled_model", version, ALL),
        ("meta.create_entity_with_version", json!({ "name": "1", "version": "v1", "schema": schema.clone() }), OWNER),
        ("meta.publish_version", json!({ "entity": "Invoice", "version": "v1", "schema": schema }), OWNER),
        ("meta.get_active_schema", json!({ "name": "Invoice" }), ALL),
        ("meta.switch_version", json!({ "entity": "Nobody", "version": "v9" }), PUBLISH),
        ("meta.check_health", json!({}), ALL),
        ("registry.check_health", json!({}), ALL),
        // Everybody takes back their own, of what they may still change: see the test below.
        ("workspace.undo", json!({}), ALL),
        ("workspace.redo", json!({}), ALL),
    ]
}

/// Whether somebody in a role is refused for it.
async fn is_refused(router: &Router, command: &str, request: &Json) -> bool {
    match router.call(command, request.clone(), None).await {
        Ok(_) => false,
        Err(error) => {
            assert!(!error.code.starts_with("rpc/"), "{command} {request}: {error:?}");
            assert_ne!(error.code, "fault/internal", "{command} {request}: {error:?}");
            error.code == "actor/not-allowed"
        }
    }
}

#[tokio::test]
async fn every_role_may_what_the_table_says_and_no_more() {
    let owner = with_invoices().await;
    let mut routers = Vec::new();
    for role in ROLES {
        let user = format!("the {role}");
        ask(&owner, "members.put_member", json!({ "userId": user, "roles": [role] })).await;
        routers.push((role, Router::for_person(owner.services().clone(), &user).await.unwrap()));
    }
    let mut wrong = Vec::new();
    for (command, request, may) in table() {
        for (role, router) in &routers {
            let (refused, expected) = (is_refused(router, command, &request).await, !may.contains(role));
            if refused != expected {
                wrong.push(format!("{command} as {role}: refused {refused}, expected {expected}; {request}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_command_of_the_table_has_a_line_here() {
    let here: BTreeSet<&str> = table().into_iter().map(|(command, ..)| command).collect();
    let there: BTreeSet<&str> = COMMANDS.iter().map(|info| info.name).collect();
    let missing: Vec<_> = there.difference(&here).collect();
    assert!(missing.is_empty(), "say in this file who may: {missing:?}");
    let stale: Vec<_> = here.difference(&there).collect();
    assert!(stale.is_empty(), "these commands are gone: {stale:?}");
}

#[tokio::test]
async fn undo_needs_the_role_that_the_edit_needed() {
    let owner = with_invoices().await;
    let becomes =
        async |role: &str| ask(&owner, "members.put_member", json!({ "userId": "dora", "roles": [role] })).await;
    becomes("designer").await;
    let dora = Router::for_person(owner.services().clone(), "dora").await.unwrap();
    let entity = json!({ "kind": "entity", "format": 1, "id": "ent_1", "name": "A", "fields": [] });
    let request = json!({ "label": "Add A", "edits": [{ "op": "addDocument", "document": entity }] });
    ask(&dora, "workspace.apply_edits", request).await;
    becomes("viewer").await;
    assert!(is_refused(&dora, "workspace.undo", &json!({})).await);
    becomes("designer").await;
    ask(&dora, "workspace.undo", json!({})).await;
    becomes("policyOwner").await;
    assert!(is_refused(&dora, "workspace.redo", &json!({})).await);
}

#[tokio::test]
async fn somebody_who_is_no_member_is_out_at_once_and_back_when_added() {
    let owner = with_invoices().await;
    ask(&owner, "members.put_member", json!({ "userId": "bob", "roles": ["viewer"] })).await;
    let bob = Router::for_person(owner.services().clone(), "bob").await.unwrap();
    ask(&bob, "workspace.get_state", json!({})).await;
    ask(&owner, "members.remove_member", json!({ "userId": "bob" })).await;
    let refused = bob.call("workspace.get_state", json!({}), None).await.unwrap_err();
    assert_eq!((refused.code.as_str(), refused.status), ("actor/not-a-member", 403));
    assert_eq!(refused.title, "`bob` is no member of this workspace");
    let stranger = Router::for_person(owner.services().clone(), "eve").await.err().unwrap();
    assert_eq!(stranger.refusal().unwrap().code, "actor/not-a-member");
    ask(&owner, "members.put_member", json!({ "userId": "bob", "roles": ["publisher"] })).await;
    let found = ask(&bob, "members.list_members", json!({})).await;
    assert_eq!((found["you"].as_str(), &found["yourRoles"]), (Some("bob"), &json!(["publisher"])));
}

#[tokio::test]
async fn a_token_of_local_is_made_shown_once_and_revoked() {
    let owner = with_invoices().await;
    let request = json!({ "target": "local", "userId": "kiosk", "roles": ["sales"], "expiresIn": 3600 });
    let made = ask(&owner, "tokens.create_token", request).await;
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("maq_data_"), "{made}");
    let listed = ask(&owner, "tokens.list_tokens", json!({ "target": "local", "user": "kiosk" })).await;
    assert!(!listed.to_string().contains(secret));
    assert_eq!(listed["tokens"][0]["state"], "active");
    let id = made["token"]["id"].clone();
    ask(&owner, "tokens.revoke_token", json!({ "target": "local", "id": id })).await;
    let listed = ask(&owner, "tokens.list_tokens", json!({ "target": "local", "state": "revoked" })).await;
    assert_eq!(listed["tokens"][0]["id"], id);
    let refused = owner.call("tokens.list_tokens", json!({ "target": "local", "kind": "gold" }), None).await;
    assert_eq!(refused.unwrap_err().title, "the token cannot be made: `gold` is no kind of a token");
}
