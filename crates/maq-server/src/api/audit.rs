//! The audit log, to read and to verify. Admin tokens only.

use super::App;
use crate::auth::Admin;
use crate::parts::{Path, Query};
use crate::problem::{Answer, Problem};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use maq_app::{AuditQuery, PageRequest, refusals};
use maq_query::meta::AuditFilter;
use maq_value::Instant;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// Filters; all given ones must hold. `eventType` takes several with commas.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Filters {
    event_type: Option<String>,
    user_id: Option<String>,
    tenant_id: Option<String>,
    resource: Option<String>,
    start_date: Option<String>,
    end_date: Option<String>,
    result: Option<String>,
    page: Option<u32>,
    page_size: Option<u32>,
}

pub async fn query(State(app): State<Arc<App>>, Admin(actor): Admin, Query(filters): Query<Filters>) -> Answer {
    let types = filters.event_type.iter().flat_map(|types| types.split(',')).map(str::trim);
    let query = AuditQuery {
        filter: AuditFilter {
            event_types: types.filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            user_id: filters.user_id,
            tenant_id: filters.tenant_id,
            resource: filters.resource,
            start: instant(filters.start_date.as_deref())?,
            end: instant(filters.end_date.as_deref())?,
            result: filters.result,
        },
        page: PageRequest { page: filters.page, page_size: filters.page_size },
    };
    let page = app.services.audit_log.query_events(&actor, &query).await?;
    let size = filters.page_size.unwrap_or(50);
    Ok(Json(json!({
        "data": page.data,
        "meta": { "page": filters.page.unwrap_or(1), "pageSize": size, "total": page.total },
    }))
    .into_response())
}

pub async fn get(State(app): State<Arc<App>>, Admin(actor): Admin, Path(id): Path<String>) -> Answer {
    let event = app.services.audit_log.get_event(&actor, &id).await?;
    let missing = || {
        Problem::new(
            StatusCode::NOT_FOUND,
            "audit/event-not-found",
            format!("there is no event `{id}`"),
            "list the events",
        )
    };
    Ok(Json(json!({ "data": event.ok_or_else(missing)? })).into_response())
}

/// Verifies every tenant's chain.
pub async fn verify(State(app): State<Arc<App>>, Admin(actor): Admin) -> Answer {
    let found = app.services.audit_log.verify_chain(&actor).await?;
    let data = json!({
        "ok": found.problem.is_none(),
        "checked": found.checked,
        "unsealed": found.unsealed,
        "problem": found.problem,
    });
    Ok(Json(json!({ "data": data })).into_response())
}

fn instant(text: Option<&str>) -> Result<Option<i64>, Problem> {
    let Some(text) = text else { return Ok(None) };
    match Instant::parse(text) {
        Some(instant) => Ok(Some(instant.0)),
        None => Err(refusals::AUDIT_FILTER_WRONG.with(&[("filter", text)]).into()),
    }
}
