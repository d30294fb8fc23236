//! Equality and order (cel-spec "Equality", "Ordering"): numbers by what they mean, everything else by its type.

use super::Val;
use maq_value::Decimal;
use rust_decimal::prelude::FromPrimitive;
use std::cmp::Ordering;

impl<'a> Val<'a> {
    /// CEL's `==`: values of different types are not equal, and NaN equals nothing.
    pub fn equals(&self, other: &Val<'_>) -> bool {
        match (self, other) {
            (Val::Null, Val::Null) => true,
            (Val::Bool(left), Val::Bool(right)) => left == right,
            (Val::Int(left), Val::Int(right)) => left == right,
            (Val::String(left), Val::String(right)) => left == right,
            (Val::Bytes(left), Val::Bytes(right)) => left == right,
            (Val::List(left), Val::List(right)) => {
                left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| left.equals(right))
            }
            (Val::Map(left), Val::Map(right)) => {
                left.len() == right.len()
                    && left.iter().all(|(key, value)| find(right, key).is_some_and(|other| value.equals(other)))
            }
            (Val::Timestamp(left), Val::Timestamp(right)) => left == right,
            (Val::Duration(left), Val::Duration(right)) => left == right,
            (Val::Date(left), Val::Date(right)) => left == right,
            (Val::Time(left), Val::Time(right)) => left == right,
            (Val::Uuid(left), Val::Uuid(right)) => left == right,
            (Val::Type(left), Val::Type(right)) => left == right,
            (Val::Optional(None), Val::Optional(None)) => true,
            (Val::Optional(Some(left)), Val::Optional(Some(right))) => left.equals(right),
            (Val::Opaque(kind, left), Val::Opaque(other, right)) => kind == other && left == right,
            (Val::Record(left), Val::Record(right)) => {
                std::ptr::eq(*left, *right) || left.record.get("id") == right.record.get("id")
            }
            (Val::Records(left), Val::Records(right)) => std::ptr::eq(*left, *right),
            _ => numbers(self, other) == Some(Some(Ordering::Equal)),
        }
    }

    /// The order of two values: none when these types have none, and an inner none with NaN.
    pub fn order(&self, other: &Val<'_>) -> Option<Option<Ordering>> {
        Some(Some(match (self, other) {
            (Val::Bool(left), Val::Bool(right)) => left.cmp(right),
            (Val::Int(left), Val::Int(right)) => left.cmp(right),
            (Val::String(left), Val::String(right)) => left.as_bytes().cmp(right.as_bytes()),
            (Val::Bytes(left), Val::Bytes(right)) => left.cmp(right),
            (Val::Timestamp(left), Val::Timestamp(right)) => left.cmp(right),
            (Val::Duration(left), Val::Duration(right)) => left.cmp(right),
            (Val::Date(left), Val::Date(right)) => left.cmp(right),
            (Val::Time(left), Val::Time(right)) => left.cmp(right),
            (Val::Uuid(left), Val::Uuid(right)) => left.cmp(right),
            _ => return numbers(self, other),
        }))
    }
}

/// The value of a key.
pub(crate) fn find<'m, 'a>(entries: &'m [(Val<'a>, Val<'a>)], key: &Val<'_>) -> Option<&'m Val<'a>> {
    entries.iter().find(|(other, _)| other.equals(key)).map(|(_, value)| value)
}

/// Two numbers of any types, compared by what they mean; none when one is no number. A decimal and a double are not
/// compared: which of both is rounded would be a guess.
fn numbers(left: &Val<'_>, right: &Val<'_>) -> Option<Option<Ordering>> {
    match (left, right) {
        (Val::Double(left), Val::Double(right)) => Some(left.partial_cmp(right)),
        (Val::Decimal(left), Val::Decimal(right)) => Some(Some(left.cmp(right))),
        (Val::Decimal(left), right) => Some(Some(left.cmp(&exact(right)?))),
        (left, Val::Decimal(right)) => Some(Some(exact(left)?.cmp(right))),
        (Val::Double(left), right) => Some(double(*left, whole(right)?)),
        (left, Val::Double(right)) => Some(double(*right, whole(left)?).map(Ordering::reverse)),
        (left, right) => Some(Some(whole(left)?.cmp(&whole(right)?))),
    }
}

fn whole(value: &Val<'_>) -> Option<i128> {
    match value {
        Val::Int(value) => Some(i128::from(*value)),
        Val::Uint(value) => Some(i128::from(*value)),
        _ => None,
    }
}

fn exact(value: &Val<'_>) -> Option<Decimal> {
    Decimal::from_i128(whole(value)?)
}

/// A double against a whole number of 64 bits. Beyond the whole number's type the order is plain; within it the whole
/// number is rounded to a double, as the specification's suite has it.
fn double(left: f64, right: i128) -> Option<Ordering> {
    left.partial_cmp(&(right as f64))
}
