//! May a principal do this?

use super::health;
use crate::call::Call;
use crate::records::principal;
use maq_app::{AppResult, Permission};
use maq_contract::{
    AskPolicy, EntityName, EvaluatePolicy, Health, Nothing, PolicyAnswer, PolicyList, PolicyQuery, PolicyRow,
};

impl Call<'_> {
    pub async fn policy_can(&self, request: AskPolicy) -> AppResult<PolicyAnswer> {
        self.services.access.allow(self.actor, Permission::View)?;
        let AskPolicy { action, resource, principal: who } = request;
        self.services.policy_gate.can(&principal(who), &action, &resource).await.map(answer)
    }

    pub async fn policy_enforce(&self, request: AskPolicy) -> AppResult<PolicyAnswer> {
        self.services.access.allow(self.actor, Permission::View)?;
        let AskPolicy { action, resource, principal: who } = request;
        self.services.policy_gate.enforce(&principal(who), &action, &resource).await.map(answer)
    }

    pub async fn policy_get_policies(&self, request: PolicyQuery) -> AppResult<PolicyList> {
        self.services.access.allow(self.actor, Permission::View)?;
        let policies = self.services.policy_gate.get_policies(&request.action, &request.resource).await?;
        let row = |row: maq_app::PolicyRow| PolicyRow {
            name: row.name,
            effect: row.effect.to_owned(),
            roles: row.roles,
            priority: row.priority,
        };
        Ok(PolicyList { policies: policies.into_iter().map(row).collect() })
    }

    pub async fn policy_evaluate_policy(&self, request: EvaluatePolicy) -> AppResult<PolicyAnswer> {
        self.services.access.allow(self.actor, Permission::View)?;
        let EvaluatePolicy { resource, policy, action, principal: who } = request;
        let gate = &self.services.policy_gate;
        gate.evaluate_policy(&principal(who), &resource, &policy, action.as_deref()).await.map(answer)
    }

    pub async fn policy_invalidate_policy_cache(&self, request: EntityName) -> AppResult<Nothing> {
        self.services.access.allow(self.actor, Permission::View)?;
        self.services.policy_gate.invalidate_policy_cache(&request.name).await?;
        Ok(Nothing {})
    }

    pub async fn policy_check_health(&self, _: Nothing) -> AppResult<Health> {
        Ok(health(self.services.policy_gate.check_health().await))
    }
}

fn answer(answer: maq_app::PolicyAnswer) -> PolicyAnswer {
    PolicyAnswer {
        allowed: answer.allowed,
        decision_id: answer.decision_id,
        policy_set: answer.policy_set,
        decided_by: answer.decided_by,
        reason: answer.reason,
    }
}
