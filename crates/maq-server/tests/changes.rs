//! Changes of records over HTTP: conditional requests, idempotency keys, batches, and the outbox.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use maq_app::Options;
use maq_server::{ServeOptions, serve};
use maq_store::StoreKind;
use maq_store_sqlite::SqliteStore;
use maq_value::Instant;
use reqwest::Method;
use serde_json::{Value as Json, json};
use support::{Answer, World, send};

async fn with(world: &World, method: Method, path: &str, token: &str, headers: &[(&str, &str)], body: Json) -> Answer {
    let mut request = world.request(method, path, token);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(if body.is_null() { request } else { request.json(&body) }).await
}

#[tokio::test]
async fn a_record_is_read_and_changed_under_conditions() {
    let world = World::published().await;
    let token = world.token(&["admin"], &[]).await;
    let made = world.customer(&token, "C1").await;
    let path = made.header("location").to_owned();
    let ask = |method: Method, header: &'static str, tag: &'static str, body: Json| {
        let (world, token, path) = (&world, token.clone(), path.clone());
        async move { with(world, method, &path, &token, &[(header, tag)], body).await }
    };
    let get = |header, tag| ask(Method::GET, header, tag, Json::Null);
    let known = get("If-None-Match", "\"1\"").await;
    assert_eq!((known.status.as_u16(), known.header("etag"), &known.body), (304, "\"1\"", &json!("")));
    assert_eq!(get("If-None-Match", "*").await.status, 304);
    assert_eq!(get("If-None-Match", "\"7\", W/\"1\"").await.status, 304);
    let other = get("If-None-Match", "\"2\"").await;
    assert_eq!((other.status.as_u16(), other.header("etag")), (200, "\"1\""));
    assert_eq!(get("If-Match", "\"1\"").await.status, 200);
    let moved = get("If-Match", "\"2\"").await;
    assert_eq!(
        (moved.code(), moved.body["params"]["rowVersion"].as_str()),
        ((412, "data/row-version-conflict"), Some("1"))
    );
    assert_eq!(get("If-None-Match", "1").await.code(), (400, "data/row-version-wrong"));

    let name = |name: &str| json!({ "name": name });
    assert_eq!(ask(Method::PATCH, "If-Match", "\"1\"", name("New")).await.status, 200);
    for stale in ["\"1\"", "W/\"2\"", "\"abc\""] {
        let refused = ask(Method::PATCH, "If-Match", stale, name("Lost")).await;
        assert_eq!(refused.code(), (412, "data/row-version-conflict"), "{stale}");
        assert_eq!(refused.body["params"]["rowVersion"], "2");
        assert_eq!(
            refused.body["title"].as_str().map(|title| title.ends_with("was changed by somebody else")),
            Some(true)
        );
    }
    let in_body = ask(Method::PATCH, "accept", "*/*", json!({ "name": "Lost", "rowVersion": 1 })).await;
    assert_eq!(
        (in_body.code(), in_body.body["params"]["rowVersion"].as_str()),
        ((409, "data/row-version-conflict"), Some("2"))
    );
    let both = ask(Method::PATCH, "If-Match", "\"2\"", json!({ "name": "Lost", "rowVersion": 1 })).await;
    assert_eq!(both.code(), (412, "data/row-version-conflict"));
    assert_eq!(ask(Method::DELETE, "If-Match", "\"1\"", Json::Null).await.code(), (412, "data/row-version-conflict"));
    assert_eq!(world.get(&path, &token).await.body["data"]["name"], "New");
    assert_eq!(ask(Method::DELETE, "If-Match", "\"2\"", Json::Null).await.status, 204);
}

#[tokio::test]
async fn twenty_changes_at_once_are_all_there() {
    let world = World::published().await;
    let token = world.token(&["admin"], &[]).await;
    let customer = world.customer(&token, "C1").await.body["data"]["id"].clone();
    let body = json!({ "customer": customer, "count": 0 });
    let path = world.ask(Method::POST, "/api/data/Invoice", &token, body).await.header("location").to_owned();
    let changes = (0..20).map(|_| async {
        loop {
            let read = world.get(&path, &token).await;
            let body = json!({ "count": read.body["data"]["count"].as_i64().unwrap() + 1 });
            let tag = read.header("etag").to_owned();
            let answer = with(&world, Method::PATCH, &path, &token, &[("If-Match", &tag)], body).await;
            match answer.status.as_u16() {
                200 => return,
                other => assert_eq!((other, answer.code().1), (412, "data/row-version-conflict")),
            }
        }
    });
    futures_util::future::join_all(changes).await;
    let after = world.get(&path, &token).await;
    assert_eq!((after.body["data"]["count"].as_i64(), after.header("etag")), (Some(20), "\"21\""));
}

