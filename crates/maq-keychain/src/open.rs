//! Choosing the place.

use crate::{FileStore, KeyringStore, NoStore, SecretStore};
use std::sync::Arc;

/// Names the secrets file, where there is no keychain or none is wanted.
pub const SECRETS_FILE_VARIABLE: &str = "MAQUETTE_SECRETS_FILE";

/// The place for secrets here: the file that `MAQUETTE_SECRETS_FILE` names; else the desktop's keychain, if a session
/// bus is there and it answers; else the kernel's keyring; else a store whose every call says what to set.
pub async fn open_default() -> Arc<dyn SecretStore> {
    if let Some(path) = std::env::var_os(SECRETS_FILE_VARIABLE).filter(|path| !path.is_empty()) {
        return Arc::new(FileStore::new(path));
    }
    #[cfg(feature = "secret-service")]
    if std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some_and(|address| !address.is_empty())
        && let Ok(keyring) = KeyringStore::secret_service().await
    {
        return Arc::new(keyring);
    }
    #[cfg(target_os = "linux")]
    if let Ok(keyring) = KeyringStore::kernel().await {
        return Arc::new(keyring);
    }
    Arc::new(NoStore)
}
