//! Loading rows that come with a release: batches, idempotent and resumable. References between records of the same
//! batch or of entities that refer to each other in a circle come in a second phase, when every record is there.

use super::{Deployer, current_release};
use crate::active;
use crate::authorise::{Permission, authorise};
use crate::cells::Cells;
use crate::data::query_refusal;
use crate::error::refusals;
use crate::services::Act;
use crate::{AppError, AppResult};
use maq_query::meta;
use maq_query::record::{BulkMode, Stamp};
use maq_store::{Bulk, Operation, Refused, StoreError, UnitOfWork};
use maq_value::{Actor, Scope, Value};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

/// Most rows of one batch.
pub(crate) const MAX_BATCH: usize = 2_000;

/// Which phase of a load a batch belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LoadPhase {
    /// Records without the references that may point to what is not there yet.
    Insert,
    /// Those references.
    Link,
}

/// A batch of rows of one entity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LoadBatch {
    /// Digest of the release the rows belong to; it must run.
    pub release: String,
    /// The entity's name.
    pub entity: String,
    /// Tenant and realm they go to.
    pub scope: Scope,
    /// Which phase.
    pub phase: LoadPhase,
    /// Objects with `id` and fields by name.
    pub rows: Vec<Map<String, Json>>,
    /// Where the sender is after this batch; answered by `load_position` when it comes back.
    pub position: String,
}

/// How far a load came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadPosition {
    /// The position of the last batch that was stored; empty before the first.
    pub position: String,
    /// Rows stored or found so far.
    pub rows: u64,
}

impl Deployer {
    /// How far the load of an entity came.
    ///
    /// # Errors
    /// Faults.
    pub async fn load_position(
        &self,
        actor: &Actor,
        release: &str,
        entity: &str,
        phase: LoadPhase,
    ) -> AppResult<LoadPosition> {
        authorise(actor, Permission::Publish)?;
        let rows = self.inner.read(meta::load_position(self.inner.dialect(), load_id(release, entity, phase))).await?;
        let position = rows.0.first().map(|row| {
            let cells = Cells(row);
            LoadPosition { position: cells.text(0), rows: cells.integer(1).unsigned_abs() }
        });
        Ok(position.unwrap_or_default())
    }

    /// Stores a batch; a record that is there already stays as it is.
    ///
    /// # Errors
    /// `publish/load-wrong-release`, `publish/load-refused`, `data/entity-unknown`.
    pub async fn load(&self, actor: &Actor, batch: LoadBatch) -> AppResult<LoadPosition> {
        authorise(actor, Permission::Publish)?;
        let refuse = |reason: &str| refusals::LOAD_REFUSED.with(&[("entity", &batch.entity), ("reason", reason)]);
        if current_release(&self.inner).await?.as_deref() != Some(batch.release.as_str()) {
            return Err(refusals::LOAD_RELEASE.with(&[("release", &batch.release)]));
        }
        if batch.rows.len() > MAX_BATCH {
            return Err(refuse(&format!("more than {MAX_BATCH} rows in a batch")));
        }
        let before = self.load_position(actor, &batch.release, &batch.entity, batch.phase).await?;
        let active = active::load(&self.inner).await?;
        let (view, engines) = active.required(&batch.entity)?;
        let now = self.inner.now();
        let stamp = Stamp { now, user_id: &actor.user_id };
        let mut work = UnitOfWork { topics: self.inner.record_topics(), ..UnitOfWork::default() };
        let mut rows = Vec::with_capacity(batch.rows.len());
        for row in &batch.rows {
            let mut row = row.clone();
            let id = row.shift_remove("id").unwrap_or_default();
            let id = Value::from_json(&id, view.entity.identity.kind())
                .ok()
                .filter(|id| !id.is_absent())
                .ok_or_else(|| refuse("a row has no id that fits"))?;
            let findings = |findings| refuse("rows have findings").with_findings(findings);
            // Every field travels, so a whole row is checked like a patch of everything; NOT NULL is the table's.
            let record = engines.validator.patch(&row).map_err(findings)?;
            match batch.phase {
                LoadPhase::Insert => {
                    let row = engines.records.bulk_row(&batch.scope, &id, &record, stamp).map_err(query_refusal)?;
                    rows.push(Ok(row));
                }
                LoadPhase::Link => {
                    // Only a record that nobody touched since its insert is linked, so a second run changes nothing.
                    let link = engines.records.update(&batch.scope, &id, Some(1), &record, stamp);
                    work.operations.push(Operation::from(link.map_err(query_refusal)?));
                }
            }
        }
        if !rows.is_empty() {
            let statement = engines.records.bulk_insert(&batch.scope, BulkMode::SkipExisting);
            work.bulk.push(Bulk { statement, rows: Box::new(rows.into_iter()) });
        }
        let position = LoadPosition { position: batch.position.clone(), rows: before.rows + batch.rows.len() as u64 };
        let id = load_id(&batch.release, &batch.entity, batch.phase);
        let count = i64::try_from(position.rows).unwrap_or(i64::MAX);
        let put = meta::put_load_position(self.inner.dialect(), id, position.position.as_str(), count, now.0);
        work.operations.push(put.into());
        let act = Act {
            event_type: "data.load",
            action: "load",
            resource: &batch.entity,
            details: Some(json!({"release": batch.release, "rows": batch.rows.len(), "position": batch.position})),
        };
        let event = self.inner.audit(&actor.user_id, batch.scope.clone(), act, maq_audit::Outcome::Success, None);
        work.audit.push(event);
        self.inner.store.commit(work).await.map_err(|error| match error {
            StoreError::Refused(Refused::ForeignKey(_)) => refuse("a reference points to nothing"),
            StoreError::Refused(Refused::Unique(key)) => refuse(&format!("a unique key is taken ({key})")),
            StoreError::Refused(other) => refuse(&format!("{other:?}")),
            other => AppError::from(other),
        })?;
        self.inner.events.changed(&["records", "audit"]);
        Ok(position)
    }
}

fn load_id(release: &str, entity: &str, phase: LoadPhase) -> String {
    let phase = match phase {
        LoadPhase::Insert => "insert",
        LoadPhase::Link => "link",
    };
    format!("{release}/{entity}/{phase}")
}
