//! Why a command was not done: the same refusals and faults that cross the wire.

use maq_app::AppError;
use maq_contract::WireError;
use maq_diag::Finding;
use std::collections::BTreeMap;

/// A refusal or fault.
#[derive(Debug)]
pub struct Failure(Box<WireError>);

/// What a command answers.
pub type CliResult<T> = Result<T, Failure>;

impl From<WireError> for Failure {
    fn from(error: WireError) -> Self {
        Failure(Box::new(error))
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        maq_rpc::wire_error(error).into()
    }
}

impl Failure {
    /// A command line that cannot be followed.
    pub fn usage(code: &str, title: impl Into<String>, help: &str) -> Failure {
        Failure::of(code, 400, title, help)
    }

    /// A refusal of the command itself.
    pub fn of(code: &str, status: u16, title: impl Into<String>, help: &str) -> Failure {
        WireError {
            code: code.to_owned(),
            title: title.into(),
            params: BTreeMap::new(),
            help: help.to_owned(),
            status,
            retry: false,
            incident: None,
            findings: Vec::new(),
            conflicts: Vec::new(),
        }
        .into()
    }

    /// A file that cannot be read or written.
    pub fn file(path: &std::path::Path, error: &std::io::Error) -> Failure {
        let status = match error.kind() {
            std::io::ErrorKind::NotFound => 404,
            std::io::ErrorKind::PermissionDenied => 403,
            std::io::ErrorKind::AlreadyExists => 409,
            _ => 422,
        };
        Failure::of("file/unusable", status, format!("`{}`: {error}", path.display()), "correct the path or its rights")
    }

    /// The same with findings.
    pub fn with_findings(mut self, findings: Vec<Finding>) -> Failure {
        self.0.findings = findings;
        self
    }

    /// The error as it crosses the wire.
    pub fn error(&self) -> &WireError {
        &self.0
    }
}
