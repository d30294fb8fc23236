//! Reading cells of a meta row by position.

use maq_query::SqlValue;
use maq_value::Instant;

/// A row of a meta table. A cell of the wrong type reads as empty; the STRICT tables keep that from happening.
pub(crate) struct Cells<'a>(pub &'a [SqlValue]);

impl Cells<'_> {
    pub fn text(&self, at: usize) -> String {
        self.optional_text(at).unwrap_or_default()
    }

    pub fn optional_text(&self, at: usize) -> Option<String> {
        self.0.get(at).and_then(SqlValue::as_text).map(str::to_owned)
    }

    pub fn integer(&self, at: usize) -> i64 {
        self.0.get(at).and_then(SqlValue::as_integer).unwrap_or_default()
    }

    pub fn flag(&self, at: usize) -> bool {
        self.integer(at) != 0
    }

    pub fn instant(&self, at: usize) -> Instant {
        Instant(self.integer(at))
    }

    pub fn optional_instant(&self, at: usize) -> Option<Instant> {
        self.0.get(at).and_then(SqlValue::as_integer).map(Instant)
    }
}
