//! Entities against entities, by stable id.

use crate::change::{Change, ChangeKind, Changes, Direction};
use crate::field;
use maq_ir::{Class, EntityView, FieldIdx, IdentityType, Model, Policy};
use std::sync::Arc;

/// Every change from `old` to `new`, in the order of the new model, removed entities last.
pub(crate) fn compare(old: &Model, new: &Model, direction: Direction) -> Vec<Change> {
    let mut list = Vec::new();
    for after in new.entities() {
        let mut changes = Changes::new(&after.entity.name, direction);
        match old.entity_by_id(&after.entity.id) {
            None => {
                let (name, fields) = (after.name(), after.entity.fields.len());
                let fields = if fields == 1 { "1 field".to_owned() } else { format!("{fields} fields") };
                changes.fine(ChangeKind::CreateEntity, None, format!("new entity `{name}` with {fields}"));
            }
            Some(before) => compare_entity(before, after, &mut changes),
        }
        list.append(&mut changes.list);
    }
    for before in old.entities().filter(|before| new.entity_by_id(&before.entity.id).is_none()) {
        let mut changes = Changes::new(&before.entity.name, direction);
        let summary = format!("entity `{}` is no longer there", before.name());
        changes.hard(ChangeKind::RemoveEntity, None, summary, "its table and its records stay, out of reach");
        list.append(&mut changes.list);
    }
    list
}

fn compare_entity(old: EntityView<'_>, new: EntityView<'_>, changes: &mut Changes<'_>) {
    if old.entity.name != new.entity.name {
        let summary = format!("entity `{}` is now called `{}`", old.name(), new.name());
        changes.fine(ChangeKind::RenameEntity, None, summary);
    }
    if old.entity.identity != new.entity.identity {
        let words = (identity(old.entity.identity), identity(new.entity.identity));
        let summary = format!("identity of `{}` goes from {} to {}", new.name(), words.0, words.1);
        // Keys that are stored cannot be read as another type, whichever way the release goes.
        changes.list.push(Change {
            kind: ChangeKind::ChangeIdentity,
            entity: new.entity.name.clone(),
            member: None,
            summary,
            supported: false,
        });
    }
    if old.entity.class != new.entity.class {
        let summary = format!("class goes from {} to {}", class(old.entity.class), class(new.entity.class));
        changes.fine(ChangeKind::ChangeClass, None, summary);
    }
    compare_fields(old, new, changes);
    compare_uniques(old, new, changes);
    compare_indexes(old, new, changes);
    compare_policies(&old.entity.policies, &new.entity.policies, changes);
    compare_rules(old, new, changes);
    if changes.list.is_empty() && old.entity.schema_hash != new.entity.schema_hash {
        let summary = "descriptions, labels or order change, nothing that a record notices".to_owned();
        changes.fine(ChangeKind::ChangeDescription, None, summary);
    }
}

fn compare_fields(old: EntityView<'_>, new: EntityView<'_>, changes: &mut Changes<'_>) {
    for after in new.fields() {
        let name = &after.field.name;
        match old.fields().find(|before| before.field.id == after.field.id) {
            Some(before) => field::compare(before, after, changes),
            None if after.field.required && after.field.default.is_none() => {
                let summary = format!("new field `{name}` is required and has no default for the records there are");
                changes.hard(ChangeKind::AddField, Some(name), summary, "records have none until it is written");
            }
            None => {
                let word = after.field.ty.word();
                let kind = if after.field.required { "required with a default" } else { "optional" };
                changes.fine(ChangeKind::AddField, Some(name), format!("new {word} field `{name}`, {kind}"));
            }
        }
    }
    for before in old.fields() {
        if !new.fields().any(|after| after.field.id == before.field.id) {
            let name = &before.field.name;
            let summary = format!("field `{name}` is no longer there");
            changes.hard(ChangeKind::RemoveField, Some(name), summary, "its column and its values stay, out of reach");
        }
    }
}

