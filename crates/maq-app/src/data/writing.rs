//! What must hold so that a change may be made: of the record before and after, of its fields, and of the records it
//! points to. All of it is asked inside the change's transaction.
//!
//! A batch is one change. A record that is there before the batch must fit as the batch found it and as the operations
//! before its own left it, and every record that a batch creates or changes must fit as the whole batch leaves it: what
//! one operation does opens no door for the next one, and what the last one does moves no record that another wrote to
//! where it may not be. A batch that first makes a record writable and then writes it is two requests.

use super::{Asked, query_refusal};
use crate::active::Engines;
use crate::error::refusals;
use crate::{AppError, AppResult};
use maq_expr::Predicate;
use maq_ir::{EntityView, FieldIdx, FieldType};
use maq_policy::{FieldRights, RowFilter};
use maq_query::Statement;
use maq_store::{Operation, Refused};
use maq_value::{Record, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// The tag of a record that was not, before a batch, one that may be changed.
pub(super) const NOT_BEFORE: &str = "policy/not-before";
/// The tag of a record that is not, after the change, one that may be written.
pub(super) const NOT_AFTER: &str = "policy/not-after";

/// The running model, and the rows on which each action of a request may be done.
pub(super) struct Admitted<'p> {
    pub asked: Asked<'p>,
    rows: HashMap<(String, &'static str), Arc<Predicate>>,
    /// By entity: the rows that are seen, where that is not all of them.
    seen: HashMap<String, Arc<Predicate>>,
}

impl<'p> Admitted<'p> {
    pub fn new(asked: Asked<'p>) -> Admitted<'p> {
        Admitted { asked, rows: HashMap::new(), seen: HashMap::new() }
    }

    /// Only rows that make `rows` true may be changed in this way.
    pub fn narrow(&mut self, entity: &str, action: &'static str, rows: Predicate) {
        self.rows.insert((entity.to_owned(), action), Arc::new(rows));
    }

    /// Only rows that make `rows` true are there to be changed or deleted.
    pub fn narrow_seen(&mut self, entity: &str, rows: Predicate) {
        self.seen.insert(entity.to_owned(), Arc::new(rows));
    }

    /// `fit` on the rows that are seen: what may not be read is not there, whatever else may be done to it.
    pub fn before(&self, entity: &str, fit: Option<Arc<Predicate>>) -> Option<Arc<Predicate>> {
        match (if self.seen.is_empty() { None } else { self.seen.get(entity) }, fit) {
            (None, fit) => fit,
            (Some(seen), None) => Some(seen.clone()),
            (Some(seen), Some(fit)) if *seen == fit => Some(fit),
            (Some(seen), Some(fit)) => Some(Arc::new(Predicate::All(vec![(**seen).clone(), (*fit).clone()]))),
        }
    }

    /// The condition on rows; none for all of them.
    pub fn rows(&self, entity: &str, action: &'static str) -> Option<&Arc<Predicate>> {
        // Most requests have none at all, and need no key to find none.
        if self.rows.is_empty() { None } else { self.rows.get(&(entity.to_owned(), action)) }
    }

    /// The condition on a record whose fields `names` are written by `action`.
    ///
    /// # Errors
    /// `policy/field-denied` when some may not be written whatever the record.
    pub fn fit<'n>(
        &self,
        (view, engines): (EntityView<'_>, &Engines),
        action: &'static str,
        names: impl Iterator<Item = &'n String>,
    ) -> AppResult<Option<Arc<Predicate>>> {
        let rows = self.rows(view.name(), action);
        let written: Vec<FieldIdx> = names.filter_map(|name| field_named(view, name)).collect();
        Ok(match (rows, writable(&self.asked, view, engines, action, &written)?) {
            (rows, None) => rows.cloned(),
            (None, Some(writable)) => Some(Arc::new(writable)),
            (Some(rows), Some(writable)) => Some(Arc::new(Predicate::All(vec![(**rows).clone(), writable]))),
        })
    }

    /// What must be answered so that every record that `values` refer to is there and may be read.
    ///
    /// # Errors
    /// `data/reference-broken` when none may be read at all.
    pub fn targets(&self, view: EntityView<'_>, values: &Record) -> AppResult<Vec<Operation>> {
        let mut asked = Vec::new();
        for field in &view.entity.fields {
            let FieldType::Reference { target, .. } = field.ty else { continue };
            let value = values.get(&field.name);
            if value.is_absent() {
                continue;
            }
            let (other, engines) = self.asked.active.at(target)?;
            match self.asked.rows(other.name(), "read")? {
                Ok(RowFilter::All) => {}
                Ok(RowFilter::Where(rows)) => {
                    let scope = self.asked.principal.scope();
                    let statement = engines.records.exists_with(&scope, value, Some(&rows)).map_err(query_refusal)?;
                    // In the words of a reference to nothing: whether it is there is not told.
                    asked.push(Operation { statement, expect_rows: Some((1, Refused::ForeignKey(String::new()))) });
                }
                Ok(RowFilter::None) | Err(_) => {
                    return Err(refusals::DATA_REFERENCE.with(&[("entity", view.name())]));
                }
            }
        }
        Ok(asked)
    }
}

/// What finds the record of `id` when it does not make `fit` true.
pub(super) fn unfit(engines: &Engines, asked: &Asked<'_>, id: &Value, fit: &Predicate) -> AppResult<Statement> {
    let scope = asked.principal.scope();
    engines.records.exists_with(&scope, id, Some(&not_true(fit))).map_err(query_refusal)
}

/// True where `fit` is false or cannot be told.
pub(super) fn not_true(fit: &Predicate) -> Predicate {
    negated(Predicate::IsTrue(Box::new(fit.clone())))
}

fn negated(predicate: Predicate) -> Predicate {
    Predicate::Not(Box::new(predicate))
}

pub(super) fn field_named(view: EntityView<'_>, name: &str) -> Option<FieldIdx> {
    let at = view.entity.fields.iter().position(|field| &*field.name == name)?;
    u32::try_from(at).ok().map(FieldIdx)
}

/// The refusal of fields that may not be written.
pub(super) fn field_denied(asked: &Asked<'_>, view: EntityView<'_>, fields: &[FieldIdx]) -> AppError {
    let names = fields.iter().filter_map(|at| view.entity.fields.get(at.0 as usize));
    let names: Vec<String> = names.map(|field| format!("`{}`", field.name)).collect();
    let params = [("user", &*asked.principal.user_id), ("fields", &*names.join(", ")), ("resource", view.name())];
    refusals::POLICY_FIELD_DENIED.with(&params)
}

/// What of `written` the rights keep from being written.
pub(super) fn kept_from(rights: &FieldRights, written: &[FieldIdx]) -> Vec<FieldIdx> {
    written.iter().copied().filter(|field| !rights.may_write(*field)).collect()
}

/// The rows on which all of `written` may be written; none when that is each that the filter gives.
fn writable(
    asked: &Asked<'_>,
    view: EntityView<'_>,
    engines: &Engines,
    action: &str,
    written: &[FieldIdx],
) -> AppResult<Option<Predicate>> {
    let writable = engines.enforced().writable_rows(&asked.known(), action, written).map_err(|why| {
        let (user, reason) = (&*asked.principal.user_id, why.to_string());
        let params = [("user", user), ("action", action), ("resource", view.name()), ("reason", &reason)];
        refusals::POLICY_DENIED.with(&params)
    })?;
    if !writable.never.is_empty() {
        return Err(field_denied(asked, view, &writable.never));
    }
    Ok(writable.rows)
}
