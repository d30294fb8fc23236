use super::*;
use crate::private_file::owner_only;
use std::fs::{self, OpenOptions};
use std::io::Write as _;

fn store(folder: &tempfile::TempDir) -> FileStore {
    FileStore::new(folder.path().join("secrets.json"))
}

#[tokio::test]
async fn a_secret_is_kept_changed_and_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let file = store(&folder);
    assert_eq!(file.get("signing-key").await, Ok(None));
    file.set("signing-key", Secret::new("one")).await.unwrap();
    file.set("target/prod", Secret::new("zwei ü")).await.unwrap();
    file.set("signing-key", Secret::new("three")).await.unwrap();
    let again = store(&folder);
    assert_eq!(again.get("signing-key").await, Ok(Some(Secret::new("three"))));
    assert_eq!(again.get("target/prod").await, Ok(Some(Secret::new("zwei ü"))));
    again.delete("signing-key").await.unwrap();
    again.delete("signing-key").await.unwrap();
    assert_eq!(again.get("signing-key").await, Ok(None));
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_its_owners_and_refused_when_it_is_not() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = store(&folder);
    file.set("a", Secret::new("b")).await.unwrap();
    let mode = fs::metadata(&file.file.path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    fs::set_permissions(&file.file.path, fs::Permissions::from_mode(0o640)).unwrap();
    let path = file.file.path.display().to_string();
    let expected = KeychainError::FileOpen { path: path.clone(), mode: 0o640 };
    assert_eq!(file.get("a").await, Err(expected.clone()));
    assert_eq!(file.set("a", Secret::new("c")).await, Err(expected.clone()));
    assert_eq!(expected.to_string(), format!("the secrets file `{path}` can be read by others (mode 0640)"));
}

#[tokio::test]
async fn a_file_that_is_something_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = store(&folder);
    owner_only(OpenOptions::new().create(true).truncate(true).write(true))
        .open(&file.file.path)
        .unwrap()
        .write_all(b"not json")
        .unwrap();
    let expected = KeychainError::File {
        path: file.file.path.display().to_string(),
        reason: "it is not a JSON object of texts".to_owned(),
    };
    assert_eq!(file.set("a", Secret::new("b")).await, Err(expected));
    assert_eq!(fs::read_to_string(&file.file.path).unwrap(), "not json");
}

#[test]
fn many_writers_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = store(&folder);
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let file = &file;
            scope.spawn(move || {
                file.change(|secrets| {
                    secrets.insert(format!("key-{writer}"), Zeroizing::new("x".to_owned()));
                })
                .unwrap();
            });
        }
    });
    assert_eq!(file.read().unwrap().len(), 8);
}

#[test]
fn a_secret_is_never_printed() {
    assert_eq!(format!("{:?}", Secret::new("hush")), "Secret(not shown)");
}

#[test]
fn an_error_never_carries_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let file = store(&folder);
    owner_only(OpenOptions::new().create(true).truncate(true).write(true))
        .open(&file.file.path)
        .unwrap()
        .write_all(b"{\"a\": \"hush\", \"b\": 7}")
        .unwrap();
    let error = file.read().unwrap_err();
    assert!(!format!("{error} {error:?} {}", error.help()).contains("hush"), "{error:?}");
}
