//! Canonical printing: one text for one tree, which parses and resolves to the same tree again.
//!
//! As few brackets as the grammar allows, single quotes, macros as they are written. A value that the checker has read
//! from a literal is printed as the literal where it stands beside a value of its type, and as a call elsewhere.

mod chain;
mod macros;
mod values;

#[cfg(test)]
mod tests;

use crate::{BinaryOp, Kind, Node, Type, UnaryOp, Val, Variable};
use std::sync::Arc;

pub(crate) use values::quoted;

use chain::{chain, is_balanced};

/// The canonical text.
pub fn print(node: &Node) -> String {
    let mut printer = Printer { out: String::new(), scope: Vec::new() };
    printer.node(node, Level::Choice);
    printer.out
}

/// How tightly a part binds; a part that binds less tightly than its place wants goes into brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Choice,
    Or,
    And,
    Relation,
    Sum,
    Product,
    Unary,
    Member,
}

struct Printer {
    out: String,
    /// Names of the macros around.
    scope: Vec<Arc<str>>,
}

fn level(node: &Node) -> Level {
    match &node.kind {
        Kind::Conditional(..) => Level::Choice,
        Kind::Binary(op, ..) => of_operator(*op),
        Kind::Unary(..) => Level::Unary,
        Kind::Constant(value) if is_negative(value) => Level::Unary,
        _ => Level::Member,
    }
}

fn of_operator(op: BinaryOp) -> Level {
    match op {
        BinaryOp::Or => Level::Or,
        BinaryOp::And => Level::And,
        BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge | BinaryOp::In => {
            Level::Relation
        }
        BinaryOp::Add | BinaryOp::Subtract => Level::Sum,
        BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Modulo => Level::Product,
    }
}

/// The next tighter level.
fn tighter(level: Level) -> Level {
    match level {
        Level::Choice => Level::Or,
        Level::Or => Level::And,
        Level::And => Level::Relation,
        Level::Relation => Level::Sum,
        Level::Sum => Level::Product,
        Level::Product => Level::Unary,
        Level::Unary | Level::Member => Level::Member,
    }
}

/// Written with a sign in front.
fn is_negative(value: &Val<'_>) -> bool {
    match value {
        Val::Int(number) => *number < 0,
        Val::Double(number) => number.is_sign_negative() && !number.is_nan() && number.is_finite(),
        Val::Decimal(number) => number.is_sign_negative(),
        _ => false,
    }
}

/// Whether a part has its type without what stands beside it: an attribute takes it from there.
fn says_its_type(node: &Node) -> bool {
    match &node.kind {
        Kind::Select { .. } | Kind::Local(..) | Kind::Index { .. } => false,
        Kind::Unary(_, inside) => says_its_type(inside),
        Kind::Binary(_, left, right) if node.ty != Type::Bool => says_its_type(left) || says_its_type(right),
        Kind::Conditional(_, then, otherwise) => says_its_type(then) || says_its_type(otherwise),
        Kind::Bind { body, .. } => says_its_type(body),
        _ => true,
    }
}

impl Printer {
    fn text(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn node(&mut self, node: &Node, place: Level) {
        let brackets = level(node) < place;
        if brackets {
            self.out.push('(');
        }
        self.bare(node);
        if brackets {
            self.out.push(')');
        }
    }

    fn separated<'n>(&mut self, nodes: impl IntoIterator<Item = &'n Node>) {
        for (place, node) in nodes.into_iter().enumerate() {
            if place > 0 {
                self.text(", ");
            }
            self.node(node, Level::Choice);
        }
    }

