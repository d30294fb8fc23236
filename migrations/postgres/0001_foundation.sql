-- The meta tables of a workspace (schema `ws_<name>`) and of a server (schema `meta`). They are made in the first
-- schema of the search path. Instants are microseconds since the epoch; JSON is text; flags are 0 and 1: statements on
-- these tables are the same for every database.

CREATE TABLE meta_store (
    id          TEXT COLLATE "C" PRIMARY KEY,  -- drawn when the store was made
    kind        TEXT COLLATE "C" NOT NULL CHECK (kind IN ('workspace', 'server')),
    name        TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT NOT NULL
);

CREATE TABLE meta_entities (
    id             TEXT COLLATE "C" PRIMARY KEY,
    name           TEXT COLLATE "C" NOT NULL UNIQUE,
    description    TEXT COLLATE "C",
    active_version TEXT COLLATE "C",
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    created_by     TEXT COLLATE "C" NOT NULL
);

CREATE TABLE meta_versions (
    id          TEXT COLLATE "C" PRIMARY KEY,
    entity_name TEXT COLLATE "C" NOT NULL REFERENCES meta_entities (name) ON DELETE CASCADE ON UPDATE CASCADE
                DEFERRABLE INITIALLY DEFERRED,
    version     TEXT COLLATE "C" NOT NULL,
    schema      TEXT COLLATE "C" NOT NULL,     -- the entity document
    schema_hash TEXT COLLATE "C" NOT NULL,     -- SHA-256 of its canonical form
    is_active   BIGINT NOT NULL DEFAULT 0,
    is_released BIGINT NOT NULL DEFAULT 0,     -- part of a release: never changed, never deleted
    created_at  BIGINT NOT NULL,
    created_by  TEXT COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX meta_versions_entity_name_version_key ON meta_versions (entity_name, version);
CREATE INDEX meta_versions_entity_name_is_active_idx ON meta_versions (entity_name, is_active);

-- An event is written in the transaction of its change, without its place in the chain; the sealer gives it one within
-- a second, in the order of commits.
CREATE TABLE meta_audit (
    id            TEXT COLLATE "C" PRIMARY KEY,
    event_id      TEXT COLLATE "C" NOT NULL,
    event_type    TEXT COLLATE "C" NOT NULL,
    timestamp     BIGINT NOT NULL,
    user_id       TEXT COLLATE "C" NOT NULL,
    tenant_id     TEXT COLLATE "C" NOT NULL,
    realm_id      TEXT COLLATE "C" NOT NULL,
    action        TEXT COLLATE "C" NOT NULL,
    resource      TEXT COLLATE "C" NOT NULL,
    details       TEXT COLLATE "C",            -- erasable
    result        TEXT COLLATE "C" NOT NULL CHECK (result IN ('success', 'failure')),
    error_message TEXT COLLATE "C",
    salt          TEXT COLLATE "C" NOT NULL,
    seq           BIGINT,                      -- position in the tenant's chain; empty until sealed
    leaf          TEXT COLLATE "C" NOT NULL,
    prev_hash     TEXT COLLATE "C",
    hash          TEXT COLLATE "C",
    position      BIGINT GENERATED ALWAYS AS IDENTITY, -- the order in which the sealer takes them
    CHECK ((seq IS NULL) = (hash IS NULL) AND (seq IS NULL) = (prev_hash IS NULL))
);
CREATE UNIQUE INDEX meta_audit_event_id_key ON meta_audit (event_id);
CREATE UNIQUE INDEX meta_audit_tenant_id_seq_key ON meta_audit (tenant_id, seq);
CREATE INDEX meta_audit_unsealed_idx ON meta_audit (position) WHERE seq IS NULL;
CREATE INDEX meta_audit_tenant_id_timestamp_idx ON meta_audit (tenant_id, timestamp DESC);
CREATE INDEX meta_audit_user_id_timestamp_idx ON meta_audit (user_id, timestamp DESC);
CREATE INDEX meta_audit_resource_timestamp_idx ON meta_audit (resource, timestamp DESC);
CREATE INDEX meta_audit_event_type_idx ON meta_audit (event_type);

CREATE FUNCTION meta_audit_guard() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    IF TG_OP = 'UPDATE'
        AND (NEW.details IS NULL OR NEW.details IS NOT DISTINCT FROM OLD.details)
        AND ROW(NEW.id, NEW.event_id, NEW.event_type, NEW.timestamp, NEW.user_id, NEW.tenant_id, NEW.realm_id,
                NEW.action, NEW.resource, NEW.result, NEW.error_message, NEW.salt, NEW.leaf, NEW.position)
            IS NOT DISTINCT FROM
            ROW(OLD.id, OLD.event_id, OLD.event_type, OLD.timestamp, OLD.user_id, OLD.tenant_id, OLD.realm_id,
                OLD.action, OLD.resource, OLD.result, OLD.error_message, OLD.salt, OLD.leaf, OLD.position)
        AND (OLD.seq IS NULL OR ROW(NEW.seq, NEW.prev_hash, NEW.hash) IS NOT DISTINCT FROM
             ROW(OLD.seq, OLD.prev_hash, OLD.hash))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'check_violation', CONSTRAINT = 'meta_audit_append_only';
END
$guard$;
CREATE TRIGGER meta_audit_no_change BEFORE UPDATE OR DELETE ON meta_audit
FOR EACH ROW EXECUTE FUNCTION meta_audit_guard();
CREATE TRIGGER meta_audit_no_truncate BEFORE TRUNCATE ON meta_audit
FOR EACH STATEMENT EXECUTE FUNCTION meta_audit_guard();

-- What is being edited, as it stands now.
CREATE TABLE meta_drafts (
    id         TEXT COLLATE "C" PRIMARY KEY,   -- the document's id
    kind       TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    body       TEXT COLLATE "C" NOT NULL,      -- the document
    updated_at BIGINT NOT NULL
);

-- Edit groups with their inverse: persistent undo and redo.
CREATE TABLE meta_edits (
    seq       BIGINT PRIMARY KEY,              -- 1, 2, 3, ... never reused
    label     TEXT COLLATE "C" NOT NULL,       -- what the undo entry says
    edits     TEXT COLLATE "C" NOT NULL,
    inverse   TEXT COLLATE "C" NOT NULL,
    state     TEXT COLLATE "C" NOT NULL CHECK (state IN ('done', 'undone', 'dropped')), -- dropped: undone, then edited over
    actor     TEXT COLLATE "C" NOT NULL,
    made_at   BIGINT NOT NULL,
    group_id  TEXT COLLATE "C",                -- drawn by the sender, so that sending again does nothing twice
    of_seq    BIGINT                           -- undo or redo: the group it takes back or brings again; its state is 'dropped'
);
CREATE INDEX meta_edits_state_seq_idx ON meta_edits (state, seq DESC);
CREATE UNIQUE INDEX meta_edits_group_id_key ON meta_edits (group_id) WHERE group_id IS NOT NULL;

CREATE TABLE meta_releases (
    digest     TEXT COLLATE "C" PRIMARY KEY,   -- SHA-256 of the canonical bundle
    number     BIGINT NOT NULL UNIQUE,
    label      TEXT COLLATE "C",
    envelope   TEXT COLLATE "C" NOT NULL,      -- the DSSE envelope
    key_id     TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL
);

CREATE TABLE meta_targets (
    id         TEXT COLLATE "C" PRIMARY KEY,
    name       TEXT COLLATE "C" NOT NULL UNIQUE,
    url        TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL
);

-- What was applied here, newest last; the last one is what runs.
CREATE TABLE meta_deployments (
    seq            BIGINT PRIMARY KEY,
    id             TEXT COLLATE "C" NOT NULL UNIQUE,
    release_digest TEXT COLLATE "C" NOT NULL REFERENCES meta_releases (digest),
    plan_digest    TEXT COLLATE "C" NOT NULL,
    direction      TEXT COLLATE "C" NOT NULL CHECK (direction IN ('apply', 'rollback')),
    applied_at     BIGINT NOT NULL,
    applied_by     TEXT COLLATE "C" NOT NULL
);

-- Physical names, fixed at first publish.
CREATE TABLE meta_names (
    scope TEXT COLLATE "C" NOT NULL CHECK (scope IN ('table', 'column', 'index')),
    id    TEXT COLLATE "C" NOT NULL,           -- entity, field, key or index id
    name  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (scope, id)
);

-- The physical tables as they stand: columns keep what was applied even when an older release runs.
CREATE TABLE meta_tables (
    entity_id  TEXT COLLATE "C" PRIMARY KEY,
    definition TEXT COLLATE "C" NOT NULL       -- the last applied entity document that shaped the table
);

CREATE TABLE meta_tokens (
    id         TEXT COLLATE "C" PRIMARY KEY,
    hash       TEXT COLLATE "C" NOT NULL UNIQUE, -- SHA-256 of the token
    kind       TEXT COLLATE "C" NOT NULL CHECK (kind IN ('admin', 'data')),
    principal  TEXT COLLATE "C" NOT NULL,      -- user, tenants, realm, roles, attributes
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT
);

-- When a token was last used, apart from the token: the role for records may write this and no token.
CREATE TABLE meta_token_uses (
    token_id     TEXT COLLATE "C" PRIMARY KEY,
    last_used_at BIGINT NOT NULL
);

CREATE TABLE meta_keys (
    key_id     TEXT COLLATE "C" PRIMARY KEY,   -- SHA-256 of the public key, 16 hex digits
    public_key TEXT COLLATE "C" NOT NULL,      -- base64
    created_at BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    revoked_at BIGINT
);

CREATE TABLE meta_tenants (
    id           TEXT COLLATE "C" PRIMARY KEY,
    name         TEXT COLLATE "C" NOT NULL,
    created_at   BIGINT NOT NULL,
    suspended_at BIGINT
);

-- Progress of resumable loads: what was acknowledged.
CREATE TABLE meta_loads (
    id         TEXT COLLATE "C" PRIMARY KEY,   -- release digest, entity, scope
    position   TEXT COLLATE "C" NOT NULL,
    rows       BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Answers of requests that carried an idempotency key, so that sending them again does nothing twice.
CREATE TABLE meta_idempotency (
    tenant_id    TEXT COLLATE "C" NOT NULL,
    realm_id     TEXT COLLATE "C" NOT NULL,
    user_id      TEXT COLLATE "C" NOT NULL,
    key          TEXT COLLATE "C" NOT NULL,
    request_hash TEXT COLLATE "C" NOT NULL,    -- SHA-256 of what was asked
    answer       TEXT COLLATE "C" NOT NULL,    -- what was answered: status and body, as JSON
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, realm_id, user_id, key)
);
CREATE INDEX meta_idempotency_expires_at_idx ON meta_idempotency (expires_at);
ALTER TABLE meta_idempotency ENABLE ROW LEVEL SECURITY;
ALTER TABLE meta_idempotency FORCE ROW LEVEL SECURITY;
CREATE POLICY maquette_tenant ON meta_idempotency
    USING (tenant_id = current_setting('maquette.tenant', true) AND realm_id = current_setting('maquette.realm', true));

-- Events of committed changes, for whoever relays them; kept until they are acknowledged.
CREATE TABLE meta_outbox (
    seq        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id   TEXT COLLATE "C" NOT NULL UNIQUE,
    topic      TEXT COLLATE "C" NOT NULL,      -- `record.created`, ...
    tenant_id  TEXT COLLATE "C" NOT NULL,
    realm_id   TEXT COLLATE "C" NOT NULL,
    payload    TEXT COLLATE "C" NOT NULL,      -- JSON
    created_at BIGINT NOT NULL
);

-- Who may do what in a shared workspace. A workspace without members is its owner's alone.
CREATE TABLE meta_members (
    user_id    TEXT COLLATE "C" PRIMARY KEY,
    roles      TEXT COLLATE "C" NOT NULL,      -- JSON list: viewer, designer, policyOwner, publisher, owner
    created_at BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL
);

-- Counts the commits that other processes must hear of, for those whose connection cannot listen.
CREATE TABLE meta_revisions (
    topic    TEXT COLLATE "C" PRIMARY KEY,
    revision BIGINT NOT NULL
);

-- A reference that its target's deletion empties is a change of the record.
CREATE FUNCTION meta_count_up() RETURNS trigger LANGUAGE plpgsql AS $count$
BEGIN
    NEW.row_version := OLD.row_version + 1;
    RETURN NEW;
END
$count$;
