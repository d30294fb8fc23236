//! Policies: who may do what.

mod someone_can_read;
mod words_are_known;

pub(super) use someone_can_read::{allows_are_not_shadowed, someone_can_read};
pub(super) use words_are_known::{
    actions_are_known, conditions_come_later, effect_is_known, field_rules_and_obligations_come_later,
    log_is_only_appended_to, names_are_distinct, roles_are_not_empty,
};
