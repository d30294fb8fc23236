//! Laying trees out flat. What comes later is laid first, so that every step knows where it leads to.

use super::tell::{Has, Outline, What};
use super::{FlatConditions, FlatIndex, Next, Operand, Part, Piece, Place, Source, Step, Test};
use crate::plain::{Plain, PlainType};
use crate::{BinaryOp, Kind, Node, Type, UnaryOp, Val, Variable};
use std::collections::HashMap;
use std::sync::Arc;

/// A layout that grows.
#[derive(Default)]
struct Layout {
    flat: FlatConditions,
    /// Where each text stands.
    known: HashMap<String, Piece>,
}

impl FlatConditions {
    /// Lays conditions out, and says where each begins.
    pub fn lay<'n>(conditions: impl IntoIterator<Item = &'n Node>) -> (FlatConditions, Vec<FlatIndex>) {
        let mut layout = Layout::default();
        let lay = |condition: &Node| {
            let start = layout.truth(condition, Next::TRUE, Next::FALSE);
            let outline = layout.flat.outlines.len() as u32;
            layout.outline(condition);
            FlatIndex { start, outline }
        };
        let starts = conditions.into_iter().map(lay).collect();
        (layout.flat, starts)
    }
}

impl Layout {
    /// Lays a truth value, and says where it begins.
    fn truth(&mut self, node: &Node, on_true: Next, on_false: Next) -> Next {
        match &node.kind {
            Kind::Constant(Val::Bool(value)) => {
                if *value {
                    on_true
                } else {
                    on_false
                }
            }
            Kind::Unary(UnaryOp::Not, inner) => self.truth(inner, on_false, on_true),
            Kind::Binary(BinaryOp::And, left, right) => {
                let right = self.truth(right, on_true, on_false);
                self.truth(left, right, on_false)
            }
            Kind::Binary(BinaryOp::Or, left, right) => {
                let right = self.truth(right, on_true, on_false);
                self.truth(left, on_true, right)
            }
            Kind::Conditional(condition, then, otherwise) => {
                let otherwise = self.truth(otherwise, on_true, on_false);
                let then = self.truth(then, on_true, on_false);
                self.truth(condition, then, otherwise)
            }
            _ => {
                let test = self.test(node).unwrap_or(Test::Other);
                let at = Next(self.flat.steps.len() as u32);
                self.flat.steps.push(Step { test, on_true, on_false });
                at
            }
        }
    }

    /// Lays the parts of a condition, each before its own.
    fn outline(&mut self, node: &Node) {
        let at = self.flat.outlines.len();
        let what = self.what(node).unwrap_or(What::Other);
        self.flat.outlines.push(Outline { node: node.id, span: node.span, size: 1, what });
        if !matches!(what, What::Value(_) | What::Has(_) | What::Other) {
            node.parts().into_iter().for_each(|part| self.outline(part));
        }
        let size = (self.flat.outlines.len() - at) as u32;
        if let Some(outline) = self.flat.outlines.get_mut(at) {
            outline.size = size;
        }
    }

    fn what(&mut self, node: &Node) -> Option<What> {
        Some(match &node.kind {
            Kind::Binary(BinaryOp::And, ..) => What::And,
            Kind::Binary(BinaryOp::Or, ..) => What::Or,
            Kind::Unary(UnaryOp::Not, _) => What::Not,
            Kind::Conditional(..) => What::Conditional,
            Kind::Binary(..) | Kind::Call { .. } | Kind::Has(_) => match self.test(node)? {
                Test::Compared(..) => What::Compared(comparison(node)?),
                Test::Part(part, ..) => What::Part(part),
                Test::HasField(index) => What::Has(Has::Field(index)),
                Test::HasAttribute(source, name) => What::Has(Has::Attribute(source, name)),
                _ => return None,
            },
            _ => What::Value(self.operand(node)?),
        })
    }

    fn test(&mut self, node: &Node) -> Option<Test> {
        Some(match &node.kind {
            Kind::Binary(BinaryOp::In, left, right) => self.member(left, right)?,
            Kind::Binary(_, left, right) => {
                let op = comparison(node)?;
                match (self.operand(left)?, self.operand(right)?) {
                    (Operand::At(left), right) => Test::Compared(op, left, right),
                    (left, Operand::At(right)) => Test::Compared(turned(op), right, left),
                    _ => return None,
                }
            }
            Kind::Call { function, args, .. } => {
                let part = match &**function {
                    "startsWith" => Part::Start,
                    "endsWith" => Part::End,
                    "contains" => Part::Anywhere,
                    _ => return None,
                };
                let [text, other] = args.as_slice() else { return None };
                Test::Part(part, self.place(text)?, self.operand(other)?)
            }
            Kind::Has(selection) => match &selection.kind {
                Kind::Field { operand, index, .. } if is_record(operand) => Test::HasField(*index),
                Kind::Select { operand, field, optional: false } => {
                    let (source, name) = self.attribute(operand, field)?;
                    Test::HasAttribute(source, name)
                }
                _ => return None,
            },
            // One that may be null too: null is no answer.
            _ if PlainType::of(&node.ty) == Some(PlainType::Bool) => Test::Truth(self.operand(node)?),
            _ => return None,
        })
    }

