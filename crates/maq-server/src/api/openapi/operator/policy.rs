//! The paths of questions about policies, and those of the AuthZEN Authorization API.

use super::{ok, reads, some_object, writes};
use crate::api::openapi::parts::{closed, data, list, or_null, query, shared, text};
use maq_app::MAX_DECISIONS;
use serde_json::{Value as Json, json};

/// The paths.
pub(super) fn describe() -> Vec<(&'static str, Json)> {
    let id = json!({ "type": ["string", "integer", "null"] });
    let principal = json!({ "type": ["object", "null"], "description": "As in `Question`." });
    let ids = json!({ "type": ["array", "null"], "items": { "type": ["string", "integer"] }, "maxItems": 500 });
    let rows = closed(
        &["action", "resource"],
        json!({
            "action": text(), "resource": text(), "ids": ids, "principal": principal.clone(), "context": some_object(),
        }),
    );
    let found = closed(
        &["rows", "count", "ids"],
        json!({
            "rows": { "type": "string", "enum": ["all", "none", "some"] }, "count": { "type": "integer" },
            "ids": { "type": ["array", "null"], "items": { "type": ["string", "integer"] } },
            "reason": { "type": "string", "description": "Why it is none, whatever the records." },
        }),
    );
    let seen = closed(
        &["resource"],
        json!({
            "resource": text(), "id": id, "record": { "type": ["object", "null"] }, "principal": principal,
            "context": some_object(),
        }),
    );
    let masked = closed(&["record", "fields"], json!({ "record": some_object(), "fields": some_object() }));
    let checks =
        closed(&["checks"], json!({ "checks": { "type": "array", "items": shared("Question"), "maxItems": 100 } }));
    let none = Vec::new;
    let decided = || list(shared("Decision"));
    vec![
        (
            "/api/policy/batch",
            json!({ "post": writes("checkPolicies", "Several questions at once", none(), Some(checks), ok(data(decided()))) }),
        ),
        (
            "/api/policy/filter",
            json!({ "post": writes("filterRecords", "On which records it may be done", none(), Some(rows), ok(data(found))) }),
        ),
        (
            "/api/policy/mask",
            json!({ "post": writes("maskRecord", "A record as the principal sees it", none(), Some(seen), ok(data(masked))) }),
        ),
        (
            "/api/policy/decisions",
            json!({ "get": reads("listDecisions", "Decisions that were kept, newest first", filters(), kept()) }),
        ),
        (
            "/access/v1/evaluation",
            json!({ "post": writes("evaluate", "AuthZEN: one evaluation", none(), Some(evaluation(true)), ok(decision())) }),
        ),
        (
            "/access/v1/evaluations",
            json!({ "post": writes("evaluateAll", "AuthZEN: several evaluations", none(), Some(evaluations()), ok(some_object())) }),
        ),
    ]
}

/// Which decisions of the log.
fn filters() -> Vec<Json> {
    let instant = || json!({ "type": "string", "format": "date-time" });
    let limit = json!({ "type": "integer", "minimum": 1, "maximum": MAX_DECISIONS });
    vec![
        query("tenantId", "Of which tenant; `default` when absent.", text()),
        query("realmId", "Of which realm; `main` when absent.", text()),
        query("since", "Not before.", instant()),
        query("until", "Before.", instant()),
        query("principal", "Whose, by user id.", text()),
        query("entity", "Of which entity.", text()),
        query("action", "Of which action.", text()),
        query("effect", "Which way they went.", json!({ "type": "string", "enum": ["allow", "deny"] })),
        query("limit", "Decisions at most, 50 when absent.", limit),
        query("after", "`next` of the page before.", text()),
    ]
}

/// A page of the log.
fn kept() -> Json {
    let entry = closed(
        &[
            "decisionId",
            "at",
            "userId",
            "tenantId",
            "realmId",
            "action",
            "entity",
            "recordId",
            "allowed",
            "policySet",
            "decidedBy",
            "standsFor",
        ],
        json!({
            "decisionId": text(), "at": { "type": "string", "format": "date-time" }, "userId": text(),
            "tenantId": text(), "realmId": text(), "action": text(), "entity": text(), "recordId": or_null(text()),
            "allowed": { "type": "boolean" }, "policySet": text(), "decidedBy": list(text()),
            "standsFor": { "type": "integer" },
        }),
    );
    let meta = closed(
        &["limit", "next", "dropped"],
        json!({ "limit": { "type": "integer" }, "next": or_null(text()), "dropped": { "type": "integer" } }),
    );
    closed(&["data", "meta"], json!({ "data": list(entry), "meta": meta }))
}

fn evaluation(is_whole: bool) -> Json {
    let thing = json!({
        "type": "object", "required": ["type", "id"],
        "properties": { "type": text(), "id": text(), "properties": some_object() },
    });
    let action = json!({
        "type": "object", "required": ["name"], "properties": { "name": text(), "properties": some_object() },
    });
    let required: &[&str] = if is_whole { &["subject", "action", "resource"] } else { &[] };
    json!({
        "type": "object", "required": required,
        "properties": {
            "subject": thing.clone(), "action": action, "resource": thing, "context": or_null(some_object()),
        },
    })
}

fn evaluations() -> Json {
    let mut all = evaluation(false);
    let semantics = json!({
        "type": "string", "enum": ["execute_all", "deny_on_first_deny", "permit_on_first_permit"],
    });
    if let Some(properties) = all.get_mut("properties").and_then(Json::as_object_mut) {
        properties
            .insert("evaluations".into(), json!({ "type": "array", "items": evaluation(false), "maxItems": 100 }));
        let options = json!({ "type": "object", "properties": { "evaluations_semantic": semantics } });
        properties.insert("options".into(), options);
    }
    all
}

fn decision() -> Json {
    json!({
        "type": "object", "required": ["decision"],
        "properties": { "decision": { "type": "boolean" }, "context": some_object() },
    })
}
