//! What deleting a record does to the records that refer to it. Where a delete takes them along, each must be one that
//! may be deleted; where it empties their reference, each must be one that may be changed, before and after.

use super::writing::not_true;
use super::{Asked, query_refusal};
use crate::AppResult;
use maq_expr::{CompareOp, EntityIndex, Link, Predicate, Rows, Term};
use maq_ir::shapes::FIELDS_BEFORE;
use maq_ir::{EntityIdx, FieldIdx, OnDelete};
use maq_policy::RowFilter;
use maq_query::record::{Filter, ListQuery};
use maq_store::{Operation, Refused, Rows as Answered};
use maq_value::{Kind, Value};
use std::collections::HashSet;
use std::sync::Arc;

/// The tag of a delete that would do more than may be done.
pub(super) const NOT_ALONG: &str = "policy/not-along";

/// How far deletes are followed. What goes along from further away may not be deleted by somebody who may not delete
/// everything.
const MAX_STEPS: usize = 6;
/// Records whose reference a delete may empty, for somebody who may not change everything.
pub(crate) const MAX_EMPTIED: u32 = 1_000;
/// Ids in one question.
const TOGETHER: usize = 500;

/// What must be asked around a delete.
#[derive(Default)]
pub(super) struct Along {
    /// Before it, in its transaction.
    pub lead: Vec<Operation>,
    /// Records whose reference goes, by the place of the question that finds them in `lead`.
    pub emptied: Vec<Emptied>,
}

/// Records whose reference a delete empties.
#[derive(Clone)]
pub(super) struct Emptied {
    /// The question that answers them.
    pub at: usize,
    pub entity: String,
    /// What must hold of them afterwards.
    pub fit: Arc<Predicate>,
}

/// A reference on the way from a record to what it points to.
#[derive(Clone, Copy)]
struct Step {
    entity: EntityIdx,
    field: FieldIdx,
}

impl Along {
    /// What a delete of the record `key` of `entity` must ask.
    pub fn of(asked: &Asked<'_>, entity: EntityIdx, key: &Value) -> AppResult<Along> {
        let mut along = Along::default();
        if !is_free(asked, entity, &mut HashSet::new())? {
            along.follow(asked, entity, key, &mut Vec::new())?;
        }
        Ok(along)
    }

    fn follow(&mut self, asked: &Asked<'_>, entity: EntityIdx, key: &Value, path: &mut Vec<Step>) -> AppResult<()> {
        let (_, engines) = asked.active.at(entity)?;
        for inbound in &engines.inbound {
            path.push(Step { entity: inbound.entity, field: inbound.field });
            match inbound.on_delete {
                OnDelete::Restrict => {}
                OnDelete::Cascade if path.len() > MAX_STEPS => {
                    self.refuse(asked, inbound.entity, reached(key, path), None)?;
                }
                OnDelete::Cascade => {
                    let fit = rows(asked, inbound.entity, "delete")?;
                    if fit != RowFilter::All {
                        self.refuse(asked, inbound.entity, reached(key, path), Some(&fit))?;
                    }
                    self.follow(asked, inbound.entity, key, path)?;
                }
                OnDelete::SetNull => {
                    let fit = rows(asked, inbound.entity, "update")?;
                    if fit != RowFilter::All {
                        self.refuse(asked, inbound.entity, reached(key, path), Some(&fit))?;
                    }
                    if let RowFilter::Where(fit) = fit {
                        self.find(asked, inbound.entity, reached(key, path), fit)?;
                    }
                }
            }
            path.pop();
        }
        Ok(())
    }

    /// No such record may be there that does not fit; none at all where nothing fits.
    fn refuse(
        &mut self,
        asked: &Asked<'_>,
        entity: EntityIdx,
        reached: Predicate,
        fit: Option<&RowFilter>,
    ) -> AppResult<()> {
        let (_, engines) = asked.active.at(entity)?;
        let mut parts = vec![Filter::Predicate(Arc::new(reached))];
        if let Some(RowFilter::Where(fit)) = fit {
            parts.push(Filter::Predicate(Arc::new(not_true(fit))));
        }
        let query = ListQuery { filter: Filter::And(parts), limit: 0, ..ListQuery::default() };
        let statement = engines.records.list(&asked.principal.scope(), &query).map_err(query_refusal)?;
        self.lead.push(Operation { statement, expect_rows: Some((0, Refused::Guard(NOT_ALONG))) });
        Ok(())
    }

