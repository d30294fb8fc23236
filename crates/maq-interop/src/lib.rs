//! Foreign schemas to documents, pure: what a database's catalogue and the profile of its columns become, object by
//! object, and how its rows become records.
//!
//! Nothing is guessed away. Each object of the catalogue (table, column, primary key, foreign key, unique, index,
//! check, default, view, trigger) is answered once: imported, changed or refused. A column's type is chosen so that
//! every value that stands in it is kept; where the declared type says otherwise a finding says what was done.

mod checks;
mod defaults;
mod keys;
mod names;
mod report;
mod rows;
mod strict;
mod table;
mod types;

pub use report::{ImportedObject, ImportedTable, Outcome};
pub use rows::{RowProblem, TableLoad};

use maq_diag::{Finding, catalogue};
use maq_doc::EntityDoc;
use maq_store::source::{ColumnProfile, SourceCatalogue, SourceError, SourceTable};
use names::NameBook;
use report::Report;
use std::collections::BTreeMap;

/// What an import is told.
pub struct ImportOptions<'a> {
    /// The source's name for people; the place of findings.
    pub source_name: String,
    /// Only these tables; all when absent.
    pub tables: Option<Vec<String>>,
    /// Entity names that are taken in the workspace.
    pub taken_entity_names: Vec<String>,
    /// Draws a stable id with the given prefix.
    pub new_id: &'a mut dyn FnMut(&str) -> String,
}

/// What an import comes to.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The entities.
    pub documents: Vec<EntityDoc>,
    /// One line for every object of the catalogue.
    pub objects: Vec<ImportedObject>,
    /// What was found, with table and column and what was done.
    pub findings: Vec<Finding>,
    /// Tables, for choosing.
    pub tables: Vec<ImportedTable>,
    /// How rows become records, one for each entity.
    pub loads: Vec<TableLoad>,
}

/// Everything about one table before its document is written.
pub(crate) struct Draft<'a> {
    pub table: &'a SourceTable,
    pub profiles: Vec<ColumnProfile>,
    pub entity_id: String,
    pub entity_name: String,
    pub key: keys::Key,
}

impl Draft<'_> {
    /// Whether the source tells names apart by case, and writes its expressions back in a form of its own.
    pub fn is_strict(&self) -> bool {
        self.table.schema.is_some()
    }

    /// Whether the source takes two names for one.
    pub fn same(&self, one: &str, other: &str) -> bool {
        if self.is_strict() { one == other } else { one.eq_ignore_ascii_case(other) }
    }

    /// What a table is found by.
    pub fn name_key(&self, table: &str) -> String {
        if self.is_strict() { table.to_owned() } else { table.to_lowercase() }
    }
}

/// Turns a catalogue into documents. `profiles` reads what the columns of a table really hold.
///
/// # Errors
/// What reading the profiles refuses.
pub fn import(
    catalogue: &SourceCatalogue,
    profiles: &dyn Fn(&SourceTable) -> Result<Vec<ColumnProfile>, SourceError>,
    options: ImportOptions<'_>,
) -> Result<Imported, SourceError> {
    let ImportOptions { source_name, tables, taken_entity_names, new_id } = options;
    let wanted = |name: &str| tables.as_ref().is_none_or(|tables| tables.iter().any(|table| table == name));
    let mut report = Report::new(source_name);
    let mut names = NameBook::of_entities(&taken_entity_names);
    let mut drafts: Vec<Draft<'_>> = Vec::new();
    for table in catalogue.tables.iter().filter(|table| wanted(&table.name)) {
        if let Some(module) = &table.virtual_module {
            report.refuse_table(table, catalogue::IMPORT_VIRTUAL_TABLE, module);
            continue;
        }
        if let Some(owner) = &table.shadow_of {
            report.refuse_table(table, catalogue::IMPORT_SHADOW_TABLE, owner);
            continue;
        }
        if let Some(reason) = &table.unreadable {
            report.refuse_table(table, catalogue::IMPORT_UNREADABLE, reason);
            continue;
        }
        if table.columns.is_empty() {
            // Its records would be ids and nothing else, which no entity is.
            report.refuse_table(table, catalogue::IMPORT_UNREADABLE, "it has no columns");
            continue;
        }
        let profiles = profiles(table)?;
        let key = keys::Key::of(table, &profiles);
        let entity_name = names.take(&names::entity_name(&table.name));
        drafts.push(Draft { table, profiles, entity_id: new_id("ent"), entity_name, key });
    }
    let by_table: BTreeMap<String, usize> =
        drafts.iter().enumerate().map(|(at, draft)| (draft.name_key(&draft.table.name), at)).collect();
    let mut documents = Vec::with_capacity(drafts.len());
    let mut loads = Vec::with_capacity(drafts.len());
    for draft in &drafts {
        let (document, load) = table::import_table(draft, &drafts, &by_table, &mut report, new_id);
        documents.push(document);
        loads.push(load);
    }
    for view in catalogue.views.iter().filter(|_| tables.is_none()) {
        report.refuse_object("view", "", &view.name, catalogue::IMPORT_VIEW);
    }
    for trigger in &catalogue.triggers {
        let table = trigger.table.as_deref().unwrap_or_default();
        if wanted(table) {
            report.refuse_object("trigger", table, &trigger.name, catalogue::IMPORT_TRIGGER);
        }
    }
    for other in &catalogue.others {
        if other.table.as_deref().map_or(tables.is_none(), wanted) {
            report.other(other);
        }
    }
    let tables = report::tables(catalogue, &drafts, &documents, &report, &wanted);
    let Report { objects, findings, .. } = report;
    Ok(Imported { documents, objects, findings, tables, loads })
}
