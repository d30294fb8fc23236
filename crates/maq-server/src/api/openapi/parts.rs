//! The building blocks of a description: parameters, bodies, and answers with every status that can occur.

use serde_json::{Map, Value as Json, json};

/// What any request can be answered with: an address or headers that are too long, a fault, too busy or too slow.
const ALWAYS: [u16; 4] = [414, 431, 500, 503];

pub(super) fn reference(name: &str) -> Json {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// A schema that is no entity's: the point keeps their names apart.
pub(super) fn shared(name: &str) -> Json {
    reference(&format!("maquette.{name}"))
}

pub(super) fn query(name: &str, description: &str, schema: Json) -> Json {
    json!({ "name": name, "in": "query", "description": description, "schema": schema })
}

pub(super) fn path(name: &str, schema: Json) -> Json {
    json!({ "name": name, "in": "path", "required": true, "schema": schema })
}

pub(super) fn header(name: &str, description: &str, schema: Json) -> Json {
    json!({ "name": name, "in": "header", "description": description, "schema": schema })
}

pub(super) fn body(schema: Json) -> Json {
    json!({ "required": true, "content": { "application/json": { "schema": schema } } })
}

/// A body that may be left out: an empty one is an empty object.
pub(super) fn body_if_any(schema: Json) -> Json {
    json!({ "required": false, "content": { "application/json": { "schema": schema } } })
}

/// `{"data": schema}`.
pub(super) fn data(schema: Json) -> Json {
    closed(&["data"], json!({ "data": schema }))
}

/// An object with these members and no others.
pub(super) fn closed(required: &[&str], properties: Json) -> Json {
    json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
}

pub(super) fn list(items: Json) -> Json {
    json!({ "type": "array", "items": items })
}

/// Text; none holds U+0000.
pub(super) fn text() -> Json {
    json!({ "type": "string", "pattern": "^[^\\u0000]*$" })
}

pub(super) fn time() -> Json {
    json!({ "type": "string", "format": "date-time" })
}

pub(super) fn or_null(mut schema: Json) -> Json {
    if let Some(kind) = schema.get("type").cloned() {
        schema["type"] = json!([kind, "null"]);
    }
    schema
}

/// An answer that carries JSON.
pub(super) fn content(description: &str, schema: Json) -> Json {
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}

/// The answers of an operation: the good ones, and problems of these statuses and of those that any request may have.
pub(super) fn answers(good: Json, problems: &[u16]) -> Json {
    let mut all: Map<String, Json> = Map::new();
    if let Json::Object(good) = good {
        all.extend(good);
    }
    let mut statuses: Vec<u16> = problems.iter().chain(&ALWAYS).copied().collect();
    statuses.sort_unstable();
    for status in statuses {
        let component = format!("#/components/responses/{}", problem_name(status));
        all.insert(status.to_string(), json!({ "$ref": component }));
    }
    Json::Object(all)
}

const PROBLEMS: [(u16, &str, &str); 13] = [
    (400, "BadRequest", "The body, a parameter or a header cannot be read."),
    (401, "Unauthenticated", "There is no token, or it is unknown, expired or revoked."),
    (403, "Denied", "A policy, the kind of token, or the tenant keeps it from being done."),
    (404, "NotFound", "There is no such entity or record here."),
    (409, "Conflict", "It does not fit what is there now."),
    (412, "PreconditionFailed", "`If-Match` names another row version than the one in `params.rowVersion`."),
    (413, "TooLarge", "The body or the batch is too large."),
    (414, "AddressTooLong", "The address is too long."),
    (415, "NotJson", "The body is not JSON."),
    (422, "Invalid", "The request is read and cannot be done as it is; see `findings` where there are any."),
    (431, "HeadersTooLarge", "The headers are too many or too large."),
    (500, "Fault", "Something failed inside; the log holds more under `incident`."),
    (503, "Unavailable", "Too busy, too slow, or the store is not reachable now."),
];

fn problem_name(status: u16) -> &'static str {
    PROBLEMS.iter().find(|(known, ..)| *known == status).map_or("Fault", |(_, name, _)| name)
}

/// The problem answers, to be referred to.
pub(super) fn problem_responses() -> Json {
    let responses = PROBLEMS.iter().map(|(status, name, description)| {
        let content = json!({ "application/problem+json": { "schema": shared("Problem") } });
        let mut response = json!({ "description": description, "content": content });
        match status {
            401 => response["headers"] = json!({ "WWW-Authenticate": { "schema": { "const": "Bearer" } } }),
            503 => response["headers"] = json!({ "Retry-After": { "schema": { "type": "integer" } } }),
            _ => {}
        }
        ((*name).to_owned(), response)
    });
    Json::Object(responses.collect())
}

/// A problem document.
pub(super) fn problem_schema() -> Json {
    let finding = json!({
        "type": "object", "required": ["code", "severity", "message", "place"],
        "properties": {
            "code": text(), "severity": text(), "message": text(), "help": text(),
            "place": {
                "type": "object", "required": ["document"],
                "properties": { "document": text(), "path": list(text()) },
            },
        },
    });
    let required = ["type", "title", "status", "code", "detail", "help", "params", "retry"];
    closed(
        &required,
        json!({
            "type": { "type": "string", "pattern": "^urn:maquette:" }, "title": text(),
            "status": { "type": "integer", "minimum": 400, "maximum": 599 },
            "detail": text(), "code": { "type": "string", "pattern": "^[a-z]+/[a-z-]+$" }, "help": text(),
            "retry": { "type": "boolean" }, "incident": text(),
            "params": { "type": "object", "additionalProperties": text() },
            "findings": list(finding), "conflicts": list(json!({ "type": "object" })),
        }),
    )
}
