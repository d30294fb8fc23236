//! Over SQLite: both read the same file through the same driver.

use super::{LIMIT, Question, compare, document, statements};
use crate::areas::Failure;
use crate::areas::data::{PageOut, floor_records, open_floor, publish, services_at, services_over, show};
use crate::report::Report;
use maq_store::StoreKind;
use maq_store_sqlite::SqliteStore;
use serde_json::{Map, Value as Json};
use std::path::Path;
use tokio::runtime::Runtime;

const COLUMNS: &str = "tenant_id, realm_id, row_version, created_at, created_by, updated_at, updated_by, \
     invoice_number, customer_name, status, total, line_count, issued, due_days, country, discount, paid, note";

const SHOWN: &str = "id, row_version, created_at, created_by, updated_at, updated_by, invoice_number, customer_name, \
     status, total, line_count, issued, due_days, country, discount, paid, note";

pub fn run(
    report: &mut Report,
    runtime: &Runtime,
    records: &[Map<String, Json>],
    copies: usize,
) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let (bare, own) = (folder.path().join("floor.db"), folder.path().join("server.maquette"));
    floor_records(&bare, records)?;
    runtime.block_on(async {
        let server = services_at(&own, StoreKind::Server).await?;
        publish(folder.path(), &server, document()).await?;
        server.close().await;
        Ok::<_, Failure>(())
    })?;
    fill(&bare, &own, copies)?;
    let services = runtime.block_on(services_over(SqliteStore::open(&own, StoreKind::Server)?))?;
    let connection = open_floor(&own)?;
    let limit = (LIMIT * 100).to_string();
    let texts = statements(SHOWN, "invoice", ["?1", &limit, "?2", "?3"]);
    let mut floor = |at: usize, question: &Question| {
        let mut page = PageOut::new();
        let mut statement = connection.prepare_cached(texts.get(at).ok_or("a list has no statement")?)?;
        let (date, id) = (&question.last.0, &question.last.1);
        let mut rows = match question.after {
            Some(_) => statement.query([&question.value, date, id])?,
            None => statement.query([&question.value])?,
        };
        while let Some(row) = rows.next()? {
            show(row, |record| page.add(record))?;
        }
        Ok(page.text())
    };
    compare(report, runtime, "policy", &services, records, &mut floor)?;
    runtime.block_on(services.close());
    Ok(())
}

/// Copies the rows of the floor's file into ours, so many times and under other ids.
fn fill(bare: &Path, own: &Path, copies: usize) -> Result<(), Failure> {
    let connection = open_floor(bare)?;
    let id = "lower(printf('%s-%s-7%s-a%s-%s', hex(randomblob(4)), hex(randomblob(2)), substr(hex(randomblob(2)), 2), \
              substr(hex(randomblob(2)), 2), hex(randomblob(6))))";
    connection.execute_batch(&format!(
        "ATTACH {} AS own;
         WITH RECURSIVE copy(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM copy WHERE number < {copies})
         INSERT INTO own.invoice (id, {COLUMNS}) SELECT {id}, {COLUMNS} FROM main.invoice, copy;
         DETACH own;",
        literal(&own.display().to_string()),
    ))?;
    Ok(())
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
