//! Refusals and faults as they cross the wire.

use maq_app::{AppError, Refusal, RefusalClass};
use maq_contract::WireError;
use std::collections::BTreeMap;

/// The wire form; of a fault only its incident id leaves the house.
pub fn wire_error(error: AppError) -> WireError {
    match error {
        AppError::Refusal(refusal) => WireError {
            code: refusal.code,
            title: refusal.title,
            params: refusal.params,
            help: refusal.help,
            status: refusal.class.status(),
            retry: refusal.retry,
            incident: None,
            findings: refusal.findings,
            conflicts: refusal.conflicts,
        },
        AppError::Fault(fault) => WireError {
            code: "fault/internal".to_owned(),
            title: "something failed inside".to_owned(),
            params: BTreeMap::new(),
            help: format!("the log holds more under incident {}", fault.incident),
            status: 500,
            retry: false,
            incident: Some(fault.incident),
            findings: Vec::new(),
            conflicts: Vec::new(),
        },
    }
}

/// A refusal in words of the router, which the use cases do not have.
pub(crate) fn refusal(code: &str, class: RefusalClass, title: String, help: String) -> AppError {
    AppError::Refusal(Box::new(Refusal {
        code: code.to_owned(),
        class,
        title,
        params: BTreeMap::new(),
        help,
        retry: false,
        findings: Vec::new(),
        conflicts: Vec::new(),
    }))
}
