//! Every limit of the server: what fits is taken, what is beyond is refused with a code of its own.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use maq_server::{Limits, ServeOptions};
use reqwest::Method;
use serde_json::{Value as Json, json};
use std::time::Duration;
use support::{World, send};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

fn limited(limits: Limits) -> ServeOptions {
    ServeOptions { limits, ..ServeOptions::default() }
}

fn address(world: &World) -> String {
    world.url.trim_start_matches("http://").to_owned()
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A connection that is reset says nothing more either.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn lists_have_limits() {
    let world = World::published().await;
    let token = world.token(&["admin"], &[]).await;
    let deep =
        |depth: usize| format!("filter={}{}{}", "{\"not\":".repeat(depth), "{\"name\":\"x\"}", "}".repeat(depth));
    let values = |count: usize| format!("number[in]={}", vec!["x"; count].join(","));
    let sort = |count: usize| format!("sort={}", vec!["name"; count].join(","));
    for (fits, beyond, code) in [
        ("limit=200".to_owned(), "limit=201".to_owned(), "data/page-wrong"),
        ("page=5001&pageSize=200".to_owned(), "page=5002&pageSize=200".to_owned(), "data/page-too-far"),
        (deep(16), deep(17), "data/filter-too-deep"),
        (values(898), values(900), "data/filter-too-large"),
        (sort(8), sort(9), "data/sort-too-long"),
    ] {
        let answer = world.get(&format!("/api/data/Customer?{fits}"), &token).await;
        assert_eq!(answer.status, 200, "{code} {}", answer.body);
        assert_eq!(world.get(&format!("/api/data/Customer?{beyond}"), &token).await.code(), (422, code));
    }
}

#[tokio::test]
async fn names_and_ids_have_a_length() {
    let world = World::published().await;
    let token = world.token(&["admin"], &[]).await;
    let (long, longer) = ("x".repeat(512), "x".repeat(513));
    let too_long = (422, "data/identifier-too-long");
    assert_eq!(world.get(&format!("/api/data/{long}"), &token).await.code(), (404, "data/entity-unknown"));
    assert_eq!(world.get(&format!("/api/data/{longer}"), &token).await.code(), too_long);
    assert_eq!(world.get(&format!("/api/data/Customer/{long}"), &token).await.code(), (404, "data/record-not-found"));
    for method in [Method::GET, Method::PATCH, Method::DELETE] {
        let body = if method == Method::PATCH { json!({}) } else { Json::Null };
        assert_eq!(world.ask(method, &format!("/api/data/Customer/{longer}"), &token, body).await.code(), too_long);
    }
}

#[tokio::test]
async fn no_text_holds_a_null_character_and_no_escape_stands_for_half_a_character() {
    let world = World::published().await;
    let token = world.token(&["admin"], &[]).await;
    let refused = world.ask(Method::POST, "/api/data/Customer", &token, json!({ "number": "1", "name": "a\0b" })).await;
    assert_eq!(refused.code(), (422, "data/record-invalid"));
    assert_eq!(refused.body["findings"][0]["place"]["path"], json!(["name"]));
    for filter in [r#"{"name":"\u0000"}"#, r#"{"name":{"contains":"a\u0000"}}"#, r#"{"name":{"in":["\u0000"]}}"#] {
        let answer = world.get(&format!("/api/data/Customer?filter={filter}"), &token).await;
        assert_eq!(answer.code(), (422, "data/filter-wrong"), "{filter}");
    }
    assert_eq!(world.get("/api/data/Customer?name[eq]=%00", &token).await.code(), (400, "http/parameter-wrong"));
    assert_eq!(world.get("/api/data/Customer/%00", &token).await.code(), (400, "http/parameter-wrong"));
    assert_eq!(world.get("/api/data/Cust%00omer", &token).await.code(), (400, "http/parameter-wrong"));
    for half in [
        r#"{"number":"1","name":"\ud800"}"#,
        r#"{"number":"1","name":"\udc00x"}"#,
        r#"{"number":"1","name":"\ud800\ud800"}"#,
    ] {
        let request =
            world.request(Method::POST, "/api/data/Customer", &token).header("content-type", "application/json");
        assert_eq!(send(request.body(half)).await.code(), (400, "http/bad-body"), "{half}");
    }
}

#[tokio::test]
async fn headers_are_counted_and_a_token_has_a_length() {
    let world = World::empty().await;
    let many = |count: usize| {
        let request = world.request(Method::GET, "/healthz", "");
        send((0..count).fold(request, |request, at| request.header(format!("x-{at}"), "1")))
    };
    assert_eq!(many(60).await.status, 200);
    assert_eq!(many(70).await.code(), (431, "http/too-many-headers"));
    assert_eq!(many(200).await.status, 431);
    let token = |length: usize| "x".repeat(length);
    assert_eq!(world.get("/api/data/Customer", &token(512)).await.code(), (401, "auth/token-invalid"));
    assert_eq!(world.get("/api/data/Customer", &token(513)).await.code(), (431, "http/token-too-long"));
}

#[tokio::test]
async fn a_client_that_is_slow_with_its_headers_is_cut_off() {
    let patience = Duration::from_millis(200);
    let world = World::with(limited(Limits { header_patience: patience, ..Limits::default() })).await;
    let mut slow = TcpStream::connect(address(&world)).await.unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n").await.unwrap();
    let mut silent = TcpStream::connect(address(&world)).await.unwrap();
    // Both are closed without an answer; without the limit this would wait for ever.
    assert_eq!((rest(&mut slow).await.as_str(), rest(&mut silent).await.as_str()), ("", ""));
    // Who is quick is served.
    assert_eq!(world.get("/healthz", "").await.status, 200);
}

#[tokio::test]
async fn connections_beyond_the_number_are_turned_away() {
    let world = World::with(limited(Limits { connections: 2, ..Limits::default() })).await;
    let mut taken = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(address(&world)).await.unwrap();
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut first = [0_u8; 12];
        stream.read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
        taken.push(stream);
    }
    let mut third = TcpStream::connect(address(&world)).await.unwrap();
    third.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    third.shutdown().await.unwrap();
    let answer = rest(&mut third).await;
    assert!(answer.starts_with("HTTP/1.1 503 Service Unavailable\r\n"), "{answer}");
    assert!(answer.contains("\r\nretry-after: 1\r\n"), "{answer}");
    let body: Json = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!((body["code"].as_str(), body["retry"].as_bool()), (Some("http/too-many-connections"), Some(true)));
    // A place that is left is taken again.
    drop(taken);
    while send(world.request(Method::GET, "/healthz", "")).await.status != 200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn requests_beyond_the_number_are_told_to_come_again() {
    let world = World::with(limited(Limits { requests: 1, ..Limits::default() })).await;
    // A request whose body does not come holds the only place.
    let mut open = TcpStream::connect(address(&world)).await.unwrap();
    let head = format!(
        "POST /api/admin/tenants HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         content-length: 15\r\n\r\n{{",
        world.admin
    );
    open.write_all(head.as_bytes()).await.unwrap();
    let busy = loop {
        let answer = world.get("/api/admin/status", &world.admin).await;
        if answer.status == 503 {
            break answer;
        }
    };
    assert_eq!((busy.code(), busy.header("retry-after")), ((503, "http/too-busy"), "1"));
    assert_eq!(busy.body["retry"], true);
    // Health is answered all the same.
    assert_eq!(world.get("/healthz", "").await.status, 200);
    open.write_all(b"\"id\": \"north\"}").await.unwrap();
    let mut first = [0_u8; 12];
    open.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 201");
    while world.get("/api/admin/status", &world.admin).await.status != 200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up() {
    let patience = Duration::from_millis(200);
    let world = World::with(limited(Limits { request_patience: patience, ..Limits::default() })).await;
    let mut open = TcpStream::connect(address(&world)).await.unwrap();
    let head = format!(
        "POST /api/admin/tenants HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         content-length: 15\r\n\r\n{{",
        world.admin
    );
    open.write_all(head.as_bytes()).await.unwrap();
    let answer = rest(&mut open).await;
    assert!(answer.starts_with("HTTP/1.1 503 Service Unavailable\r\n"), "{answer}");
    assert!(answer.contains("\"code\":\"http/too-slow\""), "{answer}");
}
