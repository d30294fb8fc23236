//! Our server, with a release published to it as a person would.

use super::Subject;
use crate::areas::Failure;
use crate::samples;
use maq_app::{Options, Parts, Services, SystemClock, SystemIds, TokenRequest, create_services};
use maq_doc::Edit;
use maq_keychain::MemoryStore;
use maq_server::{ServeOptions, serve};
use maq_store::{Store, StoreKind};
use maq_store_sqlite::SqliteStore;
use maq_value::{Actor, Instant, Principal};
use serde_json::{Map, Value as Json};
use std::path::Path;
use std::sync::Arc;

/// Publishes the sample to `server`, loads the records and serves it.
pub async fn start(folder: &Path, server: &Services, records: &[Map<String, Json>]) -> Result<Subject, Failure> {
    publish(folder, server, samples::invoice_document()).await?;
    let ids = load(server, records).await?;
    let grant = TokenRequest { user_id: "ann".into(), roles: vec!["sales".into()], ..TokenRequest::default() };
    let (_, token) = server.access.create_token(&Actor::admin("bench"), grant).await.map_err(words)?;
    let running = serve(server.clone(), ServeOptions::default()).await.map_err(words)?;
    let address = running.address();
    // It serves until the process ends.
    std::mem::forget(running);
    Ok(Subject::ours_alike(address, token.expose(), ids))
}

/// Publishes an entity to `server` from a workspace in `folder`.
pub async fn publish(folder: &Path, server: &Services, document: Json) -> Result<(), Failure> {
    let workspace = services_at(&folder.join("workspace.maquette"), StoreKind::Workspace).await?;
    let (owner, admin) = (Actor::owner("bench"), Actor::admin("bench"));
    let add = vec![Edit::AddDocument { document }];
    workspace.workspace.apply_edits(&owner, "add", add, None).await.map_err(words)?;
    let release = workspace.releases.make_release(&owner, None).await.map_err(words)?;
    let key = workspace.access.signing_key(&owner).await.map_err(words)?.public_key;
    server.access.init_server().await.map_err(words)?;
    server.access.trust_key(&admin, &key).await.map_err(words)?;
    let plan = server.deployer.plan(&admin, &release.envelope).await.map_err(words)?;
    server.deployer.apply(&admin, &release.envelope, &plan.digest).await.map_err(words)?;
    workspace.close().await;
    Ok(())
}

/// Services over a new store in a file.
pub async fn services_at(path: &Path, kind: StoreKind) -> Result<Services, Failure> {
    services_over(SqliteStore::create(path, kind, "bench", "sto_bench", Instant::now())?).await
}

/// Services over an open store, with secrets in memory and no other servers.
pub async fn services_over(store: Arc<dyn Store>) -> Result<Services, Failure> {
    let parts = Parts {
        store,
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        secrets: Arc::new(MemoryStore::default()),
        sources: Arc::new(crate::areas::import::Files),
        targets: Arc::new(crate::areas::import::NoServers),
        options: Options::default(),
    };
    create_services(parts).await.map_err(words)
}

/// An error's words, for a benchmark that cannot go on.
pub fn words(error: maq_app::AppError) -> Failure {
    format!("{error:?}").into()
}

async fn load(server: &Services, records: &[Map<String, Json>]) -> Result<Vec<String>, Failure> {
    let shares = records.chunks(records.len().div_ceil(32).max(1));
    let tasks: Vec<_> = shares
        .map(|share| {
            let (server, share) = (server.clone(), share.to_vec());
            tokio::spawn(async move {
                let principal = Principal::new("bench", &["admin"]);
                let mut ids = Vec::with_capacity(share.len());
                for record in share {
                    let made = server.data.create(&principal, "Invoice", Json::Object(record)).await.map_err(words)?;
                    ids.push(made.to_json().get("id").and_then(Json::as_str).unwrap_or_default().to_owned());
                }
                Ok::<_, Failure>(ids)
            })
        })
        .collect();
    let mut ids = Vec::with_capacity(records.len());
    for task in tasks {
        ids.extend(task.await??);
    }
    Ok(ids)
}
