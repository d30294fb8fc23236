//! Attempts at crossing from one tenant or realm into another, over HTTP, with all that an attacker could know: none
//! is answered otherwise than if the other did not exist.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "tenancy/attempts.rs"]
mod attempts;
mod support;
#[path = "tenancy/town.rs"]
mod town;

use attempts::Known;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use support::World;
use town::{Place, Town};

/// An answer with every byte of it.
pub struct Raw {
    pub status: u16,
    pub headers: String,
    pub body: String,
}

impl Raw {
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    fn code(&self) -> (u16, String) {
        (self.status, self.json()["code"].as_str().unwrap_or_default().to_owned())
    }

    fn all(&self) -> String {
        format!("{}\n{}\n{}", self.status, self.headers, self.body)
    }
}

pub async fn raw(request: RequestBuilder) -> Raw {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    // What tells the time is no news of another tenant.
    let headers = response.headers().iter().filter(|(name, _)| *name != "date");
    let headers =
        headers.map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes()))).collect();
    Raw { status, headers, body: response.text().await.unwrap() }
}

/// `method path` of everything the server describes.
async fn operations(world: &World) -> BTreeSet<String> {
    let document = world.get("/openapi.json", &world.admin).await.body;
    let methods = ["get", "put", "post", "patch", "delete", "head", "options", "trace"];
    let paths = document["paths"].as_object().unwrap().iter();
    let all = paths.flat_map(|(path, item)| {
        let here = methods.into_iter().filter(|method| item.get(method).is_some());
        here.map(move |method| format!("{method} {path}"))
    });
    all.collect()
}

/// Takes what was sent out of an answer: an attacker who reads back what he sent learns nothing.
fn without_sent(answer: &str, known: &Known<'_>) -> String {
    let mut text = answer.to_owned();
    for (sent, word) in [
        (known.customer, "<customer>"),
        (known.invoice, "<invoice>"),
        (known.number, "<number>"),
        (known.text, "<text>"),
    ] {
        text = text.replace(sent, word);
    }
    text
}

/// Takes out what is drawn anew for each record that is made.
fn without_drawn(answer: &str) -> String {
    let mut text = answer.to_owned();
    if text.contains("\"createdAt\"") {
        // A time may end in zeros, which are left out.
        text = text.lines().filter(|line| !line.starts_with("content-length")).collect::<Vec<_>>().join("\n");
    }
    for name in
        ["\"id\":\"", "\"createdAt\":\"", "\"updatedAt\":\"", "\"decisionId\":\"", "location: /api/data/Customer/"]
    {
        let mut parts = text.split(name);
        let mut rest = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            rest.push_str(name);
            rest.push_str(part.find(['"', '\n']).and_then(|end| part.get(end..)).unwrap_or_default());
        }
        text = rest;
    }
    text
}

fn known(place: &Place) -> Known<'_> {
    Known { customer: &place.customer, invoice: &place.invoice, number: &place.number, text: &place.text }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_operation_tells_another_tenant_from_none() {
    town::keep_log();
    let town = Town::built().await;
    let own = &town.places[0];
    let before: Vec<String> = holdings(&town).await;
    let marks = town.marks(own);
    let mut tried = 0;
    for operation in operations(&town.world).await {
        for (at, other) in town.places.iter().enumerate().skip(1) {
            let nobody = (uuid(at, 1), uuid(at, 2), format!("NONE{at}"), "none-".to_owned() + &other.text[5..]);
            let nobodys = Known { customer: &nobody.0, invoice: &nobody.1, number: &nobody.2, text: &nobody.3 };
            let others = known(other);
            let unknown =
                || panic!("nobody tries to cross tenants by `{operation}`: add attempts to tests/tenancy/attempts.rs");
            let real = attempts::of(&operation, own, &others).unwrap_or_else(unknown);
            let guessed = attempts::of(&operation, own, &nobodys).unwrap();
            for (real, guessed) in real.iter().zip(&guessed) {
                let (mine, nothing) = (raw(real.by(&town, own)).await, raw(guessed.by(&town, own)).await);
                let said = without_sent(&mine.all(), &others);
                // Counters go up with each request.
                if !operation.ends_with("/metrics") {
                    let nothing = without_sent(&nothing.all(), &nobodys);
                    assert_eq!(without_drawn(&said), without_drawn(&nothing), "{operation}: {}", real.what);
                }
                if let Some(mark) = marks.iter().find(|mark| said.contains(*mark)) {
                    panic!("{operation}: {} tells of {mark}: {said}", real.what);
                }
                assert!(mine.status < 500, "{operation}: {} fails: {said}", real.what);
                for made in [&mine, &nothing].into_iter().filter(|answer| answer.status == 201) {
                    take_back(&town, own, made).await;
                }
                tried += 1;
            }
        }
    }
    assert!(tried > 500, "{tried}");
    assert_eq!(holdings(&town).await, before, "nothing of anybody was changed");
    let log = town::log();
    assert!(log.contains("the log is kept"), "there is a log to look at");
    for mark in town.places.iter().flat_map(|place| [&place.text, &place.number, &place.token]) {
        assert!(!log.contains(mark.as_str()), "the log tells of {mark}");
    }
}

