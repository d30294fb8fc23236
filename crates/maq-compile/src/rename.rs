//! Renames inside conditions: which names mean what is renamed only the types tell, so the edits come from the compiled
//! model. Conditions with errors stay as they are; their findings then say what is not known.

use maq_doc::{Document, Edit, EntityDoc};
use maq_expr::{Condition, EntityIndex, EntityShape, Environment, Kind, Node, Span, Type};
use maq_ir::{Entity, Model, shapes::FIELDS_BEFORE, shapes::shapes};
use serde_json::Value as Json;
use std::sync::Arc;

/// The edits that rename a field in every condition of `documents` that reads it.
pub fn rename_field_in_conditions(
    documents: &[Arc<Document>],
    model: &Model,
    entity_id: &str,
    field_id: &str,
    name: &str,
) -> Vec<Edit> {
    let Some(view) = model.entity_by_id(entity_id) else { return Vec::new() };
    let Some(at) = view.entity.fields.iter().position(|field| &*field.id == field_id) else { return Vec::new() };
    let owner = EntityIndex(view.index.0);
    let index = u32::try_from(at).unwrap_or(u32::MAX).saturating_add(FIELDS_BEFORE);
    let new_name = |node: &Node| match &node.kind {
        Kind::Field { operand, index: read, name: old } if *read == index && owner_of(&operand.ty) == Some(owner) => {
            Some((old.clone(), Arc::from(name)))
        }
        _ => None,
    };
    edits(documents, model, &new_name)
}

/// The edits that follow in conditions when an entity is renamed: lists that are called after it.
pub fn rename_entity_in_conditions(
    documents: &[Arc<Document>],
    model: &Model,
    entity_id: &str,
    name: &str,
) -> Vec<Edit> {
    if model.entity_by_id(entity_id).is_none() {
        return Vec::new();
    }
    let before: Vec<Arc<Entity>> = model.entities().map(|view| view.entity.clone()).collect();
    let renamed = |entity: &Arc<Entity>| {
        if &*entity.id == entity_id {
            Arc::new(Entity { name: name.into(), ..(**entity).clone() })
        } else {
            entity.clone()
        }
    };
    let after = shapes(&before.iter().map(renamed).collect::<Vec<_>>());
    let before = shapes(&before);
    let new_name = |node: &Node| match &node.kind {
        Kind::Children { operand, index, name: old } => {
            let owner = owner_of(&operand.ty)?.0 as usize;
            let list = before.get(owner)?.children.get(*index as usize)?;
            let same = |other: &&maq_expr::ChildShape| other.entity == list.entity && other.field == list.field;
            let new = after.get(owner)?.children.iter().find(same)?;
            (new.name != *old).then(|| (old.clone(), new.name.clone()))
        }
        _ => None,
    };
    edits(documents, model, &new_name)
}

/// An old name and the new one, for a node that ends in a name which changes.
type NewName<'a> = dyn Fn(&Node) -> Option<(Arc<str>, Arc<str>)> + 'a;

fn edits(documents: &[Arc<Document>], model: &Model, new_name: &NewName<'_>) -> Vec<Edit> {
    let all: Vec<Arc<Entity>> = model.entities().map(|view| view.entity.clone()).collect();
    let shapes = shapes(&all);
    let mut edits = Vec::new();
    for doc in documents.iter().filter_map(|document| document.as_entity()) {
        let Some(view) = model.entity_by_id(&doc.id) else { continue };
        for (path, text) in conditions(doc) {
            let Some(root) = tree(text, &shapes, EntityIndex(view.index.0)) else { continue };
            let mut changes = Vec::new();
            collect(&root, text, new_name, &mut changes);
            if changes.is_empty() {
                continue;
            }
            let path = path.into_iter().map(str::to_owned).collect();
            let value = Some(Json::from(changed(text, changes)));
            edits.push(Edit::Set { document: doc.id.clone(), path, value });
        }
    }
    edits
}

fn conditions(doc: &EntityDoc) -> impl Iterator<Item = ([&str; 3], &str)> {
    let policies = doc
        .policies
        .iter()
        .filter_map(|policy| Some((["policies", policy.id.as_str(), "condition"], policy.condition.as_deref()?)));
    policies
        .chain(doc.rules.iter().filter_map(|rule| Some((["rules", rule.id.as_str(), "when"], rule.when.as_deref()?))))
}

fn tree(text: &str, shapes: &Arc<[EntityShape]>, record: EntityIndex) -> Option<Arc<Node>> {
    let environment = Arc::new(Environment::model(shapes.clone(), record));
    Condition::compile(text, &environment).ok().map(|(condition, _)| condition.root)
}

fn collect(node: &Node, text: &str, new_name: &NewName<'_>, changes: &mut Vec<(Span, Arc<str>)>) {
    if let Some((old, new)) = new_name(node)
        && node.span.of(text).ends_with(&*old)
    {
        let length = u32::try_from(old.len()).unwrap_or_default();
        let span = Span { start: node.span.end.saturating_sub(length), end: node.span.end };
        if !changes.iter().any(|(other, _)| *other == span) {
            changes.push((span, new));
        }
    }
    for part in node.parts() {
        collect(part, text, new_name, changes);
    }
}

fn changed(text: &str, mut changes: Vec<(Span, Arc<str>)>) -> String {
    changes.sort_by_key(|(span, _)| span.start);
    let mut out = String::with_capacity(text.len() + 16);
    let mut from = 0;
    for (span, new) in changes {
        out.push_str(text.get(from..span.start as usize).unwrap_or_default());
        out.push_str(&new);
        from = span.end as usize;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

fn owner_of(ty: &Type) -> Option<EntityIndex> {
    match ty {
        Type::Record(entity) | Type::Reference(entity, _) => Some(*entity),
        Type::Nullable(inner) => owner_of(inner),
        _ => None,
    }
}
