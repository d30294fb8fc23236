//! Conditions, compiled again only where what they read changed. They may speak of other entities, so they come after all
//! of them and are remembered apart.

use crate::stages::conditions::{self, ConditionsOutput};
use crate::stages::names::NamesOutput;
use maq_diag::Finding;
use maq_doc::EntityDoc;
use maq_expr::{EntityIndex, EntityShape, Environment};
use maq_ir::{Entity, shapes::shapes};
use std::collections::HashMap;
use std::sync::Arc;

/// The conditions of a model as they were compiled last.
#[derive(Debug, Default)]
pub(crate) struct RememberedConditions {
    shapes: Arc<[EntityShape]>,
    /// The entities that the shapes are of.
    seen: Vec<Arc<Entity>>,
    entities: HashMap<String, Remembered>,
}

#[derive(Debug)]
struct Remembered {
    /// The entity without its conditions.
    before: Arc<Entity>,
    index: EntityIndex,
    output: ConditionsOutput,
}

impl RememberedConditions {
    /// Puts the compiled conditions into `entities`, which stand as in the model.
    pub fn resolve(&mut self, names: &NamesOutput<'_>, entities: &mut [Arc<Entity>], findings: &mut Vec<Finding>) {
        let docs: Vec<&EntityDoc> =
            names.entities.iter().filter(|named| named.index.is_some()).map(|named| named.doc).collect();
        if !docs.iter().any(|doc| conditions::has_conditions(doc)) {
            *self = RememberedConditions::default();
            return;
        }
        let before = self.look_at(entities);
        let mut last = std::mem::take(&mut self.entities);
        for ((at, entity), doc) in (0u32..).map(EntityIndex).zip(entities.iter_mut()).zip(docs) {
            if !conditions::has_conditions(doc) {
                continue;
            }
            let environment = || Arc::new(Environment::model(self.shapes.clone(), at));
            let kept = last.remove(&doc.id).filter(|remembered| {
                remembered.index == at
                    && Arc::ptr_eq(&remembered.before, entity)
                    && self.reads_the_same(&remembered.output, &before)
            });
            let remembered = match kept {
                Some(mut kept) => {
                    if !Arc::ptr_eq(&before, &self.shapes) {
                        conditions::move_to(&mut kept.output, &environment());
                    }
                    kept
                }
                None => Remembered {
                    before: entity.clone(),
                    index: at,
                    output: conditions::resolve(entity, doc, &environment()),
                },
            };
            findings.extend_from_slice(&remembered.output.findings);
            *entity = remembered.output.entity.clone();
            self.entities.insert(doc.id.clone(), remembered);
        }
    }

    /// Makes the shapes anew where they differ; the ones from before.
    fn look_at(&mut self, entities: &[Arc<Entity>]) -> Arc<[EntityShape]> {
        let before = self.shapes.clone();
        let is_same = self.seen.len() == entities.len()
            && self.seen.iter().zip(entities).all(|(one, other)| Arc::ptr_eq(one, other) || has_same_shape(one, other));
        if !is_same {
            self.shapes = shapes(entities);
        }
        self.seen = entities.to_vec();
        before
    }

    fn reads_the_same(&self, output: &ConditionsOutput, before: &Arc<[EntityShape]>) -> bool {
        if Arc::ptr_eq(before, &self.shapes) {
            return true;
        }
        output.reads.as_ref().is_some_and(|reads| {
            reads.iter().all(|entity| {
                let at = entity.0 as usize;
                matches!((before.get(at), self.shapes.get(at)), (Some(one), Some(other)) if one == other)
            })
        })
    }
}

fn has_same_shape(one: &Entity, other: &Entity) -> bool {
    one.name == other.name
        && one.identity == other.identity
        && one.fields.len() == other.fields.len()
        && one.fields.iter().zip(&other.fields).all(|(one, other)| {
            (&one.name, &one.ty, one.required, one.absent, &one.inverse)
                == (&other.name, &other.ty, other.required, other.absent, &other.inverse)
        })
}
