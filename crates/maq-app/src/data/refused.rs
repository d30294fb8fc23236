//! Why the store refused changes, in the words of the data API.

use super::along::NOT_ALONG;
use super::change::{Prepared, UNTOUCHED};
use super::sight::Sight;
use super::writing::{Admitted, NOT_AFTER, NOT_BEFORE, field_denied, field_named, kept_from};
use super::{DataApi, Together, query_refusal};
use crate::active::ActiveModel;
use crate::error::refusals;
use crate::{AppError, AppResult};
use maq_expr::Predicate;
use maq_policy::RuleIndex;
use maq_store::{Refused, StoreError};
use maq_value::{Record, Value};
use std::collections::HashMap;

/// What a record that should be changed is found to be.
enum Found {
    /// It is not there, or not for this principal.
    Gone,
    /// It may be changed, and has this row version.
    Fits(i64),
    /// It may not be changed.
    Kept(AppError),
}

impl DataApi {
    /// The refusal of a unit of work that was not done, or the fault.
    pub(super) async fn explain(
        &self,
        error: StoreError,
        admitted: &Admitted<'_>,
        prepared: &[Prepared],
        together: Together,
    ) -> AppError {
        let StoreError::Refused(refused) = error else { return error.into() };
        let entities = entities(prepared);
        let entity = entities.as_str();
        match refused {
            Refused::Guard(UNTOUCHED | NOT_BEFORE) => match self.untouched(admitted, prepared, together).await {
                Ok(refusal) | Err(refusal) => refusal,
            },
            Refused::Guard(NOT_AFTER) => match self.not_after(admitted, prepared, together).await {
                Ok(refusal) | Err(refusal) => refusal,
            },
            Refused::Guard(NOT_ALONG) => match self.not_along(admitted, prepared, together).await {
                Ok(refusal) | Err(refusal) => refusal,
            },
            // That a value is taken is told to who may write it: the record that has it may be one that is not seen.
            Refused::Unique(named) => match self.not_allowed(admitted, prepared, together).await {
                Ok(Some(refusal)) | Err(refusal) => refusal,
                Ok(None) => unique_taken(&admitted.asked.active, prepared, &named, entity),
            },
            Refused::ForeignKey(_) => refusals::DATA_REFERENCE.with(&[("entity", entity)]),
            Refused::Check(reason) | Refused::NotNull(reason) => {
                refusals::DATA_STORE_CHECK.with(&[("entity", entity), ("reason", &reason)])
            }
            other => StoreError::Refused(other).into(),
        }
    }

    /// A write that touched nothing: the record is gone, it may not be changed, or it has another row version. Looked
    /// at in the order of the operations, with what those before would have done.
    async fn untouched(
        &self,
        admitted: &Admitted<'_>,
        prepared: &[Prepared],
        together: Together,
    ) -> AppResult<AppError> {
        let mut done: HashMap<(&str, String), Option<i64>> = HashMap::new();
        for (at, one) in prepared.iter().enumerate() {
            let Some(key) = &one.key else { continue };
            let place = (one.entity.as_str(), one.id_text());
            let current = match (one.action, done.get(&place)) {
                ("create", _) => None,
                (_, Some(version)) => *version,
                (_, None) => match self.find(admitted, one, key).await? {
                    Found::Gone => None,
                    Found::Fits(version) => Some(version),
                    Found::Kept(refusal) => return Ok(at_operation(refusal, at, together)),
                },
            };
            let after = match (one.action, current) {
                ("create", _) => Some(1),
                (_, None) => return Ok(at_operation(one.gone(), at, together)),
                (_, Some(version)) if one.row_version.is_some_and(|read| read != version) => {
                    return Ok(at_operation(one.changed(version), at, together));
                }
                ("update", Some(version)) => Some(version + 1),
                _ => None,
            };
            done.insert(place, after);
        }
        // Each by itself would fit: an operation before took it to where it may not be changed.
        if let Some((at, one)) = prepared.iter().enumerate().find(|(_, one)| one.before.is_some())
            && together == Together::Batch
        {
            return Ok(at_operation(self.deny(admitted, one, None).await, at, together));
        }
        // All would fit by now: somebody else was in between.
        let first = prepared.iter().find(|one| one.action != "create");
        let params = first.map(|one| (one.entity.clone(), one.id_text())).unwrap_or_default();
        Ok(refusals::DATA_CONFLICT.with(&[("entity", &params.0), ("id", &params.1)]).retryable())
    }

