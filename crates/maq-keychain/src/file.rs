//! Secrets in a file that the environment names: one JSON object of texts, readable as it is, for its owner only. It
//! is there for tests, and for machines whose disk is the keychain already.

use crate::private_file::{PrivateFile, blocking};
use crate::{KeychainError, Secret, SecretStore};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// A secrets file in plain text, only where somebody named it.
#[derive(Debug, Clone)]
pub struct FileStore {
    file: PrivateFile,
}

type Secrets = BTreeMap<String, Zeroizing<String>>;

impl FileStore {
    /// The file at `path`, which need not be there yet.
    pub fn new(path: impl Into<PathBuf>) -> FileStore {
        FileStore { file: PrivateFile { path: path.into() } }
    }

    fn read(&self) -> Result<Secrets, KeychainError> {
        let Some(text) = self.file.read()? else { return Ok(Secrets::new()) };
        let plain: BTreeMap<String, String> =
            serde_json::from_str(&text).map_err(|_| self.file.wrong("it is not a JSON object of texts"))?;
        Ok(plain.into_iter().map(|(name, secret)| (name, Zeroizing::new(secret))).collect())
    }

    /// Reads, changes and writes under a lock that other processes honour.
    fn change(&self, change: impl FnOnce(&mut Secrets)) -> Result<(), KeychainError> {
        let _lock = self.file.lock()?;
        let mut secrets = self.read()?;
        change(&mut secrets);
        let plain: BTreeMap<&str, &str> = secrets.iter().map(|(name, secret)| (&**name, &***secret)).collect();
        let text = serde_json::to_string_pretty(&plain).map_err(|_| self.file.wrong("it cannot be written as JSON"))?;
        self.file.replace(&Zeroizing::new(text))
    }
}

#[async_trait]
impl SecretStore for FileStore {
    async fn get(&self, name: &str) -> Result<Option<Secret>, KeychainError> {
        let (store, name) = (self.clone(), name.to_owned());
        blocking(move || Ok(store.read()?.get(&name).map(|secret| Secret::new(secret.as_str())))).await
    }

    async fn set(&self, name: &str, secret: Secret) -> Result<(), KeychainError> {
        let (store, name) = (self.clone(), name.to_owned());
        let secret = Zeroizing::new(secret.expose().to_owned());
        blocking(move || store.change(|secrets| drop(secrets.insert(name, secret)))).await
    }

    async fn delete(&self, name: &str) -> Result<(), KeychainError> {
        let (store, name) = (self.clone(), name.to_owned());
        blocking(move || store.change(|secrets| drop(secrets.remove(&name)))).await
    }

    fn describe(&self) -> String {
        format!("kept in: the file {}, in plain text", self.file.shown())
    }

    fn is_plain_text(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests;
