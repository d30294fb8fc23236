//! The release bundle: canonical form, digest, signature, verification.
