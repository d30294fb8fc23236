//! The functions of both profiles on values that are known. Which profile may call which is the checker's matter.

mod conversions;
mod format;
mod lists;
mod math;
mod network;
mod numbers;
mod optionals;
mod pattern;
mod text;
mod times;

pub(crate) use pattern::compile as compile_pattern;

use crate::Val;
use crate::eval::{Attempt, ErrorKind, Failure};
use maq_value::Instant;

/// Steps for looking at the arguments, beyond a step for the call.
pub(crate) fn work(function: &str, args: &[Val<'_>]) -> u64 {
    let compiled = match (function, args) {
        // A pattern may have to be compiled.
        ("matches", [_, Val::String(pattern)]) => 50 + 8 * pattern.len() as u64,
        _ => 0,
    };
    compiled + args.iter().map(size).sum::<u64>()
}

fn size(value: &Val<'_>) -> u64 {
    match value {
        Val::String(text) => text.len() as u64 / 64,
        Val::Bytes(bytes) => bytes.len() as u64 / 64,
        Val::List(items) => items.len() as u64 / 8,
        Val::Map(entries) => entries.len() as u64 / 8,
        _ => 0,
    }
}

/// The value of a function; the target of a method is the first argument.
pub(crate) fn call<'a>(function: &str, args: &[Val<'a>], now: Option<Instant>) -> Attempt<'a> {
    if let ([Val::String(text), Val::String(part)], true) =
        (args, matches!(function, "startsWith" | "endsWith" | "contains"))
    {
        return Ok(Val::Bool(match function {
            "startsWith" => text.starts_with(&**part),
            "endsWith" => text.ends_with(&**part),
            _ => text.contains(&**part),
        }));
    }
    let found = match function.split_once('.') {
        Some(("math", name)) => math::call(name, args),
        Some(("optional", _)) => optionals::call(function, args),
        Some(("ip", _)) => network::call(function, args),
        Some(("lists" | "strings" | "base64", _)) => text::call(function, args).or_else(|| lists::call(function, args)),
        Some(_) => None,
        None => conversions::call(function, args)
            .or_else(|| lists::call(function, args))
            .or_else(|| text::call(function, args))
            .or_else(|| times::call(function, args, now))
            .or_else(|| numbers::call(function, args))
            .or_else(|| optionals::call(function, args))
            .or_else(|| network::call(function, args)),
    };
    found.unwrap_or_else(|| Err(no_overload(function)))
}

pub(crate) fn no_overload(function: &str) -> Failure {
    Failure::new(ErrorKind::NoOverload, format!("`{function}` is not defined for these types"))
}
