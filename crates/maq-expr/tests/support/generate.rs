//! Well-typed conditions on an order of the shop, as text, and orders to ask them of.

use super::epoch;
use maq_expr::{Loaded, Row};
use maq_value::{Decimal, Principal, Record, Uuid, Value};
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeMap;

fn one(texts: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    select(texts).prop_map(str::to_owned)
}

fn binary(
    side: impl Strategy<Value = String> + Clone,
    signs: &'static [&'static str],
) -> impl Strategy<Value = String> + Clone {
    (side.clone(), select(signs), side).prop_map(|(left, sign, right)| format!("({left} {sign} {right})"))
}

const ORDER: &[&str] = &["==", "!=", "<", "<=", ">", ">="];
const EQUAL: &[&str] = &["==", "!="];

fn ints() -> impl Strategy<Value = String> + Clone {
    let leaf = one(&[
        "record.count",
        "record.extra",
        "record.customer.rank",
        "size(record.code)",
        "record.note.size()",
        "size(record.lines)",
        "int(principal.level)",
        "int(context.missing)",
        "0",
        "-1",
        "7",
        "9223372036854775807",
        "record.createdAt.getFullYear()",
    ]);
    prop_oneof![4 => leaf.clone(), 1 => binary(leaf, &["+", "-", "*", "/", "%"])]
}

fn decimals() -> impl Strategy<Value = String> + Clone {
    let leaf = one(&[
        "record.amount",
        "record.discount",
        "decimal('1.50')",
        "decimal(record.count)",
        "decimal(principal.limit)",
        "div(record.amount, record.discount, 2)",
    ]);
    prop_oneof![4 => leaf.clone(), 1 => binary(leaf, &["+", "-", "*"])]
}

fn texts() -> impl Strategy<Value = String> + Clone {
    let leaf = one(&[
        "record.code",
        "record.note",
        "record.memo",
        "record.customer.region",
        "record.agent.team",
        "string(record.status)",
        "string(principal.region)",
        "string(context.missing)",
        "principal.userId",
        "'a'",
        "''",
        "'it\\'s'",
    ]);
    prop_oneof![4 => leaf.clone(), 1 => binary(leaf, &["+"])]
}

fn atoms() -> impl Strategy<Value = String> + Clone {
    let text = texts();
    prop_oneof![
        binary(ints(), ORDER),
        binary(decimals(), ORDER),
        binary(texts(), ORDER),
        (text.clone(), select(&["startsWith", "endsWith", "contains"][..]), text.clone())
            .prop_map(|(text, method, part)| format!("{text}.{method}({part})")),
        (text.clone(), text).prop_map(|(text, other)| format!("({text} in ['a', {other}, 'north'])")),
        ints().prop_map(|number| format!("({number} in [1, 2, 7])")),
        (select(EQUAL), select(&["open", "paid"][..]))
            .prop_map(|(sign, value)| format!("(record.state {sign} '{value}')")),
        (select(EQUAL), select(&["note", "extra", "discount", "agent", "checked", "state", "payload"][..]))
            .prop_map(|(sign, field)| format!("(record.{field} {sign} null)")),
        one(&[
            "true",
            "false",
            "record.rushed",
            "record.checked",
            "principal.isAdmin",
            "has(record.memo)",
            "has(record.customer.country)",
            "has(record.note)",
            "has(principal.region)",
            "has(context.missing)",
            "(record.code in principal.codes)",
            "('admin' in principal.roles)",
            "(record.weight > double(record.count))",
            "(record.due > today('UTC'))",
            "(record.createdAt < now - duration('24h'))",
            "(record.lead > '36h')",
            "(record.token == '0191f3a2-0000-7000-8000-000000000000')",
            "principal.codes.exists(code, code == record.code)",
            "principal.codes.all(code, code != record.memo || code == 'a')",
            "cel.bind(level, int(principal.level), level > 3 && record.count > level)",
            "cel.bind(count, record.extra, count == null || count > 1)",
            "(record.customer == 7)",
            "(record.agent == principal.userId)",
            "(principal.orgId == record.note)",
        ]),
    ]
}

