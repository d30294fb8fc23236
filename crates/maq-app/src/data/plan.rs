//! Where the questions of a unit of work stand: what is asked before it, what when everything is done, and what of its
//! records may be seen.

use super::along::{AskedAfter, Emptied};
use super::change::Prepared;
use super::sight::{Sight, cover_all};
use super::writing::{Admitted, NOT_AFTER, NOT_BEFORE, not_true, unfit};
use super::{DataApi, Together, Written, query_refusal};
use crate::AppResult;
use crate::active::{ActiveModel, Engines};
use crate::data::Change;
use maq_expr::{Predicate, Rows as Walked, Term};
use maq_query::Statement;
use maq_store::{Guard, Operation, Refused, Rows};
use maq_value::{Record, Scope, Value};
use serde_json::Value as Json;
use std::collections::HashMap;
use std::sync::Arc;

/// Where the questions of a unit stand.
pub(super) struct Plan<'a> {
    /// What may be seen of each entity's records; none is nothing.
    sights: HashMap<&'a str, Option<Sight<'a>>>,
    /// The place of each change among the operations.
    own: Vec<usize>,
    after: Vec<After>,
}

/// The rows that are seen, none for all, and what decides over their fields.
type Seen = (Option<Arc<Predicate>>, Arc<[Predicate]>);

/// What is asked of one change when everything is done.
#[derive(Clone)]
struct After {
    entity: String,
    key: Option<Value>,
    fit: Option<Arc<Predicate>>,
    targets: Vec<Operation>,
    emptied: Vec<(usize, Emptied)>,
    /// What is seen of the record, where that must be asked of it.
    seen: Option<Seen>,
}

impl<'a> Plan<'a> {
    /// The questions of `prepared`.
    pub fn of(admitted: &'a Admitted<'_>, prepared: &'a [Prepared]) -> AppResult<Plan<'a>> {
        let mut plan = Plan { sights: HashMap::new(), own: Vec::new(), after: Vec::new() };
        let mut place = 0;
        for one in prepared {
            let entity = one.entity.as_str();
            let mut seen = None;
            if one.action != "delete" {
                if !plan.sights.contains_key(entity) {
                    // Policies that cannot be asked let nothing be seen.
                    plan.sights.insert(entity, admitted.asked.sight(entity)?.unwrap_or_default());
                }
                let sight = plan.sights.get(entity).and_then(Option::as_ref).filter(|sight| sight.depends_on_row());
                seen = sight.map(|sight| (sight.rows().cloned(), sight.outcomes().clone()));
            }
            let emptied = one.along.emptied.iter().map(|emptied| (place + emptied.at, emptied.clone())).collect();
            plan.own.push(place + one.along.lead.len());
            place += one.along.lead.len() + 1;
            plan.after.push(After {
                entity: one.entity.clone(),
                key: one.key.clone(),
                fit: one.after.clone(),
                targets: one.targets.clone(),
                emptied,
                seen,
            });
        }
        Ok(plan)
    }

    /// The rows that each change answered.
    pub fn own<'r>(&self, returned: &'r [Rows]) -> Vec<&'r Rows> {
        own(&self.own, returned)
    }

    /// True when something must be asked when everything is done.
    pub fn asks_afterwards(&self) -> bool {
        self.after.iter().any(|after| {
            after.fit.is_some() || !after.targets.is_empty() || !after.emptied.is_empty() || after.seen.is_some()
        })
    }

    /// The same for the inside of a transaction.
    pub fn afterwards(&self) -> Afterwards {
        Afterwards { own: self.own.clone(), after: self.after.clone() }
    }

    /// What must hold before anything is done.
    ///
    /// # Errors
    /// Faults.
    pub fn guards(&self, admitted: &Admitted<'_>, prepared: &[Prepared], together: Together) -> AppResult<Vec<Guard>> {
        let mut guards = Vec::new();
        // Of a single change the write itself asks.
        if together == Together::Batch {
            for one in prepared.iter().filter(|one| one.action != "create") {
                let (Some(fit), Some(key)) = (&one.before, &one.key) else { continue };
                let (_, engines) = admitted.asked.active.required(&one.entity)?;
                let statement = unfit(engines, &admitted.asked, key, fit)?;
                guards.push(Guard { statement, expect: Some(Vec::new()), otherwise: Refused::Guard(NOT_BEFORE) });
            }
        }
        let walks = prepared.iter().any(|one| {
            let conditions = one.before.iter().chain(&one.after);
            conditions.into_iter().any(|condition| walks(condition)) || !one.along.lead.is_empty()
        });
        if guards.is_empty() && walks {
            // What is read elsewhere must still be so at the end: a guard makes the store see to it.
            let statement = Statement::new("SELECT 1", Vec::new());
            guards.push(Guard { statement, expect: None, otherwise: Refused::Guard(NOT_BEFORE) });
        }
        Ok(guards)
    }

    /// Takes out of the record that change `at` answers what may not be seen.
    pub fn cover(&self, at: usize, one: &Prepared, record: &mut Record, followed: &[Rows]) {
        let Some(sight) = self.sights.get(one.entity.as_str()).and_then(Option::as_ref) else {
            return cover_all(record);
        };
        if !sight.depends_on_row() {
            return sight.cover(record, &());
        }
        // Of those that must be asked, the answers come first and in order.
        let place = self.after.iter().take(at).filter(|after| after.seen.is_some()).count();
        match followed.get(place).and_then(|rows| rows.0.first()) {
            Some(row) => sight.cover(record, row),
            None => cover_all(record),
        }
    }
}