    fn member(&mut self, left: &Node, right: &Node) -> Option<Test> {
        Some(match &right.kind {
            Kind::List(items) => {
                let constant = |(item, optional): &(Node, bool)| match &item.kind {
                    Kind::Constant(value) if !optional => self.constant(value),
                    _ => None,
                };
                let items = items.iter().map(constant).collect::<Option<Vec<_>>>()?;
                Test::Among(self.place(left)?, self.list(items))
            }
            Kind::Constant(Val::List(items)) => {
                let items = items.iter().map(|item| self.constant(item)).collect::<Option<Vec<_>>>()?;
                Test::Among(self.place(left)?, self.list(items))
            }
            Kind::Select { operand, field, optional: false } => {
                if is_principal(operand) && &**field == "roles" {
                    return Some(Test::AmongRoles(self.operand(left)?));
                }
                let Type::List(inner) = &right.ty else { return None };
                if PlainType::of(inner) != Some(PlainType::Text) || matches!(**inner, Type::Nullable(_)) {
                    return None;
                }
                let left = self.operand(left)?;
                let (source, name) = self.attribute(operand, field)?;
                Test::AmongAttribute(left, source, name)
            }
            _ => return None,
        })
    }

    fn operand(&mut self, node: &Node) -> Option<Operand> {
        match &node.kind {
            Kind::Constant(value) => self.constant(value),
            _ => self.place(node).map(Operand::At),
        }
    }

    fn place(&mut self, node: &Node) -> Option<Place> {
        let is_nullable = matches!(node.ty, Type::Nullable(_));
        Some(match &node.kind {
            Kind::Field { operand, index, .. } if is_record(operand) => Place::Field { index: *index, is_nullable },
            Kind::Field { operand, index, .. } => match &operand.kind {
                Kind::Field { operand, index: reference, .. } if is_record(operand) => {
                    Place::Walked { reference: *reference, index: *index, is_nullable }
                }
                _ => return None,
            },
            Kind::Select { operand, field, optional: false } => match &**field {
                "userId" if is_principal(operand) => Place::UserId,
                "tenantId" if is_principal(operand) => Place::TenantId,
                "realmId" if is_principal(operand) => Place::RealmId,
                "orgId" if is_principal(operand) => Place::OrgId,
                _ => {
                    let (source, name) = self.attribute(operand, field)?;
                    Place::Attribute { source, ty: PlainType::of(&node.ty)?, name }
                }
            },
            Kind::Variable(Variable::Now) => Place::Now,
            _ => return None,
        })
    }

    /// An attribute that is not one of the principal's own words.
    fn attribute(&mut self, operand: &Node, field: &Arc<str>) -> Option<(Source, Piece)> {
        let source = match &operand.kind {
            Kind::Variable(Variable::Principal) => Source::Principal,
            Kind::Variable(Variable::Context) => Source::Context,
            _ => return None,
        };
        let is_own = matches!(&**field, "userId" | "tenantId" | "realmId" | "orgId" | "roles");
        (source == Source::Context || !is_own).then(|| (source, self.text(field)))
    }

    fn constant(&mut self, value: &Val<'static>) -> Option<Operand> {
        Some(Operand::Known(match value {
            Val::String(text) => return Some(Operand::Text(self.text(text))),
            Val::Null => Plain::Null,
            Val::Bool(value) => Plain::Bool(*value),
            Val::Int(value) => Plain::Int(*value),
            Val::Double(value) => Plain::Double(*value),
            Val::Decimal(value) => Plain::Decimal(*value),
            Val::Timestamp(value) => Plain::Timestamp(*value),
            Val::Date(value) => Plain::Date(*value),
            Val::Uuid(value) => Plain::Uuid(*value),
            _ => return None,
        }))
    }

    fn text(&mut self, text: &str) -> Piece {
        if let Some(piece) = self.known.get(text) {
            return *piece;
        }
        let start = self.flat.texts.len() as u32;
        self.flat.texts.push_str(text);
        let piece = Piece { start, end: self.flat.texts.len() as u32 };
        self.known.insert(text.to_owned(), piece);
        piece
    }

    fn list(&mut self, items: Vec<Operand>) -> Piece {
        let start = self.flat.lists.len() as u32;
        self.flat.lists.extend(items);
        Piece { start, end: self.flat.lists.len() as u32 }
    }
}

/// The operator of a comparison.
fn comparison(node: &Node) -> Option<BinaryOp> {
    match node.kind {
        Kind::Binary(
            op @ (BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge),
            ..,
        ) => Some(op),
        _ => None,
    }
}

/// The comparison that says the same of both values the other way round.
fn turned(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Lt => BinaryOp::Gt,
        BinaryOp::Le => BinaryOp::Ge,
        BinaryOp::Gt => BinaryOp::Lt,
        BinaryOp::Ge => BinaryOp::Le,
        same => same,
    }
}

fn is_record(node: &Node) -> bool {
    matches!(node.kind, Kind::Variable(Variable::Record))
}

fn is_principal(node: &Node) -> bool {
    matches!(node.kind, Kind::Variable(Variable::Principal))
}
