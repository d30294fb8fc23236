//! What comes out of texts, with the span of every part.

use super::{Limits, parse};
use crate::{Span, Syntax, SyntaxKind};
use proptest::prelude::*;

/// Every part's text, pre-order, one a line, indented.
fn picture(text: &str) -> String {
    fn walk(text: &str, syntax: &Syntax, depth: usize, out: &mut String) {
        out.push_str(&format!("{}{}\n", "  ".repeat(depth), syntax.span.of(text)));
        let mut sub = |child: &Syntax| walk(text, child, depth + 1, out);
        match &syntax.kind {
            SyntaxKind::Select { operand, .. } => sub(operand),
            SyntaxKind::Unary { operand, .. } => sub(operand),
            SyntaxKind::Index { operand, index, .. } => {
                sub(operand);
                sub(index);
            }
            SyntaxKind::Call { target, args, .. } => {
                target.iter().for_each(|target| sub(target));
                args.iter().for_each(sub);
            }
            SyntaxKind::Binary { left, right, .. } => {
                sub(left);
                sub(right);
            }
            SyntaxKind::Conditional { condition, then, otherwise } => {
                sub(condition);
                sub(then);
                sub(otherwise);
            }
            SyntaxKind::List(items) => items.iter().for_each(|item| sub(&item.value)),
            SyntaxKind::Map(entries) => entries.iter().for_each(|entry| {
                sub(&entry.key);
                sub(&entry.value);
            }),
            SyntaxKind::Struct { fields, .. } => fields.iter().for_each(|(_, value)| sub(value)),
            _ => {}
        }
    }
    let mut out = String::new();
    walk(text, &parse(text, Limits::default()).unwrap(), 0, &mut out);
    out
}

fn problem(text: &str) -> (String, String) {
    let problems = parse(text, Limits::default()).unwrap_err();
    let problem = &problems[0];
    let word = problem.params.iter().find(|(name, _)| *name == "problem").map(|(_, value)| value.clone());
    (word.unwrap_or_else(|| problem.code.code.to_owned()), problem.span.of(text).to_owned())
}

#[test]
fn spans_cover_whole_nodes_also_with_wide_characters() {
    assert_eq!(
        picture("'äö😀' == (record.name + 'ß') // ü"),
        "'äö😀' == (record.name + 'ß')\n  'äö😀'\n  record.name + 'ß'\n    record.name\n      record\n    'ß'\n"
    );
    assert_eq!(
        picture("(a + b).c[(1)].f(x, [y]) ? {'k': -1} : .g(T.U{v: 2})"),
        "(a + b).c[(1)].f(x, [y]) ? {'k': -1} : .g(T.U{v: 2})\n  (a + b).c[(1)].f(x, [y])\n    (a + b).c[(1)]\n      \
         (a + b).c\n        a + b\n          a\n          b\n      1\n    x\n    [y]\n      y\n  {'k': -1}\n    'k'\n    \
         -1\n  .g(T.U{v: 2})\n    T.U{v: 2}\n      2\n"
    );
    assert_eq!(picture("a.?b[?c]"), "a.?b[?c]\n  a.?b\n    a\n  c\n");
}

#[test]
fn signs_that_the_parser_drops_in_pairs_are_kept() {
    assert_eq!(picture("!!a.b"), "!!a.b\n  !a.b\n    a.b\n      a\n");
    assert_eq!(picture("!!!a"), "!!!a\n  !!a\n    !a\n      a\n");
    assert_eq!(picture("(--a).b"), "(--a).b\n  --a\n    -a\n      a\n");
    assert_eq!(picture("1 - -0"), "1 - -0\n  1\n  -0\n");
    assert_eq!(picture("-(-(1))"), "-(-(1))\n  -(1)\n    1\n");
}