#[tokio::test]
async fn a_key_makes_a_request_safe_to_send_again() {
    let world = World::published().await;
    let token = world.token(&["admin"], &[]).await;
    let post = |key: &'static str, body: Json| {
        let (world, token) = (&world, token.clone());
        async move { with(world, Method::POST, "/api/data/Customer", &token, &[("Idempotency-Key", key)], body).await }
    };
    let body = json!({ "number": "C1", "name": "One" });
    let first = post("k1", body.clone()).await;
    let again = post("k1", body.clone()).await;
    assert_eq!((first.status.as_u16(), first.header("idempotency-replayed")), (201, ""));
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (201, "true"));
    assert_eq!(
        (&again.body, again.header("etag"), again.header("location")),
        (&first.body, "\"1\"", first.header("location"))
    );
    assert_eq!(post("k1", json!({ "number": "C2", "name": "One" })).await.code(), (422, "data/idempotency-key-reused"));
    let long = "x".repeat(201);
    for bad in ["a b", long.as_str(), ""] {
        let answer =
            with(&world, Method::POST, "/api/data/Customer", &token, &[("Idempotency-Key", bad)], body.clone()).await;
        assert_eq!(answer.code(), (422, "data/idempotency-key-wrong"), "{bad}");
    }
    let twice = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")];
    let answer = with(&world, Method::POST, "/api/data/Customer", &token, &twice, body).await;
    assert_eq!(answer.code(), (422, "data/idempotency-key-wrong"));

    let path = first.header("location").to_owned();
    for (method, body, status) in [(Method::PATCH, json!({ "name": "Two" }), 200), (Method::DELETE, Json::Null, 204)] {
        for replayed in ["", "true"] {
            let key = [("Idempotency-Key", if status == 200 { "patch" } else { "delete" })];
            let answer = with(&world, method.clone(), &path, &token, &key, body.clone()).await;
            assert_eq!((answer.status.as_u16(), answer.header("idempotency-replayed")), (status, replayed), "{method}");
        }
    }
    // A tenant's key is nobody else's.
    world.admin_asks(Method::POST, "/api/admin/tenants", json!({ "id": "north" })).await;
    let both = world.token(&["admin"], &["default", "north"]).await;
    for (tenant, replayed) in [("default", "true"), ("north", "")] {
        let headers = [("Idempotency-Key", "k1"), ("X-Tenant", tenant)];
        let body = json!({ "number": "C1", "name": "One" });
        let answer = with(&world, Method::POST, "/api/data/Customer", &both, &headers, body).await;
        assert_eq!((answer.status.as_u16(), answer.header("idempotency-replayed")), (201, replayed), "{tenant}");
    }
}

