//! What goes to stdout and stderr: data and messages never mix, `--json` gives one object.

use crate::exit;
use crate::failure::Failure;
use crate::render::{self, Names};
use maq_diag::Finding;
use serde_json::{Value as Json, json};
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

/// What a command came to.
#[derive(Debug, Default)]
pub struct Done {
    /// For `--json`.
    pub data: Json,
    /// For people, on stdout.
    pub text: String,
    /// What was found, on stderr for people.
    pub findings: Vec<Finding>,
    /// What the places of findings are called.
    pub names: Names,
    /// The exit code.
    pub code: u8,
}

impl Done {
    /// Data with its words.
    pub fn new(data: Json, text: impl Into<String>) -> Done {
        Done { data, text: text.into(), ..Done::default() }
    }

    /// The same with findings.
    pub fn with_findings(mut self, findings: Vec<Finding>) -> Done {
        self.findings = findings;
        self
    }

    /// The same with the names of these documents.
    pub fn with_names(mut self, documents: &[maq_doc::Document]) -> Done {
        self.names = Names::of(documents);
        self
    }

    /// The same with another exit code.
    pub fn with_code(mut self, code: u8) -> Done {
        self.code = code;
        self
    }
}

/// Where and how to write.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    json: bool,
    colour: bool,
}

impl Output {
    /// Colour where stderr is a terminal and nobody asked for none.
    pub fn new(json: bool) -> Output {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Output { json, colour: std::io::stderr().is_terminal() && !unwanted }
    }

    /// Whether one JSON object is wanted.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// A message for people, on stderr; nothing with `--json`.
    pub fn say(&self, message: impl AsRef<str>) {
        if !self.json {
            err(message.as_ref());
        }
    }

    /// A line of data at once, before the command has ended: a host's address.
    pub fn announce(&self, data: &Json, text: &str) {
        if self.json { out(&data.to_string()) } else { out(text) }
    }

    /// Writes the outcome.
    pub fn finish(&self, done: &Done) -> ExitCode {
        if self.json {
            out(&json!({ "ok": true, "data": done.data, "findings": done.findings }).to_string());
        } else {
            if !done.findings.is_empty() {
                err(render::findings(&done.findings, &done.names, self.colour).trim_end());
            }
            if !done.text.is_empty() {
                out(done.text.trim_end());
            }
        }
        ExitCode::from(done.code)
    }

    /// Writes the failure.
    pub fn fail(&self, failure: &Failure) -> ExitCode {
        let error = failure.error();
        if self.json {
            out(&json!({ "ok": false, "error": error }).to_string());
        } else {
            err(render::error(error, self.colour).trim_end());
        }
        ExitCode::from(exit::of(error))
    }
}

fn out(text: &str) {
    // A reader that went away (`| head`) is no failure.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
    let _ = std::io::stdout().flush();
}

fn err(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
