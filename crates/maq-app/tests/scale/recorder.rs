//! A store that remembers the statements that read records.

use async_trait::async_trait;
use maq_query::{Dialect, Statement};
use maq_store::{ChangeListener, Receipt, Rows, Store, StoreError, StoreInfo, UnitOfWork};
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
