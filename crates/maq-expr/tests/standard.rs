//! The checker of the standard profile, and printing, on the public conformance suite: nothing that has a value is
//! refused, and what is printed is read as the same tree. The suite is data that does not come with the project, see
//! `conformance.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // helpers of tests

#[path = "support/suite.rs"]
mod suite;

use maq_expr::{Environment, Limits, Node, NodeId, Span, Type, check, parse, print, resolve};
use serde_json::Value as Json;
use std::sync::Arc;

fn suite() -> Option<Vec<Json>> {
    let cases = suite::cases()?;
    let protobuf = ["google.protobuf", "TestAllTypes", "cel.expr.conformance", "proto2", "proto3", "\"k\":\"object"];
    Some(cases.into_iter().filter(|case| !protobuf.iter().any(|word| case.to_string().contains(word))).collect())
}

fn text<'a>(case: &'a Json, key: &str) -> &'a str {
    case[key].as_str().unwrap_or_default()
}

/// The type of a bound value.
fn type_of(value: &Json) -> Type {
    match text(value, "k") {
        "null" => Type::Dyn,
        "bool" => Type::Bool,
        "int" => Type::Int,
        "uint" => Type::Uint,
        "double" => Type::Double,
        "string" => Type::String,
        "bytes" => Type::Bytes,
        "duration" => Type::Duration,
        "list" => Type::List(Arc::new(Type::Dyn)),
        "map" => Type::Map(Arc::new(Type::Dyn), Arc::new(Type::Dyn)),
        _ => Type::Dyn,
    }
}

fn environment(case: &Json, typed: bool) -> Environment {
    let mut environment = Environment::standard();
    environment.container = text(case, "container").into();
    for name in case["declares"].as_array().unwrap() {
        environment.variables.insert(name.as_str().unwrap().into(), Type::Dyn);
    }
    for binding in case["bindings"].as_array().unwrap() {
        let ty = if typed { type_of(&binding[1]) } else { Type::Dyn };
        environment.variables.insert(binding[0].as_str().unwrap().into(), ty);
    }
    environment
}

fn tree(expression: &str, environment: &Environment) -> Option<Node> {
    let limits = Limits { bytes: 1 << 16, nodes: 10_000, depth: 250 };
    resolve(&parse(expression, limits).ok()?, environment).ok()
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

fn with_room(run: impl FnOnce() + Send + 'static) {
    // Cases nest deeper than a condition may.
    std::thread::Builder::new().stack_size(64 << 20).spawn(run).unwrap().join().unwrap();
}

#[test]
fn nothing_that_has_a_value_is_refused() {
    let Some(cases) = suite() else { return };
    with_room(move || {
        let (mut refused, mut wrongly) = (0, Vec::new());
        for case in cases.iter().filter(|case| case["disable_check"].as_bool() != Some(true)) {
            for typed in [false, true] {
                let environment = environment(case, typed);
                let Some(node) = tree(text(case, "expr"), &environment) else { continue };
                let (_, problems) = check(node, text(case, "expr"), &environment, None);
                match (text(case, "m"), problems.first()) {
                    ("error", Some(_)) => refused += 1,
                    ("value" | "typed", Some(problem)) => wrongly.push(format!("{}: {problem:?}", text(case, "expr"))),
                    _ => {}
                }
            }
        }
        assert!(wrongly.is_empty(), "{}", wrongly.join("\n"));
        println!("{} error cases are refused by the checker", refused / 2);
    });
}

#[test]
fn what_is_printed_is_read_as_the_same() {
    let Some(cases) = suite() else { return };
    with_room(move || {
        for case in cases.iter().filter(|case| text(case, "container").is_empty()) {
            let environment = environment(case, false);
            let Some(node) = tree(text(case, "expr"), &environment) else { continue };
            let canonical = print(&node);
            let Some(again) = tree(&canonical, &environment) else { panic!("{}: {canonical}", text(case, "expr")) };
            assert_eq!(print(&again), canonical, "{}", text(case, "expr"));
            assert_eq!(stripped(again), stripped(node), "{canonical}");
        }
    });
}

#[test]
fn ill_typed_expressions_are_refused() {
    let environment = Environment::standard();
    let code = |expression: &str| {
        let node = tree(expression, &environment).unwrap();
        check(node, expression, &environment, None).1.first().map(|problem| problem.code.code)
    };
    for expression in ["1 + 1.0", "'a' < 1", "1 && true", "!1", "-'a'", "1 == 1.0", "1u + 1", "1 in ['a']"] {
        assert_eq!(code(expression), Some("expression/operands-do-not-fit"), "{expression}");
    }
    for expression in ["size(1)", "'a'.startsWith(1)", "int(b'a')", "optional.of(1).orValue('a')"] {
        assert_eq!(code(expression), Some("expression/call-does-not-fit"), "{expression}");
    }
    for (expression, expected) in [
        ("f_unknown(1)", Some("expression/function-unknown")),
        ("'a'.length", Some("expression/selection-does-not-fit")),
        ("[1]['a']", Some("expression/type-mismatch")),
        ("[1].exists(x, x)", Some("expression/type-mismatch")),
        ("1.exists(x, true)", Some("expression/type-mismatch")),
        ("Unknown{a: 1}", Some("expression/name-unknown")),
        ("dyn(1) + 1.0", None),
        ("[1, 'a'][0] + 1", None),
        ("[[], [[]], [[[]]]] == []", None),
        ("[optional.none(), optional.of(1)]", None),
        ("{'a': 1}.?b.orValue(2) + 1", None),
        ("type(1) == string", None),
    ] {
        assert_eq!(code(expression), expected, "{expression}");
    }
}
