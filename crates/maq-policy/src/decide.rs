//! The decision and its words.

use maq_ir::Policy;
use std::sync::Arc;

/// A policy that decided.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleRef {
    /// The policy's stable id.
    pub id: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
}

impl RuleRef {
    pub(crate) fn of(policy: &Policy) -> RuleRef {
        RuleRef { id: policy.id.clone(), name: policy.name.clone() }
    }
}

/// A decision, as evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether it may be done.
    pub allowed: bool,
    /// The policies that decided: all that match with the deciding effect at the deciding priority, in document
    /// order. Empty when nothing matched.
    pub decided_by: Vec<RuleRef>,
    /// Why, one sentence.
    pub reason: String,
    /// Digest of the policies that were asked.
    pub policy_set: Arc<str>,
}

/// `allowed by` or `denied by`, and the names.
pub(crate) fn reason(allowed: bool, rules: &[RuleRef]) -> String {
    let mut text = String::with_capacity(64);
    text.push_str(if allowed { "allowed by `" } else { "denied by `" });
    for (at, rule) in rules.iter().take(3).enumerate() {
        if at > 0 {
            text.push_str("`, `");
        }
        text.push_str(&rule.name);
    }
    text.push('`');
    if rules.len() > 3 {
        text.push_str(" and others");
    }
    text
}