#[tokio::test]
async fn a_batch_is_one_unit_of_work() {
    let world = World::published().await;
    let token = world.token(&["admin"], &[]).await;
    let id = "01890000-0000-7000-8000-000000000001";
    let operations = json!([
        { "op": "create", "entity": "Customer", "id": id, "data": { "number": "C1", "name": "One" } },
        { "op": "create", "entity": "Invoice", "data": { "customer": id, "total": "1.50" } },
        { "op": "update", "entity": "Customer", "id": id, "rowVersion": 1, "data": { "name": "Two" } },
    ]);
    let post = |body: Json| {
        let (world, token) = (&world, token.clone());
        async move { with(world, Method::POST, "/api/data:batch", &token, &[("Idempotency-Key", "b")], body).await }
    };
    let done = post(json!({ "operations": operations })).await;
    assert_eq!(done.status, 200, "{}", done.body);
    let names: Vec<&Json> = done.body["data"].as_array().unwrap().iter().map(|record| &record["name"]).collect();
    assert_eq!(names, [&json!("One"), &Json::Null, &json!("Two")]);
    let again = post(json!({ "operations": operations })).await;
    assert_eq!((again.header("idempotency-replayed"), &again.body), ("true", &done.body));

    let ask = |operations: Json| {
        let (world, token) = (&world, token.clone());
        async move { world.ask(Method::POST, "/api/data:batch", &token, json!({ "operations": operations })).await }
    };
    let gone = json!({ "op": "delete", "entity": "Invoice", "id": done.body["data"][1]["id"] });
    let wrong =
        json!({ "op": "update", "entity": "Invoice", "id": done.body["data"][1]["id"], "data": { "total": "x" } });
    let refused = ask(json!([gone, wrong])).await;
    assert_eq!(refused.code(), (422, "data/batch-invalid"));
    assert_eq!(refused.body["findings"][0]["place"]["path"], json!(["operations", "1", "data", "total"]));
    let deleted = ask(json!([gone])).await;
    assert_eq!((deleted.status.as_u16(), &deleted.body), (200, &json!({ "data": [null] })));
    for malformed in [
        json!([{ "op": "burn", "entity": "Invoice" }]),
        json!([{ "op": "delete", "entity": "Invoice" }]),
        json!([{ "op": "delete", "entity": "Invoice", "id": "1", "data": {} }]),
        json!({}),
        json!([7]),
    ] {
        assert_eq!(ask(malformed.clone()).await.code(), (400, "http/bad-body"), "{malformed}");
    }
    assert_eq!(ask(json!([])).await.code(), (422, "data/batch-empty"));
    let many = vec![json!({ "op": "delete", "entity": "Invoice", "id": id }); 501];
    assert_eq!(ask(json!(many)).await.code(), (413, "data/batch-too-large"));
    let guest = world.token(&["guest"], &[]).await;
    let denied = world.ask(Method::POST, "/api/data:batch", &guest, json!({ "operations": operations })).await;
    assert_eq!((denied.code(), denied.body["params"]["operation"].as_str()), ((403, "policy/denied"), Some("0")));
    // Records of other tenants are not there.
    world.admin_asks(Method::POST, "/api/admin/tenants", json!({ "id": "north" })).await;
    let north = world.token(&["admin"], &["north"]).await;
    let body = json!({ "operations": [{ "op": "update", "entity": "Customer", "id": id, "data": { "name": "x" } }] });
    let other = world.ask(Method::POST, "/api/data:batch", &north, body).await;
    assert_eq!(other.code(), (404, "data/record-not-found"));
    assert_eq!(world.get(&format!("/api/data/Customer/{id}"), &token).await.body["data"]["name"], "Two");
    // The bodies of batches may be larger than others.
    let padding = " ".repeat(2 << 20);
    let large = |size: usize| {
        let body = format!("{{\"operations\":[]{}}}", &padding.repeat(2)[..size]);
        send(
            world
                .request(Method::POST, "/api/data:batch", &token)
                .header("content-type", "application/json")
                .body(body),
        )
    };
    assert_eq!(large(2 << 20).await.code(), (422, "data/batch-empty"));
    assert_eq!(large(4 << 20).await.code(), (413, "http/body-too-large"));
}

#[tokio::test]
async fn events_wait_in_the_outbox_for_an_administrator() {
    let store = SqliteStore::open_in_memory(StoreKind::Server, "Test", "sto_test", Instant::now()).unwrap();
    let services = support::services_over(store, Options { outbox: true, ..Options::default() }).await;
    let admin = services.access.init_server().await.unwrap();
    let running = serve(services.clone(), ServeOptions::default()).await.unwrap();
    let world = World::around(services, running, admin).await;
    world.trust().await;
    world.publish().await;
    let token = world.token(&["admin"], &[]).await;
    let made = world.customer(&token, "C1").await;
    let page = world.get("/api/admin/outbox?limit=5", &world.admin).await.body;
    assert_eq!(page["meta"], json!({ "waiting": 1 }));
    assert_eq!(page["data"][0]["topic"], "record.created");
    assert_eq!(
        (page["data"][0]["tenantId"].as_str(), page["data"][0]["realmId"].as_str()),
        (Some("default"), Some("main"))
    );
    assert_eq!(
        page["data"][0]["payload"],
        json!({ "entity": "Customer", "id": made.body["data"]["id"], "rowVersion": 1, "user": "bob", "fields": ["number", "name"] })
    );
    let ids = json!({ "eventIds": [page["data"][0]["eventId"]] });
    for _ in 0..2 {
        let answer = world.admin_asks(Method::POST, "/api/admin/outbox:acknowledge", ids.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.body), (200, json!({ "data": { "waiting": 0 } })));
    }
    assert_eq!(world.get("/api/admin/outbox", &world.admin).await.body["data"], json!([]));
    assert_eq!(world.get("/api/admin/outbox", &token).await.code(), (403, "auth/admin-needed"));
    for query in ["limit=0", "limit=1001"] {
        assert_eq!(world.get(&format!("/api/admin/outbox?{query}"), &world.admin).await.code(), (422, "outbox/limit"));
    }
    for query in ["limit=x", "page=1"] {
        let answer = world.get(&format!("/api/admin/outbox?{query}"), &world.admin).await;
        assert_eq!(answer.code(), (400, "http/parameter-wrong"));
    }
    let many = json!({ "eventIds": vec!["x"; 1001] });
    let refused = world.admin_asks(Method::POST, "/api/admin/outbox:acknowledge", many).await;
    assert_eq!(refused.code(), (422, "outbox/limit"));
}
