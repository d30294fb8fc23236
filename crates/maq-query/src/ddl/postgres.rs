//! The Postgres arm. Changes of a table are ALTER TABLE; every table has row-level security that its owner obeys too,
//! so that a connection which is set to no tenant sees nothing.
//!
//! The statements assume a search path whose first schema holds the records, and immediate constraints while they run:
//! a table with deferred checks waiting cannot be altered.

use super::{DdlError, Script, literal};
use crate::codec;
use crate::{Dialect, SqlValue, quote};
use maq_ir::OnDelete;
use maq_ir::schema::{Column, ColumnType, ForeignKey, SchemaOperation, Table, TableIndex, identity_column};
use maq_value::Value;
use std::fmt::Write as _;

const SCOPE: &str = "\"tenant_id\", \"realm_id\"";

/// Bytes of an identifier; Postgres cuts longer ones off.
const IDENTIFIER_BYTES: usize = 63;

pub(super) fn write(operation: &SchemaOperation, script: &mut Script) -> Result<(), DdlError> {
    match operation {
        SchemaOperation::CreateTable(table) => {
            script.now(create_table(table));
            guard_rows(&table.name, script);
            table.indexes.iter().for_each(|index| script.now(create_index(&table.name, index)));
            table.foreign_keys.iter().for_each(|key| add_foreign_key(&table.name, key, script));
        }
        SchemaOperation::AddColumn { table, column, foreign_key, fill } => {
            script.now(format!("ALTER TABLE {} ADD COLUMN {}", quote(table), column_text(column)));
            if let Some(fill) = fill.as_ref().filter(|fill| !fill.is_absent()) {
                fill_column(table, column, fill, "", script)?;
            }
            if let Some(key) = foreign_key {
                add_foreign_key(table, key, script);
            }
        }
        SchemaOperation::AlterTable { from, to } => alter_table(from, to, script),
        SchemaOperation::FillColumn { table, column, value } => {
            let empty = format!(" WHERE {} IS NULL", quote(&column.name));
            fill_column(table, column, value, &empty, script)?;
        }
        SchemaOperation::CreateIndex { table, index } => script.now(create_index(table, index)),
        SchemaOperation::DropIndex { name, .. } => script.now(format!("DROP INDEX IF EXISTS {}", quote(name))),
    }
    Ok(())
}

fn create_table(table: &Table) -> String {
    let mut lines = vec![
        format!("\"id\" {} NOT NULL", type_name(&identity_column(table.identity))),
        "\"tenant_id\" TEXT COLLATE \"C\" NOT NULL".to_owned(),
        "\"realm_id\" TEXT COLLATE \"C\" NOT NULL".to_owned(),
        "\"row_version\" BIGINT NOT NULL".to_owned(),
        "\"created_at\" TIMESTAMPTZ NOT NULL".to_owned(),
        "\"created_by\" TEXT COLLATE \"C\" NOT NULL".to_owned(),
        "\"updated_at\" TIMESTAMPTZ NOT NULL".to_owned(),
        "\"updated_by\" TEXT COLLATE \"C\" NOT NULL".to_owned(),
    ];
    lines.extend(table.columns.iter().map(column_text));
    lines.push(format!("CONSTRAINT {} PRIMARY KEY ({SCOPE}, \"id\")", quote(&primary_key_name(&table.name))));
    format!("CREATE TABLE {} (\n  {}\n)", quote(&table.name), lines.join(",\n  "))
}

/// The name of a table's primary key, as a refusal says it.
pub(crate) fn primary_key_name(table: &str) -> String {
    cut(&format!("{table}_pkey"))
}

/// The end of a name is what tells it from others.
fn cut(name: &str) -> String {
    let mut start = name.len().saturating_sub(IDENTIFIER_BYTES);
    while !name.is_char_boundary(start) {
        start += 1;
    }
    name.get(start..).unwrap_or_default().to_owned()
}

