//! Comparisons of what stands in a record, on the principal or in the text of a rule: most conditions are made of
//! these, and they are answered without making a value. Whatever is not plain goes the long way, errors too.

use super::machine::{Machine, Watch};
use crate::{BinaryOp, Kind, Node, Row, Timestamp, Type, Val, Variable};
use maq_value::{Date, Decimal, Uuid, Value};
use serde_json::Value as Json;
use std::cmp::Ordering;

/// A value that is small, or borrowed.
#[derive(Clone, Copy)]
pub(super) enum Plain<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(&'a str),
    Decimal(Decimal),
    Timestamp(Timestamp),
    Date(Date),
    Uuid(Uuid),
}

impl<'a> Plain<'a> {
    pub fn of(value: &'a Val<'a>) -> Option<Plain<'a>> {
        Some(match value {
            Val::Null => Plain::Null,
            Val::Bool(value) => Plain::Bool(*value),
            Val::Int(value) => Plain::Int(*value),
            Val::Double(value) => Plain::Double(*value),
            Val::String(text) => Plain::Text(text),
            Val::Decimal(value) => Plain::Decimal(*value),
            Val::Timestamp(value) => Plain::Timestamp(*value),
            Val::Date(value) => Plain::Date(*value),
            Val::Uuid(value) => Plain::Uuid(*value),
            _ => return None,
        })
    }

    /// The order of two of one type; none when they are not, or when one is NaN.
    #[inline]
    fn order(self, other: Plain<'_>) -> Option<Ordering> {
        match (self, other) {
            (Plain::Text(left), Plain::Text(right)) => Some(left.as_bytes().cmp(right.as_bytes())),
            (Plain::Int(left), Plain::Int(right)) => Some(left.cmp(&right)),
            (Plain::Bool(left), Plain::Bool(right)) => Some(left.cmp(&right)),
            (Plain::Decimal(left), Plain::Decimal(right)) => Some(left.cmp(&right)),
            (Plain::Timestamp(left), Plain::Timestamp(right)) => Some(left.cmp(&right)),
            (Plain::Date(left), Plain::Date(right)) => Some(left.cmp(&right)),
            (Plain::Uuid(left), Plain::Uuid(right)) => Some(left.cmp(&right)),
            (Plain::Double(left), Plain::Double(right)) => left.partial_cmp(&right),
            _ => None,
        }
    }

    /// Whether they are equal; none when that takes the long way.
    #[inline]
    pub fn equals(self, other: Plain<'_>) -> Option<bool> {
        match (self, other) {
            (Plain::Text(left), Plain::Text(right)) => Some(left == right),
            (Plain::Null, Plain::Null) => Some(true),
            (Plain::Null, _) | (_, Plain::Null) => Some(false),
            (left, right) => left.order(right).map(Ordering::is_eq),
        }
    }
}

impl<'a, W: Watch<'a>> Machine<'a, W> {
    /// The plain value of a node that has one without an evaluation.
    #[inline]
    pub(super) fn plain(&self, node: &'a Node) -> Option<Plain<'a>> {
        match &node.kind {
            Kind::Constant(value) => Plain::of(value),
            Kind::Field { operand, index, .. } => field(node, self.near(operand)?, *index),
            Kind::Select { operand, field, optional: false }
                if matches!(operand.kind, Kind::Variable(Variable::Principal)) =>
            {
                let principal = self.input.known.as_ref()?.principal;
                match &**field {
                    "userId" => Some(Plain::Text(&principal.user_id)),
                    "tenantId" => Some(Plain::Text(&principal.tenant_id)),
                    "realmId" => Some(Plain::Text(&principal.realm_id)),
                    "orgId" | "roles" => None,
                    name => attribute(principal.attributes.get(name)?, &node.ty),
                }
            }
            _ => None,
        }
    }

    /// The record that a name stands for.
    #[inline]
    fn near(&self, node: &Node) -> Option<&'a Row> {
        match &node.kind {
            Kind::Variable(Variable::Record) => self.input.record,
            Kind::Local(slot, _) => match self.locals.get(slot.0 as usize) {
                Some(Ok(Val::Record(row))) => Some(row),
                _ => None,
            },
            _ => None,
        }
    }

    /// A comparison of plain values; none when it takes the long way.
    #[inline]
    pub(super) fn compared(&self, op: BinaryOp, left: &'a Node, right: &'a Node) -> Option<bool> {
        let (left, right) = (self.plain(left)?, self.plain(right)?);
        match op {
            BinaryOp::Eq => left.equals(right),
            BinaryOp::Ne => left.equals(right).map(|equal| !equal),
            BinaryOp::Lt => left.order(right).map(Ordering::is_lt),
            BinaryOp::Le => left.order(right).map(Ordering::is_le),
            BinaryOp::Gt => left.order(right).map(Ordering::is_gt),
            BinaryOp::Ge => left.order(right).map(Ordering::is_ge),
            _ => None,
        }
    }
}

#[inline]
fn field<'a>(node: &Node, row: &'a Row, index: u32) -> Option<Plain<'a>> {
    let (_, value) = row.record.0.get(index as usize)?;
    Some(match value {
        Value::Text(text) => Plain::Text(text),
        Value::Integer(value) | Value::BigInt(value) => Plain::Int(*value),
        Value::Bool(value) => Plain::Bool(*value),
        Value::Decimal(value) => Plain::Decimal(*value),
        Value::Instant(value) => Plain::Timestamp(Timestamp::from_instant(*value)),
        Value::Date(value) => Plain::Date(*value),
        Value::Uuid(value) => Plain::Uuid(*value),
        Value::Number(value) => Plain::Double(*value),
        Value::Missing | Value::Null if matches!(node.ty, Type::Nullable(_)) => Plain::Null,
        _ => return None,
    })
}

#[inline]
fn attribute<'a>(json: &'a Json, ty: &Type) -> Option<Plain<'a>> {
    match (json, ty) {
        (Json::String(text), Type::String | Type::Enum(_)) => Some(Plain::Text(text)),
        (Json::Number(number), Type::Int) => number.as_i64().map(Plain::Int),
        (Json::Bool(value), Type::Bool) => Some(Plain::Bool(*value)),
        (_, Type::Nullable(inner)) if !json.is_null() => attribute(json, inner),
        _ => None,
    }
}
