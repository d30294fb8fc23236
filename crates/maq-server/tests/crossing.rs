//! Attempts to cross from one tenant and realm into another, through every operation that the API describes. Whoever
//! attempts knows the ids, unique values and cursors of the others; no answer may tell more than that, and nothing of
//! theirs may change.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use maq_app::TokenRequest;
use maq_value::Actor;
use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};
use support::{Answer, World, send};

/// A text that stands in records of others only, and that no attempt sends.
const CANARY: &str = "canary-4711";

/// Somebody with records.
struct Owner {
    token: String,
    customer: String,
    invoice: String,
    cursor: String,
}

struct Stage {
    world: World,
    /// Of tenant blue, realm main.
    attacker: Owner,
    /// Of another tenant, and of another realm of the same tenant.
    others: Vec<Owner>,
}

async fn token(world: &World, tenant: &str, realm: &str) -> String {
    let request: TokenRequest = serde_json::from_value(json!({
        "userId": format!("user-{tenant}-{realm}"), "roles": ["admin"], "tenants": [tenant], "realmId": realm,
    }))
    .unwrap();
    world.services.access.create_token(&Actor::admin("root"), request).await.unwrap().1.expose().to_owned()
}

fn id(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer.body["data"]["id"].as_str().unwrap().to_owned()
}

/// Three customers and an invoice; `name` stands in each customer.
async fn owner(world: &World, tenant: &str, realm: &str, name: &str) -> Owner {
    let token = token(world, tenant, realm).await;
    let mut customer = String::new();
    for number in ["C1", "C2", "C3"] {
        let body = json!({ "number": number, "name": name });
        customer = id(&world.ask(Method::POST, "/api/data/Customer", &token, body).await);
    }
    let body = json!({ "customer": customer, "total": "47.11", "count": 4711 });
    let invoice = id(&world.ask(Method::POST, "/api/data/Invoice", &token, body).await);
    let page = world.get("/api/data/Customer?limit=1", &token).await;
    let cursor = page.body["meta"]["next"].as_str().unwrap().to_owned();
    Owner { token, customer, invoice, cursor }
}

impl Stage {
    async fn new() -> Stage {
        let world = World::published().await;
        for tenant in ["blue", "green"] {
            world.services.access.add_tenant(&Actor::admin("root"), tenant, None).await.unwrap();
        }
        let attacker = owner(&world, "blue", "main", "mine").await;
        let others = vec![owner(&world, "green", "main", CANARY).await, owner(&world, "blue", "test", CANARY).await];
        Stage { world, attacker, others }
    }

    /// Everything somebody owns, as they see it.
    async fn dump(&self, owner: &Owner) -> Vec<Json> {
        let mut all = Vec::new();
        for entity in ["Customer", "Invoice"] {
            all.push(self.world.get(&format!("/api/data/{entity}?limit=200&sort=id"), &owner.token).await.body);
        }
        all
    }

    async fn attempt(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &Json) -> Answer {
        let mut request = self.world.request(method.clone(), path, &self.attacker.token);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = send(if body.is_null() { request } else { request.json(body) }).await;
        assert!(answer.status.as_u16() < 500, "{method} {path}: {answer:?}");
        let shown = format!("{:?} {}", answer.headers, answer.body);
        assert!(!shown.contains(CANARY), "{method} {path} {body} tells: {shown}");
        answer
    }

    /// The same attempt at something of another and at something that is nowhere must be answered alike.
    async fn same_as_nothing(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &Json, theirs: &str) {
        let nowhere = "01890000-0000-7000-8000-000000000000";
        let aimed = self.attempt(method.clone(), path, headers, body).await;
        let body = serde_json::from_str(&body.to_string().replace(theirs, nowhere)).unwrap();
        let missed = self.attempt(method.clone(), &path.replace(theirs, nowhere), headers, &body).await;
        assert!(!aimed.status.is_success(), "{method} {path}: {aimed:?}");
        assert_eq!(aimed.status, missed.status, "{method} {path}");
        let hide = |answer: &Answer| answer.body.to_string().replace(theirs, "ID").replace(nowhere, "ID");
        assert_eq!(hide(&aimed), hide(&missed), "{method} {path}");
    }
}

#[tokio::test]
async fn no_operation_crosses_into_another_tenant_or_realm() {
    let stage = Stage::new().await;
    let mut before = Vec::new();
    for other in &stage.others {
        before.push(stage.dump(other).await);
    }
    let described = stage.world.get("/openapi.json", &stage.attacker.token).await.body;
    let paths = described["paths"].as_object().unwrap();
    let mut attempted = 0;
    for (path, operations) in paths {
        for method in operations.as_object().unwrap().keys().filter(|key| *key != "parameters") {
            let method: Method = method.to_uppercase().parse().unwrap();
            for other in &stage.others {
                cross(&stage, other, &method, path).await;
                attempted += 1;
            }
        }
    }
    assert!(attempted > 60, "only {attempted} operations are described");
    for (other, before) in stage.others.iter().zip(before) {
        assert_eq!(stage.dump(other).await, before, "something of theirs changed");
    }
}

