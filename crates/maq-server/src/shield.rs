//! What surrounds every request, as one layer: counting, sizes of address and headers, patience, and the headers that
//! browsers heed. One, because every layer copies and boxes what is inside it for every request.

use crate::limits::{MAX_HEADER_BYTES, MAX_HEADERS, MAX_URI_BYTES};
use crate::metrics::{Counted, Metrics};
use crate::problem::Problem;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Counts the request, refuses it when it is oversized or too many are under way, gives it `patience`, and hardens the
/// answer.
pub(crate) async fn surround(around: Around, request: Request, next: Next) -> Response {
    let Around { metrics, patience, places } = around;
    let counted = Counted::of(&request);
    let response = guarded(request, |request| seated(places, patience, request, next)).await;
    metrics.note(&counted, response.status().as_u16());
    response
}

/// What surrounds a request.
#[derive(Clone)]
pub(crate) struct Around {
    pub metrics: Arc<Metrics>,
    pub patience: Duration,
    /// A place for each request under way; none for requests that are always taken.
    pub places: Option<Arc<Semaphore>>,
}

async fn seated(places: Option<Arc<Semaphore>>, patience: Duration, request: Request, next: Next) -> Response {
    let Some(places) = places else { return within(patience, request, next).await };
    let Ok(_place) = places.try_acquire() else {
        let help = "try again after the time in Retry-After";
        return Problem::new(StatusCode::SERVICE_UNAVAILABLE, "http/too-busy", "too many requests are under way", help)
            .into_response();
    };
    within(patience, request, next).await
}

/// The same without a count and without an end to patience.
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    guarded(request, |request| next.run(request)).await
}

async fn guarded<F: Future<Output = Response>>(request: Request, run: impl FnOnce(Request) -> F) -> Response {
    let mut response = match oversized(&request) {
        Some(problem) => problem.into_response(),
        None => run(request).await,
    };
    harden(&mut response);
    response
}

/// What is wrong with an address or headers that are too long.
fn oversized(request: &Request) -> Option<Problem> {
    let uri = request.uri();
    let before =
        uri.scheme_str().map_or(0, |scheme| scheme.len() + 3) + uri.authority().map_or(0, |at| at.as_str().len());
    if before + uri.path_and_query().map_or(0, |path| path.as_str().len()) > MAX_URI_BYTES {
        let title = "the address is too long";
        let help = "put long filters into several requests";
        return Some(Problem::new(StatusCode::URI_TOO_LONG, "http/address-too-long", title, help));
    }
    if request.headers().len() > MAX_HEADERS {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Some(Problem::new(
            status,
            "http/too-many-headers",
            "there are too many headers",
            "send at most 64 headers",
        ));
    }
    let bytes: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if bytes > MAX_HEADER_BYTES {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        let help = "send at most 16 KiB of headers";
        return Some(Problem::new(status, "http/headers-too-large", "the headers are too large", help));
    }
    None
}

/// Gives up on a request after `patience`. A unit of work under way is committed or not as a whole, as ever.
async fn within(patience: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let title = format!("no answer within {} seconds", patience.as_secs());
            let help = "try again, with a smaller request";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "http/too-slow", title, help).into_response()
        }
    }
}

/// Headers of every answer: nothing here is a page to be framed, sniffed, cached or referred from.
fn harden(response: &mut Response) {
    let headers = response.headers_mut();
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}
