//! Two sets of services over one store, as two processes are: what one commits, the other is told, now or later.

use super::support::{Files, NoServers};
use async_trait::async_trait;
use maq_app::{Options, Parts, Services, SystemClock, SystemIds, create_services};
use maq_keychain::MemoryStore;
use maq_query::{Dialect, Statement};
use maq_store::{Change, ChangeListener, Receipt, Rows, Store, StoreError, StoreInfo, StoreKind, UnitOfWork};
use maq_store_sqlite::SqliteStore;
use maq_value::{Actor, Instant};
use std::sync::{Arc, Mutex};
use tokio::sync::Barrier;

/// The line between the sides.
#[derive(Default)]
pub struct Line {
    listeners: Mutex<Vec<(&'static str, Arc<dyn ChangeListener>)>>,
    /// Notices on their way, while the line is slow.
    waiting: Mutex<Option<Vec<(&'static str, Change)>>>,
}

impl Line {
    fn tell(&self, from: &'static str, change: Change) {
        if let Some(waiting) = &mut *self.waiting.lock().unwrap() {
            waiting.push((from, change));
            return;
        }
        let listeners = self.listeners.lock().unwrap().clone();
        for (_, listener) in listeners.iter().filter(|(side, _)| *side != from) {
            listener.changed(&change);
        }
    }

    /// From now on notices wait for [`Line::deliver`].
    pub fn slow(&self) {
        *self.waiting.lock().unwrap() = Some(Vec::new());
    }

    /// Everything arrives.
    pub fn deliver(&self) {
        let arrived = self.waiting.lock().unwrap().take().unwrap_or_default();
        for (from, change) in arrived {
            self.tell(from, change);
        }
    }

    /// The line was down: what was on its way is lost.
    pub fn lose(&self) {
        self.waiting.lock().unwrap().take();
        let listeners = self.listeners.lock().unwrap().clone();
        for (_, listener) in listeners {
            listener.changed(&Change::Missed);
        }
    }
}

/// One side's view of the store.
pub struct SharedStore {
    pub side: &'static str,
    pub store: Arc<SqliteStore>,
    pub line: Arc<Line>,
    /// The next read whose text holds the word waits at the barrier, twice.
    pub pause: Mutex<Option<(&'static str, Arc<Barrier>)>>,
}

#[async_trait]
impl Store for SharedStore {
    fn dialect(&self) -> Dialect {
        self.store.dialect()
    }

    fn info(&self) -> &StoreInfo {
        self.store.info()
    }

    async fn read(&self, statement: Statement) -> Result<Rows, StoreError> {
        let barrier = {
            let mut pause = self.pause.lock().unwrap();
            let hit = pause.as_ref().is_some_and(|(word, _)| statement.sql.contains(word));
            if hit { pause.take() } else { None }
        };
        if let Some((_, barrier)) = barrier {
            barrier.wait().await;
            barrier.wait().await;
        }
        self.store.read(statement).await
    }

    async fn commit(&self, work: UnitOfWork) -> Result<Receipt, StoreError> {
        let topics: Vec<String> = work.topics.iter().map(|topic| (*topic).to_owned()).collect();
        let receipt = self.store.commit(work).await?;
        if !topics.is_empty() {
            self.line.tell(self.side, Change::Topics(topics));
        }
        Ok(receipt)
    }

    fn on_change(&self, listener: Arc<dyn ChangeListener>) {
        self.line.listeners.lock().unwrap().push((self.side, listener));
    }

    async fn integrity(&self) -> Result<Vec<String>, StoreError> {
        self.store.integrity().await
    }

    async fn close(&self) {
        self.store.close().await;
    }
}

/// One process.
pub struct Side {
    pub services: Services,
    pub store: Arc<SharedStore>,
    pub actor: Actor,
}

/// Ann's and Bob's processes over one store.
pub struct Shared {
    pub ann: Side,
    pub bob: Side,
    pub line: Arc<Line>,
}

pub async fn shared(kind: StoreKind) -> Shared {
    let store = SqliteStore::open_in_memory(kind, "Test", "sto_test", Instant::now()).unwrap();
    let line = Arc::new(Line::default());
    let secrets = Arc::new(MemoryStore::default());
    let side = async |name: &'static str| {
        let pause = Mutex::default();
        let store = Arc::new(SharedStore { side: name, store: store.clone(), line: line.clone(), pause });
        let parts = Parts {
            store: store.clone(),
            clock: Arc::new(SystemClock),
            ids: Arc::new(SystemIds),
            secrets: secrets.clone(),
            sources: Arc::new(Files),
            targets: Arc::new(NoServers),
            options: Options::default(),
        };
        Side { services: create_services(parts).await.unwrap(), store, actor: Actor::owner(name) }
    };
    Shared { ann: side("ann").await, bob: side("bob").await, line: line.clone() }
}
