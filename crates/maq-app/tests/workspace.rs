//! Drafts, edits, undo: nothing acknowledged is lost, and everything can be taken back.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use maq_app::{Cardinality, RelationRequest};
use maq_doc::Edit;
use maq_value::Actor;
use serde_json::{Value as Json, json};
use support::{World, world};

fn customer() -> Edit {
    Edit::AddDocument {
        document: json!({
            "kind": "entity", "format": 1, "id": "ent_c", "name": "Customer", "class": "master",
            "fields": [ { "id": "fld_n", "name": "name", "type": "string", "required": true } ]
        }),
    }
}

fn invoice() -> Edit {
    Edit::AddDocument {
        document: json!({
            "kind": "entity", "format": 1, "id": "ent_i", "name": "Invoice", "class": "document",
            "fields": [
                { "id": "fld_no", "name": "number", "type": "string", "required": true },
                { "id": "fld_cu", "name": "customer", "type": "reference", "referenceTo": "Customer" }
            ],
            "indexes": [ { "id": "idx_1", "name": "by_number", "fields": ["number"] } ]
        }),
    }
}

async fn documents(world: &World) -> Vec<Json> {
    let documents = world.services.workspace.documents(&world.owner).await.unwrap();
    documents.iter().map(|document| document.to_json()).collect()
}

async fn filled() -> World {
    let world = world().await;
    let workspace = &world.services.workspace;
    workspace.apply_edits(&world.owner, "Add Customer", vec![customer()], None).await.unwrap();
    workspace.apply_edits(&world.owner, "Add Invoice", vec![invoice()], None).await.unwrap();
    world
}

fn code<T: std::fmt::Debug>(result: maq_app::AppResult<T>) -> String {
    result.unwrap_err().refusal().map(|refusal| refusal.code.clone()).unwrap_or("fault".into())
}

#[tokio::test]
async fn undo_and_redo_survive_a_restart() {
    let world = filled().await;
    let full = documents(&world).await;
    let world = world.reopen().await;
    assert_eq!(documents(&world).await, full);
    let workspace = &world.services.workspace;
    let undone = workspace.undo(&world.owner).await.unwrap();
    assert_eq!((undone.undo.as_deref(), undone.redo.as_deref()), (Some("Add Customer"), Some("Add Invoice")));
    assert_eq!(undone.edits, vec![Edit::RemoveDocument { document: "ent_i".into() }]);
    workspace.undo(&world.owner).await.unwrap();
    assert_eq!(code(workspace.undo(&world.owner).await), "edit/nothing-to-undo");
    assert!(documents(&world).await.is_empty());
    let world = world.reopen().await;
    let workspace = &world.services.workspace;
    workspace.redo(&world.owner).await.unwrap();
    let redone = workspace.redo(&world.owner).await.unwrap();
    assert_eq!((redone.undo.as_deref(), redone.redo), (Some("Add Invoice"), None));
    assert_eq!(documents(&world).await, full);
    assert_eq!(code(workspace.redo(&world.owner).await), "edit/nothing-to-redo");
}

#[tokio::test]
async fn a_new_edit_drops_what_was_undone() {
    let world = filled().await;
    let workspace = &world.services.workspace;
    workspace.undo(&world.owner).await.unwrap();
    let rename = Edit::Set { document: "ent_c".into(), path: vec!["label".into()], value: Some("Client".into()) };
    let outcome = workspace.apply_edits(&world.owner, "Label Customer", vec![rename], None).await.unwrap();
    assert_eq!(outcome.redo, None);
    let history = workspace.list_history(&world.owner, 10).await.unwrap();
    let labels: Vec<&str> = history.iter().map(|entry| entry.label.as_str()).collect();
    assert_eq!(labels, ["Label Customer", "Add Customer"]);
}

#[tokio::test]
async fn an_edit_that_does_not_fit_changes_nothing() {
    let world = filled().await;
    let before = documents(&world).await;
    let workspace = &world.services.workspace;
    let missing = Edit::Remove { document: "ent_c".into(), path: vec!["fields".into(), "fld_z".into()] };
    assert_eq!(code(workspace.apply_edits(&world.owner, "x", vec![missing], None).await), "edit/does-not-fit");
    let stale = Edit::Remove { document: "ent_c".into(), path: vec!["fields".into(), "fld_z".into()] };
    assert_eq!(code(workspace.apply_edits(&world.owner, "x", vec![stale], Some(1)).await), "workspace/moved-on");
    let unreadable = Edit::Set { document: "ent_c".into(), path: vec!["name".into()], value: Some(json!(7)) };
    let refused = workspace.apply_edits(&world.owner, "x", vec![unreadable], None).await;
    assert_eq!(code(refused), "edit/document-unreadable");
    let unknown = Edit::Set { document: "ent_c".into(), path: vec!["colour".into()], value: Some(json!("red")) };
    assert_eq!(code(workspace.apply_edits(&world.owner, "x", vec![unknown], None).await), "edit/document-unreadable");
    assert_eq!(documents(&world).await, before);
    let world = world.reopen().await;
    assert_eq!(documents(&world).await, before);
}

