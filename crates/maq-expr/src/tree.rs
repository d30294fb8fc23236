//! The one tree that everything walks: names and macros resolved, types filled in by the checker.

use crate::{BinaryOp, EvalError, Span, Type, UnaryOp, Val};
use std::sync::Arc;

/// The number of a node in its tree: pre-order, from 0. Traces and coverage speak of nodes by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct NodeId(pub u32);

/// Where a variable of a macro lives during evaluation: depth of nesting, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot(pub u32);

/// A node of the tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its number.
    pub id: NodeId,
    /// Where it was written.
    pub span: Span,
    /// Its type; [`Type::Dyn`] until it is checked.
    pub ty: Type,
    /// What it is.
    pub kind: Kind,
}

/// A name that is bound from outside.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Variable {
    /// `record` (model profile)
    Record,
    /// `principal` (model profile)
    Principal,
    /// `context` (model profile)
    Context,
    /// `now` (model profile)
    Now,
    /// Any other, by its whole name (standard profile).
    Named(Arc<str>),
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A literal, or what the checker or the partial evaluator made of an operand that is known. A literal beside a
    /// decimal, date, time or uuid is of that type here.
    Constant(Val<'static>),
    /// A list that has elements which are not all constant.
    List(Vec<(Node, bool)>),
    /// A map; the flag says that the value is optional.
    Map(Vec<(Node, Node, bool)>),
    /// A name from outside.
    Variable(Variable),
    /// A variable of an enclosing macro, with its name for messages.
    Local(Slot, Arc<str>),
    /// A field of a record, its place in [`crate::EntityShape::fields`] known (model profile). The operand is
    /// `record`, a macro's variable over children, or a reference that is walked.
    Field {
        /// Whose.
        operand: Box<Node>,
        /// Which.
        index: u32,
        /// Its name.
        name: Arc<str>,
    },
    /// The records that refer to the operand, by the place in [`crate::EntityShape::children`] (model profile).
    Children {
        /// Whose.
        operand: Box<Node>,
        /// Which.
        index: u32,
        /// Its name.
        name: Arc<str>,
    },
    /// `a.b` and `a.?b` on maps, and on `principal` and `context`.
    Select {
        /// `a`
        operand: Box<Node>,
        /// `b`
        field: Arc<str>,
        /// Written `.?`.
        optional: bool,
    },
    /// `has(a.b)`: the selection inside is a [`Kind::Field`], [`Kind::Children`] or [`Kind::Select`].
    Has(Box<Node>),
    /// `a[b]`, `a[?b]`
    Index {
        /// `a`
        operand: Box<Node>,
        /// `b`
        index: Box<Node>,
        /// Written `[?`.
        optional: bool,
    },
    /// `!a`, `-a`
    Unary(UnaryOp, Box<Node>),
    /// `a && b`, `a + b`, ...
    Binary(BinaryOp, Box<Node>, Box<Node>),
    /// `a ? b : c`
    Conditional(Box<Node>, Box<Node>, Box<Node>),
    /// A function or method by its full name (`startsWith`, `math.greatest`); the target of a method comes first.
    Call {
        /// The name.
        function: Arc<str>,
        /// True when it was written as a method.
        member: bool,
        /// Target and arguments.
        args: Vec<Node>,
    },
    /// A macro over a list or map.
    Comprehension(Box<Comprehension>),
    /// `cel.bind(x, a, b)`, and the like.
    Bind {
        /// Where the value is kept.
        slot: Slot,
        /// `x`
        name: Arc<str>,
        /// `a`
        value: Box<Node>,
        /// `b`
        body: Box<Node>,
    },
    /// `a.optMap(x, b)` (false) and `a.optFlatMap(x, b)` (true).
    OptionalMap {
        /// `a`
        operand: Box<Node>,
        /// Where the value is kept.
        slot: Slot,
        /// `x`
        name: Arc<str>,
        /// `b`
        body: Box<Node>,
        /// The body is an optional itself.
        flat: bool,
    },
    /// A message literal: refused by the checker, an error in evaluation.
    Message(Arc<str>),
    /// An error that is certain; only the partial evaluator makes it.
    Error(Box<EvalError>),
}

/// A macro over a list or map.
#[derive(Debug, Clone, PartialEq)]
pub struct Comprehension {
    /// Which macro.
    pub kind: MacroKind,
    /// The list or map.
    pub range: Node,
    /// Element of a list or key of a map; with two variables index or key.
    pub first: (Slot, Arc<str>),
    /// The value, for macros with two variables.
    pub second: Option<(Slot, Arc<str>)>,
    /// The condition; none for a `map` without one.
    pub filter: Option<Node>,
    /// What is made of an element: `map`, `transformList`, `transformMap`, `transformMapEntry`.
    pub transform: Option<Node>,
}

/// The macros over lists and maps (cel-spec "Macros", and the extension of two variables).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MacroKind {
    /// Every element.
    All,
    /// Some element.
    Exists,
    /// Exactly one element; an error in any element is an error.
    ExistsOne,
    /// The elements that fit.
    Filter,
    /// What is made of each.
    Map,
    /// `transformList`
    TransformList,
    /// `transformMap`
    TransformMap,
    /// `transformMapEntry`
    TransformMapEntry,
    /// `sortBy` of the lists extension: the transform is the key.
    SortBy,
}
