//! Row-level security only stands when nobody can get around it: what the role for records may be, and what it gets.

use crate::side::Side;
use maq_query::{SqlValue, Statement, quote};
use maq_store::StoreError;

/// Each way the role of this connection could get around row-level security, in words; none is well. Roles that read
/// the files of the database, or what is replicated, or that may make themselves members of others, get around it too.
const BYPASSES: &str = "
SELECT 'it is a superuser' WHERE EXISTS (SELECT FROM pg_roles WHERE rolname IN (session_user, current_user) AND rolsuper)
UNION ALL
SELECT 'it has BYPASSRLS' WHERE EXISTS (SELECT FROM pg_roles WHERE rolname IN (session_user, current_user) AND rolbypassrls)
UNION ALL
SELECT 'it has REPLICATION' WHERE EXISTS (SELECT FROM pg_roles WHERE rolname IN (session_user, current_user) AND rolreplication)
UNION ALL
SELECT 'it may become ' || string_agg(quote_ident(rolname), ', ' ORDER BY rolname) || ', which can bypass row-level security'
FROM pg_roles WHERE (rolsuper OR rolbypassrls OR rolreplication OR rolcreaterole OR rolname IN ('pg_read_server_files',
'pg_write_server_files', 'pg_execute_server_program')) AND rolname NOT IN (session_user, current_user)
AND pg_has_role(session_user, oid, 'MEMBER') HAVING count(*) > 0
UNION ALL
SELECT 'it may create roles' WHERE EXISTS (SELECT FROM pg_roles WHERE rolname IN (session_user, current_user) AND rolcreaterole)
UNION ALL
SELECT 'it owns, or may become the owner of, ' || string_agg(format('%I.%I', n.nspname, c.relname), ', ' ORDER BY 1) FROM
(SELECT * FROM pg_class ORDER BY relname) c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('data', 'meta')
AND c.relkind IN ('r', 'p') AND pg_has_role(session_user, c.relowner, 'MEMBER') HAVING count(*) > 0
UNION ALL
SELECT 'it owns, or may become the owner of, the schema ' || nspname FROM pg_namespace
WHERE nspname IN ('data', 'meta') AND pg_has_role(session_user, nspowner, 'MEMBER')
UNION ALL
SELECT 'it may create tables in the schema ' || nspname FROM pg_namespace
WHERE nspname IN ('data', 'meta') AND has_schema_privilege(session_user, oid, 'CREATE')
AND NOT pg_has_role(session_user, nspowner, 'MEMBER')
UNION ALL
SELECT format('it may do more with the table %I.%I than read and write its rows', n.nspname, c.relname) FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'data' AND c.relkind IN ('r', 'p')
AND has_table_privilege(session_user, c.oid, 'TRUNCATE, REFERENCES, TRIGGER') AND NOT pg_has_role(session_user, c.relowner,
'MEMBER')
UNION ALL
SELECT format('the table %I.%I has no enforced row-level security', n.nspname, c.relname) FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE (n.nspname = 'data' OR c.relname IN ('meta_idempotency',
'meta_decisions') AND n.nspname = 'meta') AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
UNION ALL
SELECT format('the table %I.%I has another policy than that of tenants: %I', p.schemaname, p.tablename, p.policyname)
FROM pg_policies p WHERE (p.schemaname = 'data' OR p.tablename IN ('meta_idempotency', 'meta_decisions') AND
p.schemaname = 'meta')
AND p.policyname <> 'maquette_tenant' AND p.permissive = 'PERMISSIVE'
UNION ALL
SELECT format('the policy of tenants of the table %I.%I was changed', p.schemaname, p.tablename) FROM pg_policies p
WHERE (p.schemaname = 'data' OR p.tablename = 'meta_decisions' AND p.schemaname = 'meta')
AND p.policyname = 'maquette_tenant' AND (p.with_check IS NOT NULL OR p.qual IS DISTINCT FROM
(SELECT o.qual FROM pg_policies o WHERE o.schemaname = 'meta' AND o.tablename = 'meta_idempotency' AND o.policyname =
'maquette_tenant' AND o.qual LIKE '%maquette.tenant%maquette.realm%'))
UNION ALL
SELECT format('%I.%I may show rows of every tenant', n.nspname, c.relname) FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles o ON o.oid = c.relowner WHERE n.nspname = 'data'
AND (c.relkind IN ('m', 'f') OR c.relkind = 'v' AND (o.rolsuper OR o.rolbypassrls))
AND has_table_privilege(session_user, c.oid, 'SELECT')";

