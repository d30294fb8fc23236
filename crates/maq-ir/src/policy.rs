//! Policies, resolved: words are closed types, names of fields are indices, conditions are compiled.

use crate::{Effect, FieldIdx};
use maq_expr::Condition;
use maq_value::{Instant, Value};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How policies that disagree are combined (XACML 3.0, appendix C; the first is ours).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Combining {
    /// Higher priority first; at equal priority deny beats allow; the first match decides; no match is deny.
    #[default]
    PriorityDenyOverrides,
    /// A deny that matches, else an allow that matches, else deny.
    DenyOverrides,
    /// An allow that matches, else deny. A deny has no say.
    PermitOverrides,
    /// An allow that matches, else deny: as `permit-overrides`, where only the last word differs in the standard.
    DenyUnlessPermit,
    /// A deny that matches, else allow.
    PermitUnlessDeny,
    /// The first match in document order decides; no match is deny.
    FirstApplicable,
    /// The one match decides; none, or more than one, is deny.
    OnlyOneApplicable,
}

impl Combining {
    /// Every algorithm.
    pub const ALL: [Combining; 7] = [
        Combining::PriorityDenyOverrides,
        Combining::DenyOverrides,
        Combining::PermitOverrides,
        Combining::DenyUnlessPermit,
        Combining::PermitUnlessDeny,
        Combining::FirstApplicable,
        Combining::OnlyOneApplicable,
    ];

    /// The standard's word.
    pub fn word(self) -> &'static str {
        match self {
            Combining::PriorityDenyOverrides => "priority-deny-overrides",
            Combining::DenyOverrides => "deny-overrides",
            Combining::PermitOverrides => "permit-overrides",
            Combining::DenyUnlessPermit => "deny-unless-permit",
            Combining::PermitUnlessDeny => "permit-unless-deny",
            Combining::FirstApplicable => "first-applicable",
            Combining::OnlyOneApplicable => "only-one-applicable",
        }
    }

    /// What a word says.
    pub fn of(word: &str) -> Option<Combining> {
        Combining::ALL.into_iter().find(|known| known.word() == word)
    }
}

/// A policy, resolved.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Policy {
    /// Stable id.
    pub id: Arc<str>,
    /// Name.
    pub name: Arc<str>,
    /// Allows or denies.
    pub effect: Effect,
    /// Actions; `*` is every action.
    pub actions: Vec<Arc<str>>,
    /// Roles; empty or `*` is everyone, unless `principals` names someone.
    pub roles: Vec<Arc<str>>,
    /// User ids, besides the roles.
    pub principals: Vec<Arc<str>>,
    /// Where it applies.
    pub scope: PolicyScope,
    /// When it applies.
    pub validity: Validity,
    /// Who lends the right.
    pub grantor: Option<Grantor>,
    /// Higher first.
    pub priority: i64,
    /// What must hold of the record.
    pub condition: Option<Condition>,
    /// Something it says cannot be understood (its condition, its validity): an allow never matches, a deny always does.
    pub broken: bool,
    /// Which fields it is about; none is all of them, and on a deny the record itself.
    pub fields: Option<FieldRules>,
    /// What comes with a decision.
    pub obligations: Vec<Obligation>,
}

/// The realm, tenant and organisation a principal must act in; none is any.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolicyScope {
    /// Realm.
    pub realm: Option<Arc<str>>,
    /// Tenant.
    pub tenant: Option<Arc<str>>,
    /// Organisation.
    pub org: Option<Arc<str>>,
}

/// From an instant on, up to before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Validity {
    /// The first instant.
    pub from: Option<Instant>,
    /// The first instant after it.
    pub until: Option<Instant>,
}

impl Validity {
    /// True without limits.
    pub fn is_always(self) -> bool {
        self.from.is_none() && self.until.is_none()
    }

    /// Whether `now` is in it.
    pub fn holds(self, now: Instant) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }
}

/// Who lends a right, with the roles they lend with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grantor {
    /// User id.
    pub user_id: Arc<str>,
    /// Roles.
    pub roles: Vec<Arc<str>>,
}

/// Fields of a policy: what an allow gives, what a deny takes away.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldRules {
    /// Readable as they are.
    pub read: FieldList,
    /// Writable.
    pub write: FieldList,
    /// Readable through a mask; wins over `read` within one policy.
    pub masks: BTreeMap<FieldIdx, Mask>,
}

/// Some fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldList {
    /// All of them.
    Every,
    /// These, ascending.
    Some(Vec<FieldIdx>),
}

impl FieldList {
    /// Whether `field` is one of them.
    pub fn has(&self, field: FieldIdx) -> bool {
        match self {
            FieldList::Every => true,
            FieldList::Some(fields) => fields.binary_search(&field).is_ok(),
        }
    }
}

/// What stands in place of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Mask {
    /// Null.
    Null,
    /// This value.
    Fixed(Value),
    /// Characters at the start and the end, with `***` between; nothing is kept of a text that has no more than those.
    Partial {
        /// Kept at the start.
        start: u32,
        /// Kept at the end.
        end: u32,
    },
    /// A keyed hash of the value, in hex: the same for the same value within a tenant.
    Hash,
}

/// What comes with a decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Obligation {
    /// Stable id, where it has one.
    pub id: Option<Arc<str>>,
    /// What is to be done.
    pub kind: Arc<str>,
    /// With which decision.
    pub on: Effect,
    /// What is needed for it.
    pub params: Arc<BTreeMap<String, Json>>,
    /// Told and not binding.
    pub advice: bool,
}
