//! Bundles: an envelope that is not, byte for byte, what a trusted key signed is never accepted; nothing panics.

use crate::run::reached;
use crate::samples;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maq_doc::{canonical_json, digest};
use maq_fuzz::Input;
use maq_release::{BundleEntity, PublicKey, ReleaseBundle, SigningKey, key_id_of, read_unverified, sign, verify};
use serde_json::{Value as Json, json};
use std::sync::LazyLock;

struct Signed {
    envelope: Json,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

static SIGNED: LazyLock<Signed> = LazyLock::new(|| {
    let envelope: Json = serde_json::from_str(&sign(&bundle(), &key()).to_json()).unwrap();
    let bytes = |json: &Json| STANDARD.decode(json.as_str().unwrap()).unwrap();
    Signed { payload: bytes(&envelope["payload"]), signature: bytes(&envelope["signatures"][0]["sig"]), envelope }
});

fn key() -> SigningKey {
    SigningKey::from_seed([7; 32])
}

fn stranger() -> SigningKey {
    SigningKey::from_seed([8; 32])
}

fn bundle() -> ReleaseBundle {
    let entities = samples::documents().into_iter().take(2).map(|document| BundleEntity {
        id: document["id"].as_str().unwrap().to_owned(),
        name: document["name"].as_str().unwrap().to_owned(),
        version: "v1".to_owned(),
        digest: digest(&document).0,
        document,
    });
    ReleaseBundle::new(entities.collect())
}

pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    match input.pick(6) {
        0 => never_signed(&String::from_utf8_lossy(input.rest())),
        1 => damaged_text(&mut input),
        2 => changed_envelope(&mut input),
        3 => changed_payload(&mut input),
        _ => signed_nonsense(&mut input),
    }
}

/// The envelope's text with bytes of it damaged.
fn damaged_text(input: &mut Input<'_>) {
    let mut text = SIGNED.envelope.to_string().into_bytes();
    input.damage(&mut text);
    never_signed(&String::from_utf8_lossy(&text));
}

/// The envelope's JSON with values changed, signatures added, keys exchanged.
fn changed_envelope(input: &mut Input<'_>) {
    let mut envelope = SIGNED.envelope.clone();
    if input.once_in(2) {
        let other = sign(&bundle(), &stranger()).to_json();
        let other: Json = serde_json::from_str(&other).unwrap();
        let mut signature = other["signatures"][0].clone();
        if input.once_in(2) {
            signature["keyid"] = json!(key().key_id());
        }
        let signatures = envelope["signatures"].as_array_mut().unwrap();
        signatures.insert(input.pick(2), signature);
    }
    input.mutate(&mut envelope);
    never_signed(&envelope.to_string());
}

/// Another payload under the old signature.
fn changed_payload(input: &mut Input<'_>) {
    let mut payload: Json = serde_json::from_slice(&SIGNED.payload).unwrap();
    input.mutate(&mut payload);
    let mut text = if input.once_in(2) { payload.to_string() } else { canonical_json(&payload) }.into_bytes();
    if input.once_in(3) {
        input.damage(&mut text);
    }
    let mut envelope = SIGNED.envelope.clone();
    envelope["payload"] = json!(STANDARD.encode(&text));
    never_signed(&envelope.to_string());
}

/// Whatever a trusted key signs is either a whole release, or refused.
fn signed_nonsense(input: &mut Input<'_>) {
    let mut bundle = bundle();
    let Some(entity) = bundle.entities.get_mut(input.pick(2)) else { return };
    match input.pick(4) {
        0 => entity.digest = input.text(),
        1 => entity.name = input.text(),
        2 => bundle.format = u32::try_from(input.number()).unwrap_or(9),
        _ => {
            input.mutate(&mut entity.document);
            entity.digest = digest(&entity.document).0;
        }
    }
    let envelope = sign(&bundle, &key()).to_json();
    let Ok(read) = verify(&envelope, &trusted()) else { return };
    reached("signed by a trusted key and accepted");
    assert_eq!(read.canonical(), bundle.canonical(), "another release than was signed");
    for entity in &read.entities {
        assert_eq!(digest(&entity.document).0, entity.digest);
    }
    assert!(verify(&envelope, &[stranger().public()]).is_err(), "accepted from a stranger");
}

fn trusted() -> [PublicKey; 1] {
    [key().public()]
}

/// `envelope` was not signed by us as it stands, unless it holds exactly our payload and our signature.
fn never_signed(envelope: &str) {
    // Neither may panic, whatever it is.
    let _ = (read_unverified(envelope), key_id_of(envelope));
    assert!(verify(envelope, &[]).is_err(), "accepted without any trusted key: {envelope}");
    let Ok(read) = verify(envelope, &trusted()) else { return };
    reached("accepted, because payload and signature are the signed ones");
    let json: Json = serde_json::from_str(envelope).unwrap();
    let decoded = |json: &Json| STANDARD.decode(json.as_str().unwrap()).unwrap();
    assert_eq!(decoded(&json["payload"]), SIGNED.payload, "another payload: {envelope}");
    let ours = |signature: &Json| {
        signature["keyid"] == json!(key().key_id())
            && STANDARD.decode(signature["sig"].as_str().unwrap_or_default()).is_ok_and(|sig| sig == SIGNED.signature)
    };
    assert!(json["signatures"].as_array().unwrap().iter().any(ours), "another signature: {envelope}");
    assert_eq!(read, bundle());
}

#[test]
fn a_deep_or_large_envelope_is_refused() {
    let nested = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    never_signed(&nested);
    let mut envelope = SIGNED.envelope.clone();
    envelope["payload"] = json!(STANDARD.encode(&nested));
    never_signed(&envelope.to_string());
    let large = " ".repeat(maq_release::MAX_ENVELOPE_BYTES) + &SIGNED.envelope.to_string();
    assert!(matches!(verify(&large, &trusted()), Err(maq_release::ReleaseError::TooLarge { .. })));
}
