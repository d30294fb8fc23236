//! A store that remembers the statements that read records, services on it, and the database's own plan of a statement.

use super::support::{Files, NoServers};
use async_trait::async_trait;
use maq_app::{ApplyRequest, Job, LOCAL, Options, Parts, Services, SystemClock, SystemIds, create_services};
use maq_doc::Edit;
use maq_keychain::MemoryStore;
use maq_query::{Dialect, SqlValue, Statement};
use maq_store::{ChangeListener, Receipt, Rows, Store, StoreError, StoreInfo, StoreKind, UnitOfWork};
use maq_store_sqlite::SqliteStore;
use maq_testkit::sources;
use maq_value::{Actor, Instant, Principal};
use serde_json::Value as Json;
use std::path::Path;
use std::sync::{Arc, Mutex};

pub struct Recorder {
    store: Arc<dyn Store>,
    seen: Mutex<Vec<Statement>>,
}

impl Recorder {
    pub fn new(store: Arc<dyn Store>) -> Recorder {
        Recorder { store, seen: Mutex::default() }
    }

    pub fn forget(&self) {
        self.seen.lock().unwrap().clear();
    }

    pub fn last_on_records(&self) -> Statement {
        self.seen.lock().unwrap().last().unwrap().clone()
    }
}

#[async_trait]
impl Store for Recorder {
    fn dialect(&self) -> Dialect {
        self.store.dialect()
    }

    fn info(&self) -> &StoreInfo {
        self.store.info()
    }

    async fn read(&self, statement: Statement) -> Result<Rows, StoreError> {
        if statement.on_records {
            self.seen.lock().unwrap().push(statement.clone());
        }
        self.store.read(statement).await
    }

    async fn commit(&self, work: UnitOfWork) -> Result<Receipt, StoreError> {
        self.store.commit(work).await
    }

    fn on_change(&self, listener: Arc<dyn ChangeListener>) {
        self.store.on_change(listener);
    }

    async fn integrity(&self) -> Result<Vec<String>, StoreError> {
        self.store.integrity().await
    }

    async fn close(&self) {
        self.store.close().await;
    }
}

/// Services on `store`, and what they read.
pub async fn services(store: Arc<dyn Store>) -> (Services, Arc<Recorder>) {
    let recorder = Arc::new(Recorder::new(store));
    let parts = Parts {
        store: recorder.clone(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        secrets: Arc::new(MemoryStore::default()),
        sources: Arc::new(Files),
        targets: Arc::new(NoServers),
        options: Options::default(),
    };
    (create_services(parts).await.unwrap(), recorder)
}

pub fn admin() -> Principal {
    Principal::new("ann", &["admin"])
}

/// Publishes documents to the workspace's own target.
pub async fn release(services: &Services, documents: Vec<Json>) {
    let owner = Actor::owner("ann");
    let edits = documents.into_iter().map(|document| Edit::AddDocument { document }).collect();
    services.workspace.apply_edits(&owner, "Add", edits, None).await.unwrap();
    let findings = services.workspace.check(&owner).await.unwrap();
    assert!(!findings.iter().any(maq_diag::Finding::is_error), "{findings:?}");
    let plan = services.publisher.make_plan(&owner, LOCAL, None).await.unwrap();
    let request = ApplyRequest {
        target: LOCAL.into(),
        release: plan.release.digest.clone(),
        plan: plan.plan.digest.clone(),
        with_data: false,
    };
    services.publisher.apply_plan(&owner, request, &Job::none()).await.unwrap();
}

/// Services on a new file that was filled while it was closed: rows are counted when a file is opened.
pub async fn filled_sqlite(
    path: &Path,
    publish: impl AsyncFnOnce(&Services),
    statements: &[String],
) -> (Services, Arc<Recorder>) {
    drop(SqliteStore::create(path, StoreKind::Workspace, "Test", "sto_1", Instant::now()).unwrap());
    let (first, _) = services(SqliteStore::open(path, StoreKind::Workspace).unwrap()).await;
    publish(&first).await;
    first.close().await;
    drop(first);
    for statement in statements {
        sources::execute(path, statement);
    }
    services(SqliteStore::open(path, StoreKind::Workspace).unwrap()).await
}

/// The plan of a statement, in the database's words.
pub async fn explained(recorder: &Recorder, statement: &Statement) -> String {
    let explain = match recorder.dialect() {
        Dialect::Sqlite => "EXPLAIN QUERY PLAN",
        Dialect::Postgres => "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF)",
    };
    let mut asked = statement.clone();
    asked.sql = format!("{explain} {}", statement.sql).into();
    let rows = recorder.read(asked).await.unwrap();
    let words = rows.0.iter().filter_map(|row| row.last().and_then(SqlValue::as_text));
    words.collect::<Vec<_>>().join("\n")
}
