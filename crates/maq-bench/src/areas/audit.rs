//! The audit: appending through the store in units of 100 events, and verifying. Floor of appending: the same rows by
//! plain inserts of the same driver, grouped alike, without a chain.

use super::Failure;
use crate::measure::median;
use crate::report::{Better, Report};
use maq_audit::{AuditEvent, ChainTail, Outcome, SealedEvent, seal, verify_link};
use maq_store::{Store, StoreKind, UnitOfWork};
use maq_store_sqlite::SqliteStore;
use maq_value::{Instant, Scope};
use rusqlite::{Connection, params};
use serde_json::json;
use std::sync::Arc;
use std::time::Instant as Clock;

const EVENTS: usize = 100_000;
const UNIT: usize = 100;

pub fn run(report: &mut Report) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let ours = append(folder.path())?;
    let floor = plain_inserts(folder.path())?;
    report.add("audit/append", "/s", Better::Higher, ours, Some(floor));

    let mut tail = ChainTail::default();
    let start = Clock::now();
    let chain: Vec<SealedEvent> = events().map(|event| seal(event, &mut tail)).collect();
    report.add("audit/seal", "/s", Better::Higher, EVENTS as f64 / start.elapsed().as_secs_f64(), None);
    let rates = (0..5).map(|_| {
        let mut tail = ChainTail::default();
        let start = Clock::now();
        let whole = chain.iter().all(|link| verify_link(link, &mut tail).is_ok());
        if whole { EVENTS as f64 / start.elapsed().as_secs_f64() } else { f64::NAN }
    });
    report.add("audit/verify", "/s", Better::Higher, median(rates.collect()), None);
    Ok(())
}

fn events() -> impl Iterator<Item = AuditEvent> {
    (0..EVENTS).map(|number| AuditEvent {
        event_id: format!("evt_{number}_bench"),
        event_type: "data.update".into(),
        timestamp: Instant(1_790_000_000_000_000 + number as i64),
        user_id: format!("user{}", number % 50),
        scope: Scope::default(),
        action: "update".into(),
        resource: format!("Invoice/{number}"),
        details: Some(json!({"changed": ["status", "total"], "rowVersion": number})),
        salt: format!("{number:032x}"),
        result: Outcome::Success,
        error_message: None,
    })
}

/// Events a second through the store, from eight tasks.
fn append(folder: &std::path::Path) -> Result<f64, Failure> {
    let store = SqliteStore::create(&folder.join("ours.db"), StoreKind::Server, "bench", "sto_b", Instant::now())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let all: Vec<AuditEvent> = events().collect();
    runtime.block_on(async {
        let units: Vec<UnitOfWork> =
            all.chunks(UNIT).map(|chunk| UnitOfWork { audit: chunk.to_vec(), ..UnitOfWork::default() }).collect();
        let queue = Arc::new(tokio::sync::Mutex::new(units.into_iter()));
        let start = Clock::now();
        let workers: Vec<_> = (0..8)
            .map(|_| {
                let (store, queue) = (store.clone(), queue.clone());
                tokio::spawn(async move {
                    loop {
                        let next = queue.lock().await.next();
                        match next {
                            Some(unit) => store.commit(unit).await.map(drop)?,
                            None => return Ok::<(), maq_store::StoreError>(()),
                        }
                    }
                })
            })
            .collect();
        for worker in workers {
            worker.await??;
        }
        let rate = EVENTS as f64 / start.elapsed().as_secs_f64();
        store.close().await;
        Ok(rate)
    })
}

/// Rows a second by plain inserts into the same table shape.
fn plain_inserts(folder: &std::path::Path) -> Result<f64, Failure> {
    let mut connection = Connection::open(folder.join("floor.db"))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch(
        "CREATE TABLE audit (id TEXT PRIMARY KEY, event_id TEXT NOT NULL, event_type TEXT NOT NULL, timestamp INTEGER NOT NULL,
           user_id TEXT NOT NULL, tenant_id TEXT NOT NULL, realm_id TEXT NOT NULL, action TEXT NOT NULL,
           resource TEXT NOT NULL, details TEXT, result TEXT NOT NULL, error_message TEXT, seq INTEGER NOT NULL) STRICT;
         CREATE UNIQUE INDEX a1 ON audit (event_id);
         CREATE UNIQUE INDEX a2 ON audit (tenant_id, seq);
         CREATE INDEX a3 ON audit (tenant_id, timestamp DESC);
         CREATE INDEX a4 ON audit (user_id, timestamp DESC);
         CREATE INDEX a5 ON audit (resource, timestamp DESC);
         CREATE INDEX a6 ON audit (event_type);",
    )?;
    let all: Vec<AuditEvent> = events().collect();
    let start = Clock::now();
    let mut seq = 0_i64;
    // Eight units of work meet in one commit, as eight tasks do.
    for group in all.chunks(UNIT * 8) {
        let transaction = connection.transaction()?;
        {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO audit VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'success', NULL, ?11)",
            )?;
            for event in group {
                seq += 1;
                insert.execute(params![
                    event.event_id,
                    event.event_id,
                    event.event_type,
                    event.timestamp.0,
                    event.user_id,
                    event.scope.tenant_id,
                    event.scope.realm_id,
                    event.action,
                    event.resource,
                    event.details.as_ref().map(ToString::to_string),
                    seq,
                ])?;
            }
        }
        transaction.commit()?;
    }
    Ok(EVENTS as f64 / start.elapsed().as_secs_f64())
}
