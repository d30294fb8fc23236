//! Problem documents (RFC 9457): every refusal and fault over HTTP has this shape, with our code as a member.

use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use maq_app::AppError;
use maq_contract::WireError;
use maq_rpc::wire_error;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// A refusal or fault as an answer.
#[derive(Debug)]
pub(crate) struct Problem(Box<WireError>);

/// The answer of a handler.
pub(crate) type Answer = Result<Response, Problem>;

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        wire_error(error).into()
    }
}

impl From<WireError> for Problem {
    fn from(error: WireError) -> Self {
        Problem(Box::new(error))
    }
}

impl Problem {
    /// A refusal of the host itself.
    pub fn new(status: StatusCode, code: &str, title: impl Into<String>, help: &str) -> Problem {
        Problem(Box::new(WireError {
            code: code.to_owned(),
            title: title.into(),
            params: BTreeMap::new(),
            help: help.to_owned(),
            status: status.as_u16(),
            retry: status == StatusCode::SERVICE_UNAVAILABLE,
            incident: None,
            findings: Vec::new(),
            conflicts: Vec::new(),
        }))
    }

    /// The same refusal with another status, where the request asked in the terms of HTTP: 412 for `If-Match`.
    pub fn with_status_for(mut self, code: &str, status: StatusCode) -> Problem {
        if self.0.code == code {
            self.0.status = status.as_u16();
        }
        self
    }

    fn document(&self) -> Json {
        let error = &*self.0;
        let mut document = json!({
            "type": format!("urn:maquette:{}", error.code.replace('/', ":")),
            "title": error.title,
            "status": error.status,
            "detail": error.help,
            "code": error.code,
            "params": error.params,
            "help": error.help,
            "retry": error.retry,
        });
        if let Json::Object(members) = &mut document {
            if let Some(incident) = &error.incident {
                members.insert("incident".into(), json!(incident));
            }
            if !error.findings.is_empty() {
                members.insert("findings".into(), json!(error.findings));
            }
            if !error.conflicts.is_empty() {
                members.insert("conflicts".into(), json!(error.conflicts));
            }
        }
        document
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))];
        let mut response = (status, kind, self.document().to_string()).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// There is no such route.
pub(crate) async fn no_route() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "http/no-route", "there is nothing at this path", "see /openapi.json")
}

/// There is the route, but not with this method.
pub(crate) async fn no_method(uri: Uri) -> Response {
    let help = "see /openapi.json";
    let problem =
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "http/method-not-allowed", "this path has no such method", help);
    let mut response = problem.into_response();
    // Counting shares its route with the records, which can be made; a number cannot.
    if uri.path().ends_with(":count") {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET,HEAD"));
    }
    response
}
