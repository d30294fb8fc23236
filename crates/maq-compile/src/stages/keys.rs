//! Stage six, of one entity: unique keys, those of single fields included.

use crate::stages::constraints::is_comparable;
use crate::stages::fields::FieldsOutput;
use crate::stages::references::ReferencesOutput;
use maq_doc::EntityDoc;
use maq_ir::FieldIdx;

/// The unique keys that can be used.
#[derive(Debug)]
pub(crate) struct KeysOutput<'a> {
    /// Fields first, then the keys of their own.
    pub keys: Vec<ResolvedKey<'a>>,
}

/// A key or an index over resolved fields.
#[derive(Debug)]
pub(crate) struct ResolvedKey<'a> {
    /// The key's id, or the field's.
    pub id: &'a str,
    /// The key's name, or the field's.
    pub name: &'a str,
    /// Position of the field that is alone unique.
    pub field: Option<usize>,
    /// Its fields in the model.
    pub fields: Vec<FieldIdx>,
}

/// Resolves the unique keys.
pub(crate) fn resolve<'a>(
    doc: &'a EntityDoc,
    fields: &FieldsOutput<'a>,
    references: &ReferencesOutput,
) -> KeysOutput<'a> {
    let single = fields.docs.iter().enumerate().filter(|(_, field)| field.unique).filter_map(|(at, field)| {
        let place = comparable_place(references, at)?;
        Some(ResolvedKey { id: &field.id, name: &field.name, field: Some(at), fields: vec![place] })
    });
    let several = doc.uniques.iter().filter_map(|unique| {
        let fields = resolve_fields(&unique.fields, fields, references)?;
        Some(ResolvedKey { id: &unique.id, name: &unique.name, field: None, fields })
    });
    KeysOutput { keys: single.chain(several).collect() }
}

/// The fields of a key, each once; none when there is none or one of them cannot be in a key.
pub(crate) fn resolve_fields(
    names: &[String],
    fields: &FieldsOutput<'_>,
    references: &ReferencesOutput,
) -> Option<Vec<FieldIdx>> {
    let mut places = Vec::with_capacity(names.len().min(fields.docs.len()));
    let mut seen = std::collections::HashSet::new();
    for name in names {
        let place = comparable_place(references, fields.position(name)?)?;
        if seen.insert(place) {
            places.push(place);
        }
    }
    (!places.is_empty()).then_some(places)
}

fn comparable_place(references: &ReferencesOutput, at: usize) -> Option<FieldIdx> {
    let ty = references.types.get(at)?.as_ref()?;
    references.places.get(at).copied().flatten().filter(|_| is_comparable(ty))
}
