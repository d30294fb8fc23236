//! A server in this process that runs the samples for three callers: us, another tenant, and our tenant's other realm.
//! What the others write holds a marker that may never reach us.

use crate::samples;
use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use maq_app::{
    AppResult, Options, Parts, Services, SourceOpener, SystemClock, SystemIds, TargetClient, TargetConnector,
    create_services, refusals,
};
use maq_doc::digest;
use maq_keychain::{MemoryStore, Secret};
use maq_release::{BundleEntity, ReleaseBundle, SigningKey, sign};
use maq_store::source::SourceError;
use maq_store::{SourceReader, StoreKind};
use maq_store_sqlite::SqliteStore;
use maq_value::Instant;
use serde_json::{Value as Json, json};
use std::sync::{Arc, LazyLock};
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// In every text that another tenant or realm has written.
pub const FOREIGN: &str = "qzForeignqz";

pub static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap());

struct Nothing;

impl SourceOpener for Nothing {
    fn open(&self, location: &str) -> Result<Arc<dyn SourceReader>, SourceError> {
        Err(SourceError::NotFound(location.to_owned()))
    }
}

#[async_trait]
impl TargetConnector for Nothing {
    async fn connect(&self, url: &str, _token: &Secret) -> AppResult<Arc<dyn TargetClient>> {
        Err(refusals::TARGET_UNREACHABLE.with(&[("url", url), ("reason", "no servers in this test")]))
    }
}

pub struct World {
    router: Router,
    services: Services,
    pub admin: String,
    pub ours: String,
    pub guest: String,
    pub theirs: String,
    pub elsewhere: String,
    pub envelope: String,
}

/// An answer, read.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap_or(Json::Null)
    }

    pub fn kind(&self) -> &str {
        self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl World {
    pub async fn new() -> World {
        let store = SqliteStore::open_in_memory(StoreKind::Server, "Fuzz", "sto_fuzz", Instant::now()).unwrap();
        let services = create_services(Parts {
            store,
            clock: Arc::new(SystemClock),
            ids: Arc::new(SystemIds),
            secrets: Arc::new(MemoryStore::default()),
            sources: Arc::new(Nothing),
            targets: Arc::new(Nothing),
            options: Options::default(),
        })
        .await
        .unwrap();
        let admin = services.access.init_server().await.unwrap();
        let key = SigningKey::from_seed([7; 32]);
        let envelope = sign(&bundle(), &key).to_json();
        let router = maq_server::router(services.clone());
        let none = String::new();
        let (ours, guest, theirs, elsewhere) = (none.clone(), none.clone(), none.clone(), none);
        let mut world = World { router, services, admin, ours, guest, theirs, elsewhere, envelope };
        world.administer("/api/admin/keys", json!({ "publicKey": key.public().to_base64() })).await;
        let plan = world.administer("/api/admin/plan", json!({ "envelope": world.envelope })).await;
        world.administer("/api/admin/apply", json!({ "envelope": world.envelope, "plan": plan["digest"] })).await;
        for tenant in ["acme", "other"] {
            world.administer("/api/admin/tenants", json!({ "id": tenant, "name": tenant })).await;
        }
        world.ours = world.token("acme", "admin", None).await;
        world.guest = world.token("acme", "guest", None).await;
        world.theirs = world.token("other", "admin", None).await;
        world.elsewhere = world.token("acme", "admin", Some("test")).await;
        world
    }

    async fn administer(&self, path: &str, body: Json) -> Json {
        let answer = self.ask(Method::POST, path, &self.admin, Some(&body)).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
        answer.json()
    }

    async fn token(&self, tenant: &str, role: &str, realm: Option<&str>) -> String {
        let mut request = json!({ "userId": format!("{role}@{tenant}"), "roles": [role], "tenants": [tenant] });
        if let Some(realm) = realm {
            request["realmId"] = json!(realm);
        }
        let made = self.administer("/api/admin/tokens", request).await;
        made["token"].as_str().expect("a new token is shown").to_owned()
    }

    pub async fn ask(&self, method: Method, path: &str, token: &str, body: Option<&Json>) -> Answer {
        let mut request =
            Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(request.body(body).unwrap()).await
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.ask(Method::GET, path, token, None).await
    }

    /// A record, or what refused it.
    pub async fn create(&self, entity: &str, token: &str, values: &Json) -> Result<Json, String> {
        let answer = self.ask(Method::POST, &format!("/api/data/{entity}"), token, Some(values)).await;
        if answer.status == StatusCode::CREATED { Ok(answer.json()["data"].clone()) } else { Err(answer.text) }
    }

    pub async fn close(self) {
        self.services.close().await;
    }
}

fn bundle() -> ReleaseBundle {
    let entities = samples::documents().into_iter().filter(|document| document["kind"] == "entity");
    let entities = entities.map(|document| {
        // As it is stored: a draft has all the keys of its document.
        let document = samples::read(&document).expect("a sample is read").to_json();
        BundleEntity {
            id: document["id"].as_str().unwrap().to_owned(),
            name: document["name"].as_str().unwrap().to_owned(),
            version: "v1".to_owned(),
            digest: digest(&document).0,
            document,
        }
    });
    ReleaseBundle::new(entities.collect())
}

/// What holds for every answer: no fault of ours, and problems in their one form.
pub fn check_answer(answer: &Answer, asked: &dyn Fn() -> String) {
    let status = answer.status.as_u16();
    assert!(status < 500, "{status} {} after {}", answer.text, asked());
    if status >= 400 {
        assert_eq!(answer.kind(), "application/problem+json", "{status} {} after {}", answer.text, asked());
        let problem = answer.json();
        assert_eq!(problem["status"], json!(status), "{} after {}", answer.text, asked());
        assert!(problem["code"].is_string() && problem["title"].is_string(), "{} after {}", answer.text, asked());
    }
    assert!(!answer.text.contains(FOREIGN), "another tenant's data: {} after {}", answer.text, asked());
}
