//! The one JSON form of a value: decimals and bigints are strings, bytes are base64, instants RFC 3339.

use crate::{Decimal, Instant, Kind, Value};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;

/// Largest whole number a JSON reader keeps exactly (2^53 - 1).
pub const SAFE_INTEGER: i64 = 9_007_199_254_740_991;

/// A JSON value that is not of the expected kind.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub struct ValueError {
    /// What was expected, in the words of a field type.
    pub expected: &'static str,
    /// What stands there, shortened.
    pub found: String,
}

impl Kind {
    /// The kind in the words of a message.
    pub fn describe(self) -> &'static str {
        match self {
            Kind::Bool => "true or false",
            Kind::Integer => "a whole number within 2^53",
            Kind::BigInt => "a whole number as a string",
            Kind::Number => "a number",
            Kind::Decimal => "a decimal as a string",
            Kind::Text => "text",
            Kind::Bytes => "base64 text",
            Kind::Date => "a date like 2026-11-21",
            Kind::Time => "a time like 13:45:00",
            Kind::Instant => "an instant like 2026-11-21T13:45:00Z",
            Kind::Duration => "a duration like PT1H30M",
            Kind::Uuid => "a uuid",
            Kind::Json => "json",
        }
    }
}

impl Value {
    /// Reads `json` as a value of `kind`. `null` is [`Value::Null`] for every kind.
    pub fn from_json(json: &Json, kind: Kind) -> Result<Value, ValueError> {
        if json.is_null() {
            return Ok(Value::Null);
        }
        read(json, kind).ok_or_else(|| ValueError { expected: kind.describe(), found: shorten(json) })
    }

    /// The JSON form; `Missing` is written as null where it cannot be left out.
    pub fn to_json(&self) -> Json {
        match self {
            Value::Missing | Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Integer(value) if value.abs() <= SAFE_INTEGER => Json::from(*value),
            Value::Integer(value) | Value::BigInt(value) => Json::String(value.to_string()),
            Value::Number(value) => serde_json::Number::from_f64(*value).map_or(Json::Null, Json::Number),
            Value::Decimal(value) => Json::String(value.to_string()),
            Value::Text(value) => Json::String(value.clone()),
            Value::Bytes(value) => Json::String(STANDARD.encode(value)),
            Value::Date(value) => Json::String(value.to_string()),
            Value::Time(value) => Json::String(value.to_string()),
            Value::Instant(value) => Json::String(value.to_string()),
            Value::Duration(value) => Json::String(jiff::SignedDuration::from_micros(*value).to_string()),
            Value::Uuid(value) => Json::String(value.to_string()),
            Value::Json(value) => value.clone(),
            Value::List(values) => Json::Array(values.iter().map(Value::to_json).collect()),
            Value::Object(values) => {
                Json::Object(values.iter().map(|(key, value)| (key.clone(), value.to_json())).collect())
            }
        }
    }
}

fn read(json: &Json, kind: Kind) -> Option<Value> {
    match kind {
        Kind::Bool => json.as_bool().map(Value::Bool),
        Kind::Integer => whole(json).filter(|value| value.abs() <= SAFE_INTEGER).map(Value::Integer),
        Kind::BigInt => match json {
            Json::String(text) => text.parse().ok().map(Value::Integer),
            _ => json.as_i64().map(Value::Integer),
        },
        Kind::Number => json.as_f64().filter(|value| value.is_finite()).map(Value::Number),
        Kind::Decimal => match json {
            // Exact or not at all: the plain parser rounds what has too many digits and skips underscores.
            Json::String(text) if !text.contains('_') => Decimal::from_str_exact(text).ok().map(Value::Decimal),
            // The shortest text that prints the double is what the writer typed.
            Json::Number(number) => number.to_string().parse().ok().map(Value::Decimal),
            _ => None,
        },
        Kind::Text => json.as_str().map(|text| Value::Text(text.to_owned())),
        Kind::Bytes => json.as_str().and_then(|text| STANDARD.decode(text).ok()).map(Value::Bytes),
        Kind::Date => parsed(json).map(Value::Date),
        Kind::Time => parsed(json).map(Value::Time),
        Kind::Instant => json.as_str().and_then(Instant::parse).map(Value::Instant),
        Kind::Duration => {
            let span: jiff::SignedDuration = parsed(json)?;
            i64::try_from(span.as_micros()).ok().map(Value::Duration)
        }
        Kind::Uuid => parsed(json).map(Value::Uuid),
        Kind::Json => Some(Value::Json(json.clone())),
    }
}

fn parsed<T: std::str::FromStr>(json: &Json) -> Option<T> {
    json.as_str().and_then(|text| text.parse().ok())
}

/// `2.0` is a whole number; JSON does not tell it from `2`.
fn whole(json: &Json) -> Option<i64> {
    json.as_i64().or_else(|| {
        let double = json.as_f64()?;
        (double.fract() == 0.0 && double.abs() <= SAFE_INTEGER as f64).then_some(double as i64)
    })
}

fn shorten(json: &Json) -> String {
    let text = json.to_string();
    if text.chars().count() <= 40 { text } else { text.chars().take(39).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_kind_survives_the_way_out_and_back() {
        let cases = [
            (Kind::Bool, json!(true)),
            (Kind::Integer, json!(-7)),
            (Kind::BigInt, json!("9223372036854775807")),
            (Kind::Number, json!(1.5)),
            (Kind::Decimal, json!("12.30")),
            (Kind::Text, json!("a `b` ü")),
            (Kind::Bytes, json!("AAH/")),
            (Kind::Date, json!("2024-02-29")),
            (Kind::Time, json!("13:45:00")),
            (Kind::Instant, json!("2026-11-21T03:39:49.5Z")),
            (Kind::Duration, json!("PT1H30M")),
            (Kind::Uuid, json!("67e55044-10b1-426f-9247-bb680e5fe0c8")),
            (Kind::Json, json!({"a": [1, null]})),
        ];
        for (kind, json) in cases {
            let value = Value::from_json(&json, kind).unwrap();
            assert_eq!(value.to_json(), json, "{kind:?}");
            assert_eq!(Value::from_json(&Json::Null, kind), Ok(Value::Null));
        }
    }

    #[test]
    fn what_is_not_of_the_kind_is_refused_and_said() {
        let refused = Value::from_json(&json!("2023-02-29"), Kind::Date).unwrap_err();
        assert_eq!(refused.to_string(), "expected a date like 2026-11-21, found \"2023-02-29\"");
        for (kind, json) in [
            (Kind::Integer, json!(9_007_199_254_740_992_i64)),
            (Kind::Integer, json!(1.5)),
            (Kind::Bool, json!(0)),
            (Kind::Decimal, json!("1e")),
            (Kind::Decimal, json!("1_000")),
            (Kind::Decimal, json!("0.12345678901234567890123456789")),
            (Kind::Bytes, json!("*")),
            (Kind::Uuid, json!("x")),
        ] {
            assert!(Value::from_json(&json, kind).is_err(), "{kind:?} {json}");
        }
    }
}
