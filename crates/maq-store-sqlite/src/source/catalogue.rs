//! The catalogue, from SQLite's pragma functions and the texts it keeps.

use super::lookup::same_name;
use super::rows::same_value;
use maq_query::quote;
use maq_store::source::sql_text::{TableText, table_text};
use maq_store::source::{SourceCatalogue, SourceColumn, SourceForeignKey, SourceIndex, SourceObject, SourceTable};
use rusqlite::Connection;
use std::collections::HashMap;

/// Everything but the database's own tables (`sqlite_…`).
pub(super) fn read(connection: &Connection) -> rusqlite::Result<SourceCatalogue> {
    let kinds = table_kinds(connection)?;
    let mut catalogue = SourceCatalogue::default();
    for (kind, name, table, sql) in schema(connection)? {
        let object = |table| SourceObject { name: name.clone(), table, sql: sql.clone() };
        match kind.as_str() {
            "view" => catalogue.views.push(object(None)),
            "trigger" => catalogue.triggers.push(object(Some(table))),
            "table" => {
                let text = table_text(&sql);
                let shadow = kinds.get(&name).is_some_and(|kind| kind == "shadow");
                let mut found = SourceTable { name: name.clone(), sql: sql.clone(), ..SourceTable::default() };
                if text.virtual_module.is_some() {
                    found.virtual_module = text.virtual_module;
                } else if shadow {
                    found.shadow_of = Some(String::new());
                } else {
                    fill(connection, &mut found, &text)?;
                }
                catalogue.tables.push(found);
            }
            _ => {}
        }
    }
    name_owners(&mut catalogue);
    settle_foreign_keys(connection, &mut catalogue)?;
    Ok(catalogue)
}

fn schema(connection: &Connection) -> rusqlite::Result<Vec<(String, String, String, String)>> {
    let mut statement = connection.prepare(
        "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema
         WHERE type IN ('table', 'view', 'trigger') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    rows.collect()
}

fn table_kinds(connection: &Connection) -> rusqlite::Result<HashMap<String, String>> {
    let mut statement = connection.prepare("SELECT name, type FROM pragma_table_list WHERE schema = 'main'")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

fn fill(connection: &Connection, table: &mut SourceTable, text: &TableText) -> rusqlite::Result<()> {
    read_columns(connection, table, text)?;
    table.foreign_keys = foreign_keys(connection, table)?;
    read_indexes(connection, table)?;
    table.checks = text.checks.clone();
    let count = format!("SELECT count(*) FROM {}", quote(&table.name));
    table.row_count = connection.query_row(&count, [], |row| row.get::<_, i64>(0))?.unsigned_abs();
    Ok(())
}

fn read_columns(connection: &Connection, table: &mut SourceTable, text: &TableText) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1) ORDER BY cid",
    )?;
    let mut rows = statement.query([&table.name])?;
    let mut key: Vec<(i64, String)> = Vec::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let place: i64 = row.get(4)?;
        if place > 0 {
            key.push((place, name.clone()));
        }
        let collation = text.collations.iter().find(|(column, _)| column.eq_ignore_ascii_case(&name));
        table.columns.push(SourceColumn {
            declared_type: plain_type(&row.get::<_, String>(1)?),
            not_null: row.get(2)?,
            default: row.get(3)?,
            generated: row.get::<_, i64>(5)? >= 2,
            collation: collation.map(|(_, name)| name.clone()).filter(|name| !name.eq_ignore_ascii_case("binary")),
            name,
            ..SourceColumn::default()
        });
    }
    key.sort();
    table.primary_key = key.into_iter().map(|(_, name)| name).collect();
    Ok(())
}

/// SQLite keeps `GENERATED ALWAYS` in the type of some generated columns.
fn plain_type(declared: &str) -> String {
    let upper = declared.to_ascii_uppercase();
    let end = upper.find("GENERATED ALWAYS").unwrap_or(declared.len());
    declared.get(..end).unwrap_or(declared).trim().to_owned()
}

/// Foreign keys in the order of the text; the pragma gives the last first.
fn foreign_keys(connection: &Connection, table: &SourceTable) -> rusqlite::Result<Vec<SourceForeignKey>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, \"table\", \"from\", \"to\", on_update, on_delete FROM pragma_foreign_key_list(?1) ORDER BY id DESC, seq",
    )?;
    let mut rows = statement.query([&table.name])?;
    let mut keys: Vec<(i64, SourceForeignKey)> = Vec::new();
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        if keys.last().is_none_or(|(last, _)| *last != id) {
            let key = SourceForeignKey {
                target: row.get(1)?,
                on_update: row.get(4)?,
                on_delete: row.get(5)?,
                ..SourceForeignKey::default()
            };
            keys.push((id, key));
        }
        if let Some((_, key)) = keys.last_mut() {
            let from: String = row.get(2)?;
            let known = same_name(table.columns.iter().map(|column| column.name.as_str()), &from);
            key.columns.push(known.map(str::to_owned).unwrap_or(from));
            key.target_columns.extend(row.get::<_, Option<String>>(3)?);
        }
    }
    Ok(keys.into_iter().map(|(_, key)| key).collect())
}

