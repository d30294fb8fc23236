//! What a server answers when all is well: pages, decisions, audit, its own description, and how it ends.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use maq_server::{ServeOptions, serve};
use maq_store::StoreKind;
use reqwest::Method;
use serde_json::json;
use support::{World, services};

#[tokio::test]
async fn lists_go_by_cursor_and_by_page() {
    let world = World::published().await;
    let token = world.token(&["admin"], &[]).await;
    for number in 1..=7 {
        assert_eq!(world.customer(&token, &format!("C{number}")).await.status, 201);
    }
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page = world.get(&format!("/api/data/Customer?limit=3&sort=-number{after}"), &token).await.body;
        seen.extend(page["data"].as_array().unwrap().iter().map(|row| row["number"].as_str().unwrap().to_owned()));
        assert!(page["meta"].get("total").is_none());
        match page["meta"]["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["C7", "C6", "C5", "C4", "C3", "C2", "C1"]);
    let page = world.get("/api/data/Customer?page=2&pageSize=3&orderBy=number&orderDir=asc", &token).await.body;
    assert_eq!(page["data"][0]["number"], "C4");
    assert_eq!(page["meta"], json!({ "limit": 3, "total": 7, "page": 2, "pageSize": 3, "totalPages": 3 }));
    let some = world.get("/api/data/Customer?number[in]=C1,C2&total=true", &token).await.body;
    assert_eq!(some["meta"]["total"], 2);
    let count = world.get("/api/data/Customer:count?number[gt]=C4", &token).await.body;
    assert_eq!(count["data"]["count"], 3);
}

#[tokio::test]
async fn a_filter_in_the_address_is_read_as_its_field() {
    let world = World::published().await;
    let token = world.token(&["admin"], &[]).await;
    let customer = world.customer(&token, "C1").await.body["data"]["id"].clone();
    for (total, count) in [("9.50", 9), ("10.00", 10), ("100.00", 100)] {
        let body = json!({ "customer": customer, "total": total, "count": count });
        assert_eq!(world.ask(Method::POST, "/api/data/Invoice", &token, body).await.status, 201);
    }
    for (query, expected) in [("total[gt]=9.5", 2), ("count[gte]=10", 2), ("count[in]=9,10", 2), ("total[eq]=10", 1)] {
        let answer = world.get(&format!("/api/data/Invoice:count?{query}"), &token).await;
        assert_eq!(answer.body["data"]["count"], expected, "{query} {}", answer.body);
    }
}

#[tokio::test]
async fn decisions_are_answered_with_their_evidence() {
    let world = World::published().await;
    let guest = world.token(&["guest"], &[]).await;
    let question = json!({ "action": "delete", "resource": "Customer" });
    let answer = world.ask(Method::POST, "/api/policy/check", &guest, question.clone()).await.body;
    assert_eq!(answer["data"]["allowed"], false);
    assert!(answer["data"]["decisionId"].as_str().unwrap().starts_with("dec_"));
    let asked =
        json!({ "action": "read", "resource": "Customer", "principal": { "userId": "zoe", "roles": ["guest"] } });
    // A data token asks for itself alone, and is not shown the rules.
    assert_eq!(world.ask(Method::POST, "/api/policy/check", &guest, asked.clone()).await.status, 403);
    assert_eq!(world.ask(Method::POST, "/api/policy/explain", &guest, question).await.status, 403);
    let explained = world.admin_asks(Method::POST, "/api/policy/explain", asked).await.body;
    assert_eq!(explained["data"]["decision"]["decidedBy"], json!(["guests"]));
    assert_eq!(explained["data"]["policies"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn the_audit_knows_what_was_done_and_what_was_denied() {
    let world = World::published().await;
    let (admin, guest) = (world.token(&["admin"], &[]).await, world.token(&["guest"], &[]).await);
    world.customer(&admin, "C1").await;
    world.customer(&guest, "C2").await;
    let events = world.get("/api/audit/events?userId=bob&eventType=data.create,policy.deny", &world.admin).await.body;
    let types: Vec<&str> =
        events["data"].as_array().unwrap().iter().map(|event| event["eventType"].as_str().unwrap()).collect();
    assert_eq!(types, ["policy.deny", "data.create"]);
    let id = events["data"][0]["eventId"].as_str().unwrap();
    let one = world.get(&format!("/api/audit/events/{id}"), &world.admin).await.body;
    assert_eq!((one["data"]["result"].as_str(), one["data"]["resource"].as_str()), (Some("failure"), Some("Customer")));
}

#[tokio::test]
async fn it_describes_itself() {
    let world = World::published().await;
    let token = world.token(&["guest"], &[]).await;
    let document = world.get("/openapi.json", &token).await.body;
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["components"]["schemas"]["Customer.new"]["required"], json!(["name", "number"]));
    assert_eq!(document["paths"]["/api/data/Invoice/{id}"]["patch"]["operationId"], "updateInvoice");
    let entities = world.get("/api/meta/entities", &world.admin).await.body;
    assert_eq!(entities["meta"]["total"], 2);
    let version = world.get("/api/meta/entities/Invoice/versions/active", &world.admin).await.body;
    assert_eq!((version["data"]["version"].as_str(), version["data"]["isActive"].as_bool()), (Some("v1"), Some(true)));
    let compiled = world.get("/api/meta/entities/Invoice/compiled", &world.admin).await.body;
    assert_eq!(compiled["data"]["table"], "invoice");
}

#[tokio::test]
async fn health_and_metrics_need_no_token() {
    let world = World::published().await;
    assert_eq!(world.get("/healthz", "").await.body, json!({ "ok": true }));
    let ready = world.get("/readyz", "").await;
    assert_eq!((ready.status.as_u16(), ready.body["ok"].as_bool()), (200, Some(true)));
    assert_eq!(ready.header("x-content-type-options"), "nosniff");
    let metrics = world.get("/metrics", "").await.body;
    let metrics = metrics.as_str().unwrap();
    assert!(
        metrics.contains("maquette_http_requests_total{method=\"GET\",route=\"/healthz\",status=\"200\"} 1"),
        "{metrics}"
    );
}

#[tokio::test]
async fn it_stays_on_this_machine_unless_told_otherwise() {
    let options = ServeOptions { listen: "0.0.0.0:0".parse().unwrap(), ..ServeOptions::default() };
    let refused = serve(services(StoreKind::Server).await, options).await.err().unwrap();
    assert_eq!(refused.refusal().unwrap().code, "server/listen-not-local");
}

#[tokio::test]
async fn stopping_finishes_what_is_under_way_and_takes_nothing_new() {
    let mut world = World::published().await;
    let token = world.token(&["admin"], &[]).await;
    let requests: Vec<_> = (0..20)
        .map(|number| {
            let body = json!({ "number": format!("C{number}"), "name": "x" });
            tokio::spawn(world.request(Method::POST, "/api/data/Customer", &token).json(&body).send())
        })
        .collect();
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    world.running.take().unwrap().stop().await;
    for request in requests {
        // Each was answered, or never taken: none breaks off half-way.
        if let Ok(response) = request.await.unwrap() {
            assert_eq!(response.status(), 201);
        }
    }
    assert!(world.request(Method::GET, "/healthz", "").send().await.is_err());
}
