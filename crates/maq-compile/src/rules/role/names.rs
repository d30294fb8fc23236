//! What roles are called.

use super::{TOLD, place, replaced};
use crate::fixes;
use crate::naming::free_name;
use crate::stages::names::NamesOutput;
use crate::stages::roles::RolesOutput;
use crate::words::{hint, short};
use maq_diag::{Finding, Place, catalogue, did_you_mean};
use maq_doc::ids;
use std::collections::HashSet;

/// A role has a name that stands among the roles of a principal.
pub(in crate::rules) fn names_are_valid(roles: &RolesOutput<'_>, out: &mut Vec<Finding>) {
    let all = roles.roles.iter().map(|role| role.doc).chain(roles.repeated.iter().copied());
    for doc in all.filter(|doc| !ids::is_valid_role_name(&doc.name)) {
        let params = [("name", &*short(&doc.name))];
        out.push(Finding::new(catalogue::ROLE_NAME_INVALID, place(doc, "name"), &params));
    }
}

/// No two roles have the same name.
pub(in crate::rules) fn names_are_free(roles: &RolesOutput<'_>, out: &mut Vec<Finding>) {
    for doc in &roles.repeated {
        let name = free_name(&doc.name, |name| roles.named(name).is_some());
        let finding = Finding::new(catalogue::ROLE_NAME_TAKEN, place(doc, "name"), &[("name", &short(&doc.name))]);
        let finding = match roles.named(&doc.name) {
            Some(first) => finding.related_to(place(first.doc, "name"), "it is called so first"),
            None => finding,
        };
        let edits = fixes::set(&doc.id, &["name"], name.as_str());
        out.push(finding.with_fix(format!("Rename it to `{}`", short(&name)), edits));
    }
}

/// Where roles are documents, a policy is for one of them. A probable slip is told wherever it stands, a stranger once.
pub(in crate::rules) fn policies_are_for_roles_that_exist(
    names: &NamesOutput<'_>,
    roles: &RolesOutput<'_>,
    out: &mut Vec<Finding>,
) {
    if roles.roles.is_empty() {
        return;
    }
    let mut strangers = HashSet::new();
    for entity in names.entities.iter().map(|named| named.doc) {
        for policy in &entity.policies {
            let mut seen = HashSet::new();
            let is_unknown = |role: &&String| *role != "*" && !role.trim().is_empty() && roles.named(role).is_none();
            for role in policy.roles.iter().filter(is_unknown).filter(|role| seen.insert(role.as_str())).take(TOLD) {
                let path = ["policies", &*policy.id, "roles"];
                let meant = did_you_mean(&short(role), roles.roles.iter().map(|role| &*role.doc.name));
                if meant.is_none() && !strangers.insert(role.as_str()) {
                    continue;
                }
                let params = [("policy", &*short(&policy.name)), ("role", &*short(role)), ("hint", &*hint(meant))];
                let place = Place::at(entity.id.as_str(), &path);
                let finding = Finding::new(catalogue::ROLE_NOT_DEFINED, place, &params);
                out.push(match meant {
                    Some(meant) => {
                        let edits = fixes::set(&entity.id, &path, replaced(&policy.roles, role, Some(meant)));
                        finding.with_fix(format!("Make it `{}`", short(meant)), edits)
                    }
                    None => finding,
                });
            }
        }
    }
}
