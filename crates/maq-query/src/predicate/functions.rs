//! The functions that SQLite is given for what it cannot say exactly. A store adapter registers them on every
//! connection; a function of an empty operand is empty, and so is one without a result.

use crate::SqlValue;
use crate::codec::decimal;
use maq_expr::{TextFunction, TimePart, Val, exact};
use maq_value::{Date, Decimal, Instant};
use rust_decimal::RoundingStrategy;
use rust_decimal::prelude::ToPrimitive;

/// The first and last microsecond of an instant that is computed.
pub const INSTANTS: (i64, i64) = (-62_135_596_800_000_000, 253_402_300_799_999_999);

/// The least and largest duration that is computed, in microseconds: 64 bits of nanoseconds.
pub const DURATIONS: (i64, i64) = (i64::MIN / 1000, i64::MAX / 1000);

/// A function of SQLite, which depends on its operands only.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// How many operands it has.
    pub operands: usize,
    /// What it does.
    pub call: fn(&[SqlValue]) -> Option<SqlValue>,
}

/// All of them.
pub const ALL: &[Function] = &[
    Function { name: "maquette_whole", operands: 3, call: whole },
    Function { name: "maquette_duration", operands: 3, call: duration },
    Function { name: "maquette_instant", operands: 3, call: instant },
    Function { name: "maquette_real", operands: 3, call: real },
    Function { name: "maquette_digits", operands: 2, call: digits },
    Function { name: "maquette_decimal", operands: 3, call: decimals },
    Function { name: "maquette_quotient", operands: 3, call: quotient },
    Function { name: "maquette_ends_with", operands: 2, call: ends_with },
    Function { name: "maquette_round", operands: 2, call: round },
    Function { name: "maquette_to_whole", operands: 1, call: to_whole },
    Function { name: "maquette_midnight", operands: 1, call: midnight },
    Function { name: "maquette_text", operands: 2, call: of_texts },
    Function { name: "maquette_text", operands: 3, call: of_texts },
    Function { name: "maquette_text", operands: 4, call: of_texts },
    Function { name: "maquette_part", operands: 2, call: part },
];

fn whole(operands: &[SqlValue]) -> Option<SqlValue> {
    let [SqlValue::Text(sign), SqlValue::Integer(left), SqlValue::Integer(right)] = operands else { return None };
    let result = match sign.as_str() {
        "+" => left.checked_add(*right),
        "-" => left.checked_sub(*right),
        "*" => left.checked_mul(*right),
        "/" => left.checked_div(*right),
        // Empty where the quotient is too large, as in CEL.
        "%" => left.checked_rem(*right),
        _ => None,
    };
    result.map(SqlValue::Integer)
}

fn duration(operands: &[SqlValue]) -> Option<SqlValue> {
    let result = whole(operands)?;
    let (first, last) = DURATIONS;
    result.as_integer().filter(|micros| (first..=last).contains(micros)).map(SqlValue::Integer)
}

fn instant(operands: &[SqlValue]) -> Option<SqlValue> {
    let result = whole(operands)?;
    let (first, last) = INSTANTS;
    result.as_integer().filter(|micros| (first..=last).contains(micros)).map(SqlValue::Integer)
}

fn real(operands: &[SqlValue]) -> Option<SqlValue> {
    let [SqlValue::Text(sign), SqlValue::Real(left), SqlValue::Real(right)] = operands else { return None };
    let result = match sign.as_str() {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => left / right,
        _ => return None,
    };
    result.is_finite().then_some(SqlValue::Real(result))
}

fn digits(operands: &[SqlValue]) -> Option<SqlValue> {
    let [SqlValue::Integer(scaled), SqlValue::Integer(scale)] = operands else { return None };
    let number = decimal::from_scaled(*scaled, u32::try_from(*scale).ok()?)?;
    Some(SqlValue::Text(decimal::to_text(&number)))
}

fn two_decimals(left: &SqlValue, right: &SqlValue) -> Option<(Decimal, Decimal)> {
    Some((decimal::from_text(left.as_text()?)?, decimal::from_text(right.as_text()?)?))
}

fn decimals(operands: &[SqlValue]) -> Option<SqlValue> {
    let [SqlValue::Text(sign), left, right] = operands else { return None };
    let (left, right) = two_decimals(left, right)?;
    let result = match sign.as_str() {
        "+" => exact::add(left, right),
        "-" => exact::subtract(left, right),
        "*" => exact::multiply(left, right),
        "%" => left.checked_rem(right),
        _ => None,
    };
    result.map(|number| SqlValue::Text(decimal::to_text(&number)))
}

