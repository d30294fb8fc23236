//! Where secrets are kept: our own trait, and adapters for the platform's keychain, the kernel's keyring, and a file
//! that a passphrase encrypts.
//!
//! What is here: getting, setting and deleting named secrets, and choosing a place ([`open_default`]). What is not:
//! what the secrets mean. Nothing falls back to plain text: a file in plain text is used only where the environment
//! names it. Where no keychain answers and nobody gives a passphrase, every call is an error that says what to set.

mod error;
mod file;
mod keyring;
mod limited;
mod memory;
mod none;
mod open;
mod private_file;
mod secret;
mod vault;

pub use error::KeychainError;
pub use file::FileStore;
pub use keyring::KeyringStore;
pub use limited::LimitedStore;
pub use memory::MemoryStore;
pub use none::NoStore;
pub use open::{PASSPHRASE_VARIABLE, SECRETS_FILE_VARIABLE, open_default};
pub use secret::Secret;
pub use vault::{Ask, Passphrase, VaultStore};

use async_trait::async_trait;

/// A place for secrets, by name.
#[async_trait]
pub trait SecretStore: Send + Sync {
    /// The secret `name`, when there is one.
    async fn get(&self, name: &str) -> Result<Option<Secret>, KeychainError>;

    /// Keeps `secret` under `name`, in place of what was there.
    async fn set(&self, name: &str, secret: Secret) -> Result<(), KeychainError>;

    /// Forgets `name`; forgetting what is not there is no error.
    async fn delete(&self, name: &str) -> Result<(), KeychainError>;

    /// Gets what is needed to answer at all from a person, where it is not there yet. It may take as long as a person
    /// takes.
    async fn unlock(&self) -> Result<(), KeychainError> {
        Ok(())
    }

    /// Where they are kept, for people: `kept in: ...`.
    fn describe(&self) -> String;

    /// Whether whoever reads the place reads the secrets.
    fn is_plain_text(&self) -> bool {
        false
    }
}
