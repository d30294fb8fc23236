//! The compiler service: a version of an entity, compiled beside the other entities' active versions, cached by
//! entity and version for a time.

use crate::active::{self, active_documents};
use crate::authorise::{Permission, authorise};
use crate::error::refusals;
use crate::registry::version_row;
use crate::services::Inner;
use crate::workspace::read_physical_names;
use crate::{AppResult, Health, VersionRow};
use maq_compile::{CompileOptions, Compiled, compile};
use maq_diag::Finding;
use maq_doc::{Document, EntityDoc, ids, read_document};
use maq_ir::Entity;
use maq_query::meta;
use maq_value::{Actor, Instant};
use serde_json::Value as Json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A compiled version.
#[derive(Debug, Clone)]
pub struct CompiledModel {
    /// The version.
    pub version: String,
    /// The entity, resolved; its `schema_hash` is the schema hash.
    pub entity: Arc<Entity>,
    /// Whether the answer came from the cache.
    pub from_cache: bool,
}

/// What a check found.
#[derive(Debug, Clone)]
pub struct Validation {
    /// No errors.
    pub valid: bool,
    /// Everything found.
    pub findings: Vec<Finding>,
}

/// Compiled versions with the time they go stale.
#[derive(Default)]
pub(crate) struct CompilerCache(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    models: HashMap<(String, String), (CompiledModel, Instant)>,
    /// Grows whenever something is forgotten, so that what was read before is not kept after.
    generation: u64,
}

impl CompilerCache {
    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn generation(&self) -> u64 {
        self.lock().generation
    }

    /// Forgets a version, or all versions of an entity.
    pub fn invalidate(&self, entity: &str, version: Option<&str>) {
        let mut kept = self.lock();
        kept.models.retain(|(name, number), _| name != entity || version.is_some_and(|version| version != number));
        kept.generation += 1;
    }

    /// Forgets everything: other entities' active versions changed, and with them what references resolve to.
    pub fn clear(&self) {
        let mut kept = self.lock();
        kept.models.clear();
        kept.generation += 1;
    }
}

/// Versions into models.
#[derive(Clone)]
pub struct Compiler {
    inner: Arc<Inner>,
}

impl Compiler {
    pub(crate) fn new(inner: Arc<Inner>) -> Compiler {
        Compiler { inner }
    }

    /// Compiles a version (the active one when none is named), from the cache when it is there and fresh.
    ///
    /// # Errors
    /// `registry/version-not-found`, `registry/no-active-version`, `registry/schema-invalid` with its findings.
    pub async fn compile(&self, actor: &Actor, entity: &str, version: Option<&str>) -> AppResult<CompiledModel> {
        authorise(actor, Permission::View)?;
        let generation = self.inner.compiled.generation();
        let row = self.version(entity, version).await?;
        if let Some(cached) = self.fresh(entity, &row.version) {
            return Ok(cached);
        }
        self.compile_row(row, generation).await
    }

    /// The entity as it runs on this store, from the running model in memory; none when it is not published.
    ///
    /// # Errors
    /// Faults.
    pub async fn running(&self, entity: &str) -> AppResult<Option<Arc<Entity>>> {
        let active = active::load(&self.inner).await?;
        Ok(active.model.entity(entity).map(|view| view.entity.clone()))
    }

    /// Compiles a version anew and replaces what the cache holds.
    ///
    /// # Errors
    /// As [`Compiler::compile`].
    pub async fn recompile(&self, actor: &Actor, entity: &str, version: Option<&str>) -> AppResult<CompiledModel> {
        authorise(actor, Permission::View)?;
        let row = self.version(entity, version).await?;
        self.inner.compiled.invalidate(entity, Some(&row.version));
        let generation = self.inner.compiled.generation();
        self.compile_row(row, generation).await
    }

    /// Checks a schema (an entity document or the reference's `{fields, policies}`) without storing it.
    ///
    /// # Errors
    /// Faults; what is wrong with the schema is the answer.
    pub async fn validate(&self, actor: &Actor, schema: Json) -> AppResult<Validation> {
        authorise(actor, Permission::View)?;
        let mut schema = schema;
        if let Json::Object(object) = &mut schema {
            object.insert("kind".into(), "entity".into());
            if !object.contains_key("name") {
                object.insert("name".into(), "Schema".into());
            }
        }
        let findings = match read_document("schema", schema) {
            Err(findings) => findings,
            Ok(Document::Entity(document)) => findings_beside_active(&self.inner, &document).await?,
            Ok(Document::Role(_) | Document::Diagram(_)) => Vec::new(),
        };
        Ok(Validation { valid: !findings.iter().any(Finding::is_error), findings })
    }

    /// Forgets a version, or all versions of an entity.
    ///
    /// # Errors
    /// `actor/not-allowed`.
    pub async fn invalidate_cache(&self, actor: &Actor, entity: &str, version: Option<&str>) -> AppResult<()> {
        authorise(actor, Permission::View)?;
        self.inner.compiled.invalidate(entity, version);
        Ok(())
    }

    /// What the cache holds, when it is fresh.
    ///
    /// # Errors
    /// `registry/no-active-version` when no version is named and none is active.
    pub async fn get_cached(
        &self,
        actor: &Actor,
        entity: &str,
        version: Option<&str>,
    ) -> AppResult<Option<CompiledModel>> {
        authorise(actor, Permission::View)?;
        let row = self.version(entity, version).await?;
        Ok(self.fresh(entity, &row.version))
    }

