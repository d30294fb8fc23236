//! Chains of `&&` and `||`.

use crate::{BinaryOp, Kind, Node};

/// The terms of a chain of one operator.
pub(super) fn chain<'n>(op: BinaryOp, node: &'n Node, terms: &mut Vec<&'n Node>) {
    match &node.kind {
        Kind::Binary(own, left, right) if *own == op => {
            chain(op, left, terms);
            chain(op, right, terms);
        }
        _ => terms.push(node),
    }
}

fn terms(op: BinaryOp, node: &Node) -> usize {
    match &node.kind {
        Kind::Binary(own, left, right) if *own == op => terms(op, left) + terms(op, right),
        _ => 1,
    }
}

/// Whether the parser reads a chain without brackets as this tree: it balances them, so that none gets deep. `split` of
/// `count` terms are on the left.
pub(super) fn is_balanced(op: BinaryOp, left: &Node, right: &Node, split: usize, count: usize) -> bool {
    let side = |node: &Node, count: usize| match &node.kind {
        Kind::Binary(own, left, right) if *own == op => is_balanced(op, left, right, terms(op, left), count),
        _ => true,
    };
    split == count / 2 + count % 2 && side(left, split) && side(right, count - split)
}