fn uuid(at: usize, kind: usize) -> String {
    format!("0199{kind:04}-0000-7000-8000-{at:012}")
}

async fn holdings(town: &Town) -> Vec<String> {
    let mut all = Vec::new();
    for place in &town.places {
        all.push(town.holdings(place).await);
    }
    all
}

/// Deletes what an attempt was right to make.
async fn take_back(town: &Town, own: &Place, made: &Raw) {
    let path = format!("/api/data/Customer/{}", made.json()["data"]["id"].as_str().unwrap());
    assert_eq!(raw(town.world.request(Method::DELETE, &path, &own.token)).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unique_value_of_another_is_free() {
    let town = Town::built().await;
    let own = &town.places[0];
    for other in &town.places[1..] {
        let body = json!({ "number": other.number, "name": "mine" });
        let made = raw(town.world.request(Method::POST, "/api/data/Customer", &own.token).json(&body)).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let again = raw(town.world.request(Method::POST, "/api/data/Customer", &own.token).json(&body)).await;
        assert_eq!(again.status, 409, "its own is taken: {}", again.body);
        // The other's id is free too, in a batch, which takes ids.
        let create = json!({ "op": "create", "entity": "Customer", "id": other.customer, "data": { "number": format!("I{}", other.number), "name": "mine" } });
        let body = json!({ "operations": [create] });
        let made = raw(town.world.request(Method::POST, "/api/data:batch", &own.token).json(&body)).await;
        assert_eq!(made.status, 200, "{}", made.body);
        let path = format!("/api/data/Customer/{}", other.customer);
        let theirs = raw(town.world.request(Method::GET, &path, &other.token)).await;
        assert_eq!(theirs.json()["data"]["name"], json!(other.text), "two records of one id stand apart");
        assert_eq!(raw(town.world.request(Method::DELETE, &path, &own.token)).await.status, 204);
        assert_eq!(raw(town.world.request(Method::GET, &path, &other.token)).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idempotency_key_of_another_is_free_and_a_cursor_leads_to_own_records_only() {
    let town = Town::built().await;
    let own = &town.places[0];
    for (at, other) in town.places.iter().enumerate().skip(1) {
        let (key, body) = &other.key;
        let send = |place: &Place, body: &Json| {
            raw(town
                .world
                .request(Method::POST, "/api/data/Customer", &place.token)
                .header("idempotency-key", key)
                .json(body))
        };
        let mine = send(own, body).await;
        assert_eq!(mine.status, 201, "{}", mine.body);
        assert!(!mine.headers.contains("idempotency-replayed"), "{}", mine.headers);
        assert_ne!(mine.json()["data"]["id"], json!(other.customer));
        take_back(&town, own, &mine).await;
        let theirs = send(other, body).await;
        assert!(theirs.headers.contains("idempotency-replayed: true"), "{at}: {}", theirs.headers);
        assert_eq!(theirs.json()["data"]["id"], json!(other.customer));
        let path = format!("/api/data/Customer?limit=50&sort=number&after={}", other.cursor);
        let page = raw(town.world.request(Method::GET, &path, &own.token)).await;
        assert_eq!(page.status, 200, "{}", page.body);
        for record in page.json()["data"].as_array().unwrap() {
            assert_eq!(record["name"], json!(own.text));
        }
    }
    let one = raw(town.world.request(Method::GET, "/api/data/Customer?page=1&pageSize=1", &own.token)).await.json();
    assert_eq!((&one["meta"]["total"], &one["meta"]["totalPages"]), (&json!(2), &json!(2)));
    let past = raw(town.world.request(Method::GET, "/api/data/Customer?page=3&pageSize=1", &own.token)).await.json();
    assert_eq!(past["data"], json!([]));
    let count = raw(town.world.request(Method::GET, "/api/data/Customer:count", &own.token)).await.json();
    assert_eq!(count["data"]["count"], json!(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_names_only_what_the_token_may() {
    let town = Town::built().await;
    let own = &town.places[0];
    let ask = |place: &Place, headers: Vec<(&'static str, String)>| {
        let request = town.world.request(Method::GET, "/api/data/Customer", &place.token);
        raw(headers.into_iter().fold(request, |request, (name, value)| request.header(name, value)))
    };
    for other in town.places.iter().filter(|place| place.tenant != own.tenant) {
        let refused = ask(own, vec![("x-tenant", other.tenant.clone())]).await;
        let nobody = ask(own, vec![("x-tenant", "ghost".into())]).await;
        assert_eq!(refused.code(), (403, "auth/tenant-not-allowed".to_owned()));
        assert_eq!(
            refused.all().replace(&other.tenant, "ghost"),
            nobody.all(),
            "a tenant that is there is told from none"
        );
        let both = ask(own, vec![("x-tenant", other.tenant.clone()), ("x-realm", other.realm.clone())]).await;
        assert_eq!(both.all(), refused.all());
    }
    let realm = ask(own, vec![("x-realm", "trial".into())]).await;
    let nobody = ask(own, vec![("x-realm", "ghost".into())]).await;
    assert_eq!(realm.code(), (403, "auth/tenant-not-allowed".to_owned()));
    assert_eq!(realm.all().replace("trial", "ghost"), nobody.all());
    for strange in ["amber,birch", "AMBER", "amber birch", "amber'--", "*", "", "amber\u{e9}"] {
        let answer = ask(own, vec![("x-tenant", strange.to_owned())]).await;
        assert_eq!(answer.status, 403, "{strange:?}: {}", answer.body);
    }
    // Two of a kind are not read as either one.
    let two = ask(own, vec![("x-tenant", own.tenant.clone()), ("x-tenant", "birch".into())]).await;
    assert!(!two.body.contains("mark-birch"), "{}", two.body);
    assert_eq!(ask(own, vec![("x-tenant", own.tenant.clone()), ("x-realm", own.realm.clone())]).await.status, 200);
    // Who may use several is in one at a time.
    let request = json!({ "userId": "both", "roles": ["admin"], "tenants": ["birch", "cedar"], "realmId": "live" });
    let root = maq_value::Actor::admin("root");
    let made = town.world.services.access.create_token(&root, serde_json::from_value(request).unwrap()).await.unwrap();
    for (tenant, has) in [(None, 2), (Some("birch"), 2), (Some("cedar"), 4)] {
        let mut request = town.world.request(Method::GET, "/api/data/Customer", made.1.expose());
        if let Some(tenant) = tenant {
            request = request.header("x-tenant", tenant);
        }
        let answer = raw(request).await;
        assert!(answer.body.contains(&town.places[has].text), "{tenant:?}");
        let others = town.places.iter().enumerate().filter(|(at, _)| *at != has);
        others.for_each(|(_, place)| assert!(!answer.body.contains(&place.text), "{tenant:?} {}", answer.body));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_tenant_is_told_to_nobody_else() {
    let town = Town::built().await;
    let (own, other) = (&town.places[0], &town.places[2]);
    let ask =
        || raw(town.world.request(Method::GET, "/api/data/Customer", &own.token).header("x-tenant", &other.tenant));
    let before = ask().await.all();
    let path = format!("/api/admin/tenants/{}/suspend", other.tenant);
    assert_eq!(town.world.admin_asks(Method::POST, &path, json!({})).await.status, 200);
    assert_eq!(ask().await.all(), before);
    let theirs = raw(town.world.request(Method::GET, "/api/data/Customer", &other.token)).await;
    assert_eq!(theirs.code(), (403, "auth/tenant-suspended".to_owned()));
    assert_eq!(raw(town.world.request(Method::GET, "/api/data/Customer", &own.token)).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_holds_its_target_in_its_own_tenant_only() {
    let town = Town::built().await;
    let (own, other) = (&town.places[0], &town.places[3]);
    // The same id in two tenants; only the other's is referred to.
    let create = json!({ "op": "create", "entity": "Customer", "id": other.customer, "data": { "number": "TWIN", "name": "x" } });
    let made =
        raw(town.world.request(Method::POST, "/api/data:batch", &own.token).json(&json!({ "operations": [create] })))
            .await;
    assert_eq!(made.status, 200, "{}", made.body);
    let path = format!("/api/data/Customer/{}", other.customer);
    let deleted = raw(town.world.request(Method::DELETE, &path, &own.token)).await;
    assert_eq!(deleted.status, 204, "{}", deleted.body);
    let held = raw(town.world.request(Method::DELETE, &path, &other.token)).await;
    assert_eq!(held.status, 409, "{}", held.body);
}
