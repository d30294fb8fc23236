//! Expressions: any text in both profiles. Reading, checking, printing, evaluating and explaining answer, however deep,
//! long or costly it is; what is printed is read as the same again.

use crate::condition::model::{NOW, SHOP, principals};
use crate::condition::text;
use crate::run::reached;
use maq_diag::catalogue;
use maq_expr::{
    Condition, Environment, ErrorKind, EvalError, Explanation, FlatConditions, Input as Asked, Known, Limits, Node,
    Outcome, Problem, Type, Val, evaluate, explain, parse, resolve,
};
use maq_fuzz::Input;
use maq_policy::Walks;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

static STANDARD: LazyLock<Arc<Environment>> = LazyLock::new(|| {
    let int = Arc::new(Type::Int);
    let variables = [
        ("i", Type::Int),
        ("s", Type::String),
        ("l", Type::List(int.clone())),
        ("m", Type::Map(Arc::new(Type::String), int)),
        ("d", Type::Dyn),
    ];
    let variables = variables.into_iter().map(|(name, ty)| (Arc::from(name), ty)).collect();
    Arc::new(Environment { variables, ..Environment::standard() })
});

static VARIABLES: LazyLock<BTreeMap<Arc<str>, Val<'static>>> = LazyLock::new(|| {
    let text = |text: &str| Val::String(text.to_owned().into());
    let values = [
        ("i", Val::Int(i64::MIN)),
        ("s", text("ä😀'a")),
        ("l", Val::List((0..12).map(Val::Int).collect())),
        ("m", Val::Map([(text("a"), Val::Int(1)), (text("b"), Val::Int(2))].into())),
        ("d", Val::List([Val::Null, Val::Double(f64::NAN), text("a")].into())),
    ];
    values.into_iter().map(|(name, value)| (Arc::from(name), value)).collect()
});

/// Pieces of CEL, to be put one after another.
const PIECES: &[&str] = &[
    "record.",
    "principal.",
    "context.",
    "now",
    "record",
    "total",
    "customer",
    ".region",
    "lines",
    ".exists(l, ",
    ".all(l, ",
    ".map(x, ",
    ".filter(x, ",
    ".exists_one(x, ",
    "l",
    "m",
    "s",
    "i",
    "d",
    "x",
    "has(",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    "?",
    ":",
    "!",
    "-",
    "+",
    "*",
    "/",
    "%",
    "&&",
    "||",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    " in ",
    "null",
    "true",
    "false",
    "1",
    "1u",
    "1.5",
    "1e308",
    "0x7fffffffffffffff",
    "9223372036854775808",
    "'a'",
    "b'\\xff'",
    "'''a'''",
    "r'\\'",
    "'\\u{110000}'",
    "`a-b`",
    ".?a",
    "[?0]",
    "optional.of(",
    "optional.none()",
    ".orValue(",
    "type(",
    "dyn(",
    "cel.bind(a, ",
    "timestamp('2024-02-29T00:00:00Z')",
    "duration('1h')",
    "size(",
    ".size()",
    ".matches('",
    "(a+)+$",
    "')",
    ".format([",
    ".split('')",
    ".join()",
    ".replace('', 'aa')",
    "lists.range(",
    "math.greatest(",
    ".sort()",
    ".flatten()",
    ".reverse()",
    "int(",
    "uint(",
    "double(",
    "string(",
    "bytes(",
    "decimal(",
    "date(",
    "div(",
    "today('Europe/Berlin')",
    "// a comment\n",
    "\n",
    " ",
    "\0",
    "é",
    "😀",
    "in",
    "if",
    "var",
    "google.protobuf.Any{",
];

pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let entity = input.pick(4);
    let text = match input.pick(10) {
        0 => String::from_utf8_lossy(input.rest()).into_owned(),
        1 => hostile(&mut input),
        2 | 3 => {
            let mut bytes = text::condition(&mut input, entity).into_bytes();
            input.damage(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        }
        4 | 5 => (0..=input.pick(24)).map(|_| input.one(PIECES).copied().unwrap_or_default()).collect(),
        _ => wrapped(&mut input, entity),
    };
    check_standard(&text);
    check_model(&text, entity, &mut input);
}

/// A condition within others: still one, mostly, and deeper.
fn wrapped(input: &mut Input<'_>, entity: usize) -> String {
    const AROUND: &[(&str, &str)] = &[
        ("(", ")"),
        ("!", ""),
        ("!(", ")"),
        ("true && ", ""),
        ("(", ") || false"),
        ("principal.flag ? ", " : false"),
        ("[", "][0]"),
        ("[", "].exists(x, x)"),
        ("{'a': ", "}.a"),
        ("cel.bind(b, ", ", b && b)"),
        ("optional.of(", ").orValue(false)"),
        ("[1, 2].all(x, x > 0 && ", ")"),
        ("string(", ") == 'true'"),
        ("(", ") == (1 < 2)"),
        (" \n// note\n", "\t"),
    ];
    let mut text = text::condition(input, entity);
    for _ in 0..input.pick(12) {
        let (before, after) = input.one(AROUND).copied().unwrap_or_default();
        text = format!("{before}{text}{after}");
    }
    text
}

