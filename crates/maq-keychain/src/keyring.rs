//! Keyrings of the platform, through `keyring-core`.

use crate::limited::LIMIT;
use crate::{KeychainError, Secret, SecretStore};
use async_trait::async_trait;
use keyring_core::{CredentialStore, Entry, Error};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// Under this service name our secrets stand in a keyring.
const SERVICE: &str = "maquette";

/// A keyring. Its calls may block for as long as someone is asked to unlock it: they run on a blocking thread, one at
/// a time, and the caller waits for at most five seconds.
#[derive(Clone)]
pub struct KeyringStore {
    store: Arc<CredentialStore>,
    place: &'static str,
    turn: Arc<Mutex<()>>,
    limit: Duration,
}

impl KeyringStore {
    /// A keyring of `keyring-core`; `place` is what people read.
    pub fn new(store: Arc<CredentialStore>, place: &'static str) -> KeyringStore {
        KeyringStore { store, place, turn: Arc::default(), limit: LIMIT }
    }

    /// The desktop's secret service (GNOME Keyring, KWallet, ...), if it answers in time.
    ///
    /// # Errors
    /// [`KeychainError::TimedOut`] or [`KeychainError::Refused`].
    #[cfg(feature = "secret-service")]
    pub async fn secret_service() -> Result<KeyringStore, KeychainError> {
        let connect = || zbus_secret_service_keyring_store::Store::new().map_err(|error| refused(&error));
        let store = in_time(LIMIT, tokio::task::spawn_blocking(connect)).await?;
        Ok(KeyringStore::new(store, "the desktop's keychain"))
    }

    /// The kernel's keyring, if this process may use it. What it keeps is gone when the machine restarts.
    ///
    /// # Errors
    /// [`KeychainError::TimedOut`] or [`KeychainError::Refused`].
    #[cfg(target_os = "linux")]
    pub async fn kernel() -> Result<KeyringStore, KeychainError> {
        let store = linux_keyutils_keyring_store::Store::new().map_err(|error| refused(&error))?;
        let keyring = KeyringStore::new(store, "the kernel's keyring, until this machine restarts");
        keyring.get("probe").await?;
        Ok(keyring)
    }

    async fn call<T: Send + 'static>(
        &self,
        name: &str,
        call: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<Option<T>, KeychainError> {
        let store = self.store.clone();
        let name = name.to_owned();
        let turn = self.turn.clone();
        let work = async move {
            // The turn moves into the thread: a call that hangs keeps it after its caller gave up.
            let turn = turn.lock_owned().await;
            tokio::task::spawn_blocking(move || {
                let _turn = turn;
                match store.build(SERVICE, &name, None).and_then(|entry| call(&entry)) {
                    Ok(value) => Ok(Some(value)),
                    Err(Error::NoEntry) => Ok(None),
                    Err(error) => Err(refused(&error)),
                }
            })
            .await
        };
        in_time(self.limit, work).await
    }
}

async fn in_time<T>(
    limit: Duration,
    work: impl Future<Output = Result<Result<T, KeychainError>, tokio::task::JoinError>>,
) -> Result<T, KeychainError> {
    match tokio::time::timeout(limit, work).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => Err(KeychainError::Refused("its driver failed".to_owned())),
        Err(_) => Err(KeychainError::TimedOut { seconds: limit.as_secs() }),
    }
}

/// The error's words; those that carry data lose it.
fn refused(error: &Error) -> KeychainError {
    KeychainError::Refused(match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) => "what it keeps there is not text".to_owned(),
        Error::Ambiguous(_) => "it keeps several secrets under this name".to_owned(),
        other => other.to_string(),
    })
}

#[async_trait]
impl SecretStore for KeyringStore {
    async fn get(&self, name: &str) -> Result<Option<Secret>, KeychainError> {
        self.call(name, |entry| entry.get_password().map(Secret::new)).await
    }

    async fn set(&self, name: &str, secret: Secret) -> Result<(), KeychainError> {
        self.call(name, move |entry| entry.set_password(secret.expose())).await.map(drop)
    }

    async fn delete(&self, name: &str) -> Result<(), KeychainError> {
        self.call(name, Entry::delete_credential).await.map(drop)
    }

    fn describe(&self) -> String {
        format!("kept in: {}", self.place)
    }
}

#[cfg(test)]
mod tests;
