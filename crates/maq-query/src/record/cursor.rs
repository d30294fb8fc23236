//! Cursors: the sort values of the last row of a page, as opaque text. A cursor says for which order it was made and
//! is refused for another; a changed one is refused or names another place in the caller's own list, never more.

use super::{QueryError, Records, SortKey};
use crate::codec;
use crate::{Row, SqlRef, SqlValue};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::Value as Json;

/// The cursor after `row`.
pub(super) fn write(records: &Records, keys: &[SortKey], row: &impl Row) -> Result<String, QueryError> {
    let mut parts = vec![Json::String(order(records, keys)?)];
    for key in keys {
        let (at, _) = records.cell(key.field)?;
        parts.push(to_json(row.cell(at).ok_or(QueryError::Row)?));
    }
    Ok(BASE64.encode(Json::Array(parts).to_string()))
}

/// The sort values in a cursor that [`write`] made for the same keys.
pub(super) fn read(records: &Records, keys: &[SortKey], text: &str) -> Result<Vec<SqlValue>, QueryError> {
    let bytes = BASE64.decode(text).map_err(|_| QueryError::Cursor)?;
    let Ok(Json::Array(parts)) = serde_json::from_slice::<Json>(&bytes) else { return Err(QueryError::Cursor) };
    let Some((Json::String(made_for), values)) = parts.split_first() else { return Err(QueryError::Cursor) };
    if *made_for != order(records, keys)? || values.len() != keys.len() {
        return Err(QueryError::Cursor);
    }
    keys.iter().zip(values).map(|(key, json)| value(records, *key, json)).collect()
}

fn value(records: &Records, key: SortKey, json: &Json) -> Result<SqlValue, QueryError> {
    let (_, cell) = records.cell(key.field)?;
    let value = from_json(json).ok_or(QueryError::Cursor)?;
    let empty = value == SqlValue::Null;
    let fits = codec::decode(&value, &cell.ty, cell.kind, records.dialect).is_ok();
    if fits && !(empty && cell.always) { Ok(value) } else { Err(QueryError::Cursor) }
}

fn order(records: &Records, keys: &[SortKey]) -> Result<String, QueryError> {
    let words = keys.iter().map(|key| {
        let (_, cell) = records.cell(key.field)?;
        Ok(format!("{}{}", if key.descending { "-" } else { "" }, cell.name))
    });
    Ok(words.collect::<Result<Vec<_>, QueryError>>()?.join(","))
}

fn to_json(value: SqlRef<'_>) -> Json {
    match value {
        SqlRef::Null => Json::Null,
        SqlRef::Integer(value) => Json::from(value),
        // Written as bits: a double must come back as the one it was.
        SqlRef::Real(value) => serde_json::json!({ "r": value.to_bits() }),
        SqlRef::Text(text) => Json::String(text.to_owned()),
        SqlRef::Blob(bytes) => serde_json::json!({ "b": BASE64.encode(bytes) }),
    }
}

fn from_json(json: &Json) -> Option<SqlValue> {
    match json {
        Json::Null => Some(SqlValue::Null),
        Json::Number(number) => number.as_i64().map(SqlValue::Integer),
        // No column holds U+0000, and Postgres would fail on it.
        Json::String(text) => (!text.contains('\0')).then(|| SqlValue::Text(text.clone())),
        Json::Object(parts) => match (parts.get("r"), parts.get("b")) {
            (Some(bits), _) => {
                let value = f64::from_bits(bits.as_u64()?);
                value.is_finite().then_some(SqlValue::Real(value))
            }
            (_, Some(bytes)) => BASE64.decode(bytes.as_str()?).ok().map(SqlValue::Blob),
            _ => None,
        },
        _ => None,
    }
}
