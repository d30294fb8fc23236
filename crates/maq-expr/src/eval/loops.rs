//! The macros over lists and maps.

use super::machine::{Machine, Outcome, Watch};
use super::operators::no_overload;
use super::parts::insert;
use super::{ErrorKind, EvalError, Failure};
use crate::{Comprehension, MacroKind, Node, Row, Val};
use std::cmp::Ordering;
use std::sync::Arc;

/// What is looped over.
enum Range<'a> {
    List(Arc<[Val<'a>]>),
    Map(Arc<[(Val<'a>, Val<'a>)]>),
    Records(&'a [Row]),
}

impl<'a> Range<'a> {
    fn len(&self) -> usize {
        match self {
            Range::List(items) => items.len(),
            Range::Map(entries) => entries.len(),
            Range::Records(rows) => rows.len(),
        }
    }

    /// Index or key, and value.
    fn get(&self, place: usize) -> Option<(Val<'a>, Val<'a>)> {
        let index = Val::Int(place as i64);
        match self {
            Range::List(items) => Some((index, items.get(place)?.clone())),
            Range::Map(entries) => entries.get(place).cloned(),
            Range::Records(rows) => Some((index, Val::Record(rows.get(place)?))),
        }
    }
}

impl<'a, W: Watch<'a>> Machine<'a, W> {
    pub fn comprehension(&mut self, node: &'a Node, inner: &'a Comprehension) -> Outcome<'a> {
        let range = match self.value(&inner.range)? {
            Val::List(items) => Range::List(items),
            Val::Map(entries) => Range::Map(entries),
            Val::Records(rows) => Range::Records(rows),
            _ => return Err(no_overload(name(inner.kind)).at(node.id)),
        };
        match inner.kind {
            MacroKind::All => self.quantified(node, inner, &range, false),
            MacroKind::Exists => self.quantified(node, inner, &range, true),
            MacroKind::ExistsOne => self.exactly_one(node, inner, &range),
            MacroKind::Filter => self.filter(node, inner, &range),
            MacroKind::Map | MacroKind::TransformList => self.transformed(node, inner, &range),
            MacroKind::TransformMap | MacroKind::TransformMapEntry => self.mapped(node, inner, &range),
            MacroKind::SortBy => self.sorted(node, inner, &range),
        }
    }

    /// `body` for one element.
    fn each(&mut self, inner: &'a Comprehension, item: (Val<'a>, Val<'a>), keys: bool, body: &'a Node) -> Outcome<'a> {
        let (first, second) = item;
        self.charge(first.copying() + second.copying(), body.id)?;
        match &inner.second {
            None => {
                let only = if keys { first } else { second };
                self.bound(inner.first.0.0, Ok(only), |this| this.value(body))
            }
            Some((slot, _)) => {
                self.bound(inner.first.0.0, Ok(first), |this| this.bound(slot.0, Ok(second), |this| this.value(body)))
            }
        }
    }

    fn condition(
        &mut self,
        node: &'a Node,
        inner: &'a Comprehension,
        range: &Range<'a>,
        place: usize,
    ) -> Result<bool, EvalError> {
        let Some(filter) = &inner.filter else { return Ok(true) };
        let Some(item) = range.get(place) else { return Ok(false) };
        match self.each(inner, item, matches!(range, Range::Map(_)), filter)? {
            Val::Bool(value) => Ok(value),
            _ => Err(no_overload(name(inner.kind)).at(node.id)),
        }
    }

    fn transform(
        &mut self,
        inner: &'a Comprehension,
        range: &Range<'a>,
        place: usize,
    ) -> Result<Option<Val<'a>>, EvalError> {
        let (Some(transform), Some(item)) = (&inner.transform, range.get(place)) else { return Ok(None) };
        self.each(inner, item, matches!(range, Range::Map(_)), transform).map(Some)
    }

    /// `exists` (decided by true) and `all` (by false), errors absorbed.
    fn quantified(
        &mut self,
        node: &'a Node,
        inner: &'a Comprehension,
        range: &Range<'a>,
        decided: bool,
    ) -> Outcome<'a> {
        let mut failed = None;
        for place in 0..range.len() {
            match self.condition(node, inner, range, place) {
                Ok(value) if value == decided => return Ok(Val::Bool(decided)),
                Ok(_) => {}
                Err(error) if error.kind == ErrorKind::TooCostly => return Err(error),
                Err(error) => {
                    failed.get_or_insert(error);
                }
            }
        }
        match failed {
            Some(error) => Err(error),
            None => Ok(Val::Bool(!decided)),
        }
    }

    fn exactly_one(&mut self, node: &'a Node, inner: &'a Comprehension, range: &Range<'a>) -> Outcome<'a> {
        let mut count = 0u32;
        for place in 0..range.len() {
            count += u32::from(self.condition(node, inner, range, place)?);
        }
        Ok(Val::Bool(count == 1))
    }

    fn filter(&mut self, node: &'a Node, inner: &'a Comprehension, range: &Range<'a>) -> Outcome<'a> {
        let mut kept = Vec::new();
        for place in 0..range.len() {
            if self.condition(node, inner, range, place)?
                && let Some((first, second)) = range.get(place)
            {
                kept.push(if matches!(range, Range::Map(_)) { first } else { second });
            }
        }
        self.finish(node, Ok(Val::list(kept)))
    }

    fn transformed(&mut self, node: &'a Node, inner: &'a Comprehension, range: &Range<'a>) -> Outcome<'a> {
        let mut values = Vec::new();
        for place in 0..range.len() {
            if self.condition(node, inner, range, place)? {
                values.extend(self.transform(inner, range, place)?);
            }
        }
        self.finish(node, Ok(Val::list(values)))
    }

    fn mapped(&mut self, node: &'a Node, inner: &'a Comprehension, range: &Range<'a>) -> Outcome<'a> {
        let mut made = Vec::new();
        for place in 0..range.len() {
            if !self.condition(node, inner, range, place)? {
                continue;
            }
            let Some(value) = self.transform(inner, range, place)? else { continue };
            self.charge(made.len() as u64 / 4, node.id)?;
            let entries = match (inner.kind, value) {
                (MacroKind::TransformMapEntry, Val::Map(entries)) => entries.to_vec(),
                (MacroKind::TransformMapEntry, _) => return Err(no_overload(name(inner.kind)).at(node.id)),
                (_, value) => range.get(place).map(|(key, _)| (key, value)).into_iter().collect(),
            };
            for (key, value) in entries {
                insert(&mut made, key, value).map_err(|failure| failure.at(node.id))?;
            }
        }
        self.finish(node, Ok(Val::Map(made.into())))
    }

    fn sorted(&mut self, node: &'a Node, inner: &'a Comprehension, range: &Range<'a>) -> Outcome<'a> {
        let mut keyed = Vec::with_capacity(range.len());
        for place in 0..range.len() {
            if let (Some(key), Some((_, value))) = (self.transform(inner, range, place)?, range.get(place)) {
                keyed.push((key, value));
            }
        }
        let sorted = sort_by_key(keyed).map_err(|failure| failure.at(node.id))?;
        self.finish(node, Ok(Val::list(sorted)))
    }
}

/// The values in the order of their keys, which must all be of one type that has an order.
pub(crate) fn sort_by_key<'a>(mut keyed: Vec<(Val<'a>, Val<'a>)>) -> Result<Vec<Val<'a>>, Failure> {
    if let Some((first, _)) = keyed.first() {
        let kind = first.type_name().to_owned();
        if keyed.iter().any(|(key, _)| key.type_name() != kind || key.order(key).is_none()) {
            return Err(Failure::new(ErrorKind::NoOverload, "only values of one type that has an order are sorted"));
        }
    }
    keyed.sort_by(|(left, _), (right, _)| left.order(right).flatten().unwrap_or(Ordering::Equal));
    Ok(keyed.into_iter().map(|(_, value)| value).collect())
}

fn name(kind: MacroKind) -> &'static str {
    match kind {
        MacroKind::All => "all",
        MacroKind::Exists => "exists",
        MacroKind::ExistsOne => "exists_one",
        MacroKind::Filter => "filter",
        MacroKind::Map => "map",
        MacroKind::TransformList => "transformList",
        MacroKind::TransformMap => "transformMap",
        MacroKind::TransformMapEntry => "transformMapEntry",
        MacroKind::SortBy => "sortBy",
    }
}
