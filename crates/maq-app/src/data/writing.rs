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
use maq_ir::{Combining, Effect, EntityView, FieldIdx, FieldType};
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

/// Outcomes of rules that are looked at one by one, at most.
const MAX_CASES: usize = 512;

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
        Ok(match (rows, unwritable(&self.asked, view, engines, action, &written)?) {
            (rows, None) => rows.cloned(),
            (None, Some(kept)) => Some(Arc::new(negated(kept))),
            (Some(rows), Some(kept)) => Some(Arc::new(Predicate::All(vec![(**rows).clone(), negated(kept)]))),
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

/// The rows on which some of `written` may not be written; none when there are no such rows.
fn unwritable(
    asked: &Asked<'_>,
    view: EntityView<'_>,
    engines: &Engines,
    action: &str,
    written: &[FieldIdx],
) -> AppResult<Option<Predicate>> {
    if written.is_empty() {
        return Ok(None);
    }
    let (policies, known) = (engines.enforced(), asked.known());
    let denied = |reason: String| {
        let params =
            [("user", &*asked.principal.user_id), ("action", action), ("resource", view.name()), ("reason", &reason)];
        refusals::POLICY_DENIED.with(&params)
    };
    let conditions = policies.field_conditions(&known, action).map_err(|why| denied(why.to_string()))?;
    let mut rules = Vec::with_capacity(conditions.len());
    for (at, predicate) in &conditions {
        let effect = policies.policy(*at).map_or(Effect::Deny, |policy| policy.effect);
        rules.push((*at, states(effect, policies.combining() == Combining::OnlyOneApplicable, predicate)));
    }
    let cases: usize = rules.iter().map(|(_, states)| states.len()).fold(1, usize::saturating_mul);
    if cases > MAX_CASES {
        return Err(denied(format!("{} policies with conditions decide over its fields at once", rules.len())));
    }
    // Every way the conditions can turn out, and what may be written then.
    let (mut kept, mut never) = (Vec::new(), written.to_vec());
    for case in 0..cases {
        let mut rest = case;
        let mut turned = Vec::with_capacity(rules.len());
        for (at, states) in &rules {
            if let Some(state) = states.get(rest % states.len()) {
                turned.push((*at, state));
            }
            rest /= states.len();
        }
        let told = |rule| turned.iter().find(|(at, _)| *at == rule).and_then(|(_, state)| state.0);
        let denied = kept_from(&policies.field_rights(&known, action, &told), written);
        if !denied.is_empty() {
            kept.push(Predicate::All(turned.iter().map(|(_, state)| state.1.clone()).collect()));
        }
        never.retain(|field| denied.contains(field));
    }
    if !never.is_empty() {
        return Err(field_denied(asked, view, &never));
    }
    Ok((!kept.is_empty()).then(|| Predicate::Any(kept)))
}

/// How a condition can turn out, as far as it makes a difference, each with the rows where it does.
fn states(effect: Effect, is_strict: bool, condition: &Predicate) -> Vec<(Option<bool>, Predicate)> {
    let is_true = Predicate::IsTrue(Box::new(condition.clone()));
    let is_false = Predicate::IsTrue(Box::new(negated(condition.clone())));
    match effect {
        _ if is_strict => {
            let neither = Predicate::All(vec![negated(is_true.clone()), negated(is_false.clone())]);
            vec![(Some(true), is_true), (Some(false), is_false), (None, neither)]
        }
        Effect::Allow => vec![(Some(true), is_true.clone()), (Some(false), negated(is_true))],
        Effect::Deny => vec![(Some(true), negated(is_false.clone())), (Some(false), is_false)],
    }
}
