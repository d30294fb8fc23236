//! The wiring that every host shares: which store, which secrets, which sources, which targets.
//!
//! The desktop window and the command line open workspaces and servers here, so that both have the same adapters and the
//! same words when a file cannot be opened. What is not here: commands, transports, rules.

mod refused;
mod sources;

pub use refused::refuse_store;

use maq_app::{AppResult, Options, Parts, Services, SystemClock, SystemIds, create_services};
use maq_store::{Store, StoreKind};
use maq_store_sqlite::SqliteStore;
use maq_value::{Actor, Instant, Uuid};
use sources::SqliteFiles;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The services over a store that is open already, with the adapters of this machine.
///
/// # Errors
/// Faults of the store.
pub async fn services_over(store: Arc<dyn Store>) -> AppResult<Services> {
    create_services(Parts {
        store,
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        secrets: maq_keychain::open_default().await,
        sources: Arc::new(SqliteFiles),
        targets: Arc::new(maq_target_http::HttpConnector::default()),
        options: Options::default(),
    })
    .await
}

/// Opens the store at `path`.
///
/// # Errors
/// `store/…`: nothing there, no store, made for the other purpose, newer, in use, damaged, not permitted.
pub async fn open(path: &Path, kind: StoreKind) -> AppResult<Services> {
    let place = path.to_owned();
    services_over(blocking(move || SqliteStore::open(&place, kind)).await?).await
}

/// Makes a store at `path` and opens it; its name is the file's.
///
/// # Errors
/// `store/exists`, and what the disk says.
pub async fn create(path: &Path, kind: StoreKind) -> AppResult<Services> {
    let place = path.to_owned();
    let name = store_name(path);
    let id = format!("sto_{}", Uuid::now_v7().simple());
    services_over(blocking(move || SqliteStore::create(&place, kind, &name, &id, Instant::now())).await?).await
}

/// Opens the workspace at `path`, making it when nothing is there.
///
/// # Errors
/// As [`open`] and [`create`].
pub async fn open_workspace(path: &Path) -> AppResult<Services> {
    if path.exists() { open(path, StoreKind::Workspace).await } else { create(path, StoreKind::Workspace).await }
}

/// A workspace that is gone when it is closed: a folder of documents is read into one.
///
/// # Errors
/// What the store says.
pub async fn in_memory(name: &str) -> AppResult<Services> {
    let name = name.to_owned();
    let id = format!("sto_{}", Uuid::now_v7().simple());
    let store = blocking(move || SqliteStore::open_in_memory(StoreKind::Workspace, &name, &id, Instant::now()));
    services_over(store.await?).await
}

/// The person at this machine, who owns the local files.
pub fn person() -> Actor {
    let named =
        ["MAQUETTE_USER", "USER", "USERNAME", "LOGNAME"].into_iter().filter_map(|name| std::env::var(name).ok());
    Actor::owner(named.map(|name| name.trim().to_owned()).find(|name| !name.is_empty()).unwrap_or("owner".into()))
}

/// Where the file of a store lies, from what a person wrote: a path, or `sqlite:` before one.
pub fn store_path(written: &str) -> PathBuf {
    PathBuf::from(written.strip_prefix("sqlite:").map_or(written, |rest| rest.strip_prefix("//").unwrap_or(rest)))
}

fn store_name(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_else(|| "Workspace".into())
}

/// Opening a file blocks, and may wait for another process.
async fn blocking(
    work: impl FnOnce() -> Result<Arc<SqliteStore>, maq_store::StoreError> + Send + 'static,
) -> AppResult<Arc<SqliteStore>> {
    let opened = tokio::task::spawn_blocking(work).await.map_err(maq_app::AppError::fault)?;
    opened.map_err(refuse_store)
}

#[cfg(test)]
mod tests;
