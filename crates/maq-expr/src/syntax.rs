//! The tree as it was written: no macros expanded, no names resolved, no types; a byte span on every node.

use std::sync::Arc;

/// Bytes of the source text, end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// After the last byte.
    pub end: u32,
}

impl Span {
    /// The text it covers; empty when it is not of this source.
    pub fn of(self, source: &str) -> &str {
        source.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    /// The span from the start of this one to the end of `other`.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A node as written.
#[derive(Debug, Clone, PartialEq)]
pub struct Syntax {
    /// What it is.
    pub kind: SyntaxKind,
    /// Where it stands.
    pub span: Span,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum SyntaxKind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// `1`
    Int(i64),
    /// `1u`
    Uint(u64),
    /// `1.5`; the exact text stands at the node's span
    Double(f64),
    /// `'a'`
    String(Arc<str>),
    /// `b'a'`
    Bytes(Arc<[u8]>),
    /// A name; a leading dot is kept.
    Ident(Arc<str>),
    /// `a.b`, `a.?b`
    Select {
        /// `a`
        operand: Box<Syntax>,
        /// `b`
        field: Arc<str>,
        /// Where `b` stands.
        field_span: Span,
        /// Written `.?`.
        optional: bool,
    },
    /// `a[b]`, `a[?b]`
    Index {
        /// `a`
        operand: Box<Syntax>,
        /// `b`
        index: Box<Syntax>,
        /// Written `[?`.
        optional: bool,
    },
    /// A function, method or macro: `f(x)`, `a.f(x)`.
    Call {
        /// `f`
        function: Arc<str>,
        /// `a`
        target: Option<Box<Syntax>>,
        /// `x`
        args: Vec<Syntax>,
    },
    /// `!a`, `-a`
    Unary {
        /// The sign.
        op: UnaryOp,
        /// `a`
        operand: Box<Syntax>,
    },
    /// `a && b`, `a + b`, `a in b`, ...
    Binary {
        /// The sign.
        op: BinaryOp,
        /// `a`
        left: Box<Syntax>,
        /// `b`
        right: Box<Syntax>,
    },
    /// `a ? b : c`
    Conditional {
        /// `a`
        condition: Box<Syntax>,
        /// `b`
        then: Box<Syntax>,
        /// `c`
        otherwise: Box<Syntax>,
    },
    /// `[a, ?b]`
    List(Vec<Item>),
    /// `{a: b, ?c: d}`
    Map(Vec<Entry>),
    /// `Name{a: b}`: a message, which no profile has types for.
    Struct {
        /// `Name`
        name: Arc<str>,
        /// Values by field name.
        fields: Vec<(Arc<str>, Syntax)>,
    },
}

/// An element of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The element.
    pub value: Syntax,
    /// Written `?`: left out when it is an empty optional.
    pub optional: bool,
}

/// An entry of a map.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Syntax,
    /// The value.
    pub value: Syntax,
    /// Written `?`: left out when the value is an empty optional.
    pub optional: bool,
}

/// A sign before one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `!`
    Not,
    /// `-`
    Negate,
}

/// A sign between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `in`
    In,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}

impl BinaryOp {
    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            BinaryOp::Or => "||",
            BinaryOp::And => "&&",
            BinaryOp::Eq => "==",
            BinaryOp::Ne => "!=",
            BinaryOp::Lt => "<",
            BinaryOp::Le => "<=",
            BinaryOp::Gt => ">",
            BinaryOp::Ge => ">=",
            BinaryOp::In => "in",
            BinaryOp::Add => "+",
            BinaryOp::Subtract => "-",
            BinaryOp::Multiply => "*",
            BinaryOp::Divide => "/",
            BinaryOp::Modulo => "%",
        }
    }
}
