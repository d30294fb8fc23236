//! The fast path: whether an object is a valid new record, without building the record or a finding. It answers as
//! [`Validator::create`] does; a test holds the two together.

use crate::field::Field;
use crate::find::holds_null;
use crate::limit::{characters, fit};
use crate::validator::MAX_ID_BYTES;
use crate::{Validator, format};
use maq_ir::{FieldType, IdentityType};
use maq_value::{Kind, Value};
use serde_json::{Map, Value as Json};
use std::cmp::Ordering;

/// So many fields are told apart on the stack; larger entities take the slow path.
const ON_STACK: usize = 128;

impl Validator {
    /// Whether [`Validator::create`] would take `json`. Allocates nothing for entities of up to 128 fields, except
    /// where a value is JSON, bytes or matched by a pattern.
    pub fn accepts(&self, json: &Map<String, Json>) -> bool {
        if self.fields.len() > ON_STACK {
            return self.create(json).is_ok();
        }
        let (mut given, mut emptied) = (0_u128, 0_u128);
        let mut id = None;
        let mut cursor = 0;
        for (name, value) in json {
            let Some(at) = self.locate(name, &mut cursor) else {
                if name != "id" {
                    return false;
                }
                id = Some(value);
                continue;
            };
            let Some(field) = self.fields.get(at) else { return false };
            given |= 1 << at;
            if value.is_null() {
                emptied |= 1 << at;
            } else if !field.admits(value) {
                return false;
            }
        }
        let present = (given & !emptied) | (self.defaulted & !given);
        self.needed & !present == 0 && self.admits_id(id)
    }

    fn admits_id(&self, id: Option<&Json>) -> bool {
        match id.filter(|id| !id.is_null()) {
            None => self.identity != IdentityType::Text,
            Some(Json::String(text)) if self.identity == IdentityType::Text => {
                (1..=MAX_ID_BYTES).contains(&text.len()) && !text.contains('\0')
            }
            Some(id) => Value::from_json(id, self.identity.kind()).is_ok(),
        }
    }
}

impl Field {
    /// Whether a value that is not null is of its type and within its limits.
    fn admits(&self, json: &Json) -> bool {
        match (self.kind, json) {
            (Kind::Text, Json::String(text)) => self.admits_text(text),
            (Kind::Text, _) => false,
            (Kind::Bool, json) => json.is_boolean(),
            (Kind::Decimal, Json::String(text)) if self.is_unbounded() && self.admits_digits(text) => true,
            (Kind::Date, Json::String(text)) if self.is_unbounded() && is_plain_date(text) => true,
            (Kind::Json, json) if holds_null(json) => false,
            (Kind::Json, json) => match self.ty {
                FieldType::Object => json.is_object(),
                FieldType::List => json.is_array(),
                _ => true,
            },
            (Kind::Bytes, json) => match Value::from_json(json, Kind::Bytes) {
                Ok(Value::Bytes(bytes)) => self.admits_length(bytes.len() as u64),
                _ => false,
            },
            (kind, json) => Value::from_json(json, kind).is_ok_and(|value| self.admits_scalar(&value)),
        }
    }

    fn is_unbounded(&self) -> bool {
        self.min.is_none() && self.max.is_none()
    }

    /// Whether `text` is a plain decimal (`-12.50`) within precision and scale. False says nothing: the long way
    /// decides then.
    fn admits_digits(&self, text: &str) -> bool {
        let FieldType::Decimal { precision, scale } = self.ty else { return false };
        let plain = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = plain.split_once('.').unwrap_or((plain, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        digits(whole)
            && digits(fraction)
            && whole.len() <= precision.saturating_sub(scale) as usize
            && (fraction.len() <= scale as usize || fraction == "0")
    }

    fn admits_scalar(&self, value: &Value) -> bool {
        let fits = match (&self.ty, value) {
            (FieldType::Decimal { precision, scale }, Value::Decimal(decimal)) => {
                fit(*decimal, *precision, *scale).is_some()
            }
            _ => true,
        };
        fits && self.admits_range(value)
    }

    fn admits_range(&self, value: &Value) -> bool {
        let within = |limit: &Option<Value>, beyond: Ordering| {
            limit.as_ref().is_none_or(|limit| crate::limit::compare(value, limit) != Some(beyond))
        };
        within(&self.min, Ordering::Less) && within(&self.max, Ordering::Greater)
    }

    fn admits_length(&self, length: u64) -> bool {
        self.min_length.is_none_or(|limit| length >= limit) && self.max_length.is_none_or(|limit| length <= limit)
    }

    fn admits_text(&self, text: &str) -> bool {
        let limited = self.min_length.is_some() || self.max_length.is_some();
        let text_within = |limit: &Option<Value>, beyond: Ordering| match limit {
            Some(Value::Text(limit)) => text.cmp(limit) != beyond,
            _ => true,
        };
        !text.contains('\0')
            && (!limited || self.admits_length(characters(text)))
            && match &self.ty {
                FieldType::Enum(values) => values.iter().any(|known| known == text),
                _ => true,
            }
            && text_within(&self.min, Ordering::Less)
            && text_within(&self.max, Ordering::Greater)
            && self.pattern.as_ref().is_none_or(|pattern| pattern.matches(text))
            && self.format.is_none_or(|format| format::is(format, text))
    }
}

/// Whether `text` is a date as everyone writes it, in this or the last centuries. False says nothing.
fn is_plain_date(text: &str) -> bool {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return false };
    let digits = [y1, y2, y3, y4, m1, m2, d1, d2];
    let two = |tens: u8, ones: u8| (tens - b'0') * 10 + (ones - b'0');
    // Later days depend on the month; they take the long way.
    digits.iter().all(u8::is_ascii_digit) && (1..=12).contains(&two(m1, m2)) && (1..=28).contains(&two(d1, d2))
}
