//! Questions about one record or about the records of an entity, without doing anything.

use super::asking::{Face, acts_nowhere, given, no_name, refuse_untrusted};
use super::evidence::{PolicyAnswer, PolicyExplanation, explained};
use super::load::Loader;
use super::{PolicyGate, mask_key};
use crate::active::{self, ActiveModel, Engines};
use crate::data::query_refusal;
use crate::data::sight::{self, cover};
use crate::error::refusals;
use crate::{AppError, AppResult};
use maq_expr::{Known, Row};
use maq_ir::{EntityView, FieldIdx, FieldType};
use maq_policy::{FieldRight, Request, RowFilter};
use maq_query::record::{FieldRef, Filter, ListQuery};
use maq_value::{Instant, Principal, Record, Value};
use serde_json::{Map, Value as Json};
use std::sync::Arc;

/// Records that one question about rows names, at most.
pub const MAX_ASKED_IDS: usize = 500;

/// What is asked.
#[derive(Debug, Clone)]
pub struct PolicyQuestion {
    /// Who would do it.
    pub principal: Principal,
    /// What.
    pub action: String,
    /// To records of which entity.
    pub resource: String,
    /// To which one.
    pub record: PolicyRecord,
    /// What the request brings.
    pub context: Map<String, Json>,
    /// When; now without it.
    pub now: Option<Instant>,
    /// The principal asks for itself: a record that it may not read is not there.
    pub is_own: bool,
}

/// Which record a question is about.
#[derive(Debug, Clone, PartialEq)]
pub enum PolicyRecord {
    /// None: what holds without looking at one.
    None,
    /// The one of this id.
    Id(String),
    /// One that is given, its fields by name; with an `id` the lists of records that refer to it are read.
    Values(Map<String, Json>),
}

/// Which records of an entity an action may be done on.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyRows {
    /// `all`, `none` or `some`: whether the records make a difference.
    pub rows: &'static str,
    /// How many there are at this moment.
    pub count: u64,
    /// Those of the ids that were asked about; none when none were.
    pub ids: Option<Vec<Json>>,
    /// Why it is none, whatever the records.
    pub reason: Option<String>,
}

/// A record as a principal sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct MaskedRecord {
    /// What is seen of it.
    pub record: Json,
    /// By field: `readable`, `masked` or `hidden`, and whether it may be written by an update.
    pub fields: Vec<(Arc<str>, &'static str, bool)>,
}

/// The record a question is about, once it is looked for.
enum Found {
    None,
    Row(Box<Row>),
    /// It is not there, or cannot be decided about, and why.
    Not(String),
}

impl PolicyGate {
    /// Decides. What cannot be told is a deny with the reason.
    ///
    /// # Errors
    /// `policy/record-unreadable`, `policy/context-not-trusted`; faults.
    pub async fn decide(&self, question: &PolicyQuestion) -> AppResult<PolicyAnswer> {
        refuse_untrusted(question)?;
        let active = active::load(&self.inner).await?;
        if let Some(why) = no_name(&question.principal) {
            let answer = self.nobody(&active, question, why);
            self.log(question, &answer);
            return Ok(answer);
        }
        let Ok((view, engines)) = active.required(&question.resource) else {
            let answer = self.answer(&active, &question.principal, &question.action, &question.resource);
            self.log(question, &answer);
            return Ok(answer);
        };
        // Who meets too much reads no record: that is the reason, and not that there is none.
        let is_too_much = |action| engines.policies.overload(&self.known(question), action).map(|why| why.to_string());
        let found = match is_too_much(&question.action).or_else(|| is_too_much("read").filter(|_| question.is_own)) {
            Some(why) => Found::Not(why),
            None => self.find(&active, (view, engines), question, &question.action, Face::Decision).await?,
        };
        let row = match found {
            Found::None => None,
            Found::Row(row) => Some(row),
            Found::Not(reason) => {
                let set = engines.policies.digest().to_string();
                let answer = PolicyAnswer::deny(self.inner.id("dec"), set, reason);
                self.log(question, &answer);
                return Ok(answer);
            }
        };
        let known = self.known(question);
        let request = Request { known, action: &question.action, record: row.as_deref() };
        let mut decision = engines.policies.decide_with_evidence(&request);
        active.roles.decide_other(&question.principal, &question.action, &question.resource, &mut decision);
        let answer = PolicyAnswer::of(decision, self.inner.id("dec"));
        self.log(question, &answer);
        Ok(if question.is_own { answer.without_values() } else { answer })
    }

