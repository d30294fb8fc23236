//! Trying the policies of a draft: the decision for every action on one record, its fields and the rows of `local` as a
//! principal would see them.

use super::bench::{Bench, DECIDED, SHOWN, first, plain};
use super::rows::LocalRows;
use super::{PolicyStudio, no_entity, set_of};
use crate::authorise::{Permission, authorise};
use crate::deployer::read_tables;
use crate::policy_gate::mask_key;
use crate::{AppError, AppResult};
use maq_expr::{Known, Predicate};
use maq_ir::schema::Table;
use maq_ir::{Entity, Model};
use maq_policy::{ACTIONS, DecisionExplanation, FieldRight, Request, RowFilter, RuleIndex};
use maq_query::Tables;
use maq_query::record::{Filter, Records};
use maq_value::{Actor, Instant, Principal, Record};
use serde_json::{Map, Value as Json};
use std::sync::Arc;

/// What is tried.
#[derive(Debug, Clone)]
pub struct TrialRequest {
    /// Who asks.
    pub principal: Principal,
    /// Which record.
    pub record: TrialRecord,
    /// What the request brings.
    pub context: Map<String, Json>,
    /// When; now when none is given.
    pub now: Option<Instant>,
}

/// Which record is tried.
#[derive(Debug, Clone)]
pub enum TrialRecord {
    /// None: a condition that reads one cannot be told.
    None,
    /// One of local, by its id.
    Local(String),
    /// This one, by field name.
    Typed(Map<String, Json>),
}

/// What came out.
#[derive(Debug, Clone)]
pub struct Trial {
    /// When it was tried.
    pub now: Instant,
    /// What to know before believing it.
    pub notes: Vec<TrialNote>,
    /// Digest of the policies that decided.
    pub policy_set: Arc<str>,
    /// By action.
    pub decisions: Vec<(&'static str, DecisionExplanation<'static>)>,
    /// The record as it is.
    pub record: Option<Json>,
    /// Its fields as they are seen; none when it may not be read.
    pub fields: Option<Vec<TrialField>>,
    /// The rows of local; none when there are none to look at.
    pub rows: Option<TrialRows>,
}

/// Where the draft and what runs differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrialNote {
    /// Local does not have the entity.
    Unpublished(String),
    /// Local does not have these fields yet: they are empty.
    FieldsMissing(Vec<String>),
    /// A policy cannot be understood.
    Broken(String),
    /// The rows were decided one by one, so many at most.
    OneByOne(u32),
}

/// A field as the principal sees it.
#[derive(Debug, Clone)]
pub struct TrialField {
    /// Its name.
    pub name: Arc<str>,
    /// How it may be read.
    pub right: FieldRight,
    /// May be changed.
    pub writable: bool,
    /// What is seen; none when it is hidden.
    pub seen: Option<Json>,
}

/// Rows of local.
#[derive(Debug, Clone, Default)]
pub struct TrialRows {
    /// There are.
    pub total: u64,
    /// Are seen.
    pub visible: u64,
    /// The first that are seen, as they are seen.
    pub seen: Vec<TrialRow>,
    /// The first that are not, as they are.
    pub hidden: Vec<TrialRow>,
}

/// A row of local.
#[derive(Debug, Clone)]
pub struct TrialRow {
    /// Its id.
    pub id: String,
    /// By field name.
    pub values: Json,
}

impl PolicyStudio {
    /// Tries the draft's policies. Rows are shown whatever the policies of local say: whoever writes policies could
    /// allow themselves all of them.
    ///
    /// # Errors
    /// `actor/not-allowed`, `registry/entity-not-found`, `data/record-not-found`, `data/record-invalid` when a typed
    /// record has values that its fields cannot hold.
    pub async fn try_out(&self, actor: &Actor, entity_id: &str, request: &TrialRequest) -> AppResult<Trial> {
        authorise(actor, Permission::DesignPolicies)?;
        let (model, index) = self.draft(actor, entity_id).await?;
        let (Some(entity), Some(set)) = (model.get(index).cloned(), set_of(&model, index)) else {
            return Err(no_entity(entity_id));
        };
        let now = request.now.unwrap_or_else(|| self.inner.clock.now());
        let known = Known { principal: &request.principal, context: &request.context, now };
        let local = LocalRows::open(&self.inner, model.clone(), request.principal.scope()).await?;
        let mask_key = mask_key(&self.inner, &request.principal);
        let bench = Bench { entity: &entity, index, set: &set, local: &local, known, mask_key: &mask_key };
        let record = bench.record(&request.record).await?;
        let mut decisions = Vec::new();
        for action in ACTIONS {
            let row = bench.loaded(record.as_ref(), action).await?;
            decisions.push((action, set.explain(&Request { known, action, record: row.as_ref() }).into_owned()));
        }
        let may_read = decisions.iter().any(|(action, told)| *action == "read" && told.decision.allowed);
        let fields = match &record {
            Some(record) if may_read => Some(bench.fields(record).await?),
            _ => None,
        };
        let tables = read_tables(&self.inner).await?;
        let mut notes = bench.notes(&tables);
        let rows = self.rows_of(&bench, &model, &tables, &mut notes).await?;
        let record = record.as_ref().map(Record::to_json);
        Ok(Trial { now, notes, policy_set: set.digest().clone(), decisions, record, fields, rows })
    }

