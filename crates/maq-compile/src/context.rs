//! What a rule sees: a document beside what the stages made of it.

use crate::stages::constraints::{ConstraintsOutput, Limits};
use crate::stages::fields::FieldsOutput;
use crate::stages::names::NamesOutput;
use crate::stages::physical_names::ColumnsOutput;
use crate::stages::references::ReferencesOutput;
use maq_diag::Place;
use maq_doc::{EntityDoc, FieldDoc};
use maq_ir::{FieldIdx, FieldType};

/// An entity beside its resolved parts.
#[derive(Clone, Copy)]
pub(crate) struct EntityContext<'a> {
    /// The document.
    pub doc: &'a EntityDoc,
    /// Its table.
    pub table: &'a str,
    /// Every name of the model.
    pub names: &'a NamesOutput<'a>,
    /// Its fields by name.
    pub fields: &'a FieldsOutput<'a>,
    /// Its types.
    pub references: &'a ReferencesOutput,
    /// Its limits and defaults.
    pub constraints: &'a ConstraintsOutput,
    /// Its columns.
    pub columns: &'a ColumnsOutput,
}

/// A field beside its resolved parts.
#[derive(Clone, Copy)]
pub(crate) struct FieldContext<'a> {
    /// The entity it belongs to.
    pub entity: EntityContext<'a>,
    /// Its position.
    pub at: usize,
    /// The document's part.
    pub doc: &'a FieldDoc,
}

impl<'a> EntityContext<'a> {
    /// A place in the document.
    pub fn place(self, path: &[&str]) -> Place {
        Place::at(self.doc.id.as_str(), path)
    }

    /// The fields that are compiled.
    pub fn fields(self) -> impl Iterator<Item = FieldContext<'a>> {
        self.fields.docs.iter().enumerate().map(move |(at, doc)| FieldContext { entity: self, at, doc })
    }

    /// The field a name means.
    pub fn field(self, name: &str) -> Option<FieldContext<'a>> {
        let at = self.fields.position(name)?;
        Some(FieldContext { entity: self, at, doc: self.fields.docs.get(at)? })
    }
}

const NO_LIMITS: &Limits = &Limits {
    min: crate::stages::constraints::Parsed::Absent,
    max: crate::stages::constraints::Parsed::Absent,
    min_length: None,
    max_length: None,
    pattern: crate::stages::constraints::PatternOutput::Absent,
    format: None,
    default: crate::stages::constraints::Parsed::Absent,
};

impl<'a> FieldContext<'a> {
    /// The resolved type.
    pub fn ty(self) -> Option<&'a FieldType> {
        self.entity.references.types.get(self.at)?.as_ref()
    }

    /// Its limits and default.
    pub fn limits(self) -> &'a Limits {
        self.entity.constraints.limits.get(self.at).unwrap_or(NO_LIMITS)
    }

    /// Its column.
    pub fn column(self) -> &'a str {
        self.entity.columns.columns.get(self.at).map_or("", |column| column)
    }

    /// Where it stands in the model, when it does.
    pub fn place_in_model(self) -> Option<FieldIdx> {
        self.entity.references.places.get(self.at).copied().flatten()
    }

    /// The path of one of its keys.
    pub fn path(self, key: &'a str) -> [&'a str; 3] {
        ["fields", &self.doc.id, key]
    }

    /// The place of one of its keys.
    pub fn place(self, key: &str) -> Place {
        Place::at(self.entity.doc.id.as_str(), &["fields", &self.doc.id, key])
    }

    /// The document it stands in.
    pub fn document(self) -> &'a str {
        &self.entity.doc.id
    }
}
