//! Statements on the meta tables (`migrations/`): registry, drafts and edits, releases and deployments, access,
//! audit queries. One function a statement; the columns of each reading one are listed in its documentation.

use crate::{Dialect, SqlValue, Statement};

/// SQL for `dialect` from text with `?1` places.
pub(crate) fn statement(dialect: Dialect, sql: &str, binds: Vec<SqlValue>) -> Statement {
    Statement::new(text_for(dialect, sql), binds)
}

/// As [`statement`], the text alone.
pub(crate) fn text_for(dialect: Dialect, sql: &str) -> String {
    match dialect {
        Dialect::Sqlite => sql.to_owned(),
        Dialect::Postgres => sql.replace('?', "$"),
    }
}

macro_rules! statements {
    ($( $(#[$doc:meta])* $name:ident($($arg:ident),*) = $sql:expr; )*) => {
        $(
            $(#[$doc])*
            #[allow(clippy::too_many_arguments, reason = "one argument a bind, checked by the compiler")]
            pub fn $name(dialect: Dialect, $($arg: impl Into<SqlValue>),*) -> Statement {
                statement(dialect, $sql, vec![$($arg.into()),*])
            }
        )*
    };
}

statements! {
    /// id, kind, name, created_at
    store_info() = "SELECT id, kind, name, created_at FROM meta_store";

    /// id, name, description, active_version, created_at, updated_at, created_by
    entity_by_name(name) = "SELECT id, name, description, active_version, created_at, updated_at, created_by FROM meta_entities WHERE name = ?1";
    /// As [`entity_by_name`].
    entity_by_id(id) = "SELECT id, name, description, active_version, created_at, updated_at, created_by FROM meta_entities WHERE id = ?1";
    /// As [`entity_by_name`], by name.
    list_entities(limit, offset) = "SELECT id, name, description, active_version, created_at, updated_at, created_by FROM meta_entities ORDER BY name LIMIT ?1 OFFSET ?2";
    /// count
    count_entities() = "SELECT COUNT(*) FROM meta_entities";
    /// Inserts an entity without versions.
    insert_entity(id, name, description, at, by) = "INSERT INTO meta_entities (id, name, description, active_version, created_at, updated_at, created_by) VALUES (?1, ?2, ?3, NULL, ?4, ?4, ?5)";
    /// Inserts an entity or renames the one of this id.
    upsert_entity(id, name, description, at, by) = "INSERT INTO meta_entities (id, name, description, active_version, created_at, updated_at, created_by) VALUES (?1, ?2, ?3, NULL, ?4, ?4, ?5) ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description, updated_at = excluded.updated_at";
    /// Frees a name for a chain of renames, versions first (cascades rest while foreign keys do); [`upsert_entity`]
    /// and [`unpark_versions`] give the new one.
    park_versions(id) = "UPDATE meta_versions SET entity_name = '#' || ?1 WHERE entity_name = (SELECT name FROM meta_entities WHERE id = ?1)";
    /// As [`park_versions`], the entity itself.
    park_entity(id) = "UPDATE meta_entities SET name = '#' || id WHERE id = ?1";
    /// Gives parked versions their entity's new name.
    unpark_versions(id, name) = "UPDATE meta_versions SET entity_name = ?2 WHERE entity_name = '#' || ?1";
    /// Sets the description.
    update_entity(id, description, at) = "UPDATE meta_entities SET description = ?2, updated_at = ?3 WHERE id = ?1";
    /// Sets or clears the active version.
    set_active_version(id, version, at) = "UPDATE meta_entities SET active_version = ?2, updated_at = ?3 WHERE id = ?1";
    /// Deletes the entity, and its versions with it.
    delete_entity(id) = "DELETE FROM meta_entities WHERE id = ?1";

    /// id, entity_name, version, schema, schema_hash, is_active, is_released, created_at, created_by
    version_by_name(entity, version) = "SELECT id, entity_name, version, schema, schema_hash, is_active, is_released, created_at, created_by FROM meta_versions WHERE entity_name = ?1 AND version = ?2";
    /// As [`version_by_name`].
    active_version(entity) = "SELECT id, entity_name, version, schema, schema_hash, is_active, is_released, created_at, created_by FROM meta_versions WHERE entity_name = ?1 AND is_active = 1";
    /// As [`version_by_name`]: every active version, by entity.
    active_versions() = "SELECT id, entity_name, version, schema, schema_hash, is_active, is_released, created_at, created_by FROM meta_versions WHERE is_active = 1 ORDER BY entity_name";
    /// As [`version_by_name`], oldest first.
    list_versions(entity, limit, offset) = "SELECT id, entity_name, version, schema, schema_hash, is_active, is_released, created_at, created_by FROM meta_versions WHERE entity_name = ?1 ORDER BY created_at, id LIMIT ?2 OFFSET ?3";
    /// count
    count_versions(entity) = "SELECT COUNT(*) FROM meta_versions WHERE entity_name = ?1";
    /// entity_name, version, schema_hash of every version, oldest first.
    version_hashes() = "SELECT entity_name, version, schema_hash FROM meta_versions ORDER BY created_at, id";
    /// Inserts a version that is not active.
    insert_version(id, entity, version, schema, hash, released, at, by) = "INSERT INTO meta_versions (id, entity_name, version, schema, schema_hash, is_active, is_released, created_at, created_by) VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7, ?8)";
    /// Inserts a released version, or marks the one that is there as released.
    upsert_released_version(id, entity, version, schema, hash, at, by) = "INSERT INTO meta_versions (id, entity_name, version, schema, schema_hash, is_active, is_released, created_at, created_by) VALUES (?1, ?2, ?3, ?4, ?5, 0, 1, ?6, ?7) ON CONFLICT (entity_name, version) DO UPDATE SET is_released = 1";
    /// Makes one version of an entity the active one.
    activate_version(entity, version) = "UPDATE meta_versions SET is_active = CASE WHEN version = ?2 THEN 1 ELSE 0 END WHERE entity_name = ?1";
    /// Leaves an entity without an active version.
    deactivate_versions(entity) = "UPDATE meta_versions SET is_active = 0 WHERE entity_name = ?1";
    /// Replaces the schema of a version that is neither active nor released.
    update_version(entity, version, schema, hash) = "UPDATE meta_versions SET schema = ?3, schema_hash = ?4 WHERE entity_name = ?1 AND version = ?2 AND is_active = 0 AND is_released = 0";
    /// Deletes a version that is neither active nor released.
    delete_version(entity, version) = "DELETE FROM meta_versions WHERE entity_name = ?1 AND version = ?2 AND is_active = 0 AND is_released = 0";
    /// count of released versions of an entity
    count_released(entity) = "SELECT COUNT(*) FROM meta_versions WHERE entity_name = ?1 AND is_released = 1";

    /// id, body
    list_drafts() = "SELECT id, body FROM meta_drafts ORDER BY kind, name, id";
    /// Inserts or replaces a draft.
    put_draft(id, kind, name, body, at) = "INSERT INTO meta_drafts (id, kind, name, body, updated_at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, body = excluded.body, updated_at = excluded.updated_at";
    /// Deletes a draft.
    delete_draft(id) = "DELETE FROM meta_drafts WHERE id = ?1";

    /// Appends an edit group; `group` is the id its sender drew.
    insert_edits(seq, label, edits, inverse, actor, at, group) = "INSERT INTO meta_edits (seq, label, edits, inverse, state, actor, made_at, group_id) VALUES (?1, ?2, ?3, ?4, 'done', ?5, ?6, ?7)";
    /// Appends an undo or redo of the group `of`: what was applied, for readers of the log; never undone itself.
    insert_edit_step(seq, label, edits, inverse, actor, at, group, of) = "INSERT INTO meta_edits (seq, label, edits, inverse, state, actor, made_at, group_id, of_seq) VALUES (?1, ?2, ?3, ?4, 'dropped', ?5, ?6, ?7, ?8)";
    /// A new edit of an actor makes what the actor took back unreachable.
    drop_undone_edits(actor) = "UPDATE meta_edits SET state = 'dropped' WHERE state = 'undone' AND actor = ?1";
    /// Marks a group done or undone.
    set_edit_state(seq, state) = "UPDATE meta_edits SET state = ?2 WHERE seq = ?1";
    /// seq, label, edits, inverse of the actor's newest done group
    last_done_edits(actor) = "SELECT seq, label, edits, inverse FROM meta_edits WHERE state = 'done' AND actor = ?1 ORDER BY seq DESC LIMIT 1";
    /// seq, label, edits, inverse of the actor's oldest undone group
    first_undone_edits(actor) = "SELECT seq, label, edits, inverse FROM meta_edits WHERE state = 'undone' AND actor = ?1 ORDER BY seq LIMIT 1";
    /// largest seq, 0 without any
    last_edit_seq() = "SELECT COALESCE(MAX(seq), 0) FROM meta_edits";
    /// seq, label, edits, inverse, state, actor, made_at, group_id, of_seq of every row of the log after `seq`, in order
    edits_after(seq) = "SELECT seq, label, edits, inverse, state, actor, made_at, group_id, of_seq FROM meta_edits WHERE seq > ?1 ORDER BY seq";
    /// As [`edits_after`]: the row of this group id.
    edits_by_group(group) = "SELECT seq, label, edits, inverse, state, actor, made_at, group_id, of_seq FROM meta_edits WHERE group_id = ?1";
    /// seq, label, state, actor, made_at; newest first, without dropped ones
    list_edits(limit) = "SELECT seq, label, state, actor, made_at FROM meta_edits WHERE state <> 'dropped' ORDER BY seq DESC LIMIT ?1";

    /// digest, number, label, envelope, key_id, created_at, created_by
    release_by_digest(digest) = "SELECT digest, number, label, envelope, key_id, created_at, created_by FROM meta_releases WHERE digest = ?1";
    /// As [`release_by_digest`], newest first.
    list_releases() = "SELECT digest, number, label, envelope, key_id, created_at, created_by FROM meta_releases ORDER BY number DESC";
    /// Inserts a release with the next number; one that is there stays.
    insert_release(digest, label, envelope, key_id, at, by) = "INSERT INTO meta_releases (digest, number, label, envelope, key_id, created_at, created_by) SELECT ?1, COALESCE(MAX(number), 0) + 1, ?2, ?3, ?4, ?5, ?6 FROM meta_releases WHERE true ON CONFLICT (digest) DO NOTHING";

    /// id, name, url
    list_targets() = "SELECT id, name, url FROM meta_targets ORDER BY name";
    /// Inserts a target.
    insert_target(id, name, url, at, by) = "INSERT INTO meta_targets (id, name, url, created_at, created_by) VALUES (?1, ?2, ?3, ?4, ?5)";
    /// Deletes a target.
    delete_target(id) = "DELETE FROM meta_targets WHERE id = ?1";

    /// seq, id, release_digest, plan_digest, direction, applied_at, applied_by, release number; oldest first
    list_deployments() = "SELECT d.seq, d.id, d.release_digest, d.plan_digest, d.direction, d.applied_at, d.applied_by, r.number FROM meta_deployments d JOIN meta_releases r ON r.digest = d.release_digest ORDER BY d.seq";
    /// Appends a deployment.
    insert_deployment(seq, id, release, plan, direction, at, by) = "INSERT INTO meta_deployments (seq, id, release_digest, plan_digest, direction, applied_at, applied_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    /// largest seq, 0 without any
    last_deployment_seq() = "SELECT COALESCE(MAX(seq), 0) FROM meta_deployments";

    /// scope, id, name
    list_names() = "SELECT scope, id, name FROM meta_names";
    /// Fixes a physical name; one that is fixed stays.
    fix_name(scope, id, name) = "INSERT INTO meta_names (scope, id, name) VALUES (?1, ?2, ?3) ON CONFLICT (scope, id) DO NOTHING";
    /// entity_id, definition
    list_tables() = "SELECT entity_id, definition FROM meta_tables ORDER BY entity_id";
    /// Inserts or replaces a physical table's definition.
    put_table(entity_id, definition) = "INSERT INTO meta_tables (entity_id, definition) VALUES (?1, ?2) ON CONFLICT (entity_id) DO UPDATE SET definition = excluded.definition";

    /// id, kind, principal, created_at, expires_at, revoked_at
    token_by_hash(hash) = "SELECT id, kind, principal, created_at, expires_at, revoked_at FROM meta_tokens WHERE hash = ?1";
    /// As [`token_by_hash`], then last_used_at.
    list_tokens() = "SELECT t.id, t.kind, t.principal, t.created_at, t.expires_at, t.revoked_at, u.last_used_at FROM meta_tokens t LEFT JOIN meta_token_uses u ON u.token_id = t.id ORDER BY t.created_at, t.id";
    /// Notes when a token was last used; an earlier moment changes nothing.
    note_token_use(id, at) = "INSERT INTO meta_token_uses (token_id, last_used_at) VALUES (?1, ?2) ON CONFLICT (token_id) DO UPDATE SET last_used_at = excluded.last_used_at WHERE meta_token_uses.last_used_at < excluded.last_used_at";
    /// Inserts a token.
    insert_token(id, hash, kind, principal, at, expires) = "INSERT INTO meta_tokens (id, hash, kind, principal, created_at, expires_at, revoked_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL)";
    /// Lets a token end at a moment, if it does not end before.
    end_token(id, at) = "UPDATE meta_tokens SET expires_at = ?2 WHERE id = ?1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?2)";
    /// Revokes a token.
    revoke_token(id, at) = "UPDATE meta_tokens SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL";

    /// key_id, public_key, created_at, created_by, revoked_at
    list_keys() = "SELECT key_id, public_key, created_at, created_by, revoked_at FROM meta_keys ORDER BY created_at, key_id";
    /// Trusts a key; a revoked one is trusted again.
    trust_key(key_id, public_key, at, by) = "INSERT INTO meta_keys (key_id, public_key, created_at, created_by, revoked_at) VALUES (?1, ?2, ?3, ?4, NULL) ON CONFLICT (key_id) DO UPDATE SET revoked_at = NULL";
    /// Revokes a key.
    revoke_key(key_id, at) = "UPDATE meta_keys SET revoked_at = ?2 WHERE key_id = ?1 AND revoked_at IS NULL";

    /// user_id, roles, created_at, created_by
    list_members() = "SELECT user_id, roles, created_at, created_by FROM meta_members ORDER BY created_at, user_id";
    /// Inserts a member or gives it other roles.
    put_member(user_id, roles, at, by) = "INSERT INTO meta_members (user_id, roles, created_at, created_by) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (user_id) DO UPDATE SET roles = excluded.roles";
    /// Takes a member out.
    delete_member(user_id) = "DELETE FROM meta_members WHERE user_id = ?1";

    /// id, name, created_at, suspended_at
    list_tenants() = "SELECT id, name, created_at, suspended_at FROM meta_tenants ORDER BY id";
    /// Inserts a tenant.
    insert_tenant(id, name, at) = "INSERT INTO meta_tenants (id, name, created_at, suspended_at) VALUES (?1, ?2, ?3, NULL)";
    /// Inserts a tenant that is not there yet.
    ensure_tenant(id, name, at) = "INSERT INTO meta_tenants (id, name, created_at, suspended_at) VALUES (?1, ?2, ?3, NULL) ON CONFLICT (id) DO NOTHING";
    /// Gives a tenant another name; its id stays.
    rename_tenant(id, name) = "UPDATE meta_tenants SET name = ?2 WHERE id = ?1";
    /// Suspends a tenant, or with NULL lets it work again.
    suspend_tenant(id, at) = "UPDATE meta_tenants SET suspended_at = ?2 WHERE id = ?1";

    /// position, rows
    load_position(id) = "SELECT position, rows FROM meta_loads WHERE id = ?1";
    /// Moves a load on.
    put_load_position(id, position, rows, at) = "INSERT INTO meta_loads (id, position, rows, updated_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE SET position = excluded.position, rows = excluded.rows, updated_at = excluded.updated_at";

    /// The columns of [`AUDIT_COLUMNS`]
    audit_by_event_id(event_id) = &format!("SELECT {AUDIT_COLUMNS} FROM meta_audit WHERE event_id = ?1");
    /// The columns of [`AUDIT_COLUMNS`]: one tenant's chain after a sequence number, in order
    audit_chain(tenant, after, limit) = &format!("SELECT {AUDIT_COLUMNS} FROM meta_audit WHERE tenant_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3");
    /// count of events that are written and not yet linked
    count_unsealed() = "SELECT COUNT(*) FROM meta_audit WHERE seq IS NULL";
    /// tenant_id of every chain
    audit_tenants() = "SELECT DISTINCT tenant_id FROM meta_audit ORDER BY tenant_id";
    /// Erases the payload of an event; the chain stays whole.
    erase_audit_details(event_id) = "UPDATE meta_audit SET details = NULL WHERE event_id = ?1";
}

/// Columns of an audit row, in the order of every audit read.
pub const AUDIT_COLUMNS: &str = "event_id, event_type, timestamp, user_id, tenant_id, realm_id, action, resource, details, result, error_message, salt, seq, leaf, prev_hash, hash";

/// Filters of an audit query; all given ones must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AuditFilter {
    /// Any of these; empty is every type.
    pub event_types: Vec<String>,
    /// This user.
    pub user_id: Option<String>,
    /// This tenant.
    pub tenant_id: Option<String>,
    /// This resource, or with `Invoice/` what stands below it too.
    pub resource: Option<String>,
    /// Not before, microseconds.
    pub start: Option<i64>,
    /// Not after, microseconds.
    pub end: Option<i64>,
    /// `success` or `failure`.
    pub result: Option<String>,
}

/// A page of audit rows ([`AUDIT_COLUMNS`]), newest first, and the count of all.
pub fn query_audit(dialect: Dialect, filter: &AuditFilter, limit: i64, offset: i64) -> (Statement, Statement) {
    let mut binds: Vec<SqlValue> = Vec::new();
    let mut conditions: Vec<String> = Vec::new();
    let mut bind = |value: SqlValue| {
        binds.push(value);
        format!("?{}", binds.len())
    };
    if !filter.event_types.is_empty() {
        let places: Vec<String> = filter.event_types.iter().map(|text| bind(text.as_str().into())).collect();
        conditions.push(format!("event_type IN ({})", places.join(", ")));
    }
    let texts = [
        ("user_id", &filter.user_id),
        ("tenant_id", &filter.tenant_id),
        ("resource", &filter.resource),
        ("result", &filter.result),
    ];
    for (column, value) in texts {
        if let Some(value) = value {
            let place = bind(value.as_str().into());
            conditions.push(format!("{column} = {place}"));
        }
    }
    for (comparison, value) in [(">=", filter.start), ("<=", filter.end)] {
        if let Some(value) = value {
            let place = bind(value.into());
            conditions.push(format!("timestamp {comparison} {place}"));
        }
    }
    let filter_sql = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
    let count = statement(dialect, &format!("SELECT COUNT(*) FROM meta_audit{filter_sql}"), binds.clone());
    binds.push(limit.into());
    let limit_place = binds.len();
    binds.push(offset.into());
    let sql = format!(
        "SELECT {AUDIT_COLUMNS} FROM meta_audit{filter_sql} ORDER BY timestamp DESC, tenant_id, seq DESC LIMIT ?{limit_place} OFFSET ?{}",
        limit_place + 1
    );
    (statement(dialect, &sql, binds), count)
}
