//! Keys: Ed25519, the secret half never printed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, VerifyingKey};
use sha2::{Digest as _, Sha256};
use std::fmt;
use zeroize::Zeroizing;

/// The secret half of a signing key. Wiped from memory when dropped.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

/// The public half.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl SigningKey {
    /// The key of 32 random bytes that the caller drew.
    pub fn from_seed(seed: [u8; 32]) -> SigningKey {
        SigningKey(ed25519_dalek::SigningKey::from_bytes(&Zeroizing::new(seed)))
    }

    /// Reads what [`SigningKey::to_secret`] wrote.
    pub fn from_secret(secret: &str) -> Option<SigningKey> {
        let bytes = Zeroizing::new(STANDARD.decode(secret.trim()).ok()?);
        Some(SigningKey::from_seed(bytes.as_slice().try_into().ok()?))
    }

    /// The secret as base64, for a keychain and nowhere else.
    pub fn to_secret(&self) -> String {
        STANDARD.encode(self.0.as_bytes())
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// The public half's id.
    pub fn key_id(&self) -> String {
        self.public().key_id()
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, secret not shown)", self.key_id())
    }
}

impl PublicKey {
    /// Reads 32 bytes in base64 that are a point of the curve.
    pub fn from_base64(text: &str) -> Option<PublicKey> {
        let bytes: [u8; 32] = STANDARD.decode(text.trim()).ok()?.try_into().ok()?;
        VerifyingKey::from_bytes(&bytes).ok().filter(|key| !key.is_weak()).map(PublicKey)
    }

    /// The 32 bytes in base64.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0.as_bytes())
    }

    /// The first 16 hex digits of the SHA-256 of the 32 bytes.
    pub fn key_id(&self) -> String {
        let mut id = hex::encode(Sha256::digest(self.0.as_bytes()));
        id.truncate(16);
        id
    }

    pub(crate) fn holds(&self, message: &[u8], signature: &[u8]) -> bool {
        ed25519_dalek::Signature::from_slice(signature)
            .is_ok_and(|signature| self.0.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.key_id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_its_text_and_never_prints_its_secret() {
        let key = SigningKey::from_seed([7; 32]);
        let secret = key.to_secret();
        let back = SigningKey::from_secret(&secret).unwrap();
        assert_eq!(back.public(), key.public());
        assert_eq!(format!("{key:?}"), format!("SigningKey({}, secret not shown)", key.key_id()));
        assert_eq!(PublicKey::from_base64(&key.public().to_base64()), Some(key.public()));
        assert_eq!(key.key_id().len(), 16);
    }

    #[test]
    fn what_is_no_key_is_none() {
        assert!(SigningKey::from_secret("AAAA").is_none());
        assert!(SigningKey::from_secret("not base64").is_none());
        assert_eq!(PublicKey::from_base64(&STANDARD.encode([0; 31])), None);
        // The neutral element: a point of small order, with which anything can be signed.
        let mut neutral = [0; 32];
        neutral[0] = 1;
        assert_eq!(PublicKey::from_base64(&STANDARD.encode(neutral)), None);
    }
}
