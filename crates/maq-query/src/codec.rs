//! Values to and from what a driver binds, by the type of the physical column.
//!
//! SQLite: decimals of up to 18 digits are INTEGER scaled by their column, larger ones [`decimal`] text that sorts as
//! the numbers do; instants and durations are INTEGER microseconds, dates and times ISO text, truth values 0 and 1,
//! UUIDs text of 36 characters, JSON text. Postgres takes decimals as plain text and casts.
//!
//! The column may be wider than the field that reads it: after going back to an older release the table keeps what
//! the newer one widened. So both ways go over the column's type, and reading gives the nearest value of the field's
//! kind.

pub mod decimal;
mod json;
mod nearest;

pub use json::write_json;

use crate::{Dialect, SqlRef, SqlValue};
use maq_ir::schema::ColumnType;
use maq_value::{Instant, Kind, Value};
use rust_decimal::prelude::ToPrimitive;

/// Digits that a scaled 64-bit integer holds whatever they are.
pub const SCALED_DIGITS: u32 = 18;

/// A value that does not fit its column, or a cell that is not of its column's type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{value}` does not fit {column}")]
pub struct CodecError {
    /// The value, shortened.
    pub value: String,
    /// What it should fit, in words.
    pub column: &'static str,
}

impl CodecError {
    fn value(value: &Value, column: &ColumnType) -> CodecError {
        let text = match value {
            Value::Text(text) => text.clone(),
            other => other.to_json().to_string(),
        };
        CodecError { value: shorten(&text), column: describe(column) }
    }

    fn cell(cell: SqlRef<'_>, column: &'static str) -> CodecError {
        let text = match cell {
            SqlRef::Null => "null".to_owned(),
            SqlRef::Integer(value) => value.to_string(),
            SqlRef::Real(value) => value.to_string(),
            SqlRef::Text(text) => text.to_owned(),
            SqlRef::Blob(bytes) => format!("{} bytes", bytes.len()),
        };
        CodecError { value: shorten(&text), column }
    }
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= 40 { text.to_owned() } else { text.chars().take(39).chain(['…']).collect() }
}

fn describe(column: &ColumnType) -> &'static str {
    match column {
        ColumnType::Text => "a text column",
        ColumnType::Integer => "a column of whole numbers",
        ColumnType::Real => "a column of numbers",
        ColumnType::Decimal { .. } => "a decimal column of its precision and scale",
        ColumnType::Boolean => "a column of true and false",
        ColumnType::Date => "a date column",
        ColumnType::Time => "a time column",
        ColumnType::Instant => "a column of instants",
        ColumnType::Duration => "a column of durations",
        ColumnType::Uuid => "a uuid column",
        ColumnType::Json => "a json column",
        ColumnType::Bytes => "a column of bytes",
    }
}

/// What is bound for `value` in a column of type `column`. Missing and null are both NULL.
///
/// # Errors
/// [`CodecError`] when the value is of another kind, or has more digits than a decimal column.
pub fn encode(value: &Value, column: &ColumnType, dialect: Dialect) -> Result<SqlValue, CodecError> {
    if value.is_absent() {
        return Ok(SqlValue::Null);
    }
    encode_present(value, column, dialect).ok_or_else(|| CodecError::value(value, column))
}

fn encode_present(value: &Value, column: &ColumnType, dialect: Dialect) -> Option<SqlValue> {
    match column {
        ColumnType::Text => text_of(value).map(SqlValue::Text),
        ColumnType::Integer => whole_of(value).map(SqlValue::Integer),
        ColumnType::Real => double_of(value).map(SqlValue::Real),
        ColumnType::Decimal { precision, scale } => {
            let number = nearest::decimal_of(value)?;
            let scaled = decimal::scaled(&number, *precision, *scale)?;
            match dialect {
                Dialect::Sqlite if *precision <= SCALED_DIGITS => Some(SqlValue::Integer(i64::try_from(scaled).ok()?)),
                Dialect::Sqlite => Some(SqlValue::Text(decimal::to_text(&number))),
                Dialect::Postgres => Some(SqlValue::Text(number.to_string())),
            }
        }
        ColumnType::Boolean => match value {
            Value::Bool(value) => Some((*value).into()),
            Value::Integer(value @ (0 | 1)) => Some(SqlValue::Integer(*value)),
            _ => None,
        },
        ColumnType::Date => match value {
            Value::Date(date) => Some(SqlValue::Text(date.to_string())),
            _ => None,
        },
        ColumnType::Time => match value {
            Value::Time(time) => Some(SqlValue::Text(time.to_string())),
            _ => None,
        },
        ColumnType::Instant => match value {
            Value::Instant(instant) => Some(SqlValue::Integer(instant.0)),
            Value::Date(date) => nearest::midnight(*date).map(|instant| SqlValue::Integer(instant.0)),
            _ => None,
        },
        ColumnType::Duration => match value {
            Value::Duration(span) => Some(SqlValue::Integer(*span)),
            _ => None,
        },
        ColumnType::Uuid => match value {
            Value::Uuid(uuid) => Some(SqlValue::Text(uuid.to_string())),
            _ => None,
        },
        ColumnType::Json => Some(SqlValue::Text(value.to_json().to_string())),
        ColumnType::Bytes => match value {
            Value::Bytes(bytes) => Some(SqlValue::Blob(bytes.clone())),
            _ => None,
        },
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Bytes(_) | Value::List(_) | Value::Object(_) => None,
        other => nearest::plain_text(other),
    }
}

