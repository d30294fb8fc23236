//! A server's store that outlives its server, and one that takes no decisions.

use super::support::{World, services_over};
use async_trait::async_trait;
use maq_app::Options;
use maq_query::{Dialect, Statement};
use maq_server::{ServeOptions, serve};
use maq_store::{ChangeListener, Receipt, Rows, Store, StoreError, StoreInfo, StoreKind, UnitOfWork};
use maq_store_postgres::{Address, PostgresStore};
use maq_store_sqlite::SqliteStore;
use maq_testkit::postgres::{TestDatabase, database};
use maq_value::Instant;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// Where the store is.
enum Place {
    File(tempfile::TempDir),
    Database(Box<TestDatabase>),
}

/// A server's store with an admin token, opened and closed again.
pub struct Shop {
    place: Place,
    admin: Mutex<Option<String>>,
}

impl Shop {
    pub async fn new() -> Shop {
        let place = if module_path!().starts_with("postgres") {
            Place::Database(Box::new(database()))
        } else {
            Place::File(tempfile::tempdir().unwrap())
        };
        let shop = Shop { place, admin: Mutex::default() };
        let kind = StoreKind::Server;
        let store: Arc<dyn Store> = match &shop.place {
            Place::File(folder) => {
                let path = folder.path().join("server.db");
                SqliteStore::create(&path, kind, "Test", "sto_test", Instant::now()).unwrap()
            }
            Place::Database(database) => {
                let (records, admin) = (address(&database.data_url()), address(&database.owner_url()));
                let made = PostgresStore::create(&records, Some(&admin), kind, "Test", "sto_test", Instant::now());
                made.await.unwrap()
            }
        };
        let services = services_over(store, Options::default()).await;
        *shop.admin.lock().unwrap() = Some(services.access.init_server().await.unwrap());
        services.close().await;
        shop
    }

    /// Whether two processes may hold it.
    pub fn is_shared(&self) -> bool {
        matches!(self.place, Place::Database(_))
    }

    async fn store(&self) -> Arc<dyn Store> {
        match &self.place {
            Place::File(folder) => SqliteStore::open(&folder.path().join("server.db"), StoreKind::Server).unwrap(),
            Place::Database(database) => {
                let (records, admin) = (address(&database.data_url()), address(&database.owner_url()));
                PostgresStore::open(&records, Some(&admin), StoreKind::Server).await.unwrap()
            }
        }
    }

    pub async fn open(&self, options: Options) -> World {
        self.open_through(Broken::default(), options).await
    }

    /// A server whose store takes no decisions while it is `broken`.
    pub async fn open_through(&self, broken: Broken, options: Options) -> World {
        let store = Arc::new(Sieve { inner: self.store().await, broken });
        let services = services_over(store, options).await;
        let running = serve(services.clone(), ServeOptions::default()).await.unwrap();
        let admin = self.admin.lock().unwrap().clone().unwrap();
        World::around(services, running, admin).await
    }

    /// Ends the server as a signal does.
    pub async fn stop(&self, mut world: World) {
        world.running.take().unwrap().stop().await;
    }

    /// What the store hashes masked values with.
    pub async fn secret(&self) -> String {
        let store = self.store().await;
        let found = store.read(maq_query::decisions::secret("mask", store.dialect())).await.unwrap();
        store.close().await;
        found.0[0][0].as_text().unwrap().to_owned()
    }

    /// Decisions in the table, whoever's they are, while no server runs.
    pub async fn rows(&self) -> i64 {
        let store = self.store().await;
        let scope = maq_value::Scope::default();
        let filter = maq_query::decisions::DecisionFilter::default();
        let found = store.read(maq_query::decisions::newest(&scope, &filter, 1_000, store.dialect())).await.unwrap();
        store.close().await;
        i64::try_from(found.0.len()).unwrap()
    }
}

fn address(url: &str) -> Address {
    Address::parse(url).unwrap()
}

/// Whether the store takes no decisions.
#[derive(Clone, Default)]
pub struct Broken(pub Arc<AtomicBool>);

/// A store that may refuse to write decisions, as a disk does that is full.
struct Sieve {
    inner: Arc<dyn Store>,
    broken: Broken,
}

fn is_of_decisions(work: &UnitOfWork) -> bool {
    work.bulk.iter().any(|bulk| bulk.statement.sql.contains("meta_decisions"))
        || work.operations.iter().any(|operation| operation.statement.sql.contains("meta_decision"))
}

#[async_trait]
impl Store for Sieve {
    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }

    fn info(&self) -> &StoreInfo {
        self.inner.info()
    }

    async fn read(&self, statement: Statement) -> Result<Rows, StoreError> {
        self.inner.read(statement).await
    }

    async fn commit(&self, work: UnitOfWork) -> Result<Receipt, StoreError> {
        if self.broken.0.load(Ordering::SeqCst) && is_of_decisions(&work) {
            return Err(StoreError::DiskFull("test".into()));
        }
        self.inner.commit(work).await
    }

    async fn seal(&self) -> Result<u64, StoreError> {
        self.inner.seal().await
    }

    fn on_change(&self, listener: Arc<dyn ChangeListener>) {
        self.inner.on_change(listener);
    }

    async fn integrity(&self) -> Result<Vec<String>, StoreError> {
        self.inner.integrity().await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}
