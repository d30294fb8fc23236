//! Files that are no stores, damaged ones, locked ones, full disks, kills: a clear refusal or a clean recovery.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use maq_query::{SqlValue, Statement};
use maq_store::{Refused, STORE_FORMAT, Store, StoreError, StoreKind, UnitOfWork};
use maq_store_sqlite::SqliteStore;
use maq_value::Instant;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant as Clock};

const KIND: StoreKind = StoreKind::Workspace;

fn create(path: &Path) -> Result<Arc<SqliteStore>, StoreError> {
    SqliteStore::create(path, KIND, "test", "sto_1", Instant(7))
}

fn draft(id: impl Into<String>, body: impl Into<String>) -> UnitOfWork {
    let sql = "INSERT INTO meta_drafts (id, kind, name, body, updated_at) VALUES (?1, 'entity', 'n', ?2, 0)";
    UnitOfWork::of([Statement::new(sql, vec![SqlValue::Text(id.into()), SqlValue::Text(body.into())])])
}

async fn drafts(store: &SqliteStore) -> Vec<String> {
    let rows = store.read(Statement::new("SELECT id FROM meta_drafts ORDER BY id", vec![])).await.unwrap();
    rows.0.iter().filter_map(|row| row[0].as_text().map(str::to_owned)).collect()
}

