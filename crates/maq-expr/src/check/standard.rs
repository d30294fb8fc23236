//! The checker of the standard profile: CEL's type checker (cel-spec "Gradual Type Checking"). `dyn` fits everything,
//! type parameters of the functions are found by unification, and what can never have a value is refused.

mod macros;
mod unify;

use super::signatures::{self, Signature};
use super::told::problem;
use crate::{BinaryOp, Environment, Kind, Node, Problem, Slot, Span, Type, UnaryOp, Val, Variable};
use maq_diag::{CodeInfo, catalogue};
use std::sync::Arc;
use unify::Types;

/// Checks a tree of the standard profile.
pub(super) fn check(
    mut node: Node,
    source: &str,
    environment: &Environment,
    expected: Option<&Type>,
) -> (Node, Vec<Problem>) {
    let mut checker =
        Checker { environment, source, problems: Vec::new(), locals: Vec::new(), types: Types::default() };
    let found = checker.infer(&mut node);
    if let Some(expected) = expected {
        checker.must_be(node.span, &found, expected);
    }
    checker.settle(&mut node);
    (node, checker.problems)
}

struct Checker<'a> {
    environment: &'a Environment,
    source: &'a str,
    problems: Vec<Problem>,
    locals: Vec<(Slot, Type)>,
    types: Types,
}

