//! The cells of a row: which column, of which type, read as what.

use super::{QueryError, id_column};
use crate::codec::{self, CodecError};
use crate::{Dialect, SqlValue, quote};
use maq_ir::schema::{Column, ColumnType, Table, column_type};
use maq_ir::{Absent, Entity, FieldIdx, FieldType};
use maq_value::{Kind, Value};
use std::sync::Arc;

/// A field of the entity or a system field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldRef {
    /// `id`
    Id,
    /// A field of the document.
    Field(FieldIdx),
    /// `rowVersion`
    RowVersion,
    /// `createdAt`
    CreatedAt,
    /// `createdBy`
    CreatedBy,
    /// `updatedAt`
    UpdatedAt,
    /// `updatedBy`
    UpdatedBy,
}

/// One column of the answer.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    pub(crate) field: FieldRef,
    pub(crate) name: Arc<str>,
    /// The name as the key of a JSON object, with its colon.
    pub(crate) key: String,
    /// Quoted.
    pub(crate) column: String,
    pub(crate) ty: ColumnType,
    pub(crate) kind: Kind,
    pub(crate) absent: Absent,
    /// Never NULL, whatever the table's age.
    pub(crate) always: bool,
    /// The column as it stands takes no NULL.
    pub(crate) filled: bool,
    /// A `bigint` field: read as [`Value::BigInt`], which is a string in JSON.
    pub(crate) big: bool,
}

impl Cell {
    pub(crate) fn encode(&self, value: &Value, dialect: Dialect) -> Result<SqlValue, QueryError> {
        codec::encode(value, &self.ty, dialect).map_err(|error| self.unfit(error))
    }

    pub(crate) fn unfit(&self, error: CodecError) -> QueryError {
        QueryError::Value { field: self.name.clone(), error }
    }
}

/// Cells of a row in their order.
pub(crate) fn cells(entity: &Entity, physical: Option<&Table>) -> Vec<Cell> {
    let system = |field, name: &str, column: &str, ty, kind| Cell {
        field,
        name: name.into(),
        key: json_key(name),
        column: quote(column),
        ty,
        kind,
        absent: Absent::Null,
        always: true,
        filled: true,
        big: false,
    };
    let mut cells = vec![system(FieldRef::Id, "id", "id", id_column(entity, physical), entity.identity.kind())];
    cells.extend(entity.fields.iter().enumerate().map(|(at, field)| Cell {
        field: FieldRef::Field(FieldIdx(u32::try_from(at).unwrap_or(u32::MAX))),
        name: field.name.clone(),
        key: json_key(&field.name),
        column: quote(&field.column),
        ty: standing(physical, &field.column).map_or_else(|| column_type(&field.ty), |column| column.ty.clone()),
        kind: field.ty.kind(),
        absent: field.absent,
        always: false,
        filled: standing(physical, &field.column).is_some_and(|column| column.not_null),
        big: field.ty == FieldType::BigInt,
    }));
    use FieldRef::{CreatedAt, CreatedBy, RowVersion, UpdatedAt, UpdatedBy};
    cells.extend([
        system(RowVersion, "rowVersion", "row_version", ColumnType::Integer, Kind::Integer),
        system(CreatedAt, "createdAt", "created_at", ColumnType::Instant, Kind::Instant),
        system(CreatedBy, "createdBy", "created_by", ColumnType::Text, Kind::Text),
        system(UpdatedAt, "updatedAt", "updated_at", ColumnType::Instant, Kind::Instant),
        system(UpdatedBy, "updatedBy", "updated_by", ColumnType::Text, Kind::Text),
    ]);
    cells
}

fn standing<'a>(physical: Option<&'a Table>, column: &str) -> Option<&'a Column> {
    physical?.columns.iter().find(|standing| &*standing.name == column)
}

fn json_key(name: &str) -> String {
    format!("{}:", serde_json::Value::from(name))
}
