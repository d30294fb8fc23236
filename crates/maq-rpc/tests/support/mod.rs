//! A router over a workspace in memory, with secrets in memory and no sources or servers.
#![allow(missing_docs, dead_code)]

use async_trait::async_trait;
use maq_app::{
    AppResult, Options, Parts, SourceOpener, SystemClock, SystemIds, TargetClient, TargetConnector, create_services,
    refusals,
};
use maq_keychain::{MemoryStore, Secret};
use maq_rpc::Router;
use maq_store::source::SourceError;
use maq_store::{SourceReader, StoreKind};
use maq_store_sqlite::SqliteStore;
use maq_value::{Actor, Instant};
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

pub async fn router() -> Router {
    let store = SqliteStore::open_in_memory(StoreKind::Workspace, "Test", "sto_test", Instant::now()).unwrap();
    let services = create_services(Parts {
        store,
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        secrets: Arc::new(MemoryStore::default()),
        sources: Arc::new(NoSources),
        targets: Arc::new(NoServers),
        options: Options::default(),
    })
    .await
    .unwrap();
    Router::new(services, Actor::owner("ann"))
}

/// The answer of a command that must succeed.
pub async fn ask(router: &Router, command: &str, request: Json) -> Json {
    let answer = router.call(command, request.clone(), None).await;
    answer.unwrap_or_else(|error| panic!("{command} {request}: {error:?}"))
}

/// The code of a command that must be refused.
pub async fn refused(router: &Router, command: &str, request: Json) -> String {
    match router.call(command, request.clone(), None).await {
        Ok(answer) => panic!("{command} {request} answered {answer}"),
        Err(error) => error.code,
    }
}

pub fn invoice_schema() -> Json {
    json!({
        "fields": [
            { "name": "invoiceNumber", "type": "string", "required": true },
            { "name": "total", "type": "decimal", "precision": 12, "scale": 2 },
        ],
        "policies": [
            { "name": "all", "effect": "allow", "action": "*", "resource": "Invoice", "roles": ["admin"] },
            { "name": "guests", "effect": "allow", "action": "read", "resource": "Invoice", "roles": ["guest"] },
        ],
    })
}

/// A router with the entity `Invoice`, version `v1` running.
pub async fn with_invoices() -> Router {
    let router = router().await;
    let request = json!({ "name": "Invoice", "version": "v1", "schema": invoice_schema() });
    ask(&router, "meta.create_entity_with_version", request).await;
    router
}
