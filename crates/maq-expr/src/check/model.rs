//! The checker of the model profile: every type is known before a record is read, and nothing is `dyn`.
//!
//! One walk from the leaves up. An attribute of the principal or the context gets a type variable that what stands
//! beside it fills; a literal takes the type of what stands beside it. On the way it is noted which fields are known
//! to be there ([`presence`]), so that a condition which reads an empty field is told.

mod calls;
mod collections;
mod comparison;
mod finish;
mod literals;
mod misfit;
mod operators;
mod places;
mod presence;
mod written;

pub(crate) use places::{PRINCIPAL, principal_type};

use super::told::{problem, write};
use crate::{Environment, Kind, Node, Problem, Slot, Span, Type, UnaryOp, Val};
use collections::literals_only;
use maq_diag::catalogue;
use presence::Facts;
use std::sync::Arc;

/// Checks a tree of the model profile.
pub(super) fn check(
    mut node: Node,
    source: &str,
    environment: &Environment,
    expected: Option<&Type>,
) -> (Node, Vec<Problem>) {
    let mut checker = Checker {
        environment,
        source,
        problems: Vec::new(),
        locals: Vec::new(),
        variables: Vec::new(),
        beside: None,
        present: Vec::new(),
        atom: node.span,
        frozen: false,
        inverted: false,
    };
    checker.logical(&mut node, expected);
    if let Some(expected) = expected {
        checker.whole(&mut node, expected);
    }
    checker.finish(&mut node);
    node.number();
    let mut problems = checker.problems;
    problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
    (node, problems)
}

/// A variable of a macro.
struct Local {
    slot: Slot,
    ty: Type,
    /// References walked to reach it.
    hops: u32,
}

/// A type that is not known yet.
struct Open {
    bound: Option<Type>,
    /// The attribute whose type it is; none for the element of an empty list.
    attribute: Option<(Span, String)>,
}

struct Checker<'a> {
    environment: &'a Environment,
    source: &'a str,
    problems: Vec<Problem>,
    locals: Vec<Local>,
    variables: Vec<Open>,
    /// What an enum's values are compared with, for messages.
    beside: Option<String>,
    /// Paths that are known to be there.
    present: Vec<String>,
    /// The part that a guard (`has(x) && ...`) would be put before.
    atom: Span,
    /// Inside of an atom.
    frozen: bool,
    /// Inside of a negation: a guard here would turn the meaning of a missing value.
    inverted: bool,
}

