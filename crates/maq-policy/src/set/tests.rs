use super::*;
use crate::index::covers_principal;
use crate::samples::policy;
use crate::{Request, no_context};
use maq_ir::{Class, Effect, IdentityType};
use maq_value::Instant;
use proptest::prelude::*;

fn allow(name: &str, actions: &[&str], roles: &[&str], priority: i64) -> Policy {
    policy(name, Effect::Allow, actions, roles, priority)
}

fn deny(name: &str, actions: &[&str], roles: &[&str], priority: i64) -> Policy {
    policy(name, Effect::Deny, actions, roles, priority)
}

fn set(policies: Vec<Policy>) -> PolicySet {
    PolicySet::compile(&Entity {
        id: "ent_1".into(),
        name: "Invoice".into(),
        table: "invoice".into(),
        class: Class::Document,
        identity: IdentityType::Uuid,
        fields: Vec::new(),
        uniques: Vec::new(),
        indexes: Vec::new(),
        policies,
        combining: maq_ir::Combining::default(),
        rules: Vec::new(),
        schema_hash: "".into(),
    })
}

fn ann(roles: &[&str]) -> Principal {
    Principal::new("ann", roles)
}

pub(crate) fn known(principal: &Principal) -> Known<'_> {
    Known { principal, context: no_context(), now: Instant(0) }
}

fn ask(set: &PolicySet, principal: &Principal, action: &str) -> Decision {
    set.decide(&Request { known: known(principal), action, record: None })
}

fn may(set: &PolicySet, principal: &Principal, action: &str) -> bool {
    set.allows(&Request { known: known(principal), action, record: None })
}

/// `allowed`/`denied`, who decided, why.
fn said(decision: &Decision) -> (bool, Vec<&str>, &str) {
    (decision.allowed, decision.decided_by().map(|rule| &*rule.name).collect(), decision.reason().leak())
}

#[test]
fn nothing_that_matches_is_a_deny() {
    let set = set(vec![allow("a", &["read"], &["sales"], 0)]);
    assert_eq!(said(&ask(&set, &ann(&[]), "read")), (false, vec![], "no policy allows `read`"));
    assert_eq!(said(&ask(&set, &ann(&["sales"]), "update")), (false, vec![], "no policy allows `update`"));
}

#[test]
fn an_unknown_action_is_a_deny_even_under_a_wildcard() {
    let set = set(vec![allow("a", &["*"], &[], 0)]);
    assert_eq!(
        said(&ask(&set, &ann(&[]), "approve")),
        (false, vec![], "`approve` is not an action that can be allowed")
    );
    assert!(!ask(&set, &ann(&[]), "*").allowed);
}

#[test]
fn no_roles_and_the_wildcard_role_are_everyone() {
    for roles in [&[][..], &["*"][..], &["sales", "*"][..]] {
        let set = set(vec![allow("a", &["read"], roles, 0)]);
        assert_eq!(said(&ask(&set, &ann(&[]), "read")), (true, vec!["a"], "allowed by `a`"), "{roles:?}");
    }
}

#[test]
fn deny_beats_allow_at_equal_priority_and_higher_priority_beats_both() {
    let mut policies = vec![allow("a", &["read"], &["sales"], 0), deny("d", &["*"], &["intern"], 0)];
    let both = ann(&["sales", "intern"]);
    assert_eq!(said(&ask(&set(policies.clone()), &both, "read")), (false, vec!["d"], "denied by `d`"));
    policies.push(allow("vip", &["read"], &["sales"], 1));
    assert_eq!(said(&ask(&set(policies), &both, "read")), (true, vec!["vip"], "allowed by `vip`"));
}

#[test]
fn all_rules_that_decide_are_named_once() {
    let set = set(vec![
        allow("b", &["read"], &["sales", "admin"], 0),
        allow("a", &["*"], &[], 0),
        allow("low", &["read"], &["sales"], -1),
    ]);
    let decision = ask(&set, &ann(&["sales", "admin"]), "read");
    assert_eq!(said(&decision), (true, vec!["b", "a"], "allowed by `b`, `a`"));
}

#[test]
fn a_broken_allow_never_matches_and_a_broken_deny_always_does() {
    let broken = |policy: Policy| Policy { broken: true, ..policy };
    let only_allow = set(vec![broken(allow("a", &["read"], &[], 0))]);
    assert_eq!(
        said(&only_allow.decide_with_evidence(&Request { known: known(&ann(&[])), action: "read", record: None })),
        (
            false,
            vec![],
            "no policy allows `read` here: `a` cannot be told, the policy cannot be understood, or asks for what is not done here"
        )
    );
    let with_deny = set(vec![allow("a", &["read"], &[], 0), broken(deny("d", &["read"], &[], 0))]);
    assert_eq!(said(&ask(&with_deny, &ann(&[]), "read")), (false, vec!["d"], "denied by `d`"));
    let alone = only_allow.evaluate_one("a", &known(&ann(&[])), Some("read"), None).unwrap();
    assert_eq!(said(&alone), (false, vec![], "`a` does not match"));
}

