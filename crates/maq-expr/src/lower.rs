//! From a checked tree to a [`Predicate`]: which outcome every row gives, errors included.
//!
//! What is not known before rows are looked at (`principal` without a caller) counts as some value, so that the same
//! code tells whether a condition can be lowered for every caller. Where a caller is known, what is left of such parts
//! is an error, because the residual has folded all others.

mod collection;
mod function;
mod math;
mod operator;
mod part;
mod place;
#[cfg(test)]
mod tests;

use crate::{BinaryOp, CompareOp, EntityIndex, Environment, Kind, Node, Predicate, Span, Term, UnaryOp, Val, Variable};
use maq_value::Kind as ValueKind;
use part::{Part, constant, kind_of, known_null, single, total};
use std::collections::BTreeMap;

/// Predicates a condition may become: a macro over a list of the caller is written once for each element.
const MOST: usize = 100_000;

/// A part that no database answers as the evaluator does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Where it stands.
    pub span: Span,
    /// What it is, in words.
    pub what: String,
}

/// Lowers a condition: the predicate is true, false and unknown where the condition is true, false and an error.
///
/// # Errors
/// [`Refused`] with the first part that cannot be lowered.
pub fn lower(node: &Node, environment: &Environment) -> Result<Predicate, Refused> {
    let mut nul = Ok(());
    visit(node, &mut |part| {
        // Wherever it stands: what becomes of it may be known only with the caller.
        if matches!(&part.kind, Kind::Constant(Val::String(text)) if text.contains('\0')) {
            nul = refused(part, "a text with U+0000, which no store keeps");
        }
    });
    nul?;
    Lowering { environment, locals: BTreeMap::new(), level: 0, parts: 0, elements: None }.condition(node)
}

/// As [`lower`] for a caller nobody knows, whose values are values and whose lists have so many `elements`: at least as
/// large as what becomes of the condition for a caller with no longer ones.
///
/// # Errors
/// [`Refused`]
pub(crate) fn lower_at_most(node: &Node, environment: &Environment, elements: usize) -> Result<Predicate, Refused> {
    Lowering { environment, locals: BTreeMap::new(), level: 0, parts: 0, elements: Some(elements) }.condition(node)
}

type Lowered<T> = Result<T, Refused>;

fn refused<T>(node: &Node, what: impl Into<String>) -> Lowered<T> {
    Err(Refused { span: node.span, what: what.into() })
}

/// What a macro's variable stands for.
#[derive(Debug, Clone)]
enum Local {
    /// A row of an entity at a level.
    Row(u32, EntityIndex),
    /// A value.
    Part(Box<Part>),
}

struct Lowering<'a> {
    environment: &'a Environment,
    locals: BTreeMap<u32, Local>,
    /// The last level that was given to rows.
    level: u32,
    parts: usize,
    /// Where a caller nobody knows is taken for one: how long its lists are.
    elements: Option<usize>,
}

impl<'a> Lowering<'a> {
    fn new_level(&mut self) -> u32 {
        self.level += 1;
        self.level
    }

    /// A node that is true or false.
    fn condition(&mut self, node: &Node) -> Lowered<Predicate> {
        self.parts += 1;
        let predicate = self.whole_condition(node)?;
        // A part may be written more than once, and what holds it too: looked at after every step.
        match self.parts > MOST || predicate.is_larger_than(MOST) {
            true => refused(node, "a condition that becomes too long for a database"),
            false => Ok(predicate),
        }
    }

    fn whole_condition(&mut self, node: &Node) -> Lowered<Predicate> {
        if let Kind::Constant(value) = &node.kind {
            return Ok(match value {
                Val::Bool(value) => Predicate::Known(*value),
                _ => Predicate::Unknown,
            });
        }
        if !self.speaks_of_rows(node) {
            return Ok(match self.known(node) {
                Some(Val::Bool(value)) => Predicate::Known(value),
                _ if self.elements.is_some() => part::some_truth(),
                _ => Predicate::Unknown,
            });
        }
        match &node.kind {
            Kind::Unary(UnaryOp::Not, inside) => Ok(self.condition(inside)?.negated()),
            Kind::Binary(BinaryOp::And, left, right) => Ok(self.condition(left)?.and(self.condition(right)?)),
            Kind::Binary(BinaryOp::Or, left, right) => Ok(self.condition(left)?.or(self.condition(right)?)),
            Kind::Binary(op, left, right) => match compare_op(*op) {
                Some(op) => self.comparison(op, left, right),
                None if *op == BinaryOp::In => self.membership(node, left, right),
                None => refused(node, "arithmetic that gives a truth value"),
            },
            Kind::Conditional(condition, then, otherwise) => {
                let condition = self.condition(condition)?;
                let (then, otherwise) = (self.condition(then)?, self.condition(otherwise)?);
                Ok(Predicate::choose(condition, then, otherwise))
            }
            Kind::Has(inside) => self.has(inside),
            Kind::Comprehension(comprehension) => self.quantifier(node, comprehension),
            Kind::Call { function, args, .. } => self.test(node, function, args),
            Kind::Bind { slot, value, body, .. } => {
                let value = Local::Part(Box::new(self.value(value)?));
                self.with(slot.0, value, |lowering| lowering.condition(body))
            }
            _ => Ok(match self.value(node)?.term {
                Term::Truth(inside) => *inside,
                term => Predicate::Term(term),
            }),
        }
    }

