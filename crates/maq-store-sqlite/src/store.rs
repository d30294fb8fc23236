//! The store: opening and making files, and the [`Store`] port over the threads.

use crate::connection;
use crate::create::{self, Birth};
use crate::errors::{closed, file_error, store_error};
use crate::group::{Commit, Writer};
use crate::lock::{self, Lock};
use crate::nearby::Nearby;
use crate::queue::Queue;
use crate::statistics::Statistics;
use crate::tails::Tails;
use crate::worker::{self, Call, Job};
use crate::{header, migrate, run, unit};
use async_trait::async_trait;
use maq_query::{Dialect, PackedRows, Statement};
use maq_store::{Receipt, Rows, STORE_FORMAT, Store, StoreError, StoreInfo, StoreKind, UnitOfWork};
use maq_value::Instant;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;
use tokio::sync::oneshot;

/// How long dropping a store waits for its threads; they end by themselves afterwards.
const DROP_PATIENCE: Duration = Duration::from_secs(2);

/// A workspace or server in a SQLite file.
pub struct SqliteStore {
    info: StoreInfo,
    writes: Arc<Queue<Job>>,
    /// `None` in memory, where the writer's connection reads too.
    reads: Option<Arc<Queue<Call>>>,
    /// For short reads; none in memory.
    nearby: Nearby,
    threads: Mutex<Threads>,
}

struct Threads {
    readers: Vec<oneshot::Receiver<()>>,
    writer: Option<oneshot::Receiver<()>>,
    /// Disconnected once every thread has ended.
    running: Option<mpsc::Receiver<()>>,
}

impl SqliteStore {
    /// Makes a new store at `path` and opens it.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when something is there, [`StoreError::Locked`], and what the disk says.
    pub fn create(
        path: &Path,
        kind: StoreKind,
        name: &str,
        id: &str,
        now: Instant,
    ) -> Result<Arc<SqliteStore>, StoreError> {
        let path = whole_path(path)?;
        let lock = create::make_file(&path, &Birth { kind, name, id, now })?;
        SqliteStore::open_locked(&path, kind, lock)
    }

    /// Opens the store at `path`, which must have been made for `kind`. Migrations that are due are run.
    ///
    /// # Errors
    /// Every way a file can be something else: see [`StoreError`]. The file is not changed then.
    pub fn open(path: &Path, kind: StoreKind) -> Result<Arc<SqliteStore>, StoreError> {
        let path = path.canonicalize().map_err(|error| file_error(&path.display().to_string(), &error))?;
        header::check(&path)?;
        let lock = lock::take(&path)?;
        SqliteStore::open_locked(&path, kind, lock)
    }

    /// A store that is gone when it is dropped, for tests and documents folders.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn open_in_memory(kind: StoreKind, name: &str, id: &str, now: Instant) -> Result<Arc<SqliteStore>, StoreError> {
        let location = ":memory:";
        let connection = connection::in_memory().map_err(|error| store_error(location, &error))?;
        create::fill(&connection, location, &Birth { kind, name, id, now })?;
        let info = read_info(&connection, location, kind)?;
        let nearby = Nearby::new(Vec::new()).map_err(|error| store_error(location, &error))?;
        SqliteStore::start(info, (connection, Statistics::default()), Vec::new(), nearby, None)
    }

    fn open_locked(path: &Path, kind: StoreKind, lock: Lock) -> Result<Arc<SqliteStore>, StoreError> {
        let location = path.display().to_string();
        let failed = |error: rusqlite::Error| store_error(&location, &error);
        let connection = connection::writer(path).map_err(failed)?;
        if connection.is_readonly("main").map_err(failed)? {
            return Err(StoreError::Permission(location));
        }
        refuse_truncated(&connection, path, &location)?;
        let info = read_info(&connection, &location, kind)?;
        migrate::migrate(&connection, &location)?;
        let mut statistics = Statistics::default();
        statistics.look(&connection);
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let readers = |count: usize| (0..count).map(|_| connection::reader(path)).collect::<rusqlite::Result<Vec<_>>>();
        let nearby = readers(cores.clamp(2, 16)).and_then(Nearby::new).map_err(failed)?;
        let readers = readers(cores.clamp(2, 4)).map_err(failed)?;
        SqliteStore::start(info, (connection, statistics), readers, nearby, Some(lock))
    }

    fn start(
        info: StoreInfo,
        (connection, statistics): (Connection, Statistics),
        readers: Vec<Connection>,
        nearby: Nearby,
        lock: Option<Lock>,
    ) -> Result<Arc<SqliteStore>, StoreError> {
        let (running, ended) = mpsc::channel();
        let writes = Arc::new(Queue::new());
        let reads = (!readers.is_empty()).then(|| Arc::new(Queue::new()));
        let mut threads = Threads { readers: Vec::new(), writer: None, running: Some(ended) };
        if let Some(reads) = &reads {
            for (number, reader) in readers.into_iter().enumerate() {
                threads.readers.push(worker::start_reader(number, reader, reads.clone(), running.clone())?);
            }
        }
        let writer = Writer { connection, location: info.location.clone(), tails: Tails::default(), statistics };
        threads.writer = Some(worker::start_writer(writer, lock, writes.clone(), running)?);
        Ok(Arc::new(SqliteStore { info, writes, reads, nearby, threads: Mutex::new(threads) }))
    }

    /// Runs `action` on a connection that reads.
    async fn call<T: Send + 'static>(
        &self,
        action: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let call: Call = Box::new(move |connection| {
            // Nobody may wait any more.
            let _ = reply.send(action(connection));
        });
        let taken = match &self.reads {
            Some(reads) => reads.push(call).is_ok(),
            None => self.writes.push(Job::Call(call)).is_ok(),
        };
        if !taken {
            return Err(closed());
        }
        let result = answer.await.map_err(|_| closed())?;
        result.map_err(|error| store_error(&self.info.location, &error))
    }

    /// Reads here when that is short, else on a thread.
    async fn read_by<T: Send + 'static>(
        &self,
        statement: Statement,
        read: fn(&Connection, &Statement) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        if let Some(result) = self.nearby.read(&statement, read) {
            return result.map_err(|error| store_error(&self.info.location, &error));
        }
        self.call(move |connection| read(connection, &statement)).await
    }

    fn threads(&self) -> std::sync::MutexGuard<'_, Threads> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for SqliteStore {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn info(&self) -> &StoreInfo {
        &self.info
    }

    async fn read(&self, statement: Statement) -> Result<Rows, StoreError> {
        self.read_by(statement, run::read).await.map(Rows)
    }

    async fn read_packed(&self, statement: Statement) -> Result<PackedRows, StoreError> {
        self.read_by(statement, run::read_packed).await
    }

    async fn commit(&self, work: UnitOfWork) -> Result<Receipt, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.writes.push(Job::Commit(Commit { work, reply })).map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    async fn integrity(&self) -> Result<Vec<String>, StoreError> {
        self.call(integrity).await
    }

    async fn close(&self) {
        if let Some(reads) = &self.reads {
            reads.close();
        }
        self.nearby.close();
        let readers = std::mem::take(&mut self.threads().readers);
        for reader in readers {
            // The channel closing is the answer.
            let _ = reader.await;
        }
        self.writes.close();
        let writer = self.threads().writer.take();
        if let Some(writer) = writer {
            let _ = writer.await;
        }
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        if let Some(reads) = &self.reads {
            reads.abandon();
        }
        self.nearby.close();
        self.writes.close();
        if let Some(running) = self.threads().running.take() {
            // Disconnected when the last thread ends. Rows that a unit still waits for must not make this hang.
            let _ = running.recv_timeout(DROP_PATIENCE);
        }
    }
}

