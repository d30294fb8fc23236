//! Releases: the bundle of versions, its canonical form and digest, its signature and verification.
//!
//! What is here: content only. The digest is SHA-256 over canonical JSON (RFC 8785) of format, entities and roles, so the
//! same content is the same release whoever makes it and whenever. What is not: number, label and time of a release,
//! which a store keeps beside it; stores and HTTP; where the signing key is kept.
//!
//! The signed form is a DSSE envelope (<https://github.com/secure-systems-lab/dsse>) with Ed25519 (RFC 8032).

mod bundle;
mod envelope;
mod error;
mod keys;

pub use bundle::{BundleEntity, BundleRole, FORMAT, ReleaseBundle};
pub use envelope::{Envelope, MAX_ENVELOPE_BYTES, PAYLOAD_TYPE, Signature, key_id_of, read_unverified, sign, verify};
pub use error::ReleaseError;
pub use keys::{PublicKey, SigningKey};
