//! Roles: what they permit and whom they inherit.

mod inheritance;
mod limits;
mod names;
mod permissions;
mod sensitive;

pub(super) use inheritance::{inherited_roles_exist, nothing_inherits_itself};
pub(super) use limits::{permissions_are_not_too_many, roles_are_not_too_many};
pub(super) use names::{names_are_free, names_are_valid, policies_are_for_roles_that_exist};
pub(super) use permissions::{permissions_are_for_something, permissions_can_be_read, permissions_give_something};
pub(crate) use sensitive::entities_that_roles_read;
pub(super) use sensitive::sensitive_fields_are_read_by_a_rule;

use maq_diag::Place;
use maq_doc::RoleDoc;
use std::collections::HashSet;

/// Wrong members of one list that are told.
const TOLD: usize = 20;

/// A place in the document.
fn place(role: &RoleDoc, key: &str) -> Place {
    Place::at(role.id.as_str(), &[key])
}

/// The list with a member replaced, or taken out when there is nothing in its place; each once.
fn replaced(list: &[String], old: &str, new: Option<&str>) -> Vec<String> {
    let mut seen = HashSet::new();
    let members = list.iter().filter_map(|member| if member == old { new } else { Some(member.as_str()) });
    members.filter(|member| seen.insert(*member)).map(str::to_owned).collect()
}
