//! Reading a document from JSON: the reference's older forms, missing ids, unknown keys, newer formats. Answers
//! with a document or with findings that say where.

use crate::{Document, FORMAT, ids};
use maq_diag::{Finding, Place, catalogue};
use serde_json::{Map, Value as Json};

/// Reads JSON text as a document. `name` says where the text came from (a file's name) and becomes the place of
/// a finding that stands before the document has an id.
///
/// # Errors
/// The findings that kept it from being read.
pub fn parse_text(name: &str, text: &str) -> Result<Document, Vec<Finding>> {
    match serde_json::from_str::<Json>(text) {
        Ok(json) => read_document(name, json),
        Err(error) => {
            let at = byte_offset(text, error.line(), error.column());
            let mut place = Place::at(name, &[]);
            place.span = Some((at, at.saturating_add(1)));
            Err(vec![Finding::new(catalogue::DOCUMENT_NOT_JSON, place, &[("error", &error.to_string())])])
        }
    }
}

/// Reads JSON as a document, upgrading older forms and deriving missing ids.
///
/// # Errors
/// The findings that kept it from being read.
pub fn read_document(name: &str, mut json: Json) -> Result<Document, Vec<Finding>> {
    let place = || Place::at(name, &[]);
    let Some(object) = json.as_object_mut() else {
        return Err(vec![Finding::new(catalogue::DOCUMENT_SHAPE_WRONG, place(), &[("error", "expected an object")])]);
    };
    let format = object.get("format").and_then(Json::as_u64).unwrap_or(u64::from(FORMAT));
    if format > u64::from(FORMAT) {
        let params = [("format", &*format.to_string()), ("known", &*FORMAT.to_string())];
        return Err(vec![Finding::new(catalogue::DOCUMENT_FORMAT_NEWER, place(), &params)]);
    }
    object.insert("format".into(), FORMAT.into());
    if !object.contains_key("kind") && object.contains_key("fields") {
        object.insert("kind".into(), "entity".into());
    }
    let kind = object.get("kind").and_then(Json::as_str).unwrap_or_default().to_owned();
    match kind.as_str() {
        "entity" => normalise_entity(object),
        "role" => {
            let role_name = text_of(object, "name");
            give_id(object, "rol", &["role", &role_name]);
        }
        "diagram" => {
            let diagram_name = text_of(object, "name");
            give_id(object, "dia", &["diagram", &diagram_name]);
        }
        other => {
            return Err(vec![Finding::new(catalogue::DOCUMENT_KIND_UNKNOWN, place(), &[("kind", other)])]);
        }
    }
    let id = text_of(object, "id");
    serde_json::from_value(json).map_err(|error| {
        let place = if id.is_empty() { place() } else { Place::at(id, &[]) };
        vec![Finding::new(catalogue::DOCUMENT_SHAPE_WRONG, place, &[("error", &error.to_string())])]
    })
}

fn text_of(object: &Map<String, Json>, key: &str) -> String {
    object.get(key).and_then(Json::as_str).unwrap_or_default().to_owned()
}

fn give_id(object: &mut Map<String, Json>, prefix: &str, path: &[&str]) {
    if text_of(object, "id").is_empty() {
        object.insert("id".into(), ids::derived_id(prefix, path).into());
    }
}

fn normalise_entity(object: &mut Map<String, Json>) {
    let entity = text_of(object, "name");
    give_id(object, "ent", &["entity", &entity]);
    for (list, prefix) in
        [("fields", "fld"), ("uniques", "unq"), ("indexes", "idx"), ("rules", "rul"), ("policies", "pol")]
    {
        for member in object.get_mut(list).and_then(Json::as_array_mut).into_iter().flatten() {
            if let Some(member) = member.as_object_mut() {
                let name = text_of(member, "name");
                give_id(member, prefix, &["entity", &entity, list, &name]);
                if list == "policies" {
                    read_reference_policy(member);
                }
            }
        }
    }
}

/// The reference writes one `action` and the entity again as `resource`.
fn read_reference_policy(policy: &mut Map<String, Json>) {
    if let Some(action) = policy.shift_remove("action") {
        policy.entry("actions").or_insert_with(|| Json::Array(vec![action]));
    }
    policy.shift_remove("resource");
    if let Some(conditions) = policy.shift_remove("conditions") {
        policy.entry("condition").or_insert(conditions);
    }
}

fn byte_offset(text: &str, line: usize, column: usize) -> u32 {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    u32::try_from((before + column.saturating_sub(1)).min(text.len())).unwrap_or(u32::MAX)
}
