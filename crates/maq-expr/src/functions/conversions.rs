//! From one type to another.

use super::{network, numbers};
use crate::eval::{Attempt, Failure, operators_duration};
use crate::{Timestamp, Val};
use maq_value::{Decimal, Uuid};
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};
use std::str::FromStr;

/// The first double that no `int` reaches, and that no `uint` reaches.
const INT_END: f64 = 9_223_372_036_854_775_808.0;
const UINT_END: f64 = 18_446_744_073_709_551_616.0;

pub(super) fn call<'a>(function: &str, args: &[Val<'a>]) -> Option<Attempt<'a>> {
    if let ("date", [Val::Timestamp(at), Val::String(zone)]) = (function, args) {
        let civil = at.civil(Some(zone)).ok_or_else(|| Failure::invalid("no such time zone"));
        return Some(civil.map(|civil| Val::Date(civil.date())));
    }
    let [value] = args else { return None };
    match function {
        "dyn" => Some(Ok(value.clone())),
        "type" => Some(Ok(Val::Type(value.type_name().into()))),
        "int" => int(value),
        "uint" => uint(value),
        "double" => double(value),
        "string" => string(value).map(|text| text.map(|text| Val::text(text.into_owned()))),
        "bytes" => bytes(value),
        "bool" => boolean(value),
        "timestamp" => timestamp(value),
        "duration" => duration(value),
        "decimal" => decimal(value),
        "date" => date(value),
        "time" => time(value),
        "uuid" => uuid(value),
        _ => None,
    }
}

fn range() -> Failure {
    Failure::range("the number is beyond the range of the type")
}

fn unread(what: &'static str) -> Failure {
    Failure::conversion(what)
}

fn int<'a>(value: &Val<'a>) -> Option<Attempt<'a>> {
    Some(match value {
        Val::Int(value) => Ok(Val::Int(*value)),
        Val::Uint(value) => i64::try_from(*value).map(Val::Int).map_err(|_| range()),
        // The ends themselves are refused: a double near them may stand for a number beyond.
        Val::Double(value) if *value > -INT_END && *value < INT_END => Ok(Val::Int(*value as i64)),
        Val::Double(_) => Err(range()),
        Val::Decimal(value) => value.trunc().to_i64().map(Val::Int).ok_or_else(range),
        Val::String(text) => text.parse().map(Val::Int).map_err(|_| unread("the text is no whole number of 64 bits")),
        Val::Timestamp(at) => Ok(Val::Int(at.as_second())),
        Val::Bool(value) => Ok(Val::Int(i64::from(*value))),
        _ => return None,
    })
}

fn uint<'a>(value: &Val<'a>) -> Option<Attempt<'a>> {
    Some(match value {
        Val::Uint(value) => Ok(Val::Uint(*value)),
        Val::Int(value) => u64::try_from(*value).map(Val::Uint).map_err(|_| range()),
        Val::Double(value) if *value > -1.0 && *value < UINT_END => Ok(Val::Uint(*value as u64)),
        Val::Double(_) => Err(range()),
        Val::String(text) => text.parse().map(Val::Uint).map_err(|_| unread("the text is no whole number of 64 bits")),
        _ => return None,
    })
}

fn double<'a>(value: &Val<'a>) -> Option<Attempt<'a>> {
    Some(match value {
        Val::Double(value) => Ok(Val::Double(*value)),
        Val::Int(value) => Ok(Val::Double(*value as f64)),
        Val::Uint(value) => Ok(Val::Double(*value as f64)),
        Val::Decimal(value) => value.to_f64().map(Val::Double).ok_or_else(range),
        Val::String(text) => text.parse().map(Val::Double).map_err(|_| unread("the text is no number")),
        _ => return None,
    })
}

