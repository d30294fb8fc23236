//! Why a release is refused.

/// Why an envelope is not a release that may be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseError {
    /// More than [`crate::MAX_ENVELOPE_BYTES`].
    #[error("the release has {bytes} bytes, the limit is {limit}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// Not a DSSE envelope of a release, or a payload that is no bundle.
    #[error("this is not a release: {0}")]
    NotABundle(String),
    /// No signature at all.
    #[error("the release is not signed")]
    Unsigned,
    /// Signed, but by nobody trusted here.
    #[error("the release is signed by `{key_id}`, which is not a trusted key")]
    Untrusted {
        /// Who signed, as the envelope says.
        key_id: String,
    },
    /// The signature of a trusted key does not hold.
    #[error("the release was altered after it was signed by `{key_id}`")]
    Altered {
        /// Whose signature does not hold.
        key_id: String,
    },
    /// Signed, but not in canonical form.
    #[error("the release is not in canonical form")]
    NotCanonical,
    /// Written by a newer program.
    #[error("the release has format {format}, this program knows up to {}", crate::FORMAT)]
    FormatNewer {
        /// Its format.
        format: u64,
    },
    /// An entity's digest is not that of its document.
    #[error("the digest of `{name}` is not that of its document")]
    EntityDigest {
        /// The entity.
        name: String,
    },
    /// A role's digest is not that of its document.
    #[error("the digest of the role `{name}` is not that of its document")]
    RoleDigest {
        /// The role.
        name: String,
    },
}

impl ReleaseError {
    /// What to do next.
    pub fn help(&self) -> String {
        match self {
            ReleaseError::TooLarge { .. } => "publish fewer entities in one release".to_owned(),
            ReleaseError::Unsigned => "sign it by making the release in a workspace".to_owned(),
            ReleaseError::Untrusted { key_id } => {
                format!("if you know whose key `{key_id}` is, an administrator can trust it here")
            }
            ReleaseError::FormatNewer { .. } => "use a newer Maquette here".to_owned(),
            ReleaseError::NotABundle(_)
            | ReleaseError::Altered { .. }
            | ReleaseError::NotCanonical
            | ReleaseError::EntityDigest { .. }
            | ReleaseError::RoleDigest { .. } => "take the release from its workspace again".to_owned(),
        }
    }
}
