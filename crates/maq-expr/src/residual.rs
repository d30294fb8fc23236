//! Partial evaluation: what is known becomes constant, and what follows from it is folded.
//!
//! What is left gives on every record what the whole gives, errors included. An error that is certain stays as
//! [`Kind::Error`], because `&&`, `||` and the macros may still absorb it. Nothing is concluded about a record:
//! `has(record.f)` never folds. Nodes keep their numbers, so that what is told of them can be found in the whole.

use crate::{BinaryOp, Input, Kind, Known, Node, Slot, Type, Val, Variable, evaluate};

/// What is left of `node`.
#[must_use]
pub fn residual(node: &Node, known: &Known<'_>) -> Node {
    let input = Input { known: Some(*known), record: None, variables: None };
    Folding { input }.fold(node.clone())
}

struct Folding<'a> {
    input: Input<'a>,
}

impl Folding<'_> {
    fn fold(&self, mut node: Node) -> Node {
        if matches!(node.kind, Kind::Constant(_) | Kind::Error(_)) {
            return node;
        }
        if is_closed(&node, &mut Vec::new()) {
            return self.valued(node);
        }
        if let Kind::Bind { .. } = node.kind {
            return self.bind(node);
        }
        // Of `has(a.b)` only `a` is evaluated.
        let parts = match &mut node.kind {
            Kind::Has(selection) => selection.parts_mut(),
            _ => node.parts_mut(),
        };
        for part in parts {
            let placeholder = Node { id: part.id, span: part.span, ty: Type::Wrong, kind: Kind::Constant(Val::Null) };
            *part = self.fold(std::mem::replace(part, placeholder));
        }
        match node.kind {
            Kind::Binary(BinaryOp::And, ..) => self.logic(node, false),
            Kind::Binary(BinaryOp::Or, ..) => self.logic(node, true),
            Kind::Conditional(..) => self.choice(node),
            _ => self.strict(node),
        }
    }

    /// A node that needs nothing but what is known.
    fn valued(&self, node: Node) -> Node {
        let kind = match evaluate(&node, &self.input) {
            Ok(value) => Kind::Constant(value.into_owned()),
            Err(error) => Kind::Error(Box::new(error)),
        };
        Node { kind, ..node }
    }

    /// `&&` is absorbed by false, `||` by true, on either side and whatever the other is.
    fn logic(&self, node: Node, absorbing: bool) -> Node {
        let Kind::Binary(op, left, right) = node.kind else { return node };
        let sides = [truth(&left), truth(&right)];
        if sides.contains(&Some(absorbing)) {
            return Node { kind: Kind::Constant(Val::Bool(absorbing)), ..node };
        }
        let is_error = |side: &Node| matches!(side.kind, Kind::Error(_));
        match sides {
            // A null would be an error here, and is a value elsewhere.
            [Some(_), None] if right.ty == Type::Bool => return *right,
            [None, Some(_)] if left.ty == Type::Bool => return *left,
            _ if is_error(&left) && is_error(&right) => return *left,
            _ => {}
        }
        let node = Node { kind: Kind::Binary(op, left, right), ..node };
        if is_closed(&node, &mut Vec::new()) { self.valued(node) } else { node }
    }

    fn choice(&self, node: Node) -> Node {
        let Kind::Conditional(condition, then, otherwise) = node.kind else { return node };
        match &condition.kind {
            Kind::Constant(Val::Bool(true)) => *then,
            Kind::Constant(Val::Bool(false)) => *otherwise,
            // The error is one in the place of a value: a store asks of which type.
            Kind::Error(_) => Node { ty: node.ty, ..*condition },
            _ => Node { kind: Kind::Conditional(condition, then, otherwise), ..node },
        }
    }

    /// A node that has no value when one of its parts has none.
    fn strict(&self, node: Node) -> Node {
        let parts = node.parts();
        let lazy = matches!(&node.kind, Kind::OptionalMap { .. });
        let needed = match &node.kind {
            Kind::Comprehension(inner) => vec![&inner.range],
            Kind::Has(selection) => selection.parts(),
            _ => parts,
        };
        if !lazy
            && let Some(error) = needed.iter().find_map(|part| match &part.kind {
                Kind::Error(error) => Some(error.clone()),
                _ => None,
            })
        {
            return Node { kind: Kind::Error(error), ..node };
        }
        // Parts that were folded may have made the whole known.
        if is_closed(&node, &mut Vec::new()) { self.valued(node) } else { node }
    }

    /// A name for a value that is known is replaced by the value.
    fn bind(&self, node: Node) -> Node {
        let Kind::Bind { slot, name, value, body } = node.kind else { return node };
        let value = self.fold(*value);
        if matches!(value.kind, Kind::Constant(_) | Kind::Error(_)) {
            let mut body = *body;
            replace(&mut body, slot, &value);
            return self.fold(body);
        }
        let body = self.fold(*body);
        if matches!(body.kind, Kind::Constant(_) | Kind::Error(_)) {
            return body;
        }
        Node { kind: Kind::Bind { slot, name, value: Box::new(value), body: Box::new(body) }, ..node }
    }
}

fn truth(node: &Node) -> Option<bool> {
    match node.kind {
        Kind::Constant(Val::Bool(value)) => Some(value),
        _ => None,
    }
}

/// Whether a node speaks of nothing but what is known before any record is looked at. `bound` are the variables of
/// macros around it, inside of the node that is asked about.
fn is_closed(node: &Node, bound: &mut Vec<Slot>) -> bool {
    match &node.kind {
        Kind::Variable(Variable::Record | Variable::Named(_)) => false,
        Kind::Local(slot, _) => bound.contains(slot),
        Kind::Comprehension(inner) => {
            let slots = [Some(inner.first.0), inner.second.as_ref().map(|(slot, _)| *slot)];
            is_closed(&inner.range, bound)
                && within(bound, slots.into_iter().flatten(), |bound| {
                    inner.filter.iter().chain(&inner.transform).all(|part| is_closed(part, bound))
                })
        }
        Kind::Bind { slot, value, body, .. } => {
            is_closed(value, bound) && within(bound, [*slot], |bound| is_closed(body, bound))
        }
        Kind::OptionalMap { operand, slot, body, .. } => {
            is_closed(operand, bound) && within(bound, [*slot], |bound| is_closed(body, bound))
        }
        _ => node.parts().into_iter().all(|part| is_closed(part, bound)),
    }
}

fn within(
    bound: &mut Vec<Slot>,
    slots: impl IntoIterator<Item = Slot>,
    body: impl FnOnce(&mut Vec<Slot>) -> bool,
) -> bool {
    let before = bound.len();
    bound.extend(slots);
    let result = body(bound);
    bound.truncate(before);
    result
}

/// Puts a value in the place of a variable; macros inside bind other slots, which are deeper.
fn replace(node: &mut Node, slot: Slot, value: &Node) {
    if matches!(node.kind, Kind::Local(own, _) if own == slot) {
        node.kind = value.kind.clone();
        return;
    }
    node.parts_mut().into_iter().for_each(|part| replace(part, slot, value));
}