/// Texts that are deep, long or costly.
fn hostile(input: &mut Input<'_>) -> String {
    const NESTS: &[(&str, &str, &str)] = &[
        ("(", "1", ")"),
        ("!", "true", ""),
        ("-", "1", ""),
        ("!!", "record.open", ""),
        ("- -", "i", ""),
        ("[", "", "]"),
        ("[[],", "1", "]"),
        ("{1:", "1", "}"),
        ("{'a':{1u:", "[]", "}}"),
        ("size(", "s", ")"),
        ("has(", "record.open", ")"),
        ("true ? ", "1", " : 2"),
        ("true ? 1 : ", "2", ""),
        ("", "record", ".parent"),
        ("", "m", "['a']"),
        ("", "d", ".?a"),
        ("1 + ", "1", ""),
        ("1 + (", "1", ")"),
        ("true && ", "false", ""),
        ("", "true", " == true"),
        ("[1].map(x, ", "x", ")"),
        ("l.map(x, ", "l", ")"),
        ("l.all(x, l.exists(y, ", "x == y", "))"),
        ("l.filter(x, size(l.map(y, ", "y", ")) > 0)"),
        ("cel.bind(s, s + s, ", "s", ")"),
        ("cel.bind(l, l + l, ", "l.size() > 0", ")"),
        ("[s, s].map(s, s + s + ", "s", ")[0]"),
        ("record.lines.exists(l, l.order.", "lines.exists(l, true)", ")"),
        ("'", "a", "'"),
        ("'a'.replace('a', 'aaaaaaaa')", "", ".replace('a', 'aaaaaaaa')"),
        ("lists.range(50).map(x, ", "x", ")"),
        ("optional.of(", "1", ")"),
        ("s.matches(", "'(a|aa)+$'", ")"),
        ("[1, 2, 3].sortBy(x, ", "-x", ")"),
        ("{'a': ", "1", "}.transformMap(k, v, [v, v])"),
    ];
    const WHOLES: &[&str] = &[
        "s.matches('(a{1000}){1000}')",
        "s.matches('((a*)*)*$')",
        "s.matches('[')",
        "s.matches('(?:(?:(?:(?:a{50}){50}){50}){50})')",
        "'%.999999999f'.format([1.5])",
        "'%s'.format(['%s'.format([l])])",
        "lists.range(9223372036854775807)",
        "lists.range(100000000).size()",
        "9223372036854775807 + 1 > 0 || true",
        "-9223372036854775808 / -1 == 0",
        "-9223372036854775808 % -1 == 0",
        "div(1, 0, 2) > 0",
        "div(decimal('79228162514264337593543950335'), decimal('0.0000000000000000000000000001'), 28) > 0",
        "decimal('79228162514264337593543950335') * decimal('79228162514264337593543950335') > 0",
        "record.total + 79228162514264337593543950335 > 0",
        "timestamp('9999-12-31T23:59:59Z') + duration('9223372036s') > now",
        "timestamp('0001-01-01T00:00:00Z') - duration('1ns') < now",
        "now - record.sent > duration('1h')",
        "duration('9223372036854775807s') > duration('0s')",
        "today('Nowhere/Town') > date('2024-02-30')",
        "1e400 > 0.0",
        "double('NaN') == double('NaN')",
        "[double('NaN')].sort() == []",
        "'\\ud800' == 'a'",
        "b'\\377'.size() > 0",
        "string(b'\\xff') == ''",
        "s.substring(9223372036854775807) == ''",
        "s.charAt(-1) == ''",
        "l[9223372036854775807] == 1",
        "l[-1] == 1",
        "[1, 2].slice(2, 1) == []",
        "s.lastIndexOf('', -9223372036854775807) == 0",
        "m.map(k, m.map(k, m.map(k, m))) == []",
        "record.lines.all(l, l.order.lines.all(m, m.order.lines.all(n, n.order.lines.all(o, o.amount > 0))))",
        "principal.text.text.text == 1",
        "principal.text == 1 && principal.text == 'a'",
    ];
    if input.pick(4) == 0 {
        return input.one(WHOLES).copied().unwrap_or_default().to_owned();
    }
    let (before, inner, after) = input.one(NESTS).copied().unwrap_or_default();
    let times = [1, 3, 8, 15, 40, 49, 140, 500, 4000, 8190, 100_000][input.pick(11)];
    let (other, unbalanced) = (input.once_in(4), input.once_in(6));
    let mut text = before.repeat(times);
    if other {
        let (before, _, after) = input.one(NESTS).copied().unwrap_or_default();
        text += &format!("{}{inner}{}", before.repeat(20), after.repeat(20));
    } else {
        text += inner;
    }
    text + &after.repeat(if unbalanced { times - 1 } else { times })
}

