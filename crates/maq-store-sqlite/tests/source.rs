//! Foreign databases: read whole or refused, and never touched.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use maq_store::source::{Pick, SourceError, SourceReader, SqlValue};
use maq_store_sqlite::source::SqliteSource;
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder with `source.db` made by `sql`.
fn made(sql: &str) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("source.db");
    let connection = Connection::open(&path).unwrap();
    connection.pragma_update(None, "foreign_keys", false).unwrap();
    connection.execute_batch(sql).unwrap();
    (folder, path)
}

/// Names and bytes of everything in the folder.
fn picture(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect();
    all.sort();
    all
}

/// Everything a source gives, read to the end; the number of rows.
fn read_all(source: &SqliteSource) -> Result<usize, SourceError> {
    let mut count = 0;
    for table in source.catalogue()?.tables {
        source.profile(&table)?;
        let picks: Vec<Pick> = table.columns.iter().map(|column| Pick::Column(column.name.clone())).collect();
        for row in source.rows(&table, &picks)? {
            row?;
            count += 1;
        }
    }
    Ok(count)
}

fn refused(path: &Path) -> SourceError {
    match SqliteSource::open(path) {
        Ok(_) => panic!("{} was opened", path.display()),
        Err(error) => error,
    }
}

const MANY_ROWS: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
    INSERT INTO t SELECT i, printf('%0200d', i) FROM n;";

#[test]
fn what_is_no_database_is_refused_by_name() {
    let folder = TempDir::new().unwrap();
    assert!(matches!(refused(&folder.path().join("none.db")), SourceError::NotFound(_)));
    assert!(matches!(refused(folder.path()), SourceError::NotADatabase { reason, .. } if reason == "it is a folder"));
    for (bytes, part) in [
        (&b""[..], "the file is empty"),
        (&b"SQLite f"[..], "the file breaks off in its header"),
        (&[0xA7_u8; 8192][..], "it does not begin like a SQLite database; it may be encrypted or of another kind"),
    ] {
        let path = folder.path().join("x.db");
        fs::write(&path, bytes).unwrap();
        assert!(matches!(refused(&path), SourceError::NotADatabase { reason, .. } if reason == part), "{part}");
    }
}

#[test]
fn a_file_cut_at_any_page_is_refused_whole() {
    let (_folder, path) = made(MANY_ROWS);
    let whole = fs::read(&path).unwrap();
    for length in [100, 4096, whole.len() / 2, whole.len() - 4096, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        assert!(matches!(refused(&path), SourceError::Damaged { .. }), "cut at {length}");
    }
}

#[test]
fn damage_inside_is_refused_and_never_a_panic() {
    let (_folder, path) = made(MANY_ROWS);
    let whole = fs::read(&path).unwrap();
    let mut damaged = whole.clone();
    damaged[4096 * 3..4096 * 4].fill(0xFF);
    fs::write(&path, &damaged).unwrap();
    assert!(matches!(refused(&path), SourceError::Damaged { .. }));
}

#[test]
fn our_own_store_is_not_imported() {
    let (_folder, path) = made("CREATE TABLE meta_store (id TEXT); CREATE TABLE meta_audit (id TEXT);");
    assert!(matches!(refused(&path), SourceError::OwnStore(_)));
    let (_folder, path) = made("CREATE TABLE meta_store (id TEXT); INSERT INTO meta_store VALUES ('a stranger');");
    assert_eq!(read_all(&SqliteSource::open(&path).unwrap()), Ok(1));
}

#[test]
fn reading_leaves_no_trace_in_any_journal_mode() {
    for mode in ["DELETE", "PERSIST", "WAL"] {
        let (folder, path) = made(&format!("PRAGMA journal_mode = {mode}; {MANY_ROWS}"));
        let before = picture(folder.path());
        assert_eq!(read_all(&SqliteSource::open(&path).unwrap()), Ok(2000), "{mode}");
        assert_eq!(picture(folder.path()), before, "{mode}");
    }
}

