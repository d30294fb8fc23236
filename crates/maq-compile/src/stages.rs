//! The stages, in the order in which they run. Each resolves one thing and answers with a named output; none of them
//! says what is wrong, that is for `rules.rs`.

pub(crate) mod assemble;
pub(crate) mod conditions;
pub(crate) mod constraints;
pub(crate) mod field_rules;
pub(crate) mod fields;
pub(crate) mod indexes;
pub(crate) mod keys;
pub(crate) mod names;
pub(crate) mod physical_names;
pub(crate) mod policies;
pub(crate) mod references;
pub(crate) mod requirements;
pub(crate) mod roles;
pub(crate) mod types;