fn check_standard(text: &str) {
    let syntax = match parse(text, Limits::default()) {
        Ok(syntax) => syntax,
        Err(problems) => return check_problems(&problems, text),
    };
    reached("texts read");
    if let Ok(node) = resolve(&syntax, &STANDARD) {
        let asked = Asked { known: None, record: None, variables: Some(&VARIABLES) };
        check_value(&node, text, &asked);
    }
    match Condition::compile(text, &STANDARD) {
        Ok((condition, problems)) => {
            check_problems(&problems, text);
            reached("conditions checked, standard");
            check_printed(&condition, &STANDARD);
        }
        Err(problems) => check_problems(&problems, text),
    }
}

fn check_model(text: &str, entity: usize, input: &mut Input<'_>) {
    let environment = &SHOP.environments[entity];
    let condition = match Condition::compile(text, environment) {
        Ok((condition, problems)) => {
            check_problems(&problems, text);
            condition
        }
        Err(problems) => return check_problems(&problems, text),
    };
    reached("conditions checked, model");
    check_printed(&condition, environment);
    let _ = condition.lower(None);
    let context: Map<String, Json> = Map::new();
    // One caller and one row: what is costly is so for each.
    let principals = principals();
    let principal = &principals[input.pick(principals.len())];
    let row = SHOP.row(entity, input, &Walks::of(&condition.root));
    let known = Known { principal, context: &context, now: NOW };
    let _ = condition.lower(Some(&known));
    let asked = Asked { known: Some(known), record: Some(&row), variables: None };
    if matches!(condition.evaluate(&asked), Outcome::Error(_)) {
        reached("conditions without a value");
    }
    check_value(&condition.root, text, &asked);
}

/// A value and its explanation say the same.
fn check_value(node: &Node, text: &str, asked: &Asked<'_>) {
    let value = evaluate(node, asked);
    let explained = explain(node, text, asked);
    check_explanation(&explained, text);
    // Laid out flat there may be no answer, and never another one.
    let (flat, starts) = FlatConditions::lay([node]);
    for start in starts {
        if let Some(answer) = flat.ask(start, asked) {
            assert_eq!(value, Ok(Val::Bool(answer)), "flat: {text}");
        }
        if let Some(told) = flat.explain(start, text, asked) {
            assert_eq!(told, explained, "flat: {text}");
        }
    }
    let costly = |value: &Result<Val<'_>, EvalError>| matches!(value, Err(error) if error.kind == ErrorKind::TooCostly);
    match (&value, explained.value()) {
        // Keeping every part has a budget of its own.
        (_, Some(told)) if costly(told) || costly(&value) => reached("values too costly"),
        (Ok(value), Some(Ok(told))) => assert_eq!(format!("{value:?}"), format!("{told:?}"), "explained: {text}"),
        (Err(_), Some(Err(_))) => {}
        (value, told) => panic!("{value:?} is explained as {told:?}: {text}"),
    }
}

fn check_explanation(explained: &Explanation<'_>, text: &str) {
    let mut open: Vec<_> = explained.root().into_iter().collect();
    let mut seen = 0;
    while let Some(next) = open.pop() {
        seen += 1;
        assert!(seen < 1_000_000, "an explanation without end: {text}");
        open.extend(next.parts());
    }
}

fn check_printed(condition: &Condition, environment: &Arc<Environment>) {
    let printed = condition.print();
    let again = match Condition::compile(&printed, environment) {
        Ok((again, _)) => again,
        // Canonical form may be longer than what was written.
        Err(problems) if problems.iter().all(|problem| problem.code.code.starts_with("expression/too-")) => return,
        Err(problems) => panic!("`{}` is printed as `{printed}`: {problems:?}", condition.text),
    };
    assert_eq!(again.print(), printed, "printed twice: `{}`", condition.text);
}

/// Problems have a code of the catalogue and lie in the text.
pub fn check_problems(problems: &[Problem], text: &str) {
    for problem in problems {
        assert!(catalogue::info(problem.code.code).is_some(), "a code of no catalogue: {problem:?}");
        let spans = problem.repairs.iter().map(|repair| repair.span).chain([problem.span]);
        for span in spans {
            let (start, end) = (span.start as usize, span.end as usize);
            assert!(text.get(start..end).is_some(), "{problem:?} lies outside of {text:?}");
        }
    }
}
