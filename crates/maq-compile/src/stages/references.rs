//! Stage four, of one entity: names of targets to entities. With it every type is resolved that can be.

use crate::stages::fields::FieldsOutput;
use crate::stages::names::{Link, NamesOutput};
use crate::stages::types::{TypeOutput, TypesOutput};
use maq_doc::FieldDoc;
use maq_ir::{FieldIdx, FieldType, OnDelete};

/// The resolved types of an entity's fields, by position.
#[derive(Debug)]
pub(crate) struct ReferencesOutput {
    /// None where the type is unknown or the target is not there.
    pub types: Vec<Option<FieldType>>,
    /// Where each field stands in the model; none for a field that is left out.
    pub places: Vec<Option<FieldIdx>>,
    /// What was looked up outside this entity: it must be compiled again when an answer changes.
    pub links: Vec<(String, Option<Link>)>,
}

/// Looks the targets up.
pub(crate) fn resolve(fields: &FieldsOutput<'_>, types: TypesOutput, names: &NamesOutput<'_>) -> ReferencesOutput {
    let mut links = Vec::new();
    let mut places = Vec::with_capacity(fields.docs.len());
    let mut next = 0;
    let mut resolved = Vec::with_capacity(fields.docs.len());
    for (at, (field, ty)) in fields.docs.iter().zip(types.types).enumerate() {
        let ty = match ty {
            TypeOutput::Is(ty) => Some(ty),
            TypeOutput::NotYet | TypeOutput::Unknown => None,
            TypeOutput::Reference => field.reference_to.as_deref().and_then(|name| {
                let link = names.link(name);
                links.push((name.to_owned(), link));
                let Link { index: target, identity } = link?;
                Some(FieldType::Reference { target, identity, on_delete: on_delete_of(field) })
            }),
        };
        let is_in_model = ty.is_some() && fields.is_usable(at);
        places.push(is_in_model.then_some(FieldIdx(next)));
        next += u32::from(is_in_model);
        resolved.push(ty);
    }
    ReferencesOutput { types: resolved, places, links }
}

fn on_delete_of(field: &FieldDoc) -> OnDelete {
    match field.on_delete.as_deref() {
        Some("cascade") => OnDelete::Cascade,
        Some("setNull") => OnDelete::SetNull,
        _ => OnDelete::Restrict,
    }
}
