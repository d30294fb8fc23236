//! Secrets in a file that a passphrase encrypts, for machines without a keychain.
//!
//! The passphrase comes from the environment or from the person, once in the life of a process; the key that is
//! derived from it is kept for as long, and the passphrase is not.

mod format;

use crate::private_file::{PrivateFile, blocking};
use crate::{KeychainError, Secret, SecretStore};
use async_trait::async_trait;
use format::{Cost, Key, Sealed};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Asks a person for the passphrase of the file at a path. `true` means that it is a new file, so it should be asked
/// for twice. None where nobody answers.
pub type Ask = Arc<dyn Fn(&str, bool) -> Option<Secret> + Send + Sync>;

/// Where the passphrase comes from.
#[derive(Clone)]
pub enum Passphrase {
    /// It was given.
    Given(Secret),
    /// A person is asked, on first use.
    Asked(Ask),
}

/// An encrypted secrets file.
#[derive(Clone)]
pub struct VaultStore {
    file: PrivateFile,
    passphrase: Passphrase,
    cost: Cost,
    /// The passphrase that was typed, and the key it gave.
    unlocked: Arc<Mutex<Unlocked>>,
    asking: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default)]
struct Unlocked {
    typed: Option<Secret>,
    key: Option<Arc<Key>>,
}

impl VaultStore {
    /// The file at `path`, which need not be there yet.
    pub fn new(path: impl Into<PathBuf>, passphrase: Passphrase) -> VaultStore {
        VaultStore {
            file: PrivateFile { path: path.into() },
            passphrase,
            cost: Cost::default(),
            unlocked: Arc::default(),
            asking: Arc::default(),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, Unlocked> {
        self.unlocked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn given(&self) -> Result<Secret, KeychainError> {
        let none = || KeychainError::NoPassphrase { path: self.file.shown() };
        match &self.passphrase {
            Passphrase::Given(secret) => Ok(secret.clone()),
            Passphrase::Asked(_) => self.state().typed.clone().ok_or_else(none),
        }
    }

    /// The secrets as they stand, with the key that opens them.
    fn open(&self) -> Result<(Sealed, format::Secrets), KeychainError> {
        let Some(text) = self.file.read()? else {
            return Ok((Sealed::new(self.cost), format::Secrets::new()));
        };
        let sealed = Sealed::parse(&text, &self.file)?;
        let key = self.key(&sealed)?;
        let secrets = sealed.open(&key, &self.file);
        if secrets.is_err() {
            // Another passphrase may be typed.
            *self.state() = Unlocked::default();
        }
        Ok((sealed, secrets?))
    }

    fn key(&self, sealed: &Sealed) -> Result<Arc<Key>, KeychainError> {
        if let Some(key) = self.state().key.clone().filter(|key| key.fits(sealed)) {
            return Ok(key);
        }
        let key = Arc::new(sealed.derive(&self.given()?, &self.file)?);
        self.state().key = Some(key.clone());
        Ok(key)
    }

    /// Reads, changes and writes under a lock that other processes honour.
    fn change(&self, change: impl FnOnce(&mut format::Secrets)) -> Result<(), KeychainError> {
        let _lock = self.file.lock()?;
        let (sealed, mut secrets) = self.open()?;
        change(&mut secrets);
        let key = self.key(&sealed)?;
        let text = sealed.seal(&key, &secrets, &self.file)?;
        self.file.replace(&text)
    }
}

#[async_trait]
impl SecretStore for VaultStore {
    async fn get(&self, name: &str) -> Result<Option<Secret>, KeychainError> {
        let (store, name) = (self.clone(), name.to_owned());
        blocking(move || Ok(store.open()?.1.get(&name).map(|secret| Secret::new(secret.as_str())))).await
    }

    async fn set(&self, name: &str, secret: Secret) -> Result<(), KeychainError> {
        let (store, name) = (self.clone(), name.to_owned());
        blocking(move || store.change(|secrets| drop(secrets.insert(name, secret.text())))).await
    }

    async fn delete(&self, name: &str) -> Result<(), KeychainError> {
        let (store, name) = (self.clone(), name.to_owned());
        blocking(move || store.change(|secrets| drop(secrets.remove(&name)))).await
    }

    async fn unlock(&self) -> Result<(), KeychainError> {
        let Passphrase::Asked(ask) = &self.passphrase else { return Ok(()) };
        // One question, however many calls wait for its answer.
        let _turn = self.asking.lock().await;
        if self.state().typed.is_some() {
            return Ok(());
        }
        let (ask, path, new) = (ask.clone(), self.file.shown(), !self.file.path.exists());
        let typed = blocking(move || {
            let typed = ask(&path, new).filter(|typed| !typed.expose().is_empty());
            typed.ok_or(KeychainError::NoPassphrase { path })
        });
        let typed = typed.await?;
        self.state().typed = Some(typed);
        Ok(())
    }

    fn describe(&self) -> String {
        format!("kept in: the encrypted file {}", self.file.shown())
    }
}

#[cfg(test)]
mod tests;
