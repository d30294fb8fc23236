//! Cells of rows as they are looked at, whoever holds them; and rows close together, for what is read and passed on.

use crate::SqlValue;

/// A cell that somebody else holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SqlRef<'a> {
    /// NULL
    Null,
    /// Whole number
    Integer(i64),
    /// Double
    Real(f64),
    /// Text
    Text(&'a str),
    /// Bytes
    Blob(&'a [u8]),
}

impl SqlRef<'_> {
    /// The same, held by itself.
    pub fn to_value(self) -> SqlValue {
        match self {
            SqlRef::Null => SqlValue::Null,
            SqlRef::Integer(value) => SqlValue::Integer(value),
            SqlRef::Real(value) => SqlValue::Real(value),
            SqlRef::Text(text) => SqlValue::Text(text.to_owned()),
            SqlRef::Blob(bytes) => SqlValue::Blob(bytes.to_vec()),
        }
    }
}

impl<'a> From<&'a SqlValue> for SqlRef<'a> {
    fn from(value: &'a SqlValue) -> Self {
        match value {
            SqlValue::Null => SqlRef::Null,
            SqlValue::Integer(value) => SqlRef::Integer(*value),
            SqlValue::Real(value) => SqlRef::Real(*value),
            SqlValue::Text(text) => SqlRef::Text(text),
            SqlValue::Blob(bytes) => SqlRef::Blob(bytes),
        }
    }
}

/// The cells of a row.
pub trait Row {
    /// How many.
    fn width(&self) -> usize;

    /// The cell at a place; none behind the last.
    fn cell(&self, at: usize) -> Option<SqlRef<'_>>;
}

/// No row: nothing was asked of it.
impl Row for () {
    fn width(&self) -> usize {
        0
    }

    fn cell(&self, _: usize) -> Option<SqlRef<'_>> {
        None
    }
}

impl Row for [SqlValue] {
    fn width(&self) -> usize {
        self.len()
    }

    fn cell(&self, at: usize) -> Option<SqlRef<'_>> {
        self.get(at).map(SqlRef::from)
    }
}

impl Row for Vec<SqlValue> {
    fn width(&self) -> usize {
        self.len()
    }

    fn cell(&self, at: usize) -> Option<SqlRef<'_>> {
        self.as_slice().cell(at)
    }
}

/// The rows of an answer, each as wide as the next. All texts stand in one place, so that reading a page takes a few
/// allocations and not one for each cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PackedRows {
    width: usize,
    cells: Vec<Packed>,
    text: String,
    bytes: Vec<u8>,
}

/// A cell; texts and bytes by where they begin and end.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Packed {
    Null,
    Integer(i64),
    Real(f64),
    Text(usize, usize),
    Blob(usize, usize),
}

impl PackedRows {
    /// No rows yet, each of `width` cells.
    pub fn new(width: usize) -> PackedRows {
        PackedRows { width, ..PackedRows::default() }
    }

    /// Adds a cell: the next of the last row, or the first of a new one.
    pub fn push(&mut self, cell: SqlRef<'_>) {
        let packed = match cell {
            SqlRef::Null => Packed::Null,
            SqlRef::Integer(value) => Packed::Integer(value),
            SqlRef::Real(value) => Packed::Real(value),
            SqlRef::Text(text) => {
                let start = self.text.len();
                self.text.push_str(text);
                Packed::Text(start, self.text.len())
            }
            SqlRef::Blob(bytes) => {
                let start = self.bytes.len();
                self.bytes.extend_from_slice(bytes);
                Packed::Blob(start, self.bytes.len())
            }
        };
        self.cells.push(packed);
    }

    /// How many whole rows.
    pub fn len(&self) -> usize {
        self.cells.len().checked_div(self.width).unwrap_or_default()
    }

    /// No rows at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row at a place; none behind the last.
    pub fn row(&self, at: usize) -> Option<PackedRow<'_>> {
        let start = at.checked_mul(self.width)?;
        let cells = self.cells.get(start..start.checked_add(self.width)?)?;
        (!cells.is_empty()).then_some(PackedRow { rows: self, cells })
    }

    /// The rows in their order.
    pub fn iter(&self) -> impl Iterator<Item = PackedRow<'_>> {
        (0..self.len()).filter_map(|at| self.row(at))
    }
}

impl From<&[Vec<SqlValue>]> for PackedRows {
    fn from(rows: &[Vec<SqlValue>]) -> Self {
        let mut packed = PackedRows::new(rows.first().map_or(0, Vec::len));
        rows.iter().flatten().for_each(|cell| packed.push(cell.into()));
        packed
    }
}

/// One of [`PackedRows`].
#[derive(Debug, Clone, Copy)]
pub struct PackedRow<'a> {
    rows: &'a PackedRows,
    cells: &'a [Packed],
}

impl Row for PackedRow<'_> {
    fn width(&self) -> usize {
        self.cells.len()
    }

    fn cell(&self, at: usize) -> Option<SqlRef<'_>> {
        match *self.cells.get(at)? {
            Packed::Null => Some(SqlRef::Null),
            Packed::Integer(value) => Some(SqlRef::Integer(value)),
            Packed::Real(value) => Some(SqlRef::Real(value)),
            Packed::Text(start, end) => self.rows.text.get(start..end).map(SqlRef::Text),
            Packed::Blob(start, end) => self.rows.bytes.get(start..end).map(SqlRef::Blob),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_rows_hold_what_was_put_in() {
        let cell = |text: &str| SqlValue::Text(text.to_owned());
        let rows = vec![
            vec![cell("ä"), SqlValue::Null, SqlValue::Integer(-7), SqlValue::Blob(vec![0, 255])],
            vec![cell(""), SqlValue::Real(0.5), cell("\u{1F600}x"), SqlValue::Blob(Vec::new())],
        ];
        let packed = PackedRows::from(rows.as_slice());
        assert_eq!(packed.len(), 2);
        let read = |row: PackedRow<'_>| (0..row.width()).map(|at| row.cell(at).unwrap().to_value()).collect::<Vec<_>>();
        assert_eq!(packed.iter().map(read).collect::<Vec<_>>(), rows);
        assert_eq!(packed.row(1).unwrap().cell(4), None);
        assert!(packed.row(2).is_none());
        assert!(PackedRows::default().is_empty() && PackedRows::default().row(0).is_none());
    }
}
