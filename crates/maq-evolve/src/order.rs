//! The order in which new tables are made: what is referred to before what refers, as far as circles allow.

use maq_ir::{EntityIdx, EntityView, Model};
use std::collections::HashSet;

/// The entities at `new`, targets first; within a circle the order of the model.
pub(crate) fn by_dependency<'a>(model: &'a Model, new: &HashSet<EntityIdx>) -> Vec<EntityView<'a>> {
    let mut ordered = Vec::with_capacity(new.len());
    let mut seen = HashSet::new();
    for view in model.entities().filter(|view| new.contains(&view.index)) {
        // An explicit stack: a chain of thousands of tables must not overflow ours.
        let mut stack = vec![(view, false)];
        while let Some((view, done)) = stack.pop() {
            if done {
                ordered.push(view);
                continue;
            }
            if !seen.insert(view.index) {
                continue;
            }
            stack.push((view, true));
            let targets: Vec<EntityView<'a>> = view.references().filter_map(|field| field.target()).collect();
            let waiting = targets.into_iter().rev().filter(|target| new.contains(&target.index));
            stack.extend(waiting.filter(|target| !seen.contains(&target.index)).map(|target| (target, false)));
        }
    }
    ordered
}
