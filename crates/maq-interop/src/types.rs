//! The type of a field, from what the column is declared as and what really stands in it. What is declared wins
//! where every value fits it exactly; else the narrowest type that keeps every value.

mod native;

use maq_doc::FieldDoc;
use maq_store::source::{ColumnProfile, SourceColumn};

/// Largest whole number an `integer` field holds (2^53 - 1).
const SAFE: i64 = 9_007_199_254_740_991;

/// A type with its limits, and how it came about.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Chosen {
    pub kind: &'static str,
    pub max_length: Option<u64>,
    pub precision: Option<u32>,
    pub scale: Option<u32>,
    pub enum_values: Vec<String>,
    /// What is done with each value that comes in.
    pub read_as: Option<&'static str>,
    pub why: Why,
}

/// Why it is this type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Why {
    /// The column is declared so.
    #[default]
    Declared,
    /// Values of other types or shapes stand in it.
    Mixed,
    /// Values are longer or more precise than declared.
    Widened,
    /// The declared type has no counterpart; the values decided.
    NoCounterpart,
}

impl Chosen {
    fn of(kind: &'static str) -> Chosen {
        Chosen { kind, ..Chosen::default() }
    }

    fn because(mut self, why: Why) -> Chosen {
        self.why = why;
        self
    }

    /// Puts type and limits into a field.
    pub fn apply(&self, field: &mut FieldDoc) {
        self.kind.clone_into(&mut field.kind);
        field.max_length = self.max_length;
        field.precision = self.precision;
        field.scale = self.scale;
        field.enum_values.clone_from(&self.enum_values);
    }
}

/// Chooses the type of a column that is part of a key: dates and instants written in several ways would become equal
/// there, so they stay text.
pub(crate) fn choose_in_key(column: &SourceColumn, profile: &ColumnProfile) -> Chosen {
    let chosen = choose(column, profile);
    if chosen.kind == "datetime" && profile.instant_shapes > 1 {
        return by_values(profile).because(Why::Mixed);
    }
    chosen
}

/// Whether values of different storage classes stand in a column: `2` and `'2'` differ in the source and would be
/// equal as text.
pub(crate) fn mixes_classes(profile: &ColumnProfile) -> bool {
    let classes = [profile.integers + profile.reals, profile.texts, profile.blobs];
    classes.iter().filter(|rows| **rows > 0).count() > 1
}

/// Chooses the type of a column.
pub(crate) fn choose(column: &SourceColumn, profile: &ColumnProfile) -> Chosen {
    if let Some(native) = &column.native {
        return native::choose(native, profile);
    }
    let (word, arguments) = declared(&column.declared_type);
    if profile.infinite > 0 {
        return by_values(profile).because(Why::Mixed);
    }
    let has = |parts: &[&str]| parts.iter().any(|part| word.contains(part));
    if word.is_empty() {
        return by_values(profile);
    }
    if has(&["BOOL"]) {
        return boolean(profile);
    }
    if has(&["UUID", "GUID", "UNIQUEIDENTIFIER"]) {
        return text_of(profile, profile.uuid_texts, "uuid");
    }
    if has(&["JSON"]) {
        return text_of(profile, profile.json_texts, "json");
    }
    if has(&["DATETIME", "TIMESTAMP"]) {
        return moment(profile, "datetime", profile.instant_texts);
    }
    if has(&["DATE"]) {
        // A date column in which times of day stand is one of instants.
        let dates = profile.date_texts == profile.filled();
        return if dates {
            moment(profile, "date", profile.date_texts)
        } else {
            moment(profile, "datetime", profile.instant_texts)
        };
    }
    if word == "TIME" {
        return text_of(profile, profile.time_texts, "time");
    }
    if has(&["INT", "SERIAL"]) {
        return whole(profile);
    }
    if has(&["CHAR", "CLOB", "TEXT", "STRING", "CITEXT"]) {
        return text(&word, &arguments, profile);
    }
    if has(&["BLOB", "BINARY", "BYTEA", "IMAGE"]) {
        return if profile.blobs == profile.filled() {
            Chosen::of("bytes")
        } else {
            by_values(profile).because(Why::Mixed)
        };
    }
    if has(&["REAL", "FLOA", "DOUB"]) {
        let numbers = profile.integers + profile.reals == profile.filled();
        return if numbers && exact_in_doubles(profile) {
            Chosen::of("number")
        } else {
            by_values(profile).because(Why::Mixed)
        };
    }
    if has(&["NUMERIC", "DECIMAL", "MONEY", "NUMBER"]) {
        return decimal(&arguments, profile);
    }
    by_values(profile).because(Why::NoCounterpart)
}

