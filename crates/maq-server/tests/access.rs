//! The admin API's tokens and tenants: filters, rotation, names; and what a data token says about its holder.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use reqwest::Method;
use serde_json::{Value as Json, json};
use support::World;

async fn listed(world: &World, query: &str) -> Vec<Json> {
    let answer = world.get(&format!("/api/admin/tokens{query}"), &world.admin).await;
    assert_eq!(answer.status, 200, "{query} {}", answer.body);
    answer.body["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn tokens_are_listed_by_what_they_are() {
    let world = World::published().await;
    world.token(&["guest"], &[]).await;
    assert_eq!(listed(&world, "").await.len(), 2);
    assert_eq!(listed(&world, "?user=bob&kind=data&state=active&tenant=default").await.len(), 1);
    assert_eq!(listed(&world, "?kind=admin").await[0]["grant"]["userId"], "admin");
    assert!(listed(&world, "?state=revoked").await.is_empty());
    for wrong in ["?kind=gold", "?colour=red"] {
        let answer = world.get(&format!("/api/admin/tokens{wrong}"), &world.admin).await;
        assert_eq!(answer.status, 400, "{wrong} {}", answer.body);
    }
}

#[tokio::test]
async fn a_rotated_token_answers_its_secret_once_and_the_old_one_ends() {
    let world = World::published().await;
    let first = world.token(&["admin"], &[]).await;
    let id = listed(&world, "?kind=data").await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/admin/tokens/{id}/rotate");
    let rotated = world.admin_asks(Method::POST, &path, json!({ "graceSeconds": 600 })).await;
    assert_eq!(rotated.status, 201, "{}", rotated.body);
    let second = rotated.body["token"].as_str().unwrap().to_owned();
    for token in [&first, &second] {
        assert_eq!(world.get("/api/data/Customer", token).await.status, 200);
    }
    assert!(!listed(&world, "").await.iter().any(|row| row.to_string().contains(&second)));
    let id = rotated.body["data"]["id"].as_str().unwrap();
    let again = world.admin_asks(Method::POST, &format!("/api/admin/tokens/{id}/rotate"), json!({})).await;
    assert_eq!(again.status, 201, "{}", again.body);
    assert_eq!(world.get("/api/data/Customer", &second).await.code(), (401, "auth/token-invalid"));
    let unknown = world.admin_asks(Method::POST, "/api/admin/tokens/tok_0/rotate", json!({})).await;
    assert_eq!(unknown.code(), (404, "access/token-not-found"));
}

#[tokio::test]
async fn a_mistyped_token_is_told_from_an_unknown_one() {
    let world = World::published().await;
    let token = world.token(&["guest"], &[]).await;
    let answer = world.get("/api/data/Customer", &token[..token.len() - 1]).await;
    assert_eq!(answer.code(), (401, "auth/token-mistyped"));
    assert_eq!(answer.body["title"], "the token is not whole: a character is missing or wrong");
    assert_eq!(answer.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn a_tenant_is_renamed_and_a_suspended_one_is_out_with_the_next_request() {
    let world = World::published().await;
    let token = world.token(&["admin"], &[]).await;
    let renamed = world.admin_asks(Method::POST, "/api/admin/tenants/default/rename", json!({ "name": "House" })).await;
    assert_eq!((renamed.status.as_u16(), &renamed.body["data"]["name"]), (200, &json!("House")));
    let made = world.customer(&token, "C1").await;
    assert_eq!(made.status, 201, "{}", made.body);
    let id = made.body["data"]["id"].as_str().unwrap().to_owned();
    world.admin_asks(Method::POST, "/api/admin/tenants/default/suspend", json!({})).await;
    let one = format!("/api/data/Customer/{id}");
    for (method, path, body) in [
        (Method::GET, "/api/data/Customer", Json::Null),
        (Method::POST, "/api/data/Customer", json!({ "number": "C2", "name": "x" })),
        (Method::GET, &one, Json::Null),
        (Method::PATCH, &one, json!({ "name": "y" })),
        (Method::DELETE, &one, Json::Null),
        (Method::POST, "/api/policy/check", json!({ "action": "read", "resource": "Customer" })),
    ] {
        let answer = world.ask(method.clone(), path, &token, body).await;
        assert_eq!(answer.code(), (403, "auth/tenant-suspended"), "{method} {path}");
    }
    world.admin_asks(Method::POST, "/api/admin/tenants/default/resume", json!({})).await;
    assert_eq!(world.get(&one, &token).await.status, 200);
}
