//! Conditions on rows in the statements of an entity: as a filter of one record, and as columns that tell their
//! outcome.

use super::layout::Cell;
use super::sql::Sql;
use super::{QueryError, Records};
use crate::{Row, SqlRef, Statement, predicate};
use maq_expr::Predicate;
use maq_value::{Record, Scope, Value};

impl Records {
    /// One record by id, when it makes `rows` true, with the outcome of each of `extras` after its cells.
    ///
    /// # Errors
    /// As [`Records::get`], and when a condition speaks of what the tables do not have.
    pub fn get_with(
        &self,
        scope: &Scope,
        id: &Value,
        rows: Option<&Predicate>,
        extras: &[Predicate],
    ) -> Result<Statement, QueryError> {
        let mut sql = Sql::begin(self.dialect, scope);
        let id = sql.keep(self.encode_id(id)?);
        sql.push("SELECT ");
        sql.push(&self.columns);
        self.write_extras(&mut sql, extras)?;
        self.finish_one(sql, &id, rows)
    }

    /// One row when a record of this id exists and makes `rows` true.
    ///
    /// # Errors
    /// As [`Records::get_with`].
    pub fn exists_with(&self, scope: &Scope, id: &Value, rows: Option<&Predicate>) -> Result<Statement, QueryError> {
        let mut sql = Sql::begin(self.dialect, scope);
        let id = sql.keep(self.encode_id(id)?);
        sql.push("SELECT 1");
        self.finish_one(sql, &id, rows)
    }

    /// What the conditions said of a row that [`Records::list_with`] or [`Records::get_with`] answered; none is an
    /// error.
    pub fn outcomes(&self, row: &(impl Row + ?Sized)) -> Vec<Option<bool>> {
        let told = |cell| matches!(cell, SqlRef::Integer(_)).then_some(cell != SqlRef::Integer(0));
        (self.cells.len()..row.width()).filter_map(|at| row.cell(at)).map(told).collect()
    }

    /// A record as [`Records::decode_row`] gives it, from the JSON it was written as. What is not of its field's kind
    /// any more stays JSON.
    pub fn record_from_json(&self, json: &serde_json::Value) -> Record {
        let value = |cell: &Cell| match json.get(&*cell.name) {
            None => Value::Missing,
            Some(json) => Value::from_json(json, cell.kind).unwrap_or_else(|_| Value::Json(json.clone())),
        };
        Record(self.cells.iter().map(|cell| (cell.name.clone(), value(cell))).collect())
    }

    fn finish_one(&self, mut sql: Sql, id: &str, rows: Option<&Predicate>) -> Result<Statement, QueryError> {
        sql.push(" FROM ");
        sql.push(&self.table);
        sql.push_scope();
        sql.push(&format!(" AND \"id\" = {id}"));
        if let Some(rows) = rows {
            sql.push(" AND ");
            self.write_predicate(&mut sql, rows)?;
        }
        Ok(sql.finish())
    }

    pub(super) fn write_extras(&self, sql: &mut Sql, extras: &[Predicate]) -> Result<(), QueryError> {
        for extra in extras {
            sql.push(", ");
            self.write_predicate(sql, extra)?;
        }
        Ok(())
    }

    pub(super) fn write_predicate(&self, sql: &mut Sql, predicate: &Predicate) -> Result<(), QueryError> {
        predicate::write(sql, &self.tables, &self.table, &self.cells, predicate)
    }
}
