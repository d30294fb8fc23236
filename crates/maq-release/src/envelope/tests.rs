use super::*;
use crate::BundleEntity;
use maq_doc::digest;
use serde_json::{Value as Json, json};

fn key() -> SigningKey {
    SigningKey::from_seed([7; 32])
}

fn entity(name: &str) -> BundleEntity {
    let document = json!({"kind": "entity", "format": 1, "id": format!("ent_{name}"), "name": name});
    BundleEntity {
        id: format!("ent_{name}"),
        name: name.to_owned(),
        version: "v1".to_owned(),
        digest: digest(&document).0,
        document,
    }
}

fn bundle() -> ReleaseBundle {
    ReleaseBundle::new(vec![entity("Invoice"), entity("Customer")])
}

/// An envelope over any payload, signed by [`key`].
fn signed(payload: &str) -> String {
    let sig = key().sign(&pre_authentication(PAYLOAD_TYPE, payload.as_bytes()));
    let signatures = vec![Signature { keyid: key().key_id(), sig: STANDARD.encode(sig) }];
    Envelope { payload_type: PAYLOAD_TYPE.to_owned(), payload: STANDARD.encode(payload), signatures }.to_json()
}

fn refused(envelope: &str) -> ReleaseError {
    verify(envelope, &[key().public()]).unwrap_err()
}

#[test]
fn the_encoding_is_that_of_the_dsse_specification() {
    let encoded = pre_authentication("http://example.com/HelloWorld", b"hello world");
    assert_eq!(encoded, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    // An empty type leaves its two spaces.
    assert_eq!(pre_authentication("", b""), b"DSSEv1 0  0 ");
}

#[test]
fn a_signed_release_comes_back_whole_and_in_its_order() {
    let envelope = sign(&bundle(), &key()).to_json();
    let back = verify(&envelope, &[SigningKey::from_seed([8; 32]).public(), key().public()]).unwrap();
    assert_eq!(back, bundle());
    assert_eq!(back.entities[0].name, "Customer");
    assert_eq!(key_id_of(&envelope), Some(key().key_id()));
    assert_eq!(read_unverified(&envelope), Some(bundle()));
}

#[test]
fn the_same_content_is_the_same_release_in_whatever_order() {
    let other = ReleaseBundle::new(vec![entity("Customer"), entity("Invoice")]);
    assert_eq!(other.digest(), bundle().digest());
    let fewer = ReleaseBundle::new(vec![entity("Customer")]);
    assert_ne!(fewer.digest(), bundle().digest());
}

#[test]
fn an_unsigned_and_an_untrusted_release_are_refused_by_name() {
    let unsigned = Envelope { signatures: Vec::new(), ..sign(&bundle(), &key()) };
    assert_eq!(refused(&unsigned.to_json()), ReleaseError::Unsigned);
    let stranger = SigningKey::from_seed([9; 32]);
    let error = refused(&sign(&bundle(), &stranger).to_json());
    assert_eq!(error, ReleaseError::Untrusted { key_id: stranger.key_id() });
    let text = error.to_string();
    assert_eq!(text, format!("the release is signed by `{}`, which is not a trusted key", stranger.key_id()));
}

#[test]
fn a_strangers_signature_under_a_trusted_key_id_is_an_alteration() {
    let mut forged = sign(&bundle(), &SigningKey::from_seed([9; 32]));
    forged.signatures[0].keyid = key().key_id();
    assert_eq!(refused(&forged.to_json()), ReleaseError::Altered { key_id: key().key_id() });
}

#[test]
fn one_trusted_signature_among_several_is_enough() {
    let mut envelope = sign(&bundle(), &SigningKey::from_seed([9; 32]));
    envelope.signatures.extend(sign(&bundle(), &key()).signatures);
    assert_eq!(verify(&envelope.to_json(), &[key().public()]), Ok(bundle()));
}

#[test]
fn one_flipped_bit_anywhere_is_refused() {
    let envelope = sign(&bundle(), &key()).to_json();
    let mut tried = 0;
    for at in 0..envelope.len() {
        for bit in 0..7 {
            let mut bytes = envelope.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            tried += 1;
            assert!(verify(&changed, &[key().public()]).is_err(), "byte {at}, bit {bit}");
        }
    }
    assert_eq!(tried, envelope.len() * 7);
}

#[test]
fn what_is_signed_but_no_release_is_refused_with_the_reason() {
    let pretty = serde_json::to_string_pretty(&serde_json::to_value(bundle()).unwrap()).unwrap();
    assert_eq!(refused(&signed(&pretty)), ReleaseError::NotCanonical);

    let newer = json!({"format": FORMAT + 1, "entities": [], "more": true}).to_string();
    assert_eq!(refused(&signed(&newer)), ReleaseError::FormatNewer { format: u64::from(FORMAT) + 1 });

    let mut wrong = bundle();
    wrong.entities[1].document["name"] = Json::from("Other");
    assert_eq!(refused(&signed(&wrong.canonical())), ReleaseError::EntityDigest { name: "Invoice".to_owned() });

    let mut reversed = bundle();
    reversed.entities.reverse();
    let reason = "its entities are not in the order of their names, each once".to_owned();
    assert_eq!(refused(&signed(&reversed.canonical())), ReleaseError::NotABundle(reason));

    assert!(matches!(refused(&signed("[]")), ReleaseError::NotABundle(_)));
    assert!(matches!(refused("{}"), ReleaseError::NotABundle(_)));
    let other = Envelope { payload_type: "text/plain".to_owned(), ..sign(&bundle(), &key()) };
    assert!(matches!(refused(&other.to_json()), ReleaseError::NotABundle(_)));
}

#[test]
fn an_envelope_over_the_limit_is_not_even_parsed() {
    let text = " ".repeat(MAX_ENVELOPE_BYTES + 1);
    let expected = ReleaseError::TooLarge { bytes: text.len(), limit: MAX_ENVELOPE_BYTES };
    assert_eq!(refused(&text), expected);
}
