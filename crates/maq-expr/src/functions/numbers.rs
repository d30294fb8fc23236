//! Division of decimals, and how a double is written.

use crate::eval::{Attempt, ErrorKind, Failure};
use crate::{Val, exact};
use maq_value::Decimal;
use rust_decimal::prelude::FromPrimitive;

pub(super) fn call<'a>(function: &str, args: &[Val<'a>]) -> Option<Attempt<'a>> {
    let ("div", [left, right, Val::Int(scale)]) = (function, args) else { return None };
    let (left, right) = (of(left)?, of(right)?);
    Some(divide(left, right, *scale).map(Val::Decimal))
}

fn of(value: &Val<'_>) -> Option<Decimal> {
    match value {
        Val::Decimal(value) => Some(*value),
        Val::Int(value) => Decimal::from_i64(*value),
        _ => None,
    }
}

/// The quotient with `scale` digits after the point, a half rounded away from zero.
fn divide(left: Decimal, right: Decimal, scale: i64) -> Result<Decimal, Failure> {
    if right.is_zero() {
        return Err(Failure::new(ErrorKind::DivideByZero, "a number is divided by zero"));
    }
    let scale = u32::try_from(scale).ok().filter(|scale| *scale <= 28);
    let scale = scale.ok_or_else(|| Failure::invalid("a decimal has 0 to 28 digits after its point"))?;
    exact::quotient(left, right, scale).ok_or_else(Failure::overflow)
}

/// A double as text: the shortest that reads back the same, with an exponent where it is very large or small.
pub(crate) fn shown(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let size = value.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) { format!("{value:e}") } else { value.to_string() }
}
