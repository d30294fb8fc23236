//! Stage two, of one entity: what its fields are called. Of two fields with the same name the first is meant.

use crate::MAX_FIELDS;
use crate::suggestions::Suggestions;
use maq_doc::{EntityDoc, FieldDoc};
use maq_ir::SYSTEM_NAMES;
use std::cell::OnceCell;
use std::collections::HashMap;

/// The fields of an entity by name.
#[derive(Debug)]
pub(crate) struct FieldsOutput<'a> {
    /// The fields that are compiled.
    pub docs: &'a [FieldDoc],
    by_name: HashMap<&'a str, usize>,
    suggestions: OnceCell<Suggestions>,
}

/// Looks at the fields of `doc`.
pub(crate) fn collect(doc: &EntityDoc) -> FieldsOutput<'_> {
    let docs = doc.fields.get(..MAX_FIELDS.min(doc.fields.len())).unwrap_or_default();
    let mut by_name = HashMap::with_capacity(docs.len());
    for (at, field) in docs.iter().enumerate() {
        by_name.entry(&*field.name).or_insert(at);
    }
    FieldsOutput { docs, by_name, suggestions: OnceCell::new() }
}

impl FieldsOutput<'_> {
    /// The position of the field a name means.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The field name that was probably meant, among those that `fit`.
    pub fn suggest(&self, wrong: &str, fit: impl Fn(&str) -> bool) -> Option<&str> {
        let suggestions = || Suggestions::new(self.docs.iter().map(|field| &*field.name));
        self.suggestions.get_or_init(suggestions).nearest(wrong, fit)
    }

    /// Whether the name of the field at `at` leads to it, and may.
    pub fn is_usable(&self, at: usize) -> bool {
        self.docs.get(at).is_some_and(|field| {
            !field.name.is_empty()
                && self.position(&field.name) == Some(at)
                && !SYSTEM_NAMES.contains(&field.name.as_str())
        })
    }
}
