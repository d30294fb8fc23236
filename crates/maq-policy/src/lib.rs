//! Decisions: may this principal do this, and which policies say so.
//!
//! What is here: the rules of an entity compiled into a [`PolicySet`], the decision as evidence, and the named starter
//! policies. What is not: databases, HTTP, the audit, and conditions. Nothing evaluates a condition yet, so a
//! conditional allow never matches and a conditional deny always does: an error never opens a door.
//!
//! How rules combine: higher priority first; at equal priority deny beats allow; the first match decides; no match is
//! deny. Across all roles of a principal at once, and whatever order the document has them in.

mod decide;
mod set;
mod starter;

pub use decide::{Decision, RuleRef};
pub use set::{ACTIONS, PolicySet};
pub use starter::{STARTERS, StarterPolicy, starter};
