//! The description of the API (OpenAPI 3.1), made from the model that runs: every path, parameter, header and answer,
//! with every status that can occur.

#![allow(clippy::indexing_slicing, reason = "a key of an object that was written here is set, nothing is looked up")]

mod operator;
mod parts;
mod records;
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
        records::describe(entity, &mut paths, &mut schemas);
    }
    let names: Vec<&str> = entities.iter().map(|entity| &*entity.name).collect();
    if !names.is_empty() {
        records::batch(&names, &mut paths, &mut schemas);
    }
    operator::describe(&mut paths, &mut schemas);
    schemas.insert("maquette.Problem".into(), parts::problem_schema());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Maquette", "version": env!("CARGO_PKG_VERSION"),
            "description": "Records of the release that runs, and what an operator needs. A path or method that is not \
                            described here is 404 `http/no-route` or 405 `http/method-not-allowed`.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": parts::problem_responses(),
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
        "security": [{ "token": [] }],
    })
}
