//! Is one limit wider than another?

use maq_value::Value;
use std::cmp::Ordering;

/// How a limit moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moved {
    /// Not at all.
    No,
    /// It admits more.
    Wider,
    /// It admits less, or who knows.
    Narrower,
}

/// A lower limit that was `old` and is `new`.
pub(crate) fn lower<T>(old: Option<&T>, new: Option<&T>, compare: impl Fn(&T, &T) -> Option<Ordering>) -> Moved {
    match (old, new) {
        (None, None) => Moved::No,
        (Some(_), None) => Moved::Wider,
        (None, Some(_)) => Moved::Narrower,
        (Some(old), Some(new)) => match compare(new, old) {
            Some(Ordering::Equal) => Moved::No,
            Some(Ordering::Less) => Moved::Wider,
            _ => Moved::Narrower,
        },
    }
}

/// An upper limit that was `old` and is `new`.
pub(crate) fn upper<T>(old: Option<&T>, new: Option<&T>, compare: impl Fn(&T, &T) -> Option<Ordering>) -> Moved {
    lower(old, new, |left, right| compare(left, right).map(Ordering::reverse))
}

/// Compares limits; whole numbers and doubles with each other, because an integer field may become a number field.
pub(crate) fn compare_values(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => Some(left.cmp(right)),
        (Value::Integer(left), Value::Number(right)) => (*left as f64).partial_cmp(right),
        (Value::Number(left), Value::Integer(right)) => left.partial_cmp(&(*right as f64)),
        (Value::Number(left), Value::Number(right)) => left.partial_cmp(right),
        (Value::Decimal(left), Value::Decimal(right)) => Some(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Date(left), Value::Date(right)) => Some(left.cmp(right)),
        (Value::Time(left), Value::Time(right)) => Some(left.cmp(right)),
        (Value::Instant(left), Value::Instant(right)) => Some(left.cmp(right)),
        (Value::Duration(left), Value::Duration(right)) => Some(left.cmp(right)),
        (left, right) => (left == right).then_some(Ordering::Equal),
    }
}
