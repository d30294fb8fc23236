//! No place for secrets: every call says so.

use crate::{KeychainError, Secret, SecretStore};
use async_trait::async_trait;

/// What [`crate::open_default`] answers where there is no keychain and nobody gives a passphrase.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoStore;

#[async_trait]
impl SecretStore for NoStore {
    async fn get(&self, _name: &str) -> Result<Option<Secret>, KeychainError> {
        Err(KeychainError::NoPlace)
    }

    async fn set(&self, _name: &str, _secret: Secret) -> Result<(), KeychainError> {
        Err(KeychainError::NoPlace)
    }

    async fn delete(&self, _name: &str) -> Result<(), KeychainError> {
        Err(KeychainError::NoPlace)
    }

    fn describe(&self) -> String {
        "kept in: nowhere; there is no keychain and no passphrase".to_owned()
    }
}
