//! Values to and from the binary form of the protocol, by the type that Postgres says a place has.
//!
//! Statements carry no casts: Postgres infers the type of each place from the column it meets, and the value is
//! written in that type. Formats are those of the types' `send` and `recv` functions in the source of PostgreSQL.

use jiff::SignedDuration;
use maq_query::SqlValue;
use maq_value::{Date, Time};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo, PgValueRef, Postgres};
use sqlx::{Decode, Encode, Type, ValueRef};
use std::str::FromStr;

/// Type oids of `pg_type.dat`; they never change.
mod oid {
    pub const BOOL: u32 = 16;
    pub const BYTEA: u32 = 17;
    pub const NAME: u32 = 19;
    pub const INT8: u32 = 20;
    pub const INT2: u32 = 21;
    pub const INT4: u32 = 23;
    pub const TEXT: u32 = 25;
    pub const JSON: u32 = 114;
    pub const FLOAT8: u32 = 701;
    pub const UNKNOWN: u32 = 705;
    pub const BPCHAR: u32 = 1042;
    pub const VARCHAR: u32 = 1043;
    pub const DATE: u32 = 1082;
    pub const TIME: u32 = 1083;
    pub const TIMESTAMPTZ: u32 = 1184;
    pub const NUMERIC: u32 = 1700;
    pub const VOID: u32 = 2278;
    pub const UUID: u32 = 2950;

    /// Array types with the type of their elements.
    pub const ARRAYS: [(u32, u32); 11] = [
        (1000, BOOL),
        (1001, BYTEA),
        (1016, INT8),
        (1009, TEXT),
        (199, JSON),
        (1022, FLOAT8),
        (1182, DATE),
        (1183, TIME),
        (1185, TIMESTAMPTZ),
        (1231, NUMERIC),
        (2951, UUID),
    ];
}

/// Where Postgres begins to count; in microseconds since 1970.
const EPOCH: Date = jiff::civil::date(2000, 1, 1);
const EPOCH_MICROS: i64 = 946_684_800_000_000;

/// The element type of an array type.
pub(crate) fn element(array: u32) -> Option<u32> {
    oid::ARRAYS.iter().find(|(known, _)| *known == array).map(|(_, element)| *element)
}

/// A value for a place of a known type.
pub(crate) struct Bind<'a> {
    pub(crate) value: &'a SqlValue,
    pub(crate) ty: u32,
}

impl Type<Postgres> for Bind<'_> {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(0))
    }
}

impl Encode<'_, Postgres> for Bind<'_> {
    fn produces(&self) -> Option<PgTypeInfo> {
        Some(PgTypeInfo::with_oid(Oid(self.ty)))
    }

    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        if matches!(self.value, SqlValue::Null) {
            return Ok(IsNull::Yes);
        }
        put(self.value, self.ty, buffer)?;
        Ok(IsNull::No)
    }
}

/// One place of many rows as an array.
pub(crate) struct Column<'a> {
    pub(crate) rows: &'a [Vec<SqlValue>],
    pub(crate) at: usize,
    /// The array's type and its elements'.
    pub(crate) ty: (u32, u32),
}

impl Type<Postgres> for Column<'_> {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(0))
    }
}

impl Encode<'_, Postgres> for Column<'_> {
    fn produces(&self) -> Option<PgTypeInfo> {
        Some(PgTypeInfo::with_oid(Oid(self.ty.0)))
    }

    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let length = i32::try_from(self.rows.len())?;
        // One dimension, perhaps with nulls, of this type, this long, counted from one.
        for head in [1_u32, 1, self.ty.1] {
            buffer.extend_from_slice(&head.to_be_bytes());
        }
        buffer.extend_from_slice(&length.to_be_bytes());
        buffer.extend_from_slice(&1_i32.to_be_bytes());
        for row in self.rows {
            match row.get(self.at) {
                None => return Err("a row is shorter than its statement".into()),
                Some(SqlValue::Null) => buffer.extend_from_slice(&(-1_i32).to_be_bytes()),
                Some(value) => {
                    let start = buffer.len();
                    buffer.extend_from_slice(&0_i32.to_be_bytes());
                    put(value, self.ty.1, buffer)?;
                    let size = i32::try_from(buffer.len() - start - 4)?.to_be_bytes();
                    let place = buffer.get_mut(start..start + 4).ok_or("the buffer shrank")?;
                    place.copy_from_slice(&size);
                }
            }
        }
        Ok(IsNull::No)
    }
}

