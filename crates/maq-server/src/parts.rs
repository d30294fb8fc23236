//! Parts of an address, read: what axum's own extractors refuse as plain text is a problem document here like all else.

use crate::problem::Problem;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

/// The named parts of a path.
pub(crate) struct Path<T>(pub T);

/// The parameters of an address.
pub(crate) struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        refuse_nul(parts.uri.path())?;
        let read = axum::extract::Path::from_request_parts(parts, state).await;
        read.map(|axum::extract::Path(value)| Path(value)).map_err(|rejection| wrong(&rejection.body_text()))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        refuse_nul(parts.uri.query().unwrap_or_default())?;
        let read = axum::extract::Query::from_request_parts(parts, state).await;
        read.map(|axum::extract::Query(value)| Query(value)).map_err(|rejection| wrong(&rejection.body_text()))
    }
}

/// Nothing here has a NUL in its name, and Postgres refuses to be asked for one.
fn refuse_nul(text: &str) -> Result<(), Problem> {
    if text.contains("%00") { Err(wrong("it has a NUL character")) } else { Ok(()) }
}

fn wrong(reason: &str) -> Problem {
    let title = format!("the address cannot be read: {reason}");
    Problem::new(StatusCode::BAD_REQUEST, "http/parameter-wrong", title, "see /openapi.json for what it takes")
}
