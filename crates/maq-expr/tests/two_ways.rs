//! The evaluation takes short ways that the explanation and the coverage do not take, and conditions that are laid out
//! flat are answered and explained without their tree: all say the same of every condition on every record.

mod support;

use maq_expr::{Branch, Condition, Coverage, FlatConditions, Input, Known, Val, evaluate, explain};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use support::{epoch, generate, shop};

/// What is wrong with the marks of an explanation: an error comes from decisive errors, a value from decisive values.
fn marked_wrongly(explanation: Branch<'_>) -> Option<&str> {
    if !explanation.is_decisive() {
        return explanation.parts().any(|part| part.is_decisive()).then_some(explanation.text());
    }
    let failed = matches!(explanation.value(), Some(Err(_)));
    let decisive: Vec<Branch<'_>> = explanation.parts().filter(Branch::is_decisive).collect();
    if decisive.iter().any(|part| matches!(part.value(), Some(Err(_))) != failed) {
        return Some(explanation.text());
    }
    decisive.into_iter().find_map(marked_wrongly)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn evaluation_explanation_and_coverage_agree(
        text in generate::conditions(),
        orders in prop::collection::vec(generate::orders(), 4),
        principal in generate::principals(),
    ) {
        let (condition, _) = Condition::compile(&text, &shop()).unwrap();
        let (other, _) = Condition::compile("record.code == 'other'", &shop()).unwrap();
        let context = serde_json::Map::new();
        let known = Known { principal: &principal, context: &context, now: epoch() };
        let mut coverage = Coverage::new(&condition.root);
        let (flat, starts) = FlatConditions::lay([&*other.root, &*condition.root]);
        let start = starts[1];
        for order in &orders {
            let input = Input { known: Some(known), record: Some(order), variables: None };
            let outcome = evaluate(&condition.root, &input).map(Val::into_owned);
            let told = explain(&condition.root, &text, &input);
            prop_assert_eq!(told.value(), Some(&outcome), "{}", &text);
            prop_assert_eq!(marked_wrongly(told.root().unwrap()), None, "{}: {:?}", &text, &told);
            let covered = coverage.evaluate(&condition.root, &input).map(Val::into_owned);
            prop_assert_eq!(&covered, &outcome, "{}", &text);
            // Laid out flat there may be no answer, and never another one; an error is never an answer.
            let answer = flat.ask(start, &input);
            if let Some(answer) = answer {
                prop_assert_eq!(&outcome, &Ok(Val::Bool(answer)), "flat: {}", &text);
            }
            if let Some(flat) = flat.explain(start, &text, &input) {
                prop_assert_eq!(&flat, &told, "flat: {}", &text);
                prop_assert!(answer.is_some(), "explained without an answer: {}", &text);
            }
        }
        if let Some(seen) = coverage.of(condition.root.id) {
            prop_assert_eq!(seen.yes + seen.no + seen.errors, orders.len() as u64);
        }
    }
}