/// Rows of another tenant or realm than the connection is set to do not exist, for the owner of the table neither.
fn guard_rows(table: &str, script: &mut Script) {
    let name = quote(table);
    script.now(format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"));
    script.now(format!("ALTER TABLE {name} FORCE ROW LEVEL SECURITY"));
    script.now(format!(
        "CREATE POLICY \"maquette_tenant\" ON {name} USING (\"tenant_id\" = current_setting('maquette.tenant', true) AND \
         \"realm_id\" = current_setting('maquette.realm', true))"
    ));
}

fn column_text(column: &Column) -> String {
    let mut text = format!("{} {}", quote(&column.name), type_name(&column.ty));
    if column.not_null {
        text.push_str(" NOT NULL");
    }
    if !column.check_in.is_empty() {
        let _ = write!(text, " {}", check_text(column));
    }
    text
}

/// The constraint has the column's name, so that a refusal names the column.
fn check_text(column: &Column) -> String {
    let name = quote(&column.name);
    let values: Vec<String> = column.check_in.iter().map(|value| literal(value)).collect();
    format!("CONSTRAINT {name} CHECK ({name} IN ({}))", values.join(", "))
}

/// The type of a column. JSON is kept as it was written: JSONB would change numbers and the order of keys.
pub(crate) fn type_name(ty: &ColumnType) -> String {
    let name = match ty {
        ColumnType::Text => "TEXT COLLATE \"C\"",
        ColumnType::Integer | ColumnType::Duration => "BIGINT",
        ColumnType::Real => "DOUBLE PRECISION",
        ColumnType::Decimal { precision, scale } => return format!("NUMERIC({precision}, {scale})"),
        ColumnType::Boolean => "BOOLEAN",
        ColumnType::Date => "DATE",
        ColumnType::Time => "TIME",
        ColumnType::Instant => "TIMESTAMPTZ",
        ColumnType::Uuid => "UUID",
        ColumnType::Json => "JSON",
        ColumnType::Bytes => "BYTEA",
    };
    name.to_owned()
}

/// The type without its collation and digits, for arrays of it.
pub(crate) fn element_type(ty: &ColumnType) -> &'static str {
    match ty {
        ColumnType::Text => "TEXT",
        ColumnType::Integer | ColumnType::Duration => "BIGINT",
        ColumnType::Real => "DOUBLE PRECISION",
        ColumnType::Decimal { .. } => "NUMERIC",
        ColumnType::Boolean => "BOOLEAN",
        ColumnType::Date => "DATE",
        ColumnType::Time => "TIME",
        ColumnType::Instant => "TIMESTAMPTZ",
        ColumnType::Uuid => "UUID",
        ColumnType::Json => "JSON",
        ColumnType::Bytes => "BYTEA",
    }
}

/// Deferred, so that the records of one unit of work may come in any order; added when every table is there.
fn add_foreign_key(table: &str, key: &ForeignKey, script: &mut Script) {
    let column = quote(&key.column);
    let on_delete = match key.on_delete {
        OnDelete::Restrict => "NO ACTION".to_owned(),
        OnDelete::Cascade => "CASCADE".to_owned(),
        OnDelete::SetNull => format!("SET NULL ({column})"),
    };
    // The check of the rows that are there runs as their owner: under row-level security it would see none.
    let tables = [quote(table), quote(&key.target)];
    tables.iter().for_each(|name| script.last(format!("ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")));
    script.last(format!(
        "ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({SCOPE}, {column}) REFERENCES {} ({SCOPE}, \"id\") ON DELETE \
         {on_delete} DEFERRABLE INITIALLY DEFERRED",
        quote(table),
        quote(&foreign_key_name(table, key)),
        quote(&key.target),
    ));
    tables.iter().for_each(|name| script.last(format!("ALTER TABLE {name} FORCE ROW LEVEL SECURITY")));
    if key.on_delete == OnDelete::SetNull {
        script.last(format!(
            "CREATE TRIGGER {} BEFORE UPDATE OF {column} ON {} FOR EACH ROW WHEN (NEW.{column} IS NULL AND \
             OLD.{column} IS NOT NULL AND NEW.\"row_version\" = OLD.\"row_version\") EXECUTE FUNCTION meta_count_up()",
            quote(&trigger_name(key)),
            quote(table),
        ));
    }
}

fn foreign_key_name(table: &str, key: &ForeignKey) -> String {
    cut(&format!("{table}.{}.fkey", key.column))
}

fn trigger_name(key: &ForeignKey) -> String {
    cut(&format!("{}.set_null", key.column))
}

fn drop_foreign_key(table: &str, key: &ForeignKey, script: &mut Script) {
    let name = quote(table);
    if key.on_delete == OnDelete::SetNull {
        script.first(format!("DROP TRIGGER IF EXISTS {} ON {name}", quote(&trigger_name(key))));
    }
    script.first(format!("ALTER TABLE {name} DROP CONSTRAINT IF EXISTS {}", quote(&foreign_key_name(table, key))));
}

/// Without the id at the end, which would spare the sort of a filtered list: Postgres would then look one record up in
/// any index of a tenant of whose rows it knows nothing yet, and walk all of them.
fn create_index(table: &str, index: &TableIndex) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    // What is missing sorts first in a list, and only an index in that order spares the sort.
    let columns: String = index.columns.iter().map(|column| format!(", {} NULLS FIRST", quote(column))).collect();
    format!("CREATE {unique}INDEX {} ON {} ({SCOPE}{columns})", quote(&index.name), quote(table))
}

