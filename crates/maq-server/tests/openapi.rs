//! The description and the router say the same: every route is described, everything described is there, and what is
//! answered was announced.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use reqwest::Method;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use support::{Answer, World, send};

const METHODS: [&str; 4] = ["get", "post", "patch", "delete"];

async fn description(world: &World) -> Json {
    let answer = world.get("/openapi.json", &world.admin).await;
    assert_eq!(answer.status, 200);
    answer.body
}

/// `method path` of everything that is described.
fn described(document: &Json) -> BTreeSet<String> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = METHODS.into_iter().filter(|method| item.get(method).is_some());
        methods.map(move |method| format!("{method} {path}"))
    });
    operations.collect()
}

/// `method path` of every route, as the router's source says, with entities in place of `{entity}`.
fn routed() -> BTreeSet<String> {
    let source = include_str!("../src/api.rs");
    let mut routes = BTreeSet::new();
    for route in source.split(".route(\"").skip(1) {
        let (path, handlers) = route.split_once("\", ").unwrap();
        let handlers = handlers.lines().next().unwrap();
        for method in METHODS.into_iter().filter(|method| handlers.contains(&format!("{method}("))) {
            if path.contains("{entity}") {
                for entity in ["Customer", "Invoice"] {
                    routes.insert(format!("{method} {}", path.replace("{entity}", entity)));
                }
            } else {
                routes.insert(format!("{method} {path}"));
            }
        }
        // Writes of the registry are refused by any method; one of them is described.
        if path == "/api/meta/entities" || handlers.contains("any(") {
            routes.insert(format!("post {path}"));
        }
    }
    for entity in ["Customer", "Invoice"] {
        routes.insert(format!("get /api/data/{entity}:count"));
        routes.insert(format!("get /api/data/{entity}:export"));
    }
    routes
}

#[tokio::test]
async fn every_route_is_described_and_everything_described_is_routed() {
    let world = World::published().await;
    let document = description(&world).await;
    assert_eq!(described(&document), routed());
    for operation in described(&document) {
        let (method, path) = operation.split_once(' ').unwrap();
        let filled =
            path.replace("{id}", "x").replace("{name}", "Customer").replace("{version}", "v1").replace("{act}", "x");
        let method: Method = method.to_uppercase().parse().unwrap();
        let answer = send(world.request(method, &filled, "")).await;
        let open = document["paths"][path]["get"]["security"] == json!([]);
        assert_eq!(answer.status, if open { 200 } else { 401 }, "{operation}");
    }
}

#[tokio::test]
async fn a_count_can_only_be_read() {
    let world = World::published().await;
    let token = world.token(&["admin"], &[]).await;
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let answer = world.ask(method, "/api/data/Customer:count", &token, json!({})).await;
        assert_eq!((answer.code(), answer.header("allow")), ((405, "http/method-not-allowed"), "GET,HEAD"));
    }
}

#[tokio::test]
async fn the_description_holds_together() {
    let world = World::published().await;
    let document = description(&world).await;
    let mut ids = BTreeSet::new();
    for operation in described(&document) {
        let (method, path) = operation.split_once(' ').unwrap();
        let item = &document["paths"][path];
        let one = &item[method];
        assert!(ids.insert(one["operationId"].as_str().unwrap().to_owned()), "{operation}: its id is taken");
        let parameters = [&item["parameters"], &one["parameters"]].into_iter().filter_map(Json::as_array).flatten();
        let in_path: BTreeSet<&str> = parameters
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        let in_template: BTreeSet<&str> = path.split('{').skip(1).map(|part| part.split('}').next().unwrap()).collect();
        assert_eq!(in_path, in_template, "{operation}");
        for (status, response) in one["responses"].as_object().unwrap() {
            let status: u16 = status.parse().unwrap_or_else(|_| panic!("{operation}: `{status}` says nothing"));
            assert!(status < 400 || response.get("$ref").is_some() || path == "/readyz", "{operation} {status}");
        }
    }
    // Every reference leads somewhere.
    let mut open = vec![&document];
    while let Some(json) = open.pop() {
        match json {
            Json::Object(members) => {
                if let Some(target) = members.get("$ref").and_then(Json::as_str) {
                    let pointer = target.strip_prefix('#').unwrap();
                    assert!(document.pointer(pointer).is_some(), "{target}");
                }
                open.extend(members.values());
            }
            Json::Array(list) => open.extend(list),
            _ => {}
        }
    }
}

/// Fails where an answer has a status or content type that the description does not announce.
fn announced(document: &Json, operation: &str, answer: &Answer) {
    let (method, path) = operation.split_once(' ').unwrap();
    let responses = &document["paths"][path][method]["responses"];
    let mut response = &responses[answer.status.as_str()];
    assert!(!response.is_null(), "{operation}: {} {} is not announced", answer.status, answer.body);
    if let Some(target) = response["$ref"].as_str() {
        response = document.pointer(target.trim_start_matches('#')).unwrap();
    }
    match response["content"].as_object() {
        Some(kinds) => {
            let kind = answer.header("content-type").split(';').next().unwrap_or_default();
            assert!(kinds.contains_key(kind), "{operation} {}: {kind}", answer.status);
        }
        None => assert_eq!(answer.body, "", "{operation} {}", answer.status),
    }
    for (name, header) in response["headers"].as_object().into_iter().flatten() {
        assert!(header["required"] != true || !answer.header(name).is_empty(), "{operation}: no {name}");
    }
}

