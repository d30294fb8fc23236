//! Why a secret cannot be kept or read.

use crate::PASSPHRASE_VARIABLE;

/// Why a secret cannot be kept or read. Never carries a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeychainError {
    /// There is no keychain here and nobody gives a passphrase.
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
    /// The encrypted file is whole, and this passphrase does not open it.
    #[error("this passphrase does not open the secrets file `{path}`")]
    WrongPassphrase {
        /// The file.
        path: String,
    },
    /// The encrypted file is not what was written.
    #[error("the secrets file `{path}` is damaged: {reason}")]
    Damaged {
        /// The file.
        path: String,
        /// What does not fit.
        reason: String,
    },
    /// The encrypted file needs a passphrase and got none.
    #[error("the secrets file `{path}` needs its passphrase")]
    NoPassphrase {
        /// The file.
        path: String,
    },
}

/// The ways to keep secrets, for a machine that has none yet.
fn ways() -> String {
    format!(
        "unlock a desktop keychain, or let this user have a kernel keyring, or set {PASSPHRASE_VARIABLE} so that they \
         are kept in an encrypted file"
    )
}

impl KeychainError {
    /// What to do next.
    pub fn help(&self) -> String {
        match self {
            KeychainError::NoPlace => ways(),
            KeychainError::TimedOut { .. } | KeychainError::Refused(_) => {
                format!("unlock it and try again, or set {PASSPHRASE_VARIABLE} to keep secrets in an encrypted file")
            }
            KeychainError::FileOpen { path, .. } => format!("run `chmod 600 {path}`"),
            KeychainError::File { .. } => "correct the file, or move it away and start anew".to_owned(),
            KeychainError::WrongPassphrase { .. } => {
                format!("give the passphrase it was made with, in {PASSPHRASE_VARIABLE} or when asked")
            }
            KeychainError::Damaged { .. } => {
                "bring back a copy of it, or move it away, make new keys and tokens and revoke the old".to_owned()
            }
            KeychainError::NoPassphrase { .. } => {
                format!("set {PASSPHRASE_VARIABLE}, or run this in a terminal and type it when asked")
            }
        }
    }
}
