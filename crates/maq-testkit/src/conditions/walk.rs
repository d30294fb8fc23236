//! Which references and lists a condition reads, and records with just those.

use maq_expr::{EntityIndex, EntityShape, Kind, Loaded, Node, Row, Variable};
use maq_value::{Record, Value};
use std::collections::BTreeMap;

/// What is read from a record on.
#[derive(Debug, Clone, Default)]
pub(super) struct Walk {
    references: BTreeMap<u32, Walk>,
    children: BTreeMap<u32, Walk>,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Reference(u32),
    Children(u32),
}

/// What a condition reads.
pub(super) fn walk_of(node: &Node) -> Walk {
    let mut walk = Walk::default();
    see(node, &mut BTreeMap::new(), &mut walk);
    walk
}

type Locals = BTreeMap<u32, Vec<Step>>;

fn see(node: &Node, locals: &mut Locals, walk: &mut Walk) {
    match &node.kind {
        Kind::Field { operand, .. } => {
            if let Some(path) = path(operand, locals) {
                walk.add(&path);
            }
        }
        Kind::Children { .. } => {
            if let Some(path) = path(node, locals) {
                walk.add(&path);
            }
        }
        Kind::Comprehension(inner) => {
            see(&inner.range, locals, walk);
            if let Some(path) = path(&inner.range, locals) {
                locals.insert(inner.first.0.0, path);
            }
            inner.filter.iter().chain(&inner.transform).for_each(|part| see(part, locals, walk));
            return;
        }
        _ => {}
    }
    node.parts().into_iter().for_each(|part| see(part, locals, walk));
}

fn path(node: &Node, locals: &Locals) -> Option<Vec<Step>> {
    let on = |operand: &Node, step| {
        let mut path = path(operand, locals)?;
        path.push(step);
        Some(path)
    };
    match &node.kind {
        Kind::Variable(Variable::Record) => Some(Vec::new()),
        Kind::Local(slot, _) => locals.get(&slot.0).cloned(),
        Kind::Field { operand, index, .. } => on(operand, Step::Reference(*index)),
        Kind::Children { operand, index, .. } => on(operand, Step::Children(*index)),
        Kind::Comprehension(inner) => path(&inner.range, locals),
        _ => None,
    }
}

impl Walk {
    fn add(&mut self, path: &[Step]) {
        let mut walk = self;
        for step in path {
            walk = match step {
                Step::Reference(field) => walk.references.entry(*field).or_default(),
                Step::Children(list) => walk.children.entry(*list).or_default(),
            };
        }
    }
}

/// Everything that is stored, by entity.
pub(super) struct Stored<'a> {
    pub(super) shapes: &'a [EntityShape],
    pub(super) records: Vec<Vec<Record>>,
}

impl Stored<'_> {
    /// A record with what a walk reads.
    pub(super) fn row(&self, entity: EntityIndex, record: &Record, walk: &Walk) -> Row {
        let mut row = Row { record: record.clone(), ..Row::default() };
        let Some(shape) = self.shapes.get(entity.0 as usize) else { return row };
        let value = |field: u32| record.0.get(field as usize).map_or(&Value::Missing, |(_, value)| value);
        for (field, walk) in &walk.references {
            let target = shape.fields.get(*field as usize).map(|field| &field.ty);
            let Some(maq_expr::Type::Reference(target, _)) = target else { continue };
            let found = self.of(*target).iter().find(|other| same(other.get("id"), value(*field)));
            let loaded = found.map(|found| Loaded::Found(Box::new(self.row(*target, found, walk))));
            row.references.insert(*field, loaded.unwrap_or(Loaded::Absent));
        }
        for (list, walk) in &walk.children {
            let Some(child) = shape.children.get(*list as usize) else { continue };
            let refers = |other: &&Record| {
                other.0.get(child.field as usize).is_some_and(|(_, value)| same(value, record.get("id")))
            };
            let rows = self.of(child.entity).iter().filter(refers).map(|other| self.row(child.entity, other, walk));
            row.children.insert(*list, rows.collect());
        }
        row
    }

    pub(super) fn of(&self, entity: EntityIndex) -> &[Record] {
        self.records.get(entity.0 as usize).map_or(&[], Vec::as_slice)
    }
}

/// Whether two ids are one; an empty reference leads nowhere.
fn same(left: &Value, right: &Value) -> bool {
    let whole = |value: &Value| match value {
        Value::Integer(value) | Value::BigInt(value) => Some(*value),
        _ => None,
    };
    !left.is_absent() && (left == right || whole(left).is_some() && whole(left) == whole(right))
}
