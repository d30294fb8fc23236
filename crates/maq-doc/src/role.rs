//! The role document: permissions under a name that principals carry.

use serde::{Deserialize, Serialize};

/// What may be done by who has the role.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoleDoc {
    /// Document format, see [`crate::FORMAT`].
    pub format: u32,
    /// Stable id, `rol_…`.
    pub id: String,
    /// As it stands among the roles of a principal and of policies.
    pub name: String,
    /// What people see in place of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it permits, `action:resource`: `read:Invoice`, `workflow.*:Sales*`, `*`.
    #[serde(default)]
    pub permissions: Vec<String>,
    /// Roles whose permissions and policies it has too, by name.
    #[serde(default)]
    pub inherits: Vec<String>,
}