    /// The rows of local: asked of the database as the data API would, where local has what the draft has.
    async fn rows_of(
        &self,
        bench: &Bench<'_>,
        model: &Model,
        tables: &[(Arc<str>, Table)],
        notes: &mut Vec<TrialNote>,
    ) -> AppResult<Option<TrialRows>> {
        let Some((_, engines)) = bench.local.published(bench.index) else { return Ok(None) };
        let scope = bench.known.principal.scope();
        let statement = engines.records.count(&scope, &Filter::All).map_err(crate::data::query_refusal)?;
        let total = self.inner.read_count(statement).await?.unsigned_abs();
        if total == 0 {
            return Ok(Some(TrialRows::default()));
        }
        let fits = !notes.iter().any(|note| matches!(note, TrialNote::FieldsMissing(_)));
        if fits && let Some(rows) = self.asked(bench, model, tables, total).await? {
            return Ok(Some(rows));
        }
        notes.push(TrialNote::OneByOne(DECIDED));
        bench.one_by_one(total).await.map(Some)
    }

    /// By the row filter, as a predicate in SQL; none when it cannot be asked.
    async fn asked(
        &self,
        bench: &Bench<'_>,
        model: &Model,
        tables: &[(Arc<str>, Table)],
        total: u64,
    ) -> AppResult<Option<TrialRows>> {
        let Bench { set, known, .. } = bench;
        let (Ok(filter), Ok(conditions)) = (set.filter(known, "read"), set.field_conditions(known, "read")) else {
            return Ok(None);
        };
        let standing = |entity: &Entity| tables.iter().find(|(id, _)| *id == entity.id).map(|(_, table)| table);
        let dialect = self.inner.dialect();
        let everywhere = Tables::new(model, standing);
        let records = Records::new(bench.entity, standing(bench.entity), dialect).with_tables(&everywhere);
        let (seen, hidden) = match filter {
            RowFilter::All => (Filter::All, None),
            RowFilter::None => (Filter::Or(Vec::new()), Some(Filter::All)),
            RowFilter::Where(predicate) => {
                let others = Predicate::Not(Box::new(Predicate::IsTrue(Box::new(predicate.clone()))));
                (Filter::Predicate(Arc::new(predicate)), Some(Filter::Predicate(Arc::new(others))))
            }
        };
        let (places, extras): (Vec<RuleIndex>, Vec<Predicate>) = conditions.into_iter().unzip();
        let (Ok(counted), Ok(listed)) = (
            records.count(&known.principal.scope(), &seen),
            records.list_with(&known.principal.scope(), &first(seen), &extras),
        ) else {
            return Ok(None);
        };
        // A table of another entity that lacks a column of its draft is the database's to refuse.
        let (Ok(visible), Ok(rows)) = (self.inner.read_count(counted).await, self.inner.read(listed).await) else {
            return Ok(None);
        };
        let mut answer = TrialRows { total, visible: visible.unsigned_abs(), ..TrialRows::default() };
        for row in rows.0.iter().take(SHOWN as usize) {
            let record = records.decode_row(row).map_err(AppError::fault)?;
            let outcomes = records.outcomes(row);
            let told = |at: RuleIndex| outcomes.get(places.iter().position(|place| *place == at)?).copied().flatten();
            answer.seen.push(bench.seen(&record, &set.field_rights(known, "read", &told)));
        }
        if let Some(hidden) = hidden {
            let statement =
                records.list(&known.principal.scope(), &first(hidden)).map_err(crate::data::query_refusal)?;
            for row in self.inner.read(statement).await?.0.iter().take(SHOWN as usize) {
                answer.hidden.push(plain(&records.decode_row(row).map_err(AppError::fault)?));
            }
        }
        Ok(Some(answer))
    }
}
