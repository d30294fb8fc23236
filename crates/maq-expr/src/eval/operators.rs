//! Operators on values that are known.

use super::{Attempt, ErrorKind, Failure};
use crate::{BinaryOp, UnaryOp, Val, exact};
use jiff::SignedDuration;
use maq_value::Decimal;
use rust_decimal::prelude::FromPrimitive;
use std::cmp::Ordering;

pub(crate) fn no_overload(what: &str) -> Failure {
    Failure::new(ErrorKind::NoOverload, format!("`{what}` is not defined for these types"))
}

/// `!a` and `-a`.
pub(crate) fn unary<'a>(op: UnaryOp, value: &Val<'a>) -> Attempt<'a> {
    match (op, value) {
        (UnaryOp::Not, Val::Bool(value)) => Ok(Val::Bool(!value)),
        (UnaryOp::Negate, Val::Int(value)) => value.checked_neg().map(Val::Int).ok_or_else(Failure::overflow),
        (UnaryOp::Negate, Val::Double(value)) => Ok(Val::Double(-value)),
        (UnaryOp::Negate, Val::Decimal(value)) => Ok(Val::Decimal(-*value)),
        (UnaryOp::Not, _) => Err(no_overload("!")),
        (UnaryOp::Negate, _) => Err(no_overload("-")),
    }
}

/// Every operator with two operands, both known. `&&` and `||` without absorbing errors: there are none here.
pub(crate) fn binary<'a>(op: BinaryOp, left: &Val<'a>, right: &Val<'a>) -> Attempt<'a> {
    let truth = |value| Ok(Val::Bool(value));
    match op {
        BinaryOp::Eq => truth(left.equals(right)),
        BinaryOp::Ne => truth(!left.equals(right)),
        BinaryOp::Lt => ordered(op, left, right, Ordering::is_lt),
        BinaryOp::Le => ordered(op, left, right, Ordering::is_le),
        BinaryOp::Gt => ordered(op, left, right, Ordering::is_gt),
        BinaryOp::Ge => ordered(op, left, right, Ordering::is_ge),
        BinaryOp::In => contains(left, right),
        BinaryOp::And | BinaryOp::Or => match (left, right) {
            (Val::Bool(left), Val::Bool(right)) => {
                truth(if op == BinaryOp::And { *left && *right } else { *left || *right })
            }
            _ => Err(no_overload(op.sign())),
        },
        BinaryOp::Add => add(left, right),
        BinaryOp::Subtract => subtract(left, right),
        BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Modulo => numbers(op, left, right),
    }
}

fn ordered<'a>(op: BinaryOp, left: &Val<'a>, right: &Val<'a>, wanted: fn(Ordering) -> bool) -> Attempt<'a> {
    match left.order(right) {
        Some(order) => Ok(Val::Bool(order.is_some_and(wanted))),
        None => Err(no_overload(op.sign())),
    }
}

/// `left in right`.
pub(crate) fn contains<'a>(left: &Val<'a>, right: &Val<'a>) -> Attempt<'a> {
    match right {
        Val::List(items) => Ok(Val::Bool(items.iter().any(|item| item.equals(left)))),
        Val::Map(entries) => Ok(Val::Bool(entries.iter().any(|(key, _)| key.equals(left)))),
        _ => Err(no_overload("in")),
    }
}

fn add<'a>(left: &Val<'a>, right: &Val<'a>) -> Attempt<'a> {
    Ok(match (left, right) {
        (Val::String(left), Val::String(right)) => {
            let mut text = String::with_capacity(left.len() + right.len());
            text.push_str(left);
            text.push_str(right);
            Val::text(text)
        }
        (Val::Bytes(left), Val::Bytes(right)) => {
            let mut bytes = left.to_vec();
            bytes.extend_from_slice(right);
            Val::Bytes(bytes.into())
        }
        (Val::List(left), Val::List(right)) => Val::List(left.iter().chain(right.iter()).cloned().collect()),
        (Val::Timestamp(at), Val::Duration(by)) | (Val::Duration(by), Val::Timestamp(at)) => {
            Val::Timestamp(at.checked_add(*by).ok_or_else(Failure::overflow)?)
        }
        (Val::Duration(left), Val::Duration(right)) => duration(left.checked_add(*right))?,
        (Val::Date(date), Val::Duration(by)) | (Val::Duration(by), Val::Date(date)) => date_plus(*date, *by)?,
        _ => return numbers(BinaryOp::Add, left, right),
    })
}

