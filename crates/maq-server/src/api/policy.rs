//! May a principal do this, and why (not)? A data token asks for itself; an admin token names the principal.

use super::App;
use crate::auth::{Admin, Caller};
use crate::body::Body;
use crate::parts::Query;
use crate::problem::{Answer, Problem};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use maq_app::{DecisionQuery, MAX_ATTRIBUTE_BYTES, MAX_TOKEN_NAMES, PolicyQuestion, PolicyRecord, refusals};
use maq_query::decisions::DecisionFilter;
use maq_value::{Instant, Principal, Scope};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Any, json};
use std::sync::Arc;

/// Questions of one batch.
pub(super) const MAX_CHECKS: usize = 100;
/// Longest name or id in a question, in bytes.
const MAX_WORD: usize = 256;

/// The question: about no record, the one of an id, or one that is given.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Question {
    action: String,
    resource: String,
    id: Option<Any>,
    record: Option<Map<String, Any>>,
    principal: Option<Principal>,
    #[serde(default)]
    context: Map<String, Any>,
}

/// Several questions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Questions {
    checks: Vec<Question>,
}

/// Which records?
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rows {
    action: String,
    resource: String,
    ids: Option<Vec<Any>>,
    principal: Option<Principal>,
    #[serde(default)]
    context: Map<String, Any>,
}

/// A record as who sees it?
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Seen {
    resource: String,
    id: Option<Any>,
    record: Option<Map<String, Any>>,
    principal: Option<Principal>,
    #[serde(default)]
    context: Map<String, Any>,
}

/// Which decisions of the log; all given filters must hold.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Kept {
    tenant_id: Option<String>,
    realm_id: Option<String>,
    since: Option<String>,
    until: Option<String>,
    principal: Option<String>,
    entity: Option<String>,
    action: Option<String>,
    effect: Option<String>,
    limit: Option<u32>,
    after: Option<String>,
}

/// The decision.
pub async fn check(State(app): State<Arc<App>>, caller: Caller, Body(asked): Body<Question>) -> Answer {
    let question = question(&caller, asked)?;
    Ok(Json(json!({ "data": app.services.policy_gate.decide(&question).await? })).into_response())
}

/// The decisions, in order.
pub async fn batch(State(app): State<Arc<App>>, caller: Caller, Body(Questions { checks }): Body<Questions>) -> Answer {
    if checks.len() > MAX_CHECKS {
        return Err(too_many_checks());
    }
    let mut decisions = Vec::with_capacity(checks.len());
    for asked in checks {
        decisions.push(app.services.policy_gate.decide(&question(&caller, asked)?).await?);
    }
    Ok(Json(json!({ "data": decisions })).into_response())
}

/// The decision with the policies that speak to it, and what each said, in order of evaluation. Admin tokens only: it
/// shows the rules.
pub async fn explain(State(app): State<Arc<App>>, caller: Caller, Body(asked): Body<Question>) -> Answer {
    let question = question(&admin(caller)?, asked)?;
    let gate = &app.services.policy_gate;
    let told = gate.explain(&question).await?;
    let policies = gate.get_policies(&question.action, &question.resource).await?;
    let policies: Vec<Any> = policies
        .iter()
        .map(|row| json!({ "name": row.name, "effect": row.effect, "roles": row.roles, "priority": row.priority }))
        .collect();
    let data = json!({ "decision": told.decision, "rules": told.rules, "policies": policies });
    Ok(Json(json!({ "data": data })).into_response())
}

/// On which records it may be done: whether they make a difference, how many there are, and which of the ids.
pub async fn filter(State(app): State<Arc<App>>, caller: Caller, Body(asked): Body<Rows>) -> Answer {
    let Rows { action, resource, ids, principal, context } = asked;
    let ids = ids.map(|ids| ids.into_iter().map(id_text).collect::<Result<Vec<String>, Problem>>()).transpose()?;
    let asked = Question { action, resource, id: None, record: None, principal, context };
    let rows = app.services.policy_gate.filter(&question(&caller, asked)?, ids.as_deref()).await?;
    let mut data = json!({ "rows": rows.rows, "count": rows.count, "ids": rows.ids });
    if let (Some(why), Some(data)) = (rows.reason, data.as_object_mut()) {
        data.insert("reason".to_owned(), why.into());
    }
    Ok(Json(json!({ "data": data })).into_response())
}

/// A record as the principal sees it, and what it may do with each field.
pub async fn mask(State(app): State<Arc<App>>, caller: Caller, Body(asked): Body<Seen>) -> Answer {
    let Seen { resource, id, record, principal, context } = asked;
    let asked = Question { action: "read".to_owned(), resource, id, record, principal, context };
    let masked = app.services.policy_gate.mask(&question(&caller, asked)?).await?;
    let fields = masked.fields.iter().map(|(name, read, writable)| {
        let rights = json!({ "read": read, "writable": writable });
        (name.to_string(), rights)
    });
    let fields: Map<String, Any> = fields.collect();
    Ok(Json(json!({ "data": { "record": masked.record, "fields": fields } })).into_response())
}

