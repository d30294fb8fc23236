//! `format` of the extension `strings`.

use super::{conversions, numbers};
use crate::Val;
use crate::eval::{ErrorKind, Failure};
use std::fmt::Write as _;

/// Digits after the point that may be asked for.
const MOST_DIGITS: usize = 100;
/// The longest text that is made.
const LONGEST: usize = 1 << 20;

pub(super) fn format(template: &str, values: &[Val<'_>]) -> Result<String, Failure> {
    let mut made = String::with_capacity(template.len());
    let mut values = values.iter();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('%') {
        made.push_str(before);
        if let Some(after) = after.strip_prefix('%') {
            made.push('%');
            rest = after;
            continue;
        }
        let (digits, after) = precision(after)?;
        let mut characters = after.chars();
        let clause = characters.next().ok_or_else(|| Failure::invalid("a format ends in the middle of a clause"))?;
        if !matches!(clause, 's' | 'd' | 'f' | 'e' | 'b' | 'o' | 'x' | 'X') {
            return Err(Failure::invalid(format!("`%{clause}` is no clause of a format")));
        }
        let value = values.next().ok_or_else(|| Failure::invalid("a format has more clauses than values"))?;
        made.push_str(&one(clause, digits, value)?);
        if made.len() > LONGEST {
            return Err(Failure::invalid("a text becomes longer than a mebibyte"));
        }
        rest = characters.as_str();
    }
    made.push_str(rest);
    Ok(made)
}

fn precision(after: &str) -> Result<(usize, &str), Failure> {
    let Some(digits) = after.strip_prefix('.') else { return Ok((6, after)) };
    let end = digits.find(|character: char| !character.is_ascii_digit()).unwrap_or(digits.len());
    let (number, rest) = digits.split_at(end);
    match number.parse::<usize>() {
        Ok(digits) if digits <= MOST_DIGITS => Ok((digits, rest)),
        _ => Err(Failure::invalid("a format asks for no number of digits, or for more than 100")),
    }
}

fn one(clause: char, digits: usize, value: &Val<'_>) -> Result<String, Failure> {
    let wrong = || {
        let message = format!("`%{clause}` does not write a value of the type {}", value.type_name());
        Failure::new(ErrorKind::NoOverload, message)
    };
    Ok(match (clause, value) {
        ('s', value) => {
            let mut text = String::new();
            shown(value, &mut text).ok_or_else(wrong)?;
            text
        }
        ('d' | 'f' | 'e', Val::Double(value)) if !value.is_finite() => numbers::shown(*value),
        ('d', Val::Int(value)) => value.to_string(),
        ('d', Val::Uint(value)) => value.to_string(),
        ('f', value) => format!("{:.digits$}", number(value).ok_or_else(wrong)?),
        ('e', value) => scientific(number(value).ok_or_else(wrong)?, digits),
        ('b', Val::Bool(value)) => u8::from(*value).to_string(),
        ('b', value) => signed(value, |size| format!("{size:b}")).ok_or_else(wrong)?,
        ('o', value) => signed(value, |size| format!("{size:o}")).ok_or_else(wrong)?,
        ('x', Val::String(text)) => hex(text.as_bytes()),
        ('x', Val::Bytes(bytes)) => hex(bytes),
        ('x', value) => signed(value, |size| format!("{size:x}")).ok_or_else(wrong)?,
        ('X', value) => one('x', digits, value).map_err(|_| wrong())?.to_ascii_uppercase(),
        _ => return Err(wrong()),
    })
}

fn number(value: &Val<'_>) -> Option<f64> {
    match value {
        Val::Double(value) => Some(*value),
        Val::Int(value) => Some(*value as f64),
        Val::Uint(value) => Some(*value as f64),
        _ => None,
    }
}

fn signed(value: &Val<'_>, written: impl Fn(u64) -> String) -> Option<String> {
    match value {
        Val::Int(value) if *value < 0 => Some(format!("-{}", written(value.unsigned_abs()))),
        Val::Int(value) => Some(written(value.unsigned_abs())),
        Val::Uint(value) => Some(written(*value)),
        _ => None,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// With a signed exponent of two digits at least.
fn scientific(value: f64, digits: usize) -> String {
    let written = format!("{value:.digits$e}");
    let Some((number, exponent)) = written.split_once('e') else { return written };
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    format!("{number}e{sign}{exponent:0>2}")
}

/// A value as `%s` writes it; keys of maps are sorted by their text.
fn shown(value: &Val<'_>, out: &mut String) -> Option<()> {
    match value {
        Val::Null => out.push_str("null"),
        Val::Type(name) => out.push_str(name),
        Val::List(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                out.push_str(if place > 0 { ", " } else { "" });
                shown(item, out)?;
            }
            out.push(']');
        }
        Val::Map(entries) => {
            let mut written = Vec::with_capacity(entries.len());
            for (key, value) in entries.iter() {
                let mut texts = (String::new(), String::new());
                shown(key, &mut texts.0)?;
                shown(value, &mut texts.1)?;
                written.push(texts);
            }
            written.sort();
            let written: Vec<String> = written.into_iter().map(|(key, value)| format!("{key}: {value}")).collect();
            let _ = write!(out, "{{{}}}", written.join(", "));
        }
        Val::Bytes(bytes) => out.push_str(&String::from_utf8_lossy(bytes)),
        other => out.push_str(&conversions::string(other)?.ok()?),
    }
    (out.len() <= LONGEST).then_some(())
}
