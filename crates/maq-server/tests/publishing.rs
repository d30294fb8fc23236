//! Releases over HTTP: only a signed, unaltered one of a trusted key, and exactly the plan that was reviewed.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value as Json, json};
use support::{Publisher, World};

async fn plan(world: &World, envelope: Json) -> support::Answer {
    world.admin_asks(Method::POST, "/api/admin/plan", json!({ "envelope": envelope })).await
}

#[tokio::test]
async fn an_unsigned_altered_or_untrusted_release_is_refused() {
    let world = World::empty().await;
    let envelope = world.publisher.envelope().await;
    // Nobody trusts the key yet.
    assert_eq!(plan(&world, json!(envelope)).await.code(), (403, "release/refused"));
    world.trust().await;
    assert_eq!(plan(&world, json!(envelope)).await.status, 200);

    let signed: Json = serde_json::from_str(&envelope).unwrap();
    let mut unsigned = signed.clone();
    unsigned["signatures"] = json!([]);
    assert_eq!(plan(&world, unsigned).await.code(), (403, "release/refused"));

    let payload = String::from_utf8(STANDARD.decode(signed["payload"].as_str().unwrap()).unwrap()).unwrap();
    let mut altered = signed.clone();
    altered["payload"] = json!(STANDARD.encode(payload.replace("guest", "every")));
    assert_eq!(plan(&world, altered).await.code(), (403, "release/refused"));

    let stranger = Publisher::new().await.envelope().await;
    assert_eq!(plan(&world, json!(stranger)).await.code(), (403, "release/refused"));
    for nonsense in [json!("no envelope"), json!({}), json!(7)] {
        assert_eq!(plan(&world, nonsense).await.code(), (403, "release/refused"));
    }

    let keys = world.get("/api/admin/keys", &world.admin).await;
    let id = keys.body["data"][0]["keyId"].as_str().unwrap().to_owned();
    world.admin_asks(Method::DELETE, &format!("/api/admin/keys/{id}"), Json::Null).await;
    assert_eq!(plan(&world, json!(envelope)).await.code(), (403, "release/refused"));
}

#[tokio::test]
async fn publishing_twice_changes_nothing() {
    let world = World::published().await;
    let before = world.get("/api/admin/status", &world.admin).await;
    let again = world.publish().await;
    assert_eq!(again.body, json!({ "deployment": null }));
    assert_eq!(world.get("/api/admin/status", &world.admin).await.body, before.body);
}

#[tokio::test]
async fn a_plan_made_before_another_deployment_is_stale() {
    let world = World::published().await;
    world.publisher.add_field("note").await;
    let envelope = world.publisher.envelope().await;
    let reviewed = plan(&world, json!(envelope)).await;
    world.publisher.add_field("phone").await;
    world.publish().await;
    let body = json!({ "envelope": envelope, "plan": reviewed.body["digest"] });
    let answer = world.admin_asks(Method::POST, "/api/admin/apply", body).await;
    assert_eq!(answer.code(), (409, "publish/plan-stale"));
    let made_up = json!({ "envelope": envelope, "plan": "0".repeat(64) });
    let answer = world.admin_asks(Method::POST, "/api/admin/apply", made_up).await;
    assert_eq!(answer.code(), (409, "publish/plan-stale"));
}

#[tokio::test]
async fn a_second_release_keeps_the_rows_and_can_be_taken_back() {
    let world = World::published().await;
    let token = world.token(&["admin"], &[]).await;
    let path = world.customer(&token, "C1").await.header("location").to_owned();
    world.publisher.add_field("note").await;
    world.publish().await;
    let record = world.ask(Method::PATCH, &path, &token, json!({ "note": "kept" })).await;
    assert_eq!(
        (record.body["data"]["note"].as_str(), record.body["data"]["number"].as_str()),
        (Some("kept"), Some("C1"))
    );
    assert_eq!(world.admin_asks(Method::POST, "/api/admin/rollback", json!({})).await.status, 200);
    let back = world.get(&path, &token).await;
    assert_eq!((back.body["data"]["number"].as_str(), back.body["data"].get("note")), (Some("C1"), None));
    world.publish().await;
    assert_eq!(world.get(&path, &token).await.body["data"]["note"], "kept");
    let verified = world.get("/api/audit/verify", &world.admin).await;
    assert_eq!(verified.body["data"]["ok"], true);
}

#[tokio::test]
async fn a_change_that_needs_evolution_is_refused_by_name_and_changes_nothing() {
    let world = World::published().await;
    let edit = json!([{ "op": "set", "document": "ent_Invoice", "path": ["fields", "fie__count", "type"], "value": "boolean" }]);
    world.publisher.edit(edit).await;
    let envelope = world.publisher.envelope().await;
    let planned = plan(&world, json!(envelope)).await;
    assert_eq!(planned.body["findings"][0]["code"], "publish/change-needs-evolution", "{}", planned.body);
    let body = json!({ "envelope": envelope, "plan": planned.body["digest"] });
    let answer = world.admin_asks(Method::POST, "/api/admin/apply", body).await;
    assert_eq!(answer.code(), (409, "publish/plan-refused"));
}

#[tokio::test]
async fn rows_load_in_batches_and_twice_changes_nothing() {
    let world = World::published().await;
    let token = world.token(&["admin"], &[]).await;
    let release = world.get("/api/admin/status", &world.admin).await.body["release"].as_str().unwrap().to_owned();
    let row = |id: u8| json!({ "id": format!("01890000-0000-7000-8000-0000000000{id:02}"), "number": format!("C{id}"), "name": "x" });
    let batch = json!({
        "release": release, "entity": "Customer", "scope": { "tenantId": "default", "realmId": "main" },
        "phase": "insert", "rows": [row(1), row(2)], "position": "2",
    });
    for _ in 0..2 {
        let answer = world.admin_asks(Method::POST, "/api/admin/load", batch.clone()).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    let count = world.get("/api/data/Customer:count", &token).await;
    assert_eq!(count.body["data"]["count"], 2);
    let path = format!("/api/admin/load?release={release}&entity=Customer&phase=insert");
    assert_eq!(world.get(&path, &world.admin).await.body["position"], "2");
    let mut wrong = batch.clone();
    wrong["release"] = json!("0".repeat(64));
    let answer = world.admin_asks(Method::POST, "/api/admin/load", wrong).await;
    assert_eq!(answer.code(), (409, "publish/load-wrong-release"));
    let mut broken = batch;
    broken["rows"] = json!([{ "id": "01890000-0000-7000-8000-000000000009", "number": 7, "name": "x" }]);
    let answer = world.admin_asks(Method::POST, "/api/admin/load", broken).await;
    assert_eq!(answer.code(), (409, "publish/load-refused"));
}