/// Decisions of the log of one tenant and realm, newest first. Admin tokens only.
pub async fn decisions(State(app): State<Arc<App>>, Admin(actor): Admin, Query(kept): Query<Kept>) -> Answer {
    let default = Scope::default();
    let query = DecisionQuery {
        scope: Scope {
            tenant_id: kept.tenant_id.unwrap_or(default.tenant_id),
            realm_id: kept.realm_id.unwrap_or(default.realm_id),
        },
        filter: DecisionFilter {
            since: instant("since", kept.since.as_deref())?,
            until: instant("until", kept.until.as_deref())?,
            user_id: kept.principal,
            entity: kept.entity,
            action: kept.action,
            allowed: effect(kept.effect.as_deref())?,
            after: None,
        },
        limit: kept.limit,
        after: kept.after,
    };
    let page = app.services.policy_gate.decisions(&actor, &query).await?;
    let meta = json!({ "limit": page.limit, "next": page.next, "dropped": page.dropped });
    Ok(Json(json!({ "data": page.data, "meta": meta })).into_response())
}

fn instant(name: &str, text: Option<&str>) -> Result<Option<i64>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let wrong = || unreadable(name, "it is no instant", "give it as RFC 3339: 2026-01-31T00:00:00Z");
    Instant::parse(text).map(|instant| Some(instant.0)).ok_or_else(wrong)
}

fn effect(text: Option<&str>) -> Result<Option<bool>, Problem> {
    match text {
        None => Ok(None),
        Some("allow") => Ok(Some(true)),
        Some("deny") => Ok(Some(false)),
        Some(_) => Err(unreadable("effect", "it is neither of the two there are", "ask for allow or deny")),
    }
}

fn unreadable(name: &str, reason: &str, help: &str) -> Problem {
    wrong("http/parameter-wrong", &format!("the parameter `{name}` cannot be read: {reason}"), help)
}

fn admin(caller: Caller) -> Result<Caller, Problem> {
    match caller {
        Caller::Admin => Ok(caller),
        Caller::Data(_) => Err(refusals::AUTH_NOT_ADMIN.with(&[]).into()),
    }
}

/// The question of whoever holds the token.
fn question(caller: &Caller, asked: Question) -> Result<PolicyQuestion, Problem> {
    let Question { action, resource, id, record, principal, context } = asked;
    let record = match (id, record) {
        (None, None) => PolicyRecord::None,
        (Some(id), None) => PolicyRecord::Id(id_text(id)?),
        (None, Some(record)) => PolicyRecord::Values(record),
        (Some(_), Some(_)) => {
            return Err(wrong(
                "policy/record-twice",
                "the record is given by its id and by its fields",
                "send one of the two",
            ));
        }
    };
    let (principal, is_own) = who(caller, principal)?;
    ask(principal, is_own, action, resource, record, context)
}

/// A question with words of a fitting length.
pub(super) fn ask(
    principal: Principal,
    is_own: bool,
    action: String,
    resource: String,
    record: PolicyRecord,
    context: Map<String, Any>,
) -> Result<PolicyQuestion, Problem> {
    let id = match &record {
        PolicyRecord::Id(id) => id.as_str(),
        PolicyRecord::None | PolicyRecord::Values(_) => "",
    };
    if [&*action, &*resource, id].iter().any(|word| word.len() > MAX_WORD) {
        return Err(refusals::DATA_IDENTIFIER_TOO_LONG.with(&[("limit", &MAX_WORD.to_string())]).into());
    }
    if [&*action, &*resource, id].iter().any(|word| word.contains('\0')) {
        return Err(wrong("policy/word-wrong", "a name or id holds U+0000", "leave it out"));
    }
    if !is_own && (principal.roles.len() > MAX_TOKEN_NAMES || is_longer(&principal.attributes) || is_longer(&context)) {
        return Err(too_large());
    }
    Ok(PolicyQuestion { principal, action, resource, record, context, now: None, is_own })
}

/// Whether values are more than a token may hold: how much work a decision is grows with them.
fn is_longer(values: &impl Serialize) -> bool {
    serde_json::to_string(values).is_ok_and(|text| text.len() > MAX_ATTRIBUTE_BYTES)
}

fn too_large() -> Problem {
    let title =
        format!("the principal has more than {MAX_TOKEN_NAMES} roles, or it or the context more than 16 KiB of values");
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "policy/question-too-large",
        title,
        "ask for a principal that a token can stand for",
    )
}

fn who(caller: &Caller, named: Option<Principal>) -> Result<(Principal, bool), Problem> {
    match (caller, named) {
        (Caller::Data(principal), None) => Ok((principal.clone(), true)),
        (Caller::Data(principal), Some(named)) if named == *principal => Ok((named, true)),
        (Caller::Data(_), Some(_)) => Err(refusals::AUTH_NOT_ADMIN.with(&[]).into()),
        (Caller::Admin, Some(principal)) => Ok((principal, false)),
        (Caller::Admin, None) => Err(wrong(
            "policy/principal-missing",
            "an admin token asks on behalf of a principal",
            "send `principal` with userId and roles",
        )),
    }
}

fn id_text(id: Any) -> Result<String, Problem> {
    match id {
        Any::String(id) => Ok(id),
        Any::Number(id) => Ok(id.to_string()),
        _ => Err(wrong("policy/id-wrong", "an id is text or a whole number", "send the id as the data API gives it")),
    }
}

pub(super) fn too_many_checks() -> Problem {
    let title = format!("more than {MAX_CHECKS} questions at once");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "policy/too-many-checks", title, "send several requests")
}

pub(super) fn wrong(code: &str, title: &str, help: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, code, title, help)
}
