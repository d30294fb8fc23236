//! Roles against roles, by stable id: what they permit, with all they inherit, on the entities of the new model.

use crate::change::{Change, ChangeKind};
use maq_ir::{Model, Role};
use maq_policy::{RoleCatalogue, operations};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Heirs that a sentence names.
const SHOWN: usize = 3;

/// Every change of roles from `old` to `new`, in the order of the new model, removed roles last.
pub(crate) fn compare(old: &Model, new: &Model) -> Vec<Change> {
    let (before, after) = (Side::of(old), Side::of(new));
    let mut list = Vec::new();
    let mut add = |kind: ChangeKind, role: &Role, summary: String| {
        list.push(Change { kind, entity: role.name.clone(), member: None, summary, supported: true });
    };
    for role in new.roles() {
        let Some(last) = old.roles().iter().find(|last| last.id == role.id) else {
            let gives = gains(&role.permissions, &role.inherits);
            let gives = if gives.is_empty() { "nothing of its own".to_owned() } else { gives.join(", ") };
            add(ChangeKind::AddRole, role, format!("new role `{}`: {gives}", role.name));
            continue;
        };
        if last.name != role.name {
            add(ChangeKind::RenameRole, role, format!("role `{}` is now called `{}`", last.name, role.name));
        }
        if !says_the_same(last, role, old, new) {
            let (kind, what) = kind_of(&before.rights(last, new), &after.rights(role, new));
            let heirs = after.heirs(role);
            add(kind, role, format!("role `{}` {what}: {}{heirs}", role.name, difference(last, role)));
        }
    }
    for role in old.roles().iter().filter(|role| !new.roles().iter().any(|there| there.id == role.id)) {
        let summary = format!("role `{}` is no longer there, and permits nothing", role.name);
        add(ChangeKind::RemoveRole, role, summary);
    }
    list
}

/// A model with its roles resolved.
struct Side<'a> {
    model: &'a Model,
    roles: RoleCatalogue,
}

type Right = (&'static str, &'static str, Arc<str>);

impl<'a> Side<'a> {
    fn of(model: &'a Model) -> Side<'a> {
        Side { model, roles: RoleCatalogue::of(model) }
    }

    /// What the role permits on each entity of `new`, as that entity is called on this side.
    fn rights(&self, role: &Role, new: &Model) -> BTreeSet<Right> {
        let mut rights = BTreeSet::new();
        for view in new.entities() {
            let id = &view.entity.id;
            let name = self.model.entity_by_id(id).map_or(view.name(), |here| here.name());
            for (namespace, operation) in operations() {
                if self.roles.permits_operation(&role.name, (namespace, operation), name) {
                    rights.insert((namespace.name, operation.name, id.clone()));
                }
            }
        }
        rights
    }

    /// Who has the change too, because they inherit the role.
    fn heirs(&self, role: &Role) -> String {
        let inherits =
            |name: &&str| **name != *role.name && self.roles.with_ancestors(name).any(|it| *it == *role.name);
        let heirs: Vec<&str> = self.roles.names().filter(inherits).collect();
        let more = heirs.len().saturating_sub(SHOWN);
        let shown: Vec<String> = heirs.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
        let who = if heirs.len() == 1 { "who inherits it" } else { "who inherit it" };
        match (shown.is_empty(), more) {
            (true, _) => String::new(),
            (_, 0) => format!("; so for {}, {who}", shown.join(", ")),
            _ => format!("; so for {} and {more} more, {who}", shown.join(", ")),
        }
    }
}

/// Whether two forms of a role say the same. What it inherits is compared by id, so a rename elsewhere is no change.
fn says_the_same(last: &Role, role: &Role, old: &Model, new: &Model) -> bool {
    let ids = |names: &[Arc<str>], model: &Model| -> BTreeSet<Arc<str>> {
        let id = |name: &Arc<str>| model.roles().iter().find(|role| role.name == *name).map(|role| role.id.clone());
        names.iter().filter_map(id).collect()
    };
    let texts = |texts: &[Arc<str>]| -> BTreeSet<Arc<str>> { texts.iter().cloned().collect() };
    texts(&last.permissions) == texts(&role.permissions) && ids(&last.inherits, old) == ids(&role.inherits, new)
}

fn kind_of(before: &BTreeSet<Right>, after: &BTreeSet<Right>) -> (ChangeKind, &'static str) {
    match (before.is_subset(after), after.is_subset(before)) {
        (true, true) => (ChangeKind::ChangeRole, "permits the same in other words"),
        (true, false) => (ChangeKind::WidenRole, "permits more"),
        (false, true) => (ChangeKind::NarrowRole, "permits less"),
        (false, false) => (ChangeKind::ChangeRole, "permits more and less"),
    }
}

/// What it gains and loses, as people wrote it.
fn difference(last: &Role, role: &Role) -> String {
    let missing = |from: &[Arc<str>], of: &[Arc<str>]| -> Vec<Arc<str>> {
        of.iter().filter(|text| !from.contains(text)).cloned().collect()
    };
    let gained = gains(&missing(&last.permissions, &role.permissions), &missing(&last.inherits, &role.inherits));
    let lost = gains(&missing(&role.permissions, &last.permissions), &missing(&role.inherits, &last.inherits));
    let parts = [("gains", gained), ("loses", lost)];
    let told =
        parts.iter().filter(|(_, list)| !list.is_empty()).map(|(word, list)| format!("{word} {}", list.join(", ")));
    told.collect::<Vec<_>>().join("; ")
}

fn gains(permissions: &[Arc<str>], inherits: &[Arc<str>]) -> Vec<String> {
    let own = permissions.iter().map(|text| format!("`{text}`"));
    own.chain(inherits.iter().map(|name| format!("all of `{name}`"))).collect()
}

#[cfg(test)]
mod tests;
