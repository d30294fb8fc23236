//! Stage three, of one entity: words to types. References are left to the next stage.

use crate::stages::fields::FieldsOutput;
use maq_doc::FieldDoc;
use maq_ir::FieldType;

/// Digits of a decimal that says nothing.
pub(crate) const DEFAULT_PRECISION: u32 = 18;
/// Digits after the point of a decimal that says nothing.
pub(crate) const DEFAULT_SCALE: u32 = 4;
/// Most digits of a decimal.
pub(crate) const MAX_PRECISION: u32 = 28;

/// Every type a field can have.
pub(crate) const TYPES: [&str; 18] = [
    "string",
    "text",
    "integer",
    "bigint",
    "number",
    "decimal",
    "boolean",
    "date",
    "time",
    "datetime",
    "duration",
    "uuid",
    "enum",
    "reference",
    "json",
    "object",
    "list",
    "bytes",
];

/// What a type's word says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TypeOutput {
    /// A type of its own.
    Is(FieldType),
    /// A reference; its target is looked up next.
    Reference,
    /// A type that comes later.
    NotYet,
    /// No type.
    Unknown,
}

/// The types of an entity's fields, by position.
#[derive(Debug)]
pub(crate) struct TypesOutput {
    /// One a field.
    pub types: Vec<TypeOutput>,
}

/// Reads the words.
pub(crate) fn resolve(fields: &FieldsOutput<'_>) -> TypesOutput {
    TypesOutput { types: fields.docs.iter().map(type_of).collect() }
}

fn type_of(field: &FieldDoc) -> TypeOutput {
    TypeOutput::Is(match field.kind.as_str() {
        "string" => FieldType::String,
        "text" => FieldType::Text,
        "integer" => FieldType::Integer,
        "bigint" => FieldType::BigInt,
        "number" => FieldType::Number,
        "decimal" => {
            let (precision, scale) = decimal_digits(field);
            FieldType::Decimal { precision, scale }
        }
        "boolean" => FieldType::Boolean,
        "date" => FieldType::Date,
        "time" => FieldType::Time,
        "datetime" => FieldType::DateTime,
        "duration" => FieldType::Duration,
        "uuid" => FieldType::Uuid,
        "enum" => FieldType::Enum(field.enum_values.clone()),
        "json" => FieldType::Json,
        "object" => FieldType::Object,
        "list" => FieldType::List,
        "bytes" => FieldType::Bytes,
        "reference" => return TypeOutput::Reference,
        "attachment" => return TypeOutput::NotYet,
        _ => return TypeOutput::Unknown,
    })
}

/// Precision and scale of a decimal, brought into their limits. A precision without a scale means whole numbers, as
/// in SQL.
pub(crate) fn decimal_digits(field: &FieldDoc) -> (u32, u32) {
    match (field.precision, field.scale) {
        (None, None) => (DEFAULT_PRECISION, DEFAULT_SCALE),
        (None, Some(scale)) => (DEFAULT_PRECISION.max(scale).min(MAX_PRECISION), scale.min(MAX_PRECISION)),
        (Some(precision), scale) => {
            let precision = precision.clamp(1, MAX_PRECISION);
            (precision, scale.unwrap_or(0).min(precision))
        }
    }
}
