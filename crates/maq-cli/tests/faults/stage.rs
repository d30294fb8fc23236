//! A server with the sample published to it, and what tests do with it.
#![allow(dead_code)]

use crate::clients::Caller;
use crate::support::{Desk, Host};
use maq_testkit::postgres::Cluster;
use serde_json::Value as Json;
use std::time::Duration;

/// Tokens of a server that the sample was published to.
pub struct Tokens {
    pub admin: String,
    pub data: String,
}

/// Makes the desk's server and publishes the sample to it, as target `prod`.
pub fn published(desk: &Desk) -> (Host, Tokens) {
    desk.data(&["new", &desk.ws, "--sample", "invoicing"]);
    let tokens = made(desk);
    let host = serve(desk);
    desk.data_with(&["target", "add", &desk.ws, "prod", "--url", &host.url], &[("MAQUETTE_TOKEN", &tokens.admin)]);
    desk.data(&["publish", &desk.ws, "--target", "prod", "--yes"]);
    (host, tokens)
}

/// Makes the desk's server.
pub fn made(desk: &Desk) -> Tokens {
    let admin = desk.data(&["init", "--server", "--store", &desk.server])["token"].as_str().unwrap().to_owned();
    let data = desk.data(&["token", "new", "--store", &desk.server, "--user", "bob", "--role", "admin"]);
    Tokens { admin, data: data["token"].as_str().unwrap().to_owned() }
}

pub fn serve(desk: &Desk) -> Host {
    desk.host(&["serve", "--store", &desk.server, "--listen", "127.0.0.1:0"])
}

/// An answer: status, the headers that matter here, and the body.
pub struct Answer {
    pub status: u16,
    pub retry_after: Option<String>,
    pub replayed: bool,
    pub body: Json,
}

impl Answer {
    pub async fn of(request: reqwest::RequestBuilder) -> Answer {
        let answer = request.send().await.unwrap();
        let header = |name: &str| Some(answer.headers().get(name)?.to_str().unwrap().to_owned());
        let (retry_after, replayed) = (header("retry-after"), header("idempotency-replayed").is_some());
        let status = answer.status().as_u16();
        Answer { status, retry_after, replayed, body: answer.json().await.unwrap() }
    }

    /// Asserts that this is the refusal of a store that is not there now.
    #[track_caller]
    pub fn assert_unavailable(&self) {
        let told = |key: &str| self.body[key].as_str().unwrap_or_default().to_owned();
        assert_eq!((self.status, self.retry_after.as_deref()), (503, Some("1")), "{}", self.body);
        assert_eq!((told("code"), self.body["retry"].as_bool()), ("store/unavailable".into(), Some(true)));
        assert_eq!(
            (told("title"), told("help")),
            ("the store is not reachable now".into(), "try again in a moment".into())
        );
    }
}

impl Caller {
    pub async fn ask(&self, path: &str) -> Answer {
        Answer::of(self.client.get(format!("{}{path}", self.url)).bearer_auth(&self.token)).await
    }

    /// Creates a customer, under an idempotency key where one is given.
    pub async fn post(&self, number: &str, key: Option<&str>) -> Answer {
        let body = serde_json::json!({ "customerNumber": number, "name": "Ann" });
        let asked = self.client.post(format!("{}/api/data/Customer", self.url)).bearer_auth(&self.token).json(&body);
        Answer::of(match key {
            Some(key) => asked.header("idempotency-key", key),
            None => asked,
        })
        .await
    }
}

/// Waits until something is so. Gives up well before what would come by itself after half a minute: entries that are
/// believed no longer, a breaker that lets one through again.
pub async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let began = std::time::Instant::now();
    while began.elapsed() < Duration::from_secs(15) {
        if so().await {
            println!("{what}: after {:?}", began.elapsed());
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{what}: not within 15 s");
}

/// Roles and databases as in production, in a cluster of the test's own.
pub fn prepare(cluster: &Cluster) {
    for statement in ["CREATE ROLE own LOGIN", "CREATE ROLE rec LOGIN", "CREATE DATABASE serve OWNER own"] {
        cluster.sql("postgres", statement);
    }
}
