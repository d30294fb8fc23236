//! The public conformance suite of CEL (google/cel-spec, `tests/simple/testdata`), as far as it needs no protobuf:
//! 1,749 cases. Every case passes or stands in [`REFUSED`] with its reason; a new failure and a new pass both fail. The
//! explanation of each gives what the evaluation gave.
//!
//! The suite is data that does not come with the project: `MAQUETTE_DATA` names the folder that holds it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

#[path = "support/suite.rs"]
mod suite;

use maq_expr::{Environment, Input, Limits, Problem, Type, Val, check, evaluate, explain, parse, resolve};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Cases of the suite that need no protobuf.
const CASES: usize = 1749;

/// What is refused, by file, section and name, and why. Never a wrong value: each is refused with an error.
const REFUSED: &[(&str, &str)] = &[];

fn suite() -> Option<Vec<Json>> {
    let cases = suite::cases()?;
    Some(cases.into_iter().filter(|case| !needs_protobuf(case)).collect())
}

fn needs_protobuf(case: &Json) -> bool {
    let text = case.to_string();
    let words = ["google.protobuf", "TestAllTypes", "NestedTestAllTypes", "cel.expr.conformance", "proto2", "proto3"];
    let kinds = ["\"k\":\"object", "\"k\":\"any", "\"k\":\"proto"];
    words.iter().chain(&kinds).any(|word| text.contains(word))
}

fn text<'a>(case: &'a Json, key: &str) -> &'a str {
    case[key].as_str().unwrap_or_default()
}

/// A value of the suite.
fn value(json: &Json) -> Val<'static> {
    let word = || json["v"].as_str().unwrap_or_default().to_owned();
    let list = || json["v"].as_array().cloned().unwrap_or_default();
    match text(json, "k") {
        "null" => Val::Null,
        "bool" => Val::Bool(json["v"].as_bool().unwrap()),
        "int" => Val::Int(word().parse().unwrap()),
        "uint" => Val::Uint(word().parse().unwrap()),
        "double" => Val::Double(match word().as_str() {
            "nan" => f64::NAN,
            "inf" => f64::INFINITY,
            "-inf" => f64::NEG_INFINITY,
            number => number.parse().unwrap(),
        }),
        "string" => Val::String(word().into()),
        "bytes" => Val::Bytes(list().iter().map(|byte| byte.as_u64().unwrap() as u8).collect::<Vec<_>>().into()),
        "list" => Val::List(list().iter().map(value).collect()),
        "map" => Val::Map(list().iter().map(|entry| (value(&entry[0]), value(&entry[1]))).collect()),
        "type" => Val::Type(word().into()),
        "duration" => {
            let (seconds, nanos) = (json["s"].as_i64().unwrap(), json["n"].as_i64().unwrap() as i32);
            Val::Duration(jiff::SignedDuration::new(seconds, nanos))
        }
        other => panic!("no value of the kind {other}: {json}"),
    }
}

