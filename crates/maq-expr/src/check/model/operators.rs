//! Signs: logic, order, arithmetic, and choices.

use super::super::signatures;
use super::super::told::problem;
use super::Checker;
use super::presence::Facts;
use crate::{BinaryOp, Kind, Node, Type, UnaryOp, Val, Variable};
use maq_diag::catalogue;

/// Whether the type of a node may depend on what stands beside it.
pub(super) fn soft(node: &Node) -> bool {
    match &node.kind {
        Kind::Constant(_) => true,
        Kind::Select { operand, .. } => {
            matches!(&operand.kind, Kind::Variable(Variable::Principal | Variable::Context) | Kind::Select { .. })
        }
        Kind::Unary(_, operand) => soft(operand),
        Kind::Binary(op, left, right) => {
            matches!(op, BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Modulo)
                && soft(left)
                && soft(right)
        }
        Kind::Conditional(_, then, otherwise) => soft(then) && soft(otherwise),
        Kind::List(items) => items.iter().all(|(item, _)| soft(item)),
        _ => false,
    }
}

pub(super) fn is_null(node: &Node) -> bool {
    matches!(node.kind, Kind::Constant(Val::Null))
}

fn is_arithmetic(op: BinaryOp) -> bool {
    use BinaryOp::{Add, Divide, Modulo, Multiply, Subtract};
    matches!(op, Add | Subtract | Multiply | Divide | Modulo)
}

