//! Evaluation on records, explanations and coverage. The standard profile has the conformance suite.

use crate::resolve::tests::shop;
use crate::{
    Branch, Coverage, EntityShape, Environment, ErrorKind, Explanation, FieldShape, Input, Known, Limits, Loaded, Node,
    Presence, Row, Seen, Type, Val, evaluate, explain, parse, resolve,
};
use maq_value::{Instant, Principal, Record, Value};
use serde_json::json;
use std::collections::BTreeMap;

/// The shop of the resolver's tests, whose orders have a note too, which may be empty.
fn environment() -> Environment {
    let mut environment = shop();
    let mut entities: Vec<EntityShape> = environment.entities.to_vec();
    entities[0].fields.push(FieldShape { name: "note".into(), ty: Type::String, presence: Presence::Null });
    environment.entities = entities.into();
    environment
}

fn tree(text: &str) -> Node {
    resolve(&parse(text, Limits::default()).unwrap(), &environment()).unwrap()
}

fn row(values: Vec<(&str, Value)>) -> Row {
    let record = Record(values.into_iter().map(|(name, value)| (name.into(), value)).collect());
    Row { record, ..Row::default() }
}

/// Order 1 of 100 by customer 7 in the south, with lines 1 to 3.
fn order() -> Row {
    let mut order = row(vec![
        ("id", Value::Integer(1)),
        ("amount", Value::Integer(100)),
        ("customer", Value::Integer(7)),
        ("note", Value::Null),
    ]);
    let customer = row(vec![("id", Value::Integer(7)), ("region", Value::Text("south".into()))]);
    order.references.insert(2, Loaded::Found(Box::new(customer)));
    let line = |id| row(vec![("id", Value::Integer(id)), ("order", Value::Integer(1))]);
    order.children.insert(0, (1..=3).map(line).collect());
    order
}

fn principal() -> Principal {
    let mut principal = Principal::new("ann", &["clerk", "buyer"]);
    principal.attributes.insert("region".into(), json!("south"));
    principal.attributes.insert("regions".into(), json!(["north", "south"]));
    principal.attributes.insert("limit".into(), json!(250));
    principal.attributes.insert("nothing".into(), json!(null));
    principal
}

/// What `ask` says of the order, the principal and a context.
fn with<T>(row: &Row, ask: impl FnOnce(&Input<'_>) -> T) -> T {
    let (principal, context) = (principal(), json!({"device": {"trusted": true}}));
    let context = context.as_object().unwrap().clone();
    let now = Instant::parse("2026-11-21T22:30:00Z").unwrap();
    let known = Known { principal: &principal, context: &context, now };
    let variables = BTreeMap::new();
    ask(&Input { known: Some(known), record: Some(row), variables: Some(&variables) })
}

/// The value, which an explanation gives as well.
fn value(text: &str, row: &Row) -> Result<Val<'static>, ErrorKind> {
    let node = tree(text);
    let (plain, told) = with(row, |input| {
        let told = explain(&node, text, input).into_owned().value().cloned();
        let plain = evaluate_owned(&node, input);
        (plain, told)
    });
    assert_eq!(Some(plain.clone()), told, "{text}");
    plain.map_err(|error| error.kind)
}

