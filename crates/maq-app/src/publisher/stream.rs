//! Streaming the rows of `local` to a target: entity by entity in an order in which references find what they point
//! to, batch by batch, resuming after the last one that was acknowledged.

use super::Publisher;
use crate::active::{self, ActiveModel, Engines};
use crate::deployer::current_release;
use crate::error::refusals;
use crate::{AppError, AppResult, Job, LoadBatch, LoadPhase, ReleaseRow, TargetClient};
use maq_ir::EntityView;
use maq_query::record::{CompareOp, FieldRef, Filter, ListQuery};
use maq_value::{Record, Scope};
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;

/// Rows of one batch.
const BATCH: u32 = 1_000;
/// Bytes of one batch as JSON, unless one record alone is larger.
const BATCH_BYTES: usize = 4 << 20;

/// One entity's turn: which of its references wait for the second phase.
struct Turn<'a> {
    view: EntityView<'a>,
    deferred: Vec<String>,
}

impl Publisher {
    /// Refuses unless `local` runs the release whose rows are to be streamed.
    pub(super) async fn refuse_other_local(&self, release: &ReleaseRow) -> AppResult<()> {
        if current_release(&self.inner).await?.as_deref() == Some(release.digest.as_str()) {
            return Ok(());
        }
        Err(refusals::LOAD_LOCAL.with(&[("release", release.digest.get(..12).unwrap_or_default())]))
    }

    /// Streams all rows of the default tenant; answers how many are there now.
    pub(super) async fn stream_rows(
        &self,
        client: &dyn TargetClient,
        release: &ReleaseRow,
        job: &Job,
    ) -> AppResult<u64> {
        let active = active::load(&self.inner).await?;
        let turns = turns(&active)?;
        let mut done = 0;
        for turn in &turns {
            done += self.stream_phase(client, release, &active, turn, LoadPhase::Insert, (done, job)).await?;
        }
        for turn in turns.iter().filter(|turn| !turn.deferred.is_empty()) {
            self.stream_phase(client, release, &active, turn, LoadPhase::Link, (done, job)).await?;
        }
        Ok(done)
    }

    async fn stream_phase(
        &self,
        client: &dyn TargetClient,
        release: &ReleaseRow,
        active: &ActiveModel,
        turn: &Turn<'_>,
        phase: LoadPhase,
        (done, job): (u64, &Job),
    ) -> AppResult<u64> {
        let (_, engines) = active.required(turn.view.name())?;
        let mut at = client.load_position(&release.digest, turn.view.name(), phase).await?;
        loop {
            job.check()?;
            let records = self.batch(engines, &at.position).await?;
            let (rows, taken) = fit(&records, turn, phase);
            let Some(last) = records.get(taken.saturating_sub(1)) else { break };
            let batch = LoadBatch {
                release: release.digest.clone(),
                entity: turn.view.name().to_owned(),
                scope: Scope::default(),
                phase,
                rows,
                position: id_text(last),
            };
            at = client.load(batch).await?;
            job.progress("rows", done + at.rows, None);
        }
        Ok(at.rows)
    }

    /// The next records by id after `position`, the id of the last one that was acknowledged.
    async fn batch(&self, engines: &Engines, position: &str) -> AppResult<Vec<Record>> {
        let filter = match position {
            "" => Filter::All,
            id => Filter::Compare {
                field: FieldRef::Id,
                op: CompareOp::Gt,
                value: engines.records.parse_id(id).ok_or_else(|| AppError::fault("a load position is no id"))?,
            },
        };
        let query = ListQuery { filter, sort: Vec::new(), limit: BATCH, after: None, offset: 0 };
        let statement = engines.records.list(&Scope::default(), &query).map_err(AppError::fault)?;
        let rows = self.inner.read(statement).await?;
        Ok(engines.records.page(&query, &rows.0).map_err(AppError::fault)?.records)
    }
}

/// The rows of as many records as go into one batch, and how many those are; one always goes.
fn fit(records: &[Record], turn: &Turn<'_>, phase: LoadPhase) -> (Vec<Map<String, Json>>, usize) {
    let (mut rows, mut taken, mut bytes) = (Vec::new(), 0, 0);
    for record in records {
        let next = row(record, turn, phase);
        bytes += next.as_ref().map_or(0, |row| Json::Object(row.clone()).to_string().len());
        if taken > 0 && bytes > BATCH_BYTES {
            break;
        }
        rows.extend(next);
        taken += 1;
    }
    (rows, taken)
}

fn id_text(record: &Record) -> String {
    match record.get("id").to_json() {
        Json::String(id) => id,
        other => other.to_string(),
    }
}

/// A record as it travels: id and fields, in the second phase the deferred references alone (none when all are empty).
fn row(record: &Record, turn: &Turn<'_>, phase: LoadPhase) -> Option<Map<String, Json>> {
    let mut row = Map::new();
    row.insert("id".into(), record.get("id").to_json());
    for field in turn.view.fields() {
        let name = &*field.field.name;
        let deferred = turn.deferred.iter().any(|deferred| deferred == name);
        let value = record.get(name).to_json();
        match phase {
            LoadPhase::Insert => {
                row.insert(name.to_owned(), if deferred { Json::Null } else { value });
            }
            LoadPhase::Link if deferred && !value.is_null() => {
                row.insert(name.to_owned(), value);
            }
            LoadPhase::Link => {}
        }
    }
    (phase == LoadPhase::Insert || row.len() > 1).then_some(row)
}

/// Entities in an order in which every reference that is not deferred points backwards.
fn turns(active: &ActiveModel) -> AppResult<Vec<Turn<'_>>> {
    let mut waiting: Vec<EntityView<'_>> = active.model.entities().collect();
    let mut placed: BTreeSet<String> = BTreeSet::new();
    let mut turns = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let missing = |view: EntityView<'_>, placed: &BTreeSet<String>| -> Vec<(String, bool)> {
            view.references()
                .filter(|field| field.target().is_some_and(|target| !placed.contains(target.name())))
                .map(|field| (field.field.name.to_string(), field.field.required))
                .collect()
        };
        // The next one waits for nothing; in a circle, the first whose open references are all optional.
        let free = waiting.iter().position(|view| missing(*view, &placed).is_empty());
        let next = free
            .or_else(|| waiting.iter().position(|view| missing(*view, &placed).iter().all(|(_, required)| !required)));
        let Some(next) = next else {
            let names: Vec<&str> = waiting.iter().map(|view| view.name()).collect();
            let reason = format!("{} require each other in a circle", names.join(", "));
            return Err(refusals::LOAD_REFUSED.with(&[("entity", names.first().unwrap_or(&"")), ("reason", &reason)]));
        };
        let view = waiting.remove(next);
        let deferred = missing(view, &placed).into_iter().map(|(name, _)| name).collect();
        placed.insert(view.name().to_owned());
        turns.push(Turn { view, deferred });
    }
    Ok(turns)
}