impl Checker<'_> {
    pub(super) fn negation(&mut self, node: &mut Node, hint: Option<&Type>) -> (Type, Facts) {
        let span = node.span;
        let Kind::Unary(UnaryOp::Negate, operand) = &mut node.kind else { return (Type::Wrong, Facts::default()) };
        let facts = self.infer(operand, hint);
        let found = self.value_type(operand);
        if found == Type::Wrong || self.is_open(&found) {
            return (found, facts);
        }
        let known = signatures::of("-", true).any(|row| row.params.as_slice() == [found.clone()]);
        if !known {
            if !self.told_otherwise(operand) {
                let found = self.in_words(operand);
                let params = [("operator", "-"), ("found", found.as_str()), ("hint", "")];
                self.tell(problem(catalogue::EXPRESSION_OPERANDS_DO_NOT_FIT, span, &params));
            }
            return (Type::Wrong, facts);
        }
        let path = self.need_value(operand, "`-`");
        (found, facts.plus(path))
    }

    pub(super) fn binary(&mut self, node: &mut Node, hint: Option<&Type>) -> (Type, Facts) {
        let span = node.span;
        let Kind::Binary(op, left, right) = &mut node.kind else { return (Type::Wrong, Facts::default()) };
        match *op {
            BinaryOp::And | BinaryOp::Or => {
                let is_and = *op == BinaryOp::And;
                let first = self.logical(left, Some(&Type::Bool));
                self.must_be(left, &Type::Bool);
                let known = if is_and { first.yes.clone() } else { first.no.clone() };
                let second = self.given(&known, |this| {
                    let second = this.logical(right, Some(&Type::Bool));
                    this.must_be(right, &Type::Bool);
                    second
                });
                (Type::Bool, if is_and { first.and(second) } else { first.or(second) })
            }
            BinaryOp::Eq | BinaryOp::Ne => {
                let op = *op;
                let facts = self.equality(op, left, right, span);
                (Type::Bool, facts)
            }
            BinaryOp::In => {
                let facts = self.membership(left, right, span);
                (Type::Bool, facts)
            }
            op => self.applied(op, left, right, span, hint),
        }
    }

    /// Infers both sides, the one that knows its type first.
    pub(super) fn sides(&mut self, left: &mut Node, right: &mut Node, hint: Option<&Type>) -> Facts {
        if soft(left) && !soft(right) {
            let second = self.infer(right, None);
            let beside = self.shallow(&right.ty);
            let first = self.infer(left, Some(&beside));
            return first.both(second);
        }
        let first = self.infer(left, hint);
        let beside = self.shallow(&left.ty);
        let beside = if soft(left) { hint.cloned().unwrap_or(beside) } else { beside };
        let second = self.infer(right, Some(&beside));
        first.both(second)
    }

    /// The type both sides can be put into.
    pub(super) fn common(&self, left: &Node, right: &Node) -> Option<Type> {
        let (first, second) = (self.value_type(left), self.value_type(right));
        let rank = |ty: &Type| match ty {
            Type::Wrong => 0,
            Type::Enum(_) => 1,
            _ if self.is_open(ty) => 3,
            _ => 2,
        };
        let (first, second) = if rank(&second) < rank(&first) { (second, first) } else { (first, second) };
        if let (Type::Enum(values), Type::Enum(others)) = (&first, &second) {
            return Some(if values == others { first } else { Type::String });
        }
        let fits = |ty: &Type| self.fits(left, ty) && self.fits(right, ty);
        if fits(&first) {
            return Some(first);
        }
        fits(&second).then_some(second)
    }

    /// Order and arithmetic, by the table.
    fn applied(
        &mut self,
        op: BinaryOp,
        left: &mut Node,
        right: &mut Node,
        span: crate::Span,
        hint: Option<&Type>,
    ) -> (Type, Facts) {
        let arithmetic = is_arithmetic(op);
        let facts = self.sides(left, right, hint.filter(|_| arithmetic));
        let unknown = if arithmetic { Type::Wrong } else { Type::Bool };
        let (first, second) = (self.value_type(left), self.value_type(right));
        if first == Type::Wrong || second == Type::Wrong {
            return (unknown, facts);
        }
        let mut result = None;
        if let Some(common) = self.common(left, right) {
            let known = match &common {
                Type::List(_) if op == BinaryOp::Add => Some(common.clone()),
                Type::Enum(_) if op == BinaryOp::Add => self.row(op, &Type::String, &Type::String),
                open if self.is_open(open) => Some(if arithmetic { common.clone() } else { Type::Bool }),
                _ => self.row(op, &common, &common),
            };
            if let Some(known) = known {
                let into = if matches!(common, Type::Enum(_)) { Type::String } else { common };
                self.coerce(left, &into);
                self.coerce(right, &into);
                result = Some(match known {
                    Type::List(_) => self.shallow(&left.ty),
                    known => known,
                });
            }
        }
        let result = result.or_else(|| self.row(op, &first, &second));
        let Some(result) = result else {
            self.misfit(op, left, right, span);
            return (unknown, facts);
        };
        let sign = format!("`{}`", op.sign());
        let first = self.need_value(left, &sign);
        let second = self.need_value(right, &sign);
        (result, facts.plus(first).plus(second))
    }

    /// The result of the overload for exactly these types.
    fn row(&self, op: BinaryOp, left: &Type, right: &Type) -> Option<Type> {
        let row = signatures::of(op.sign(), true)
            .find(|row| matches!(row.params.as_slice(), [a, b] if a == left && b == right));
        row.map(|row| row.result.clone())
    }

    pub(super) fn conditional(&mut self, node: &mut Node, hint: Option<&Type>) -> (Type, Facts) {
        let span = node.span;
        let Kind::Conditional(condition, then, otherwise) = &mut node.kind else {
            return (Type::Wrong, Facts::default());
        };
        // A guard before the condition alone would let the other branch decide: it goes before the whole choice.
        let first = self.infer(condition, Some(&Type::Bool));
        self.must_be(condition, &Type::Bool);
        let bool_branches = hint == Some(&Type::Bool) && !self.inverted;
        let branch = |this: &mut Self, known: &[String], node: &mut Node| {
            this.given(known, |this| if bool_branches { this.fresh(node, hint) } else { this.infer(node, hint) })
        };
        let second = branch(self, &first.yes, then);
        let third = branch(self, &first.no, otherwise);
        let facts = first.choice(second, third);
        let null = is_null(then) || is_null(otherwise);
        let common = match (is_null(then), is_null(otherwise)) {
            (true, false) => Some(self.value_type(otherwise)),
            (false, true) => Some(self.value_type(then)),
            (true, true) => Some(Type::Null),
            _ => self.common(then, otherwise),
        };
        let Some(common) = common else {
            if !self.told_otherwise(then) && !self.told_otherwise(otherwise) {
                let found = format!("{} and {}", self.in_words(then), self.in_words(otherwise));
                let params = [("operator", "?:"), ("found", found.as_str()), ("hint", "")];
                self.tell(problem(catalogue::EXPRESSION_OPERANDS_DO_NOT_FIT, span, &params));
            }
            return (Type::Wrong, facts);
        };
        let nullable = null || [&*then, &*otherwise].iter().any(|side| self.shallow(&side.ty).is_nullable());
        self.beside = self.enum_among([then, otherwise]);
        if !matches!(common, Type::Enum(_)) || !super::literals_only(then) || !super::literals_only(otherwise) {
            for side in [&mut *then, &mut *otherwise] {
                if !is_null(side) {
                    self.coerce(side, &common);
                }
            }
        }
        (if nullable { common.or_null() } else { common }, facts)
    }
}
