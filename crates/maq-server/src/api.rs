//! The routes of a server.

mod admin;
mod audit;
mod authzen;
mod data;
mod events;
mod health;
mod meta;
mod openapi;
mod policy;

use crate::limits::{Limits, MAX_BATCH_BYTES, MAX_BODY_BYTES, MAX_LOAD_BYTES, TRANSFER_PATIENCE};
use crate::metrics::Metrics;
use crate::problem;
use crate::shield::{self, Around};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{any, delete, get, post};
use maq_app::Services;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// What every handler needs.
pub(crate) struct App {
    pub services: Services,
    pub metrics: Arc<Metrics>,
    limits: Limits,
}

impl App {
    pub fn new(services: Services, limits: Limits) -> Arc<App> {
        Arc::new(App { services, metrics: Arc::default(), limits })
    }
}

/// All routes with what surrounds them.
pub(crate) fn router(app: Arc<App>) -> Router {
    let quick = Router::new()
        .route("/api/data/{entity}", get(data::list).post(data::create))
        .route("/api/data/{entity}/{id}", get(data::get).patch(data::update).delete(data::delete))
        .route("/api/meta/entities", get(meta::list_entities).fallback(meta::release_only))
        .route("/api/meta/entities/{name}", get(meta::get_entity).fallback(meta::release_only))
        .route("/api/meta/entities/{name}/versions", get(meta::list_versions).fallback(meta::release_only))
        .route("/api/meta/entities/{name}/versions/{version}", get(meta::get_version).fallback(meta::release_only))
        .route("/api/meta/entities/{name}/versions/{version}/{act}", any(meta::release_only))
        .route("/api/meta/entities/{name}/compiled", get(meta::get_compiled))
        .route("/api/policy/check", post(policy::check))
        .route("/api/policy/explain", post(policy::explain))
        .route("/api/policy/batch", post(policy::batch))
        .route("/api/policy/filter", post(policy::filter))
        .route("/api/policy/mask", post(policy::mask))
        .route("/api/policy/decisions", get(policy::decisions))
        .route("/access/v1/evaluation", post(authzen::evaluation))
        .route("/access/v1/evaluations", post(authzen::evaluations))
        .route("/api/audit/events", get(audit::query))
        .route("/api/audit/events/{id}", get(audit::get))
        .route("/api/admin/status", get(admin::status))
        .route("/api/admin/rollback", post(admin::roll_back))
        .route("/api/admin/keys", get(admin::list_keys).post(admin::trust_key))
        .route("/api/admin/keys/{id}", delete(admin::revoke_key))
        .route("/api/admin/tokens", get(admin::list_tokens).post(admin::create_token))
        .route("/api/admin/tokens/{id}", delete(admin::revoke_token))
        .route("/api/admin/tokens/{id}/rotate", post(admin::rotate_token))
        .route("/api/admin/tenants", get(admin::list_tenants).post(admin::add_tenant))
        .route("/api/admin/tenants/{id}/suspend", post(admin::suspend_tenant))
        .route("/api/admin/tenants/{id}/resume", post(admin::resume_tenant))
        .route("/api/admin/tenants/{id}/rename", post(admin::rename_tenant))
        .route("/api/admin/outbox", get(events::list))
        .route("/api/admin/outbox:acknowledge", post(events::acknowledge))
        .route("/openapi.json", get(openapi::document))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES));
    let batches =
        Router::new().route("/api/data:batch", post(data::batch)).layer(DefaultBodyLimit::max(MAX_BATCH_BYTES));
    let open = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/.well-known/authzen-configuration", get(authzen::configuration));
    let transfers = Router::new()
        .route("/api/admin/plan", post(admin::plan))
        .route("/api/admin/apply", post(admin::apply))
        .route("/api/admin/load", get(admin::load_position).post(admin::load))
        .route("/api/audit/verify", get(audit::verify))
        .layer(DefaultBodyLimit::max(MAX_LOAD_BYTES));
    let places = Arc::new(Semaphore::new(app.limits.requests));
    let surrounded = |routes: Router<Arc<App>>, patience: Duration, places: Option<&Arc<Semaphore>>| {
        let around = Around { metrics: app.metrics.clone(), patience, places: places.cloned() };
        routes
            .method_not_allowed_fallback(problem::no_method)
            .layer(from_fn(move |request, next| shield::surround(around.clone(), request, next)))
    };
    let patience = app.limits.request_patience;
    surrounded(quick.fallback(problem::no_route), patience, Some(&places))
        .merge(surrounded(batches, patience, Some(&places)))
        .merge(surrounded(transfers, TRANSFER_PATIENCE, Some(&places)))
        .merge(surrounded(open, patience, None))
        .with_state(app)
}
