//! The description of the data API (OpenAPI 3.1), made from the model that runs.

mod schema;

use super::App;
use crate::auth::Caller;
use crate::problem::Answer;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use maq_ir::Entity;
use maq_value::Actor;
use serde_json::{Map, Value as Any, json};
use std::sync::Arc;

/// The document, for any token.
pub async fn document(State(app): State<Arc<App>>, _: Caller) -> Answer {
    let reader = Actor { user_id: "server".into(), roles: vec!["viewer".into()] };
    let models = app.services.compiler.precompile_all(&reader).await?;
    let mut entities: Vec<Arc<Entity>> = models.into_iter().map(|model| model.entity).collect();
    entities.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(Json(describe(&entities)).into_response())
}

fn describe(entities: &[Arc<Entity>]) -> Any {
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    for entity in entities {
        let name = &*entity.name;
        schemas.insert(name.to_owned(), schema::record(entity));
        schemas.insert(format!("New{name}"), schema::create(entity));
        schemas.insert(format!("Changed{name}"), schema::update(entity));
        paths.insert(format!("/api/data/{name}"), collection(name));
        paths.insert(format!("/api/data/{name}:count"), counted(name));
        paths.insert(format!("/api/data/{name}/{{id}}"), one(name));
    }
    schemas.insert("Problem".into(), problem_schema());
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Maquette data API", "version": env!("CARGO_PKG_VERSION") },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
        "security": [{ "token": [] }],
    })
}

fn collection(name: &str) -> Any {
    let list = json!({
        "type": "object", "required": ["data", "meta"],
        "properties": {
            "data": { "type": "array", "items": reference(name) },
            "meta": {
                "type": "object",
                "properties": {
                    "limit": { "type": "integer" }, "next": { "type": ["string", "null"] },
                    "total": { "type": "integer" }, "page": { "type": "integer" }, "pageSize": { "type": "integer" },
                },
            },
        },
    });
    json!({
        "get": {
            "operationId": format!("list{name}"), "tags": [name], "parameters": list_parameters(),
            "responses": with_problems(json!({ "200": content("A page of records.", list) })),
        },
        "post": {
            "operationId": format!("create{name}"), "tags": [name],
            "requestBody": { "required": true, "content": json_of(reference(&format!("New{name}"))) },
            "responses": with_problems(json!({ "201": content("The record.", wrapped(name)) })),
        },
    })
}

fn counted(name: &str) -> Any {
    let count = json!({
        "type": "object", "properties": { "data": { "type": "object", "properties": { "count": { "type": "integer" } } } },
    });
    json!({
        "get": {
            "operationId": format!("count{name}"), "tags": [name],
            "parameters": [parameter("filter", "Conditions as JSON.", json!({ "type": "string" }))],
            "responses": with_problems(json!({ "200": content("How many records fit.", count) })),
        },
    })
}

fn one(name: &str) -> Any {
    let id = json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } });
    let if_match = json!({
        "name": "If-Match", "in": "header", "schema": { "type": "string" },
        "description": "The row version that was read, in quotes; another one is a conflict.",
    });
    json!({
        "parameters": [id],
        "get": {
            "operationId": format!("get{name}"), "tags": [name],
            "responses": with_problems(json!({ "200": content("The record.", wrapped(name)) })),
        },
        "patch": {
            "operationId": format!("update{name}"), "tags": [name], "parameters": [if_match.clone()],
            "requestBody": { "required": true, "content": json_of(reference(&format!("Changed{name}"))) },
            "responses": with_problems(json!({ "200": content("The record.", wrapped(name)) })),
        },
        "delete": {
            "operationId": format!("delete{name}"), "tags": [name], "parameters": [if_match],
            "responses": with_problems(json!({ "204": { "description": "It is gone." } })),
        },
    })
}

fn list_parameters() -> Vec<Any> {
    let text = json!({ "type": "string" });
    vec![
        parameter(
            "limit",
            "Records a page, 20 when absent.",
            json!({ "type": "integer", "minimum": 1, "maximum": 200 }),
        ),
        parameter("after", "`next` of the page before.", text.clone()),
        parameter("sort", "Field names with commas, `-` first for descending.", text.clone()),
        parameter("filter", "Conditions as JSON: {\"total\": {\"gt\": 10}}. Or as field[op]=value.", text.clone()),
        parameter("total", "Count all that fit.", json!({ "type": "boolean" })),
        parameter("page", "A page by number in place of a cursor.", json!({ "type": "integer", "minimum": 1 })),
        parameter("pageSize", "Records a page.", json!({ "type": "integer", "minimum": 1, "maximum": 200 })),
        parameter("orderBy", "A field name.", text),
        parameter("orderDir", "asc or desc.", json!({ "enum": ["asc", "desc"] })),
    ]
}

fn parameter(name: &str, description: &str, schema: Any) -> Any {
    json!({ "name": name, "in": "query", "description": description, "schema": schema })
}

fn reference(name: &str) -> Any {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn wrapped(name: &str) -> Any {
    json!({ "type": "object", "required": ["data"], "properties": { "data": reference(name) } })
}

fn json_of(schema: Any) -> Any {
    json!({ "application/json": { "schema": schema } })
}

fn content(description: &str, schema: Any) -> Any {
    json!({ "description": description, "content": json_of(schema) })
}

fn with_problems(mut responses: Any) -> Any {
    if let Some(responses) = responses.as_object_mut() {
        let problem = json!({ "application/problem+json": { "schema": reference("Problem") } });
        responses.insert("default".into(), json!({ "description": "A problem, with its code.", "content": problem }));
    }
    responses
}

fn problem_schema() -> Any {
    json!({
        "type": "object", "required": ["type", "title", "status", "code"],
        "properties": {
            "type": { "type": "string" }, "title": { "type": "string" }, "status": { "type": "integer" },
            "detail": { "type": "string" }, "code": { "type": "string" }, "help": { "type": "string" },
            "retry": { "type": "boolean" }, "incident": { "type": "string" },
            "params": { "type": "object", "additionalProperties": { "type": "string" } },
            "findings": { "type": "array", "items": { "type": "object" } },
        },
    })
}
