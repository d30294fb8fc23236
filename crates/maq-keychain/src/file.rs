//! Secrets in a file that the environment names, where there is no keychain: one JSON object of texts, for its owner
//! only.

use crate::{KeychainError, Secret, SecretStore};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// A secrets file. It is made on the first write, with mode 0600, and refused while group or others may read it.
#[derive(Debug, Clone)]
pub struct FileStore {
    path: PathBuf,
}

type Secrets = BTreeMap<String, Zeroizing<String>>;

impl FileStore {
    /// The file at `path`, which need not be there yet.
    pub fn new(path: impl Into<PathBuf>) -> FileStore {
        FileStore { path: path.into() }
    }

    fn read(&self) -> Result<Secrets, KeychainError> {
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Secrets::new()),
            Err(error) => return Err(self.failed(&error)),
        };
        self.refuse_open_to_others(&file)?;
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text).map_err(|error| self.failed(&error))?;
        let plain: BTreeMap<String, String> =
            serde_json::from_str(&text).map_err(|_| self.wrong("it is not a JSON object of texts"))?;
        Ok(plain.into_iter().map(|(name, secret)| (name, Zeroizing::new(secret))).collect())
    }

    /// Reads, changes and writes under a lock that other processes honour.
    fn change(&self, change: impl FnOnce(&mut Secrets)) -> Result<(), KeychainError> {
        let lock = owner_only(OpenOptions::new().create(true).truncate(false).write(true))
            .open(beside(&self.path, ".lock"))
            .map_err(|error| self.failed(&error))?;
        lock.lock().map_err(|error| self.failed(&error))?;
        let mut secrets = self.read()?;
        change(&mut secrets);
        self.write(&secrets).map_err(|error| self.failed(&error))
    }

    /// Beside it first, then renamed over it: a crash leaves the old file or the new one.
    fn write(&self, secrets: &Secrets) -> io::Result<()> {
        let plain: BTreeMap<&str, &str> = secrets.iter().map(|(name, secret)| (&**name, &***secret)).collect();
        let text = Zeroizing::new(serde_json::to_string_pretty(&plain)?);
        let draft = beside(&self.path, ".new");
        match fs::remove_file(&draft) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = owner_only(OpenOptions::new().create_new(true).write(true)).open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, &self.path)
    }

    #[cfg(unix)]
    fn refuse_open_to_others(&self, file: &File) -> Result<(), KeychainError> {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = file.metadata().map_err(|error| self.failed(&error))?.permissions().mode() & 0o7777;
        if mode & 0o077 == 0 {
            return Ok(());
        }
        Err(KeychainError::FileOpen { path: self.path.display().to_string(), mode })
    }

    #[cfg(not(unix))]
    fn refuse_open_to_others(&self, _file: &File) -> Result<(), KeychainError> {
        Ok(())
    }

    fn failed(&self, error: &io::Error) -> KeychainError {
        self.wrong(&error.to_string())
    }

    fn wrong(&self, reason: &str) -> KeychainError {
        KeychainError::File { path: self.path.display().to_string(), reason: reason.to_owned() }
    }
}

#[cfg(unix)]
fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[async_trait]
impl SecretStore for FileStore {
    async fn get(&self, name: &str) -> Result<Option<Secret>, KeychainError> {
        Ok(self.read()?.get(name).map(|secret| Secret::new(secret.as_str())))
    }

    async fn set(&self, name: &str, secret: Secret) -> Result<(), KeychainError> {
        self.change(|secrets| {
            secrets.insert(name.to_owned(), Zeroizing::new(secret.expose().to_owned()));
        })
    }

    async fn delete(&self, name: &str) -> Result<(), KeychainError> {
        self.change(|secrets| {
            secrets.remove(name);
        })
    }

    fn describe(&self) -> String {
        format!("kept in: the file {}", self.path.display())
    }
}

#[cfg(test)]
mod tests;
