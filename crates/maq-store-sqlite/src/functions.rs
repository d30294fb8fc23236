//! Gives a connection the functions that conditions on rows use: see [`maq_query::predicate::functions`].

use maq_query::SqlValue;
use maq_query::predicate::functions::{ALL, Function};
use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};

pub(crate) fn register(connection: &Connection) -> rusqlite::Result<()> {
    // No index or view may use them: they are the program's, not the file's.
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    for Function { name, operands, call } in ALL {
        let operands = i32::try_from(*operands).unwrap_or(-1);
        connection.create_scalar_function(*name, operands, flags, move |context| Ok(answer(context, *call)))?;
    }
    Ok(())
}

fn answer(context: &Context<'_>, call: fn(&[SqlValue]) -> Option<SqlValue>) -> Value {
    let mut operands = Vec::with_capacity(context.len());
    for at in 0..context.len() {
        operands.push(match context.get_raw(at) {
            ValueRef::Null => return Value::Null,
            ValueRef::Integer(value) => SqlValue::Integer(value),
            ValueRef::Real(value) => SqlValue::Real(value),
            ValueRef::Text(text) => SqlValue::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Blob(bytes) => SqlValue::Blob(bytes.to_vec()),
        });
    }
    match call(&operands) {
        None | Some(SqlValue::Null) => Value::Null,
        Some(SqlValue::Integer(value)) => Value::Integer(value),
        Some(SqlValue::Real(value)) => Value::Real(value),
        Some(SqlValue::Text(text)) => Value::Text(text),
        Some(SqlValue::Blob(bytes)) => Value::Blob(bytes),
    }
}
