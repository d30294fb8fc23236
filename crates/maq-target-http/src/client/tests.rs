//! Answers of a small server that stands for a real one; the real one is asked in the command line's tests.

use super::*;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};

async fn serve(router: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

fn target(url: &str) -> HttpTarget {
    HttpConnector { allow_http: false }.target(url, &Secret::new("maq_admin_1")).unwrap()
}

async fn refused(url: &str) -> maq_app::Refusal {
    target(url).status().await.unwrap_err().refusal().unwrap().clone()
}

#[tokio::test]
async fn a_problem_document_comes_back_as_the_refusal_it_was() {
    let problem = json!({
        "type": "about:blank", "status": 409, "code": "publish/plan-stale", "title": "the target moved",
        "params": { "a": "b" }, "help": "make a new plan", "retry": false,
    });
    let answer = move || async move {
        (StatusCode::CONFLICT, [(header::CONTENT_TYPE, "application/problem+json")], problem.to_string())
    };
    let url = serve(axum::Router::new().route("/api/admin/status", get(answer))).await;
    let refusal = refused(&url).await;
    assert_eq!(refusal.code, "publish/plan-stale");
    assert_eq!(refusal.class, maq_app::RefusalClass::Conflict);
    assert_eq!((refusal.title.as_str(), refusal.help.as_str()), ("the target moved", "make a new plan"));
    assert_eq!(refusal.params["a"], "b");
}

#[tokio::test]
async fn nothing_there_is_worth_trying_again() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let refusal = refused(&url).await;
    assert_eq!((refusal.code.as_str(), refusal.retry), ("target/unreachable", true));
    assert_eq!(refusal.title, format!("target `{url}` is not reachable: nothing answers there"));
}

#[tokio::test]
async fn another_program_and_a_fault_of_the_server_are_said() {
    let other = serve(axum::Router::new().route("/", get(|| async { "hello" }))).await;
    assert!(refused(&other).await.title.ends_with("it answered 404 without saying why"));
    let fault = || async {
        let problem = json!({ "code": "fault/internal", "title": "x", "incident": "inc_7" });
        (StatusCode::INTERNAL_SERVER_ERROR, problem.to_string()).into_response()
    };
    let failing = serve(axum::Router::new().route("/api/admin/status", get(fault))).await;
    assert!(refused(&failing).await.title.ends_with("under incident inc_7"));
}

#[tokio::test]
async fn the_token_travels_in_the_header_and_follows_no_redirect() {
    let seen = |headers: axum::http::HeaderMap| async move {
        let token = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        axum::Json(json!({ "token": token }))
    };
    let moved = || async { (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "http://example.com/")], "") };
    let router = axum::Router::new().route("/base/api/seen", post(seen)).route("/base/api/moved", get(moved));
    let url = serve(router).await;
    let target = target(&format!("{url}/base/"));
    let answer: Json = target.post("/api/seen", &json!({})).await.unwrap();
    assert_eq!(answer["token"], "Bearer maq_admin_1");
    let refusal = target.get::<Json>("/api/moved", &[]).await.unwrap_err();
    assert!(refusal.refusal().unwrap().title.contains("it answered 307"));
}
