//! What is printed parses and resolves to the tree it was printed from.

use super::print;
use crate::resolve::tests::shop;
use crate::{
    BinaryOp, Comprehension, Environment, Kind, Limits, MacroKind, Node, NodeId, Slot, Span, Type, UnaryOp, Val,
    Variable, parse, resolve,
};
use proptest::prelude::*;

/// Without numbers and places: what printing keeps.
fn stripped(mut node: Node) -> Node {
    fn walk(node: &mut Node) {
        node.id = NodeId(0);
        node.span = Span::default();
        node.ty = Type::Dyn;
        node.parts_mut().into_iter().for_each(walk);
    }
    walk(&mut node);
    node
}

fn read(text: &str, environment: &Environment) -> Node {
    let limits = Limits { bytes: 1 << 20, nodes: 100_000, depth: 200 };
    let syntax = parse(text, limits).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
    stripped(resolve(&syntax, environment).unwrap_or_else(|problems| panic!("{text}: {problems:?}")))
}

fn node(kind: Kind) -> Node {
    Node { id: NodeId(0), span: Span::default(), ty: Type::Dyn, kind }
}

fn record() -> Node {
    node(Kind::Variable(Variable::Record))
}

fn field(operand: Node, index: u32, name: &str) -> Node {
    node(Kind::Field { operand: Box::new(operand), index, name: name.into() })
}

fn constants() -> impl Strategy<Value = Val<'static>> {
    prop_oneof![
        Just(Val::Null),
        any::<bool>().prop_map(Val::Bool),
        any::<i64>().prop_map(Val::Int),
        prop_oneof![Just(0_i64), Just(-1), Just(i64::MIN), Just(i64::MAX)].prop_map(Val::Int),
        any::<u64>().prop_map(Val::Uint),
        any::<f64>().prop_filter("finite", |value| value.is_finite()).prop_map(Val::Double),
        Just(Val::Double(-0.0)),
        ".*".prop_map(|text| Val::String(text.into())),
        prop::collection::vec(any::<u8>(), 0..6).prop_map(|bytes| Val::Bytes(bytes.into())),
    ]
}

/// Any tree that can be written; `depth` macros are around.
fn trees() -> impl Strategy<Value = Node> {
    let leaf = prop_oneof![
        constants().prop_map(|value| node(Kind::Constant(value))),
        Just(field(record(), 1, "amount")),
        Just(field(field(record(), 2, "customer"), 1, "region")),
        Just(node(Kind::Variable(Variable::Now))),
        "[a-z]{1,3}|in|true|a-b|x y".prop_map(|name| node(Kind::Select {
            operand: Box::new(node(Kind::Variable(Variable::Principal))),
            field: name.as_str().into(),
            optional: false,
        })),
    ];
    leaf.prop_recursive(6, 64, 4, |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        let op = prop::sample::select(vec![
            BinaryOp::Or,
            BinaryOp::And,
            BinaryOp::Eq,
            BinaryOp::Lt,
            BinaryOp::In,
            BinaryOp::Add,
            BinaryOp::Subtract,
            BinaryOp::Multiply,
            BinaryOp::Modulo,
        ]);
        let kind =
            prop::sample::select(vec![MacroKind::All, MacroKind::Exists, MacroKind::ExistsOne, MacroKind::Filter]);
        prop_oneof![
            (op, boxed(), boxed()).prop_map(|(op, left, right)| Kind::Binary(op, left, right)),
            (any::<bool>(), boxed())
                .prop_map(|(not, operand)| { Kind::Unary(if not { UnaryOp::Not } else { UnaryOp::Negate }, operand) }),
            (boxed(), boxed(), boxed()).prop_map(|(a, b, c)| Kind::Conditional(a, b, c)),
            prop::collection::vec((inner.clone(), any::<bool>()), 0..3).prop_map(Kind::List),
            prop::collection::vec((inner.clone(), inner.clone(), any::<bool>()), 0..3).prop_map(Kind::Map),
            (boxed(), boxed(), any::<bool>()).prop_map(|(operand, index, optional)| Kind::Index {
                operand,
                index,
                optional
            }),
            (boxed(), "[a-z]{1,4}", any::<bool>()).prop_map(|(operand, field, optional)| {
                Kind::Select { operand, field: field.as_str().into(), optional }
            }),
            boxed().prop_map(|operand| {
                let field = Kind::Select { operand, field: "f".into(), optional: false };
                Kind::Has(Box::new(node(field)))
            }),
            (prop::collection::vec(inner.clone(), 1..3), any::<bool>())
                .prop_map(|(args, member)| { Kind::Call { function: "call".into(), member, args } }),
            (kind, inner.clone(), inner.clone()).prop_map(|(kind, range, filter)| {
                // A variable that the body does not mention: its slot is set by resolving.
                let first = (Slot(0), "it".into());
                let inner = Comprehension { kind, range, first, second: None, filter: Some(filter), transform: None };
                Kind::Comprehension(Box::new(inner))
            }),
        ]
        .prop_map(node)
    })
}

