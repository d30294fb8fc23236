//! Conditions laid out flat: the comparisons of many conditions, one after another in one piece of memory, with where to
//! go on when each is true and when it is false. A decision among thousands of rules then reads a line or two of memory
//! a rule, where a tree is scattered over many.
//!
//! The tree stays what is right: whatever is not plain here, errors among it, has no answer, and is asked of the tree.

mod lay;
mod tell;

use crate::plain::{LONG, MANY_ROLES, Plain, PlainType, attribute_text};
use crate::{BinaryOp, Input, Loaded};
use maq_value::Value;
use serde_json::Value as Json;
use tell::Outline;

/// Many conditions.
#[derive(Debug, Clone, Default)]
pub struct FlatConditions {
    steps: Vec<Step>,
    /// Their parts, for explanations.
    outlines: Vec<Outline>,
    /// What `in [...]` looks through.
    lists: Vec<Operand>,
    /// Every text and name in them, without a gap.
    texts: String,
}

/// Where a condition of [`FlatConditions`] begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlatIndex {
    start: Next,
    outline: u32,
}

/// A step by its place, or an answer. Steps go on to lower places only, so every walk ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Next(u32);

impl Next {
    const TRUE: Next = Next(u32::MAX);
    const FALSE: Next = Next(u32::MAX - 1);
    /// The step that is kept beside the first.
    const SECOND: Next = Next(u32::MAX - 2);
}

/// The first steps of a condition. Who keeps them beside what else is looked at first seldom goes to far memory.
#[derive(Debug, Clone, Copy)]
pub struct FirstSteps {
    first: Step,
    /// Where [`Next::SECOND`] of the first leads to.
    second: Step,
}

/// A test and where it leads to.
#[derive(Debug, Clone, Copy)]
struct Step {
    test: Test,
    on_true: Next,
    on_false: Next,
}

/// What is asked. Room for one value that is written in the condition is enough, and keeps a step small.
#[derive(Debug, Clone, Copy)]
enum Test {
    /// Two values.
    Compared(BinaryOp, Place, Operand),
    /// A text and a part of it.
    Part(Part, Place, Operand),
    /// One of `lists`.
    Among(Place, Piece),
    /// One of the principal's roles.
    AmongRoles(Operand),
    /// One of the texts in a list that is an attribute.
    AmongAttribute(Operand, Source, Piece),
    /// A field of the record is there.
    HasField(u32),
    /// An attribute is there.
    HasAttribute(Source, Piece),
    /// A value that is a truth value.
    Truth(Operand),
    /// Something that only the tree can tell.
    Other,
}

/// Which part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Start,
    End,
    Anywhere,
}

impl Part {
    fn is_in(self, text: &str, part: &str) -> bool {
        match self {
            Part::Start => text.starts_with(part),
            Part::End => text.ends_with(part),
            Part::Anywhere => text.contains(part),
        }
    }
}

/// Whose attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Principal,
    Context,
}

/// A piece of `texts` or of `lists`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    start: u32,
    end: u32,
}

/// A value, or where it stands.
#[derive(Debug, Clone, Copy)]
enum Operand {
    Known(Plain<'static>),
    Text(Piece),
    At(Place),
}

/// Where a value stands.
#[derive(Debug, Clone, Copy)]
enum Place {
    Field { index: u32, is_nullable: bool },
    Walked { reference: u32, index: u32, is_nullable: bool },
    Attribute { source: Source, ty: PlainType, name: Piece },
    UserId,
    TenantId,
    RealmId,
    OrgId,
    Now,
}

/// Lists that are longer are looked through by the tree, which counts the work.
const LONG_LIST: usize = 1000;

impl FlatConditions {
    /// The first steps of a condition.
    pub fn first(&self, condition: FlatIndex) -> Option<FirstSteps> {
        let mut first = self.step(condition.start)?;
        let mut second = None;
        for next in [&mut first.on_true, &mut first.on_false] {
            if let (None, Some(step)) = (second, self.steps.get(next.0 as usize)) {
                second = Some(*step);
                *next = Next::SECOND;
            }
        }
        Some(FirstSteps { first, second: second.unwrap_or(first) })
    }

    /// A step by its place, or one that always gives this answer.
    fn step(&self, next: Next) -> Option<Step> {
        let known = |value| Step {
            test: Test::Truth(Operand::Known(Plain::Bool(value))),
            on_true: Next::TRUE,
            on_false: Next::FALSE,
        };
        match next {
            Next::TRUE => Some(known(true)),
            Next::FALSE => Some(known(false)),
            Next(at) => self.steps.get(at as usize).copied(),
        }
    }

    /// What a condition says; none when only its tree can tell.
    pub fn ask(&self, condition: FlatIndex, input: &Input<'_>) -> Option<bool> {
        self.ask_from(&self.first(condition)?, input)
    }