/// The upper-case word and the numbers in brackets.
fn declared(text: &str) -> (String, Vec<u32>) {
    let (word, rest) = text.split_once('(').unwrap_or((text, ""));
    let numbers = rest.trim_end_matches(')').split(',').filter_map(|number| number.trim().parse().ok());
    (word.trim().to_uppercase(), numbers.collect())
}

fn boolean(profile: &ColumnProfile) -> Chosen {
    let only = profile.integers == profile.filled();
    match profile.integer_range {
        None if only => Chosen::of("boolean"),
        Some((least, most)) if only && least >= 0 && most <= 1 => Chosen::of("boolean"),
        _ => by_values(profile).because(Why::Mixed),
    }
}

fn whole(profile: &ColumnProfile) -> Chosen {
    if profile.integers != profile.filled() {
        return by_values(profile).because(Why::Mixed);
    }
    if is_safe(profile) { Chosen::of("integer") } else { Chosen::of("bigint").because(Why::Widened) }
}

fn is_safe(profile: &ColumnProfile) -> bool {
    profile.integer_range.is_none_or(|(least, most)| least >= -SAFE && most <= SAFE)
}

fn text(word: &str, arguments: &[u32], profile: &ColumnProfile) -> Chosen {
    if profile.texts != profile.filled() || profile.invalid_texts > 0 {
        return by_values(profile).because(Why::Mixed);
    }
    match arguments.first() {
        Some(length) if word.contains("CHAR") => {
            let longer = profile.max_length > u64::from(*length);
            let max_length = Some(u64::from(*length).max(profile.max_length));
            let why = if longer { Why::Widened } else { Why::Declared };
            Chosen { max_length, why, ..Chosen::of("string") }
        }
        _ if word.contains("CHAR") => Chosen::of("string"),
        _ => Chosen::of("text"),
    }
}

fn text_of(profile: &ColumnProfile, fitting: u64, kind: &'static str) -> Chosen {
    if fitting == profile.filled() { Chosen::of(kind) } else { by_values(profile).because(Why::Mixed) }
}

fn moment(profile: &ColumnProfile, kind: &'static str, fitting: u64) -> Chosen {
    let texts = profile.texts == profile.filled() && fitting == profile.filled();
    if texts { Chosen::of(kind) } else { by_values(profile).because(Why::Mixed) }
}

fn decimal(arguments: &[u32], profile: &ColumnProfile) -> Chosen {
    if profile.integers + profile.reals != profile.filled() {
        return by_values(profile).because(Why::Mixed);
    }
    let shown = if profile.filled() == 0 { Some(0) } else { profile.max_scale };
    let Some(shown) = shown else { return by_values(profile).because(Why::Mixed) };
    let of = |precision: u32, scale: u32, why| Chosen {
        precision: Some(precision),
        scale: Some(scale),
        why,
        ..Chosen::of("decimal")
    };
    let whole = profile.max_whole_digits.max(1);
    match arguments {
        [precision, rest @ ..] if *precision > 0 => {
            let scale = rest.first().copied().unwrap_or(0);
            if *precision <= 28 && scale <= *precision && shown <= scale && whole <= precision - scale {
                return of(*precision, scale, Why::Declared);
            }
            let (scale, whole) = (scale.max(shown), whole.max(precision.saturating_sub(scale)));
            if whole + scale <= 28 {
                of(whole + scale, scale, Why::Widened)
            } else {
                by_values(profile).because(Why::Mixed)
            }
        }
        _ if shown <= 6 && whole <= 12 => of(18, shown.max(2), Why::Declared),
        _ => by_values(profile).because(Why::Widened),
    }
}

