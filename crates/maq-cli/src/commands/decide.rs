//! One decision over the policies of the target `local`, and how it came about.

use super::Context;
use super::design::read_text;
use crate::args::DecideArgs;
use crate::failure::{CliResult, Failure};
use crate::output::Done;
use crate::session::Session;
use maq_app::{ExplainedPart, Permission, PolicyAnswer, PolicyExplanation, PolicyQuestion, PolicyRecord};
use maq_value::{Instant, Principal};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use std::fmt::Write as _;

/// What a request file says.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    principal: Principal,
    action: String,
    resource: String,
    id: Option<Json>,
    record: Option<Map<String, Json>>,
    #[serde(default)]
    context: Map<String, Json>,
    now: Option<String>,
}

pub async fn decide(args: DecideArgs, _: Context<'_>) -> CliResult<Done> {
    let question = read_question(&read_text(&args.request)?)?;
    let session = Session::open(&args.ws).await?;
    session
        .finish(async |session| {
            session.services.access.allow(&session.actor, Permission::View)?;
            let gate = &session.services.policy_gate;
            if args.explain {
                let told = gate.explain(&question).await?;
                let text = explained(&told);
                return Ok(Done::new(json!({ "decision": told.decision, "rules": told.rules }), text));
            }
            let answer = gate.decide(&question).await?;
            let text = decided(&answer);
            Ok(Done::new(json!({ "decision": answer }), text))
        })
        .await
}

fn read_question(text: &str) -> CliResult<PolicyQuestion> {
    let help = "write {\"principal\": {\"userId\": \"ann\", \"roles\": [\"sales\"]}, \"action\": \"read\", \"resource\": \
                \"Invoice\", \"id\": \"…\"}";
    let unreadable =
        |why: String| Failure::of("usage/request-unreadable", 400, format!("the request cannot be read: {why}"), help);
    let asked: Request = serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))?;
    let record = match (asked.id, asked.record) {
        (None, None) => PolicyRecord::None,
        (Some(Json::String(id)), None) => PolicyRecord::Id(id),
        (Some(Json::Number(id)), None) => PolicyRecord::Id(id.to_string()),
        (Some(_), None) => return Err(unreadable("`id` is neither text nor a number".to_owned())),
        (None, Some(record)) => PolicyRecord::Values(record),
        (Some(_), Some(_)) => return Err(unreadable("it has both `id` and `record`".to_owned())),
    };
    let now = match asked.now {
        Some(text) => Some(Instant::parse(&text).ok_or_else(|| unreadable(format!("`{text}` is no instant")))?),
        None => None,
    };
    Ok(PolicyQuestion {
        principal: asked.principal,
        action: asked.action,
        resource: asked.resource,
        record,
        context: asked.context,
        now,
        is_own: false,
    })
}

/// The decision in lines.
fn decided(answer: &PolicyAnswer) -> String {
    let mut text = format!("{}: {}\n", if answer.allowed { "allow" } else { "deny" }, answer.reason);
    if !answer.decided_by.is_empty() {
        let _ = writeln!(text, "decided by {}", answer.decided_by.join(", "));
    }
    for part in &answer.failed {
        let _ = writeln!(text, "failed in {}: {}", part.policy, part.text);
        for (name, value) in &part.values {
            let _ = writeln!(text, "  {name} is {value}");
        }
        if let Some(error) = &part.error {
            let _ = writeln!(text, "  {error}");
        }
    }
    for name in &answer.missing {
        let _ = writeln!(text, "missing: {name}");
    }
    for obligation in &answer.obligations {
        let _ = writeln!(text, "obligation: {obligation}");
    }
    let _ = write!(text, "policies {}, decision {}", answer.policy_set.get(..12).unwrap_or("none"), answer.decision_id);
    text
}

/// The same with every policy and the parts of its condition.
fn explained(told: &PolicyExplanation) -> String {
    let mut text = decided(&told.decision);
    for rule in &told.rules {
        let mark = if rule.decides { "decides" } else { rule.outcome };
        let _ = write!(text, "\n\n{} {} (priority {}): {mark}", rule.effect, rule.name, rule.priority);
        if let Some(error) = &rule.error {
            let _ = write!(text, ", {error}");
        }
        if let Some(condition) = &rule.condition {
            branch(&mut text, condition, 1);
        }
    }
    text
}

/// A part a line, its own parts below it; `>` marks what made the whole what it is.
fn branch(text: &mut String, part: &ExplainedPart, depth: usize) {
    let mark = if part.decisive { '>' } else { ' ' };
    let said = match (&part.value, &part.error) {
        (Some(value), _) => value.clone(),
        (None, Some(error)) => format!("error, {error}"),
        (None, None) => "not needed".to_owned(),
    };
    let _ = write!(text, "\n{mark}{}{} = {said}", "  ".repeat(depth), part.text.replace(['\n', '\r', '\t'], " "));
    for part in &part.parts {
        branch(text, part, depth + 1);
    }
}
