//! Why a secret cannot be kept or read.

use crate::SECRETS_FILE_VARIABLE;

/// Why a secret cannot be kept or read. Never carries a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeychainError {
    /// There is no keychain here and no file is named.
    #[error("there is no keychain here to keep secrets in")]
    NoPlace,
    /// The keychain did not answer in time; it may be asking someone to unlock it.
    #[error("the keychain did not answer within {seconds} seconds")]
    TimedOut {
        /// How long it was given.
        seconds: u64,
    },
    /// The keychain is locked, or refused.
    #[error("the keychain refused: {0}")]
    Refused(String),
    /// Others may read the file.
    #[error("the secrets file `{path}` can be read by others (mode {mode:04o})")]
    FileOpen {
        /// The file.
        path: String,
        /// Its permission bits.
        mode: u32,
    },
    /// The file cannot be read or written, or is not what it should be.
    #[error("the secrets file `{path}` cannot be used: {reason}")]
    File {
        /// The file.
        path: String,
        /// What is wrong.
        reason: String,
    },
}

impl KeychainError {
    /// What to do next.
    pub fn help(&self) -> String {
        match self {
            KeychainError::NoPlace => {
                format!("set {SECRETS_FILE_VARIABLE} to a file that only you can read; it is made when it is not there")
            }
            KeychainError::TimedOut { .. } | KeychainError::Refused(_) => {
                format!(
                    "unlock the keychain and try again, or set {SECRETS_FILE_VARIABLE} to a file that only you can read"
                )
            }
            KeychainError::FileOpen { path, .. } => format!("run `chmod 600 {path}`"),
            KeychainError::File { .. } => format!("correct the file, or set {SECRETS_FILE_VARIABLE} to another"),
        }
    }
}
