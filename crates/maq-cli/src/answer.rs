//! Reading a server's JSON answers: what is not there reads as null.

use serde_json::Value as Json;

static NULL: Json = Json::Null;

/// What stands at a JSON pointer (RFC 6901).
pub fn at<'a>(json: &'a Json, pointer: &str) -> &'a Json {
    json.pointer(pointer).unwrap_or(&NULL)
}

/// Takes what stands at a JSON pointer.
pub fn take(json: &mut Json, pointer: &str) -> Json {
    json.pointer_mut(pointer).map(Json::take).unwrap_or_default()
}

/// Takes the list at a JSON pointer.
pub fn take_list(json: &mut Json, pointer: &str) -> Vec<Json> {
    match take(json, pointer) {
        Json::Array(list) => list,
        _ => Vec::new(),
    }
}
