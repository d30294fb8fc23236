//! Audit events: their shape, canonical form, hash chain and verification. No storage: the store links events in
//! the transaction of the change, with [`seal`].
//!
//! The chain is one per tenant. A link's hash is SHA-256 over the previous hash, the sequence number and the
//! canonical form of the event, in which the payload (`details`) stands only as a salted leaf hash: erasing a
//! payload later leaves the chain whole.

use maq_value::{Instant, Scope};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

/// How the thing ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was done.
    Success,
    /// It was refused or failed.
    Failure,
}

/// One audited act.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEvent {
    /// `evt_{milliseconds}_{random}`.
    pub event_id: String,
    /// `meta.entity.create`, `data.update`, `policy.deny`, ...
    pub event_type: String,
    /// When.
    pub timestamp: Instant,
    /// Who.
    pub user_id: String,
    /// Where: tenant and realm.
    #[serde(flatten)]
    pub scope: Scope,
    /// What was asked: `create`, `read`, `publish`, ...
    pub action: String,
    /// On what: an entity's name, `Invoice/inv_1`, a release's digest.
    pub resource: String,
    /// More, erasable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Json>,
    /// 16 random bytes in hex that salt the leaf of `details`.
    pub salt: String,
    /// How it ended.
    pub result: Outcome,
    /// What was wrong, without secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
}

/// An event in its chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SealedEvent {
    /// The event; `details` may have been erased.
    #[serde(flatten)]
    pub event: AuditEvent,
    /// Position in the tenant's chain, from 1.
    pub seq: i64,
    /// Hash of the payload leaf, in hex.
    pub leaf: String,
    /// Hash of the previous link, in hex; 64 zeros for the first.
    pub prev_hash: String,
    /// Hash of this link, in hex.
    pub hash: String,
}

/// Where a chain ends: what the next link needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainTail {
    /// Sequence of the last link, 0 before the first.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
}

impl Default for ChainTail {
    fn default() -> Self {
        ChainTail { seq: 0, hash: "0".repeat(64) }
    }
}

/// Links `event` to `tail` and moves the tail on.
pub fn seal(event: AuditEvent, tail: &mut ChainTail) -> SealedEvent {
    let leaf = leaf_hash(&event);
    seal_leaf(event, leaf, tail)
}

/// As [`seal`], for an event whose leaf was made when it was written: its payload may have been erased since.
pub fn seal_leaf(event: AuditEvent, leaf: String, tail: &mut ChainTail) -> SealedEvent {
    let seq = tail.seq + 1;
    let hash = link_hash(&tail.hash, seq, &event, &leaf);
    let prev_hash = std::mem::replace(&mut tail.hash, hash.clone());
    tail.seq = seq;
    SealedEvent { event, seq, leaf, prev_hash, hash }
}

/// What is wrong with a chain, at the first link that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainBreak {
    /// Sequence number at which it breaks.
    pub seq: i64,
    /// What does not hold.
    pub reason: &'static str,
}

/// Checks one link against the tail before it and moves the tail on. Feed links in order of `seq`.
///
/// # Errors
/// [`ChainBreak`] when the sequence, a hash or an unerased payload does not hold.
pub fn verify_link(link: &SealedEvent, tail: &mut ChainTail) -> Result<(), ChainBreak> {
    let broken = |reason| Err(ChainBreak { seq: link.seq, reason });
    if link.seq != tail.seq + 1 {
        return broken("an event is missing or out of order");
    }
    if link.prev_hash != tail.hash {
        return broken("the link before it was changed");
    }
    if link.event.details.is_some() && leaf_hash(&link.event) != link.leaf {
        return broken("the details were changed");
    }
    if link_hash(&tail.hash, link.seq, &link.event, &link.leaf) != link.hash {
        return broken("the event was changed");
    }
    *tail = ChainTail { seq: link.seq, hash: link.hash.clone() };
    Ok(())
}

/// The salted hash that stands for an event's payload, in hex.
pub fn leaf_hash(event: &AuditEvent) -> String {
    let mut text = Vec::with_capacity(256);
    put(&mut text, event.salt.as_bytes());
    let start = text.len();
    put(&mut text, b"");
    if let Some(details) = &event.details {
        // serde_json writes object keys in the order they were given; the stored text keeps that order. Writing into
        // memory does not fail.
        let _ = serde_json::to_writer(&mut text, details);
        let length = (text.len() - start - LENGTH) as u64;
        if let Some(place) = text.get_mut(start..start + LENGTH) {
            place.copy_from_slice(&length.to_be_bytes());
        }
    }
    hashed(&text)
}

