//! Arithmetic that is exact or has no result, the same wherever it is done: in evaluation, and in the functions that a
//! database without exact numbers is given.

use crate::{TextFunction, Val, functions};
use maq_value::Decimal;

/// What a function of texts gives; none for an error.
pub fn text(function: TextFunction, operands: &[Val<'_>]) -> Option<Val<'static>> {
    functions::call(function.name(), operands, None).ok().map(Val::into_owned)
}

/// Digits of a decimal.
const DIGITS: u32 = 28;

/// A decimal of at most 28 digits, without trailing zeros; none when it has more.
pub fn decimal(number: Decimal) -> Option<Decimal> {
    let number = number.normalize();
    (number.mantissa().unsigned_abs() < 10_u128.pow(DIGITS)).then_some(number)
}

/// `left + right`; none when it is not exactly a decimal.
pub fn add(left: Decimal, right: Decimal) -> Option<Decimal> {
    let (left, right) = (left.normalize(), right.normalize());
    let scale = left.scale().max(right.scale());
    sum(at_scale(left, scale), at_scale(right, scale), scale)
}

/// `left - right`; none when it is not exactly a decimal.
pub fn subtract(left: Decimal, right: Decimal) -> Option<Decimal> {
    add(left, -right)
}

/// `left * right`; none when it is not exactly a decimal.
pub fn multiply(left: Decimal, right: Decimal) -> Option<Decimal> {
    let (left, right) = (left.normalize(), right.normalize());
    let (negative, scale) = (left.is_sign_negative() != right.is_sign_negative(), left.scale() + right.scale());
    let product = wide_product(left.mantissa().unsigned_abs(), right.mantissa().unsigned_abs());
    from_wide(product, negative, scale)
}

/// `left / right` rounded to `digits` after the point, the half away from zero; none when `right` is zero or it has too
/// many digits.
pub fn quotient(left: Decimal, right: Decimal, digits: u32) -> Option<Decimal> {
    if right.is_zero() || digits > DIGITS {
        return None;
    }
    let (left, right) = (left.normalize(), right.normalize());
    let negative = left.is_sign_negative() != right.is_sign_negative();
    // left / right = (l / 10^ls) / (r / 10^rs): the numerator is l * 10^(rs + digits), the denominator r * 10^ls.
    let (mut up, mut down) = (right.scale() + digits, left.scale());
    let both = up.min(down);
    (up, down) = (up - both, down - both);
    let numerator = Wide::of(left.mantissa().unsigned_abs()).times_ten_to(up);
    let denominator = Wide::of(right.mantissa().unsigned_abs()).times_ten_to(down);
    let whole = numerator.double().plus(&denominator).divided_by(&denominator.double());
    from_wide(whole, negative, digits)
}

/// Digits in base 2^32, the least first.
#[derive(Debug, Clone, PartialEq)]
struct Wide(Vec<u32>);

impl Wide {
    fn of(number: u128) -> Wide {
        let mut rest = number;
        let mut digits = Vec::with_capacity(8);
        while rest > 0 {
            digits.push((rest & u128::from(u32::MAX)) as u32);
            rest >>= 32;
        }
        Wide(digits)
    }

    fn times(&self, factor: u32) -> Wide {
        let mut carry = 0_u64;
        let mut digits: Vec<u32> = Vec::with_capacity(self.0.len() + 1);
        for digit in &self.0 {
            let product = u64::from(*digit) * u64::from(factor) + carry;
            digits.push((product & u64::from(u32::MAX)) as u32);
            carry = product >> 32;
        }
        if carry > 0 {
            digits.push(carry as u32);
        }
        Wide(digits)
    }

    fn times_ten_to(self, exponent: u32) -> Wide {
        (0..exponent).fold(self, |number, _| number.times(10))
    }

    fn double(&self) -> Wide {
        self.times(2)
    }

    fn plus(&self, other: &Wide) -> Wide {
        let (mut carry, mut digits) = (0_u64, Vec::new());
        for at in 0..self.0.len().max(other.0.len()) {
            let digit = |number: &Wide| u64::from(number.0.get(at).copied().unwrap_or_default());
            let sum = digit(self) + digit(other) + carry;
            digits.push((sum & u64::from(u32::MAX)) as u32);
            carry = sum >> 32;
        }
        if carry > 0 {
            digits.push(carry as u32);
        }
        Wide(digits)
    }

    /// Quotient and remainder by a small number.
    fn by(&self, divisor: u32) -> (Wide, u32) {
        let mut rest = 0_u64;
        let mut digits: Vec<u32> = Vec::with_capacity(self.0.len());
        for digit in self.0.iter().rev() {
            let part = (rest << 32) | u64::from(*digit);
            digits.push((part / u64::from(divisor)) as u32);
            rest = part % u64::from(divisor);
        }
        digits.reverse();
        while digits.last() == Some(&0) {
            digits.pop();
        }
        (Wide(digits), rest as u32)
    }

    /// The whole quotient: bit by bit, which is fast enough for what it is used for.
    fn divided_by(&self, divisor: &Wide) -> Wide {
        let mut digits = Vec::with_capacity(self.0.len());
        let mut rest = Wide(Vec::new());
        for digit in self.0.iter().rev() {
            let mut quotient = 0_u32;
            for bit in (0..32).rev() {
                rest = rest.double().plus(&Wide::of(u128::from((digit >> bit) & 1)));
                quotient <<= 1;
                if let Some(less) = rest.minus(divisor) {
                    rest = less;
                    quotient |= 1;
                }
            }
            digits.push(quotient);
        }
        digits.reverse();
        while digits.last() == Some(&0) {
            digits.pop();
        }
        Wide(digits)
    }

    /// None when the other is larger.
    fn minus(&self, other: &Wide) -> Option<Wide> {
        let mut borrow = 0_i64;
        let mut digits = Vec::with_capacity(self.0.len());
        for at in 0..self.0.len().max(other.0.len()) {
            let digit = |number: &Wide| i64::from(number.0.get(at).copied().unwrap_or_default());
            let difference = digit(self) - digit(other) + borrow;
            digits.push((difference & i64::from(u32::MAX)) as u32);
            borrow = difference >> 32;
        }
        while digits.last() == Some(&0) {
            digits.pop();
        }
        (borrow == 0).then_some(Wide(digits))
    }

    fn to_u128(&self) -> Option<u128> {
        if self.0.len() > 4 {
            return None;
        }
        Some(self.0.iter().rev().fold(0, |number, digit| (number << 32) | u128::from(*digit)))
    }
}

fn wide_product(left: u128, right: u128) -> Wide {
    let digits = Wide::of(right);
    let mut product = Wide(Vec::new());
    for digit in digits.0.iter().rev() {
        product.0.insert(0, 0);
        product = product.plus(&Wide::of(left).times(*digit));
    }
    product
}

fn at_scale(number: Decimal, scale: u32) -> (bool, Wide) {
    let mantissa = Wide::of(number.mantissa().unsigned_abs());
    (number.is_sign_negative(), mantissa.times_ten_to(scale.saturating_sub(number.scale())))
}

fn sum((left_negative, left): (bool, Wide), (right_negative, right): (bool, Wide), scale: u32) -> Option<Decimal> {
    if left_negative == right_negative {
        return from_wide(left.plus(&right), left_negative, scale);
    }
    match left.minus(&right) {
        Some(difference) => from_wide(difference, left_negative, scale),
        None => from_wide(right.minus(&left)?, right_negative, scale),
    }
}

fn from_wide(number: Wide, negative: bool, mut scale: u32) -> Option<Decimal> {
    let mut number = number;
    while scale > 0 {
        let (tenth, rest) = number.by(10);
        if rest != 0 {
            break;
        }
        number = tenth;
        scale -= 1;
    }
    let mantissa = number.to_u128().filter(|mantissa| *mantissa < 10_u128.pow(DIGITS))?;
    let signed = i128::try_from(mantissa).ok()?;
    Decimal::try_from_i128_with_scale(if negative { -signed } else { signed }, scale).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn results_are_exact_or_none() {
        let most = "9999999999999999999999999999";
        let least = "0.0000000000000000000000000001";
        for (left, right, sum, product) in [
            ("1.50", "-1.5", Some("0"), Some("-2.25")),
            ("0.1", "0.2", Some("0.3"), Some("0.02")),
            (most, "1", None, Some(most)),
            (most, "-1", Some("9999999999999999999999999998"), Some("-9999999999999999999999999999")),
            (most, "0.1", None, Some("999999999999999999999999999.9")),
            (most, least, None, Some("0.9999999999999999999999999999")),
            (least, least, Some("0.0000000000000000000000000002"), None),
            ("12345678901234567890", "1000000000", Some("12345678902234567890"), None),
            ("0", most, Some(most), Some("0")),
        ] {
            assert_eq!(add(number(left), number(right)), sum.map(number), "{left} + {right}");
            assert_eq!(multiply(number(left), number(right)), product.map(number), "{left} * {right}");
            assert_eq!(subtract(number(left), -number(right)), sum.map(number), "{left} - -{right}");
        }
    }

    #[test]
    fn quotients_are_rounded_once() {
        for (left, right, digits, expected) in [
            ("10", "3", 2, Some("3.33")),
            ("-10", "3", 0, Some("-3")),
            ("5", "2", 0, Some("3")),
            ("-5", "2", 0, Some("-3")),
            ("1", "8", 2, Some("0.13")),
            ("0.0000001", "3", 3, Some("0")),
            ("1", "0", 2, None),
            ("9999999999999999999999999999", "0.1", 0, None),
            ("99999999999999.9999", "0.01", 28, Some("9999999999999999.99")),
            ("99999999999999.9998", "0.03", 28, None),
            ("1", "0.0000000000000000000000000007", 0, Some("1428571428571428571428571429")),
        ] {
            let found = quotient(number(left), number(right), digits);
            assert_eq!(found, expected.map(number), "{left} / {right} to {digits}");
        }
    }
}
