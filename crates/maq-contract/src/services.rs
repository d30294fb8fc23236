//! The reference's services as commands: registry, compiler, policy gate, audit log, meta store, health.

use crate::WirePrincipal;
use maq_diag::Finding;
use serde_json::Value as Json;

wire! {
    /// Names an entity.
    pub struct EntityName {
        /// Its name.
        pub name: String,
    }

    /// Creates an entity in the registry.
    pub struct CreateEntity {
        /// Its name.
        pub name: String,
        /// For people.
        pub description: Option<String>,
    }

    /// Changes an entity's description.
    pub struct UpdateEntity {
        /// Its name.
        pub name: String,
        /// For people.
        pub description: Option<String>,
    }

    /// A page of a listing.
    pub struct PageRequest {
        /// From 1.
        pub page: Option<u32>,
        /// 1 to 200; 20 when absent.
        pub page_size: Option<u32>,
    }

    /// An entity of the registry.
    pub struct EntityRow {
        /// Stable id.
        pub id: String,
        /// Name.
        pub name: String,
        /// For people.
        pub description: Option<String>,
        /// The version that runs.
        pub active_version: Option<String>,
        /// RFC 3339.
        pub created_at: String,
        /// RFC 3339.
        pub updated_at: String,
        /// Who.
        pub created_by: String,
    }

    /// A page of entities.
    pub struct EntityPage {
        /// The entities.
        pub data: Vec<EntityRow>,
        /// All there are.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub total: u64,
    }

    /// Names a version; the active one when `version` is absent.
    pub struct VersionRef {
        /// The entity's name.
        pub entity: String,
        /// `v1`, `v2`, ...
        pub version: Option<String>,
    }

    /// Creates or replaces a version's schema.
    pub struct VersionSchema {
        /// The entity's name.
        pub entity: String,
        /// `v1`, `v2`, ...
        pub version: String,
        /// An entity document, or the reference's `{fields, policies}`.
        #[cfg_attr(feature = "ts", ts(type = "Record<string, unknown>"))]
        pub schema: Json,
    }

    /// A version of the registry.
    pub struct VersionRow {
        /// Its id.
        pub id: String,
        /// The entity's name.
        pub entity: String,
        /// `v1`, `v2`, ...
        pub version: String,
        /// The entity document.
        #[cfg_attr(feature = "ts", ts(type = "Record<string, unknown>"))]
        pub schema: Json,
        /// SHA-256 of its canonical form.
        pub schema_hash: String,
        /// Whether it runs.
        pub is_active: bool,
        /// Whether a release holds it.
        pub is_released: bool,
        /// RFC 3339.
        pub created_at: String,
        /// Who.
        pub created_by: String,
    }

    /// A version, when there is one.
    pub struct MaybeVersion {
        /// The version.
        pub version: Option<VersionRow>,
    }

    /// An entity, when there is one.
    pub struct MaybeEntity {
        /// The entity.
        pub entity: Option<EntityRow>,
    }

    /// A page of versions.
    pub struct VersionPage {
        /// The versions.
        pub data: Vec<VersionRow>,
        /// All there are.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub total: u64,
    }

    /// Lists versions of an entity.
    pub struct ListVersions {
        /// The entity's name.
        pub entity: String,
        /// From 1.
        pub page: Option<u32>,
        /// 1 to 200.
        pub page_size: Option<u32>,
    }

    /// A compiled model, for people.
    pub struct CompiledSummary {
        /// The entity.
        pub entity: String,
        /// The version.
        pub version: String,
        /// SHA-256 of the canonical schema.
        pub schema_hash: String,
        /// Physical table.
        pub table: String,
        /// Fields with their columns and types.
        pub fields: Vec<CompiledField>,
        /// Policies in order of evaluation.
        pub policies: Vec<String>,
        /// Whether the answer came from the cache.
        pub from_cache: bool,
    }

    /// A compiled field.
    pub struct CompiledField {
        /// Its name.
        pub name: String,
        /// Its column.
        pub column: String,
        /// Its type.
        #[serde(rename = "type")]
        pub kind: String,
        /// Whether it is required.
        pub required: bool,
    }

    /// A compiled model, when there is one.
    pub struct MaybeCompiled {
        /// The model.
        pub model: Option<CompiledSummary>,
    }

    /// Several compiled models.
    pub struct CompiledList {
        /// The models.
        pub models: Vec<CompiledSummary>,
    }

    /// Checks a schema without storing it.
    pub struct ValidateSchema {
        /// An entity document, or the reference's `{fields, policies}`.
        #[cfg_attr(feature = "ts", ts(type = "Record<string, unknown>"))]
        pub schema: Json,
    }

    /// What a check found.
    pub struct Validation {
        /// No errors.
        pub valid: bool,
        /// Everything found.
        pub findings: Vec<Finding>,
    }

    /// May a principal do this?
    pub struct AskPolicy {
        /// `create`, `read`, `update`, `delete`.
        pub action: String,
        /// The entity's name.
        pub resource: String,
        /// Who asks.
        pub principal: WirePrincipal,
    }

    /// Evaluates one policy by name.
    pub struct EvaluatePolicy {
        /// The entity's name.
        pub resource: String,
        /// The policy's name.
        pub policy: String,
        /// The action; any that the policy names when absent.
        pub action: Option<String>,
        /// Who asks.
        pub principal: WirePrincipal,
    }

    /// The answer, as evidence.
    pub struct PolicyAnswer {
        /// Allowed.
        pub allowed: bool,
        /// Decision id.
        pub decision_id: String,
        /// Digest of the policies that decided.
        pub policy_set: String,
        /// Policies that decided, by name.
        pub decided_by: Vec<String>,
        /// Why, one sentence.
        pub reason: String,
    }

    /// Asks which policies speak to an action.
    pub struct PolicyQuery {
        /// The action.
        pub action: String,
        /// The entity's name.
        pub resource: String,
    }

    /// Policies, in order of evaluation.
    pub struct PolicyList {
        /// The policies.
        pub policies: Vec<PolicyRow>,
    }

    /// A policy, for people.
    pub struct PolicyRow {
        /// Its name.
        pub name: String,
        /// `allow` or `deny`.
        pub effect: String,
        /// Roles; empty is everyone.
        pub roles: Vec<String>,
        /// Priority.
        pub priority: i64,
    }

    /// Filters of the audit log; all given ones must hold.
    pub struct AuditQuery {
        /// Any of these event types.
        pub event_type: Option<Vec<String>>,
        /// This user.
        pub user_id: Option<String>,
        /// This tenant.
        pub tenant_id: Option<String>,
        /// This resource.
        pub resource: Option<String>,
        /// Not before, RFC 3339.
        pub start_date: Option<String>,
        /// Not after, RFC 3339.
        pub end_date: Option<String>,
        /// `success` or `failure`.
        pub result: Option<String>,
        /// From 1.
        pub page: Option<u32>,
        /// 1 to 200; 50 when absent.
        pub page_size: Option<u32>,
    }

    /// Logs an event of the caller's own.
    pub struct LogEvent {
        /// Its type; `app.` goes before it.
        pub event_type: String,
        /// The action.
        pub action: String,
        /// On what.
        pub resource: String,
        /// More.
        #[cfg_attr(feature = "ts", ts(optional, type = "Record<string, unknown> | null"))]
        pub details: Option<Json>,
    }

    /// Names an audit event.
    pub struct EventRef {
        /// Its id.
        pub event_id: String,
    }

    /// The newest events.
    pub struct RecentEvents {
        /// At most this many; 20 when absent.
        pub limit: Option<u32>,
    }

    /// An audit event.
    pub struct AuditRow {
        /// Its id.
        pub event_id: String,
        /// Its type.
        pub event_type: String,
        /// RFC 3339.
        pub timestamp: String,
        /// Who.
        pub user_id: String,
        /// Tenant.
        pub tenant_id: String,
        /// Realm.
        pub realm_id: String,
        /// What.
        pub action: String,
        /// On what.
        pub resource: String,
        /// More.
        #[cfg_attr(feature = "ts", ts(optional, type = "Record<string, unknown> | null"))]
        pub details: Option<Json>,
        /// `success` or `failure`.
        pub result: String,
        /// What was wrong.
        pub error_message: Option<String>,
        /// Position in the tenant's chain.
        pub seq: i64,
        /// Its link's hash.
        pub hash: String,
    }

    /// A page of events, newest first.
    pub struct AuditPage {
        /// The events.
        pub data: Vec<AuditRow>,
        /// All there are.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub total: u64,
    }

    /// An event, when there is one.
    pub struct MaybeEvent {
        /// The event.
        pub event: Option<AuditRow>,
    }

    /// What verifying the chains found.
    pub struct AuditVerification {
        /// Whole, all of them.
        pub ok: bool,
        /// Events checked.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub checked: u64,
        /// Events that are written and not yet linked.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub unsealed: u64,
        /// The first break, when not ok.
        pub problem: Option<String>,
    }

    /// An entity with its first version, in one.
    pub struct CreateEntityWithVersion {
        /// The entity's name.
        pub name: String,
        /// For people.
        pub description: Option<String>,
        /// `v1`.
        pub version: String,
        /// An entity document, or the reference's `{fields, policies}`.
        #[cfg_attr(feature = "ts", ts(type = "Record<string, unknown>"))]
        pub schema: Json,
    }

    /// What the meta store answers.
    pub struct MetaStoreAnswer {
        /// The entity.
        pub entity: EntityRow,
        /// The version.
        pub version: VersionRow,
        /// The compiled model.
        pub model: CompiledSummary,
    }

    /// A schema, when there is one.
    pub struct MaybeSchema {
        /// The entity document.
        #[cfg_attr(feature = "ts", ts(optional, type = "Record<string, unknown> | null"))]
        pub schema: Option<Json>,
    }

    /// Health of a service.
    pub struct Health {
        /// Well.
        pub healthy: bool,
        /// What is wrong, or what was checked.
        pub message: String,
    }
}
