//! Lists, maps and optionals: making them, and taking out of them.

use super::machine::{Machine, Outcome, Watch};
use super::operators::no_overload;
use super::{ErrorKind, Failure};
use crate::{Node, Val};
use std::sync::Arc;

/// The element or entry under `key`; none when there is none.
pub(super) fn part<'a>(of: &Val<'a>, key: &Val<'a>) -> Result<Option<Val<'a>>, Failure> {
    match of {
        Val::Map(entries) => match key {
            Val::Bool(_) | Val::Int(_) | Val::Uint(_) | Val::Double(_) | Val::String(_) => {
                Ok(entries.iter().find(|(other, _)| other.equals(key)).map(|(_, value)| value.clone()))
            }
            _ => Err(Failure::new(ErrorKind::NoOverload, "no map has keys of this type")),
        },
        Val::List(items) => Ok(position(key)?.and_then(|place| items.get(place).cloned())),
        Val::Records(rows) => Ok(position(key)?.and_then(|place| rows.get(place)).map(Val::Record)),
        _ => Err(no_overload("[]")),
    }
}

/// A place in a list. A double is one when it is whole.
fn position(key: &Val<'_>) -> Result<Option<usize>, Failure> {
    match key {
        Val::Int(place) => Ok(usize::try_from(*place).ok()),
        Val::Uint(place) => Ok(usize::try_from(*place).ok()),
        Val::Double(place) if place.fract() == 0.0 && (0.0..1e15).contains(place) => Ok(Some(*place as usize)),
        Val::Double(_) => Err(Failure::invalid("an index is a whole number")),
        _ => Err(no_overload("[]")),
    }
}

impl<'a, W: Watch<'a>> Machine<'a, W> {
    pub fn index(&mut self, node: &'a Node, operand: &'a Node, index: &'a Node, optional: bool) -> Outcome<'a> {
        let operand = self.value(operand)?;
        let index = self.value(index)?;
        self.selected(node, &operand, &index, optional)
    }

    /// The value of an element or entry; none when it is an empty optional that is left out.
    fn kept(&mut self, node: &'a Node, optional: bool) -> Result<Option<Val<'a>>, super::EvalError> {
        match self.value(node)? {
            value if !optional => Ok(Some(value)),
            Val::Optional(None) => Ok(None),
            Val::Optional(Some(value)) => Ok(Some((*value).clone())),
            _ => Err(no_overload("?").at(node.id)),
        }
    }

    pub fn list(&mut self, node: &'a Node, items: &'a [(Node, bool)]) -> Outcome<'a> {
        let mut values = Vec::with_capacity(items.len());
        for (item, optional) in items {
            values.extend(self.kept(item, *optional)?);
        }
        self.finish(node, Ok(Val::list(values)))
    }

    pub fn map(&mut self, node: &'a Node, entries: &'a [(Node, Node, bool)]) -> Outcome<'a> {
        let mut values: Vec<(Val<'a>, Val<'a>)> = Vec::with_capacity(entries.len());
        for (key, value, optional) in entries {
            let key_value = self.value(key)?;
            if let Some(value) = self.kept(value, *optional)? {
                insert(&mut values, key_value, value).map_err(|failure| failure.at(key.id))?;
            }
        }
        self.finish(node, Ok(Val::Map(values.into())))
    }

    pub fn optional_map(
        &mut self,
        node: &'a Node,
        operand: &'a Node,
        slot: u32,
        body: &'a Node,
        flat: bool,
    ) -> Outcome<'a> {
        match self.value(operand)? {
            Val::Optional(None) => {
                if W::WATCHES {
                    self.watch.skip(body);
                }
                Ok(Val::Optional(None))
            }
            Val::Optional(Some(value)) => {
                let result = self.bound(slot, Ok((*value).clone()), |this| this.value(body))?;
                match (flat, result) {
                    (false, value) => Ok(Val::Optional(Some(Arc::new(value)))),
                    (true, value @ Val::Optional(_)) => Ok(value),
                    (true, _) => Err(no_overload("optFlatMap").at(node.id)),
                }
            }
            _ => Err(no_overload("optMap").at(node.id)),
        }
    }
}

/// Puts an entry into a map that is being made.
pub(super) fn insert<'a>(entries: &mut Vec<(Val<'a>, Val<'a>)>, key: Val<'a>, value: Val<'a>) -> Result<(), Failure> {
    if !matches!(key, Val::Bool(_) | Val::Int(_) | Val::Uint(_) | Val::String(_)) {
        return Err(Failure::new(ErrorKind::NoOverload, "a key is a bool, int, uint or string"));
    }
    if entries.iter().any(|(other, _)| other.equals(&key)) {
        return Err(Failure::invalid("a key stands twice in a map"));
    }
    entries.push((key, value));
    Ok(())
}