/// Copies the files of a database whose writer is still open, as a kill would leave them.
fn left_behind(from: &Path, suffixes: &[&str]) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("source.db");
    for suffix in suffixes {
        let beside = |base: &Path| PathBuf::from(format!("{}{suffix}", base.display()));
        fs::copy(beside(from), beside(&path)).unwrap();
    }
    (folder, path)
}

#[test]
fn rows_that_stand_only_in_the_log_of_a_killed_writer_come_too() {
    let (_folder, path) = made("PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1);");
    let writer = Connection::open(&path).unwrap();
    writer.execute_batch("PRAGMA wal_autocheckpoint = 0; INSERT INTO t VALUES (2);").unwrap();
    let (folder, copy) = left_behind(&path, &["", "-wal"]);
    let before = picture(folder.path());
    assert_eq!(read_all(&SqliteSource::open(&copy).unwrap()), Ok(2));
    assert_eq!(picture(folder.path()), before);
}

#[test]
fn a_transaction_that_broke_off_is_left_out_without_touching_the_file() {
    let (_folder, path) = made(MANY_ROWS);
    let writer = Connection::open(&path).unwrap();
    // A tiny cache spills the open transaction into the file, so that only its journal makes it whole.
    writer
        .execute_batch("PRAGMA cache_size = 2; BEGIN; UPDATE t SET body = 'half'; DELETE FROM t WHERE id > 5;")
        .unwrap();
    let (folder, copy) = left_behind(&path, &["", "-journal"]);
    let before = picture(folder.path());
    let source = SqliteSource::open(&copy).unwrap();
    assert_eq!(read_all(&source), Ok(2000));
    assert_eq!(picture(folder.path()), before);
}

#[test]
fn all_reads_see_the_file_as_it_was_opened() {
    let (_folder, path) = made("PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1);");
    let writer = Connection::open(&path).unwrap();
    writer.execute_batch("INSERT INTO t VALUES (2)").unwrap();
    let source = SqliteSource::open(&path).unwrap();
    writer.execute_batch("INSERT INTO t VALUES (3)").unwrap();
    assert_eq!(read_all(&source), Ok(2));
    writer.execute_batch("DROP TABLE t").unwrap();
    assert_eq!(read_all(&source), Ok(2));
}

#[test]
fn streams_may_interleave_and_be_dropped_early() {
    let (_folder, path) = made(MANY_ROWS);
    let source = SqliteSource::open(&path).unwrap();
    let table = source.catalogue().unwrap().tables.remove(0);
    let pick = [Pick::Column("id".into())];
    let mut first = source.rows(&table, &pick).unwrap();
    let mut second = source.rows(&table, &pick).unwrap();
    assert_eq!(first.next(), second.next());
    drop(first);
    assert_eq!(second.count(), 1999);
    assert_eq!(source.profile(&table).unwrap()[0].integers, 2000);
}

#[test]
fn a_lookup_takes_what_is_equal_to_the_byte_and_one_row_only() {
    let (_folder, path) = made(
        "CREATE TABLE p (k INTEGER PRIMARY KEY, code TEXT COLLATE NOCASE);
         CREATE UNIQUE INDEX p_code ON p (code COLLATE BINARY);
         INSERT INTO p VALUES (1, 'a'), (2, 'A');
         CREATE TABLE c (code TEXT REFERENCES p (code));
         INSERT INTO c VALUES ('A'), (NULL);",
    );
    let source = SqliteSource::open(&path).unwrap();
    let table = source.catalogue().unwrap().tables.remove(1);
    let lookup = Pick::Lookup {
        columns: vec!["code".into()],
        target: "p".into(),
        target_columns: vec!["code".into()],
        want: "k".into(),
    };
    let rows: Result<Vec<_>, _> = source.rows(&table, &[lookup]).unwrap().collect();
    assert_eq!(rows, Ok(vec![vec![SqlValue::Integer(2)], vec![SqlValue::Null]]));
}

