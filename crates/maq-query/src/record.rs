//! Statements on records, built from the compiled entity: get, list, count, insert, update, delete, bulk rows, and
//! reading their answers back.
//!
//! [`Records`] is made once per entity and kept; texts that never change are written then. Every statement binds tenant
//! and realm as its first two values. Who may do what is not asked here; the caller conjoins its filters.

mod cursor;
pub(crate) mod filter;
pub(crate) mod layout;
mod list;
mod object;
mod rows;
pub(crate) mod sql;
#[cfg(test)]
mod tests;
mod write;

pub use filter::{CompareOp, Filter};
pub use layout::FieldRef;
pub use list::{ListQuery, Page, SortKey};
pub use object::JsonObject;
pub use write::{BulkMode, Stamp};

use crate::codec::{self, CodecError};
use crate::{Dialect, Row, SqlValue, Statement, Tables, quote};
use layout::Cell;
use maq_ir::schema::{Table, identity_column};
use maq_ir::{Absent, Entity, IdentityType};
use maq_value::{Kind, Record, Scope, Value};
use std::sync::Arc;

/// Why a request cannot become a statement, or an answer a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// The entity has no such field.
    #[error("there is no field `{0}`")]
    UnknownField(String),
    /// A value does not fit its field.
    #[error("`{field}`: {error}")]
    Value {
        /// The field.
        field: Arc<str>,
        /// Why.
        error: CodecError,
    },
    /// The field cannot be compared or sorted in this way.
    #[error("`{field}` cannot be used with `{operation}`")]
    NotComparable {
        /// The field.
        field: Arc<str>,
        /// The operator, or `sort`.
        operation: &'static str,
    },
    /// The cursor is not one of ours, or of another sort order.
    #[error("the cursor does not belong to this list")]
    Cursor,
    /// The filter has more conditions or values than a statement takes.
    #[error("the filter has too many conditions or values, at most {0} are taken")]
    TooMany(usize),
    /// A create gives no id and the entity draws none by itself.
    #[error("a record needs an id")]
    NoId,
    /// A row does not have the shape of its entity.
    #[error("a row does not have the shape of its entity")]
    Row,
    /// A condition on rows speaks of what the tables do not have.
    #[error("a condition cannot be asked of the tables as they stand: {0}")]
    Condition(String),
}

/// Statements on the records of one entity in one dialect.
#[derive(Debug, Clone)]
pub struct Records {
    dialect: Dialect,
    table: String,
    identity: IdentityType,
    /// What every row answers: id, fields, then row version and stamps.
    cells: Vec<Cell>,
    /// Fields are `cells[1..=fields]`.
    fields: usize,
    uniques: Vec<UniqueNames>,
    columns: String,
    get: Arc<str>,
    exists: Arc<str>,
    insert: Arc<str>,
    insert_next: Arc<str>,
    bulk: Arc<str>,
    bulk_skip: Arc<str>,
    /// Where conditions lead to.
    tables: Arc<Tables>,
}

/// How a unique key is named by the databases and by people.
#[derive(Debug, Clone)]
struct UniqueNames {
    index: Arc<str>,
    columns: String,
    fields: Vec<Arc<str>>,
}

impl Records {
    /// Statements for `entity`. `physical` is its table as it stands, when that may be wider than the entity (after
    /// going back to an older release); without it the table is what a fresh publish makes.
    pub fn new(entity: &Entity, physical: Option<&Table>, dialect: Dialect) -> Records {
        let cells = layout::cells(entity, physical);
        let columns = cells.iter().map(|cell| cell.column.as_str()).collect::<Vec<_>>().join(", ");
        let mut records = Records {
            dialect,
            table: quote(&entity.table),
            identity: entity.identity,
            fields: entity.fields.len(),
            uniques: unique_names(entity),
            columns,
            cells,
            get: "".into(),
            exists: "".into(),
            insert: "".into(),
            insert_next: "".into(),
            bulk: "".into(),
            bulk_skip: "".into(),
            tables: Tables::none(),
        };
        records.write_texts();
        records
    }

    /// The same statements with the tables of the whole model, for conditions that walk to other records.
    #[must_use]
    pub fn with_tables(mut self, tables: &Arc<Tables>) -> Records {
        self.tables = tables.clone();
        self
    }

    fn write_texts(&mut self) {
        let place = |number| sql::place(self.dialect, number);
        let at = format!(
            "FROM {} WHERE \"tenant_id\" = {} AND \"realm_id\" = {} AND \"id\" = {}",
            self.table,
            place(1),
            place(2),
            place(3)
        );
        self.get = format!("SELECT {} {at}", self.columns).into();
        self.exists = format!("SELECT 1 {at}").into();
        self.write_inserts();
    }

    /// One record by id.
    ///
    /// # Errors
    /// [`QueryError::Value`] when the id is not of the identity's kind.
    pub fn get(&self, scope: &Scope, id: &Value) -> Result<Statement, QueryError> {
        Ok(Statement::on_records(self.get.clone(), self.key(scope, id)?))
    }

    /// One row when a record of this id exists: what a reference to it asks.
    ///
    /// # Errors
    /// As [`Records::get`].
    pub fn exists(&self, scope: &Scope, id: &Value) -> Result<Statement, QueryError> {
        Ok(Statement::on_records(self.exists.clone(), self.key(scope, id)?))
    }

    /// One row when some record's `field` refers to `id`: what a delete of the target asks.
    ///
    /// # Errors
    /// [`QueryError`] when the field is unknown or the id does not fit it.
    pub fn exists_reference(&self, scope: &Scope, field: FieldRef, id: &Value) -> Result<Statement, QueryError> {
        let filter = Filter::Compare { field, op: CompareOp::Eq, value: id.clone() };
        let mut sql = sql::Sql::begin(self.dialect, scope);
        sql.push("SELECT 1 FROM ");
        sql.push(&self.table);
        sql.push_scope();
        sql.push(" AND ");
        self.write_filter(&mut sql, &filter)?;
        sql.push(" LIMIT 1");
        Ok(sql.finish())
    }

