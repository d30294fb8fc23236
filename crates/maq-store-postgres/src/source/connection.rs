//! Connections that share one snapshot, and the small runtime that talks over them.

use super::opening::Opening;
use futures_util::future::BoxFuture;
use maq_store::source::SourceError;
use sqlx::{AssertSqlSafe, ConnectOptions as _, PgConnection, Row as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};

/// How long a connection may take to come about.
const CONNECTING: Duration = Duration::from_secs(15);

/// A connection with an open transaction on the snapshot.
pub(super) type Connection = PgConnection;

/// Connections that are free. The first one is kept until the end: with it the snapshot would go.
pub(super) struct Pool {
    /// Holds the snapshot, and is used for everything but rows.
    first: Arc<tokio::sync::Mutex<Connection>>,
    snapshot: String,
    idle: Mutex<Vec<Connection>>,
    opening: Arc<Opening>,
    runtime: Option<Runtime>,
}

impl Pool {
    pub fn new(opening: Opening) -> Result<Pool, SourceError> {
        let fault = |reason: String| SourceError::Unreadable { location: opening.location.clone(), reason };
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("maquette-postgres-source")
            .enable_all()
            .build()
            .map_err(|error| fault(error.to_string()))?;
        let opening = Arc::new(opening);
        let task = Arc::clone(&opening);
        let first = block(runtime.handle(), async move {
            let mut connection = connect(&task, None).await?;
            let rows = ask(&mut connection, "SELECT pg_export_snapshot()").await.map_err(|error| task.error(&error))?;
            Ok((connection, rows.first().map(|row| row.text(0)).unwrap_or_default()))
        });
        match first.unwrap_or_else(|| Err(stopped(&opening))) {
            Ok((connection, snapshot)) => Ok(Pool {
                first: Arc::new(tokio::sync::Mutex::new(connection)),
                snapshot,
                idle: Mutex::default(),
                opening,
                runtime: Some(runtime),
            }),
            Err(error) => {
                // Dropped in place it would panic inside another runtime.
                runtime.shutdown_background();
                Err(error)
            }
        }
    }

    pub fn location(&self) -> &str {
        &self.opening.location
    }

    pub fn opening(&self) -> &Opening {
        &self.opening
    }

    /// The runtime, for threads that drive a connection themselves.
    pub fn handle(&self) -> Result<Handle, SourceError> {
        self.runtime.as_ref().map(|runtime| runtime.handle().clone()).ok_or_else(|| stopped(&self.opening))
    }

    /// Runs `work` on the first connection and waits for it.
    pub fn with<T, F>(&self, work: F) -> Result<T, SourceError>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a mut Connection, &'a Opening) -> BoxFuture<'a, Result<T, SourceError>> + Send + 'static,
    {
        let (first, opening) = (Arc::clone(&self.first), Arc::clone(&self.opening));
        let done = block(&self.handle()?, async move { work(&mut *first.lock().await, &opening).await });
        done.unwrap_or_else(|| Err(stopped(&self.opening)))
    }

    /// A connection of one's own, to be given back. Called from a thread outside every runtime.
    pub async fn take(&self) -> Result<Connection, SourceError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match idle {
            Some(connection) => Ok(connection),
            None => connect(&self.opening, Some(&self.snapshot)).await,
        }
    }

    pub fn give_back(&self, connection: Connection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn stopped(opening: &Opening) -> SourceError {
    SourceError::Unreadable { location: opening.location.clone(), reason: "reading was stopped".into() }
}

/// Runs a future on the runtime and waits without being part of any runtime oneself.
fn block<T: Send + 'static>(handle: &Handle, future: impl Future<Output = T> + Send + 'static) -> Option<T> {
    let (sender, receiver) = std::sync::mpsc::sync_channel(1);
    handle.spawn(async move {
        // Nobody listening any more is not an error.
        let _ = sender.send(future.await);
    });
    receiver.recv().ok()
}

/// A connection with an open read-only transaction, on the snapshot when there is one already. Every setting lies inside
/// the transaction, so that a pooler in between keeps it.
async fn connect(opening: &Opening, snapshot: Option<&str>) -> Result<Connection, SourceError> {
    let connecting = tokio::time::timeout(CONNECTING, opening.options.connect()).await;
    let mut connection = match connecting {
        Ok(connected) => connected.map_err(|error| opening.error(&error))?,
        Err(_) => {
            let reason = format!("no answer within {} seconds", CONNECTING.as_secs());
            return Err(SourceError::Unreadable { location: opening.location.clone(), reason });
        }
    };
    let mut begin = String::from("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;");
    if let Some(snapshot) = snapshot {
        begin.push_str(&format!("SET TRANSACTION SNAPSHOT {};", literal(snapshot)));
    }
    // Names are looked up among Postgres's own only; a policy that would hide rows is an error, not fewer rows.
    begin.push_str(
        "SET LOCAL search_path = pg_catalog; SET LOCAL row_security = off; SET LOCAL default_transaction_read_only = on;
         SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'iso_8601'; SET LOCAL TimeZone = 'UTC';
         SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL client_encoding = 'UTF8';
         SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
         SET LOCAL standard_conforming_strings = on; SET LOCAL xmloption = 'content'; SET LOCAL quote_all_identifiers = off",
    );
    ask(&mut connection, &begin).await.map_err(|error| opening.error(&error))?;
    Ok(connection)
}

/// A row of an answer, all of it as text.
pub(super) struct Row(Vec<Option<String>>);

impl Row {
    /// The value at `at`; nothing where it is NULL.
    pub fn get(&self, at: usize) -> Option<&str> {
        self.0.get(at).and_then(Option::as_deref)
    }

    /// The value at `at`, empty where it is NULL.
    pub fn text(&self, at: usize) -> String {
        self.get(at).unwrap_or_default().to_owned()
    }

    /// Whether the value at `at` is true.
    pub fn is(&self, at: usize) -> bool {
        matches!(self.get(at), Some("t" | "true"))
    }

    /// The number at `at`, 0 where there is none.
    pub fn number(&self, at: usize) -> i64 {
        self.get(at).and_then(|text| text.parse().ok()).unwrap_or(0)
    }

    /// The texts of a JSON array at `at`; `null` in it is nothing.
    pub fn list(&self, at: usize) -> Vec<Option<String>> {
        self.get(at).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }
}

/// Runs statements and answers the rows, by the simple protocol, which needs nothing to be prepared.
pub(super) async fn ask(connection: &mut Connection, sql: &str) -> Result<Vec<Row>, sqlx::Error> {
    let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(connection).await?;
    rows.iter()
        .map(|row| (0..row.len()).map(|at| row.try_get_unchecked::<Option<String>, _>(at)).collect::<Result<_, _>>())
        .map(|row| row.map(Row))
        .collect()
}

/// A text as a literal.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
