//! COPY's text format (<https://www.postgresql.org/docs/current/sql-copy.html>) as cells.

use super::json;
use maq_store::source::{NativeType, SqlValue, readings};

/// Bytes of COPY as they come, cut into lines. A line break inside a value is written with a backslash, so a bare one
/// ends a row.
#[derive(Default)]
pub(super) struct Lines {
    rest: Vec<u8>,
}

impl Lines {
    /// Takes a piece in and gives every whole line to `each`.
    pub fn take(&mut self, piece: &[u8], mut each: impl FnMut(&[u8])) {
        let mut piece = piece;
        while let Some(end) = piece.iter().position(|byte| *byte == b'\n') {
            let (line, after) = piece.split_at(end);
            if self.rest.is_empty() {
                each(line);
            } else {
                self.rest.extend_from_slice(line);
                each(&self.rest);
                self.rest.clear();
            }
            piece = after.get(1..).unwrap_or_default();
        }
        self.rest.extend_from_slice(piece);
    }

    /// Whether all that came was whole lines.
    pub fn is_done(&self) -> bool {
        self.rest.is_empty()
    }
}

/// The cells of a line.
pub(super) fn cells(line: &[u8], natives: &[NativeType]) -> Vec<SqlValue> {
    let fields = line.split(|byte| *byte == b'\t');
    fields
        .zip(natives)
        .map(|(field, native)| if field == b"\\N" { SqlValue::Null } else { cell(field, native) })
        .collect()
}

fn cell(field: &[u8], native: &NativeType) -> SqlValue {
    let text = match String::from_utf8(unescaped(field)) {
        Ok(text) => text,
        Err(error) => return SqlValue::Blob(error.into_bytes()),
    };
    match native {
        NativeType::Whole => text.parse().map_or(SqlValue::Text(text), SqlValue::Integer),
        NativeType::Double => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => SqlValue::Real(number),
            _ => SqlValue::Text(text),
        },
        NativeType::Boolean if text == "t" => SqlValue::Integer(1),
        NativeType::Boolean if text == "f" => SqlValue::Integer(0),
        NativeType::Bytes => match text.strip_prefix("\\x").and_then(|digits| hex::decode(digits).ok()) {
            Some(bytes) => SqlValue::Blob(bytes),
            None => SqlValue::Text(text),
        },
        NativeType::Moment => SqlValue::Text(match text.strip_suffix("+00") {
            Some(moment) => format!("{moment}Z"),
            None => text,
        }),
        NativeType::Interval => SqlValue::Text(match interval(&text) {
            Some(micros) => readings::duration_text(micros),
            None => text,
        }),
        NativeType::Json | NativeType::List | NativeType::Object => {
            SqlValue::Text(json::compact(&text).unwrap_or(text))
        }
        _ => SqlValue::Text(text),
    }
}

/// Takes backslashes away.
fn unescaped(field: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(field.len());
    let mut bytes = field.iter();
    while let Some(byte) = bytes.next() {
        if *byte != b'\\' {
            out.push(*byte);
            continue;
        }
        match bytes.next() {
            Some(b'b') => out.push(8),
            Some(b'f') => out.push(12),
            Some(b'n') => out.push(b'\n'),
            Some(b'r') => out.push(b'\r'),
            Some(b't') => out.push(b'\t'),
            Some(b'v') => out.push(11),
            Some(other) => out.push(*other),
            None => {}
        }
    }
    out
}

/// The microseconds of an interval in ISO 8601 as Postgres writes it, each part with a sign of its own; none with years
/// or months, which have no fixed length. A day counts 24 hours, as it does when Postgres compares intervals.
fn interval(text: &str) -> Option<i64> {
    let (days, time) = text.strip_prefix('P')?.split_once('T').unwrap_or((text.get(1..)?, ""));
    let mut all: i128 = 0;
    let mut parts = |part: &str, units: &[(char, i128)]| -> Option<()> {
        let mut rest = part;
        while let Some(end) = rest.find(|letter: char| letter.is_ascii_alphabetic()) {
            let (number, after) = rest.split_at(end);
            let (_, unit) = units.iter().find(|(letter, _)| after.starts_with(*letter))?;
            let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
            let sign = if whole.starts_with('-') { -1 } else { 1 };
            let fraction: i128 =
                if fraction.len() > 6 { return None } else { format!("{fraction:0<6}").parse().ok()? };
            all += whole.parse::<i128>().ok()? * unit + sign * fraction * unit / 1_000_000;
            rest = after.get(1..)?;
        }
        rest.is_empty().then_some(())
    };
    const SECOND: i128 = 1_000_000;
    parts(days, &[('D', 86_400 * SECOND)])?;
    parts(time, &[('H', 3_600 * SECOND), ('M', 60 * SECOND), ('S', SECOND)])?;
    i64::try_from(all).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> SqlValue {
        SqlValue::Text(text.into())
    }

    #[test]
    fn pieces_become_lines_wherever_they_are_cut() {
        let all = b"a\tb\nc\\nd\t\\N\n\n";
        for cut in 0..all.len() {
            let (mut lines, mut found) = (Lines::default(), Vec::new());
            for piece in [&all[..cut], &all[cut..]] {
                lines.take(piece, |line| found.push(String::from_utf8(line.to_vec()).unwrap()));
            }
            assert_eq!(found, ["a\tb", "c\\nd\t\\N", ""], "{cut}");
            assert!(lines.is_done());
        }
    }

    #[test]
    fn cells_have_the_form_of_their_type() {
        let cases = [
            (NativeType::Text(None), "a\\tb\\\\N", text("a\tb\\N")),
            (NativeType::Text(None), "\\N", SqlValue::Null),
            (NativeType::Whole, "-9223372036854775808", SqlValue::Integer(i64::MIN)),
            (NativeType::Double, "1e-07", SqlValue::Real(1e-7)),
            (NativeType::Double, "NaN", text("NaN")),
            (NativeType::Double, "-Infinity", text("-Infinity")),
            (NativeType::Boolean, "t", SqlValue::Integer(1)),
            (NativeType::Bytes, "\\\\x00ff", SqlValue::Blob(vec![0, 255])),
            (NativeType::Moment, "2024-02-29 10:00:00.5+00", text("2024-02-29 10:00:00.5Z")),
            (NativeType::Moment, "0044-03-15 00:00:00+00 BC", text("0044-03-15 00:00:00+00 BC")),
            (NativeType::Interval, "P1DT-1H0.5S", text("PT82800.5S")),
            (NativeType::Interval, "PT-0.5S", text("-PT0.5S")),
            (NativeType::Interval, "P1M", text("P1M")),
            (NativeType::Json, "{\"a\": [1, 2.50]}", text("{\"a\":[1,2.5]}")),
        ];
        for (native, field, value) in cases {
            assert_eq!(cells(field.as_bytes(), std::slice::from_ref(&native)), [value], "{field}");
        }
    }
}
