//! What a publisher and an operator do: status, plan, apply, rollback, load; keys, tokens, tenants. Admin tokens only.

use super::App;
use crate::auth::Admin;
use crate::body::Body;
use crate::parts::{Path, Query};
use crate::problem::{Answer, Problem};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maq_app::{LoadBatch, LoadPhase, TokenFilter, TokenRequest};
use serde::Deserialize;
use serde_json::{Value as Any, json};
use std::sync::Arc;

/// A signed release: the DSSE envelope, as text or as JSON.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Planned {
    envelope: Any,
}

/// A signed release and the plan that was reviewed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Applied {
    envelope: Any,
    plan: String,
}

/// Whose position is asked for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Position {
    release: String,
    entity: String,
    #[serde(default = "first_phase")]
    phase: LoadPhase,
}

fn first_phase() -> LoadPhase {
    LoadPhase::Insert
}

/// A publisher's public key, base64.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Key {
    public_key: String,
}

/// A tenant to add.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tenant {
    id: String,
    name: Option<String>,
}

/// How long the old secret of a rotated token opens; it ends at once without it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rotation {
    #[serde(default)]
    grace_seconds: u64,
}

/// Another name for a tenant.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Name {
    name: String,
}

pub async fn status(State(app): State<Arc<App>>, Admin(actor): Admin) -> Answer {
    Ok(Json(app.services.deployer.status(&actor).await?).into_response())
}

pub async fn plan(State(app): State<Arc<App>>, Admin(actor): Admin, Body(body): Body<Planned>) -> Answer {
    Ok(Json(app.services.deployer.plan(&actor, &text(body.envelope)).await?).into_response())
}

pub async fn apply(State(app): State<Arc<App>>, Admin(actor): Admin, Body(body): Body<Applied>) -> Answer {
    let deployment = app.services.deployer.apply(&actor, &text(body.envelope), &body.plan).await?;
    Ok(Json(json!({ "deployment": deployment })).into_response())
}

pub async fn roll_back(State(app): State<Arc<App>>, Admin(actor): Admin) -> Answer {
    Ok(Json(app.services.deployer.roll_back(&actor).await?).into_response())
}

pub async fn load_position(State(app): State<Arc<App>>, Admin(actor): Admin, Query(asked): Query<Position>) -> Answer {
    let position = app.services.deployer.load_position(&actor, &asked.release, &asked.entity, asked.phase).await?;
    Ok(Json(position).into_response())
}

pub async fn load(State(app): State<Arc<App>>, Admin(actor): Admin, Body(batch): Body<LoadBatch>) -> Answer {
    Ok(Json(app.services.deployer.load(&actor, batch).await?).into_response())
}

pub async fn list_keys(State(app): State<Arc<App>>, Admin(actor): Admin) -> Answer {
    Ok(Json(json!({ "data": app.services.access.list_keys(&actor).await? })).into_response())
}

pub async fn trust_key(State(app): State<Arc<App>>, Admin(actor): Admin, Body(key): Body<Key>) -> Answer {
    let row = app.services.access.trust_key(&actor, &key.public_key).await?;
    Ok(created(json!({ "data": row })))
}

pub async fn revoke_key(State(app): State<Arc<App>>, Admin(actor): Admin, Path(id): Path<String>) -> Answer {
    app.services.access.revoke_key(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Filters: `user`, `tenant`, `kind`, `state`; all given ones must hold.
pub async fn list_tokens(
    State(app): State<Arc<App>>,
    Admin(actor): Admin,
    Query(filter): Query<TokenFilter>,
) -> Answer {
    Ok(Json(json!({ "data": app.services.access.list_tokens(&actor, &filter).await? })).into_response())
}

/// The secret is in this answer and never again.
pub async fn create_token(
    State(app): State<Arc<App>>,
    Admin(actor): Admin,
    Body(request): Body<TokenRequest>,
) -> Answer {
    let (row, secret) = app.services.access.create_token(&actor, request).await?;
    Ok(created(json!({ "data": row, "token": secret.expose() })))
}

/// The new secret is in this answer and never again.
pub async fn rotate_token(
    State(app): State<Arc<App>>,
    Admin(actor): Admin,
    Path(id): Path<String>,
    Body(rotation): Body<Rotation>,
) -> Answer {
    let (row, secret) = app.services.access.rotate_token(&actor, &id, rotation.grace_seconds).await?;
    Ok(created(json!({ "data": row, "token": secret.expose() })))
}

pub async fn revoke_token(State(app): State<Arc<App>>, Admin(actor): Admin, Path(id): Path<String>) -> Answer {
    app.services.access.revoke_token(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub async fn list_tenants(State(app): State<Arc<App>>, Admin(actor): Admin) -> Answer {
    Ok(Json(json!({ "data": app.services.access.list_tenants(&actor).await? })).into_response())
}

pub async fn add_tenant(State(app): State<Arc<App>>, Admin(actor): Admin, Body(tenant): Body<Tenant>) -> Answer {
    let row = app.services.access.add_tenant(&actor, &tenant.id, tenant.name.as_deref()).await?;
    Ok(created(json!({ "data": row })))
}

pub async fn rename_tenant(
    State(app): State<Arc<App>>,
    Admin(actor): Admin,
    Path(id): Path<String>,
    Body(Name { name }): Body<Name>,
) -> Answer {
    let row = app.services.access.rename_tenant(&actor, &id, &name).await?;
    Ok(Json(json!({ "data": row })).into_response())
}

pub async fn suspend_tenant(app: State<Arc<App>>, admin: Admin, id: Path<String>) -> Answer {
    set_suspended(app, admin, id, true).await
}

pub async fn resume_tenant(app: State<Arc<App>>, admin: Admin, id: Path<String>) -> Answer {
    set_suspended(app, admin, id, false).await
}

async fn set_suspended(
    State(app): State<Arc<App>>,
    Admin(actor): Admin,
    Path(id): Path<String>,
    suspended: bool,
) -> Result<Response, Problem> {
    let row = app.services.access.suspend_tenant(&actor, &id, suspended).await?;
    Ok(Json(json!({ "data": row })).into_response())
}

fn created(body: Any) -> Response {
    (StatusCode::CREATED, Json(body)).into_response()
}

fn text(envelope: Any) -> String {
    match envelope {
        Any::String(text) => text,
        other => other.to_string(),
    }
}
