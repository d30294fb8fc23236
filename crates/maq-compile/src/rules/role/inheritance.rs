//! Whom roles inherit.

use super::{TOLD, place, replaced};
use crate::fixes;
use crate::stages::roles::{NamedRole, RolesOutput};
use crate::words::{hint, short};
use maq_diag::{Finding, catalogue, did_you_mean};
use std::collections::HashSet;

/// What a role inherits are roles.
pub(in crate::rules) fn inherited_roles_exist(role: &NamedRole<'_>, roles: &RolesOutput<'_>, out: &mut Vec<Finding>) {
    let doc = role.doc;
    let mut seen = HashSet::new();
    let unknown = doc.inherits.iter().filter(|parent| roles.named(parent).is_none());
    for parent in unknown.filter(|parent| seen.insert(parent.as_str())).take(TOLD) {
        let is_free = |name: &&str| *name != doc.name && !doc.inherits.iter().any(|there| there == name);
        let meant = did_you_mean(&short(parent), roles.roles.iter().map(|role| &*role.doc.name).filter(is_free));
        let params = [("name", &*short(&doc.name)), ("role", &*short(parent)), ("hint", &*hint(meant))];
        let finding = Finding::new(catalogue::ROLE_INHERITS_UNKNOWN, place(doc, "inherits"), &params);
        let title = meant.map_or_else(|| "Take it out".to_owned(), |meant| format!("Make it `{}`", short(meant)));
        out.push(finding.with_fix(title, fixes::set(&doc.id, &["inherits"], replaced(&doc.inherits, parent, meant))));
    }
}

/// No role inherits itself, not even through others.
pub(in crate::rules) fn nothing_inherits_itself(role: &NamedRole<'_>, roles: &RolesOutput<'_>, out: &mut Vec<Finding>) {
    let doc = role.doc;
    let mut seen = HashSet::new();
    let back = doc.inherits.iter().zip(&role.comes_back).filter(|(_, back)| **back).map(|(parent, _)| parent);
    for parent in back.filter(|parent| seen.insert(parent.as_str())).take(TOLD) {
        let params = [("name", &*short(&doc.name)), ("role", &*short(parent))];
        let finding = Finding::new(catalogue::ROLE_INHERITS_ITSELF, place(doc, "inherits"), &params);
        let finding = match roles.named(parent).filter(|_| *parent != doc.name) {
            Some(other) => finding.related_to(place(other.doc, "inherits"), "it comes back from here"),
            None => finding,
        };
        let edits = fixes::set(&doc.id, &["inherits"], replaced(&doc.inherits, parent, None));
        out.push(finding.with_fix("Take it out", edits));
    }
}
