//! References together: what goes round in a circle.

mod circles;
pub(crate) mod components;
mod lists_have_names;
mod required_reference_is_not_to_itself;

pub(super) use circles::{deleting_does_not_go_round, required_references_do_not_go_round};
pub(super) use lists_have_names::{inverse_is_valid, lists_have_names_of_their_own};
pub(super) use required_reference_is_not_to_itself::required_reference_is_not_to_itself;
