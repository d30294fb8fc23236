//! Equality, null, and `in`.

use super::super::told::{problem, write};
use super::Checker;
use super::operators::{is_null, soft};
use super::presence::Facts;
use crate::{BinaryOp, Node, Span, Type};
use maq_diag::catalogue;
use std::sync::Arc;

impl Checker<'_> {
    /// The enum that texts are compared with, as it is written.
    pub(super) fn enum_among(&self, nodes: [&Node; 2]) -> Option<String> {
        let named = nodes.into_iter().find(|node| match self.value_type(node) {
            Type::Enum(_) => true,
            Type::List(inner) => matches!(self.shallow(&inner), Type::Enum(_)),
            _ => false,
        });
        named.map(|node| self.text(node.span).to_owned())
    }

    pub(super) fn equality(&mut self, op: BinaryOp, left: &mut Node, right: &mut Node, span: Span) -> Facts {
        let facts = match (is_null(left), is_null(right)) {
            (true, _) => {
                let facts = self.against_null(op, right, span);
                left.ty = Type::Null;
                return facts;
            }
            (_, true) => {
                let facts = self.against_null(op, left, span);
                right.ty = Type::Null;
                return facts;
            }
            _ => self.sides(left, right, None),
        };
        let Some(common) = self.common(left, right) else {
            self.misfit(op, left, right, span);
            return facts;
        };
        if matches!(common, Type::List(ref inner) if matches!(**inner, Type::Record(_))) {
            self.misfit(op, left, right, span);
            return facts;
        }
        self.beside = self.enum_among([left, right]);
        self.coerce(left, &common);
        self.coerce(right, &common);
        // What equals a value that is there is there itself.
        let nullable = [&*left, &*right].map(|side| self.shallow(&side.ty).is_nullable());
        let there = match nullable {
            [true, false] => self.path(left),
            [false, true] => self.path(right),
            _ => None,
        };
        let mut facts = facts;
        match op {
            BinaryOp::Eq => facts.yes.extend(there),
            _ => facts.no.extend(there),
        }
        facts
    }

    /// `x == null`, `x != null`.
    fn against_null(&mut self, op: BinaryOp, node: &mut Node, span: Span) -> Facts {
        let before = self.problems.len();
        let facts = self.infer(node, None);
        if self.reads_as_missing(node) {
            return self.missing_against_null(op, node, span, before, facts);
        }
        let ty = self.shallow(&node.ty);
        let text = self.text(node.span).to_owned();
        if self.is_open(&ty) {
            // Whether an attribute is there is asked with `has`.
            self.bind(&ty, &Type::Json);
            let asked = if op == BinaryOp::Eq { format!("!has({text})") } else { format!("has({text})") };
            let params = [("field", text.as_str())];
            let told = problem(catalogue::EXPRESSION_MISSING_IS_NOT_NULL, span, &params);
            self.tell(told.with(write(span, asked)));
            return facts;
        }
        let mut facts = facts;
        match ty {
            Type::Null | Type::Wrong => {}
            Type::Nullable(_) => match op {
                BinaryOp::Eq => facts.no.extend(self.path(node)),
                _ => facts.yes.extend(self.path(node)),
            },
            Type::Record(_) => {
                self.told_otherwise(node);
            }
            _ => {
                let always = if op == BinaryOp::Eq { "false" } else { "true" };
                let told = problem(catalogue::EXPRESSION_NEVER_NULL, span, &[("field", &text)]);
                self.tell(told.with(write(span, always)));
            }
        }
        facts
    }

    /// A field that is missing when it is empty is never null. That reading it is an error is not told besides.
    fn missing_against_null(&mut self, op: BinaryOp, node: &Node, span: Span, before: usize, facts: Facts) -> Facts {
        let mut place = 0;
        self.problems.retain(|told| {
            place += 1;
            place <= before || told.code != catalogue::EXPRESSION_MAY_BE_MISSING || told.span != node.span
        });
        let text = self.text(node.span).to_owned();
        let asked = if op == BinaryOp::Eq { format!("!has({text})") } else { format!("has({text})") };
        let told = problem(catalogue::EXPRESSION_MISSING_IS_NOT_NULL, span, &[("field", &text)]);
        self.tell(told.with(write(span, asked)));
        facts
    }

    pub(super) fn membership(&mut self, left: &mut Node, right: &mut Node, span: Span) -> Facts {
        let facts = if soft(left) && !soft(right) {
            let second = self.infer(right, None);
            let element = match self.value_type(right) {
                Type::List(element) => Some(self.shallow(&element)),
                Type::Map(key, _) => Some(self.shallow(&key)),
                _ => None,
            };
            self.infer(left, element.as_ref()).both(second)
        } else {
            let first = self.infer(left, None);
            let list = Type::List(Arc::new(self.value_type(left)));
            first.both(self.infer(right, Some(&list)))
        };
        let list = self.value_type(right);
        if self.is_open(&list) {
            let element = self.value_type(left);
            self.bind(&list, &Type::List(Arc::new(element)));
        }
        let element = match self.value_type(right) {
            Type::List(element) | Type::Map(element, _) => self.shallow(&element),
            Type::Wrong => return facts,
            _ => {
                self.misfit(BinaryOp::In, left, right, span);
                return facts;
            }
        };
        if is_null(left) {
            left.ty = Type::Null;
            return facts;
        }
        if matches!(element, Type::Record(_)) {
            self.misfit(BinaryOp::In, left, right, span);
            return facts;
        }
        // The element's type first: `record.count in [1.5]` is a mistake of the list.
        let own = self.value_type(left);
        let into = Type::List(Arc::new(own.clone()));
        if self.fits(right, &into) {
            self.beside = self.enum_among([left, right]);
            self.coerce(right, &into);
        } else if self.fits(left, &element) {
            self.beside = self.enum_among([left, right]);
            self.coerce(left, &element);
        } else {
            self.misfit(BinaryOp::In, left, right, span);
        }
        let mut facts = facts;
        let nulls = matches!(self.value_type(right), Type::List(inner) if self.shallow(&inner).is_nullable());
        if !nulls {
            facts.yes.extend(self.path(left));
        }
        facts
    }
}
