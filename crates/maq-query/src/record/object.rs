//! Rows straight to JSON objects, cell by cell: what [`Records::decode_row`] gives, written as a record writes itself.

use super::{QueryError, Records};
use crate::codec;
use crate::{Row, SqlRef};
use maq_ir::Absent;
use maq_value::Value;

/// The JSON object of a row, under way. The caller says which cells it shows.
pub struct JsonObject<'a, R: Row> {
    records: &'a Records,
    row: &'a R,
    out: &'a mut Vec<u8>,
    is_empty: bool,
}

impl Records {
    /// How many cells a record has.
    pub fn width(&self) -> usize {
        self.cells.len()
    }

    /// Begins the object of `row` at the end of `out`.
    pub fn begin_object<'a, R: Row>(&'a self, row: &'a R, out: &'a mut Vec<u8>) -> JsonObject<'a, R> {
        out.push(b'{');
        JsonObject { records: self, row, out, is_empty: true }
    }
}

impl<R: Row> JsonObject<'_, R> {
    /// Adds the cell at a place as it is; nothing for what is missing.
    ///
    /// # Errors
    /// [`QueryError`] when the row is not of this entity.
    pub fn add(&mut self, at: usize) -> Result<(), QueryError> {
        let cell = self.records.cells.get(at).ok_or(QueryError::Row)?;
        let raw = self.row.cell(at).ok_or(QueryError::Row)?;
        if raw == SqlRef::Null {
            if cell.absent != Absent::Missing {
                self.add_key(at);
                self.out.extend_from_slice(b"null");
            }
            return Ok(());
        }
        if cell.big {
            let value = self.records.decode_cell(cell, self.row, at)?;
            return self.add_value(at, &value);
        }
        self.add_key(at);
        codec::write_json(raw, &cell.ty, cell.kind, self.records.dialect, self.out).map_err(|error| cell.unfit(error))
    }

    /// Adds another value in the place of a cell's: what `change` makes of it; nothing for what is missing.
    ///
    /// # Errors
    /// [`QueryError`] when the row is not of this entity.
    pub fn add_changed(&mut self, at: usize, change: impl FnOnce(&Value) -> Value) -> Result<(), QueryError> {
        let cell = self.records.cells.get(at).ok_or(QueryError::Row)?;
        let value = change(&self.records.decode_cell(cell, self.row, at)?);
        self.add_value(at, &value)
    }

    /// Ends the object.
    pub fn end(self) {
        self.out.push(b'}');
    }

    fn add_value(&mut self, at: usize, value: &Value) -> Result<(), QueryError> {
        if *value == Value::Missing {
            return Ok(());
        }
        self.add_key(at);
        serde_json::to_writer(&mut *self.out, value).map_err(|_| QueryError::Row)
    }

    fn add_key(&mut self, at: usize) {
        if !std::mem::take(&mut self.is_empty) {
            self.out.push(b',');
        }
        if let Some(cell) = self.records.cells.get(at) {
            self.out.extend_from_slice(cell.key.as_bytes());
        }
    }
}
