//! The question, the decision and its words.

use crate::evidence::FailedClause;
use crate::rule::RuleIndex;
use maq_expr::{Known, Row};
use maq_ir::{Obligation, Policy};
use serde_json::{Map, Value as Json};
use std::sync::{Arc, LazyLock};

/// May this be done?
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who asks, with what, and when.
    pub known: Known<'a>,
    /// What they want to do.
    pub action: &'a str,
    /// To which record, with what the conditions walk to (see [`crate::PolicySet::walks`]). Without one a condition
    /// that reads the record cannot be told.
    pub record: Option<&'a Row>,
}

/// A request that brings nothing.
pub fn no_context() -> &'static Map<String, Json> {
    static NOTHING: LazyLock<Map<String, Json>> = LazyLock::new(Map::new);
    &NOTHING
}

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
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Whether it may be done.
    pub allowed: bool,
    /// The policies that decided: all that match in the deciding level, in order of evaluation. Empty when nothing
    /// matched.
    pub decided_by: Vec<RuleRef>,
    /// The same by their place.
    pub rules: Vec<RuleIndex>,
    /// Why, one sentence; holds no value of the record.
    pub reason: String,
    /// Digest of the policies that were asked.
    pub policy_set: Arc<str>,
    /// Where the conditions of allows failed, at most [`crate::evidence::TOLD`], when it is a deny that none matched.
    pub failed: Vec<FailedClause>,
    /// What conditions read and did not find, as it is written there: `principal.region`.
    pub missing: Vec<String>,
    /// What must be done with it. Whoever cannot do one must treat an allow as a deny.
    pub obligations: Vec<Obligation>,
    /// What is told with it, not binding.
    pub advice: Vec<Obligation>,
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
