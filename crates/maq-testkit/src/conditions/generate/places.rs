//! What a condition can speak of where it stands: fields and lists of the records in reach.

use super::{Generator, Place};
use maq_expr::{EntityIndex, EntityShape, Type};
use std::sync::Arc;

impl<'a> Generator<'a> {
    pub(super) fn variable(&mut self) -> String {
        self.next += 1;
        format!("v{}", self.next)
    }

    /// A list of records with a new variable for its elements.
    pub(super) fn list(&mut self) -> Option<(String, EntityIndex, u32, String)> {
        if self.scope.len() > 3 {
            return None;
        }
        let mut lists = Vec::new();
        for root in &self.scope {
            for child in self.shape(root.entity).map_or(&[][..], |shape| &shape.children) {
                lists.push((child.entity, root.hops, format!("{}.{}", root.name, child.name)));
            }
            if root.name != "record" {
                continue;
            }
            for field in self.shape(root.entity).map_or(&[][..], |shape| &shape.fields) {
                let Type::Reference(target, _) = &field.ty else { continue };
                for child in self.shape(*target).map_or(&[][..], |shape| &shape.children) {
                    lists.push((child.entity, 1, format!("{}.{}.{}", root.name, field.name, child.name)));
                }
            }
        }
        if lists.is_empty() {
            return None;
        }
        let (entity, hops, path) = self.random.pick(&lists).clone();
        Some((self.variable(), entity, hops, path))
    }

    pub(super) fn shape(&self, entity: EntityIndex) -> Option<&'a EntityShape> {
        self.shapes.get(entity.0 as usize)
    }

    /// Fields of all records in reach: of each of them, and of those one and two references away.
    pub(super) fn places(&self, wanted: impl Fn(&Place) -> bool) -> Vec<Place> {
        let mut places = Vec::new();
        for root in &self.scope {
            self.reach(&root.name, root.entity, 2 - root.hops, &mut places);
        }
        places.retain(|place| wanted(place));
        places
    }

    pub(super) fn reach(&self, path: &str, entity: EntityIndex, hops: u32, places: &mut Vec<Place>) {
        for field in self.shape(entity).map_or(&[][..], |shape| &shape.fields) {
            let path = format!("{path}.{}", field.name);
            if let Type::Reference(target, _) = &field.ty
                && hops > 0
            {
                self.reach(&path, *target, hops - 1, places);
            }
            places.push(Place { path, presence: field.presence, ty: field.ty.clone() });
        }
    }

    /// A field of a type; those of the record itself more often than those far away.
    pub(super) fn field(&mut self, ty: &Type) -> Option<Place> {
        let mut places = self.places(|place| fits(&place.ty, ty));
        if self.random.percent(60) {
            let is_near = |place: &Place| place.path.matches('.').count() == 1;
            let near: Vec<usize> = (0..).zip(&places).filter(|(_, place)| is_near(place)).map(|(at, _)| at).collect();
            if !near.is_empty() {
                let at = *self.random.pick(&near);
                return Some(places.swap_remove(at));
            }
        }
        if places.is_empty() {
            return None;
        }
        let at = self.random.below(places.len());
        Some(places.swap_remove(at))
    }

    /// A field of the innermost record.
    pub(super) fn own_field(&mut self, ty: &Type) -> Option<String> {
        let root = self.scope.last()?.clone();
        let mut places = Vec::new();
        self.reach(&root.name, root.entity, 1_u32.saturating_sub(root.hops), &mut places);
        places.retain(|place| fits(&place.ty, ty));
        if places.is_empty() { None } else { Some(self.random.pick(&places).path.clone()) }
    }
}

/// Whether a field of type `of` stands where `wanted` is: a reference is its target's id.
fn fits(of: &Type, wanted: &Type) -> bool {
    match of {
        Type::Reference(_, id) => fits(&Arc::clone(id), wanted),
        Type::Enum(_) => false,
        of => of == wanted,
    }
}