/// What is asked when everything is done.
pub(super) struct Afterwards {
    own: Vec<usize>,
    after: Vec<After>,
}

impl Afterwards {
    /// The rows that each change answered.
    pub fn own<'r>(&self, returned: &'r [Rows]) -> Vec<&'r Rows> {
        own(&self.own, returned)
    }

    /// The questions: what is seen first, then what must hold. References come before conditions: what a condition finds
    /// behind one must not tell whether something is there.
    pub fn operations(
        &self,
        active: &ActiveModel,
        scope: &Scope,
        returned: &[Rows],
    ) -> Result<Vec<Operation>, Refused> {
        let fault = |error: String| Refused::Source(error);
        let (mut seen, mut held) = (Vec::new(), Vec::new());
        let mut targets: Vec<Operation> = self.after.iter().flat_map(|after| after.targets.iter().cloned()).collect();
        for (after, rows) in self.after.iter().zip(self.own(returned)) {
            if after.fit.is_some() || after.seen.is_some() {
                let (_, engines) = active.required(&after.entity).map_err(|error| fault(error.to_string()))?;
                let records = &engines.records;
                let key = match &after.key {
                    Some(key) => key.clone(),
                    None => drawn(engines, rows).map_err(fault)?,
                };
                if let Some((rows, outcomes)) = &after.seen {
                    let statement = records.get_with(scope, &key, rows.as_deref(), outcomes);
                    seen.push(statement.map_err(|error| fault(error.to_string()))?.into());
                }
                if let Some(fit) = &after.fit {
                    let statement = records.exists_with(scope, &key, Some(&not_true(fit)));
                    let statement = statement.map_err(|error| fault(error.to_string()))?;
                    held.push(Operation { statement, expect_rows: Some((0, Refused::Guard(NOT_AFTER))) });
                }
            }
            for (at, emptied) in &after.emptied {
                let found = returned.get(*at).ok_or_else(|| fault("a question has no answer".into()))?;
                held.extend(emptied.afterwards(&AskedAfter { active, scope }, found)?);
            }
        }
        seen.append(&mut targets);
        seen.append(&mut held);
        Ok(seen)
    }
}

fn own<'r>(places: &[usize], returned: &'r [Rows]) -> Vec<&'r Rows> {
    places.iter().filter_map(|place| returned.get(*place)).collect()
}

/// The id that the store drew.
fn drawn(engines: &Engines, rows: &Rows) -> Result<Value, String> {
    let row = rows.0.first().ok_or("a write answered no row")?;
    let record = engines.records.decode_row(row).map_err(|error| error.to_string())?;
    Ok(record.get("id").clone())
}

/// Whether a condition reads other records.
fn walks(predicate: &Predicate) -> bool {
    match predicate {
        Predicate::Known(_) | Predicate::Unknown => false,
        Predicate::All(parts) | Predicate::Any(parts) => parts.iter().any(walks),
        Predicate::Not(part) | Predicate::IsTrue(part) => walks(part),
        Predicate::If(condition, then, otherwise) => walks(condition) || walks(then) || walks(otherwise),
        Predicate::Compare(_, left, right)
        | Predicate::StartsWith(left, right)
        | Predicate::EndsWith(left, right)
        | Predicate::Contains(left, right) => leads(left) || leads(right),
        Predicate::OneOf(term, _) | Predicate::IsNull(term) | Predicate::Term(term) => leads(term),
        Predicate::Exists(Walked { .. }, _) => true,
    }
}

/// Whether a term reads other records.
fn leads(term: &Term) -> bool {
    match term {
        Term::Value(..) | Term::Field { .. } => false,
        // What is inside of other terms is not looked at: to think that it walks costs little.
        _ => true,
    }
}

impl DataApi {
    /// What was answered before, as far as it may be seen now. What was kept is the whole record: rights that were
    /// narrowed since count, also for somebody else with the same name.
    pub(super) async fn replay(
        &self,
        admitted: &Admitted<'_>,
        changes: &[Change],
        kept: Vec<Json>,
    ) -> AppResult<Written> {
        let mut records = Vec::with_capacity(kept.len());
        for (change, kept) in changes.iter().zip(kept) {
            let entity = change.entity();
            let sight = admitted.asked.sight(entity)?.unwrap_or_default();
            if kept.is_null() || sight.as_ref().is_some_and(Sight::is_whole) {
                records.push(kept);
                continue;
            }
            let (_, engines) = admitted.asked.active.required(entity)?;
            let mut record = engines.records.record_from_json(&kept);
            match sight {
                None => cover_all(&mut record),
                Some(sight) if !sight.depends_on_row() => sight.cover(&mut record, &()),
                Some(sight) => {
                    let rows = sight.rows().map(|rows| &**rows);
                    let scope = admitted.asked.principal.scope();
                    let statement = engines.records.get_with(&scope, record.get("id"), rows, sight.outcomes());
                    let rows = self.inner.read(statement.map_err(query_refusal)?).await?;
                    match rows.0.first() {
                        Some(row) => sight.cover(&mut record, row),
                        None => sight.cover_unasked(&mut record),
                    }
                }
            }
            records.push(record.to_json());
        }
        Ok(Written { records, replayed: true })
    }
}
