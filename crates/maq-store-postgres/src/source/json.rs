//! JSON as this house writes it, when nothing is lost by it.

use serde_json::Value;

/// The text without blanks, in the form that `readings::json` reads. None for what would change: a number with more
/// digits than a double keeps, a key that stands twice, nesting that no parser takes.
pub(super) fn compact(text: &str) -> Option<String> {
    let value: Value = serde_json::from_str(text).ok()?;
    let written = value.to_string();
    (Shape::of(text)? == Shape::of(&written)?).then_some(written)
}

/// What a JSON text says apart from how it is written: its numbers, and how many keys it has.
#[derive(PartialEq, Eq)]
struct Shape {
    numbers: Vec<String>,
    keys: usize,
}

impl Shape {
    fn of(text: &str) -> Option<Shape> {
        let mut shape = Shape { numbers: Vec::new(), keys: 0 };
        let mut rest = text.char_indices().peekable();
        while let Some((start, letter)) = rest.next() {
            match letter {
                '"' => loop {
                    match rest.next()?.1 {
                        '\\' => {
                            rest.next()?;
                        }
                        '"' => break,
                        _ => {}
                    }
                },
                // Outside of texts a colon stands after a key only.
                ':' => shape.keys += 1,
                '-' | '0'..='9' => {
                    let part = |letter: char| letter.is_ascii_digit() || "+-.eE".contains(letter);
                    let mut end = start + 1;
                    while let Some((at, _)) = rest.next_if(|(_, letter)| part(*letter)) {
                        end = at + 1;
                    }
                    shape.numbers.push(plain_number(text.get(start..end)?)?);
                }
                _ => {}
            }
        }
        Some(shape)
    }
}

/// A number by its digits and the place of its point, so that equal ones are equal texts.
fn plain_number(text: &str) -> Option<String> {
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i64 = exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let all = format!("{whole}{fraction}");
    let digits = all.trim_start_matches('0').trim_end_matches('0');
    if digits.is_empty() {
        return Some("0".into());
    }
    let zeros = (all.len() - all.trim_end_matches('0').len()) as i64;
    Some(format!("{sign}{digits}e{}", exponent - fraction.len() as i64 + zeros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_keeps_every_digit_and_key_is_rewritten() {
        assert_eq!(
            compact(r#"{"b": 1.50, "a:1": [1e2, "x: 7", null]}"#).as_deref(),
            Some(r#"{"b":1.5,"a:1":[100.0,"x: 7",null]}"#)
        );
        assert_eq!(compact("9007199254740993").as_deref(), Some("9007199254740993"));
        for lost in
            [r#"{"a": 1, "a": 2}"#, "0.1234567890123456789012", "1e400", "123456789012345678901234567890.5", "{"]
        {
            assert_eq!(compact(lost), None, "{lost}");
        }
    }
}
