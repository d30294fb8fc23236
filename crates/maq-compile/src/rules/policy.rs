//! Policies: who may do what.

mod combining;
mod field_rules;
mod grants;
mod obligations;
mod someone_can_read;
mod words_are_known;

pub(super) use combining::{
    allows_are_not_redundant, combining_is_known, policies_are_not_too_many, policies_have_a_say,
};
pub(super) use field_rules::{
    classified_fields_are_said, denied_fields_are_named, fields_are_lists, fields_exist, masks_fit,
};
pub(super) use grants::{grant_is_whole, principals_are_not_empty, scope_is_named, validity_lasts};
pub(super) use obligations::obligations_are_understood;
pub(super) use someone_can_read::{allows_are_not_shadowed, someone_can_read};
pub(super) use words_are_known::{
    actions_are_known, effect_is_known, log_is_only_appended_to, names_are_distinct, roles_are_not_empty,
};

use maq_doc::{FieldListDoc, PolicyDoc};

/// Whether a policy is for `action`.
fn is_for(policy: &PolicyDoc, action: &str) -> bool {
    policy.actions.iter().any(|listed| listed == action || listed == "*")
}

/// Whether a policy is for everyone.
fn is_for_everyone(policy: &PolicyDoc) -> bool {
    (policy.roles.is_empty() && policy.principals.is_empty()) || policy.roles.iter().any(|role| role == "*")
}

/// Whether whoever `narrow` is for is among those `wide` is for.
fn covers_subjects(wide: &PolicyDoc, narrow: &PolicyDoc) -> bool {
    is_for_everyone(wide)
        || (!is_for_everyone(narrow)
            && narrow.roles.iter().all(|role| wide.roles.contains(role))
            && narrow.principals.iter().all(|user| wide.principals.contains(user)))
}

/// Whether a policy holds on every record, everywhere and always.
fn is_unlimited(policy: &PolicyDoc) -> bool {
    policy.condition.is_none()
        && policy.scope.is_none()
        && policy.valid_from.is_none()
        && policy.valid_until.is_none()
        && policy.granted_by.is_none()
}

/// The names that are listed.
fn listed_names(list: Option<&FieldListDoc>) -> impl Iterator<Item = &str> {
    list.into_iter().flat_map(FieldListDoc::names).map(String::as_str)
}
