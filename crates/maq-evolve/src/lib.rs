//! Model against model: what changes between what runs and what shall run, whether it can be done over existing rows,
//! and the schema operations that do it.
//!
//! What is here: the comparison, its classification in words, and the operations. What is not: SQL text and running
//! it (`maq-query`, a store), and transformers between versions.
//!
//! Nothing is ever dropped. Going back to an older release parks what it does not know: columns and tables stay, with
//! their rows, and limits in the database stay as wide as they were made; going forward again takes them up.

mod change;
mod entity;
mod field;
mod limits;
mod order;
mod physical;
mod role;
#[cfg(test)]
mod tests;

pub use change::{Change, ChangeKind, Direction, Evolution};

use maq_diag::{Finding, Place, catalogue};
use maq_ir::Model;
use maq_ir::schema::Table;
use std::sync::Arc;

/// What it takes to bring a database from `old` (what runs; empty before the first release) to `new`. `physical` is
/// every table as it stands, by entity id: it may have more than `old` knows. With a finding there are no operations,
/// and the tables stay as they are.
pub fn evolve(old: &Model, physical: &[(Arc<str>, Table)], new: &Model, direction: Direction) -> Evolution {
    let mut changes = entity::compare(old, new, direction);
    changes.extend(role::compare(old, new));
    let plan = physical::plan(old, physical, new, direction);
    changes.extend(plan.obstacles);
    let findings: Vec<Finding> =
        changes.iter().filter(|change| !change.supported).map(|change| finding(change, old, new)).collect();
    if findings.is_empty() {
        return Evolution { changes, operations: plan.operations, findings, tables_after: plan.tables };
    }
    Evolution { changes, operations: Vec::new(), findings, tables_after: physical.to_vec() }
}

/// The finding of a change that cannot be done, at the entity and the field as the new model has them, or else the
/// old one.
fn finding(change: &Change, old: &Model, new: &Model) -> Finding {
    let entity = new.entity(&change.entity).or_else(|| old.entity(&change.entity));
    let document = entity.map_or(&change.entity, |view| &view.entity.id);
    let member = change.member.as_deref().unwrap_or_default();
    let place = match entity.and_then(|view| view.field(member)) {
        Some(view) => Place::at(&**document, &["fields", &view.field.id]),
        None => Place::at(&**document, &[]),
    };
    let params = [("entity", &*change.entity), ("member", member), ("change", &change.summary)];
    Finding::new(catalogue::PUBLISH_CHANGE_NEEDS_EVOLUTION, place, &params)
}
