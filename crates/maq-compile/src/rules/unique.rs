//! Unique keys over fields.

use super::key_fields::{Key, UNIQUE};
use crate::context::EntityContext;
use maq_diag::{Finding, catalogue};
use std::collections::{BTreeSet, HashMap, HashSet};

fn keys(entity: EntityContext<'_>) -> impl Iterator<Item = Key<'_>> {
    entity.doc.uniques.iter().map(move |unique| Key {
        entity,
        list: "uniques",
        id: &unique.id,
        name: &unique.name,
        fields: &unique.fields,
        codes: &UNIQUE,
    })
}

/// Every key is over fields that are there, each once.
pub(super) fn keys_can_be_used(entity: EntityContext<'_>, out: &mut Vec<Finding>) {
    keys(entity).for_each(|key| key.fields_can_be_used(out));
}

/// Keys differ in name, and in what they say: the order of fields does not count for that.
pub(super) fn keys_differ(entity: EntityContext<'_>, out: &mut Vec<Finding>) {
    let all: HashSet<&str> = keys(entity).map(|key| key.name).collect();
    let mut names = HashSet::new();
    let mut said: HashMap<BTreeSet<&str>, &str> = HashMap::new();
    for field in entity.fields().filter(|field| field.doc.unique) {
        said.entry(BTreeSet::from([&*field.doc.name])).or_insert(&field.doc.name);
    }
    for key in keys(entity) {
        if !names.insert(key.name) {
            out.push(key.name_is_taken(&all));
        }
        let fields: BTreeSet<&str> = key.fields.iter().map(String::as_str).collect();
        if fields.is_empty() {
            continue;
        }
        match said.get(&fields) {
            Some(other) => out.push(key.repeats(catalogue::UNIQUE_REPEATS_ANOTHER, other)),
            None => {
                said.insert(fields, key.name);
            }
        }
    }
}
