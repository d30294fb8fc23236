//! The authored documents: what people write, with stable ids, canonical form, digests and edits.
//!
//! What is here: the shapes of every document kind, reading them (with findings, never a panic), their canonical
//! JSON (RFC 8785) and SHA-256 digest, and [`Edit`], the one way a document changes. What is not: meaning.
//! Whether a reference resolves or a type exists is `maq-compile`'s question, so this crate keeps types as text.

pub mod canonical;
mod diagram;
mod edit;
mod entity;
pub mod ids;
mod merge;
mod policy;
mod read;
pub mod rename;
mod role;

pub use canonical::{Digest, canonical_json, digest};
pub use diagram::{Area, DiagramDoc, Note, Position};
pub use edit::{Edit, EditError, apply, apply_all};
pub use entity::{EntityDoc, FieldDoc, IdentityDoc, IndexDoc, RuleDoc, SourceDoc, StorageDoc, UniqueDoc};
pub use merge::{EditConflict, Merged, OtherEdits, merge};
pub use policy::{FieldListDoc, FieldRulesDoc, GrantorDoc, MaskDoc, ObligationDoc, PolicyDoc, PolicyScopeDoc};
pub use read::{parse_text, read_document};
pub use role::RoleDoc;

use serde::{Deserialize, Serialize};

/// The document format this program writes. Newer ones are refused, older ones upgraded.
pub const FORMAT: u32 = 1;

/// An authored document of any kind.
#[expect(clippy::large_enum_variant, reason = "most documents are entities, and all stand behind an `Arc`")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Document {
    /// An entity with fields, keys, indexes, rules and policies.
    Entity(EntityDoc),
    /// Permissions under a name that principals carry.
    Role(RoleDoc),
    /// Where things stand on a canvas; outside releases and digests.
    Diagram(DiagramDoc),
}

impl Document {
    /// The stable id.
    pub fn id(&self) -> &str {
        match self {
            Document::Entity(entity) => &entity.id,
            Document::Role(role) => &role.id,
            Document::Diagram(diagram) => &diagram.id,
        }
    }

    /// The name people see.
    pub fn name(&self) -> &str {
        match self {
            Document::Entity(entity) => &entity.name,
            Document::Role(role) => &role.name,
            Document::Diagram(diagram) => &diagram.name,
        }
    }

    /// `entity`, `role` or `diagram`.
    pub fn kind(&self) -> &'static str {
        match self {
            Document::Entity(_) => "entity",
            Document::Role(_) => "role",
            Document::Diagram(_) => "diagram",
        }
    }

    /// The document as JSON, keys in the order of its struct.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The entity, when it is one.
    pub fn as_entity(&self) -> Option<&EntityDoc> {
        match self {
            Document::Entity(entity) => Some(entity),
            Document::Role(_) | Document::Diagram(_) => None,
        }
    }

    /// The role, when it is one.
    pub fn as_role(&self) -> Option<&RoleDoc> {
        match self {
            Document::Role(role) => Some(role),
            Document::Entity(_) | Document::Diagram(_) => None,
        }
    }
}
