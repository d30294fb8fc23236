//! What roles permit.

use super::{TOLD, place, replaced};
use crate::fixes;
use crate::stages::names::NamesOutput;
use crate::stages::roles::NamedRole;
use crate::words::{hint, short};
use maq_diag::{Finding, catalogue, did_you_mean};
use maq_policy::{NAMESPACES, PermissionError, operation, operations};
use std::collections::HashSet;

/// Most permissions of one role that are compared with each other.
const COMPARED: usize = 300;

/// A permission is `action:resource`, and its action an operation of the catalogue.
pub(in crate::rules) fn permissions_can_be_read(role: &NamedRole<'_>, out: &mut Vec<Finding>) {
    let doc = role.doc;
    let mut seen = HashSet::new();
    let wrong =
        doc.permissions.iter().zip(&role.permissions).filter_map(|(text, read)| Some((text, read.as_ref().err()?)));
    for (text, error) in wrong.filter(|(text, _)| seen.insert(text.as_str())).take(TOLD) {
        let place = place(doc, "permissions");
        let (name, permission) = (short(&doc.name), short(text));
        let params = [("name", &*name), ("permission", &*permission)];
        let (finding, instead) = match error {
            PermissionError::Shape | PermissionError::Wildcard => {
                let problem = error.to_string();
                let params = [params[0], params[1], ("problem", &*problem)];
                (Finding::new(catalogue::ROLE_PERMISSION_INVALID, place, &params), None)
            }
            PermissionError::OperationUnknown(action) => {
                let meant = nearest(action);
                let words = (short(action), hint(meant.as_deref()));
                let params = [params[0], params[1], ("action", &*words.0), ("hint", &*words.1)];
                (Finding::new(catalogue::ROLE_ACTION_UNKNOWN, place, &params), meant)
            }
            PermissionError::OperationUnclear { name: action, meanings } => {
                let all = meanings.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ");
                let action = short(action);
                let params = [params[0], params[1], ("action", &*action), ("meanings", &*all)];
                (Finding::new(catalogue::ROLE_ACTION_UNCLEAR, place, &params), None)
            }
        };
        out.push(match (instead, text.split_once(':')) {
            (Some(action), Some((_, resource))) => {
                let permission = format!("{action}:{resource}");
                let list = replaced(&doc.permissions, text, Some(&permission));
                let title = format!("Make it `{}`", short(&permission));
                finding.with_fix(title, fixes::set(&doc.id, &["permissions"], list))
            }
            _ => finding,
        });
    }
}

/// The operation or namespace that was probably meant.
fn nearest(action: &str) -> Option<String> {
    let full = operations().map(|(namespace, operation)| format!("{}.{}", namespace.name, operation.name));
    let every = NAMESPACES.iter().map(|namespace| format!("{}.*", namespace.name));
    let names: Vec<String> = if action.contains('.') {
        full.chain(every).collect()
    } else {
        operations().map(|(_, operation)| operation.name.to_owned()).filter(|name| operation(name).is_some()).collect()
    };
    did_you_mean(&short(action), names.iter().map(String::as_str)).map(str::to_owned)
}

/// A permission is for an entity that there is.
pub(in crate::rules) fn permissions_are_for_something(
    role: &NamedRole<'_>,
    names: &NamesOutput<'_>,
    out: &mut Vec<Finding>,
) {
    let doc = role.doc;
    let mut seen = HashSet::new();
    let mut told = 0;
    for permission in role.permissions.iter().filter_map(|read| read.as_ref().ok()) {
        let resource = permission.resource();
        let is_there = match permission.resource_name() {
            Some(name) => names.named(name).is_some(),
            None => resource == "*" || names.entities.iter().any(|named| permission.covers_resource(&named.doc.name)),
        };
        if is_there || !seen.insert(permission.text().clone()) || told == TOLD {
            continue;
        }
        told += 1;
        let (name, text) = (short(&doc.name), short(permission.text()));
        let Some(entity) = permission.resource_name() else {
            let params = [("name", &*name), ("permission", &*text), ("pattern", resource)];
            out.push(Finding::new(catalogue::ROLE_PATTERN_COVERS_NOTHING, place(doc, "permissions"), &params));
            continue;
        };
        let meant = names.suggest(entity);
        let (shown, hint) = (short(entity), hint(meant));
        let params = [("name", &*name), ("permission", &*text), ("entity", &*shown), ("hint", &*hint)];
        let finding = Finding::new(catalogue::ROLE_ENTITY_UNKNOWN, place(doc, "permissions"), &params);
        let instead = meant.map(|meant| permission.on_resource(meant));
        let title = match &instead {
            Some(instead) => format!("Make it `{}`", short(instead)),
            None => "Take it out".to_owned(),
        };
        let list = replaced(&doc.permissions, permission.text(), instead.as_deref());
        out.push(finding.with_fix(title, fixes::set(&doc.id, &["permissions"], list)));
    }
}

/// Every permission gives something that the others do not.
pub(in crate::rules) fn permissions_give_something(role: &NamedRole<'_>, out: &mut Vec<Finding>) {
    let doc = role.doc;
    let read: Vec<_> = role.permissions.iter().take(COMPARED).enumerate().collect();
    let mut told = HashSet::new();
    for (at, permission) in &read {
        let Ok(permission) = permission else { continue };
        let covers = |(other_at, other): &&(usize, &Result<maq_policy::Permission, PermissionError>)| {
            let Ok(other) = other else { return false };
            // Of two that give the same the later is told.
            other_at != at && other.includes(permission) && (!permission.includes(other) || other_at < at)
        };
        let Some((_, Ok(wider))) = read.iter().find(covers) else { continue };
        if !told.insert(permission.text().clone()) || told.len() > TOLD {
            continue;
        }
        let params = [
            ("name", &*short(&doc.name)),
            ("permission", &*short(permission.text())),
            ("other", &*short(wider.text())),
        ];
        let finding = Finding::new(catalogue::ROLE_PERMISSION_COVERED, place(doc, "permissions"), &params);
        let mut list = doc.permissions.clone();
        if *at < list.len() {
            list.remove(*at);
        }
        out.push(finding.with_fix("Take it out", fixes::set(&doc.id, &["permissions"], list)));
    }
}
