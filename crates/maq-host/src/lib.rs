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
use maq_keychain::Ask;
use maq_store::{Store, StoreKind};
use maq_store_postgres::PostgresStore;
use maq_store_sqlite::SqliteStore;
use maq_value::{Actor, Instant, Uuid};
use sources::ForeignDatabases;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// The services over a store that is open already, with the adapters of this machine.
///
/// # Errors
/// Faults of the store.
pub async fn services_over(store: Arc<dyn Store>) -> AppResult<Services> {
    services_with(store, Options::default()).await
}

/// As [`services_over`], with these settings.
///
/// # Errors
/// Faults of the store.
pub async fn services_with(store: Arc<dyn Store>, options: Options) -> AppResult<Services> {
    create_services(Parts {
        store,
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        secrets: maq_keychain::open_default(ASK.get().cloned()).await,
        sources: Arc::new(ForeignDatabases),
        targets: Arc::new(maq_target_http::HttpConnector::default()),
        options,
    })
    .await
}

/// Opens the store at `place`.
///
/// # Errors
/// `store/…`: nothing there, no store, made for the other purpose, newer, in use, damaged, not permitted, not safe.
pub async fn open(place: &Place, kind: StoreKind) -> AppResult<Services> {
    open_with(place, kind, Options::default()).await
}

/// As [`open`], with these settings.
///
/// # Errors
/// As [`open`].
pub async fn open_with(place: &Place, kind: StoreKind, options: Options) -> AppResult<Services> {
    let store: Arc<dyn Store> = match place {
        Place::File(path) => {
            let path = path.clone();
            blocking(move || SqliteStore::open(&path, kind)).await?
        }
        Place::Database { records, admin } => {
            PostgresStore::open(records, admin.as_deref(), kind).await.map_err(refuse_store)?
        }
    };
    services_with(store, options).await
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

/// Takes away a workspace that was made just now, for work that came to nothing.
///
/// # Errors
/// What the disk or the database says.
pub async fn discard_workspace(place: &Place) -> AppResult<()> {
    match place {
        Place::File(path) => {
            for ending in ["", "-wal", "-shm", "-lock"] {
                let mut name = path.as_os_str().to_owned();
                name.push(ending);
                // What is not there need not go.
                let _ = std::fs::remove_file(Path::new(&name));
            }
            Ok(())
        }
        Place::Database { records, .. } => PostgresStore::discard_workspace(records).await.map_err(refuse_store),
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

/// The person at this machine: `MAQUETTE_USER`, else what the system calls them.
pub fn person_id() -> String {
    let named =
        ["MAQUETTE_USER", "USER", "USERNAME", "LOGNAME"].into_iter().filter_map(|name| std::env::var(name).ok());
    named.map(|name| name.trim().to_owned()).find(|name| !name.is_empty()).unwrap_or("owner".into())
}

/// The person at this machine as the owner of what they make here.
pub fn person() -> Actor {
    Actor::owner(person_id())
}

/// Asks the person for the passphrase of the encrypted secrets file.
static ASK: OnceLock<Ask> = OnceLock::new();

/// Lets secrets ask a person for a passphrase, where there is neither a keychain nor one in the environment. A host
/// with a terminal says this once, before it opens anything.
pub fn ask_passphrases_with(ask: Ask) {
    // The first one stays.
    let _ = ASK.set(ask);
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
