//! The AuthZEN Authorization API 1.0 (<https://openid.net/specs/authorization-api-1_0.html>), for other systems that ask
//! for decisions: access evaluation, several at once, and the metadata that tells where they are.
//!
//! The subject's id is the user; `properties` are what else is known of the principal (`roles`, `tenantId`, `realmId`,
//! `orgId`, and attributes). The resource's type is the entity; its id a record, unless `properties` are the record; `*`
//! is no record. A data token asks for its own user only, its own rights count, whatever the properties say, and it
//! brings no context.

use super::App;
use super::policy::{MAX_CHECKS, ask, too_many_checks, wrong};
use crate::auth::Caller;
use crate::body::Body;
use crate::problem::{Answer, Problem};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::{IntoResponse, Response};
use maq_app::{PolicyAnswer, PolicyQuestion, PolicyRecord, refusals};
use maq_value::Principal;
use serde::Deserialize;
use serde_json::{Map, Value as Any, json};
use std::sync::Arc;

/// Sent back as it came.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Somebody or something.
#[derive(Debug, Clone, Deserialize)]
pub struct Thing {
    #[serde(rename = "type")]
    kind: String,
    id: String,
    #[serde(default)]
    properties: Map<String, Any>,
}

/// What they want to do.
#[derive(Debug, Clone, Deserialize)]
pub struct Wanted {
    name: String,
}

/// An evaluation; what an item of several leaves out is taken from around it.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Evaluation {
    subject: Option<Thing>,
    action: Option<Wanted>,
    resource: Option<Thing>,
    context: Option<Map<String, Any>>,
}

/// Several evaluations.
#[derive(Debug, Deserialize)]
pub struct Evaluations {
    #[serde(flatten)]
    defaults: Evaluation,
    #[serde(default)]
    evaluations: Vec<Evaluation>,
    #[serde(default)]
    options: Options,
}

/// How several are evaluated.
#[derive(Debug, Default, Deserialize)]
pub struct Options {
    #[serde(default)]
    evaluations_semantic: Semantic,
}

/// Where several end.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Semantic {
    /// After the last.
    #[default]
    ExecuteAll,
    /// After the first that is denied.
    DenyOnFirstDeny,
    /// After the first that is allowed.
    PermitOnFirstPermit,
}

/// One evaluation.
pub async fn evaluation(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    Body(asked): Body<Evaluation>,
) -> Answer {
    let question = question(&caller, asked)?;
    let answer = app.services.policy_gate.decide(&question).await?;
    Ok(answered(&headers, decision(&answer)))
}

/// Several evaluations; without any in the list the request is one itself.
pub async fn evaluations(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    Body(asked): Body<Evaluations>,
) -> Answer {
    let Evaluations { defaults, evaluations, options } = asked;
    if evaluations.is_empty() {
        let answer = app.services.policy_gate.decide(&question(&caller, defaults)?).await?;
        return Ok(answered(&headers, decision(&answer)));
    }
    if evaluations.len() > MAX_CHECKS {
        return Err(too_many_checks());
    }
    let mut decisions = Vec::with_capacity(evaluations.len());
    for one in evaluations {
        let whole = Evaluation {
            subject: one.subject.or_else(|| defaults.subject.clone()),
            action: one.action.or_else(|| defaults.action.clone()),
            resource: one.resource.or_else(|| defaults.resource.clone()),
            context: one.context.or_else(|| defaults.context.clone()),
        };
        let answer = app.services.policy_gate.decide(&question(&caller, whole)?).await?;
        decisions.push(decision(&answer));
        let ends = match options.evaluations_semantic {
            Semantic::ExecuteAll => false,
            Semantic::DenyOnFirstDeny => !answer.allowed,
            Semantic::PermitOnFirstPermit => answer.allowed,
        };
        if ends {
            break;
        }
    }
    Ok(answered(&headers, json!({ "evaluations": decisions })))
}

/// Where the endpoints are; for everyone.
pub async fn configuration(headers: HeaderMap) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    // Behind a proxy that ends TLS only the proxy knows how it was reached.
    let scheme = headers.get("x-forwarded-proto").and_then(|scheme| scheme.to_str().ok());
    let scheme = scheme.filter(|scheme| *scheme == "https").unwrap_or("http");
    let base = format!("{scheme}://{host}");
    Json(json!({
        "policy_decision_point": base,
        "access_evaluation_endpoint": format!("{base}/access/v1/evaluation"),
        "access_evaluations_endpoint": format!("{base}/access/v1/evaluations"),
    }))
    .into_response()
}

fn answered(headers: &HeaderMap, body: Any) -> Response {
    let mut response = Json(body).into_response();
    if let Some(id) = headers.get(&REQUEST_ID) {
        response.headers_mut().insert(REQUEST_ID, id.clone());
    }
    response
}

fn decision(answer: &PolicyAnswer) -> Any {
    json!({
        "decision": answer.allowed,
        "context": {
            "id": answer.decision_id,
            "reason": answer.reason,
            "policySet": answer.policy_set,
            "decidedBy": answer.decided_by,
            "missing": answer.missing,
            "obligations": answer.obligations,
            "advice": answer.advice,
        },
    })
}

fn question(caller: &Caller, asked: Evaluation) -> Result<PolicyQuestion, Problem> {
    let needed = |what: &str| {
        wrong(
            "policy/evaluation-incomplete",
            &format!("the evaluation has no `{what}`"),
            "send subject, action and resource",
        )
    };
    let subject = asked.subject.ok_or_else(|| needed("subject"))?;
    let action = asked.action.ok_or_else(|| needed("action"))?;
    let resource = asked.resource.ok_or_else(|| needed("resource"))?;
    let (principal, is_own) = match caller {
        Caller::Data(own) if subject.id == own.user_id => (own.clone(), true),
        Caller::Data(_) => return Err(refusals::AUTH_NOT_ADMIN.with(&[]).into()),
        Caller::Admin => (principal(subject)?, false),
    };
    let record = if resource.properties.is_empty() {
        match resource.id.as_str() {
            "" | "*" => PolicyRecord::None,
            id => PolicyRecord::Id(id.to_owned()),
        }
    } else {
        let mut values = resource.properties;
        if !matches!(resource.id.as_str(), "" | "*") {
            values.entry("id").or_insert(Any::String(resource.id));
        }
        PolicyRecord::Values(values)
    };
    ask(principal, is_own, action.name, resource.kind, record, asked.context.unwrap_or_default())
}

/// The principal that a subject is.
fn principal(subject: Thing) -> Result<Principal, Problem> {
    const OWN: [&str; 4] = ["roles", "tenantId", "realmId", "orgId"];
    let (own, attributes): (Map<String, Any>, Map<String, Any>) =
        subject.properties.into_iter().partition(|(name, _)| OWN.contains(&name.as_str()));
    let mut whole = own;
    whole.insert("userId".to_owned(), Any::String(subject.id));
    whole.insert("attributes".to_owned(), Any::Object(attributes));
    serde_json::from_value(Any::Object(whole)).map_err(|error| {
        wrong("policy/subject-wrong", &format!("the subject is no principal: {error}"), "send roles as a list of texts")
    })
}
