//! JSON Schema of an entity's records: as they are read, created and changed.

use maq_ir::{Entity, Field, FieldType, IdentityType, TextFormat};
use maq_value::Value;
use serde_json::{Map, Value as Json, json};

/// A record as it is read.
pub(super) fn record(entity: &Entity) -> Json {
    let mut properties = Map::new();
    properties.insert("id".into(), identity(entity.identity));
    properties.extend(fields(entity));
    properties.insert("rowVersion".into(), json!({ "type": "integer", "readOnly": true }));
    for name in ["createdAt", "updatedAt"] {
        properties.insert(name.into(), json!({ "type": "string", "format": "date-time", "readOnly": true }));
    }
    for name in ["createdBy", "updatedBy"] {
        properties.insert(name.into(), json!({ "type": "string", "readOnly": true }));
    }
    json!({ "type": "object", "properties": properties })
}

/// What a create takes.
pub(super) fn create(entity: &Entity) -> Json {
    let mut properties = fields(entity);
    if entity.identity != IdentityType::Uuid {
        properties.insert("id".into(), identity(entity.identity));
    }
    let by_rules = entity.rules.iter().flat_map(|rule| &rule.require).filter_map(|at| entity.fields.get(at.0 as usize));
    let needed = entity.fields.iter().filter(|field| field.required && field.default.is_none());
    let mut required: Vec<&str> = needed.chain(by_rules).map(|field| &*field.name).collect();
    if entity.identity == IdentityType::Text {
        required.push("id");
    }
    required.sort_unstable();
    required.dedup();
    json!({ "type": "object", "additionalProperties": false, "properties": properties, "required": required })
}

/// What a change takes.
pub(super) fn update(entity: &Entity) -> Json {
    let mut properties = fields(entity);
    properties.insert("rowVersion".into(), json!({ "type": "integer" }));
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}

fn fields(entity: &Entity) -> Map<String, Json> {
    entity.fields.iter().map(|field| (field.name.to_string(), property(field))).collect()
}

fn identity(identity: IdentityType) -> Json {
    match identity {
        IdentityType::Uuid => json!({ "type": "string", "format": "uuid" }),
        IdentityType::Integer => json!({ "type": ["integer", "string"] }),
        IdentityType::Text => json!({ "type": "string" }),
    }
}

fn property(field: &Field) -> Json {
    let mut schema = of_type(&field.ty);
    if let Some(schema) = schema.as_object_mut() {
        let limits = &field.constraints;
        let is_text = !matches!(field.ty, FieldType::Bytes);
        for (key, value) in [("minLength", limits.min_length), ("maxLength", limits.max_length)] {
            if let Some(value) = value.filter(|_| is_text) {
                schema.insert(key.into(), json!(value));
            }
        }
        for (key, value) in [("minimum", &limits.min), ("maximum", &limits.max)] {
            if let Some(Value::Integer(_) | Value::Number(_)) = value {
                schema.insert(key.into(), value.as_ref().map(Value::to_json).unwrap_or_default());
            }
        }
        if let Some(pattern) = &limits.pattern {
            schema.insert("pattern".into(), json!(format!("^(?:{pattern})$")));
        }
        if let Some(format) = limits.format.and_then(format_word) {
            schema.insert("format".into(), json!(format));
        }
        if let Some(default) = &field.default {
            schema.insert("default".into(), default.to_json());
        }
    }
    if field.required {
        return schema;
    }
    match schema.get("type").cloned() {
        Some(Json::String(kind)) => {
            if let Some(schema) = schema.as_object_mut() {
                schema.insert("type".into(), json!([kind, "null"]));
                if let Some(values) = schema.get_mut("enum").and_then(Json::as_array_mut) {
                    values.push(Json::Null);
                }
            }
            schema
        }
        _ => schema,
    }
}

fn of_type(ty: &FieldType) -> Json {
    match ty {
        FieldType::String | FieldType::Text => json!({ "type": "string" }),
        FieldType::Integer => json!({ "type": "integer" }),
        FieldType::BigInt => json!({ "type": "string", "pattern": "^-?[0-9]+$" }),
        FieldType::Number => json!({ "type": "number" }),
        FieldType::Decimal { precision, scale } => {
            json!({ "type": "string", "description": format!("a decimal of {precision} digits, {scale} after the point") })
        }
        FieldType::Boolean => json!({ "type": "boolean" }),
        FieldType::Date => json!({ "type": "string", "format": "date" }),
        FieldType::Time => json!({ "type": "string", "format": "time" }),
        FieldType::DateTime => json!({ "type": "string", "format": "date-time" }),
        FieldType::Duration => json!({ "type": "string", "format": "duration" }),
        FieldType::Uuid => json!({ "type": "string", "format": "uuid" }),
        FieldType::Enum(values) => json!({ "type": "string", "enum": values }),
        FieldType::Reference { identity: kind, .. } => identity(*kind),
        FieldType::Json => json!({}),
        FieldType::Object => json!({ "type": "object" }),
        FieldType::List => json!({ "type": "array" }),
        FieldType::Bytes => json!({ "type": "string", "contentEncoding": "base64" }),
    }
}

fn format_word(format: TextFormat) -> Option<&'static str> {
    match format {
        TextFormat::Email => Some("email"),
        TextFormat::Url => Some("uri"),
        TextFormat::Uuid => Some("uuid"),
        TextFormat::Hostname => Some("hostname"),
        TextFormat::Ipv4 => Some("ipv4"),
        TextFormat::Ipv6 => Some("ipv6"),
        TextFormat::Phone | TextFormat::Slug => None,
    }
}
