//! What the checker tells of conditions on a model. `check/model.txt` holds conditions with everything that is told of
//! each: code, marked text, parameters, and the condition after each repair. `MAQUETTE_BLESS=1` writes it anew; read the
//! difference before you keep it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // helpers of tests

mod support;

use maq_expr::{Condition, Environment, Limits, Problem, check, complete, parse, repaired, resolve};
use proptest::prelude::*;
use support::shop;

fn all(text: &str) -> Vec<Problem> {
    match Condition::compile(text, &shop()) {
        Ok((_, warnings)) => warnings,
        Err(problems) => problems,
    }
}

/// A problem with its repairs, a line each.
fn picture(text: &str, problem: &Problem) -> String {
    let params: Vec<String> = problem.params.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let params = params.join(", ");
    let mut lines = format!("    {} [{}] {}", problem.code.code, problem.span.of(text), params.trim_end());
    for repair in &problem.repairs {
        let after = repaired(text, std::slice::from_ref(repair));
        lines.push_str(&format!("\n        {}: {after}", repair.title));
    }
    lines
}

#[test]
fn every_condition_is_told_what_is_wrong_with_it() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/check/model.txt");
    let expected = std::fs::read_to_string(file).unwrap();
    let mut found = String::new();
    for text in expected.lines().filter(|line| !line.is_empty() && !line.starts_with(' ')) {
        found.push_str(text);
        found.push('\n');
        for problem in all(text) {
            found.push_str(&picture(text, &problem));
            found.push('\n');
        }
    }
    if std::env::var_os("MAQUETTE_BLESS").is_some() {
        std::fs::write(file, &found).unwrap();
        return;
    }
    for (expected, found) in expected.lines().zip(found.lines()) {
        assert_eq!(found, expected, "MAQUETTE_BLESS=1 writes what was found");
    }
    assert_eq!(found.lines().count(), expected.lines().count());
}

/// Repairs mend: what was told is no longer told of the same words, and nothing that cannot be read comes out.
#[test]
fn every_repair_mends_what_it_is_for() {
    let file = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/check/model.txt")).unwrap();
    for text in file.lines().filter(|line| !line.is_empty() && !line.starts_with(' ')) {
        let before = all(text);
        for problem in &before {
            for repair in &problem.repairs {
                let after = repaired(text, std::slice::from_ref(repair));
                let left = all(&after);
                assert!(left.iter().all(|problem| problem.code.code != "expression/syntax"), "{text} => {after}");
                let marked = |problem: &Problem, text: &str| (problem.code.code, problem.span.of(text).to_owned());
                let times = |problems: &[Problem], text: &str, wanted: &Problem, of: &str| {
                    problems.iter().filter(|other| marked(other, text) == marked(wanted, of)).count()
                };
                assert!(
                    times(&left, &after, problem, text) < times(&before, text, problem, text),
                    "{text} => {after}: {left:?}"
                );
            }
        }
    }
}

#[test]
fn a_whole_problem() {
    let [problem]: [Problem; 1] = all("record.status == 'opn'").try_into().unwrap();
    assert_eq!(problem.code.code, "expression/enum-value-unknown");
    assert_eq!((problem.span.start, problem.span.end), (17, 22));
    let params = [
        ("value", "opn"),
        ("field", "record.status"),
        ("hint", "did you mean `open`? "),
        ("known", "`open`, `paid`, `shipped`"),
    ];
    assert_eq!(problem.params, params.map(|(key, value)| (key, value.to_owned())));
    let [repair] = problem.repairs.as_slice() else { panic!("{problem:?}") };
    assert_eq!((repair.title.as_str(), repair.text.as_str(), repair.span), ("Write `'open'`", "'open'", problem.span));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Words of the language in any order: told, never a panic, and every place is one of the text.
    #[test]
    fn nothing_that_is_written_breaks_the_checker(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "record", ".", "code", "note", "memo", "amount", "customer", "region", "lines", "exists", "(", ")", "l",
                ",", "&&", "||", "!", "==", "<", "in", "+", "-", "*", "/", "%", "[", "]", "{", "}", ":", "?", "1", "1.5",
                "'a'", "b'a'", "1u", "null", "true", "has", "principal", "context", "now", "status", "extra", "matches",
                "'('", "cel", "bind", "map", "filter", "size", "date", "div", "decimal", "optional", "of", "dyn",
            ]),
            1..24,
        ),
        glue in prop::sample::select(vec!["", " "]),
    ) {
        let text = words.join(glue);
        for problem in all(&text) {
            prop_assert!(problem.span.end as usize <= text.len());
            for repair in &problem.repairs {
                prop_assert!(text.get(repair.span.start as usize..repair.span.end as usize).is_some());
            }
        }
        let standard = Environment::standard();
        if let Ok(node) = parse(&text, Limits::default()).and_then(|syntax| resolve(&syntax, &standard)) {
            check(node, &text, &standard, None);
        }
        complete(&text, text.len() / 2, &shop());
        complete(&text, text.len(), &shop());
    }

    #[test]
    fn no_text_breaks_the_checker(text in ".{0,60}") {
        all(&text);
    }
}
