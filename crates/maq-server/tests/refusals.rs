//! Every way a request is refused, with its status and code.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use reqwest::Method;
use serde_json::{Value as Json, json};
use support::{World, send};

#[tokio::test]
async fn who_does_not_say_who_asks_is_401() {
    let world = World::published().await;
    for path in ["/api/data/Customer", "/api/admin/status", "/api/audit/events", "/api/meta/entities", "/openapi.json"]
    {
        let answer = world.get(path, "").await;
        assert_eq!(answer.code(), (401, "auth/token-needed"), "{path}");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(world.get(path, "maq_data_wrong").await.code(), (401, "auth/token-invalid"), "{path}");
    }
    let basic = world.request(Method::GET, "/api/data/Customer", "").header("authorization", "Basic eDp5");
    assert_eq!(send(basic).await.code(), (401, "auth/token-needed"));
    // An admin token is nobody's principal.
    assert_eq!(world.get("/api/data/Customer", &world.admin).await.code(), (401, "auth/token-invalid"));
}

#[tokio::test]
async fn a_revoked_token_is_401_at_once() {
    let world = World::published().await;
    let token = world.token(&["admin"], &[]).await;
    assert_eq!(world.get("/api/data/Customer", &token).await.status, 200);
    let tokens = world.get("/api/admin/tokens", &world.admin).await;
    let rows = tokens.body["data"].as_array().unwrap().clone();
    let id = rows.iter().find(|row| row["kind"] == "data").unwrap()["id"].as_str().unwrap().to_owned();
    let gone = world.admin_asks(Method::DELETE, &format!("/api/admin/tokens/{id}"), Json::Null).await;
    assert_eq!(gone.status, 204);
    assert_eq!(world.get("/api/data/Customer", &token).await.code(), (401, "auth/token-invalid"));
}

#[tokio::test]
async fn who_may_not_is_403() {
    let world = World::published().await;
    let guest = world.token(&["guest"], &[]).await;
    for path in ["/api/admin/status", "/api/admin/tokens", "/api/audit/events", "/api/meta/entities"] {
        assert_eq!(world.get(path, &guest).await.code(), (403, "auth/admin-needed"), "{path}");
    }
    assert_eq!(world.get("/api/data/Customer", &guest).await.status, 200);
    assert_eq!(world.customer(&guest, "C1").await.code(), (403, "policy/denied"));
    let nobody = world.token(&["stranger"], &[]).await;
    assert_eq!(world.get("/api/data/Customer", &nobody).await.code(), (403, "policy/denied"));
    for (method, path) in [
        (Method::POST, "/api/meta/entities"),
        (Method::POST, "/api/meta/entities/Customer/versions"),
        (Method::POST, "/api/meta/entities/Customer/versions/v1/activate"),
        (Method::PATCH, "/api/meta/entities/Customer"),
        (Method::DELETE, "/api/meta/entities/Customer"),
    ] {
        let answer = world.admin_asks(method, path, json!({ "name": "X" })).await;
        assert_eq!(answer.code(), (403, "meta/release-only"), "{path}");
    }
}

#[tokio::test]
async fn headers_choose_among_the_tokens_tenants_only() {
    let world = World::published().await;
    for id in ["north", "south"] {
        world.admin_asks(Method::POST, "/api/admin/tenants", json!({ "id": id })).await;
    }
    let token = world.token(&["admin"], &["default", "north"]).await;
    let list = |tenant: &'static str| {
        send(world.request(Method::GET, "/api/data/Customer", &token).header("X-Tenant", tenant))
    };
    assert_eq!(world.customer(&token, "C1").await.status, 201);
    let there = |answer: &support::Answer| answer.body["data"].as_array().map(Vec::len);
    assert_eq!(there(&list("default").await), Some(1));
    assert_eq!(there(&list("north").await), Some(0));
    assert_eq!(list("south").await.code(), (403, "auth/tenant-not-allowed"));
    assert_eq!(list("nowhere").await.code(), (403, "auth/tenant-not-allowed"));
    let realm = world.request(Method::GET, "/api/data/Customer", &token).header("X-Realm", "test");
    assert_eq!(send(realm).await.code(), (403, "auth/tenant-not-allowed"));
    world.admin_asks(Method::POST, "/api/admin/tenants/north/suspend", Json::Null).await;
    assert_eq!(list("north").await.code(), (403, "auth/tenant-suspended"));
    world.admin_asks(Method::POST, "/api/admin/tenants/north/resume", Json::Null).await;
    assert_eq!(list("north").await.status, 200);
}

