//! The SQLite arm: STRICT tables; changes that ALTER TABLE does not know are made by the rebuild procedure of
//! <https://www.sqlite.org/lang_altertable.html#otheralter>.

use super::{DdlError, Script, carry, literal};
use crate::codec::{self, SCALED_DIGITS};
use crate::{Dialect, Statement, quote};
use maq_ir::OnDelete;
use maq_ir::schema::{Column, ColumnType, ForeignKey, SchemaOperation, Table, TableIndex, identity_column};
use maq_value::Value;
use std::fmt::Write as _;

const SCOPE: &str = "\"tenant_id\", \"realm_id\"";
const END: &str = "\n) STRICT";

pub(super) fn write(operation: &SchemaOperation, script: &mut Script) -> Result<(), DdlError> {
    match operation {
        SchemaOperation::CreateTable(table) => {
            script.now(create_table(table, &table.name));
            table.indexes.iter().for_each(|index| script.now(create_index(&table.name, index)));
            set_null_triggers(table, script);
        }
        SchemaOperation::AddColumn { table, column, foreign_key, fill } => {
            let text = format!("ALTER TABLE {} ADD COLUMN {}", quote(table), column_text(column));
            script.now(text);
            if let Some(fill) = fill.as_ref().filter(|fill| !fill.is_absent()) {
                script.now.push(filling(table, column, fill, "")?);
            }
            if let Some(key) = foreign_key {
                add_foreign_key(table, key, script);
            }
        }
        SchemaOperation::AlterTable { from, to } => rebuild(from, to, script),
        SchemaOperation::FillColumn { table, column, value } => {
            let empty = format!(" WHERE {} IS NULL", quote(&column.name));
            script.now.push(filling(table, column, value, &empty)?);
        }
        SchemaOperation::CreateIndex { table, index } => script.now(create_index(table, index)),
        SchemaOperation::DropIndex { name, .. } => script.now(format!("DROP INDEX IF EXISTS {}", quote(name))),
    }
    Ok(())
}

fn create_table(table: &Table, name: &str) -> String {
    let mut lines = vec![
        format!("\"id\" {} NOT NULL", type_name(&identity_column(table.identity))),
        "\"tenant_id\" TEXT NOT NULL".to_owned(),
        "\"realm_id\" TEXT NOT NULL".to_owned(),
        "\"row_version\" INTEGER NOT NULL".to_owned(),
        "\"created_at\" INTEGER NOT NULL".to_owned(),
        "\"created_by\" TEXT NOT NULL".to_owned(),
        "\"updated_at\" INTEGER NOT NULL".to_owned(),
        "\"updated_by\" TEXT NOT NULL".to_owned(),
    ];
    lines.extend(table.columns.iter().map(column_text));
    lines.push(format!("PRIMARY KEY ({SCOPE}, \"id\")"));
    lines.extend(table.foreign_keys.iter().map(foreign_key_text));
    format!("CREATE TABLE {} (\n  {}{END}", quote(name), lines.join(",\n  "))
}

fn column_text(column: &Column) -> String {
    let name = quote(&column.name);
    let mut text = format!("{name} {}", type_name(&column.ty));
    if column.not_null {
        text.push_str(" NOT NULL");
    }
    if !column.check_in.is_empty() {
        let values: Vec<String> = column.check_in.iter().map(|value| literal(value)).collect();
        // The constraint has the column's name, so that a refusal names the column.
        let _ = write!(text, " CONSTRAINT {name} CHECK ({name} IN ({}))", values.join(", "));
    }
    text
}

fn type_name(ty: &ColumnType) -> &'static str {
    match ty {
        ColumnType::Decimal { precision, .. } if *precision <= SCALED_DIGITS => "INTEGER",
        ColumnType::Decimal { .. } => "TEXT",
        ColumnType::Text | ColumnType::Date | ColumnType::Time | ColumnType::Uuid | ColumnType::Json => "TEXT",
        ColumnType::Integer | ColumnType::Boolean | ColumnType::Instant | ColumnType::Duration => "INTEGER",
        ColumnType::Real => "REAL",
        ColumnType::Bytes => "BLOB",
    }
}

/// Deferred, so that the records of one unit of work may come in any order. SET NULL would empty tenant and realm too:
/// SQLite cannot name columns there, so a trigger empties the reference before the commit checks the key.
fn foreign_key_text(key: &ForeignKey) -> String {
    let on_delete = match key.on_delete {
        OnDelete::Restrict | OnDelete::SetNull => "NO ACTION",
        OnDelete::Cascade => "CASCADE",
    };
    format!(
        "FOREIGN KEY ({SCOPE}, {}) REFERENCES {} ({SCOPE}, \"id\") ON DELETE {on_delete} DEFERRABLE INITIALLY DEFERRED",
        quote(&key.column),
        quote(&key.target),
    )
}

fn set_null_triggers(table: &Table, script: &mut Script) {
    table.foreign_keys.iter().for_each(|key| set_null_trigger(&table.name, key, script));
}

