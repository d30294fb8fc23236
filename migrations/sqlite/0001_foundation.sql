-- The meta tables of a workspace and of a server. Instants are microseconds since the epoch; JSON is text.

CREATE TABLE meta_store (
    id          TEXT PRIMARY KEY,              -- drawn when the store was made
    kind        TEXT NOT NULL CHECK (kind IN ('workspace', 'server')),
    name        TEXT NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE meta_entities (
    id             TEXT PRIMARY KEY,
    name           TEXT NOT NULL UNIQUE,
    description    TEXT,
    active_version TEXT,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    created_by     TEXT NOT NULL
) STRICT;

CREATE TABLE meta_versions (
    id          TEXT PRIMARY KEY,
    entity_name TEXT NOT NULL REFERENCES meta_entities (name) ON DELETE CASCADE ON UPDATE CASCADE
                DEFERRABLE INITIALLY DEFERRED,
    version     TEXT NOT NULL,
    schema      TEXT NOT NULL,                 -- the entity document
    schema_hash TEXT NOT NULL,                 -- SHA-256 of its canonical form
    is_active   INTEGER NOT NULL DEFAULT 0,
    is_released INTEGER NOT NULL DEFAULT 0,    -- part of a release: never changed, never deleted
    created_at  INTEGER NOT NULL,
    created_by  TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX meta_versions_entity_name_version_key ON meta_versions (entity_name, version);
CREATE INDEX meta_versions_entity_name_idx ON meta_versions (entity_name);
CREATE INDEX meta_versions_entity_name_is_active_idx ON meta_versions (entity_name, is_active);

CREATE TABLE meta_audit (
    id            TEXT PRIMARY KEY,
    event_id      TEXT NOT NULL,
    event_type    TEXT NOT NULL,
    timestamp     INTEGER NOT NULL,
    user_id       TEXT NOT NULL,
    tenant_id     TEXT NOT NULL,
    realm_id      TEXT NOT NULL,
    action        TEXT NOT NULL,
    resource      TEXT NOT NULL,
    details       TEXT,                        -- erasable
    result        TEXT NOT NULL CHECK (result IN ('success', 'failure')),
    error_message TEXT,
    salt          TEXT NOT NULL,
    seq           INTEGER NOT NULL,            -- position in the tenant's chain
    leaf          TEXT NOT NULL,
    prev_hash     TEXT NOT NULL,
    hash          TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX meta_audit_event_id_key ON meta_audit (event_id);
CREATE UNIQUE INDEX meta_audit_tenant_id_seq_key ON meta_audit (tenant_id, seq);
CREATE INDEX meta_audit_tenant_id_timestamp_idx ON meta_audit (tenant_id, timestamp DESC);
CREATE INDEX meta_audit_user_id_timestamp_idx ON meta_audit (user_id, timestamp DESC);
CREATE INDEX meta_audit_resource_timestamp_idx ON meta_audit (resource, timestamp DESC);
CREATE INDEX meta_audit_event_type_idx ON meta_audit (event_type);
CREATE TRIGGER meta_audit_no_delete BEFORE DELETE ON meta_audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER meta_audit_no_update BEFORE UPDATE ON meta_audit
WHEN NEW.details IS NOT NULL OR NEW.id <> OLD.id OR NEW.event_id <> OLD.event_id OR NEW.event_type <> OLD.event_type
  OR NEW.timestamp <> OLD.timestamp OR NEW.user_id <> OLD.user_id OR NEW.tenant_id <> OLD.tenant_id
  OR NEW.realm_id <> OLD.realm_id OR NEW.action <> OLD.action OR NEW.resource <> OLD.resource
  OR NEW.result <> OLD.result OR NEW.error_message IS NOT OLD.error_message OR NEW.salt <> OLD.salt
  OR NEW.seq <> OLD.seq OR NEW.leaf <> OLD.leaf OR NEW.prev_hash <> OLD.prev_hash OR NEW.hash <> OLD.hash
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;

-- What is being edited, as it stands now.
CREATE TABLE meta_drafts (
    id         TEXT PRIMARY KEY,               -- the document's id
    kind       TEXT NOT NULL,
    name       TEXT NOT NULL,
    body       TEXT NOT NULL,                  -- the document
    updated_at INTEGER NOT NULL
) STRICT;

-- Edit groups with their inverse: persistent undo and redo.
CREATE TABLE meta_edits (
    seq       INTEGER PRIMARY KEY,             -- 1, 2, 3, ... never reused
    label     TEXT NOT NULL,                   -- what the undo entry says
    edits     TEXT NOT NULL,
    inverse   TEXT NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('done', 'undone', 'dropped')), -- dropped: undone, then edited over
    actor     TEXT NOT NULL,
    made_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX meta_edits_state_seq_idx ON meta_edits (state, seq DESC);

CREATE TABLE meta_releases (
    digest     TEXT PRIMARY KEY,               -- SHA-256 of the canonical bundle
    number     INTEGER NOT NULL UNIQUE,
    label      TEXT,
    envelope   TEXT NOT NULL,                  -- the DSSE envelope
    key_id     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL
) STRICT;

CREATE TABLE meta_targets (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    url        TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL
) STRICT;

-- What was applied here, newest last; the last one is what runs.
CREATE TABLE meta_deployments (
    seq            INTEGER PRIMARY KEY,
    id             TEXT NOT NULL UNIQUE,
    release_digest TEXT NOT NULL REFERENCES meta_releases (digest),
    plan_digest    TEXT NOT NULL,
    direction      TEXT NOT NULL CHECK (direction IN ('apply', 'rollback')),
    applied_at     INTEGER NOT NULL,
    applied_by     TEXT NOT NULL
) STRICT;

-- Physical names, fixed at first publish.
CREATE TABLE meta_names (
    scope TEXT NOT NULL CHECK (scope IN ('table', 'column', 'index')),
    id    TEXT NOT NULL,                       -- entity, field, key or index id
    name  TEXT NOT NULL,
    PRIMARY KEY (scope, id)
) STRICT;

-- The physical tables as they stand: columns keep what was applied even when an older release runs.
CREATE TABLE meta_tables (
    entity_id  TEXT PRIMARY KEY,
    definition TEXT NOT NULL                   -- the last applied entity document that shaped the table
) STRICT;

CREATE TABLE meta_tokens (
    id         TEXT PRIMARY KEY,
    hash       TEXT NOT NULL UNIQUE,           -- SHA-256 of the token
    kind       TEXT NOT NULL CHECK (kind IN ('admin', 'data')),
    principal  TEXT NOT NULL,                  -- user, tenants, realm, roles, attributes
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER
) STRICT;

CREATE TABLE meta_keys (
    key_id     TEXT PRIMARY KEY,               -- SHA-256 of the public key, 16 hex digits
    public_key TEXT NOT NULL,                  -- base64
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    revoked_at INTEGER
) STRICT;

CREATE TABLE meta_tenants (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    suspended_at INTEGER
) STRICT;

-- Progress of resumable loads: what was acknowledged.
CREATE TABLE meta_loads (
    id         TEXT PRIMARY KEY,               -- release digest, entity, scope
    position   TEXT NOT NULL,
    rows       INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