    /// What the record of a change is as it stands.
    async fn find(&self, admitted: &Admitted<'_>, one: &Prepared, key: &Value) -> AppResult<Found> {
        let asked = &admitted.asked;
        let (view, engines) = asked.active.required(&one.entity)?;
        let sight: Option<Sight<'_>> = asked.sight(&one.entity)?.unwrap_or_default();
        let always = || Predicate::Known(true);
        let seen = match &sight {
            Some(sight) => sight.rows().map_or_else(always, |rows| (**rows).clone()),
            None => Predicate::Known(false),
        };
        let fits = one.before.as_ref().map_or_else(always, |before| (**before).clone());
        let in_rows = admitted.rows(&one.entity, one.action).map_or_else(always, |rows| (**rows).clone());
        let mut questions = vec![seen, fits, in_rows];
        let known = asked.known();
        // A change is admitted, so its conditions can be asked.
        let (rules, conditions): (Vec<RuleIndex>, Vec<Predicate>) =
            engines.enforced().field_conditions(&known, one.action).unwrap_or_default().into_iter().unzip();
        questions.extend(conditions);
        let statement = engines.records.get_with(&asked.principal.scope(), key, None, &questions);
        let rows = self.inner.read(statement.map_err(query_refusal)?).await?;
        let Some(row) = rows.0.first() else { return Ok(Found::Gone) };
        let outcomes = engines.records.outcomes(row);
        let is = |at: usize| outcomes.get(at).copied().flatten() == Some(true);
        let record = engines.records.decode_row(row).map_err(AppError::fault)?;
        if is(1) {
            return Ok(match record.get("rowVersion") {
                Value::Integer(version) => Found::Fits(*version),
                _ => Found::Gone,
            });
        }
        if !is(0) {
            return Ok(Found::Gone);
        }
        if is(2) {
            let told = |rule: RuleIndex| {
                let at = rules.iter().position(|other| *other == rule)?;
                outcomes.get(3 + at).copied().flatten()
            };
            let rights = engines.enforced().field_rights(&known, one.action, &told);
            let written: Vec<_> = one.fields.iter().flatten().filter_map(|name| field_named(view, name)).collect();
            let refusal = field_denied(asked, view, &kept_from(&rights, &written));
            return Ok(Found::Kept(self.gate.audited(refusal, asked.principal, one.action, &one.resource).await));
        }
        Ok(Found::Kept(self.deny(admitted, one, Some(record)).await))
    }

    /// A record that may not be written as it would stand.
    async fn not_after(
        &self,
        admitted: &Admitted<'_>,
        prepared: &[Prepared],
        together: Together,
    ) -> AppResult<AppError> {
        let asked = &admitted.asked;
        let mut candidates = Vec::new();
        for (at, one) in prepared.iter().enumerate().filter(|(_, one)| one.after.is_some()) {
            let record = self.as_it_would_stand(admitted, one).await?;
            if let Some(refusal) = self.gate.deny_if(asked, (one.action, &one.entity, &one.resource), record).await? {
                return Ok(at_operation(refusal, at, together));
            }
            candidates.push((at, one));
        }
        // By itself none of them shows it: what the others change does.
        let Some((at, one)) = candidates.first() else { return Err(AppError::fault("nothing was asked afterwards")) };
        let refusal = self.deny(admitted, one, None).await;
        Ok(if candidates.len() == 1 { at_operation(refusal, *at, together) } else { refusal })
    }

    /// Why a change that the store could not make was not allowed either, in the order in which a change is judged: by what
    /// it refers to, by the record as it would stand, by its fields.
    async fn not_allowed(
        &self,
        admitted: &Admitted<'_>,
        prepared: &[Prepared],
        together: Together,
    ) -> AppResult<Option<AppError>> {
        let asked = &admitted.asked;
        for (at, one) in prepared.iter().enumerate().filter(|(at, one)| stands_alone(*at, one, prepared)) {
            for target in &one.targets {
                if self.inner.read(target.statement.clone()).await?.0.is_empty() {
                    let refusal = refusals::DATA_REFERENCE.with(&[("entity", &one.entity)]);
                    return Ok(Some(at_operation(refusal, at, together)));
                }
            }
            if one.after.is_none() {
                continue;
            }
            let record = self.as_it_would_stand(admitted, one).await?;
            let place = (one.action, one.entity.as_str(), one.resource.as_str());
            if let Some(refusal) = self.gate.deny_if(asked, place, record.clone()).await? {
                return Ok(Some(at_operation(refusal, at, together)));
            }
            let (view, _) = asked.active.required(&one.entity)?;
            let written: Vec<_> = one.fields.iter().flatten().filter_map(|name| field_named(view, name)).collect();
            let rights = self.gate.field_rights(asked, one.action, &one.entity, record).await?;
            let kept = rights.map_or_else(Vec::new, |rights| kept_from(&rights, &written));
            if one.action == "create" && !kept.is_empty() {
                let refusal = field_denied(asked, view, &kept);
                let refusal = self.gate.audited(refusal, asked.principal, one.action, &one.resource).await;
                return Ok(Some(at_operation(refusal, at, together)));
            }
        }
        Ok(None)
    }