fn compare_uniques(old: EntityView<'_>, new: EntityView<'_>, changes: &mut Changes<'_>) {
    for after in &new.entity.uniques {
        let fields = names(new, &after.fields);
        match old.entity.uniques.iter().find(|before| before.id == after.id) {
            None => {
                let summary = format!("unique key over {fields}; records that share values refuse it");
                changes.fine(ChangeKind::AddUnique, Some(&after.name), summary);
            }
            Some(before) if ids(old, &before.fields) != ids(new, &after.fields) => {
                let summary = format!("unique key `{}` goes over {fields}", after.name);
                let parked = "the database keeps what both releases can live with";
                changes.hard(ChangeKind::ChangeUnique, Some(&after.name), summary, parked);
            }
            Some(_) => {}
        }
    }
    for before in &old.entity.uniques {
        if !new.entity.uniques.iter().any(|after| after.id == before.id) {
            let summary = format!("unique key over {} is no longer there", names(old, &before.fields));
            changes.hard(ChangeKind::RemoveUnique, Some(&before.name), summary, "its index is dropped, records stay");
        }
    }
}

fn compare_indexes(old: EntityView<'_>, new: EntityView<'_>, changes: &mut Changes<'_>) {
    for after in &new.entity.indexes {
        let fields = names(new, &after.fields);
        match old.entity.indexes.iter().find(|before| before.id == after.id) {
            None => changes.fine(ChangeKind::AddIndex, Some(&after.name), format!("index over {fields}")),
            Some(before) if ids(old, &before.fields) != ids(new, &after.fields) => {
                let summary = format!("index `{}` goes over {fields}", after.name);
                changes.hard(ChangeKind::ChangeIndex, Some(&after.name), summary, "the database keeps its index");
            }
            Some(_) => {}
        }
    }
    for before in &old.entity.indexes {
        if !new.entity.indexes.iter().any(|after| after.id == before.id) {
            let summary = format!("index over {} is no longer there", names(old, &before.fields));
            changes.hard(ChangeKind::RemoveIndex, Some(&before.name), summary, "the database keeps it");
        }
    }
}

fn compare_policies(old: &[Policy], new: &[Policy], changes: &mut Changes<'_>) {
    let of = |list: &'_ [Policy], id: &str| list.iter().position(|policy| *policy.id == *id);
    let mut parts: Vec<String> = Vec::new();
    for after in new {
        match of(old, &after.id).and_then(|at| old.get(at)) {
            None => parts.push(format!("`{}` is new", after.name)),
            Some(before) if before != after => parts.push(format!("`{}` changes", after.name)),
            Some(_) => {}
        }
    }
    for before in old.iter().filter(|before| of(new, &before.id).is_none()) {
        parts.push(format!("`{}` is no longer there", before.name));
    }
    if !parts.is_empty() {
        changes.fine(ChangeKind::ChangePolicies, None, format!("policies: {}", parts.join(", ")));
    }
}

fn compare_rules(old: EntityView<'_>, new: EntityView<'_>, changes: &mut Changes<'_>) {
    type Said<'a> = Vec<(&'a Arc<str>, &'a Arc<str>, Vec<&'a Arc<str>>)>;
    fn rules(view: EntityView<'_>) -> Said<'_> {
        view.entity.rules.iter().map(|rule| (&rule.id, &rule.name, ids(view, &rule.require))).collect()
    }
    if rules(old) != rules(new) {
        let count = new.entity.rules.len();
        let summary = format!("rules change; {count} of them require fields of new and changed records");
        changes.fine(ChangeKind::ChangeRules, None, summary);
    }
}

fn ids<'a>(view: EntityView<'a>, fields: &[FieldIdx]) -> Vec<&'a Arc<str>> {
    fields.iter().filter_map(|index| view.field_at(*index)).map(|view| &view.field.id).collect()
}

fn names(view: EntityView<'_>, fields: &[FieldIdx]) -> String {
    let names = fields.iter().filter_map(|index| view.field_at(*index));
    names.map(|view| format!("`{}`", view.field.name)).collect::<Vec<_>>().join(", ")
}

fn identity(identity: IdentityType) -> &'static str {
    match identity {
        IdentityType::Uuid => "uuid",
        IdentityType::Integer => "integer",
        IdentityType::Text => "text",
    }
}

fn class(class: Class) -> &'static str {
    match class {
        Class::Master => "master",
        Class::Reference => "reference",
        Class::Document => "document",
        Class::Log => "log",
    }
}
