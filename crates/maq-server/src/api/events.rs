//! The outbox, for whoever relays events to others. Admin tokens only.

use super::App;
use crate::auth::Admin;
use crate::body::Body;
use crate::problem::Answer;
use crate::query;
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// Events of a reading that names no limit.
const DEFAULT_LIMIT: usize = 100;

/// Events that were passed on.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Acknowledged {
    event_ids: Vec<String>,
}

/// The oldest events, and how many wait.
pub async fn list(State(app): State<Arc<App>>, Admin(actor): Admin, RawQuery(query): RawQuery) -> Answer {
    let limit = query::only_limit(query.as_deref().unwrap_or_default())?;
    let page = app.services.outbox.list(&actor, limit.map_or(DEFAULT_LIMIT, |limit| limit as usize)).await?;
    Ok(Json(json!({ "data": page.data, "meta": { "waiting": page.waiting } })).into_response())
}

/// Takes events away; sending it again changes nothing.
pub async fn acknowledge(
    State(app): State<Arc<App>>,
    Admin(actor): Admin,
    Body(Acknowledged { event_ids }): Body<Acknowledged>,
) -> Answer {
    let waiting = app.services.outbox.acknowledge(&actor, &event_ids).await?;
    Ok(Json(json!({ "data": { "waiting": waiting } })).into_response())
}
