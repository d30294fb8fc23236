//! A server over a store in memory that runs a release of `Customer` and `Invoice`, and ways to ask it.
#![allow(missing_docs, dead_code)]

use async_trait::async_trait;
use maq_app::{
    AppResult, Options, Parts, Services, SourceOpener, SystemClock, SystemIds, TargetClient, TargetConnector,
    TokenRequest, create_services, refusals,
};
use maq_keychain::{MemoryStore, Secret};
use maq_server::{Running, ServeOptions, serve};
use maq_store::source::SourceError;
use maq_store::{SourceReader, Store, StoreKind};
use maq_store_postgres::{Address, PostgresStore};
use maq_store_sqlite::SqliteStore;
use maq_value::{Actor, Instant};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value as Json, json};
use std::sync::Arc;

struct NoSources;

impl SourceOpener for NoSources {
    fn open(&self, location: &str) -> Result<Arc<dyn SourceReader>, SourceError> {
        Err(SourceError::NotFound(location.to_owned()))
    }
}

struct NoServers;

#[async_trait]
impl TargetConnector for NoServers {
    async fn connect(&self, url: &str, _token: &Secret) -> AppResult<Arc<dyn TargetClient>> {
        Err(refusals::TARGET_UNREACHABLE.with(&[("url", url), ("reason", "no servers in this test")]))
    }
}

pub async fn services(kind: StoreKind) -> Services {
    if kind == StoreKind::Server && module_path!().starts_with("postgres") {
        return services_over(server_on_postgres().await, Options::default()).await;
    }
    let store = SqliteStore::open_in_memory(kind, "Test", "sto_test", Instant::now()).unwrap();
    services_over(store, Options::default()).await
}

/// A server's store in a database of its own: what the same tests in `tests/postgres_*.rs` run on.
async fn server_on_postgres() -> Arc<dyn Store> {
    let database = Box::leak(Box::new(maq_testkit::postgres::database()));
    let at = |url: String| Address::parse(&url).unwrap();
    let (records, admin) = (at(database.data_url()), at(database.owner_url()));
    let made = PostgresStore::create(&records, Some(&admin), StoreKind::Server, "Test", "sto_test", Instant::now());
    made.await.unwrap()
}

pub async fn services_over(store: Arc<dyn Store>, options: Options) -> Services {
    create_services(Parts {
        store,
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        secrets: Arc::new(MemoryStore::default()),
        sources: Arc::new(NoSources),
        targets: Arc::new(NoServers),
        options,
    })
    .await
    .unwrap()
}

pub fn entities() -> Vec<Json> {
    let policies = |name: &str| {
        json!([
            { "name": "admins", "effect": "allow", "action": "*", "resource": name, "roles": ["admin"] },
            { "name": "guests", "effect": "allow", "action": "read", "resource": name, "roles": ["guest"] },
        ])
    };
    vec![
        json!({
            "kind": "entity", "format": 1, "name": "Customer",
            "fields": [
                { "name": "number", "type": "string", "required": true, "unique": true, "maxLength": 10 },
                { "name": "name", "type": "string", "required": true },
            ],
            "policies": policies("Customer"),
        }),
        json!({
            "kind": "entity", "format": 1, "name": "Invoice",
            "fields": [
                { "name": "customer", "type": "reference", "referenceTo": "Customer", "required": true },
                { "name": "total", "type": "decimal", "precision": 12, "scale": 2 },
                { "name": "count", "type": "integer" },
            ],
            "policies": policies("Invoice"),
        }),
    ]
}

/// A publisher's workspace.
pub struct Publisher {
    pub services: Services,
    pub actor: Actor,
}

impl Publisher {
    pub async fn new() -> Publisher {
        let publisher = Publisher { services: services(StoreKind::Workspace).await, actor: Actor::owner("ann") };
        for json in entities() {
            let document = maq_doc_json(json);
            publisher.edit(json!([{ "op": "addDocument", "document": document }])).await;
        }
        publisher
    }

    pub async fn edit(&self, edits: Json) {
        let edits = serde_json::from_value(edits).unwrap();
        self.services.workspace.apply_edits(&self.actor, "Edit", edits, None).await.unwrap();
    }

    /// A field more, so that the next release is another one.
    pub async fn add_field(&self, name: &str) {
        let field = json!({ "id": format!("fld_{name}"), "name": name, "type": "string" });
        let edit = json!({ "op": "add", "document": "ent_Customer", "path": ["fields"], "value": field });
        self.edit(json!([edit])).await;
    }

