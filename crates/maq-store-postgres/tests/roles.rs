//! The second wall of tenancy: a login for records that row-level security holds, and a server that takes no other.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use maq_store::conformance::Sample;
use maq_store::{Store, StoreError, StoreKind};
use maq_store_postgres::PostgresStore;
use maq_testkit::postgres::{TestDatabase, database, pgbouncer, psql};
use support::{address, server};

/// A server with the tables of the suite's sample, and rows in them for the tenant `default`, realm `main`.
async fn filled() -> TestDatabase {
    let database = database();
    let store = server(&database).await;
    let sample = Sample::publish(&*store).await;
    sample.fill(&*store).await;
    store.close().await;
    // Simple names, for the statements below.
    for name in ["customer", "invoice", "node", "tag"] {
        database.sql(&format!("ALTER TABLE data.\"{name} rows\" RENAME TO {name}"));
    }
    database.sql("ALTER TABLE data.\"order\" RENAME TO note");
    database.sql("ALTER TABLE data.customer RENAME \"name \"\"x\"\"\" TO name");
    database.sql("ALTER TABLE data.tag RENAME \"customer \"\"x\"\"\" TO customer");
    database
}

/// Why the login for records is not taken; empty when it is.
async fn reason(database: &TestDatabase) -> String {
    let records = address(&database.data_url());
    match PostgresStore::open(&records, Some(&address(&database.owner_url())), StoreKind::Server).await {
        Ok(store) => {
            store.close().await;
            String::new()
        }
        Err(StoreError::Unsafe { location, reason }) => {
            assert_eq!(location, records.location());
            let role = format!("the role `{}` cannot be the one for records: ", database.data_role());
            reason.strip_prefix(&role).unwrap_or_else(|| panic!("{reason}")).to_owned()
        }
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_could_get_around_the_wall_is_refused() {
    let database = filled().await;
    let (data, owner) = (database.data_role(), database.owner());
    let (between, strong) = (format!("{data}_between"), format!("{data}_strong"));
    database.sql(&format!("CREATE ROLE {between}; CREATE ROLE {strong}; GRANT {between} TO {data}"));
    assert_eq!(reason(&database).await, "");
    let become_strong = format!("it may become {strong}, which can bypass row-level security");
    let through = format!("GRANT {strong} TO {between}");
    let not_through = format!("REVOKE {strong} FROM {between}");
    let cases = [
        (
            format!("ALTER ROLE {data} SUPERUSER"),
            format!("ALTER ROLE {data} NOSUPERUSER"),
            "it is a superuser".to_owned(),
        ),
        (format!("ALTER ROLE {data} BYPASSRLS"), format!("ALTER ROLE {data} NOBYPASSRLS"), "it has BYPASSRLS".into()),
        (
            format!("ALTER ROLE {data} REPLICATION"),
            format!("ALTER ROLE {data} NOREPLICATION"),
            "it has REPLICATION".into(),
        ),
        (
            format!("ALTER ROLE {data} CREATEROLE"),
            format!("ALTER ROLE {data} NOCREATEROLE"),
            "it may create roles".into(),
        ),
        (
            format!("{through}; ALTER ROLE {strong} BYPASSRLS"),
            format!("{not_through}; ALTER ROLE {strong} NOBYPASSRLS"),
            become_strong.clone(),
        ),
        (
            format!("{through}; ALTER ROLE {strong} SUPERUSER"),
            format!("{not_through}; ALTER ROLE {strong} NOSUPERUSER"),
            become_strong.clone(),
        ),
        (
            format!("{through}; ALTER ROLE {strong} CREATEROLE NOINHERIT"),
            format!("{not_through}; ALTER ROLE {strong} NOCREATEROLE INHERIT"),
            become_strong,
        ),
        (
            format!("GRANT pg_read_server_files TO {between}"),
            format!("REVOKE pg_read_server_files FROM {between}"),
            "it may become pg_read_server_files, which can bypass row-level security".into(),
        ),
        (
            format!("ALTER TABLE data.tag OWNER TO {data}"),
            format!(
                "ALTER TABLE data.tag OWNER TO {owner}; GRANT SELECT, INSERT, UPDATE, DELETE ON data.tag TO {data}"
            ),
            "it owns, or may become the owner of, data.tag".into(),
        ),
        (
            format!("ALTER TABLE meta.meta_tenants OWNER TO {between}"),
            format!("ALTER TABLE meta.meta_tenants OWNER TO {owner}"),
            "it owns, or may become the owner of, meta.meta_tenants".into(),
        ),
        (
            format!("ALTER SCHEMA data OWNER TO {between}"),
            format!("ALTER SCHEMA data OWNER TO {owner}; GRANT USAGE ON SCHEMA data TO {data}"),
            "it owns, or may become the owner of, the schema data".into(),
        ),
        (
            format!("GRANT CREATE ON SCHEMA data TO {between}"),
            format!("REVOKE CREATE ON SCHEMA data FROM {between}"),
            "it may create tables in the schema data".into(),
        ),
        (
            "GRANT CREATE ON SCHEMA meta TO PUBLIC".into(),
            "REVOKE CREATE ON SCHEMA meta FROM PUBLIC".into(),
            "it may create tables in the schema meta".into(),
        ),
        (
            format!("GRANT TRUNCATE ON data.tag TO {data}"),
            format!("REVOKE TRUNCATE ON data.tag FROM {data}"),
            "it may do more with the table data.tag than read and write its rows".into(),
        ),
        (
            format!("GRANT ALL ON data.tag TO {between}"),
            format!("REVOKE ALL ON data.tag FROM {between}"),
            "it may do more with the table data.tag than read and write its rows".into(),
        ),
        (
            "ALTER TABLE data.tag DISABLE ROW LEVEL SECURITY".into(),
            "ALTER TABLE data.tag ENABLE ROW LEVEL SECURITY".into(),
            "the table data.tag has no enforced row-level security".into(),
        ),
        (
            "ALTER TABLE data.tag NO FORCE ROW LEVEL SECURITY".into(),
            "ALTER TABLE data.tag FORCE ROW LEVEL SECURITY".into(),
            "the table data.tag has no enforced row-level security".into(),
        ),
        (
            "ALTER TABLE meta.meta_idempotency DISABLE ROW LEVEL SECURITY".into(),
            "ALTER TABLE meta.meta_idempotency ENABLE ROW LEVEL SECURITY".into(),
            "the table meta.meta_idempotency has no enforced row-level security".into(),
        ),
        (
            "ALTER TABLE meta.meta_decisions NO FORCE ROW LEVEL SECURITY".into(),
            "ALTER TABLE meta.meta_decisions FORCE ROW LEVEL SECURITY".into(),
            "the table meta.meta_decisions has no enforced row-level security".into(),
        ),
        (
            "CREATE POLICY wide ON meta.meta_decisions USING (true)".into(),
            "DROP POLICY wide ON meta.meta_decisions".into(),
            "the table meta.meta_decisions has another policy than that of tenants: wide".into(),
        ),
        (
            "ALTER POLICY maquette_tenant ON meta.meta_decisions USING (true)".into(),
            "ALTER POLICY maquette_tenant ON meta.meta_decisions USING (tenant_id = current_setting('maquette.tenant', \
             true) AND realm_id = current_setting('maquette.realm', true))"
                .into(),
            "the policy of tenants of the table meta.meta_decisions was changed".into(),
        ),
        (
            "CREATE TABLE data.\"Own thing\" (id INT)".into(),
            "DROP TABLE data.\"Own thing\"".into(),
            "the table data.\"Own thing\" has no enforced row-level security".into(),
        ),
        (
            "CREATE POLICY everyone ON data.tag FOR SELECT USING (true)".into(),
            "DROP POLICY everyone ON data.tag".into(),
            "the table data.tag has another policy than that of tenants: everyone".into(),
        ),
        (
            "ALTER POLICY maquette_tenant ON data.tag USING (true)".into(),
            "ALTER POLICY maquette_tenant ON data.tag USING (tenant_id = current_setting('maquette.tenant', true) AND \
             realm_id = current_setting('maquette.realm', true))"
                .into(),
            "the policy of tenants of the table data.tag was changed".into(),
        ),
        (
            format!("CREATE VIEW data.every_tag AS TABLE data.tag; GRANT SELECT ON data.every_tag TO {data}"),
            "DROP VIEW data.every_tag".into(),
            "data.every_tag may show rows of every tenant".into(),
        ),
        (
            format!("CREATE MATERIALIZED VIEW data.kept AS TABLE data.tag; GRANT SELECT ON data.kept TO {data}"),
            "DROP MATERIALIZED VIEW data.kept".into(),
            "data.kept may show rows of every tenant".into(),
        ),
    ];
    for (open, close, expected) in cases {
        database.sql(&open);
        assert_eq!(reason(&database).await, expected, "{open}");
        database.sql(&close);
    }
    // A policy that takes away more is nobody's danger.
    database.sql("CREATE POLICY fewer ON data.tag AS RESTRICTIVE USING (created_by <> 'x')");
    assert_eq!(reason(&database).await, "");
    // All of it at once is said at once, by whoever owns everything too.
    database.sql(&format!("GRANT {owner} TO {between}; ALTER ROLE {data} BYPASSRLS"));
    let all = reason(&database).await;
    assert!(all.starts_with("it has BYPASSRLS; it owns, or may become the owner of, "), "{all}");
    assert!(all.ends_with("; it owns, or may become the owner of, the schema data; it owns, or may become the owner of, the schema meta")
        || all.ends_with("; it owns, or may become the owner of, the schema meta; it owns, or may become the owner of, the schema data"), "{all}");
    database.sql(&format!("REVOKE {owner} FROM {between}; DROP ROLE {between}; DROP ROLE {strong}"));
}

/// What psql answers to the login for records: rows, or the words of the error.
fn as_data(database: &TestDatabase, sql: &str) -> String {
    let answered = psql(&database.data_url(), sql);
    answered.unwrap_or_else(|error| {
        let line = error.lines().find(|line| line.contains("ERROR:")).unwrap_or_default();
        line.split_once("ERROR:").map_or(error.clone(), |(_, words)| words.trim().to_owned())
    })
}

fn tables(database: &TestDatabase) -> Vec<String> {
    let listed = "SELECT relname FROM pg_class WHERE relnamespace = 'data'::regnamespace AND relkind = 'r' ORDER BY 1";
    database.sql(listed).lines().map(str::to_owned).collect()
}

const ME: &str = "SET search_path = data, meta; SELECT set_config('maquette.tenant', 'default', false) || set_config('maquette.realm', \
                  'main', false) \\g /dev/null\n";
const OTHER: &str = "SET search_path = data, meta; SELECT set_config('maquette.tenant', 'other', false) || set_config('maquette.realm', \
                     'main', false) \\g /dev/null\n";

#[tokio::test(flavor = "multi_thread")]
async fn without_a_tenant_there_are_no_rows() {
    let database = filled().await;
    let tables = tables(&database);
    assert_eq!(tables.len(), 5, "{tables:?}");
    database.sql(
        "INSERT INTO meta.meta_decisions VALUES ('default', 'main', 1, 'dec_1', 'x', 'read', 'Tag', NULL, 0, '', '[]', 1)",
    );
    let decisions = |set: &str| as_data(&database, &format!("{set} SELECT COUNT(*) FROM meta.meta_decisions"));
    assert_eq!((decisions(ME), decisions(OTHER)), ("1".to_owned(), "0".to_owned()));
    let all: Vec<&str> = tables.iter().map(String::as_str).chain(["meta_idempotency", "meta_decisions"]).collect();
    for table in all {
        for set in ["", "SET maquette.tenant = ''; SET maquette.realm = '';", "SET maquette.tenant = 'default';"] {
            let path = "SET search_path = data, meta;";
            assert_eq!(as_data(&database, &format!("{path} {set} SELECT COUNT(*) FROM {table}")), "0", "{table} {set}");
            let wipe = format!("{path} {set} WITH gone AS (DELETE FROM {table} RETURNING 1) SELECT COUNT(*) FROM gone");
            assert_eq!(as_data(&database, &wipe), "0", "{table} {set}");
        }
    }
    let put = "INSERT INTO data.tag (id, tenant_id, realm_id, row_version, created_at, created_by, updated_at, updated_by) \
               VALUES ('x', 'default', 'main', 1, now(), 'x', now(), 'x')";
    assert_eq!(as_data(&database, put), "42501: new row violates row-level security policy for table \"tag\"");
    assert_eq!(database.sql("SELECT COUNT(*) FROM data.customer"), "3", "nothing was taken away");
    assert_eq!(database.sql("SELECT COUNT(*) FROM meta.meta_decisions"), "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_another_tenant_cannot_be_reached_by_any_statement() {
    let database = filled().await;
    let denied = |table: &str| format!("42501: new row violates row-level security policy for table \"{table}\"");
    let stamps = "row_version, created_at, created_by, updated_at, updated_by";
    let stamped = "1, now(), 'x', now(), 'x'";
    for (sql, expected) in [
        ("SELECT COUNT(*) FROM customer".to_owned(), "0".to_owned()),
        ("SELECT COUNT(*) FROM customer WHERE tenant_id = 'default' OR true".into(), "0".into()),
        ("SELECT id FROM customer WHERE id = 1".into(), String::new()),
        ("SELECT id FROM customer WHERE id = 1 FOR UPDATE".into(), String::new()),
        ("UPDATE customer SET name = 'x' RETURNING id".into(), String::new()),
        ("UPDATE customer SET tenant_id = 'other' RETURNING id".into(), String::new()),
        ("DELETE FROM customer RETURNING id".into(), String::new()),
        ("COPY customer TO STDOUT".into(), String::new()),
        ("COPY (SELECT * FROM customer) TO STDOUT".into(), String::new()),
        // A condition that would tell of rows by failing is not asked before the policy.
        ("SELECT 1 FROM customer WHERE 1 / (id - id) = 1".into(), String::new()),
        (
            format!(
                "INSERT INTO customer (id, tenant_id, realm_id, {stamps}, name) VALUES (9, 'default', 'main', {stamped}, 'x')"
            ),
            denied("customer"),
        ),
        (
            format!(
                "INSERT INTO customer (id, tenant_id, realm_id, {stamps}, name) VALUES (9, 'other', 'test', {stamped}, 'x')"
            ),
            denied("customer"),
        ),
        (
            format!(
                "INSERT INTO customer (id, tenant_id, realm_id, {stamps}, name) VALUES (1, 'default', 'main', {stamped}, 'x') \
                 ON CONFLICT (tenant_id, realm_id, id) DO UPDATE SET name = 'x' RETURNING id"
            ),
            denied("customer"),
        ),
        (
            format!(
                "INSERT INTO customer (id, tenant_id, realm_id, {stamps}, name) VALUES (1, 'default', 'main', {stamped}, 'x') \
                 ON CONFLICT DO NOTHING RETURNING id"
            ),
            denied("customer"),
        ),
        (
            format!(
                "INSERT INTO tag (id, tenant_id, realm_id, {stamps}, customer) VALUES ('n', 'other', 'main', {stamped}, 1)"
            ),
            "23503: insert or update on table \"tag\" violates foreign key constraint \"tag rows.customer \"x\".fkey\""
                .into(),
        ),
        // Its own: the same id and the same unique number are free.
        (
            format!(
                "INSERT INTO customer (id, tenant_id, realm_id, {stamps}, name) VALUES (1, 'other', 'main', {stamped}, 'mine') \
                 RETURNING name"
            ),
            "mine".into(),
        ),
        ("UPDATE customer SET tenant_id = 'default'".into(), denied("customer")),
        ("UPDATE customer SET realm_id = 'test'".into(), denied("customer")),
    ] {
        let constraints = "SET CONSTRAINTS ALL IMMEDIATE;";
        let answered = as_data(&database, &format!("{OTHER} BEGIN; {constraints} {sql}; COMMIT;"));
        let answered = answered.split(" (").next().unwrap_or_default();
        assert_eq!(answered, expected, "{sql}");
    }
    // What this answers is another in each Postgres; what it must not do is the same.
    let _ =
        as_data(&database, &format!("{OTHER} MERGE INTO customer USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE"));
    assert_eq!(
        database.sql("SELECT string_agg(name, ',' ORDER BY id) FROM data.customer WHERE tenant_id = 'default'"),
        "Customer 1,Customer 2,Customer 3"
    );
    assert_eq!(as_data(&database, &format!("{ME} SELECT COUNT(*) FROM customer")), "3");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_back_to_its_own_tenant_after_a_transaction_with_another() {
    let database = filled().await;
    let within = "BEGIN; SELECT set_config('maquette.tenant', 'other', true) || set_config('maquette.realm', 'main', true); \
                  SELECT COUNT(*) FROM customer; ";
    for end in ["COMMIT", "ROLLBACK"] {
        let answered = as_data(&database, &format!("{ME} {within} {end}; SELECT COUNT(*) FROM customer;"));
        assert_eq!(answered, "othermain\n0\n3", "{end}");
    }
    // Behind a pooler a transaction sets its own, and leaves nothing for whoever gets the connection next.
    let pooler = pgbouncer(&database);
    let url = pooler.url_of(&database.data_url());
    let own = "BEGIN; SET LOCAL search_path = data; SELECT set_config('maquette.tenant', 'default', true) || \
               set_config('maquette.realm', 'main', true); SELECT COUNT(*) FROM customer; COMMIT;";
    let next = "SELECT COUNT(*) FROM data.customer;";
    assert_eq!(psql(&url, &format!("{own} {next} {own} {next}")).unwrap(), "defaultmain\n3\n0\ndefaultmain\n3\n0");
    assert_eq!(psql(&url, next).unwrap(), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_login_for_records_may_do_no_more_than_it_needs() {
    let database = filled().await;
    let data = database.data_role();
    let granted = format!(
        "SELECT format('%s.%s %s', n.nspname, c.relname, (SELECT string_agg(left(p, 1) || lower(substr(p, 2)), ' ' ORDER BY at) FROM \
         unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) WITH ORDINALITY AS u(p, at) \
         WHERE has_table_privilege('{data}', c.oid, p) OR (p IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND \
         has_any_column_privilege('{data}', c.oid, p)))) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE \
         n.nspname IN ('data', 'meta') AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY n.nspname, c.relname"
    );
    let lines = database.sql(&granted);
    let lines: Vec<&str> = lines.lines().map(str::trim).collect();
    // A new table must be put here, with what the records of a request need of it and no more.
    let expected = [
        "data.customer Select Insert Update Delete",
        "data.invoice Select Insert Update Delete",
        "data.node Select Insert Update Delete",
        "data.note Select Insert Update Delete",
        "data.tag Select Insert Update Delete",
        "meta.meta_audit Insert",
        "meta.meta_decision_logs Select Insert Update",
        "meta.meta_decisions Select Insert Delete",
        "meta.meta_deployments Select",
        "meta.meta_drafts",
        "meta.meta_edits",
        "meta.meta_entities Select",
        "meta.meta_idempotency Select Insert Delete",
        "meta.meta_keys Select",
        "meta.meta_loads Select Insert Update",
        "meta.meta_members",
        "meta.meta_migrations Select",
        "meta.meta_names Select",
        "meta.meta_outbox Insert",
        "meta.meta_releases Select",
        "meta.meta_revisions Select",
        "meta.meta_secrets Select",
        "meta.meta_store Select",
        "meta.meta_tables Select",
        "meta.meta_targets",
        "meta.meta_tenants Select",
        "meta.meta_token_uses Select Insert Update",
        "meta.meta_tokens Select",
        "meta.meta_versions Select",
    ];
    assert_eq!(lines, expected);
    let sequences = format!(
        "SELECT c.relname FROM pg_class c WHERE c.relkind = 'S' AND c.relnamespace IN ('data'::regnamespace, 'meta'::regnamespace) \
         AND CASE WHEN c.relkind = 'S' THEN has_sequence_privilege('{data}', c.oid, 'USAGE, SELECT, UPDATE') END"
    );
    assert_eq!(database.sql(&sequences), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_login_for_records_is_refused() {
    let database = filled().await;
    let owner = database.owner();
    for (sql, refused) in [
        ("TRUNCATE customer CASCADE".to_owned(), "42501: permission denied for table customer".to_owned()),
        ("ALTER TABLE customer DISABLE ROW LEVEL SECURITY".into(), "42501: must be owner of table customer".into()),
        ("DROP POLICY maquette_tenant ON customer".into(), "42501: must be owner of relation customer".into()),
        ("DROP TABLE customer".into(), "42501: must be owner of table customer".into()),
        ("CREATE TABLE data.mine (id INT)".into(), "42501: permission denied for schema data".into()),
        ("CREATE VIEW meta.mine AS SELECT 1".into(), "42501: permission denied for schema meta".into()),
        ("CREATE FUNCTION data.mine() RETURNS INT LANGUAGE SQL AS 'SELECT 1'".into(), "42501: permission denied for schema data".into()),
        ("CREATE TRIGGER mine BEFORE INSERT ON customer EXECUTE FUNCTION meta.meta_count_up()".into(), "42501: permission denied for table customer".into()),
        ("CREATE SCHEMA mine".into(), format!("42501: permission denied for database {}", database.name)),
        ("CREATE TEMP TABLE mine (id INT)".into(), format!("42501: permission denied to create temporary tables in database \"{}\"", database.name)),
        (format!("SET ROLE {owner}"), format!("42501: permission denied to set role \"{owner}\"")),
        (format!("SET SESSION AUTHORIZATION {owner}"), format!("42501: permission denied to set session authorization \"{owner}\"")),
        ("SELECT COUNT(*) FROM meta_audit".into(), "42501: permission denied for table meta_audit".into()),
        ("UPDATE meta_audit SET details = NULL".into(), "42501: permission denied for table meta_audit".into()),
        ("DELETE FROM meta_audit".into(), "42501: permission denied for table meta_audit".into()),
        ("SELECT COUNT(*) FROM meta_outbox".into(), "42501: permission denied for table meta_outbox".into()),
        ("INSERT INTO meta_tenants SELECT * FROM meta_tenants".into(), "42501: permission denied for table meta_tenants".into()),
        ("UPDATE meta_tokens SET id = id".into(), "42501: permission denied for table meta_tokens".into()),
        ("COPY meta_audit TO STDOUT".into(), "42501: permission denied for table meta_audit".into()),
        ("COPY customer TO '/tmp/rows'".into(), "42501: must be superuser or have privileges of the pg_write_server_files role to COPY to a file".into()),
        ("COPY customer TO PROGRAM 'cat'".into(), "42501: must be superuser or have privileges of the pg_execute_server_program role to COPY to or from an external program".into()),
        ("COPY customer FROM STDIN".into(), "0A000: COPY FROM not supported with row-level security".into()),
        ("SET row_security = off; SELECT COUNT(*) FROM customer".into(), "42501: query would be affected by row-level security policy for table \"customer\"".into()),
        ("SELECT pg_read_file('postgresql.conf')".into(), "42501: permission denied for function pg_read_file".into()),
    ] {
        let answered = as_data(&database, &format!("{ME} {sql};"));
        assert_eq!(answered, refused, "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_obeys_the_policy_too() {
    let database = filled().await;
    let count = |set: &str| psql(&database.owner_url(), &format!("{set} SELECT COUNT(*) FROM data.customer")).unwrap();
    assert_eq!((count("").as_str(), count(ME).as_str(), count(OTHER).as_str()), ("0", "3", "0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wall_that_fell_is_told_by_the_integrity_check() {
    let database = filled().await;
    let open = || async {
        let (records, admin) = (address(&database.data_url()), address(&database.owner_url()));
        PostgresStore::open(&records, Some(&admin), StoreKind::Server).await.unwrap()
    };
    let store = open().await;
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
    database.sql("ALTER TABLE data.tag NO FORCE ROW LEVEL SECURITY");
    assert_eq!(store.integrity().await.unwrap(), ["the table tag has no enforced row-level security"]);
    store.close().await;
}
