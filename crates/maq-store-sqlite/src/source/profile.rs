//! What the columns of a table really hold: one scan, every column at once, with the same readings that convert later.

use maq_query::quote;
use maq_store::source::{ColumnProfile, SourceTable, readings};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Most different texts kept of a column, and most bytes of one.
const FEW: usize = 64;
const SHORT: usize = 64;

/// Profiles in the order of the table's columns.
pub(super) fn read(connection: &Connection, table: &SourceTable) -> rusqlite::Result<Vec<ColumnProfile>> {
    let mut gatherers: Vec<Gatherer> = table.columns.iter().map(|column| Gatherer::of(&column.declared_type)).collect();
    if !gatherers.is_empty() {
        let columns: Vec<String> = table.columns.iter().map(|column| format!("s.{}", quote(&column.name))).collect();
        let sql = format!("SELECT {} FROM {} AS s", columns.join(", "), quote(&table.name));
        let mut statement = connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for (at, gatherer) in gatherers.iter_mut().enumerate() {
                gatherer.take(row.get_ref(at)?);
            }
        }
    }
    Ok(gatherers.into_iter().map(Gatherer::finish).collect())
}

/// A column while it is read.
struct Gatherer {
    found: ColumnProfile,
    texts: Option<BTreeSet<String>>,
    shapes: BTreeSet<(usize, u8, bool)>,
    scale: Option<u32>,
    wants_uuid: bool,
    wants_json: bool,
    digits: String,
}

impl Gatherer {
    fn of(declared: &str) -> Gatherer {
        let upper = declared.to_ascii_uppercase();
        Gatherer {
            found: ColumnProfile { min_length: u64::MAX, ..ColumnProfile::default() },
            texts: Some(BTreeSet::new()),
            shapes: BTreeSet::new(),
            scale: Some(0),
            wants_uuid: ["UUID", "GUID", "UNIQUEIDENTIFIER"].iter().any(|word| upper.contains(word)),
            wants_json: upper.contains("JSON"),
            digits: String::new(),
        }
    }

    fn take(&mut self, value: ValueRef<'_>) {
        match value {
            ValueRef::Null => self.found.nulls += 1,
            ValueRef::Integer(value) => self.take_integer(value),
            ValueRef::Real(value) => self.take_real(value),
            ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => self.take_text(text),
                Err(_) => {
                    self.found.texts += 1;
                    self.found.invalid_texts += 1;
                    self.texts = None;
                    self.take_length(bytes.len());
                }
            },
            ValueRef::Blob(bytes) => {
                self.found.blobs += 1;
                self.take_length(bytes.len());
            }
        }
    }

    fn take_integer(&mut self, value: i64) {
        self.found.integers += 1;
        let (least, largest) = self.found.integer_range.unwrap_or((value, value));
        self.found.integer_range = Some((least.min(value), largest.max(value)));
        let digits = if value == 0 { 1 } else { value.unsigned_abs().ilog10() + 1 };
        self.found.max_whole_digits = self.found.max_whole_digits.max(digits);
        self.take_number(value as f64);
    }

    fn take_real(&mut self, value: f64) {
        self.found.reals += 1;
        if !value.is_finite() {
            self.found.infinite += 1;
            self.scale = None;
            return;
        }
        self.digits.clear();
        // Writing to a String cannot fail.
        let _ = write!(self.digits, "{}", value.abs());
        let (whole, fraction) = self.digits.split_once('.').unwrap_or((&self.digits, ""));
        let (whole, fraction) = (small(whole.len()), small(fraction.len()));
        self.found.max_whole_digits = self.found.max_whole_digits.max(whole);
        // A decimal has no negative zero, and 28 digits at most.
        let exact = whole + fraction <= 28 && !(value == 0.0 && value.is_sign_negative());
        self.scale = self.scale.filter(|_| exact).map(|scale| scale.max(fraction));
        self.take_number(value);
    }

    fn take_number(&mut self, value: f64) {
        let (least, largest) = self.found.number_range.unwrap_or((value, value));
        self.found.number_range = Some((least.min(value), largest.max(value)));
    }

    fn take_text(&mut self, text: &str) {
        self.found.texts += 1;
        self.take_length(text.chars().count());
        if readings::instant(text).is_some() {
            self.found.instant_texts += 1;
            self.found.date_texts += u64::from(text.len() == 10);
            self.shapes.insert(readings::instant_shape(text));
        } else {
            self.found.time_texts += u64::from(readings::time(text).is_some());
        }
        self.found.uuid_texts += u64::from(self.wants_uuid && readings::uuid(text).is_some());
        self.found.json_texts += u64::from(self.wants_json && readings::json(text).is_some());
        if let Some(texts) = &mut self.texts
            && !texts.contains(text)
        {
            if texts.len() < FEW && text.len() <= SHORT {
                texts.insert(text.to_owned());
            } else {
                self.texts = None;
            }
        }
    }

    fn take_length(&mut self, length: usize) {
        let length = length as u64;
        self.found.max_length = self.found.max_length.max(length);
        self.found.min_length = self.found.min_length.min(length);
    }

    fn finish(self) -> ColumnProfile {
        let mut found = self.found;
        if found.texts + found.blobs == 0 {
            found.min_length = 0;
        }
        found.max_scale = self.scale.filter(|_| found.integers + found.reals > 0);
        found.instant_shapes = small(self.shapes.len());
        found.few_texts = self.texts.map(|texts| texts.into_iter().collect());
        found
    }
}

/// Lengths as the small numbers they are here.
fn small(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
