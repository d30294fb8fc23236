//! One field: its name, its type, and whether its options go with it.

mod decimal_digits_fit;
mod default_fits;
mod enum_values_can_be_used;
mod limits_leave_room;
mod names_are_valid;
mod options_fit_the_type;
mod pattern_can_be_run;
mod reference_target_exists;
mod type_is_known;
mod words_are_known;

pub(super) use decimal_digits_fit::decimal_digits_fit;
pub(super) use default_fits::{default_fits, unique_field_has_no_default};
pub(super) use enum_values_can_be_used::{enum_has_values, enum_values_are_distinct};
pub(super) use limits_leave_room::{bounds_are_of_the_type, bounds_leave_room, length_limits_leave_room};
pub(super) use names_are_valid::{
    column_is_no_reserved_word, column_keeps_its_name, name_is_free, name_is_not_kept_by_the_system, name_is_valid,
    names_differ_in_more_than_case, texts_fit,
};
pub(super) use options_fit_the_type::{options_fit_the_type, unique_values_can_be_compared};
pub(super) use pattern_can_be_run::pattern_can_be_run;
pub(super) use reference_target_exists::{reference_target_exists, required_reference_is_not_emptied};
pub(super) use type_is_known::type_is_known;
pub(super) use words_are_known::{absent_is_known, classification_is_known, format_is_known, on_delete_is_known};
