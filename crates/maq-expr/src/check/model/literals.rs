//! What fits where, and how a literal is put into the type of what stands beside it.

use super::super::told::problem;
use super::Checker;
use crate::{BinaryOp, Kind, Node, NodeId, Type, UnaryOp, Val, functions};
use maq_diag::catalogue;
use maq_value::Decimal;
use std::sync::Arc;

/// Whole numbers that a double holds exactly.
const EXACT: u64 = 1 << 53;

/// A value in the type, read from a text by the function that evaluation has for it; none when it cannot be.
pub(crate) fn read(text: &str, ty: &Type) -> Option<Val<'static>> {
    if *ty == Type::Decimal {
        return decimal(text).map(Val::Decimal);
    }
    let function = ty.to_string();
    functions::call(&function, &[Val::text(text.to_owned())], None).ok().map(Val::into_owned)
}

/// An exact decimal of at most 28 digits.
fn decimal(text: &str) -> Option<Decimal> {
    let text: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let number = match text.contains(['e', 'E']) {
        true => Decimal::from_scientific(&text).ok()?,
        false => Decimal::from_str_exact(&text).ok()?,
    };
    crate::exact::decimal(number)
}

/// How a value of a type is written, for help.
pub(crate) fn example(ty: &Type) -> &'static str {
    match ty {
        Type::Decimal => "`12.50`",
        Type::Date => "`'2026-01-31'`",
        Type::Time => "`'18:30:00'`",
        Type::Uuid => "`'0191f3a2-0000-7000-8000-000000000000'`",
        Type::Timestamp => "`'2026-01-31T18:30:00Z'`",
        Type::Duration => "`'36h'`",
        Type::Double => "`1.5`",
        _ => "the other values",
    }
}

fn is_text_like(ty: &Type) -> bool {
    matches!(ty, Type::Date | Type::Time | Type::Uuid | Type::Timestamp | Type::Duration)
}

/// Whether a tree is made of literals only, so that all of it can be read in another type.
fn literal(node: &Node) -> bool {
    match &node.kind {
        Kind::Constant(_) => true,
        Kind::Unary(UnaryOp::Negate, operand) => literal(operand),
        Kind::Binary(BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply, left, right) => {
            literal(left) && literal(right)
        }
        Kind::Conditional(_, then, otherwise) => literal(then) && literal(otherwise),
        _ => false,
    }
}

/// Whether a tree of literals holds texts only.
fn literal_text(node: &Node) -> bool {
    match &node.kind {
        Kind::Constant(value) => matches!(value, Val::String(_)),
        Kind::Conditional(_, then, otherwise) => literal_text(then) && literal_text(otherwise),
        _ => false,
    }
}

