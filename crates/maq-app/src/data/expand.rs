//! Expansion: a list or a record together with the records that it refers to. These are read as every other, as far
//! as the principal may see them, and stand beside the page, each once: what a reference holds stays an id.

use super::{Asked, DataApi};
use crate::error::refusals;
use crate::{AppError, AppResult};
use maq_ir::{EntityIdx, FieldType};
use maq_query::record::{FieldRef, Filter, ListQuery};
use maq_value::{Record, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most references to expand in one request.
pub const MAX_EXPANSIONS: usize = 8;
/// Most references after each other: `customer.region` is two.
pub const MAX_EXPANSION_STEPS: usize = 2;

/// Records beside a page, by entity, each once and in order of their ids.
pub type Included = BTreeMap<Arc<str>, Vec<Record>>;

/// A reference to expand.
#[derive(Debug)]
pub(super) struct Expansion {
    /// Its field.
    field: Arc<str>,
    target: EntityIdx,
    /// References of the records that it leads to.
    then: Vec<Expansion>,
}

/// Records found, by entity and id.
type Found = BTreeMap<Arc<str>, BTreeMap<String, Record>>;

impl DataApi {
    /// Reads what to expand. A reference that may not be read as it is on every record may not be expanded either, and
    /// neither may one to an entity of which nothing may be read.
    pub(super) async fn expansions(
        &self,
        asked: &Asked<'_>,
        entity: &str,
        paths: &[String],
    ) -> AppResult<Vec<Expansion>> {
        let mut expansions = Vec::new();
        if paths.len() > MAX_EXPANSIONS {
            return Err(wrong(&paths.join(","), &format!("at most {MAX_EXPANSIONS} references are expanded at once")));
        }
        for path in paths {
            let steps: Vec<&str> = path.split('.').collect();
            if steps.len() > MAX_EXPANSION_STEPS {
                return Err(wrong(path, &format!("at most {MAX_EXPANSION_STEPS} references follow each other")));
            }
            let (mut entity, mut level) = (entity.to_owned(), &mut expansions);
            for step in steps {
                let target = self.target(asked, &entity, step, path).await?;
                entity = asked.active.at(target)?.0.name().to_owned();
                let at = level.iter().position(|known: &Expansion| &*known.field == step);
                let at = at.unwrap_or_else(|| {
                    level.push(Expansion { field: step.into(), target, then: Vec::new() });
                    level.len() - 1
                });
                let Some(next) = level.get_mut(at) else { break };
                level = &mut next.then;
            }
        }
        Ok(expansions)
    }

    /// Where a reference leads to, when it may be followed.
    async fn target(&self, asked: &Asked<'_>, entity: &str, step: &str, path: &str) -> AppResult<EntityIdx> {
        let sight = self.see(asked, entity).await?;
        let (view, engines) = asked.active.required(entity)?;
        let field = match engines.records.field(step) {
            Some(FieldRef::Field(field)) => field,
            Some(_) => return Err(wrong(path, &format!("`{step}` is no reference"))),
            None => return Err(wrong(path, &format!("`{entity}` has no field `{step}`"))),
        };
        let Some(FieldType::Reference { target, .. }) = view.entity.fields.get(field.0 as usize).map(|field| &field.ty)
        else {
            return Err(wrong(path, &format!("`{step}` is no reference")));
        };
        if !sight.may_query(FieldRef::Field(field)) {
            return Err(sight.not_queryable(step));
        }
        let target = *target;
        // Refused, and audited, as a list of them would be.
        self.see(asked, asked.active.at(target)?.0.name()).await?;
        Ok(target)
    }

    /// The records that `records` refer to, as far as they may be seen.
    pub(super) async fn include(
        &self,
        asked: &Asked<'_>,
        expansions: &[Expansion],
        records: &[Record],
    ) -> AppResult<Included> {
        let mut found = Found::new();
        // One read for each reference: of the records at hand, then of those that it led to.
        for first in expansions {
            let reached = self.referred(asked, first, records).await?;
            for second in &first.then {
                let further = self.referred(asked, second, &reached).await?;
                keep(asked, second, further, &mut found)?;
            }
            keep(asked, first, reached, &mut found)?;
        }
        Ok(found.into_iter().map(|(entity, records)| (entity, records.into_values().collect())).collect())
    }

    async fn referred(&self, asked: &Asked<'_>, by: &Expansion, records: &[Record]) -> AppResult<Vec<Record>> {
        let ids: BTreeMap<String, &Value> = records
            .iter()
            .map(|record| record.get(&by.field))
            .filter(|value| !matches!(value, Value::Null | Value::Missing))
            .map(|value| (value.to_json().to_string(), value))
            .collect();
        let target = asked.active.at(by.target)?.0.name();
        // Whoever may see none was refused before.
        let Ok(Some(sight)) = asked.sight(target)? else { return Ok(Vec::new()) };
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let limit = u32::try_from(ids.len()).map_err(AppError::fault)?;
        let wanted = Filter::In { field: FieldRef::Id, values: ids.into_values().cloned().collect() };
        let query = ListQuery { filter: sight.narrowed(wanted), limit, ..ListQuery::default() };
        self.page(asked.principal, &sight, &query).await?.records()
    }
}

fn keep(asked: &Asked<'_>, by: &Expansion, records: Vec<Record>, found: &mut Found) -> AppResult<()> {
    let (view, _) = asked.active.at(by.target)?;
    let kept = found.entry(view.entity.name.clone()).or_default();
    kept.extend(records.into_iter().map(|record| (record.get("id").to_json().to_string(), record)));
    Ok(())
}

fn wrong(path: &str, reason: &str) -> AppError {
    refusals::DATA_EXPAND_WRONG.with(&[("path", path), ("reason", reason)])
}
