//! The policy part of the entity document. Words and instants stay text, so that a wrong one is a finding with a place.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Who may do what on the entity. The reference's forms `action` and `resource` are read too.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolicyDoc {
    /// Stable id, `pol_…`.
    pub id: String,
    /// The policy's name.
    pub name: String,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `allow` or `deny`.
    pub effect: String,
    /// `create`, `read`, `update`, `delete` or `*`. Listing, counting and exporting are `read`.
    pub actions: Vec<String>,
    /// Roles it applies to; empty or `*` means everyone, unless `principals` names someone.
    #[serde(default)]
    pub roles: Vec<String>,
    /// User ids it applies to, besides those with one of the roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<Vec<String>>"))]
    pub principals: Vec<String>,
    /// Where it applies; everywhere when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<PolicyScopeDoc>,
    /// An instant (RFC 3339): not before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// An instant (RFC 3339): no more from it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    /// Who lends the right: the policy never gives more than this grantor has when it is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted_by: Option<GrantorDoc>,
    /// Higher first; at equal priority deny beats allow.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub priority: i64,
    /// A condition in the expression language: of an allow it must be true, of a deny it must be false to pass.
    #[serde(default)]
    pub condition: Option<String>,
    /// Which fields it is about; null is all of them, readable and writable.
    #[serde(default)]
    pub fields: Option<FieldRulesDoc>,
    /// What must be done with the decision, and what is told with it.
    #[serde(default)]
    pub obligations: Vec<ObligationDoc>,
}

/// Which principals a policy can apply to, by where they act.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolicyScopeDoc {
    /// The realm they act in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub realm: Option<String>,
    /// The tenant they act in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Their organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
}

/// Whose right is lent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GrantorDoc {
    /// Their user id.
    pub user_id: String,
    /// The roles they lend with.
    #[serde(default)]
    pub roles: Vec<String>,
}

/// Fields of a policy. On an allow they are what it gives, on a deny what it takes away.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FieldRulesDoc {
    /// Readable fields. Absent: all on an allow, none on a deny.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<FieldListDoc>,
    /// Writable fields. Absent: those that `read` gives unmasked, or takes away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write: Option<FieldListDoc>,
    /// Readable only through a mask, by field name. It need not be listed in `read`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "ts", ts(as = "Option<BTreeMap<String, MaskDoc>>"))]
    pub mask: BTreeMap<String, MaskDoc>,
}

/// A list of field names, or `"*"` for all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(untagged)]
pub enum FieldListDoc {
    /// `"*"`; any other word is a mistake.
    Word(String),
    /// Names.
    Names(Vec<String>),
}

impl FieldListDoc {
    /// True when it is every field.
    pub fn is_every(&self) -> bool {
        match self {
            FieldListDoc::Word(word) => word == "*",
            FieldListDoc::Names(names) => names.iter().any(|name| name == "*"),
        }
    }

    /// The names as they are written.
    pub fn names(&self) -> &[String] {
        match self {
            FieldListDoc::Word(word) => std::slice::from_ref(word),
            FieldListDoc::Names(names) => names,
        }
    }
}

/// What stands in place of a value.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MaskDoc {
    /// `null`, `fixed`, `partial` or `hash`.
    pub kind: String,
    /// Characters that a `partial` mask keeps at the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<u32>,
    /// Characters that a `partial` mask keeps at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<u32>,
    /// What a `fixed` mask shows; of the field's type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "unknown"))]
    pub value: Option<Json>,
}

/// What comes with a decision (XACML "obligations" and "advice").
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ObligationDoc {
    /// Stable id, `obl_…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What is to be done, a word the caller knows: `audit`, `notify`, `requireReason`, `requireMfa`, or one of their own.
    pub kind: String,
    /// The decision it comes with, `allow` or `deny`; absent: the policy's effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// What the caller needs for it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "ts", ts(type = "Record<string, unknown>", optional))]
    pub params: BTreeMap<String, Json>,
    /// Told, and not binding: who does not know it lets it be. An obligation that is not understood is a deny.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(as = "Option<bool>"))]
    pub advice: bool,
}
