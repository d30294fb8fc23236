//! Writes: insert, update, delete, and rows in bulk.

use super::sql::{Sql, place};
use super::{Cell, QueryError, Records};
use crate::ddl::postgres;
use crate::{Dialect, SqlValue, Statement};
use maq_expr::Predicate;
use maq_ir::IdentityType;
use maq_ir::schema::ColumnType;
use maq_value::{Instant, Record, Scope, Value};
use std::sync::Arc;

/// Who writes, and when: what the system columns get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp<'a> {
    /// When.
    pub now: Instant,
    /// Who.
    pub user_id: &'a str,
}

/// What a bulk insert does with a record whose id is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkMode {
    /// It is refused.
    Insert,
    /// It is left as it stands and not counted: a load that is run again.
    SkipExisting,
}

impl Records {
    /// Inserts a record and answers its row. Fields that `values` leaves out are empty: defaults are the caller's
    /// business. Without an id the next whole number is taken where the identity is one.
    ///
    /// # Errors
    /// [`QueryError`] when a value does not fit, a name is unknown, or an id is needed.
    pub fn insert(
        &self,
        scope: &Scope,
        id: Option<&Value>,
        values: &Record,
        stamp: Stamp<'_>,
    ) -> Result<Statement, QueryError> {
        let (sql, id) = match id.filter(|id| !id.is_absent()) {
            Some(id) => (&self.insert, self.encode_id(id)?),
            None if self.identity == IdentityType::Integer => (&self.insert_next, SqlValue::Null),
            None => return Err(QueryError::NoId),
        };
        let draws_id = id == SqlValue::Null;
        let binds = self.row_binds(scope, id, values, stamp)?;
        Ok(Statement { draws_id, answers_one_row: true, ..Statement::on_records(sql.clone(), binds) })
    }

    /// Sets the fields that `changes` names, counts the row version up, and answers the whole row. With `row_version`
    /// only a record that still has it is touched.
    ///
    /// # Errors
    /// [`QueryError`] when a value does not fit or a name is unknown.
    pub fn update(
        &self,
        scope: &Scope,
        id: &Value,
        row_version: Option<i64>,
        changes: &Record,
        stamp: Stamp<'_>,
    ) -> Result<Statement, QueryError> {
        self.update_where(scope, id, row_version, changes, stamp, None)
    }

    /// As [`Records::update`]; a record that does not make `rows` true, as it stands before, is not touched.
    ///
    /// # Errors
    /// As [`Records::update`], and when a condition speaks of what the tables do not have.
    pub fn update_where(
        &self,
        scope: &Scope,
        id: &Value,
        row_version: Option<i64>,
        changes: &Record,
        stamp: Stamp<'_>,
        rows: Option<&Predicate>,
    ) -> Result<Statement, QueryError> {
        let mut sql = Sql::begin(self.dialect, scope);
        let id = sql.keep(self.encode_id(id)?);
        sql.push("UPDATE ");
        sql.push(&self.table);
        sql.push(" SET \"row_version\" = \"row_version\" + 1, \"updated_at\" = ");
        sql.bind(stamp.now.0.into());
        sql.push(", \"updated_by\" = ");
        sql.bind(stamp.user_id.into());
        for (name, value) in &changes.0 {
            let cell = self.data_cell(name)?;
            sql.push(&format!(", {} = ", cell.column));
            sql.bind(cell.encode(value, self.dialect)?);
        }
        self.push_key(&mut sql, &id, row_version);
        self.push_condition(&mut sql, rows)?;
        sql.push(" RETURNING ");
        sql.push(&self.columns);
        Ok(Statement { answers_one_row: true, ..sql.finish() })
    }

    /// Deletes a record and answers its id. With `row_version` only a record that still has it is deleted.
    ///
    /// # Errors
    /// [`QueryError`] when the id is not of the identity's kind.
    pub fn delete(&self, scope: &Scope, id: &Value, row_version: Option<i64>) -> Result<Statement, QueryError> {
        self.delete_where(scope, id, row_version, None)
    }

    /// As [`Records::delete`]; a record that does not make `rows` true is not deleted.
    ///
    /// # Errors
    /// As [`Records::delete`], and when a condition speaks of what the tables do not have.
    pub fn delete_where(
        &self,
        scope: &Scope,
        id: &Value,
        row_version: Option<i64>,
        rows: Option<&Predicate>,
    ) -> Result<Statement, QueryError> {
        let mut sql = Sql::begin(self.dialect, scope);
        let id = sql.keep(self.encode_id(id)?);
        sql.push("DELETE FROM ");
        sql.push(&self.table);
        self.push_key(&mut sql, &id, row_version);
        self.push_condition(&mut sql, rows)?;
        sql.push(" RETURNING \"id\"");
        Ok(Statement { answers_one_row: true, ..sql.finish() })
    }

    fn push_key(&self, sql: &mut Sql, id: &str, row_version: Option<i64>) {
        sql.push_scope();
        sql.push(&format!(" AND \"id\" = {id}"));
        if let Some(version) = row_version {
            sql.push(" AND \"row_version\" = ");
            sql.bind(version.into());
        }
    }

    fn push_condition(&self, sql: &mut Sql, rows: Option<&Predicate>) -> Result<(), QueryError> {
        match rows {
            Some(rows) => {
                sql.push(" AND ");
                self.write_predicate(sql, rows)
            }
            None => Ok(()),
        }
    }

