//! The question, the decision and its words.

use crate::evidence::FailedClause;
use crate::rule::RuleIndex;
use maq_expr::{Known, Row};
use maq_ir::{Obligation, Policy};
use serde_json::{Map, Value as Json};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::fmt;
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

/// What decisions say of the policies of a set; shared by all of them.
#[derive(Clone, PartialEq, Default)]
pub(crate) struct Names {
    /// Digest of the policies.
    pub digest: Arc<str>,
    /// The policies, in order of evaluation.
    pub rules: Vec<RuleRef>,
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.digest)
    }
}

/// What a reason is made of; its words are written when someone reads them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Why {
    /// The rules that decided say it.
    Rules,
    /// These say it.
    Others(Vec<RuleRef>),
    /// No rule matched, and that is a deny of this action.
    NoneAllows(Cow<'static, str>),
    /// No rule matched, and that is an allow.
    NoneDenies,
    /// More than one rule applies.
    MoreThanOne,
    /// Something else.
    Told(String),
}

/// The places of the rules that decided, most often one.
pub type Places = SmallVec<[RuleIndex; 4]>;

/// A decision, as evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Whether it may be done.
    pub allowed: bool,
    /// The places of the policies that decided: all that match in the deciding level, in order of evaluation. Empty when
    /// nothing matched.
    pub rules: Places,
    /// Where the conditions of allows failed, at most [`crate::evidence::TOLD`], when it is a deny that none matched.
    pub failed: Vec<FailedClause>,
    /// What conditions read and did not find, as it is written there: `principal.region`.
    pub missing: Vec<String>,
    /// What must be done with it. Whoever cannot do one must treat an allow as a deny.
    pub obligations: Vec<Obligation>,
    /// What is told with it, not binding.
    pub advice: Vec<Obligation>,
    pub(crate) why: Why,
    pub(crate) names: Arc<Names>,
}

impl Decision {
    /// A deny that no policy says.
    pub fn deny(reason: String) -> Decision {
        Decision::of(false, Why::Told(reason), Arc::default())
    }

    pub(crate) fn of(allowed: bool, why: Why, names: Arc<Names>) -> Decision {
        Decision {
            allowed,
            rules: Places::new(),
            failed: Vec::new(),
            missing: Vec::new(),
            obligations: Vec::new(),
            advice: Vec::new(),
            why,
            names,
        }
    }

    /// The policies that decided, in order of evaluation. Empty when nothing matched.
    pub fn decided_by(&self) -> impl Iterator<Item = &RuleRef> {
        let others = match &self.why {
            Why::Others(others) => others.as_slice(),
            _ => &[],
        };
        others.iter().chain(self.rules.iter().filter_map(|at| self.rule(*at)))
    }

    /// The policy at a place.
    pub fn rule(&self, at: RuleIndex) -> Option<&RuleRef> {
        self.names.rules.get(at.0 as usize)
    }

    /// Digest of the policies that were asked.
    pub fn policy_set(&self) -> &Arc<str> {
        &self.names.digest
    }

    /// Why, one sentence; holds no value of the record.
    pub fn reason(&self) -> String {
        self.reason_for(false)
    }

    /// The same for who may not know the policies: a clause on a field that is secret, personal, or hidden from somebody
    /// is not told, because what stands beside the field in it would tell of its value.
    pub fn reason_for_all(&self) -> String {
        self.reason_for(true)
    }

    fn reason_for(&self, is_for_all: bool) -> String {
        match &self.why {
            Why::Rules | Why::Others(_) => reason(self.allowed, self.decided_by()),
            Why::NoneAllows(action) => match self.failed.first() {
                Some(clause) => {
                    let rule = self.rule(clause.rule).map_or("", |rule| &*rule.name);
                    format!("no policy allows `{action}` here: {}", clause.sentence(rule, is_for_all))
                }
                None => format!("no policy allows `{action}`"),
            },
            Why::NoneDenies => "no policy denies it".to_owned(),
            Why::MoreThanOne => "more than one policy applies, and only one may".to_owned(),
            Why::Told(reason) => reason.clone(),
        }
    }
}

/// `allowed by` or `denied by`, and the names.
fn reason<'a>(allowed: bool, rules: impl Iterator<Item = &'a RuleRef>) -> String {
    let mut text = String::with_capacity(64);
    text.push_str(if allowed { "allowed by `" } else { "denied by `" });
    for (at, rule) in rules.enumerate() {
        if at == 3 {
            text.push_str("` and others");
            return text;
        }
        if at > 0 {
            text.push_str("`, `");
        }
        text.push_str(&rule.name);
    }
    text.push('`');
    text
}
