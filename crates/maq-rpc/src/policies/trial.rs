//! A trial of policies: wire to use case and back.

use crate::error::refusal;
use maq_app::{AppResult, RefusalClass, Trial, TrialNote, TrialRecord, TrialRequest};
use maq_contract::{
    TryAnswer, TryClause, TryDecision, TryField, TryNote, TryObligation, TryPolicies, TryPrincipal, TryRow, TryRows,
    TryRule,
};
use maq_expr::{Branch, Explanation, Val};
use maq_ir::{Effect, Obligation};
use maq_policy::{DecisionExplanation, FieldRight, HIDDEN, RuleExplanation, RuleOutcome, shown};
use maq_value::{Instant, Principal, Scope};
use serde_json::{Map, Value as Json};

/// What is tried.
pub(super) fn request(request: TryPolicies) -> AppResult<TrialRequest> {
    let now = request.now.as_deref().map(|text| Instant::parse(text).ok_or_else(|| wrong("now", "it is no instant")));
    let record = match (request.values, request.record_id) {
        (Some(values), _) => TrialRecord::Typed(object("values", Some(values))?),
        (None, Some(id)) => TrialRecord::Local(id),
        (None, None) => TrialRecord::None,
    };
    Ok(TrialRequest {
        principal: principal(request.principal)?,
        record,
        context: object("context", request.context)?,
        now: now.transpose()?,
    })
}

fn principal(wire: TryPrincipal) -> AppResult<Principal> {
    let default = Scope::default();
    Ok(Principal {
        tenant_id: wire.tenant_id.unwrap_or(default.tenant_id),
        realm_id: wire.realm_id.unwrap_or(default.realm_id),
        org_id: wire.org_id,
        roles: wire.roles,
        attributes: object("principal.attributes", wire.attributes)?.into_iter().collect(),
        ..Principal::new(wire.user_id, &[])
    })
}

fn object(place: &str, json: Option<Json>) -> AppResult<Map<String, Json>> {
    match json {
        None | Some(Json::Null) => Ok(Map::new()),
        Some(Json::Object(object)) => Ok(object),
        Some(_) => Err(wrong(place, "it is no object")),
    }
}

fn wrong(place: &str, reason: &str) -> maq_app::AppError {
    let title = format!("the request cannot be read at `{place}`: {reason}");
    refusal("rpc/bad-request", RefusalClass::Invalid, title, "send what the command's type says".to_owned())
}

/// What came out.
pub(super) fn answer(trial: Trial) -> TryAnswer {
    let row = |row: maq_app::TrialRow| TryRow { id: row.id, values: row.values };
    let field = |field: maq_app::TrialField| TryField {
        name: field.name.to_string(),
        access: match field.right {
            FieldRight::Readable => "readable",
            FieldRight::Masked(_) => "masked",
            FieldRight::Hidden => "hidden",
        }
        .to_owned(),
        writable: field.writable,
        seen: field.seen,
    };
    TryAnswer {
        now: trial.now.to_string(),
        notes: trial.notes.into_iter().map(note).collect(),
        policy_set: trial.policy_set.to_string(),
        decisions: trial.decisions.into_iter().map(|(action, told)| decision(action, told)).collect(),
        record: trial.record,
        fields: trial.fields.map(|fields| fields.into_iter().map(field).collect()),
        rows: trial.rows.map(|rows| TryRows {
            total: rows.total,
            visible: rows.visible,
            seen: rows.seen.into_iter().map(row).collect(),
            hidden: rows.hidden.into_iter().map(row).collect(),
        }),
    }
}

fn note(note: TrialNote) -> TryNote {
    let (kind, message) = match note {
        TrialNote::Unpublished(entity) => {
            ("unpublished", format!("`{entity}` is not published to local: there are no records to look at, type one"))
        }
        TrialNote::FieldsMissing(names) => (
            "fieldMissing",
            format!("local does not have `{}` yet: empty in its records until it is published", names.join("`, `")),
        ),
        TrialNote::Broken(policy) => {
            ("broken", format!("`{policy}` cannot be understood: an allow never matches, a deny always does"))
        }
        TrialNote::OneByOne(most) => (
            "rows",
            format!("the database cannot be asked as the draft stands: its first {most} rows are decided one by one"),
        ),
    };
    TryNote { kind: kind.to_owned(), message }
}

fn decision(action: &str, told: DecisionExplanation<'_>) -> TryDecision {
    let DecisionExplanation { decision, rules } = told;
    let settled = decision.rules.iter().max().copied().filter(|_| !decision.rules.is_empty());
    let obligation = |obligation: &Obligation| TryObligation {
        kind: obligation.kind.to_string(),
        advice: obligation.advice,
        params: Json::Object(obligation.params.iter().map(|(name, value)| (name.clone(), value.clone())).collect()),
    };
    TryDecision {
        action: action.to_owned(),
        allowed: decision.allowed,
        reason: decision.reason(),
        missing: decision.missing,
        obligations: decision.obligations.iter().chain(&decision.advice).map(obligation).collect(),
        rules: rules.into_iter().map(|told| rule(told, settled)).collect(),
    }
}

fn rule(told: RuleExplanation<'_>, settled: Option<maq_policy::RuleIndex>) -> TryRule {
    let reason = match &told.outcome {
        RuleOutcome::Error(error) => Some(error.clone()),
        RuleOutcome::NotInForce => Some("it is for another time or place".to_owned()),
        RuleOutcome::NotHeldByGrantor => Some("who lends the right does not have it".to_owned()),
        RuleOutcome::Matched | RuleOutcome::NotMatched if told.of_fields => {
            Some("it takes fields away and says nothing of the record".to_owned())
        }
        RuleOutcome::Matched | RuleOutcome::NotMatched => None,
    };
    let is_late = settled.is_some_and(|settled| settled < told.index) && !told.decides && !told.of_fields;
    let outcome = match told.outcome {
        RuleOutcome::NotInForce => "outside",
        RuleOutcome::Matched if is_late => "skipped",
        RuleOutcome::Matched => "matched",
        RuleOutcome::NotMatched | RuleOutcome::NotHeldByGrantor => "failed",
        RuleOutcome::Error(_) => "error",
    };
    TryRule {
        id: told.rule.id.to_string(),
        name: told.rule.name.to_string(),
        effect: match told.effect {
            Effect::Allow => "allow",
            Effect::Deny => "deny",
        }
        .to_owned(),
        priority: told.priority,
        outcome: outcome.to_owned(),
        decisive: told.decides,
        reason,
        condition: told.condition.as_ref().and_then(Explanation::root).map(clause),
    }
}

fn clause(told: Branch<'_>) -> TryClause {
    let (outcome, value) = match told.value() {
        None => ("unused", None),
        Some(Ok(Val::Bool(true))) => ("true", None),
        Some(Ok(Val::Bool(false))) => ("false", None),
        Some(Ok(Val::String(text))) if text == HIDDEN => ("value", Some(HIDDEN.to_owned())),
        Some(Ok(Val::List(items))) if items.iter().any(|item| matches!(item, Val::Map(_))) => {
            ("value", Some(format!("{} records", items.len())))
        }
        Some(Ok(value)) => ("value", Some(shown(value))),
        Some(Err(error)) => ("error", Some(error.message.to_string())),
    };
    TryClause {
        text: told.text().to_owned(),
        span: (told.span().start, told.span().end),
        outcome: outcome.to_owned(),
        value,
        decisive: told.is_decisive(),
        parts: told.parts().map(clause).collect(),
    }
}
