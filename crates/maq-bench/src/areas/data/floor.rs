//! The floor on SQLite: axum and rusqlite, nothing between. Every worker thread of the runtime has a connection of its
//! own and reads where it stands; one thread writes, and commits what waits in one group. No tenant of a token, no
//! policy, no validation, no audit.

use super::payload::{Invoice, PageOut, Shown, one_answer};
use super::{Subject, listen};
use crate::areas::Failure;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path as InPath, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Row, params};
use serde_json::{Map, Value as Json};
use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use tokio::sync::oneshot;

macro_rules! columns {
    () => {
        "id, row_version, created_at, created_by, updated_at, updated_by, invoice_number, customer_name, status, total, \
         line_count, issued, due_days, country, discount, paid, note"
    };
}

const ONE: &str =
    concat!("SELECT ", columns!(), " FROM invoice WHERE tenant_id = 'default' AND realm_id = 'main' AND id = ?1");
const PAGE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM invoice WHERE tenant_id = 'default' AND realm_id = 'main' ORDER BY id LIMIT 20"
);
const INSERT: &str = concat!(
    "INSERT INTO invoice (tenant_id, realm_id, ",
    columns!(),
    ") VALUES ('default', 'main', ?1, 1, ?2, 'ann', ?2, 'ann', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
);

/// Units that share a commit at most, as in our store.
const GROUP: usize = 256;

thread_local! {
    /// The reader of this worker thread. One floor runs in a process, so it need not say of which file.
    static READER: OnceCell<Connection> = const { OnceCell::new() };
}

struct Bare {
    path: PathBuf,
    writes: mpsc::Sender<Write>,
}

struct Write {
    invoice: Invoice,
    made: oneshot::Sender<(String, i64, Invoice)>,
}

pub fn start(folder: &Path, records: &[Map<String, Json>]) -> Result<Subject, Failure> {
    let path = folder.join("floor.db");
    let (writer, ids) = records_at(&path, records)?;
    let (writes, waiting) = mpsc::channel();
    std::thread::spawn(move || write_in_groups(writer, &waiting));
    let app = Router::new()
        .route("/api/data/Invoice/{id}", get(one))
        .route("/api/data/Invoice", get(list).post(create))
        .with_state(Arc::new(Bare { path, writes }));
    Ok(Subject::ours_alike(listen(app)?, "none", ids))
}

/// A file with the records, and their ids.
pub fn records_at(path: &Path, records: &[Map<String, Json>]) -> Result<(Connection, Vec<String>), Failure> {
    let mut writer = open(path)?;
    writer.pragma_update(None, "journal_mode", "WAL")?;
    writer.pragma_update(None, "synchronous", "FULL")?;
    writer.pragma_update(None, "wal_autocheckpoint", 4096)?;
    writer.execute_batch(
        "CREATE TABLE invoice (id TEXT NOT NULL, tenant_id TEXT NOT NULL, realm_id TEXT NOT NULL, row_version INTEGER NOT NULL,
           created_at INTEGER NOT NULL, created_by TEXT NOT NULL, updated_at INTEGER NOT NULL, updated_by TEXT NOT NULL,
           invoice_number TEXT, customer_name TEXT, status TEXT, total INTEGER, line_count INTEGER, issued TEXT,
           due_days INTEGER, country TEXT, discount REAL, paid INTEGER, note TEXT,
           PRIMARY KEY (tenant_id, realm_id, id)) STRICT;",
    )?;
    let mut ids = Vec::new();
    let transaction = writer.transaction()?;
    for invoice in Invoice::all(records)? {
        ids.push(insert(&transaction, &invoice)?.0);
    }
    transaction.commit()?;
    Ok((writer, ids))
}

/// The pragmas of our store's connections.
pub fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "recursive_triggers", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(connection)
}

impl Bare {
    fn read(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<Response>) -> Result<Response, StatusCode> {
        READER.with(|reader| {
            let connection = match reader.get() {
                Some(connection) => connection,
                None => {
                    let opened = open(&self.path).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
                    reader.get_or_init(|| opened)
                }
            };
            read(connection).map_err(|_| StatusCode::NOT_FOUND)
        })
    }
}

async fn one(State(bare): State<Arc<Bare>>, InPath(id): InPath<String>) -> Result<Response, StatusCode> {
    bare.read(|connection| {
        connection.prepare_cached(ONE)?.query_row([&id], |row| show(row, |record| one_answer(StatusCode::OK, record)))
    })
}

async fn list(State(bare): State<Arc<Bare>>) -> Result<Response, StatusCode> {
    bare.read(|connection| {
        let mut page = PageOut::new();
        let mut statement = connection.prepare_cached(PAGE)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            show(row, |record| page.add(record))?;
        }
        Ok(page.finish())
    })
}

async fn create(State(bare): State<Arc<Bare>>, body: Bytes) -> Result<Response, StatusCode> {
    let invoice: Invoice = serde_json::from_slice(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    let (made, answer) = oneshot::channel();
    bare.writes.send(Write { invoice, made }).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let (id, now, invoice) = answer.await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(one_answer(StatusCode::CREATED, &Shown::made(&id, now, &invoice)))
}

/// Everything that waits goes into one commit, and is answered after it.
fn write_in_groups(mut connection: Connection, writes: &mpsc::Receiver<Write>) {
    while let Ok(first) = writes.recv() {
        let Ok(transaction) = connection.transaction() else { return };
        let mut answers = Vec::new();
        for write in std::iter::once(first).chain(writes.try_iter().take(GROUP - 1)) {
            if let Ok((id, now)) = insert(&transaction, &write.invoice) {
                answers.push((write.made, (id, now, write.invoice)));
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

fn insert(connection: &Connection, invoice: &Invoice) -> rusqlite::Result<(String, i64)> {
    let id = maq_value::Uuid::now_v7().to_string();
    let now = maq_value::Instant::now().0;
    let scaled: Option<i64> = invoice.total.replace('.', "").parse().ok();
    connection.prepare_cached(INSERT)?.execute(params![
        id,
        now,
        invoice.invoice_number,
        invoice.customer_name,
        invoice.status,
        scaled,
        invoice.line_count,
        invoice.issued,
        invoice.due_days,
        invoice.country,
        invoice.discount,
        invoice.paid,
        invoice.note,
    ])?;
    Ok((id, now))
}

/// Hands the row on without copying its texts.
pub fn show<T>(row: &Row<'_>, then: impl FnOnce(&Shown<'_>) -> T) -> rusqlite::Result<T> {
    let text = |at: usize| Ok::<_, rusqlite::Error>(row.get_ref(at)?.as_str()?);
    let scaled: i64 = row.get(9)?;
    let total = format!("{}.{:02}", scaled / 100, scaled % 100);
    Ok(then(&Shown {
        id: text(0)?,
        row_version: row.get(1)?,
        created_at: row.get(2)?,
        created_by: text(3)?,
        updated_at: row.get(4)?,
        updated_by: text(5)?,
        invoice_number: text(6)?,
        customer_name: text(7)?,
        status: text(8)?,
        total: &total,
        line_count: row.get(10)?,
        issued: text(11)?,
        due_days: row.get(12)?,
        country: text(13)?,
        discount: row.get(14)?,
        paid: row.get(15)?,
        note: text(16)?,
    }))
}