fn integrity(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("PRAGMA integrity_check")?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut wrong: Vec<String> = rows.collect::<rusqlite::Result<_>>()?;
    wrong.retain(|line| line != "ok");
    let dangling = unit::broken_foreign_keys(connection, 100)?;
    wrong.extend(dangling.into_iter().map(|edge| format!("a foreign key points nowhere: {edge}")));
    Ok(wrong)
}

/// The path with its folder resolved: the file need not be there yet.
fn whole_path(path: &Path) -> Result<PathBuf, StoreError> {
    let location = path.display().to_string();
    let Some(name) = path.file_name() else {
        return Err(StoreError::NotAStore { location, reason: "it is a folder".into() });
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().map_err(|error| file_error(&folder.display().to_string(), &error))?;
    Ok(folder.join(name))
}

/// A file shorter than its own page count was cut off. The log is folded in first, because pages may stand there.
fn refuse_truncated(connection: &Connection, path: &Path, location: &str) -> Result<(), StoreError> {
    let failed = |error: rusqlite::Error| store_error(location, &error);
    let number = |sql| run::scalar(connection, sql).map(|cell| cell.and_then(|cell| cell.as_integer()).unwrap_or(0));
    number("PRAGMA wal_checkpoint(TRUNCATE)").map_err(failed)?;
    let pages = number("PRAGMA page_count").map_err(failed)?;
    let size = number("PRAGMA page_size").map_err(failed)?;
    let expected = u64::try_from(pages.saturating_mul(size)).unwrap_or(0);
    let found = std::fs::metadata(path).map_err(|error| file_error(location, &error))?.len();
    if found < expected {
        let reason = format!("the file breaks off after {found} of {expected} bytes");
        return Err(StoreError::Corrupt { location: location.into(), reason });
    }
    Ok(())
}

fn read_info(connection: &Connection, location: &str, wanted: StoreKind) -> Result<StoreInfo, StoreError> {
    let damaged = |reason: &str| StoreError::Corrupt { location: location.into(), reason: reason.into() };
    let read = connection.query_row("SELECT id, kind FROM meta_store", [], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    });
    let (id, kind) = match read {
        Ok(found) => found,
        Err(rusqlite::Error::QueryReturnedNoRows) => return Err(damaged("it does not say what it is")),
        Err(error) => return Err(store_error(location, &error)),
    };
    let kind = match kind.as_str() {
        "workspace" => StoreKind::Workspace,
        "server" => StoreKind::Server,
        _ => return Err(damaged("it does not say what it is")),
    };
    if kind != wanted {
        return Err(StoreError::WrongKind { location: location.into(), found: kind });
    }
    Ok(StoreInfo { kind, format: STORE_FORMAT, id, location: location.into() })
}
