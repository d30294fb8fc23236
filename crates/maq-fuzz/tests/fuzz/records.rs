//! Records: whatever JSON comes, the validator answers; what it lets in can be written to both databases and comes
//! back as it was.

use crate::run::reached;
use crate::samples;
use maq_fuzz::Input;
use maq_gtype::Validator;
use maq_ir::Entity;
use maq_ir::schema::column_type;
use maq_query::record::{Records, Stamp};
use maq_query::{Dialect, SqlValue, codec};
use maq_value::{Instant, Kind, Record, Scope, Value};
use serde_json::{Map, Value as Json, json};
use std::sync::{Arc, LazyLock};

static ENTITIES: LazyLock<Vec<Arc<Entity>>> = LazyLock::new(|| entities(&samples::documents()));

fn entities(documents: &[Json]) -> Vec<Arc<Entity>> {
    let documents: Vec<_> = documents.iter().filter_map(samples::read).collect();
    let compiled = samples::compiled(&documents);
    if !samples::is_frozen(&documents, &compiled) {
        return Vec::new();
    }
    compiled.model.entities().map(|view| view.entity.clone()).collect()
}

pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    // Now and then an entity that was never thought of: other limits, patterns, types.
    let changed = if input.once_in(4) { changed_entities(&mut input) } else { Vec::new() };
    let entities = if changed.is_empty() { &*ENTITIES } else { &changed };
    let Some(entity) = input.one(entities).cloned() else { return };
    let validator = Validator::new(&entity);
    for _ in 0..=input.pick(3) {
        let json = object(&mut input, &entity);
        check_create(&entity, &validator, &json);
        check_patch(&validator, &json);
    }
    check_cells(&mut input);
}

fn changed_entities(input: &mut Input<'_>) -> Vec<Arc<Entity>> {
    let mut documents = vec![samples::customer(), samples::invoice()];
    for document in &mut documents {
        let fields = document["fields"].as_array_mut().unwrap();
        for _ in 0..=input.pick(3) {
            let at = input.pick(fields.len());
            let key = ["min", "max", "default", "maxLength", "pattern", "scale", "precision", "enumValues", "absent"];
            let key = input.one(&key).copied().unwrap_or("min");
            fields[at][key] = match input.pick(3) {
                0 => json!(input.pick(30)),
                1 => json!(input.known()),
                _ => input.json(1),
            };
        }
    }
    let mut entities = entities(&documents);
    // The compiler does not know formats: a default that is none of its format is found where records are made.
    entities.retain(|entity| {
        entity.fields.iter().all(|field| field.constraints.format.is_none() || field.default.is_none())
    });
    entities
}

/// An object near a valid record of `entity`.
fn object(input: &mut Input<'_>, entity: &Entity) -> Map<String, Json> {
    let mut json = Map::new();
    for field in &entity.fields {
        if input.pick(3) > 0 || field.required {
            json.insert(field.name.to_string(), value(input, field.ty.kind()));
        }
    }
    if input.pick(4) == 0 {
        json.insert("id".to_owned(), value(input, entity.identity.kind()));
    }
    let mut json = Json::Object(json);
    if input.once_in(8) {
        input.mutate(&mut json);
    }
    match json {
        Json::Object(json) => json,
        other => Map::from_iter([("number".to_owned(), other)]),
    }
}

/// Mostly a value of the kind, at its edges.
pub fn value(input: &mut Input<'_>, kind: Kind) -> Json {
    if input.pick(24) == 23 {
        return input.json(2);
    }
    if input.pick(16) == 15 {
        return Json::Null;
    }
    let texts: &[&str] = match kind {
        Kind::Bool => return json!(input.pick(2) == 1),
        Kind::Integer => return json!(input.pick(20) as i64 - 4),
        Kind::BigInt => return json!(input.number().to_string()),
        Kind::Number => return json!(input.double()),
        Kind::Json => return if input.pick(2) == 0 { json!([input.json(2)]) } else { json!({ "a": input.json(2) }) },
        Kind::Text => return if input.pick(3) == 0 { json!(input.text()) } else { json!(text(input)) },
        Kind::Decimal => {
            &["0", "-0", "-0.00", "12.5", "0.01", "-99.99", "1e2", "12345678901.10", "0012", "+3", ".5", "5."]
        }
        Kind::Date => {
            &["2024-02-29", "0001-01-01", "9999-12-31", "-000044-03-15", "0000-12-31", "20240229", "2024-02-29T10:00"]
        }
        Kind::Time => {
            &["13:45", "13:45:00", "23:59:59.999999", "23:59:59.9999999", "00:00:00.000000001", "134500", "T13:45"]
        }
        Kind::Instant => &[
            "2026-11-21T03:39:49.5Z",
            "2026-11-21T03:39:49.1234567Z",
            "0001-01-01T00:00:00Z",
            "-009999-06-01T00:00:00Z",
            "9999-12-30T22:00:00.999999999Z",
            "2026-11-21 03:39+05:30",
            "2016-12-31T23:59:60Z",
        ],
        Kind::Duration => &[
            "PT1H30M",
            "-PT0.000001S",
            "PT0.0000009S",
            "P1D",
            "1h",
            "PT2562047788H",
            "PT9223372036854775807S",
            "1 h ago",
        ],
        Kind::Uuid => &[
            "67e55044-10b1-426f-9247-bb680e5fe0c8",
            "67E5504410B1426F9247BB680E5FE0C8",
            "00000000-0000-0000-0000-000000000000",
        ],
        Kind::Bytes => &["", "AAH/", "AA==", "AB==", "AA", "_-_-"],
    };
    json!(input.one(texts).copied().unwrap_or_default())
}

