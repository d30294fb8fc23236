//! A policy as the engine holds it, and what it says of a request.

use crate::decide::Request;
use crate::lists::Size;
use crate::order::has_a_say;
use maq_expr::{Condition, FirstSteps, FlatIndex, Input, Kind, Known, Node, NodeId, Outcome, Variable};
use maq_ir::{Combining, Effect, Policy};
use maq_value::{Instant, Principal};
use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

/// Every action in a policy's actions, everyone in its roles.
pub(crate) const EVERY: &str = "*";

/// The place of a rule in the order of evaluation of its set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleIndex(pub u32);

/// What every decision looks at of a rule. The heads of a role's rules lie side by side: among thousands of rules each
/// step aside reads from far memory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head {
    /// Its place in the order of evaluation.
    pub at: u32,
    /// Rules of one level decide together.
    pub level: u32,
    /// The first steps of its condition; none when its rule must be asked.
    pub first: Option<FirstSteps>,
    /// Allows or denies.
    pub effect: Effect,
    /// No condition, no limit of time or place, no grantor: it always matches.
    pub is_plain: bool,
    /// A limit of time or place.
    pub is_limited: bool,
    /// It counts on the record: its algorithm asks it, and it is not of fields.
    pub has_a_say: bool,
    /// An allow that someone lends.
    pub is_lent: bool,
}

/// A policy, ready to be asked. What an explanation looks at stands first and close together.
#[derive(Debug, Clone)]
#[repr(C)]
pub(crate) struct Rule {
    /// What is looked at first.
    pub head: Head,
    /// Its tree, as in the policy; none without a condition, or when the policy is broken.
    pub condition: Option<Condition>,
    /// Where it stands among the flat ones.
    pub flat: Option<FlatIndex>,
    /// Its priority, as in the policy.
    pub priority: i64,
    /// The nodes of its condition whose values are not told.
    pub secrets: Vec<(NodeId, bool)>,
    /// Its condition reads the record.
    pub reads_record: bool,
    /// How much its condition is as a database is asked it.
    pub size: Size,
    /// A deny that takes fields away and says nothing of the record.
    pub is_of_fields: bool,
    is_broken: bool,
    /// As it was compiled.
    pub policy: Policy,
}

/// A rule is what its head says.
impl Deref for Rule {
    type Target = Head;

    fn deref(&self) -> &Head {
        &self.head
    }
}

/// What a rule says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Told {
    /// It matches.
    True,
    /// It does not.
    False,
    /// It cannot be told, and why.
    Error(Cow<'static, str>),
}

impl Told {
    /// Whether a rule of this effect matches by it: an error never opens a door.
    pub fn matches(&self, effect: Effect) -> bool {
        match self {
            Told::True => true,
            Told::False => false,
            Told::Error(_) => effect == Effect::Deny,
        }
    }
}

impl Rule {
    /// The rule of `policy` at a place.
    pub fn new(policy: Policy, at: u32, level: u32, combining: Combining) -> Rule {
        let is_limited = !policy.validity.is_always() || policy.scope != maq_ir::PolicyScope::default();
        // A copy of the tree made at once lies close together; the compiler's is scattered between what it threw away.
        let close =
            |condition: &Condition| Condition { root: Arc::new((*condition.root).clone()), ..condition.clone() };
        let condition = policy.condition.as_ref().filter(|_| !policy.broken).map(close);
        let is_of_fields = policy.effect == Effect::Deny && policy.fields.is_some();
        let head = Head {
            at,
            level,
            first: None,
            effect: policy.effect,
            is_plain: condition.is_none() && !policy.broken && !is_limited && !is_lent(&policy),
            is_limited,
            has_a_say: has_a_say(combining, policy.effect) && !is_of_fields,
            is_lent: is_lent(&policy),
        };
        Rule {
            head,
            reads_record: condition.as_ref().is_some_and(|condition| reads_record(&condition.root)),
            size: Size::default(),
            is_of_fields,
            is_broken: policy.broken,
            priority: policy.priority,
            condition,
            flat: None,
            secrets: Vec::new(),
            policy,
        }
    }

    /// Whether it applies where and when this is asked; that never depends on the record.
    pub fn is_in_force(&self, principal: &Principal, now: Instant) -> bool {
        if !self.is_limited {
            return true;
        }
        let scope = &self.policy.scope;
        let fits =
            |wanted: &Option<Arc<str>>, own: Option<&str>| wanted.as_deref().is_none_or(|wanted| own == Some(wanted));
        self.policy.validity.holds(now)
            && fits(&scope.realm, Some(&principal.realm_id))
            && fits(&scope.tenant, Some(&principal.tenant_id))
            && fits(&scope.org, principal.org_id.as_deref())
    }

    /// What its own condition says, whoever lends it.
    pub fn told(&self, request: &Request<'_>) -> Told {
        if self.is_broken {
            return Told::Error("the policy cannot be understood, or asks for what is not done here".into());
        }
        let Some(condition) = &self.condition else { return Told::True };
        match condition.evaluate(&input(request)) {
            Outcome::True => Told::True,
            Outcome::False => Told::False,
            Outcome::Error(error) => Told::Error(error.message),
        }
    }
}

/// What a condition is evaluated on.
pub(crate) fn input<'a>(request: &Request<'a>) -> Input<'a> {
    Input { known: Some(request.known), record: request.record, variables: None }
}

/// What is asked of the grantor of a lent right: the same place and time, with their roles and without attributes.
pub(crate) fn lender(policy: &Policy, known: &Known<'_>) -> Option<Principal> {
    let grantor = policy.grantor.as_ref().filter(|_| policy.effect == Effect::Allow)?;
    Some(Principal {
        user_id: grantor.user_id.to_string(),
        tenant_id: known.principal.tenant_id.clone(),
        realm_id: known.principal.realm_id.clone(),
        org_id: known.principal.org_id.clone(),
        roles: grantor.roles.iter().map(ToString::to_string).collect(),
        attributes: std::collections::BTreeMap::new(),
    })
}

/// True for an allow that someone lends.
pub(crate) fn is_lent(policy: &Policy) -> bool {
    policy.effect == Effect::Allow && policy.grantor.is_some()
}

/// Whether a part of `node` is the record.
pub(crate) fn reads_record(node: &Node) -> bool {
    matches!(node.kind, Kind::Variable(Variable::Record)) || node.parts().into_iter().any(reads_record)
}
