//! Choosing the place.

use crate::vault::{Ask, Passphrase, VaultStore};
use crate::{FileStore, KeyringStore, LimitedStore, NoStore, Secret, SecretStore};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

/// Names a secrets file in plain text: for tests, and for whoever knows what that means.
pub const SECRETS_FILE_VARIABLE: &str = "MAQUETTE_SECRETS_FILE";

/// Holds the passphrase of the encrypted file.
pub const PASSPHRASE_VARIABLE: &str = "MAQUETTE_SECRETS_PASSPHRASE";

/// What the environment says about secrets.
struct Wishes {
    plain_file: Option<PathBuf>,
    passphrase: Option<Secret>,
    /// Where the encrypted file is, or would be.
    vault: Option<PathBuf>,
    #[cfg(feature = "secret-service")]
    session_bus: bool,
}

impl Wishes {
    fn of(variable: impl Fn(&str) -> Option<OsString>) -> Wishes {
        let text = |name: &str| variable(name).filter(|value| !value.is_empty());
        let folder = |name: &str, below: &str| text(name).map(|base| PathBuf::from(base).join(below));
        let vault = folder("XDG_DATA_HOME", "")
            .or_else(|| if cfg!(windows) { folder("APPDATA", "") } else { None })
            .or_else(|| {
                folder("HOME", if cfg!(target_os = "macos") { "Library/Application Support" } else { ".local/share" })
            });
        Wishes {
            plain_file: text(SECRETS_FILE_VARIABLE).map(PathBuf::from),
            passphrase: text(PASSPHRASE_VARIABLE).and_then(|value| value.into_string().ok()).map(Secret::new),
            vault: vault.map(|folder| folder.join("maquette").join("secrets.vault")),
            #[cfg(feature = "secret-service")]
            session_bus: text("DBUS_SESSION_BUS_ADDRESS").is_some(),
        }
    }
}

/// The place for secrets here. What somebody named goes first: the plain file of `MAQUETTE_SECRETS_FILE`, the encrypted
/// file of `MAQUETTE_SECRETS_PASSPHRASE`. Else the desktop's keychain, if a session bus is there and it answers; the
/// encrypted file, if one was made here before; the kernel's keyring; the encrypted file, if `ask` can ask somebody for
/// a passphrase. Else a store whose every call says what the ways are.
///
/// Every call of the answer ends within five seconds, the time a person takes to type left out.
pub async fn open_default(ask: Option<Ask>) -> Arc<dyn SecretStore> {
    Arc::new(LimitedStore::new(choose(Wishes::of(|name| std::env::var_os(name)), ask).await))
}

async fn choose(wishes: Wishes, ask: Option<Ask>) -> Arc<dyn SecretStore> {
    if let Some(path) = wishes.plain_file {
        return Arc::new(FileStore::new(path));
    }
    if let (Some(path), Some(passphrase)) = (&wishes.vault, wishes.passphrase) {
        return Arc::new(VaultStore::new(path, Passphrase::Given(passphrase)));
    }
    #[cfg(feature = "secret-service")]
    if wishes.session_bus
        && let Ok(keyring) = KeyringStore::secret_service().await
    {
        return Arc::new(keyring);
    }
    let vault = |ask: &Ask| wishes.vault.clone().map(|path| VaultStore::new(path, Passphrase::Asked(ask.clone())));
    let made_before = wishes.vault.as_ref().is_some_and(|path| path.exists());
    if made_before {
        // What is in it would otherwise seem lost. Without anybody to ask, its refusal says what is missing.
        let nobody: Ask = Arc::new(|_, _| None);
        if let Some(vault) = vault(ask.as_ref().unwrap_or(&nobody)) {
            return Arc::new(vault);
        }
    }
    #[cfg(target_os = "linux")]
    if let Ok(keyring) = KeyringStore::kernel().await {
        return Arc::new(keyring);
    }
    match ask.as_ref().and_then(vault) {
        Some(vault) => Arc::new(vault),
        None => Arc::new(NoStore),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wishes(variables: &[(&str, &str)]) -> Wishes {
        Wishes::of(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(*value)))
    }

    #[tokio::test]
    async fn what_somebody_named_goes_first() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().display().to_string();
        let named = [(SECRETS_FILE_VARIABLE, "/x/plain"), (PASSPHRASE_VARIABLE, "p"), ("XDG_DATA_HOME", &home)];
        let store = choose(wishes(&named), None).await;
        assert_eq!(store.describe(), "kept in: the file /x/plain, in plain text");
        assert!(store.is_plain_text());
        let store = choose(wishes(&named[1..]), None).await;
        assert_eq!(store.describe(), format!("kept in: the encrypted file {home}/maquette/secrets.vault"));
        assert!(!store.is_plain_text());
        let empty = [(SECRETS_FILE_VARIABLE, ""), (PASSPHRASE_VARIABLE, "p"), ("HOME", &*home)];
        let store = choose(wishes(&empty), None).await;
        assert!(store.describe().starts_with("kept in: the encrypted file"), "{}", store.describe());
    }

    #[tokio::test]
    async fn an_encrypted_file_that_is_there_is_used_and_asks() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().display().to_string();
        let given = choose(wishes(&[("XDG_DATA_HOME", &home), (PASSPHRASE_VARIABLE, "right")]), None).await;
        given.set("a", Secret::new("b")).await.unwrap();
        let headless = choose(wishes(&[("XDG_DATA_HOME", &home)]), None).await;
        headless.unlock().await.unwrap_err();
        let asked =
            choose(wishes(&[("XDG_DATA_HOME", &home)]), Some(Arc::new(|_, _| Some(Secret::new("right"))))).await;
        asked.unlock().await.unwrap();
        assert_eq!(asked.get("a").await, Ok(Some(Secret::new("b"))));
    }

    #[tokio::test]
    async fn a_headless_machine_hears_the_three_ways() {
        let error = NoStore.get("a").await.unwrap_err();
        assert_eq!(error.to_string(), "there is no keychain here to keep secrets in");
        assert_eq!(
            error.help(),
            "unlock a desktop keychain, or let this user have a kernel keyring, or set MAQUETTE_SECRETS_PASSPHRASE so \
             that they are kept in an encrypted file"
        );
    }
}
