//! Changes as one unit of work: all of them or none, with their audit, the answer kept under an idempotency key, and
//! the events for the outside.

use super::change::{self, Change, Prepared};
use super::keyed::{IdempotencyKey, Keyed, record_json};
use super::plan::Plan;
use super::refused::at_operation;
use super::writing::Admitted;
use super::{DataApi, Together, refuse_long};
use crate::error::refusals;
use crate::services::Act;
use crate::{AppError, AppResult};
use maq_diag::Finding;
use maq_policy::RowFilter;
use maq_query::outbox::OutboxEvent;
use maq_store::{Follow, Receipt, Rows, Sequel, StoreError, UnitOfWork};
use maq_value::{Instant, Principal, Record, Scope};
use serde_json::{Value as Json, json};
use std::collections::HashSet;
use std::sync::Arc;

/// What changes answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The records as they stand after the changes, in order; null for a deleted one.
    pub records: Vec<Json>,
    /// True when this answer was given before under the same key, and nothing was done.
    pub replayed: bool,
}

impl DataApi {
    /// Makes the changes; answers the records as far as they may be seen, none for a deleted one.
    pub(super) async fn write(
        &self,
        principal: &Principal,
        changes: &[Change],
        together: Together,
    ) -> AppResult<Vec<Option<Record>>> {
        let admitted = self.admit(principal, changes, together).await?;
        let prepared = self.prepare_all(&admitted, changes, together).await?;
        let plan = Plan::of(&admitted, &prepared)?;
        let work = self.unit(&admitted, &prepared, &plan, together, None)?;
        match self.inner.store.commit(work).await {
            Ok(receipt) => self.committed(&admitted, &prepared, &plan, &receipt),
            Err(error) => Err(self.explain(error, &admitted, &prepared, together).await),
        }
    }

    /// As [`DataApi::write`], in JSON, and under a key where one is given.
    pub(super) async fn answer(
        &self,
        principal: &Principal,
        changes: &[Change],
        key: Option<&IdempotencyKey>,
        together: Together,
    ) -> AppResult<Written> {
        let Some(key) = key else {
            let records = self.write(principal, changes, together).await?;
            return Ok(Written { records: in_json(records), replayed: false });
        };
        let admitted = self.admit(principal, changes, together).await?;
        let keyed = Keyed::new(&self.inner, principal, key, changes, together == Together::Batch);
        if let Some(records) = keyed.answered(&self.inner).await? {
            return self.replay(&admitted, changes, records).await;
        }
        let prepared = self.prepare_all(&admitted, changes, together).await?;
        let plan = Plan::of(&admitted, &prepared)?;
        let work = self.unit(&admitted, &prepared, &plan, together, Some(keyed.clone()))?;
        match self.inner.store.commit(work).await {
            Ok(receipt) => {
                let records = self.committed(&admitted, &prepared, &plan, &receipt)?;
                Ok(Written { records: in_json(records), replayed: false })
            }
            // The same request may have come at the same moment, and have been faster.
            Err(error @ StoreError::Refused(_)) => match keyed.answered(&self.inner).await? {
                Some(records) => self.replay(&admitted, changes, records).await,
                None => Err(self.explain(error, &admitted, &prepared, together).await),
            },
            Err(error) => Err(error.into()),
        }
    }