/// Slots say how many macros are around.
fn placed(node: &mut Node, depth: u32) {
    if let Kind::Comprehension(inner) = &mut node.kind {
        inner.first.0 = Slot(depth);
        placed(&mut inner.range, depth);
        inner.filter.iter_mut().for_each(|filter| placed(filter, depth + 1));
        return;
    }
    node.parts_mut().into_iter().for_each(|part| placed(part, depth));
}

/// What the parser reads as something else however it is written: a chain of `&&` or `||` as a balanced tree, a sign
/// that is doubled, a field of a record where a selection is meant.
fn same_when_read(tree: Node, environment: &Environment) {
    let text = print(&tree);
    let read_back = read(&text, environment);
    assert_eq!(read_back, tree, "{text}");
    assert_eq!(print(&read_back), text);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_printed_tree_is_read_as_the_same_tree(tree in trees()) {
        let mut tree = tree;
        placed(&mut tree, 0);
        same_when_read(tree, &shop());
    }
}

#[test]
fn one_tree_has_one_text() {
    let environment = shop();
    for (written, canonical) in [
        ("((record.amount)>1)", "record.amount > 1"),
        ("record . amount + (2 * 3)", "record.amount + 2 * 3"),
        ("(1 + 2) * 3 == 9", "(1 + 2) * 3 == 9"),
        ("1 - (2 - 3) == 1 - 2 - 3", "1 - (2 - 3) == 1 - 2 - 3"),
        (r#""it's" == r'a\b'"#, r"'it\'s' == 'a\\b'"),
        ("'''a\nb''' == '\\u00e9\\x07'", r"'a\nb' == 'é\u0007'"),
        ("(record.amount > 1 ? 1 : 2) > 1 ? true : false", "(record.amount > 1 ? 1 : 2) > 1 ? true : false"),
        ("true ? 1 : (false ? 2 : 3)", "true ? 1 : false ? 2 : 3"),
        ("!(record.amount > 1)", "!(record.amount > 1)"),
        ("has(record.customer.region)", "has(record.customer.region)"),
        ("record.lines.exists(l,l.id==1||l.id==2)", "record.lines.exists(l, l.id == 1 || l.id == 2)"),
        ("(-1).f() - -1", "(-1).f() - -1"),
        ("-(1) + -record.amount", "-(1) + -record.amount"),
        ("[1,?2][?0] == {'a':1,?'b':2}.?c", "[1, ?2][?0] == {'a': 1, ?'b': 2}.?c"),
        ("cel.bind(a, 1, a + a)", "cel.bind(a, 1, a + a)"),
        ("cel.block([1, cel.index(0) + 1], cel.index(1))", "cel.block([1, cel.index(0) + 1], cel.index(1))"),
        ("[1].map(x, x > 0, x + 1)", "[1].map(x, x > 0, x + 1)"),
        ("{'a': 1}.transformMap(k, v, v + 1)", "{'a': 1}.transformMap(k, v, v + 1)"),
        ("[record.amount].map(record, record)", "[record.amount].map(record, record)"),
        ("true && false && true && false", "true && false && true && false"),
        ("principal.`a-b` == 1e300 && 0x10 == 16u", "principal.`a-b` == 1e300 && 16 == 16u"),
    ] {
        let tree = read(written, &environment);
        assert_eq!(print(&tree), canonical);
        assert_eq!(read(canonical, &environment), tree, "{canonical}");
    }
}