#[tokio::test]
async fn what_is_not_there_is_404_and_a_wrong_method_405() {
    let world = World::published().await;
    let token = world.token(&["admin"], &[]).await;
    assert_eq!(world.get("/api/data/Nope", &token).await.code(), (404, "data/entity-unknown"));
    let absent = "/api/data/Customer/01890000-0000-7000-8000-000000000000";
    assert_eq!(world.get(absent, &token).await.code(), (404, "data/record-not-found"));
    assert_eq!(world.get("/api/data/Customer/not-an-id", &token).await.code(), (404, "data/record-not-found"));
    let change = world.ask(Method::PATCH, absent, &token, json!({ "name": "x" })).await;
    assert_eq!(change.code(), (404, "data/record-not-found"));
    assert_eq!(world.ask(Method::DELETE, absent, &token, Json::Null).await.code(), (404, "data/record-not-found"));
    for path in ["/", "/api", "/rpc/workspace.get_state", "/events", "/api/data/Customer/1/2"] {
        assert_eq!(world.get(path, &token).await.code(), (404, "http/no-route"), "{path}");
    }
    let wrong = world.ask(Method::PUT, "/api/data/Customer", &token, json!({})).await;
    assert_eq!(wrong.code(), (405, "http/method-not-allowed"));
    assert_eq!(world.get("/api/audit/events/evt_0", &world.admin).await.code(), (404, "audit/event-not-found"));
}

#[tokio::test]
async fn what_does_not_fit_what_is_there_is_409() {
    let world = World::published().await;
    let token = world.token(&["admin"], &[]).await;
    let made = world.customer(&token, "C1").await;
    assert_eq!((made.status.as_u16(), made.header("etag")), (201, "\"1\""));
    let path = made.header("location").to_owned();
    assert_eq!(world.customer(&token, "C1").await.code(), (409, "data/unique-taken"));
    let patch = |tag: &'static str, name: &'static str| {
        send(world.request(Method::PATCH, &path, &token).header("If-Match", tag).json(&json!({ "name": name })))
    };
    let changed = patch("\"1\"", "New").await;
    assert_eq!((changed.status.as_u16(), changed.header("etag")), (200, "\"2\""));
    assert_eq!(patch("\"1\"", "Lost").await.code(), (412, "data/row-version-conflict"));
    assert_eq!(patch("one", "x").await.code(), (400, "data/row-version-wrong"));
    let in_body = json!({ "name": "Lost", "rowVersion": 1 });
    assert_eq!(world.ask(Method::PATCH, &path, &token, in_body).await.code(), (409, "data/row-version-conflict"));
    let orphan = json!({ "customer": "01890000-0000-7000-8000-000000000000" });
    assert_eq!(
        world.ask(Method::POST, "/api/data/Invoice", &token, orphan).await.code(),
        (409, "data/reference-broken")
    );
    let id = made.body["data"]["id"].as_str().unwrap();
    assert_eq!(world.ask(Method::POST, "/api/data/Invoice", &token, json!({ "customer": id })).await.status, 201);
    assert_eq!(world.ask(Method::DELETE, &path, &token, Json::Null).await.code(), (409, "data/reference-broken"));
}

