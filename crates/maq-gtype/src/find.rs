//! The findings of one value.

use crate::field::Field;
use crate::format;
use crate::limit::{characters, compare, fit};
use maq_diag::{CodeInfo, Finding, Place, catalogue, did_you_mean};
use maq_ir::FieldType;
use maq_value::{Kind, Value};
use std::cmp::Ordering;

/// Where the findings of one record go.
pub(crate) struct Findings<'a> {
    pub entity: &'a str,
    pub list: Vec<Finding>,
}

impl<'a> Findings<'a> {
    pub fn new(entity: &'a str) -> Findings<'a> {
        Findings { entity, list: Vec::new() }
    }

    /// A finding on `field`, with `field` and `entity` among its parameters.
    pub fn add(&mut self, code: &'static CodeInfo, field: &str, params: &[(&str, &str)]) {
        let mut all = vec![("entity", self.entity), ("field", field)];
        all.extend_from_slice(params);
        self.list.push(Finding::new(code, Place::at(self.entity, &[field]), &all));
    }

    pub fn type_wrong(&mut self, field: &str, expected: &str, value: &Value) {
        self.add(catalogue::RECORD_TYPE_WRONG, field, &[("expected", expected), ("value", &shown(value))]);
    }

    pub fn unknown<'b>(&mut self, field: &str, known: impl Iterator<Item = &'b str> + Clone) {
        let hint = hint(field, known, "its fields are");
        self.add(catalogue::RECORD_FIELD_UNKNOWN, field, &[("hint", &hint)]);
    }

    /// Checks `value` against the limits of `field`; a decimal comes back at the field's scale.
    pub fn check(&mut self, field: &Field, value: Value) -> Value {
        if !is_of(field, &value) {
            self.type_wrong(&field.name, field.expected(), &value);
            return value;
        }
        // Postgres keeps no NUL in a text, and what one store takes the other takes.
        match &value {
            Value::Text(text) if text.contains('\0') => {
                self.type_wrong(&field.name, "text without NUL characters", &value);
            }
            Value::Json(json) if holds_null(json) => {
                self.type_wrong(&field.name, "JSON without NUL characters", &value);
            }
            _ => {}
        }
        self.check_length(field, &value);
        self.check_range(field, &value);
        if let Value::Text(text) = &value {
            self.check_text(field, text);
        }
        match (&field.ty, value) {
            (FieldType::Decimal { precision, scale }, Value::Decimal(decimal)) => {
                Value::Decimal(fit(decimal, *precision, *scale).unwrap_or_else(|| {
                    self.too_precise(field, *precision, *scale, &decimal.to_string());
                    decimal
                }))
            }
            (_, value) => value,
        }
    }

    fn check_length(&mut self, field: &Field, value: &Value) {
        let (length, unit) = match value {
            Value::Text(text) => (characters(text), "characters"),
            Value::Bytes(bytes) => (bytes.len() as u64, "bytes"),
            _ => return,
        };
        if let Some(limit) = field.min_length.filter(|limit| length < *limit) {
            let (limit, length) = (limit.to_string(), length.to_string());
            let params = [("limit", limit.as_str()), ("length", &length), ("unit", unit)];
            self.add(catalogue::RECORD_TOO_SHORT, &field.name, &params);
        }
        if let Some(limit) = field.max_length.filter(|limit| length > *limit) {
            let excess = (length - limit).to_string();
            let (limit, length) = (limit.to_string(), length.to_string());
            let params = [("limit", limit.as_str()), ("length", &length), ("unit", unit), ("excess", &excess)];
            self.add(catalogue::RECORD_TOO_LONG, &field.name, &params);
        }
    }

    fn check_range(&mut self, field: &Field, value: &Value) {
        let outside = |limit: &&Value, beyond: Ordering| compare(value, limit) == Some(beyond);
        if let Some(limit) = field.min.as_ref().filter(|limit| outside(limit, Ordering::Less)) {
            let params = [("limit", shown(limit)), ("value", shown(value))];
            self.add(catalogue::RECORD_TOO_SMALL, &field.name, &params.each_ref().map(|(key, text)| (*key, &**text)));
        }
        if let Some(limit) = field.max.as_ref().filter(|limit| outside(limit, Ordering::Greater)) {
            let params = [("limit", shown(limit)), ("value", shown(value))];
            self.add(catalogue::RECORD_TOO_LARGE, &field.name, &params.each_ref().map(|(key, text)| (*key, &**text)));
        }
    }

