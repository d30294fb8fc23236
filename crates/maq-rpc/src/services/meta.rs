//! Entity, version and model in one step.

use super::compiler::compiled;
use super::health;
use super::registry::{entity_row, version_row};
use crate::call::Call;
use maq_app::AppResult;
use maq_contract::{
    CompiledSummary, CreateEntityWithVersion, EntityName, Health, MaybeSchema, MetaStoreAnswer, Nothing, VersionRef,
    VersionSchema,
};

impl Call<'_> {
    pub async fn meta_get_compiled_model(&self, request: VersionRef) -> AppResult<CompiledSummary> {
        let VersionRef { entity, version } = request;
        self.services.meta_store.get_compiled_model(self.actor, &entity, version.as_deref()).await.map(compiled)
    }

    pub async fn meta_create_entity_with_version(
        &self,
        request: CreateEntityWithVersion,
    ) -> AppResult<MetaStoreAnswer> {
        let CreateEntityWithVersion { name, description, version, schema } = request;
        let store = &self.services.meta_store;
        let made = store.create_entity_with_version(self.actor, &name, description.as_deref(), &version, schema);
        made.await.map(answer)
    }

    pub async fn meta_publish_version(&self, request: VersionSchema) -> AppResult<MetaStoreAnswer> {
        let VersionSchema { entity, version, schema } = request;
        self.services.meta_store.publish_version(self.actor, &entity, &version, schema).await.map(answer)
    }

    pub async fn meta_get_active_schema(&self, request: EntityName) -> AppResult<MaybeSchema> {
        Ok(MaybeSchema { schema: self.services.meta_store.get_active_schema(self.actor, &request.name).await? })
    }

    pub async fn meta_switch_version(&self, request: VersionRef) -> AppResult<MetaStoreAnswer> {
        let version = self.named(&request).await?;
        self.services.meta_store.switch_version(self.actor, &request.entity, &version).await.map(answer)
    }

    pub async fn meta_check_health(&self, _: Nothing) -> AppResult<Health> {
        Ok(health(self.services.meta_store.check_health().await))
    }
}

fn answer(answer: maq_app::MetaStoreAnswer) -> MetaStoreAnswer {
    MetaStoreAnswer {
        entity: entity_row(answer.entity),
        version: version_row(answer.version),
        model: compiled(answer.model),
    }
}
