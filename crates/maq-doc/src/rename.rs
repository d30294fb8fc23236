//! Renames: ids are stable, so a rename is one edit group that sets the name and rewrites every referrer.

mod roles;

pub use roles::{rename_entity_in_roles, rename_role, roles};

use crate::{Document, Edit, EntityDoc, FieldListDoc, PolicyDoc};
use serde_json::Value as Json;

fn set(document: &str, path: &[&str], value: Json) -> Edit {
    Edit::Set {
        document: document.to_owned(),
        path: path.iter().map(|part| (*part).to_owned()).collect(),
        value: Some(value),
    }
}

/// The edits that rename `entity` to `name`, with every reference to it.
pub fn rename_entity(documents: &[&EntityDoc], entity: &EntityDoc, name: &str) -> Vec<Edit> {
    let mut edits = vec![set(&entity.id, &["name"], name.into())];
    for document in documents {
        for field in document.fields.iter().filter(|field| field.reference_to.as_deref() == Some(&entity.name)) {
            edits.push(set(&document.id, &["fields", &field.id, "referenceTo"], name.into()));
        }
    }
    edits
}

/// The edits that rename the field `field_id` of `entity` to `name`, with keys, indexes and rules that name it.
/// None when the entity has no such field.
pub fn rename_field(entity: &EntityDoc, field_id: &str, name: &str) -> Option<Vec<Edit>> {
    let old = entity.fields.iter().find(|field| field.id == field_id)?.name.as_str();
    let mut edits = vec![set(&entity.id, &["fields", field_id, "name"], name.into())];
    let lists = (entity.uniques.iter().map(|unique| ("uniques", &unique.id, "fields", &unique.fields)))
        .chain(entity.indexes.iter().map(|index| ("indexes", &index.id, "fields", &index.fields)))
        .chain(entity.rules.iter().map(|rule| ("rules", &rule.id, "require", &rule.require)));
    for (list, id, key, names) in lists {
        if names.iter().any(|listed| listed == old) {
            let renamed: Vec<Json> =
                names.iter().map(|listed| Json::from(if listed == old { name } else { listed.as_str() })).collect();
            edits.push(set(&entity.id, &[list, id, key], renamed.into()));
        }
    }
    edits.extend(entity.policies.iter().filter_map(|policy| rename_in_policy(&entity.id, policy, old, name)));
    Some(edits)
}

/// The field rules of a policy with a field renamed; none when they do not name it. Conditions name fields of other
/// entities too, so they are renamed where types are known (`maq-compile`).
fn rename_in_policy(document: &str, policy: &PolicyDoc, old: &str, name: &str) -> Option<Edit> {
    let before = policy.fields.as_ref()?;
    let mut fields = before.clone();
    for list in [&mut fields.read, &mut fields.write] {
        if let Some(FieldListDoc::Names(names)) = list {
            names.iter_mut().filter(|listed| *listed == old).for_each(|listed| name.clone_into(listed));
        }
    }
    if let Some(mask) = fields.mask.remove(old) {
        fields.mask.insert(name.to_owned(), mask);
    }
    let value = serde_json::to_value(&fields).ok()?;
    (fields != *before).then(|| set(document, &["policies", &policy.id, "fields"], value))
}

/// The entities among `documents`.
pub fn entities<'a>(documents: impl IntoIterator<Item = &'a Document>) -> Vec<&'a EntityDoc> {
    documents.into_iter().filter_map(Document::as_entity).collect()
}
