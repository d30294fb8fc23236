//! The studio's host: who comes in, calls, events, files.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use maq_rpc::Router;
use maq_server::studio::{StudioOptions, serve};
use maq_store::StoreKind;
use maq_value::Actor;
use reqwest::{Client, Method, RequestBuilder, redirect};
use serde_json::{Value as Json, json};
use support::{Answer, send, services};

struct Studio {
    _running: maq_server::Running,
    base: String,
    sign_in: String,
    client: Client,
    folder: std::path::PathBuf,
}

impl Drop for Studio {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

async fn studio(name: &str) -> Studio {
    let folder = std::env::temp_dir().join(format!("maquette-studio-{}-{name}", std::process::id()));
    std::fs::create_dir_all(folder.join("assets")).unwrap();
    std::fs::write(folder.join("index.html"), "<!doctype html>page").unwrap();
    std::fs::write(folder.join("assets/a.js"), "1").unwrap();
    let router = Router::new(services(StoreKind::Workspace).await, Actor::owner("ann"));
    let options = StudioOptions { ui: Some(folder.clone()), ..StudioOptions::default() };
    let studio = serve(router, options).await.unwrap();
    let sign_in = studio.url();
    let running = studio.running();
    let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
    Studio { base: running.url(), _running: running, sign_in, client, folder }
}

impl Studio {
    /// The cookie that the one-time address gives.
    async fn cookie(&self) -> String {
        let answer = send(self.client.get(&self.sign_in)).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/"));
        let cookie = answer.header("set-cookie");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        cookie.split(';').next().unwrap().to_owned()
    }

    fn request(&self, method: Method, path: &str, cookie: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        request.header("cookie", cookie).header("maquette-client", "studio")
    }

    async fn call(&self, command: &str, cookie: &str, body: Json) -> Answer {
        send(self.request(Method::POST, &format!("/rpc/{command}"), cookie).json(&body)).await
    }
}

#[tokio::test]
async fn the_address_signs_one_browser_in_once() {
    let studio = studio("once").await;
    let cookie = studio.cookie().await;
    assert_eq!(studio.call("workspace.get_state", &cookie, json!({})).await.body["name"], "Test");
    // A second browser with the same address stays outside; the first is sent to its page.
    assert_eq!(send(studio.client.get(&studio.sign_in)).await.status, 401);
    assert_eq!(send(studio.client.get(&studio.sign_in).header("cookie", &cookie)).await.status, 303);
    let wrong = format!("{}/?token=guess", studio.base);
    assert_eq!(send(studio.client.get(&wrong)).await.status, 401);
}

#[tokio::test]
async fn without_the_cookie_nothing_is_answered() {
    let studio = studio("cookie").await;
    let cookie = studio.cookie().await;
    for path in ["/rpc/workspace.get_state", "/jobs/1/cancel"] {
        let answer = send(studio.request(Method::POST, path, "a=b").json(&json!({}))).await;
        assert_eq!(answer.code(), (401, "studio/signed-out"), "{path}");
    }
    for path in ["/", "/events", "/assets/a.js"] {
        assert_eq!(send(studio.request(Method::GET, path, "")).await.status, 401, "{path}");
    }
    let bare = studio.client.post(format!("{}/rpc/workspace.get_state", studio.base)).header("cookie", &cookie);
    assert_eq!(send(bare.json(&json!({}))).await.code(), (403, "studio/client-header-missing"));
}

#[tokio::test]
async fn another_host_or_origin_stays_outside() {
    let studio = studio("origin").await;
    let cookie = studio.cookie().await;
    let call = || studio.request(Method::POST, "/rpc/workspace.get_state", &cookie).json(&json!({}));
    for origin in ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1"] {
        assert_eq!(send(call().header("origin", origin)).await.code(), (403, "studio/other-origin"), "{origin}");
    }
    let rebound = call().header("host", "evil.example");
    assert_eq!(send(rebound).await.code(), (403, "studio/other-origin"));
    assert_eq!(send(call().header("origin", &studio.base)).await.status, 200);
}

#[tokio::test]
async fn calls_answer_as_the_router_does() {
    let studio = studio("calls").await;
    let cookie = studio.cookie().await;
    let bad = studio.call("workspace.list_history", &cookie, json!({ "limit": "x" })).await;
    assert_eq!(bad.code(), (400, "rpc/bad-request"));
    assert_eq!(studio.call("nope", &cookie, json!({})).await.code(), (404, "rpc/command-unknown"));
    let job = studio.request(Method::DELETE, "/jobs/nobody", &cookie);
    assert_eq!(send(job).await.code(), (404, "job/not-found"));
}

#[tokio::test]
async fn the_page_and_its_files_are_served_and_nothing_else() {
    let studio = studio("files").await;
    let cookie = studio.cookie().await;
    let get = |path: &'static str| send(studio.request(Method::GET, path, &cookie));
    let page = get("/").await;
    assert_eq!(page.body, "<!doctype html>page");
    assert!(page.header("content-security-policy").contains("script-src 'self'"));
    assert_eq!(get("/model/Invoice").await.body, "<!doctype html>page");
    assert_eq!(get("/assets/a.js").await.header("content-type"), "text/javascript; charset=utf-8");
    for path in ["/assets/b.js", "/..%2f..%2fetc/passwd", "/%2e%2e/secret.txt"] {
        assert_eq!(get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn events_resume_after_the_last_one_seen() {
    let studio = studio("events").await;
    let cookie = studio.cookie().await;
    let mut line = studio.request(Method::GET, "/events", &cookie).send().await.unwrap();
    let entity =
        |id: &str| json!({ "kind": "entity", "format": 1, "id": id, "name": id.replace('_', ""), "fields": [] });
    let add = |id: &'static str| {
        let edits = json!({ "label": "Add", "edits": [{ "op": "addDocument", "document": entity(id) }] });
        studio.call("workspace.apply_edits", &cookie, edits)
    };
    assert_eq!(add("ent_a").await.status, 200);
    let first = next_event(&mut line).await;
    assert_eq!(first["changed"], json!(["workspace", "audit"]));
    drop(line);
    add("ent_b").await;
    add("ent_c").await;
    let path = format!("/events?after={}", first["seq"]);
    let mut resumed = studio.request(Method::GET, &path, &cookie).send().await.unwrap();
    let seq = first["seq"].as_u64().unwrap();
    assert_eq!(next_event(&mut resumed).await["seq"], seq + 1);
    assert_eq!(next_event(&mut resumed).await["seq"], seq + 2);
    // A sequence of another run: everything is stale.
    let mut other = studio.request(Method::GET, "/events?after=5", &cookie).send().await.unwrap();
    assert_eq!(next_event(&mut other).await["changed"].as_array().map(Vec::len), Some(6));
}

/// The next event on a line; one may come in the same piece as the one before it.
async fn next_event(line: &mut reqwest::Response) -> Json {
    thread_local!(static REST: std::cell::RefCell<String> = const { std::cell::RefCell::new(String::new()) });
    loop {
        let found = REST.with_borrow_mut(|rest| {
            let at = rest.find("\n\n")?;
            Some(rest.drain(..at + 2).collect::<String>())
        });
        if let Some(text) = found {
            match text.lines().find_map(|line| line.strip_prefix("data: ")) {
                Some(data) => return serde_json::from_str(data).unwrap(),
                None => continue,
            }
        }
        let piece = tokio::time::timeout(std::time::Duration::from_secs(5), line.chunk()).await.unwrap().unwrap();
        REST.with_borrow_mut(|rest| rest.push_str(&String::from_utf8_lossy(&piece.unwrap())));
    }
}
