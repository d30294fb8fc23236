//! What expressions see of the model: the shape of each entity, at the same place as in the model.

use crate::{Absent, Entity, EntityIdx, Field, FieldType, IdentityType, SYSTEM_NAMES};
use maq_expr::{ChildShape, EntityIndex, EntityShape, FieldShape, Presence, Type};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Fields of a shape before the entity's own: `id`.
pub const FIELDS_BEFORE: u32 = 1;

/// The shapes of `entities`.
pub fn shapes(entities: &[Arc<Entity>]) -> Arc<[EntityShape]> {
    let mut shapes: Vec<EntityShape> = entities.iter().map(|entity| own_shape(entity)).collect();
    for (target, children) in children(entities) {
        if let Some(shape) = shapes.get_mut(target.0 as usize) {
            add_children(shape, children);
        }
    }
    shapes.into()
}

/// `id`, the fields, and what a store keeps of each record.
fn own_shape(entity: &Entity) -> EntityShape {
    let system = |name: &str, ty: Type| FieldShape { name: name.into(), ty, presence: Presence::Required };
    let mut fields = Vec::with_capacity(entity.fields.len() + 6);
    fields.push(system("id", identity_type(entity.identity)));
    fields.extend(entity.fields.iter().map(|field| FieldShape {
        name: field.name.clone(),
        ty: type_of(&field.ty),
        presence: presence(field),
    }));
    fields.push(system("rowVersion", Type::Int));
    fields.push(system("createdAt", Type::Timestamp));
    fields.push(system("createdBy", Type::String));
    fields.push(system("updatedAt", Type::Timestamp));
    fields.push(system("updatedBy", Type::String));
    EntityShape { name: entity.name.clone(), fields, children: Vec::new() }
}

fn presence(field: &Field) -> Presence {
    match (field.required, field.absent) {
        (true, _) => Presence::Required,
        (false, Absent::Null) => Presence::Null,
        (false, Absent::Missing) => Presence::Missing,
    }
}

/// The type an expression gives a field's values.
pub fn type_of(ty: &FieldType) -> Type {
    match ty {
        FieldType::String | FieldType::Text => Type::String,
        FieldType::Integer | FieldType::BigInt => Type::Int,
        FieldType::Number => Type::Double,
        FieldType::Decimal { .. } => Type::Decimal,
        FieldType::Boolean => Type::Bool,
        FieldType::Date => Type::Date,
        FieldType::Time => Type::Time,
        FieldType::DateTime => Type::Timestamp,
        FieldType::Duration => Type::Duration,
        FieldType::Uuid => Type::Uuid,
        FieldType::Enum(values) => Type::Enum(values.iter().map(|value| Arc::from(value.as_str())).collect()),
        FieldType::Reference { target, identity, .. } => {
            Type::Reference(EntityIndex(target.0), Arc::new(identity_type(*identity)))
        }
        FieldType::Json | FieldType::Object | FieldType::List => Type::Json,
        FieldType::Bytes => Type::Bytes,
    }
}

fn identity_type(identity: IdentityType) -> Type {
    match identity {
        IdentityType::Uuid => Type::Uuid,
        IdentityType::Integer => Type::Int,
        IdentityType::Text => Type::String,
    }
}

/// A list before it is known whether its name is free.
struct Child {
    name: Arc<str>,
    is_named: bool,
    entity: EntityIndex,
    field: u32,
}

/// Who refers to whom.
fn children(entities: &[Arc<Entity>]) -> HashMap<EntityIdx, Vec<Child>> {
    let mut children: HashMap<EntityIdx, Vec<Child>> = HashMap::new();
    for (at, entity) in (0u32..).zip(entities) {
        for (field_at, field) in (FIELDS_BEFORE..).zip(&entity.fields) {
            if let FieldType::Reference { target, .. } = field.ty {
                children.entry(target).or_default().push(Child {
                    name: field.inverse.clone().unwrap_or_else(|| list_name(&entity.name).into()),
                    is_named: field.inverse.is_some(),
                    entity: EntityIndex(at),
                    field: field_at,
                });
            }
        }
    }
    children
}

/// `OrderLine` to `orderLines`, `Address` to `address`: the list a reference makes when it names none.
pub fn list_name(entity: &str) -> String {
    let mut letters = entity.chars();
    let first: String = letters.next().map(|first| first.to_ascii_lowercase()).into_iter().collect();
    let name = first + letters.as_str();
    if name.ends_with('s') { name } else { name + "s" }
}

/// Names that people gave come first; of those made from entities only the ones that collide with nothing.
fn add_children(shape: &mut EntityShape, children: Vec<Child>) {
    let mut taken: HashSet<Arc<str>> = shape.fields.iter().map(|field| field.name.clone()).collect();
    taken.extend(SYSTEM_NAMES.iter().map(|name| Arc::from(*name)));
    let mut derived: HashMap<Arc<str>, u32> = HashMap::new();
    for child in children.iter().filter(|child| !child.is_named) {
        *derived.entry(child.name.clone()).or_default() += 1;
    }
    let (named, unnamed): (Vec<Child>, Vec<Child>) = children.into_iter().partition(|child| child.is_named);
    for child in named.into_iter().chain(unnamed.into_iter().filter(|child| derived.get(&child.name) == Some(&1))) {
        if taken.insert(child.name.clone()) {
            shape.children.push(ChildShape { name: child.name, entity: child.entity, field: child.field });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_called_like_their_entity() {
        for (entity, list) in [("Line", "lines"), ("OrderLine", "orderLines"), ("Address", "address"), ("", "s")] {
            assert_eq!(list_name(entity), list);
        }
    }
}
