//! What surrounds every request: sizes of address and headers, patience, and the headers that browsers heed.

use crate::limits::{MAX_HEADER_BYTES, MAX_URI_BYTES};
use crate::problem::Problem;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// Refuses addresses and headers that are too long.
pub(crate) async fn refuse_oversized(request: Request, next: Next) -> Response {
    if request.uri().to_string().len() > MAX_URI_BYTES {
        let title = "the address is too long";
        let help = "put long filters into several requests";
        return Problem::new(StatusCode::URI_TOO_LONG, "http/address-too-long", title, help).into_response();
    }
    let bytes: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if bytes > MAX_HEADER_BYTES {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        let help = "send at most 16 KiB of headers";
        return Problem::new(status, "http/headers-too-large", "the headers are too large", help).into_response();
    }
    next.run(request).await
}

/// Gives up on a request after `patience`. A unit of work under way is committed or not as a whole, as ever.
pub(crate) async fn within(patience: Duration, request: Request, next: Next) -> Response {
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
pub(crate) async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
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
    response
}