impl Checker<'_> {
    /// Whether a node can stand where `target` is wanted.
    pub(super) fn fits(&self, node: &Node, target: &Type) -> bool {
        self.cost(node, target).is_some()
    }

    /// As [`Checker::fits`]: 0 as it is, 1 a literal or an attribute, 2 by an exact conversion.
    pub(super) fn cost(&self, node: &Node, target: &Type) -> Option<u32> {
        let full = self.shallow(&node.ty);
        let target = self.shallow(target);
        if full == Type::Null {
            return matches!(target, Type::Null | Type::Nullable(_) | Type::Wrong).then_some(0);
        }
        let target = self.shallow(target.compared());
        let value = self.value_type(node);
        match (&value, &target) {
            (Type::Wrong, _) | (_, Type::Wrong) => Some(0),
            _ if self.is_open(&target) => Some(0),
            _ if self.is_open(&value) => Some(1),
            (Type::Json | Type::Bytes | Type::Record(_), _) => None,
            (value, target) if value == target => Some(0),
            (Type::Enum(_) | Type::String, Type::Enum(_)) | (Type::Enum(_), Type::String) => Some(0),
            (Type::Int, Type::Decimal) => Some(if literal(node) { 1 } else { 2 }),
            (Type::Int, Type::Double) | (Type::Double, Type::Decimal) => literal(node).then_some(1),
            (Type::String, wanted) if is_text_like(wanted) => literal_text(node).then_some(1),
            (Type::List(element), Type::List(wanted)) => match &node.kind {
                Kind::List(items) => items
                    .iter()
                    .map(|(item, _)| self.cost(item, wanted))
                    .try_fold(0, |most, cost| Some(most.max(cost?))),
                _ => self.same(element, wanted).then_some(0),
            },
            (Type::Map(key, value), Type::Map(other_key, other)) => {
                (self.same(key, other_key) && self.same(value, other)).then_some(0)
            }
            _ => None,
        }
    }

    /// Whether two types of elements are the same, or an open one can become the other.
    fn same(&self, left: &Type, right: &Type) -> bool {
        let (left, right) = (self.shallow(left), self.shallow(right));
        match (&left, &right) {
            _ if self.is_open(&left) || self.is_open(&right) => true,
            (Type::Enum(_) | Type::String, Type::Enum(_) | Type::String) => true,
            (Type::List(left), Type::List(right)) => self.same(left, right),
            (Type::Nullable(_) | Type::Reference(..), _) | (_, Type::Nullable(_) | Type::Reference(..)) => {
                self.same(left.clone().compared(), right.clone().compared())
            }
            _ => left == right,
        }
    }

    /// Puts a node that fits into the type.
    pub(super) fn coerce(&mut self, node: &mut Node, target: &Type) {
        let target = self.shallow(target);
        let target = self.shallow(target.compared());
        let value = self.value_type(node);
        if self.is_open(&value) {
            self.bind(&value, &target);
            return;
        }
        if self.is_open(&target) {
            self.bind(&target, &value);
            return;
        }
        match (&value, &target) {
            (Type::String, Type::Enum(values)) => self.enum_value(node, values),
            (Type::List(element), Type::List(wanted)) => {
                let (element, wanted) = (element.clone(), wanted.clone());
                if let Kind::List(items) = &mut node.kind {
                    items.iter_mut().for_each(|(item, _)| self.coerce(item, &wanted));
                    let nullable = items.iter().any(|(item, _)| self.shallow(&item.ty).is_nullable());
                    let of = self.shallow(&wanted);
                    node.ty = Type::List(Arc::new(if nullable { of.or_null() } else { of }));
                } else {
                    self.unify(&element, &wanted);
                }
            }
            (value, target) if value == target => {}
            (Type::Int | Type::Double, Type::Decimal | Type::Double) => self.number(node, &target),
            (Type::String, wanted) if is_text_like(wanted) => self.text_value(node, &target),
            _ => {}
        }
    }

    /// Makes two types of elements the same where one is open.
    fn unify(&mut self, left: &Type, right: &Type) {
        let (left, right) = (self.shallow(left), self.shallow(right));
        match (&left, &right) {
            (Type::List(left), Type::List(right)) => self.unify(left, right),
            _ if self.is_open(&left) => self.bind(&left, right.compared()),
            _ if self.is_open(&right) => self.bind(&right, left.compared()),
            _ => {}
        }
    }

    fn number(&mut self, node: &mut Node, target: &Type) {
        let source = self.text(node.span).to_owned();
        match &mut node.kind {
            Kind::Constant(value) => {
                let read = match (&*value, target) {
                    (Val::Int(number), Type::Decimal) => Some(Val::Decimal(Decimal::from(*number))),
                    (Val::Int(number), _) if number.unsigned_abs() <= EXACT => Some(Val::Double(*number as f64)),
                    (Val::Double(_), Type::Decimal) => read(&source, target),
                    _ => None,
                };
                match read {
                    Some(read) => {
                        *value = read;
                        node.ty = target.clone();
                    }
                    None => self.unreadable(node, &source, target),
                }
            }
            Kind::Unary(_, operand) if literal(operand) => {
                self.number(operand, target);
                node.ty = target.clone();
            }
            Kind::Binary(_, left, right) if literal(left) && literal(right) => {
                self.coerce(left, target);
                self.coerce(right, target);
                node.ty = target.clone();
            }
            Kind::Conditional(_, then, otherwise) if literal(then) && literal(otherwise) => {
                self.coerce(then, target);
                self.coerce(otherwise, target);
                node.ty = target.clone();
            }
            _ => convert(node, target),
        }
    }

    fn text_value(&mut self, node: &mut Node, target: &Type) {
        match &mut node.kind {
            Kind::Constant(Val::String(text)) => match read(text, target) {
                Some(value) => {
                    node.kind = Kind::Constant(value);
                    node.ty = target.clone();
                }
                None => {
                    let text = text.to_string();
                    self.unreadable(node, &text, target);
                }
            },
            Kind::Conditional(_, then, otherwise) => {
                self.text_value(then, target);
                self.text_value(otherwise, target);
                node.ty = target.clone();
            }
            _ => {}
        }
    }

    /// Every text that is written must be a value of the enum.
    fn enum_value(&mut self, node: &mut Node, values: &Arc<[Arc<str>]>) {
        match &mut node.kind {
            Kind::Constant(Val::String(text)) => {
                let text = text.to_string();
                if values.iter().any(|value| **value == *text) {
                    node.ty = Type::Enum(values.clone());
                } else {
                    let field = self.beside.clone().unwrap_or_else(|| "the enum".to_owned());
                    self.unknown_enum_value(node, &text, values, &field);
                    node.ty = Type::Wrong;
                }
            }
            Kind::Conditional(_, then, otherwise) => {
                self.coerce(then, &Type::Enum(values.clone()));
                self.coerce(otherwise, &Type::Enum(values.clone()));
            }
            _ => {}
        }
    }

    pub(super) fn unreadable(&mut self, node: &mut Node, text: &str, target: &Type) {
        let params = [("text", text), ("type", &target.to_string()), ("example", example(target))];
        self.tell(problem(catalogue::EXPRESSION_LITERAL_WRONG, node.span, &params));
        node.ty = Type::Wrong;
    }
}

/// A call of `decimal` around a node: whole numbers become decimals exactly. One that may be null stays, because a null
/// can be compared but not converted; numbers of both kinds are compared and added exactly.
fn convert(node: &mut Node, target: &Type) {
    if node.ty.is_nullable() || *target != Type::Decimal {
        return;
    }
    let inner = Node {
        id: NodeId(0),
        span: node.span,
        ty: std::mem::replace(&mut node.ty, target.clone()),
        kind: std::mem::replace(&mut node.kind, Kind::Constant(Val::Null)),
    };
    node.kind = Kind::Call { function: "decimal".into(), member: false, args: vec![inner] };
}
