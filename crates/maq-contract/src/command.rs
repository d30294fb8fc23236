//! The ONE command table. From it come the router (`maq-rpc` must answer every line or it does not compile), the
//! typed client of the studio and its cache tags.

/// What a command reads or changes, for the studio's cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// Documents, edits, findings, history.
    Workspace,
    /// Releases, versions, registry.
    Releases,
    /// Targets and deployments.
    Targets,
    /// Records.
    Records,
    /// The audit log.
    Audit,
    /// Members, keys, tokens, tenants.
    Access,
}

/// One line of the table, as data.
#[derive(Debug, Clone, Copy)]
pub struct CommandInfo {
    /// `area.verb_noun`.
    pub name: &'static str,
    /// Request type.
    pub request: &'static str,
    /// Answer type.
    pub response: &'static str,
    /// Tags it changes; empty for a read.
    pub changes: &'static [Tag],
}

/// Hands the table to a macro: `name, method, Request => Response, [tags it changes];` a line.
#[macro_export]
macro_rules! commands {
    ($callback:ident) => {
        $callback! {
            "workspace.get_state", workspace_get_state, Nothing => WorkspaceState, [];
            "workspace.read_changes", workspace_read_changes, ReadChanges => WorkspaceChanges, [];
            "workspace.apply_edits", workspace_apply_edits, ApplyEdits => EditResult, [Workspace];
            "workspace.undo", workspace_undo, StepEdits => EditResult, [Workspace];
            "workspace.redo", workspace_redo, StepEdits => EditResult, [Workspace];
            "workspace.list_history", workspace_list_history, ListHistory => History, [];
            "entities.rename_entity", entities_rename_entity, RenameEntity => EditResult, [Workspace];
            "entities.rename_field", entities_rename_field, RenameField => EditResult, [Workspace];
            "entities.add_relation", entities_add_relation, AddRelation => EditResult, [Workspace];
            "policies.add_starter", policies_add_starter, AddStarterPolicies => EditResult, [Workspace];
            "policies.read_matrix", policies_read_matrix, DraftEntity => PolicyMatrix, [];
            "policies.check_condition", policies_check_condition, CheckCondition => ConditionCheck, [];
            "policies.complete_condition", policies_complete_condition, CompleteCondition => Completions, [];
            "policies.try_draft", policies_try_draft, TryPolicies => TryAnswer, [];
            "roles.list_operations", roles_list_operations, Nothing => OperationCatalogue, [];
            "roles.read_rights", roles_read_rights, DraftRole => RoleRights, [];
            "roles.check_role", roles_check_role, CheckRole => RoleCheck, [];
            "roles.add_personas", roles_add_personas, AddPersonas => EditResult, [Workspace];
            "roles.rename_role", roles_rename_role, RenameRole => EditResult, [Workspace];
            "findings.explain_code", findings_explain_code, ExplainCode => CodePage, [];
            "import.preview", import_preview, PreviewImport => ImportReport, [];
            "import.run", import_run, RunImport => ImportReport, [Workspace, Releases, Targets, Records, Audit];
            "releases.make_release", releases_make_release, MakeRelease => ReleaseSummary, [Releases, Audit];
            "releases.list_releases", releases_list_releases, Nothing => Releases, [];
            "targets.list_targets", targets_list_targets, Nothing => Targets, [];
            "targets.add_target", targets_add_target, AddTarget => TargetStatus, [Targets, Audit];
            "targets.remove_target", targets_remove_target, TargetName => Nothing, [Targets, Audit];
            "targets.get_status", targets_get_status, TargetName => TargetStatus, [];
            "members.list_members", members_list_members, Nothing => Members, [];
            "members.put_member", members_put_member, PutMember => Member, [Access, Audit];
            "members.remove_member", members_remove_member, MemberRef => Nothing, [Access, Audit];
            "keys.get_signing_key", keys_get_signing_key, Nothing => SigningKey, [];
            "keys.rotate_signing_key", keys_rotate_signing_key, Nothing => SigningKey, [Access, Audit];
            "keys.list_keys", keys_list_keys, TargetName => TrustedKeys, [];
            "keys.trust_key", keys_trust_key, TrustKey => Nothing, [Access, Audit];
            "keys.revoke_key", keys_revoke_key, TargetItem => Nothing, [Access, Audit];
            "tokens.list_tokens", tokens_list_tokens, ListTokens => Tokens, [];
            "tokens.create_token", tokens_create_token, CreateToken => NewToken, [Access, Audit];
            "tokens.rotate_token", tokens_rotate_token, RotateToken => NewToken, [Access, Audit];
            "tokens.revoke_token", tokens_revoke_token, TargetItem => Nothing, [Access, Audit];
            "tenants.list_tenants", tenants_list_tenants, TargetName => Tenants, [];
            "tenants.add_tenant", tenants_add_tenant, AddTenant => Tenant, [Access, Audit];
            "tenants.rename_tenant", tenants_rename_tenant, RenameTenant => Tenant, [Access, Audit];
            "tenants.suspend_tenant", tenants_suspend_tenant, TargetItem => Tenant, [Access, Audit];
            "tenants.resume_tenant", tenants_resume_tenant, TargetItem => Tenant, [Access, Audit];
            "publish.make_plan", publish_make_plan, MakePlan => Plan, [Releases];
            "publish.apply_plan", publish_apply_plan, ApplyPlan => PublishResult, [Releases, Targets, Records, Audit];
            "publish.roll_back", publish_roll_back, TargetName => PublishResult, [Releases, Targets, Records, Audit];
            "records.list_records", records_list_records, ListRecords => RecordPage, [];
            "records.get_record", records_get_record, RecordRef => RecordAnswer, [];
            "records.count_records", records_count_records, CountRecords => RecordCount, [];
            "records.create_record", records_create_record, CreateRecord => RecordAnswer, [Records, Audit];
            "records.update_record", records_update_record, UpdateRecord => RecordAnswer, [Records, Audit];
            "records.delete_record", records_delete_record, DeleteRecord => Nothing, [Records, Audit];
            "records.check_health", records_check_health, Nothing => Health, [];
            "registry.create_entity", registry_create_entity, CreateEntity => EntityRow, [Workspace, Releases, Audit];
            "registry.get_entity", registry_get_entity, EntityName => MaybeEntity, [];
            "registry.list_entities", registry_list_entities, PageRequest => EntityPage, [];
            "registry.update_entity", registry_update_entity, UpdateEntity => EntityRow, [Workspace, Releases, Audit];
            "registry.delete_entity", registry_delete_entity, EntityName => Nothing, [Workspace, Releases, Audit];
            "registry.create_version", registry_create_version, VersionSchema => VersionRow, [Releases, Audit];
            "registry.get_version", registry_get_version, VersionRef => MaybeVersion, [];
            "registry.get_active_version", registry_get_active_version, EntityName => MaybeVersion, [];
            "registry.list_versions", registry_list_versions, ListVersions => VersionPage, [];
            "registry.activate_version", registry_activate_version, VersionRef => VersionRow, [Releases, Audit];
            "registry.deactivate_version", registry_deactivate_version, VersionRef => VersionRow, [Releases, Audit];
            "registry.update_version", registry_update_version, VersionSchema => VersionRow, [Releases, Audit];
            "registry.delete_version", registry_delete_version, VersionRef => Nothing, [Releases, Audit];
            "compiler.compile", compiler_compile, VersionRef => CompiledSummary, [];
            "compiler.recompile", compiler_recompile, VersionRef => CompiledSummary, [];
            "compiler.validate", compiler_validate, ValidateSchema => Validation, [];
            "compiler.invalidate_cache", compiler_invalidate_cache, VersionRef => Nothing, [];
            "compiler.get_cached", compiler_get_cached, VersionRef => MaybeCompiled, [];
            "compiler.precompile_all", compiler_precompile_all, Nothing => CompiledList, [];
            "compiler.check_health", compiler_check_health, Nothing => Health, [];
            "policy.can", policy_can, AskPolicy => PolicyAnswer, [];
            "policy.enforce", policy_enforce, AskPolicy => PolicyAnswer, [Audit];
            "policy.get_policies", policy_get_policies, PolicyQuery => PolicyList, [];
            "policy.evaluate_policy", policy_evaluate_policy, EvaluatePolicy => PolicyAnswer, [];
            "policy.invalidate_policy_cache", policy_invalidate_policy_cache, EntityName => Nothing, [];
            "policy.check_health", policy_check_health, Nothing => Health, [];
            "audit.log_event", audit_log_event, LogEvent => AuditRow, [Audit];
            "audit.query_events", audit_query_events, AuditQuery => AuditPage, [];
            "audit.get_event", audit_get_event, EventRef => MaybeEvent, [];
            "audit.get_recent", audit_get_recent, RecentEvents => AuditPage, [];
            "audit.get_resource_audit", audit_get_resource_audit, AuditQuery => AuditPage, [];
            "audit.get_user_audit", audit_get_user_audit, AuditQuery => AuditPage, [];
            "audit.get_tenant_audit", audit_get_tenant_audit, AuditQuery => AuditPage, [];
            "audit.verify_chain", audit_verify_chain, Nothing => AuditVerification, [];
            "audit.check_health", audit_check_health, Nothing => Health, [];
            "meta.get_compiled_model", meta_get_compiled_model, VersionRef => CompiledSummary, [];
            "meta.create_entity_with_version", meta_create_entity_with_version, CreateEntityWithVersion => MetaStoreAnswer, [Workspace, Releases, Audit];
            "meta.publish_version", meta_publish_version, VersionSchema => MetaStoreAnswer, [Releases, Audit];
            "meta.get_active_schema", meta_get_active_schema, EntityName => MaybeSchema, [];
            "meta.switch_version", meta_switch_version, VersionRef => MetaStoreAnswer, [Releases, Audit];
            "meta.check_health", meta_check_health, Nothing => Health, [];
            "registry.check_health", registry_check_health, Nothing => Health, [];
        }
    };
}

macro_rules! table {
    ($( $name:literal, $method:ident, $request:ty => $response:ty, [$($tag:ident),*]; )*) => {
        /// Every command.
        pub const COMMANDS: &[CommandInfo] = &[
            $( CommandInfo {
                name: $name,
                request: stringify!($request),
                response: stringify!($response),
                changes: &[$(Tag::$tag),*],
            } ),*
        ];
    };
}
commands!(table);