    /// Decides, with what every policy said and the value of every part of its condition.
    ///
    /// # Errors
    /// `data/entity-unknown`, `data/record-not-found`, `policy/record-unreadable`, `policy/too-many-records`,
    /// `policy/context-not-trusted`.
    pub async fn explain(&self, question: &PolicyQuestion) -> AppResult<PolicyExplanation> {
        refuse_untrusted(question)?;
        let active = active::load(&self.inner).await?;
        let (view, engines) = active.required(&question.resource)?;
        if let Some(why) = no_name(&question.principal) {
            return Ok(PolicyExplanation { decision: self.nobody(&active, question, why), rules: Vec::new() });
        }
        let row = match self.find(&active, (view, engines), question, &question.action, Face::Decision).await? {
            Found::None => None,
            Found::Row(row) => Some(row),
            Found::Not(_) => return Err(self.missing(question)),
        };
        let known = self.known(question);
        let request = Request { known, action: &question.action, record: row.as_deref() };
        let mut told = engines.policies.explain(&request);
        active.roles.decide_other(&question.principal, &question.action, &question.resource, &mut told.decision);
        Ok(explained(told, self.inner.id("dec")))
    }

    /// On which records it may be done; who asks for itself is told of those it may read, and on which the data API
    /// does it. Of `ids` those are answered.
    ///
    /// # Errors
    /// `data/entity-unknown`, `policy/too-many-ids`, `policy/context-not-trusted`.
    pub async fn filter(&self, question: &PolicyQuestion, ids: Option<&[String]>) -> AppResult<PolicyRows> {
        refuse_untrusted(question)?;
        if ids.is_some_and(|ids| ids.len() > MAX_ASKED_IDS) {
            return Err(refusals::POLICY_TOO_MANY_IDS.with(&[("limit", &MAX_ASKED_IDS.to_string())]));
        }
        let active = active::load(&self.inner).await?;
        let (_, engines) = active.required(&question.resource)?;
        let known = self.known(question);
        let none = |why: String| PolicyRows { rows: "none", count: 0, ids: ids.map(|_| Vec::new()), reason: Some(why) };
        if let Some(why) = no_name(&question.principal) {
            return Ok(none(why.to_owned()));
        }
        let mut parts = Vec::new();
        let mut asked = vec![question.action.as_str()];
        if question.is_own {
            asked.push("read");
        }
        for action in asked {
            let policies = Face::Records.policies(engines, question);
            match sight::rows(policies, &known, action) {
                Ok(RowFilter::All) => {}
                Ok(RowFilter::Where(rows)) => parts.push(Filter::Predicate(Arc::new(rows))),
                Ok(RowFilter::None) => {
                    let decision = policies.decide(&Request { known, action, record: None });
                    let why = match sight::rows(&engines.policies, &known, action) {
                        Ok(RowFilter::All | RowFilter::Where(_)) => super::not_fulfilled(engines, known, action),
                        _ if decision.allowed => format!("no record of `{}` allows `{action}`", question.resource),
                        _ => decision.reason(),
                    };
                    return Ok(none(why));
                }
                // Policies that cannot be asked of the store allow nothing there.
                Err(why) => return Ok(none(why.to_string())),
            }
        }
        let word = if parts.is_empty() { "all" } else { "some" };
        let scope = question.principal.scope();
        let records = &engines.records;
        let count = records.count(&scope, &Filter::And(parts.clone())).map_err(query_refusal)?;
        let count = self.inner.read_count(count).await?.unsigned_abs();
        let Some(ids) = ids else { return Ok(PolicyRows { rows: word, count, ids: None, reason: None }) };
        let values = ids.iter().filter_map(|id| records.parse_id(id)).collect();
        parts.push(Filter::In { field: FieldRef::Id, values });
        let limit = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        let query = ListQuery { filter: Filter::And(parts), limit, ..ListQuery::default() };
        let rows = self.inner.read(records.list(&scope, &query).map_err(query_refusal)?).await?;
        let page = records.page(&query, &rows.0).map_err(AppError::fault)?;
        let found = page.records.iter().map(|record| record.get("id").to_json()).collect();
        Ok(PolicyRows { rows: word, count, ids: Some(found), reason: None })
    }