#[test]
fn a_text_that_is_no_expression_is_told_in_words() {
    let said = |problem: &str, place: &str| (problem.to_owned(), place.to_owned());
    assert_eq!(problem("a = 1"), said("`=` has no meaning, did you mean `==`", "="));
    assert_eq!(problem("(a == 1"), said("`(` is never closed", "("));
    assert_eq!(problem("[a)"), said("`[` is closed by `)`", ")"));
    assert_eq!(problem("'abc"), said("the text that begins with `'` never ends", "'"));
    assert_eq!(problem("a and b"), said("`and` is not expected here, did you mean `&&`", "and"));
    assert_eq!(problem("not a"), said("`not` is not expected here, did you mean `!`", "not"));
    assert_eq!(problem("'ä' + "), said("something is missing after `+`", " "));
    assert_eq!(problem("  "), said("nothing is written", "  "));
    assert_eq!(problem("'\\q'"), said("`\\\\q` begins no escape that a text knows", "\\q"));
    assert_eq!(
        problem("9223372036854775808"),
        said("`9223372036854775808` does not fit a whole number of 64 bits", "9223372036854775808")
    );
    assert_eq!(problem("'ä' + for"), said("`for` is a word that the language keeps for itself", "for"));
}

#[test]
fn too_much_is_refused_before_it_costs_anything() {
    let code = |text: &str| problem(text).0;
    assert_eq!(code(&"(".repeat(8000)), "`(` is never closed");
    assert_eq!(code(&format!("{}1{}", "(".repeat(1500), ")".repeat(1500))), "expression/too-deep");
    assert_eq!(code(&format!("1{}", "+1".repeat(1500))), "expression/too-deep");
    assert_eq!(code(&format!("a{}", ".b".repeat(1500))), "expression/too-deep");
    assert_eq!(code(&format!("{}a", "!".repeat(1500))), "expression/too-deep");
    assert_eq!(code(&format!("{}a", "a?b:".repeat(900))), "expression/too-deep");
    assert_eq!(code(&format!("a{}", "||b".repeat(1900))), "expression/too-many-parts");
    assert_eq!(code(&" ".repeat(9000)), "expression/too-long");
    assert_eq!(code(&format!("a{}", "+b".repeat(60))), "expression/too-deep");
}

#[test]
fn a_chain_of_conditions_is_not_deep() {
    let text = format!("a{}", " && b.c == 1".repeat(90));
    assert_eq!(parse(&text, Limits::default()).unwrap().span, Span { start: 0, end: text.len() as u32 });
}

/// Words of the language and around it, in any order.
fn soup() -> impl Strategy<Value = String> {
    const WORDS: [&str; 47] = [
        "a",
        "b.c",
        "record",
        "in",
        "true",
        "null",
        "1",
        "-1",
        "0x1F",
        "1u",
        "1.5e3",
        ".5",
        "'x'",
        "\"ä😀\"",
        "b'\\x00'",
        "r'\\'",
        "'''t'''",
        "`q r`",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ".",
        ",",
        "?",
        ":",
        ".?",
        "[?",
        "&&",
        "||",
        "==",
        "!=",
        "<",
        ">=",
        "+",
        "-",
        "*",
        "/",
        "%",
        "!",
        "=",
        "&",
        "// c ✌\n",
        "for",
        "has(",
    ];
    let word = prop_oneof![12 => proptest::sample::select(&WORDS[..]).prop_map(str::to_owned), 1 => any::<String>()];
    (proptest::collection::vec(word, 0..24), prop_oneof![Just(""), Just(" ")])
        .prop_map(|(words, between)| words.join(between))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused_with_a_place(text in soup()) {
        match parse(&text, Limits::default()) {
            Ok(_) => prop_assert!(!picture(&text).is_empty()),
            Err(problems) => {
                prop_assert_eq!(problems.len(), 1);
                let span = problems[0].span;
                prop_assert!(text.get(span.start as usize..span.end as usize).is_some(), "{:?}", problems);
                prop_assert!(problems[0].repairs.iter().all(|repair| text.get(repair.span.start as usize..).is_some()));
            }
        }
    }
}
