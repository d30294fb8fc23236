//! The end of a check: types that were open are written into the tree, and those that stayed open are told.

use super::super::told::{problem, write};
use super::Checker;
use crate::{Kind, Node, Type, Val};
use maq_diag::catalogue;
use std::sync::Arc;

impl Checker<'_> {
    pub(super) fn finish(&mut self, node: &mut Node) {
        let open: Vec<(crate::Span, String)> = self
            .variables
            .iter()
            .enumerate()
            .filter(|(place, _)| self.resolved(&Type::Param(format!("?{place}").into())) == Type::Wrong)
            .filter_map(|(_, open)| open.attribute.clone())
            .collect();
        if !self.problems.iter().any(crate::Problem::is_error) {
            for (span, name) in open {
                let told = problem(catalogue::EXPRESSION_ATTRIBUTE_TYPE_UNKNOWN, span, &[("name", &name)]);
                self.tell(told.with(write(span, format!("string({name})"))));
            }
        }
        self.settle(node);
    }

    /// The type without open parts; [`Type::Wrong`] when some stayed open.
    fn resolved(&self, ty: &Type) -> Type {
        match self.shallow(ty) {
            Type::Param(_) => Type::Wrong,
            Type::List(inner) => match self.resolved(&inner) {
                Type::Wrong => Type::Wrong,
                inner => Type::List(Arc::new(inner)),
            },
            Type::Map(key, value) => match (self.resolved(&key), self.resolved(&value)) {
                (Type::Wrong, _) | (_, Type::Wrong) => Type::Wrong,
                (key, value) => Type::Map(Arc::new(key), Arc::new(value)),
            },
            Type::Nullable(inner) => self.resolved(&inner).or_null(),
            other => other,
        }
    }

    fn settle(&self, node: &mut Node) {
        node.ty = match self.resolved(&node.ty) {
            // An empty list that nothing stands beside: it has no elements, so any type is true of them.
            Type::Wrong => match self.shallow(&node.ty) {
                Type::List(_) => Type::List(Arc::new(Type::Null)),
                _ => Type::Wrong,
            },
            known => known,
        };
        node.parts_mut().into_iter().for_each(|part| self.settle(part));
        if let Kind::List(items) = &node.kind
            && items.iter().all(|(item, optional)| !optional && matches!(item.kind, Kind::Constant(_)))
        {
            let values = items.iter().filter_map(|(item, _)| match &item.kind {
                Kind::Constant(value) => Some(value.clone()),
                _ => None,
            });
            node.kind = Kind::Constant(Val::List(values.collect()));
        }
    }
}
