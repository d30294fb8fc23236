//! The HTTP surface: any method, path, headers and body, one after the other, as nobody, as a guest, as a user and as
//! the administrator. Never a fault, problems always in their one form, never a secret or another tenant's data, and
//! what another tenant has stays as it is.

use crate::filters::escaped;
use crate::records;
use crate::run::reached;
use crate::world::{FOREIGN, RUNTIME, World, check_answer};
use axum::body::Body;
use axum::http::{Method, Request, Uri};
use maq_fuzz::Input;
use maq_value::Kind;
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

const PATHS: &[&str] = &[
    "/api/data/Customer",
    "/api/data/Invoice",
    "/api/data/Visit",
    "/api/data/Country",
    "/api/data/Customer/{id}",
    "/api/data/Invoice/{id}",
    "/api/data/Visit/{id}",
    "/api/data/Country/{id}",
    "/api/data/{any}",
    "/api/data/{any}/{any}",
    "/api/data/Customer:count",
    "/api/data/Customer:batch",
    "/api/data/{any}:count",
    "/api/meta/entities",
    "/api/meta/entities/Customer",
    "/api/meta/entities/{any}",
    "/api/meta/entities/Customer/versions",
    "/api/meta/entities/Customer/versions/{any}",
    "/api/meta/entities/{any}/versions/{any}/{any}",
    "/api/meta/entities/{any}/compiled",
    "/api/policy/check",
    "/api/policy/explain",
    "/api/policy/filter",
    "/api/audit/events",
    "/api/audit/events/{any}",
    "/api/audit/verify",
    "/api/admin/status",
    "/api/admin/plan",
    "/api/admin/apply",
    "/api/admin/rollback",
    "/api/admin/load",
    "/api/admin/keys",
    "/api/admin/keys/{any}",
    "/api/admin/tokens",
    "/api/admin/tokens/{any}",
    "/api/admin/tokens/{any}/rotate",
    "/api/admin/tenants",
    "/api/admin/tenants/{any}",
    "/api/admin/tenants/{any}/suspend",
    "/api/admin/tenants/{any}/resume",
    "/api/admin/outbox",
    "/api/admin/outbox/{any}",
    "/openapi.json",
    "/healthz",
    "/readyz",
    "/metrics",
    "/rpc/{any}",
    "/",
    "//",
    "/api",
    "/{any}",
    "*",
];

const QUERIES: &[&str] = &[
    "limit", "after", "page", "pageSize", "sort", "filter", "total", "orderBy", "orderDir", "id[eq]", "tenant", "from",
    "to", "actor", "type", "release", "entity", "phase", "user", "kind", "state", "cursor", "offset", "resource",
    "action", "version", "seq",
];

struct Planted {
    customer: String,
    foreign: Vec<(&'static str, String)>,
}

pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    RUNTIME.block_on(async {
        let world = World::new().await;
        let planted = plant(&world).await;
        let before = theirs(&world, &planted).await;
        let mut administered = false;
        let mut asked = 0;
        while !input.is_over() && asked < 40 {
            asked += 1;
            administered |= one_request(&world, &planted, &mut input).await;
        }
        if !administered {
            assert_eq!(theirs(&world, &planted).await, before, "another tenant's records were changed");
        }
        world.close().await;
    });
}

async fn plant(world: &World) -> Planted {
    let ours = world.create("Customer", &world.ours, &json!({ "number": "1", "name": "Ann" })).await.unwrap();
    let values = json!({ "number": "1", "name": FOREIGN, "mail": format!("{FOREIGN}@example.org") });
    let mut foreign = Vec::new();
    for token in [&world.theirs, &world.elsewhere] {
        let customer = world.create("Customer", token, &values).await.unwrap();
        foreign.push(("Customer", customer["id"].as_str().unwrap().to_owned()));
        let country = json!({ "id": "DE", "title": FOREIGN });
        world.create("Country", token, &country).await.unwrap();
    }
    Planted { customer: ours["id"].as_str().unwrap().to_owned(), foreign }
}

async fn theirs(world: &World, planted: &Planted) -> Vec<String> {
    let mut all = Vec::new();
    for ((entity, id), token) in planted.foreign.iter().zip([&world.theirs, &world.elsewhere]) {
        all.push(world.get(&format!("/api/data/{entity}/{id}"), token).await.text);
        all.push(world.get("/api/data/Country/DE", token).await.text);
    }
    all
}

