//! Every record of a list, streamed: nobody holds more of it than a page.

use super::super::App;
use crate::auth;
use crate::problem::{Answer, Problem};
use crate::query::{self, Format};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use maq_app::{AppError, AppResult, Export, refusals};
use maq_value::{Principal, Record, Value};
use serde_json::Value as Any;
use std::sync::Arc;

/// The records of `entity` as lines of JSON or as CSV. What goes wrong after the first page breaks the answer off, so
/// that half of it is not taken for all; a token that has ended by then does, too.
pub(super) async fn export(
    app: Arc<App>,
    (principal, headers): (Principal, HeaderMap),
    entity: &str,
    query: &str,
) -> Answer {
    let kinds = query::Kinds::of(&app.services, entity).await;
    let (request, format) = query::export(query, &kinds)?;
    let export = app.services.data.export(&principal, entity, &request).await?;
    let head = match format {
        Format::JsonLines => Vec::new(),
        Format::Csv => {
            csv_lines([export.names().iter().map(|name| name.to_string()).collect()]).map_err(Problem::from)?
        }
    };
    let asker = Asker { app, principal, headers };
    let pages = stream::try_unfold((export, asker, Some(head)), move |(mut export, asker, head)| async move {
        let chunk = match head {
            Some(head) => head,
            None => {
                asker.still_may().await?;
                let records = export.next().await?;
                if records.is_empty() {
                    return Ok(None);
                }
                written(&export, &records, format)?
            }
        };
        Ok::<_, AppError>(Some((chunk, (export, asker, None))))
    });
    Ok(answered(Body::from_stream(pages), entity, format))
}

/// Who asked for an export, with what.
struct Asker {
    app: Arc<App>,
    principal: Principal,
    headers: HeaderMap,
}

impl Asker {
    /// The token is still good for the same principal: each page is asked for as a request of its own would be.
    async fn still_may(&self) -> AppResult<()> {
        match auth::principal(&self.app, &self.headers).await {
            Ok(principal) if principal == self.principal => Ok(()),
            Ok(_) | Err(_) => Err(refusals::AUTH_NEEDED.with(&[])),
        }
    }
}

fn answered(body: Body, entity: &str, format: Format) -> Response {
    let (media_type, ending) = match format {
        Format::JsonLines => ("application/x-ndjson", "jsonl"),
        Format::Csv => ("text/csv; charset=utf-8; header=present", "csv"),
    };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    // An entity that answers has a name of letters and digits.
    if let Ok(attached) = HeaderValue::from_str(&format!("attachment; filename=\"{entity}.{ending}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, attached);
    }
    response
}

fn written(export: &Export, records: &[Record], format: Format) -> AppResult<Vec<u8>> {
    match format {
        Format::JsonLines => {
            let mut lines = Vec::new();
            for record in records {
                serde_json::to_writer(&mut lines, record).map_err(AppError::fault)?;
                lines.push(b'\n');
            }
            Ok(lines)
        }
        Format::Csv => {
            csv_lines(records.iter().map(|record| export.names().iter().map(|name| cell(record.get(name))).collect()))
        }
    }
}

/// A cell: text as it is, nothing for what is empty, anything else as in JSON.
fn cell(value: &Value) -> String {
    match value.to_json() {
        Any::Null => String::new(),
        Any::String(text) => text,
        other => other.to_string(),
    }
}

fn csv_lines(rows: impl IntoIterator<Item = Vec<String>>) -> AppResult<Vec<u8>> {
    let mut lines = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        lines.write_record(&row).map_err(AppError::fault)?;
    }
    lines.into_inner().map_err(AppError::fault)
}