    fn bare(&mut self, node: &Node) {
        match &node.kind {
            Kind::Constant(value) => self.constant(value, None),
            Kind::List(items) => {
                self.text("[");
                for (place, (item, optional)) in items.iter().enumerate() {
                    self.text(if place > 0 { ", " } else { "" });
                    self.text(if *optional { "?" } else { "" });
                    self.node(item, Level::Choice);
                }
                self.text("]");
            }
            Kind::Map(entries) => {
                self.text("{");
                for (place, (key, value, optional)) in entries.iter().enumerate() {
                    self.text(if place > 0 { ", " } else { "" });
                    self.text(if *optional { "?" } else { "" });
                    self.node(key, Level::Choice);
                    self.text(": ");
                    self.node(value, Level::Choice);
                }
                self.text("}");
            }
            Kind::Variable(variable) => self.variable(variable),
            Kind::Local(_, name) => self.local(name),
            Kind::Field { operand, name, .. } | Kind::Children { operand, name, .. } => {
                self.selection(operand, name, false);
            }
            Kind::Select { operand, field, optional } => self.selection(operand, field, *optional),
            Kind::Has(selection) => {
                self.text("has(");
                self.node(selection, Level::Choice);
                self.text(")");
            }
            Kind::Index { operand, index, optional } => {
                self.node(operand, Level::Member);
                self.text(if *optional { "[?" } else { "[" });
                self.node(index, Level::Choice);
                self.text("]");
            }
            Kind::Unary(op, operand) => {
                self.text(if *op == UnaryOp::Not { "!" } else { "-" });
                let start = self.out.len();
                self.node(operand, Level::Member);
                // A sign before a number would become a part of it.
                if self.out.get(start..).is_some_and(|text| text.starts_with(|first: char| first.is_ascii_digit())) {
                    self.out.insert(start, '(');
                    self.out.push(')');
                }
            }
            Kind::Binary(op, left, right) => self.binary(*op, left, right),
            Kind::Conditional(condition, then, otherwise) => {
                self.node(condition, Level::Or);
                self.text(" ? ");
                self.node(then, Level::Or);
                self.text(" : ");
                self.node(otherwise, Level::Choice);
            }
            Kind::Call { function, member, args } => match (member, args.split_first()) {
                (true, Some((target, args))) => {
                    self.node(target, Level::Member);
                    self.text(".");
                    self.text(function);
                    self.text("(");
                    self.separated(args);
                    self.text(")");
                }
                _ => {
                    self.text(function);
                    self.text("(");
                    self.separated(args);
                    self.text(")");
                }
            },
            Kind::Comprehension(inner) => self.comprehension(inner),
            Kind::Bind { name, value, body, .. } => self.bind(name, value, body),
            Kind::OptionalMap { operand, name, body, flat, .. } => {
                self.node(operand, Level::Member);
                self.text(if *flat { ".optFlatMap(" } else { ".optMap(" });
                self.local(name);
                self.text(", ");
                self.within(&[name], |this| this.node(body, Level::Choice));
                self.text(")");
            }
            Kind::Message(name) => {
                self.text(name);
                self.text("{}");
            }
            Kind::Error(error) => {
                self.text("error(");
                self.text(&quoted(&error.message));
                self.text(")");
            }
        }
    }

    fn within(&mut self, names: &[&Arc<str>], body: impl FnOnce(&mut Self)) {
        let before = self.scope.len();
        self.scope.extend(names.iter().map(|name| (*name).clone()));
        body(self);
        self.scope.truncate(before);
    }

    fn variable(&mut self, variable: &Variable) {
        let name: &str = match variable {
            Variable::Record => "record",
            Variable::Principal => "principal",
            Variable::Context => "context",
            Variable::Now => "now",
            Variable::Named(name) => name,
        };
        let first = name.split('.').next().unwrap_or(name);
        if self.scope.iter().any(|local| **local == *first) {
            self.text(".");
        }
        self.text(name);
    }

    fn selection(&mut self, operand: &Node, field: &str, optional: bool) {
        self.node(operand, Level::Member);
        self.text(if optional { ".?" } else { "." });
        let plain = field.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && field.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
            && !matches!(field, "in" | "true" | "false" | "null");
        match plain {
            true => self.text(field),
            false => self.text(&format!("`{field}`")),
        }
    }

    fn binary(&mut self, op: BinaryOp, left: &Node, right: &Node) {
        let own = of_operator(op);
        if matches!(op, BinaryOp::And | BinaryOp::Or) {
            let mut terms = Vec::new();
            chain(op, left, &mut terms);
            let split = terms.len();
            chain(op, right, &mut terms);
            let flat = is_balanced(op, left, right, split, terms.len());
            let terms = if flat { terms } else { vec![left, right] };
            for (place, term) in terms.into_iter().enumerate() {
                if place > 0 {
                    self.text(" ");
                    self.text(op.sign());
                    self.text(" ");
                }
                self.node(term, tighter(own));
            }
            return;
        }
        self.side(left, own, right, op);
        self.text(" ");
        self.text(op.sign());
        self.text(" ");
        self.side(right, tighter(own), left, op);
    }

    /// An operand; a constant takes the form it has beside the other operand.
    fn side(&mut self, node: &Node, place: Level, other: &Node, op: BinaryOp) {
        let Kind::Constant(value) = &node.kind else { return self.node(node, place) };
        let known = !matches!(other.kind, Kind::Constant(_)) && says_its_type(other);
        let beside = match (other.ty.compared(), op) {
            _ if !known => None,
            (Type::List(element), BinaryOp::In) => Some(element.compared().clone()),
            (ty, _) => Some(ty.clone()),
        };
        let brackets = level(node) < place;
        self.text(if brackets { "(" } else { "" });
        self.constant(value, beside.as_ref());
        self.text(if brackets { ")" } else { "" });
    }
}