    /// Compiles every active version.
    ///
    /// # Errors
    /// As [`Compiler::compile`].
    pub async fn precompile_all(&self, actor: &Actor) -> AppResult<Vec<CompiledModel>> {
        authorise(actor, Permission::View)?;
        let generation = self.inner.compiled.generation();
        let (documents, versions) = active_documents(&self.inner).await?;
        let compiled = self.compile_documents(&documents).await?;
        let mut models = Vec::with_capacity(versions.len());
        for view in compiled.model.entities() {
            let Some(version) = versions.get(view.name()) else { continue };
            let model = CompiledModel { version: version.clone(), entity: view.entity.clone(), from_cache: false };
            self.remember(view.name(), &model, generation);
            models.push(model);
        }
        Ok(models)
    }

    /// Health: the versions can be read.
    pub async fn check_health(&self) -> Health {
        self.inner.probe(meta::active_versions(self.inner.dialect()), "compiler").await
    }

    async fn version(&self, entity: &str, version: Option<&str>) -> AppResult<VersionRow> {
        let dialect = self.inner.dialect();
        let (statement, missing) = match version {
            Some(version) => (
                meta::version_by_name(dialect, entity, version),
                refusals::VERSION_NOT_FOUND.with(&[("entity", entity), ("version", version)]),
            ),
            None => (meta::active_version(dialect, entity), refusals::NO_ACTIVE_VERSION.with(&[("entity", entity)])),
        };
        let rows = self.inner.read(statement).await?;
        rows.0.first().map(|row| version_row(row)).ok_or(missing)
    }

    fn fresh(&self, entity: &str, version: &str) -> Option<CompiledModel> {
        if !self.inner.options.enable_cache {
            return None;
        }
        let cache = self.inner.compiled.lock();
        let (model, stale_at) = cache.models.get(&(entity.to_owned(), version.to_owned()))?;
        (self.inner.now() < *stale_at).then(|| CompiledModel { from_cache: true, ..model.clone() })
    }

    fn remember(&self, entity: &str, model: &CompiledModel, generation: u64) {
        if self.inner.options.enable_cache {
            let lifetime = i64::try_from(self.inner.options.cache_ttl.as_micros()).unwrap_or(i64::MAX);
            let stale_at = Instant(self.inner.now().0.saturating_add(lifetime));
            let key = (entity.to_owned(), model.version.clone());
            let mut kept = self.inner.compiled.lock();
            if kept.generation == generation {
                kept.models.insert(key, (model.clone(), stale_at));
            }
        }
    }

    async fn compile_row(&self, row: VersionRow, generation: u64) -> AppResult<CompiledModel> {
        let (mut documents, _) = active_documents(&self.inner).await?;
        documents.retain(|document| !is_entity(document, &row.entity));
        let unreadable = |findings| refusals::SCHEMA_INVALID.with(&[("entity", &row.entity)]).with_findings(findings);
        documents.push(Arc::new(read_document(&row.entity, row.schema.clone()).map_err(unreadable)?));
        let compiled = self.compile_documents(&documents).await?;
        let own = own_findings(&compiled, &documents, &row.entity);
        let view = compiled.model.entity(&row.entity).filter(|_| !own.iter().any(Finding::is_error));
        let Some(view) = view else {
            return Err(refusals::SCHEMA_INVALID.with(&[("entity", &row.entity)]).with_findings(own));
        };
        let model = CompiledModel { version: row.version, entity: view.entity.clone(), from_cache: false };
        self.remember(&row.entity, &model, generation);
        Ok(model)
    }

    async fn compile_documents(&self, documents: &[Arc<Document>]) -> AppResult<Compiled> {
        let physical = read_physical_names(&*self.inner.store).await?;
        Ok(compile(documents, &CompileOptions { physical }))
    }
}

/// Whether it is the entity of this name; a role may be called the same.
fn is_entity(document: &Document, name: &str) -> bool {
    document.as_entity().is_some_and(|entity| entity.name == name)
}

fn own_findings(compiled: &Compiled, documents: &[Arc<Document>], entity: &str) -> Vec<Finding> {
    let id = documents.iter().find(|document| is_entity(document, entity)).map(|document| document.id().to_owned());
    compiled.findings.iter().filter(|finding| Some(&finding.place.document) == id.as_ref()).cloned().collect()
}

/// The findings on `document` when it stands beside the other entities: their active versions, and where there is
/// none their drafts, so that entities that refer to each other can be registered one after the other.
pub(crate) async fn findings_beside_active(inner: &Inner, document: &EntityDoc) -> AppResult<Vec<Finding>> {
    let (mut documents, _) = active_documents(inner).await?;
    let drafts = inner.drafts().await?.documents();
    for draft in drafts {
        if draft.as_entity().is_some() && !documents.iter().any(|there| there.id() == draft.id()) {
            documents.push(draft);
        }
    }
    let mut document = document.clone();
    if document.id.is_empty() {
        document.id = ids::derived_id("ent", &["entity", &document.name]);
    }
    documents.retain(|there| there.id() != document.id && !is_entity(there, &document.name));
    let id = document.id.clone();
    documents.push(Arc::new(Document::Entity(document)));
    let physical = read_physical_names(&*inner.store).await?;
    let compiled = compile(&documents, &CompileOptions { physical });
    Ok(compiled.findings.into_iter().filter(|finding| finding.place.document == id).collect())
}
