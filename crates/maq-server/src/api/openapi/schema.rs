//! JSON Schema of an entity's records: as they are read, created and changed.

use super::parts::closed;
use maq_app::MAX_IDENTIFIER;
use maq_ir::{Entity, Field, FieldType, IdentityType, TextFormat};
use maq_value::Value;
use serde_json::{Map, Value as Json, json};

/// Whole numbers that every JSON reader keeps exactly.
const SAFE_INTEGER: i64 = 9_007_199_254_740_991;

/// Which way a value goes: what is read has one form, what is written may have several.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Read,
    Write,
}

/// A record as it is read. A field that is not there is empty.
pub(super) fn record(entity: &Entity) -> Json {
    let mut properties = Map::new();
    properties.insert("id".into(), identity(entity.identity, Way::Read));
    properties.extend(fields(entity, Way::Read));
    properties.insert("rowVersion".into(), json!({ "type": "integer", "minimum": 1 }));
    for name in ["createdAt", "updatedAt"] {
        properties.insert(name.into(), json!({ "type": "string", "format": "date-time" }));
    }
    for name in ["createdBy", "updatedBy"] {
        properties.insert(name.into(), json!({ "type": "string" }));
    }
    closed(&["id", "rowVersion", "createdAt", "createdBy", "updatedAt", "updatedBy"], Json::Object(properties))
}

/// What a create takes.
pub(super) fn create(entity: &Entity) -> Json {
    let mut properties = fields(entity, Way::Write);
    properties.insert("id".into(), identity(entity.identity, Way::Write));
    let by_rules = entity.rules.iter().flat_map(|rule| &rule.require).filter_map(|at| entity.fields.get(at.0 as usize));
    let needed = entity.fields.iter().filter(|field| field.required && field.default.is_none());
    let mut required: Vec<&str> = needed.chain(by_rules).map(|field| &*field.name).collect();
    if entity.identity == IdentityType::Text {
        required.push("id");
    }
    required.sort_unstable();
    required.dedup();
    closed(&required, Json::Object(properties))
}

/// What a change takes.
pub(super) fn update(entity: &Entity) -> Json {
    let mut properties = fields(entity, Way::Write);
    properties.insert("rowVersion".into(), json!({ "type": "integer", "minimum": 1, "maximum": i64::MAX }));
    closed(&[], Json::Object(properties))
}

/// Conditions of a list.
pub(super) fn filter(entity: &Entity) -> Json {
    let own = json!({ "$ref": format!("#/components/schemas/{}.filter", entity.name) });
    let some = json!({ "type": "array", "minItems": 1, "items": own });
    let mut properties = Map::new();
    properties
        .insert("id".into(), condition(&identity(entity.identity, Way::Write), entity.identity == IdentityType::Text));
    for field in entity.fields.iter().filter(|field| is_compared(field)) {
        let is_text = matches!(field.ty, FieldType::String | FieldType::Text | FieldType::Enum(_));
        let mut value = of_type(&field.ty, Way::Write);
        if let (true, Some(value)) = (is_text, value.as_object_mut()) {
            value.insert("pattern".into(), json!("^[^\\u0000]*$"));
            value.shift_remove("enum");
        }
        properties.insert(field.name.to_string(), condition(&value, is_text));
    }
    properties.insert(
        "rowVersion".into(),
        condition(&json!({ "type": "integer", "maximum": SAFE_INTEGER, "minimum": -SAFE_INTEGER }), false),
    );
    for (name, is_text) in [("createdAt", false), ("updatedAt", false), ("createdBy", true), ("updatedBy", true)] {
        let value = if is_text {
            json!({ "type": "string", "pattern": "^[^\\u0000]*$" })
        } else {
            json!({ "type": "string", "format": "date-time" })
        };
        properties.insert(name.into(), condition(&value, is_text));
    }
    properties.extend([("and".to_owned(), some.clone()), ("or".to_owned(), some), ("not".to_owned(), own)]);
    closed(&[], Json::Object(properties))
}