/// Writes a value that is not null.
fn put(value: &SqlValue, ty: u32, buffer: &mut PgArgumentBuffer) -> Result<(), BoxDynError> {
    match (ty, value) {
        (oid::INT8, SqlValue::Integer(number)) => buffer.extend_from_slice(&number.to_be_bytes()),
        (oid::INT4, SqlValue::Integer(number)) => buffer.extend_from_slice(&i32::try_from(*number)?.to_be_bytes()),
        (oid::INT2, SqlValue::Integer(number)) => buffer.extend_from_slice(&i16::try_from(*number)?.to_be_bytes()),
        (oid::BOOL, SqlValue::Integer(number)) => buffer.push(u8::from(*number != 0)),
        (oid::FLOAT8, SqlValue::Real(number)) => buffer.extend_from_slice(&number.to_be_bytes()),
        (oid::FLOAT8, SqlValue::Integer(number)) => buffer.extend_from_slice(&(*number as f64).to_be_bytes()),
        (oid::TIMESTAMPTZ, SqlValue::Integer(micros)) => {
            let since = micros.checked_sub(EPOCH_MICROS).ok_or("the instant is too early")?;
            buffer.extend_from_slice(&since.to_be_bytes());
        }
        (oid::DATE, SqlValue::Text(text)) => {
            let days = Date::from_str(text)?.duration_since(EPOCH).as_hours() / 24;
            buffer.extend_from_slice(&i32::try_from(days)?.to_be_bytes());
        }
        (oid::TIME, SqlValue::Text(text)) => {
            let since = Time::from_str(text)?.duration_since(Time::midnight()).as_micros();
            buffer.extend_from_slice(&i64::try_from(since)?.to_be_bytes());
        }
        (oid::UUID, SqlValue::Text(text)) => {
            buffer.extend_from_slice(maq_value::Uuid::from_str(text)?.as_bytes());
        }
        (oid::NUMERIC, SqlValue::Text(text)) => {
            let _ = maq_value::Decimal::from_str(text)?.encode_by_ref(buffer)?;
        }
        (oid::NUMERIC, SqlValue::Integer(number)) => {
            let _ = maq_value::Decimal::from(*number).encode_by_ref(buffer)?;
        }
        (oid::TEXT | oid::VARCHAR | oid::BPCHAR | oid::NAME | oid::JSON | oid::UNKNOWN, SqlValue::Text(text)) => {
            buffer.extend_from_slice(text.as_bytes());
        }
        (oid::BYTEA, SqlValue::Blob(bytes)) => buffer.extend_from_slice(bytes),
        _ => return Err(format!("a value of another kind for a place of type {ty}").into()),
    }
    Ok(())
}

/// Reads a cell in the terms of the statements: instants and truth values as whole numbers, dates, times, UUIDs and
/// decimals as text.
pub(crate) fn read(cell: PgValueRef<'_>) -> Result<SqlValue, BoxDynError> {
    if cell.is_null() {
        return Ok(SqlValue::Null);
    }
    let ty = cell.type_info().oid().map_or(0, |oid| oid.0);
    if ty == oid::NUMERIC {
        return Ok(SqlValue::Text(maq_value::Decimal::decode(cell)?.to_string()));
    }
    let bytes = cell.as_bytes()?;
    Ok(match ty {
        oid::INT8 => SqlValue::Integer(i64::from_be_bytes(bytes.try_into()?)),
        oid::INT4 => SqlValue::Integer(i32::from_be_bytes(bytes.try_into()?).into()),
        oid::INT2 => SqlValue::Integer(i16::from_be_bytes(bytes.try_into()?).into()),
        oid::BOOL => SqlValue::Integer(i64::from(bytes != [0])),
        oid::FLOAT8 => SqlValue::Real(f64::from_be_bytes(bytes.try_into()?)),
        oid::TIMESTAMPTZ => {
            let since = i64::from_be_bytes(bytes.try_into()?);
            SqlValue::Integer(since.checked_add(EPOCH_MICROS).ok_or("the instant is too late")?)
        }
        oid::DATE => {
            let days = i64::from(i32::from_be_bytes(bytes.try_into()?));
            SqlValue::Text(EPOCH.checked_add(SignedDuration::from_hours(days * 24))?.to_string())
        }
        oid::TIME => {
            let since = SignedDuration::from_micros(i64::from_be_bytes(bytes.try_into()?));
            SqlValue::Text(Time::midnight().checked_add(since)?.to_string())
        }
        oid::UUID => SqlValue::Text(maq_value::Uuid::from_slice(bytes)?.to_string()),
        oid::BYTEA => SqlValue::Blob(bytes.to_vec()),
        oid::VOID => SqlValue::Null,
        oid::TEXT | oid::VARCHAR | oid::BPCHAR | oid::NAME | oid::JSON | oid::UNKNOWN => {
            SqlValue::Text(std::str::from_utf8(bytes)?.to_owned())
        }
        _ => return Err(format!("a column of a type that no table of ours has: {ty}").into()),
    })
}
