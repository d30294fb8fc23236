//! Indexes for speed.

use super::key_fields::{INDEX, Key};
use crate::context::EntityContext;
use maq_diag::{Finding, catalogue};
use std::collections::{HashMap, HashSet};

fn keys(entity: EntityContext<'_>) -> impl Iterator<Item = Key<'_>> {
    entity.doc.indexes.iter().map(move |index| Key {
        entity,
        list: "indexes",
        id: &index.id,
        name: &index.name,
        fields: &index.fields,
        codes: &INDEX,
    })
}

/// Every index is over fields that are there, each once.
pub(super) fn indexes_can_be_used(entity: EntityContext<'_>, out: &mut Vec<Finding>) {
    keys(entity).for_each(|key| key.fields_can_be_used(out));
}

/// Indexes differ in name and in what they speed up; a unique key is an index too.
pub(super) fn indexes_differ(entity: EntityContext<'_>, out: &mut Vec<Finding>) {
    let all: HashSet<&str> = keys(entity).map(|key| key.name).collect();
    let mut names = HashSet::new();
    let single = entity.fields().filter(|field| field.doc.unique);
    let single = single.map(|field| (vec![field.doc.name.as_str()], field.doc.name.as_str()));
    let several = entity.doc.uniques.iter();
    let several = several.map(|unique| (unique.fields.iter().map(String::as_str).collect(), unique.name.as_str()));
    let unique: HashMap<Vec<&str>, &str> = single.chain(several).collect();
    let mut said: HashMap<Vec<&str>, &str> = HashMap::new();
    for key in keys(entity) {
        if !names.insert(key.name) {
            out.push(key.name_is_taken(&all));
        }
        let fields: Vec<&str> = key.fields.iter().map(String::as_str).collect();
        if fields.is_empty() {
            continue;
        }
        if let Some(other) = unique.get(&fields) {
            out.push(key.repeats(catalogue::INDEX_REPEATS_UNIQUE, other));
        } else if let Some(other) = said.get(&fields) {
            out.push(key.repeats(catalogue::INDEX_REPEATS_ANOTHER, other));
        } else {
            said.insert(fields, key.name);
        }
    }
}
