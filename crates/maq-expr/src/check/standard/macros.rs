//! Macros of the standard profile.

use super::Checker;
use crate::{Comprehension, MacroKind, Node, Slot, Type};
use maq_diag::catalogue;
use std::sync::Arc;

impl Checker<'_> {
    pub(super) fn within<T>(&mut self, locals: &[(Slot, Type)], body: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.locals.len();
        self.locals.extend_from_slice(locals);
        let result = body(self);
        self.locals.truncate(before);
        result
    }

    /// Keys or places, and elements.
    fn elements(&mut self, range: &Node) -> (Type, Type, bool) {
        match self.types.shallow(&range.ty) {
            Type::List(element) => (Type::Int, (*element).clone(), false),
            Type::Map(key, value) => ((*key).clone(), (*value).clone(), true),
            Type::Dyn | Type::Wrong | Type::Param(_) => (Type::Dyn, Type::Dyn, false),
            _ => {
                let found = self.words(&range.ty);
                let params = [("expected", "a list or a map"), ("found", found.as_str()), ("hint", "")];
                self.tell(catalogue::EXPRESSION_TYPE_MISMATCH, range.span, &params);
                (Type::Wrong, Type::Wrong, false)
            }
        }
    }

    pub(super) fn comprehension(&mut self, inner: &mut Comprehension) -> Type {
        self.infer(&mut inner.range);
        let (key, element, is_map) = self.elements(&inner.range);
        let locals = match &inner.second {
            Some((slot, _)) => vec![(inner.first.0, key.clone()), (*slot, element)],
            None => vec![(inner.first.0, if is_map { key.clone() } else { element })],
        };
        let (filter, transform) = (&mut inner.filter, &mut inner.transform);
        let made = self.within(&locals, |this| {
            if let Some(filter) = filter {
                let found = this.infer(filter);
                this.must_be(filter.span, &found, &Type::Bool);
            }
            transform.as_mut().map_or(Type::Dyn, |transform| this.infer(transform))
        });
        match inner.kind {
            MacroKind::All | MacroKind::Exists | MacroKind::ExistsOne => Type::Bool,
            MacroKind::Filter if is_map => Type::List(Arc::new(key)),
            MacroKind::Filter | MacroKind::SortBy => match self.types.shallow(&inner.range.ty) {
                list @ Type::List(_) => list,
                _ => Type::List(Arc::new(Type::Dyn)),
            },
            MacroKind::Map | MacroKind::TransformList => Type::List(Arc::new(made)),
            MacroKind::TransformMap => Type::Map(Arc::new(key), Arc::new(made)),
            MacroKind::TransformMapEntry => match self.types.shallow(&made) {
                map @ Type::Map(..) => map,
                Type::Dyn | Type::Wrong => Type::Map(Arc::new(Type::Dyn), Arc::new(Type::Dyn)),
                other => {
                    let found = self.words(&other);
                    let params = [("expected", "a map"), ("found", found.as_str()), ("hint", "")];
                    self.tell(catalogue::EXPRESSION_TYPE_MISMATCH, inner.range.span, &params)
                }
            },
        }
    }

    pub(super) fn optional_map(&mut self, operand: &mut Node, slot: Slot, body: &mut Node, flat: bool) -> Type {
        let found = self.infer(operand);
        let inner = self.types.open();
        self.must_be(operand.span, &found, &Type::Optional(Arc::new(inner.clone())));
        let made = self.within(&[(slot, inner)], |this| this.infer(body));
        if !flat {
            return Type::Optional(Arc::new(made));
        }
        let open = self.types.open();
        let wanted = Type::Optional(Arc::new(open));
        self.must_be(body.span, &made, &wanted);
        wanted
    }
}
