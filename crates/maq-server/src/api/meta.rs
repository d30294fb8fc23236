//! The registry, to read. On a server only a release changes the model: every write is refused.

use super::App;
use crate::auth::{Admin, Caller};
use crate::parts::{Path, Query};
use crate::problem::{Answer, Problem};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use maq_app::{EntityRow, PageRequest, VersionRow, refusals};
use serde::Deserialize;
use serde_json::{Value as Any, json};
use std::sync::Arc;

/// Which page of a listing.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Paged {
    page: Option<u32>,
    page_size: Option<u32>,
}

impl Paged {
    fn request(&self) -> PageRequest {
        PageRequest { page: self.page, page_size: self.page_size }
    }

    fn meta(&self, total: u64) -> Any {
        let size = self.page_size.unwrap_or(20);
        json!({
            "page": self.page.unwrap_or(1), "pageSize": size, "total": total,
            "totalPages": total.div_ceil(u64::from(size).max(1)),
        })
    }
}

pub async fn list_entities(State(app): State<Arc<App>>, Admin(actor): Admin, Query(paged): Query<Paged>) -> Answer {
    let page = app.services.registry.list_entities(&actor, paged.request()).await?;
    let data: Vec<Any> = page.data.iter().map(entity).collect();
    Ok(Json(json!({ "data": data, "meta": paged.meta(page.total) })).into_response())
}

pub async fn get_entity(State(app): State<Arc<App>>, Admin(actor): Admin, Path(name): Path<String>) -> Answer {
    let found = app.services.registry.get_entity(&actor, &name).await?;
    let found = found.ok_or_else(|| refusals::ENTITY_NOT_FOUND.with(&[("name", &name)]))?;
    Ok(Json(json!({ "data": entity(&found) })).into_response())
}

pub async fn list_versions(
    State(app): State<Arc<App>>,
    Admin(actor): Admin,
    Path(name): Path<String>,
    Query(paged): Query<Paged>,
) -> Answer {
    let page = app.services.registry.list_versions(&actor, &name, paged.request()).await?;
    let data: Vec<Any> = page.data.iter().map(version).collect();
    Ok(Json(json!({ "data": data, "meta": paged.meta(page.total) })).into_response())
}

/// A version by name, or the one that runs as `active`.
pub async fn get_version(
    State(app): State<Arc<App>>,
    Admin(actor): Admin,
    Path((name, wanted)): Path<(String, String)>,
) -> Answer {
    let registry = &app.services.registry;
    let found = if wanted == "active" {
        let missing = || refusals::NO_ACTIVE_VERSION.with(&[("entity", &name)]);
        registry.get_active_version(&actor, &name).await?.ok_or_else(missing)?
    } else {
        let missing = || refusals::VERSION_NOT_FOUND.with(&[("entity", &name), ("version", &wanted)]);
        registry.get_version(&actor, &name, &wanted).await?.ok_or_else(missing)?
    };
    Ok(Json(json!({ "data": version(&found) })).into_response())
}

/// The compiled model of the version that runs.
pub async fn get_compiled(State(app): State<Arc<App>>, Admin(actor): Admin, Path(name): Path<String>) -> Answer {
    let model = app.services.compiler.compile(&actor, &name, None).await?;
    let field = |field: &maq_ir::Field| {
        json!({
            "name": &*field.name, "column": &*field.column, "type": field.ty.word(), "required": field.required,
        })
    };
    let fields: Vec<Any> = model.entity.fields.iter().map(field).collect();
    Ok(Json(json!({ "data": {
        "entity": &*model.entity.name, "version": model.version, "schemaHash": &*model.entity.schema_hash,
        "table": &*model.entity.table, "fields": fields,
    } }))
    .into_response())
}

/// Every write.
pub async fn release_only(_: Caller) -> Problem {
    refusals::RELEASE_ONLY.with(&[]).into()
}

fn entity(row: &EntityRow) -> Any {
    json!({
        "id": row.id, "name": row.name, "description": row.description, "activeVersion": row.active_version,
        "createdAt": row.created_at, "updatedAt": row.updated_at, "createdBy": row.created_by,
    })
}

fn version(row: &VersionRow) -> Any {
    json!({
        "id": row.id, "entityName": row.entity, "version": row.version, "schema": row.schema,
        "schemaHash": row.schema_hash, "isActive": row.is_active, "isReleased": row.is_released,
        "createdAt": row.created_at, "createdBy": row.created_by,
    })
}