    fn check_text(&mut self, field: &Field, text: &str) {
        let value = shorten(text);
        if let FieldType::Enum(values) = &field.ty
            && !values.iter().any(|known| known == text)
        {
            let hint = hint(text, values.iter().map(String::as_str), "use one of");
            self.add(catalogue::RECORD_NOT_IN_ENUM, &field.name, &[("value", &value), ("hint", &hint)]);
        }
        if let Some(pattern) = field.pattern.as_ref().filter(|pattern| !pattern.matches(text)) {
            self.add(catalogue::RECORD_PATTERN, &field.name, &[("pattern", &pattern.text), ("value", &value)]);
        }
        if let Some(format) = field.format.filter(|format| !format::is(*format, text)) {
            let params = [("expected", format::describe(format)), ("value", &value)];
            self.add(catalogue::RECORD_FORMAT, &field.name, &params);
        }
    }

    fn too_precise(&mut self, field: &Field, precision: u32, scale: u32, value: &str) {
        let (whole, scale) = (precision.saturating_sub(scale).to_string(), scale.to_string());
        self.add(catalogue::RECORD_PRECISION, &field.name, &[("whole", &whole), ("scale", &scale), ("value", value)]);
    }
}

/// Whether a present value is of the field's kind.
fn is_of(field: &Field, value: &Value) -> bool {
    match (field.kind, value) {
        (Kind::Bool, Value::Bool(_))
        | (Kind::BigInt, Value::Integer(_))
        | (Kind::Number, Value::Number(_))
        | (Kind::Decimal, Value::Decimal(_))
        | (Kind::Text, Value::Text(_))
        | (Kind::Bytes, Value::Bytes(_))
        | (Kind::Date, Value::Date(_))
        | (Kind::Time, Value::Time(_))
        | (Kind::Instant, Value::Instant(_))
        | (Kind::Duration, Value::Duration(_))
        | (Kind::Uuid, Value::Uuid(_)) => true,
        (Kind::Integer, Value::Integer(number)) => number.unsigned_abs() <= SAFE_INTEGER,
        (Kind::Json, Value::Json(json)) => match field.ty {
            FieldType::Object => json.is_object(),
            FieldType::List => json.is_array(),
            _ => true,
        },
        _ => false,
    }
}

/// Whether a text or name inside JSON holds U+0000.
pub fn holds_null(json: &serde_json::Value) -> bool {
    match json {
        serde_json::Value::String(text) => text.contains('\0'),
        serde_json::Value::Array(list) => list.iter().any(holds_null),
        serde_json::Value::Object(object) => {
            object.iter().any(|(name, value)| name.contains('\0') || holds_null(value))
        }
        _ => false,
    }
}

/// Largest whole number a JSON reader keeps exactly (2^53 - 1).
pub(crate) const SAFE_INTEGER: u64 = 9_007_199_254_740_991;

/// A value for a message, shortened.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => shorten(text),
        other => match other.to_json() {
            serde_json::Value::String(text) => shorten(&text),
            json => shorten(&json.to_string()),
        },
    }
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= 40 { text.to_owned() } else { text.chars().take(39).chain(['…']).collect() }
}

/// `did you mean ...`, or the first few that would do.
fn hint<'b>(wrong: &str, known: impl Iterator<Item = &'b str> + Clone, otherwise: &str) -> String {
    if let Some(near) = did_you_mean(wrong, known.clone()) {
        return format!("did you mean `{near}`?");
    }
    let first: Vec<String> = known.clone().take(8).map(|name| format!("`{name}`")).collect();
    let more = if known.count() > 8 { ", ..." } else { "" };
    if first.is_empty() { "it has none".to_owned() } else { format!("{otherwise} {}{more}", first.join(", ")) }
}