/// Refuses a login for records that row-level security would not hold.
pub(crate) async fn refuse_bypass(side: &Side) -> Result<(), StoreError> {
    let statement = Statement::new(BYPASSES, Vec::new());
    let found = side.within("READ ONLY", async |runner, connection| runner.run(connection, &statement).await);
    let mut reasons: Vec<String> = texts(&found.await?.0);
    if reasons.first().is_some_and(|first| first == "it is a superuser") {
        // It may do everything; the rest says the same again.
        reasons.truncate(1);
    }
    if reasons.is_empty() {
        return Ok(());
    }
    let user = side.pool.address.options.get_username();
    let reason = format!("the role `{user}` cannot be the one for records: {}", reasons.join("; "));
    Err(StoreError::Unsafe { location: side.pool.address.location().to_owned(), reason })
}

fn texts(rows: &[Vec<SqlValue>]) -> Vec<String> {
    rows.iter().filter_map(|row| row.first().and_then(SqlValue::as_text)).map(str::to_owned).collect()
}

/// What a server's role for records gets, and everybody else loses.
pub(crate) fn grants(role: &str) -> String {
    let role = quote(role);
    let mut text = String::new();
    for line in [
        "REVOKE ALL ON SCHEMA data, meta FROM PUBLIC",
        "GRANT USAGE ON SCHEMA data, meta TO ROLE",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA data GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ROLE",
        "GRANT SELECT ON meta.meta_store, meta.meta_migrations, meta.meta_entities, meta.meta_versions, \
         meta.meta_releases, meta.meta_deployments, meta.meta_names, meta.meta_tables, meta.meta_tokens, \
         meta.meta_keys, meta.meta_tenants, meta.meta_loads, meta.meta_idempotency, meta.meta_revisions, \
         meta.meta_token_uses, meta.meta_decisions, meta.meta_decision_logs, meta.meta_secrets TO ROLE",
        "GRANT INSERT ON meta.meta_audit, meta.meta_outbox, meta.meta_loads, meta.meta_idempotency, \
         meta.meta_token_uses, meta.meta_decisions, meta.meta_decision_logs TO ROLE",
        "GRANT UPDATE ON meta.meta_loads, meta.meta_token_uses, meta.meta_decision_logs TO ROLE",
        "GRANT DELETE ON meta.meta_idempotency, meta.meta_decisions TO ROLE",
    ] {
        text.push_str(&line.replace("ROLE", &role));
        text.push_str(";\n");
    }
    text
}

/// Everything that is wrong with the tables of `schemas`, a line each.
pub(crate) fn integrity(schemas: &[String]) -> Statement {
    let names: Vec<String> = schemas.iter().map(|name| crate::run::literal(name)).collect();
    let names = names.join(", ");
    let records = crate::run::literal(schemas.first().map(String::as_str).unwrap_or_default());
    let sql = format!(
        "SELECT format('the index %I is not whole', c.relname) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ({names}) AND NOT (i.indisvalid AND i.indisready) \
         UNION ALL SELECT format('the constraint %I was never checked', o.conname) FROM pg_constraint o JOIN \
         pg_namespace n ON n.oid = o.connamespace WHERE n.nspname IN ({names}) AND NOT o.convalidated UNION ALL SELECT \
         format('the table %I has no enforced row-level security', c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid \
         = c.relnamespace WHERE n.nspname = {records} AND c.relkind IN ('r', 'p') AND c.relname NOT LIKE 'meta\\_%' AND NOT \
         (c.relrowsecurity AND c.relforcerowsecurity)"
    );
    Statement::new(sql, Vec::new())
}
