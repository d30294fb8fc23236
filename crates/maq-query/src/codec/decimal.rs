//! Decimals in SQLite: scaled integers, and text that sorts by bytes as the numbers do.
//!
//! The text is `p` and 28 digits before the point, then `.` and the digits after it without trailing zeros. Negative
//! numbers start with `n`, have each digit complemented to nine and end with `~`, which sorts after every digit, so
//! that the longer (and smaller) fraction comes first. One number has one text whatever its scale.

use rust_decimal::Decimal;

/// Digits before the point.
pub const WHOLE_DIGITS: usize = 28;

/// `number` times ten to `scale`, when it has no more digits than `precision` and `scale` admit.
pub fn scaled(number: &Decimal, precision: u32, scale: u32) -> Option<i128> {
    let number = number.normalize();
    let missing = scale.checked_sub(number.scale())?;
    let scaled = number.mantissa().checked_mul(10_i128.checked_pow(missing)?)?;
    let limit = 10_u128.checked_pow(precision)?;
    (scaled.unsigned_abs() < limit).then_some(scaled)
}

/// The number that [`scaled`] made.
pub fn from_scaled(scaled: i64, scale: u32) -> Option<Decimal> {
    Decimal::try_new(scaled, scale).ok()
}

/// The same number, with trailing zeros up to `scale` digits after the point.
pub fn at_least_scale(mut number: Decimal, scale: u32) -> Decimal {
    if number.scale() < scale {
        number.rescale(scale);
    }
    number
}

/// The text that sorts as the numbers do.
pub fn to_text(number: &Decimal) -> String {
    let number = number.normalize();
    let scale = number.scale() as usize;
    let digits = format!("{:0width$}", number.mantissa().unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let mut text = format!("p{whole:0>WHOLE_DIGITS$}");
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    if number.mantissa() < 0 { complement(&text).replacen('p', "n", 1) + "~" } else { text }
}

/// The number of a text that [`to_text`] made.
pub fn from_text(text: &str) -> Option<Decimal> {
    let (sign, digits) = match text.strip_prefix('p') {
        Some(digits) => ("", digits.to_owned()),
        None => ("-", complement(text.strip_prefix('n')?.strip_suffix('~')?)),
    };
    let digits = digits.trim_start_matches('0');
    let zero = if digits.is_empty() || digits.starts_with('.') { "0" } else { "" };
    Decimal::from_str_exact(&format!("{sign}{zero}{digits}")).ok()
}

fn complement(text: &str) -> String {
    let nines = |digit: char| digit.to_digit(10).and_then(|digit| char::from_digit(9 - digit, 10));
    text.chars().map(|digit| nines(digit).unwrap_or(digit)).collect()
}
