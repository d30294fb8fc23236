//! Decisions: may this principal do this to this record, and which policies say so.
//!
//! What is here: the policies of an entity compiled into a [`PolicySet`] with four faces that come from the same rules:
//! the decision with its evidence ([`PolicySet::decide`]), the row filter ([`PolicySet::filter`]), the rights on fields
//! ([`PolicySet::field_rights`]) and the explanation ([`PolicySet::explain`]); the catalogue of operations, roles with
//! wildcard permissions, masks, and the named starter policies. What is not: databases, HTTP, the audit, the clock.
//!
//! A condition that cannot be told never opens a door: of an allow it does not match, of a deny it does.

mod decide;
mod deciding;
mod digest;
mod evidence;
mod explain;
mod fields;
mod filter;
mod index;
mod lists;
mod load;
mod mask;
mod operations;
mod order;
mod personas;
mod possible;
mod rights;
mod roles;
mod rule;
#[cfg(test)]
mod samples;
mod set;
mod starter;
mod unfulfilled;
mod walks;
mod writable;

pub use decide::{Decision, Places, Request, RuleRef, no_context};
pub use evidence::{FailedClause, HIDDEN, shown};
pub use explain::{DecisionExplanation, RuleExplanation, RuleOutcome};
pub use filter::{Refused, RowFilter};
pub use mask::apply_mask;
pub use operations::{ACTIONS, NAMESPACES, Namespace, Operation, operation, operations, operations_named};
pub use personas::{PERSONAS, Persona};
pub use possible::{Asker, Possible, Verdict};
pub use rights::{FieldRight, FieldRights};
pub use roles::{Grant, Permission, PermissionError, RoleCatalogue};
pub use rule::RuleIndex;
pub use set::PolicySet;
pub use starter::{STARTERS, StarterPolicy, starter};
pub use walks::Walks;
pub use writable::Writable;