    async fn as_it_would_stand(&self, admitted: &Admitted<'_>, one: &Prepared) -> AppResult<Record> {
        let asked = &admitted.asked;
        let (view, engines) = asked.active.required(&one.entity)?;
        let mut record = engines.records.record_from_json(&serde_json::json!({}));
        if let (Some(key), "update") = (&one.key, one.action) {
            let statement = engines.records.get(&asked.principal.scope(), key).map_err(query_refusal)?;
            let rows = self.inner.read(statement).await?;
            if let Some(row) = rows.0.first() {
                record = engines.records.decode_row(row).map_err(AppError::fault)?;
            }
        } else {
            record.set("rowVersion", Value::Integer(1));
            for name in ["createdAt", "updatedAt"] {
                record.set(name, Value::Instant(asked.now));
            }
            for name in ["createdBy", "updatedBy"] {
                record.set(name, Value::Text(asked.principal.user_id.clone()));
            }
        }
        if let Some(key) = &one.key {
            record.set("id", key.clone());
        }
        for field in &view.entity.fields {
            if let Some((_, value)) = one.values.0.iter().find(|(name, _)| *name == field.name) {
                // An empty value reads as its column does.
                let value = if value.is_absent() && field.absent == maq_ir::Absent::Missing {
                    Value::Missing
                } else if value.is_absent() {
                    Value::Null
                } else {
                    value.clone()
                };
                record.set(field.name.clone(), value);
            } else if one.action == "create" && field.absent == maq_ir::Absent::Null {
                record.set(field.name.clone(), Value::Null);
            }
        }
        Ok(record)
    }

    async fn deny(&self, admitted: &Admitted<'_>, one: &Prepared, record: Option<Record>) -> AppError {
        self.gate.deny_record(&admitted.asked, (one.action, &one.entity, &one.resource), record).await
    }

    /// A delete that would do more than may be done. What hangs on a record is told to nobody who may not delete it.
    async fn not_along(
        &self,
        admitted: &Admitted<'_>,
        prepared: &[Prepared],
        together: Together,
    ) -> AppResult<AppError> {
        let deletes = prepared.iter().enumerate().filter(|(_, one)| !one.along.lead.is_empty());
        let deletes: Vec<(usize, &Prepared)> = deletes.collect();
        for (at, one) in &deletes {
            let Some(key) = &one.key else { continue };
            match self.find(admitted, one, key).await? {
                Found::Kept(refusal) => return Ok(at_operation(refusal, *at, together)),
                Found::Gone if !prepared.iter().any(|other| other.action == "create") => {
                    return Ok(at_operation(one.gone(), *at, together));
                }
                Found::Gone | Found::Fits(_) => {}
            }
        }
        let Some((at, one)) = deletes.first() else { return Err(AppError::fault("no delete asked about others")) };
        let why = "records that refer to it would be deleted or changed, and some of them may not be";
        let refusal = self.gate.deny(&admitted.asked, one.action, &one.entity, Some(why.to_owned())).await;
        Ok(if deletes.len() == 1 { at_operation(refusal, *at, together) } else { refusal })
    }
}

/// Whether what a change leaves can be told without the others of its batch: none of them touches its record, and it
/// refers to none of theirs.
fn stands_alone(at: usize, one: &Prepared, prepared: &[Prepared]) -> bool {
    let mut others = prepared.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, other)| other);
    let refers = |key: &Value| one.values.0.iter().any(|(_, value)| value == key);
    others.all(|other| {
        let is_same = other.entity == one.entity && other.key.is_some() && other.key == one.key;
        !is_same && !other.key.as_ref().is_some_and(refers)
    })
}

/// The same refusal with the number of the batch's operation that it is about.
pub(super) fn at_operation(mut error: AppError, at: usize, together: Together) -> AppError {
    if let (AppError::Refusal(refusal), Together::Batch) = (&mut error, together) {
        refusal.params.insert("operation".to_owned(), at.to_string());
    }
    error
}

/// The store names a key, and only one entity has it.
fn unique_taken(active: &ActiveModel, prepared: &[Prepared], named: &str, otherwise: &str) -> AppError {
    let found = prepared.iter().find_map(|one| {
        let (_, engines) = active.required(&one.entity).ok()?;
        Some((one.entity.as_str(), engines.records.unique_fields(named)?.join(", ")))
    });
    let (entity, key) = match found {
        Some((entity, fields)) => (entity, format!("`{fields}`")),
        None => (otherwise, "id".to_owned()),
    };
    refusals::DATA_UNIQUE.with(&[("entity", entity), ("key", &key)])
}

/// Names of the entities that are changed, each once.
fn entities(prepared: &[Prepared]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for one in prepared {
        if !names.contains(&one.entity.as_str()) {
            names.push(&one.entity);
        }
    }
    names.join("`, `")
}
