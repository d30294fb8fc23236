//! The policy gate: may a principal do this? Decisions are pure (`maq-policy`); here they meet the running model and
//! the audit.

mod asking;
mod evidence;
mod load;
mod log;
mod question;

pub use evidence::{ExplainedPart, ExplainedRule, FailedPart, PolicyAnswer, PolicyExplanation};
pub use load::MAX_WALKED;
pub use log::{DecisionEntry, DecisionPage, DecisionQuery, MAX_DECISIONS, WAITING_DECISIONS};
pub use question::{MAX_ASKED_IDS, MaskedRecord, PolicyQuestion, PolicyRecord, PolicyRows};

use crate::active::{self, ActiveModel, Engines};
use crate::data::{Asked, sight};
use crate::error::refusals;
use crate::services::{Act, Inner};
use crate::{AppError, AppResult, Health};
use load::Loader;
use log::{About, DecisionLog};
use maq_audit::Outcome;
use maq_expr::Known;
use maq_policy::{Decision, FieldRights, Request, RowFilter, no_context};
use maq_query::meta;
use maq_store::UnitOfWork;
use maq_value::{Instant, Principal, Record};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// A policy, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRow {
    /// Its name.
    pub name: String,
    /// `allow` or `deny`.
    pub effect: &'static str,
    /// Roles; empty is everyone.
    pub roles: Vec<String>,
    /// Priority.
    pub priority: i64,
}

/// The policy gate.
#[derive(Clone)]
pub struct PolicyGate {
    inner: Arc<Inner>,
    log: Arc<DecisionLog>,
}

impl PolicyGate {
    pub(crate) fn new(inner: Arc<Inner>) -> PolicyGate {
        PolicyGate { inner, log: Arc::default() }
    }

    /// Decides. An entity that is not published is a deny, not an error: fail-secure.
    ///
    /// # Errors
    /// Faults.
    pub async fn can(&self, principal: &Principal, action: &str, resource: &str) -> AppResult<PolicyAnswer> {
        let active = active::load(&self.inner).await?;
        Ok(self.answer(&active, principal, action, resource))
    }

    /// Decides, and refuses with the reason when it is a deny; the denial is audited.
    ///
    /// # Errors
    /// `policy/denied`.
    pub async fn enforce(&self, principal: &Principal, action: &str, resource: &str) -> AppResult<PolicyAnswer> {
        let active = active::load(&self.inner).await?;
        let answer = self.answer(&active, principal, action, resource);
        if answer.allowed { Ok(answer) } else { Err(self.refuse(answer, principal, action, resource).await) }
    }

