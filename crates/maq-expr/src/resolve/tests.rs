//! Names and macros, and what is told when they are wrong.

use crate::{
    ChildShape, EntityIndex, EntityShape, Environment, FieldShape, Limits, Presence, Problem, Type, parse, resolve,
};

pub(crate) fn shop() -> Environment {
    let field = |name: &str, ty: Type| FieldShape { name: name.into(), ty, presence: Presence::Required };
    let line = EntityIndex(1);
    let customer = EntityIndex(2);
    let order = EntityShape {
        name: "Order".into(),
        fields: vec![
            field("id", Type::Int),
            field("amount", Type::Int),
            field("customer", Type::Reference(customer, Type::Int.into())),
        ],
        children: vec![ChildShape { name: "lines".into(), entity: line, field: 1 }],
    };
    let line = EntityShape {
        name: "Line".into(),
        fields: vec![field("id", Type::Int), field("order", Type::Reference(EntityIndex(0), Type::Int.into()))],
        children: Vec::new(),
    };
    let customer = EntityShape {
        name: "Customer".into(),
        fields: vec![field("id", Type::Int), field("region", Type::String)],
        children: Vec::new(),
    };
    Environment::model([order, line, customer].into(), EntityIndex(0))
}

fn problems(text: &str) -> Vec<Problem> {
    resolve(&parse(text, Limits::default()).unwrap(), &shop()).unwrap_err()
}

/// Code, marked text, and the text of the first repair.
fn told(text: &str) -> (&'static str, String, String) {
    let problem = problems(text).remove(0);
    let repair = problem.repairs.first().map(|repair| repair.text.clone()).unwrap_or_default();
    (problem.code.code, problem.span.of(text).to_owned(), repair)
}

#[test]
fn a_wrong_name_is_told_with_the_name_that_was_meant() {
    let unknown = |place: &str, repair: &str| ("expression/name-unknown", place.to_owned(), repair.to_owned());
    assert_eq!(told("recrod.amount > 1"), unknown("recrod", "record"));
    assert_eq!(told("record.amuont > 1"), unknown("amuont", "amount"));
    assert_eq!(told("amount > 1"), unknown("amount", "record.amount"));
    assert_eq!(told("record.customer.regoin == 'x'"), unknown("regoin", "region"));
    assert_eq!(told("record.lines.exists(line, lime.id == 1)"), unknown("lime", "line"));
    assert_eq!(told("record.lines.exists(l, l.order.amuont == 1)"), unknown("amuont", "amount"));
    assert_eq!(problems("zzz == yyy").len(), 2);
}

#[test]
fn a_macro_that_is_written_wrongly_is_told_with_its_form() {
    let problem = problems("record.lines.exists(l)").remove(0);
    assert_eq!(problem.code.code, "expression/macro-wrong");
    assert_eq!(
        problem.params,
        vec![
            ("name", "exists".to_owned()),
            ("problem", "it has 1 parts here".to_owned()),
            ("usage", "list.exists(item, condition)".to_owned()),
        ]
    );
    assert_eq!(told("has(record)").0, "expression/macro-wrong");
    assert_eq!(told("record.lines.all(l.id, true)").1, "l.id");
}

#[test]
fn nodes_are_numbered_before_their_parts() {
    let node = resolve(&parse("record.lines.exists(l, l.id > 1 && has(l.order))", Limits::default()).unwrap(), &shop());
    fn ids(node: &crate::Node, out: &mut Vec<u32>) {
        out.push(node.id.0);
        node.parts().into_iter().for_each(|part| ids(part, out));
    }
    let mut seen = Vec::new();
    ids(&node.unwrap(), &mut seen);
    assert_eq!(seen, (0..seen.len() as u32).collect::<Vec<_>>());
}
