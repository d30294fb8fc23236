//! Decisions and explanations as they are told outside: words and texts in place of the engine's types.

use maq_expr::{Branch, Explanation, Val};
use maq_ir::{Effect, Obligation};
use maq_policy::{Decision, DecisionExplanation, FailedClause, RuleExplanation, RuleOutcome, shown};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

/// A decision, as evidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
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
    /// Where conditions failed, with the values they saw.
    pub failed: Vec<FailedPart>,
    /// What conditions read and did not find.
    pub missing: Vec<String>,
    /// What must be done with it: whoever cannot must treat an allow as a deny.
    pub obligations: Vec<Json>,
    /// What is told with it and is not binding.
    pub advice: Vec<Json>,
    /// The reason for who may not know the policies, where that is another.
    #[serde(skip)]
    pub(crate) reason_for_all: Option<String>,
}

/// A part of a condition that failed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FailedPart {
    /// The policy.
    pub policy: String,
    /// As it is written.
    pub text: String,
    /// Byte span in the condition.
    pub span: (u32, u32),
    /// What it read, as written, and what that was.
    pub values: Vec<(String, String)>,
    /// Why it could not be told; none when it is false.
    pub error: Option<String>,
    /// It reads a value that is not told.
    #[serde(skip)]
    pub(crate) tells_secret: bool,
}

/// A decision with what every policy said.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyExplanation {
    /// The decision.
    pub decision: PolicyAnswer,
    /// The policies that the principal can meet for the action, in order of evaluation.
    pub rules: Vec<ExplainedRule>,
}

/// What one policy said.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainedRule {
    /// Its stable id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `allow` or `deny`.
    pub effect: &'static str,
    /// Its priority.
    pub priority: i64,
    /// It takes fields away and says nothing of the record.
    pub of_fields: bool,
    /// `matched`, `notMatched`, `error`, `notInForce` or `notHeldByGrantor`.
    pub outcome: &'static str,
    /// Why it cannot be told.
    pub error: Option<String>,
    /// Whether it decided.
    pub decides: bool,
    /// Its condition, part by part.
    pub condition: Option<ExplainedPart>,
}

/// A part of a condition with its value.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainedPart {
    /// As it is written.
    pub text: String,
    /// Byte span in the condition.
    pub span: (u32, u32),
    /// Its value, as it would be written; none when it was not needed or is an error.
    pub value: Option<String>,
    /// Why it has none.
    pub error: Option<String>,
    /// Whether it made the whole what it is.
    pub decisive: bool,
    /// Its parts.
    pub parts: Vec<ExplainedPart>,
}

impl PolicyAnswer {
    /// A decision under its id.
    pub(crate) fn of(decision: Decision, decision_id: String) -> PolicyAnswer {
        PolicyAnswer {
            allowed: decision.allowed,
            decision_id,
            policy_set: decision.policy_set().to_string(),
            decided_by: decision.decided_by().map(|rule| rule.name.to_string()).collect(),
            reason: decision.reason(),
            reason_for_all: decision.failed.iter().any(|clause| clause.tells_secret).then(|| decision.reason_for_all()),
            failed: decision.failed.iter().map(|clause| failed(&decision, clause)).collect(),
            missing: decision.missing,
            obligations: decision.obligations.iter().map(obligation).collect(),
            advice: decision.advice.iter().map(obligation).collect(),
        }
    }

    /// A deny that no policy says.
    pub(crate) fn deny(decision_id: String, policy_set: String, reason: String) -> PolicyAnswer {
        PolicyAnswer {
            allowed: false,
            decision_id,
            policy_set,
            decided_by: Vec::new(),
            reason,
            reason_for_all: None,
            failed: Vec::new(),
            missing: Vec::new(),
            obligations: Vec::new(),
            advice: Vec::new(),
        }
    }

    /// The same with another reason.
    pub(crate) fn because(&mut self, reason: String) {
        self.reason = reason;
        self.reason_for_all = None;
    }

    /// The reason, for who may not know the policies.
    pub(crate) fn told_reason(&self) -> &str {
        self.reason_for_all.as_deref().unwrap_or(&self.reason)
    }

    /// Without the values that conditions saw, and without the clauses that would tell of some: for who asks for itself,
    /// and may not read all that its policies read.
    #[must_use]
    pub fn without_values(mut self) -> PolicyAnswer {
        if let Some(reason) = self.reason_for_all.take() {
            self.reason = reason;
            // That a field is empty would be told, too.
            self.missing.retain(|name| name.starts_with("principal.") || name.starts_with("context."));
        }
        for part in &mut self.failed {
            part.values.clear();
            if part.tells_secret {
                part.text.clear();
                part.span = (0, 0);
                part.error = None;
            }
        }
        self
    }
}

fn failed(decision: &Decision, clause: &FailedClause) -> FailedPart {
    FailedPart {
        policy: decision.rule(clause.rule).map_or_else(String::new, |rule| rule.name.to_string()),
        text: clause.text.clone(),
        span: (clause.span.start, clause.span.end),
        values: clause.values.clone(),
        error: clause.error.clone(),
        tells_secret: clause.tells_secret,
    }
}

fn obligation(obligation: &Obligation) -> Json {
    let params: Map<String, Json> = obligation.params.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    json!({ "id": obligation.id.as_deref(), "kind": &*obligation.kind, "params": params })
}

pub(super) fn explained(told: DecisionExplanation<'_>, decision_id: String) -> PolicyExplanation {
    PolicyExplanation {
        rules: told.rules.into_iter().map(rule).collect(),
        decision: PolicyAnswer::of(told.decision, decision_id),
    }
}

fn rule(told: RuleExplanation<'_>) -> ExplainedRule {
    let (outcome, error) = match told.outcome {
        RuleOutcome::Matched => ("matched", None),
        RuleOutcome::NotMatched => ("notMatched", None),
        RuleOutcome::Error(error) => ("error", Some(error)),
        RuleOutcome::NotInForce => ("notInForce", None),
        RuleOutcome::NotHeldByGrantor => ("notHeldByGrantor", None),
    };
    ExplainedRule {
        id: told.rule.id.to_string(),
        name: told.rule.name.to_string(),
        effect: word(told.effect),
        priority: told.priority,
        of_fields: told.of_fields,
        outcome,
        error,
        decides: told.decides,
        condition: told.condition.as_ref().and_then(Explanation::root).map(part),
    }
}

pub(super) fn word(effect: Effect) -> &'static str {
    match effect {
        Effect::Allow => "allow",
        Effect::Deny => "deny",
    }
}

fn part(told: Branch<'_>) -> ExplainedPart {
    let (value, error) = match told.value() {
        None => (None, None),
        // What is hidden is no text, and stands without quotes.
        Some(Ok(Val::String(text))) if text == maq_policy::HIDDEN => (Some(text.to_string()), None),
        Some(Ok(value)) => (Some(shown(value)), None),
        Some(Err(error)) => (None, Some(error.message.to_string())),
    };
    ExplainedPart {
        text: told.text().to_owned(),
        span: (told.span().start, told.span().end),
        value,
        error,
        decisive: told.is_decisive(),
        parts: told.parts().map(part).collect(),
    }
}