    fn key(&self, scope: &Scope, id: &Value) -> Result<Vec<SqlValue>, QueryError> {
        Ok(vec![scope.tenant_id.as_str().into(), scope.realm_id.as_str().into(), self.encode_id(id)?])
    }

    fn encode_id(&self, id: &Value) -> Result<SqlValue, QueryError> {
        let cell = self.cells.first().ok_or(QueryError::Row)?;
        if id.is_absent() { Err(QueryError::NoId) } else { cell.encode(id, self.dialect) }
    }

    /// Reads an id as it stands in a path or command line; `None` when it is not of the identity's kind.
    pub fn parse_id(&self, text: &str) -> Option<Value> {
        match self.identity {
            IdentityType::Uuid => text.parse().ok().map(Value::Uuid),
            IdentityType::Integer => text.parse().ok().map(Value::Integer),
            // No id has a NUL, and Postgres refuses to be asked for one.
            IdentityType::Text => (!text.contains('\0')).then(|| Value::Text(text.to_owned())),
        }
    }

    /// The field or system field (`id`, `rowVersion`, `createdAt`, ...) of this name.
    pub fn field(&self, name: &str) -> Option<FieldRef> {
        self.cells.iter().find(|cell| &*cell.name == name).map(|cell| cell.field)
    }

    /// The name of a field as it stands in records.
    pub fn name(&self, field: FieldRef) -> Option<&Arc<str>> {
        self.cell(field).ok().map(|(_, cell)| &cell.name)
    }

    /// The names of what a record has, in its order: `id`, the fields, then row version and stamps.
    pub fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.cells.iter().map(|cell| &cell.name)
    }

    /// The kind of a field's values.
    pub fn kind(&self, field: FieldRef) -> Option<Kind> {
        self.cell(field).ok().map(|(_, cell)| cell.kind)
    }

    fn cell(&self, field: FieldRef) -> Result<(usize, &Cell), QueryError> {
        let found = self.cells.iter().enumerate().find(|(_, cell)| cell.field == field);
        found.ok_or_else(|| QueryError::UnknownField(format!("{field:?}")))
    }

    /// The record in a row that get, list, insert or update answers: `id`, the fields in document order, then
    /// `rowVersion`, `createdAt`, `createdBy`, `updatedAt`, `updatedBy`. Outcomes behind them are not looked at.
    ///
    /// # Errors
    /// [`QueryError`] when the row is not of this entity.
    pub fn decode_row(&self, row: &(impl Row + ?Sized)) -> Result<Record, QueryError> {
        if row.width() < self.cells.len() {
            return Err(QueryError::Row);
        }
        let value = |(at, cell): (usize, &Cell)| Ok((cell.name.clone(), self.decode_cell(cell, row, at)?));
        self.cells.iter().enumerate().map(value).collect::<Result<Vec<_>, QueryError>>().map(Record)
    }

    fn decode_cell(&self, cell: &Cell, row: &(impl Row + ?Sized), at: usize) -> Result<Value, QueryError> {
        let raw = row.cell(at).ok_or(QueryError::Row)?;
        let decoded = codec::decode(raw, &cell.ty, cell.kind, self.dialect);
        Ok(match decoded.map_err(|error| cell.unfit(error))? {
            Value::Null if cell.absent == Absent::Missing => Value::Missing,
            Value::Integer(number) if cell.big => Value::BigInt(number),
            value => value,
        })
    }

    /// The fields of the unique key that a store names in a refusal, by columns or by index; `id` for the primary key.
    pub fn unique_fields(&self, named: &str) -> Option<&[Arc<str>]> {
        let unique = self.uniques.iter().find(|unique| unique.columns == named || &*unique.index == named);
        unique.map(|unique| unique.fields.as_slice())
    }

    /// The field whose column a store names in a refusal (`table.column` or `column`).
    pub fn field_of_column(&self, named: &str) -> Option<&Arc<str>> {
        let table = self.table.trim_matches('"');
        let column = named.strip_prefix(table).and_then(|rest| rest.strip_prefix('.')).unwrap_or(named);
        let column = quote(column);
        self.cells.iter().find(|cell| cell.column == column).map(|cell| &cell.name)
    }
}

fn unique_names(entity: &Entity) -> Vec<UniqueNames> {
    let named = |columns: &[&str]| {
        let scoped = ["tenant_id", "realm_id"].iter().chain(columns);
        scoped.map(|column| format!("{}.{column}", entity.table)).collect::<Vec<_>>().join(", ")
    };
    let key = UniqueNames {
        index: crate::ddl::postgres::primary_key_name(&entity.table).into(),
        columns: named(&["id"]),
        fields: vec!["id".into()],
    };
    let uniques = entity.uniques.iter().map(|unique| {
        let fields: Vec<_> = unique.fields.iter().filter_map(|at| entity.fields.get(at.0 as usize)).collect();
        UniqueNames {
            index: unique.index_name.clone(),
            columns: named(&fields.iter().map(|field| &*field.column).collect::<Vec<_>>()),
            fields: fields.iter().map(|field| field.name.clone()).collect(),
        }
    });
    std::iter::once(key).chain(uniques).collect()
}

/// The type of the `id` column.
fn id_column(entity: &Entity, physical: Option<&Table>) -> maq_ir::schema::ColumnType {
    identity_column(physical.map_or(entity.identity, |table| table.identity))
}
