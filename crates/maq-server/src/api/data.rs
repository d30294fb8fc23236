//! Records: list, count, get, create, change, delete, and batches of changes.

mod conditions;
mod export;

use super::App;
use crate::auth::Data;
use crate::body::Body;
use crate::parts::Path;
use crate::problem::{self, Answer, Problem};
use crate::query::{self, Shape};
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use maq_app::{AppError, Change, IdempotencyKey, Included, Written};
use maq_value::{Record, Value};
use serde::Deserialize;
use serde_json::{Value as Any, json};
use std::sync::Arc;

/// A client's own key of a request: the same request under the same key is done once.
pub(super) const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// On an answer that was given before.
const REPLAYED: &str = "idempotency-replayed";

/// A page of records; with `:count` after the entity's name how many there are, with `:export` all of them.
pub async fn list(
    State(app): State<Arc<App>>,
    Data(principal): Data,
    Path(entity): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let query = query.as_deref().unwrap_or_default();
    if let Some(entity) = entity.strip_suffix(":export") {
        return export::export(app, (principal, headers), entity, query).await;
    }
    let (entity, counted) = match entity.strip_suffix(":count") {
        Some(entity) => (entity.to_owned(), true),
        None => (entity, false),
    };
    let kinds = query::Kinds::of(&app.services, &entity).await;
    if counted {
        let filter = query::count(query, &kinds)?;
        let count = app.services.data.count(&principal, &entity, filter.as_ref()).await?;
        return Ok(Json(json!({ "data": { "count": count } })).into_response());
    }
    let asked = query::read(query, &kinds)?;
    let page = app.services.data.list_json(&principal, &entity, &asked.request).await?;
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
    let included = (!asked.request.expand.is_empty()).then_some(&page.included);
    let body = page_text(&page.data, &Beside { included, meta })?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// One record. `If-None-Match` asks for it only when it changed, `If-Match` only when it did not.
pub async fn get(
    State(app): State<Arc<App>>,
    Data(principal): Data,
    Path((entity, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let expected = conditions::if_match(&headers)?;
    let expand = query::only_expand(query.as_deref().unwrap_or_default())?;
    let (record, included) = app.services.data.get_with(&principal, &entity, &id, &expand).await?;
    let version = match record.get("rowVersion") {
        Value::Integer(version) => *version,
        _ => 0,
    };
    if expected.is_some_and(|expected| expected != version) {
        return Err(conditions::changed(&entity, &id, version));
    }
    if !expand.is_empty() {
        // No tag: it tells of the record, and not of those beside it.
        return Ok(Json(AnsweredWith { data: &record, included: &included }).into_response());
    }
    if conditions::is_known(&headers, version)? {
        return Ok(conditions::not_modified(version));
    }
    Ok(tagged(StatusCode::OK, version, &record))
}

/// Creates a record.
pub async fn create(
    State(app): State<Arc<App>>,
    Data(principal): Data,
    Path(entity): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    Body(data): Body<Any>,
) -> Answer {
    if entity.ends_with(":count") || entity.ends_with(":export") {
        return Ok(problem::no_method(uri).await);
    }
    let key = idempotency_key(&headers)?;
    let change = Change::Create { entity: entity.clone(), id: None, data };
    let (record, replayed) = one(app.services.data.submit(&principal, change, key.as_ref()).await?);
    let place = format!("/api/data/{}/{}", escaped(&entity), escaped(&id_text(&record)));
    let mut response = answer(StatusCode::CREATED, record);
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(marked(response, replayed))
}

/// Changes the fields that the body names. `If-Match`, or `rowVersion` in the body, says which state was read.
pub async fn update(
    State(app): State<Arc<App>>,
    Data(principal): Data,
    Path((entity, id)): Path<(String, String)>,
    headers: HeaderMap,
    Body(mut data): Body<Any>,
) -> Answer {
    let (key, by_header) = (idempotency_key(&headers)?, conditions::if_match(&headers)?);
    let written = data.as_object_mut().and_then(|values| values.shift_remove("rowVersion"));
    let in_body = match written {
        Some(written) => Some(written.as_i64().ok_or_else(conditions::version_wrong)?),
        None => None,
    };
    // Two versions cannot both be the one that is there.
    let by_header = by_header.map(|version| if in_body.is_none_or(|other| other == version) { version } else { 0 });
    let change = Change::Update { entity, id, row_version: by_header.or(in_body), data };
    let written = app.services.data.submit(&principal, change, key.as_ref()).await;
    let (record, replayed) = one(written.map_err(|error| conditions::failed(error, by_header))?);
    Ok(marked(answer(StatusCode::OK, record), replayed))
}

/// Deletes a record. `If-Match` says which state was read.
pub async fn delete(
    State(app): State<Arc<App>>,
    Data(principal): Data,
    Path((entity, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let (key, row_version) = (idempotency_key(&headers)?, conditions::if_match(&headers)?);
    let change = Change::Delete { entity, id, row_version };
    let written = app.services.data.submit(&principal, change, key.as_ref()).await;
    let written = written.map_err(|error| conditions::failed(error, row_version))?;
    Ok(marked(StatusCode::NO_CONTENT.into_response(), written.replayed))
}

/// Changes, all or none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    operations: Vec<Change>,
}

/// Makes all changes of a batch in one unit of work, or none; answers the records in order, null for a deleted one.
pub async fn batch(
    State(app): State<Arc<App>>,
    Data(principal): Data,
    headers: HeaderMap,
    Body(Batch { operations }): Body<Batch>,
) -> Answer {
    let key = idempotency_key(&headers)?;
    let written = app.services.data.batch(&principal, &operations, key.as_ref()).await?;
    let response = Json(json!({ "data": written.records })).into_response();
    Ok(marked(response, written.replayed))
}

fn one(mut written: Written) -> (Any, bool) {
    (written.records.pop().unwrap_or_default(), written.replayed)
}

/// `{"data": …}`, written without a JSON tree between.
#[derive(serde::Serialize)]
struct Answered<'a, R> {
    data: &'a R,
}

/// What stands beside the records of a page.
#[derive(serde::Serialize)]
struct Beside<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    included: Option<&'a Included>,
    meta: Any,
}

/// `{"data": …, …}` around records that are JSON already.
fn page_text(records: &[u8], beside: &Beside<'_>) -> Result<Vec<u8>, AppError> {
    let beside = serde_json::to_vec(beside).map_err(AppError::fault)?;
    // An object with a member at least.
    let members = beside.get(1..).unwrap_or_default();
    Ok([b"{\"data\":", records, b",", members].concat())
}

#[derive(serde::Serialize)]
struct AnsweredWith<'a> {
    data: &'a Record,
    included: &'a Included,
}

fn answer(status: StatusCode, record: Any) -> Response {
    tagged(status, record.get("rowVersion").and_then(Any::as_i64).unwrap_or_default(), &record)
}

fn tagged<R: serde::Serialize>(status: StatusCode, version: i64, record: &R) -> Response {
    let mut response = (status, Json(Answered { data: record })).into_response();
    if let Some(tag) = conditions::tag(version) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// Marks an answer that was given before.
fn marked(mut response: Response, replayed: bool) -> Response {
    if replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

/// The key in `Idempotency-Key`; it is sent once or not at all.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Problem> {
    let mut sent = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = sent.next() else { return Ok(None) };
    // What is no text is no key.
    let text = value.to_str().ok().filter(|_| sent.next().is_none()).unwrap_or_default();
    Ok(Some(IdempotencyKey::parse(text)?))
}

fn id_text(record: &Any) -> String {
    match record.get("id") {
        Some(Any::String(id)) => id.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
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
