//! Roles from the document to the decision: released with the entities, shown in the plan, enforced on records, taken
//! back with the release.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use maq_app::{ApplyRequest, Job, LOCAL, PublishPlan};
use maq_doc::{Document, Edit};
use maq_value::{Actor, Principal};
use serde_json::{Value as Json, json};
use support::{World, world};

fn code<T: std::fmt::Debug>(result: maq_app::AppResult<T>) -> String {
    result.unwrap_err().refusal().map(|refusal| refusal.code.clone()).unwrap_or("fault".into())
}

fn note(policies: Json) -> Json {
    json!({ "kind": "entity", "format": 1, "id": "ent_n", "name": "Note", "policies": policies,
        "fields": [ { "id": "fld_t", "name": "text", "type": "string" } ] })
}

fn role(name: &str, permissions: &[&str], inherits: &[&str]) -> Json {
    json!({ "kind": "role", "format": 1, "id": format!("rol_{name}"), "name": name,
        "permissions": permissions, "inherits": inherits })
}

fn add(document: Json) -> Edit {
    Edit::AddDocument { document }
}

fn set(document: &str, path: &[&str], value: Json) -> Edit {
    let path = path.iter().map(|part| (*part).to_owned()).collect();
    Edit::Set { document: document.into(), path, value: Some(value) }
}

async fn edit(world: &World, edits: Vec<Edit>) {
    world.services.workspace.apply_edits(&world.owner, "edit", edits, None).await.unwrap();
}

async fn publish(world: &World) -> PublishPlan {
    let plan = world.services.publisher.make_plan(&world.owner, LOCAL, None).await.unwrap();
    let (release, digest) = (plan.release.digest.clone(), plan.plan.digest.clone());
    let request = ApplyRequest { target: LOCAL.into(), release, plan: digest, with_data: false };
    world.services.publisher.apply_plan(&world.owner, request, &Job::none()).await.unwrap();
    plan
}

fn changes(plan: &PublishPlan) -> Vec<String> {
    plan.plan.changes.iter().map(|change| format!("{}: {}", change.kind, change.summary)).collect()
}

/// Whether somebody with the role may do each, and what decided over reading.
async fn may(world: &World, role: &str) -> (String, Vec<String>) {
    let principal = Principal::new("bob", &[role]);
    let mut letters = String::new();
    for (action, letter) in
        [("create", 'c'), ("read", 'r'), ("update", 'u'), ("delete", 'd'), ("workflow.approve", 'a')]
    {
        if world.services.policy_gate.can(&principal, action, "Note").await.unwrap().allowed {
            letters.push(letter);
        }
    }
    let read = world.services.policy_gate.can(&principal, "read", "Note").await.unwrap();
    (letters, read.decided_by)
}

#[tokio::test]
async fn a_role_is_released_enforced_changed_and_taken_back() {
    let world = world().await;
    let deny =
        json!([{ "id": "pol_d", "name": "usersKeepAll", "effect": "deny", "actions": ["delete"], "roles": ["user"] }]);
    edit(
        &world,
        vec![
            add(note(deny)),
            add(role("user", &["read:Note"], &[])),
            add(role("manager", &["*:No*"], &["user"])),
            add(role("clerk", &["create:*", "workflow.approve:Note"], &["user"])),
        ],
    )
    .await;
    assert_eq!(may(&world, "manager").await, (String::new(), vec![]), "a draft permits nothing");
    let plan = publish(&world).await;
    assert_eq!(
        changes(&plan),
        [
            "createEntity: new entity `Note` with 1 field",
            "addRole: new role `clerk`: `create:*`, `workflow.approve:Note`, all of `user`",
            "addRole: new role `manager`: `*:No*`, all of `user`",
            "addRole: new role `user`: `read:Note`",
        ]
    );
    assert_eq!(may(&world, "user").await, ("r".into(), vec!["role user: read:Note".into()]));
    assert_eq!(may(&world, "clerk").await, ("cra".into(), vec!["role user: read:Note".into()]));
    let by = vec!["role manager: *:No*".into(), "role user: read:Note".into()];
    assert_eq!(may(&world, "manager").await, ("crua".into(), by), "what users are denied, who inherits them is denied");
    assert_eq!(may(&world, "stranger").await, (String::new(), vec![]));

    let clerk = Principal::new("bob", &["clerk"]);
    let made = world.services.data.create(&clerk, "Note", json!({"text": "a"})).await.unwrap();
    let id = made.to_json()["id"].as_str().unwrap().to_owned();
    world.services.data.get(&clerk, "Note", &id).await.unwrap();
    assert_eq!(code(world.services.data.delete(&clerk, "Note", &id, None).await), "policy/denied");

    // Publishing again is nothing; a change of a role alone is a release of its own, without DDL.
    let again = world.services.publisher.make_plan(&world.owner, LOCAL, None).await.unwrap();
    assert!(again.plan.empty);
    edit(&world, vec![set("rol_user", &["permissions"], json!([]))]).await;
    let plan = publish(&world).await;
    assert_eq!(
        changes(&plan),
        ["narrowRole: role `user` permits less: loses `read:Note`; so for `clerk`, `manager`, who inherit it"]
    );
    assert_eq!((plan.plan.ddl.len(), plan.release.versions.clone()), (0, vec![("Note".into(), "v1".into())]));
    assert_eq!(may(&world, "clerk").await.0, "ca", "what it inherited is gone");
    assert_eq!(code(world.services.data.get(&clerk, "Note", &id).await), "policy/denied");

    let world = world.reopen().await;
    assert_eq!(may(&world, "clerk").await.0, "ca");
    world.services.publisher.roll_back(&world.owner, LOCAL).await.unwrap();
    assert_eq!(may(&world, "clerk").await.0, "cra");
}

