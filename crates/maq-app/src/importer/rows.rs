//! The rows of an import as bulk work: pulled from the source while the transaction runs, converted, checked,
//! written. One that does not fit rolls everything back.

use crate::services::Inner;
use crate::{AppError, AppResult, Job};
use maq_gtype::Validator;
use maq_interop::{Imported, TableLoad};
use maq_ir::{Entity, Model};
use maq_query::SqlValue;
use maq_query::record::{BulkMode, Records, Stamp};
use maq_store::source::{SourceCatalogue, SourceError, SourceReader, SourceRows};
use maq_store::{Bulk, Refused, SourceTable, UnitOfWork};
use maq_value::{Actor, Instant, Scope, Value};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Counts rows as they are written.
pub(super) struct Counter {
    /// Rows the source counted.
    pub expected: u64,
    written: Arc<AtomicU64>,
}

impl Counter {
    /// Rows written so far.
    pub fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }
}

/// Adds a bulk for every table that comes in.
#[expect(clippy::too_many_arguments, reason = "one private step of the import, split for reading")]
pub(super) fn attach(
    inner: &Arc<Inner>,
    actor: &Actor,
    model: &Arc<Model>,
    imported: &Imported,
    catalogue: &SourceCatalogue,
    reader: &Arc<dyn SourceReader>,
    job: &Job,
    work: &mut UnitOfWork,
) -> AppResult<Counter> {
    let written = Arc::new(AtomicU64::new(0));
    let mut expected = 0;
    let scope = Scope::default();
    for load in &imported.loads {
        let table = catalogue.tables.iter().find(|table| table.name == load.table);
        let view = model.entity_by_id(&load.entity_id);
        let (Some(table), Some(view)) = (table, view) else {
            return Err(AppError::fault(format!("table {} has no entity to load into", load.table)));
        };
        expected += table.row_count;
        let records = Records::new(view.entity, None, inner.dialect());
        work.bulk.push(Bulk {
            statement: records.bulk_insert(&scope, BulkMode::Insert),
            rows: Box::new(LoadRows {
                validator: Validator::new(view.entity),
                entity: view.entity.clone(),
                records,
                load: load.clone(),
                table: table.clone(),
                reader: reader.clone(),
                rows: None,
                scope: scope.clone(),
                now: inner.now(),
                user_id: actor.user_id.clone(),
                written: written.clone(),
                cancelled: job.cancel_flag(),
                number: 0,
            }),
        });
    }
    Ok(Counter { expected, written })
}

/// Rows of one table. The source is opened at the first pull, so that one table after the other holds it.
struct LoadRows {
    entity: Arc<Entity>,
    validator: Validator,
    records: Records,
    load: TableLoad,
    table: SourceTable,
    reader: Arc<dyn SourceReader>,
    rows: Option<SourceRows>,
    scope: Scope,
    now: Instant,
    user_id: String,
    written: Arc<AtomicU64>,
    cancelled: Arc<AtomicBool>,
    number: u64,
}

impl LoadRows {
    fn refuse(&self, reason: impl std::fmt::Display) -> Refused {
        Refused::Source(format!("table `{}`, row {}: {reason}", self.load.table, self.number))
    }

    fn pull(&mut self) -> Result<Option<Vec<SqlValue>>, SourceError> {
        let rows = match &mut self.rows {
            Some(rows) => rows,
            none => none.insert(self.reader.rows(&self.table, &self.load.picks)?),
        };
        rows.next().transpose()
    }

    fn convert(&mut self, row: Vec<SqlValue>) -> Result<Vec<SqlValue>, Refused> {
        let mut record = self.load.convert(&self.entity, row).map_err(|problem| self.refuse(problem))?;
        if let Some(finding) = self.validator.check_row(&record).into_iter().find(|finding| finding.is_error()) {
            return Err(self.refuse(finding.message));
        }
        let id = match record.0.iter().position(|(name, _)| &**name == "id") {
            Some(at) => record.0.remove(at).1,
            None => Value::Missing,
        };
        let stamp = Stamp { now: self.now, user_id: &self.user_id };
        self.records.bulk_row(&self.scope, &id, &record, stamp).map_err(|error| self.refuse(error))
    }
}

impl Iterator for LoadRows {
    type Item = Result<Vec<SqlValue>, Refused>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.cancelled.load(Ordering::Relaxed) {
            return Some(Err(Refused::Cancelled));
        }
        self.number += 1;
        let row = match self.pull() {
            Ok(row) => row?,
            Err(error) => return Some(Err(self.refuse(error))),
        };
        let converted = self.convert(row);
        if converted.is_ok() {
            self.written.fetch_add(1, Ordering::Relaxed);
        }
        Some(converted)
    }
}
