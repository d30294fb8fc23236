//! The value of a kind that is nearest to a stored value: the same value where the kinds agree, else what widening
//! the column made of it, taken back as far as it goes.

use maq_value::{Date, Decimal, Instant, Kind, Value};
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};
use serde_json::Value as Json;

/// The value of `kind` nearest to `stored`; `None` when there is none.
pub(super) fn nearest(stored: Value, kind: Kind) -> Option<Value> {
    if is_of(&stored, kind) {
        return Some(stored);
    }
    match kind {
        Kind::Integer | Kind::BigInt => whole(&stored).map(Value::Integer),
        Kind::Number => match &stored {
            Value::Integer(value) => Some(Value::Number(*value as f64)),
            Value::Decimal(value) => value.to_f64().map(Value::Number),
            Value::Text(text) => text.parse().ok().filter(|value: &f64| value.is_finite()).map(Value::Number),
            _ => None,
        },
        Kind::Decimal => decimal_of(&stored).map(Value::Decimal),
        Kind::Text => plain_text(&stored).map(Value::Text),
        Kind::Bool => match &stored {
            Value::Integer(value) => Some(Value::Bool(*value != 0)),
            Value::Text(text) => text.parse().ok().map(Value::Bool),
            _ => None,
        },
        Kind::Instant => match &stored {
            Value::Date(date) => midnight(*date).map(Value::Instant),
            other => reread(other, kind),
        },
        Kind::Date => match &stored {
            Value::Instant(instant) => instant.to_string().get(..10)?.parse().ok().map(Value::Date),
            other => reread(other, kind),
        },
        Kind::Json => Some(Value::Json(stored.to_json())),
        Kind::Time | Kind::Duration | Kind::Uuid | Kind::Bytes => reread(&stored, kind),
    }
}

fn is_of(value: &Value, kind: Kind) -> bool {
    matches!(
        (value, kind),
        (Value::Bool(_), Kind::Bool)
            | (Value::Integer(_), Kind::Integer | Kind::BigInt)
            | (Value::Number(_), Kind::Number)
            | (Value::Decimal(_), Kind::Decimal)
            | (Value::Text(_), Kind::Text)
            | (Value::Bytes(_), Kind::Bytes)
            | (Value::Date(_), Kind::Date)
            | (Value::Time(_), Kind::Time)
            | (Value::Instant(_), Kind::Instant)
            | (Value::Duration(_), Kind::Duration)
            | (Value::Uuid(_), Kind::Uuid)
            | (Value::Json(_), Kind::Json)
    )
}

fn whole(value: &Value) -> Option<i64> {
    let clamp = |low: bool| if low { i64::MIN } else { i64::MAX };
    match value {
        Value::Number(value) if value.is_finite() => Some(value.round() as i64),
        Value::Decimal(value) => Some(value.round().to_i64().unwrap_or(clamp(value.is_sign_negative()))),
        Value::Bool(value) => Some(i64::from(*value)),
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// The decimal that a number of any kind is.
pub(super) fn decimal_of(value: &Value) -> Option<Decimal> {
    match value {
        Value::Decimal(value) => Some(*value),
        Value::Integer(value) | Value::BigInt(value) => Decimal::from_i64(*value),
        // The shortest text that prints the double is what was meant.
        Value::Number(value) => {
            let text = value.to_string();
            text.parse().ok().or_else(|| Decimal::from_scientific(&text).ok())
        }
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// The value as the text a column widened to text holds.
pub(super) fn plain_text(value: &Value) -> Option<String> {
    match value.to_json() {
        Json::String(text) => Some(text),
        Json::Null => None,
        other => Some(other.to_string()),
    }
}

/// The first instant of a day in UTC.
pub(super) fn midnight(date: Date) -> Option<Instant> {
    Instant::parse(&format!("{date}T00:00:00Z"))
}

fn reread(value: &Value, kind: Kind) -> Option<Value> {
    match value {
        Value::Text(text) => Value::from_json(&Json::String(text.clone()), kind).ok(),
        _ => None,
    }
}
