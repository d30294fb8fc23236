//! Why the store refused changes, in the words of the data API.

use super::change::{Prepared, UNTOUCHED};
use super::{DataApi, Together, query_refusal};
use crate::active::ActiveModel;
use crate::error::refusals;
use crate::{AppError, AppResult};
use maq_store::{Refused, StoreError};
use maq_value::{Principal, Value};
use std::collections::HashMap;

impl DataApi {
    /// The refusal of a unit of work that was not done, or the fault.
    pub(super) async fn explain(
        &self,
        error: StoreError,
        active: &ActiveModel,
        principal: &Principal,
        prepared: &[Prepared],
        together: Together,
    ) -> AppError {
        let StoreError::Refused(refused) = error else { return error.into() };
        let entities = entities(prepared);
        let entity = entities.as_str();
        match refused {
            Refused::Guard(UNTOUCHED) => match self.untouched(active, principal, prepared, together).await {
                Ok(refusal) | Err(refusal) => refusal,
            },
            Refused::Unique(named) => unique_taken(active, prepared, &named, entity),
            Refused::ForeignKey(_) => refusals::DATA_REFERENCE.with(&[("entity", entity)]),
            Refused::Check(reason) | Refused::NotNull(reason) => {
                refusals::DATA_STORE_CHECK.with(&[("entity", entity), ("reason", &reason)])
            }
            other => StoreError::Refused(other).into(),
        }
    }

    /// A write that touched nothing: the record is gone, or it has another row version. Looked at in the order of the
    /// operations, with what those before would have done.
    async fn untouched(
        &self,
        active: &ActiveModel,
        principal: &Principal,
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
                (_, None) => self.current_version(active, principal, &one.entity, key).await?,
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
        // All would fit by now: somebody else was in between.
        let first = prepared.iter().find(|one| one.action != "create");
        let params = first.map(|one| (one.entity.clone(), one.id_text())).unwrap_or_default();
        Ok(refusals::DATA_CONFLICT.with(&[("entity", &params.0), ("id", &params.1)]).retryable())
    }

    async fn current_version(
        &self,
        active: &ActiveModel,
        principal: &Principal,
        entity: &str,
        key: &Value,
    ) -> AppResult<Option<i64>> {
        let (_, engines) = active.required(entity)?;
        let rows = self.inner.read(engines.records.get(&principal.scope(), key).map_err(query_refusal)?).await?;
        let Some(row) = rows.0.first() else { return Ok(None) };
        match engines.records.decode_row(row).map_err(AppError::fault)?.get("rowVersion") {
            Value::Integer(version) => Ok(Some(*version)),
            _ => Ok(None),
        }
    }
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