/// Fills rows of every tenant, so the owner sees them all for a moment, inside the transaction that locks the table.
fn fill_column(table: &str, column: &Column, value: &Value, which: &str, script: &mut Script) -> Result<(), DdlError> {
    let text = match (codec::encode(value, &column.ty, Dialect::Postgres)?, &column.ty) {
        (_, ColumnType::Instant) => value.to_json().as_str().unwrap_or_default().to_owned(),
        (SqlValue::Integer(number), ColumnType::Boolean) => (number != 0).to_string(),
        (SqlValue::Integer(number), _) => number.to_string(),
        (SqlValue::Real(number), _) => format!("{number:?}"),
        (SqlValue::Text(text), _) => text,
        (SqlValue::Blob(bytes), _) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("\\x{digits}")
        }
        (SqlValue::Null, _) => return Ok(()),
    };
    let (name, column, ty) = (quote(table), quote(&column.name), element_type(&column.ty));
    script.now(format!("ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY"));
    script.now(format!("UPDATE {name} SET {column} = {}::{ty}{which}", literal(&text)));
    script.now(format!("ALTER TABLE {name} FORCE ROW LEVEL SECURITY"));
    Ok(())
}

/// Foreign keys go first and come back last, because those of several tables change together with a target's identity.
fn alter_table(from: &Table, to: &Table, script: &mut Script) {
    for key in from.foreign_keys.iter().filter(|key| !keeps(key, from, to)) {
        drop_foreign_key(&from.name, key, script);
    }
    let table = quote(&from.name);
    let gone = from.indexes.iter().filter(|index| !to.indexes.contains(index));
    gone.for_each(|index| script.now(format!("DROP INDEX IF EXISTS {}", quote(&index.name))));
    let (old, new) = (identity_column(from.identity), identity_column(to.identity));
    if old != new {
        script.now(format!("ALTER TABLE {table} {}", change_type("id", &old, &new)));
    }
    for column in &from.columns {
        match to.columns.iter().find(|new| new.name == column.name) {
            Some(new) => alter_column(&table, column, new, script),
            // Nothing is ever dropped: a column that `to` does not name stays, and may be empty.
            None if column.not_null => {
                script.now(format!("ALTER TABLE {table} ALTER COLUMN {} DROP NOT NULL", quote(&column.name)));
            }
            None => {}
        }
    }
    if from.name != to.name {
        script.now(format!("ALTER TABLE {table} RENAME TO {}", quote(&to.name)));
    }
    let missing = to.indexes.iter().filter(|index| !from.indexes.contains(index));
    missing.for_each(|index| script.now(create_index(&to.name, index)));
    for key in to.foreign_keys.iter().filter(|key| !keeps(key, from, to)) {
        add_foreign_key(&to.name, key, script);
    }
}

/// Whether a foreign key stands before and after, over columns of unchanged type.
fn keeps(key: &ForeignKey, from: &Table, to: &Table) -> bool {
    let column = |table: &Table| table.columns.iter().find(|column| column.name == key.column).map(|it| it.ty.clone());
    from.foreign_keys.contains(key) && to.foreign_keys.contains(key) && column(from) == column(to)
}

fn alter_column(table: &str, old: &Column, new: &Column, script: &mut Script) {
    let name = quote(&new.name);
    if old.check_in != new.check_in && !old.check_in.is_empty() {
        script.now(format!("ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}"));
    }
    if old.ty != new.ty {
        script.now(format!("ALTER TABLE {table} {}", change_type(&new.name, &old.ty, &new.ty)));
    }
    if old.not_null != new.not_null {
        let act = if new.not_null { "SET" } else { "DROP" };
        script.now(format!("ALTER TABLE {table} ALTER COLUMN {name} {act} NOT NULL"));
    }
    if old.check_in != new.check_in && !new.check_in.is_empty() {
        script.now(format!("ALTER TABLE {table} ADD {}", check_text(new)));
    }
}

/// `ALTER COLUMN … TYPE`, with what becomes of the values where a cast alone would not say it.
fn change_type(name: &str, from: &ColumnType, to: &ColumnType) -> String {
    let column = quote(name);
    let value = match (from, to) {
        (ColumnType::Date, ColumnType::Instant) => format!("{column}::timestamp AT TIME ZONE 'UTC'"),
        (ColumnType::Boolean, ColumnType::Integer) => format!("{column}::integer::bigint"),
        (ColumnType::Boolean, ColumnType::Real) => format!("{column}::integer::double precision"),
        (ColumnType::Boolean, ColumnType::Decimal { .. }) => format!("{column}::integer::numeric"),
        // The server's locale must not decide how an instant reads.
        (ColumnType::Instant, ColumnType::Text) => {
            format!("to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
        }
        // As a number prints everywhere else: `3.0`, `1e20`.
        (ColumnType::Real, ColumnType::Text) => format!(
            "CASE WHEN {column}::text ~ '^-?[0-9]+$' THEN {column}::text || '.0' ELSE replace({column}::text, 'e+', 'e') END"
        ),
        _ => format!("{column}::{}", element_type(to)),
    };
    format!("ALTER COLUMN {column} TYPE {} USING {value}", type_name(to))
}
