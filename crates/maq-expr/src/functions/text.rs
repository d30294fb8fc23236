//! Functions on texts: the standard ones, and the extensions `strings` and `encoders`. Places are code points.

use super::{format, pattern};
use crate::Val;
use crate::eval::{Attempt, Failure};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Base64 with padding written and not demanded.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The longest text that a function makes of others.
const LONGEST: usize = 1 << 20;

pub(super) fn call<'a>(function: &str, args: &[Val<'a>]) -> Option<Attempt<'a>> {
    if let ("base64.encode", [Val::Bytes(bytes)]) = (function, args) {
        return Some(Ok(Val::text(BASE64.encode(bytes))));
    }
    if let ("join", [Val::List(items), rest @ ..]) = (function, args) {
        return join(items, rest);
    }
    let [Val::String(text), rest @ ..] = args else { return None };
    Some(match (function, rest) {
        ("matches", [Val::String(wanted)]) => pattern::matches(text, wanted).map(Val::Bool),
        ("charAt", [Val::Int(place)]) => char_at(text, *place),
        ("indexOf", [Val::String(part)]) => index_of(text, part, 0),
        ("indexOf", [Val::String(part), Val::Int(from)]) => index_of(text, part, *from),
        ("lastIndexOf", [Val::String(part)]) => last_index_of(text, part, None),
        ("lastIndexOf", [Val::String(part), Val::Int(from)]) => last_index_of(text, part, Some(*from)),
        ("substring", [Val::Int(start)]) => substring(text, *start, None),
        ("substring", [Val::Int(start), Val::Int(end)]) => substring(text, *start, Some(*end)),
        ("lowerAscii", []) => Ok(Val::text(text.to_ascii_lowercase())),
        ("upperAscii", []) => Ok(Val::text(text.to_ascii_uppercase())),
        ("trim", []) => Ok(Val::text(text.trim().to_owned())),
        ("reverse", []) => Ok(Val::text(text.chars().rev().collect::<String>())),
        ("replace", [Val::String(from), Val::String(to)]) => replace(text, from, to, -1),
        ("replace", [Val::String(from), Val::String(to), Val::Int(limit)]) => replace(text, from, to, *limit),
        ("split", [Val::String(separator)]) => Ok(split(text, separator, -1)),
        ("split", [Val::String(separator), Val::Int(limit)]) => Ok(split(text, separator, *limit)),
        ("format", [Val::List(values)]) => format::format(text, values).map(Val::text),
        ("strings.quote", []) => Ok(Val::text(quote(text))),
        ("base64.decode", []) => match BASE64.decode(text.as_bytes()) {
            Ok(bytes) => Ok(Val::Bytes(bytes.into())),
            Err(_) => Err(Failure::conversion("the text is no base64")),
        },
        _ => return None,
    })
}

fn beyond() -> Failure {
    Failure::invalid("an index is beyond the text")
}

/// The byte of a code point's place, up to the end of the text.
fn byte_of(text: &str, place: i64) -> Result<usize, Failure> {
    let place = usize::try_from(place).map_err(|_| beyond())?;
    let mut places = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    places.nth(place).ok_or_else(beyond)
}

fn place_of<'a>(text: &str, byte: usize) -> Attempt<'a> {
    let place = text.get(..byte).map_or(0, |before| before.chars().count());
    i64::try_from(place).map(Val::Int).map_err(|_| beyond())
}

fn char_at<'a>(text: &str, place: i64) -> Attempt<'a> {
    let rest = text.get(byte_of(text, place)?..).unwrap_or_default();
    Ok(Val::text(rest.chars().take(1).collect::<String>()))
}

fn index_of<'a>(text: &str, part: &str, from: i64) -> Attempt<'a> {
    let start = byte_of(text, from)?;
    match text.get(start..).and_then(|rest| rest.find(part)) {
        Some(at) => place_of(text, start + at),
        None => Ok(Val::Int(-1)),
    }
}

fn last_index_of<'a>(text: &str, part: &str, from: Option<i64>) -> Attempt<'a> {
    let last = match from {
        Some(from) => byte_of(text, from)?,
        None => text.len(),
    };
    // What begins at the last place may reach beyond it.
    let end = last.saturating_add(part.len()).min(text.len());
    let end = (end..=text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(text.len());
    let found = text.get(..end).unwrap_or_default().rmatch_indices(part).map(|(at, _)| at).find(|at| *at <= last);
    match found.or_else(|| overlapping(text, part, last)) {
        Some(at) => place_of(text, at),
        None => Ok(Val::Int(-1)),
    }
}

/// The last place up to `last` at which `part` begins, where matches overlap.
fn overlapping(text: &str, part: &str, last: usize) -> Option<usize> {
    (0..=last).rev().find(|at| text.get(*at..).is_some_and(|rest| rest.starts_with(part)))
}

fn substring<'a>(text: &str, start: i64, end: Option<i64>) -> Attempt<'a> {
    let from = byte_of(text, start)?;
    let to = match end {
        Some(end) => byte_of(text, end)?,
        None => text.len(),
    };
    match text.get(from..to) {
        Some(part) => Ok(Val::text(part.to_owned())),
        None => Err(Failure::invalid("a part of a text ends before it begins")),
    }
}

fn replace<'a>(text: &str, from: &str, to: &str, limit: i64) -> Attempt<'a> {
    let count = usize::try_from(limit).unwrap_or(usize::MAX).min(text.matches(from).count());
    if text.len().saturating_add(count.saturating_mul(to.len())) > LONGEST {
        return Err(Failure::invalid("a text becomes longer than a mebibyte"));
    }
    Ok(Val::text(text.replacen(from, to, count)))
}

fn split<'a>(text: &str, separator: &str, limit: i64) -> Val<'a> {
    let part = |part: &str| Val::text(part.to_owned());
    match usize::try_from(limit) {
        Ok(0) => Val::list(Vec::new()),
        limit if separator.is_empty() => {
            let limit = limit.unwrap_or(usize::MAX);
            let mut parts: Vec<Val<'a>> = Vec::new();
            let mut rest = text;
            while let Some(first) = rest.chars().next() {
                if parts.len() + 1 == limit {
                    parts.push(part(rest));
                    break;
                }
                let (one, after) = rest.split_at(first.len_utf8());
                parts.push(part(one));
                rest = after;
            }
            Val::list(parts)
        }
        Ok(limit) => Val::List(text.splitn(limit, separator).map(part).collect()),
        Err(_) => Val::List(text.split(separator).map(part).collect()),
    }
}

fn join<'a>(items: &[Val<'a>], rest: &[Val<'a>]) -> Option<Attempt<'a>> {
    let separator = match rest {
        [] => "",
        [Val::String(separator)] => separator,
        _ => return None,
    };
    let mut joined = String::new();
    for (place, item) in items.iter().enumerate() {
        let Val::String(text) = item else { return None };
        if place > 0 {
            joined.push_str(separator);
        }
        joined.push_str(text);
        if joined.len() > LONGEST {
            return Some(Err(Failure::invalid("a text becomes longer than a mebibyte")));
        }
    }
    Some(Ok(Val::text(joined)))
}

fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{b}' => quoted.push_str("\\v"),
            '\\' => quoted.push_str("\\\\"),
            '"' => quoted.push_str("\\\""),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
