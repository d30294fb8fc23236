//! The model that runs on this store: the active versions, compiled with the fixed physical names, with the policies
//! and validators of each entity. Kept until a deployment changes it.

use crate::deployer::read_tables;
use crate::error::refusals;
use crate::registry::version_row;
use crate::roles::{read_roles, running_roles};
use crate::services::Inner;
use crate::workspace::read_physical_names;
use crate::{AppError, AppResult};
use maq_compile::{CompileOptions, compile};
use maq_doc::{Document, read_document};
use maq_expr::{EntityShape, Known};
use maq_gtype::Validator;
use maq_ir::shapes::shapes;
use maq_ir::{Effect, EntityIdx, EntityView, FieldIdx, FieldType, Model, Obligation, OnDelete, Policy};
use maq_policy::{PolicySet, Request, RoleCatalogue};
use maq_query::record::Records;
use maq_query::{Tables, meta};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

/// The running model.
pub(crate) struct ActiveModel {
    /// The compiled active versions.
    pub model: Arc<Model>,
    /// Version by entity name.
    pub versions: HashMap<String, String>,
    /// Its roles.
    pub roles: RoleCatalogue,
    /// What conditions see of the entities, at their places in the model.
    pub shapes: Arc<[EntityShape]>,
    engines: HashMap<Arc<str>, Engines>,
}

/// What a request on an entity needs.
pub(crate) struct Engines {
    pub records: Records,
    pub policies: PolicySet,
    /// The same for the data API, where some ask for what it cannot do.
    enforced: Option<PolicySet>,
    pub validator: Validator,
    /// Who refers to its records.
    pub inbound: Vec<Inbound>,
}

/// A reference of an entity to this one.
pub(crate) struct Inbound {
    /// Whose.
    pub entity: EntityIdx,
    /// Which of its fields.
    pub field: FieldIdx,
    /// What a delete here does to it.
    pub on_delete: OnDelete,
}

impl Engines {
    /// The policies as the data API holds to them: an allow whose obligations it cannot fulfil gives nothing there.
    pub fn enforced(&self) -> &PolicySet {
        self.enforced.as_ref().unwrap_or(&self.policies)
    }

    /// The policies on `action` that the principal can meet.
    pub fn met(&self, known: Known<'_>, action: &str) -> Vec<&Policy> {
        let told = self.policies.explain(&Request { known, action, record: None });
        let is_met = |policy: &&Policy| told.rules.iter().any(|told| told.rule.id == policy.id);
        self.policies.policies_for(action).into_iter().filter(is_met).collect()
    }

    /// The kinds of what the policies that the principal can meet ask of who does `action`, and the data API does not do.
    pub fn unfulfilled(&self, known: Known<'_>, action: &str) -> BTreeSet<Arc<str>> {
        let asked = self.met(known, action).into_iter().flat_map(|policy| &policy.obligations);
        let unmet = asked.filter(|one| !one.advice && one.on == Effect::Allow && !fulfils(action, one));
        unmet.map(|one| one.kind.clone()).collect()
    }
}

/// What the data API does of what a decision asks for: every change is audited, and nothing else is done.
fn fulfils(action: &str, obligation: &Obligation) -> bool {
    &*obligation.kind == "audit" && action != "read"
}

impl ActiveModel {
    /// The entity with its engines, or the refusal.
    pub fn required(&self, name: &str) -> AppResult<(EntityView<'_>, &Engines)> {
        let unknown = || refusals::DATA_ENTITY_UNKNOWN.with(&[("entity", name)]);
        let view = self.model.entity(name).ok_or_else(unknown)?;
        let engines = self.engines.get(name).ok_or_else(unknown)?;
        Ok((view, engines))
    }

    /// The entity at a place of the model.
    pub fn at(&self, index: EntityIdx) -> AppResult<(EntityView<'_>, &Engines)> {
        let view = self.model.view(index).ok_or_else(|| AppError::fault("a reference leads out of the model"))?;
        Ok((view, self.required(view.name())?.1))
    }
}

/// Where the running model is kept.
#[derive(Default)]
pub(crate) struct ActiveCache(RwLock<Kept>);

