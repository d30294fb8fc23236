//! What is told when types do not go together, and how it is mended.

use super::super::told::{problem, write};
use super::Checker;
use crate::{BinaryOp, Kind, Node, Presence, Repair, Span, Type, Val, Variable};
use maq_diag::catalogue;

impl Checker<'_> {
    /// What a node is, for messages.
    pub(super) fn in_words(&self, node: &Node) -> String {
        match self.shallow(&node.ty) {
            Type::Null => "null".to_owned(),
            Type::Enum(_) => "an enum".to_owned(),
            Type::Record(_) => "a record".to_owned(),
            _ => match self.value_type(node) {
                Type::List(inner) if matches!(self.shallow(&inner), Type::Record(_)) => "a list of records".to_owned(),
                value if self.is_open(&value) => "an attribute of no known type".to_owned(),
                Type::List(inner) if self.is_open(&inner) => "a list".to_owned(),
                value => format!("`{value}`"),
            },
        }
    }

    /// Tells what is wrong with a node whatever it stands in: a record as a value, a field that can only be asked for
    /// being there. True when something is, now or before.
    pub(super) fn told_otherwise(&mut self, node: &Node) -> bool {
        let text = self.text(node.span).to_owned();
        let (found, hint) = match (&node.kind, self.shallow(&node.ty).present()) {
            (_, Type::Wrong) => return true,
            (Kind::Variable(Variable::Principal), _) => {
                ("who asks".to_owned(), format!("name what is meant, as in `{text}.userId`"))
            }
            (Kind::Variable(Variable::Context), _) => {
                ("what the request brings".to_owned(), format!("name what is meant, as in `{text}.name`"))
            }
            (_, Type::Record(entity)) => {
                let name = self.environment.entity(*entity).map(|shape| shape.name.to_string()).unwrap_or_default();
                (format!("a record of `{name}`"), format!("name one of its fields, as in `{text}.id`"))
            }
            (_, ty @ (Type::Json | Type::Bytes)) => {
                let ty = ty.to_string();
                let params = [("field", text.as_str()), ("type", ty.as_str())];
                self.tell(problem(catalogue::EXPRESSION_ONLY_PRESENCE, node.span, &params));
                return true;
            }
            (_, Type::List(inner)) if matches!(self.shallow(inner), Type::Record(_)) => {
                let hint = format!("ask with `{text}.exists(item, ...)`, `all` or `size`");
                ("a list of records".to_owned(), hint)
            }
            _ => return false,
        };
        let params = [("name", text.as_str()), ("found", found.as_str()), ("hint", hint.as_str())];
        self.tell(problem(catalogue::EXPRESSION_RECORD_AS_VALUE, node.span, &params));
        true
    }

    /// Whether a field is missing when it is empty.
    pub(super) fn reads_as_missing(&self, node: &Node) -> bool {
        let Kind::Field { operand, index, .. } = &node.kind else { return false };
        let entity = match self.shallow(&operand.ty).present() {
            Type::Record(entity) | Type::Reference(entity, _) => *entity,
            _ => return false,
        };
        let field = self.environment.entity(entity).and_then(|shape| shape.fields.get(*index as usize));
        field.is_some_and(|field| field.presence == Presence::Missing)
    }

    /// Tells that an operator does not go with its sides.
    pub(super) fn misfit(&mut self, op: BinaryOp, left: &Node, right: &Node, span: Span) {
        let told = [left, right].map(|side| self.told_otherwise(side));
        if told.contains(&true) {
            return;
        }
        let found = format!("{} and {}", self.in_words(left), self.in_words(right));
        let (first, second) = (self.value_type(left), self.value_type(right));
        let mut repairs: Vec<Repair> = Vec::new();
        let mut hint = "";
        if op == BinaryOp::Divide && [&first, &second].contains(&&Type::Decimal) {
            hint = "say how the quotient of decimals is rounded; ";
            let text = format!("div({}, {}, 2)", self.text(left.span), self.text(right.span));
            repairs.extend(write(span, text));
        } else if self.has_no_order(op, &first, &second) {
            hint = "such values have no order; ";
        } else {
            repairs.extend(self.conversion(left, &first, &second));
            repairs.extend(self.conversion(right, &second, &first));
            // Another literal before a conversion.
            if matches!(right.kind, Kind::Constant(_)) {
                repairs.reverse();
            }
        }
        let params = [("operator", op.sign()), ("found", found.as_str()), ("hint", hint)];
        let mut told = problem(catalogue::EXPRESSION_OPERANDS_DO_NOT_FIT, span, &params);
        told.repairs = repairs;
        self.tell(told);
    }

    /// Whether the types could be compared, but have no order.
    fn has_no_order(&self, op: BinaryOp, first: &Type, second: &Type) -> bool {
        let orders = matches!(op, BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge);
        let text = |ty: &Type| matches!(ty, Type::Enum(_) | Type::String);
        let uuids = *first == Type::Uuid && *second == Type::Uuid;
        orders && (uuids || [first, second].iter().any(|ty| matches!(ty, Type::Enum(_))) && text(first) && text(second))
    }

    /// How a node of one type is written in another.
    pub(super) fn conversion(&self, node: &Node, from: &Type, to: &Type) -> Option<Repair> {
        let text = self.text(node.span);
        let wanted = match to {
            Type::List(inner) => return self.conversion(node, from, &self.shallow(inner)),
            Type::Nullable(inner) => &**inner,
            other => other,
        };
        if let Kind::Constant(value) = &node.kind {
            match (value, wanted) {
                (Val::String(text), Type::Int) if text.parse::<i64>().is_ok() => return write(node.span, &**text),
                (Val::String(text), Type::Bool) if matches!(&**text, "true" | "false") => {
                    return write(node.span, &**text);
                }
                (Val::String(text), Type::Double) if text.parse::<f64>().is_ok_and(f64::is_finite) => {
                    let is_whole = !text.contains(['.', 'e', 'E']);
                    return write(node.span, if is_whole { format!("{text}.0") } else { text.to_string() });
                }
                (Val::String(text), Type::Decimal) if text.parse::<f64>().is_ok_and(f64::is_finite) => {
                    return write(node.span, &**text);
                }
                (Val::Int(_) | Val::Double(_) | Val::Bool(_), Type::String | Type::Enum(_)) => {
                    return write(node.span, format!("'{text}'"));
                }
                (Val::Double(number), Type::Int) if number.fract() == 0.0 && number.abs() < 1e15 => {
                    return write(node.span, format!("{number:.0}"));
                }
                (Val::Double(_), Type::Int) => return None,
                _ => {}
            }
        }
        if matches!(node.kind, Kind::Variable(Variable::Now)) && *wanted == Type::Date {
            return write(node.span, "today('UTC')");
        }
        let function = match (from, wanted) {
            (Type::Int | Type::Decimal, Type::Double) => "double",
            (Type::String, Type::Uuid) => "uuid",
            (Type::String, Type::Date) => "date",
            (Type::String, Type::Time) => "time",
            (Type::String, Type::Timestamp) => "timestamp",
            (Type::String, Type::Int) => "int",
            (Type::String, Type::Decimal) => "decimal",
            _ => return None,
        };
        write(node.span, format!("{function}({text})"))
    }
}
