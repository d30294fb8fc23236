//! Policies as somebody holds to them who cannot do all that they ask for: what comes with an obligation that is not
//! fulfilled opens no door.

use crate::index::covers_action;
use crate::operations::ACTIONS;
use maq_ir::{Effect, Obligation, Policy};
use std::sync::Arc;

/// The policies with those actions taken apart for which an obligation is not fulfilled; none when there are no such.
pub(crate) fn held(policies: &[Policy], fulfils: &dyn Fn(&str, &Obligation) -> bool) -> Option<Vec<Policy>> {
    let asks =
        |policy: &Policy, action: &str| policy.obligations.iter().any(|one| is_binding(one) && !fulfils(action, one));
    // What a deny asks of an allow binds whoever could meet the deny, whatever decided.
    let contrary = |action: &str| {
        policies.iter().any(|one| one.effect == Effect::Deny && covers_action(one, action) && asks(one, action))
    };
    let mut held = Vec::with_capacity(policies.len());
    let mut differs = false;
    for policy in policies {
        let unmet = |action: &str| asks(policy, action) || (policy.effect == Effect::Allow && contrary(action));
        let covered = ACTIONS.into_iter().filter(|action| covers_action(policy, action));
        let (closed, open): (Vec<&str>, Vec<&str>) = covered.partition(|action| unmet(action));
        if closed.is_empty() {
            held.push(policy.clone());
            continue;
        }
        differs = true;
        if !open.is_empty() {
            held.push(Policy { actions: named(&open), ..policy.clone() });
        }
        held.push(closed_door(policy, named(&closed)));
    }
    differs.then_some(held)
}

/// Whether an allow asks for it.
fn is_binding(obligation: &Obligation) -> bool {
    !obligation.advice && obligation.on == Effect::Allow
}

/// An allow that never matches; a deny that always does.
fn closed_door(policy: &Policy, actions: Vec<Arc<str>>) -> Policy {
    Policy { actions, broken: true, ..policy.clone() }
}

fn named(actions: &[&str]) -> Vec<Arc<str>> {
    actions.iter().map(|action| Arc::from(*action)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn policy(effect: Effect, obligations: &[(&str, Effect, bool)]) -> Policy {
        let obligation = |(kind, on, advice): &(&str, Effect, bool)| Obligation {
            id: None,
            kind: (*kind).into(),
            on: *on,
            params: Arc::new(BTreeMap::new()),
            advice: *advice,
        };
        Policy {
            effect,
            actions: vec!["read".into(), "update".into()],
            obligations: obligations.iter().map(obligation).collect(),
            ..Policy::default()
        }
    }

    fn told(policy: Policy) -> Option<Vec<(Vec<String>, bool)>> {
        let fulfils = |action: &str, one: &Obligation| &*one.kind == "audit" && action != "read";
        let held = held(&[policy], &fulfils)?;
        Some(held.iter().map(|one| (one.actions.iter().map(ToString::to_string).collect(), one.broken)).collect())
    }

    #[test]
    fn only_what_an_allow_binds_to_closes_a_door() {
        use Effect::{Allow, Deny};
        let every = || vec!["read".to_owned(), "update".to_owned()];
        assert_eq!(told(policy(Allow, &[])), None);
        assert_eq!(told(policy(Allow, &[("notify", Allow, true)])), None, "advice binds nobody");
        assert_eq!(told(policy(Allow, &[("notify", Deny, false)])), None, "nothing is done then");
        assert_eq!(told(policy(Allow, &[("requireMfa", Allow, false)])), Some(vec![(every(), true)]));
        assert_eq!(told(policy(Deny, &[("requireMfa", Allow, false)])), Some(vec![(every(), true)]));
        let apart = vec![(vec!["update".to_owned()], false), (vec!["read".to_owned()], true)];
        assert_eq!(told(policy(Allow, &[("audit", Allow, false)])), Some(apart), "changes are audited, reads are not");
    }
}
