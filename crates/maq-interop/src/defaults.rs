//! Defaults: a literal of the field's type comes in; an expression stays out.

use maq_doc::FieldDoc;
use maq_store::source::readings;
use maq_value::{Kind, Value};
use serde_json::Value as Json;

/// What a DEFAULT is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Default {
    /// A value of the field's type.
    Value(Json),
    /// NULL: the same as none.
    Null,
    /// Something else.
    Expression,
}

/// Reads DEFAULT text for a field.
pub(crate) fn read(text: &str, field: &FieldDoc) -> Default {
    let text = strip(text);
    if text.eq_ignore_ascii_case("null") {
        return Default::Null;
    }
    let Some(literal) = literal(text) else { return Default::Expression };
    let fitting = match (field.kind.as_str(), literal) {
        ("boolean", Json::Number(number)) => {
            number.as_i64().filter(|bit| *bit == 0 || *bit == 1).map(|bit| Json::Bool(bit == 1))
        }
        ("boolean", Json::Bool(value)) => Some(Json::Bool(value)),
        ("integer" | "number", Json::String(text)) => {
            text.trim().parse::<f64>().ok().and_then(|_| literal_number(text.trim()))
        }
        ("decimal" | "bigint", Json::Number(number)) => Some(Json::String(number.to_string())),
        ("string" | "text" | "enum", Json::Number(number)) => Some(Json::String(number.to_string())),
        ("datetime", Json::String(text)) => readings::instant(&text).map(|instant| Json::String(instant.to_string())),
        (_, other) => Some(other),
    };
    match fitting.filter(|json| fits(json, field)) {
        Some(json) => Default::Value(json),
        None => Default::Expression,
    }
}

fn fits(json: &Json, field: &FieldDoc) -> bool {
    let kind = match field.kind.as_str() {
        "integer" => Kind::Integer,
        "bigint" => Kind::BigInt,
        "number" => Kind::Number,
        "decimal" => Kind::Decimal,
        "boolean" => Kind::Bool,
        "date" => Kind::Date,
        "time" => Kind::Time,
        "datetime" => Kind::Instant,
        "uuid" => Kind::Uuid,
        "string" | "text" => Kind::Text,
        "enum" => return json.as_str().is_some_and(|text| field.enum_values.iter().any(|value| value == text)),
        _ => return false,
    };
    let Ok(value) = Value::from_json(json, kind) else { return false };
    match (&value, field.max_length, field.scale) {
        (Value::Text(text), Some(longest), _) => text.chars().count() as u64 <= longest,
        (Value::Decimal(number), _, Some(scale)) => match field.precision {
            Some(precision) => maq_query::codec::decimal::scaled(number, precision, scale).is_some(),
            None => number.normalize().scale() <= scale,
        },
        _ => true,
    }
}

fn literal(text: &str) -> Option<Json> {
    if let Some(inner) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        // A quote inside stands twice; a single one ends the literal, and what follows makes an expression.
        return (!inner.replace("''", "").contains('\'')).then(|| Json::String(inner.replace("''", "'")));
    }
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(Json::Bool(true)),
        "false" => Some(Json::Bool(false)),
        _ => literal_number(text),
    }
}

fn literal_number(text: &str) -> Option<Json> {
    let text = text.strip_prefix('+').unwrap_or(text);
    let plain = text.trim_start_matches('-').starts_with(|first: char| first.is_ascii_digit() || first == '.');
    if !plain {
        return None;
    }
    text.parse::<i64>().ok().map(Json::from).or_else(|| {
        let double: f64 = text.parse().ok()?;
        serde_json::Number::from_f64(double).map(Json::Number)
    })
}

/// Takes brackets off.
fn strip(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        text = inner.trim();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn literals_of_the_type_come_in_and_expressions_stay_out() {
        let field =
            |kind: &str| FieldDoc { kind: kind.into(), scale: Some(2), precision: Some(10), ..FieldDoc::default() };
        for (text, kind, expected) in [
            ("'it''s'", "text", Default::Value(json!("it's"))),
            ("-5", "integer", Default::Value(json!(-5))),
            ("(0)", "decimal", Default::Value(json!("0"))),
            ("1", "boolean", Default::Value(json!(true))),
            ("NULL", "text", Default::Null),
            ("'2020-01-01'", "datetime", Default::Value(json!("2020-01-01T00:00:00Z"))),
            ("CURRENT_TIMESTAMP", "datetime", Default::Expression),
            ("(1 + 1)", "integer", Default::Expression),
            ("'a' || 'b'", "text", Default::Expression),
            ("1.234", "decimal", Default::Expression),
            ("12345678.12", "decimal", Default::Value(json!("12345678.12"))),
            ("123456789.5", "decimal", Default::Expression),
            ("'x'", "integer", Default::Expression),
        ] {
            assert_eq!(read(text, &field(kind)), expected, "{text} for {kind}");
        }
    }
}
