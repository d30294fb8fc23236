//! The wiring that every host shares: which store, which secrets, which sources, which targets.
//!
//! The desktop window and the command line open workspaces and servers here, so that both have the same adapters and the
//! same words when a file cannot be opened. What is not here: commands, transports, rules.

mod place;
mod refused;
mod sources;

pub use place::{Place, has_password};
pub use refused::refuse_store;

use maq_app::{AppResult, Options, Parts, Services, SystemClock, SystemIds, create_services};
use maq_store::{Store, StoreKind};
use maq_store_postgres::PostgresStore;
use maq_store_sqlite::SqliteStore;
use maq_value::{Actor, Instant, Uuid};
use sources::SqliteFiles;
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

/// Opens the store at `place`.
///
/// # Errors
/// `store/…`: nothing there, no store, made for the other purpose, newer, in use, damaged, not permitted, not safe.
pub async fn open(place: &Place, kind: StoreKind) -> AppResult<Services> {
    let store: Arc<dyn Store> = match place {
        Place::File(path) => {
            let path = path.clone();
            blocking(move || SqliteStore::open(&path, kind)).await?
        }
        Place::Database { records, admin } => {
            PostgresStore::open(records, admin.as_deref(), kind).await.map_err(refuse_store)?
        }
    };
    services_over(store).await
}

/// Makes a store at `place` and opens it; it is named after its file or schema.
///
/// # Errors
/// `store/exists`, and what the disk or the database says.
pub async fn create(place: &Place, kind: StoreKind) -> AppResult<Services> {
    let name = place.store_name();
    let id = format!("sto_{}", Uuid::now_v7().simple());
    let store: Arc<dyn Store> = match place {
        Place::File(path) => {
            let path = path.clone();
            blocking(move || SqliteStore::create(&path, kind, &name, &id, Instant::now())).await?
        }
        Place::Database { records, admin } => {
            let made = PostgresStore::create(records, admin.as_deref(), kind, &name, &id, Instant::now());
            made.await.map_err(refuse_store)?
        }
    };
    services_over(store).await
}

/// Opens the workspace at `place`, making it when nothing is there; true when it was made.
///
/// # Errors
/// As [`open`] and [`create`].
pub async fn open_workspace(place: &Place) -> AppResult<(Services, bool)> {
    match open(place, StoreKind::Workspace).await {
        Err(error) if error.refusal().is_some_and(|refusal| refusal.code == "store/not-found") => {
            Ok((create(place, StoreKind::Workspace).await?, true))
        }
        opened => Ok((opened?, false)),
    }
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

/// Opening a file blocks, and may wait for another process.
async fn blocking(
    work: impl FnOnce() -> Result<Arc<SqliteStore>, maq_store::StoreError> + Send + 'static,
) -> AppResult<Arc<SqliteStore>> {
    let opened = tokio::task::spawn_blocking(work).await.map_err(maq_app::AppError::fault)?;
    opened.map_err(refuse_store)
}

#[cfg(test)]
mod tests;