fn subtract<'a>(left: &Val<'a>, right: &Val<'a>) -> Attempt<'a> {
    Ok(match (left, right) {
        (Val::Timestamp(left), Val::Timestamp(right)) => duration(Some(left.since(*right)))?,
        (Val::Timestamp(at), Val::Duration(by)) => {
            let by = by.checked_neg().ok_or_else(Failure::overflow)?;
            Val::Timestamp(at.checked_add(by).ok_or_else(Failure::overflow)?)
        }
        (Val::Duration(left), Val::Duration(right)) => duration(left.checked_sub(*right))?,
        (Val::Date(date), Val::Duration(by)) => date_plus(*date, by.checked_neg().ok_or_else(Failure::overflow)?)?,
        (Val::Date(left), Val::Date(right)) => duration(Some(left.duration_since(*right)))?,
        _ => return numbers(BinaryOp::Subtract, left, right),
    })
}

/// Durations are what fits 64 bits of nanoseconds: 292 years.
pub(crate) fn duration<'a>(duration: Option<SignedDuration>) -> Attempt<'a> {
    let duration = duration.ok_or_else(Failure::overflow)?;
    match i64::try_from(duration.as_nanos()) {
        Ok(_) => Ok(Val::Duration(duration)),
        Err(_) => Err(Failure::range("a duration is beyond the range of 292 years")),
    }
}

fn date_plus<'a>(date: maq_value::Date, by: SignedDuration) -> Attempt<'a> {
    if by.as_secs() % 86_400 != 0 || by.subsec_nanos() != 0 {
        return Err(Failure::invalid("a date moves by whole days only"));
    }
    let moved = date.checked_add(by).map_err(|_| Failure::overflow())?;
    if moved.year() < 1 {
        return Err(Failure::overflow());
    }
    Ok(Val::Date(moved))
}

fn numbers<'a>(op: BinaryOp, left: &Val<'a>, right: &Val<'a>) -> Attempt<'a> {
    match (left, right) {
        (Val::Int(left), Val::Int(right)) => int(op, *left, *right),
        (Val::Uint(left), Val::Uint(right)) => uint(op, *left, *right),
        (Val::Double(left), Val::Double(right)) => Ok(Val::Double(match op {
            BinaryOp::Add => left + right,
            BinaryOp::Subtract => left - right,
            BinaryOp::Multiply => left * right,
            BinaryOp::Divide => left / right,
            _ => return Err(no_overload(op.sign())),
        })),
        (Val::Decimal(left), Val::Decimal(right)) => decimal(op, *left, *right),
        (Val::Decimal(left), Val::Int(right)) => decimal(op, *left, of_int(*right)?),
        (Val::Int(left), Val::Decimal(right)) => decimal(op, of_int(*left)?, *right),
        _ => Err(no_overload(op.sign())),
    }
}

fn of_int(value: i64) -> Result<Decimal, Failure> {
    Decimal::from_i64(value).ok_or_else(Failure::overflow)
}

fn by_zero() -> Failure {
    Failure::new(ErrorKind::DivideByZero, "a number is divided by zero")
}

/// Whole numbers: beyond their type is an overflow. The smallest one has no remainder by -1, as it has no quotient.
macro_rules! whole {
    ($name:ident, $number:ty, $value:path) => {
        fn $name<'a>(op: BinaryOp, left: $number, right: $number) -> Attempt<'a> {
            if right == 0 && matches!(op, BinaryOp::Divide | BinaryOp::Modulo) {
                return Err(by_zero());
            }
            let value = match op {
                BinaryOp::Add => left.checked_add(right),
                BinaryOp::Subtract => left.checked_sub(right),
                BinaryOp::Multiply => left.checked_mul(right),
                BinaryOp::Divide => left.checked_div(right),
                _ => left.checked_rem(right),
            };
            value.map($value).ok_or_else(Failure::overflow)
        }
    };
}

whole!(int, i64, Val::Int);
whole!(uint, u64, Val::Uint);

/// Exact or nothing: a result that needs more than 28 digits is an overflow, and `/` is not defined, because a quotient
/// must say how it is rounded (`div`).
fn decimal<'a>(op: BinaryOp, left: Decimal, right: Decimal) -> Attempt<'a> {
    let value = match op {
        BinaryOp::Add => exact::add(left, right),
        BinaryOp::Subtract => exact::subtract(left, right),
        BinaryOp::Multiply => exact::multiply(left, right),
        BinaryOp::Modulo if right.is_zero() => return Err(by_zero()),
        BinaryOp::Modulo => left.checked_rem(right),
        _ => return Err(no_overload(op.sign())),
    };
    value.map(Val::Decimal).ok_or_else(Failure::overflow)
}
