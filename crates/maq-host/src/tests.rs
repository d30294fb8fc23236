//! Every way a file can be something else has words of its own.

use super::{Place, create, has_password, open};
use maq_store::StoreKind::{Server, Workspace};
use std::path::{Path, PathBuf};

async fn code(path: &Path, kind: maq_store::StoreKind) -> String {
    match open(&Place::File(path.to_owned()), kind).await {
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

    let services = create(&Place::File(at("a.maquette")), Workspace).await.unwrap();
    assert_eq!(code(&at("a.maquette"), Workspace).await, "store/in-use");
    services.close().await;
    drop(services);
    assert_eq!(code(&at("a.maquette"), Server).await, "store/wrong-kind");
    assert_eq!(code(&at("a.maquette"), Workspace).await, "opened");
    let again = create(&Place::File(at("a.maquette")), Workspace).await.err().unwrap();
    assert_eq!(again.refusal().unwrap().code, "store/exists");
}

#[test]
fn a_store_is_named_by_path_or_address() {
    for written in ["x/y.db", "sqlite:x/y.db", "sqlite://x/y.db"] {
        let place = Place::parse(written).unwrap();
        assert_eq!(place.file().map(Path::to_owned), Some(PathBuf::from("x/y.db")), "{written}");
    }
    let place = Place::parse("postgres://ann:s3cret@db.test/shop?workspace=shop").unwrap();
    assert_eq!(place.location(), "postgres://ann@db.test/shop?workspace=shop");
}

#[test]
fn a_password_in_an_address_is_seen() {
    assert!(has_password("postgres://ann:s3cret@db.test/shop"));
    for written in ["postgres://ann@db.test:5432/shop", "postgres://db.test:5432/a:b@c", "C:/x@y"] {
        assert!(!has_password(written), "{written}");
    }
}
