//! Records: list, count, get, create, change, delete.

use super::App;
use crate::auth::Data;
use crate::body::Body;
use crate::problem::{Answer, Problem};
use crate::query::{self, Shape};
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maq_value::{Record, Value};
use serde_json::{Value as Any, json};
use std::sync::Arc;

/// A page of records, or with `:count` after the entity's name how many there are.
pub async fn list(
    State(app): State<Arc<App>>,
    Data(principal): Data,
    Path(entity): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let (entity, counted) = match entity.strip_suffix(":count") {
        Some(entity) => (entity.to_owned(), true),
        None => (entity, false),
    };
    let kinds = query::Kinds::of(&app.services, &entity).await;
    let asked = query::read(query.as_deref().unwrap_or_default(), &kinds)?;
    if counted {
        let count = app.services.data.count(&principal, &entity, asked.request.filter.as_ref()).await?;
        return Ok(Json(json!({ "data": { "count": count } })).into_response());
    }
    let page = app.services.data.list(&principal, &entity, &asked.request).await?;
    let mut meta = json!({ "limit": page.limit });
    if let Some(meta) = meta.as_object_mut() {
        if let Some(total) = page.total {
            meta.insert("total".into(), json!(total));
        }
        match asked.shape {
            Shape::Keyset => {
                meta.insert("next".into(), json!(page.next));
            }
            Shape::Page(number) => {
                meta.insert("page".into(), json!(number));
                meta.insert("pageSize".into(), json!(page.limit));
                let pages = page.total.map(|total| total.div_ceil(u64::from(page.limit).max(1)));
                meta.insert("totalPages".into(), json!(pages));
            }
        }
    }
    let data: Vec<Any> = page.data.iter().map(Record::to_json).collect();
    Ok(Json(json!({ "data": data, "meta": meta })).into_response())
}

/// One record.
pub async fn get(
    State(app): State<Arc<App>>,
    Data(principal): Data,
    Path((entity, id)): Path<(String, String)>,
) -> Answer {
    let record = app.services.data.get(&principal, &entity, &id).await?;
    Ok(answer(StatusCode::OK, &record))
}

/// Creates a record.
pub async fn create(
    State(app): State<Arc<App>>,
    Data(principal): Data,
    Path(entity): Path<String>,
    Body(values): Body<Any>,
) -> Answer {
    let record = app.services.data.create(&principal, &entity, values).await?;
    let mut response = answer(StatusCode::CREATED, &record);
    let place = format!("/api/data/{}/{}", escaped(&entity), escaped(&id_text(&record)));
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// Changes the fields that the body names. `If-Match`, or `rowVersion` in the body, says which state was read.
pub async fn update(
    State(app): State<Arc<App>>,
    Data(principal): Data,
    Path((entity, id)): Path<(String, String)>,
    headers: HeaderMap,
    Body(mut values): Body<Any>,
) -> Answer {
    let mut version = if_match(&headers)?;
    if let Some(written) = values.as_object_mut().and_then(|values| values.shift_remove("rowVersion")) {
        let written = written.as_i64().ok_or_else(version_wrong)?;
        if version.is_some_and(|version| version != written) {
            return Err(version_wrong());
        }
        version = Some(written);
    }
    let record = app.services.data.update(&principal, &entity, &id, values, version).await?;
    Ok(answer(StatusCode::OK, &record))
}

/// Deletes a record. `If-Match` says which state was read.
pub async fn delete(
    State(app): State<Arc<App>>,
    Data(principal): Data,
    Path((entity, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    app.services.data.delete(&principal, &entity, &id, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn answer(status: StatusCode, record: &Record) -> Response {
    let mut response = (status, Json(json!({ "data": record.to_json() }))).into_response();
    if let Value::Integer(version) = record.get("rowVersion")
        && let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\""))
    {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// The row version in `If-Match`; none when the header is absent or `*`.
fn if_match(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().map_err(|_| version_wrong())?.trim();
    if text == "*" {
        return Ok(None);
    }
    let number = text.trim_start_matches("W/").trim_matches('"');
    number.parse().map(Some).map_err(|_| version_wrong())
}

fn version_wrong() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "data/row-version-wrong",
        "the row version cannot be read",
        "send the `rowVersion` that was read as If-Match: \"3\", or in the body",
    )
}

fn id_text(record: &Record) -> String {
    match record.get("id").to_json() {
        Any::String(id) => id,
        other => other.to_string(),
    }
}

/// A path part: everything but letters, digits and `-._~` as %XX.
fn escaped(part: &str) -> String {
    part.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
