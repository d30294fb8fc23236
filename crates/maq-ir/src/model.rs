//! The arenas of the model.

use crate::{Absent, Class, Classification, Combining, EntityView, FieldType, IdentityType, Policy, Role, TextFormat};
use maq_value::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Index of an entity in its model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntityIdx(pub u32);

/// Index of a field in its entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldIdx(pub u32);

/// The whole model: every entity that could be resolved.
#[derive(Debug, Clone, Default)]
pub struct Model {
    entities: Vec<Arc<Entity>>,
    by_name: HashMap<Arc<str>, EntityIdx>,
    by_id: HashMap<Arc<str>, EntityIdx>,
    roles: Vec<Role>,
}

impl Model {
    /// Builds the lookup tables; the position of an entity is its [`EntityIdx`].
    pub fn new(entities: Vec<Arc<Entity>>) -> Model {
        let index = |at: usize| EntityIdx(u32::try_from(at).unwrap_or(u32::MAX));
        let by_name = entities.iter().enumerate().map(|(at, entity)| (entity.name.clone(), index(at))).collect();
        let by_id = entities.iter().enumerate().map(|(at, entity)| (entity.id.clone(), index(at))).collect();
        Model { entities, by_name, by_id, roles: Vec::new() }
    }

    /// The same model with these roles.
    #[must_use]
    pub fn with_roles(mut self, roles: Vec<Role>) -> Model {
        self.roles = roles;
        self
    }

    /// The roles, in document order.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// The entity at `index`.
    pub fn get(&self, index: EntityIdx) -> Option<&Arc<Entity>> {
        self.entities.get(index.0 as usize)
    }

    /// The entity of this name.
    pub fn entity(&self, name: &str) -> Option<EntityView<'_>> {
        self.by_name.get(name).and_then(|index| self.view(*index))
    }

    /// The entity of this stable id.
    pub fn entity_by_id(&self, id: &str) -> Option<EntityView<'_>> {
        self.by_id.get(id).and_then(|index| self.view(*index))
    }

    /// The walker at `index`.
    pub fn view(&self, index: EntityIdx) -> Option<EntityView<'_>> {
        self.get(index).map(|entity| EntityView { model: self, index, entity })
    }

    /// Walkers over all entities, in document order.
    pub fn entities(&self) -> impl Iterator<Item = EntityView<'_>> {
        (0..self.entities.len()).filter_map(|at| self.view(EntityIdx(u32::try_from(at).ok()?)))
    }

    /// Number of entities.
    pub fn len(&self) -> usize {
        self.entities.len()
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.entities.is_empty()
    }
}

/// An entity, resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Entity {
    /// Stable id.
    pub id: Arc<str>,
    /// Name.
    pub name: Arc<str>,
    /// Physical table name.
    pub table: Arc<str>,
    /// What kind of data it holds.
    pub class: Class,
    /// How records are identified.
    pub identity: IdentityType,
    /// Fields in document order.
    pub fields: Vec<Field>,
    /// Unique keys over fields, those of single fields included.
    pub uniques: Vec<Unique>,
    /// Indexes for speed; references get one of their own from the DDL.
    pub indexes: Vec<Index>,
    /// Policies in document order.
    pub policies: Vec<Policy>,
    /// How its policies are combined.
    pub combining: Combining,
    /// Requirements without a condition.
    pub rules: Vec<Rule>,
    /// SHA-256 of the canonical document, in hex: the schema hash.
    pub schema_hash: Arc<str>,
}

/// A field, resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Stable id.
    pub id: Arc<str>,
    /// Name in documents and JSON.
    pub name: Arc<str>,
    /// Physical column name.
    pub column: Arc<str>,
    /// Type.
    pub ty: FieldType,
    /// Must be present and not null.
    pub required: bool,
    /// Alone a unique key.
    pub unique: bool,
    /// Taken when a create leaves it out.
    pub default: Option<Value>,
    /// How an empty column reads.
    pub absent: Absent,
    /// Limits on its values.
    pub constraints: Constraints,
    /// How careful one must be with it.
    pub classification: Classification,
    /// What a reference calls the list of these records on its target, where it says so.
    pub inverse: Option<Arc<str>>,
}

/// Limits on a field's values.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Constraints {
    /// Least characters or bytes.
    pub min_length: Option<u64>,
    /// Largest characters or bytes.
    pub max_length: Option<u64>,
    /// Least value, of the field's kind.
    pub min: Option<Value>,
    /// Largest value, of the field's kind.
    pub max: Option<Value>,
    /// A regular expression the whole text must match.
    pub pattern: Option<String>,
    /// A known format.
    pub format: Option<TextFormat>,
}

/// A unique key.
#[derive(Debug, Clone, PartialEq)]
pub struct Unique {
    /// Stable id; the field's id where one field is unique.
    pub id: Arc<str>,
    /// Name, for messages.
    pub name: Arc<str>,
    /// Physical index name.
    pub index_name: Arc<str>,
    /// Fields in order.
    pub fields: Vec<FieldIdx>,
}

/// An index for speed.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// Stable id.
    pub id: Arc<str>,
    /// Name.
    pub name: Arc<str>,
    /// Physical index name.
    pub index_name: Arc<str>,
    /// Fields in order.
    pub fields: Vec<FieldIdx>,
}

/// A requirement without a condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Stable id.
    pub id: Arc<str>,
    /// Name.
    pub name: Arc<str>,
    /// Fields it requires.
    pub require: Vec<FieldIdx>,
}

/// Physical names fixed at first publish, by stable id: tables by entity id, columns by field id, indexes by key
/// or index id. What is not here yet is named by the compiler.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PhysicalNames {
    /// Entity id to table.
    pub tables: BTreeMap<String, String>,
    /// Field id to column. Ids are unique within a workspace.
    pub columns: BTreeMap<String, String>,
    /// Unique, index or field id to index name.
    pub indexes: BTreeMap<String, String>,
}
