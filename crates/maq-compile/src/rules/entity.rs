//! An entity itself: what it is called, what kind it is, what it consists of.

mod class_is_known;
mod has_fields;
mod identity_is_known;
mod names_are_valid;
mod tables_keep_their_names;

pub(super) use class_is_known::{class_is_known, lifecycle_comes_later, texts_fit};
pub(super) use has_fields::{fields_are_not_too_many, has_fields};
pub(super) use identity_is_known::{derived_identity_is_a_uuid, identity_is_known};
pub(super) use names_are_valid::{names_are_free, names_are_valid, names_differ_in_more_than_case};
pub(super) use tables_keep_their_names::{tables_are_no_reserved_words, tables_keep_their_names};
