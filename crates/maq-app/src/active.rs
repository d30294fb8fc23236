//! The model that runs on this store: the active versions, compiled with the fixed physical names, with the policies
//! and validators of each entity. Kept until a deployment changes it.

use crate::AppResult;
use crate::deployer::read_tables;
use crate::error::refusals;
use crate::registry::version_row;
use crate::services::Inner;
use crate::workspace::read_physical_names;
use maq_compile::{CompileOptions, compile};
use maq_doc::{Document, read_document};
use maq_gtype::Validator;
use maq_ir::{EntityView, Model};
use maq_policy::PolicySet;
use maq_query::meta;
use maq_query::record::Records;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The running model.
pub(crate) struct ActiveModel {
    /// The compiled active versions.
    pub model: Arc<Model>,
    /// Version by entity name.
    pub versions: HashMap<String, String>,
    engines: HashMap<Arc<str>, Engines>,
}

/// What a request on an entity needs.
pub(crate) struct Engines {
    pub records: Records,
    pub policies: PolicySet,
    pub validator: Validator,
}

impl ActiveModel {
    /// The entity with its engines, or the refusal.
    pub fn required(&self, name: &str) -> AppResult<(EntityView<'_>, &Engines)> {
        let unknown = || refusals::DATA_ENTITY_UNKNOWN.with(&[("entity", name)]);
        let view = self.model.entity(name).ok_or_else(unknown)?;
        let engines = self.engines.get(name).ok_or_else(unknown)?;
        Ok((view, engines))
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
    let engines = model.entities().map(|view| {
        let table = tables.iter().find(|(id, _)| *id == view.entity.id).map(|(_, table)| table);
        let engines = Engines {
            records: Records::new(view.entity, table, inner.dialect()),
            policies: PolicySet::compile(view.entity),
            validator: Validator::new(view.entity),
        };
        (view.entity.name.clone(), engines)
    });
    Ok(ActiveModel { engines: engines.collect(), versions, model: model.clone() })
}

/// The documents of the active versions, and the version of each entity.
pub(crate) async fn active_documents(inner: &Inner) -> AppResult<(Vec<Arc<Document>>, HashMap<String, String>)> {
    let mut documents = Vec::new();
    let mut versions = HashMap::new();
    for row in inner.read(meta::active_versions(inner.dialect())).await?.0 {
        let row = version_row(&row);
        let document = read_document(&row.entity, row.schema).map_err(|findings| {
            crate::AppError::fault(format!("version {} of {} cannot be read: {findings:?}", row.version, row.entity))
        })?;
        documents.push(Arc::new(document));
        versions.insert(row.entity, row.version);
    }
    Ok((documents, versions))
}
