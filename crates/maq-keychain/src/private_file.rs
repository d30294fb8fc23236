//! Files for their owner only, changed under a lock and replaced at once.

use crate::KeychainError;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// A file that only its owner may read. It is made on the first write, with mode 0600, and refused while group or
/// others may read it.
#[derive(Debug, Clone)]
pub(crate) struct PrivateFile {
    pub path: PathBuf,
}

impl PrivateFile {
    /// What stands in it; none while it is not there.
    pub fn read(&self) -> Result<Option<Zeroizing<String>>, KeychainError> {
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed(&error)),
        };
        self.refuse_open_to_others(&file)?;
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text).map_err(|error| self.failed(&error))?;
        Ok(Some(text))
    }

    /// Holds the lock that other processes honour while the answer lives.
    pub fn lock(&self) -> Result<File, KeychainError> {
        if let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(|error| self.failed(&error))?;
        }
        let lock = owner_only(OpenOptions::new().create(true).truncate(false).write(true))
            .open(beside(&self.path, ".lock"))
            .map_err(|error| self.failed(&error))?;
        lock.lock().map_err(|error| self.failed(&error))?;
        Ok(lock)
    }

    /// Beside it first, then renamed over it: a crash leaves the old file or the new one.
    pub fn replace(&self, text: &str) -> Result<(), KeychainError> {
        let write = || {
            let draft = beside(&self.path, ".new");
            match fs::remove_file(&draft) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = owner_only(OpenOptions::new().create_new(true).write(true)).open(&draft)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&draft, &self.path)
        };
        write().map_err(|error: io::Error| self.failed(&error))
    }

    pub fn shown(&self) -> String {
        self.path.display().to_string()
    }

    pub fn wrong(&self, reason: &str) -> KeychainError {
        KeychainError::File { path: self.shown(), reason: reason.to_owned() }
    }

    fn failed(&self, error: &io::Error) -> KeychainError {
        self.wrong(&error.to_string())
    }

    #[cfg(unix)]
    fn refuse_open_to_others(&self, file: &File) -> Result<(), KeychainError> {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = file.metadata().map_err(|error| self.failed(&error))?.permissions().mode() & 0o7777;
        if mode & 0o077 == 0 {
            return Ok(());
        }
        Err(KeychainError::FileOpen { path: self.shown(), mode })
    }

    #[cfg(not(unix))]
    fn refuse_open_to_others(&self, _file: &File) -> Result<(), KeychainError> {
        Ok(())
    }
}

#[cfg(unix)]
pub(crate) fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600)
}

#[cfg(not(unix))]
pub(crate) fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Files block: their work is done on a thread for that.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, KeychainError> + Send + 'static,
) -> Result<T, KeychainError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(KeychainError::Refused("its thread failed".to_owned())))
}
