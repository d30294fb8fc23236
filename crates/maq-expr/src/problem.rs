//! What is wrong with an expression, before it has a place in a document.

use crate::Span;
use maq_diag::CodeInfo;

/// Something wrong with an expression. The compiler gives it a place and makes a finding of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// An entry of the catalogue, `expression/…`.
    pub code: &'static CodeInfo,
    /// Parameters of its message.
    pub params: Vec<(&'static str, String)>,
    /// Where.
    pub span: Span,
    /// One-click repairs, the best first.
    pub repairs: Vec<Repair>,
}

/// Another text for a part of the expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// What the button says.
    pub title: String,
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub text: String,
}

impl Problem {
    /// True when an expression with it cannot be used.
    pub fn is_error(&self) -> bool {
        self.code.severity == maq_diag::Severity::Error
    }
}
