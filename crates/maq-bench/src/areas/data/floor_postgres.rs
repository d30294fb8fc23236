//! The floor on Postgres: axum and sqlx with prepared statements, over a plain stack of connections (sqlx's own pool asks
//! the server with every return whether it is still there). The tenant stands in the statement as in ours; there is no
//! row-level security, no policy, no validation, no audit.

use super::payload::{Invoice, PageOut, Shown, one_answer};
use super::{Subject, listen};
use crate::areas::Failure;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path as InPath, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use maq_value::{Decimal, Instant, Uuid};
use serde_json::{Map, Value as Json};
use sqlx::postgres::{PgConnection, PgRow, PgValueFormat};
use sqlx::{Connection as _, Row as _};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

macro_rules! columns {
    () => {
        "id, row_version, created_at, created_by, updated_at, updated_by, invoice_number, customer_name, status, total, \
         line_count, issued::text, due_days, country, discount, paid, note"
    };
}

const ONE: &str =
    concat!("SELECT ", columns!(), " FROM floor.invoice WHERE tenant_id = $1 AND realm_id = $2 AND id = $3");
const PAGE: &str =
    concat!("SELECT ", columns!(), " FROM floor.invoice WHERE tenant_id = $1 AND realm_id = $2 ORDER BY id LIMIT 20");
/// One round trip, as the others: the statement is its own transaction, and answers what the database drew.
const INSERT: &str = "INSERT INTO floor.invoice (tenant_id, realm_id, id, row_version, created_at, created_by, updated_at, \
     updated_by, invoice_number, customer_name, status, total, line_count, issued, due_days, country, discount, paid, note) \
     VALUES ($1, $2, $3, 1, now(), 'ann', now(), 'ann', $4, $5, $6, $7, $8, $9::date, $10, $11, $12, $13, $14) \
     RETURNING created_at";

const SCOPE: (&str, &str) = ("default", "main");

/// Seconds between 1970 and 2000, where Postgres begins to count.
const EPOCH: i64 = 946_684_800;

/// Makes the table in the database at `url`, fills it and serves it over `connections` connections.
pub async fn start(url: &str, connections: usize, records: &[Map<String, Json>]) -> Result<Subject, Failure> {
    let mut first = PgConnection::connect(url).await?;
    let ids = table(&mut first, records).await?;
    sqlx::query("ANALYZE floor.invoice").execute(&mut first).await?;
    let mut free = vec![first];
    while free.len() < connections {
        free.push(PgConnection::connect(url).await?);
    }
    let pool = Pool { permits: Semaphore::new(free.len()), free: Mutex::new(free) };
    let app = Router::new()
        .route("/api/data/Invoice/{id}", get(one))
        .route("/api/data/Invoice", get(list).post(create))
        .with_state(Arc::new(pool));
    Ok(Subject::ours_alike(listen(app)?, "none", ids))
}

/// Makes the table and fills it; answers the ids.
pub async fn table(first: &mut PgConnection, records: &[Map<String, Json>]) -> Result<Vec<String>, Failure> {
    for statement in [
        "CREATE SCHEMA floor",
        "CREATE TABLE floor.invoice (id uuid NOT NULL, tenant_id text NOT NULL, realm_id text NOT NULL,
           row_version bigint NOT NULL, created_at timestamptz NOT NULL, created_by text NOT NULL,
           updated_at timestamptz NOT NULL, updated_by text NOT NULL, invoice_number text, customer_name text, status text,
           total numeric(12, 2), line_count bigint, issued date, due_days bigint, country text, discount double precision,
           paid boolean, note text, PRIMARY KEY (tenant_id, realm_id, id))",
    ] {
        sqlx::query(statement).execute(&mut *first).await?;
    }
    let mut ids = Vec::new();
    let mut transaction = first.begin().await?;
    for invoice in Invoice::all(records)? {
        let id = Uuid::now_v7();
        insert(&mut *transaction, id, &invoice).await?;
        ids.push(id.to_string());
    }
    transaction.commit().await?;
    Ok(ids)
}

/// Connections; a request that ends in the middle loses one, which no client here does.
struct Pool {
    free: Mutex<Vec<PgConnection>>,
    permits: Semaphore,
}

