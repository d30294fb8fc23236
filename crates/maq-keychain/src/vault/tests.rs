use super::*;
use crate::LimitedStore;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Cheap to derive: the cost is not what is tested.
const CHEAP: Cost = Cost { memory_kib: 64, passes: 1, lanes: 1 };

fn at(folder: &tempfile::TempDir, passphrase: &str) -> VaultStore {
    let path = folder.path().join("below/secrets.vault");
    VaultStore { cost: CHEAP, ..VaultStore::new(path, Passphrase::Given(Secret::new(passphrase))) }
}

fn shown(folder: &tempfile::TempDir) -> String {
    folder.path().join("below/secrets.vault").display().to_string()
}

#[tokio::test]
async fn secrets_are_kept_changed_forgotten_and_nowhere_readable() {
    let folder = tempfile::tempdir().unwrap();
    let vault = at(&folder, "correct horse");
    assert_eq!(vault.get("signing-key").await, Ok(None));
    vault.set("signing-key", Secret::new("hush-one")).await.unwrap();
    vault.set("target/prod", Secret::new("zwei ü")).await.unwrap();
    vault.set("signing-key", Secret::new("hush-two")).await.unwrap();
    let again = at(&folder, "correct horse");
    assert_eq!(again.get("signing-key").await, Ok(Some(Secret::new("hush-two"))));
    assert_eq!(again.get("target/prod").await, Ok(Some(Secret::new("zwei ü"))));
    again.delete("signing-key").await.unwrap();
    again.delete("signing-key").await.unwrap();
    // The first one reads what the second one wrote.
    assert_eq!(vault.get("signing-key").await, Ok(None));
    let text = std::fs::read_to_string(shown(&folder)).unwrap();
    for hidden in ["hush", "signing", "target", "horse"] {
        assert!(!text.contains(hidden), "{text}");
    }
    assert_eq!(vault.describe(), format!("kept in: the encrypted file {}", shown(&folder)));
    assert!(!vault.is_plain_text());
}

#[tokio::test]
async fn a_wrong_passphrase_is_not_a_damaged_file() {
    let folder = tempfile::tempdir().unwrap();
    at(&folder, "right").set("a", Secret::new("b")).await.unwrap();
    let before = std::fs::read(shown(&folder)).unwrap();
    let wrong = KeychainError::WrongPassphrase { path: shown(&folder) };
    assert_eq!(at(&folder, "wrong").get("a").await, Err(wrong.clone()));
    assert_eq!(at(&folder, "wrong").set("a", Secret::new("c")).await, Err(wrong.clone()));
    assert_eq!(std::fs::read(shown(&folder)).unwrap(), before, "nothing was overwritten");
    assert_eq!(wrong.to_string(), format!("this passphrase does not open the secrets file `{}`", shown(&folder)));
}

#[tokio::test]
async fn a_changed_byte_anywhere_is_never_taken_for_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    at(&folder, "right").set("a", Secret::new("b")).await.unwrap();
    let whole = std::fs::read(shown(&folder)).unwrap();
    let mut damaged = 0;
    for place in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x01;
        std::fs::write(shown(&folder), &bytes).unwrap();
        match at(&folder, "right").get("a").await {
            Err(KeychainError::Damaged { .. }) => damaged += 1,
            Err(KeychainError::File { .. }) => {}
            // White space between members carries nothing.
            Ok(Some(secret)) if bytes[place].is_ascii_whitespace() || whole[place].is_ascii_whitespace() => {
                assert_eq!(secret, Secret::new("b"));
            }
            other => panic!("byte {place}: {other:?}"),
        }
    }
    assert!(damaged > whole.len() / 2, "{damaged} of {}", whole.len());
    std::fs::write(shown(&folder), &whole[..whole.len() / 2]).unwrap();
    let cut = at(&folder, "right").get("a").await.unwrap_err();
    assert_eq!(
        cut.to_string(),
        format!("the secrets file `{}` is damaged: it is not the JSON that was written", shown(&folder))
    );
}

#[tokio::test]
async fn another_file_and_a_newer_one_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let vault = at(&folder, "right");
    vault.set("a", Secret::new("b")).await.unwrap();
    let whole = std::fs::read_to_string(shown(&folder)).unwrap();
    for (from, to, reason) in [
        ("maquette-secrets", "other", "it is no secrets file of Maquette"),
        ("\"version\": 1", "\"version\": 2", "a newer Maquette wrote it"),
    ] {
        std::fs::write(shown(&folder), whole.replace(from, to)).unwrap();
        let expected = KeychainError::File { path: shown(&folder), reason: reason.to_owned() };
        assert_eq!(vault.set("a", Secret::new("c")).await, Err(expected));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_its_owners_and_refused_when_it_is_not() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let vault = at(&folder, "right");
    vault.set("a", Secret::new("b")).await.unwrap();
    assert_eq!(std::fs::metadata(shown(&folder)).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::set_permissions(shown(&folder), std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(vault.get("a").await, Err(KeychainError::FileOpen { path: shown(&folder), mode: 0o644 }));
}

#[tokio::test]
async fn a_person_is_asked_once_and_again_after_a_wrong_answer() {
    let folder = tempfile::tempdir().unwrap();
    at(&folder, "right").set("a", Secret::new("b")).await.unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let ask: Ask = Arc::new(move |_, new| {
        assert!(!new);
        Some(Secret::new(if count.fetch_add(1, Ordering::SeqCst) == 0 { "wrong" } else { "right" }))
    });
    let path = folder.path().join("below/secrets.vault");
    let vault = VaultStore { cost: CHEAP, ..VaultStore::new(path, Passphrase::Asked(ask)) };
    let store = LimitedStore::new(Arc::new(vault));
    assert!(matches!(store.get("a").await, Err(KeychainError::WrongPassphrase { .. })));
    let (first, second) = tokio::join!(store.get("a"), store.get("a"));
    assert_eq!((first, second), (Ok(Some(Secret::new("b"))), Ok(Some(Secret::new("b")))));
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn nobody_answering_is_a_refusal_that_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let vault = VaultStore::new(folder.path().join("v"), Passphrase::Asked(Arc::new(|_, _| None)));
    let error = LimitedStore::new(Arc::new(vault)).get("a").await.unwrap_err();
    let path = folder.path().join("v").display().to_string();
    assert_eq!(error, KeychainError::NoPassphrase { path });
    assert_eq!(error.help(), "set MAQUETTE_SECRETS_PASSPHRASE, or run this in a terminal and type it when asked");
}
