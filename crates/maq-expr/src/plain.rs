//! Values that are small or borrowed. Most conditions compare nothing else, and are answered without making a value.
//! Whatever is not plain here takes the long way, which has the errors too.

use crate::{Timestamp, Type, Val};
use maq_value::{Date, Decimal, Uuid, Value};
use serde_json::Value as Json;
use std::cmp::Ordering;

/// Texts that are longer are compared the long way, which counts the work.
pub(crate) const LONG: usize = 1024;
/// More roles of a principal than are looked through without counting them as work.
pub(crate) const MANY_ROLES: usize = 64;

/// A value that is small, or borrowed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Plain<'a> {
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

/// The types of attributes that are plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlainType {
    Text,
    Int,
    Bool,
}

impl PlainType {
    pub fn of(ty: &Type) -> Option<PlainType> {
        match ty {
            Type::String | Type::Enum(_) => Some(PlainType::Text),
            Type::Int => Some(PlainType::Int),
            Type::Bool => Some(PlainType::Bool),
            Type::Nullable(inner) => PlainType::of(inner),
            _ => None,
        }
    }
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

    /// What a field holds; an empty one is null when its type has null.
    #[inline]
    pub fn of_field(value: &'a Value, is_nullable: bool) -> Option<Plain<'a>> {
        Some(match value {
            Value::Text(text) => Plain::Text(text),
            Value::Integer(value) | Value::BigInt(value) => Plain::Int(*value),
            Value::Bool(value) => Plain::Bool(*value),
            Value::Decimal(value) => Plain::Decimal(*value),
            Value::Instant(value) => Plain::Timestamp(Timestamp::from_instant(*value)),
            Value::Date(value) => Plain::Date(*value),
            Value::Uuid(value) => Plain::Uuid(*value),
            Value::Number(value) => Plain::Double(*value),
            Value::Missing | Value::Null if is_nullable => Plain::Null,
            _ => return None,
        })
    }

    /// What an attribute holds.
    #[inline]
    pub fn of_attribute(json: &'a Json, ty: PlainType) -> Option<Plain<'a>> {
        match (json, ty) {
            (Json::String(text), PlainType::Text) => attribute_text(text).map(Plain::Text),
            (Json::Number(number), PlainType::Int) => number.as_i64().map(Plain::Int),
            (Json::Bool(value), PlainType::Bool) => Some(Plain::Bool(*value)),
            _ => None,
        }
    }

    /// The order of two of one type; none when they are not, or when one is NaN.
    #[inline]
    pub fn order(self, other: Plain<'_>) -> Option<Ordering> {
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
            (Plain::Text(left), Plain::Text(right)) => (left.len().max(right.len()) <= LONG).then(|| left == right),
            (Plain::Null, Plain::Null) => Some(true),
            (Plain::Null, _) | (_, Plain::Null) => Some(false),
            (left, right) => left.order(right).map(Ordering::is_eq),
        }
    }

    /// A comparison; none when it takes the long way.
    #[inline]
    pub fn compared(self, op: crate::BinaryOp, other: Plain<'_>) -> Option<bool> {
        use crate::BinaryOp::{Eq, Ge, Gt, Le, Lt, Ne};
        match op {
            Eq => self.equals(other),
            Ne => self.equals(other).map(|equal| !equal),
            Lt => self.order(other).map(Ordering::is_lt),
            Le => self.order(other).map(Ordering::is_le),
            Gt => self.order(other).map(Ordering::is_gt),
            Ge => self.order(other).map(Ordering::is_ge),
            _ => None,
        }
    }
}

/// The text of an attribute. No field has a NUL, and no database can be asked about one: such a text is no value.
#[inline]
pub(crate) fn attribute_text(text: &str) -> Option<&str> {
    (!text.as_bytes().contains(&0)).then_some(text)
}
