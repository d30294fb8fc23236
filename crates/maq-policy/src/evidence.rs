//! Why a condition failed: the part that made it so, with the values it saw. Values of personal and secret fields, and
//! of fields that some policy hides or masks, are never told; nor are those of other entities, unless their fields are known to be harmless.

use crate::PolicySet;
use crate::decide::{Decision, Request};
use crate::rule::{Rule, RuleIndex, Told, input};
use maq_expr::{Branch, Condition, EntityIndex, ErrorKind, Explanation, Kind, Node, NodeId, Span, Type, Val};
use maq_ir::{Classification, Effect, Entity, EntityView, FieldIdx, Policy, shapes::FIELDS_BEFORE};
use std::collections::HashSet;
use std::sync::Arc;

/// What stands in place of a value that is not told.
pub const HIDDEN: &str = "•••";
/// Failed clauses of one decision.
pub(crate) const TOLD: usize = 5;
/// Values of one clause.
const VALUES: usize = 8;
/// Characters of a value.
const LONGEST: usize = 80;

/// The part of a condition that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedClause {
    /// Whose; [`Decision::rule`] names it.
    pub rule: RuleIndex,
    /// As it is written; empty when it is the grantor who may not.
    pub text: String,
    /// Where it stands in the condition.
    pub span: Span,
    /// What it read, as written, and what that was; [`HIDDEN`] where it is not told.
    pub values: Vec<(String, String)>,
    /// Why it could not be told; none when it is false.
    pub error: Option<String>,
    /// It reads a value that is not told: with what is written beside it, that it is false would tell it.
    pub tells_secret: bool,
}

impl FailedClause {
    /// One sentence without values; for who must not be told what the clause says, without that either.
    pub(crate) fn sentence(&self, rule: &str, is_for_all: bool) -> String {
        match &self.error {
            _ if is_for_all && self.tells_secret => format!("`{rule}` does not hold"),
            Some(error) if self.text.is_empty() => format!("`{rule}` cannot be told, {error}"),
            Some(error) => format!("`{}` of `{rule}` cannot be told, {error}", self.text),
            None if self.text.is_empty() => format!("`{rule}` lends what its grantor may not do"),
            None => format!("`{}` of `{rule}` is false", self.text),
        }
    }
}

/// Whose values are not told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Secrets {
    /// Own fields, by place in the shape.
    own: HashSet<u32>,
    /// Fields of other entities; none when nothing is known of them.
    others: Option<Arc<HashSet<(EntityIndex, u32)>>>,
}

impl Secrets {
    /// What is known of the entity alone.
    pub fn of(entity: &Entity) -> Secrets {
        Secrets { own: secret_fields(entity).collect(), others: None }
    }

    /// What is known in its model.
    pub fn in_model(view: EntityView<'_>) -> Secrets {
        let others = view.model().entities().flat_map(|other| {
            let index = EntityIndex(other.index.0);
            secret_fields(other.entity).map(move |field| (index, field))
        });
        Secrets { own: secret_fields(view.entity).collect(), others: Some(Arc::new(others.collect())) }
    }

    /// Takes in the fields that some policy hides or masks for somebody.
    pub fn guard(&mut self, policies: &[Policy], count: usize) {
        for policy in policies {
            let Some(rules) = &policy.fields else { continue };
            for (shape, field) in (FIELDS_BEFORE..).zip((0u32..).map(FieldIdx)).take(count) {
                let is_read = rules.read.has(field);
                if rules.masks.contains_key(&field) || (policy.effect == Effect::Deny) == is_read {
                    self.own.insert(shape);
                }
            }
        }
    }

    fn has(&self, condition: &Condition, owner: Option<EntityIndex>, field: u32) -> bool {
        match (owner, &self.others) {
            (owner, _) if owner == condition.environment.record => self.own.contains(&field),
            (Some(owner), Some(others)) => others.contains(&(owner, field)),
            _ => true,
        }
    }

    /// The nodes of a condition whose values would tell a secret, ascending; the flag says that it is the secret itself.
    pub fn nodes(&self, condition: &Condition) -> Vec<(NodeId, bool)> {
        let mut nodes = Vec::new();
        self.add_nodes(condition, &condition.root, &mut nodes);
        nodes.sort_unstable();
        nodes
    }

    fn add_nodes(&self, condition: &Condition, node: &Node, nodes: &mut Vec<(NodeId, bool)>) -> bool {
        let own = match &node.kind {
            Kind::Field { operand, index, .. } => self.has(condition, owner_of(&operand.ty), *index),
            _ => false,
        };
        let mut is_in = own;
        for part in node.parts() {
            is_in |= self.add_nodes(condition, part, nodes);
        }
        if is_in {
            nodes.push((node.id, own));
        }
        is_in
    }
}

/// Whether a node is among those that tell a secret, and is one itself.
pub(crate) fn tells(secrets: &[(NodeId, bool)], node: NodeId) -> Option<bool> {
    let at = secrets.binary_search_by_key(&node, |(other, _)| *other).ok()?;
    secrets.get(at).map(|(_, own)| *own)
}

fn secret_fields(entity: &Entity) -> impl Iterator<Item = u32> + '_ {
    let is_secret = |class| matches!(class, Classification::Personal | Classification::Secret);
    let fields = (FIELDS_BEFORE..).zip(&entity.fields).filter(move |(_, field)| is_secret(field.classification));
    fields.map(|(at, _)| at)
}

