//! `size` and the extension `lists`.

use crate::Val;
use crate::eval::{Attempt, Failure, sort_by_key};

/// The longest list that `lists.range` makes.
const LONGEST: i64 = 100_000;
/// How many comparisons `distinct` may make: 3,000 plain elements.
const MOST_COMPARED: u64 = 9_000_000;

pub(super) fn call<'a>(function: &str, args: &[Val<'a>]) -> Option<Attempt<'a>> {
    match (function, args) {
        ("size", [value]) => size(value),
        ("distinct", [Val::List(items)]) => Some(distinct(items)),
        ("flatten", [Val::List(items)]) => Some(flatten(items, 1)),
        ("flatten", [Val::List(items), Val::Int(depth)]) => Some(flatten(items, *depth)),
        ("reverse", [Val::List(items)]) => Some(Ok(Val::List(items.iter().rev().cloned().collect()))),
        ("slice", [Val::List(items), Val::Int(start), Val::Int(end)]) => Some(slice(items, *start, *end)),
        ("sort", [Val::List(items)]) => {
            let keyed = items.iter().map(|item| (item.clone(), item.clone())).collect();
            Some(sort_by_key(keyed).map(Val::list))
        }
        ("lists.range", [Val::Int(end)]) if *end > LONGEST => {
            Some(Err(Failure::invalid("a range has at most 100,000 elements")))
        }
        ("lists.range", [Val::Int(end)]) => Some(Ok(Val::List((0..*end).map(Val::Int).collect()))),
        _ => None,
    }
}

fn size<'a>(value: &Val<'a>) -> Option<Attempt<'a>> {
    let size = match value {
        Val::String(text) => text.chars().count(),
        Val::Bytes(bytes) => bytes.len(),
        Val::List(items) => items.len(),
        Val::Map(entries) => entries.len(),
        Val::Records(rows) => rows.len(),
        _ => return None,
    };
    Some(i64::try_from(size).map(Val::Int).map_err(|_| Failure::overflow()))
}

fn distinct<'a>(items: &[Val<'a>]) -> Attempt<'a> {
    // Each is compared with all that were kept.
    let weight: u64 = items.iter().map(|item| 1 + item.weight(MOST_COMPARED)).sum();
    if weight.saturating_mul(items.len() as u64) > MOST_COMPARED {
        return Err(Failure::invalid("too many elements are to be told apart"));
    }
    let mut kept: Vec<Val<'a>> = Vec::new();
    for item in items {
        if !kept.iter().any(|other| other.equals(item)) {
            kept.push(item.clone());
        }
    }
    Ok(Val::list(kept))
}

fn flatten<'a>(items: &[Val<'a>], depth: i64) -> Attempt<'a> {
    fn into<'a>(items: &[Val<'a>], depth: i64, out: &mut Vec<Val<'a>>) {
        for item in items {
            match item {
                Val::List(inner) if depth > 0 => into(inner, depth - 1, out),
                other => out.push(other.clone()),
            }
        }
    }
    if depth < 0 {
        return Err(Failure::invalid("a list is flattened by a level of 0 or more"));
    }
    let mut out = Vec::new();
    into(items, depth, &mut out);
    Ok(Val::list(out))
}

fn slice<'a>(items: &[Val<'a>], start: i64, end: i64) -> Attempt<'a> {
    let (Ok(start), Ok(end)) = (usize::try_from(start), usize::try_from(end)) else {
        return Err(Failure::invalid("an index is beyond the list"));
    };
    match items.get(start..end) {
        Some(part) => Ok(Val::List(part.iter().cloned().collect())),
        None => Err(Failure::invalid("an index is beyond the list")),
    }
}
