//! Foreign Postgres databases: read in one snapshot or refused, and never touched.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use maq_store::source::{NativeType, Pick, SourceError, SourceReader, SourceTable, SqlValue};
use maq_store_postgres::source::PostgresSource;
use maq_testkit::postgres::{Cluster, Options, PgBouncer, database, pgbouncer};
use maq_testkit::proxy::Proxy;
use maq_testkit::sources::NASTY_POSTGRES;

fn refused(url: &str) -> String {
    match PostgresSource::open(url) {
        Ok(source) => panic!("{} was opened", source.location()),
        Err(error) => error.to_string(),
    }
}

fn table(source: &PostgresSource, name: &str) -> SourceTable {
    source.catalogue().unwrap().tables.into_iter().find(|table| table.name == name).unwrap()
}

fn names(source: &PostgresSource) -> Vec<String> {
    source.catalogue().unwrap().tables.into_iter().map(|table| table.name).collect()
}

fn all_rows(source: &PostgresSource, table: &SourceTable) -> Result<Vec<Vec<SqlValue>>, SourceError> {
    let picks: Vec<Pick> = table.columns.iter().map(|column| Pick::Column(column.name.clone())).collect();
    source.rows(table, &picks)?.collect()
}

#[test]
fn what_cannot_be_opened_is_said_by_name_and_without_the_password() {
    let database = database();
    let url = database.superuser_url();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(
        refused(&format!("postgres://ann:s3cret@{free}/x")),
        format!("`postgres://ann@{free}/x` cannot be read: nothing answers at this host and port")
    );
    let lost = refused(&url.replace(&database.name, "not_there"));
    assert!(lost.starts_with("there is no `postgres://") && lost.ends_with("/not_there`"), "{lost}");
    let stranger = refused(&database.url("nobody_at_all"));
    assert!(stranger.contains("nobody_at_all"), "{stranger}");
    let schema = refused(&format!("{url}?schema=public,none"));
    assert!(schema.ends_with("?schema=public,none` cannot be read: there is no schema `none`"), "{schema}");
    assert!(refused("postgres://ann:s3cret@[::1").contains("the address cannot be read"));
}

#[test]
fn a_server_without_tls_is_said_where_tls_is_asked_for() {
    let database = database();
    let said = refused(&format!("{}?sslmode=require", database.superuser_url()));
    assert!(said.contains("no safe connection (TLS)"), "{said}");
}

#[test]
fn a_server_that_asks_for_tls_and_a_password_is_read_with_both_only() {
    let cluster = Cluster::start(Options { tls: true, passwords: true, ..Options::default() });
    let (url, password) = (cluster.superuser_url("postgres"), cluster.password().unwrap().to_owned());
    let url = url.split('?').next().unwrap().replace("127.0.0.1", "localhost");
    let root = cluster.certificate().unwrap();
    let safe = format!("{url}?sslmode=verify-full&sslrootcert={}", root.display());
    let source = PostgresSource::open(&safe).unwrap();
    assert!(!source.location().contains(&password));
    assert_eq!(names(&source), Vec::<String>::new());
    let wrong = refused(&safe.replace(&password, "wrong"));
    assert!(wrong.ends_with("cannot be read: the password is refused"), "{wrong}");
    let unknown = refused(&format!("{url}?sslmode=verify-full"));
    assert!(unknown.contains("no safe connection (TLS): ") || unknown.contains("certificate"), "{unknown}");
    let open = refused(&format!("{url}?sslmode=disable"));
    assert!(open.contains("the login is refused: no pg_hba.conf entry") && !open.contains(&password), "{open}");
}

#[test]
fn our_own_store_is_not_imported() {
    let database = database();
    database.sql("CREATE SCHEMA ws_shop; CREATE TABLE ws_shop.meta_store (a int); CREATE TABLE ws_shop.meta_audit (a int); CREATE TABLE public.t (a int);");
    let url = database.superuser_url();
    assert!(matches!(PostgresSource::open(&url), Err(SourceError::OwnStore(_))));
    let source = PostgresSource::open(&format!("{url}?schema=public")).unwrap();
    assert_eq!(names(&source), ["t"]);
    assert_eq!(source.location(), format!("{url}?schema=public"));
}

#[test]
fn all_reads_see_the_database_as_it_was_opened() {
    let database = database();
    database.sql("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2);");
    let source = PostgresSource::open(&database.superuser_url()).unwrap();
    database.sql("INSERT INTO t VALUES (3); CREATE TABLE later (a int);");
    let t = table(&source, "t");
    assert_eq!(t.row_count, 2);
    database.sql("DELETE FROM t");
    assert_eq!(all_rows(&source, &t).unwrap(), [[SqlValue::Integer(1)], [SqlValue::Integer(2)]]);
    assert_eq!(names(&source), ["t"]);
    assert_eq!(source.profile(&t).unwrap()[0].integers, 2);
}

#[test]
fn streams_may_interleave_and_be_dropped_early() {
    let database = database();
    database.sql("CREATE TABLE t (id int, body text); INSERT INTO t SELECT n, repeat('x', 1000) FROM generate_series(1, 20000) n;");
    let source = PostgresSource::open(&database.superuser_url()).unwrap();
    let t = table(&source, "t");
    let picks = [Pick::Column("id".into()), Pick::Column("body".into())];
    let mut first = source.rows(&t, &picks).unwrap();
    let mut second = source.rows(&t, &picks).unwrap();
    assert_eq!(first.next(), second.next());
    drop(first);
    assert_eq!(second.count(), 19_999);
    assert_eq!(source.rows(&t, &picks).unwrap().count(), 20_000);
}

