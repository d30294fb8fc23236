//! Services over a store in a temporary folder, with secrets in memory.
#![allow(dead_code, missing_docs, clippy::unwrap_used)]

use async_trait::async_trait;
use maq_app::{
    AppResult, Options, Parts, Services, SourceOpener, SystemClock, SystemIds, TargetClient, TargetConnector,
    create_services, refusals,
};
use maq_keychain::{MemoryStore, Secret};
use maq_store::source::SourceError;
use maq_store::{SourceReader, StoreKind};
use maq_store_sqlite::SqliteStore;
use maq_store_sqlite::source::SqliteSource;
use maq_value::{Actor, Instant, Principal};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub struct World {
    pub services: Services,
    pub folder: tempfile::TempDir,
    pub owner: Actor,
}

pub struct Files;

impl SourceOpener for Files {
    fn open(&self, location: &str) -> Result<Arc<dyn SourceReader>, SourceError> {
        if maq_store_postgres::Address::is_one(location) {
            return Ok(Arc::new(maq_store_postgres::source::PostgresSource::open(location)?));
        }
        Ok(Arc::new(SqliteSource::open(Path::new(location))?))
    }
}

pub struct NoServers;

#[async_trait]
impl TargetConnector for NoServers {
    async fn connect(&self, url: &str, _token: &Secret) -> AppResult<Arc<dyn TargetClient>> {
        Err(refusals::TARGET_UNREACHABLE.with(&[("url", url), ("reason", "no servers in this test")]))
    }
}

pub async fn services_at(path: &Path, kind: StoreKind, options: Options) -> Services {
    let store = if path.exists() {
        SqliteStore::open(path, kind).unwrap()
    } else {
        SqliteStore::create(path, kind, "Test", "sto_test", Instant::now()).unwrap()
    };
    let parts = Parts {
        store,
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        secrets: Arc::new(MemoryStore::default()),
        sources: Arc::new(Files),
        targets: Arc::new(NoServers),
        options,
    };
    create_services(parts).await.unwrap()
}

pub async fn world() -> World {
    world_of(StoreKind::Workspace, Options::default()).await
}

pub async fn world_of(kind: StoreKind, options: Options) -> World {
    let folder = tempfile::tempdir().unwrap();
    let services = services_at(&folder.path().join("test.maquette"), kind, options).await;
    World { services, folder, owner: Actor::owner("ann") }
}

impl World {
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("test.maquette")
    }

    pub fn admin(&self) -> Principal {
        Principal::new("ann", &["admin"])
    }

    /// Closes the store and opens it again.
    pub async fn reopen(self) -> World {
        self.services.close().await;
        let World { services, folder, owner } = self;
        drop(services);
        let services =
            services_at(&folder.path().join("test.maquette"), StoreKind::Workspace, Options::default()).await;
        World { services, folder, owner }
    }
}