#[derive(Default)]
struct Kept {
    model: Option<Arc<ActiveModel>>,
    /// Grows with every invalidation, so that what was read before one is not kept after it.
    generation: u64,
}

impl ActiveCache {
    /// The next request reads it anew.
    pub fn invalidate(&self) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        kept.model = None;
        kept.generation += 1;
    }

    fn get(&self) -> (Option<Arc<ActiveModel>>, u64) {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        (kept.model.clone(), kept.generation)
    }

    fn put(&self, model: Arc<ActiveModel>, generation: u64) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.generation == generation {
            kept.model = Some(model);
        }
    }
}

/// How often the running model is read anew because a deployment came in between.
const MAX_READS: u32 = 20;

/// The running model, from the cache or read anew: always of one deployment, never half of one and half of the next.
pub(crate) async fn load(inner: &Inner) -> AppResult<Arc<ActiveModel>> {
    let (kept, generation) = inner.active.get();
    if let Some(active) = kept {
        return Ok(active);
    }
    let last = || async { inner.read_count(meta::last_deployment_seq(inner.dialect())).await };
    let mut before = last().await?;
    for _ in 0..MAX_READS {
        let read = read(inner).await;
        let after = last().await?;
        if before == after {
            let active = Arc::new(read?);
            inner.active.put(active.clone(), generation);
            return Ok(active);
        }
        before = after;
    }
    Err(refusals::STORE_UNAVAILABLE.with(&[]))
}

async fn read(inner: &Inner) -> AppResult<ActiveModel> {
    let (documents, versions) = active_documents(inner).await?;
    let physical = read_physical_names(&*inner.store).await?;
    let model = compile(&documents, &CompileOptions { physical }).model;
    let tables = read_tables(inner).await?;
    let roles = RoleCatalogue::of(&model);
    let physical = |id: &str| tables.iter().find(|(other, _)| &**other == id).map(|(_, table)| table);
    let walked = Tables::new(&model, |entity| physical(&entity.id));
    let mut inbound = inbound(&model);
    let engines = model.entities().map(|view| {
        let records = Records::new(view.entity, physical(&view.entity.id), inner.dialect());
        let engines = Engines {
            records: records.with_tables(&walked),
            policies: PolicySet::compile_in(view, &roles),
            enforced: PolicySet::compile_for(view, &roles, &fulfils),
            validator: Validator::new(view.entity),
            inbound: inbound.remove(&view.index).unwrap_or_default(),
        };
        (view.entity.name.clone(), engines)
    });
    let entities: Vec<_> = model.entities().map(|view| view.entity.clone()).collect();
    let engines = engines.collect();
    Ok(ActiveModel { engines, versions, shapes: shapes(&entities), roles, model: model.clone() })
}

/// Who refers to whom.
fn inbound(model: &Model) -> HashMap<EntityIdx, Vec<Inbound>> {
    let mut inbound: HashMap<EntityIdx, Vec<Inbound>> = HashMap::new();
    for view in model.entities() {
        for (field, declared) in (0u32..).map(FieldIdx).zip(&view.entity.fields) {
            if let FieldType::Reference { target, on_delete, .. } = declared.ty {
                inbound.entry(target).or_default().push(Inbound { entity: view.index, field, on_delete });
            }
        }
    }
    inbound
}

/// The documents of the active versions and the roles of the release that runs here, and the version of each entity.
pub(crate) async fn active_documents(inner: &Inner) -> AppResult<(Vec<Arc<Document>>, HashMap<String, String>)> {
    let mut documents = Vec::new();
    let mut versions = HashMap::new();
    for row in inner.read(meta::active_versions(inner.dialect())).await?.0 {
        let row = version_row(&row);
        let document = read_document(&row.entity, row.schema).map_err(|findings| {
            AppError::fault(format!("version {} of {} cannot be read: {findings:?}", row.version, row.entity))
        })?;
        documents.push(Arc::new(document));
        versions.insert(row.entity, row.version);
    }
    documents.extend(read_roles(&running_roles(inner).await?)?);
    Ok((documents, versions))
}
