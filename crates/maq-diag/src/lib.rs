//! Findings: what is wrong in a document, said to the person who must act.
//!
//! A finding is data: code, typed parameters, severity, place, help, fix. English is rendered from the
//! [`catalogue`], and [`pages`] tells more of each code. Refusals and faults are other types and live where they arise (`maq-app`).
//! Not here: documents and I/O; a fix carries its edits as JSON because this crate does not know documents.

pub mod catalogue;
pub mod pages;
mod suggest;

pub use catalogue::{CodeInfo, info};
pub use suggest::did_you_mean;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Blocks freezing and publishing.
    Error,
    /// Should be looked at; blocks nothing.
    Warning,
    /// Says what was done.
    Info,
}

/// Where a finding stands: a document, a path of stable ids and keys inside it, and for text a byte span.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// The document's id; for an import the source's name.
    pub document: String,
    /// Keys and stable ids from the document's root: `["fields", "fld_…", "maxLength"]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<String>>"))]
    pub path: Vec<String>,
    /// Byte span in the text value at `path`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub span: Option<(u32, u32)>,
}

impl Place {
    /// A place inside a document.
    pub fn at(document: impl Into<String>, path: &[&str]) -> Place {
        Place { document: document.into(), path: path.iter().map(|part| (*part).to_owned()).collect(), span: None }
    }
}

/// Another place that belongs to the finding, with a word why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Related {
    /// Where.
    pub place: Place,
    /// Why, one clause.
    pub message: String,
}

/// A one-click fix: the same edits the designer's commands make.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Fix {
    /// What the button says.
    pub title: String,
    /// `maq_doc::Edit`s as JSON.
    #[cfg_attr(feature = "ts", ts(type = "Array<import(\"./Edit\").Edit>"))]
    pub edits: Vec<serde_json::Value>,
}

/// Something wrong, or worth saying, about a document or an import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// `area/words-with-dashes`, never reused.
    pub code: String,
    /// How bad.
    pub severity: Severity,
    /// The parameters of the message, by name.
    pub params: BTreeMap<String, String>,
    /// The message in English, rendered from the catalogue.
    pub message: String,
    /// Where.
    pub place: Place,
    /// Other places that belong to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<Related>>"))]
    pub related: Vec<Related>,
    /// What to do next, rendered from the catalogue.
    pub help: String,
    /// A fix that can be applied with one click.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub fix: Option<Fix>,
}

impl Finding {
    /// A finding of `code` (an entry of the [`catalogue`]) at `place`; message and help are rendered at once.
    pub fn new(code: &'static CodeInfo, place: Place, params: &[(&str, &str)]) -> Finding {
        let params: BTreeMap<String, String> =
            params.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Finding {
            code: code.code.to_owned(),
            severity: code.severity,
            message: catalogue::render(code.message, &params),
            help: catalogue::render(code.help, &params),
            params,
            place,
            related: Vec::new(),
            fix: None,
        }
    }

    /// The same finding with a fix.
    #[must_use]
    pub fn with_fix(mut self, title: impl Into<String>, edits: Vec<serde_json::Value>) -> Finding {
        self.fix = Some(Fix { title: title.into(), edits });
        self
    }

    /// The same finding with another place.
    #[must_use]
    pub fn related_to(mut self, place: Place, message: impl Into<String>) -> Finding {
        self.related.push(Related { place, message: message.into() });
        self
    }

    /// True when it blocks freezing.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