/// The text of a value; none when its type has none.
pub(super) fn string<'v>(value: &'v Val<'_>) -> Option<Result<std::borrow::Cow<'v, str>, Failure>> {
    Some(Ok(match value {
        Val::String(text) => text[..].into(),
        Val::Bool(value) => value.to_string().into(),
        Val::Int(value) => value.to_string().into(),
        Val::Uint(value) => value.to_string().into(),
        Val::Double(value) => numbers::shown(*value).into(),
        Val::Decimal(value) => value.to_string().into(),
        Val::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => return Some(Err(unread("the bytes are no UTF-8 text"))),
        },
        Val::Timestamp(at) => at.to_string().into(),
        Val::Duration(duration) => super::times::shown(*duration).into(),
        Val::Date(date) => date.to_string().into(),
        Val::Time(time) => time.to_string().into(),
        Val::Uuid(uuid) => uuid.to_string().into(),
        Val::Opaque(kind, text) if network::is_kind(kind) => text[..].into(),
        _ => return None,
    }))
}

fn bytes<'a>(value: &Val<'a>) -> Option<Attempt<'a>> {
    match value {
        Val::Bytes(_) => Some(Ok(value.clone())),
        Val::String(text) => Some(Ok(Val::Bytes(text.as_bytes().to_vec().into()))),
        _ => None,
    }
}

fn boolean<'a>(value: &Val<'a>) -> Option<Attempt<'a>> {
    match value {
        Val::Bool(_) => Some(Ok(value.clone())),
        Val::String(text) => Some(match &**text {
            "1" | "t" | "true" | "TRUE" | "True" => Ok(Val::Bool(true)),
            "0" | "f" | "false" | "FALSE" | "False" => Ok(Val::Bool(false)),
            _ => Err(unread("the text is neither true nor false")),
        }),
        _ => None,
    }
}

fn timestamp<'a>(value: &Val<'a>) -> Option<Attempt<'a>> {
    Some(match value {
        Val::Timestamp(_) => Ok(value.clone()),
        Val::Int(seconds) => Timestamp::new(*seconds, 0)
            .map(Val::Timestamp)
            .ok_or_else(|| Failure::range("an instant is beyond the range of the years 1 to 9999")),
        Val::String(text) => Timestamp::parse(text)
            .map(Val::Timestamp)
            .ok_or_else(|| unread("the text is no instant like 2026-11-21T13:45:00Z")),
        _ => return None,
    })
}

fn duration<'a>(value: &Val<'a>) -> Option<Attempt<'a>> {
    match value {
        Val::Duration(_) => Some(Ok(value.clone())),
        Val::String(text) => Some(match super::times::read(text) {
            Some(duration) => operators_duration(duration),
            None => Err(unread("the text is no duration like 1h30m")),
        }),
        _ => None,
    }
}

fn decimal<'a>(value: &Val<'a>) -> Option<Attempt<'a>> {
    Some(match value {
        Val::Decimal(_) => Ok(value.clone()),
        Val::Int(value) => Decimal::from_i64(*value).map(Val::Decimal).ok_or_else(range),
        Val::Uint(value) => Decimal::from_u64(*value).map(Val::Decimal).ok_or_else(range),
        Val::String(text) => {
            Decimal::from_str_exact(text).map(Val::Decimal).map_err(|_| unread("the text is no decimal of 28 digits"))
        }
        _ => return None,
    })
}

fn date<'a>(value: &Val<'a>) -> Option<Attempt<'a>> {
    Some(match value {
        Val::Date(_) => Ok(value.clone()),
        Val::String(text) => {
            crate::value::parse_date(text).map(Val::Date).ok_or_else(|| unread("the text is no date like 2026-11-21"))
        }
        Val::Timestamp(at) => at.civil(None).map(|civil| Val::Date(civil.date())).ok_or_else(range),
        _ => return None,
    })
}

fn time<'a>(value: &Val<'a>) -> Option<Attempt<'a>> {
    Some(match value {
        Val::Time(_) => Ok(value.clone()),
        Val::String(text) => text.parse().map(Val::Time).map_err(|_| unread("the text is no time like 13:45:00")),
        _ => return None,
    })
}

fn uuid<'a>(value: &Val<'a>) -> Option<Attempt<'a>> {
    Some(match value {
        Val::Uuid(_) => Ok(value.clone()),
        Val::String(text) => Uuid::from_str(text).map(Val::Uuid).map_err(|_| unread("the text is no uuid")),
        _ => return None,
    })
}
