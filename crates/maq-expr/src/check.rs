//! Types: fills them in, puts literals into the type of what stands beside them, and tells what does not fit.
//!
//! The model profile knows every type before any record is read; the standard profile follows the specification, where
//! `dyn` fits everything. Both choose among the overloads of one table ([`signatures`]).

mod model;
pub(crate) mod signatures;
mod standard;
mod told;

pub(crate) use model::{PRINCIPAL, principal_type};
pub(crate) use told::with_quotes;

use crate::{Environment, Node, Problem, Profile, Type};

/// Checks a tree; `expected` is the type the whole must have. The tree comes back even with problems.
pub fn check(node: Node, source: &str, environment: &Environment, expected: Option<&Type>) -> (Node, Vec<Problem>) {
    match environment.profile {
        Profile::Model => model::check(node, source, environment, expected),
        Profile::Standard => standard::check(node, source, environment, expected),
    }
}