fn evaluate_owned(node: &Node, input: &Input<'_>) -> Result<Val<'static>, crate::EvalError> {
    fn inner<'a>(node: &'a Node, input: &Input<'a>) -> Result<Val<'static>, crate::EvalError> {
        evaluate(node, input).map(Val::into_owned)
    }
    inner(node, input)
}

fn truth(text: &str) -> Result<bool, ErrorKind> {
    match value(text, &order())? {
        Val::Bool(value) => Ok(value),
        other => panic!("{text} gives {other:?}"),
    }
}

#[test]
fn fields_references_and_children_are_read() {
    assert_eq!(truth("record.amount > 99 && record.customer == 7"), Ok(true));
    assert_eq!(truth("record.customer.region == principal.region"), Ok(true));
    assert_eq!(truth("record.lines.exists(l, l.id == 3) && record.lines.all(l, l.order == record.id)"), Ok(true));
    assert_eq!(truth("size(record.lines) == 3 && record.lines[2].id == 3"), Ok(true));
    assert_eq!(truth("record.lines.filter(l, l.id > 1).map(l, l.id) == [2, 3]"), Ok(true));
    assert_eq!(truth("record.lines.exists(l, l.order.amount > 1)"), Err(ErrorKind::Missing));
}

#[test]
fn what_is_empty_is_null_or_an_error_by_its_presence() {
    assert_eq!(truth("record.note == null && !has(record.note)"), Ok(true));
    assert_eq!(truth("record.note == 'x'"), Ok(false));
    assert_eq!(truth("record.note != 'x'"), Ok(true));
    assert_eq!(truth("record.note > 'x'"), Err(ErrorKind::NoOverload));
    assert_eq!(truth("record.note.startsWith('x')"), Err(ErrorKind::NoOverload));
    let mut bare = order();
    bare.record.0[1].1 = Value::Missing;
    bare.references.insert(2, Loaded::Absent);
    assert_eq!(value("record.amount > 1", &bare), Err(ErrorKind::Missing));
    assert_eq!(value("has(record.amount)", &bare), Ok(Val::Bool(false)));
    assert_eq!(value("record.customer.region == 'x'", &bare), Err(ErrorKind::Missing));
    assert_eq!(value("has(record.customer.region)", &bare), Err(ErrorKind::Missing));
    assert_eq!(value("record.customer.region == 'x' || record.id == 1", &bare), Ok(Val::Bool(true)));
}

#[test]
fn an_empty_field_reads_as_its_type_says_whatever_the_store_gave() {
    let mut node = tree("record.note");
    let mut bare = order();
    for (ty, stored, wanted) in [
        (Type::Nullable(Type::String.into()), Value::Missing, Ok(Val::Null)),
        (Type::Nullable(Type::String.into()), Value::Null, Ok(Val::Null)),
        (Type::String, Value::Missing, Err(ErrorKind::Missing)),
        (Type::String, Value::Null, Err(ErrorKind::Missing)),
    ] {
        node.ty = ty;
        bare.record.0[3].1 = stored;
        assert_eq!(with(&bare, |input| evaluate_owned(&node, input)).map_err(|error| error.kind), wanted);
    }
}

#[test]
fn principal_and_context_are_read() {
    assert_eq!(truth("principal.userId == 'ann' && principal.tenantId == 'default'"), Ok(true));
    assert_eq!(truth("principal.orgId == null && !has(principal.orgId)"), Ok(true));
    assert_eq!(truth("'buyer' in principal.roles && !('admin' in principal.roles)"), Ok(true));
    assert_eq!(truth("'south' in principal.regions && record.amount < principal.limit"), Ok(true));
    assert_eq!(truth("context.device.trusted && !has(context.device.lost) && !has(context.place)"), Ok(true));
    assert_eq!(truth("principal.absent == 1"), Err(ErrorKind::Missing));
    assert_eq!(truth("has(principal.nothing)"), Ok(false));
    assert_eq!(truth("now > timestamp('2026-01-01T00:00:00Z')"), Ok(true));
    assert_eq!(truth("today('UTC') == date('2026-11-21') && today('Europe/Berlin') == date('2026-11-21')"), Ok(true));
    assert_eq!(truth("today('Asia/Tokyo') == date('2026-11-22')"), Ok(true));
    assert_eq!(truth("today('Nowhere') == date('2026-11-22')"), Err(ErrorKind::Invalid));
}

#[test]
fn an_attribute_is_read_as_the_type_it_is_used_with() {
    let read = |ty: Type, name: &str| {
        let mut node = tree(&format!("principal.{name}"));
        node.ty = ty;
        let row = order();
        with(&row, |input| evaluate_owned(&node, input)).map_err(|error| error.kind)
    };
    assert_eq!(read(Type::Decimal, "limit"), Ok(Val::Decimal(250.into())));
    assert_eq!(read(Type::Double, "limit"), Ok(Val::Double(250.0)));
    assert_eq!(read(Type::Int, "region"), Err(ErrorKind::Conversion));
    assert_eq!(read(Type::List(Type::Int.into()), "regions"), Err(ErrorKind::Conversion));
    assert_eq!(read(Type::String, "nothing"), Err(ErrorKind::Missing));
    assert_eq!(read(Type::Nullable(Type::String.into()), "nothing"), Ok(Val::Null));
}

#[test]
fn decimals_dates_times_and_uuids_compute() {
    assert_eq!(truth("decimal('0.1') + decimal('0.2') == decimal('0.30')"), Ok(true));
    assert_eq!(truth("decimal('1.5') * 2 == 3 && 1 < decimal('1.01') && -decimal('1') == -1"), Ok(true));
    assert_eq!(
        truth("div(decimal('10'), 3, 2) == decimal('3.33') && div(1, 2, 0) == 1 && div(-1, 2, 0) == -1"),
        Ok(true)
    );
    assert_eq!(truth("div(1, 0, 2) == 1"), Err(ErrorKind::DivideByZero));
    assert_eq!(truth("decimal('1') / 2 == 1"), Err(ErrorKind::NoOverload));
    assert_eq!(truth("decimal('9999999999999999999999999999') * 10 > 1"), Err(ErrorKind::Overflow));
    assert_eq!(truth("decimal('1') == 1.0"), Ok(false));
    assert_eq!(truth("decimal('1') < 1.5"), Err(ErrorKind::NoOverload));
    assert_eq!(truth("date('2024-02-28') + duration('48h') == date('2024-03-01')"), Ok(true));
    assert_eq!(truth("date('2024-02-28') + duration('1h') == date('2024-03-01')"), Err(ErrorKind::Invalid));
    assert_eq!(truth("time('13:45:00') < time('13:45:00.5') && date('2024-01-31') < date('2024-02-01')"), Ok(true));
    assert_eq!(
        truth("uuid('67e55044-10b1-426f-9247-bb680e5fe0c8') == uuid('67E55044-10B1-426F-9247-BB680E5FE0C8')"),
        Ok(true)
    );
    assert_eq!(truth("date('2024-02-30') == date('2024-02-28')"), Err(ErrorKind::Conversion));
}

#[test]
fn more_work_than_is_allowed_ends_with_an_error() {
    let numbers = "lists.range(1000)";
    let cubed = format!("{numbers}.all(a, {numbers}.all(b, {numbers}.all(c, a + b + c >= 0)))");
    assert_eq!(truth(&cubed), Err(ErrorKind::TooCostly));
    let mut doubled = "a".to_owned();
    for _ in 0..40 {
        doubled = format!("cel.bind(a, a + a, {doubled})");
    }
    assert_eq!(truth(&format!("cel.bind(a, 'xx', {doubled}) == ''")), Err(ErrorKind::TooCostly));
    let mut shared = "a == a".to_owned();
    for _ in 0..40 {
        shared = format!("cel.bind(a, [a, a], {shared})");
    }
    assert_eq!(truth(&format!("cel.bind(a, 1, {shared})")), Err(ErrorKind::TooCostly));
    let mut long = "lists.range(90000).all(x, a != 'b')".to_owned();
    for _ in 0..18 {
        long = format!("cel.bind(a, a + a, {long})");
    }
    assert_eq!(truth(&format!("cel.bind(a, 'x', {long})")), Err(ErrorKind::TooCostly));
    let big = "cel.bind(a, lists.range(50000), lists.range(1000).all(b, a == a))";
    assert_eq!(truth(big), Err(ErrorKind::TooCostly));
    assert_eq!(truth("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('(a+)+$')"), Ok(false));
    assert_eq!(truth("'a'.matches('((a{1000}){1000}){1000}')"), Err(ErrorKind::Invalid));
    assert_eq!(truth("'%.2000000000f'.format([1.0]) == ''"), Err(ErrorKind::Invalid));
}

/// One line a part: `*` for decisive, the text, its value.
fn picture(explanation: &Explanation<'_>) -> String {
    fn walk(explanation: Branch<'_>, depth: usize, out: &mut String) {
        let value = match explanation.value() {
            None => "not needed".to_owned(),
            Some(Ok(value)) => format!("{value:?}"),
            Some(Err(error)) => format!("{:?}", error.kind),
        };
        let mark = if explanation.is_decisive() { "*" } else { " " };
        out.push_str(&format!("{mark} {}{} = {value}\n", "  ".repeat(depth), explanation.text()));
        explanation.parts().for_each(|part| walk(part, depth + 1, out));
    }
    let mut out = String::new();
    walk(explanation.root().unwrap(), 0, &mut out);
    out
}

#[test]
fn an_explanation_marks_what_was_decisive() {
    let row = order();
    let text = "record.amount > 500 && record.id == 1 || record.lines.exists(l, l.id == 2)";
    let node = tree(text);
    let told = with(&row, |input| picture(&explain(&node, text, input)));
    assert_eq!(
        told,
        "* record.amount > 500 && record.id == 1 || record.lines.exists(l, l.id == 2) = Bool(true)
    record.amount > 500 && record.id == 1 = Bool(false)
      record.amount > 500 = Bool(false)
        record.amount = Int(100)
        500 = Int(500)
      record.id == 1 = not needed
*   record.lines.exists(l, l.id == 2) = Bool(true)
      record.lines = List([Map([(String(\"id\"), Int(1)), (String(\"order\"), Int(1))]), Map([(String(\"id\"), Int(2)), (String(\"order\"), Int(1))]), Map([(String(\"id\"), Int(3)), (String(\"order\"), Int(1))])])
      l.id == 2 = Bool(false)
        l.id = Int(1)
        2 = Int(2)
*     l.id == 2 = Bool(true)
*       l.id = Int(2)
*       2 = Int(2)
"
    );
    let text = "record.amount < 500 && principal.level > 3";
    let node = tree(text);
    let told = with(&row, |input| picture(&explain(&node, text, input)));
    assert_eq!(
        told,
        "* record.amount < 500 && principal.level > 3 = Missing
    record.amount < 500 = Bool(true)
      record.amount = Int(100)
      500 = Int(500)
*   principal.level > 3 = Missing
*     principal.level = Missing
"
    );
}

#[test]
fn coverage_counts_truth_values_and_merges() {
    let node = tree("record.amount > 50 && principal.limit > record.amount");
    let mut rows = vec![order(), order(), order()];
    rows[1].record.0[1].1 = Value::Integer(10);
    rows[2].record.0[1].1 = Value::Missing;
    let mut all = Coverage::new(&node);
    for row in &rows {
        let mut one = Coverage::new(&node);
        with(row, |input| cover(&mut one, &node, input));
        all.merge(&one);
    }
    let ids: Vec<u32> = all.iter().map(|(id, _)| id.0).collect();
    assert_eq!(ids, [0, 1, 5]);
    assert_eq!(all.of(node.id), Some(Seen { yes: 1, no: 1, errors: 1 }));
    let parts = node.parts();
    assert_eq!(all.of(parts[0].id), Some(Seen { yes: 1, no: 1, errors: 1 }));
    assert_eq!(all.of(parts[1].id), Some(Seen { yes: 1, no: 0, errors: 1 }));
    assert_eq!(all.gaps().collect::<Vec<_>>(), [parts[1].id]);
}

fn cover(coverage: &mut Coverage, node: &Node, input: &Input<'_>) {
    fn inner<'a>(coverage: &mut Coverage, node: &'a Node, input: &Input<'a>) {
        let _ = coverage.evaluate(node, input);
    }
    inner(coverage, node, input);
}
