//! The expression language: CEL (<https://github.com/google/cel-spec>), in two profiles.
//!
//! `standard` is the specification, for conformance; `model` has the types of the entities, no `dyn`, and decimal, date
//! and time as types of their own. One tree for everything: [`parse`] gives [`Syntax`], [`resolve`] the tree of
//! [`Node`]s with macros and names resolved, [`check`] its types; evaluation, explanation, coverage, partial
//! evaluation, printing and [`lower`]ing to a [`Predicate`] walk that tree. For editors there are [`complete`] and
//! [`renames`].
//!
//! Not here: SQL text, storage, the clock. An error is never a truth value: whoever asks decides what it means.

mod check;
mod complete;
mod condition;
mod eval;
pub mod exact;
mod flat;
mod functions;
mod input;
mod lists;
mod lower;
mod parse;
mod plain;
mod predicate;
mod print;
mod problem;
mod rename;
mod residual;
mod resolve;
mod shape;
mod syntax;
mod tree;
mod ty;
mod value;
mod walk;
mod weight;

pub use check::check;
pub use complete::{Completion, CompletionKind, Completions, complete};
pub use condition::{Condition, Outcome};
pub use eval::{Branch, Coverage, ErrorKind, EvalError, Explanation, Seen, evaluate, explain};
pub use flat::{FirstSteps, FlatConditions, FlatIndex};
pub use input::{Input, Known, Loaded, Row};
pub use lists::{CallerList, CallerLists};
pub use lower::{Refused, lower};
pub use parse::{Limits, parse};
pub use predicate::*;
pub use print::print;
pub use problem::{Problem, Repair};
pub use rename::{renames, repaired};
pub use residual::residual;
pub use resolve::resolve;
pub use shape::{ChildShape, EntityIndex, EntityShape, Environment, FieldShape, Presence, Profile};
pub use syntax::{BinaryOp, Entry, Item, Span, Syntax, SyntaxKind, UnaryOp};
pub use tree::{Comprehension, Kind, MacroKind, Node, NodeId, Slot, Variable};
pub use ty::Type;
pub use value::{Timestamp, Val};
pub use weight::VALUES_OF_A_PART;