    /// A request of `principal` on the model that runs now.
    pub(crate) async fn asked<'p>(&self, principal: &'p Principal) -> AppResult<Asked<'p>> {
        let active = active::load(&self.inner).await?;
        Ok(Asked { active, principal, now: self.inner.now(), mask_key: mask_key(&self.inner, principal) })
    }

    /// The refusal of an action on all records of an entity, audited. `why` says it where the policies alone do not.
    pub(crate) async fn deny(&self, asked: &Asked<'_>, action: &str, entity: &str, why: Option<String>) -> AppError {
        let mut answer = self.answer(&asked.active, asked.principal, action, entity);
        let none = || answer.allowed.then(|| format!("no record of `{entity}` allows `{action}`"));
        if let Some(why) = why.or_else(|| not_done(asked, action, entity)).or_else(none) {
            answer.because(why);
        }
        self.refuse(answer, asked.principal, action, entity).await
    }

    /// The refusal of an action on one record, audited: with what the policies say of `record`, where it is known and
    /// they say no.
    pub(crate) async fn deny_record(
        &self,
        asked: &Asked<'_>,
        (action, entity, resource): (&str, &str, &str),
        record: Option<Record>,
    ) -> AppError {
        let told = match record {
            Some(record) => self.decide_on(asked, action, entity, record).await,
            None => Ok(None),
        };
        let answer = match told {
            Ok(Some(answer)) if !answer.allowed => answer,
            Ok(_) => {
                let mut answer = self.answer(&asked.active, asked.principal, action, entity);
                answer
                    .because(format!("no policy allows `{action}` on this record as it stands, or as it would stand"));
                answer
            }
            Err(error) => return error,
        };
        self.refuse(answer, asked.principal, action, resource).await
    }

    /// The same, when the policies deny it on `record`.
    pub(crate) async fn deny_if(
        &self,
        asked: &Asked<'_>,
        (action, entity, resource): (&str, &str, &str),
        record: Record,
    ) -> AppResult<Option<AppError>> {
        match self.decide_on(asked, action, entity, record).await? {
            Some(answer) if !answer.allowed => Ok(Some(self.refuse(answer, asked.principal, action, resource).await)),
            _ => Ok(None),
        }
    }

    /// The rights on the fields of one record; none when they cannot be told.
    pub(crate) async fn field_rights(
        &self,
        asked: &Asked<'_>,
        action: &str,
        entity: &str,
        record: Record,
    ) -> AppResult<Option<FieldRights>> {
        let (view, engines) = asked.active.required(entity)?;
        let scope = asked.principal.scope();
        let mut loader = Loader::new(&self.inner, &asked.active, &scope);
        match loader.walk(view.index, record, &engines.policies.walks(action)).await {
            Ok(row) => {
                let request = Request { known: asked.known(), action, record: Some(&row) };
                Ok(Some(engines.enforced().field_rights_on(&request)))
            }
            Err(AppError::Refusal(_)) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// What the policies say of one record; none when it cannot be told.
    async fn decide_on(
        &self,
        asked: &Asked<'_>,
        action: &str,
        entity: &str,
        record: Record,
    ) -> AppResult<Option<PolicyAnswer>> {
        let (view, engines) = asked.active.required(entity)?;
        let scope = asked.principal.scope();
        let mut loader = Loader::new(&self.inner, &asked.active, &scope);
        let row = match loader.walk(view.index, record, &engines.policies.walks(action)).await {
            Ok(row) => row,
            Err(AppError::Refusal(_)) => return Ok(None),
            Err(fault) => return Err(fault),
        };
        let request = Request { known: asked.known(), action, record: Some(&row) };
        let mut answer = self.evidence(engines.policies.decide_with_evidence(&request));
        if answer.allowed && !engines.enforced().allows(&request) {
            answer.allowed = false;
            answer.because(not_fulfilled(engines, asked.known(), action));
        }
        Ok(Some(answer))
    }

    /// Audits a refusal that the policies are the reason of, and passes any other on.
    pub(crate) async fn audited(
        &self,
        error: AppError,
        principal: &Principal,
        action: &str,
        resource: &str,
    ) -> AppError {
        let AppError::Refusal(refusal) = &error else { return error };
        if !refusal.code.starts_with("policy/") {
            return error;
        }
        let act = Act { event_type: "policy.deny", action, resource, details: Some(json!({ "code": refusal.code })) };
        let title = refusal.title.clone();
        let answer = PolicyAnswer::deny(self.inner.id("dec"), String::new(), title.clone());
        self.keep(principal, About::resource(action, resource), self.inner.now(), &answer);
        let event = self.inner.audit(&principal.user_id, principal.scope(), act, Outcome::Failure, Some(title));
        let audited = self.inner.commit(UnitOfWork { audit: vec![event], ..UnitOfWork::default() }).await;
        audited.err().unwrap_or(error)
    }

    /// Audits a denial; the refusal, or the fault that kept it from being audited.
    async fn refuse(&self, answer: PolicyAnswer, principal: &Principal, action: &str, resource: &str) -> AppError {
        let act = Act {
            event_type: "policy.deny",
            action,
            resource,
            details: Some(json!({
                "decision": answer.decision_id,
                "policySet": answer.policy_set,
                "decidedBy": answer.decided_by,
            })),
        };
        let event =
            self.inner.audit(&principal.user_id, principal.scope(), act, Outcome::Failure, Some(answer.reason.clone()));
        self.keep(principal, About::resource(action, resource), self.inner.now(), &answer);
        let audited = self.inner.commit(UnitOfWork { audit: vec![event], ..UnitOfWork::default() }).await;
        audited.err().unwrap_or_else(|| denied(principal, action, resource, answer.told_reason()))
    }

    /// The policies that speak to an action on an entity, in order of evaluation.
    ///
    /// # Errors
    /// `data/entity-unknown`.
    pub async fn get_policies(&self, action: &str, resource: &str) -> AppResult<Vec<PolicyRow>> {
        let active = active::load(&self.inner).await?;
        let (_, engines) = active.required(resource)?;
        let row = |policy: &maq_ir::Policy| PolicyRow {
            name: policy.name.to_string(),
            effect: evidence::word(policy.effect),
            roles: policy.roles.iter().map(ToString::to_string).collect(),
            priority: policy.priority,
        };
        Ok(engines.policies.policies_for(action).into_iter().map(row).collect())
    }

    /// Evaluates one policy by name: whether it matches and allows.
    ///
    /// # Errors
    /// `data/entity-unknown`, `policy/not-found`.
    pub async fn evaluate_policy(
        &self,
        principal: &Principal,
        resource: &str,
        policy: &str,
        action: Option<&str>,
    ) -> AppResult<PolicyAnswer> {
        let active = active::load(&self.inner).await?;
        let (_, engines) = active.required(resource)?;
        let missing = || refusals::POLICY_NOT_FOUND.with(&[("resource", resource), ("policy", policy)]);
        let decision =
            engines.policies.evaluate_one(policy, &self.ask(principal, "").known, action, None).ok_or_else(missing)?;
        Ok(self.evidence(decision))
    }

    /// Forgets the policies of an entity; the next decision reads them anew.
    ///
    /// # Errors
    /// None today.
    pub async fn invalidate_policy_cache(&self, resource: &str) -> AppResult<()> {
        self.inner.compiled.invalidate(resource, None);
        self.inner.active.invalidate();
        Ok(())
    }

    /// Health: the running model can be compiled. A server whose decision log loses entries goes on deciding, and says
    /// how many it lost.
    pub async fn check_health(&self) -> Health {
        let mut health = match active::load(&self.inner).await {
            Ok(active) => Health { healthy: true, message: format!("{} entities decided", active.model.len()) },
            Err(_) => self.inner.probe(meta::active_versions(self.inner.dialect()), "policy gate").await,
        };
        let dropped = self.dropped_decisions();
        if dropped > 0 {
            health.message.push_str(&format!("; {dropped} decisions could not be kept in the log"));
        }
        health
    }

    /// What is asked, without a record.
    fn ask<'a>(&self, principal: &'a Principal, action: &'a str) -> Request<'a> {
        let known = Known { principal, context: no_context(), now: self.inner.now() };
        Request { known, action, record: None }
    }

    fn answer(&self, active: &ActiveModel, principal: &Principal, action: &str, resource: &str) -> PolicyAnswer {
        match active.required(resource) {
            Ok((_, engines)) => {
                let mut decision = engines.policies.decide_with_evidence(&self.ask(principal, action));
                active.roles.decide_other(principal, action, resource, &mut decision);
                self.evidence(decision)
            }
            Err(_) => {
                let reason = format!("no entity `{resource}` is published here");
                let mut answer = PolicyAnswer::deny(self.inner.id("dec"), String::new(), reason);
                let mut decision = other(action);
                active.roles.decide_other(principal, action, resource, &mut decision);
                if decision.allowed {
                    answer = self.evidence(decision);
                }
                answer
            }
        }
    }

    fn evidence(&self, decision: Decision) -> PolicyAnswer {
        PolicyAnswer::of(decision, self.inner.id("dec"))
    }

    /// Keeps a decision in the log: every denial, and some of the allows.
    fn log(&self, question: &PolicyQuestion, answer: &PolicyAnswer) {
        if !answer.allowed || self.takes_allow() {
            let record_id = match &question.record {
                PolicyRecord::Id(id) => Some(id.as_str()),
                PolicyRecord::None | PolicyRecord::Values(_) => None,
            };
            let about = About { action: &question.action, entity: &question.resource, record_id };
            self.keep(&question.principal, about, self.inner.now(), answer);
        }
    }

    /// The same for a request on records that is allowed; its evidence is made only when it is kept.
    pub(crate) fn sample(&self, asked: &Asked<'_>, action: &str, entity: &str) {
        if self.takes_allow() {
            let mut answer = self.answer(&asked.active, asked.principal, action, entity);
            // It is allowed on some records; without one the policies may not be able to tell.
            answer.allowed = true;
            self.keep(asked.principal, About { action, entity, record_id: None }, asked.now, &answer);
        }
    }

    fn takes_allow(&self) -> bool {
        self.log.takes_allow(self.inner.options.decisions.allows_per_mille)
    }

    fn keep(&self, principal: &Principal, about: About<'_>, at: Instant, answer: &PolicyAnswer) {
        self.log.keep(&self.inner, principal, about, (at, answer));
    }

    /// How many decisions could not be kept in the log since the process started.
    pub fn dropped_decisions(&self) -> u64 {
        self.log.dropped()
    }

    /// Writes the decisions that wait, before the store is closed.
    pub(crate) async fn close_log(&self) {
        self.log.close(&self.inner).await;
    }
}

/// A decision over an operation of no entity, before its roles are asked.
fn other(action: &str) -> Decision {
    Decision::deny(format!("`{action}` is not an action that can be allowed"))
}

/// Why the data API does nothing where the policies would allow it on some record.
fn not_done(asked: &Asked<'_>, action: &str, entity: &str) -> Option<String> {
    let (_, engines) = asked.active.required(entity).ok()?;
    let known = asked.known();
    let is_allowed = !matches!(sight::rows(&engines.policies, &known, action), Ok(RowFilter::None) | Err(_));
    let is_done = !matches!(sight::rows(engines.enforced(), &known, action), Ok(RowFilter::None) | Err(_));
    (is_allowed && !is_done).then(|| not_fulfilled(engines, known, action))
}

fn not_fulfilled(engines: &Engines, known: Known<'_>, action: &str) -> String {
    let kinds: Vec<String> = engines.unfulfilled(known, action).iter().map(|kind| format!("`{kind}`")).collect();
    format!("what allows `{action}` comes with obligations that the data API does not fulfil: {}", kinds.join(", "))
}

/// What hashes in place of values are made with: another one in every tenant of every store, from what only the store
/// knows.
pub(crate) fn mask_key(inner: &Inner, principal: &Principal) -> Vec<u8> {
    let parts = ["mask", &inner.mask_secret, &principal.tenant_id].map(|part| format!("{}:{part}", part.len()));
    Sha256::digest(parts.concat()).to_vec()
}

fn denied(principal: &Principal, action: &str, resource: &str, reason: &str) -> AppError {
    refusals::POLICY_DENIED.with(&[
        ("user", &principal.user_id),
        ("action", action),
        ("resource", resource),
        ("reason", reason),
    ])
}
