use super::*;
use keyring_core::api::CredentialStoreApi;
use std::any::Any;
use std::collections::HashMap;

#[tokio::test]
async fn a_keyring_keeps_changes_and_forgets() {
    let keyring = KeyringStore::new(keyring_core::mock::Store::new().unwrap(), "a mock");
    assert_eq!(keyring.get("a").await, Ok(None));
    keyring.set("a", Secret::new("one")).await.unwrap();
    keyring.set("a", Secret::new("two")).await.unwrap();
    assert_eq!(keyring.get("a").await, Ok(Some(Secret::new("two"))));
    keyring.delete("a").await.unwrap();
    keyring.delete("a").await.unwrap();
    assert_eq!(keyring.get("a").await, Ok(None));
    assert_eq!(keyring.describe(), "kept in: a mock");
}

/// A keyring that waits for someone to unlock it.
#[derive(Debug)]
struct Locked(std::sync::Mutex<std::sync::mpsc::Receiver<()>>);

impl CredentialStoreApi for Locked {
    fn vendor(&self) -> String {
        "locked".to_owned()
    }

    fn id(&self) -> String {
        "locked".to_owned()
    }

    fn build(&self, _: &str, _: &str, _: Option<&HashMap<&str, &str>>) -> keyring_core::Result<Entry> {
        let _ = self.0.lock().unwrap().recv();
        Err(Error::NoEntry)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[tokio::test]
async fn a_keyring_that_hangs_is_given_up_and_takes_one_thread_only() {
    let (unlock, wait) = std::sync::mpsc::channel();
    let mut keyring = KeyringStore::new(Arc::new(Locked(std::sync::Mutex::new(wait))), "a locked one");
    keyring.limit = Duration::from_millis(50);
    let (first, second) = tokio::join!(keyring.get("a"), keyring.get("b"));
    let late = KeychainError::TimedOut { seconds: 0 };
    assert_eq!(first, Err(late.clone()));
    assert_eq!(second, Err(late));
    drop(unlock);
}
