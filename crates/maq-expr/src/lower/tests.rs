use crate::{
    ChildShape, Condition, EntityIndex, EntityShape, Environment, FieldShape, Known, Predicate, Presence, Type,
};
use maq_value::{Instant, Principal};
use serde_json::json;
use std::sync::Arc;

/// Orders (0) of customers (1).
fn environment() -> Arc<Environment> {
    let field = |name: &str, ty, presence| FieldShape { name: name.into(), ty, presence };
    let customer = Type::Reference(EntityIndex(1), Arc::new(Type::Int));
    let order = EntityShape {
        name: "Order".into(),
        fields: vec![
            field("id", Type::Int, Presence::Required),
            field("code", Type::String, Presence::Null),
            field("memo", Type::String, Presence::Missing),
            field("customer", customer, Presence::Null),
            field("at", Type::Timestamp, Presence::Required),
            field("paid", Type::Bool, Presence::Required),
            field("flag", Type::Bool, Presence::Null),
        ],
        children: Vec::new(),
    };
    let customers = EntityShape {
        name: "Customer".into(),
        fields: vec![field("id", Type::Int, Presence::Required), field("region", Type::String, Presence::Required)],
        children: vec![ChildShape { name: "orders".into(), entity: EntityIndex(0), field: 3 }],
    };
    Arc::new(Environment::model(vec![order, customers].into(), EntityIndex(0)))
}

fn condition(text: &str) -> Condition {
    let compiled = Condition::compile(text, &environment());
    compiled.unwrap_or_else(|problems| panic!("{text}: {problems:?}")).0
}

/// The predicate for a caller from the region EU, in short.
fn lowered(text: &str) -> String {
    short(&predicate(text))
}

fn predicate(text: &str) -> Predicate {
    let mut principal = Principal::new("ann", &["clerk"]);
    principal.attributes.insert("region".into(), json!("EU"));
    principal.attributes.insert("regions".into(), json!(["EU", "US"]));
    let context = serde_json::Map::new();
    let known = Known { principal: &principal, context: &context, now: Instant(0) };
    condition(text).lower(Some(&known)).unwrap()
}

fn short(predicate: &Predicate) -> String {
    let mut text = format!("{predicate:?}");
    for (index, name) in ["id", "code", "memo", "customer", "at", "paid", "flag"].into_iter().enumerate() {
        for kind in ["Text", "BigInt", "Instant", "Bool"] {
            text = text.replace(&format!("Field {{ level: 0, field: {index}, kind: {kind} }}"), name);
        }
    }
    text.replace("Field { level: 1, field: 1, kind: Text }", "region")
        .replace("Rows { level: 1, entity: EntityIndex(1), link: Target { level: 0, field: 3 } }", "of the customer")
        .replace("Value(Text(\"EU\"), Text)", "EU")
}

#[test]
fn a_null_differs_from_every_value_and_a_missing_field_is_an_error() {
    for (text, expected) in [
        ("record.code == 'EU'", "All([Compare(Eq, code, EU), Not(IsNull(code))])"),
        ("record.code != 'EU'", "Not(All([Compare(Eq, code, EU), Not(IsNull(code))]))"),
        ("record.memo == 'EU'", "Compare(Eq, memo, EU)"),
        ("record.code == null", "IsNull(code)"),
        ("record.code < 'EU'", "Compare(Lt, code, EU)"),
        ("has(record.memo)", "Not(IsNull(memo))"),
        ("record.code in ['EU', 'US']", "All([OneOf(code, [Text(\"EU\"), Text(\"US\")]), Not(IsNull(code))])"),
        ("record.memo in principal.regions", "OneOf(memo, [Text(\"EU\"), Text(\"US\")])"),
    ] {
        assert_eq!(lowered(text), expected, "{text}");
    }
}

