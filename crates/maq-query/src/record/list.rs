//! Lists: filter, sort, pages by cursor or by offset; and counting.
//!
//! The id is always the last sort key, so that the order is total. An empty column sorts before every value, on every
//! dialect. A page asks for one row more than its limit, which tells whether there is a next one.

use super::sql::Sql;
use super::{FieldRef, Filter, QueryError, Records, cursor, filter};
use crate::{Dialect, Row, SqlValue, Statement};
use maq_expr::Predicate;
use maq_value::{Record, Scope};

/// What a list asks for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListQuery {
    /// Which records.
    pub filter: Filter,
    /// In which order; then by id.
    pub sort: Vec<SortKey>,
    /// Records of a page at most.
    pub limit: u32,
    /// [`Page::next`] of the page before.
    pub after: Option<String>,
    /// Records skipped, for pages by number.
    pub offset: u64,
}

impl ListQuery {
    /// How many of the rows that were answered the page shows: one more was asked for.
    pub fn shown(&self, rows: usize) -> usize {
        rows.min(self.limit as usize)
    }
}

/// A sort key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortKey {
    /// The field.
    pub field: FieldRef,
    /// Largest first.
    pub descending: bool,
}

/// A page of records.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The records.
    pub records: Vec<Record>,
    /// The cursor of the next page; none at the end.
    pub next: Option<String>,
}

impl Records {
    /// The records that `query` asks for, and one more.
    ///
    /// # Errors
    /// [`QueryError`] when a field cannot be filtered or sorted by, or the cursor is not of this list.
    pub fn list(&self, scope: &Scope, query: &ListQuery) -> Result<Statement, QueryError> {
        self.list_with(scope, query, &[])
    }

    /// The same with the outcome of each of `extras` on each row, after its cells: [`Records::outcomes`] reads them.
    ///
    /// # Errors
    /// As [`Records::list`].
    pub fn list_with(&self, scope: &Scope, query: &ListQuery, extras: &[Predicate]) -> Result<Statement, QueryError> {
        let keys = self.whole_sort(&query.sort)?;
        let mut sql = Sql::begin(self.dialect, scope);
        sql.push("SELECT ");
        sql.push(&self.columns);
        self.write_extras(&mut sql, extras)?;
        sql.push(" FROM ");
        sql.push(&self.table);
        sql.push_scope();
        self.write_and_filter(&mut sql, &query.filter)?;
        if let Some(after) = &query.after {
            let values = cursor::read(self, &keys, after)?;
            self.write_after(&mut sql, &keys, &values)?;
        }
        self.write_order(&mut sql, &keys)?;
        // As text: Postgres plans a page of an unknown length for a tenth of all rows, and so each time anew.
        sql.push(&format!(" LIMIT {}", i64::from(query.limit) + 1));
        if query.offset > 0 {
            sql.push(" OFFSET ");
            sql.bind(i64::try_from(query.offset).unwrap_or(i64::MAX).into());
        }
        Ok(sql.finish())
    }

    /// How many records `filter` wants: one row with one number.
    ///
    /// # Errors
    /// As [`Records::list`].
    pub fn count(&self, scope: &Scope, filter: &Filter) -> Result<Statement, QueryError> {
        let mut sql = Sql::begin(self.dialect, scope);
        sql.push("SELECT COUNT(*) FROM ");
        sql.push(&self.table);
        sql.push_scope();
        self.write_and_filter(&mut sql, filter)?;
        Ok(sql.finish())
    }

    /// The page in the rows that [`Records::list`] answered to the same query.
    ///
    /// # Errors
    /// [`QueryError`] when a row is not of this entity.
    pub fn page(&self, query: &ListQuery, rows: &[Vec<SqlValue>]) -> Result<Page, QueryError> {
        let shown = rows.get(..query.shown(rows.len())).unwrap_or_default();
        let records = shown.iter().map(|row| self.decode_row(row)).collect::<Result<_, _>>()?;
        Ok(Page { records, next: self.next(query, rows.len(), shown.last())? })
    }

