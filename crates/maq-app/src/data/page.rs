//! A page of rows as the store answered them, and what hosts make of it: records, or their JSON at once.

use super::sight::Sight;
use crate::{AppError, AppResult};
use maq_query::record::ListQuery;
use maq_query::{PackedRow, PackedRows};
use maq_value::Record;

/// The rows that answer a query, with who sees what of them.
pub(super) struct SeenPage<'a> {
    pub sight: &'a Sight<'a>,
    pub query: &'a ListQuery,
    pub rows: PackedRows,
}

impl SeenPage<'_> {
    /// The records, as far as they may be seen.
    pub fn records(&self) -> AppResult<Vec<Record>> {
        self.shown().map(|row| self.sight.record(&row).map_err(AppError::fault)).collect()
    }

    /// The same as the text of a JSON array.
    pub fn json(&self) -> AppResult<Vec<u8>> {
        let mut text = Vec::with_capacity(FIRST_ROOM);
        text.push(b'[');
        for (at, row) in self.shown().enumerate() {
            if at > 0 {
                text.push(b',');
            }
            self.sight.write_json(&row, &mut text).map_err(AppError::fault)?;
        }
        text.push(b']');
        Ok(text)
    }

    /// The cursor of the next page; none at the end.
    pub fn next(&self) -> AppResult<Option<String>> {
        let last = self.shown().last();
        self.sight.records().next(self.query, self.rows.len(), last.as_ref()).map_err(AppError::fault)
    }

    fn shown(&self) -> impl Iterator<Item = PackedRow<'_>> {
        self.rows.iter().take(self.query.shown(self.rows.len()))
    }
}

/// What a page of twenty records of some fields takes, in bytes.
const FIRST_ROOM: usize = 8 * 1024;
