//! Every released database still opens: see `tests/databases/README.md`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use maq_query::Statement;
use maq_store::conformance::Sample;
use maq_store::{STORE_FORMAT, Store, StoreKind, UnitOfWork};
use maq_store_sqlite::SqliteStore;
use maq_value::Instant;
use std::path::{Path, PathBuf};

fn databases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/databases")
}

const DRAFTS: &str = "INSERT INTO meta_drafts (id, kind, name, body, updated_at) VALUES ('ent_1', 'entity', 'Invoice', \
                      '{\"name\":\"Invoice\"}', 1)";

/// Writes the database of the current format, unless it is there.
async fn write_the_current_format() {
    let path = databases().join(format!("format-{STORE_FORMAT}.db"));
    if path.exists() {
        return;
    }
    let store = SqliteStore::create(&path, StoreKind::Server, "Released", "sto_released", Instant(1)).unwrap();
    let sample = Sample::publish(&*store).await;
    sample.fill(&*store).await;
    store.commit(UnitOfWork::of([Statement::new(DRAFTS, vec![])])).await.unwrap();
    store.close().await;
    std::fs::remove_file(format!("{}-lock", path.display())).unwrap();
}

#[tokio::test]
async fn every_released_database_opens_with_all_it_holds() {
    if std::env::var_os("MAQUETTE_WRITE_DATABASE").is_some() {
        write_the_current_format().await;
    }
    let mut opened = Vec::new();
    for entry in std::fs::read_dir(databases()).unwrap() {
        let released = entry.unwrap().path();
        if released.extension().is_none_or(|extension| extension != "db") {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("copy.db");
        std::fs::copy(&released, &copy).unwrap();
        for _ in 0..2 {
            let store = SqliteStore::open(&copy, StoreKind::Server).unwrap();
            assert_eq!((store.info().format, store.info().id.as_str()), (STORE_FORMAT, "sto_released"));
            Sample::new(store.dialect()).check_filled(&*store).await;
            let body = store.read(Statement::new("SELECT body FROM meta_drafts", vec![])).await.unwrap();
            assert_eq!(body.0[0][0].as_text(), Some("{\"name\":\"Invoice\"}"));
            assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
            store.close().await;
        }
        opened.push(released);
    }
    assert_eq!(opened.len(), usize::try_from(STORE_FORMAT).unwrap(), "one database for each format: {opened:?}");
}
