//! The policy gate: may a principal do this? Decisions are pure (`maq-policy`); here they meet the running model and
//! the audit.

use crate::active::{self, ActiveModel};
use crate::error::refusals;
use crate::services::{Act, Inner};
use crate::{AppError, AppResult, Health};
use maq_audit::Outcome;
use maq_ir::Effect;
use maq_policy::Decision;
use maq_query::meta;
use maq_store::UnitOfWork;
use maq_value::Principal;
use serde_json::json;
use std::sync::Arc;

/// A decision, as evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyAnswer {
    /// Allowed.
    pub allowed: bool,
    /// Decision id, `dec_…`.
    pub decision_id: String,
    /// Digest of the policies that decided.
    pub policy_set: String,
    /// Names of the policies that decided.
    pub decided_by: Vec<String>,
    /// Why, one sentence.
    pub reason: String,
}

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
}

impl PolicyGate {
    pub(crate) fn new(inner: Arc<Inner>) -> PolicyGate {
        PolicyGate { inner }
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

    /// As [`PolicyGate::enforce`], on a running model that the caller holds. Nobody reads the evidence of an allow
    /// here, so none is made.
    pub(crate) async fn enforce_on(
        &self,
        active: &ActiveModel,
        principal: &Principal,
        action: &str,
        resource: &str,
    ) -> AppResult<()> {
        if active.required(resource).is_ok_and(|(_, engines)| engines.policies.allows(principal, action)) {
            return Ok(());
        }
        let answer = self.answer(active, principal, action, resource);
        Err(self.refuse(answer, principal, action, resource).await)
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
        let audited = self.inner.commit(UnitOfWork { audit: vec![event], ..UnitOfWork::default() }).await;
        audited.err().unwrap_or_else(|| denied(principal, action, resource, &answer.reason))
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
            effect: match policy.effect {
                Effect::Allow => "allow",
                Effect::Deny => "deny",
            },
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
        let decision = engines.policies.evaluate_one(policy, principal, action).ok_or_else(missing)?;
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

    /// Health: the running model can be compiled.
    pub async fn check_health(&self) -> Health {
        match active::load(&self.inner).await {
            Ok(active) => Health { healthy: true, message: format!("{} entities decided", active.model.len()) },
            Err(_) => self.inner.probe(meta::active_versions(self.inner.dialect()), "policy gate").await,
        }
    }

    fn answer(&self, active: &ActiveModel, principal: &Principal, action: &str, resource: &str) -> PolicyAnswer {
        match active.required(resource) {
            Ok((_, engines)) => self.evidence(engines.policies.decide(principal, action)),
            Err(_) => PolicyAnswer {
                allowed: false,
                decision_id: self.inner.id("dec"),
                policy_set: String::new(),
                decided_by: Vec::new(),
                reason: format!("no entity `{resource}` is published here"),
            },
        }
    }

    fn evidence(&self, decision: Decision) -> PolicyAnswer {
        PolicyAnswer {
            allowed: decision.allowed,
            decision_id: self.inner.id("dec"),
            policy_set: decision.policy_set.to_string(),
            decided_by: decision.decided_by.iter().map(|rule| rule.name.to_string()).collect(),
            reason: decision.reason,
        }
    }
}

fn denied(principal: &Principal, action: &str, resource: &str, reason: &str) -> AppError {
    refusals::POLICY_DENIED.with(&[
        ("user", &principal.user_id),
        ("action", action),
        ("resource", resource),
        ("reason", reason),
    ])
}
