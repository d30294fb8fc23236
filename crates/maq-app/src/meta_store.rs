//! The meta store: entity, version and model in one step, each step all or nothing.

use crate::authorise::{Permission, authorise, authorise_schema};
use crate::registry::version_exists;
use crate::{AppResult, CompiledModel, Compiler, EntityRow, Health, Registry, VersionRow};
use maq_store::{Operation, UnitOfWork};
use maq_value::Actor;
use serde_json::Value as Json;

/// What a step answers.
#[derive(Debug, Clone)]
pub struct MetaStoreAnswer {
    /// The entity.
    pub entity: EntityRow,
    /// The version, now active.
    pub version: VersionRow,
    /// The compiled model.
    pub model: CompiledModel,
}

/// Registry and compiler in one step.
#[derive(Clone)]
pub struct MetaStore {
    registry: Registry,
    compiler: Compiler,
}

impl MetaStore {
    pub(crate) fn new(registry: Registry, compiler: Compiler) -> MetaStore {
        MetaStore { registry, compiler }
    }

    /// The compiled model of a version, the active one when none is named.
    ///
    /// # Errors
    /// As [`Compiler::compile`].
    pub async fn get_compiled_model(
        &self,
        actor: &Actor,
        entity: &str,
        version: Option<&str>,
    ) -> AppResult<CompiledModel> {
        self.compiler.compile(actor, entity, version).await
    }

    /// Creates an entity with its first version and activates it; on a refusal nothing of it is there.
    ///
    /// # Errors
    /// As the registry's steps.
    pub async fn create_entity_with_version(
        &self,
        actor: &Actor,
        name: &str,
        description: Option<&str>,
        version: &str,
        schema: Json,
    ) -> AppResult<MetaStoreAnswer> {
        authorise(actor, Permission::Publish)?;
        authorise_schema(actor, &schema)?;
        self.registry.create_entity(actor, name, description).await?;
        let done = async {
            self.registry.create_version(actor, name, version, schema).await?;
            self.registry.activate_version(actor, name, version).await
        };
        if let Err(error) = done.await {
            // Nothing was activated, so both can go again.
            if self.registry.get_version(actor, name, version).await?.is_some() {
                self.registry.delete_version(actor, name, version).await?;
            }
            self.registry.delete_entity(actor, name).await?;
            return Err(error);
        }
        self.answer(actor, name, version).await
    }

    /// Creates a version and activates it.
    ///
    /// # Errors
    /// As the registry's steps.
    pub async fn publish_version(
        &self,
        actor: &Actor,
        entity: &str,
        version: &str,
        schema: Json,
    ) -> AppResult<MetaStoreAnswer> {
        authorise(actor, Permission::Publish)?;
        authorise_schema(actor, &schema)?;
        let row = self.registry.entity(entity).await?;
        if self.registry.get_version(actor, entity, version).await?.is_some() {
            return Err(version_exists(entity, version));
        }
        let document = self.registry.readable_schema(&row, schema)?;
        self.registry.refuse_invalid(&document).await?;
        let (statement, event) = self.registry.new_version(actor, &row, version, &document)?;
        let wanted = self.registry.unstored_version(actor, entity, version, document);
        let work =
            UnitOfWork { operations: vec![Operation::from(statement)], audit: vec![event], ..UnitOfWork::default() };
        self.registry.deploy_version(actor, &wanted, work).await?;
        self.answer(actor, entity, version).await
    }

    /// The schema of the active version.
    ///
    /// # Errors
    /// Faults.
    pub async fn get_active_schema(&self, actor: &Actor, entity: &str) -> AppResult<Option<Json>> {
        Ok(self.registry.get_active_version(actor, entity).await?.map(|version| version.schema))
    }

    /// Makes another version the active one.
    ///
    /// # Errors
    /// As [`Registry::activate_version`].
    pub async fn switch_version(&self, actor: &Actor, entity: &str, version: &str) -> AppResult<MetaStoreAnswer> {
        self.registry.activate_version(actor, entity, version).await?;
        self.answer(actor, entity, version).await
    }

    /// Health of what it stands on.
    pub async fn check_health(&self) -> Health {
        let registry = self.registry.check_health().await;
        if registry.healthy { self.compiler.check_health().await } else { registry }
    }

    async fn answer(&self, actor: &Actor, entity: &str, version: &str) -> AppResult<MetaStoreAnswer> {
        Ok(MetaStoreAnswer {
            entity: self.registry.entity(entity).await?,
            version: self.registry.version(entity, version).await?,
            model: self.compiler.compile(actor, entity, Some(version)).await?,
        })
    }
}
