//! Stage seven, of one entity: indexes for speed.

use crate::stages::fields::FieldsOutput;
use crate::stages::keys::{ResolvedKey, resolve_fields};
use crate::stages::references::ReferencesOutput;
use maq_doc::EntityDoc;

/// The indexes that can be used.
#[derive(Debug)]
pub(crate) struct IndexesOutput<'a> {
    /// In document order.
    pub indexes: Vec<ResolvedKey<'a>>,
}

/// Resolves the indexes.
pub(crate) fn resolve<'a>(
    doc: &'a EntityDoc,
    fields: &FieldsOutput<'a>,
    references: &ReferencesOutput,
) -> IndexesOutput<'a> {
    let indexes = doc.indexes.iter().filter_map(|index| {
        let fields = resolve_fields(&index.fields, fields, references)?;
        Some(ResolvedKey { id: &index.id, name: &index.name, field: None, fields })
    });
    IndexesOutput { indexes: indexes.collect() }
}