    /// A node that is a value.
    fn value(&mut self, node: &Node) -> Lowered<Part> {
        self.parts += 1;
        let part = self.whole_value(node)?;
        match self.parts > MOST || part.null.is_larger_than(MOST) || part.term.is_larger_than(MOST) {
            true => refused(node, "a value that becomes too long for a database"),
            false => Ok(part),
        }
    }

    fn whole_value(&mut self, node: &Node) -> Lowered<Part> {
        if let Kind::Constant(value) = &node.kind {
            return constant(node, value);
        }
        let Some(kind) = kind_of(&node.ty) else {
            return refused(node, "a value that is no single one");
        };
        if !self.speaks_of_rows(node) {
            return match self.known(node) {
                Some(value) => constant(node, &value),
                None if self.elements.is_some() => Ok(part::some_value(kind, &node.ty)),
                None => Ok(Part::error(kind)),
            };
        }
        match &node.kind {
            Kind::Field { operand, index, .. } => self.field(node, operand, *index),
            Kind::Local(slot, name) => match self.locals.get(&slot.0) {
                Some(Local::Part(part)) => Ok((**part).clone()),
                _ => refused(node, format!("the record `{name}` as a value")),
            },
            Kind::Conditional(condition, then, otherwise) if kind != ValueKind::Bool || node.ty.is_nullable() => {
                let condition = self.condition(condition)?;
                let (then, otherwise) = (self.value(then)?, self.value(otherwise)?);
                let null = match (then.is_never_null(), otherwise.is_never_null()) {
                    (true, true) => Predicate::Known(false),
                    _ => Predicate::choose(condition.clone(), known_null(&then), known_null(&otherwise)),
                };
                Ok(Part { term: Term::If(Box::new(condition), Box::new(then.term), Box::new(otherwise.term)), null })
            }
            Kind::Unary(UnaryOp::Negate, inside) => self.negation(node, inside),
            Kind::Binary(op, left, right) if kind != ValueKind::Bool => self.arithmetic(node, *op, left, right),
            Kind::Call { function, args, .. } if kind != ValueKind::Bool => self.call(node, function, args),
            Kind::Bind { slot, value, body, .. } => {
                let value = Local::Part(Box::new(self.value(value)?));
                self.with(slot.0, value, |lowering| lowering.value(body))
            }
            Kind::Index { .. } | Kind::Select { .. } => refused(node, "what stands in a list or map"),
            _ if kind == ValueKind::Bool => Ok(Part::new(Term::Truth(Box::new(self.condition_of_parts(node)?)))),
            _ => refused(node, "this value"),
        }
    }

    /// A condition that is no plain value: keeps the two functions above from calling each other for ever.
    fn condition_of_parts(&mut self, node: &Node) -> Lowered<Predicate> {
        match &node.kind {
            Kind::Unary(UnaryOp::Not, _)
            | Kind::Binary(..)
            | Kind::Conditional(..)
            | Kind::Has(_)
            | Kind::Comprehension(_)
            | Kind::Call { .. } => self.condition(node),
            _ => refused(node, "this value"),
        }
    }

    fn with<T>(&mut self, slot: u32, local: Local, then: impl FnOnce(&mut Self) -> Lowered<T>) -> Lowered<T> {
        let before = self.locals.insert(slot, local);
        let result = then(self);
        match before {
            Some(before) => self.locals.insert(slot, before),
            None => self.locals.remove(&slot),
        };
        result
    }

    /// Whether its value may differ from row to row.
    fn speaks_of_rows(&self, node: &Node) -> bool {
        let mut found = false;
        visit(node, &mut |part| {
            found |= match &part.kind {
                Kind::Variable(Variable::Record) => true,
                Kind::Local(slot, _) => match self.locals.get(&slot.0) {
                    Some(Local::Part(part)) => part.null != Predicate::Unknown,
                    Some(Local::Row(..)) => true,
                    // A variable of a macro inside the node.
                    None => false,
                },
                _ => false,
            };
        });
        found
    }
}

fn compare_op(op: BinaryOp) -> Option<CompareOp> {
    Some(match op {
        BinaryOp::Eq => CompareOp::Eq,
        BinaryOp::Ne => CompareOp::Ne,
        BinaryOp::Lt => CompareOp::Lt,
        BinaryOp::Le => CompareOp::Le,
        BinaryOp::Gt => CompareOp::Gt,
        BinaryOp::Ge => CompareOp::Ge,
        _ => return None,
    })
}

/// Every node of a tree.
fn visit(node: &Node, see: &mut impl FnMut(&Node)) {
    see(node);
    node.parts().into_iter().for_each(|child| visit(child, see));
}
