//! Stage five, of one entity: limits and defaults as values of their field's type.

mod default;
mod pattern;

pub(crate) use default::{DefaultProblem, default_problem, expected_of, read_default};
pub(crate) use pattern::PatternOutput;

use crate::stages::fields::FieldsOutput;
use crate::stages::references::ReferencesOutput;
use maq_doc::FieldDoc;
use maq_ir::{Absent, Classification, Constraints, FieldType, TextFormat};
use maq_value::Value;
use serde_json::Value as Json;
use std::cmp::Ordering;

/// The limits and defaults of an entity's fields, by position.
#[derive(Debug)]
pub(crate) struct ConstraintsOutput {
    /// One a field.
    pub limits: Vec<Limits>,
}

/// The limits and the default of one field.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    /// Least value.
    pub min: Parsed,
    /// Largest value.
    pub max: Parsed,
    /// Least length, when the type has one.
    pub min_length: Option<u64>,
    /// Largest length.
    pub max_length: Option<u64>,
    /// The pattern.
    pub pattern: PatternOutput,
    /// The format.
    pub format: Option<TextFormat>,
    /// The default.
    pub default: Parsed,
}

/// A value that was read as one of a field's type.
#[derive(Debug, Default, PartialEq)]
pub(crate) enum Parsed {
    /// None was given.
    #[default]
    Absent,
    /// It is of the type.
    Is(Value),
    /// It is not.
    Wrong,
}

impl Parsed {
    /// The value.
    pub fn value(&self) -> Option<&Value> {
        match self {
            Parsed::Is(value) => Some(value),
            Parsed::Absent | Parsed::Wrong => None,
        }
    }
}

/// Reads limits and defaults.
pub(crate) fn resolve(fields: &FieldsOutput<'_>, references: &ReferencesOutput) -> ConstraintsOutput {
    let limits = fields.docs.iter().zip(&references.types).map(|(field, ty)| match ty {
        Some(ty) => limits_of(field, ty),
        None => Limits::default(),
    });
    ConstraintsOutput { limits: limits.collect() }
}

fn limits_of(field: &FieldDoc, ty: &FieldType) -> Limits {
    let has_length = has_length(ty);
    Limits {
        min: bound(field.min.as_ref(), ty),
        max: bound(field.max.as_ref(), ty),
        min_length: field.min_length.filter(|_| has_length),
        max_length: field.max_length.filter(|_| has_length),
        pattern: field.pattern.as_deref().filter(|_| is_text(ty)).map(pattern::read).unwrap_or_default(),
        format: field.format.as_deref().filter(|_| is_text(ty)).and_then(format_of),
        default: read_default(field.default.as_ref(), ty),
    }
}

fn bound(json: Option<&Json>, ty: &FieldType) -> Parsed {
    match json {
        Some(json) if is_ordered(ty) && !json.is_null() => {
            Value::from_json(json, ty.kind()).map_or(Parsed::Wrong, Parsed::Is)
        }
        _ => Parsed::Absent,
    }
}

/// Whether values have a length.
pub(crate) fn has_length(ty: &FieldType) -> bool {
    is_text(ty) || *ty == FieldType::Bytes
}

/// Whether values are free text.
pub(crate) fn is_text(ty: &FieldType) -> bool {
    matches!(ty, FieldType::String | FieldType::Text)
}

/// Whether values have a least and a largest.
pub(crate) fn is_ordered(ty: &FieldType) -> bool {
    use FieldType::{BigInt, Date, DateTime, Decimal, Duration, Integer, Number, Time};
    matches!(ty, Integer | BigInt | Number | Decimal { .. } | Date | Time | DateTime | Duration)
}

/// Whether values can be compared by an index or a unique key.
pub(crate) fn is_comparable(ty: &FieldType) -> bool {
    !matches!(ty, FieldType::Json | FieldType::Object | FieldType::List | FieldType::Bytes)
}

/// How two values of one ordered type compare.
pub(crate) fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) | (Value::Duration(left), Value::Duration(right)) => {
            Some(left.cmp(right))
        }
        (Value::Number(left), Value::Number(right)) => left.partial_cmp(right),
        (Value::Decimal(left), Value::Decimal(right)) => Some(left.cmp(right)),
        (Value::Date(left), Value::Date(right)) => Some(left.cmp(right)),
        (Value::Time(left), Value::Time(right)) => Some(left.cmp(right)),
        (Value::Instant(left), Value::Instant(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

impl Limits {
    /// The limits as they stand in the model.
    pub fn constraints(&self, field: &FieldDoc) -> Constraints {
        Constraints {
            min_length: self.min_length,
            max_length: self.max_length,
            min: self.min.value().cloned(),
            max: self.max.value().cloned(),
            pattern: matches!(self.pattern, PatternOutput::Is(_)).then(|| field.pattern.clone()).flatten(),
            format: self.format,
        }
    }
}

/// The format a word says.
pub(crate) fn format_of(word: &str) -> Option<TextFormat> {
    Some(match word {
        "email" => TextFormat::Email,
        "url" => TextFormat::Url,
        "phone" => TextFormat::Phone,
        "uuid" => TextFormat::Uuid,
        "slug" => TextFormat::Slug,
        "hostname" => TextFormat::Hostname,
        "ipv4" => TextFormat::Ipv4,
        "ipv6" => TextFormat::Ipv6,
        _ => return None,
    })
}

/// How an empty column reads.
pub(crate) fn absent_of(word: Option<&str>) -> Absent {
    if word == Some("missing") { Absent::Missing } else { Absent::Null }
}

/// The classification a word says.
pub(crate) fn classification_of(word: Option<&str>) -> Classification {
    match word {
        Some("public") => Classification::Public,
        Some("personal") => Classification::Personal,
        Some("secret") => Classification::Secret,
        _ => Classification::Internal,
    }
}
