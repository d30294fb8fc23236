//! The DSSE envelope: signing and verification.

use crate::{FORMAT, PublicKey, ReleaseBundle, ReleaseError, SigningKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// What the payload is.
pub const PAYLOAD_TYPE: &str = "application/vnd.maquette.release+json";

/// The largest envelope that is read.
pub const MAX_ENVELOPE_BYTES: usize = 64 * 1024 * 1024;

/// A signed release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Envelope {
    /// [`PAYLOAD_TYPE`].
    pub payload_type: String,
    /// The canonical bundle in base64.
    pub payload: String,
    /// Who signed.
    pub signatures: Vec<Signature>,
}

/// One signature over the pre-authentication encoding of the payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Whose it is said to be; the trusted key decides.
    pub keyid: String,
    /// 64 bytes in base64.
    pub sig: String,
}

impl Envelope {
    /// The envelope as JSON on one line.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Signs `bundle`.
pub fn sign(bundle: &ReleaseBundle, key: &SigningKey) -> Envelope {
    let payload = bundle.canonical();
    let sig = key.sign(&pre_authentication(PAYLOAD_TYPE, payload.as_bytes()));
    Envelope {
        payload_type: PAYLOAD_TYPE.to_owned(),
        payload: STANDARD.encode(payload),
        signatures: vec![Signature { keyid: key.key_id(), sig: STANDARD.encode(sig) }],
    }
}

/// The bundle in `envelope`, if one of the `trusted` keys signed it and it is whole.
///
/// # Errors
/// [`ReleaseError`], for whatever does not hold; nothing of the payload is read before its signature holds.
pub fn verify(envelope: &str, trusted: &[PublicKey]) -> Result<ReleaseBundle, ReleaseError> {
    let (envelope, payload) = open(envelope)?;
    check_signatures(&envelope, &payload, trusted)?;
    ReleaseBundle::read(&payload)
}

/// The bundle in an envelope that was verified when it was stored. Checks no signature: only for what this program
/// kept itself.
pub fn read_unverified(envelope: &str) -> Option<ReleaseBundle> {
    let (_, payload) = open(envelope).ok()?;
    serde_json::from_slice(&payload).ok().filter(|bundle: &ReleaseBundle| bundle.format <= FORMAT)
}

/// The id of the first key that `envelope` says it is signed with.
pub fn key_id_of(envelope: &str) -> Option<String> {
    let (envelope, _) = open(envelope).ok()?;
    envelope.signatures.into_iter().next().map(|signature| signature.keyid)
}

fn open(text: &str) -> Result<(Envelope, Vec<u8>), ReleaseError> {
    if text.len() > MAX_ENVELOPE_BYTES {
        return Err(ReleaseError::TooLarge { bytes: text.len(), limit: MAX_ENVELOPE_BYTES });
    }
    let envelope: Envelope = serde_json::from_str(text).map_err(|error| ReleaseError::NotABundle(error.to_string()))?;
    if envelope.payload_type != PAYLOAD_TYPE {
        let reason = format!("its payload is `{}`, not `{PAYLOAD_TYPE}`", envelope.payload_type);
        return Err(ReleaseError::NotABundle(reason));
    }
    let payload = STANDARD
        .decode(&envelope.payload)
        .map_err(|error| ReleaseError::NotABundle(format!("its payload is not base64: {error}")))?;
    Ok((envelope, payload))
}

fn check_signatures(envelope: &Envelope, payload: &[u8], trusted: &[PublicKey]) -> Result<(), ReleaseError> {
    let Some(first) = envelope.signatures.first() else { return Err(ReleaseError::Unsigned) };
    let message = pre_authentication(&envelope.payload_type, payload);
    let mut altered = None;
    for signature in &envelope.signatures {
        let Some(key) = trusted.iter().find(|key| key.key_id() == signature.keyid) else { continue };
        match STANDARD.decode(&signature.sig) {
            Ok(bytes) if key.holds(&message, &bytes) => return Ok(()),
            _ => altered = Some(signature.keyid.clone()),
        }
    }
    match altered {
        Some(key_id) => Err(ReleaseError::Altered { key_id }),
        None => Err(ReleaseError::Untrusted { key_id: first.keyid.clone() }),
    }
}

/// `PAE(type, body) = "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body`, lengths in bytes as ASCII decimals.
fn pre_authentication(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut message = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    message.extend_from_slice(payload);
    message
}

#[cfg(test)]
mod tests;
