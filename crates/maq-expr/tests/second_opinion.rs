//! Standard-typed expressions, generated, against the interpreter of the crate `cel`: the same value, or an error on
//! both sides.
//!
//! Not asked, because the other side is known to be wrong or without an opinion: NaN (it orders), times (it has none
//! here), regular expressions, how a double is written, and errors in a list or map that nobody needs.

#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

use maq_expr::{Environment, Input, Limits, Type, Val, evaluate, parse, resolve};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Variables: name, and literals that one of them is bound to.
const INTS: [&str; 8] = ["0", "1", "-1", "7", "42", "9223372036854775807", "-9223372036854775808", "-3"];
const UINTS: [&str; 4] = ["0u", "1u", "7u", "18446744073709551615u"];
const DOUBLES: [&str; 7] = ["0.0", "1.0", "-1.5", "7.0", "1e10", "0.1", "-2.25"];
const TEXTS: [&str; 8] = ["''", "'a'", "'ab'", "'%_'", "'ä😀'", "'\\\\'", "'A'", "'7'"];

fn pick(of: &'static [&'static str]) -> BoxedStrategy<String> {
    proptest::sample::select(of).prop_map(str::to_owned).boxed()
}

fn two(
    left: BoxedStrategy<String>,
    signs: &'static [&'static str],
    right: BoxedStrategy<String>,
) -> BoxedStrategy<String> {
    (left, proptest::sample::select(signs), right)
        .prop_map(|(left, sign, right)| format!("({left} {sign} {right})"))
        .boxed()
}

fn wrap(before: &'static str, inner: BoxedStrategy<String>, after: &'static str) -> BoxedStrategy<String> {
    inner.prop_map(move |inner| format!("{before}{inner}{after}")).boxed()
}

fn choose(condition: BoxedStrategy<String>, then: BoxedStrategy<String>) -> BoxedStrategy<String> {
    (condition, then.clone(), then).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")).boxed()
}

fn int(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![pick(&INTS), pick(&["i", "j"])].boxed();
    if depth == 0 {
        return leaf;
    }
    let next = depth - 1;
    prop_oneof![
        2 => leaf,
        3 => two(int(next), &["+", "-", "*", "/", "%"], int(next)),
        1 => wrap("-(", int(next), ")"),
        1 => wrap("size(", text(next), ")"),
        1 => wrap("size(", list(next), ")"),
        1 => wrap("int(", uint(next), ")"),
        1 => (list(next), int(next)).prop_map(|(list, place)| format!("{list}[{place}]")),
        1 => (map(next), text(next)).prop_map(|(map, key)| format!("{map}[{key}]")),
        1 => choose(truth(next), int(next)),
    ]
    .boxed()
}

fn uint(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![pick(&UINTS), pick(&["u"])].boxed();
    if depth == 0 {
        return leaf;
    }
    prop_oneof![
        leaf,
        two(uint(depth - 1), &["+", "-", "*", "/", "%"], uint(depth - 1)),
        wrap("uint(", int(depth - 1), ")")
    ]
    .boxed()
}

fn double(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![pick(&DOUBLES), pick(&["d"])].boxed();
    if depth == 0 {
        return leaf;
    }
    // No division: zero by zero is NaN.
    prop_oneof![leaf, two(double(depth - 1), &["+", "-", "*"], double(depth - 1)), wrap("-(", double(depth - 1), ")")]
        .boxed()
}

fn text(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![pick(&TEXTS), pick(&["s", "t"])].boxed();
    if depth == 0 {
        return leaf;
    }
    let next = depth - 1;
    prop_oneof![
        2 => leaf,
        2 => two(text(next), &["+"], text(next)),
        1 => wrap("string(", int(next), ")"),
        1 => choose(truth(next), text(next)),
    ]
    .boxed()
}