fn read_indexes(connection: &Connection, table: &mut SourceTable) -> rusqlite::Result<()> {
    let mut list = connection.prepare_cached(
        "SELECT name, \"unique\", origin, partial FROM pragma_index_list(?1) WHERE origin <> 'pk' ORDER BY seq DESC",
    )?;
    let mut info = connection
        .prepare_cached("SELECT cid, name, \"desc\", coll FROM pragma_index_xinfo(?1) WHERE key = 1 ORDER BY seqno")?;
    let mut indexes = list.query([&table.name])?;
    while let Some(row) = indexes.next()? {
        let mut index = SourceIndex {
            name: row.get(0)?,
            partial: row.get(3)?,
            constraint: row.get::<_, String>(2)? == "u",
            ..SourceIndex::default()
        };
        let unique: bool = row.get(1)?;
        let mut columns = info.query([&index.name])?;
        while let Some(column) = columns.next()? {
            // -2 is an expression; -1 is the row number, which cannot be indexed by name.
            let name: Option<String> = if column.get::<_, i64>(0)? >= 0 { column.get(1)? } else { None };
            index.columns.push(name);
            index.descending |= column.get::<_, bool>(2)?;
            let collation: Option<String> = column.get(3)?;
            index.collation = index.collation.or(collation.filter(|name| !name.eq_ignore_ascii_case("binary")));
        }
        drop(columns);
        if unique { table.uniques.push(index) } else { table.indexes.push(index) }
    }
    Ok(())
}

/// The tables behind a virtual table are called after it.
fn name_owners(catalogue: &mut SourceCatalogue) {
    let virtual_tables: Vec<String> = catalogue
        .tables
        .iter()
        .filter(|table| table.virtual_module.is_some())
        .map(|table| table.name.clone())
        .collect();
    for table in catalogue.tables.iter_mut().filter(|table| table.shadow_of.is_some()) {
        let lower = table.name.to_ascii_lowercase();
        let owner = virtual_tables
            .iter()
            .filter(|name| lower.strip_prefix(&name.to_ascii_lowercase()).is_some_and(|rest| rest.starts_with('_')))
            .max_by_key(|name| name.len());
        table.shadow_of = Some(owner.cloned().unwrap_or_default());
    }
}

/// Gives each foreign key its target's own spelling, the target's key where columns are left out, and its orphans.
fn settle_foreign_keys(connection: &Connection, catalogue: &mut SourceCatalogue) -> rusqlite::Result<()> {
    let at: HashMap<String, usize> =
        catalogue.tables.iter().enumerate().map(|(at, table)| (table.name.to_ascii_lowercase(), at)).collect();
    for place in 0..catalogue.tables.len() {
        let Some(table) = catalogue.tables.get_mut(place) else { continue };
        let mut keys = std::mem::take(&mut table.foreign_keys);
        for key in &mut keys {
            let target = at.get(&key.target.to_ascii_lowercase()).and_then(|at| catalogue.tables.get(*at));
            if let (Some(target), Some(table)) = (target, catalogue.tables.get(place)) {
                settle(key, target);
                if is_key(target, &key.target_columns) && key.columns.len() == key.target_columns.len() {
                    key.orphans = count_orphans(connection, table, key)?;
                }
            }
        }
        if let Some(table) = catalogue.tables.get_mut(place) {
            table.foreign_keys = keys;
        }
    }
    Ok(())
}

fn settle(key: &mut SourceForeignKey, target: &SourceTable) {
    key.target = target.name.clone();
    if key.target_columns.is_empty() {
        key.target_columns = target.primary_key.clone();
    }
    for column in &mut key.target_columns {
        if let Some(known) = same_name(target.columns.iter().map(|column| column.name.as_str()), column) {
            *column = known.to_owned();
        }
    }
}

/// Whether the columns, in any order, are the key or a whole unique of `target`; then an index finds them.
fn is_key(target: &SourceTable, columns: &[String]) -> bool {
    let same = |key: &[&String]| key.len() == columns.len() && columns.iter().all(|column| key.contains(&column));
    !columns.is_empty()
        && (same(&target.primary_key.iter().collect::<Vec<_>>())
            || target.uniques.iter().any(|unique| {
                !unique.partial
                    && same(&unique.columns.iter().flatten().collect::<Vec<_>>())
                    && unique.columns.iter().all(Option::is_some)
            }))
}

fn count_orphans(connection: &Connection, table: &SourceTable, key: &SourceForeignKey) -> rusqlite::Result<u64> {
    let filled: Vec<String> = key.columns.iter().map(|ours| format!("s.{} IS NOT NULL", quote(ours))).collect();
    let pairs = key.columns.iter().zip(&key.target_columns);
    let equal: Vec<String> = pairs.map(|(ours, theirs)| same_value("t", theirs, ours)).collect();
    let sql = format!(
        "SELECT count(*) FROM {} AS s WHERE {} AND NOT EXISTS (SELECT 1 FROM {} AS t WHERE {})",
        quote(&table.name),
        filled.join(" AND "),
        quote(&key.target),
        equal.join(" AND ")
    );
    Ok(connection.query_row(&sql, [], |row| row.get::<_, i64>(0))?.unsigned_abs())
}