#[test]
fn one_policy_can_be_asked_alone() {
    let set = set(vec![allow("a", &["read"], &["sales"], 0), deny("d", &["*"], &[], 9)]);
    let asked = |name, roles: &[&str], action| {
        set.evaluate_one(name, &known(&ann(roles)), action, None).map(|answer| answer.allowed)
    };
    assert_eq!(asked("a", &["sales"], Some("read")), Some(true));
    assert_eq!(asked("a", &["sales"], None), Some(true));
    assert_eq!(asked("a", &["sales"], Some("delete")), Some(false));
    assert_eq!(asked("a", &[], Some("read")), Some(false));
    assert_eq!(asked("d", &[], Some("read")), Some(false));
    assert_eq!(asked("nobody", &[], None), None);
}

#[test]
fn the_list_for_an_action_is_in_order_of_evaluation() {
    let set = set(vec![
        allow("a", &["read"], &[], 0),
        deny("d", &["*"], &[], 0),
        allow("high", &["read"], &[], 5),
        allow("other", &["update"], &[], 9),
    ]);
    let names: Vec<&str> = set.policies_for("read").iter().map(|policy| &*policy.name).collect();
    assert_eq!(names, ["high", "d", "a"]);
}

#[test]
fn the_digest_tells_content_and_not_order() {
    let (a, d) = (allow("a", &["read"], &[], 0), deny("d", &["*"], &[], 0));
    let digest = |policies: &[&Policy]| set(policies.iter().map(|policy| (*policy).clone()).collect()).digest().clone();
    assert_eq!(digest(&[&a, &d]), digest(&[&d, &a]));
    assert_ne!(digest(&[&a]), digest(&[&Policy { priority: 1, ..a.clone() }]));
    assert_ne!(digest(&[&a]), digest(&[&Policy { broken: true, ..a.clone() }]));
    assert_eq!(digest(&[&a]).len(), 64);
}

fn any_policy() -> impl Strategy<Value = Policy> {
    let action = prop::sample::select(vec!["create", "read", "update", "delete", "*"]);
    let role = prop::sample::select(vec!["admin", "sales", "intern", "*"]);
    (any::<u16>(), any::<bool>(), prop::collection::vec(action, 1..3), prop::collection::vec(role, 0..3), -1_i64..2)
        .prop_map(|(number, denies, actions, roles, priority)| {
            let effect = if denies { Effect::Deny } else { Effect::Allow };
            policy(&format!("p{number}"), effect, &actions, &roles, priority)
        })
}

fn any_principal() -> impl Strategy<Value = Principal> {
    prop::collection::vec(prop::sample::select(vec!["admin", "sales", "intern", "guest"]), 0..4)
        .prop_map(|roles| ann(&roles))
}

/// The definition, word by word: first match in order of evaluation.
fn by_the_book(policies: &[Policy], principal: &Principal, action: &str) -> bool {
    let mut ordered: Vec<&Policy> = policies.iter().collect();
    ordered.sort_by_key(|policy| (-policy.priority, policy.effect == Effect::Allow));
    let first = ordered.iter().find(|policy| covers_action(policy, action) && covers_principal(policy, principal));
    first.is_some_and(|policy| policy.effect == Effect::Allow)
}

proptest! {
    #[test]
    fn the_index_answers_as_the_definition(
        policies in prop::collection::vec(any_policy(), 0..12), principal in any_principal(),
    ) {
        let set = set(policies.clone());
        for action in ACTIONS {
            let decision = ask(&set, &principal, action);
            prop_assert_eq!(decision.allowed, by_the_book(&policies, &principal, action));
            prop_assert_eq!(may(&set, &principal, action), decision.allowed);
        }
    }

    #[test]
    fn order_is_irrelevant(
        (policies, shuffled) in prop::collection::vec(any_policy(), 0..12)
            .prop_flat_map(|list| (Just(list.clone()), Just(list).prop_shuffle())),
        principal in any_principal(),
    ) {
        let named = |decision: Decision| {
            let mut rules: Vec<_> = decision.decided_by().cloned().collect();
            rules.sort();
            (decision.allowed, rules)
        };
        for action in ACTIONS {
            let left = named(ask(&set(policies.clone()), &principal, action));
            let right = named(ask(&set(shuffled.clone()), &principal, action));
            prop_assert_eq!(left, right);
        }
    }

    #[test]
    fn deny_wins_at_equal_priority(
        policies in prop::collection::vec(any_policy(), 0..8), principal in any_principal(),
    ) {
        let mut policies: Vec<Policy> = policies.into_iter().map(|policy| Policy { priority: 0, ..policy }).collect();
        policies.push(deny("last", &["*"], &[], 0));
        for action in ACTIONS {
            prop_assert!(!ask(&set(policies.clone()), &principal, action).allowed);
        }
    }

    #[test]
    fn adding_a_deny_never_allows_more(
        policies in prop::collection::vec(any_policy(), 0..12), added in any_policy(), principal in any_principal(),
    ) {
        let before = set(policies.clone());
        let mut more = policies;
        more.push(Policy { effect: Effect::Deny, ..added });
        let after = set(more);
        for action in ACTIONS {
            prop_assert!(may(&before, &principal, action) || !may(&after, &principal, action));
        }
    }
}
