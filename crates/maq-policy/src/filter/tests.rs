//! The faces agree: decision, filter and field rights on generated policies and rows, under every algorithm.

use super::*;
use crate::samples::{
    any_combining, any_policy, any_principal, any_told, ask, condition, entity, is_given, known, policy, row,
};
use crate::{FieldRight, PolicySet, RuleIndex};
use maq_ir::{FieldIdx, FieldList, FieldRules, Grantor, Mask, Policy};
use maq_value::Principal;
use proptest::prelude::{any, *};
use std::collections::BTreeMap;

fn when(policy: Policy, text: &str) -> Policy {
    Policy { condition: Some(condition(text)), ..policy }
}

/// What stands in a rule's place for the definitions below: matches, does not, cannot be told.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Says {
    Match,
    No,
    Error,
}

/// The algorithms word by word, over what each rule says in document order.
fn by_the_book(combining: Combining, rules: &[(Effect, i64, Says)]) -> bool {
    let matches = |(effect, _, says): &(Effect, i64, Says)| match says {
        Says::Match => true,
        Says::No => false,
        Says::Error => *effect == Effect::Deny,
    };
    let some = |effect: Effect| rules.iter().any(|rule| rule.0 == effect && matches(rule));
    match combining {
        Combining::PriorityDenyOverrides => {
            let highest = rules.iter().filter(|rule| matches(rule)).map(|rule| rule.1).max();
            let at_it = |rule: &&(Effect, i64, Says)| Some(rule.1) == highest && matches(rule);
            highest.is_some() && rules.iter().filter(at_it).all(|rule| rule.0 == Effect::Allow)
        }
        Combining::DenyOverrides => !some(Effect::Deny) && some(Effect::Allow),
        Combining::PermitOverrides | Combining::DenyUnlessPermit => some(Effect::Allow),
        Combining::PermitUnlessDeny => !some(Effect::Deny),
        Combining::FirstApplicable => {
            rules.iter().find(|rule| matches(rule)).is_some_and(|rule| rule.0 == Effect::Allow)
        }
        Combining::OnlyOneApplicable => {
            let applicable: Vec<_> = rules.iter().filter(|rule| rule.2 != Says::No).collect();
            matches!(&*applicable, [(Effect::Allow, _, Says::Match)])
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn each_algorithm_decides_as_its_definition(
        combining in any_combining(),
        rules in prop::collection::vec((any::<bool>(), -1_i64..2, 0..3_u8), 0..6),
    ) {
        let rules: Vec<(Effect, i64, Says)> = rules
            .into_iter()
            .map(|(denies, priority, says)| {
                let says = [Says::Match, Says::No, Says::Error][says as usize];
                (if denies { Effect::Deny } else { Effect::Allow }, priority, says)
            })
            .collect();
        let told: Vec<Option<bool>> = rules
            .iter()
            .map(|(_, _, says)| match says {
                Says::Match => Some(true),
                Says::No => Some(false),
                Says::Error => None,
            })
            .collect();
        let policies = rules.iter().enumerate().map(|(at, (effect, priority, _))| {
            when(policy(&format!("p{at}"), *effect, &["read"], &[], *priority), &format!("record.c{at}"))
        });
        let set = PolicySet::compile(&entity(combining, policies.collect()));
        let (ann, row) = (Principal::new("ann", &[]), row(&told));
        let expected = by_the_book(combining, &rules);
        prop_assert_eq!(set.decide(&ask(&ann, "read", &row)).allowed, expected, "{:?} {:?}", combining, rules);
        prop_assert_eq!(is_given(&set, &ann, "read", &row), expected, "filter {:?} {:?}", combining, rules);
    }

    #[test]
    fn decision_filter_and_explanation_agree(
        combining in any_combining(),
        policies in prop::collection::vec(any_policy(), 0..8),
        told in any_told(),
        principal in any_principal(),
    ) {
        let set = PolicySet::compile(&entity(combining, policies));
        let row = row(&told);
        for action in ["read", "list", "update", "delete", "approve"] {
            let request = ask(&principal, action, &row);
            let decision = set.decide(&request);
            prop_assert_eq!(set.allows(&request), decision.allowed);
            prop_assert_eq!(is_given(&set, &principal, action, &row), decision.allowed, "{}", action);
            let explained = set.explain(&request);
            let deciders: Vec<RuleIndex> =
                explained.rules.iter().filter(|rule| rule.decides).map(|rule| rule.index).collect();
            prop_assert_eq!(&*deciders, &*decision.rules);
            prop_assert_eq!(explained.decision, set.decide_with_evidence(&request));
            if !set.mentions_records(&known(&principal), action) {
                let nothing = Request { record: None, ..request };
                prop_assert_eq!(set.allows(&nothing), decision.allowed, "the same without a record");
            }
        }
    }

    #[test]
    fn a_deny_more_never_allows_more(
        combining in any_combining(),
        policies in prop::collection::vec(any_policy(), 0..8),
        added in any_policy(),
        told in any_told(),
        principal in any_principal(),
    ) {
        let row = row(&told);
        let mut policies = policies;
        if combining == Combining::OnlyOneApplicable {
            // A deny that takes from a grantor takes away what it lent; another policy may be the only one then.
            policies.iter_mut().for_each(|policy| policy.grantor = None);
        }
        let before = PolicySet::compile(&entity(combining, policies.clone()));
        let mut more = policies;
        more.push(Policy { effect: Effect::Deny, ..added });
        let after = PolicySet::compile(&entity(combining, more));
        for action in ["read", "update"] {
            let request = ask(&principal, action, &row);
            prop_assert!(before.allows(&request) || !after.allows(&request));
        }
    }

    #[test]
    fn an_error_never_opens_a_door(
        combining in any_combining(),
        policies in prop::collection::vec(any_policy(), 0..8),
        told in any_told(),
        at in 0..crate::samples::CONDITIONS,
        principal in any_principal(),
    ) {
        // Whatever a condition would say if it could be told: with the error no more is allowed than with the answer
        // that allows more.
        let policies: Vec<Policy> = policies.into_iter().map(|policy| Policy { grantor: None, ..policy }).collect();
        let set = PolicySet::compile(&entity(combining, policies));
        let with = |value: Option<bool>| {
            let mut told = told.clone();
            told[at] = value;
            set.allows(&ask(&principal, "read", &row(&told)))
        };
        prop_assert!(!with(None) || with(Some(true)) || with(Some(false)));
    }

    #[test]
    fn the_order_of_policies_does_not_matter_where_it_should_not(
        combining in any_combining(),
        (policies, shuffled) in prop::collection::vec(any_policy(), 0..8)
            .prop_flat_map(|list| (Just(list.clone()), Just(list).prop_shuffle())),
        told in any_told(),
        principal in any_principal(),
    ) {
        prop_assume!(combining != Combining::FirstApplicable);
        let row = row(&told);
        let decide = |policies: Vec<Policy>| {
            let set = PolicySet::compile(&entity(combining, policies));
            let decision = set.decide(&ask(&principal, "read", &row));
            let mut names: Vec<_> = decision.decided_by().cloned().collect();
            names.sort();
            (decision.allowed, names)
        };
        prop_assert_eq!(decide(policies), decide(shuffled));
    }

    #[test]
    fn field_rights_agree_on_every_way_and_grow_with_allows(
        combining in any_combining(),
        policies in prop::collection::vec((any_policy(), any_fields()), 0..7),
        added in (any_policy(), any_fields()),
        told in any_told(),
        principal in any_principal(),
    ) {
        let with_fields = |(policy, fields): (Policy, Option<FieldRules>)| Policy { fields, ..policy };
        let policies: Vec<Policy> = policies.into_iter().map(with_fields).collect();
        let set = PolicySet::compile(&entity(combining, policies.clone()));
        let row = row(&told);
        let request = ask(&principal, "read", &row);
        let allowed = set.allows(&request);
        let on_it = set.field_rights_on(&request);
        if allowed {
            // As a list does it: the conditions are extra columns of each row.
            let known = known(&principal);
            let conditions = set.field_conditions(&known, "read").unwrap();
            let outcomes = |at: RuleIndex| {
                let (_, predicate) = conditions.iter().find(|(other, _)| *other == at).expect("a column of it");
                crate::samples::holds(predicate, &row)
            };
            let listed = set.field_rights(&known, "read", &outcomes);
            let queryable = set.queryable(&known);
            for field in (0..6).map(FieldIdx) {
                prop_assert_eq!(listed.read(field), on_it.read(field));
                prop_assert_eq!(listed.may_write(field), on_it.may_write(field));
                prop_assert!(
                    !queryable[field.0 as usize] || *on_it.read(field) == FieldRight::Readable,
                    "what may be queried is readable on every row"
                );
            }
        } else {
            prop_assert!((0..6).all(|at| *on_it.read(FieldIdx(at)) == FieldRight::Hidden));
        }
        // A field deny more never shows more.
        let mut more = policies;
        let fields = added.1.unwrap_or(FieldRules { read: FieldList::Every, write: FieldList::Every, masks: BTreeMap::new() });
        more.push(Policy { effect: Effect::Deny, fields: Some(fields), ..added.0 });
        let narrower = PolicySet::compile(&entity(combining, more)).field_rights_on(&request);
        for field in (0..6).map(FieldIdx) {
            prop_assert!(told_by(narrower.read(field)) <= told_by(on_it.read(field)));
            prop_assert!(!narrower.may_write(field) || on_it.may_write(field));
        }
    }
}

fn told_by(right: &FieldRight) -> u8 {
    match right {
        FieldRight::Hidden => 0,
        FieldRight::Masked(_) => 1,
        FieldRight::Readable => 2,
    }
}

fn any_fields() -> impl Strategy<Value = Option<FieldRules>> {
    let list = prop_oneof![
        Just(FieldList::Every),
        prop::collection::btree_set((0..6_u32).prop_map(FieldIdx), 0..4)
            .prop_map(|fields| FieldList::Some(fields.into_iter().collect())),
    ];
    let mask = prop::sample::select(vec![Mask::Null, Mask::Hash]);
    let masks = prop::collection::btree_map((0..6_u32).prop_map(FieldIdx), mask, 0..3);
    prop::option::weighted(0.6, (list.clone(), list, masks))
        .prop_map(|parts| parts.map(|(read, write, masks)| FieldRules { read, write, masks }))
}

/// Refused on every face, with the same words, even where the record would match.
fn assert_refused(combining: Combining, policies: Vec<Policy>, ann: &Principal, why: &str) {
    let set = PolicySet::compile(&entity(combining, policies));
    let row = row(&[Some(true); 6]);
    let asked = ask(ann, "read", &row);
    assert_eq!(set.filter(&known(ann), "read").unwrap_err().to_string(), why);
    for decision in [set.decide(&asked), set.decide_with_evidence(&asked), set.explain(&asked).decision] {
        assert_eq!((decision.allowed, &*decision.reason()), (false, why));
    }
    assert!(!set.allows(&asked));
    let rights = [set.field_rights_on(&asked), set.field_rights(&known(ann), "read", &|_| Some(true))];
    assert!(rights.iter().all(|rights| *rights.read(FieldIdx(0)) == FieldRight::Hidden));
    assert!(set.queryable(&known(ann)).iter().all(|may| !may));
}

fn many(count: usize, each: impl Fn(usize) -> Policy) -> Vec<Policy> {
    (0..count).map(|at| when(each(at), "record.c0")).collect()
}

#[test]
fn more_than_a_database_can_be_asked_gives_nothing_on_any_face() {
    let ann = Principal::new("ann", &["seller"]);
    let allow = |at: usize| policy(&format!("p{at}"), Effect::Allow, &["read"], &[], 0);
    let turn = |at: usize| {
        let effect = if at.is_multiple_of(2) { Effect::Allow } else { Effect::Deny };
        policy(&format!("p{at}"), effect, &["read"], &[], at as i64)
    };
    let prio = Combining::PriorityDenyOverrides;
    assert_refused(prio, many(1_001, allow), &ann, "1001 policies with conditions apply at once, at most 1000 can");
    assert_refused(
        Combining::OnlyOneApplicable,
        many(41, allow),
        &ann,
        "41 policies with conditions apply at once, at most 40 can",
    );
    let turns = "the allows and denies that apply at once alternate 102 times, at most 100 times is possible";
    assert_refused(prio, many(102, turn), &ann, turns);
    assert_refused(Combining::FirstApplicable, many(102, turn), &ann, turns);
    let long = (0..100).map(|at| when(allow(at), &vec!["(record.c0 && record.c1)"; 40].join(" || "))).collect();
    let why = "the conditions of the policies that apply at once have 12100 parts together, at most 10000 can be asked";
    assert_refused(prio, long, &ann, why);
    let lent = (0..20).map(|at| Policy {
        grantor: Some(Grantor { user_id: "ben".into(), roles: Vec::new() }),
        ..policy(&format!("lent{at}"), Effect::Allow, &["read"], &["seller"], 0)
    });
    let bens = many(600, |at| Policy { principals: vec!["ben".into()], ..allow(at) });
    let why = "the conditions of the policies that apply at once have 12000 parts together, at most 10000 can be asked";
    assert_refused(prio, lent.clone().chain(bens).collect(), &ann, why);
    // What the grantor cannot be asked either, beside an allow that is the principal's own.
    let bens = many(102, |at| Policy { principals: vec!["ben".into()], ..turn(at) });
    let own = policy("own", Effect::Allow, &["read"], &["seller"], 0);
    assert_refused(prio, lent.take(1).chain(bens).chain([own]).collect(), &ann, turns);
}

#[test]
fn ten_thousand_rules_of_others_are_in_nobodys_way() {
    let each = |at: usize| policy(&format!("p{at}"), Effect::Allow, &["read"], &[&format!("role{}", at / 100)], 0);
    let set = PolicySet::compile(&entity(Combining::PriorityDenyOverrides, many(10_000, each)));
    let ten: Vec<String> = (0..10).map(|at| format!("role{at}")).collect();
    let ann = Principal { roles: ten, ..Principal::new("ann", &[]) };
    let row = row(&[Some(true); 6]);
    assert!(set.allows(&ask(&ann, "read", &row)));
    assert!(matches!(set.filter(&known(&ann), "read"), Ok(RowFilter::Where(_))));
    let eleven = Principal { roles: (0..11).map(|at| format!("role{at}")).collect(), ..ann };
    assert!(!set.allows(&ask(&eleven, "read", &row)));
    assert!(set.filter(&known(&eleven), "read").is_err());
}

#[test]
fn everyones_a_roles_and_a_users_rules_are_too_much_only_together() {
    let each = |at: usize| {
        let policy = policy(&format!("p{at}"), Effect::Allow, &["read"], &[], 0);
        match at {
            ..500 => policy,
            500..900 => Policy { roles: vec!["seller".into()], ..policy },
            _ => Policy { principals: vec!["ann".into()], ..policy },
        }
    };
    let set = PolicySet::compile(&entity(Combining::PriorityDenyOverrides, many(1_100, each)));
    let row = row(&[Some(true); 6]);
    for (user, roles, is_too_much) in
        [("ben", vec![], false), ("ben", vec!["seller"], false), ("ann", vec![], false), ("ann", vec!["seller"], true)]
    {
        let principal = Principal::new(user, &roles);
        assert_eq!(set.allows(&ask(&principal, "read", &row)), !is_too_much, "{user} {roles:?}");
        assert_eq!(set.filter(&known(&principal), "read").is_err(), is_too_much, "{user} {roles:?}");
    }
}

#[test]
fn a_principal_who_acts_nowhere_gets_nothing() {
    let set = PolicySet::compile(&entity(Combining::PermitUnlessDeny, Vec::new()));
    for (tenant, realm, why) in
        [("", "main", "the principal acts in no tenant"), ("a", "", "the principal acts in no realm")]
    {
        let mut ann = Principal::new("ann", &[]);
        ann.tenant_id = tenant.into();
        ann.realm_id = realm.into();
        let row = row(&[]);
        let decision = set.decide(&ask(&ann, "read", &row));
        assert_eq!((decision.allowed, &*decision.reason()), (false, why));
        assert_eq!(set.filter(&known(&ann), "read").unwrap(), RowFilter::None);
        assert!(!set.allows(&ask(&ann, "read", &row)));
    }
}
