//! Releases, plans, deployments on `local`: what runs is what was reviewed, rows stay, and the way back is open.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use maq_app::{ApplyRequest, Job, LOCAL, ListRequest, PublishOutcome, PublishPlan};
use maq_doc::Edit;
use serde_json::{Value as Json, json};
use support::{World, world};

fn code<T: std::fmt::Debug>(result: maq_app::AppResult<T>) -> String {
    result.unwrap_err().refusal().map(|refusal| refusal.code.clone()).unwrap_or("fault".into())
}

fn product() -> Json {
    json!({
        "kind": "entity", "format": 1, "id": "ent_p", "name": "Product", "class": "master",
        "fields": [
            { "id": "fld_s", "name": "sku", "type": "string", "required": true, "unique": true, "maxLength": 4 },
            { "id": "fld_k", "name": "kind", "type": "enum", "enumValues": ["food", "tool"], "required": true },
            { "id": "fld_p", "name": "price", "type": "decimal", "precision": 10, "scale": 2 }
        ],
        "policies": [ { "id": "pol_a", "name": "all", "effect": "allow", "actions": ["*"], "roles": ["admin"] } ]
    })
}

async fn plan(world: &World) -> PublishPlan {
    world.services.publisher.make_plan(&world.owner, LOCAL, None).await.unwrap()
}

async fn apply(world: &World, plan: &PublishPlan) -> maq_app::AppResult<PublishOutcome> {
    let request = ApplyRequest {
        target: LOCAL.into(),
        release: plan.release.digest.clone(),
        plan: plan.plan.digest.clone(),
        with_data: false,
    };
    world.services.publisher.apply_plan(&world.owner, request, &Job::none()).await
}

async fn publish(world: &World) -> PublishOutcome {
    let plan = plan(world).await;
    apply(world, &plan).await.unwrap()
}

async fn edit(world: &World, edits: Vec<Edit>) {
    world.services.workspace.apply_edits(&world.owner, "edit", edits, None).await.unwrap();
}

fn set(path: &[&str], value: Json) -> Edit {
    let path = path.iter().map(|part| (*part).to_owned()).collect();
    Edit::Set { document: "ent_p".into(), path, value: Some(value) }
}

fn add_field(field: Json) -> Edit {
    Edit::Add { document: "ent_p".into(), path: vec!["fields".into()], value: field, before: None }
}

async fn published() -> World {
    let world = world().await;
    edit(&world, vec![Edit::AddDocument { document: product() }]).await;
    publish(&world).await;
    for (sku, kind) in [("a", "food"), ("b", "tool")] {
        let values = json!({"sku": sku, "kind": kind, "price": "1.50"});
        world.services.data.create(&world.admin(), "Product", values).await.unwrap();
    }
    world
}

async fn records(world: &World) -> Vec<Json> {
    let page = world.services.data.list(&world.admin(), "Product", &ListRequest::default()).await.unwrap();
    page.data.iter().map(|record| record.to_json()).collect()
}

