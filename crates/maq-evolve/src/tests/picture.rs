//! Changes and operations as one line each.

use crate::Evolution;
use maq_ir::schema::{SchemaOperation, Table, TableIndex};

pub fn changes_of(evolution: &Evolution) -> Vec<String> {
    let line = |change: &crate::Change| {
        let member = change.member.as_ref().map(|member| format!(".{member}")).unwrap_or_default();
        format!("{} {}{member}: {}", change.kind.as_str(), change.entity, change.summary)
    };
    evolution.changes.iter().map(line).collect()
}

pub fn operations_of(evolution: &Evolution) -> Vec<String> {
    evolution.operations.iter().map(operation).collect()
}

fn operation(operation: &SchemaOperation) -> String {
    match operation {
        SchemaOperation::CreateTable(table) => format!("create {}", table.name),
        SchemaOperation::AddColumn { table, column, foreign_key, fill } => {
            assert!(!column.not_null, "an added column may be empty");
            let key = foreign_key.as_ref().map(|key| format!(" -> {}", key.target)).unwrap_or_default();
            let fill = fill.as_ref().map(|value| format!(" fill {}", value.to_json())).unwrap_or_default();
            format!("add {table}.{} {:?}{key}{fill}", column.name, column.ty)
        }
        SchemaOperation::AlterTable { from, to } => format!("alter {}: {}", from.name, altered(from, to)),
        SchemaOperation::FillColumn { table, column, value } => {
            format!("fill {table}.{} with {} where empty", column.name, value.to_json())
        }
        SchemaOperation::CreateIndex { table, index } => index_text(table, index),
        SchemaOperation::DropIndex { table, name } => format!("drop index {name} of {table}"),
    }
}

fn index_text(table: &str, index: &TableIndex) -> String {
    let word = if index.unique { "unique" } else { "index" };
    format!("{word} {} on {table}({})", index.name, index.columns.join(", "))
}

fn altered(from: &Table, to: &Table) -> String {
    assert_eq!((&from.name, &from.indexes, &from.foreign_keys), (&to.name, &to.indexes, &to.foreign_keys));
    assert_eq!(from.columns.len(), to.columns.len());
    let mut parts = Vec::new();
    for (old, new) in from.columns.iter().zip(&to.columns) {
        assert_eq!(old.name, new.name);
        if old.ty != new.ty {
            parts.push(format!("{} {:?} to {:?}", new.name, old.ty, new.ty));
        }
        if old.check_in != new.check_in {
            parts.push(format!("{} in {:?}", new.name, new.check_in));
        }
        if old.not_null != new.not_null {
            parts.push(format!("{} may be {}", new.name, if new.not_null { "never null" } else { "null" }));
        }
    }
    parts.join(", ")
}
