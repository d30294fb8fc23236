//! A time limit around any place for secrets: a keychain that hangs is a refusal, not a hang.

use crate::{KeychainError, Secret, SecretStore};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;

/// How long one call may take.
pub const LIMIT: Duration = Duration::from_secs(5);

/// A store whose every call is given up after a limit.
pub struct LimitedStore {
    store: Arc<dyn SecretStore>,
    limit: Duration,
}

impl LimitedStore {
    /// The store with the usual limit of five seconds.
    pub fn new(store: Arc<dyn SecretStore>) -> LimitedStore {
        LimitedStore { store, limit: LIMIT }
    }

    async fn within<T>(&self, call: impl Future<Output = Result<T, KeychainError>>) -> Result<T, KeychainError> {
        let late = KeychainError::TimedOut { seconds: self.limit.as_secs() };
        tokio::time::timeout(self.limit, call).await.unwrap_or(Err(late))
    }
}

#[async_trait]
impl SecretStore for LimitedStore {
    async fn get(&self, name: &str) -> Result<Option<Secret>, KeychainError> {
        // Asking a person takes as long as it takes; only the place itself is limited.
        self.store.unlock().await?;
        self.within(self.store.get(name)).await
    }

    async fn set(&self, name: &str, secret: Secret) -> Result<(), KeychainError> {
        self.store.unlock().await?;
        self.within(self.store.set(name, secret)).await
    }

    async fn delete(&self, name: &str) -> Result<(), KeychainError> {
        self.store.unlock().await?;
        self.within(self.store.delete(name)).await
    }

    async fn unlock(&self) -> Result<(), KeychainError> {
        self.store.unlock().await
    }

    fn describe(&self) -> String {
        self.store.describe()
    }

    fn is_plain_text(&self) -> bool {
        self.store.is_plain_text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A keychain that never answers.
    struct Silent;

    #[async_trait]
    impl SecretStore for Silent {
        async fn get(&self, _name: &str) -> Result<Option<Secret>, KeychainError> {
            std::future::pending().await
        }

        async fn set(&self, _name: &str, _secret: Secret) -> Result<(), KeychainError> {
            std::future::pending().await
        }

        async fn delete(&self, _name: &str) -> Result<(), KeychainError> {
            std::future::pending().await
        }

        fn describe(&self) -> String {
            "kept in: a silent one".to_owned()
        }
    }

    // Paused: tokio's clock jumps to the limit as soon as nothing else is left to do.
    #[tokio::test(start_paused = true)]
    async fn a_keychain_that_never_answers_is_a_refusal_after_five_seconds() {
        let store = LimitedStore::new(Arc::new(Silent));
        let late = KeychainError::TimedOut { seconds: 5 };
        assert_eq!(store.get("a").await, Err(late.clone()));
        assert_eq!(store.set("a", Secret::new("b")).await, Err(late.clone()));
        assert_eq!(store.delete("a").await, Err(late.clone()));
        assert_eq!(late.to_string(), "the keychain did not answer within 5 seconds");
        assert_eq!(
            late.help(),
            "unlock it and try again, or set MAQUETTE_SECRETS_PASSPHRASE to keep secrets in an encrypted file"
        );
    }
}
