//! The pipeline as a table of contents.

use crate::context::EntityContext;
use crate::stages::names::{Link, NamedEntity, NamesOutput};
use crate::{CompileOptions, rules, stages};
use maq_diag::Finding;
use maq_ir::Entity;
use std::sync::Arc;

/// What compiling one entity answers.
#[derive(Debug)]
pub(crate) struct EntityOutput {
    /// The entity, with proposed index names.
    pub entity: Arc<Entity>,
    /// What is wrong with it alone.
    pub findings: Vec<Finding>,
    /// What was looked up outside of it.
    pub links: Vec<(String, Option<Link>)>,
}

/// Compiles one entity, given every name of the model and its table.
pub(crate) fn compile_entity(
    named: &NamedEntity<'_>,
    table: &str,
    names: &NamesOutput<'_>,
    options: &CompileOptions,
) -> EntityOutput {
    let doc = named.doc;
    let physical = &options.physical;
    let fields = stages::fields::collect(doc);
    let types = stages::types::resolve(&fields);
    let references = stages::references::resolve(&fields, types, names);
    let constraints = stages::constraints::resolve(&fields, &references);
    let keys = stages::keys::resolve(doc, &fields, &references);
    let indexes = stages::indexes::resolve(doc, &fields, &references);
    let policies =
        stages::policies::resolve(doc, stages::field_rules::Known { fields: &fields, references: &references });
    let requirements = stages::requirements::resolve(doc, &fields, &references);
    let columns = stages::physical_names::name_columns(&fields, physical);

    let context = EntityContext {
        doc,
        table,
        names,
        fields: &fields,
        references: &references,
        constraints: &constraints,
        columns: &columns,
    };
    let mut findings = Vec::new();
    rules::check_entity(context, &mut findings);
    let entity = stages::assemble::assemble(named.document, context, keys, indexes, policies, requirements, physical);
    EntityOutput { entity: Arc::new(entity), findings, links: references.links }
}