/// Sends one request; answers whether the administrator was asked to act.
async fn one_request(world: &World, planted: &Planted, input: &mut Input<'_>) -> bool {
    // Records are most of what a server is asked for.
    let template = if input.pick(2) == 0 { input.one(&PATHS[..8]) } else { input.one(PATHS) };
    let template = template.copied().unwrap_or("/");
    let method = method(input, template);
    let mut address = template.to_owned();
    while let Some(at) = address.find('{') {
        let end = address[at..].find('}').map_or(address.len(), |end| at + end + 1);
        let part = if &address[at..end] == "{id}" && input.pick(4) > 0 { id(input, planted) } else { input.text() };
        let part = if input.pick(12) == 11 { part.replace(['{', '}'], "") } else { escaped(&part) };
        address.replace_range(at..end, &part);
    }
    for at in 0..input.pick(3) {
        let name = input.one(QUERIES).copied().unwrap_or("limit");
        let value = if input.pick(3) == 0 { input.json(2).to_string() } else { input.text() };
        let value = if input.pick(12) == 11 { value } else { escaped(&value) };
        let _ = write!(address, "{}{name}={value}", if at == 0 { '?' } else { '&' });
    }
    let Ok(uri) = address.parse::<Uri>() else { return false };
    let body = body(world, planted, template, input);
    let token = match (input.pick(10), template.starts_with("/api/admin") || template.starts_with("/api/audit")) {
        (0, _) => None,
        (1, _) => Some(&world.guest),
        (2, _) | (_, true) => Some(&world.admin),
        _ => Some(&world.ours),
    };
    let mut request = Request::builder().method(method.clone()).uri(uri);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    } else if input.once_in(2) {
        let forged = input.text();
        request = request.header(
            "authorization",
            format!("{} {forged}", ["Bearer", "bearer", "Basic", ""][input.pick(4)]).into_bytes(),
        );
    }
    if input.pick(4) > 0 {
        request = request.header("content-type", "application/json");
    }
    for _ in 0..input.pick(12) / 9 {
        let name = [
            "content-type",
            "x-tenant",
            "x-realm",
            "if-match",
            "if-none-match",
            "idempotency-key",
            "accept",
            "maquette-version",
            "x-request-id",
            "content-length",
        ];
        let name = input.one(&name).copied().unwrap_or("accept");
        let value = match input.pick(4) {
            0 => "other".to_owned(),
            1 => "\"1\"".to_owned(),
            2 => "acme".to_owned(),
            _ => input.text(),
        };
        request = request.header(name, value.into_bytes());
    }
    let Ok(request) = request.body(Body::from(body.clone())) else { return false };
    let shown = || format!("{method} {address} {}", String::from_utf8_lossy(&body));
    let answer = world.send(request).await;
    if method != Method::HEAD {
        check_answer(&answer, &shown);
    }
    for secret in secrets(world, token) {
        assert!(!answer.text.contains(&secret), "a secret in {} after {}", answer.text, shown());
    }
    for words in ["SELECT ", "INSERT INTO", "panicked", "rusqlite", "src/"] {
        assert!(
            !answer.text.contains(words) || shown().contains(words),
            "an inside in {} after {}",
            answer.text,
            shown()
        );
    }
    reached(match answer.status.as_u16() {
        200..=299 => "requests answered",
        401 | 403 => "requests not allowed",
        404 | 405 => "requests of nothing",
        _ => "requests refused",
    });
    token == Some(&world.admin) && method != Method::GET && method != Method::HEAD
}

/// Tokens of others, and what is kept of tokens.
fn secrets(world: &World, own: Option<&String>) -> Vec<String> {
    let tokens = [&world.admin, &world.ours, &world.guest, &world.theirs, &world.elsewhere];
    let others = tokens.iter().filter(|token| Some(**token) != own).map(|token| (*token).clone());
    let hashes = tokens.iter().map(|token| {
        Sha256::digest(token.as_bytes()).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    });
    others.chain(hashes).collect()
}