/// The value of a case, or why it has none.
fn run(case: &Json) -> Result<Val<'static>, String> {
    let mut variables: BTreeMap<Arc<str>, Val<'static>> = BTreeMap::new();
    let mut environment = Environment::standard();
    environment.container = text(case, "container").into();
    for name in case["declares"].as_array().unwrap() {
        environment.variables.insert(name.as_str().unwrap().into(), Type::Dyn);
    }
    for binding in case["bindings"].as_array().unwrap() {
        let name: Arc<str> = binding[0].as_str().unwrap().into();
        environment.variables.entry(name.clone()).or_insert(Type::Dyn);
        variables.insert(name, value(&binding[1]));
    }
    let limits = Limits { bytes: 1 << 16, nodes: 10_000, depth: 250 };
    let syntax = parse(text(case, "expr"), limits).map_err(|problems| format!("{problems:?}"))?;
    let mut resolved = resolve(&syntax, &environment);
    if let (Err(problems), Some(true)) = (&resolved, case["disable_check"].as_bool()) {
        // Without a check a name that nobody declared is an error of the evaluation.
        for problem in problems {
            let name = problem.params.iter().find(|(key, _)| *key == "name").map(|(_, name)| name.as_str());
            environment.variables.insert(name.unwrap().into(), Type::Dyn);
        }
        resolved = resolve(&syntax, &environment);
    }
    let mut node = resolved.map_err(|problems| format!("{problems:?}"))?;
    if case["disable_check"].as_bool() != Some(true) {
        let (checked, problems) = check(node, text(case, "expr"), &environment, None);
        if problems.iter().any(Problem::is_error) {
            return Err(format!("{problems:?}"));
        }
        node = checked;
    }
    if case["check_only"].as_bool() == Some(true) && case["want"].is_null() {
        return Ok(Val::Null);
    }
    let input = Input { known: None, record: None, variables: Some(&variables) };
    let outcome = evaluate(&node, &input).map(Val::into_owned);
    match (&outcome, explain(&node, text(case, "expr"), &input).value().cloned()) {
        (Ok(value), Some(Ok(told))) if same(value, &told) => {}
        (Err(error), Some(Err(told))) if *error == told => {}
        (_, told) => panic!("{case}: evaluated {outcome:?}, explained {told:?}"),
    }
    outcome.map_err(|error| format!("{error:?}"))
}

/// As the suite compares: by type too, NaN is NaN, and a map has no order.
fn same(left: &Val<'_>, right: &Val<'_>) -> bool {
    match (left, right) {
        (Val::Double(left), Val::Double(right)) => left.to_bits() == right.to_bits() || left.is_nan() && right.is_nan(),
        (Val::List(left), Val::List(right)) => {
            left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| same(left, right))
        }
        (Val::Map(left), Val::Map(right)) => {
            let find = |key: &Val<'_>| right.iter().find(|(other, _)| same(key, other)).map(|(_, value)| value);
            left.len() == right.len()
                && left.iter().all(|(key, value)| find(key).is_some_and(|other| same(value, other)))
        }
        _ => left == right,
    }
}

/// None when the case passes.
fn fault(case: &Json) -> Option<String> {
    let got = run(case);
    let wanted = text(case, "m");
    let expression = text(case, "expr");
    match (wanted, got) {
        ("error", Err(_)) => None,
        ("error", Ok(value)) => Some(format!("{expression}: an error is wanted, got {value:?}")),
        ("value" | "typed", Ok(got)) if !case["want"].is_null() => {
            let wanted = value(&case["want"]);
            (!same(&wanted, &got)).then(|| format!("WRONG VALUE {expression}: wanted {wanted:?}, got {got:?}"))
        }
        ("typed", Ok(_)) => None,
        (_, got) => Some(format!("{expression}: {got:?}")),
    }
}

#[test]
fn every_case_of_the_suite_passes_or_is_refused_by_name() {
    let Some(cases) = suite() else { return };
    assert_eq!(cases.len(), CASES);
    let run = move || {
        let mut faults = BTreeMap::new();
        for case in &cases {
            if let Some(fault) = fault(case) {
                let name = format!("{}/{}/{}", text(case, "file"), text(case, "section"), text(case, "name"));
                faults.insert(name, fault);
            }
        }
        faults
    };
    // Cases nest deeper than a condition may.
    let faults = std::thread::Builder::new().stack_size(64 << 20).spawn(run).unwrap().join().unwrap();
    let unexpected: Vec<String> = faults
        .iter()
        .filter(|(name, _)| !REFUSED.iter().any(|(refused, _)| refused == name))
        .map(|(name, fault)| format!("{name}: {fault}"))
        .collect();
    let passing: Vec<&str> = REFUSED.iter().map(|(name, _)| *name).filter(|name| !faults.contains_key(*name)).collect();
    assert!(unexpected.is_empty(), "{} cases fail:\n{}", unexpected.len(), unexpected.join("\n"));
    assert!(passing.is_empty(), "these pass now, take them off the list: {passing:?}");
    assert!(faults.values().all(|fault| !fault.starts_with("WRONG VALUE")), "{faults:?}");
    println!("{} of {CASES} cases pass", CASES - faults.len());
}