/// Attempts at `other` through one operation. One that is new has no attempt yet, and fails.
async fn cross(stage: &Stage, other: &Owner, method: &Method, path: &str) {
    let entity = path.trim_start_matches("/api/data/").split(['/', ':']).next().unwrap_or_default();
    let theirs = if entity == "Invoice" { &other.invoice } else { &other.customer };
    match (method.as_str(), path) {
        ("GET", "/api/data/Customer" | "/api/data/Invoice") => read_all(stage, other, path).await,
        ("GET", "/api/data/Customer:count") => {
            let answer = stage.attempt(Method::GET, &format!("{path}?name[eq]={CANARY}"), &[], &Json::Null).await;
            assert_eq!(answer.body["data"]["count"], 0);
        }
        ("GET", "/api/data/Invoice:count") => {
            for filter in [format!("customer[eq]={}", other.customer), format!("id[eq]={}", other.invoice)] {
                let answer = stage.attempt(Method::GET, &format!("{path}?{filter}"), &[], &Json::Null).await;
                assert_eq!(answer.body["data"]["count"], 0, "{filter}");
            }
        }
        ("POST", "/api/data/Customer") => {
            // A unique value and an id that are taken elsewhere are free here: what is refused would be a hint.
            let number = format!("U{}", &other.customer[30..]);
            let mine = json!({ "number": &number, "name": "mine" });
            let made = stage.world.ask(Method::POST, path, &other.token, mine.clone()).await;
            let taken = stage.attempt(Method::POST, path, &[("Idempotency-Key", &number)], &mine).await;
            assert_eq!((made.status.as_u16(), taken.status.as_u16()), (201, 201), "{}", taken.body);
            let there = format!("{path}/{}", id(&made));
            assert_eq!(stage.world.ask(Method::DELETE, &there, &other.token, Json::Null).await.status, 204);
            // The key of an answer that somebody else got answers nothing of theirs.
            let key = format!("key-of-{}", other.customer);
            let key = [("Idempotency-Key", key.as_str())];
            let secret = json!({ "number": "S1", "name": CANARY });
            let request = stage.world.request(Method::POST, path, &other.token).header(key[0].0, key[0].1).json(&secret);
            let first = send(request).await;
            let mine = json!({ "number": format!("V{}", &other.customer[30..]), "name": "mine" });
            let replayed = stage.attempt(Method::POST, path, &key, &mine).await;
            assert_eq!((replayed.status.as_u16(), replayed.header("idempotency-replayed")), (201, ""));
            let there = format!("{path}/{}", id(&first));
            assert_eq!(stage.world.ask(Method::DELETE, &there, &other.token, Json::Null).await.status, 204);
        }
        ("POST", "/api/data/Invoice") => {
            let body = json!({ "customer": other.customer });
            stage.same_as_nothing(Method::POST, path, &[], &body, &other.customer).await;
        }
        (_, "/api/data/Customer/{id}" | "/api/data/Invoice/{id}") => one_record(stage, other, method, path, theirs).await,
        ("POST", "/api/data:batch") => batch(stage, other, path).await,
        ("POST", "/api/policy/check") => {
            let resource = format!("Customer/{}", other.customer);
            stage.attempt(Method::POST, path, &[], &json!({ "action": "read", "resource": resource })).await;
        }
        ("GET", "/openapi.json" | "/healthz" | "/readyz" | "/metrics") => {
            stage.attempt(Method::GET, path, &[], &Json::Null).await;
        }
        // What is not a principal's stays closed, whatever is asked.
        _ if ["/api/admin/", "/api/audit/", "/api/meta/", "/api/policy/"].iter().any(|area| path.starts_with(area)) => {
            let path = path.replace("{id}", &other.customer).replace(['{', '}'], "");
            let asked = json!({ "action": "read", "resource": format!("Customer/{}", other.customer) });
            let body = match method.as_str() {
                "GET" => Json::Null,
                _ if path.starts_with("/api/policy/") => asked,
                _ => json!({}),
            };
            let answer = stage.attempt(method.clone(), &path, &[], &body).await;
            assert!([401, 403].contains(&answer.status.as_u16()), "{method} {path}: {answer:?}");
        }
        _ => panic!("{method} {path} is described, and nothing here attempts to cross through it"),
    }
}

