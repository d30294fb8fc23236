//! Walkers: a reference to the model and an index, cheap to copy.

use crate::{Entity, EntityIdx, Field, FieldIdx, FieldType, Model};
use std::sync::Arc;

/// An entity seen through its model.
#[derive(Debug, Clone, Copy)]
pub struct EntityView<'a> {
    pub(crate) model: &'a Model,
    /// Where it stands.
    pub index: EntityIdx,
    /// Its data.
    pub entity: &'a Arc<Entity>,
}

impl<'a> EntityView<'a> {
    /// The model it belongs to.
    pub fn model(self) -> &'a Model {
        self.model
    }

    /// Name.
    pub fn name(self) -> &'a str {
        &self.entity.name
    }

    /// The field of this name.
    pub fn field(self, name: &str) -> Option<FieldView<'a>> {
        let at = self.entity.fields.iter().position(|field| &*field.name == name)?;
        self.field_at(FieldIdx(u32::try_from(at).ok()?))
    }

    /// The field at `index`.
    pub fn field_at(self, index: FieldIdx) -> Option<FieldView<'a>> {
        self.entity.fields.get(index.0 as usize).map(|field| FieldView { owner: self, index, field })
    }

    /// All fields in document order.
    pub fn fields(self) -> impl Iterator<Item = FieldView<'a>> {
        (0..self.entity.fields.len()).filter_map(move |at| self.field_at(FieldIdx(u32::try_from(at).ok()?)))
    }

    /// The reference fields.
    pub fn references(self) -> impl Iterator<Item = FieldView<'a>> {
        self.fields().filter(|view| matches!(view.field.ty, FieldType::Reference { .. }))
    }
}

/// A field seen through its entity.
#[derive(Debug, Clone, Copy)]
pub struct FieldView<'a> {
    /// The entity it belongs to.
    pub owner: EntityView<'a>,
    /// Where it stands.
    pub index: FieldIdx,
    /// Its data.
    pub field: &'a Field,
}

impl<'a> FieldView<'a> {
    /// The entity a reference points to.
    pub fn target(self) -> Option<EntityView<'a>> {
        match self.field.ty {
            FieldType::Reference { target, .. } => self.owner.model.view(target),
            _ => None,
        }
    }
}
