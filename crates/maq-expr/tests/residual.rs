//! Partial evaluation: what is left says of every record what the whole says, and what is known is gone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // helpers of tests

mod support;

use maq_expr::{Condition, Input, Known, Node, NodeId, Outcome, Span, Val, check, evaluate, parse, print, resolve};
use maq_value::Principal;
use proptest::prelude::*;
use support::{epoch, generate, shop};

/// True, false, or an error.
fn outcome(node: &Node, input: &Input<'_>) -> Option<bool> {
    match evaluate(node, input) {
        Ok(Val::Bool(value)) => Some(value),
        _ => None,
    }
}

fn stripped(mut node: Node) -> Node {
    fn walk(node: &mut Node) {
        node.id = NodeId(0);
        node.span = Span::default();
        node.parts_mut().into_iter().for_each(walk);
    }
    walk(&mut node);
    node
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, max_global_rejects: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_left_says_the_same_of_every_record(
        text in generate::conditions(),
        orders in prop::collection::vec(generate::orders(), 4),
        principal in generate::principals(),
    ) {
        let Ok((condition, _)) = Condition::compile(&text, &shop()) else {
            panic!("{text}: {:?}", Condition::compile(&text, &shop()));
        };
        let context = serde_json::Map::new();
        let known = Known { principal: &principal, context: &context, now: epoch() };
        let rest = condition.residual(&known);
        for order in &orders {
            let whole = Input { known: Some(known), record: Some(order), variables: None };
            let alone = Input { known: None, record: Some(order), variables: None };
            prop_assert_eq!(outcome(&condition.root, &whole), outcome(&rest, &alone), "{} left {}", text, print(&rest));
        }
    }

    #[test]
    fn a_checked_condition_is_printed_and_read_as_the_same(text in generate::conditions()) {
        let (condition, warnings) = Condition::compile(&text, &shop()).unwrap();
        let canonical = condition.print();
        let (again, same_warnings) = Condition::compile(&canonical, &shop()).unwrap();
        prop_assert_eq!(stripped((*again.root).clone()), stripped((*condition.root).clone()), "{}", &canonical);
        prop_assert_eq!(again.print(), canonical);
        prop_assert_eq!(same_warnings.len(), warnings.len());
    }
}

/// Without the constant's type an attribute would be read as another.
#[test]
fn beside_an_attribute_a_constant_is_printed_with_its_type() {
    for (text, printed) in [
        ("principal.price in [decimal('7.00'), 0]", "principal.price in [decimal('7'), decimal('0')]"),
        ("principal.price == decimal('7')", "principal.price == decimal('7')"),
        ("-principal.price < decimal('7')", "-principal.price < decimal('7')"),
        ("principal.prices.exists(p, p == decimal('7'))", "principal.prices.exists(p, p == decimal('7'))"),
        ("date('2026-01-31') in principal.days", "date('2026-01-31') in principal.days"),
        ("record.amount + principal.price > 7", "record.amount + principal.price > 7"),
    ] {
        let (condition, _) =
            Condition::compile(text, &shop()).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
        assert_eq!(condition.print(), printed);
        let (again, _) = Condition::compile(printed, &shop()).unwrap();
        assert_eq!(stripped((*again.root).clone()), stripped((*condition.root).clone()), "{text}");
    }
}

/// What is left for someone of the region `north`, printed.
fn left(text: &str) -> String {
    let (condition, _) = Condition::compile(text, &shop()).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
    let mut principal = Principal::new("ann", &["clerk"]);
    principal.attributes.insert("region".into(), "north".into());
    principal.attributes.insert("limit".into(), "12.50".into());
    principal.attributes.insert("codes".into(), serde_json::json!(["a", "b"]));
    let context = serde_json::Map::new();
    let known = Known { principal: &principal, context: &context, now: epoch() };
    print(&condition.residual(&known))
}

#[test]
fn what_is_known_is_folded() {
    for (text, rest) in [
        ("record.customer.region == principal.region", "record.customer.region == 'north'"),
        ("record.amount < principal.limit * 2", "record.amount < 25"),
        ("'admin' in principal.roles && record.rushed", "false"),
        ("'clerk' in principal.roles && record.rushed", "record.rushed"),
        ("record.rushed || 'clerk' in principal.roles", "true"),
        ("context.trusted && record.rushed", "error('`trusted` is not there') && record.rushed"),
        ("context.trusted || 'clerk' in principal.roles", "true"),
        ("record.rushed && context.trusted && principal.region == 'south'", "false"),
        ("record.code == context.code", "error('`code` is not there')"),
        ("has(context.code) ? record.code == context.code : record.rushed", "record.rushed"),
        ("has(record.memo) && has(principal.region)", "has(record.memo)"),
        ("has(record.memo)", "has(record.memo)"),
        ("record.code in principal.codes", "record.code in ['a', 'b']"),
        ("record.lines.exists(l, l.amount > principal.limit)", "record.lines.exists(l, l.amount > 12.50)"),
        ("principal.codes.exists(c, c == record.code)", "['a', 'b'].exists(c, c == record.code)"),
        ("cel.bind(r, principal.region, record.code == r + '!')", "record.code == 'north!'"),
        ("cel.bind(t, bool(context.trusted), record.rushed || t)", "record.rushed || error('`trusted` is not there')"),
        ("record.createdAt > now - duration('1h')", "record.createdAt > timestamp('1969-12-31T23:00:00Z')"),
        ("record.note == principal.orgId", "record.note == null"),
        ("true && record.checked", "true && record.checked"),
    ] {
        assert_eq!(left(text), rest, "{text}");
    }
}

#[test]
fn what_is_left_of_a_condition_outcome_is_the_same_type() {
    let (condition, _) = Condition::compile("record.count > 1", &shop()).unwrap();
    let input = Input { known: None, record: None, variables: None };
    assert!(matches!(condition.evaluate(&input), Outcome::Error(_)));
    let syntax = parse("record.count > 1", Default::default()).unwrap();
    let (node, problems) = check(resolve(&syntax, &shop()).unwrap(), "record.count > 1", &shop(), None);
    assert_eq!((stripped(node), problems), (stripped((*condition.root).clone()), Vec::new()));
}
