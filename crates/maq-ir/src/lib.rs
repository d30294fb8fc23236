//! The resolved, immutable model: what the compiler answers and every engine reads.
//!
//! Names are resolved to indices, types are closed enums, physical names are fixed. Readers navigate through the
//! small copyable walkers ([`EntityView`], [`FieldView`]), never through the arenas. Nothing here derives serde:
//! the model is computed from documents and never stored.

mod model;
mod policy;
mod role;
pub mod schema;
pub mod shapes;
mod types;
mod walk;

pub use model::{Constraints, Entity, EntityIdx, Field, FieldIdx, Index, Model, PhysicalNames, Rule, Unique};
pub use policy::{Combining, FieldList, FieldRules, Grantor, Mask, Obligation, Policy, PolicyScope, Validity};
pub use role::Role;
pub use types::{Absent, Class, Classification, Effect, FieldType, IdentityType, OnDelete, TextFormat};
pub use walk::{EntityView, FieldView};

/// System columns of every managed table, in their order. A field that collides with one is renamed by the
/// importer and refused by the compiler.
pub const SYSTEM_COLUMNS: [&str; 8] =
    ["id", "tenant_id", "realm_id", "row_version", "created_at", "created_by", "updated_at", "updated_by"];

/// The same as they stand in a record's JSON.
pub const SYSTEM_NAMES: [&str; 8] =
    ["id", "tenantId", "realmId", "rowVersion", "createdAt", "createdBy", "updatedAt", "updatedBy"];
