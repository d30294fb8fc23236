//! What roles let be read.

use super::{TOLD, place};
use crate::stages::names::NamesOutput;
use crate::stages::roles::NamedRole;
use crate::words::short;
use maq_diag::{Finding, catalogue};
use maq_doc::{EntityDoc, PolicyDoc};
use maq_policy::{Permission, RoleCatalogue, operation};
use std::collections::HashSet;

/// Fields that a message names.
const SHOWN: usize = 3;

/// Personal and secret fields are read by a rule that names them, never by a wildcard alone.
pub(in crate::rules) fn sensitive_fields_are_read_by_a_rule(
    role: &NamedRole<'_>,
    catalogue: &RoleCatalogue,
    names: &NamesOutput<'_>,
    out: &mut Vec<Finding>,
) {
    let doc = role.doc;
    let own: HashSet<&str> = catalogue.with_ancestors(&doc.name).collect();
    let mut seen = HashSet::new();
    let readable = role.permissions.iter().filter_map(|read| read.as_ref().ok()).filter(|it| permits_reading(it));
    for permission in readable.filter(|permission| seen.insert(permission.text().clone())).take(TOLD) {
        let entities = names.entities.iter().map(|named| named.doc);
        let mut fields = entities
            .filter(|entity| permission.covers_resource(&entity.name))
            .flat_map(|entity| sensitive_fields(entity, &own));
        let shown: Vec<String> = fields.by_ref().take(SHOWN).collect();
        if shown.is_empty() {
            continue;
        }
        let more = match fields.count() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let fields = format!("{}{more}", shown.join(", "));
        let (name, text) = (short(&doc.name), short(permission.text()));
        let params = [("name", &*name), ("permission", &*text), ("fields", &*fields)];
        out.push(Finding::new(catalogue::ROLE_READS_SENSITIVE, place(doc, "permissions"), &params));
    }
}

/// The entities whose records some role may read.
pub(crate) fn entities_that_roles_read<'a>(roles: &[NamedRole<'_>], names: &NamesOutput<'a>) -> HashSet<&'a str> {
    let reading: Vec<&Permission> = roles
        .iter()
        .flat_map(|role| role.permissions.iter().filter_map(|read| read.as_ref().ok()))
        .filter(|permission| permits_reading(permission))
        .collect();
    let entities = names.entities.iter().map(|named| named.doc);
    let read = entities.filter(|entity| reading.iter().any(|permission| permission.covers_resource(&entity.name)));
    read.map(|entity| &*entity.id).collect()
}

fn permits_reading(permission: &Permission) -> bool {
    operation("read").is_some_and(|(namespace, operation)| permission.covers_operation(namespace, operation))
}

/// The personal and secret fields that no rule for these roles names.
fn sensitive_fields<'a>(entity: &'a EntityDoc, roles: &'a HashSet<&str>) -> impl Iterator<Item = String> + 'a {
    let sensitive =
        entity.fields.iter().filter(|field| matches!(field.classification.as_deref(), Some("personal" | "secret")));
    sensitive
        .filter(|field| !entity.policies.iter().any(|policy| is_for(policy, roles) && names_field(policy, &field.name)))
        .map(|field| format!("`{}.{}`", short(&entity.name), short(&field.name)))
}

fn is_for(policy: &PolicyDoc, roles: &HashSet<&str>) -> bool {
    let everyone = policy.roles.is_empty() && policy.principals.is_empty();
    everyone || policy.roles.iter().any(|role| role == "*" || roles.contains(role.as_str()))
}

/// An allow that names the field as readable, or a deny that takes it away.
fn names_field(policy: &PolicyDoc, field: &str) -> bool {
    let Some(read) = policy.fields.as_ref().and_then(|fields| fields.read.as_ref()) else { return false };
    let is_named = read.names().iter().any(|name| name == field);
    is_named || (policy.effect == "deny" && read.is_every())
}
