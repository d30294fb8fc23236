//! Evaluation, and the same with the value of every part kept.

mod coverage;
mod explanation;
mod fields;
mod loops;
mod machine;
mod operators;
mod parts;
mod quick;

#[cfg(test)]
mod tests;

pub use coverage::{Coverage, Seen};
pub use explanation::{Branch, Explanation};
pub(crate) use explanation::{Part, Parts, close};

pub(crate) use loops::sort_by_key;
pub(crate) use operators::duration as operators_duration;

use crate::{Input, Node, NodeId, Val};
use machine::{Machine, Silent};
use std::borrow::Cow;
use std::fmt;

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvalError {
    /// Which rule, for programs and tests.
    pub kind: ErrorKind,
    /// One sentence; holds no value of a record.
    pub message: Cow<'static, str>,
    /// The part that failed.
    pub node: NodeId,
}

/// The kinds of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// A missing field or key was read.
    Missing,
    /// No overload for these types.
    NoOverload,
    /// A number beyond its type.
    Overflow,
    /// Division or modulo by zero.
    DivideByZero,
    /// Not a value of the type asked for.
    Conversion,
    /// Anything else the specification calls an error.
    Invalid,
    /// More work than is allowed.
    TooCostly,
}

impl EvalError {
    pub(crate) fn not_a_truth_value() -> EvalError {
        EvalError { kind: ErrorKind::NoOverload, message: "not a truth value".into(), node: NodeId(0) }
    }
}

impl fmt::Display for EvalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for EvalError {}

/// Why a function or an operator has no value, before it is known at which node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub kind: ErrorKind,
    pub message: Cow<'static, str>,
}

impl Failure {
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Failure {
        Failure { kind, message: message.into() }
    }

    pub fn overflow() -> Failure {
        Failure::new(ErrorKind::Overflow, "the result is beyond the range of its type")
    }

    pub fn range(what: &'static str) -> Failure {
        Failure::new(ErrorKind::Overflow, what)
    }

    pub fn invalid(message: impl Into<Cow<'static, str>>) -> Failure {
        Failure::new(ErrorKind::Invalid, message)
    }

    pub fn conversion(message: &'static str) -> Failure {
        Failure::new(ErrorKind::Conversion, message)
    }

    pub fn at(self, node: NodeId) -> EvalError {
        EvalError { kind: self.kind, message: self.message, node }
    }
}

/// A value, or why there is none.
pub(crate) type Attempt<'a> = Result<Val<'a>, Failure>;

/// The value of `node`.
///
/// # Errors
/// [`EvalError`] as CEL has them.
pub fn evaluate<'a>(node: &'a Node, input: &Input<'a>) -> Result<Val<'a>, EvalError> {
    Machine::new(*input, Silent).value(node)
}

/// The value of every part of `node`.
pub fn explain<'a>(node: &'a Node, source: &'a str, input: &Input<'a>) -> Explanation<'a> {
    explanation::explain(node, source, input)
}
