//! Values that have broken databases and languages: empty, negative, extreme, and texts full of signs.

use super::random::Random;
use maq_ir::FieldType;
use maq_value::{Date, Decimal, Instant, Time, Uuid, Value};

/// Texts of rows and of literals.
pub const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "A",
    "b",
    "ab",
    "ac",
    "Ab",
    "abc",
    "aB",
    "abd",
    "ba",
    "%",
    "_",
    "a%",
    "a%b",
    "a_b",
    "axb",
    "\\",
    "a\\",
    "a\\%b",
    "'",
    "''",
    "\"",
    "O'Reilly",
    "é",
    "e\u{301}",
    "É",
    "ß",
    "ẞ",
    "İ",
    "i",
    "ı",
    "日本",
    "日本語",
    "\u{1F600}",
    "a\u{1F600}b",
    "\u{FFFF}",
    "\u{10FFFF}",
    "\u{E000}",
    "\u{D7FF}",
    "\u{7f}",
    "NULL",
    "null",
    "true",
    "0",
    "-1",
    "10",
    "9",
    "\t",
    "a\nb",
    " a ",
    "EU",
    "eu",
    "EU-1",
    "EU-2",
    "EV",
    "zz",
    "draft",
    "c1",
    "c2",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx%",
];

/// Whole numbers of `integer` fields.
pub const INTEGERS: &[i64] =
    &[0, 1, -1, 2, -2, 3, 5, 7, -7, 10, 100, -100, 365, 3_037_000_500, 9_007_199_254_740_991, -9_007_199_254_740_991];

/// Further ones of `bigint` fields.
pub const BIGS: &[i64] =
    &[i64::MAX, i64::MIN, i64::MAX - 1, i64::MIN + 1, 4_611_686_018_427_387_904, -4_611_686_018_427_387_904];

/// Doubles.
pub const NUMBERS: &[f64] = &[
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    1.5,
    -2.25,
    0.1,
    0.2,
    0.300_000_000_000_000_04,
    3.0,
    100.0,
    1e10,
    -1e10,
    1e-200,
    1e200,
    -1e200,
    1e-300,
    f64::MAX,
    f64::MIN,
    f64::MIN_POSITIVE,
    5e-324,
    -5e-324,
    1e308,
    9.007_199_254_740_993e15,
    1e150,
    1e-160,
];

/// Digits of decimals, before and after the point; what does not fit a field is cut.
pub const DECIMALS: &[&str] = &[
    "0",
    "1",
    "-1",
    "0.01",
    "-0.01",
    "1.5",
    "1.50",
    "-2.25",
    "9.99",
    "10",
    "99.99",
    "100",
    "100.005",
    "0.333333",
    "12345",
    "-12345",
    "9999999999.99",
    "-9999999999.99",
    "99999999999999.9999",
    "123456789012345678.0123456789",
    "-123456789012345678.0123456789",
    "0.0000000001",
    "999999999999999999.9999999999",
];

/// Days.
pub const DATES: &[&str] = &[
    "0000-01-01",
    "0001-01-01",
    "0001-12-31",
    "1582-10-10",
    "1900-03-01",
    "1969-12-31",
    "1970-01-01",
    "2000-02-29",
    "2024-02-29",
    "2026-11-20",
    "2026-11-21",
    "2026-11-22",
    "9999-12-31",
];

/// Times of day.
pub const TIMES: &[&str] = &[
    "00:00:00",
    "00:00:00.000001",
    "08:30:00",
    "13:45:00",
    "13:45:00.5",
    "13:45:00.45",
    "23:59:59",
    "23:59:59.999999",
];

/// When every condition is asked: 2026-11-21T12:00:00Z.
pub const NOW: Instant = Instant(1_795_262_400_000_000);

/// Microseconds since 1970.
pub const INSTANTS: &[i64] = &[
    -62_135_596_800_000_000,
    -62_135_596_799_999_999,
    -1,
    0,
    1,
    951_782_400_000_000,
    1_700_000_000_123_456,
    1_795_262_399_999_999,
    1_795_262_400_000_000,
    1_795_262_400_000_001,
    1_795_266_000_000_000,
    1_795_348_800_000_000,
    253_402_207_199_999_999,
];

/// Microseconds.
pub const DURATIONS: &[i64] = &[
    0,
    1,
    -1,
    1_000_000,
    3_600_000_000,
    -3_600_000_000,
    86_400_000_000,
    604_800_000_000,
    31_536_000_000_000,
    i64::MAX,
    i64::MIN,
    9_223_372_036_854_775,
    -9_223_372_036_854_775,
    9_223_372_036_854_776,
];

/// Ids.
pub const UUIDS: &[u128] =
    &[0, 1, u128::MAX, 0x67e5_5044_10b1_426f_9247_bb68_0e5f_e0c8, 0x8000_0000_0000_0000_0000_0000_0000_0000];

/// A value of a field.
pub fn value(ty: &FieldType, random: &mut Random) -> Value {
    match ty {
        FieldType::String | FieldType::Text => Value::Text(random.word(TEXTS).to_owned()),
        FieldType::Integer => Value::Integer(integer(random)),
        FieldType::BigInt if random.percent(40) => Value::Integer(*random.pick(BIGS)),
        FieldType::BigInt => Value::Integer(integer(random)),
        FieldType::Number if random.percent(40) => Value::Number(random.below(2000) as f64 / 8.0 - 100.0),
        FieldType::Number => Value::Number(*random.pick(NUMBERS)),
        FieldType::Decimal { precision, scale } => Value::Decimal(decimal(*precision, *scale, random)),
        FieldType::Boolean => Value::Bool(random.percent(50)),
        FieldType::Date => Value::Date(parsed::<Date>(random.word(DATES))),
        FieldType::Time => Value::Time(parsed::<Time>(random.word(TIMES))),
        FieldType::DateTime => Value::Instant(Instant(*random.pick(INSTANTS))),
        FieldType::Duration => Value::Duration(*random.pick(DURATIONS)),
        FieldType::Uuid => Value::Uuid(Uuid::from_u128(*random.pick(UUIDS))),
        FieldType::Enum(values) => Value::Text(random.pick(values).clone()),
        FieldType::Json => Value::Json(serde_json::json!({ "a": [1, null], "b": "x" })),
        FieldType::Object => Value::Json(serde_json::json!({})),
        FieldType::List => Value::Json(serde_json::json!(["a", 1])),
        FieldType::Bytes => Value::Bytes(vec![0, 255, 39]),
        FieldType::Reference { .. } => Value::Null,
    }
}

fn integer(random: &mut Random) -> i64 {
    if random.percent(40) { random.below(30) as i64 - 10 } else { *random.pick(INTEGERS) }
}

fn decimal(precision: u32, scale: u32, random: &mut Random) -> Decimal {
    let limit = 10_u128.pow(precision - scale);
    loop {
        let number: Decimal = parsed::<Decimal>(random.word(DECIMALS)).trunc_with_scale(scale);
        if number.trunc().mantissa().unsigned_abs() < limit {
            return number;
        }
    }
}

fn parsed<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| crate::fail("a value of the table cannot be read"))
}