fn link_hash(previous: &str, seq: i64, event: &AuditEvent, leaf: &str) -> String {
    let mut text = Vec::with_capacity(512);
    put(&mut text, previous.as_bytes());
    text.extend_from_slice(&seq.to_be_bytes());
    text.extend_from_slice(&event.timestamp.0.to_be_bytes());
    let result: &[u8] = match event.result {
        Outcome::Success => b"success",
        Outcome::Failure => b"failure",
    };
    let parts = [
        event.event_id.as_bytes(),
        event.event_type.as_bytes(),
        event.user_id.as_bytes(),
        event.scope.tenant_id.as_bytes(),
        event.scope.realm_id.as_bytes(),
        event.action.as_bytes(),
        event.resource.as_bytes(),
        event.salt.as_bytes(),
        result,
        event.error_message.as_deref().unwrap_or("\u{0}").as_bytes(),
        leaf.as_bytes(),
    ];
    for part in parts {
        put(&mut text, part);
    }
    hashed(&text)
}

/// Bytes of a length.
const LENGTH: usize = size_of::<u64>();

/// Length before bytes, so that no two different events share a text.
fn put(text: &mut Vec<u8>, bytes: &[u8]) {
    text.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
    text.extend_from_slice(bytes);
}

/// SHA-256 in hex. The text is made whole first: hashing it in one call is cheaper than in many short ones.
fn hashed(text: &[u8]) -> String {
    let mut out = [0; 64];
    // The length is right, so this does not fail.
    let _ = hex::encode_to_slice(Sha256::digest(text), &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(number: i64) -> AuditEvent {
        AuditEvent {
            event_id: format!("evt_{number}_ab"),
            event_type: "data.create".into(),
            timestamp: Instant(number),
            user_id: "ann".into(),
            scope: Scope::default(),
            action: "create".into(),
            resource: "Invoice".into(),
            details: Some(json!({"number": number, "name": "b"})),
            salt: "00".repeat(16),
            result: Outcome::Success,
            error_message: None,
        }
    }

    fn chain(length: i64) -> Vec<SealedEvent> {
        let mut tail = ChainTail::default();
        (1..=length).map(|number| seal(event(number), &mut tail)).collect()
    }

    fn verify(chain: &[SealedEvent]) -> Result<(), ChainBreak> {
        let mut tail = ChainTail::default();
        chain.iter().try_for_each(|link| verify_link(link, &mut tail))
    }

    #[test]
    fn the_canonical_form_never_changes() {
        let mut tail = ChainTail::default();
        let with_details = seal(event(7), &mut tail);
        let without = seal(AuditEvent { details: None, error_message: Some("no".into()), ..event(8) }, &mut tail);
        assert_eq!(with_details.leaf, "037f49eb3201e8f6a89366f8f104ccfa846c87c9ce655b14fa9ce575313cdf6e");
        assert_eq!(with_details.hash, "fb85d2b2b4afd8e14699dc186ee04c281d392d09342efbe0ee271148b9bd70ea");
        assert_eq!(without.leaf, "2a642baddfc787e75352a8174b0381be6ad78718f5ff94d0477df3f6bec32069");
        assert_eq!(without.hash, "efe0bf724c39fe062b7ef7d6f54898058cd31a8dbd9e2fbccfef26b935af6f41");
    }

    #[test]
    fn a_chain_verifies_and_a_gap_does_not() {
        let mut links = chain(5);
        assert_eq!(verify(&links), Ok(()));
        links.remove(2);
        assert_eq!(verify(&links), Err(ChainBreak { seq: 4, reason: "an event is missing or out of order" }));
    }

    #[test]
    fn an_erased_payload_leaves_the_chain_whole() {
        let mut links = chain(3);
        links[1].event.details = None;
        assert_eq!(verify(&links), Ok(()));
    }

    #[test]
    fn one_flipped_byte_anywhere_breaks_it() {
        let text = serde_json::to_string(&chain(3)[1]).unwrap();
        let (first, rest) = (chain(1), chain(3));
        let mut flipped = 0;
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            let Ok(link) = serde_json::from_str::<SealedEvent>(&changed) else { continue };
            if link == rest[1] {
                continue;
            }
            flipped += 1;
            let links = [first[0].clone(), link, rest[2].clone()];
            // A payload key that turned into an unknown one reads as erased; everything else must break.
            let erased = links[1].event.details.is_none();
            assert!(verify(&links).is_err() || erased, "{changed}");
        }
        assert!(flipped > 100);
    }
}
