use super::*;
use crate::samples::{
    any_combining, any_policy, any_principal, any_told, ask, condition, entity, holds, known, policy, row,
};
use maq_ir::{FieldList, Policy};
use maq_value::Principal;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn any_written() -> impl Strategy<Value = Option<FieldRules>> {
    let list = prop_oneof![
        Just(FieldList::Every),
        prop::collection::btree_set((0..6_u32).prop_map(FieldIdx), 0..4)
            .prop_map(|fields| FieldList::Some(fields.into_iter().collect())),
    ];
    let rules = list.prop_map(|write| FieldRules { read: FieldList::Every, write, masks: BTreeMap::new() });
    prop::option::weighted(0.7, rules)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_rows_on_which_fields_may_be_written_are_those_of_the_decision(
        combining in any_combining(),
        policies in prop::collection::vec((any_policy(), any_written()), 0..8),
        fields in prop::collection::btree_set((0..6_u32).prop_map(FieldIdx), 1..3),
        told in any_told(),
        principal in any_principal(),
    ) {
        let with_fields = |(policy, fields): (Policy, Option<FieldRules>)| Policy { fields, ..policy };
        let set = PolicySet::compile(&entity(combining, policies.into_iter().map(with_fields).collect()));
        let row = row(&told);
        let request = ask(&principal, "update", &row);
        if set.allows(&request) {
            let fields: Vec<FieldIdx> = fields.into_iter().collect();
            let writable = set.writable_rows(&known(&principal), "update", &fields).unwrap();
            let told = writable.rows.as_ref().is_none_or(|rows| holds(rows, &row).expect("true or false"));
            let rights = set.field_rights_on(&request);
            prop_assert_eq!(told && writable.never.is_empty(), fields.iter().all(|field| rights.may_write(*field)));
            prop_assert!(writable.never.iter().all(|field| !rights.may_write(*field)));
            let shown = set.shown_somewhere(&known(&principal)).unwrap();
            let rights = set.field_rights_on(&ask(&principal, "read", &row));
            let is_hidden = |field: u32| *rights.read(FieldIdx(field)) == FieldRight::Hidden;
            prop_assert!((0..6).all(|field| shown[field as usize] || is_hidden(field)));
        }
    }
}

#[test]
fn hundreds_of_rules_over_fields_are_asked_at_once() {
    let rule = |at: usize| Policy {
        condition: Some(condition(&format!("record.c{}", at % 6))),
        fields: Some(FieldRules {
            read: FieldList::Every,
            write: FieldList::Some(vec![FieldIdx(u32::try_from(at % 3).unwrap())]),
            masks: BTreeMap::new(),
        }),
        ..policy(&format!("p{at}"), Effect::Allow, &["update"], &[], 0)
    };
    let set = PolicySet::compile(&entity(Combining::PriorityDenyOverrides, (0..600).map(rule).collect()));
    let ann = Principal::new("ann", &[]);
    let rows = |field| set.writable_rows(&known(&ann), "update", &[FieldIdx(field)]).unwrap();
    let row = row(&[Some(false), Some(true), None, None, None, None]);
    assert_eq!(rows(0).rows.map(|rows| holds(&rows, &row)), Some(Some(false)));
    assert_eq!(rows(1).rows.map(|rows| holds(&rows, &row)), Some(Some(true)));
    assert_eq!(rows(5), Writable { never: vec![FieldIdx(5)], rows: None });
}

#[test]
fn a_field_is_shown_somewhere_where_some_rule_gives_it_and_none_always_takes_it() {
    let rule = |name: &str, effect, text: &str, read: &[u32]| Policy {
        condition: (!text.is_empty()).then(|| condition(text)),
        fields: Some(FieldRules {
            read: FieldList::Some(read.iter().copied().map(FieldIdx).collect()),
            write: FieldList::Some(Vec::new()),
            masks: BTreeMap::new(),
        }),
        ..policy(name, effect, &["read"], &[], 0)
    };
    let shown = |rules: Vec<Policy>| {
        let set = PolicySet::compile(&entity(Combining::PriorityDenyOverrides, rules));
        set.shown_somewhere(&known(&Principal::new("ann", &[]))).unwrap()
    };
    let rules = vec![
        rule("a", Effect::Allow, "record.c0", &[0, 1, 2]),
        rule("b", Effect::Allow, "record.c1", &[3]),
        rule("never", Effect::Allow, "principal.vip && record.c1", &[5]),
        rule("some", Effect::Deny, "record.c2", &[1]),
        rule("all", Effect::Deny, "", &[2]),
    ];
    assert_eq!(shown(rules), [true, true, false, true, false, false]);
}
