//! Optionals. `or` and `orValue` have their second side evaluated only when it is needed: see the evaluator.

use crate::Val;
use crate::eval::{Attempt, Failure};
use jiff::SignedDuration;
use std::sync::Arc;

pub(super) fn call<'a>(function: &str, args: &[Val<'a>]) -> Option<Attempt<'a>> {
    Some(Ok(match (function, args) {
        ("optional.of", [value]) => some(value),
        ("optional.none", []) => Val::Optional(None),
        ("optional.ofNonZeroValue", [value]) if zero(value) => Val::Optional(None),
        ("optional.ofNonZeroValue", [value]) => some(value),
        ("hasValue", [Val::Optional(value)]) => Val::Bool(value.is_some()),
        ("value", [Val::Optional(Some(value))]) => (**value).clone(),
        ("value", [Val::Optional(None)]) => return Some(Err(Failure::invalid("an optional has no value"))),
        ("or", [Val::Optional(Some(_)), _]) => args.first()?.clone(),
        ("or", [Val::Optional(None), other @ Val::Optional(_)]) => other.clone(),
        ("orValue", [Val::Optional(Some(value)), _]) => (**value).clone(),
        ("orValue", [Val::Optional(None), other]) => other.clone(),
        _ => return None,
    }))
}

fn some<'a>(value: &Val<'a>) -> Val<'a> {
    Val::Optional(Some(Arc::new(value.clone())))
}

fn zero(value: &Val<'_>) -> bool {
    match value {
        Val::Null | Val::Optional(None) => true,
        Val::Bool(value) => !value,
        Val::Int(value) => *value == 0,
        Val::Uint(value) => *value == 0,
        Val::Double(value) => *value == 0.0,
        Val::Decimal(value) => value.is_zero(),
        Val::String(text) => text.is_empty(),
        Val::Bytes(bytes) => bytes.is_empty(),
        Val::List(items) => items.is_empty(),
        Val::Map(entries) => entries.is_empty(),
        Val::Duration(duration) => *duration == SignedDuration::ZERO,
        _ => false,
    }
}
