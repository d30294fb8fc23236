//! Values from records and from JSON.

use super::{Timestamp, Val};
use crate::{Row, Type};
use jiff::SignedDuration;
use maq_value::{Decimal, Uuid, Value};
use serde_json::Value as Json;
use std::borrow::Cow;
use std::str::FromStr;

impl<'a> Val<'a> {
    /// The value of a field. Absent ones are null here.
    pub fn of_value(value: &'a Value) -> Val<'a> {
        match value {
            Value::Missing | Value::Null => Val::Null,
            Value::Bool(value) => Val::Bool(*value),
            Value::Integer(value) | Value::BigInt(value) => Val::Int(*value),
            Value::Number(value) => Val::Double(*value),
            Value::Decimal(value) => Val::Decimal(*value),
            Value::Text(text) => Val::String(Cow::Borrowed(text)),
            Value::Bytes(bytes) => Val::Bytes(Cow::Borrowed(bytes)),
            Value::Date(value) => Val::Date(*value),
            Value::Time(value) => Val::Time(*value),
            Value::Instant(value) => Val::Timestamp(Timestamp::from_instant(*value)),
            Value::Duration(value) => Val::Duration(SignedDuration::from_micros(*value)),
            Value::Uuid(value) => Val::Uuid(*value),
            Value::Json(json) => Val::of_json(json),
            Value::List(items) => Val::List(items.iter().map(Val::of_value).collect()),
            Value::Object(entries) => {
                let entries = entries.iter().map(|(key, value)| (Val::text(key.as_str()), Val::of_value(value)));
                Val::Map(entries.collect())
            }
        }
    }

    /// A record as a map of the fields that are there.
    pub(crate) fn of_row(row: &'a Row) -> Val<'a> {
        let present = row.record.0.iter().filter(|(_, value)| !matches!(value, Value::Missing));
        Val::Map(present.map(|(name, value)| (Val::text(&**name), Val::of_value(value))).collect())
    }

    /// JSON by its own shape: whole numbers are `int` where they fit.
    pub fn of_json(json: &'a Json) -> Val<'a> {
        match json {
            Json::Null => Val::Null,
            Json::Bool(value) => Val::Bool(*value),
            Json::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(value), _) => Val::Int(value),
                (None, Some(value)) => Val::Uint(value),
                (None, None) => Val::Double(number.as_f64().unwrap_or(f64::NAN)),
            },
            Json::String(text) => Val::String(Cow::Borrowed(text)),
            Json::Array(items) => Val::List(items.iter().map(Val::of_json).collect()),
            Json::Object(entries) => {
                let entries = entries.iter().map(|(key, value)| (Val::text(key.as_str()), Val::of_json(value)));
                Val::Map(entries.collect())
            }
        }
    }

    /// JSON as a value of `ty`; none when it does not fit. Null fits only a type with null.
    pub fn of_json_as(json: &'a Json, ty: &Type) -> Option<Val<'a>> {
        Some(match ty {
            Type::Null => json.is_null().then_some(Val::Null)?,
            Type::Nullable(_) if json.is_null() => Val::Null,
            Type::Nullable(inner) => Val::of_json_as(json, inner)?,
            Type::Reference(_, id) => Val::of_json_as(json, id)?,
            Type::Bool => Val::Bool(json.as_bool()?),
            Type::Int => Val::Int(json.as_i64().or_else(|| json.as_str()?.parse().ok())?),
            Type::Uint => Val::Uint(json.as_u64()?),
            Type::Double => Val::Double(json.as_f64()?),
            // No field has a NUL, and no database can be asked about one.
            Type::String | Type::Enum(_) => {
                Val::String(Cow::Borrowed(json.as_str().filter(|text| !text.contains('\0'))?))
            }
            Type::Decimal => Val::Decimal(decimal(json)?),
            // To the microsecond, as everything that is stored.
            Type::Timestamp => Val::Timestamp(Timestamp::from_instant(Timestamp::parse(json.as_str()?)?.instant())),
            Type::Duration => {
                let span: SignedDuration = json.as_str()?.parse().ok()?;
                Val::Duration(SignedDuration::from_micros(i64::try_from(span.as_micros()).ok()?))
            }
            Type::Date => Val::Date(json.as_str()?.parse().ok()?),
            Type::Time => Val::Time(json.as_str()?.parse().ok()?),
            Type::Uuid => Val::Uuid(Uuid::from_str(json.as_str()?).ok()?),
            Type::List(inner) => {
                let items = json.as_array()?.iter().map(|item| Val::of_json_as(item, inner));
                Val::List(items.collect::<Option<Vec<_>>>()?.into())
            }
            Type::Map(_, inner) => {
                let entries = json.as_object()?.iter();
                let entries =
                    entries.map(|(key, value)| Some((Val::text(key.as_str()), Val::of_json_as(value, inner)?)));
                Val::Map(entries.collect::<Option<Vec<_>>>()?.into())
            }
            Type::Dyn | Type::Json | Type::Attribute | Type::Wrong | Type::Param(_) => Val::of_json(json),
            Type::Bytes | Type::Optional(_) | Type::Type(_) | Type::Opaque(_) | Type::Record(_) => return None,
        })
    }
}

fn decimal(json: &Json) -> Option<Decimal> {
    match json {
        Json::String(text) => Decimal::from_str_exact(text).ok(),
        Json::Number(number) => {
            let text = number.to_string();
            Decimal::from_str_exact(&text).or_else(|_| Decimal::from_scientific(&text)).ok()
        }
        _ => None,
    }
}
