//! The parts of a node, in the order in which they were written, and the numbers of nodes.

use crate::{Kind, Node, NodeId};

/// The parts of a kind, to read or to change.
macro_rules! parts {
    ($kind:expr, $each:ident, $($borrow:tt)+) => {
        match $kind {
            Kind::Constant(_) | Kind::Variable(_) | Kind::Local(..) | Kind::Message(_) | Kind::Error(_) => Vec::new(),
            Kind::List(items) => items.$each().map(|(item, _)| item).collect(),
            Kind::Map(entries) => entries.$each().flat_map(|(key, value, _)| [key, value]).collect(),
            Kind::Field { operand, .. } | Kind::Children { operand, .. } | Kind::Select { operand, .. } => {
                vec![operand]
            }
            Kind::Has(operand) | Kind::Unary(_, operand) => vec![operand],
            Kind::Index { operand, index, .. } => vec![operand, index],
            Kind::Binary(_, left, right) => vec![left, right],
            Kind::Conditional(condition, then, otherwise) => vec![condition, then, otherwise],
            Kind::Call { args, .. } => args.$each().collect(),
            Kind::Comprehension(inner) => {
                let mut parts = vec![$($borrow)+ inner.range];
                parts.extend($($borrow)+ inner.filter);
                parts.extend($($borrow)+ inner.transform);
                parts
            }
            Kind::Bind { value, body, .. } => vec![value, body],
            Kind::OptionalMap { operand, body, .. } => vec![operand, body],
        }
    };
}

impl Node {
    /// Its parts, in order.
    pub fn parts(&self) -> Vec<&Node> {
        parts!(&self.kind, iter, &)
    }

    /// Its parts, in order, to change them.
    pub fn parts_mut(&mut self) -> Vec<&mut Node> {
        parts!(&mut self.kind, iter_mut, &mut)
    }

    /// Numbers the tree in pre-order, from 0.
    pub fn number(&mut self) {
        fn walk(node: &mut Node, next: &mut u32) {
            node.id = NodeId(*next);
            *next += 1;
            for part in node.parts_mut() {
                walk(part, next);
            }
        }
        walk(self, &mut 0);
    }
}