fn set_null_trigger(table: &str, key: &ForeignKey, script: &mut Script) {
    if key.on_delete != OnDelete::SetNull {
        return;
    }
    let column = quote(&key.column);
    script.last(format!(
        "CREATE TRIGGER {} AFTER DELETE ON {} FOR EACH ROW BEGIN\n  UPDATE {} SET {column} = NULL, \"row_version\" = \
         \"row_version\" + 1\n  WHERE \"tenant_id\" = OLD.\"tenant_id\" AND \"realm_id\" = OLD.\"realm_id\" AND \
         {column} = OLD.\"id\";\nEND",
        quote(&trigger_name(table, key)),
        quote(&key.target),
        quote(table),
    ));
}

fn trigger_name(table: &str, key: &ForeignKey) -> String {
    format!("{table}.{}.set_null", key.column)
}

/// An index for speed ends with the id, by which every list is sorted in the end: SQLite, which knows nothing of the
/// rows, would walk the primary key of the tenant to spare a sort. Postgres counts its rows.
fn last_column(index: &TableIndex) -> &'static str {
    if index.unique || index.columns.iter().any(|column| &**column == "id") { "" } else { ", \"id\"" }
}

fn create_index(table: &str, index: &TableIndex) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let columns: String = index.columns.iter().map(|column| format!(", {}", quote(column))).collect();
    format!("CREATE {unique}INDEX {} ON {} ({SCOPE}{columns}{})", quote(&index.name), quote(table), last_column(index))
}

fn filling(table: &str, column: &Column, value: &Value, which: &str) -> Result<Statement, DdlError> {
    let bind = codec::encode(value, &column.ty, Dialect::Sqlite)?;
    let sql = format!("UPDATE {} SET {} = ?1{which}", quote(table), quote(&column.name));
    Ok(Statement::new(sql, vec![bind]))
}

/// ALTER TABLE adds no key of several columns, and a rebuild would copy every row for a change that touches none. The
/// catalogue's text is extended instead, as section 7 of the page above allows for constraints; a text that does not
/// end as ours do becomes NULL, which SQLite refuses at once.
fn add_foreign_key(table: &str, key: &ForeignKey, script: &mut Script) {
    let extended = format!(",\n  {}{END}", foreign_key_text(key));
    script.now("PRAGMA writable_schema = ON".to_owned());
    script.now(format!(
        "UPDATE sqlite_schema SET sql = CASE WHEN substr(sql, -{length}) = {end} THEN substr(sql, 1, length(sql) - \
         {length}) || {extended} END WHERE type = 'table' AND name = {name}",
        length = END.len(),
        end = literal(END),
        extended = literal(&extended),
        name = literal(table),
    ));
    script.now("PRAGMA writable_schema = RESET".to_owned());
    set_null_trigger(table, key, script);
}

fn rebuild(from: &Table, to: &Table, script: &mut Script) {
    let set_null = from.foreign_keys.iter().filter(|key| key.on_delete == OnDelete::SetNull);
    for key in set_null {
        script.now(format!("DROP TRIGGER IF EXISTS {}", quote(&trigger_name(&from.name, key))));
    }
    let whole = keeping_every_column(from, to);
    let draft = format!("meta_rebuild_{}", from.name);
    script.now(create_table(&whole, &draft));
    script.now(copy_rows(from, &whole, &draft));
    script.now(format!("DROP TABLE {}", quote(&from.name)));
    script.now(format!("ALTER TABLE {} RENAME TO {}", quote(&draft), quote(&to.name)));
    to.indexes.iter().for_each(|index| script.now(create_index(&to.name, index)));
    set_null_triggers(to, script);
}

/// Nothing is ever dropped: a column that `to` does not name stays.
fn keeping_every_column(from: &Table, to: &Table) -> Table {
    let forgotten = from.columns.iter().filter(|old| !to.columns.iter().any(|new| new.name == old.name));
    let forgotten: Vec<Column> = forgotten.map(|column| Column { not_null: false, ..column.clone() }).collect();
    let mut whole = to.clone();
    whole.columns.extend(forgotten);
    whole
}

fn copy_rows(from: &Table, to: &Table, draft: &str) -> String {
    let mut names: Vec<String> = maq_ir::SYSTEM_COLUMNS.iter().map(|name| quote(name)).collect();
    let mut values = names.clone();
    if let Some(id) = values.first_mut() {
        *id = carry::carried(&identity_column(from.identity), &identity_column(to.identity), "id");
    }
    for column in &to.columns {
        if let Some(old) = from.columns.iter().find(|old| old.name == column.name) {
            names.push(quote(&column.name));
            values.push(carry::carried(&old.ty, &column.ty, &column.name));
        }
    }
    let (into, names, values) = (quote(draft), names.join(", "), values.join(", "));
    format!("INSERT INTO {into} ({names}) SELECT {values} FROM {}", quote(&from.name))
}
