//! Whether it lives, whether it can answer, and how much it did.

use super::App;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::sync::Arc;

/// The process answers.
pub async fn alive() -> Json<serde_json::Value> {
    Json(json!({ "ok": true }))
}

/// Every service answers; 503 with the ones that do not.
pub async fn ready(State(app): State<Arc<App>>) -> Response {
    let health = app.services.health().await;
    let ok = health.iter().all(|(_, health)| health.healthy);
    let services: serde_json::Map<String, serde_json::Value> = health
        .into_iter()
        .map(|(name, health)| (name.to_owned(), json!({ "healthy": health.healthy, "message": health.message })))
        .collect();
    let status = if ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ok": ok, "services": services }))).into_response()
}

/// Counters as Prometheus reads them.
pub async fn metrics(State(app): State<Arc<App>>) -> Response {
    let text = format!(
        "{}# HELP maquette_decisions_dropped_total Decisions that could not be kept in the log.\n# TYPE \
         maquette_decisions_dropped_total counter\nmaquette_decisions_dropped_total {}\n",
        app.metrics.text(),
        app.services.policy_gate.dropped_decisions(),
    );
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}