#[tokio::test]
async fn activating_a_version_keeps_the_roles_that_run() {
    let world = world().await;
    edit(&world, vec![add(note(json!([]))), add(role("user", &["read:Note"], &[]))]).await;
    publish(&world).await;
    edit(&world, vec![set("rol_user", &["permissions"], json!(["*"])), set("ent_n", &["description"], json!("x"))])
        .await;
    let version =
        json!({ "fields": [{ "id": "fld_t", "name": "text", "type": "string" }, { "name": "more", "type": "text" }] });
    let registry = &world.services.registry;
    registry.create_version(&world.owner, "Note", "v2", version).await.unwrap();
    registry.activate_version(&world.owner, "Note", "v2").await.unwrap();
    assert_eq!(may(&world, "user").await.0, "r", "a draft of a role does not go along");
}

#[tokio::test]
async fn a_role_with_a_mistake_keeps_the_documents_from_being_released() {
    let world = world().await;
    edit(&world, vec![add(note(json!([]))), add(role("user", &["read:Noet"], &["user"]))]).await;
    let error = world.services.publisher.make_plan(&world.owner, LOCAL, None).await.unwrap_err();
    let findings: Vec<String> = error.refusal().unwrap().findings.iter().map(|it| it.code.clone()).collect();
    assert!(findings.contains(&"role/entity-unknown".into()) && findings.contains(&"role/inherits-itself".into()));
}

#[tokio::test]
async fn personas_come_with_what_they_inherit_and_can_be_undone() {
    let world = world().await;
    let names = async || -> Vec<String> {
        let documents = world.services.workspace.documents(&world.owner).await.unwrap();
        let mut names: Vec<String> = documents.iter().filter_map(|it| it.as_role()).map(|it| it.name.clone()).collect();
        names.sort();
        names
    };
    edit(&world, vec![add(note(json!([]))), add(role("user", &[], &[]))]).await;
    let workspace = &world.services.workspace;
    assert_eq!(code(workspace.add_personas(&world.owner, Some(&["king".into()])).await), "roles/persona-unknown");
    workspace.add_personas(&world.owner, Some(&["manager".into()])).await.unwrap();
    assert_eq!(names().await, ["manager", "powerUser", "user"]);
    workspace.add_personas(&world.owner, None).await.unwrap();
    assert_eq!(names().await.len(), 7);
    workspace.undo(&world.owner).await.unwrap();
    assert_eq!(names().await, ["manager", "powerUser", "user"]);
    let user = role_of(&world, "user").await;
    assert_eq!(user["permissions"], json!([]), "a role of the same name stays as it is");

    let manager = role_of(&world, "manager").await;
    let rights = world.services.roles.rights(&world.owner, manager["id"].as_str().unwrap()).await.unwrap();
    assert_eq!((rights.inherits, rights.heirs), (vec!["powerUser".to_owned(), "user".to_owned()], vec![]));
    let approve = rights.rows[0].others.iter().find(|right| right.operation == "workflow.approve").unwrap();
    assert_eq!(approve.by, ["manager: workflow.approve:*"]);
    assert_eq!(code(world.services.roles.rights(&world.owner, "rol_none").await), "roles/role-not-found");
}

async fn role_of(world: &World, name: &str) -> Json {
    let documents = world.services.workspace.documents(&world.owner).await.unwrap();
    documents.iter().find(|it| it.as_role().is_some_and(|role| role.name == name)).unwrap().to_json()
}

#[tokio::test]
async fn renames_rewrite_what_refers_and_undo_brings_it_back() {
    let world = world().await;
    let policies = json!([{ "id": "pol_a", "name": "a", "effect": "allow", "actions": ["read"], "roles": ["user"] }]);
    edit(&world, vec![add(note(policies)), add(role("user", &["read:Note"], &[])), add(role("chief", &[], &["user"]))])
        .await;
    let workspace = &world.services.workspace;
    let designer = Actor { user_id: "dora".into(), roles: vec!["designer".into()] };
    workspace.rename_entity(&designer, "ent_n", "Memo").await.unwrap();
    assert_eq!(role_of(&world, "user").await["permissions"], json!(["read:Memo"]));
    workspace.undo(&designer).await.unwrap();
    assert_eq!(role_of(&world, "user").await["permissions"], json!(["read:Note"]));
    assert_eq!(code(workspace.rename_role(&designer, "rol_user", "member").await), "actor/not-allowed");

    workspace.rename_role(&world.owner, "rol_user", "member").await.unwrap();
    assert_eq!(role_of(&world, "chief").await["inherits"], json!(["member"]));
    let documents = workspace.documents(&world.owner).await.unwrap();
    let entity = documents.iter().find_map(|document| document.as_entity()).unwrap();
    assert_eq!(entity.policies[0].roles, ["member"]);
    assert_eq!(workspace.check(&world.owner).await.unwrap().iter().filter(|finding| finding.is_error()).count(), 0);
}

#[tokio::test]
async fn a_role_is_checked_as_it_is_typed_beside_the_drafts() {
    let world = world().await;
    edit(&world, vec![add(note(json!([]))), add(role("user", &["read:Note"], &[]))]).await;
    let typed = maq_doc::read_document("x", role("user", &["reed:Note", "read:Nte"], &["usr"])).unwrap();
    let Document::Role(typed) = typed else { return assert_eq!(typed.kind(), "role") };
    let found = world.services.roles.check(&world.owner, &typed).await.unwrap();
    let codes: Vec<&str> = found.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, ["role/inherits-unknown", "role/action-unknown", "role/entity-unknown"]);
    assert_eq!(role_of(&world, "user").await["permissions"], json!(["read:Note"]), "nothing was changed");
}