    /// The signed release of the documents as they stand.
    pub async fn envelope(&self) -> String {
        self.services.releases.make_release(&self.actor, None).await.unwrap().envelope
    }
}

fn maq_doc_json(mut json: Json) -> Json {
    json["id"] = json!(format!("ent_{}", json["name"].as_str().unwrap()));
    for list in ["fields", "policies"] {
        let prefix = &list[..3];
        for member in json[list].as_array_mut().unwrap() {
            member["id"] = json!(format!("{prefix}_{}_{}", json_id(member), json_name(member)));
            if let Some(action) = member.as_object_mut().unwrap().remove("action") {
                member["actions"] = json!([action]);
                member.as_object_mut().unwrap().remove("resource");
            }
        }
    }
    json
}

fn json_id(member: &Json) -> String {
    member["resource"].as_str().unwrap_or_default().to_owned()
}

fn json_name(member: &Json) -> &str {
    member["name"].as_str().unwrap()
}

/// A server that runs, its admin token, and the publisher it trusts.
pub struct World {
    pub running: Option<Running>,
    pub services: Services,
    pub url: String,
    pub admin: String,
    pub publisher: Publisher,
    client: Client,
}

impl World {
    /// A server that runs nothing yet.
    pub async fn empty() -> World {
        World::with(ServeOptions::default()).await
    }

    /// The same, served otherwise.
    pub async fn with(options: ServeOptions) -> World {
        let services = services(StoreKind::Server).await;
        let admin = services.access.init_server().await.unwrap();
        let running = serve(services.clone(), options).await.unwrap();
        World::around(services, running, admin).await
    }

    /// A server that runs already.
    pub async fn around(services: Services, running: Running, admin: String) -> World {
        let url = running.url();
        World { running: Some(running), services, url, admin, publisher: Publisher::new().await, client: Client::new() }
    }

    /// A server that runs the publisher's release.
    pub async fn published() -> World {
        let world = World::empty().await;
        world.trust().await;
        world.publish().await;
        world
    }

    pub async fn trust(&self) {
        let key = self.publisher.services.access.signing_key(&self.publisher.actor).await.unwrap().public_key;
        let answer = self.admin_asks(Method::POST, "/api/admin/keys", json!({ "publicKey": key })).await;
        assert_eq!(answer.status, StatusCode::CREATED);
    }

    pub async fn publish(&self) -> Answer {
        let envelope = self.publisher.envelope().await;
        let plan = self.admin_asks(Method::POST, "/api/admin/plan", json!({ "envelope": envelope })).await;
        assert_eq!(plan.status, StatusCode::OK, "{}", plan.body);
        let body = json!({ "envelope": envelope, "plan": plan.body["digest"] });
        let applied = self.admin_asks(Method::POST, "/api/admin/apply", body).await;
        assert_eq!(applied.status, StatusCode::OK, "{}", applied.body);
        applied
    }

    /// A data token.
    pub async fn token(&self, roles: &[&str], tenants: &[&str]) -> String {
        let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        let request: TokenRequest =
            TokenRequest { user_id: "bob".into(), roles: owned(roles), tenants: owned(tenants), ..empty_request() };
        self.services.access.create_token(&Actor::admin("root"), request).await.unwrap().1.expose().to_owned()
    }

    pub fn request(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.url));
        if token.is_empty() { request } else { request.bearer_auth(token) }
    }

    pub async fn ask(&self, method: Method, path: &str, token: &str, body: Json) -> Answer {
        let request = self.request(method, path, token);
        send(if body.is_null() { request } else { request.json(&body) }).await
    }

    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.ask(Method::GET, path, token, Json::Null).await
    }

    pub async fn admin_asks(&self, method: Method, path: &str, body: Json) -> Answer {
        self.ask(method, path, &self.admin, body).await
    }

    /// A customer, made by an administrator.
    pub async fn customer(&self, token: &str, number: &str) -> Answer {
        let body = json!({ "number": number, "name": format!("Customer {number}") });
        self.ask(Method::POST, "/api/data/Customer", token, body).await
    }
}

fn empty_request() -> TokenRequest {
    serde_json::from_value(json!({ "userId": "" })).unwrap()
}

/// An answer, read.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: Json,
}

impl Answer {
    pub fn code(&self) -> (u16, &str) {
        (self.status.as_u16(), self.body["code"].as_str().unwrap_or_default())
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

pub async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Json::String(text));
    Answer { status, headers, body }
}
