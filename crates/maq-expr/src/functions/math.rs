//! The extension `math`.

use super::no_overload;
use crate::Val;
use crate::eval::{Attempt, Failure};
use std::cmp::Ordering;

pub(super) fn call<'a>(name: &str, args: &[Val<'a>]) -> Option<Attempt<'a>> {
    match (name, args) {
        ("greatest", [Val::List(items)]) => Some(extreme(items, Ordering::Greater, name)),
        ("least", [Val::List(items)]) => Some(extreme(items, Ordering::Less, name)),
        ("greatest", items) => Some(extreme(items, Ordering::Greater, name)),
        ("least", items) => Some(extreme(items, Ordering::Less, name)),
        (_, [value]) => one(name, value),
        (_, [left, right]) => two(name, left, right),
        _ => None,
    }
}

fn extreme<'a>(items: &[Val<'a>], wanted: Ordering, name: &str) -> Attempt<'a> {
    let number = |value: &Val<'a>| matches!(value, Val::Int(_) | Val::Uint(_) | Val::Double(_) | Val::Decimal(_));
    let Some(mut best) = items.first() else {
        return Err(Failure::invalid("the greatest and the least of nothing do not exist"));
    };
    for item in items {
        if !number(item) {
            return Err(no_overload(name));
        }
        match item.order(best) {
            Some(order) if order == Some(wanted) => best = item,
            Some(_) => {}
            None => return Err(no_overload(name)),
        }
    }
    Ok(best.clone())
}

fn one<'a>(name: &str, value: &Val<'a>) -> Option<Attempt<'a>> {
    Some(Ok(match (name, value) {
        ("ceil", Val::Double(value)) => Val::Double(value.ceil()),
        ("floor", Val::Double(value)) => Val::Double(value.floor()),
        ("round", Val::Double(value)) => Val::Double(value.round()),
        ("trunc", Val::Double(value)) => Val::Double(value.trunc()),
        ("isNaN", Val::Double(value)) => Val::Bool(value.is_nan()),
        ("isInf", Val::Double(value)) => Val::Bool(value.is_infinite()),
        ("isFinite", Val::Double(value)) => Val::Bool(value.is_finite()),
        ("sqrt", Val::Double(value)) => Val::Double(value.sqrt()),
        ("sqrt", Val::Int(value)) => Val::Double((*value as f64).sqrt()),
        ("sqrt", Val::Uint(value)) => Val::Double((*value as f64).sqrt()),
        ("abs", Val::Double(value)) => Val::Double(value.abs()),
        ("abs", Val::Int(value)) => return Some(value.checked_abs().map(Val::Int).ok_or_else(Failure::overflow)),
        ("abs", Val::Uint(value)) => Val::Uint(*value),
        ("abs", Val::Decimal(value)) => Val::Decimal(value.abs()),
        ("ceil", Val::Decimal(value)) => Val::Decimal(value.ceil()),
        ("floor", Val::Decimal(value)) => Val::Decimal(value.floor()),
        ("trunc", Val::Decimal(value)) => Val::Decimal(value.trunc()),
        ("round", Val::Decimal(value)) => {
            Val::Decimal(value.round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointAwayFromZero))
        }
        ("sign", Val::Double(value)) if *value == 0.0 || value.is_nan() => Val::Double(*value),
        ("sign", Val::Double(value)) => Val::Double(value.signum()),
        ("sign", Val::Int(value)) => Val::Int(value.signum()),
        ("sign", Val::Uint(value)) => Val::Uint(u64::from(*value > 0)),
        ("bitNot", Val::Int(value)) => Val::Int(!value),
        ("bitNot", Val::Uint(value)) => Val::Uint(!value),
        _ => return None,
    }))
}

fn two<'a>(name: &str, left: &Val<'a>, right: &Val<'a>) -> Option<Attempt<'a>> {
    Some(Ok(match (name, left, right) {
        ("bitAnd", Val::Int(left), Val::Int(right)) => Val::Int(left & right),
        ("bitAnd", Val::Uint(left), Val::Uint(right)) => Val::Uint(left & right),
        ("bitOr", Val::Int(left), Val::Int(right)) => Val::Int(left | right),
        ("bitOr", Val::Uint(left), Val::Uint(right)) => Val::Uint(left | right),
        ("bitXor", Val::Int(left), Val::Int(right)) => Val::Int(left ^ right),
        ("bitXor", Val::Uint(left), Val::Uint(right)) => Val::Uint(left ^ right),
        ("bitShiftLeft" | "bitShiftRight", Val::Int(_) | Val::Uint(_), Val::Int(by)) if *by < 0 => {
            return Some(Err(Failure::invalid("bits are shifted by a negative offset")));
        }
        // To the right without the sign, as the extension has it; by 64 and more nothing is left.
        ("bitShiftLeft", Val::Int(value), Val::Int(by)) => Val::Int(shift(*value as u64, *by, true) as i64),
        ("bitShiftRight", Val::Int(value), Val::Int(by)) => Val::Int(shift(*value as u64, *by, false) as i64),
        ("bitShiftLeft", Val::Uint(value), Val::Int(by)) => Val::Uint(shift(*value, *by, true)),
        ("bitShiftRight", Val::Uint(value), Val::Int(by)) => Val::Uint(shift(*value, *by, false)),
        _ => return None,
    }))
}

fn shift(value: u64, by: i64, left: bool) -> u64 {
    let by = u32::try_from(by).unwrap_or(u32::MAX);
    if left { value.checked_shl(by) } else { value.checked_shr(by) }.unwrap_or(0)
}
