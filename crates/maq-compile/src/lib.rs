//! Documents in, model and findings out, as named stages.
//!
//! The pipeline (`pipeline.rs`) reads as a table of contents: each stage resolves one thing and answers with a named
//! output, then the rules (`rules.rs`) look at what the stages made of an entity and say what is wrong with it. Whatever can be
//! resolved is in the model, however wrong the rest is.
//! Conditions come last, for they may speak of every entity.
//! Not here: reading text (`maq-doc`), checking records (`maq-gtype`), deciding (`maq-policy`), any I/O.

mod context;
mod fixes;
mod freeze;
mod incremental;
mod naming;
mod pipeline;
mod remembered_conditions;
mod rename;
mod rules;
mod sql_words;
mod stages;
mod suggestions;
mod words;

pub use freeze::check_for_freeze;
pub use incremental::{IncrementalCompiler, check_role};
pub use rename::{rename_entity_in_conditions, rename_field_in_conditions};

use maq_diag::Finding;
use maq_doc::Document;
use maq_ir::{Model, PhysicalNames};
use std::sync::Arc;

/// Entities that can be one model.
pub const MAX_ENTITIES: usize = 5_000;
/// Fields of one entity that are compiled.
pub const MAX_FIELDS: usize = 1_000;
/// Roles that are compiled.
pub const MAX_ROLES: usize = 1_000;
/// Permissions of one role that are compiled.
pub const MAX_PERMISSIONS: usize = 1_000;

/// Policies of one entity.
pub const MAX_POLICIES: usize = 20_000;
/// Policies with conditions for one action of an entity: so many stand in one question to a database.
pub const MAX_CONDITIONS: usize = 1_000;
/// The same under `only-one-applicable`, where each is compared with each.
pub const MAX_ONE_APPLICABLE: usize = 40;

/// What compiling answers: every entity that could be resolved, and all that was found.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The resolved model.
    pub model: Arc<Model>,
    /// Sorted by document, then severity, path, code.
    pub findings: Vec<Finding>,
}

impl Compiled {
    /// True when something keeps the model from being frozen.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(Finding::is_error)
    }
}

/// What compiling needs besides the documents.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CompileOptions {
    /// Names fixed by earlier publishes; the compiler names what is not here.
    pub physical: PhysicalNames,
}

/// Compiles `documents` from the beginning. Entities stand in the model in the order of the documents; of two with the
/// same name or id the first is in the model.
pub fn compile(documents: &[Arc<Document>], options: &CompileOptions) -> Compiled {
    IncrementalCompiler::new().compile(documents, options)
}

/// The physical names of `model`: what a publish fixes.
pub fn physical_names_of(model: &Model) -> PhysicalNames {
    let mut names = PhysicalNames::default();
    for view in model.entities() {
        let entity = view.entity;
        names.tables.insert(entity.id.to_string(), entity.table.to_string());
        for field in &entity.fields {
            names.columns.insert(field.id.to_string(), field.column.to_string());
        }
        for unique in &entity.uniques {
            names.indexes.insert(unique.id.to_string(), unique.index_name.to_string());
        }
        for index in &entity.indexes {
            names.indexes.insert(index.id.to_string(), index.index_name.to_string());
        }
    }
    names
}
