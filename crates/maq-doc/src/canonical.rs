//! Canonical JSON (RFC 8785: sorted keys, shortest numbers, minimal escapes) and SHA-256 digests over it.

use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// A SHA-256 digest, printed as 64 hex digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct Digest(pub String);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The SHA-256 of the canonical form of `json`.
pub fn digest(json: &Json) -> Digest {
    Digest(hex::encode(Sha256::digest(canonical_json(json).as_bytes())))
}

/// The canonical text of `json`: one line, object keys in UTF-16 order.
pub fn canonical_json(json: &Json) -> String {
    let mut out = String::new();
    write(json, &mut out);
    out
}

fn write(json: &Json, out: &mut String) {
    match json {
        Json::Null => out.push_str("null"),
        Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Json::Number(number) => out.push_str(&canonical_number(number)),
        Json::String(text) => write_text(text, out),
        Json::Array(values) => {
            out.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(value, out);
            }
            out.push(']');
        }
        Json::Object(object) => {
            let mut keys: Vec<&String> = object.keys().collect();
            keys.sort_by(|left, right| left.encode_utf16().cmp(right.encode_utf16()));
            out.push('{');
            for (index, key) in keys.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_text(key, out);
                out.push(':');
                write(object.get(key).unwrap_or(&Json::Null), out);
            }
            out.push('}');
        }
    }
}

/// ECMAScript's shortest form. Whole numbers of 64 bits are written exactly, which goes beyond the RFC's doubles
/// and equals it within 2^53.
fn canonical_number(number: &serde_json::Number) -> String {
    if number.is_i64() || number.is_u64() {
        return number.to_string();
    }
    let double = number.as_f64().unwrap_or_default();
    if double == 0.0 {
        return "0".into();
    }
    let magnitude = double.abs();
    if (1e-6..1e21).contains(&magnitude) {
        return format!("{double}");
    }
    let text = format!("{double:e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) if !exponent.starts_with('-') => format!("{mantissa}e+{exponent}"),
        _ => text,
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", control as u32)),
            other => out.push(other),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_examples_of_rfc_8785_hold() {
        let input: Json = serde_json::from_str(
            r#"{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],
               "string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}"#,
        )
        .unwrap();
        let expected = r#"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}"#;
        assert_eq!(canonical_json(&input), expected);
    }

    #[test]
    fn keys_sort_by_utf16_and_their_written_order_does_not_count() {
        let left = json!({"\u{1F600}": 1, "\u{FB33}": 2, "a": 3});
        assert_eq!(canonical_json(&left), "{\"a\":3,\"\u{1F600}\":1,\"\u{FB33}\":2}");
        let right = json!({"a": 3, "\u{FB33}": 2, "\u{1F600}": 1});
        assert_eq!(digest(&left), digest(&right));
    }
}
