//! Physical tables and the schema operations that bring them about, free of any dialect. `maq-evolve` composes
//! them, `maq-query` writes them as SQL.

use crate::{Entity, FieldType, IdentityType, Model, OnDelete};
use maq_value::Value;
use std::sync::Arc;

/// How a column is kept.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnType {
    /// Text, compared by bytes.
    Text,
    /// Whole number.
    Integer,
    /// Double.
    Real,
    /// Exact decimal.
    Decimal {
        /// Digits in all.
        precision: u32,
        /// Digits after the point.
        scale: u32,
    },
    /// Truth value.
    Boolean,
    /// Date.
    Date,
    /// Time of day.
    Time,
    /// UTC instant.
    Instant,
    /// Span in microseconds.
    Duration,
    /// UUID.
    Uuid,
    /// JSON text.
    Json,
    /// Bytes.
    Bytes,
}

/// A column of a managed table; system columns are implied.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Physical name.
    pub name: Arc<str>,
    /// How it is kept.
    pub ty: ColumnType,
    /// NOT NULL in the database. Only columns that were there when the table was made have it, so that going back
    /// to an older release can still insert.
    pub not_null: bool,
    /// Values a CHECK admits, for enums.
    pub check_in: Vec<String>,
}

/// A foreign key `(tenant_id, realm_id, column)` to `(tenant_id, realm_id, id)`.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignKey {
    /// The referring column.
    pub column: Arc<str>,
    /// The table referred to.
    pub target: Arc<str>,
    /// What deleting the target does.
    pub on_delete: OnDelete,
}

/// An index; always led by tenant and realm.
#[derive(Debug, Clone, PartialEq)]
pub struct TableIndex {
    /// Physical name.
    pub name: Arc<str>,
    /// Columns in order, after tenant and realm.
    pub columns: Vec<Arc<str>>,
    /// No two rows of a tenant and realm share them.
    pub unique: bool,
}

/// A managed table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Physical name.
    pub name: Arc<str>,
    /// How records are identified: the type of `id`.
    pub identity: IdentityType,
    /// Columns besides the system ones.
    pub columns: Vec<Column>,
    /// Foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// Indexes, unique and not.
    pub indexes: Vec<TableIndex>,
}

/// One step of bringing a database to a model.
#[derive(Debug, Clone, PartialEq)]
pub enum SchemaOperation {
    /// Makes the table with its keys and indexes.
    CreateTable(Table),
    /// Adds a column that may be empty, then fills existing rows.
    AddColumn {
        /// The table.
        table: Arc<str>,
        /// The column; `not_null` is false.
        column: Column,
        /// Its foreign key, when it is a reference.
        foreign_key: Option<ForeignKey>,
        /// What existing rows get.
        fill: Option<Value>,
    },
    /// Changes columns of a table in place, keeping every row: SQLite rebuilds it, Postgres alters it. Both tables
    /// have the same columns by name, and more in `to` never.
    AlterTable {
        /// As it stands.
        from: Table,
        /// As it shall be.
        to: Table,
    },
    /// Fills the empty cells of a column: one that was parked while an older release ran and is required again.
    FillColumn {
        /// The table.
        table: Arc<str>,
        /// The column.
        column: Column,
        /// What empty cells get.
        value: Value,
    },
    /// Makes an index.
    CreateIndex {
        /// The table.
        table: Arc<str>,
        /// The index.
        index: TableIndex,
    },
    /// Takes away an index; rows are untouched.
    DropIndex {
        /// The table.
        table: Arc<str>,
        /// The index's name.
        name: Arc<str>,
    },
}

/// How a field's type is kept.
pub fn column_type(ty: &FieldType) -> ColumnType {
    match ty {
        FieldType::String | FieldType::Text | FieldType::Enum(_) => ColumnType::Text,
        FieldType::Integer | FieldType::BigInt => ColumnType::Integer,
        FieldType::Number => ColumnType::Real,
        FieldType::Decimal { precision, scale } => ColumnType::Decimal { precision: *precision, scale: *scale },
        FieldType::Boolean => ColumnType::Boolean,
        FieldType::Date => ColumnType::Date,
        FieldType::Time => ColumnType::Time,
        FieldType::DateTime => ColumnType::Instant,
        FieldType::Duration => ColumnType::Duration,
        FieldType::Uuid => ColumnType::Uuid,
        FieldType::Reference { identity, .. } => identity_column(*identity),
        FieldType::Json | FieldType::Object | FieldType::List => ColumnType::Json,
        FieldType::Bytes => ColumnType::Bytes,
    }
}

/// How an identity is kept.
pub fn identity_column(identity: IdentityType) -> ColumnType {
    match identity {
        IdentityType::Uuid => ColumnType::Uuid,
        IdentityType::Integer => ColumnType::Integer,
        IdentityType::Text => ColumnType::Text,
    }
}

/// The table a fresh publish of `entity` makes: required fields are NOT NULL, references have a foreign key and an
/// index of their own (`<table>_<column>_fk`) unless an index already leads with them.
pub fn table_of(model: &Model, entity: &Entity) -> Table {
    let columns = entity.fields.iter().map(|field| Column {
        name: field.column.clone(),
        ty: column_type(&field.ty),
        not_null: field.required,
        check_in: if let FieldType::Enum(values) = &field.ty { values.clone() } else { Vec::new() },
    });
    let foreign_keys = entity.fields.iter().filter_map(|field| match field.ty {
        FieldType::Reference { target, on_delete, .. } => {
            let target = model.get(target)?.table.clone();
            Some(ForeignKey { column: field.column.clone(), target, on_delete })
        }
        _ => None,
    });
    Table {
        name: entity.table.clone(),
        identity: entity.identity,
        columns: columns.collect(),
        foreign_keys: foreign_keys.collect(),
        indexes: indexes_of(entity),
    }
}

fn indexes_of(entity: &Entity) -> Vec<TableIndex> {
    let column = |index: &crate::FieldIdx| entity.fields.get(index.0 as usize).map(|field| field.column.clone());
    let uniques = entity.uniques.iter().map(|unique| TableIndex {
        name: unique.index_name.clone(),
        columns: unique.fields.iter().filter_map(column).collect(),
        unique: true,
    });
    let plain = entity.indexes.iter().map(|index| TableIndex {
        name: index.index_name.clone(),
        columns: index.fields.iter().filter_map(column).collect(),
        unique: false,
    });
    let mut indexes: Vec<TableIndex> = uniques.chain(plain).collect();
    for field in entity.fields.iter().filter(|field| matches!(field.ty, FieldType::Reference { .. })) {
        if !indexes.iter().any(|index| index.columns.first() == Some(&field.column)) {
            indexes.push(reference_index(&entity.table, &field.column));
        }
    }
    indexes
}

/// The index a reference column gets for its own sake.
pub fn reference_index(table: &str, column: &Arc<str>) -> TableIndex {
    let mut name = format!("{table}_{column}_fk");
    while name.len() > 63 {
        name.remove(0);
    }
    TableIndex { name: name.into(), columns: vec![column.clone()], unique: false }
}
