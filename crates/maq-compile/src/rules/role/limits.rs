//! How much there may be.

use super::place;
use crate::stages::names::NamesOutput;
use crate::stages::roles::NamedRole;
use crate::words::short;
use crate::{MAX_PERMISSIONS, MAX_ROLES};
use maq_diag::{Finding, Place, catalogue};

/// There are not more roles than one model can have.
pub(in crate::rules) fn roles_are_not_too_many(names: &NamesOutput<'_>, out: &mut Vec<Finding>) {
    if let Some(first_beyond) = names.roles.get(MAX_ROLES) {
        let (count, limit) = (names.roles.len().to_string(), MAX_ROLES.to_string());
        let place = Place::at(first_beyond.id.as_str(), &[]);
        out.push(Finding::new(catalogue::ROLE_TOO_MANY, place, &[("count", &count), ("limit", &limit)]));
    }
}

/// A role has not more permissions than are compiled.
pub(in crate::rules) fn permissions_are_not_too_many(role: &NamedRole<'_>, out: &mut Vec<Finding>) {
    let doc = role.doc;
    if doc.permissions.len() > MAX_PERMISSIONS {
        let (count, limit) = (doc.permissions.len().to_string(), MAX_PERMISSIONS.to_string());
        let params = [("name", &*short(&doc.name)), ("count", &*count), ("limit", &*limit)];
        out.push(Finding::new(catalogue::ROLE_TOO_MANY_PERMISSIONS, place(doc, "permissions"), &params));
    }
}
