-- The decision log: what was decided, sampled and without values. Older entries go by themselves, see docs/server.md.
CREATE TABLE meta_decisions (
    tenant_id   TEXT COLLATE "C" NOT NULL,
    realm_id    TEXT COLLATE "C" NOT NULL,
    at          BIGINT NOT NULL,
    decision_id TEXT COLLATE "C" NOT NULL,
    user_id     TEXT COLLATE "C" NOT NULL,
    action      TEXT COLLATE "C" NOT NULL,
    entity      TEXT COLLATE "C" NOT NULL,
    record_id   TEXT COLLATE "C",              -- of a question about one record
    allowed     BIGINT NOT NULL CHECK (allowed IN (0, 1)),
    policy_set  TEXT COLLATE "C" NOT NULL,     -- digest of the policies that decided
    decided_by  TEXT COLLATE "C" NOT NULL,     -- their names, as a JSON list
    stands_for  BIGINT NOT NULL,               -- decisions that this one stands for
    PRIMARY KEY (tenant_id, realm_id, at, decision_id)
);
ALTER TABLE meta_decisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE meta_decisions FORCE ROW LEVEL SECURITY;
CREATE POLICY maquette_tenant ON meta_decisions
    USING (tenant_id = current_setting('maquette.tenant', true) AND realm_id = current_setting('maquette.realm', true));

-- One log a tenant and realm. What could not be kept is counted.
CREATE TABLE meta_decision_logs (
    tenant_id TEXT COLLATE "C" NOT NULL,
    realm_id  TEXT COLLATE "C" NOT NULL,
    dropped   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, realm_id)
);

-- What is drawn once for each store and never leaves it.
CREATE TABLE meta_secrets (
    name  TEXT COLLATE "C" PRIMARY KEY,        -- 'mask': what hashes in place of values are made with
    value TEXT COLLATE "C" NOT NULL            -- 32 bytes, in hex, made of 488 random bits
);
INSERT INTO meta_secrets (name, value) VALUES ('mask', encode(sha256(convert_to(
    gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'
)), 'hex'));

-- The roles for records of a server that was made before get the same rights as in one that is made now.
DO $grants$
DECLARE
    role_name TEXT;
BEGIN
    FOR role_name IN
        SELECT DISTINCT pg_get_userbyid(g.grantee) FROM pg_class c, aclexplode(c.relacl) g
        WHERE c.oid = 'meta_idempotency'::regclass AND g.privilege_type = 'INSERT' AND g.grantee NOT IN (0, c.relowner)
    LOOP
        EXECUTE format('GRANT SELECT, INSERT, DELETE ON meta_decisions TO %I', role_name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON meta_decision_logs TO %I', role_name);
        EXECUTE format('GRANT SELECT ON meta_secrets TO %I', role_name);
    END LOOP;
END
$grants$;
