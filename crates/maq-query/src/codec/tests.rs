use super::*;
use maq_value::Decimal;
use serde_json::json;

fn decimal_column(precision: u32, scale: u32) -> ColumnType {
    ColumnType::Decimal { precision, scale }
}

fn value(kind: Kind, json: serde_json::Value) -> Value {
    Value::from_json(&json, kind).unwrap()
}

#[test]
fn every_kind_survives_its_column() {
    let cases = [
        (Kind::Text, ColumnType::Text, json!("Ä `x`")),
        (Kind::Integer, ColumnType::Integer, json!(-7)),
        (Kind::BigInt, ColumnType::Integer, json!("9223372036854775807")),
        (Kind::Number, ColumnType::Real, json!(1.5)),
        (Kind::Decimal, decimal_column(12, 2), json!("-12.30")),
        (Kind::Decimal, decimal_column(28, 6), json!("-1234567890123456789012.000001")),
        (Kind::Bool, ColumnType::Boolean, json!(true)),
        (Kind::Date, ColumnType::Date, json!("2024-02-29")),
        (Kind::Time, ColumnType::Time, json!("13:45:00.25")),
        (Kind::Instant, ColumnType::Instant, json!("2026-11-21T03:39:49.5Z")),
        (Kind::Duration, ColumnType::Duration, json!("PT1H30M")),
        (Kind::Uuid, ColumnType::Uuid, json!("67e55044-10b1-426f-9247-bb680e5fe0c8")),
        (Kind::Json, ColumnType::Json, json!({"b": [1, null], "a": 2})),
        (Kind::Bytes, ColumnType::Bytes, json!("AAH/")),
    ];
    for (kind, column, json) in cases {
        let value = value(kind, json.clone());
        let cell = encode(&value, &column, Dialect::Sqlite).unwrap();
        let back = decode(&cell, &column, kind, Dialect::Sqlite).unwrap();
        assert_eq!(back.to_json(), json, "{kind:?}");
        assert_eq!(back, value, "{kind:?}");
        assert_eq!(encode(&Value::Null, &column, Dialect::Sqlite), Ok(SqlValue::Null));
        assert_eq!(decode(&SqlValue::Null, &column, kind, Dialect::Sqlite), Ok(Value::Null));
    }
}

#[test]
fn decimals_sort_as_their_cells_do() {
    let mut numbers: Vec<Decimal> = [
        "0",
        "-0.0",
        "0.1",
        "-0.1",
        "1",
        "-1",
        "12.5",
        "12.50",
        "12.51",
        "-12.5",
        "-12.51",
        "-12",
        "99999999999999999999.99",
        "-99999999999999999999.99",
        "-0.01",
        "0.01",
        "100",
        "9",
        "-100",
        "-9",
    ]
    .iter()
    .map(|text| text.parse().unwrap())
    .collect();
    numbers.sort();
    let texts: Vec<String> = numbers.iter().map(decimal::to_text).collect();
    let mut sorted = texts.clone();
    sorted.sort();
    assert_eq!(texts, sorted);
    for (number, text) in numbers.iter().zip(&texts) {
        assert_eq!(decimal::from_text(text).unwrap(), *number, "{text}");
    }
}

#[test]
fn more_digits_than_the_column_has_are_refused() {
    let column = decimal_column(5, 2);
    for (text, fits) in [("999.99", true), ("-999.99", true), ("1000", false), ("0.001", false), ("1.100", true)] {
        let encoded = encode(&Value::Decimal(text.parse().unwrap()), &column, Dialect::Sqlite);
        assert_eq!(encoded.is_ok(), fits, "{text}");
    }
    let refused = encode(&Value::Text("x".into()), &ColumnType::Integer, Dialect::Sqlite).unwrap_err();
    assert_eq!(refused.to_string(), "`x` does not fit a column of whole numbers");
}

#[test]
fn a_widened_column_reads_as_the_nearest_value_of_the_older_kind() {
    let read = |cell: SqlValue, column: ColumnType, kind| decode(&cell, &column, kind, Dialect::Sqlite).unwrap();
    assert_eq!(read(SqlValue::Real(2.6), ColumnType::Real, Kind::Integer), Value::Integer(3));
    assert_eq!(read(SqlValue::Real(1e300), ColumnType::Real, Kind::Integer), Value::Integer(i64::MAX));
    assert_eq!(read(SqlValue::Integer(-1255), decimal_column(9, 2), Kind::Integer), Value::Integer(-13));
    assert_eq!(read("42".into(), ColumnType::Text, Kind::Integer), Value::Integer(42));
    assert_eq!(read(7.into(), ColumnType::Integer, Kind::Text), Value::Text("7".into()));
    let wide = decimal::to_text(&"12.3456".parse().unwrap());
    assert_eq!(
        read(SqlValue::Text(wide), decimal_column(20, 4), Kind::Decimal),
        Value::Decimal("12.3456".parse().unwrap())
    );
    let refused = decode(&"many".into(), &ColumnType::Text, Kind::Integer, Dialect::Sqlite).unwrap_err();
    assert_eq!(refused.to_string(), "`many` does not fit a whole number within 2^53");
}