    /// A record as the principal sees it; to who asks for itself as the data API shows it.
    ///
    /// # Errors
    /// `data/entity-unknown`, `data/record-not-found` also when it may not be read, `policy/record-unreadable`,
    /// `policy/too-many-records`, `policy/context-not-trusted`.
    pub async fn mask(&self, question: &PolicyQuestion) -> AppResult<MaskedRecord> {
        refuse_untrusted(question)?;
        let active = active::load(&self.inner).await?;
        let (view, engines) = active.required(&question.resource)?;
        let policies = Face::Records.policies(engines, question);
        let known = self.known(question);
        if let Some(why) = no_name(&question.principal) {
            return Err(super::denied(&question.principal, "read", view.name(), why));
        }
        if let Some(why) = policies.overload(&known, "read") {
            return Err(super::denied(&question.principal, "read", view.name(), &why.to_string()));
        }
        let Found::Row(row) = self.find(&active, (view, engines), question, "read", Face::Records).await? else {
            if acts_nowhere(&question.principal) {
                let why = policies.decide(&Request { known, action: "read", record: None }).reason();
                return Err(super::denied(&question.principal, "read", view.name(), &why));
            }
            return Err(self.missing(question));
        };
        let read = Request { known, action: "read", record: Some(&*row) };
        if !policies.allows(&read) {
            return Err(self.missing(question));
        }
        let rights = policies.field_rights_on(&read);
        let Found::Row(updated) = self.find(&active, (view, engines), question, "update", Face::Records).await? else {
            return Err(self.missing(question));
        };
        let update = Request { known, action: "update", record: Some(&*updated) };
        let writable = policies.field_rights_on(&update);
        let may_update = policies.allows(&update);
        let mut record = row.record;
        let key = match question.record {
            // Who chooses the values could otherwise look up what a hash stands for.
            PolicyRecord::Values(_) => self.inner.ids.random(32),
            PolicyRecord::None | PolicyRecord::Id(_) => mask_key(&self.inner, &question.principal),
        };
        cover(&mut record, &rights, &key);
        let fields = (0u32..).map(FieldIdx).zip(&view.entity.fields).map(|(at, field)| {
            let word = match rights.read(at) {
                FieldRight::Readable => "readable",
                FieldRight::Masked(_) => "masked",
                FieldRight::Hidden => "hidden",
            };
            (field.name.clone(), word, may_update && writable.may_write(at))
        });
        Ok(MaskedRecord { fields: fields.collect(), record: record.to_json() })
    }

    /// The deny of a principal that cannot be one.
    fn nobody(&self, active: &ActiveModel, question: &PolicyQuestion, why: &str) -> PolicyAnswer {
        let set = active.required(&question.resource).map(|(_, engines)| engines.policies.digest().to_string());
        PolicyAnswer::deny(self.inner.id("dec"), set.unwrap_or_default(), why.to_owned())
    }