    /// The records that will be changed, to be asked about afterwards.
    fn find(&mut self, asked: &Asked<'_>, entity: EntityIdx, reached: Predicate, fit: Predicate) -> AppResult<()> {
        let (view, engines) = asked.active.at(entity)?;
        let filter = Filter::Predicate(Arc::new(reached));
        let query = ListQuery { filter, limit: MAX_EMPTIED, ..ListQuery::default() };
        let statement = engines.records.list(&asked.principal.scope(), &query).map_err(query_refusal)?;
        self.emptied.push(Emptied { at: self.lead.len(), entity: view.name().to_owned(), fit: Arc::new(fit) });
        self.lead.push(statement.into());
        Ok(())
    }
}

impl Emptied {
    /// What must be answered of the records that `found` holds, when everything is done.
    pub fn afterwards(&self, asked: &AskedAfter<'_>, found: &Answered) -> Result<Vec<Operation>, Refused> {
        if found.0.len() > MAX_EMPTIED as usize {
            return Err(Refused::Guard(NOT_ALONG));
        }
        let unreadable = |error: String| Refused::Source(error);
        let (_, engines) = asked.active.required(&self.entity).map_err(|error| unreadable(error.to_string()))?;
        let records = &engines.records;
        let ids = found.0.iter().map(|row| Ok(records.decode_row(row)?.get("id").clone()));
        let ids: Vec<Value> =
            ids.collect::<Result<_, maq_query::record::QueryError>>().map_err(|error| unreadable(error.to_string()))?;
        let question = |ids: &[Value]| {
            let these = Filter::In { field: maq_query::record::FieldRef::Id, values: ids.to_vec() };
            let filter = Filter::And(vec![these, Filter::Predicate(Arc::new(not_true(&self.fit)))]);
            let query = ListQuery { filter, limit: 0, ..ListQuery::default() };
            let statement = records.list(asked.scope, &query).map_err(|error| unreadable(error.to_string()))?;
            Ok(Operation { statement, expect_rows: Some((0, Refused::Guard(NOT_ALONG))) })
        };
        ids.chunks(TOGETHER).map(question).collect()
    }
}

/// What questions inside a transaction need.
pub(super) struct AskedAfter<'a> {
    pub active: &'a crate::active::ActiveModel,
    pub scope: &'a maq_value::Scope,
}

/// The records on which `action` may be done; none where the policies cannot be asked.
fn rows(asked: &Asked<'_>, entity: EntityIdx, action: &str) -> AppResult<RowFilter> {
    let (view, _) = asked.active.at(entity)?;
    Ok(asked.rows(view.name(), action)?.unwrap_or(RowFilter::None))
}

/// Whether everything that a delete can reach may be deleted or changed, whatever it is.
fn is_free(asked: &Asked<'_>, entity: EntityIdx, seen: &mut HashSet<EntityIdx>) -> AppResult<bool> {
    if !seen.insert(entity) {
        return Ok(true);
    }
    let (_, engines) = asked.active.at(entity)?;
    for inbound in &engines.inbound {
        let is_free = match inbound.on_delete {
            OnDelete::Restrict => true,
            OnDelete::SetNull => rows(asked, inbound.entity, "update")? == RowFilter::All,
            OnDelete::Cascade => {
                rows(asked, inbound.entity, "delete")? == RowFilter::All && is_free(asked, inbound.entity, seen)?
            }
        };
        if !is_free {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Rows of the last step's entity from which `path` leads to the record `key`.
fn reached(key: &Value, path: &[Step]) -> Predicate {
    at_level(key, path, 0)
}

fn at_level(key: &Value, path: &[Step], level: u32) -> Predicate {
    let Some((last, before)) = path.split_last() else { return Predicate::Known(false) };
    let field = FIELDS_BEFORE + last.field.0;
    match before.last() {
        None => {
            let kind = kind_of(key);
            let reference = Term::Field { level, field, kind };
            Predicate::Compare(CompareOp::Eq, reference, Term::Value(key.clone(), kind))
        }
        Some(next) => {
            let link = Link::Target { level, field };
            let rows = Rows { level: level + 1, entity: EntityIndex(next.entity.0), link };
            Predicate::Exists(rows, Box::new(at_level(key, before, level + 1)))
        }
    }
}

/// The kind of an id.
fn kind_of(id: &Value) -> Kind {
    match id {
        Value::Uuid(_) => Kind::Uuid,
        Value::Integer(_) | Value::BigInt(_) => Kind::Integer,
        _ => Kind::Text,
    }
}
