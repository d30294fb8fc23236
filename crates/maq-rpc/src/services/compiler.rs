//! Versions into models.

use super::health;
use crate::call::Call;
use maq_app::{AppResult, CompiledModel};
use maq_contract::{
    CompiledField, CompiledList, CompiledSummary, Health, MaybeCompiled, Nothing, ValidateSchema, Validation,
    VersionRef,
};

impl Call<'_> {
    pub async fn compiler_compile(&self, request: VersionRef) -> AppResult<CompiledSummary> {
        let VersionRef { entity, version } = request;
        self.services.compiler.compile(self.actor, &entity, version.as_deref()).await.map(compiled)
    }

    pub async fn compiler_recompile(&self, request: VersionRef) -> AppResult<CompiledSummary> {
        let VersionRef { entity, version } = request;
        self.services.compiler.recompile(self.actor, &entity, version.as_deref()).await.map(compiled)
    }

    pub async fn compiler_validate(&self, request: ValidateSchema) -> AppResult<Validation> {
        let validation = self.services.compiler.validate(self.actor, request.schema).await?;
        Ok(Validation { valid: validation.valid, findings: validation.findings })
    }

    pub async fn compiler_invalidate_cache(&self, request: VersionRef) -> AppResult<Nothing> {
        let VersionRef { entity, version } = request;
        self.services.compiler.invalidate_cache(self.actor, &entity, version.as_deref()).await?;
        Ok(Nothing {})
    }

    pub async fn compiler_get_cached(&self, request: VersionRef) -> AppResult<MaybeCompiled> {
        let VersionRef { entity, version } = request;
        let cached = self.services.compiler.get_cached(self.actor, &entity, version.as_deref()).await?;
        Ok(MaybeCompiled { model: cached.map(compiled) })
    }

    pub async fn compiler_precompile_all(&self, _: Nothing) -> AppResult<CompiledList> {
        let models = self.services.compiler.precompile_all(self.actor).await?;
        Ok(CompiledList { models: models.into_iter().map(compiled).collect() })
    }

    pub async fn compiler_check_health(&self, _: Nothing) -> AppResult<Health> {
        Ok(health(self.services.compiler.check_health().await))
    }
}

pub(super) fn compiled(model: CompiledModel) -> CompiledSummary {
    let entity = &model.entity;
    let mut policies: Vec<_> = entity.policies.iter().collect();
    policies.sort_by_key(|policy| (std::cmp::Reverse(policy.priority), policy.effect == maq_ir::Effect::Allow));
    let field = |field: &maq_ir::Field| CompiledField {
        name: field.name.to_string(),
        column: field.column.to_string(),
        kind: field.ty.word().to_owned(),
        required: field.required,
    };
    CompiledSummary {
        entity: entity.name.to_string(),
        version: model.version,
        schema_hash: entity.schema_hash.to_string(),
        table: entity.table.to_string(),
        fields: entity.fields.iter().map(field).collect(),
        policies: policies.iter().map(|policy| policy.name.to_string()).collect(),
        from_cache: model.from_cache,
    }
}
