//! What expressions may speak of: the shapes of entities, and which profile rules.

use crate::Type;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Which rules of the language hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Profile {
    /// The specification.
    Standard,
    /// The model's types, no `dyn`.
    Model,
}

/// The place of an entity in [`Environment::entities`]; the same number as in the compiled model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntityIndex(pub u32);

/// What names mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Environment {
    /// Which rules.
    pub profile: Profile,
    /// Every entity of the model, shared by the environments of all of them.
    pub entities: Arc<[EntityShape]>,
    /// What `record` is; none where there is no record.
    pub record: Option<EntityIndex>,
    /// Further variables with their types (standard profile).
    pub variables: BTreeMap<Arc<str>, Type>,
    /// The container in which names are looked up first (cel-spec "Name Resolution"; standard profile).
    pub container: Arc<str>,
}

impl Environment {
    /// The model profile for conditions on records of `record`.
    pub fn model(entities: Arc<[EntityShape]>, record: EntityIndex) -> Environment {
        Environment {
            profile: Profile::Model,
            entities,
            record: Some(record),
            variables: BTreeMap::new(),
            container: "".into(),
        }
    }

    /// The standard profile without variables.
    pub fn standard() -> Environment {
        Environment {
            profile: Profile::Standard,
            entities: Arc::new([]),
            record: None,
            variables: BTreeMap::new(),
            container: "".into(),
        }
    }

    /// The shape of an entity.
    pub fn entity(&self, index: EntityIndex) -> Option<&EntityShape> {
        self.entities.get(index.0 as usize)
    }
}

/// What a record of an entity has.
#[derive(Debug, Clone, PartialEq)]
pub struct EntityShape {
    /// Name.
    pub name: Arc<str>,
    /// `id`, the fields in document order, then `rowVersion`, `createdAt`, `createdBy`, `updatedAt`, `updatedBy`: the
    /// order of values in a record that is read from a store.
    pub fields: Vec<FieldShape>,
    /// Lists of the records that refer to one.
    pub children: Vec<ChildShape>,
}

/// A field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldShape {
    /// Name.
    pub name: Arc<str>,
    /// Type of a value that is there.
    pub ty: Type,
    /// Whether it may be empty, and how that reads.
    pub presence: Presence,
}

/// How an empty field reads (DESIGN 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Presence {
    /// Never empty.
    Required,
    /// Null: `record.f == null` asks.
    Null,
    /// Missing: reading it is an error, `has(record.f)` asks.
    Missing,
}

/// Records of another entity that refer to this one.
#[derive(Debug, Clone, PartialEq)]
pub struct ChildShape {
    /// The list's name.
    pub name: Arc<str>,
    /// The entity of its records.
    pub entity: EntityIndex,
    /// The place of the reference in that entity's fields.
    pub field: u32,
}