fn whole_of(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(value) | Value::BigInt(value) => Some(*value),
        Value::Bool(value) => Some(i64::from(*value)),
        Value::Number(value) if value.fract() == 0.0 => value.to_i64(),
        Value::Decimal(value) if value.fract().is_zero() => value.to_i64(),
        _ => None,
    }
}

fn double_of(value: &Value) -> Option<f64> {
    match value {
        Value::Number(value) => Some(*value),
        Value::Integer(value) | Value::BigInt(value) => Some(*value as f64),
        Value::Decimal(value) => value.to_f64(),
        _ => None,
    }
}

/// The value of `kind` nearest to what stands in a column of type `column`; NULL is [`Value::Null`].
///
/// # Errors
/// [`CodecError`] when the cell is not of the column's type, or no value of the kind is near.
pub fn decode<'a>(
    cell: impl Into<SqlRef<'a>>,
    column: &ColumnType,
    kind: Kind,
    dialect: Dialect,
) -> Result<Value, CodecError> {
    let cell = cell.into();
    if matches!(cell, SqlRef::Null) {
        return Ok(Value::Null);
    }
    let stored = decode_stored(cell, column, dialect).ok_or_else(|| CodecError::cell(cell, describe(column)))?;
    nearest::nearest(stored, kind).ok_or_else(|| CodecError::cell(cell, kind.describe()))
}

fn decode_stored(cell: SqlRef<'_>, column: &ColumnType, dialect: Dialect) -> Option<Value> {
    match (column, cell) {
        (ColumnType::Text, SqlRef::Text(text)) => Some(Value::Text(text.to_owned())),
        (ColumnType::Integer, SqlRef::Integer(value)) => Some(Value::Integer(value)),
        (ColumnType::Real, SqlRef::Real(value)) => Some(Value::Number(value)),
        (ColumnType::Real, SqlRef::Integer(value)) => Some(Value::Number(value as f64)),
        (ColumnType::Decimal { scale, .. }, SqlRef::Integer(value)) => {
            decimal::from_scaled(value, *scale).map(Value::Decimal)
        }
        (ColumnType::Decimal { scale, .. }, SqlRef::Text(text)) => {
            let number = match dialect {
                Dialect::Sqlite => decimal::from_text(text)?,
                Dialect::Postgres => text.parse().ok()?,
            };
            Some(Value::Decimal(decimal::at_least_scale(number, *scale)))
        }
        (ColumnType::Boolean, SqlRef::Integer(value)) => Some(Value::Bool(value != 0)),
        (ColumnType::Date, SqlRef::Text(text)) => text.parse().ok().map(Value::Date),
        (ColumnType::Time, SqlRef::Text(text)) => text.parse().ok().map(Value::Time),
        (ColumnType::Instant, SqlRef::Integer(value)) => Some(Value::Instant(Instant(value))),
        (ColumnType::Duration, SqlRef::Integer(value)) => Some(Value::Duration(value)),
        (ColumnType::Uuid, SqlRef::Text(text)) => text.parse().ok().map(Value::Uuid),
        (ColumnType::Json, SqlRef::Text(text)) => serde_json::from_str(text).ok().map(Value::Json),
        (ColumnType::Bytes, SqlRef::Blob(bytes)) => Some(Value::Bytes(bytes.to_vec())),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
