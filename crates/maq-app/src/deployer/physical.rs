//! Physical tables as kept in `meta_tables`: what really stands in the database, which may be more than the running
//! release knows.

use crate::cells::Cells;
use crate::services::Inner;
use crate::{AppError, AppResult};
use maq_ir::schema::{Column, ColumnType, ForeignKey, Table, TableIndex};
use maq_ir::{IdentityType, OnDelete};
use maq_query::meta;
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// Every table, by entity id.
pub(crate) async fn read_tables(inner: &Inner) -> AppResult<Vec<(Arc<str>, Table)>> {
    let mut tables = Vec::new();
    for row in inner.read(meta::list_tables(inner.dialect())).await?.0 {
        let cells = Cells(&row);
        let id = cells.text(0);
        let json: Json = serde_json::from_str(&cells.text(1)).unwrap_or_default();
        let table = table_from(&json)
            .ok_or_else(|| AppError::fault(format!("the kept table of entity {id} cannot be read")))?;
        tables.push((id.into(), table));
    }
    Ok(tables)
}

/// The kept form of a table.
pub(crate) fn table_json(table: &Table) -> Json {
    json!({
        "name": &*table.name,
        "identity": identity_word(table.identity),
        "columns": table.columns.iter().map(column_json).collect::<Vec<_>>(),
        "foreignKeys": table.foreign_keys.iter().map(|key| json!({
            "column": &*key.column,
            "target": &*key.target,
            "onDelete": on_delete_word(key.on_delete),
        })).collect::<Vec<_>>(),
        "indexes": table.indexes.iter().map(|index| json!({
            "name": &*index.name,
            "columns": index.columns.iter().map(|column| &**column).collect::<Vec<_>>(),
            "unique": index.unique,
        })).collect::<Vec<_>>(),
    })
}

fn column_json(column: &Column) -> Json {
    let mut json = json!({
        "name": &*column.name,
        "type": type_word(&column.ty),
        "notNull": column.not_null,
        "checkIn": column.check_in,
    });
    if let (ColumnType::Decimal { precision, scale }, Some(object)) = (&column.ty, json.as_object_mut()) {
        object.insert("precision".into(), (*precision).into());
        object.insert("scale".into(), (*scale).into());
    }
    json
}

fn table_from(json: &Json) -> Option<Table> {
    let list = |key: &str| json.get(key).and_then(Json::as_array);
    Some(Table {
        name: text(json, "name")?,
        identity: identity_from(json.get("identity")?.as_str()?)?,
        columns: list("columns")?.iter().map(column_from).collect::<Option<_>>()?,
        foreign_keys: list("foreignKeys")?.iter().map(foreign_key_from).collect::<Option<_>>()?,
        indexes: list("indexes")?.iter().map(index_from).collect::<Option<_>>()?,
    })
}

fn column_from(json: &Json) -> Option<Column> {
    let digits = |key: &str| json.get(key).and_then(Json::as_u64).and_then(|value| u32::try_from(value).ok());
    let ty = match json.get("type")?.as_str()? {
        "decimal" => ColumnType::Decimal { precision: digits("precision")?, scale: digits("scale")? },
        word => TYPES.iter().find(|(known, _)| *known == word).map(|(_, ty)| ty.clone())?,
    };
    Some(Column {
        name: text(json, "name")?,
        ty,
        not_null: json.get("notNull")?.as_bool()?,
        check_in: json
            .get("checkIn")?
            .as_array()?
            .iter()
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect(),
    })
}

fn foreign_key_from(json: &Json) -> Option<ForeignKey> {
    let on_delete = match json.get("onDelete")?.as_str()? {
        "cascade" => OnDelete::Cascade,
        "setNull" => OnDelete::SetNull,
        _ => OnDelete::Restrict,
    };
    Some(ForeignKey { column: text(json, "column")?, target: text(json, "target")?, on_delete })
}

fn index_from(json: &Json) -> Option<TableIndex> {
    Some(TableIndex {
        name: text(json, "name")?,
        columns: json
            .get("columns")?
            .as_array()?
            .iter()
            .map(|column| column.as_str().map(Arc::from))
            .collect::<Option<_>>()?,
        unique: json.get("unique")?.as_bool()?,
    })
}

fn text(json: &Json, key: &str) -> Option<Arc<str>> {
    json.get(key)?.as_str().map(Arc::from)
}

const TYPES: &[(&str, ColumnType)] = &[
    ("text", ColumnType::Text),
    ("integer", ColumnType::Integer),
    ("real", ColumnType::Real),
    ("boolean", ColumnType::Boolean),
    ("date", ColumnType::Date),
    ("time", ColumnType::Time),
    ("instant", ColumnType::Instant),
    ("duration", ColumnType::Duration),
    ("uuid", ColumnType::Uuid),
    ("json", ColumnType::Json),
    ("bytes", ColumnType::Bytes),
];

fn type_word(ty: &ColumnType) -> &'static str {
    TYPES.iter().find(|(_, known)| known == ty).map_or("decimal", |(word, _)| word)
}

fn identity_word(identity: IdentityType) -> &'static str {
    match identity {
        IdentityType::Uuid => "uuid",
        IdentityType::Integer => "integer",
        IdentityType::Text => "text",
    }
}

fn identity_from(word: &str) -> Option<IdentityType> {
    match word {
        "uuid" => Some(IdentityType::Uuid),
        "integer" => Some(IdentityType::Integer),
        "text" => Some(IdentityType::Text),
        _ => None,
    }
}

fn on_delete_word(on_delete: OnDelete) -> &'static str {
    match on_delete {
        OnDelete::Restrict => "restrict",
        OnDelete::Cascade => "cascade",
        OnDelete::SetNull => "setNull",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_table_reads_back_as_it_was() {
        let column =
            |name: &str, ty: ColumnType| Column { name: name.into(), ty, not_null: true, check_in: Vec::new() };
        let mut columns: Vec<Column> = TYPES.iter().map(|(word, ty)| column(word, ty.clone())).collect();
        columns.push(column("money", ColumnType::Decimal { precision: 12, scale: 2 }));
        columns.push(Column { check_in: vec!["a".into(), "b".into()], ..column("status", ColumnType::Text) });
        let deletes = [OnDelete::Restrict, OnDelete::Cascade, OnDelete::SetNull];
        for identity in [IdentityType::Uuid, IdentityType::Integer, IdentityType::Text] {
            let table = Table {
                name: "order \"x\"".into(),
                identity,
                columns: columns.clone(),
                foreign_keys: deletes
                    .iter()
                    .map(|on_delete| ForeignKey { column: "a".into(), target: "t".into(), on_delete: *on_delete })
                    .collect(),
                indexes: vec![TableIndex { name: "i".into(), columns: vec!["a".into(), "b".into()], unique: true }],
            };
            assert_eq!(table_from(&table_json(&table)), Some(table));
        }
    }
}
