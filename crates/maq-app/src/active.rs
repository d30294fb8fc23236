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
pub(crate) struct ActiveCache(RwLock<Option<Arc<ActiveModel>>>);

impl ActiveCache {
    /// The next request reads it anew.
    pub fn invalidate(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn get(&self) -> Option<Arc<ActiveModel>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, model: Arc<ActiveModel>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(model);
    }
}

/// The running model, from the cache or read anew.
pub(crate) async fn load(inner: &Inner) -> AppResult<Arc<ActiveModel>> {
    if let Some(active) = inner.active.get() {
        return Ok(active);
    }
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
    let active = Arc::new(ActiveModel { engines: engines.collect(), versions, model: model.clone() });
    inner.active.put(active.clone());
    Ok(active)
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