/// Names that a list can be sorted by.
pub(super) fn sorted(entity: &Entity) -> Vec<String> {
    let system = ["id", "rowVersion", "createdAt", "createdBy", "updatedAt", "updatedBy"].map(str::to_owned);
    let fields = entity.fields.iter().filter(|field| is_compared(field)).map(|field| field.name.to_string());
    system.into_iter().chain(fields).collect()
}

fn is_compared(field: &Field) -> bool {
    !matches!(field.ty, FieldType::Json | FieldType::Object | FieldType::List)
}

/// A value, or operators with values.
fn condition(value: &Json, is_text: bool) -> Json {
    let nothing = json!({ "type": "null" });
    let value_or_null = json!({ "anyOf": [value, nothing] });
    let mut operators = Map::new();
    for name in ["eq", "ne"] {
        operators.insert(name.into(), value_or_null.clone());
    }
    for name in ["gt", "gte", "lt", "lte"] {
        operators.insert(name.into(), value.clone());
    }
    operators.insert("in".into(), json!({ "type": "array", "items": value_or_null }));
    operators.insert("isNull".into(), json!({ "type": "boolean" }));
    if is_text {
        for name in ["contains", "startsWith"] {
            operators.insert(name.into(), json!({ "type": "string", "pattern": "^[^\\u0000]*$" }));
        }
    }
    let mut all = closed(&[], Json::Object(operators));
    all["minProperties"] = json!(1);
    json!({ "anyOf": [value, nothing, all] })
}

/// An id as it stands in an address.
pub(super) fn id_in_path(identity: IdentityType) -> Json {
    match identity {
        IdentityType::Uuid => json!({ "type": "string", "format": "uuid" }),
        IdentityType::Integer => json!({ "type": "integer", "minimum": i64::MIN, "maximum": i64::MAX }),
        IdentityType::Text => json!({ "type": "string", "minLength": 1, "maxLength": MAX_IDENTIFIER }),
    }
}

fn fields(entity: &Entity, way: Way) -> Map<String, Json> {
    let by_rule = |field: &Field| {
        let mut required = entity.rules.iter().flat_map(|rule| &rule.require);
        required.any(|at| entity.fields.get(at.0 as usize).is_some_and(|other| other.name == field.name))
    };
    entity
        .fields
        .iter()
        .map(|field| {
            let may_be_empty = way == Way::Read || !(field.required || by_rule(field));
            let is_masked = entity.policies.iter().filter_map(|policy| policy.fields.as_ref()).any(|rules| {
                rules
                    .masks
                    .keys()
                    .any(|at| entity.fields.get(at.0 as usize).is_some_and(|other| other.name == field.name))
            });
            let schema = property(field, way, may_be_empty);
            let masked = || json!({ "description": "Or what stands in its place for who may not read it as it is." });
            (field.name.to_string(), if way == Way::Read && is_masked { masked() } else { schema })
        })
        .collect()
}

fn identity(identity: IdentityType, way: Way) -> Json {
    match identity {
        IdentityType::Uuid => json!({ "type": "string", "format": "uuid" }),
        // A whole number that not every reader keeps exactly is read as text.
        IdentityType::Integer if way == Way::Read => {
            json!({ "type": ["integer", "string"], "pattern": "^-?[0-9]{1,19}$" })
        }
        IdentityType::Integer => json!({
            "type": ["integer", "string"], "pattern": "^-?[0-9]{1,18}$", "minimum": i64::MIN, "maximum": i64::MAX,
        }),
        IdentityType::Text => json!({ "type": "string", "minLength": 1, "maxLength": MAX_IDENTIFIER }),
    }
}

fn property(field: &Field, way: Way, may_be_empty: bool) -> Json {
    let mut schema = of_type(&field.ty, way);
    if let Some(schema) = schema.as_object_mut() {
        limit(field, schema);
        if let Some(default) = field.default.as_ref().filter(|_| way == Way::Write) {
            schema.insert("default".into(), default.to_json());
        }
        if may_be_empty {
            accept_null(schema);
        }
    }
    schema
}

