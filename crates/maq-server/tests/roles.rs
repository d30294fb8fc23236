//! Roles on a server: a principal may read by a permission alone, has what its role inherits, and loses it with the next
//! release.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use reqwest::Method;
use serde_json::{Value as Json, json};
use support::World;

fn add_role(name: &str, permissions: &[&str], inherits: &[&str]) -> Json {
    let document = json!({ "kind": "role", "format": 1, "id": format!("rol_{name}"), "name": name,
        "permissions": permissions, "inherits": inherits });
    json!({ "op": "addDocument", "document": document })
}

#[tokio::test]
async fn a_permission_opens_records_until_the_next_release() {
    let world = World::empty().await;
    let roles = json!([
        add_role("user", &["read:Customer"], &[]),
        add_role("manager", &["create:Cust*", "workflow.approve:Invoice"], &["user"])
    ]);
    world.publisher.edit(roles).await;
    world.trust().await;
    world.publish().await;

    let (user, manager) = (world.token(&["user"], &[]).await, world.token(&["manager"], &[]).await);
    assert_eq!(world.customer(&user, "C1").await.code(), (403, "policy/denied"));
    let made = world.customer(&manager, "C1").await;
    assert_eq!(made.status, 201, "{}", made.body);
    let path = made.header("location").to_owned();
    for token in [&user, &manager] {
        assert_eq!(world.get(&path, token).await.status, 200);
        assert_eq!(world.get("/api/data/Customer", token).await.body["data"].as_array().unwrap().len(), 1);
        assert_eq!(world.get("/api/data/Invoice", token).await.code(), (403, "policy/denied"));
        assert_eq!(world.ask(Method::DELETE, &path, token, Json::Null).await.code(), (403, "policy/denied"));
    }

    // The next release takes reading from `user`, and so from `manager`, who inherits it.
    world.publisher.edit(json!([{ "op": "set", "document": "rol_user", "path": ["permissions"], "value": [] }])).await;
    let envelope = world.publisher.envelope().await;
    let plan = world.admin_asks(Method::POST, "/api/admin/plan", json!({ "envelope": envelope })).await;
    let change = &plan.body["changes"][0];
    assert_eq!((change["kind"].as_str(), change["entity"].as_str()), (Some("narrowRole"), Some("user")));
    assert_eq!(change["summary"], "role `user` permits less: loses `read:Customer`; so for `manager`, who inherits it");
    assert_eq!((plan.body["changes"].as_array().unwrap().len(), &plan.body["ddl"]), (1, &json!([])));
    world.publish().await;
    for token in [&user, &manager] {
        assert_eq!(world.get(&path, token).await.code(), (403, "policy/denied"));
        assert_eq!(world.get("/api/data/Customer", token).await.code(), (403, "policy/denied"));
    }
    assert_eq!(world.customer(&manager, "C2").await.status, 201, "its own permission stays");

    let back = world.admin_asks(Method::POST, "/api/admin/rollback", json!({})).await;
    assert_eq!(back.status, 200, "{}", back.body);
    assert_eq!(world.get("/api/data/Customer", &user).await.body["data"].as_array().unwrap().len(), 2);
}
