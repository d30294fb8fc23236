//! Values, records and principals: the data that moves through every other crate.
//!
//! What is here: the closed set of runtime values, their one JSON form, the principal who asks, and instants.
//! What is not: documents, types of fields, SQL. A value does not know which field it stands in, which is why
//! reading one from JSON ([`Value::from_json`]) takes the expected [`Kind`].

mod json;
mod principal;
mod time;

pub use json::{SAFE_INTEGER, ValueError};
pub use principal::{Actor, Principal, Scope};
pub use time::Instant;

pub use jiff::civil::{Date, Time};
pub use rust_decimal::Decimal;
pub use uuid::Uuid;

use std::collections::BTreeMap;

/// One runtime value. `Missing` (the key is absent) and `Null` (the key is there and empty) are different.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// The key is absent.
    #[default]
    Missing,
    /// The key is present and holds nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A whole number read from a `bigint` field: a string in JSON, whatever its size.
    BigInt(i64),
    /// An IEEE 754 double; never NaN or infinite.
    Number(f64),
    /// An exact decimal of up to 28 digits.
    Decimal(Decimal),
    /// Text.
    Text(String),
    /// Bytes; base64 in JSON.
    Bytes(Vec<u8>),
    /// A calendar date without zone.
    Date(Date),
    /// A time of day without zone.
    Time(Time),
    /// A UTC instant.
    Instant(Instant),
    /// A span in microseconds.
    Duration(i64),
    /// A UUID.
    Uuid(Uuid),
    /// Any JSON.
    Json(serde_json::Value),
    /// A list.
    List(Vec<Value>),
    /// An object.
    Object(BTreeMap<String, Value>),
}

/// The shape a value is expected to have; the value side of a field type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// [`Value::Bool`]
    Bool,
    /// [`Value::Integer`] within 2^53
    Integer,
    /// [`Value::Integer`], a string in JSON
    BigInt,
    /// [`Value::Number`]
    Number,
    /// [`Value::Decimal`], a string in JSON
    Decimal,
    /// [`Value::Text`]
    Text,
    /// [`Value::Bytes`]
    Bytes,
    /// [`Value::Date`]
    Date,
    /// [`Value::Time`]
    Time,
    /// [`Value::Instant`]
    Instant,
    /// [`Value::Duration`]
    Duration,
    /// [`Value::Uuid`]
    Uuid,
    /// [`Value::Json`]
    Json,
}

impl Value {
    /// True for `Missing` and `Null`.
    pub fn is_absent(&self) -> bool {
        matches!(self, Value::Missing | Value::Null)
    }

    /// The text inside, when this is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// A record: values by field name, in field order. System columns stand under their physical names
/// (`id`, `row_version`, ...).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Record(pub Vec<(std::sync::Arc<str>, Value)>);

impl Record {
    /// The value under `name`; `Missing` when there is none.
    pub fn get(&self, name: &str) -> &Value {
        self.0.iter().find(|(key, _)| &**key == name).map_or(&Value::Missing, |(_, value)| value)
    }

    /// Sets `name`, replacing what was there.
    pub fn set(&mut self, name: impl Into<std::sync::Arc<str>>, value: Value) {
        let name = name.into();
        match self.0.iter_mut().find(|(key, _)| *key == name) {
            Some((_, slot)) => *slot = value,
            None => self.0.push((name, value)),
        }
    }

    /// The record as a JSON object; missing values are left out.
    pub fn to_json(&self) -> serde_json::Value {
        let present = self.0.iter().filter(|(_, value)| !matches!(value, Value::Missing));
        serde_json::Value::Object(present.map(|(key, value)| (key.to_string(), value.to_json())).collect())
    }
}
