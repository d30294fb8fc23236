//! What conditions walk to from a record: what must be loaded with it before it can be decided in memory.

use crate::PolicySet;
use crate::index::covers_action;
use crate::operations::data_action;
use maq_expr::{Kind, Node, Slot, Variable};
use std::collections::{BTreeMap, HashMap};

/// The references and child lists that conditions read from a record, and so on from there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Walks {
    /// By place of the reference in [`maq_expr::EntityShape::fields`].
    pub references: BTreeMap<u32, Walks>,
    /// By place in [`maq_expr::EntityShape::children`].
    pub children: BTreeMap<u32, Walks>,
}

/// A step from one record to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Reference(u32),
    Children(u32),
}

impl Walks {
    /// True when the record alone is enough.
    pub fn is_empty(&self) -> bool {
        self.references.is_empty() && self.children.is_empty()
    }

    /// What `node` walks to.
    pub fn of(node: &Node) -> Walks {
        let mut walks = Walks::default();
        collect(node, &mut HashMap::new(), &mut walks);
        walks
    }

    fn add(&mut self, path: &[Step]) {
        let mut at = self;
        for step in path {
            at = match step {
                Step::Reference(field) => at.references.entry(*field).or_default(),
                Step::Children(list) => at.children.entry(*list).or_default(),
            };
        }
    }
}

impl PolicySet {
    /// What the conditions of an action walk to.
    pub fn walks(&self, action: &str) -> Walks {
        let mut walks = Walks::default();
        let Some(action) = data_action(action) else { return walks };
        for rule in self.rules.iter().filter(|rule| covers_action(&rule.policy, action)) {
            if let Some(condition) = &rule.policy.condition {
                collect(&condition.root, &mut HashMap::new(), &mut walks);
            }
        }
        walks
    }
}

fn collect(node: &Node, locals: &mut HashMap<Slot, Vec<Step>>, walks: &mut Walks) {
    match &node.kind {
        Kind::Field { operand, .. } => {
            if let Some(path) = path_of(operand, locals) {
                walks.add(&path);
            }
        }
        Kind::Children { .. } => {
            if let Some(path) = path_of(node, locals) {
                walks.add(&path);
            }
        }
        Kind::Comprehension(inner) => {
            if let Some(path) = path_of(&inner.range, locals) {
                let slot = inner.second.as_ref().map_or(inner.first.0, |(slot, _)| *slot);
                locals.insert(slot, path);
            }
        }
        Kind::Bind { slot, value, .. } => {
            if let Some(path) = path_of(value, locals) {
                locals.insert(*slot, path);
            }
        }
        _ => {}
    }
    for part in node.parts() {
        collect(part, locals, walks);
    }
}

/// From the record to the records that `node` is; none when it is no record.
fn path_of(node: &Node, locals: &HashMap<Slot, Vec<Step>>) -> Option<Vec<Step>> {
    match &node.kind {
        Kind::Variable(Variable::Record) => Some(Vec::new()),
        Kind::Local(slot, _) => locals.get(slot).cloned(),
        Kind::Field { operand, index, .. } => {
            let mut path = path_of(operand, locals)?;
            path.push(Step::Reference(*index));
            Some(path)
        }
        Kind::Children { operand, index, .. } => {
            let mut path = path_of(operand, locals)?;
            path.push(Step::Children(*index));
            Some(path)
        }
        // `record.lines.filter(l, ...)` is the same records.
        Kind::Comprehension(inner) => path_of(&inner.range, locals),
        _ => None,
    }
}