fn text(input: &mut Input<'_>) -> &'static str {
    const TEXTS: &[&str] = &[
        "draft",
        "open",
        "paid",
        "a",
        "b-1",
        "ann@example.org",
        "https://example.org",
        "+49 30 1234567",
        "example.org",
        "10.0.0.1",
        "::1",
        "Draft",
        "Z",
        "zz",
        "A1",
    ];
    input.one(TEXTS).copied().unwrap_or_default()
}

fn check_create(entity: &Entity, validator: &Validator, json: &Map<String, Json>) {
    let read = validator.create(json);
    let shown = || Json::Object(json.clone());
    assert_eq!(validator.accepts(json), read.is_ok(), "the fast answer is another: {} {read:?}", shown());
    let Ok(record) = read else { return };
    reached("records accepted");
    assert_eq!(validator.check_row(&record), [], "a checked record has findings: {}", shown());
    let written = record.to_json();
    let again = validator.create(written.as_object().unwrap());
    assert_eq!(again.as_ref(), Ok(&record), "{} does not survive its own JSON {written}", shown());
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        check_stored(entity, &record, dialect);
    }
}

fn check_patch(validator: &Validator, json: &Map<String, Json>) {
    let Ok(changes) = validator.patch(json) else { return };
    reached("changes accepted");
    for (name, _) in &changes.0 {
        assert!(json.contains_key(&**name), "a change that nobody asked for: {name} {json:?}");
    }
}

/// The record as the store would hold it, and what comes back.
fn check_stored(entity: &Entity, record: &Record, dialect: Dialect) {
    let records = Records::new(entity, None, dialect);
    let scope = Scope { tenant_id: "t".into(), realm_id: "r".into() };
    let id = match (record.get("id"), entity.identity.kind()) {
        (Value::Missing | Value::Null, Kind::Uuid) => Value::Uuid(maq_value::Uuid::nil()),
        (Value::Missing | Value::Null, Kind::Text) => Value::Text("x".into()),
        (Value::Missing | Value::Null, _) => Value::Integer(1),
        (id, _) => id.clone(),
    };
    let mut values = record.clone();
    values.0.retain(|(name, _)| &**name != "id");
    let stamp = Stamp { now: Instant(0), user_id: "ann" };
    let statement = records.insert(&scope, Some(&id), &values, stamp);
    let statement = statement.unwrap_or_else(|error| panic!("{dialect:?}: {error}: {}", record.to_json()));
    assert!(statement.is_scoped());
    for bind in &statement.binds {
        check_bind(bind, dialect, record);
    }
    for field in &entity.fields {
        let (value, column) = (record.get(&field.name), column_type(&field.ty));
        let cell = codec::encode(value, &column, dialect).unwrap_or_else(|error| panic!("{}: {error}", field.name));
        let back = codec::decode(&cell, &column, field.ty.kind(), dialect)
            .unwrap_or_else(|error| panic!("{dialect:?} {}: {error}", field.name));
        let same = if value.is_absent() { back == Value::Null } else { back.to_json() == value.to_json() };
        assert!(same, "{dialect:?}: {} came back as {back:?}, it was {value:?}", field.name);
        if dialect == Dialect::Postgres {
            check_precision(value, record);
        }
    }
}

/// What no driver takes.
fn check_bind(bind: &SqlValue, dialect: Dialect, record: &Record) {
    match bind {
        SqlValue::Real(double) => assert!(double.is_finite(), "{}", record.to_json()),
        SqlValue::Text(text) if dialect == Dialect::Postgres => {
            assert!(!text.contains('\0'), "Postgres keeps no NUL in a text: {}", record.to_json());
        }
        _ => {}
    }
}

/// Postgres keeps microseconds; years have four digits, or dates would not sort in SQLite as they do in Postgres.
fn check_precision(value: &Value, record: &Record) {
    match value {
        Value::Time(time) => assert_eq!(time.subsec_nanosecond() % 1000, 0, "nanoseconds: {}", record.to_json()),
        Value::Date(date) => assert!(date.year() >= 0, "no year {}: {}", date.year(), record.to_json()),
        Value::Instant(instant) => {
            assert!(instant.0 >= -62_167_219_200_000_000, "an instant before year 0: {}", record.to_json());
        }
        _ => {}
    }
}

/// Cells as a damaged or foreign database may hold them: an answer or an error, never a panic.
fn check_cells(input: &mut Input<'_>) {
    for _ in 0..4 {
        let Some(entity) = input.one(&ENTITIES[..]).cloned() else { return };
        let Some(field) = input.one(&entity.fields) else { return };
        let cell = match input.pick(4) {
            0 => SqlValue::Integer(input.number()),
            1 => SqlValue::Real(input.double()),
            2 => SqlValue::Text(input.text()),
            _ => SqlValue::Blob(input.bytes(5).to_vec()),
        };
        let other = input.one(&entity.fields).unwrap_or(field);
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            for kind in [field.ty.kind(), other.ty.kind()] {
                if let Ok(value) = codec::decode(&cell, &column_type(&field.ty), kind, dialect) {
                    reached("cells read");
                    let _ = codec::encode(&value, &column_type(&field.ty), dialect);
                    let _ = value.to_json();
                }
            }
        }
    }
}