    fn known<'a>(&self, question: &'a PolicyQuestion) -> Known<'a> {
        let now = question.now.unwrap_or_else(|| self.inner.now());
        Known { principal: &question.principal, context: &question.context, now }
    }

    fn missing(&self, question: &PolicyQuestion) -> AppError {
        let id = match &question.record {
            PolicyRecord::Id(id) => id.clone(),
            PolicyRecord::None | PolicyRecord::Values(_) => String::new(),
        };
        refusals::DATA_RECORD_NOT_FOUND.with(&[("entity", &question.resource), ("id", &id.replace('\0', "\u{FFFD}"))])
    }

    /// The record with what the conditions of `action` walk to.
    async fn find(
        &self,
        active: &ActiveModel,
        (view, engines): (EntityView<'_>, &Engines),
        question: &PolicyQuestion,
        action: &str,
        face: Face,
    ) -> AppResult<Found> {
        let not_there = |id: &str| Found::Not(format!("there is no `{}` with id `{id}`", view.name()));
        let scope = question.principal.scope();
        if acts_nowhere(&question.principal) {
            // Without a record the policies say that the principal acts nowhere.
            return Ok(Found::None);
        }
        let mut loader = Loader::new(&self.inner, active, &scope);
        if question.is_own && matches!(question.record, PolicyRecord::Values(_)) {
            let known = self.known(question);
            let met = engines.met(known, action);
            // With a lent right the policies that the grantor meets are asked too.
            let is_lent = met.iter().any(|policy| policy.grantor.is_some());
            loader = loader.made_up_by(known, if is_lent { engines.policies.policies_for(action) } else { met });
        }
        let record = match &question.record {
            PolicyRecord::None => return Ok(Found::None),
            PolicyRecord::Id(id) => {
                let Some(key) = engines.records.parse_id(id) else { return Ok(not_there(id)) };
                match loader.record(view.index, &key).await? {
                    Some(record) if !question.is_own || self.is_seen(engines, question, face, &key).await? => record,
                    _ => return Ok(not_there(id)),
                }
            }
            PolicyRecord::Values(values) => {
                let mut record = given(view, engines, values)?;
                if question.is_own {
                    self.forget_hidden(active, view, (question, face), &mut record).await?;
                }
                record
            }
        };
        match loader.walk(view.index, record, &engines.policies.walks(action)).await {
            Ok(row) => Ok(Found::Row(Box::new(row))),
            Err(AppError::Refusal(refusal)) => Ok(Found::Not(refusal.title)),
            Err(fault) => Err(fault),
        }
    }

    /// Whether the principal may read the record of this id.
    async fn is_seen(&self, engines: &Engines, question: &PolicyQuestion, face: Face, id: &Value) -> AppResult<bool> {
        let rows = match sight::rows(face.policies(engines, question), &self.known(question), "read") {
            Ok(RowFilter::All) => return Ok(true),
            Ok(RowFilter::None) | Err(_) => return Ok(false),
            Ok(RowFilter::Where(rows)) => rows,
        };
        let scope = question.principal.scope();
        let statement = engines.records.exists_with(&scope, id, Some(&rows)).map_err(query_refusal)?;
        Ok(!self.inner.read(statement).await?.0.is_empty())
    }

    /// A made-up record must not ask about records that its principal may not read.
    async fn forget_hidden(
        &self,
        active: &ActiveModel,
        view: EntityView<'_>,
        (question, face): (&PolicyQuestion, Face),
        record: &mut Record,
    ) -> AppResult<()> {
        let own = record.get("id").clone();
        let (_, engines) = active.at(view.index)?;
        if !own.is_absent() && !self.is_seen(engines, question, face, &own).await? {
            record.set("id", Value::Missing);
        }
        for field in &view.entity.fields {
            let FieldType::Reference { target, .. } = field.ty else { continue };
            let id = record.get(&field.name).clone();
            let (_, engines) = active.at(target)?;
            if !id.is_absent() && !self.is_seen(engines, question, face, &id).await? {
                record.set(field.name.clone(), Value::Missing);
            }
        }
        Ok(())
    }
}
