//! Bodies: bounded in size and depth, JSON and nothing else, with the place of what cannot be read.

use crate::limits::MAX_JSON_DEPTH;
use crate::problem::Problem;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

/// A JSON body, read into `T`.
pub(crate) struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        refuse_other_types(request.headers())?;
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "http/body-too-large",
                "the body is too large",
                "a body has at most 1 MiB, one of a batch 4 MiB, one of a load 16 MiB",
            ),
            _ => unreadable("the body broke off"),
        })?;
        read(&bytes).map(Body)
    }
}

fn refuse_other_types(headers: &HeaderMap) -> Result<(), Problem> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let kind = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json")) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "http/not-json",
        format!("the body is `{kind}`"),
        "send application/json",
    ))
}

/// Reads a body; an empty one is an empty object.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let bytes: &[u8] = if bytes.iter().all(u8::is_ascii_whitespace) { b"{}" } else { bytes };
    if depth(bytes) > MAX_JSON_DEPTH {
        let title = format!("the body nests deeper than {MAX_JSON_DEPTH}");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "http/json-too-deep", title, "send flatter JSON"));
    }
    let json: Json =
        serde_json::from_slice(bytes).map_err(|error| unreadable(&format!("the body is no JSON: {error}")))?;
    serde_path_to_error::deserialize(json).map_err(|error| {
        let place = error.path().to_string();
        unreadable(&format!("the body cannot be read at `{place}`: {}", error.inner()))
    })
}

fn unreadable(title: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "http/bad-body", title, "send JSON as /openapi.json describes it")
}

/// How deep brackets nest, those inside texts not counted. Found before parsing, so that depth costs no stack.
fn depth(bytes: &[u8]) -> usize {
    let (mut now, mut most, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for byte in bytes {
        if in_text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_text = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'[' | b'{' => {
                now += 1;
                most = most.max(now);
            }
            b']' | b'}' => now = now.saturating_sub(1),
            _ => {}
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_brackets_outside_of_texts() {
        assert_eq!(depth(br#"{"a": [[1], "[[[\"[", {"b": 2}]}"#), 3);
        assert_eq!(depth("[".repeat(100_000).as_bytes()), 100_000);
    }

    #[test]
    fn an_empty_body_is_an_empty_object_and_a_deep_one_is_refused() {
        assert_eq!(read::<Json>(b" ").unwrap(), serde_json::json!({}));
        let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
        assert!(read::<Json>(deep.as_bytes()).is_err());
        let fits = format!("{}{}", "[".repeat(64), "]".repeat(64));
        assert!(read::<Json>(fits.as_bytes()).is_ok());
    }
}
