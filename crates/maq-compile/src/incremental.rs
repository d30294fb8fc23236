//! Compiling again: an entity is compiled anew only when its document changed, or something it looked up did.

use crate::pipeline::{EntityOutput, compile_entity};
use crate::remembered_conditions::RememberedConditions;
use crate::stages::names::{self, NamedEntity, NamesOutput};
use crate::stages::physical_names::{name_tables, settle_index_names};
use crate::{CompileOptions, Compiled, rules};
use maq_diag::Finding;
use maq_doc::{Document, RoleDoc};
use maq_ir::{Entity, Model};
use maq_policy::RoleCatalogue;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A compiler that remembers what it compiled. The answer is the same as [`crate::compile`]'s.
#[derive(Debug, Default)]
pub struct IncrementalCompiler {
    options: CompileOptions,
    remembered: HashMap<String, Remembered>,
    conditions: RememberedConditions,
}

/// An entity as it was compiled last.
#[derive(Debug)]
struct Remembered {
    document: Arc<Document>,
    table: Arc<str>,
    /// The names of the whole model, where the findings depend on them.
    stamp: Option<u64>,
    output: EntityOutput,
}

impl IncrementalCompiler {
    /// With nothing remembered.
    pub fn new() -> IncrementalCompiler {
        IncrementalCompiler::default()
    }

    /// Compiles `documents`; see [`crate::compile`].
    pub fn compile(&mut self, documents: &[Arc<Document>], options: &CompileOptions) -> Compiled {
        if self.options != *options {
            self.options = options.clone();
            self.remembered.clear();
        }
        let names = names::collect(documents);
        let tables = name_tables(&names, &options.physical);
        let mut last = std::mem::take(&mut self.remembered);
        let mut findings = Vec::new();
        let mut entities: Vec<Arc<Entity>> = Vec::with_capacity(names.entities.len());
        for (named, table) in names.entities.iter().zip(&tables.tables) {
            let remembered = last
                .remove(&named.doc.id)
                .filter(|remembered| remembered.still_holds(named, table, &names))
                .unwrap_or_else(|| Remembered::compile(named, table, &names, options));
            findings.extend_from_slice(&remembered.output.findings);
            if named.index.is_some() {
                entities.push(remembered.output.entity.clone());
            }
            self.remembered.insert(named.doc.id.clone(), remembered);
        }
        self.conditions.resolve(&names, &mut entities, &mut findings);
        settle_index_names(&mut entities, &options.physical);
        let roles = crate::stages::roles::resolve(&names);
        let model = Arc::new(Model::new(entities).with_roles(roles.in_model(&names)));
        rules::check_model(&names, &tables, &model, &mut findings);
        rules::check_roles(&names, &roles, &RoleCatalogue::of(&model), &mut findings);
        take_fixes_from_repeated_ids(&names, &mut findings);
        sort(&mut findings);
        Compiled { model, findings }
    }
}

impl Remembered {
    fn compile(named: &NamedEntity<'_>, table: &Arc<str>, names: &NamesOutput<'_>, options: &CompileOptions) -> Self {
        let output = compile_entity(named, table, names, options);
        let stamp = output.links.iter().any(|(_, link)| link.is_none()) || names_matter(named);
        Remembered {
            document: named.document.clone(),
            table: table.clone(),
            stamp: stamp.then_some(names.stamp),
            output,
        }
    }

    fn still_holds(&self, named: &NamedEntity<'_>, table: &Arc<str>, names: &NamesOutput<'_>) -> bool {
        let is_same = Arc::ptr_eq(&self.document, named.document) || self.document == *named.document;
        is_same
            && self.table == *table
            && self.stamp.is_none_or(|stamp| stamp == names.stamp)
            && self.output.links.iter().all(|(name, link)| names.link(name) == *link)
    }
}

/// A reference without a target is answered with a suggestion out of all names.
fn names_matter(named: &NamedEntity<'_>) -> bool {
    named.doc.fields.iter().any(|field| field.kind == "reference" && field.reference_to.is_none())
}

/// What would be wrong with `role` if it stood among `documents`, in place of the one with its id. Looks at roles and at
/// what entities are called, nothing else: cheap enough to ask with every key that is pressed.
pub fn check_role(documents: &[Arc<Document>], role: &RoleDoc) -> Vec<Finding> {
    let document = Arc::new(Document::Role(role.clone()));
    let mut all: Vec<Arc<Document>> = documents.to_vec();
    match all.iter_mut().find(|there| there.id() == role.id) {
        Some(there) => *there = document,
        None => all.push(document),
    }
    let names = names::collect(&all);
    let roles = crate::stages::roles::resolve(&names);
    let model = Model::default().with_roles(roles.in_model(&names));
    let mut findings = Vec::new();
    rules::check_roles(&names, &roles, &RoleCatalogue::of(&model), &mut findings);
    findings.retain(|finding| finding.place.document == role.id);
    sort(&mut findings);
    findings
}

/// An edit finds a member by its id and would change the first of two; no fix is better than a wrong one.
fn take_fixes_from_repeated_ids(names: &NamesOutput<'_>, findings: &mut [Finding]) {
    if names.repeated_members.is_empty() && names.repeated_documents.is_empty() {
        return;
    }
    let documents: HashSet<&str> = (names.repeated_members.iter().map(|member| member.document))
        .chain(names.repeated_documents.iter().copied())
        .collect();
    for finding in findings.iter_mut().filter(|finding| documents.contains(finding.place.document.as_str())) {
        finding.fix = None;
    }
}

/// By document, then severity, path, code.
fn sort(findings: &mut [Finding]) {
    findings.sort_by(|left, right| {
        let key = |finding: &Finding| (finding.severity, finding.place.span);
        (left.place.document.cmp(&right.place.document))
            .then_with(|| left.severity.cmp(&right.severity))
            .then_with(|| left.place.path.cmp(&right.place.path))
            .then_with(|| left.code.cmp(&right.code))
            .then_with(|| key(left).cmp(&key(right)))
            .then_with(|| left.params.cmp(&right.params))
    });
}
