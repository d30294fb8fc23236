//! The lists of who asks that a condition goes through element by element. A database is asked of each element, so how
//! much a condition is for it is known only with their sizes.

use crate::{BinaryOp, Condition, Kind, Known, Node, Type, Variable};
use serde_json::Value as Json;
use std::sync::Arc;

/// Where a list stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CallerList {
    /// The principal's roles.
    Roles,
    /// An attribute of the principal.
    Principal(Arc<str>),
    /// What the request brings.
    Context(Arc<str>),
}

impl CallerList {
    fn json<'a>(&self, known: &Known<'a>) -> Option<&'a Json> {
        match self {
            CallerList::Roles => None,
            CallerList::Principal(name) => known.principal.attributes.get(&**name),
            CallerList::Context(name) => known.context.get(&**name),
        }
    }

    /// How many elements it has; none when it is no list.
    pub fn elements(&self, known: &Known<'_>) -> usize {
        match (self, self.json(known)) {
            (CallerList::Roles, _) => known.principal.roles.len(),
            (_, Some(Json::Array(items))) => items.len(),
            (_, Some(Json::Object(entries))) => entries.len(),
            _ => 0,
        }
    }

    /// More elements than any list has that can be made of it; looks no further than `most`.
    pub fn pieces(&self, known: &Known<'_>, most: usize) -> usize {
        match self {
            CallerList::Roles => known.principal.roles.iter().map(|role| role.len() + 1).sum(),
            _ => self.json(known).map_or(0, |json| pieces(json, most)),
        }
    }
}

fn pieces(json: &Json, most: usize) -> usize {
    let add = |sum: usize, inner: &Json| if sum > most { sum } else { sum + 1 + pieces(inner, most) };
    match json {
        Json::Array(items) => items.iter().fold(0, add),
        Json::Object(entries) => entries.iter().fold(0, |sum, (key, inner)| add(sum + key.len(), inner)),
        Json::String(text) => text.len(),
        _ => 1,
    }
}

/// What a condition goes through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallerLists {
    /// Beside `in`, once for each.
    pub members: Vec<CallerList>,
    /// By loops that do not stand in one another.
    pub looped: Option<CallerList>,
    /// In any other way: everything that the condition asks of who asks.
    pub others: Vec<CallerList>,
}

impl CallerLists {
    /// None at all.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty() && self.looped.is_none() && self.others.is_empty()
    }
}

impl Condition {
    /// The lists of who asks that it goes through.
    pub fn caller_lists(&self) -> CallerLists {
        let mut walk = Walk { lists: CallerLists::default(), is_plain: true };
        walk.node(&self.root, false);
        if walk.is_plain {
            return walk.lists;
        }
        let mut others = Vec::new();
        mentioned(&self.root, &mut others);
        others.sort_unstable();
        others.dedup();
        CallerLists { others, ..CallerLists::default() }
    }
}

struct Walk {
    lists: CallerLists,
    /// Every list stands where it is gone through, and no loop over one stands in another.
    is_plain: bool,
}

impl Walk {
    fn node(&mut self, node: &Node, is_inside: bool) {
        match &node.kind {
            Kind::Comprehension(inner) if !is_counted(&inner.range) => {
                self.looped(&inner.range, is_inside);
                inner.filter.iter().chain(&inner.transform).for_each(|part| self.node(part, true));
            }
            Kind::Binary(BinaryOp::In, left, right) if !is_counted(right) => {
                match list(right) {
                    // Doubles are asked for one by one, as in a loop.
                    _ if matches!(&right.ty, Type::List(inner) if **inner == Type::Double) => {
                        self.looped(right, is_inside)
                    }
                    Some(list) if !is_inside => self.lists.members.push(list),
                    _ => self.is_plain = false,
                }
                self.node(left, is_inside);
            }
            _ => node.parts().into_iter().for_each(|part| self.node(part, is_inside)),
        }
    }

    fn looped(&mut self, range: &Node, is_inside: bool) {
        match list(range) {
            Some(list) if !is_inside && self.lists.looped.as_ref().is_none_or(|looped| *looped == list) => {
                self.lists.looped = Some(list);
            }
            _ => self.is_plain = false,
        }
    }
}

/// A list that is written out, or one of records: who asks makes it no longer.
fn is_counted(node: &Node) -> bool {
    match &node.kind {
        Kind::List(_) | Kind::Constant(_) | Kind::Children { .. } => true,
        Kind::Comprehension(inner) => is_of_records(&inner.range),
        _ => false,
    }
}

/// What is made of a list of records.
fn is_of_records(node: &Node) -> bool {
    match &node.kind {
        Kind::Children { .. } => true,
        Kind::Comprehension(inner) => is_of_records(&inner.range),
        _ => false,
    }
}

/// The list that a node names.
fn list(node: &Node) -> Option<CallerList> {
    let Kind::Select { operand, field, optional: false } = &node.kind else { return None };
    match &operand.kind {
        Kind::Variable(Variable::Principal) if &**field == "roles" => Some(CallerList::Roles),
        Kind::Variable(Variable::Principal) => Some(CallerList::Principal(field.clone())),
        Kind::Variable(Variable::Context) => Some(CallerList::Context(field.clone())),
        _ => None,
    }
}

fn mentioned(node: &Node, found: &mut Vec<CallerList>) {
    found.extend(list(node));
    node.parts().into_iter().for_each(|part| mentioned(part, found));
}
