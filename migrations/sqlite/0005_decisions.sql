-- The decision log: what was decided, sampled and without values. Older entries go by themselves, see docs/server.md.
CREATE TABLE meta_decisions (
    tenant_id   TEXT NOT NULL,
    realm_id    TEXT NOT NULL,
    at          INTEGER NOT NULL,
    decision_id TEXT NOT NULL,
    user_id     TEXT NOT NULL,
    action      TEXT NOT NULL,
    entity      TEXT NOT NULL,
    record_id   TEXT,                          -- of a question about one record
    allowed     INTEGER NOT NULL CHECK (allowed IN (0, 1)),
    policy_set  TEXT NOT NULL,                 -- digest of the policies that decided
    decided_by  TEXT NOT NULL,                 -- their names, as a JSON list
    stands_for  INTEGER NOT NULL,              -- decisions that this one stands for
    PRIMARY KEY (tenant_id, realm_id, at, decision_id)
) STRICT, WITHOUT ROWID;

-- One log a tenant and realm. What could not be kept is counted.
CREATE TABLE meta_decision_logs (
    tenant_id TEXT NOT NULL,
    realm_id  TEXT NOT NULL,
    dropped   INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, realm_id)
) STRICT, WITHOUT ROWID;

-- What is drawn once for each store and never leaves it; the program that migrates fills it.
CREATE TABLE meta_secrets (
    name  TEXT PRIMARY KEY,                    -- 'mask': what hashes in place of values are made with
    value TEXT NOT NULL                        -- 32 random bytes, in hex
) STRICT;