impl Checker<'_> {
    /// What stands at a span.
    fn text(&self, span: Span) -> &str {
        span.of(self.source)
    }

    fn tell(&mut self, problem: Problem) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// A new type variable.
    fn open(&mut self, attribute: Option<(Span, String)>) -> Type {
        let name = format!("?{}", self.variables.len());
        self.variables.push(Open { bound: None, attribute });
        Type::Param(name.into())
    }

    /// The place of a type variable.
    fn place(ty: &Type) -> Option<usize> {
        match ty {
            Type::Param(name) => name.strip_prefix('?')?.parse().ok(),
            _ => None,
        }
    }

    /// The type with its outermost variable replaced by what it is bound to.
    fn shallow(&self, ty: &Type) -> Type {
        let mut ty = ty;
        while let Some(bound) =
            Checker::place(ty).and_then(|place| self.variables.get(place)).and_then(|open| open.bound.as_ref())
        {
            ty = bound;
        }
        match ty {
            Type::Nullable(inner) if Checker::place(inner).is_some() => match self.shallow(inner) {
                Type::Nullable(inner) => Type::Nullable(inner),
                inner => Type::Nullable(Arc::new(inner)),
            },
            ty => ty.clone(),
        }
    }

    /// What a node is compared as: without null, a reference as an id.
    fn value_type(&self, node: &Node) -> Type {
        self.shallow(self.shallow(&node.ty).compared())
    }

    fn is_open(&self, ty: &Type) -> bool {
        Checker::place(&self.shallow(ty)).is_some()
    }

    /// Binds a type variable.
    fn bind(&mut self, variable: &Type, ty: &Type) {
        let (variable, ty) = (self.shallow(variable), self.shallow(ty));
        if variable == ty || self.mentions(&ty, &variable) {
            return;
        }
        let ty = match ty {
            Type::Enum(_) => Type::String,
            other => other,
        };
        if let Some(open) = Checker::place(&variable).and_then(|place| self.variables.get_mut(place)) {
            open.bound = Some(ty);
        }
    }

    fn mentions(&self, ty: &Type, variable: &Type) -> bool {
        match self.shallow(ty) {
            Type::List(inner) | Type::Optional(inner) | Type::Nullable(inner) => self.mentions(&inner, variable),
            Type::Map(key, value) => self.mentions(&key, variable) || self.mentions(&value, variable),
            other => other == *variable,
        }
    }

    /// A node whose parts may each get a guard: `&&`, `||` and `?:` pass on to theirs.
    fn logical(&mut self, node: &mut Node, hint: Option<&Type>) -> Facts {
        if self.frozen {
            return self.infer(node, hint);
        }
        let before = (self.atom, self.frozen);
        if !matches!(node.kind, Kind::Binary(crate::BinaryOp::And | crate::BinaryOp::Or, ..)) {
            self.atom = node.span;
            self.frozen = true;
        }
        let facts = self.infer(node, hint);
        (self.atom, self.frozen) = before;
        facts
    }

    /// A node that stands in a place of its own (the body of a macro, the branch of a choice).
    fn fresh(&mut self, node: &mut Node, hint: Option<&Type>) -> Facts {
        let before = (self.atom, self.frozen);
        self.frozen = false;
        let facts = self.logical(node, hint);
        (self.atom, self.frozen) = before;
        facts
    }

    /// Fills in the types of a node and its parts.
    fn infer(&mut self, node: &mut Node, hint: Option<&Type>) -> Facts {
        let span = node.span;
        let (ty, facts) = match &mut node.kind {
            Kind::Constant(value) => (self.constant(span, value), Facts::default()),
            Kind::Variable(variable) => (self.variable(variable), Facts::default()),
            Kind::Local(slot, _) => {
                let local = self.locals.iter().rev().find(|local| local.slot == *slot);
                (local.map_or(Type::Wrong, |local| local.ty.clone()), Facts::default())
            }
            Kind::Field { .. } => self.field(node),
            Kind::Children { .. } => self.children(node),
            Kind::Select { .. } => self.select(node, hint),
            Kind::Has(_) => self.has(node),
            Kind::Index { .. } => self.index(node),
            Kind::Unary(UnaryOp::Not, operand) => {
                let before = std::mem::replace(&mut self.inverted, true);
                let facts = self.infer(operand, Some(&Type::Bool));
                self.inverted = before;
                self.must_be(operand, &Type::Bool);
                (Type::Bool, facts.turned())
            }
            Kind::Unary(UnaryOp::Negate, _) => self.negation(node, hint),
            Kind::Binary(..) => self.binary(node, hint),
            Kind::Conditional(..) => self.conditional(node, hint),
            Kind::Call { .. } => self.call(node, hint),
            Kind::List(_) => self.list(node, hint),
            Kind::Map(_) => self.map(node),
            Kind::Comprehension(_) => self.comprehension(node),
            Kind::Bind { .. } => self.bound(node, hint),
            Kind::Error(_) => (Type::Wrong, Facts::default()),
            Kind::OptionalMap { .. } => (self.not_here(span, "an optional value"), Facts::default()),
            Kind::Message(name) => {
                let what = format!("the message `{name}`");
                (self.not_here(span, &what), Facts::default())
            }
        };
        node.ty = ty;
        facts
    }

    fn constant(&mut self, span: Span, value: &Val<'static>) -> Type {
        match value {
            Val::Null => Type::Null,
            Val::Bool(_) => Type::Bool,
            Val::Int(_) => Type::Int,
            Val::Double(_) => Type::Double,
            Val::String(_) => Type::String,
            Val::Decimal(_) => Type::Decimal,
            Val::Date(_) => Type::Date,
            Val::Time(_) => Type::Time,
            Val::Uuid(_) => Type::Uuid,
            Val::Timestamp(_) => Type::Timestamp,
            Val::Duration(_) => Type::Duration,
            Val::Uint(number) => {
                let repair = write(span, number.to_string());
                let params = [("what", "a whole number without sign"), ("hint", "leave the `u` away; ")];
                self.tell(problem(catalogue::EXPRESSION_NOT_IN_MODEL, span, &params).with(repair));
                Type::Wrong
            }
            Val::Bytes(_) => self.not_here(span, "a text of bytes"),
            _ => self.not_here(span, "this value"),
        }
    }

    /// Tells that the model profile does not have it.
    fn not_here(&mut self, span: Span, what: &str) -> Type {
        self.tell(problem(catalogue::EXPRESSION_NOT_IN_MODEL, span, &[("what", what), ("hint", "")]));
        Type::Wrong
    }

    /// The type of the whole.
    fn whole(&mut self, node: &mut Node, expected: &Type) {
        let found = self.value_type(node);
        if self.fits(node, expected) {
            self.atom = node.span;
            self.coerce(node, expected);
            self.need_value(node, "deciding by it");
            return;
        }
        if *expected != Type::Bool {
            self.must_be(node, expected);
            return;
        }
        if self.told_otherwise(node) {
            return;
        }
        let written = self.text(node.span).to_owned();
        let mut told =
            problem(catalogue::EXPRESSION_NOT_A_CONDITION, node.span, &[("found", &self.in_words(node)), ("hint", "")]);
        match found {
            Type::Int => told = told.with(write(node.span, format!("{written} != 0"))),
            Type::String if matches!(node.kind, Kind::Field { .. }) => {
                told = told.with(write(node.span, format!("{written} != ''")));
            }
            _ => {}
        }
        self.tell(told);
    }

    /// An operand that must have a type.
    fn must_be(&mut self, node: &mut Node, expected: &Type) {
        if self.fits(node, expected) {
            self.coerce(node, expected);
            if !expected.is_nullable() {
                self.need_value(node, if *expected == Type::Bool { "deciding by it" } else { "using it" });
            }
            return;
        }
        if self.told_otherwise(node) {
            return;
        }
        let (expected, found) = (format!("`{expected}`"), self.in_words(node));
        let params = [("expected", expected.as_str()), ("found", found.as_str()), ("hint", "")];
        self.tell(problem(catalogue::EXPRESSION_TYPE_MISMATCH, node.span, &params));
    }
}
