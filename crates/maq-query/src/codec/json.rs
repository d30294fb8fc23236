//! Cells straight to the JSON of their values, without a value between: what [`decode`] gives, written as a value
//! writes itself. What has no short way goes the long one.

use super::{CodecError, SCALED_DIGITS, decode};
use crate::{Dialect, SqlRef};
use maq_ir::schema::ColumnType;
use maq_value::{Date, Instant, Kind, SAFE_INTEGER, Uuid};
use std::io::Write;

/// Appends the JSON of a cell that is not NULL.
///
/// # Errors
/// As [`decode`]; nothing is appended then.
pub fn write_json(
    cell: SqlRef<'_>,
    column: &ColumnType,
    kind: Kind,
    dialect: Dialect,
    out: &mut Vec<u8>,
) -> Result<(), CodecError> {
    let start = out.len();
    if short(cell, column, kind, out).is_some() {
        return Ok(());
    }
    out.truncate(start);
    let value = decode(cell, column, kind, dialect)?;
    // A vector takes everything, and no value fails to be written.
    serde_json::to_writer(out, &value).map_err(|_| CodecError::cell(cell, kind.describe()))
}

/// The short way, where there is one.
fn short(cell: SqlRef<'_>, column: &ColumnType, kind: Kind, out: &mut Vec<u8>) -> Option<()> {
    match (cell, column, kind) {
        (SqlRef::Text(text), ColumnType::Text, Kind::Text) => serde_json::to_writer(out, text).ok(),
        (SqlRef::Integer(value), ColumnType::Integer, Kind::Integer) => {
            (-SAFE_INTEGER..=SAFE_INTEGER).contains(&value).then_some(())?;
            serde_json::to_writer(out, &value).ok()
        }
        (SqlRef::Integer(value), ColumnType::Boolean, Kind::Bool) => {
            out.extend_from_slice(if value == 0 { b"false" } else { b"true" });
            Some(())
        }
        (SqlRef::Integer(value), ColumnType::Instant, Kind::Instant) => {
            serde_json::to_writer(out, &Instant(value)).ok()
        }
        (SqlRef::Integer(value), ColumnType::Decimal { precision, scale }, Kind::Decimal) => {
            (*precision <= SCALED_DIGITS).then_some(())?;
            scaled(value, *scale as usize, out)
        }
        (SqlRef::Text(text), ColumnType::Uuid, Kind::Uuid) => {
            let uuid: Uuid = text.parse().ok()?;
            quoted(uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()), out)
        }
        (SqlRef::Text(text), ColumnType::Date, Kind::Date) => {
            let is_plain =
                |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
            (text.len() == 10 && text.bytes().enumerate().all(is_plain)).then_some(())?;
            text.parse::<Date>().ok()?;
            quoted(text, out)
        }
        _ => None,
    }
}

/// Text that needs no escapes.
fn quoted(text: &str, out: &mut Vec<u8>) -> Option<()> {
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
    Some(())
}

/// A scaled number with the digits of its scale.
fn scaled(value: i64, scale: usize, out: &mut Vec<u8>) -> Option<()> {
    out.extend_from_slice(if value < 0 { b"\"-" } else { b"\"" });
    let start = out.len();
    let width = scale + 1;
    write!(out, "{:0width$}", value.unsigned_abs()).ok()?;
    if scale > 0 {
        let point = out.len().checked_sub(scale).filter(|point| *point > start)?;
        out.insert(point, b'.');
    }
    out.push(b'"');
    Some(())
}
