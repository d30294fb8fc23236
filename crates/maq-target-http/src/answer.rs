//! Problem documents and network errors, read back as refusals.

use maq_app::{AppError, Refusal, RefusalClass, refusals};
use maq_diag::Finding;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The members of a problem document (RFC 9457) that the server writes.
#[derive(Debug, Deserialize)]
struct Problem {
    code: String,
    title: String,
    #[serde(default)]
    params: BTreeMap<String, String>,
    #[serde(default)]
    help: String,
    #[serde(default)]
    retry: bool,
    #[serde(default)]
    incident: Option<String>,
    #[serde(default)]
    findings: Vec<Finding>,
}

/// The refusal in an answer that is none of success.
pub(crate) fn refusal(url: &str, status: u16, body: &[u8]) -> AppError {
    let Ok(problem) = serde_json::from_slice::<Problem>(body) else {
        // A proxy on the way, or another program altogether.
        let reason = format!("it answered {status} without saying why");
        return refusals::TARGET_UNREACHABLE.with(&[("url", url), ("reason", &reason)]);
    };
    if let Some(incident) = problem.incident {
        // The server's fault is not ours: its log has the chain, under this id.
        let reason = format!("it failed inside, its log holds more under incident {incident}");
        return refusals::TARGET_UNREACHABLE.with(&[("url", url), ("reason", &reason)]);
    }
    AppError::Refusal(Box::new(Refusal {
        code: problem.code,
        class: RefusalClass::from_status(status),
        title: problem.title,
        params: problem.params,
        help: problem.help,
        retry: problem.retry,
        findings: problem.findings,
        conflicts: Vec::new(),
    }))
}

/// A request that got no answer: always worth trying again.
pub(crate) fn unreachable(url: &str, error: &reqwest::Error) -> AppError {
    let reason = if error.is_timeout() {
        "it did not answer in time".to_owned()
    } else if error.is_connect() {
        "nothing answers there".to_owned()
    } else if error.is_decode() || error.is_body() {
        "its answer broke off".to_owned()
    } else {
        innermost(error)
    };
    refusals::TARGET_UNREACHABLE.with(&[("url", url), ("reason", &reason)]).retryable()
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