    /// The cursor of the next page, when `rows` rows were answered and `last` is the last that is shown.
    ///
    /// # Errors
    /// [`QueryError`] when the row is not of this entity.
    pub fn next(&self, query: &ListQuery, rows: usize, last: Option<&impl Row>) -> Result<Option<String>, QueryError> {
        let last = last.filter(|_| rows > query.shown(rows));
        last.map(|last| cursor::write(self, &self.whole_sort(&query.sort)?, last)).transpose()
    }

    /// The cursor after any record of the list, for a walk that goes on where it was acknowledged.
    ///
    /// # Errors
    /// [`QueryError`] when the record is not of this entity.
    pub fn cursor_after(&self, query: &ListQuery, record: &Record) -> Result<String, QueryError> {
        let row: Result<Vec<SqlValue>, QueryError> =
            self.cells.iter().map(|cell| cell.encode(record.get(&cell.name), self.dialect)).collect();
        cursor::write(self, &self.whole_sort(&query.sort)?, &row?)
    }

    /// The sort keys with the id as tie-break, in the direction of the last key so that an index can serve both.
    fn whole_sort(&self, sort: &[SortKey]) -> Result<Vec<SortKey>, QueryError> {
        let mut keys: Vec<SortKey> = Vec::with_capacity(sort.len() + 1);
        for key in sort {
            let (_, cell) = self.cell(key.field)?;
            filter::comparable(cell, "sort")?;
            // A second key on the same field orders nothing.
            if !keys.iter().any(|other| other.field == key.field) {
                keys.push(*key);
            }
        }
        if !keys.iter().any(|key| key.field == FieldRef::Id) {
            let descending = keys.last().is_some_and(|key| key.descending);
            keys.push(SortKey { field: FieldRef::Id, descending });
        }
        Ok(keys)
    }

    fn write_order(&self, sql: &mut Sql, keys: &[SortKey]) -> Result<(), QueryError> {
        for (at, key) in keys.iter().enumerate() {
            let (_, cell) = self.cell(key.field)?;
            sql.push(if at == 0 { " ORDER BY " } else { ", " });
            sql.push(&cell.column);
            sql.push(if key.descending { " DESC" } else { " ASC" });
            if sql.dialect() == Dialect::Postgres && !cell.always {
                // What SQLite does by itself.
                sql.push(if key.descending { " NULLS LAST" } else { " NULLS FIRST" });
            }
        }
        Ok(())
    }

    /// ` AND` what comes after the row with `values`: later in the first key, or the same there and later in the next.
    fn write_after(&self, sql: &mut Sql, keys: &[SortKey], values: &[SqlValue]) -> Result<(), QueryError> {
        let mut ends = 0;
        let mut same: Vec<String> = Vec::new();
        sql.push(" AND (");
        for (at, (key, value)) in keys.iter().zip(values).enumerate() {
            let (_, cell) = self.cell(key.field)?;
            let place = (*value != SqlValue::Null).then(|| sql.keep(value.clone()));
            let column = cell.column.as_str();
            let later = match (&place, key.descending) {
                (Some(place), false) => format!("{column} > {place}"),
                (Some(place), true) if cell.filled => format!("{column} < {place}"),
                (Some(place), true) => format!("({column} < {place} OR {column} IS NULL)"),
                (None, false) => format!("{column} IS NOT NULL"),
                (None, true) => self.dialect.truth(false).to_owned(),
            };
            if at > 0 {
                sql.push(" OR ");
            }
            // Downwards, what is missing comes last and is not below anything.
            let seekable = at == 0 && keys.len() > 1 && (!key.descending || cell.filled);
            if let Some(place) = place.as_ref().filter(|_| seekable) {
                // Says the same as the whole, in a form that lets an index start in the right place.
                let comparison = if key.descending { "<=" } else { ">=" };
                sql.push(&format!("{column} {comparison} {place} AND ("));
                ends += 1;
            }
            let condition = same.iter().chain([&later]).cloned().collect::<Vec<_>>().join(" AND ");
            sql.push(&format!("({condition})"));
            same.push(match &place {
                Some(place) => format!("{column} = {place}"),
                None => format!("{column} IS NULL"),
            });
        }
        sql.push(&")".repeat(ends + 1));
        Ok(())
    }
}