#[tokio::test]
async fn what_cannot_be_stored_is_422_with_a_finding_for_each_field() {
    let world = World::published().await;
    let token = world.token(&["admin"], &[]).await;
    let bad = json!({ "number": "far too long for it", "colour": "red" });
    let answer = world.ask(Method::POST, "/api/data/Customer", &token, bad).await;
    assert_eq!(answer.code(), (422, "data/record-invalid"));
    assert!(answer.body["findings"].as_array().unwrap().len() >= 3, "{}", answer.body);
    for body in [json!([]), json!("x"), json!(7)] {
        let answer = world.ask(Method::POST, "/api/data/Customer", &token, body).await;
        assert_eq!(answer.code(), (422, "data/record-invalid"));
    }
    for (query, code) in [
        ("filter=%7B%22colour%22%3A1%7D", "data/filter-wrong"),
        ("sort=colour", "data/sort-wrong"),
        ("limit=0", "data/page-wrong"),
        ("limit=201", "data/page-wrong"),
        ("page=0", "data/page-wrong"),
        ("after=tampered", "data/cursor-invalid"),
    ] {
        let answer = world.get(&format!("/api/data/Customer?{query}"), &token).await;
        assert_eq!(answer.code(), (422, code), "{query}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_tampered_cursor_is_refused() {
    let world = World::published().await;
    let token = world.token(&["admin"], &[]).await;
    for number in 0..3 {
        world.customer(&token, &format!("C{number}")).await;
    }
    let first = world.get("/api/data/Customer?limit=1&sort=number", &token).await;
    let next = first.body["meta"]["next"].as_str().unwrap().to_owned();
    let second = world.get(&format!("/api/data/Customer?limit=1&sort=number&after={next}"), &token).await;
    assert_eq!(second.body["data"][0]["number"], "C1");
    // A cursor of another order, and one that was cut, belong to no list.
    for query in [format!("limit=1&sort=name&after={next}"), format!("limit=1&sort=number&after={}", &next[2..])] {
        let answer = world.get(&format!("/api/data/Customer?{query}"), &token).await;
        assert_eq!(answer.code(), (422, "data/cursor-invalid"), "{query}");
    }
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_400_413_and_415() {
    let world = World::published().await;
    let token = world.token(&["admin"], &[]).await;
    let post = |body: Vec<u8>, kind: &'static str| {
        send(world.request(Method::POST, "/api/data/Customer", &token).header("content-type", kind).body(body))
    };
    let json = "application/json";
    assert_eq!(post(b"{\"number\":".to_vec(), json).await.code(), (400, "http/bad-body"));
    assert_eq!(post(vec![0xff, 0xfe], json).await.code(), (400, "http/bad-body"));
    let deep = format!("{{\"name\":{}{}}}", "[".repeat(100), "]".repeat(100));
    assert_eq!(post(deep.into_bytes(), json).await.code(), (400, "http/json-too-deep"));
    assert_eq!(post(b"number=1".to_vec(), "application/x-www-form-urlencoded").await.code(), (415, "http/not-json"));
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(maq_server::MAX_BODY_BYTES));
    assert_eq!(post(large.into_bytes(), json).await.code(), (413, "http/body-too-large"));
    let misspelt = world.get("/api/data/Customer?limt=1", &token).await;
    assert_eq!(misspelt.code(), (400, "http/parameter-wrong"));
    let missing = world.admin_asks(Method::POST, "/api/admin/apply", json!({ "envelope": "{}" })).await;
    assert_eq!(missing.code(), (400, "http/bad-body"));
}

#[tokio::test]
async fn addresses_and_headers_have_their_limits() {
    let world = World::published().await;
    let token = world.token(&["admin"], &[]).await;
    let long = format!("/api/data/Customer?filter={}", "x".repeat(maq_server::MAX_URI_BYTES));
    assert_eq!(world.get(&long, &token).await.code(), (414, "http/address-too-long"));
    let heavy = world.request(Method::GET, "/healthz", "").header("x-filler", "x".repeat(maq_server::MAX_HEADER_BYTES));
    assert_eq!(send(heavy).await.code(), (431, "http/headers-too-large"));
}

#[tokio::test]
async fn what_is_counted_is_only_read() {
    let world = World::published().await;
    let token = world.token(&["admin"], &[]).await;
    let answer = world.ask(Method::POST, "/api/data/Customer:count", &token, json!({})).await;
    assert_eq!((answer.code(), answer.header("allow")), ((405, "http/method-not-allowed"), "GET,HEAD"));
}

#[tokio::test]
async fn parts_of_an_address_that_cannot_be_read_are_problems_too() {
    let world = World::published().await;
    let token = world.token(&["admin"], &[]).await;
    for path in ["/api/admin/tokens?limit=1", "/api/admin/keys/%ff", "/api/meta/entities/a%00b"] {
        let asked = if path.contains("keys") { Method::DELETE } else { Method::GET };
        let answer = world.admin_asks(asked, path, serde_json::Value::Null).await;
        assert_eq!(answer.code(), (400, "http/parameter-wrong"), "{path}: {}", answer.body);
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
    }
    let unknown = world.admin_asks(Method::GET, "/api/admin/tokens?limit=1", serde_json::Value::Null).await;
    let reason = "unknown field `limit`, expected one of `user`, `tenant`, `kind`, `state`";
    assert!(unknown.body["title"].as_str().unwrap().ends_with(reason), "{}", unknown.body);
    assert_eq!(world.get("/api/data/Customer/%ff", &token).await.code(), (400, "http/parameter-wrong"));
}