impl Pool {
    async fn lend<T>(
        &self,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, StatusCode> {
        let _permit = self.permits.acquire().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
        let taken = self.free().pop();
        let mut connection = taken.ok_or(StatusCode::INTERNAL_SERVER_ERROR)?;
        let done = work(&mut connection).await;
        self.free().push(connection);
        done.map_err(failed)
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Vec<PgConnection>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn one(State(pool): State<Arc<Pool>>, InPath(id): InPath<Uuid>) -> Result<Response, StatusCode> {
    let found = pool
        .lend(async |open| sqlx::query(ONE).bind(SCOPE.0).bind(SCOPE.1).bind(id).fetch_optional(open).await)
        .await?;
    let row = found.ok_or(StatusCode::NOT_FOUND)?;
    show(&row, |record| one_answer(StatusCode::OK, record)).map_err(failed)
}

async fn list(State(pool): State<Arc<Pool>>) -> Result<Response, StatusCode> {
    let rows = pool.lend(async |open| sqlx::query(PAGE).bind(SCOPE.0).bind(SCOPE.1).fetch_all(open).await).await?;
    let mut page = PageOut::new();
    for row in &rows {
        show(row, |record| page.add(record)).map_err(failed)?;
    }
    Ok(page.finish())
}

async fn create(State(pool): State<Arc<Pool>>, body: Bytes) -> Result<Response, StatusCode> {
    let invoice: Invoice = serde_json::from_slice(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    let id = Uuid::now_v7();
    let row = pool.lend(async |open| insert(open, id, &invoice).await).await?;
    let now = instant(&row, 0).map_err(failed)?;
    Ok(one_answer(StatusCode::CREATED, &Shown::made(&id.to_string(), now.0, &invoice)))
}

async fn insert<'e>(
    executor: impl sqlx::Executor<'e, Database = sqlx::Postgres>,
    id: Uuid,
    invoice: &Invoice,
) -> Result<PgRow, sqlx::Error> {
    let total: Option<Decimal> = invoice.total.parse().ok();
    sqlx::query(INSERT)
        .bind(SCOPE.0)
        .bind(SCOPE.1)
        .bind(id)
        .bind(&invoice.invoice_number)
        .bind(&invoice.customer_name)
        .bind(&invoice.status)
        .bind(total)
        .bind(invoice.line_count)
        .bind(&invoice.issued)
        .bind(invoice.due_days)
        .bind(&invoice.country)
        .bind(invoice.discount)
        .bind(invoice.paid)
        .bind(&invoice.note)
        .fetch_one(executor)
        .await
}

/// Hands the row on without copying its texts.
pub fn show<T>(row: &PgRow, then: impl FnOnce(&Shown<'_>) -> T) -> Result<T, sqlx::Error> {
    let id = row.try_get::<Uuid, _>(0)?.to_string();
    let total = row.try_get::<Decimal, _>(9)?.to_string();
    Ok(then(&Shown {
        id: &id,
        row_version: row.try_get(1)?,
        created_at: instant(row, 2)?.0,
        created_by: row.try_get(3)?,
        updated_at: instant(row, 4)?.0,
        updated_by: row.try_get(5)?,
        invoice_number: row.try_get(6)?,
        customer_name: row.try_get(7)?,
        status: row.try_get(8)?,
        total: &total,
        line_count: row.try_get(10)?,
        issued: row.try_get(11)?,
        due_days: row.try_get(12)?,
        country: row.try_get(13)?,
        discount: row.try_get(14)?,
        paid: row.try_get(15)?,
        note: row.try_get(16)?,
    }))
}

/// A `timestamptz` in the binary form that prepared statements answer: microseconds since 2000.
fn instant(row: &PgRow, at: usize) -> Result<Instant, sqlx::Error> {
    let wrong = || sqlx::Error::Decode("not a binary timestamptz".into());
    let value = row.try_get_raw(at)?;
    if value.format() != PgValueFormat::Binary {
        return Err(wrong());
    }
    let bytes = value.as_bytes().map_err(sqlx::Error::Decode)?.try_into().map_err(|_| wrong())?;
    Ok(Instant(i64::from_be_bytes(bytes) + EPOCH * 1_000_000))
}

fn failed(error: sqlx::Error) -> StatusCode {
    eprintln!("  the floor on Postgres: {error}");
    StatusCode::INTERNAL_SERVER_ERROR
}
