//! Lists, maps, macros, and names for values.

use super::super::told::problem;
use super::presence::Facts;
use super::{Checker, Local};
use crate::{Kind, MacroKind, Node, Slot, Type, Val};
use maq_diag::catalogue;
use std::sync::Arc;

impl Checker<'_> {
    pub(super) fn list(&mut self, node: &mut Node, hint: Option<&Type>) -> (Type, Facts) {
        let span = node.span;
        let Kind::List(items) = &mut node.kind else { return (Type::Wrong, Facts::default()) };
        let wanted = match hint.map(|hint| self.shallow(hint.present())) {
            Some(Type::List(element)) => Some(self.shallow(&element)),
            _ => None,
        };
        let mut facts = Facts::default();
        for (item, optional) in items.iter_mut() {
            if *optional {
                self.not_here(item.span, "an optional element");
            }
            facts = facts.both(self.infer(item, wanted.as_ref()));
        }
        let Some(element) = self.element(items, wanted.as_ref()) else {
            let mut found: Vec<String> = Vec::new();
            for (item, _) in items.iter() {
                if self.told_otherwise(item) {
                    return (Type::Wrong, facts);
                }
                let words = self.in_words(item);
                if !found.contains(&words) {
                    found.push(words);
                }
            }
            let found = found.join(" and ");
            let params = [("operator", "[]"), ("found", found.as_str()), ("hint", "a list has elements of one type; ")];
            self.tell(problem(catalogue::EXPRESSION_OPERANDS_DO_NOT_FIT, span, &params));
            return (Type::Wrong, facts);
        };
        let mut nullable = false;
        for (item, _) in items.iter_mut() {
            nullable |= self.shallow(&item.ty).is_nullable();
            // Texts stay texts until the list stands beside an enum.
            if self.shallow(&item.ty) != Type::Null && !matches!(element, Type::Enum(_)) {
                self.coerce(item, &element);
            }
        }
        let element = if nullable { element.or_null() } else { element };
        (Type::List(Arc::new(element)), facts)
    }

    /// The type that every element can be put into.
    fn element(&mut self, items: &[(Node, bool)], wanted: Option<&Type>) -> Option<Type> {
        let mut tried: Vec<Type> = Vec::new();
        for (item, _) in items {
            let candidate = match self.value_type(item) {
                Type::Null => continue,
                Type::Wrong => return Some(Type::Wrong),
                other => other,
            };
            if tried.contains(&candidate) {
                continue;
            }
            let fits = |(item, _): &(Node, bool)| self.shallow(&item.ty) == Type::Null || self.fits(item, &candidate);
            if !matches!(candidate, Type::Json | Type::Bytes | Type::Record(_)) && items.iter().all(fits) {
                return Some(candidate);
            }
            tried.push(candidate);
            if tried.len() > 4 {
                return None;
            }
        }
        match tried.is_empty() {
            true if items.is_empty() => Some(self.open(None)),
            true => Some(wanted.cloned().unwrap_or(Type::Null)),
            false => None,
        }
    }

    pub(super) fn map(&mut self, node: &mut Node) -> (Type, Facts) {
        let span = node.span;
        let Kind::Map(entries) = &mut node.kind else { return (Type::Wrong, Facts::default()) };
        let mut facts = Facts::default();
        let (mut key_type, mut value_type): (Option<Type>, Option<Type>) = (None, None);
        let mut wrong = false;
        for (key, value, optional) in entries.iter_mut() {
            wrong |= *optional;
            facts = facts.both(self.infer(key, key_type.as_ref()));
            facts = facts.both(self.infer(value, value_type.as_ref()));
            for (node, ty) in [(&mut *key, &mut key_type), (&mut *value, &mut value_type)] {
                match ty {
                    None => *ty = Some(self.value_type(node)),
                    Some(ty) if self.fits(node, ty) => self.coerce(node, ty),
                    Some(_) => wrong = true,
                }
            }
        }
        if wrong {
            return (self.not_here(span, "a map with values of several types"), facts);
        }
        let key = key_type.unwrap_or_else(|| self.open(None));
        let value = value_type.unwrap_or_else(|| self.open(None));
        (Type::Map(Arc::new(key), Arc::new(value)), facts)
    }

    pub(super) fn index(&mut self, node: &mut Node) -> (Type, Facts) {
        let span = node.span;
        let Kind::Index { operand, index, optional } = &mut node.kind else {
            return (Type::Wrong, Facts::default());
        };
        if *optional {
            return (self.not_here(span, "an optional element"), Facts::default());
        }
        let facts = self.infer(operand, None);
        let facts = facts.both(self.infer(index, None));
        let list = self.value_type(operand);
        let ty = match list {
            Type::List(element) if matches!(self.shallow(&element), Type::Record(_)) => {
                self.not_here(span, "a record by its place in a list")
            }
            Type::List(element) => {
                self.must_be(index, &Type::Int);
                (*element).clone()
            }
            Type::Map(key, value) => {
                self.must_be(index, &key);
                (*value).clone()
            }
            ref open if self.is_open(open) => {
                let element = self.open(None);
                self.must_be(index, &Type::Int);
                self.bind(open, &Type::List(Arc::new(element.clone())));
                element
            }
            Type::Wrong => Type::Wrong,
            _ => {
                if !self.told_otherwise(operand) {
                    let found = format!("{} and {}", self.in_words(operand), self.in_words(index));
                    let params = [("operator", "[]"), ("found", found.as_str()), ("hint", "")];
                    self.tell(problem(catalogue::EXPRESSION_OPERANDS_DO_NOT_FIT, span, &params));
                }
                Type::Wrong
            }
        };
        (ty, facts)
    }

    /// Element and index (or value and key) of what a macro runs over.
    fn elements(&mut self, range: &Node) -> Option<(Type, Type, bool)> {
        let ty = self.value_type(range);
        match ty {
            Type::List(element) => Some((self.shallow(&element), Type::Int, false)),
            Type::Map(key, value) => Some((self.shallow(&value), self.shallow(&key), true)),
            Type::Wrong => Some((Type::Wrong, Type::Wrong, false)),
            ref open if self.is_open(open) => {
                let element = self.open(self.attribute_of(open));
                self.bind(open, &Type::List(Arc::new(element.clone())));
                Some((element, Type::Int, false))
            }
            _ => None,
        }
    }

    fn attribute_of(&self, open: &Type) -> Option<(crate::Span, String)> {
        let place = Checker::place(&self.shallow(open))?;
        self.variables.get(place)?.attribute.clone()
    }

    pub(super) fn comprehension(&mut self, node: &mut Node) -> (Type, Facts) {
        let span = node.span;
        let Kind::Comprehension(inner) = &mut node.kind else { return (Type::Wrong, Facts::default()) };
        let facts = self.infer(&mut inner.range, None);
        let Some((element, key, is_map)) = self.elements(&inner.range) else {
            if !self.told_otherwise(&inner.range) {
                let found = self.in_words(&inner.range);
                let params = [("expected", "a list"), ("found", found.as_str()), ("hint", "")];
                self.tell(problem(catalogue::EXPRESSION_TYPE_MISMATCH, inner.range.span, &params));
            }
            return (if inner.kind.is_quantifier() { Type::Bool } else { Type::Wrong }, facts);
        };
        let hops = self.hops(&inner.range);
        let before = self.locals.len();
        let mut push = |slot: Slot, ty: Type| self.locals.push(Local { slot, ty, hops });
        match &inner.second {
            Some((slot, _)) => {
                push(inner.first.0, key.clone());
                push(*slot, element.clone());
            }
            None => push(inner.first.0, if is_map { key.clone() } else { element.clone() }),
        }
        let present = facts_of_range(&facts);
        let kind = inner.kind;
        let (filter, transform) = (&mut inner.filter, &mut inner.transform);
        let made = self.given(&present, |this| {
            let mut known = Vec::new();
            if let Some(filter) = filter {
                let facts = this.fresh(filter, Some(&Type::Bool));
                this.must_be(filter, &Type::Bool);
                known = facts.yes;
            }
            transform.as_mut().map(|transform| {
                // What is made of an element is no condition: no guard can stand in it.
                let before = std::mem::replace(&mut this.inverted, true);
                this.given(&known, |this| this.infer(transform, None));
                this.inverted = before;
                this.shallow(&transform.ty)
            })
        });
        self.locals.truncate(before);
        let ty = match kind {
            MacroKind::All | MacroKind::Exists | MacroKind::ExistsOne => Type::Bool,
            MacroKind::Filter if is_map => Type::List(Arc::new(key)),
            MacroKind::Filter | MacroKind::SortBy => self.shallow(&inner.range.ty),
            MacroKind::Map | MacroKind::TransformList => match made.unwrap_or(Type::Wrong) {
                Type::Wrong => Type::Wrong,
                made => Type::List(Arc::new(made)),
            },
            MacroKind::TransformMap => Type::Map(Arc::new(key), Arc::new(made.unwrap_or(Type::Wrong))),
            MacroKind::TransformMapEntry => match made {
                Some(map @ Type::Map(..)) => map,
                _ => self.not_here(span, "an entry that is no map"),
            },
        };
        (ty, facts)
    }

    pub(super) fn bound(&mut self, node: &mut Node, hint: Option<&Type>) -> (Type, Facts) {
        let Kind::Bind { slot, value, body, .. } = &mut node.kind else { return (Type::Wrong, Facts::default()) };
        let facts = self.infer(value, None);
        let hops = self.hops(value);
        let before = self.locals.len();
        self.locals.push(Local { slot: *slot, ty: self.shallow(&value.ty), hops });
        let present = facts_of_range(&facts);
        self.given(&present, |this| match hint {
            Some(Type::Bool) => this.fresh(body, hint),
            _ => this.infer(body, hint),
        });
        self.locals.truncate(before);
        let ty = self.shallow(&body.ty);
        (ty, Facts::default())
    }
}

/// What is there once a node has a value, whatever it is.
fn facts_of_range(facts: &Facts) -> Vec<String> {
    facts.yes.iter().filter(|path| facts.no.contains(path)).cloned().collect()
}

impl MacroKind {
    /// `all`, `exists`, `exists_one`.
    pub(crate) fn is_quantifier(self) -> bool {
        matches!(self, MacroKind::All | MacroKind::Exists | MacroKind::ExistsOne)
    }
}

/// Whether a node holds written values only.
pub(super) fn literals_only(node: &Node) -> bool {
    matches!(&node.kind, Kind::Constant(value) if *value != Val::Null)
}
