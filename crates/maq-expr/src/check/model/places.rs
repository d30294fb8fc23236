//! Fields, child lists, attributes of the principal and the context.

use super::super::told::{hint, problem, write};
use super::Checker;
use super::presence::Facts;
use crate::{EntityIndex, Kind, Node, Presence, Type, Variable};
use maq_diag::{catalogue, did_you_mean};
use std::sync::Arc;

/// References that may be walked from the record.
const HOPS: u32 = 2;

/// What every principal has, with its type; all other names are attributes.
pub(crate) const PRINCIPAL: [&str; 5] = ["userId", "tenantId", "realmId", "orgId", "roles"];

/// The type of what every principal has.
pub(crate) fn principal_type(name: &str) -> Option<Type> {
    Some(match name {
        "userId" | "tenantId" | "realmId" => Type::String,
        "orgId" => Type::Nullable(Arc::new(Type::String)),
        "roles" => Type::List(Arc::new(Type::String)),
        _ => return None,
    })
}

impl Checker<'_> {
    pub(super) fn variable(&mut self, variable: &Variable) -> Type {
        match variable {
            Variable::Record => self.environment.record.map_or(Type::Wrong, Type::Record),
            Variable::Now => Type::Timestamp,
            Variable::Principal | Variable::Context => Type::Json,
            Variable::Named(name) => self.environment.variables.get(name).cloned().unwrap_or(Type::Wrong),
        }
    }

    /// The entity whose record a node is or refers to.
    fn entity(&self, node: &Node) -> Option<EntityIndex> {
        match self.shallow(&node.ty).present() {
            Type::Record(entity) | Type::Reference(entity, _) => Some(*entity),
            _ => None,
        }
    }

    /// References walked to reach a node's record.
    pub(super) fn hops(&self, node: &Node) -> u32 {
        match &node.kind {
            Kind::Field { operand, .. } | Kind::Children { operand, .. } => {
                let walked = matches!(self.shallow(&operand.ty).present(), Type::Reference(..));
                self.hops(operand) + u32::from(walked)
            }
            Kind::Local(slot, _) => {
                self.locals.iter().rev().find(|local| local.slot == *slot).map_or(0, |local| local.hops)
            }
            Kind::Comprehension(inner) => self.hops(&inner.range),
            _ => node.parts().iter().map(|part| self.hops(part)).max().unwrap_or(0),
        }
    }

    /// The record before a dot: it must be there, and not too far away.
    fn walk(&mut self, operand: &mut Node) -> Facts {
        let facts = self.infer(operand, None);
        match matches!(self.shallow(&operand.ty).present(), Type::Reference(..)) {
            true => {
                let path = self.need_value(operand, "walking it");
                facts.plus(path)
            }
            false => facts,
        }
    }

    fn not_too_far(&mut self, node: &Node) {
        let hops = self.hops(node);
        let operand = node.parts().first().map_or(0, |operand| self.hops(operand));
        if hops > HOPS && operand <= HOPS {
            let path = self.text(node.span).to_owned();
            let params = [("path", path.as_str()), ("count", &hops.to_string()), ("limit", &HOPS.to_string())];
            self.tell(problem(catalogue::EXPRESSION_TOO_MANY_HOPS, node.span, &params));
        }
    }

    /// The type of a field that is there, and how it reads when it is empty.
    fn shape(&self, operand: &Node, index: u32) -> Option<(Type, Presence)> {
        let shape = self.environment.entity(self.entity(operand)?)?;
        shape.fields.get(index as usize).map(|field| (field.ty.clone(), field.presence))
    }

    pub(super) fn field(&mut self, node: &mut Node) -> (Type, Facts) {
        let Kind::Field { operand, index, .. } = &mut node.kind else { return (Type::Wrong, Facts::default()) };
        let facts = self.walk(operand);
        let Some((ty, presence)) = self.shape(operand, *index) else { return (Type::Wrong, facts) };
        self.not_too_far(node);
        match presence {
            Presence::Required => (ty, facts),
            Presence::Null => (ty.or_null(), facts),
            Presence::Missing => {
                self.read_missing(node);
                (ty, facts.plus(self.path(node)))
            }
        }
    }

    pub(super) fn children(&mut self, node: &mut Node) -> (Type, Facts) {
        let Kind::Children { operand, index, .. } = &mut node.kind else { return (Type::Wrong, Facts::default()) };
        let facts = self.walk(operand);
        let shape = self.entity(operand).and_then(|entity| self.environment.entity(entity));
        let child = shape.and_then(|shape| shape.children.get(*index as usize)).map(|child| child.entity);
        let ty = child.map_or(Type::Wrong, |child| Type::List(Arc::new(Type::Record(child))));
        self.not_too_far(node);
        (ty, facts)
    }

    /// `principal` and `context`, and objects inside of attributes.
    fn is_attribute_place(&mut self, node: &mut Node) -> bool {
        let known = match &mut node.kind {
            Kind::Variable(Variable::Principal | Variable::Context) => true,
            Kind::Select { operand, field, optional: false } => {
                let own = matches!(operand.kind, Kind::Variable(Variable::Principal));
                !(own && PRINCIPAL.contains(&&**field)) && self.is_attribute_place(operand)
            }
            _ => false,
        };
        if known {
            node.ty = Type::Json;
        }
        known
    }

    pub(super) fn select(&mut self, node: &mut Node, hint_type: Option<&Type>) -> (Type, Facts) {
        let span = node.span;
        let name = self.text(span).to_owned();
        let Kind::Select { operand, field, optional } = &mut node.kind else {
            return (Type::Wrong, Facts::default());
        };
        if *optional {
            return (self.not_here(span, "an optional selection"), Facts::default());
        }
        if matches!(operand.kind, Kind::Variable(Variable::Principal))
            && let Some(ty) = principal_type(field)
        {
            operand.ty = Type::Json;
            return (ty, Facts::default());
        }
        if self.is_attribute_place(operand) {
            let ty = self.open(Some((span, name)));
            if let Some(wanted) = hint_type.map(|wanted| self.shallow(self.shallow(wanted).compared())) {
                self.bind(&ty, &wanted);
            }
            return (ty, Facts::default());
        }
        let facts = self.infer(operand, None);
        let field = field.clone();
        match self.value_type(operand) {
            Type::Map(_, value) => return ((*value).clone(), facts),
            Type::Wrong => return (Type::Wrong, facts),
            _ => {}
        }
        let Kind::Select { operand, .. } = &node.kind else { return (Type::Wrong, facts) };
        if !self.told_otherwise(operand) {
            let (operand_text, found) = (self.text(operand.span).to_owned(), self.in_words(operand));
            let params = [("operand", operand_text.as_str()), ("type", found.as_str()), ("name", &*field)];
            self.tell(problem(catalogue::EXPRESSION_SELECTION_DOES_NOT_FIT, span, &params));
        }
        (Type::Wrong, facts)
    }

    pub(super) fn has(&mut self, node: &mut Node) -> (Type, Facts) {
        let Kind::Has(selection) = &mut node.kind else { return (Type::Wrong, Facts::default()) };
        let path = self.path(selection);
        let facts = match &mut selection.kind {
            Kind::Field { operand, index, .. } => {
                let facts = self.walk(operand);
                if let Some((ty, presence)) = self.shape(operand, *index) {
                    selection.ty = if presence == Presence::Null { ty.or_null() } else { ty };
                }
                self.not_too_far(selection);
                facts
            }
            Kind::Children { .. } => {
                let (ty, facts) = self.children(selection);
                selection.ty = ty;
                facts
            }
            Kind::Select { operand, field, optional: false } => {
                let own = matches!(operand.kind, Kind::Variable(Variable::Principal));
                if own && let Some(ty) = principal_type(field) {
                    operand.ty = Type::Json;
                    selection.ty = ty;
                    Facts::default()
                } else if self.is_attribute_place(operand) {
                    selection.ty = Type::Json;
                    Facts::default()
                } else {
                    let (ty, facts) = self.select(selection, None);
                    selection.ty = ty;
                    facts
                }
            }
            _ => Facts::default(),
        };
        let mut facts = facts;
        facts.yes.extend(path);
        (Type::Bool, facts)
    }

    /// Tells that a text is no value of an enum.
    pub(super) fn unknown_enum_value(&mut self, node: &Node, text: &str, values: &[Arc<str>], field: &str) {
        let meant = did_you_mean(text, values.iter().map(|value| &**value));
        let known = values.iter().take(12).map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
        let params = [("value", text), ("field", field), ("hint", &hint(meant)), ("known", &known)];
        let repair = meant.and_then(|meant| write(node.span, crate::print::quoted(meant)));
        self.tell(problem(catalogue::EXPRESSION_ENUM_VALUE_UNKNOWN, node.span, &params).with(repair));
    }
}