/// Mostly one that the path takes.
fn method(input: &mut Input<'_>, template: &str) -> Method {
    const METHODS: [Method; 8] = [
        Method::GET,
        Method::POST,
        Method::PATCH,
        Method::DELETE,
        Method::PUT,
        Method::HEAD,
        Method::OPTIONS,
        Method::TRACE,
    ];
    let fitting: &[Method] = match template {
        path if path.ends_with("{id}") => &[Method::GET, Method::PATCH, Method::DELETE],
        "/api/data/Customer" | "/api/data/Invoice" | "/api/data/Visit" | "/api/data/Country" => {
            &[Method::POST, Method::POST, Method::GET]
        }
        path if path.starts_with("/api/policy/") || path.ends_with(":batch") => &[Method::POST],
        path if path.starts_with("/api/admin/") && path.ends_with("{any}") => {
            &[Method::DELETE, Method::PATCH, Method::GET]
        }
        path if path.starts_with("/api/admin/") => &[Method::POST, Method::GET],
        _ => &[Method::GET],
    };
    match input.pick(10) {
        8 => METHODS[input.pick(METHODS.len())].clone(),
        9 => Method::from_bytes(input.text().as_bytes()).unwrap_or(Method::CONNECT),
        _ => fitting[input.pick(fitting.len())].clone(),
    }
}

fn id(input: &mut Input<'_>, planted: &Planted) -> String {
    match input.pick(4) {
        0 => planted.foreign[input.pick(planted.foreign.len())].1.clone(),
        1 => ["DE", "1", "0"][input.pick(3)].to_owned(),
        _ => planted.customer.clone(),
    }
}

fn body(world: &World, planted: &Planted, template: &str, input: &mut Input<'_>) -> Vec<u8> {
    let mut json = match template {
        "/api/data/Customer" => json!({ "number": input.text(), "name": records::value(input, Kind::Text) }),
        "/api/data/Customer/{id}" => json!({ "name": records::value(input, Kind::Text), "rowVersion": 1 }),
        "/api/data/Invoice" | "/api/data/Invoice/{id}" => json!({
            "customer": id(input, planted), "total": records::value(input, Kind::Decimal), "count": records::value(input, Kind::Integer),
            "due": records::value(input, Kind::Date), "at": records::value(input, Kind::Time), "sent": records::value(input, Kind::Instant),
            "takes": records::value(input, Kind::Duration), "extra": input.json(3),
        }),
        "/api/data/Customer:batch" => json!({ "operations": [
            { "op": "create", "values": { "number": input.text(), "name": "x" } },
            { "op": "update", "id": id(input, planted), "values": { "name": "y" } }, { "op": "delete", "id": id(input, planted) },
        ] }),
        "/api/data/Visit" => {
            json!({ "who": input.text(), "visited": records::value(input, Kind::Instant), "id": input.number() })
        }
        "/api/data/Country" => json!({ "id": input.text(), "title": input.text() }),
        "/api/policy/check" | "/api/policy/explain" | "/api/policy/filter" => json!({
            "entity": "Customer", "action": "read", "resource": "Customer", "recordId": id(input, planted),
            "principal": { "userId": "x", "tenantId": "other", "realmId": "default", "roles": ["admin"] },
        }),
        "/api/admin/plan" => json!({ "envelope": envelope(world, input) }),
        "/api/admin/apply" => json!({ "envelope": envelope(world, input), "plan": input.text() }),
        "/api/admin/load" => {
            json!({ "release": input.text(), "entity": "Customer", "phase": "insert", "tenantId": "acme", "rows": [input.json(3)] })
        }
        "/api/admin/keys" => json!({ "publicKey": input.text() }),
        "/api/admin/tokens" => {
            json!({ "userId": input.text(), "roles": [input.text()], "tenants": ["acme"], "expiresIn": input.number() })
        }
        "/api/admin/tenants" | "/api/admin/tenants/{any}" => json!({ "id": input.text(), "name": input.text() }),
        _ => json!({}),
    };
    match input.pick(8) {
        0 => return input.bytes(40).to_vec(),
        1 => json = input.json(4),
        2 | 3 => input.mutate(&mut json),
        _ => {}
    }
    let mut bytes = json.to_string().into_bytes();
    if input.pick(10) == 9 {
        input.damage(&mut bytes);
    }
    bytes
}

fn envelope(world: &World, input: &mut Input<'_>) -> Json {
    let mut envelope: Json = serde_json::from_str(&world.envelope).unwrap();
    if input.pick(3) == 0 {
        input.mutate(&mut envelope);
    }
    if input.pick(2) == 0 { json!(envelope.to_string()) } else { envelope }
}