#[tokio::test]
async fn a_rename_takes_every_referrer_along_and_back() {
    let world = filled().await;
    let before = documents(&world).await;
    let workspace = &world.services.workspace;
    let renamed = workspace.rename_entity(&world.owner, "ent_c", "Client").await.unwrap();
    assert!(renamed.findings.iter().all(|finding| !finding.is_error()), "{:?}", renamed.findings);
    let invoice = &documents(&world).await[1];
    assert_eq!(invoice["fields"][1]["referenceTo"], "Client");
    workspace.rename_field(&world.owner, "ent_i", "fld_no", "invoiceNumber").await.unwrap();
    let invoice = &documents(&world).await[1];
    assert_eq!(invoice["indexes"][0]["fields"], json!(["invoiceNumber"]));
    workspace.undo(&world.owner).await.unwrap();
    workspace.undo(&world.owner).await.unwrap();
    assert_eq!(documents(&world).await, before);
}

#[tokio::test]
async fn relations_come_in_three_cardinalities() {
    let world = filled().await;
    let workspace = &world.services.workspace;
    let relate = |cardinality| RelationRequest {
        from: "ent_i".into(),
        to: "ent_c".into(),
        cardinality,
        name: None,
        required: false,
    };
    workspace.add_relation(&world.owner, relate(Cardinality::ManyToOne)).await.unwrap();
    workspace.add_relation(&world.owner, relate(Cardinality::OneToOne)).await.unwrap();
    let outcome = workspace.add_relation(&world.owner, relate(Cardinality::ManyToMany)).await.unwrap();
    assert!(outcome.findings.iter().all(|finding| !finding.is_error()), "{:?}", outcome.findings);
    let all = documents(&world).await;
    let named = |name: &str| all.iter().find(|document| document["name"] == name).unwrap().clone();
    let names: Vec<Json> =
        named("Invoice")["fields"].as_array().unwrap().iter().map(|field| field["name"].clone()).collect();
    assert_eq!(names, ["number", "customer", "customer2", "customer3"]);
    assert_eq!(named("Invoice")["fields"][3]["unique"], true);
    let between = named("InvoiceCustomer");
    assert_eq!(between["uniques"][0]["fields"], json!(["invoice", "customer"]));
}

#[tokio::test]
async fn roles_of_the_workspace_are_kept_apart() {
    let world = filled().await;
    let workspace = &world.services.workspace;
    let someone = |role: &str| Actor { user_id: "eve".into(), roles: vec![role.into()] };
    let label = Edit::Set { document: "ent_c".into(), path: vec!["label".into()], value: Some("x".into()) };
    let edit = |actor: Actor, edit: Edit| async move { workspace.apply_edits(&actor, "x", vec![edit], None).await };
    assert_eq!(code(edit(someone("viewer"), label.clone()).await), "actor/not-allowed");
    assert_eq!(code(edit(someone("policyOwner"), label.clone()).await), "actor/not-allowed");
    assert!(edit(someone("designer"), label).await.is_ok());
    assert_eq!(code(workspace.add_starter(&someone("designer"), "standard", None).await), "actor/not-allowed");
    assert!(workspace.add_starter(&someone("policyOwner"), "standard", None).await.is_ok());
    assert_eq!(code(world.services.releases.make_release(&someone("designer"), None).await), "actor/not-allowed");
}

#[tokio::test]
async fn every_edit_group_is_audited_in_its_transaction() {
    let world = filled().await;
    world.services.workspace.undo(&world.owner).await.unwrap();
    let events = world.services.audit_log.get_recent(&world.owner, 10).await.unwrap();
    let types: Vec<&str> = events.data.iter().map(|sealed| sealed.event.event_type.as_str()).collect();
    assert_eq!(types, ["design.undo", "design.edit", "design.edit"]);
}
