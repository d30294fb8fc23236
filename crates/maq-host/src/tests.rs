//! Every way a file can be something else has words of its own.

use super::{create, open, store_path};
use maq_store::StoreKind::{Server, Workspace};
use std::path::Path;

async fn code(path: &Path, kind: maq_store::StoreKind) -> String {
    match open(path, kind).await {
        Ok(_) => "opened".to_owned(),
        Err(error) => error.refusal().map_or("fault".to_owned(), |refusal| refusal.code.clone()),
    }
}

#[tokio::test]
async fn what_cannot_be_opened_is_said_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    assert_eq!(code(&at("none.maquette"), Workspace).await, "store/not-found");
    std::fs::write(at("text.maquette"), "this is no database, only a text that goes on for a while").unwrap();
    assert_eq!(code(&at("text.maquette"), Workspace).await, "store/not-a-store");

    let services = create(&at("a.maquette"), Workspace).await.unwrap();
    assert_eq!(code(&at("a.maquette"), Workspace).await, "store/in-use");
    services.close().await;
    drop(services);
    assert_eq!(code(&at("a.maquette"), Server).await, "store/wrong-kind");
    assert_eq!(code(&at("a.maquette"), Workspace).await, "opened");
    let again = create(&at("a.maquette"), Workspace).await.err().unwrap();
    assert_eq!(again.refusal().unwrap().code, "store/exists");
}

#[test]
fn a_store_is_named_by_path_or_address() {
    for written in ["x/y.db", "sqlite:x/y.db", "sqlite://x/y.db"] {
        assert_eq!(store_path(written), Path::new("x/y.db"), "{written}");
    }
}