fn limit(field: &Field, schema: &mut Map<String, Json>) {
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
    match &limits.pattern {
        Some(pattern) => {
            schema.insert("pattern".into(), json!(format!("^(?:{pattern})$")));
        }
        // No text holds U+0000.
        None if matches!(field.ty, FieldType::String | FieldType::Text) => {
            schema.insert("pattern".into(), json!("^[^\\u0000]*$"));
        }
        None => {}
    }
    if let Some(format) = limits.format.and_then(format_word) {
        schema.insert("format".into(), json!(format));
    }
}

fn accept_null(schema: &mut Map<String, Json>) {
    match schema.get_mut("type") {
        Some(Json::String(kind)) => {
            let kind = std::mem::take(kind);
            schema.insert("type".into(), json!([kind, "null"]));
        }
        Some(Json::Array(kinds)) => kinds.push(json!("null")),
        // Any JSON, null included.
        _ => {}
    }
    if let Some(values) = schema.get_mut("enum").and_then(Json::as_array_mut) {
        values.push(Json::Null);
    }
}

fn of_type(ty: &FieldType, way: Way) -> Json {
    match ty {
        FieldType::String | FieldType::Text => json!({ "type": "string" }),
        FieldType::Integer => json!({ "type": "integer", "minimum": -SAFE_INTEGER, "maximum": SAFE_INTEGER }),
        FieldType::BigInt if way == Way::Read => json!({ "type": "string", "pattern": "^-?[0-9]{1,19}$" }),
        FieldType::BigInt => json!({
            "type": ["string", "integer"], "pattern": "^-?[0-9]{1,18}$", "minimum": i64::MIN, "maximum": i64::MAX,
        }),
        FieldType::Number => json!({ "type": "number" }),
        FieldType::Decimal { precision, scale } => decimal(*precision, *scale, way),
        FieldType::Boolean => json!({ "type": "boolean" }),
        FieldType::Date => json!({ "type": "string", "format": "date" }),
        FieldType::Time => json!({ "type": "string", "format": "partial-time" }),
        FieldType::DateTime => json!({ "type": "string", "format": "date-time" }),
        FieldType::Duration => json!({ "type": "string", "format": "duration" }),
        FieldType::Uuid => json!({ "type": "string", "format": "uuid" }),
        FieldType::Enum(values) => json!({ "type": "string", "enum": values }),
        FieldType::Reference { identity: kind, .. } => identity(*kind, way),
        FieldType::Json => json!({}),
        FieldType::Object => json!({ "type": "object" }),
        FieldType::List => json!({ "type": "array" }),
        FieldType::Bytes => json!({ "type": "string", "contentEncoding": "base64", "format": "byte" }),
    }
}

/// Text with at most as many digits as the field has; a number is taken too where it can be read exactly.
fn decimal(precision: u32, scale: u32, way: Way) -> Json {
    let whole = precision.saturating_sub(scale).max(1);
    let fraction = if scale == 0 { String::new() } else { format!("(\\.[0-9]{{1,{scale}}})?") };
    let whole = if precision > scale { format!("[0-9]{{1,{whole}}}") } else { "0".to_owned() };
    let mut schema = json!({
        "type": "string", "pattern": format!("^-?{whole}{fraction}$"),
        "description": format!("a decimal of {precision} digits, {scale} after the point"),
    });
    if way == Way::Write {
        let step = 10_f64.powi(-i32::try_from(scale).unwrap_or_default());
        let digits = i32::try_from(precision.saturating_sub(scale)).unwrap_or_default();
        // Larger numbers are no longer exact in JSON; they are written as text.
        let most = (10_f64.powi(digits) - step).min(SAFE_INTEGER as f64);
        schema["type"] = json!(["string", "number"]);
        schema["multipleOf"] = json!(step);
        schema["minimum"] = json!(-most);
        schema["maximum"] = json!(most);
    }
    schema
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
