//! The one JSON form of a value: decimals and bigints are strings, bytes are base64, instants RFC 3339.

use crate::{Date, Decimal, Instant, Kind, Record, Time, Value};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};
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
        read(json, kind).ok_or_else(|| ValueError { expected: expected(json, kind), found: shorten(json) })
    }

    /// The JSON form; `Missing` is written as null where it cannot be left out.
    pub fn to_json(&self) -> Json {
        match self {
            Value::Missing | Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Integer(value) if is_safe(*value) => Json::from(*value),
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

/// Writes what [`Value::to_json`] gives, without making it.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Missing | Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Integer(value) if is_safe(*value) => serializer.serialize_i64(*value),
            Value::Integer(value) | Value::BigInt(value) => serializer.collect_str(value),
            Value::Number(value) if value.is_finite() => serializer.serialize_f64(*value),
            Value::Number(_) => serializer.serialize_unit(),
            Value::Decimal(value) => serializer.collect_str(value),
            Value::Text(value) => serializer.serialize_str(value),
            Value::Bytes(value) => serializer.serialize_str(&STANDARD.encode(value)),
            Value::Date(value) => serializer.collect_str(value),
            Value::Time(value) => serializer.collect_str(value),
            Value::Instant(value) => value.serialize(serializer),
            Value::Duration(value) => serializer.collect_str(&jiff::SignedDuration::from_micros(*value)),
            Value::Uuid(value) => {
                serializer.serialize_str(value.hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()))
            }
            Value::Json(value) => value.serialize(serializer),
            Value::List(values) => serializer.collect_seq(values),
            Value::Object(values) => serializer.collect_map(values),
        }
    }
}

/// Writes what [`Record::to_json`] gives, without making it.
impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let present = self.0.iter().filter(|(_, value)| !matches!(value, Value::Missing));
        serializer.collect_map(present.map(|(key, value)| (&**key, value)))
    }
}

/// Whether every JSON reader keeps it exactly.
fn is_safe(value: i64) -> bool {
    (-SAFE_INTEGER..=SAFE_INTEGER).contains(&value)
}

fn read(json: &Json, kind: Kind) -> Option<Value> {
    match kind {
        Kind::Bool => json.as_bool().map(Value::Bool),
        Kind::Integer => whole(json).filter(|value| is_safe(*value)).map(Value::Integer),
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
        // Postgres keeps no NUL in a text, and what one store takes the other takes.
        Kind::Text => json.as_str().filter(|text| !text.contains('\0')).map(|text| Value::Text(text.to_owned())),
        Kind::Bytes => json.as_str().and_then(|text| STANDARD.decode(text).ok()).map(Value::Bytes),
        Kind::Date => parsed(json).filter(|date: &Date| date.year() >= 0).map(Value::Date),
        Kind::Time => parsed(json).and_then(to_microseconds).map(Value::Time),
        Kind::Instant => json.as_str().and_then(Instant::parse).filter(|at| INSTANTS.contains(at)).map(Value::Instant),
        Kind::Duration => {
            let span: jiff::SignedDuration = parsed(json)?;
            i64::try_from(span.as_micros()).ok().map(Value::Duration)
        }
        Kind::Uuid => parsed(json).map(Value::Uuid),
        Kind::Json => Some(Value::Json(json.clone())),
    }
}

/// The kind in words, and what else was expected of a text.
fn expected(json: &Json, kind: Kind) -> &'static str {
    if kind == Kind::Text && json.is_string() { "text without NUL characters" } else { kind.describe() }
}

/// From 0000-01-01T00:00:00Z to before 9999-12-30T22:00:00Z. Years have four digits, as in RFC 3339: others do not sort as
/// text, and no store keeps them all. The last day of them is not everywhere the last day.
const INSTANTS: std::ops::Range<Instant> = Instant(-62_167_219_200_000_000)..Instant(253_402_207_200_000_000);

/// No store keeps less than a microsecond; what is left out of instants and durations is left out of times too.
fn to_microseconds(time: Time) -> Option<Time> {
    let nanosecond = time.subsec_nanosecond() / 1000 * 1000;
    time.with().subsec_nanosecond(nanosecond).build().ok()
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
            (Kind::BigInt, json!("-9223372036854775808")),
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
            assert_eq!(serde_json::to_string(&value).unwrap(), json.to_string(), "{kind:?}");
            assert_eq!(Value::from_json(&Json::Null, kind), Ok(Value::Null));
        }
    }

    #[test]
    fn a_record_is_written_as_its_json_form() {
        let mut record = Record::default();
        for (name, value) in [
            ("missing", Value::Missing),
            ("null", Value::Null),
            ("beyond", Value::Integer(SAFE_INTEGER + 1)),
            ("big", Value::BigInt(7)),
            ("list", Value::List(vec![Value::Missing, Value::Number(0.1)])),
            ("object", Value::Object([("a\"".to_owned(), Value::Bool(false))].into())),
        ] {
            record.set(name, value);
        }
        let written = r#"{"null":null,"beyond":"9007199254740992","big":"7","list":[null,0.1],"object":{"a\"":false}}"#;
        assert_eq!(serde_json::to_string(&record).unwrap(), written);
        assert_eq!(record.to_json().to_string(), written);
    }

    #[test]
    fn what_no_store_keeps_is_not_read() {
        let refused = Value::from_json(&json!("a\0b"), Kind::Text).unwrap_err();
        assert_eq!(refused.to_string(), "expected text without NUL characters, found \"a\\u0000b\"");
        assert_eq!(Value::from_json(&json!(7), Kind::Text).unwrap_err().expected, "text");
        assert_eq!(Value::from_json(&json!("0000-01-01"), Kind::Date).unwrap().to_json(), json!("0000-01-01"));
        let first = json!("0000-01-01T00:00:00Z");
        assert_eq!(Value::from_json(&first, Kind::Instant).unwrap().to_json(), first);
        for (kind, json) in [
            (Kind::Date, json!("-000044-03-15")),
            (Kind::Date, json!("-009999-01-01")),
            (Kind::Instant, json!("-000001-12-31T23:59:59.999999Z")),
            (Kind::Instant, json!("9999-12-30T22:00:00.9999999Z")),
        ] {
            assert!(Value::from_json(&json, kind).is_err(), "{kind:?} {json}");
        }
        let time = Value::from_json(&json!("23:59:59.9999999"), Kind::Time).unwrap();
        assert_eq!(time.to_json(), json!("23:59:59.999999"));
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
