//! The one normal form of every combining algorithm: rules in an order, in levels that decide together, and what holds
//! when none matches. The first level with a match decides; only `only-one-applicable` counts instead.

use crate::rule::Rule;
use maq_ir::{Combining, Effect, Policy};
use std::cmp::Reverse;

/// Policies in the order in which they are asked.
pub(crate) fn in_order(combining: Combining, policies: &[Policy]) -> Vec<Rule> {
    let mut ordered: Vec<Policy> = policies.to_vec();
    match combining {
        Combining::PriorityDenyOverrides => {
            ordered.sort_by_key(|policy| (Reverse(policy.priority), policy.effect == Effect::Allow));
        }
        Combining::DenyOverrides | Combining::PermitUnlessDeny => {
            ordered.sort_by_key(|policy| policy.effect == Effect::Allow);
        }
        Combining::PermitOverrides | Combining::DenyUnlessPermit => {
            ordered.sort_by_key(|policy| policy.effect == Effect::Deny);
        }
        Combining::FirstApplicable | Combining::OnlyOneApplicable => {}
    }
    let mut level = 0;
    let mut rules: Vec<Rule> = Vec::with_capacity(ordered.len());
    for policy in ordered {
        if rules.last().is_some_and(|last| !decide_together(combining, &last.policy, &policy)) {
            level += 1;
        }
        rules.push(Rule::new(policy, rules.len() as u32, level, combining));
    }
    rules
}

fn decide_together(combining: Combining, one: &Policy, other: &Policy) -> bool {
    match combining {
        Combining::PriorityDenyOverrides => one.priority == other.priority && one.effect == other.effect,
        Combining::FirstApplicable | Combining::OnlyOneApplicable => false,
        _ => one.effect == other.effect,
    }
}

/// What holds when nothing matches.
pub(crate) fn otherwise(combining: Combining) -> Effect {
    match combining {
        Combining::PermitUnlessDeny => Effect::Allow,
        _ => Effect::Deny,
    }
}

/// Whether rules of this effect have a say on the record.
pub(crate) fn has_a_say(combining: Combining, effect: Effect) -> bool {
    match combining {
        Combining::PermitUnlessDeny => effect == Effect::Deny,
        Combining::PermitOverrides | Combining::DenyUnlessPermit => effect == Effect::Allow,
        _ => true,
    }
}