    /// The running model, when every change is on an entity of it and allowed on some record.
    async fn admit<'p>(
        &self,
        principal: &'p Principal,
        changes: &[Change],
        together: Together,
    ) -> AppResult<Admitted<'p>> {
        let mut admitted = Admitted::new(self.asked(principal).await?);
        let mut decided = HashSet::new();
        for (at, change) in changes.iter().enumerate() {
            let (entity, action) = (change.entity(), change.action());
            if !decided.insert((entity, action)) {
                continue;
            }
            let known = refuse_long(entity).and_then(|()| admitted.asked.rows(entity, action));
            let why = match known.map_err(|error| at_operation(error, at, together))? {
                Ok(RowFilter::None) => None,
                Err(why) => Some(why.to_string()),
                Ok(rows) => {
                    if let RowFilter::Where(rows) = rows {
                        admitted.narrow(entity, action, rows);
                    }
                    let unseen = if action == "create" { None } else { see_to_change(&mut admitted, entity)? };
                    let Some(why) = unseen else {
                        self.gate.sample(&admitted.asked, action, entity);
                        continue;
                    };
                    Some(format!("{why}, and what may not be read is not there to {action}"))
                }
            };
            return Err(at_operation(self.gate.deny(&admitted.asked, action, entity, why).await, at, together));
        }
        Ok(admitted)
    }

    /// All changes, validated. The findings of a batch come together; any other refusal is the first one's.
    async fn prepare_all(
        &self,
        admitted: &Admitted<'_>,
        changes: &[Change],
        together: Together,
    ) -> AppResult<Vec<Prepared>> {
        let mut prepared = Vec::with_capacity(changes.len());
        let (mut findings, mut invalid): (Vec<Finding>, usize) = (Vec::new(), 0);
        for (at, change) in changes.iter().enumerate() {
            match change::prepare(&self.inner, admitted, change) {
                Ok(one) => prepared.push(one),
                Err(AppError::Refusal(refusal)) if together == Together::Batch && !refusal.findings.is_empty() => {
                    invalid += 1;
                    findings.extend(refusal.findings.into_iter().map(|finding| in_operation(finding, at)));
                }
                Err(error) => {
                    let error =
                        self.gate.audited(error, admitted.asked.principal, change.action(), change.entity()).await;
                    return Err(at_operation(error, at, together));
                }
            }
        }
        if invalid > 0 {
            let refused = refusals::DATA_BATCH_INVALID.with(&[("records", &invalid.to_string())]);
            return Err(refused.with_findings(findings));
        }
        Ok(prepared)
    }

    fn unit(
        &self,
        admitted: &Admitted<'_>,
        prepared: &[Prepared],
        plan: &Plan<'_>,
        together: Together,
        keyed: Option<Keyed>,
    ) -> AppResult<UnitOfWork> {
        // What was done together can be found together.
        let batch = (together == Together::Batch).then(|| self.inner.id("bat"));
        let audit = prepared.iter().map(|one| {
            let details = match (&one.fields, &batch) {
                (None, None) => None,
                (Some(fields), None) => Some(json!({ "fields": fields })),
                (None, Some(batch)) => Some(json!({ "batch": batch })),
                (Some(fields), Some(batch)) => Some(json!({ "fields": fields, "batch": batch })),
            };
            let event_type = format!("data.{}", one.action);
            let act = Act { event_type: &event_type, action: one.action, resource: &one.resource, details };
            self.inner.audit_principal(admitted.asked.principal, act)
        });
        let operations = prepared.iter().flat_map(|one| one.along.lead.iter().chain([&one.operation]).cloned());
        Ok(UnitOfWork {
            guards: plan.guards(admitted, prepared, together)?,
            operations: operations.collect(),
            follow: self.follow(admitted, prepared, plan, keyed),
            audit: audit.collect(),
            topics: self.inner.record_topics(),
            ..UnitOfWork::default()
        })
    }

    /// What follows from the rows that the changes answer; none where nobody asked.
    fn follow(
        &self,
        admitted: &Admitted<'_>,
        prepared: &[Prepared],
        plan: &Plan<'_>,
        keyed: Option<Keyed>,
    ) -> Option<Follow> {
        let outbox = self.inner.options.outbox;
        if keyed.is_none() && !outbox && !plan.asks_afterwards() {
            return None;
        }
        let told: Vec<Told> = prepared
            .iter()
            .map(|one| Told {
                entity: one.entity.clone(),
                action: one.action,
                fields: one.fields.clone(),
                id: one.key.as_ref().map(maq_value::Value::to_json),
                row_version: one.row_version,
                // Drawn once: a unit that is run again tells the same event.
                event_id: outbox.then(|| self.inner.id("out")),
            })
            .collect();
        let asked = &admitted.asked;
        let (active, scope, user_id) = (asked.active.clone(), asked.principal.scope(), asked.principal.user_id.clone());
        let (now, wants_json) = (asked.now, keyed.is_some() || outbox);
        let afterwards = plan.afterwards();
        Some(Arc::new(move |returned: &[Rows]| {
            let mut operations = afterwards.operations(&active, &scope, returned)?;
            let mut records = Vec::with_capacity(told.len());
            if wants_json {
                for (one, rows) in told.iter().zip(afterwards.own(returned)) {
                    records.push(match (one.action, rows.0.first()) {
                        ("delete", _) | (_, None) => Json::Null,
                        (_, Some(row)) => record_json(&active, &one.entity, row)?,
                    });
                }
            }
            let events = told.iter().zip(&records);
            let outbox = events.filter_map(|(one, record)| one.event(record, &scope, &user_id, now)).collect();
            operations.extend(keyed.iter().flat_map(|keyed| keyed.keep(&records)));
            Ok(Sequel { operations, outbox })
        }))
    }

    fn committed(
        &self,
        admitted: &Admitted<'_>,
        prepared: &[Prepared],
        plan: &Plan<'_>,
        receipt: &Receipt,
    ) -> AppResult<Vec<Option<Record>>> {
        self.inner.events.changed(&["records", "audit"]);
        let own = plan.own(&receipt.returned);
        let record = |(at, (one, rows)): (usize, (&Prepared, &Rows))| {
            if one.action == "delete" {
                return Ok(None);
            }
            let (_, engines) = admitted.asked.active.required(&one.entity)?;
            let row = rows.0.first().ok_or_else(|| AppError::fault("a write answered no row"))?;
            let mut record = engines.records.decode_row(row).map_err(AppError::fault)?;
            plan.cover(at, one, &mut record, &receipt.followed);
            Ok(Some(record))
        };
        prepared.iter().zip(own).enumerate().map(record).collect()
    }
}