fn quotient(operands: &[SqlValue]) -> Option<SqlValue> {
    let [left, right, SqlValue::Integer(digits)] = operands else { return None };
    let (left, right) = two_decimals(left, right)?;
    let result = exact::quotient(left, right, u32::try_from(*digits).ok()?)?;
    Some(SqlValue::Text(decimal::to_text(&result)))
}

fn round(operands: &[SqlValue]) -> Option<SqlValue> {
    match operands {
        [SqlValue::Text(how), SqlValue::Real(number)] => Some(SqlValue::Real(match how.as_str() {
            "ceil" => number.ceil(),
            "floor" => number.floor(),
            "round" => number.round(),
            _ => number.trunc(),
        })),
        [SqlValue::Text(how), SqlValue::Text(text)] => {
            let number = decimal::from_text(text)?;
            let rounded = match how.as_str() {
                "ceil" => number.ceil(),
                "floor" => number.floor(),
                "round" => number.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero),
                _ => number.trunc(),
            };
            Some(SqlValue::Text(decimal::to_text(&rounded)))
        }
        _ => None,
    }
}

/// Towards zero.
fn to_whole(operands: &[SqlValue]) -> Option<SqlValue> {
    const END: f64 = 9_223_372_036_854_775_808.0;
    match operands {
        [SqlValue::Real(number)] => (number.abs() < END).then_some(SqlValue::Integer(*number as i64)),
        [SqlValue::Text(text)] => decimal::from_text(text)?.trunc().to_i64().map(SqlValue::Integer),
        _ => None,
    }
}

/// The first instant of a day.
fn midnight(operands: &[SqlValue]) -> Option<SqlValue> {
    let [SqlValue::Text(text)] = operands else { return None };
    let days = text.parse::<Date>().ok()?.duration_since(jiff::civil::date(1970, 1, 1));
    i64::try_from(days.as_micros()).ok().map(SqlValue::Integer)
}

fn ends_with(operands: &[SqlValue]) -> Option<SqlValue> {
    let [SqlValue::Text(whole), SqlValue::Text(part)] = operands else { return None };
    Some(whole.ends_with(part.as_str()).into())
}

/// The name of a function, then its operands.
fn of_texts(operands: &[SqlValue]) -> Option<SqlValue> {
    use TextFunction::{CharAt, IndexOf, Replace, Reverse, Substring, Trim};
    let (SqlValue::Text(name), operands) = operands.split_first()? else { return None };
    let function =
        [CharAt, Substring, IndexOf, Trim, Reverse, Replace].into_iter().find(|known| known.name() == name)?;
    let value = |operand: &SqlValue| match operand {
        SqlValue::Text(text) => Some(Val::String(text.clone().into())),
        SqlValue::Integer(number) => Some(Val::Int(*number)),
        _ => None,
    };
    match exact::text(function, &operands.iter().map(value).collect::<Option<Vec<_>>>()?)? {
        Val::String(text) => Some(SqlValue::Text(text.into_owned())),
        Val::Int(number) => Some(SqlValue::Integer(number)),
        _ => None,
    }
}

/// The word of a part in SQL.
pub(super) fn part_word(part: TimePart) -> &'static str {
    match part {
        TimePart::Year => "year",
        TimePart::Month => "month",
        TimePart::Date => "date",
        TimePart::DayOfMonth => "day_of_month",
        TimePart::DayOfWeek => "day_of_week",
        TimePart::DayOfYear => "day_of_year",
        TimePart::Hours => "hours",
        TimePart::Minutes => "minutes",
        TimePart::Seconds => "seconds",
        TimePart::Milliseconds => "milliseconds",
    }
}

fn part(operands: &[SqlValue]) -> Option<SqlValue> {
    let [SqlValue::Text(word), SqlValue::Integer(micros)] = operands else { return None };
    let at = maq_expr::Timestamp::from_instant(Instant(*micros)).civil(None)?;
    let value = match word.as_str() {
        "year" => i64::from(at.year()),
        "month" => i64::from(at.month()) - 1,
        "date" => i64::from(at.day()),
        "day_of_month" => i64::from(at.day()) - 1,
        "day_of_week" => i64::from(at.weekday().to_sunday_zero_offset()),
        "day_of_year" => i64::from(at.day_of_year()) - 1,
        "hours" => i64::from(at.hour()),
        "minutes" => i64::from(at.minute()),
        "seconds" => i64::from(at.second()),
        "milliseconds" => i64::from(at.subsec_nanosecond()) / 1_000_000,
        _ => return None,
    };
    Some(SqlValue::Integer(value))
}