#[tokio::test]
async fn the_blocking_port_may_be_called_and_dropped_inside_a_runtime() {
    let database = database();
    database.sql("CREATE TABLE t (a int); INSERT INTO t VALUES (1);");
    let source = PostgresSource::open(&database.superuser_url()).unwrap();
    let t = table(&source, "t");
    assert_eq!(all_rows(&source, &t).unwrap().len(), 1);
    drop(source);
}

#[test]
fn a_connection_cut_among_the_rows_is_an_error_and_never_fewer_rows() {
    let database = database();
    database.sql("CREATE TABLE t AS SELECT n, repeat(md5(n::text), 30) AS body FROM generate_series(1, 20000) n;");
    let proxy = Proxy::start(&database.superuser_url());
    let source = PostgresSource::open(&proxy.url_of(&database.superuser_url())).unwrap();
    let t = table(&source, "t");
    proxy.cut_after(3_000_000);
    let error = all_rows(&source, &t).unwrap_err();
    assert!(error.to_string().ends_with("the connection broke off"), "{error}");
}

#[test]
fn a_source_is_read_through_a_pooler_too() {
    let database = database();
    database.sql(&format!("CREATE TABLE t (a int); INSERT INTO t VALUES (1); GRANT USAGE ON SCHEMA public TO {0}; GRANT SELECT ON t TO {0};", database.data_role()));
    let pooler: PgBouncer = pgbouncer(&database);
    let url = pooler.url_of(&database.data_url());
    let source = PostgresSource::open(&format!("{url}?pgbouncer=true")).unwrap();
    assert_eq!(all_rows(&source, &table(&source, "t")).unwrap(), [[SqlValue::Integer(1)]]);
}

#[test]
fn nothing_can_be_written_by_reading() {
    let database = database();
    database.sql(
        "CREATE TABLE log (a int); CREATE TABLE t (a int);
         CREATE FUNCTION noted() RETURNS int LANGUAGE sql AS 'INSERT INTO log VALUES (1) RETURNING a';
         CREATE VIEW v AS SELECT noted();",
    );
    let source = PostgresSource::open(&database.superuser_url()).unwrap();
    source.catalogue().unwrap();
    assert_eq!(database.sql("SELECT count(*) FROM log"), "0");
    assert_eq!(
        database.sql(&format!(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = '{}' AND state = 'idle in transaction'",
            database.name
        )),
        "1"
    );
}

#[test]
fn the_catalogue_knows_schemas_types_and_what_hangs_on_tables() {
    let database = database();
    database.sql(NASTY_POSTGRES);
    let source = PostgresSource::open(&database.superuser_url()).unwrap();
    let all = names(&source);
    assert!(all.contains(&"order".to_owned()) && all.contains(&"sales.order".to_owned()));
    assert!(!all.iter().any(|name| name.starts_with("readings_")), "{all:?}");
    let drawn = table(&source, "drawn");
    assert_eq!(
        (drawn.comment.as_deref(), drawn.columns[0].comment.as_deref()),
        (Some("Drawn lots"), Some("the lot's number"))
    );
    let natives: Vec<_> = drawn
        .columns
        .iter()
        .map(|column| (column.name.as_str(), column.native.clone().unwrap(), column.identity))
        .collect();
    let money = NativeType::Decimal { limits: Some((12, 2)) };
    assert_eq!(
        natives,
        [
            ("id", NativeType::Whole, Some("identity")),
            ("code", NativeType::Text(Some(8)), None),
            ("cost", money.clone(), None),
            ("sale", money, None),
            ("ticket", NativeType::Whole, Some("identity")),
            ("counter", NativeType::Whole, Some("serial")),
            ("twice", NativeType::Decimal { limits: None }, None),
        ]
    );
    assert!(drawn.columns[1].not_null && drawn.columns[6].generated);
    assert_eq!(drawn.columns[3].default.as_deref(), Some("1.50"));
    assert_eq!(
        drawn.checks,
        [
            "((\"code\")::text <> 'VALUE'::text)",
            "(char_length((\"code\")::text) <= 6)",
            "(\"cost\" >= (0)::numeric)",
            "((\"sale\")::numeric < (1000000)::numeric)",
            "(\"sale\" >= (0)::numeric)",
        ]
    );
    let pointers = table(&source, "pointers");
    let keys: Vec<_> = pointers
        .foreign_keys
        .iter()
        .map(|key| (key.columns.join(","), key.target.as_str(), key.on_delete.as_str(), key.orphans, key.deferrable))
        .collect();
    assert_eq!(keys.len(), 5);
    assert!(keys.contains(&("px,py".into(), "pairs", "NO ACTION", 0, true)), "{keys:?}");
    assert!(keys.contains(&("own".into(), "pointers", "SET NULL", 0, false)));
    assert!(keys.contains(&("loose".into(), "uniques", "NO ACTION", 1, false)));
    let uniques = table(&source, "uniques");
    let hashed = uniques.indexes.iter().find(|index| index.name == "hashed").unwrap();
    assert_eq!(hashed.method.as_deref(), Some("hash"));
    let covering = uniques.indexes.iter().find(|index| index.name == "covering").unwrap();
    assert_eq!((&covering.columns, covering.descending), (&vec![Some("c".to_owned())], true));
    assert!(uniques.uniques.iter().any(|unique| unique.nulls_not_distinct && unique.constraint));
    assert_eq!(table(&source, "cities").row_count, 1, "the rows of a child are its own");
}
