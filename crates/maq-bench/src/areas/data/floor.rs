//! The floor: axum and rusqlite, nothing between.

use super::Subject;
use crate::areas::Failure;
use axum::extract::{Path as InPath, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json as Body, Router};
use rusqlite::{Connection, Row, params};
use serde_json::{Map, Value as Json, json};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use tokio::sync::oneshot;

const COLUMNS: &str = "id, row_version, created_at, created_by, updated_at, updated_by, invoice_number, customer_name, status, \
                       total, line_count, issued, due_days, country, discount, paid, note";
const FIELDS: [&str; 11] = [
    "invoiceNumber",
    "customerName",
    "status",
    "total",
    "lineCount",
    "issued",
    "dueDays",
    "country",
    "discount",
    "paid",
    "note",
];

struct Bare {
    readers: Vec<Mutex<Connection>>,
    next: AtomicUsize,
    writes: mpsc::Sender<Write>,
}

struct Write {
    record: Map<String, Json>,
    made: oneshot::Sender<Json>,
}

pub fn start(folder: &Path, records: &[Map<String, Json>]) -> Result<Subject, Failure> {
    let path = folder.join("floor.db");
    let mut writer = open(&path)?;
    writer.execute_batch(
        "CREATE TABLE invoice (id TEXT NOT NULL, tenant_id TEXT NOT NULL, realm_id TEXT NOT NULL, row_version INTEGER NOT NULL,
           created_at INTEGER NOT NULL, created_by TEXT NOT NULL, updated_at INTEGER NOT NULL, updated_by TEXT NOT NULL,
           invoice_number TEXT, customer_name TEXT, status TEXT, total INTEGER, line_count INTEGER, issued TEXT,
           due_days INTEGER, country TEXT, discount REAL, paid INTEGER, note TEXT,
           PRIMARY KEY (tenant_id, realm_id, id)) STRICT;",
    )?;
    let mut ids = Vec::new();
    let transaction = writer.transaction()?;
    for record in records {
        let made = insert(&transaction, record)?;
        ids.push(made.get("id").and_then(Json::as_str).unwrap_or_default().to_owned());
    }
    transaction.commit()?;

    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || write_in_groups(writer, &receiver));
    let readers: Result<Vec<_>, _> = (0..2).map(|_| open(&path).map(Mutex::new)).collect();
    let bare = Arc::new(Bare { readers: readers?, next: AtomicUsize::new(0), writes: sender });
    let app = Router::new()
        .route("/api/data/Invoice/{id}", get(one))
        .route("/api/data/Invoice", get(list).post(create))
        .with_state(bare);
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(Subject { address, token: "none".into(), ids })
}

fn open(path: &PathBuf) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 4096)?;
    Ok(connection)
}

impl Bare {
    fn read<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StatusCode> {
        let at = self.next.fetch_add(1, Ordering::Relaxed) % self.readers.len();
        let Some(reader) = self.readers.get(at) else { return Err(StatusCode::INTERNAL_SERVER_ERROR) };
        read(&reader.lock().unwrap_or_else(PoisonError::into_inner)).map_err(|_| StatusCode::NOT_FOUND)
    }
}

async fn one(State(bare): State<Arc<Bare>>, InPath(id): InPath<String>) -> Result<Body<Json>, StatusCode> {
    bare.read(|connection| {
        let sql =
            format!("SELECT {COLUMNS} FROM invoice WHERE tenant_id = 'default' AND realm_id = 'main' AND id = ?1");
        connection.prepare_cached(&sql)?.query_row([&id], record_of)
    })
    .map(Body)
}

async fn list(State(bare): State<Arc<Bare>>) -> Result<Body<Json>, StatusCode> {
    let rows = bare.read(|connection| {
        let sql = format!(
            "SELECT {COLUMNS} FROM invoice WHERE tenant_id = 'default' AND realm_id = 'main' ORDER BY id LIMIT 20"
        );
        connection.prepare_cached(&sql)?.query_map([], record_of)?.collect::<rusqlite::Result<Vec<Json>>>()
    })?;
    Ok(Body(json!({ "data": rows, "meta": {} })))
}

async fn create(
    State(bare): State<Arc<Bare>>,
    Body(record): Body<Map<String, Json>>,
) -> Result<(StatusCode, Body<Json>), StatusCode> {
    let (made, answer) = oneshot::channel();
    bare.writes.send(Write { record, made }).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    answer.await.map(|record| (StatusCode::CREATED, Body(record))).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

/// Everything that waits goes into one commit, and is answered after it.
fn write_in_groups(mut connection: Connection, writes: &mpsc::Receiver<Write>) {
    while let Ok(first) = writes.recv() {
        let Ok(transaction) = connection.transaction() else { return };
        let mut answers = Vec::new();
        for write in std::iter::once(first).chain(writes.try_iter().take(255)) {
            if let Ok(record) = insert(&transaction, &write.record) {
                answers.push((write.made, record));
            }
        }
        if transaction.commit().is_ok() {
            for (made, record) in answers {
                // The client may be gone.
                let _ = made.send(record);
            }
        }
    }
}

fn insert(connection: &Connection, record: &Map<String, Json>) -> rusqlite::Result<Json> {
    let id = maq_value::Uuid::now_v7().to_string();
    let text = |name: &str| record.get(name).and_then(Json::as_str);
    let total: Option<i64> = text("total").and_then(|total| total.replace('.', "").parse().ok());
    let whole = |name: &str| record.get(name).and_then(Json::as_i64);
    let now = maq_value::Instant::now().0;
    let sql = format!(
        "INSERT INTO invoice (tenant_id, realm_id, {COLUMNS}) VALUES ('default', 'main', ?1, 1, ?2, 'ann', ?2, 'ann', ?3, ?4, \
         ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) RETURNING {COLUMNS}"
    );
    connection.prepare_cached(&sql)?.query_row(
        params![
            id,
            now,
            text("invoiceNumber"),
            text("customerName"),
            text("status"),
            total,
            whole("lineCount"),
            text("issued"),
            whole("dueDays"),
            text("country"),
            record.get("discount").and_then(Json::as_f64),
            record.get("paid").and_then(Json::as_bool),
            text("note"),
        ],
        record_of,
    )
}

fn record_of(row: &Row<'_>) -> rusqlite::Result<Json> {
    let instant = |micros: i64| maq_value::Instant(micros).to_string();
    let mut object = Map::new();
    object.insert("id".into(), row.get::<_, String>(0)?.into());
    object.insert("rowVersion".into(), row.get::<_, i64>(1)?.into());
    object.insert("createdAt".into(), instant(row.get(2)?).into());
    object.insert("createdBy".into(), row.get::<_, String>(3)?.into());
    object.insert("updatedAt".into(), instant(row.get(4)?).into());
    object.insert("updatedBy".into(), row.get::<_, String>(5)?.into());
    for (at, name) in FIELDS.iter().enumerate() {
        let value = match *name {
            "total" => {
                let scaled: i64 = row.get(6 + at)?;
                Json::String(format!("{}.{:02}", scaled / 100, scaled % 100))
            }
            "lineCount" | "dueDays" => row.get::<_, i64>(6 + at)?.into(),
            "discount" => row.get::<_, f64>(6 + at)?.into(),
            "paid" => row.get::<_, bool>(6 + at)?.into(),
            _ => row.get::<_, String>(6 + at)?.into(),
        };
        object.insert((*name).into(), value);
    }
    Ok(Json::Object(object))
}
