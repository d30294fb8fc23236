//! How a known value stands to the values of a column: it is one of them, or lies between two, or beyond them all.

use super::{Form, refused, terms};
use crate::SqlValue;
use crate::codec::decimal;
use crate::record::QueryError;
use maq_value::{Decimal, Instant, Value};

/// Where a value lies among the values of a form.
#[derive(Debug, PartialEq)]
pub(super) enum Fit {
    /// It is this one.
    Exactly(SqlValue),
    /// After this one and before the next.
    After(SqlValue),
    /// Before them all.
    Below,
    /// After them all.
    Above,
    /// It has no place among them: no number.
    Nowhere,
}

/// No store keeps an earlier one.
const FIRST_INSTANT: i64 = -62_167_219_200_000_000;

pub(super) fn fit(value: &Value, form: Form) -> Result<Fit, QueryError> {
    let exactly = |value: SqlValue| Ok(Fit::Exactly(value));
    match (form, value) {
        (Form::Bool, Value::Bool(value)) => exactly((*value).into()),
        (Form::Whole, _) => whole(value, 0),
        (Form::Scaled(scale), _) => whole(value, scale),
        (Form::Real, Value::Number(value)) => Ok(match value {
            value if value.is_nan() => Fit::Nowhere,
            value if value.is_finite() => Fit::Exactly(SqlValue::Real(*value)),
            value if *value > 0.0 => Fit::Above,
            _ => Fit::Below,
        }),
        (Form::Digits, _) => {
            let number = number(value)?;
            Ok(match terms::has_room(&number) {
                true => Fit::Exactly(SqlValue::Text(decimal::to_text(&number))),
                false if number.is_sign_negative() => Fit::Below,
                false => Fit::Above,
            })
        }
        (Form::Numeric, _) => exactly(number(value)?.to_string().into()),
        (Form::Text, Value::Text(text)) => Ok(match text.split_once('\0') {
            // No column has a NUL, and Postgres cannot be asked about one.
            Some((before, _)) => Fit::After(before.into()),
            None => Fit::Exactly(text.as_str().into()),
        }),
        (Form::Date, Value::Date(date)) if date.year() < 0 => Ok(Fit::Below),
        (Form::Date, Value::Date(date)) => exactly(date.to_string().into()),
        (Form::Time, Value::Time(time)) => {
            let whole = time.subsec_nanosecond() / 1000 * 1000;
            let exact = whole == time.subsec_nanosecond();
            let kept = time.with().subsec_nanosecond(whole).build().map_err(|_| refused("a time cannot be kept"))?;
            let bind = SqlValue::Text(kept.to_string());
            Ok(if exact { Fit::Exactly(bind) } else { Fit::After(bind) })
        }
        (Form::Instant, Value::Instant(Instant(micros))) if *micros < FIRST_INSTANT => Ok(Fit::Below),
        (Form::Instant, Value::Instant(instant)) => exactly(instant.0.into()),
        (Form::Micros, Value::Instant(instant)) => exactly(instant.0.into()),
        (Form::Duration, Value::Duration(micros)) => exactly((*micros).into()),
        (Form::Uuid, Value::Uuid(uuid)) => exactly(uuid.to_string().into()),
        _ => Err(refused("a value is of another kind than what it is compared with")),
    }
}

fn number(value: &Value) -> Result<Decimal, QueryError> {
    match value {
        Value::Decimal(number) => Ok(*number),
        Value::Integer(number) | Value::BigInt(number) => Ok(Decimal::from(*number)),
        _ => Err(refused("a value that is no whole number or decimal is compared with one")),
    }
}

/// Among whole numbers times ten to `scale`.
fn whole(value: &Value, scale: u32) -> Result<Fit, QueryError> {
    let number = number(value)?.normalize();
    let beyond = if number.is_sign_negative() { Fit::Below } else { Fit::Above };
    let (mantissa, digits) = (number.mantissa(), number.scale());
    let (scaled, exact) = if digits <= scale {
        let Some(scaled) = 10_i128.checked_pow(scale - digits).and_then(|factor| mantissa.checked_mul(factor)) else {
            return Ok(beyond);
        };
        (scaled, true)
    } else {
        let divisor = 10_i128.checked_pow(digits - scale).ok_or_else(|| refused("a decimal has too many digits"))?;
        (mantissa.div_euclid(divisor), mantissa.rem_euclid(divisor) == 0)
    };
    Ok(match i64::try_from(scaled) {
        Ok(scaled) if exact => Fit::Exactly(scaled.into()),
        Ok(scaled) => Fit::After(scaled.into()),
        Err(_) => beyond,
    })
}