#[test]
fn an_older_kind_writes_into_a_widened_column() {
    let write = |value: Value, column: ColumnType| encode(&value, &column, Dialect::Sqlite).unwrap();
    assert_eq!(write(Value::Integer(3), ColumnType::Real), SqlValue::Real(3.0));
    assert_eq!(write(Value::Integer(3), decimal_column(9, 2)), SqlValue::Integer(300));
    assert_eq!(write(Value::Integer(3), ColumnType::Text), "3".into());
    assert_eq!(write(value(Kind::Date, json!("1970-01-02")), ColumnType::Instant), 86_400_000_000.into());
}

#[test]
fn cells_of_a_strange_shape_are_errors_and_never_panics() {
    for text in ["", "p", "n", "n~", "pxyz", "p1.2.3", "n99999999999999999999999999999999999999~", "~", "ü"] {
        let column = decimal_column(28, 2);
        let _ = decode(&text.into(), &column, Kind::Decimal, Dialect::Sqlite);
    }
    assert!(decode(&"2023-02-29".into(), &ColumnType::Date, Kind::Date, Dialect::Sqlite).is_err());
    assert!(decode(&SqlValue::Blob(vec![1]), &ColumnType::Text, Kind::Text, Dialect::Sqlite).is_err());
    assert_eq!(
        decode(&i64::MAX.into(), &ColumnType::Instant, Kind::Instant, Dialect::Sqlite),
        Ok(Value::Instant(Instant(i64::MAX)))
    );
    let _ = decode(&i64::MAX.into(), &ColumnType::Instant, Kind::Date, Dialect::Sqlite);
}

#[test]
fn a_cell_is_written_as_its_value_writes_itself() {
    let columns = [
        ColumnType::Text,
        ColumnType::Integer,
        ColumnType::Real,
        decimal_column(12, 2),
        decimal_column(18, 18),
        decimal_column(18, 0),
        decimal_column(28, 6),
        ColumnType::Boolean,
        ColumnType::Date,
        ColumnType::Time,
        ColumnType::Instant,
        ColumnType::Duration,
        ColumnType::Uuid,
        ColumnType::Json,
        ColumnType::Bytes,
    ];
    let kinds = [
        Kind::Bool,
        Kind::Integer,
        Kind::BigInt,
        Kind::Number,
        Kind::Decimal,
        Kind::Text,
        Kind::Bytes,
        Kind::Date,
        Kind::Time,
        Kind::Instant,
        Kind::Duration,
        Kind::Uuid,
        Kind::Json,
    ];
    let wholes =
        [0, 1, -1, 2, 7, -100, 12_345, i64::MAX, i64::MIN, maq_value::SAFE_INTEGER, -maq_value::SAFE_INTEGER - 1];
    let texts = [
        "",
        "a \"b\" \\ \n\u{7}\u{7f}\u{2028} ü \u{1F600}",
        "2024-02-29",
        "2023-02-29",
        "2024-W05-3",
        "+02024-2-9",
        "20240229",
        "67e55044-10b1-426f-9247-bb680e5fe0c8",
        "67E55044-10B1-426F-9247-BB680E5FE0C8",
        "67e5504410b1426f9247bb680e5fe0c8",
        "12.50",
        "-0",
        "p0000000000000000000000000012.5",
        "13:45:00.25",
        "{\"b\":[1,null],\"a\":2.50}",
        "true",
    ];
    let cells = wholes.into_iter().map(SqlRef::Integer).chain(texts.into_iter().map(SqlRef::Text));
    let cells = cells.chain([0.0, -0.5, 1e300].map(SqlRef::Real)).chain([SqlRef::Blob(b"\0\xff")]);
    let (mut written, mut refused) = (0, 0);
    for cell in cells {
        for (column, kind) in columns.iter().flat_map(|column| kinds.map(|kind| (column, kind))) {
            for dialect in [Dialect::Sqlite, Dialect::Postgres] {
                let mut text = b"before".to_vec();
                let result = write_json(cell, column, kind, dialect, &mut text);
                match decode(cell, column, kind, dialect) {
                    Ok(value) => {
                        let expected = format!("before{}", serde_json::to_string(&value).unwrap());
                        assert_eq!(String::from_utf8(text).unwrap(), expected, "{cell:?} {column:?} {kind:?}");
                        assert_eq!(result, Ok(()));
                        written += 1;
                    }
                    Err(error) => {
                        assert_eq!((result, text), (Err(error), b"before".to_vec()));
                        refused += 1;
                    }
                }
            }
        }
    }
    assert!(written > 500 && refused > 500, "{written} {refused}");
}
