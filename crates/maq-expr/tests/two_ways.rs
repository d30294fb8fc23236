//! The evaluation takes short ways that the explanation and the coverage do not take: all three say the same of every
//! condition on every record.

mod support;

use maq_expr::{Condition, Coverage, Explanation, Input, Known, Val, evaluate, explain};
use proptest::prelude::*;
use support::{epoch, generate, shop};

/// What is wrong with the marks of an explanation: an error comes from decisive errors, a value from decisive values.
fn marked_wrongly(explanation: &Explanation) -> Option<&str> {
    if !explanation.decisive {
        return explanation.parts.iter().any(|part| part.decisive).then_some(&explanation.text);
    }
    let failed = matches!(explanation.value, Some(Err(_)));
    let decisive: Vec<&Explanation> = explanation.parts.iter().filter(|part| part.decisive).collect();
    if decisive.iter().any(|part| matches!(part.value, Some(Err(_))) != failed) {
        return Some(&explanation.text);
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
        let context = serde_json::Map::new();
        let known = Known { principal: &principal, context: &context, now: epoch() };
        let mut coverage = Coverage::new(&condition.root);
        for order in &orders {
            let input = Input { known: Some(known), record: Some(order), variables: None };
            let outcome = evaluate(&condition.root, &input).map(Val::into_owned);
            let told = explain(&condition.root, &text, &input);
            prop_assert_eq!(told.value.as_ref(), Some(&outcome), "{}", &text);
            prop_assert_eq!(marked_wrongly(&told), None, "{}: {:?}", &text, &told);
            let covered = coverage.evaluate(&condition.root, &input).map(Val::into_owned);
            prop_assert_eq!(&covered, &outcome, "{}", &text);
        }
        if let Some(seen) = coverage.of(condition.root.id) {
            prop_assert_eq!(seen.yes + seen.no + seen.errors, orders.len() as u64);
        }
    }
}
