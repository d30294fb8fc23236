//! Defaults: read as a value of the field's type, then held against its limits.

use super::{Limits, Parsed, PatternOutput, compare};
use maq_ir::FieldType;
use maq_value::{Decimal, Value};
use serde_json::Value as Json;
use std::cmp::Ordering;

/// Why a default of the right type cannot be taken.
#[derive(Debug, PartialEq)]
pub(crate) enum DefaultProblem {
    /// It is no value of the enum.
    NotInEnum,
    /// It is beyond a limit, which is said in words.
    OutOfRange(String),
    /// It has too many digits.
    TooPrecise,
    /// It does not match the pattern.
    BreaksPattern,
}

/// Reads a default.
pub(crate) fn read_default(json: Option<&Json>, ty: &FieldType) -> Parsed {
    let shape_fits = |json: &Json| match ty {
        FieldType::Object => json.is_object(),
        FieldType::List => json.is_array(),
        _ => true,
    };
    match json {
        None | Some(Json::Null) => Parsed::Absent,
        Some(json) if !shape_fits(json) => Parsed::Wrong,
        Some(json) => Value::from_json(json, ty.kind()).map_or(Parsed::Wrong, Parsed::Is),
    }
}

/// What a value of `ty` is in words.
pub(crate) fn expected_of(ty: &FieldType) -> &'static str {
    match ty {
        FieldType::Object => "a json object",
        FieldType::List => "a json list",
        other => other.kind().describe(),
    }
}

/// What is wrong with a default of the right type.
pub(crate) fn default_problem(value: &Value, ty: &FieldType, limits: &Limits) -> Option<DefaultProblem> {
    match (ty, value) {
        (FieldType::Enum(values), Value::Text(text)) if !values.contains(text) => {
            return Some(DefaultProblem::NotInEnum);
        }
        (FieldType::Decimal { precision, scale }, Value::Decimal(decimal)) if !fits(*decimal, *precision, *scale) => {
            return Some(DefaultProblem::TooPrecise);
        }
        _ => {}
    }
    let (length, unit) = match value {
        Value::Text(text) => (text.chars().count() as u64, "characters"),
        Value::Bytes(bytes) => (bytes.len() as u64, "bytes"),
        _ => (0, ""),
    };
    if let Some(limit) = limits.min_length.filter(|limit| length < *limit) {
        return Some(DefaultProblem::OutOfRange(format!("at least {limit} {unit} long")));
    }
    if let Some(limit) = limits.max_length.filter(|limit| length > *limit) {
        return Some(DefaultProblem::OutOfRange(format!("at most {limit} {unit} long")));
    }
    if let Some(limit) = limits.min.value().filter(|limit| compare(value, limit) == Some(Ordering::Less)) {
        return Some(DefaultProblem::OutOfRange(format!("at least {}", plain(limit))));
    }
    if let Some(limit) = limits.max.value().filter(|limit| compare(value, limit) == Some(Ordering::Greater)) {
        return Some(DefaultProblem::OutOfRange(format!("at most {}", plain(limit))));
    }
    match (&limits.pattern, value) {
        (PatternOutput::Is(regex), Value::Text(text)) if !regex.is_match(text) => Some(DefaultProblem::BreaksPattern),
        _ => None,
    }
}

fn plain(value: &Value) -> String {
    crate::words::shown(&value.to_json())
}

/// Whether `precision` digits with `scale` after the point hold the value without rounding.
fn fits(value: Decimal, precision: u32, scale: u32) -> bool {
    let value = value.normalize().abs();
    let whole = value.trunc();
    let digits = if whole.is_zero() { 0 } else { whole.to_string().len() };
    value.scale() <= scale && digits <= precision.saturating_sub(scale) as usize
}
