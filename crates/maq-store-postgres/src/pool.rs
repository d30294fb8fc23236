//! The connections of a store. A connection remembers the tenant and realm it is set to, and a caller gets one that is
//! set to its own where there is one: then a read needs one round trip. Pools of libraries hand out any connection, so
//! this one is ours; it does nothing else.

use crate::address::Address;
use crate::errors::closed;
use crate::line::Line;
use maq_store::StoreError;
use maq_value::Scope;
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a caller waits for a connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// A connection that rested this long is asked whether it still stands.
const REST: Duration = Duration::from_secs(20);

/// An open connection and what is known of it.
pub(crate) struct Connection {
    pub(crate) raw: PgConnection,
    /// Tenant and realm the session is set to.
    pub(crate) scope: Option<Scope>,
    /// Single statements may write; a connection begins as one that reads.
    pub(crate) writes: bool,
    /// The schema's generation when its statements were prepared.
    generation: u64,
    rested: Instant,
}

/// The connections of one login.
pub(crate) struct Pool {
    pub(crate) address: Address,
    pub(crate) line: Line,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
    generation: AtomicU64,
}

/// A connection in use. It goes back to the pool by [`Lease::done`]; dropped otherwise it is closed, because something
/// may be under way on it.
pub(crate) struct Lease {
    connection: Option<Connection>,
    pool: Arc<Pool>,
    _permit: OwnedSemaphorePermit,
}

impl Pool {
    pub(crate) fn new(address: Address) -> Result<Arc<Pool>, StoreError> {
        let permits = Arc::new(Semaphore::new(address.connections));
        let line = Line::new(&address)?;
        Ok(Arc::new(Pool { address, line, idle: Mutex::default(), permits, generation: AtomicU64::new(0) }))
    }

    /// A connection, one that is set to `scope` and to writing or not if there is one.
    pub(crate) async fn take(self: &Arc<Pool>, scope: Option<&Scope>, writes: bool) -> Result<Lease, StoreError> {
        let waited = tokio::time::timeout(PATIENCE, self.permits.clone().acquire_owned()).await;
        let busy = || StoreError::Unavailable(format!("{}: every connection is in use", self.address.location()));
        let permit = waited.map_err(|_| busy())?.map_err(|_| closed())?;
        while let Some(mut connection) = self.choose(scope, writes) {
            if self.freshen(&mut connection).await {
                return Ok(Lease { connection: Some(connection), pool: self.clone(), _permit: permit });
            }
        }
        let connection = self.open().await?;
        Ok(Lease { connection: Some(connection), pool: self.clone(), _permit: permit })
    }

    fn choose(&self, scope: Option<&Scope>, writes: bool) -> Option<Connection> {
        let mut idle = self.idle();
        let same = |connection: &Connection| connection.scope.as_ref() == scope;
        let suited = idle.iter().rposition(|connection| same(connection) && connection.writes == writes);
        let suited = suited.or_else(|| idle.iter().rposition(same));
        match suited {
            Some(at) => Some(idle.swap_remove(at)),
            // The one that rested longest is the least likely to be wanted by its own tenant.
            None if scope.is_some() && !idle.is_empty() => Some(idle.remove(0)),
            None => idle.pop(),
        }
    }

    /// Makes a rested connection fit to use; false when it is no more.
    async fn freshen(&self, connection: &mut Connection) -> bool {
        if connection.rested.elapsed() > REST {
            let asked = tokio::time::timeout(Duration::from_secs(2), connection.raw.ping()).await;
            if !matches!(asked, Ok(Ok(()))) {
                return false;
            }
        }
        let generation = self.generation.load(Ordering::Acquire);
        if connection.generation != generation {
            connection.generation = generation;
            return connection.raw.clear_cached_statements().await.is_ok();
        }
        true
    }

    async fn open(&self) -> Result<Connection, StoreError> {
        let raw = self.line.open().await?;
        let generation = self.generation.load(Ordering::Acquire);
        Ok(Connection { raw, scope: None, writes: false, generation, rested: Instant::now() })
    }

    /// The line broke: connections that rest are most likely dead too.
    pub(crate) fn drop_idle(&self) {
        self.idle().clear();
    }

    /// Tables were changed: what is prepared may not fit any more.
    pub(crate) fn forget_statements(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// Waits for the connections in use and closes all; nobody gets one afterwards.
    pub(crate) async fn close(&self) {
        let all = u32::try_from(self.address.connections).unwrap_or(u32::MAX);
        // Work that does not end must not keep the process from ending.
        let _ = tokio::time::timeout(PATIENCE, self.permits.acquire_many(all)).await;
        self.permits.close();
        let idle = std::mem::take(&mut *self.idle());
        for connection in idle {
            // Gone is gone.
            let _ = tokio::time::timeout(Duration::from_secs(1), connection.raw.close()).await;
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease {
    /// The connection.
    pub(crate) fn get(&mut self) -> Result<&mut Connection, StoreError> {
        self.connection.as_mut().ok_or_else(closed)
    }

    /// Gives the connection back: nothing is under way on it.
    pub(crate) fn done(mut self) {
        if let Some(mut connection) = self.connection.take() {
            connection.rested = Instant::now();
            self.pool.idle().push(connection);
        }
    }
}