fn owner_of(ty: &Type) -> Option<EntityIndex> {
    match ty {
        Type::Record(entity) | Type::Reference(entity, _) => Some(*entity),
        Type::Nullable(inner) => owner_of(inner),
        _ => None,
    }
}

/// Adds why `rule` does not match, from its explanation where one is there.
pub(crate) fn add_failed(
    set: &PolicySet,
    rule: &Rule,
    request: &Request<'_>,
    explanation: Option<&Explanation<'_>>,
    decision: &mut Decision,
) {
    let mut clause = FailedClause {
        rule: RuleIndex(rule.at),
        text: String::new(),
        span: Span::default(),
        values: Vec::new(),
        error: None,
        tells_secret: false,
    };
    let Some(condition) = &rule.condition else {
        match rule.told(request) {
            Told::Error(error) => clause.error = Some(error.into_owned()),
            _ if set.grantor_may(rule, request) => return,
            _ => {}
        }
        decision.failed.push(clause);
        return;
    };
    let made;
    let explanation = match explanation {
        Some(explanation) => explanation,
        None => {
            made = condition.explain(&input(request));
            &made
        }
    };
    let Some(whole) = explanation.root() else { return };
    if !failed(whole) && set.grantor_may(rule, request) {
        return;
    }
    if failed(whole) {
        collect_missing(whole, condition, &mut decision.missing);
        let failed = deepest(whole);
        failed.text().clone_into(&mut clause.text);
        clause.span = failed.span();
        clause.tells_secret = tells(&rule.secrets, failed.node()).is_some();
        collect_values(failed, &rule.secrets, &mut clause.values);
        if let Some(Err(error)) = whole.value() {
            clause.error = Some(error.message.clone().into_owned());
        }
    }
    decision.failed.push(clause);
}

fn failed(part: Branch<'_>) -> bool {
    matches!(part.value(), Some(Err(_) | Ok(Val::Bool(false))))
}

/// The smallest part that alone made the whole fail.
fn deepest(whole: Branch<'_>) -> Branch<'_> {
    let mut decisive = whole.parts().filter(|part| part.is_decisive() && part.value().is_some());
    match (decisive.next(), decisive.next()) {
        (Some(only), None) if failed(only) && failed(whole) => {
            // An error of a value deep inside is told with the comparison it stands in.
            let is_truth = only.parts().any(|part| matches!(part.value(), Some(Ok(Val::Bool(_)))))
                || matches!(only.value(), Some(Ok(Val::Bool(_))));
            if is_truth { deepest(only) } else { whole }
        }
        _ => whole,
    }
}

fn collect_missing(part: Branch<'_>, condition: &Condition, missing: &mut Vec<String>) {
    let Some(Err(error)) = part.value() else {
        part.parts().for_each(|inner| collect_missing(inner, condition, missing));
        return;
    };
    if error.kind == ErrorKind::Missing
        && let Some(node) = find(&condition.root, error.node)
    {
        let text = node.span.of(&condition.text).to_owned();
        if !text.is_empty() && !missing.contains(&text) {
            missing.push(text);
        }
        return;
    }
    part.parts().for_each(|inner| collect_missing(inner, condition, missing));
}

/// The node of this number.
fn find(node: &Node, id: NodeId) -> Option<&Node> {
    if node.id == id {
        return Some(node);
    }
    // Numbers grow in the order of parts: the last part that begins at or before it holds it.
    let parts = node.parts();
    let part = parts.into_iter().take_while(|part| part.id <= id).last()?;
    find(part, id)
}

fn collect_values(part: Branch<'_>, secrets: &[(NodeId, bool)], values: &mut Vec<(String, String)>) {
    if !part.reads() {
        part.parts().for_each(|inner| collect_values(inner, secrets, values));
        return;
    }
    if let Some(Ok(value)) = part.value()
        && values.len() < VALUES
        && !values.iter().any(|(text, _)| *text == part.text())
    {
        let shown = if tells(secrets, part.node()).is_some() { HIDDEN.to_owned() } else { shown(value) };
        values.push((part.text().to_owned(), shown));
    }
}

/// A value as it is told: as it would be written in an expression, cut when it is long.
pub fn shown(value: &Val<'_>) -> String {
    let text = match value {
        Val::Null => "null".to_owned(),
        Val::Bool(value) => value.to_string(),
        Val::Int(value) => value.to_string(),
        Val::Uint(value) => format!("{value}u"),
        Val::Double(value) => value.to_string(),
        Val::String(value) => format!("'{value}'"),
        Val::Decimal(value) => value.to_string(),
        Val::Date(value) => value.to_string(),
        Val::Time(value) => value.to_string(),
        Val::Uuid(value) => value.to_string(),
        Val::Timestamp(value) => value.to_string(),
        Val::Duration(value) => value.to_string(),
        Val::List(items) => {
            let items: Vec<String> = items.iter().take(VALUES).map(shown).collect();
            format!("[{}]", items.join(", "))
        }
        Val::Bytes(bytes) => format!("{} bytes", bytes.len()),
        Val::Records(rows) => format!("{} records", rows.len()),
        Val::Record(_) => "a record".to_owned(),
        Val::Map(entries) => format!("{} entries", entries.len()),
        Val::Type(name) | Val::Opaque(name, _) => name.to_string(),
        Val::Optional(Some(value)) => shown(value),
        Val::Optional(None) => "nothing".to_owned(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned() + "…",
        None => text,
    }
}
