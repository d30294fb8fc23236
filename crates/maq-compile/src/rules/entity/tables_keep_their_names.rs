//! What the tables of entities are called: said where a person would not expect it.

use crate::sql_words::is_reserved;
use crate::stages::names::{NamedEntity, NamesOutput};
use crate::stages::physical_names::TablesOutput;
use crate::words::short;
use maq_diag::{Finding, Place, catalogue};
use std::sync::Arc;

fn with_tables<'a>(
    names: &'a NamesOutput<'a>,
    tables: &'a TablesOutput,
) -> impl Iterator<Item = (&'a NamedEntity<'a>, &'a Arc<str>)> {
    names.entities.iter().zip(&tables.tables).filter(|(named, _)| named.index.is_some())
}

/// An imported table keeps its name.
pub(in crate::rules) fn tables_keep_their_names(
    names: &NamesOutput<'_>,
    tables: &TablesOutput,
    out: &mut Vec<Finding>,
) {
    for (named, table) in with_tables(names, tables) {
        if let Some(source) = named.doc.source.as_ref().filter(|source| *source.name != **table) {
            let name = short(&named.doc.name);
            let params = [("name", &*name), ("source", &*short(&source.name)), ("table", &**table)];
            let place = Place::at(named.doc.id.as_str(), &["source"]);
            out.push(Finding::new(catalogue::ENTITY_SOURCE_NAME_NOT_KEPT, place, &params));
        }
    }
}

/// A table is no reserved word of SQL.
pub(in crate::rules) fn tables_are_no_reserved_words(
    names: &NamesOutput<'_>,
    tables: &TablesOutput,
    out: &mut Vec<Finding>,
) {
    for (named, table) in with_tables(names, tables).filter(|(_, table)| is_reserved(table)) {
        let params = [("name", &*short(&named.doc.name)), ("table", &**table)];
        let place = Place::at(named.doc.id.as_str(), &["name"]);
        out.push(Finding::new(catalogue::ENTITY_NAME_RESERVED, place, &params));
    }
}
