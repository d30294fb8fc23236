//! May a principal do this, and why (not)? A data token asks for itself; an admin token names the principal.

use super::App;
use crate::auth::Caller;
use crate::body::Body;
use crate::problem::{Answer, Problem};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use maq_app::PolicyAnswer;
use maq_value::Principal;
use serde::Deserialize;
use serde_json::{Value as Any, json};
use std::sync::Arc;

/// The question.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Question {
    action: String,
    resource: String,
    principal: Option<Principal>,
}

/// The decision.
pub async fn check(State(app): State<Arc<App>>, caller: Caller, Body(question): Body<Question>) -> Answer {
    let Question { action, resource, principal } = question;
    let principal = who(caller, principal)?;
    let answer = app.services.policy_gate.can(&principal, &action, &resource).await?;
    Ok(Json(json!({ "data": decision(&answer) })).into_response())
}

/// The decision with the policies that speak to it, in order of evaluation. Admin tokens only: it shows the rules.
pub async fn explain(State(app): State<Arc<App>>, caller: Caller, Body(question): Body<Question>) -> Answer {
    if let Caller::Data(_) = caller {
        return Err(maq_app::refusals::AUTH_NOT_ADMIN.with(&[]).into());
    }
    let Question { action, resource, principal } = question;
    let principal = who(caller, principal)?;
    let answer = app.services.policy_gate.can(&principal, &action, &resource).await?;
    let policies = app.services.policy_gate.get_policies(&action, &resource).await?;
    let policies: Vec<Any> = policies
        .iter()
        .map(|row| json!({ "name": row.name, "effect": row.effect, "roles": row.roles, "priority": row.priority }))
        .collect();
    Ok(Json(json!({ "data": { "decision": decision(&answer), "policies": policies } })).into_response())
}

fn who(caller: Caller, named: Option<Principal>) -> Result<Principal, Problem> {
    match (caller, named) {
        (Caller::Data(principal), None) => Ok(principal),
        (Caller::Data(_), Some(_)) => Err(maq_app::refusals::AUTH_NOT_ADMIN.with(&[]).into()),
        (Caller::Admin, Some(principal)) => Ok(principal),
        (Caller::Admin, None) => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "policy/principal-missing",
            "an admin token asks on behalf of a principal",
            "send `principal` with userId and roles",
        )),
    }
}

fn decision(answer: &PolicyAnswer) -> Any {
    json!({
        "allowed": answer.allowed, "decisionId": answer.decision_id, "policySet": answer.policy_set,
        "decidedBy": answer.decided_by, "reason": answer.reason,
    })
}
