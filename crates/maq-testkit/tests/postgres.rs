//! The throw-away Postgres of the tests keeps what it promises.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests

use maq_testkit::postgres::{self, Cluster, Options, database, pgbouncer, psql};
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Why `text` is refused: the line `ERROR:  CODE: …` of psql.
fn refusal(url: &str, text: &str) -> String {
    let error = psql(url, text).expect_err("it was to be refused");
    let line = error.lines().find(|line| line.contains("ERROR:") || line.contains("FATAL:")).unwrap_or(&error);
    let begin = line.find("ERROR:").or_else(|| line.find("FATAL:")).unwrap_or(0);
    line[begin..].to_owned()
}

/// Whether something comes to pass within a minute.
fn in_time(mut happened: impl FnMut() -> bool) -> bool {
    let began = Instant::now();
    while !happened() {
        if began.elapsed() > Duration::from_secs(60) {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    true
}

/// The example `postgres_cluster`, which is built beside the tests, and the URL that it prints.
fn start_example() -> (Child, String) {
    let here = std::env::current_exe().unwrap();
    let program = here.parent().and_then(Path::parent).unwrap().join("examples/postgres_cluster");
    let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
    (child, url.trim().to_owned())
}

/// The process and the folder of the server at `url`.
fn process_and_folder(url: &str) -> (String, PathBuf) {
    let folder = PathBuf::from(psql(url, "SHOW unix_socket_directories").unwrap());
    let lock = std::fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    (lock.lines().next().unwrap().to_owned(), folder)
}

/// A program that is gone, or a zombie that only waits for a parent to look.
fn gone(process: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_none_or(|(_, fields)| fields.trim_start().starts_with('Z'))
}

#[test]
fn a_cluster_is_gone_when_its_process_is_killed() {
    let (mut child, url) = start_example();
    let (process, folder) = process_and_folder(&url);
    assert!(!gone(&process) && folder.exists());
    child.kill().unwrap(); // SIGKILL: the process itself does nothing more
    child.wait().unwrap();
    assert!(in_time(|| gone(&process) && !folder.exists()), "process {process} or {} is left", folder.display());
}

#[test]
fn a_cluster_is_gone_when_its_process_ends_in_order() {
    let (mut child, url) = start_example();
    let (process, folder) = process_and_folder(&url);
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    assert!(gone(&process) && !folder.exists());
}

#[test]
fn two_databases_at_once_know_nothing_of_each_other() {
    assert!(postgres::available());
    let (one, two) = (database(), database());
    assert_ne!(one.name, two.name);
    psql(&one.owner_url(), "CREATE TABLE public.orders (id int); INSERT INTO public.orders VALUES (1)").unwrap();
    assert_eq!(one.sql("SELECT count(*) FROM public.orders"), "1");
    assert_eq!(two.sql("SELECT to_regclass('public.orders') IS NULL"), "t");
    assert_eq!(
        refusal(&two.url(&one.owner()), "SELECT 1"),
        format!("FATAL:  permission denied for database \"{}\"", two.name)
    );
    assert_eq!(
        two.sql(
            "SHOW timezone; SHOW server_encoding; SELECT datcollate FROM pg_database WHERE datname = current_database()"
        ),
        "UTC\nUTF8\nC.UTF-8"
    );
}

#[test]
fn the_owner_makes_what_it_likes_in_its_database_and_no_role() {
    let database = database();
    let owner = database.owner_url();
    psql(&owner, "CREATE SCHEMA meta; CREATE TABLE meta.kinds (id int)").unwrap();
    assert_eq!(refusal(&owner, "CREATE ROLE another"), "ERROR:  42501: permission denied to create role");
    assert_eq!(refusal(&owner, "CREATE DATABASE another"), "ERROR:  42501: permission denied to create database");
    let rights = format!(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname LIKE '{}%'",
        database.name
    );
    assert_eq!(database.sql(&rights), "f|f|f|f\nf|f|f|f");
}

#[test]
fn the_data_role_may_connect_and_nothing_else() {
    let database = database();
    database.sql("CREATE TABLE public.orders (id int)");
    let data = database.data_url();
    assert_eq!(psql(&data, "SELECT current_user").unwrap(), database.data_role());
    assert_eq!(refusal(&data, "SELECT * FROM public.orders"), "ERROR:  42501: permission denied for schema public");
    assert_eq!(
        refusal(&data, "CREATE TABLE public.mine (id int)"),
        "ERROR:  42501: permission denied for schema public"
    );
    let schema = refusal(&data, "CREATE SCHEMA mine");
    assert_eq!(schema, format!("ERROR:  42501: permission denied for database {}", database.name));
    let temporary = refusal(&data, "CREATE TEMPORARY TABLE mine (id int)");
    assert_eq!(
        temporary,
        format!("ERROR:  42501: permission denied to create temporary tables in database \"{}\"", database.name)
    );
}

#[test]
fn a_dropped_database_leaves_no_role_behind() {
    let (watcher, gone) = (database(), database());
    let name = gone.name.clone();
    // A connection that is still open does not hold it back.
    let url = gone.owner_url();
    let sleeper = std::thread::spawn(move || psql(&url, "SELECT pg_sleep(600)"));
    let waits = format!("SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}' AND query LIKE '%sleep%'");
    assert!(in_time(|| watcher.sql(&waits) == "1"));
    drop(gone);
    let left = format!(
        "SELECT (SELECT count(*) FROM pg_database WHERE datname = '{name}') + (SELECT count(*) FROM pg_roles WHERE rolname LIKE '{name}%')"
    );
    assert_eq!(watcher.sql(&left), "0");
    let ended = sleeper.join().unwrap().unwrap_err();
    assert!(ended.contains("terminating connection due to administrator command"), "{ended}");
}

#[test]
fn what_was_committed_outlives_a_kill() {
    let cluster = Cluster::start(Options { fsync: true, ..Options::default() });
    assert_eq!(cluster.sql("postgres", "SHOW fsync; SHOW full_page_writes; SHOW synchronous_commit"), "on\non\non");
    cluster.sql("postgres", "CREATE TABLE orders (id int); INSERT INTO orders SELECT generate_series(1, 1000)");
    let (port, first) = (cluster.port(), cluster.process());
    cluster.kill_9();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    cluster.restart();
    assert_eq!(cluster.sql("postgres", "SELECT count(*) FROM orders"), "1000");
    assert_eq!(cluster.port(), port);
    assert_ne!(cluster.process(), first);
    assert!(cluster.log().contains("database system was not properly shut down"), "{}", cluster.log());
    cluster.stop();
    assert_eq!(cluster.process(), None);
    assert!(cluster.log().contains("database system is shut down"), "{}", cluster.log());
}

#[test]
fn a_cluster_with_tls_and_passwords_takes_nothing_less() {
    let cluster = Cluster::start(Options { tls: true, passwords: true, ..Options::default() });
    let root = cluster.certificate().unwrap();
    let url = format!("{}?sslmode=verify-full&sslrootcert={}", cluster.superuser_url("postgres"), root.display());
    assert_eq!(psql(&url, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").unwrap(), "t");
    let other_name = psql(&url.replace("@localhost:", "@127.0.0.1:"), "SELECT 1").unwrap_err();
    assert!(other_name.contains("does not match host name \"127.0.0.1\""), "{other_name}");
    let plain = refusal(&format!("{}?sslmode=disable", cluster.superuser_url("postgres")), "SELECT 1");
    assert!(plain.starts_with("FATAL:  no pg_hba.conf entry for host \"127.0.0.1\""), "{plain}");
    let word = cluster.password().unwrap();
    cluster.sql("postgres", &format!("CREATE ROLE shop LOGIN PASSWORD '{word}'"));
    assert_eq!(psql(&cluster.url("postgres", "shop"), "SELECT current_user").unwrap(), "shop");
    let wrong = refusal(&cluster.url("postgres", "shop").replace(word, "wrong"), "SELECT 1");
    assert_eq!(wrong, "FATAL:  password authentication failed for user \"shop\"");
    let pooler = pgbouncer(&cluster);
    assert_eq!(psql(&pooler.url("postgres", "shop"), "SELECT current_user").unwrap(), "shop");
}

#[test]
fn pgbouncer_pools_by_transaction_for_every_role() {
    let database = database();
    let pooler = pgbouncer(&database);
    let url = pooler.url(&database.name, &database.data_role());
    assert_eq!(url, pooler.url_of(&database.data_url()));
    assert_eq!(psql(&url, "SELECT current_user").unwrap(), database.data_role());
    // What a session leaves on its connection of the server is there for whoever comes next.
    psql(&url, "SET work_mem = '7MB'").unwrap();
    assert_eq!(psql(&url, "SHOW work_mem").unwrap(), "7MB");
    let port = pooler.port();
    drop(pooler);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}