#[tokio::test]
async fn publishing_twice_changes_nothing() {
    let world = published().await;
    let again = plan(&world).await;
    assert!(again.plan.empty);
    assert_eq!(apply(&world, &again).await.unwrap().deployment, None);
    assert_eq!(world.services.releases.list_releases(&world.owner).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_stale_plan_is_refused() {
    let world = world().await;
    edit(&world, vec![Edit::AddDocument { document: product() }]).await;
    let first = plan(&world).await;
    edit(&world, vec![add_field(json!({"id": "fld_x", "name": "weight", "type": "number"}))]).await;
    let second = plan(&world).await;
    apply(&world, &second).await.unwrap();
    assert_eq!(code(apply(&world, &first).await), "publish/plan-stale");
}

#[tokio::test]
async fn supported_changes_keep_every_row_and_can_be_taken_back() {
    let world = published().await;
    let before = records(&world).await;
    edit(
        &world,
        vec![
            add_field(json!({"id": "fld_w", "name": "weight", "type": "number"})),
            add_field(json!({"id": "fld_c", "name": "colour", "type": "string", "required": true, "default": "grey"})),
            set(&["fields", "fld_s", "maxLength"], json!(20)),
            set(&["fields", "fld_s", "name"], json!("code")),
            set(&["fields", "fld_k", "enumValues"], json!(["food", "tool", "toy"])),
            set(&["name"], json!("Article")),
            Edit::Add {
                document: "ent_p".into(),
                path: vec!["indexes".into()],
                value: json!({"id": "idx_w", "name": "by_weight", "fields": ["weight"]}),
                before: None,
            },
        ],
    )
    .await;
    let plan = plan(&world).await;
    assert!(plan.plan.changes.iter().all(|change| change.supported), "{:?}", plan.plan.changes);
    assert_eq!(plan.plan.findings, vec![]);
    apply(&world, &plan).await.unwrap();
    let data = &world.services.data;
    let page = data.list(&world.admin(), "Article", &ListRequest::default()).await.unwrap();
    let after: Vec<Json> = page.data.iter().map(|record| record.to_json()).collect();
    assert_eq!(after.len(), 2);
    for (old, new) in before.iter().zip(&after) {
        assert_eq!((&old["id"], &old["sku"], &old["price"]), (&new["id"], &new["code"], &new["price"]));
        assert_eq!(new["colour"], "grey");
    }
    let toy = json!({"code": "a-longer-code", "kind": "toy", "weight": 1.5});
    data.create(&world.admin(), "Article", toy).await.unwrap();

    let back = world.services.publisher.roll_back(&world.owner, LOCAL).await.unwrap();
    assert_eq!(back.deployment.unwrap().direction, "rollback");
    assert_eq!(records(&world).await.len(), 3);
    // The older release inserts again, though it does not know the newer columns.
    data.create(&world.admin(), "Product", json!({"sku": "d", "kind": "food"})).await.unwrap();
    assert_eq!(code(world.services.publisher.roll_back(&world.owner, LOCAL).await), "publish/no-previous-release");

    let forward = self::plan(&world).await;
    apply(&world, &forward).await.unwrap();
    let page = data.list(&world.admin(), "Article", &ListRequest::default()).await.unwrap();
    assert_eq!(page.data.len(), 4);
    assert_eq!(page.data[2].to_json()["weight"], 1.5);
    assert_eq!(page.data[3].to_json()["colour"], "grey");
    assert_eq!(world.services.integrity().await.unwrap(), Vec::<String>::new());
    assert_eq!(world.services.audit_log.verify_chain(&world.owner).await.unwrap().problem, None);
}

#[tokio::test]
async fn anything_else_is_refused_by_name_and_changes_nothing() {
    let changes: Vec<(&str, Vec<Edit>)> = vec![
        ("remove", vec![Edit::Remove { document: "ent_p".into(), path: vec!["fields".into(), "fld_p".into()] }]),
        ("narrow", vec![set(&["fields", "fld_s", "maxLength"], json!(2))]),
        (
            "retype",
            vec![
                set(&["fields", "fld_s", "type"], json!("integer")),
                Edit::Set {
                    document: "ent_p".into(),
                    path: vec!["fields".into(), "fld_s".into(), "maxLength".into()],
                    value: None,
                },
            ],
        ),
        ("require", vec![set(&["fields", "fld_p", "required"], json!(true))]),
        (
            "required without default",
            vec![add_field(json!({"id": "fld_q", "name": "q", "type": "string", "required": true}))],
        ),
        ("enum value gone", vec![set(&["fields", "fld_k", "enumValues"], json!(["food"]))]),
        ("identity", vec![set(&["identity"], json!({"type": "integer"}))]),
        (
            "entity gone",
            vec![
                Edit::RemoveDocument { document: "ent_p".into() },
                Edit::AddDocument {
                    document: json!({"kind": "entity", "format": 1, "id": "ent_o", "name": "Other", "fields": [{"id": "fld_1", "name": "a", "type": "text"}]}),
                },
            ],
        ),
    ];
    for (name, edits) in changes {
        let world = published().await;
        let before = records(&world).await;
        edit(&world, edits).await;
        let plan = plan(&world).await;
        let codes: Vec<&str> = plan
            .plan
            .findings
            .iter()
            .filter(|finding| finding.is_error())
            .map(|finding| finding.code.as_str())
            .collect();
        assert!(
            !codes.is_empty() && codes.iter().all(|code| *code == "publish/change-needs-evolution"),
            "{name}: {codes:?}"
        );
        assert_eq!(code(apply(&world, &plan).await), "publish/plan-refused", "{name}");
        assert_eq!(records(&world).await, before, "{name}");
    }
}

#[tokio::test]
async fn a_unique_key_over_duplicates_is_refused_and_changes_nothing() {
    let world = published().await;
    edit(&world, vec![set(&["fields", "fld_p", "unique"], json!(true))]).await;
    let plan = plan(&world).await;
    assert_eq!(code(apply(&world, &plan).await), "publish/unique-has-duplicates");
    let status = world.services.targets.get_status(&world.owner, LOCAL).await.unwrap();
    assert_eq!(status.deployments.len(), 1);
}

#[tokio::test]
async fn documents_with_errors_cannot_be_frozen() {
    let world = world().await;
    let mut document = product();
    document["policies"][0]["condition"] = json!("record.prise > 10");
    edit(&world, vec![Edit::AddDocument { document }]).await;
    let refused = world.services.releases.make_release(&world.owner, None).await.unwrap_err();
    let refusal = refused.refusal().unwrap();
    assert_eq!(refusal.code, "publish/has-errors");
    assert_eq!(refusal.findings.iter().filter(|finding| finding.is_error()).count(), 1);
    assert_eq!(refusal.findings.iter().find(|finding| finding.is_error()).unwrap().code, "expression/name-unknown");
}

#[tokio::test]
async fn two_entities_may_swap_their_names() {
    let world = world().await;
    let named = |id: &str, name: &str| {
        let mut document = product();
        document["id"] = id.into();
        document["name"] = name.into();
        for field in document["fields"].as_array_mut().unwrap() {
            field["id"] = format!("{}{id}", field["id"].as_str().unwrap()).into();
        }
        document["policies"][0]["id"] = format!("pol_{id}").into();
        Edit::AddDocument { document }
    };
    edit(&world, vec![named("ent_1", "First"), named("ent_2", "Second")]).await;
    publish(&world).await;
    world.services.data.create(&world.admin(), "First", json!({"sku": "1", "kind": "food"})).await.unwrap();
    let rename =
        |id: &str, name: &str| Edit::Set { document: id.into(), path: vec!["name".into()], value: Some(name.into()) };
    edit(&world, vec![rename("ent_1", "Second"), rename("ent_2", "First")]).await;
    publish(&world).await;
    assert_eq!(world.services.data.count(&world.admin(), "Second", None).await.unwrap(), 1);
    assert_eq!(world.services.data.count(&world.admin(), "First", None).await.unwrap(), 0);
}