/// Conditions of every kind that can be laid out flat, what it says of them, and whether it explains them.
#[test]
fn plain_conditions_are_answered_and_explained_without_their_tree() {
    let cases = [
        ("record.code == principal.region && record.count < 7", true),
        ("record.count >= 3 || record.code.startsWith('z')", true),
        ("!(record.rushed && record.code != 'a')", true),
        ("record.note == null || record.note == 'x'", true),
        ("record.rushed ? record.code == 'a' : record.code == 'abc'", true),
        ("has(record.memo) || record.customer.region == 'north'", true),
        ("has(principal.region) && record.createdAt <= now", true),
        ("record.status in ['open', 'paid'] && 'sales' in principal.roles", false),
        ("record.code in principal.codes", false),
        ("record.code == context.code && record.amount > 1.25", true),
        ("'abc' == record.code || 3 < record.count || 3 >= record.count", true),
        ("true && record.count > 1 && record.count < 9 && (record.rushed || record.code > 'a')", true),
        ("record.token == uuid('00000000-0000-0000-0000-000000000001') || record.due > date('2026-01-01')", true),
    ];
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let orders = prop::collection::vec(generate::orders(), 300).new_tree(&mut runner).unwrap().current();
    let mut principal = maq_value::Principal::new("ann", &["sales"]);
    principal.attributes.insert("region".to_owned(), "abc".into());
    principal.attributes.insert("codes".to_owned(), serde_json::json!(["a", "abc"]));
    let context = serde_json::Map::from_iter([("code".to_owned(), "a".into())]);
    let known = Known { principal: &principal, context: &context, now: epoch() };
    for (text, is_explained) in cases {
        let (condition, _) = Condition::compile(text, &shop()).unwrap();
        let (flat, starts) = FlatConditions::lay([&*condition.root]);
        let (mut answered, mut explained, mut valued) = (0, 0, 0);
        for order in &orders {
            let input = Input { known: Some(known), record: Some(order), variables: None };
            valued += usize::from(evaluate(&condition.root, &input).is_ok());
            let answer = flat.ask(starts[0], &input);
            answered += usize::from(answer.is_some());
            if let Some(answer) = answer {
                assert_eq!(evaluate(&condition.root, &input), Ok(Val::Bool(answer)), "{text}");
            }
            if let Some(told) = flat.explain(starts[0], text, &input) {
                assert_eq!(told, explain(&condition.root, text, &input), "{text}");
                explained += 1;
            }
        }
        assert!(answered * 2 > orders.len() && answered <= valued, "{text}: {answered} of {valued} answered");
        assert_eq!(explained > 0, is_explained, "{text}: {explained} explained");
    }
}

/// A text that no record can have is no value, whichever way it is read.
#[test]
fn an_attribute_with_a_nul_is_no_value() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let order = generate::orders().new_tree(&mut runner).unwrap().current();
    let mut principal = maq_value::Principal::new("ann", &["sales"]);
    principal.attributes.insert("region".to_owned(), "a\0".into());
    principal.attributes.insert("codes".to_owned(), serde_json::json!([order.record.get("code").to_json(), "\0"]));
    let context = serde_json::Map::new();
    let known = Known { principal: &principal, context: &context, now: epoch() };
    let input = Input { known: Some(known), record: Some(&order), variables: None };
    for text in ["record.code != principal.region", "record.code in principal.codes"] {
        let (condition, _) = Condition::compile(text, &shop()).unwrap();
        let (flat, starts) = FlatConditions::lay([&*condition.root]);
        assert!(evaluate(&condition.root, &input).is_err(), "{text}");
        assert!(matches!(explain(&condition.root, text, &input).value(), Some(Err(_))), "{text}");
        assert_eq!(flat.ask(starts[0], &input), None, "{text}");
    }
}

/// What is work for the tree is no answer of the flat form: the budget would not count it.
#[test]
fn long_texts_and_many_roles_are_left_to_the_tree() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut order = generate::orders().new_tree(&mut runner).unwrap().current();
    order.record.set("code", maq_value::Value::Text("y".repeat(900_000)));
    let mut principal = maq_value::Principal::new("ann", &[]);
    principal.roles = (0..10_000).map(|at| format!("role{at}")).collect();
    let context = serde_json::Map::new();
    let known = Known { principal: &principal, context: &context, now: epoch() };
    let input = Input { known: Some(known), record: Some(&order), variables: None };
    for one in ["record.code.contains('x')", "record.code.endsWith('x')", "'all' in principal.roles"] {
        let text = vec![one; 150].join(" || ");
        let (condition, _) = Condition::compile(&text, &shop()).unwrap();
        let (flat, starts) = FlatConditions::lay([&*condition.root]);
        assert_eq!(flat.ask(starts[0], &input), None, "{one}");
        let told = explain(&condition.root, &text, &input);
        assert_eq!(told.value().map(Result::is_ok), Some(evaluate(&condition.root, &input).is_ok()), "{one}");
    }
}
