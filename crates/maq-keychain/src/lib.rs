//! Where secrets are kept: our own trait, and adapters for the platform's keychain, the kernel's keyring, and a file
//! that the environment names.
//!
//! What is here: getting, setting and deleting named secrets, and choosing a place ([`open_default`]). What is not:
//! what the secrets mean. Nothing falls back to plain text silently: where no keychain answers and no file is named,
//! every call is an error that says what to set.

mod error;
mod file;
mod keyring;
mod memory;
mod none;
mod open;
mod secret;

pub use error::KeychainError;
pub use file::FileStore;
pub use keyring::KeyringStore;
pub use memory::MemoryStore;
pub use none::NoStore;
pub use open::{SECRETS_FILE_VARIABLE, open_default};
pub use secret::Secret;

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

    /// Where they are kept, for people: `kept in: ...`.
    fn describe(&self) -> String;
}