/// Why there are no records of `entity` to change or delete: what may not be read is not there.
fn see_to_change(admitted: &mut Admitted<'_>, entity: &str) -> AppResult<Option<String>> {
    Ok(match admitted.asked.rows(entity, "read")? {
        Ok(RowFilter::All) => None,
        Ok(RowFilter::Where(rows)) => {
            admitted.narrow_seen(entity, rows);
            None
        }
        Ok(RowFilter::None) => Some(format!("no record of `{entity}` may be read")),
        Err(why) => Some(format!("no record of `{entity}` may be read: {why}")),
    })
}

/// What an event for the outside tells of a change. No values: who may read them asks for the record.
struct Told {
    entity: String,
    action: &'static str,
    fields: Option<Vec<String>>,
    id: Option<Json>,
    row_version: Option<i64>,
    event_id: Option<String>,
}

impl Told {
    fn event(&self, record: &Json, scope: &Scope, user_id: &str, at: Instant) -> Option<OutboxEvent> {
        let event_id = self.event_id.clone()?;
        let topic = match self.action {
            "create" => "record.created",
            "update" => "record.updated",
            _ => "record.deleted",
        };
        let id = record.get("id").or(self.id.as_ref());
        let version = record.get("rowVersion").cloned().unwrap_or_else(|| json!(self.row_version));
        let payload = json!({
            "entity": self.entity,
            "id": id,
            "rowVersion": version,
            "user": user_id,
            "fields": self.fields.as_deref().unwrap_or_default(),
        });
        Some(OutboxEvent { event_id, topic: topic.to_owned(), scope: scope.clone(), payload, at })
    }
}

fn in_json(records: Vec<Option<Record>>) -> Vec<Json> {
    records.into_iter().map(|record| record.map_or(Json::Null, |record| record.to_json())).collect()
}

/// A finding of a record at its place in the batch.
fn in_operation(mut finding: Finding, at: usize) -> Finding {
    let path = std::mem::take(&mut finding.place.path);
    finding.place.path = ["operations".to_owned(), at.to_string(), "data".to_owned()].into_iter().chain(path).collect();
    finding
}
