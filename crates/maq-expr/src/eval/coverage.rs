//! Which truth values the parts of a condition have had over many evaluations.

use super::EvalError;
use super::machine::{Machine, Outcome, Watch};
use crate::{BinaryOp, Comprehension, Input, Kind, MacroKind, Node, NodeId, Type, UnaryOp, Val};
use std::collections::BTreeMap;

/// How often a part was true, false and an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seen {
    /// True.
    pub yes: u64,
    /// False.
    pub no: u64,
    /// No value.
    pub errors: u64,
}

/// What was seen of every part that is a truth value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    seen: BTreeMap<NodeId, Seen>,
}

impl Coverage {
    /// Nothing seen yet of the truth values of `node`.
    pub fn new(node: &Node) -> Coverage {
        fn walk(node: &Node, seen: &mut BTreeMap<NodeId, Seen>) {
            if is_truth(node) {
                seen.insert(node.id, Seen::default());
            }
            node.parts().into_iter().for_each(|part| walk(part, seen));
        }
        let mut seen = BTreeMap::new();
        walk(node, &mut seen);
        Coverage { seen }
    }

    /// Evaluates, and counts.
    ///
    /// # Errors
    /// As [`crate::evaluate`].
    pub fn evaluate<'a>(&mut self, node: &'a Node, input: &Input<'a>) -> Result<Val<'a>, EvalError> {
        Machine::new(*input, Counter(self)).value(node)
    }

    /// Adds what was seen elsewhere of the same tree.
    pub fn merge(&mut self, other: &Coverage) {
        for (node, seen) in &other.seen {
            let mine = self.seen.entry(*node).or_default();
            mine.yes += seen.yes;
            mine.no += seen.no;
            mine.errors += seen.errors;
        }
    }

    /// What was seen of a node; none when it is no truth value.
    pub fn of(&self, node: NodeId) -> Option<Seen> {
        self.seen.get(&node).copied()
    }

    /// Every part that is a truth value, in the order of the nodes.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, Seen)> + '_ {
        self.seen.iter().map(|(node, seen)| (*node, *seen))
    }

    /// Parts that were never true, and parts that were never false.
    pub fn gaps(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.iter().filter(|(_, seen)| seen.yes == 0 || seen.no == 0).map(|(node, _)| node)
    }
}

/// True for a node whose value is a truth value, as far as its type or its kind tells.
fn is_truth(node: &Node) -> bool {
    match (&node.ty, &node.kind) {
        (_, Kind::Constant(_)) => false,
        (Type::Bool, _) => true,
        (Type::Dyn, Kind::Has(_) | Kind::Unary(UnaryOp::Not, _)) => true,
        (Type::Dyn, Kind::Binary(op, ..)) => {
            !matches!(op, BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Modulo)
        }
        (Type::Dyn, Kind::Comprehension(inner)) => quantifies(inner),
        _ => false,
    }
}

fn quantifies(inner: &Comprehension) -> bool {
    matches!(inner.kind, MacroKind::All | MacroKind::Exists | MacroKind::ExistsOne)
}

struct Counter<'c>(&'c mut Coverage);

impl<'a> Watch<'a> for Counter<'_> {
    const WATCHES: bool = true;

    fn enter(&mut self, _: &'a Node) {}

    fn leave(&mut self, node: &'a Node, outcome: &Outcome<'a>) {
        let Some(seen) = self.0.seen.get_mut(&node.id) else { return };
        match outcome {
            Ok(Val::Bool(true)) => seen.yes += 1,
            Ok(Val::Bool(false)) => seen.no += 1,
            Ok(_) | Err(_) => seen.errors += 1,
        }
    }

    fn skip(&mut self, _: &'a Node) {}
}