fn list(depth: u32) -> BoxedStrategy<String> {
    let items =
        |depth: u32| proptest::collection::vec(int(depth), 0..4).prop_map(|items| format!("[{}]", items.join(", ")));
    let leaf = prop_oneof![items(0), pick(&["l"])].boxed();
    if depth == 0 {
        return leaf;
    }
    let next = depth - 1;
    prop_oneof![
        2 => leaf,
        1 => items(next),
        1 => two(list(next), &["+"], list(next)),
        1 => (list(next), within(next)).prop_map(|(list, body)| format!("{list}.filter(x, {body})")),
        1 => (list(next), int(next)).prop_map(|(list, body)| format!("{list}.map(x, x + {body})")),
    ]
    .boxed()
}

fn map(depth: u32) -> BoxedStrategy<String> {
    let value = int(depth.saturating_sub(1));
    prop_oneof![
        pick(&["m", "{}"]),
        (value.clone(), value).prop_map(|(one, other)| format!("{{'a': {one}, 'ab': {other}}}")),
    ]
    .boxed()
}

/// A condition on `x`.
fn within(depth: u32) -> BoxedStrategy<String> {
    prop_oneof![
        two(Just("x".to_owned()).boxed(), &["==", "!=", "<", "<=", ">", ">="], int(depth)),
        two(Just("(12 / x)".to_owned()).boxed(), &["==", "<", ">"], int(depth)),
        truth(depth),
    ]
    .boxed()
}

fn truth(depth: u32) -> BoxedStrategy<String> {
    let leaf = pick(&["true", "false", "b"]);
    if depth == 0 {
        return leaf;
    }
    let next = depth - 1;
    const ORDER: &[&str] = &["==", "!=", "<", "<=", ">", ">="];
    prop_oneof![
        1 => leaf,
        3 => two(truth(next), &["&&", "||"], truth(next)),
        1 => wrap("!", truth(next), ""),
        2 => two(int(next), ORDER, int(next)),
        1 => two(uint(next), ORDER, uint(next)),
        1 => two(double(next), ORDER, double(next)),
        2 => two(text(next), ORDER, text(next)),
        1 => two(list(next), &["==", "!="], list(next)),
        1 => two(map(next), &["==", "!="], map(next)),
        1 => two(int(next), &["in"], list(next)),
        1 => two(text(next), &["in"], map(next)),
        1 => (text(next), proptest::sample::select(&["startsWith", "endsWith", "contains"][..]), text(next))
            .prop_map(|(text, function, part)| format!("{text}.{function}({part})")),
        1 => (list(next), proptest::sample::select(&["exists", "all", "exists_one"][..]), within(next))
            .prop_map(|(list, kind, body)| format!("{list}.{kind}(x, {body})")),
        1 => wrap("has(", map(next), ".a)"),
        1 => choose(truth(next), truth(next)),
    ]
    .boxed()
}

/// What the variables are bound to.
#[derive(Debug, Clone)]
struct Bindings {
    ints: (i64, i64),
    uint: u64,
    double: f64,
    truth: bool,
    texts: (String, String),
    list: Vec<i64>,
    map: BTreeMap<String, i64>,
}

fn bindings() -> impl Strategy<Value = Bindings> {
    let whole = || prop_oneof![any::<i64>(), -3i64..4, Just(i64::MIN), Just(i64::MAX)];
    let words = || prop_oneof![Just(String::new()), "[aäb😀%]{0,3}", Just("a".to_owned())];
    let list = proptest::collection::vec(-2i64..3, 0..4);
    let map = proptest::collection::btree_map(words(), -2i64..3, 0..3);
    (whole(), whole(), any::<u64>(), -100i32..100, any::<bool>(), words(), words(), list, map).prop_map(
        |(i, j, uint, double, truth, s, t, list, map)| Bindings {
            ints: (i, j),
            uint,
            double: f64::from(double) / 4.0,
            truth,
            texts: (s, t),
            list,
            map,
        },
    )
}