#[tokio::test]
async fn what_is_answered_was_announced() {
    let world = World::published().await;
    let document = description(&world).await;
    let token = world.token(&["admin"], &[]).await;
    let guest = world.token(&["guest"], &[]).await;
    let made = world.customer(&token, "C1").await;
    announced(&document, "post /api/data/Customer", &made);
    let path = made.header("location").to_owned();
    let (one, all) = ("/api/data/Customer/{id}", "/api/data/Customer");
    let ask =
        |operation: String, path: String, token: String, headers: Vec<(&'static str, String)>, body: Option<String>| {
            let (world, document) = (&world, &document);
            async move {
                let method: Method = operation.split(' ').next().unwrap().to_uppercase().parse().unwrap();
                let request = headers
                    .iter()
                    .fold(world.request(method, &path, &token), |request, (name, value)| request.header(*name, value));
                let answer = send(match body {
                    Some(body) => request.body(body),
                    None => request,
                })
                .await;
                announced(document, &operation, &answer);
                answer.status.as_u16()
            }
        };
    let json = ("content-type", "application/json".to_owned());
    let absent = "/api/data/Customer/01890000-0000-7000-8000-000000000000".to_owned();
    let mut seen = Vec::new();
    for (method, path) in [("get", &path), ("get", &absent), ("patch", &path), ("patch", &absent), ("delete", &absent)]
    {
        for tag in ["\"1\"", "\"9\"", "9", "*"] {
            let header = if method == "get" && tag == "*" { "if-none-match" } else { "if-match" };
            let body = (method == "patch").then(|| "{}".to_owned());
            seen.push(
                ask(format!("{method} {one}"), path.clone(), token.clone(), vec![(header, tag.into())], body).await,
            );
        }
        seen.push(ask(format!("{method} {one}"), path.clone(), "wrong".into(), vec![], None).await);
        seen.push(
            ask(format!("{method} {one}"), format!("{path}{}", "x".repeat(600)), token.clone(), vec![], None).await,
        );
        seen.push(
            ask(format!("{method} {one}"), format!("{path}{}", "x".repeat(9000)), token.clone(), vec![], None).await,
        );
        let heavy = vec![("x-filler", "x".repeat(17 << 10))];
        seen.push(ask(format!("{method} {one}"), path.clone(), token.clone(), heavy, None).await);
    }
    for body in
        ["{}", "[]", "{", "{\"number\":\"C1\",\"name\":\"x\"}", "{\"number\":\"C9\",\"name\":\"x\",\"id\":\"x\"}"]
    {
        seen.push(ask(format!("post {all}"), all.into(), token.clone(), vec![json.clone()], Some(body.into())).await);
        seen.push(ask(format!("post {all}"), all.into(), guest.clone(), vec![json.clone()], Some(body.into())).await);
        let batch = format!("{{\"operations\":[{{\"op\":\"create\",\"entity\":\"Customer\",\"data\":{body}}}]}}");
        let operation = "post /api/data:batch".to_owned();
        seen.push(ask(operation, "/api/data:batch".into(), token.clone(), vec![json.clone()], Some(batch)).await);
    }
    let large = "x".repeat(maq_server::MAX_BODY_BYTES + 1);
    seen.push(ask(format!("post {all}"), all.into(), token.clone(), vec![json], Some(large)).await);
    let text = ("content-type", "text/plain".to_owned());
    seen.push(ask(format!("post {all}"), all.into(), token.clone(), vec![text], Some("x".into())).await);
    for query in ["", "?limit=0", "?limt=1", "?after=x", "?filter=x", "?filter=[]", "?page=1&total=true"] {
        seen.push(ask(format!("get {all}"), format!("{all}{query}"), token.clone(), vec![], None).await);
        seen.push(ask(format!("get {all}:count"), format!("{all}:count{query}"), token.clone(), vec![], None).await);
    }
    let seen: BTreeSet<u16> = seen.into_iter().collect();
    assert_eq!(seen, [200, 304, 400, 401, 403, 404, 409, 412, 413, 414, 415, 422, 431].into());
    for path in [
        "/api/admin/status",
        "/api/admin/keys",
        "/api/admin/tokens",
        "/api/admin/tenants",
        "/api/admin/outbox",
        "/api/meta/entities",
        "/api/audit/events",
        "/api/audit/verify",
        "/openapi.json",
        "/healthz",
        "/readyz",
        "/metrics",
    ] {
        ask(format!("get {path}"), path.into(), world.admin.clone(), vec![], None).await;
    }
}