fn error(result: Result<Arc<SqliteStore>, StoreError>) -> StoreError {
    match result {
        Ok(_) => panic!("it opened"),
        Err(error) => error,
    }
}

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Place {
        Place { folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    fn with(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.file(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

#[tokio::test]
async fn a_store_says_what_it_is_after_closing_and_opening() {
    let place = Place::new();
    let path = place.file("a b.maquette");
    let store = create(&path).unwrap();
    store.commit(draft("ent_1", "{}")).await.unwrap();
    let info = store.info().clone();
    assert_eq!((info.kind, info.format, info.id.as_str()), (KIND, STORE_FORMAT, "sto_1"));
    store.close().await;
    assert!(!place.file("a b.maquette-wal").exists(), "closing leaves one file");
    assert!(matches!(store.commit(draft("ent_2", "{}")).await, Err(StoreError::Unavailable(_))));
    let store = SqliteStore::open(&path, KIND).unwrap();
    assert_eq!(store.info(), &info);
    assert_eq!(drafts(&store).await, ["ent_1"]);
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn opening_what_is_no_store_is_refused_and_leaves_it_alone() {
    let place = Place::new();
    assert!(matches!(error(SqliteStore::open(&place.file("none"), KIND)), StoreError::NotFound(_)));
    assert!(!place.file("none-lock").exists());
    assert!(matches!(error(SqliteStore::open(place.folder.path(), KIND)), StoreError::NotAStore { .. }));

    let foreign = place.file("foreign.db");
    let connection = rusqlite::Connection::open(&foreign).unwrap();
    connection.execute_batch("CREATE TABLE a (x); INSERT INTO a VALUES (1)").unwrap();
    drop(connection);
    let cases = [
        (place.with("empty", b""), "the file is empty"),
        (place.with("text", b"hello, I am a text, no database"), "it is no SQLite database"),
        (foreign, "it is a SQLite database of another program"),
    ];
    for (path, expected) in cases {
        let before = std::fs::read(&path).unwrap();
        let StoreError::NotAStore { location, reason } = error(SqliteStore::open(&path, KIND)) else { panic!() };
        assert_eq!((location, reason.as_str()), (path.display().to_string(), expected));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
}

#[tokio::test]
async fn a_workspace_does_not_open_as_a_server() {
    let place = Place::new();
    let path = place.file("w");
    create(&path).unwrap().close().await;
    let refused = error(SqliteStore::open(&path, StoreKind::Server));
    assert!(matches!(refused, StoreError::WrongKind { found: StoreKind::Workspace, .. }), "{refused}");
    SqliteStore::open(&path, KIND).unwrap();
}

#[tokio::test]
async fn a_store_of_a_newer_format_is_refused_by_number() {
    let place = Place::new();
    let path = place.file("w");
    create(&path).unwrap().close().await;
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", STORE_FORMAT + 1).unwrap();
    let refused = error(SqliteStore::open(&path, KIND));
    let StoreError::Newer { format, known, .. } = refused else { panic!("{refused}") };
    assert_eq!((format, known), (STORE_FORMAT + 1, STORE_FORMAT));
}

#[tokio::test]
async fn a_truncated_store_is_damaged_wherever_it_breaks_off() {
    let place = Place::new();
    let path = place.file("w");
    let store = create(&path).unwrap();
    store.commit(draft("ent_1", "x".repeat(20_000))).await.unwrap();
    store.close().await;
    let whole = std::fs::read(&path).unwrap();
    for length in [50, 99, 100, 4096, whole.len() / 2, whole.len() - 1] {
        let cut = place.with(&format!("cut-{length}"), &whole[..length]);
        let refused = error(SqliteStore::open(&cut, KIND));
        assert!(matches!(refused, StoreError::Corrupt { .. }), "{length}: {refused}");
    }
    let mut garbled = whole;
    garbled[100..3000].fill(0xA5);
    let refused = error(SqliteStore::open(&place.with("garbled", &garbled), KIND));
    assert!(matches!(refused, StoreError::Corrupt { .. }), "{refused}");
}

#[tokio::test]
async fn creating_over_something_is_refused_and_what_a_kill_left_is_swept_up() {
    let place = Place::new();
    let taken = place.with("taken", b"mine");
    assert!(matches!(error(create(&taken)), StoreError::Exists(_)));
    assert_eq!(std::fs::read(&taken).unwrap(), b"mine");
    assert!(matches!(error(create(&place.file("no/such/folder"))), StoreError::NotFound(_)));

    place.with("w-new", b"half a store");
    place.with("w-new-journal", b"half a journal");
    let store = create(&place.file("w")).unwrap();
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
    assert!(!place.file("w-new").exists() && !place.file("w-new-journal").exists());
}

#[tokio::test]
async fn a_folder_without_permission_says_so() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let closed = place.file("closed");
    std::fs::create_dir(&closed).unwrap();
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o500)).unwrap();
    if std::fs::write(closed.join("probe"), b"").is_ok() {
        // Root may write anywhere; then there is nothing to refuse.
        return;
    }
    assert!(matches!(error(create(&closed.join("w"))), StoreError::Permission(_)));
}

#[tokio::test]
async fn a_full_disk_refuses_one_unit_and_the_store_goes_on() {
    let place = Place::new();
    let path = place.file("w");
    let store = create(&path).unwrap();
    store.commit(draft("ent_0", "{}")).await.unwrap();
    let pages = |limit: i64| UnitOfWork::of([Statement::new(format!("PRAGMA max_page_count = {limit}"), vec![])]);
    let receipt = store.commit(pages(1)).await.unwrap();
    let used = receipt.returned[0].0[0][0].as_integer().unwrap();
    store.commit(pages(used + 40)).await.unwrap();
    let answers = {
        let commits = (1..40).map(|number| {
            let store = store.clone();
            let size = if number % 5 == 0 { 1_000_000 } else { 100 };
            tokio::spawn(async move { (number, store.commit(draft(format!("ent_{number}"), "x".repeat(size))).await) })
        });
        let commits: Vec<_> = commits.collect();
        let mut answers = Vec::new();
        for commit in commits {
            answers.push(commit.await.unwrap());
        }
        answers
    };
    for (number, answer) in &answers {
        match number % 5 {
            0 => assert!(matches!(answer, Err(StoreError::DiskFull(_))), "{number}: {answer:?}"),
            _ => assert!(answer.is_ok(), "{number}: {answer:?}"),
        }
    }
    assert_eq!(drafts(&store).await.len(), 33);
    store.commit(pages(1_000_000)).await.unwrap();
    store.commit(draft("ent_big", "x".repeat(1_000_000))).await.unwrap();
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn a_read_cannot_write() {
    let memory = SqliteStore::open_in_memory(KIND, "test", "sto_1", Instant(0)).unwrap();
    let place = Place::new();
    for store in [memory, create(&place.file("w")).unwrap()] {
        let write = Statement::new("DELETE FROM meta_store RETURNING id", vec![]);
        assert!(matches!(store.read(write).await, Err(StoreError::Fault(_))));
        let rows = store.read(Statement::new("SELECT COUNT(*) FROM meta_store", vec![])).await.unwrap();
        assert_eq!(rows.0, [[SqlValue::Integer(1)]]);
        let unbound = Statement::new("SELECT ?1, ?2", vec![SqlValue::Null]);
        assert!(matches!(store.read(unbound).await, Err(StoreError::Fault(_))), "a bind is missing");
        let misspelt = Statement::new("SELECT \"no such column\" FROM meta_store", vec![]);
        assert!(matches!(store.read(misspelt).await, Err(StoreError::Fault(_))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_a_store_frees_it_at_once_and_never_hangs() {
    let place = Place::new();
    let path = place.file("w");
    let store = create(&path).unwrap();
    assert!(matches!(error(SqliteStore::open(&path, KIND)), StoreError::Locked(_)));
    store.commit(draft("ent_1", "{}")).await.unwrap();
    drop(store);
    let store = SqliteStore::open(&path, KIND).unwrap();
    assert_eq!(drafts(&store).await, ["ent_1"]);

    // Rows that never come.
    let (never, rows) = std::sync::mpsc::channel::<Result<Vec<SqlValue>, Refused>>();
    let work = UnitOfWork {
        bulk: vec![maq_store::Bulk {
            statement: Statement::new("SELECT ?1", vec![]),
            rows: Box::new(rows.into_iter()),
        }],
        ..UnitOfWork::default()
    };
    let waiting = {
        let store = store.clone();
        tokio::spawn(async move { store.commit(work).await.map(drop) })
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    waiting.abort();
    let _ = waiting.await;
    let started = Clock::now();
    drop(store);
    assert!(started.elapsed() < Duration::from_secs(10));
    drop(never);
}

/// The other process of the tests below: opens the store, writes and says what was acknowledged until it is killed.
#[test]
fn child_writes_until_it_is_killed() {
    let Ok(path) = std::env::var("MAQ_STORE_SQLITE_CHILD") else { return };
    let first: usize = std::env::var("MAQ_STORE_SQLITE_FIRST").unwrap().parse().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = SqliteStore::open(Path::new(&path), KIND).unwrap();
        println!("open");
        for number in first.. {
            let unit = |part: usize| store.commit(draft(format!("{number}-{part}"), "x".repeat(300 * part)));
            let (a, b, c) = tokio::join!(unit(1), unit(2), unit(3));
            a.and(b).and(c).unwrap();
            println!("done {number}");
            std::io::stdout().flush().unwrap();
        }
    });
}

fn child(path: &Path, first: usize) -> (Child, impl Iterator<Item = String>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_writes_until_it_is_killed", "--nocapture", "--test-threads=1"])
        .env("MAQ_STORE_SQLITE_CHILD", path)
        .env("MAQ_STORE_SQLITE_FIRST", first.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    (child, lines)
}

#[tokio::test]
async fn another_process_is_locked_out_and_a_kill_loses_nothing_acknowledged() {
    let place = Place::new();
    let path = place.file("w");
    create(&path).unwrap().close().await;
    let mut acknowledged = 0;
    for round in 0..6_u64 {
        let (mut child, mut lines) = child(&path, acknowledged + 1);
        assert!(lines.any(|line| line.ends_with("open")));
        assert!(matches!(error(SqliteStore::open(&path, KIND)), StoreError::Locked(_)));
        std::thread::sleep(Duration::from_millis(20 + 37 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        let last = lines.filter_map(|line| line.strip_prefix("done ")?.parse().ok()).last();
        acknowledged = last.unwrap_or(acknowledged);
        let store = SqliteStore::open(&path, KIND).unwrap();
        assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
        let there = drafts(&store).await;
        for number in 1..=acknowledged {
            assert!((1..=3).all(|part| there.contains(&format!("{number}-{part}"))), "{number} is lost");
        }
        // What was written and not acknowledged may be there; the next round must not meet it.
        let sql = "DELETE FROM meta_drafts WHERE CAST(id AS INTEGER) > ?1";
        let late = Statement::new(sql, vec![SqlValue::Integer(i64::try_from(acknowledged).unwrap())]);
        store.commit(UnitOfWork::of([late])).await.unwrap();
        store.close().await;
    }
    assert!(acknowledged > 10, "the child wrote {acknowledged} units only");
}

#[test]
fn the_magic_of_a_new_store_is_ours() {
    let place = Place::new();
    let path = place.file("w");
    drop(create(&path).unwrap());
    let mut head = [0_u8; 100];
    std::fs::File::open(&path).unwrap().read_exact(&mut head).unwrap();
    assert_eq!(&head[68..72], b"MAQS");
    assert_eq!(maq_store_sqlite::APPLICATION_ID.to_be_bytes(), *b"MAQS");
}
