-- Answers of requests that carried an idempotency key, so that sending them again does nothing twice.
CREATE TABLE meta_idempotency (
    tenant_id    TEXT NOT NULL,
    realm_id     TEXT NOT NULL,
    user_id      TEXT NOT NULL,
    key          TEXT NOT NULL,
    request_hash TEXT NOT NULL,                -- SHA-256 of what was asked
    answer       TEXT NOT NULL,                -- what was answered: status and body, as JSON
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, realm_id, user_id, key)
) STRICT;
CREATE INDEX meta_idempotency_expires_at_idx ON meta_idempotency (expires_at);

-- Events of committed changes, for whoever relays them; kept until they are acknowledged.
CREATE TABLE meta_outbox (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id   TEXT NOT NULL UNIQUE,
    topic      TEXT NOT NULL,                  -- `record.created`, ...
    tenant_id  TEXT NOT NULL,
    realm_id   TEXT NOT NULL,
    payload    TEXT NOT NULL,                  -- JSON
    created_at INTEGER NOT NULL
) STRICT;

-- Who may do what in a shared workspace. A workspace without members is its owner's alone.
CREATE TABLE meta_members (
    user_id    TEXT PRIMARY KEY,
    roles      TEXT NOT NULL,                  -- JSON list: viewer, designer, policyOwner, publisher, owner
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL
) STRICT;