#[test]
fn where_only_true_counts_the_guards_fall_away() {
    for (text, expected) in [
        ("record.code == 'EU'", "Compare(Eq, code, EU)"),
        ("record.customer.region == principal.region", "Exists(of the customer, Compare(Eq, region, EU))"),
        ("record.paid && principal.region == 'US'", "Known(false)"),
        ("record.code == principal.nothing", "Known(false)"),
        ("record.code == principal.nothing || record.paid", "Term(paid)"),
    ] {
        assert_eq!(short(&predicate(text).where_true()), expected, "{text}");
    }
}

#[test]
fn where_only_false_counts_an_error_may_be_true() {
    let predicate = predicate("record.code == principal.nothing && record.paid").where_false();
    assert_eq!(short(&predicate), "Term(paid)");
}

#[test]
fn an_error_in_a_list_is_absorbed_by_what_decides() {
    assert_eq!(
        lowered("record.customer.orders.exists(o, o.paid)").replace("Field { level: 2, field: 5, kind: Bool }", "paid"),
        "Term(Of(of the customer, Truth(Any([Exists(Rows { level: 2, entity: EntityIndex(0), link: Children { level: 1, \
         field: 3 } }, Term(paid)), All([Exists(Rows { level: 2, entity: EntityIndex(0), link: Children { level: 1, field: \
         3 } }, IsNull(Truth(Term(paid)))), Unknown])]))))"
    );
}

#[test]
fn an_instant_between_two_microseconds_moves_the_comparison() {
    assert_eq!(
        lowered("record.at < timestamp('1970-01-01T00:00:00.000001500Z')"),
        "Compare(Le, at, Value(Instant(Instant(1)), Instant))"
    );
    assert_eq!(lowered("record.at == timestamp('1970-01-01T00:00:00.000001500Z')"), "OneOf(at, [])");
}

#[test]
fn what_cannot_be_lowered_is_told_with_its_place() {
    for (text, part, what) in [
        ("record.paid || record.memo.matches('^a')", "record.memo.matches('^a')", "a regular expression (`matches`)"),
        (
            "record.at.getHours('Europe/Berlin') < 8",
            "'Europe/Berlin'",
            "a time zone by name, which each database knows in its own way",
        ),
        ("record.memo.split(',').size() > 1", "record.memo.split(',')", "a list that is chosen or computed"),
    ] {
        let refused = condition(text).lower(None).unwrap_err();
        assert_eq!((refused.span.of(text), refused.what.as_str()), (part, what), "{text}");
    }
}

#[test]
fn a_condition_that_doubles_at_every_level_is_refused() {
    let mut text = "record.code".to_owned();
    for _ in 0..18 {
        text = format!("({text} == record.memo ? record.code : null)");
    }
    let refused = condition(&format!("{text} == 'a'")).lower(None).unwrap_err();
    assert!(refused.what.contains("too long for a database"), "{}", refused.what);
}

#[test]
fn a_text_that_no_store_keeps_is_refused_wherever_it_stands() {
    for text in [
        r"('\u0000' + record.code).startsWith('')",
        r"('\u0000').startsWith(record.memo)",
        r"record.code == '\u0000' + principal.region",
        r"record.customer.orders.exists_one(o, ('\u0000').startsWith(o.memo))",
    ] {
        let refused = condition(text).lower(None).unwrap_err();
        assert_eq!((refused.span.of(text), &*refused.what), (r"'\u0000'", "a text with U+0000, which no store keeps"));
    }
    assert_eq!(lowered(r"record.memo in ['EU', '\u0000']"), "OneOf(memo, [Text(\"EU\")])");
}

#[test]
fn an_error_has_the_type_of_its_place() {
    let choice = "record.customer == null ? (principal.nothing ? record.id : 2) : record.id";
    let expected = "Value(Null, BigInt)";
    let found = lowered(&format!("({choice}) == 7"));
    assert!(found.contains(expected) && !found.contains("Value(Null, Bool)"), "{found}");
}

#[test]
fn an_empty_truth_value_is_an_error_as_a_whole_and_under_not() {
    let (whole, not) = (lowered("record.flag"), lowered("!record.flag"));
    assert_eq!((whole.as_str(), not.as_str()), ("Term(flag)", "Not(Term(flag))"));
}
