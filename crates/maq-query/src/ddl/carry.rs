//! What a SQLite column becomes when its type changes in a rebuild: an expression over the old column. What has no
//! expression is copied as it is; a STRICT table refuses what does not fit, and the plan with it.

use crate::codec::{SCALED_DIGITS, decimal};
use crate::quote;
use maq_ir::schema::ColumnType;

/// The expression that makes a value of type `to` from the column `name` of type `from`.
pub(super) fn carried(from: &ColumnType, to: &ColumnType, name: &str) -> String {
    let column = quote(name);
    match (from, to) {
        (ColumnType::Integer | ColumnType::Boolean, ColumnType::Decimal { precision, scale }) => {
            scaled(&column, 0, *precision, *scale)
        }
        (ColumnType::Decimal { precision: old, scale: from }, ColumnType::Decimal { precision, scale })
            if *old <= SCALED_DIGITS =>
        {
            scaled(&column, *from, *precision, *scale)
        }
        (ColumnType::Integer | ColumnType::Boolean, ColumnType::Real) => format!("CAST({column} AS REAL)"),
        (ColumnType::Decimal { precision, scale }, ColumnType::Real) if *precision <= SCALED_DIGITS => {
            format!("CAST({column} AS REAL) / 1{}.0", "0".repeat(*scale as usize))
        }
        (ColumnType::Boolean, ColumnType::Text) => format!("CASE {column} WHEN 0 THEN 'false' WHEN 1 THEN 'true' END"),
        (ColumnType::Integer | ColumnType::Real, ColumnType::Text) => format!("CAST({column} AS TEXT)"),
        (ColumnType::Decimal { precision, scale }, ColumnType::Text) if *precision <= SCALED_DIGITS => {
            plain(&column, *scale)
        }
        (ColumnType::Date, ColumnType::Instant) => format!("unixepoch({column}) * 1000000"),
        _ => column,
    }
}

/// From an integer scaled by `from`.
fn scaled(column: &str, from: u32, precision: u32, to: u32) -> String {
    if precision > SCALED_DIGITS {
        return sorting_text(column, from);
    }
    match to.checked_sub(from) {
        Some(0) | None => column.to_owned(),
        Some(more) => format!("{column} * 1{}", "0".repeat(more as usize)),
    }
}

/// `-12.30`, as a decimal prints.
fn plain(column: &str, scale: u32) -> String {
    if scale == 0 {
        return format!("CAST({column} AS TEXT)");
    }
    let one = format!("1{}", "0".repeat(scale as usize));
    format!(
        "CASE WHEN {column} < 0 THEN '-' ELSE '' END || (abs({column}) / {one}) || '.' || printf('%0{scale}d', \
         abs({column}) % {one})"
    )
}

/// The text of [`decimal::to_text`], from an integer scaled by `scale`: each digit of a negative number is complemented
/// by taking the number from nines.
fn sorting_text(column: &str, scale: u32) -> String {
    let one = format!("1{}", "0".repeat(scale as usize));
    // An INTEGER column has 19 digits at most.
    let width = 19;
    let pad = decimal::WHOLE_DIGITS - width;
    let zeros = "0".repeat(pad);
    let nines = "9".repeat(pad);
    let whole = format!("(abs({column}) / {one})");
    let part = format!("(abs({column}) % {one})");
    let digits = format!("rtrim(printf('%0{scale}d', {part}), '0')");
    let (positive, negative) = if scale == 0 {
        ("''".to_owned(), "''".to_owned())
    } else {
        let rest = format!("printf('%0{scale}d', {one} - 1 - {part})");
        (
            format!("CASE WHEN {part} = 0 THEN '' ELSE '.' || {digits} END"),
            format!("CASE WHEN {part} = 0 THEN '' ELSE '.' || substr({rest}, 1, length({digits})) END"),
        )
    };
    // 10^19 - 1 is no 64-bit integer: the first of the 19 digits is complemented on its own.
    let high = format!("({whole} / 1000000000000000000)");
    let low = format!("({whole} % 1000000000000000000)");
    format!(
        "CASE WHEN {column} IS NULL THEN NULL WHEN {column} >= 0 THEN 'p{zeros}' || printf('%0{width}d', {whole}) || \
         {positive} ELSE 'n{nines}' || (9 - {high}) || printf('%018d', 999999999999999999 - {low}) || {negative} || \
         '~' END"
    )
}