/// Whether doubles keep every value: whole numbers beside doubles must be within 2^53.
fn exact_in_doubles(profile: &ColumnProfile) -> bool {
    is_safe(profile)
}

/// The narrowest type that keeps every value.
fn by_values(profile: &ColumnProfile) -> Chosen {
    let filled = profile.filled();
    if filled == 0 {
        return Chosen::of("text");
    }
    if profile.integers == filled {
        return Chosen::of(if is_safe(profile) { "integer" } else { "bigint" });
    }
    if profile.integers + profile.reals == filled && profile.infinite == 0 && exact_in_doubles(profile) {
        return Chosen::of("number");
    }
    if profile.blobs > 0 || profile.invalid_texts > 0 {
        return Chosen::of("bytes");
    }
    Chosen::of("text")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(declared: &str) -> SourceColumn {
        SourceColumn { name: "c".into(), declared_type: declared.into(), ..SourceColumn::default() }
    }

    #[test]
    fn what_is_declared_wins_where_every_value_fits() {
        let integers = ColumnProfile {
            integers: 3,
            integer_range: Some((0, 1)),
            max_scale: Some(0),
            max_whole_digits: 1,
            ..ColumnProfile::default()
        };
        let prices = ColumnProfile { reals: 2, max_scale: Some(2), max_whole_digits: 2, ..ColumnProfile::default() };
        let dates =
            ColumnProfile { texts: 2, date_texts: 2, instant_texts: 2, max_length: 10, ..ColumnProfile::default() };
        let empty = ColumnProfile::default();
        for (declared, profile, kind) in [
            ("INTEGER", &integers, "integer"),
            ("BOOLEAN", &integers, "boolean"),
            ("NUMERIC(10,2)", &prices, "decimal"),
            ("NUMERIC", &prices, "decimal"),
            ("REAL", &prices, "number"),
            ("DATE", &dates, "date"),
            ("DATETIME", &dates, "datetime"),
            ("NVARCHAR(40)", &dates, "string"),
            ("TEXT", &dates, "text"),
            ("BLOB", &empty, "bytes"),
            ("DATETIME", &empty, "datetime"),
        ] {
            let chosen = choose(&column(declared), profile);
            assert_eq!((chosen.kind, chosen.why), (kind, Why::Declared), "{declared}");
        }
    }

    #[test]
    fn what_does_not_fit_gets_the_narrowest_type_that_keeps_it() {
        let mixed = ColumnProfile { integers: 1, texts: 1, max_length: 4, ..ColumnProfile::default() };
        let huge = ColumnProfile { integers: 1, integer_range: Some((0, i64::MAX)), ..ColumnProfile::default() };
        let long = ColumnProfile { texts: 1, max_length: 50, ..ColumnProfile::default() };
        let fine = ColumnProfile { reals: 1, max_scale: Some(4), max_whole_digits: 8, ..ColumnProfile::default() };
        let bytes = ColumnProfile { texts: 1, blobs: 1, ..ColumnProfile::default() };
        for (declared, profile, kind, why) in [
            ("INTEGER", &mixed, "text", Why::Mixed),
            ("INTEGER", &huge, "bigint", Why::Widened),
            ("VARCHAR(10)", &long, "string", Why::Widened),
            ("DECIMAL(10,2)", &fine, "decimal", Why::Widened),
            ("TEXT", &bytes, "bytes", Why::Mixed),
            ("DATETIME", &long, "text", Why::Mixed),
            ("GEOMETRY", &long, "text", Why::NoCounterpart),
        ] {
            let chosen = choose(&column(declared), profile);
            assert_eq!((chosen.kind, chosen.why), (kind, why), "{declared}");
        }
        assert_eq!(choose(&column("VARCHAR(10)"), &long).max_length, Some(50));
        assert_eq!(choose(&column("DECIMAL(10,2)"), &fine).precision, Some(12));
    }
}