    /// The same, by its first steps.
    #[inline]
    pub fn ask_from(&self, steps: &FirstSteps, input: &Input<'_>) -> Option<bool> {
        let mut step = &steps.first;
        loop {
            let next = if self.test(&step.test, input)? { step.on_true } else { step.on_false };
            step = match next {
                Next::TRUE => return Some(true),
                Next::FALSE => return Some(false),
                Next::SECOND => &steps.second,
                Next(at) => self.steps.get(at as usize)?,
            };
        }
    }

    #[inline]
    fn test(&self, test: &Test, input: &Input<'_>) -> Option<bool> {
        match test {
            Test::Compared(op, left, right) => self.at(left, input)?.compared(*op, self.value(right, input)?),
            test => self.rare(test, input),
        }
    }

    fn rare(&self, test: &Test, input: &Input<'_>) -> Option<bool> {
        match test {
            Test::Compared(..) | Test::Other => None,
            Test::Part(part, text, other) => {
                let (Plain::Text(text), Plain::Text(other)) = (self.at(text, input)?, self.value(other, input)?) else {
                    return None;
                };
                // A long one counts as work, which the tree does.
                (text.len().max(other.len()) <= LONG).then(|| part.is_in(text, other))
            }
            Test::Among(left, list) => {
                let left = self.at(left, input)?;
                let mut found = false;
                for item in self.lists.get(list.start as usize..list.end as usize)? {
                    found |= left.equals(self.value(item, input)?)?;
                }
                Some(found)
            }
            Test::AmongRoles(left) => {
                let Plain::Text(left) = self.value(left, input)? else { return None };
                let roles = &input.known.as_ref()?.principal.roles;
                (roles.len() <= MANY_ROLES).then(|| roles.iter().any(|role| role == left))
            }
            Test::AmongAttribute(left, source, name) => {
                let Plain::Text(left) = self.value(left, input)? else { return None };
                let Json::Array(items) = self.attribute(*source, *name, input)? else { return None };
                if items.len() > LONG_LIST {
                    return None;
                }
                let mut found = false;
                for item in items {
                    found |= attribute_text(item.as_str()?)? == left;
                }
                Some(found)
            }
            Test::HasField(index) => {
                let found = input.record?.record.0.get(*index as usize);
                Some(found.is_some_and(|(_, value)| !value.is_absent()))
            }
            Test::HasAttribute(source, name) => {
                input.known?;
                Some(self.attribute(*source, *name, input).is_some_and(|json| !json.is_null()))
            }
            Test::Truth(operand) => match self.value(operand, input)? {
                Plain::Bool(value) => Some(value),
                _ => None,
            },
        }
    }

    #[inline]
    fn value<'a>(&'a self, operand: &Operand, input: &Input<'a>) -> Option<Plain<'a>> {
        match operand {
            Operand::Known(value) => Some(*value),
            Operand::Text(piece) => self.text(*piece).map(Plain::Text),
            Operand::At(place) => self.at(place, input),
        }
    }

    #[inline]
    fn at<'a>(&'a self, place: &Place, input: &Input<'a>) -> Option<Plain<'a>> {
        Some(match *place {
            Place::Field { index, is_nullable } => field(&input.record?.record.0, index, is_nullable)?,
            Place::Attribute { source, ty, name } => Plain::of_attribute(self.attribute(source, name, input)?, ty)?,
            Place::Walked { reference, index, is_nullable } => match input.record?.references.get(&reference)? {
                Loaded::Found(row) => field(&row.record.0, index, is_nullable)?,
                Loaded::Absent => return None,
            },
            Place::UserId => Plain::Text(&input.known?.principal.user_id),
            Place::TenantId => Plain::Text(&input.known?.principal.tenant_id),
            Place::RealmId => Plain::Text(&input.known?.principal.realm_id),
            Place::OrgId => input.known?.principal.org_id.as_deref().map_or(Plain::Null, Plain::Text),
            Place::Now => Plain::Timestamp(crate::Timestamp::from_instant(input.known?.now)),
        })
    }

    #[inline]
    fn attribute<'a>(&self, source: Source, name: Piece, input: &Input<'a>) -> Option<&'a Json> {
        let (known, name) = (input.known?, self.text(name)?);
        match source {
            Source::Principal => known.principal.attributes.get(name),
            Source::Context => known.context.get(name),
        }
    }

    #[inline]
    fn text(&self, piece: Piece) -> Option<&str> {
        self.texts.get(piece.start as usize..piece.end as usize)
    }
}

#[inline]
fn field<N>(values: &[(N, Value)], index: u32, is_nullable: bool) -> Option<Plain<'_>> {
    let (_, value) = values.get(index as usize)?;
    Plain::of_field(value, is_nullable)
}

#[cfg(test)]
mod tests {
    #[test]
    fn steps_are_small() {
        assert_eq!(size_of::<Option<super::FirstSteps>>(), 96);
    }
}
