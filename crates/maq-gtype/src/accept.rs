//! The fast path: whether an object is a valid new record, without building the record or a finding. It answers as
//! [`Validator::create`] does; a test holds the two together.

use crate::field::Field;
use crate::limit::{characters, fit};
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
        let present = |(at, field): (usize, &Field)| {
            let bit = 1_u128 << at;
            emptied & bit == 0 && (given & bit != 0 || field.default.is_some())
        };
        self.required().all(|(at, _)| self.fields.get(at).is_some_and(|field| present((at, field))))
            && self.admits_id(id)
    }

    fn admits_id(&self, id: Option<&Json>) -> bool {
        match id.filter(|id| !id.is_null()) {
            None => self.identity != IdentityType::Text,
            Some(Json::String(text)) if self.identity == IdentityType::Text => !text.is_empty(),
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
        (!limited || self.admits_length(characters(text)))
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