/// A condition.
pub fn conditions() -> impl Strategy<Value = String> {
    atoms().prop_recursive(4, 24, 3, |inner| {
        let line = prop_oneof![
            inner.clone(),
            one(&[
                "(line.amount > 10)",
                "(line.quantity > 1)",
                "(line.label == 'a')",
                "has(line.quantity)",
                "(line.label != null)"
            ]),
        ];
        prop_oneof![
            binary(inner.clone(), &["&&", "||", "&&", "||", "==", "!="]),
            inner.clone().prop_map(|inner| format!("!({inner})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            (select(&["exists", "all", "exists_one"][..]), line.clone())
                .prop_map(|(name, line)| format!("record.lines.{name}(line, {line})")),
            line.prop_map(|line| format!("(record.lines.filter(line, {line}).size() > 1)")),
        ]
    })
}

fn or_absent(value: impl Strategy<Value = Value> + Clone) -> impl Strategy<Value = Value> + Clone {
    prop_oneof![1 => Just(Value::Null), 3 => value]
}

fn text() -> impl Strategy<Value = Value> + Clone {
    select(&["", "a", "north", "it's", "%", "user"][..]).prop_map(|text| Value::Text(text.to_owned()))
}

fn integer() -> impl Strategy<Value = Value> + Clone {
    select(&[0, 1, 2, 7, -1, i64::MAX, i64::MIN][..]).prop_map(Value::Integer)
}

fn decimal() -> impl Strategy<Value = Value> + Clone {
    select(&["0", "1.5", "-12.50", "9999999999999999999999999999"][..])
        .prop_map(|text| Value::Decimal(Decimal::from_str_exact(text).unwrap_or_default()))
}

fn kind() -> impl Strategy<Value = Value> + Clone {
    select(&["open", "paid", "shipped"][..]).prop_map(|text| Value::Text(text.to_owned()))
}

fn row(fields: Vec<(&'static str, Value)>) -> Row {
    let values = fields.into_iter().map(|(name, value)| (name.into(), value)).collect();
    Row { record: Record(values), ..Row::default() }
}

fn lines() -> impl Strategy<Value = Vec<Row>> {
    let line = (decimal(), or_absent(integer()), or_absent(text())).prop_map(|(amount, quantity, label)| {
        row(vec![
            ("id", Value::Integer(1)),
            ("order", Value::Integer(1)),
            ("amount", amount),
            ("quantity", quantity),
            ("label", label),
            ("createdAt", Value::Instant(epoch())),
        ])
    });
    prop::collection::vec(line, 0..3)
}

/// An order with its lines, its customer and its agent.
pub fn orders() -> impl Strategy<Value = Row> {
    let texts = (text(), or_absent(text()), or_absent(text()), kind(), or_absent(kind()));
    let numbers = (integer(), or_absent(integer()), decimal(), or_absent(decimal()), or_absent(integer()));
    let others = (any::<bool>(), or_absent(any::<bool>().prop_map(Value::Bool)), or_absent(text()), any::<bool>());
    (texts, numbers, others, lines()).prop_map(|(texts, numbers, others, lines)| {
        let (code, note, memo, status, state) = texts;
        let (count, extra, amount, discount, rank) = numbers;
        let (rushed, checked, team, has_agent) = others;
        let mut order = row(vec![
            ("id", Value::Integer(1)),
            ("code", code),
            ("note", note),
            ("memo", memo),
            ("count", count),
            ("extra", extra),
            ("weight", Value::Number(1.5)),
            ("amount", amount),
            ("discount", discount),
            ("rushed", Value::Bool(rushed)),
            ("checked", checked),
            ("due", Value::Date(maq_value::Date::constant(2026, 1, 31))),
            ("shippedAt", Value::Null),
            ("slot", Value::Time(maq_value::Time::constant(18, 30, 0, 0))),
            ("lead", Value::Duration(3_600_000_000)),
            ("token", Value::Uuid(Uuid::from_u128(0x0191f3a2_0000_7000_8000_000000000000))),
            ("status", status),
            ("state", state),
            ("customer", Value::Integer(7)),
            ("agent", if has_agent { Value::Text("user".into()) } else { Value::Null }),
            ("payload", Value::Null),
            ("file", Value::Null),
            ("createdAt", Value::Instant(epoch())),
        ]);
        let created = || ("createdAt", Value::Instant(epoch()));
        let customer = row(vec![
            ("id", Value::Integer(7)),
            ("region", Value::Text("north".into())),
            ("country", Value::Null),
            ("rank", rank),
            created(),
        ]);
        let agent = row(vec![("id", Value::Text("user".into())), ("team", team), created()]);
        let agent = if has_agent { Loaded::Found(Box::new(agent)) } else { Loaded::Absent };
        order.references = BTreeMap::from([(18, Loaded::Found(Box::new(customer))), (19, agent)]);
        order.children = BTreeMap::from([(0, lines)]);
        order
    })
}

/// Someone with some attributes.
pub fn principals() -> impl Strategy<Value = Principal> {
    let attributes = prop::collection::btree_map(
        select(&["region", "level", "limit", "codes", "isAdmin"][..]).prop_map(str::to_owned),
        0..2_usize,
        0..5,
    );
    (attributes, any::<bool>()).prop_map(|(attributes, is_admin)| {
        let mut principal = Principal::new("user", if is_admin { &["admin"] } else { &[] });
        principal.org_id = is_admin.then(|| "north".to_owned());
        principal.attributes = attributes
            .into_iter()
            .map(|(name, which)| {
                let value = match (name.as_str(), which) {
                    ("region", 0) => "north".into(),
                    ("level", 0) => 7.into(),
                    ("limit", 0) => "1.50".into(),
                    ("codes", 0) => serde_json::json!(["a", "b"]),
                    ("codes", _) => serde_json::json!([]),
                    ("isAdmin", 0) => true.into(),
                    _ => serde_json::Value::Null,
                };
                (name, value)
            })
            .collect();
        principal
    })
}
