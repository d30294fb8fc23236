//! Explanations of conditions that are laid out flat: each part has its value at once, without a walk through a tree.
//! As with answers, what is not plain has none here.

use super::{FlatConditions, FlatIndex, Operand, Place, Test};
use crate::eval::{Part, Parts, close};
use crate::plain::{LONG, Plain};
use crate::{BinaryOp, Explanation, Input, NodeId, Span, Val};
use std::borrow::Cow;

/// A part of a condition; its own parts follow it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outline {
    pub node: NodeId,
    pub span: Span,
    /// How many are this one and its own.
    pub size: u32,
    pub what: What,
}

/// What a part is.
#[derive(Debug, Clone, Copy)]
pub(super) enum What {
    And,
    Or,
    Not,
    Conditional,
    Compared(BinaryOp),
    Part(super::Part),
    /// A field or an attribute is there.
    Has(Has),
    Value(Operand),
    /// Something that only the tree can tell.
    Other,
}

/// What `has` asks about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Has {
    Field(u32),
    Attribute(super::Source, super::Piece),
}

impl FlatConditions {
    /// The value of every part of a condition, which is written as `source`; none when only its tree can tell.
    pub fn explain<'a>(&'a self, condition: FlatIndex, source: &'a str, input: &Input<'a>) -> Option<Explanation<'a>> {
        let outline = self.outlines.get(condition.outline as usize..)?;
        let outline = outline.get(..outline.first()?.size as usize)?;
        if outline.iter().any(|part| matches!(part.what, What::Other)) {
            return None;
        }
        let mut parts = Parts::with_capacity(outline.len());
        self.tell(outline, input, &mut parts)?;
        Some(Explanation::of(source, parts))
    }

    /// Adds a part that is a truth value, and its own, and gives its value.
    fn tell<'a>(&'a self, outline: &[Outline], input: &Input<'a>, parts: &mut Parts<'a>) -> Option<bool> {
        let (part, inner) = outline.split_first()?;
        if let What::Value(_) = part.what {
            return truth(self.tell_value(part, input, parts)?);
        }
        let at = parts.len();
        skip(outline, parts);
        let mut absorbing = None;
        let value = match &part.what {
            What::Compared(op) => {
                let [left, right] = inner else { return None };
                let left = self.tell_value(left, input, parts)?;
                left.compared(*op, self.tell_value(right, input, parts)?)?
            }
            What::And | What::Or => {
                let wanted = matches!(part.what, What::Or);
                absorbing = Some(wanted);
                let (left, right) = first(inner)?;
                if self.tell(left, input, parts)? == wanted {
                    skip(right, parts);
                    wanted
                } else {
                    self.tell(right, input, parts)?
                }
            }
            What::Not => !self.tell(inner, input, parts)?,
            What::Conditional => {
                let (condition, branches) = first(inner)?;
                let (then, otherwise) = first(branches)?;
                if self.tell(condition, input, parts)? {
                    let value = self.tell(then, input, parts)?;
                    skip(otherwise, parts);
                    value
                } else {
                    skip(then, parts);
                    self.tell(otherwise, input, parts)?
                }
            }
            What::Part(which) => {
                let [text, other] = inner else { return None };
                let text = self.tell_value(text, input, parts)?;
                match (text, self.tell_value(other, input, parts)?) {
                    (Plain::Text(text), Plain::Text(other)) => which.is_in(text, other),
                    _ => return None,
                }
            }
            What::Has(Has::Field(index)) => self.test(&Test::HasField(*index), input)?,
            What::Has(Has::Attribute(source, name)) => self.test(&Test::HasAttribute(*source, *name), input)?,
            What::Value(_) | What::Other => return None,
        };
        close(parts, at, Ok(Val::Bool(value)), absorbing);
        Some(value)
    }

    /// Adds a part that has none of its own.
    #[inline]
    fn tell_value<'a>(&'a self, part: &Outline, input: &Input<'a>, parts: &mut Parts<'a>) -> Option<Plain<'a>> {
        let What::Value(operand) = &part.what else { return None };
        let value = self.value(operand, input)?;
        let told = Some(Ok(told(value)?));
        parts.push(Part::new(part.node, part.span, reads(operand), told));
        Some(value)
    }
}

/// The first part, and those after it.
fn first(outline: &[Outline]) -> Option<(&[Outline], &[Outline])> {
    outline.split_at_checked(outline.first()?.size as usize)
}

/// Adds a part that has no value, or none yet.
fn skip(outline: &[Outline], parts: &mut Parts<'_>) {
    if let Some(part) = outline.first() {
        let reads = matches!(&part.what, What::Value(operand) if reads(operand));
        parts.push(Part::new(part.node, part.span, reads, None));
    }
}

/// Whether a value is read from the record or of who asks.
fn reads(operand: &Operand) -> bool {
    matches!(operand, Operand::At(place) if !matches!(place, Place::Now))
}

fn truth(value: Plain<'_>) -> Option<bool> {
    match value {
        Plain::Bool(value) => Some(value),
        _ => None,
    }
}

/// A value as it is told; a long text counts as work, which the tree does.
fn told(value: Plain<'_>) -> Option<Val<'_>> {
    Some(match value {
        Plain::Null => Val::Null,
        Plain::Bool(value) => Val::Bool(value),
        Plain::Int(value) => Val::Int(value),
        Plain::Double(value) => Val::Double(value),
        Plain::Text(text) if text.len() > LONG => return None,
        Plain::Text(text) => Val::String(Cow::Borrowed(text)),
        Plain::Decimal(value) => Val::Decimal(value),
        Plain::Timestamp(value) => Val::Timestamp(value),
        Plain::Date(value) => Val::Date(value),
        Plain::Uuid(value) => Val::Uuid(value),
    })
}
