//! What can be wrong, as a table of contents. A rule is a function named as the sentence that must hold; it looks at a
//! document beside what the stages made of it and adds what it finds. Its words are the entry of its code in
//! `maq_diag::catalogue` and its page in `docs/findings/`; its cases are in `cases/bad/`.

mod diagram;
mod entity;
mod field;
mod id;
mod index;
mod key_fields;
mod model;
mod policy;
pub(crate) mod reference;
pub(crate) mod role;
mod rule;
mod storage;
mod text;
mod unique;

use crate::context::EntityContext;
use crate::stages::names::NamesOutput;
use crate::stages::physical_names::TablesOutput;
use crate::stages::roles::RolesOutput;
use maq_diag::{Finding, catalogue};
use maq_doc::EntityDoc;
use maq_ir::Model;
use maq_policy::RoleCatalogue;

/// What is wrong with one entity, given what the other entities are called.
pub(crate) fn check_entity(entity: EntityContext<'_>, out: &mut Vec<Finding>) {
    entity::has_fields(entity, out);
    entity::fields_are_not_too_many(entity, out);
    entity::class_is_known(entity, out);
    entity::identity_is_known(entity, out);
    entity::derived_identity_is_a_uuid(entity, out);
    entity::texts_fit(entity, out);
    storage::binding_is_known(entity, out);

    field::names_differ_in_more_than_case(entity, out);
    for field in entity.fields() {
        field::name_is_valid(field, out);
        field::name_is_free(field, out);
        field::name_is_not_kept_by_the_system(field, out);
        field::column_keeps_its_name(field, out);
        field::column_is_no_reserved_word(field, out);
        field::texts_fit(field, out);
        field::type_is_known(field, out);
        field::options_fit_the_type(field, out);
        field::enum_has_values(field, out);
        field::enum_values_are_distinct(field, out);
        field::reference_target_exists(field, out);
        field::on_delete_is_known(field, out);
        reference::inverse_is_valid(field, out);
        field::required_reference_is_not_emptied(field, out);
        field::absent_is_known(field, out);
        field::classification_is_known(field, out);
        field::unique_values_can_be_compared(field, out);
        field::decimal_digits_fit(field, out);
        field::length_limits_leave_room(field, out);
        field::bounds_are_of_the_type(field, out);
        field::bounds_leave_room(field, out);
        field::pattern_can_be_run(field, out);
        field::format_is_known(field, out);
        field::default_fits(field, out);
        field::unique_field_has_no_default(field, out);
        reference::required_reference_is_not_to_itself(field, out);
    }

    unique::keys_can_be_used(entity, out);
    unique::keys_differ(entity, out);
    index::indexes_can_be_used(entity, out);
    index::indexes_differ(entity, out);

    policy::combining_is_known(entity, out);
    policy::policies_are_not_too_many(entity, out);
    policy::names_are_distinct(entity, out);
    for policy in &entity.doc.policies {
        policy::effect_is_known(entity, policy, out);
        policy::actions_are_known(entity, policy, out);
        policy::roles_are_not_empty(entity, policy, out);
        policy::principals_are_not_empty(entity, policy, out);
        policy::scope_is_named(entity, policy, out);
        policy::validity_lasts(entity, policy, out);
        policy::grant_is_whole(entity, policy, out);
        policy::fields_are_lists(entity, policy, out);
        policy::fields_exist(entity, policy, out);
        policy::denied_fields_are_named(entity, policy, out);
        policy::masks_fit(entity, policy, out);
        policy::classified_fields_are_said(entity, policy, out);
        policy::obligations_are_understood(entity, policy, out);
        policy::policies_have_a_say(entity, policy, out);
        policy::log_is_only_appended_to(entity, policy, out);
    }
    policy::someone_can_read(entity, out);
    policy::allows_are_not_shadowed(entity, out);
    policy::allows_are_not_redundant(entity, out);

    rule::names_are_distinct(entity, out);
    for rule in &entity.doc.rules {
        rule::something_is_required(entity, rule, out);
        rule::required_fields_exist(entity, rule, out);
    }

    check_what_comes_later(entity.doc, out);
}

/// What the format holds already and nothing runs yet: warnings while editing, errors at a freeze.
pub(crate) fn check_what_comes_later(doc: &EntityDoc, out: &mut Vec<Finding>) {
    storage::attached_comes_later(doc, out);
    entity::lifecycle_comes_later(doc, out);
    rule::conditions_come_later(doc, out);
}

/// What is wrong between documents.
pub(crate) fn check_model(names: &NamesOutput<'_>, tables: &TablesOutput, model: &Model, out: &mut Vec<Finding>) {
    model::entities_are_not_too_many(names, out);
    id::ids_are_distinct(names, out);
    entity::names_are_valid(names, out);
    entity::names_are_free(names, out);
    entity::names_differ_in_more_than_case(names, out);
    entity::tables_keep_their_names(names, tables, out);
    entity::tables_are_no_reserved_words(names, tables, out);
    reference::lists_have_names_of_their_own(model, out);
    reference::deleting_does_not_go_round(model, out);
    reference::required_references_do_not_go_round(model, out);
    for diagram in &names.diagrams {
        diagram::positions_are_of_entities(diagram, names, out);
    }
}

/// What is wrong with the roles.
pub(crate) fn check_roles(
    names: &NamesOutput<'_>,
    roles: &RolesOutput<'_>,
    permitted: &RoleCatalogue,
    out: &mut Vec<Finding>,
) {
    role::roles_are_not_too_many(names, out);
    role::names_are_valid(roles, out);
    role::names_are_free(roles, out);
    for named in &roles.roles {
        role::permissions_are_not_too_many(named, out);
        role::permissions_can_be_read(named, out);
        role::permissions_are_for_something(named, names, out);
        role::permissions_give_something(named, out);
        role::inherited_roles_exist(named, roles, out);
        role::nothing_inherits_itself(named, roles, out);
        role::sensitive_fields_are_read_by_a_rule(named, permitted, names, out);
    }
    role::policies_are_for_roles_that_exist(names, roles, out);
    // What was said of an entity alone does not hold where a role opens it.
    let read = role::entities_that_roles_read(&roles.roles, names);
    out.retain(|finding| {
        finding.code != catalogue::POLICY_NOBODY_CAN_READ.code || !read.contains(finding.place.document.as_str())
    });
}