impl Checker<'_> {
    fn tell(&mut self, code: &'static CodeInfo, span: Span, params: &[(&'static str, &str)]) -> Type {
        self.problems.push(problem(code, span, params));
        Type::Wrong
    }

    fn words(&self, ty: &Type) -> String {
        format!("`{}`", self.types.settled(ty))
    }

    fn must_be(&mut self, span: Span, found: &Type, expected: &Type) {
        if !self.types.assignable(expected, found) {
            let (expected, found) = (self.words(expected), self.words(found));
            let params = [("expected", expected.as_str()), ("found", found.as_str()), ("hint", "")];
            self.tell(catalogue::EXPRESSION_TYPE_MISMATCH, span, &params);
        }
    }

    fn settle(&self, node: &mut Node) {
        node.ty = self.types.settled(&node.ty);
        node.parts_mut().into_iter().for_each(|part| self.settle(part));
    }

    fn infer(&mut self, node: &mut Node) -> Type {
        let ty = self.type_of(node);
        node.ty = ty.clone();
        ty
    }

    fn type_of(&mut self, node: &mut Node) -> Type {
        let span = node.span;
        match &mut node.kind {
            Kind::Constant(value) => constant(value),
            Kind::Variable(variable) => self.variable(variable),
            Kind::Local(slot, _) => {
                let found = self.locals.iter().rev().find(|(own, _)| own == slot);
                found.map_or(Type::Dyn, |(_, ty)| ty.clone())
            }
            Kind::List(items) => self.list(items),
            Kind::Map(entries) => self.map(entries),
            Kind::Select { operand, field, optional } => {
                let of = self.infer(operand);
                let (field, optional) = (field.clone(), *optional);
                self.selected(span, &of, &field, optional)
            }
            Kind::Has(selection) => {
                if let Kind::Select { operand, field, .. } = &mut selection.kind {
                    let of = self.infer(operand);
                    let field = field.clone();
                    selection.ty = self.selected(span, &of, &field, false);
                }
                Type::Bool
            }
            Kind::Index { operand, index, optional } => {
                let (of, by, optional) = (self.infer(operand), self.infer(index), *optional);
                self.indexed(span, &of, &by, optional)
            }
            Kind::Unary(op, operand) => {
                let sign = if *op == UnaryOp::Not { "!" } else { "-" };
                let args = [self.infer(operand)];
                self.apply(span, sign, false, &args)
            }
            Kind::Binary(op, left, right) => {
                let op: BinaryOp = *op;
                let args = [self.infer(left), self.infer(right)];
                self.apply(span, op.sign(), false, &args)
            }
            Kind::Conditional(condition, then, otherwise) => {
                let found = self.infer(condition);
                let condition = condition.span;
                let (then, otherwise) = (self.infer(then), self.infer(otherwise));
                self.must_be(condition, &found, &Type::Bool);
                match self.types.joined(&then, &otherwise) {
                    Some(ty) => ty,
                    None => {
                        let found = format!("{} and {}", self.words(&then), self.words(&otherwise));
                        let params = [("operator", "?:"), ("found", found.as_str()), ("hint", "")];
                        self.tell(catalogue::EXPRESSION_OPERANDS_DO_NOT_FIT, span, &params)
                    }
                }
            }
            Kind::Call { function, member, args } => {
                let (function, member) = (function.clone(), *member);
                let args: Vec<Type> = args.iter_mut().map(|argument| self.infer(argument)).collect();
                self.apply(span, &function, member, &args)
            }
            Kind::Comprehension(inner) => self.comprehension(inner),
            Kind::Bind { slot, value, body, .. } => {
                let value = self.infer(value);
                self.within(&[(*slot, value)], |this| this.infer(body))
            }
            Kind::OptionalMap { operand, slot, body, flat, .. } => {
                let (slot, flat) = (*slot, *flat);
                self.optional_map(operand, slot, body, flat)
            }
            Kind::Message(name) => {
                let params = [("name", &**name), ("hint", ""), ("known", "values without messages")];
                let told = params.map(|(key, value)| (key, value.to_owned()));
                self.problems.push(Problem {
                    code: catalogue::EXPRESSION_NAME_UNKNOWN,
                    params: told.to_vec(),
                    span,
                    repairs: Vec::new(),
                });
                Type::Wrong
            }
            Kind::Field { .. } | Kind::Children { .. } | Kind::Error(_) => Type::Dyn,
        }
    }

    fn variable(&self, variable: &Variable) -> Type {
        match variable {
            Variable::Named(name) => self.environment.variables.get(name).cloned().unwrap_or(Type::Dyn),
            Variable::Now => Type::Timestamp,
            _ => Type::Dyn,
        }
    }

    fn list(&mut self, items: &mut [(Node, bool)]) -> Type {
        let mut element: Option<Type> = None;
        for (item, optional) in items {
            let mut ty = self.infer(item);
            if *optional {
                ty = self.optional_element(item.span, &ty);
            }
            element = Some(match element {
                None => ty,
                Some(before) => self.types.joined(&before, &ty).unwrap_or(Type::Dyn),
            });
        }
        let element = element.unwrap_or_else(|| self.types.open());
        Type::List(Arc::new(element))
    }

    fn map(&mut self, entries: &mut [(Node, Node, bool)]) -> Type {
        let (mut keys, mut values): (Option<Type>, Option<Type>) = (None, None);
        for (key, value, optional) in entries {
            let key = self.infer(key);
            let mut ty = self.infer(value);
            if *optional {
                ty = self.optional_element(value.span, &ty);
            }
            for (known, ty) in [(&mut keys, key), (&mut values, ty)] {
                *known = Some(match known.take() {
                    None => ty,
                    Some(before) => self.types.joined(&before, &ty).unwrap_or(Type::Dyn),
                });
            }
        }
        let mut part = |known: Option<Type>| Arc::new(known.unwrap_or_else(|| self.types.open()));
        Type::Map(part(keys), part(values))
    }

    /// What stands in an optional element.
    fn optional_element(&mut self, span: Span, ty: &Type) -> Type {
        let inner = self.types.open();
        self.must_be(span, ty, &Type::Optional(Arc::new(inner.clone())));
        inner
    }

    fn selected(&mut self, span: Span, of: &Type, field: &str, optional: bool) -> Type {
        let (of, is_optional) = match self.types.shallow(of) {
            Type::Optional(inner) => (self.types.shallow(&inner), true),
            other => (other, false),
        };
        let value = match &of {
            Type::Map(key, value) => {
                self.must_be(span, &Type::String, key);
                (**value).clone()
            }
            Type::Dyn | Type::Wrong | Type::Param(_) => Type::Dyn,
            _ => {
                let (operand, found) = (span.of(self.source).to_owned(), self.words(&of));
                let params = [("operand", operand.as_str()), ("type", found.as_str()), ("name", field)];
                return self.tell(catalogue::EXPRESSION_SELECTION_DOES_NOT_FIT, span, &params);
            }
        };
        if optional || is_optional { Type::Optional(Arc::new(value)) } else { value }
    }

    fn indexed(&mut self, span: Span, of: &Type, by: &Type, optional: bool) -> Type {
        let (of, is_optional) = match self.types.shallow(of) {
            Type::Optional(inner) => (self.types.shallow(&inner), true),
            other => (other, false),
        };
        let value = match &of {
            Type::List(element) => {
                self.must_be(span, by, &Type::Int);
                (**element).clone()
            }
            Type::Map(key, value) => {
                self.must_be(span, by, key);
                (**value).clone()
            }
            Type::Dyn | Type::Wrong | Type::Param(_) => Type::Dyn,
            _ => {
                let found = format!("{} and {}", self.words(&of), self.words(by));
                let params = [("operator", "[]"), ("found", found.as_str()), ("hint", "")];
                return self.tell(catalogue::EXPRESSION_OPERANDS_DO_NOT_FIT, span, &params);
            }
        };
        if optional || is_optional { Type::Optional(Arc::new(value)) } else { value }
    }

    /// The result of a function or operator: of the one overload that fits, or `dyn` of several that differ.
    fn apply(&mut self, span: Span, name: &str, member: bool, args: &[Type]) -> Type {
        let rows: Vec<&'static Signature> = signatures::of(name, false).filter(|row| row.member == member).collect();
        if rows.is_empty() {
            return match self.environment.variables.contains_key(name) {
                // Declared by whoever asks.
                true => Type::Dyn,
                false => self.tell(catalogue::EXPRESSION_FUNCTION_UNKNOWN, span, &[("name", name), ("hint", "")]),
            };
        }
        let before = self.types.clone();
        let mut found: Option<(Type, Types)> = None;
        let mut several = false;
        for row in &rows {
            self.types = before.clone();
            if let Some(result) = self.types.overload(row, args) {
                match &mut found {
                    None => found = Some((result, self.types.clone())),
                    Some((known, _)) if *known == result => several = true,
                    Some((known, _)) => {
                        *known = Type::Dyn;
                        several = true;
                    }
                }
            }
        }
        self.types = before;
        match found {
            Some((result, types)) => {
                if !several {
                    self.types = types;
                }
                result
            }
            None => self.no_overload(span, name, args, &rows),
        }
    }

    fn no_overload(&mut self, span: Span, name: &str, args: &[Type], rows: &[&Signature]) -> Type {
        let found: Vec<String> = args.iter().map(|ty| self.words(ty)).collect();
        let found = if found.is_empty() { "nothing".to_owned() } else { found.join(" and ") };
        if !name.starts_with(|first: char| first.is_ascii_alphabetic()) || name == "in" {
            let params = [("operator", name), ("found", found.as_str()), ("hint", "")];
            return self.tell(catalogue::EXPRESSION_OPERANDS_DO_NOT_FIT, span, &params);
        }
        let usage = rows.iter().take(4).map(|row| format!("`{}`", row.text)).collect::<Vec<_>>().join(" or ");
        let params = [("name", name), ("found", found.as_str()), ("hint", ""), ("usage", usage.as_str())];
        self.tell(catalogue::EXPRESSION_CALL_DOES_NOT_FIT, span, &params)
    }
}

fn constant(value: &Val<'static>) -> Type {
    match value {
        Val::Null => Type::Null,
        Val::Bool(_) => Type::Bool,
        Val::Int(_) => Type::Int,
        Val::Uint(_) => Type::Uint,
        Val::Double(_) => Type::Double,
        Val::String(_) => Type::String,
        Val::Bytes(_) => Type::Bytes,
        Val::Timestamp(_) => Type::Timestamp,
        Val::Duration(_) => Type::Duration,
        Val::Type(_) => Type::Type(Arc::new(Type::Dyn)),
        Val::Opaque(name, _) => Type::Opaque(name.clone()),
        _ => Type::Dyn,
    }
}
