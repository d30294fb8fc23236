//! One error shape for every host; over HTTP it is an RFC 9457 problem document with these members.

use maq_diag::Finding;
use maq_doc::EditConflict;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A refusal or a fault, as it crosses the wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(optional_fields = nullable))]
#[serde(rename_all = "camelCase")]
pub struct WireError {
    /// `area/words-with-dashes`; `fault/internal` for a fault.
    pub code: String,
    /// One sentence in English.
    pub title: String,
    /// The parameters of the sentence.
    #[serde(default)]
    pub params: BTreeMap<String, String>,
    /// What to do next.
    #[serde(default)]
    pub help: String,
    /// The HTTP status it travels with.
    pub status: u16,
    /// Whether the same request may succeed later.
    #[serde(default)]
    pub retry: bool,
    /// A fault's incident id, under which the log holds its chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    /// What was found wrong, all of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<Vec<Finding>>"))]
    pub findings: Vec<Finding>,
    /// Places that somebody else changed first, with both values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<Vec<EditConflict>>"))]
    pub conflicts: Vec<EditConflict>,
}
