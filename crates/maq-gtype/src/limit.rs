//! Comparing a value with the limits of its field. No allocation: the same functions answer whether and why.

use maq_value::{Decimal, Value};
use std::cmp::Ordering;

/// How `value` stands to `limit`; `None` when they are not of one kind.
pub(crate) fn compare(value: &Value, limit: &Value) -> Option<Ordering> {
    match (value, limit) {
        (Value::Integer(value), Value::Integer(limit)) => Some(value.cmp(limit)),
        (Value::Number(value), Value::Number(limit)) => value.partial_cmp(limit),
        (Value::Decimal(value), Value::Decimal(limit)) => Some(value.cmp(limit)),
        (Value::Text(value), Value::Text(limit)) => Some(value.cmp(limit)),
        (Value::Date(value), Value::Date(limit)) => Some(value.cmp(limit)),
        (Value::Time(value), Value::Time(limit)) => Some(value.cmp(limit)),
        (Value::Instant(value), Value::Instant(limit)) => Some(value.cmp(limit)),
        (Value::Duration(value), Value::Duration(limit)) => Some(value.cmp(limit)),
        _ => None,
    }
}

/// The value with exactly `scale` digits after the point, if `precision` digits hold it without rounding.
pub(crate) fn fit(value: Decimal, precision: u32, scale: u32) -> Option<Decimal> {
    if value.scale() <= scale {
        return within(value, precision - scale.min(precision) + value.scale()).map(|()| rescaled(value, scale));
    }
    // Zeros at the end are no digits: `12.300` fits two.
    let plain = value.normalize();
    if plain.scale() > scale {
        return None;
    }
    within(plain, precision - scale.min(precision) + plain.scale()).map(|()| rescaled(plain, scale))
}

/// `Some` when the digits of `value`, read as one number, are at most `digits`.
fn within(value: Decimal, digits: u32) -> Option<()> {
    (value.mantissa().unsigned_abs() < 10_u128.checked_pow(digits)?).then_some(())
}

fn rescaled(mut value: Decimal, scale: u32) -> Decimal {
    if value.scale() != scale {
        value.rescale(scale);
    }
    value
}

/// Characters of a text, as people count them: Unicode scalar values.
pub(crate) fn characters(text: &str) -> u64 {
    if text.is_ascii() { text.len() as u64 } else { text.chars().count() as u64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(text: &str, precision: u32, scale: u32) -> Option<String> {
        fit(text.parse().unwrap(), precision, scale).map(|value| value.to_string())
    }

    #[test]
    fn a_decimal_fits_exactly_or_not_at_all() {
        assert_eq!(fitted("12.3", 4, 2), Some("12.30".to_owned()));
        assert_eq!(fitted("12.300", 4, 2), Some("12.30".to_owned()));
        assert_eq!(fitted("-99.99", 4, 2), Some("-99.99".to_owned()));
        assert_eq!(fitted("100", 4, 2), None);
        assert_eq!(fitted("1.001", 4, 2), None);
        assert_eq!(fitted("0.5", 2, 2), Some("0.50".to_owned()));
        assert_eq!(fitted("1", 2, 2), None);
        assert_eq!(fitted("0", 1, 0), Some("0".to_owned()));
        assert_eq!(fitted("9999999999999999999999999999", 28, 0), Some("9".repeat(28)));
        assert_eq!(fitted("10000000000000000000000000000", 28, 0), None);
    }

    #[test]
    fn characters_are_counted_and_not_bytes() {
        assert_eq!(characters("naïve"), 5);
        assert_eq!(characters("日本語"), 3);
        assert_eq!(characters(""), 0);
    }
}