async fn read_all(stage: &Stage, other: &Owner, path: &str) {
    let find = [
        "limit=200&total=true".to_owned(),
        format!("filter={{\"id\":{{\"in\":[\"{}\",\"{}\"]}}}}", other.customer, other.invoice),
        "page=1&pageSize=200&orderBy=id&orderDir=desc".to_owned(),
        "sort=-createdAt&limit=200".to_owned(),
        format!("after={}&limit=200", other.cursor),
        "filter={\"or\":[{\"createdBy\":{\"startsWith\":\"user\"}},{\"id\":{\"isNull\":false}}]}&limit=200".to_owned(),
    ];
    for query in find {
        for headers in [&[][..], &[("X-Tenant", "green")], &[("X-Realm", "test")], &[("X-Tenant", "blue' OR '1'='1")]] {
            let answer = stage.attempt(Method::GET, &format!("{path}?{query}"), headers, &Json::Null).await;
            if !headers.is_empty() {
                assert_eq!(answer.status, 403, "{headers:?}");
            }
            let shown = answer.body["data"].to_string();
            for id in [&other.customer, &other.invoice] {
                assert!(!shown.contains(id.as_str()), "{path}?{query} shows {id}");
            }
        }
    }
}

async fn one_record(stage: &Stage, other: &Owner, method: &Method, path: &str, theirs: &str) {
    let path = path.replace("{id}", theirs);
    let body = match (*method == Method::PATCH, path.contains("Invoice")) {
        (false, _) => Json::Null,
        (true, true) => json!({ "count": 1 }),
        (true, false) => json!({ "name": "mine" }),
    };
    for headers in [&[][..], &[("If-Match", "\"1\"")], &[("Idempotency-Key", "key-2")]] {
        stage.same_as_nothing(method.clone(), &path, headers, &body, theirs).await;
    }
    if *method == Method::PATCH && path.contains("Invoice") {
        // One's own record, pointed at somebody else's.
        let mine = path.replace(theirs, &stage.attacker.invoice);
        let body = json!({ "customer": other.customer });
        stage.same_as_nothing(Method::PATCH, &mine, &[], &body, &other.customer).await;
    }
}

async fn batch(stage: &Stage, other: &Owner, path: &str) {
    let operations = [
        json!({ "op": "update", "entity": "Customer", "id": other.customer, "data": { "name": "mine" } }),
        json!({ "op": "delete", "entity": "Customer", "id": other.customer }),
        json!({ "op": "delete", "entity": "Invoice", "id": other.customer }),
        json!({ "op": "create", "entity": "Invoice", "data": { "customer": other.customer } }),
        json!({ "op": "update", "entity": "Invoice", "id": stage.attacker.invoice, "data": { "customer": other.customer } }),
    ];
    for operation in operations {
        let innocent = json!({ "op": "update", "entity": "Customer", "id": stage.attacker.customer, "data": {} });
        let body = json!({ "operations": [innocent, operation] });
        stage.same_as_nothing(Method::POST, path, &[], &body, &other.customer).await;
    }
}

/// A tenant that is suspended answers nothing, and nothing about itself.
#[tokio::test]
async fn a_suspended_tenant_is_closed_at_once() {
    let stage = Stage::new().await;
    let green = &stage.others[0];
    let root = Actor::admin("root");
    stage.world.services.access.suspend_tenant(&root, "green", true).await.unwrap();
    let refused = stage.world.get("/api/data/Customer", &green.token).await;
    assert_eq!(refused.status, 403);
    assert!(!refused.body.to_string().contains(CANARY));
    assert_eq!(stage.world.get("/api/data/Customer", &stage.attacker.token).await.status, 200);
    stage.world.services.access.suspend_tenant(&root, "green", false).await.unwrap();
    assert_eq!(stage.world.get("/api/data/Customer", &green.token).await.status, 200);
}

/// As many tenants as a server may have: each sees its own one record.
#[tokio::test]
async fn a_thousand_tenants_see_one_record_each() {
    let world = World::published().await;
    let root = Actor::admin("root");
    let names: Vec<String> = (0..1000).map(|number| format!("t{number}")).collect();
    for tenant in &names {
        world.services.access.add_tenant(&root, tenant, None).await.unwrap();
    }
    let allowed: Vec<&str> = names.iter().map(String::as_str).collect();
    let token = world.token(&["admin"], &allowed).await;
    let ask = |method: Method, path: &str, tenant: &str, body: Json| {
        let request = world.request(method, path, &token).header("X-Tenant", tenant);
        send(if body.is_null() { request } else { request.json(&body) })
    };
    for tenant in &names {
        let made = ask(Method::POST, "/api/data/Customer", tenant, json!({ "number": "C1", "name": tenant })).await;
        assert_eq!(made.status, 201, "{}", made.body);
    }
    for tenant in names.iter().rev() {
        let list = ask(Method::GET, "/api/data/Customer?total=true", tenant, Json::Null).await;
        assert_eq!((list.body["meta"]["total"].as_u64(), list.body["data"][0]["name"].as_str()), (Some(1), Some(&**tenant)));
    }
}
