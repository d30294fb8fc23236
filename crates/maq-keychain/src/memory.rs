//! Secrets in memory, for tests.

use crate::{KeychainError, Secret, SecretStore};
use async_trait::async_trait;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Keeps secrets as long as it lives.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<HashMap<String, Secret>>);

#[async_trait]
impl SecretStore for MemoryStore {
    async fn get(&self, name: &str) -> Result<Option<Secret>, KeychainError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned())
    }

    async fn set(&self, name: &str, secret: Secret) -> Result<(), KeychainError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), secret);
        Ok(())
    }

    async fn delete(&self, name: &str) -> Result<(), KeychainError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        Ok(())
    }

    fn describe(&self) -> String {
        "kept in: memory, until this program ends".to_owned()
    }
}
