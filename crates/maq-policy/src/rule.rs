//! A policy as the engine holds it, and what it says of a request.

use crate::decide::Request;
use maq_expr::{Condition, Input, Kind, Known, Node, NodeId, Outcome, Variable};
use maq_ir::{Effect, Policy};
use maq_value::{Instant, Principal};
use std::borrow::Cow;
use std::sync::Arc;

/// Every action in a policy's actions, everyone in its roles.
pub(crate) const EVERY: &str = "*";

/// The place of a rule in the order of evaluation of its set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleIndex(pub u32);

/// A policy, ready to be asked. What every decision looks at stands first and close together: among thousands of rules
/// each is read from far memory.
#[derive(Debug, Clone)]
#[repr(C)]
pub(crate) struct Rule {
    /// Its tree, as in the policy; none without a condition, or when the policy is broken.
    condition: Option<Condition>,
    /// Rules of one level decide together.
    pub level: u32,
    /// Allows or denies.
    pub effect: Effect,
    /// No condition, no limit of time or place, no grantor: it always matches.
    pub is_plain: bool,
    /// Its condition reads the record.
    pub reads_record: bool,
    /// A limit of time or place.
    is_limited: bool,
    /// An allow that someone lends.
    pub is_lent: bool,
    /// A deny that takes fields away and says nothing of the record.
    pub is_of_fields: bool,
    is_broken: bool,
    /// The nodes of its condition whose values are not told.
    pub secrets: Vec<(NodeId, bool)>,
    /// As it was compiled.
    pub policy: Policy,
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
    /// A rule of `policy`.
    pub fn new(policy: Policy, level: u32) -> Rule {
        let is_limited = !policy.validity.is_always() || policy.scope != maq_ir::PolicyScope::default();
        // A copy of the tree made at once lies close together; the compiler's is scattered between what it threw away.
        let close =
            |condition: &Condition| Condition { root: Arc::new((*condition.root).clone()), ..condition.clone() };
        let condition = policy.condition.as_ref().filter(|_| !policy.broken).map(close);
        Rule {
            level,
            effect: policy.effect,
            is_plain: condition.is_none() && !policy.broken && !is_limited && !is_lent(&policy),
            reads_record: condition.as_ref().is_some_and(|condition| reads_record(&condition.root)),
            is_limited,
            is_lent: is_lent(&policy),
            is_of_fields: policy.effect == Effect::Deny && policy.fields.is_some(),
            is_broken: policy.broken,
            condition,
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