#[test]
fn the_catalogue_has_every_object_and_its_own_spelling() {
    let (_folder, path) = made(
        "CREATE TABLE Artist (Id INTEGER PRIMARY KEY AUTOINCREMENT, Name TEXT CHECK (Name <> ''));
         CREATE TABLE album (id INT, artist INT REFERENCES ARTIST, other INT REFERENCES gone (x), twice AS (id * 2),
             PRIMARY KEY (artist, id), UNIQUE (other), CHECK (id > 0)) WITHOUT ROWID;
         INSERT INTO album (id, artist, other) VALUES (1, 77, NULL);
         CREATE INDEX part ON album (other DESC) WHERE other > 1;
         CREATE INDEX calc ON album (abs(id));
         CREATE VIEW v AS SELECT 1;
         CREATE TRIGGER tr AFTER INSERT ON Artist BEGIN SELECT 1; END;
         CREATE VIRTUAL TABLE docs USING fts5 (body);
         ANALYZE;",
    );
    let catalogue = SqliteSource::open(&path).unwrap().catalogue().unwrap();
    let names: Vec<&str> = catalogue.tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(names[..3], ["Artist", "album", "docs"]);
    assert!(names.iter().all(|name| !name.starts_with("sqlite_")), "{names:?}");
    let album = &catalogue.tables[1];
    assert_eq!(album.primary_key, ["artist", "id"]);
    let keys: Vec<_> =
        album.foreign_keys.iter().map(|key| (&*key.target, &key.target_columns[..], key.orphans)).collect();
    assert_eq!(keys, [("Artist", &["Id".to_owned()][..], 1), ("gone", &["x".to_owned()][..], 0)]);
    assert_eq!(album.columns.iter().map(|column| column.generated).collect::<Vec<_>>(), [false, false, false, true]);
    assert_eq!(album.checks, ["id > 0"]);
    assert_eq!((album.uniques.len(), album.indexes.len()), (1, 2));
    assert!(album.indexes.iter().any(|index| index.partial && index.descending));
    assert!(album.indexes.iter().any(|index| index.columns == [None]));
    assert_eq!(catalogue.tables[2].virtual_module.as_deref(), Some("fts5"));
    let shadows = catalogue.tables[3..].iter().all(|table| table.shadow_of.as_deref() == Some("docs"));
    assert!(shadows && catalogue.tables.len() > 3);
    assert_eq!((catalogue.views.len(), catalogue.triggers.len()), (1, 1));
}

#[test]
fn a_profile_says_what_columns_really_hold() {
    let (_folder, path) = made(
        "CREATE TABLE t (a INTEGER, b NUMERIC, c TEXT, d DATETIME);
         INSERT INTO t VALUES (1, 1.25, 'grün', '2024-02-29'), ('x', 3, CAST(x'FF' AS TEXT), '2024-02-29 10:00:00'),
             (NULL, 9e999, x'00', '2024-02-30');",
    );
    let source = SqliteSource::open(&path).unwrap();
    let table = source.catalogue().unwrap().tables.remove(0);
    let [a, b, c, d] = <[_; 4]>::try_from(source.profile(&table).unwrap()).unwrap();
    assert_eq!((a.nulls, a.integers, a.texts), (1, 1, 1));
    assert_eq!((b.integers, b.reals, b.infinite, b.max_scale), (1, 2, 1, None));
    assert_eq!((c.texts, c.invalid_texts, c.blobs, c.max_length), (2, 1, 1, 4));
    assert_eq!((d.texts, d.instant_texts, d.date_texts, d.instant_shapes), (3, 2, 1, 2));
    let rows: Vec<_> = source.rows(&table, &[Pick::Column("c".into())]).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows[1], [SqlValue::Blob(vec![0xFF])]);
}