fn ours(text: &str, bindings: &Bindings) -> Result<Val<'static>, String> {
    let string = |text: &str| Val::String(text.to_owned().into());
    let entries = bindings.map.iter().map(|(key, value)| (string(key), Val::Int(*value)));
    let variables: BTreeMap<Arc<str>, Val<'static>> = [
        ("i", Val::Int(bindings.ints.0)),
        ("j", Val::Int(bindings.ints.1)),
        ("u", Val::Uint(bindings.uint)),
        ("d", Val::Double(bindings.double)),
        ("b", Val::Bool(bindings.truth)),
        ("s", string(&bindings.texts.0)),
        ("t", string(&bindings.texts.1)),
        ("l", Val::List(bindings.list.iter().map(|item| Val::Int(*item)).collect())),
        ("m", Val::Map(entries.collect())),
    ]
    .into_iter()
    .map(|(name, value)| (name.into(), value))
    .collect();
    let mut environment = Environment::standard();
    environment.variables = variables.keys().map(|name| (name.clone(), Type::Dyn)).collect();
    let limits = Limits { depth: 100, nodes: 10_000, ..Limits::default() };
    let syntax = parse(text, limits).map_err(|problems| format!("{problems:?}"))?;
    let node = resolve(&syntax, &environment).map_err(|problems| format!("{problems:?}"))?;
    let input = Input { known: None, record: None, variables: Some(&variables) };
    evaluate(&node, &input).map(Val::into_owned).map_err(|error| error.to_string())
}

fn theirs(text: &str, bindings: &Bindings) -> Result<cel::Value, String> {
    let mut context = cel::Context::default();
    let mut bind = |name: &str, value: cel::Value| context.add_variable_from_value(name.to_owned(), value);
    bind("i", bindings.ints.0.into());
    bind("j", bindings.ints.1.into());
    bind("u", bindings.uint.into());
    bind("d", bindings.double.into());
    bind("b", bindings.truth.into());
    bind("s", bindings.texts.0.as_str().into());
    bind("t", bindings.texts.1.as_str().into());
    bind("l", bindings.list.clone().into());
    let map: std::collections::HashMap<String, i64> = bindings.map.clone().into_iter().collect();
    bind("m", map.into());
    let program = cel::Program::compile(text).map_err(|errors| errors.to_string())?;
    program.execute(&context).map_err(|error| error.to_string())
}

fn same(ours: &Val<'_>, theirs: &cel::Value) -> bool {
    match (ours, theirs) {
        (Val::Bool(left), cel::Value::Bool(right)) => left == right,
        (Val::Int(left), cel::Value::Int(right)) => left == right,
        (Val::Uint(left), cel::Value::UInt(right)) => left == right,
        (Val::Double(left), cel::Value::Float(right)) => left.to_bits() == right.to_bits(),
        (Val::String(left), cel::Value::String(right)) => **left == ***right,
        (Val::List(left), cel::Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| same(left, right))
        }
        _ => false,
    }
}

fn any_type() -> BoxedStrategy<String> {
    prop_oneof![6 => truth(3), 1 => int(3), 1 => uint(3), 1 => double(3), 1 => text(3), 1 => list(3)].boxed()
}

#[test]
fn the_other_interpreter_says_the_same() {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(2000);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let check = |(text, bindings): (String, Bindings)| {
        let (ours, theirs) = (ours(&text, &bindings), theirs(&text, &bindings));
        let agree = match (&ours, &theirs) {
            (Ok(ours), Ok(theirs)) => same(ours, theirs),
            (Err(_), Err(_)) => true,
            _ => false,
        };
        prop_assert!(agree, "{text}\nwith {bindings:?}\nours: {ours:?}\ntheirs: {theirs:?}");
        Ok(())
    };
    // The other parser takes much stack for a level.
    let run = move || {
        let mut runner = proptest::test_runner::TestRunner::new(config);
        runner.run(&(any_type(), bindings()), check).map_err(|error| error.to_string())
    };
    let result = std::thread::Builder::new().stack_size(64 << 20).spawn(run).unwrap().join().unwrap();
    if let Err(error) = result {
        panic!("{error}");
    }
}
