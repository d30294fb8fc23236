//! Fields, references that are walked, and `has`.

use super::{Local, Lowered, Lowering, Part, kind_of, refused};
use crate::predicate::{Link, Rows};
use crate::{EntityIndex, FieldShape, Kind, Node, Predicate, Presence, Term, Type, Variable};

/// A record: a row at a level, and the references that lead on from it.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Level of the row where the walk begins.
    level: u32,
    /// Place of each reference, and the entity it leads to.
    hops: Vec<(u32, EntityIndex)>,
    /// The entity of the record.
    pub(super) entity: EntityIndex,
}

impl<'a> Lowering<'a> {
    pub(super) fn place(&self, node: &Node) -> Lowered<Place> {
        let here = |level, entity| Place { level, hops: Vec::new(), entity };
        match &node.kind {
            Kind::Variable(Variable::Record) => match self.environment.record {
                Some(entity) => Ok(here(0, entity)),
                None => refused(node, "a record where there is none"),
            },
            Kind::Local(slot, name) => match self.locals.get(&slot.0) {
                Some(Local::Row(level, entity)) => Ok(here(*level, *entity)),
                _ => refused(node, format!("a field of `{name}`")),
            },
            Kind::Field { operand, index, .. } => {
                let mut place = self.place(operand)?;
                match &self.shape(node, place.entity, *index)?.ty {
                    Type::Reference(target, _) => {
                        place.hops.push((*index, *target));
                        place.entity = *target;
                        Ok(place)
                    }
                    _ => refused(node, "a field of what is no record"),
                }
            }
            _ => refused(node, "a field of a record that is chosen or looked up"),
        }
    }

    pub(super) fn shape(&self, node: &Node, entity: EntityIndex, index: u32) -> Lowered<&'a FieldShape> {
        let shape = self.environment.entity(entity).and_then(|shape| shape.fields.get(index as usize));
        shape.map_or_else(|| refused(node, "a field that its entity does not have"), Ok)
    }

    /// Does `make` at the level of a place, and tells which rows lead there.
    pub(super) fn at<T>(
        &mut self,
        place: &Place,
        make: impl FnOnce(&mut Self, u32) -> Lowered<T>,
    ) -> Lowered<(Vec<Rows>, T)> {
        let mut level = place.level;
        let mut walk = Vec::with_capacity(place.hops.len());
        for (field, entity) in &place.hops {
            let next = self.new_level();
            walk.push(Rows { level: next, entity: *entity, link: Link::Target { level, field: *field } });
            level = next;
        }
        let made = make(self, level)?;
        Ok((walk, made))
    }

    pub(super) fn field(&mut self, node: &Node, operand: &Node, index: u32) -> Lowered<Part> {
        let place = self.place(operand)?;
        let shape = self.shape(node, place.entity, index)?;
        let Some(kind) = kind_of(&shape.ty) else { return refused(node, "a field that is no single value") };
        let may_be_null = shape.presence == Presence::Null;
        let (walk, term) = self.at(&place, |_, level| Ok(Term::Field { level, field: index, kind }))?;
        let null = match may_be_null {
            true => along_condition(&walk, Predicate::IsNull(term.clone())),
            false => Predicate::Known(false),
        };
        Ok(Part { term: along(&walk, term), null })
    }

    pub(super) fn has(&mut self, node: &Node) -> Lowered<Predicate> {
        let (operand, asked) = match &node.kind {
            Kind::Field { operand, index, .. } => (operand, Some(*index)),
            Kind::Children { operand, .. } => (operand, None),
            _ => return refused(node, "`has` of what stands in a map"),
        };
        let place = self.place(operand)?;
        let asked = match asked {
            Some(index) => match kind_of(&self.shape(node, place.entity, index)?.ty) {
                Some(kind) => Some((index, kind)),
                None => return refused(node, "a field that is no single value"),
            },
            None => None,
        };
        let (walk, there) = self.at(&place, |_, level| {
            Ok(match asked {
                Some((field, kind)) => Predicate::IsNull(Term::Field { level, field, kind }).negated(),
                None => Predicate::Known(true),
            })
        })?;
        Ok(along_condition(&walk, there))
    }
}

/// A term at the end of a walk; empty where there is no such row.
pub(super) fn along(walk: &[Rows], term: Term) -> Term {
    walk.iter().rev().fold(term, |term, rows| Term::Of(rows.clone(), Box::new(term)))
}

/// A condition at the end of a walk; unknown where there is no such row.
pub(super) fn along_condition(walk: &[Rows], condition: Predicate) -> Predicate {
    match walk {
        [] => condition,
        walk => Predicate::Term(along(walk, Term::Truth(Box::new(condition)))),
    }
}
