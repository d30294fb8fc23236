//! The entity document. Types, classes and effects stay text here, so that a wrong one is a finding with a place
//! and not a document that cannot be read.

use crate::PolicyDoc;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// An entity: a named kind of record.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EntityDoc {
    /// Document format, see [`crate::FORMAT`].
    pub format: u32,
    /// Stable id, `ent_…`.
    pub id: String,
    /// `[A-Za-z][A-Za-z0-9]*`, at most 48.
    pub name: String,
    /// What people see in place of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `master`, `reference`, `document` or `log`.
    #[serde(default = "default_class")]
    pub class: String,
    /// How records are identified.
    #[serde(default)]
    pub identity: IdentityDoc,
    /// Where records live.
    #[serde(default)]
    pub storage: StorageDoc,
    /// Where an imported entity came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceDoc>,
    /// Fields, in the order people gave them.
    #[serde(default)]
    pub fields: Vec<FieldDoc>,
    /// Unique keys over one or more fields, besides `unique` on a field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<Vec<UniqueDoc>>"))]
    pub uniques: Vec<UniqueDoc>,
    /// Indexes for speed.
    #[serde(default)]
    pub indexes: Vec<IndexDoc>,
    /// Conditional requirements.
    #[serde(default)]
    pub rules: Vec<RuleDoc>,
    /// Who may do what.
    #[serde(default)]
    pub policies: Vec<PolicyDoc>,
    /// How policies that disagree are combined, by the standard name (XACML); absent: `priority-deny-overrides`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub combining: Option<String>,
    /// The lifecycle's id; lifecycles come with workflows.
    #[serde(default)]
    pub lifecycle: Option<String>,
    /// How lists and forms show it; free until views come.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(type = "Record<string, unknown>"))]
    pub views: BTreeMap<String, Json>,
}

fn default_class() -> String {
    "master".into()
}

/// How records are identified.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IdentityDoc {
    /// `uuid` (version 7), `integer` or `text`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The imported key column's own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Source columns a derived uuid is computed from (composite key), or `["rowid"]` where there was no key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<Vec<String>>"))]
    pub derived_from: Vec<String>,
}

impl Default for IdentityDoc {
    fn default() -> Self {
        IdentityDoc { kind: "uuid".into(), source: None, derived_from: Vec::new() }
    }
}

/// Where records live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StorageDoc {
    /// `managed` (we own the table) or `attached` (an existing table, never altered).
    pub binding: String,
}

impl Default for StorageDoc {
    fn default() -> Self {
        StorageDoc { binding: "managed".into() }
    }
}

/// Where an imported thing came from.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SourceDoc {
    /// The table's or column's own name.
    pub name: String,
    /// The declared type, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_type: Option<String>,
}

/// A field of an entity. Which keys go with which `type` is checked by the compiler.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FieldDoc {
    /// Stable id, `fld_…`.
    pub id: String,
    /// `[A-Za-z][A-Za-z0-9]*`, at most 48.
    pub name: String,
    /// What people see in place of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `string`, `text`, `integer`, `bigint`, `number`, `decimal`, `boolean`, `date`, `time`, `datetime`,
    /// `duration`, `uuid`, `enum`, `reference`, `json`, `object`, `list`, `bytes`, `attachment`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where an imported field came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceDoc>,
    /// Must be present and not null.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(as = "Option<bool>"))]
    pub required: bool,
    /// No two records of a tenant and realm share it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(as = "Option<bool>"))]
    pub unique: bool,
    /// Taken when a create leaves the field out; of the field's type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "unknown"))]
    pub default: Option<Json>,
    /// An empty column reads as `missing` or as `null` (the default).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent: Option<String>,
    /// Least number of characters (string, text) or bytes (bytes).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub min_length: Option<u64>,
    /// Largest number of characters or bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub max_length: Option<u64>,
    /// Least value, a number or a string of the field's type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "number | string"))]
    pub min: Option<Json>,
    /// Largest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "number | string"))]
    pub max: Option<Json>,
    /// A regular expression (Rust `regex` syntax, linear time) the whole text must match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// `email`, `url`, `phone`, `uuid`, `slug`, `hostname`, `ipv4`, `ipv6`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Digits of a decimal in all, 1 to 28.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<u32>,
    /// Digits of a decimal after the point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<u32>,
    /// Values of an enum, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<Vec<String>>"))]
    pub enum_values: Vec<String>,
    /// Name of the entity a reference points to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_to: Option<String>,
    /// What expressions call the list of these records on the target (`record.lines`); absent: the entity's name in
    /// camelCase with an `s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inverse: Option<String>,
    /// `restrict` (the default), `cascade` or `setNull`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_delete: Option<String>,
    /// `public`, `internal` (the default), `personal` or `secret`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classification: Option<String>,
}

/// A unique key over several fields.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UniqueDoc {
    /// Stable id, `unq_…`.
    pub id: String,
    /// The key's name.
    pub name: String,
    /// Field names, in order.
    pub fields: Vec<String>,
}

/// An index for speed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IndexDoc {
    /// Stable id, `idx_…`.
    pub id: String,
    /// The index's name.
    pub name: String,
    /// Field names, in order.
    pub fields: Vec<String>,
}

/// A conditional requirement.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuleDoc {
    /// Stable id, `rul_…`.
    pub id: String,
    /// The rule's name.
    pub name: String,
    /// A condition in the expression language; checked, and not evaluated yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Names of the fields it requires.
    #[serde(default)]
    pub require: Vec<String>,
}