    /// The statement of a bulk insert; its rows are made by [`Records::bulk_row`]. On Postgres its binds after tenant
    /// and realm are arrays that hold a row in each place.
    pub fn bulk_insert(&self, scope: &Scope, mode: BulkMode) -> Statement {
        let sql = match mode {
            BulkMode::Insert => &self.bulk,
            BulkMode::SkipExisting => &self.bulk_skip,
        };
        let binds = vec![scope.tenant_id.as_str().into(), scope.realm_id.as_str().into()];
        Statement::on_records(sql.clone(), binds)
    }

    /// The binds of one row of [`Records::bulk_insert`].
    ///
    /// # Errors
    /// As [`Records::insert`].
    pub fn bulk_row(
        &self,
        scope: &Scope,
        id: &Value,
        values: &Record,
        stamp: Stamp<'_>,
    ) -> Result<Vec<SqlValue>, QueryError> {
        self.row_binds(scope, self.encode_id(id)?, values, stamp)
    }

    fn row_binds(
        &self,
        scope: &Scope,
        id: SqlValue,
        values: &Record,
        stamp: Stamp<'_>,
    ) -> Result<Vec<SqlValue>, QueryError> {
        let mut binds = Vec::with_capacity(self.fields + 5);
        binds.extend([scope.tenant_id.as_str().into(), scope.realm_id.as_str().into(), id]);
        binds.extend([stamp.now.0.into(), stamp.user_id.into()]);
        let mut taken = 0;
        for (at, cell) in self.data_cells().iter().enumerate() {
            // Usually the record is in the entity's order.
            let value = match values.0.get(at) {
                Some((name, value)) if *name == cell.name => {
                    taken += 1;
                    value
                }
                _ => match values.0.iter().find(|(name, _)| *name == cell.name) {
                    Some((_, value)) => {
                        taken += 1;
                        value
                    }
                    None => &Value::Missing,
                },
            };
            binds.push(cell.encode(value, self.dialect)?);
        }
        if taken < values.0.len() {
            values.0.iter().try_for_each(|(name, _)| self.data_cell(name).map(drop))?;
        }
        Ok(binds)
    }

    fn data_cells(&self) -> &[Cell] {
        self.cells.get(1..=self.fields).unwrap_or_default()
    }

    fn data_cell(&self, name: &str) -> Result<&Cell, QueryError> {
        let found = self.data_cells().iter().find(|cell| &*cell.name == name);
        found.ok_or_else(|| QueryError::UnknownField(name.to_owned()))
    }

    pub(super) fn write_inserts(&mut self) {
        let names: String = self.data_cells().iter().map(|cell| format!(", {}", cell.column)).collect();
        let places: String = (6..6 + self.fields).map(|number| format!(", {}", self.place(number))).collect();
        let [tenant, realm, id, now, user] = [1, 2, 3, 4, 5].map(|number| self.place(number));
        let table = &self.table;
        let insert = |id: &str| {
            format!(
                "INSERT INTO {table} (\"tenant_id\", \"realm_id\", \"id\", \"row_version\", \"created_at\", \
                 \"created_by\", \"updated_at\", \"updated_by\"{names}) VALUES ({tenant}, {realm}, {id}, 1, {now}, \
                 {user}, {now}, {user}{places})"
            )
        };
        let next = format!(
            "COALESCE({id}, (SELECT COALESCE(MAX(\"id\"), 0) + 1 FROM {table} WHERE \"tenant_id\" = {tenant} AND \
             \"realm_id\" = {realm}))"
        );
        let (plain, next) = (insert(&id), insert(&next));
        let bulk = match self.dialect {
            Dialect::Sqlite => plain.clone(),
            Dialect::Postgres => self.bulk_text(&names),
        };
        let returning = &self.columns;
        let texts: [Arc<str>; 4] = [
            format!("{plain} RETURNING {returning}").into(),
            format!("{next} RETURNING {returning}").into(),
            bulk.clone().into(),
            format!("{bulk} ON CONFLICT (\"tenant_id\", \"realm_id\", \"id\") DO NOTHING").into(),
        ];
        [self.insert, self.insert_next, self.bulk, self.bulk_skip] = texts;
    }

    /// Many rows by one statement: every bind after tenant and realm is an array, a place a row.
    fn bulk_text(&self, names: &str) -> String {
        let id = self.cells.first().map(|cell| &cell.ty).into_iter();
        let stamps = [&ColumnType::Instant, &ColumnType::Text];
        let types = id.chain(stamps).chain(self.data_cells().iter().map(|cell| &cell.ty));
        let (mut arrays, mut places) = (Vec::new(), Vec::new());
        for (at, ty) in types.enumerate() {
            arrays.push(format!("${}::{}[]", at + 3, postgres::element_type(ty)));
            places.push(format!("r{}", at + 3));
        }
        let fields: String = places.iter().skip(3).map(|place| format!(", r.{place}")).collect();
        format!(
            "INSERT INTO {} (\"tenant_id\", \"realm_id\", \"id\", \"row_version\", \"created_at\", \"created_by\", \
             \"updated_at\", \"updated_by\"{names}) SELECT $1, $2, r.r3, 1, r.r4, r.r5, r.r4, r.r5{fields} FROM UNNEST({}) \
             AS r({})",
            self.table,
            arrays.join(", "),
            places.join(", "),
        )
    }

    fn place(&self, number: usize) -> String {
        place(self.dialect, number)
    }
}
