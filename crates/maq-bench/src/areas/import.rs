//! Importing a SQLite database of 500 tables into a new workspace, without and with rows. Floor: reading its catalogue,
//! and for the rows reading every one.

use super::Failure;
use super::data::{services_at, words};
use crate::measure::{in_millis, median};
use crate::report::{Better, Report};
use async_trait::async_trait;
use maq_app::{AppResult, ImportRequest, Job, SourceOpener, TargetClient, TargetConnector, refusals};
use maq_keychain::Secret;
use maq_store::source::SourceError;
use maq_store::{SourceReader, StoreKind};
use maq_store_sqlite::source::SqliteSource;
use maq_value::Actor;
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

const TABLES: usize = 500;
const ROWS: usize = 100;

/// Source databases on this machine.
pub struct Files;

impl SourceOpener for Files {
    fn open(&self, location: &str) -> Result<Arc<dyn SourceReader>, SourceError> {
        Ok(Arc::new(SqliteSource::open(Path::new(location))?))
    }
}

/// Benchmarks publish to no other server.
pub struct NoServers;

#[async_trait]
impl TargetConnector for NoServers {
    async fn connect(&self, url: &str, _token: &Secret) -> AppResult<Arc<dyn TargetClient>> {
        Err(refusals::TARGET_UNREACHABLE.with(&[("url", url), ("reason", "there is none in a benchmark")]))
    }
}

pub fn run(report: &mut Report) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("source.db");
    make_source(&source)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    for with_data in [false, true] {
        let mut times = Vec::new();
        for run in 0..3 {
            let path = folder.path().join(format!("{with_data}{run}.maquette"));
            times.push(runtime.block_on(import(&source, &path, with_data))?);
        }
        let (id, floor) = if with_data {
            ("import/500-tables-50000-rows", read_all(&source)?)
        } else {
            ("import/500-tables", read_catalogue(&source)?)
        };
        report.add(id, "ms", Better::Lower, median(times), Some(floor));
    }
    Ok(())
}

async fn import(source: &Path, workspace: &Path, with_data: bool) -> Result<f64, Failure> {
    let services = services_at(workspace, StoreKind::Workspace).await?;
    let request = ImportRequest {
        source: source.display().to_string(),
        with_data,
        starter_policy: Some("admin-only".into()),
        tables: None,
    };
    let start = Instant::now();
    let summary = services.importer.run(&Actor::owner("bench"), request, &Job::none()).await.map_err(words)?;
    let time = in_millis(start.elapsed());
    let expected = if with_data { (TABLES * ROWS) as u64 } else { 0 };
    if summary.rows != expected {
        return Err(format!("{} rows came in, not {expected}", summary.rows).into());
    }
    services.close().await;
    Ok(time)
}

fn make_source(path: &Path) -> Result<(), Failure> {
    let mut connection = Connection::open(path)?;
    let transaction = connection.transaction()?;
    for table in 0..TABLES {
        let before = table.saturating_sub(1);
        transaction.execute_batch(&format!(
            "CREATE TABLE table_{table} (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL, amount DECIMAL(10, 2),
               made_on DATE, active BOOLEAN DEFAULT 1, parent_id INTEGER REFERENCES table_{before} (id), note TEXT);
             CREATE INDEX table_{table}_name ON table_{table} (name);"
        ))?;
        let mut insert = transaction
            .prepare(&format!("INSERT INTO table_{table} VALUES (?1, ?2, ?3, '2026-03-01', 1, ?1, 'a note')"))?;
        for row in 1..=ROWS {
            insert.execute(rusqlite::params![row as i64, format!("row {row}"), row as f64 / 4.0])?;
        }
    }
    transaction.commit()?;
    Ok(())
}

fn read_catalogue(path: &Path) -> Result<f64, Failure> {
    let start = Instant::now();
    let connection = Connection::open(path)?;
    for table in 0..TABLES {
        for pragma in ["table_xinfo", "foreign_key_list", "index_list"] {
            let mut statement = connection.prepare(&format!("PRAGMA {pragma}(table_{table})"))?;
            let mut rows = statement.query([])?;
            while rows.next()?.is_some() {}
        }
    }
    Ok(in_millis(start.elapsed()))
}

fn read_all(path: &Path) -> Result<f64, Failure> {
    let start = Instant::now();
    let connection = Connection::open(path)?;
    for table in 0..TABLES {
        let mut statement = connection.prepare(&format!("SELECT * FROM table_{table}"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            std::hint::black_box(row.get_ref(1)?);
        }
    }
    Ok(in_millis(start.elapsed()))
}
