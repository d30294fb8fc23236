//! Entities and versions.

use super::health;
use crate::call::Call;
use maq_app::AppResult;
use maq_contract::{
    CreateEntity, EntityName, EntityPage, EntityRow, Health, ListVersions, MaybeEntity, MaybeVersion, Nothing,
    PageRequest, UpdateEntity, VersionPage, VersionRef, VersionRow, VersionSchema,
};

impl Call<'_> {
    pub async fn registry_create_entity(&self, request: CreateEntity) -> AppResult<EntityRow> {
        let CreateEntity { name, description } = request;
        self.services.registry.create_entity(self.actor, &name, description.as_deref()).await.map(entity_row)
    }

    pub async fn registry_get_entity(&self, request: EntityName) -> AppResult<MaybeEntity> {
        let entity = self.services.registry.get_entity(self.actor, &request.name).await?;
        Ok(MaybeEntity { entity: entity.map(entity_row) })
    }

    pub async fn registry_list_entities(&self, request: PageRequest) -> AppResult<EntityPage> {
        let page = maq_app::PageRequest { page: request.page, page_size: request.page_size };
        let page = self.services.registry.list_entities(self.actor, page).await?;
        Ok(EntityPage { data: page.data.into_iter().map(entity_row).collect(), total: page.total })
    }

    pub async fn registry_update_entity(&self, request: UpdateEntity) -> AppResult<EntityRow> {
        let UpdateEntity { name, description } = request;
        self.services.registry.update_entity(self.actor, &name, description.as_deref()).await.map(entity_row)
    }

    pub async fn registry_delete_entity(&self, request: EntityName) -> AppResult<Nothing> {
        self.services.registry.delete_entity(self.actor, &request.name).await?;
        Ok(Nothing {})
    }

    pub async fn registry_create_version(&self, request: VersionSchema) -> AppResult<VersionRow> {
        let VersionSchema { entity, version, schema } = request;
        self.services.registry.create_version(self.actor, &entity, &version, schema).await.map(version_row)
    }

    pub async fn registry_get_version(&self, request: VersionRef) -> AppResult<MaybeVersion> {
        let version = match &request.version {
            Some(version) => self.services.registry.get_version(self.actor, &request.entity, version).await?,
            None => self.services.registry.get_active_version(self.actor, &request.entity).await?,
        };
        Ok(MaybeVersion { version: version.map(version_row) })
    }

    pub async fn registry_get_active_version(&self, request: EntityName) -> AppResult<MaybeVersion> {
        let version = self.services.registry.get_active_version(self.actor, &request.name).await?;
        Ok(MaybeVersion { version: version.map(version_row) })
    }

    pub async fn registry_list_versions(&self, request: ListVersions) -> AppResult<VersionPage> {
        let page = maq_app::PageRequest { page: request.page, page_size: request.page_size };
        let page = self.services.registry.list_versions(self.actor, &request.entity, page).await?;
        Ok(VersionPage { data: page.data.into_iter().map(version_row).collect(), total: page.total })
    }

    pub async fn registry_activate_version(&self, request: VersionRef) -> AppResult<VersionRow> {
        let version = self.named(&request).await?;
        self.services.registry.activate_version(self.actor, &request.entity, &version).await.map(version_row)
    }

    pub async fn registry_deactivate_version(&self, request: VersionRef) -> AppResult<VersionRow> {
        let version = self.named(&request).await?;
        self.services.registry.deactivate_version(self.actor, &request.entity, &version).await.map(version_row)
    }

    pub async fn registry_update_version(&self, request: VersionSchema) -> AppResult<VersionRow> {
        let VersionSchema { entity, version, schema } = request;
        self.services.registry.update_version(self.actor, &entity, &version, schema).await.map(version_row)
    }

    pub async fn registry_delete_version(&self, request: VersionRef) -> AppResult<Nothing> {
        let version = self.named(&request).await?;
        self.services.registry.delete_version(self.actor, &request.entity, &version).await?;
        Ok(Nothing {})
    }

    pub async fn registry_check_health(&self, _: Nothing) -> AppResult<Health> {
        Ok(health(self.services.registry.check_health().await))
    }

    /// The version a request names; the active one when it names none.
    pub(super) async fn named(&self, request: &VersionRef) -> AppResult<String> {
        if let Some(version) = &request.version {
            return Ok(version.clone());
        }
        let active = self.services.registry.get_active_version(self.actor, &request.entity).await?;
        let missing = || maq_app::refusals::NO_ACTIVE_VERSION.with(&[("entity", &request.entity)]);
        active.map(|version| version.version).ok_or_else(missing)
    }
}

pub(super) fn entity_row(row: maq_app::EntityRow) -> EntityRow {
    EntityRow {
        id: row.id,
        name: row.name,
        description: row.description,
        active_version: row.active_version,
        created_at: row.created_at.to_string(),
        updated_at: row.updated_at.to_string(),
        created_by: row.created_by,
    }
}

pub(super) fn version_row(row: maq_app::VersionRow) -> VersionRow {
    VersionRow {
        id: row.id,
        entity: row.entity,
        version: row.version,
        schema: row.schema,
        schema_hash: row.schema_hash,
        is_active: row.is_active,
        is_released: row.is_released,
        created_at: row.created_at.to_string(),
        created_by: row.created_by,
    }
}
