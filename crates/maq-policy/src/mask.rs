//! What stands in place of a value that may not be read as it is.

use maq_ir::Mask;
use maq_value::Value;
use sha2::{Digest as _, Sha256};

/// What a partial mask puts between what it keeps: always the same, so that it does not tell the length.
const BETWEEN: &str = "***";
/// Block of SHA-256, in bytes.
const BLOCK: usize = 64;

/// `value` as it is seen through `mask`. `key` is the tenant's: without it a hash could be looked up in a list of
/// hashes of likely values. An empty value stays empty, except under a fixed mask, which does not tell.
///
/// A hash is HMAC-SHA-256 (RFC 2104) over the value's JSON, in lower-case hex.
pub fn apply_mask(mask: &Mask, value: &Value, key: &[u8]) -> Value {
    match mask {
        Mask::Fixed(fixed) => fixed.clone(),
        _ if value.is_absent() => value.clone(),
        Mask::Null => Value::Null,
        Mask::Partial { start, end } => match value.as_text() {
            Some(text) => Value::Text(partial(text, *start as usize, *end as usize)),
            None => Value::Null,
        },
        Mask::Hash => Value::Text(hex::encode(hmac(key, value.to_json().to_string().as_bytes()))),
    }
}

fn partial(text: &str, start: usize, end: usize) -> String {
    let count = text.chars().count();
    if count <= start.saturating_add(end) {
        return BETWEEN.to_owned();
    }
    let head = text.chars().take(start);
    let tail = text.chars().skip(count - end);
    head.chain(BETWEEN.chars()).chain(tail).collect()
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let short = if key.len() > BLOCK { Sha256::digest(key).to_vec() } else { key.to_vec() };
    let pad = |with: u8| {
        let mut block = [with; BLOCK];
        for (byte, key) in block.iter_mut().zip(&short) {
            *byte ^= key;
        }
        block
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn the_hash_is_hmac_sha_256() {
        // RFC 4231, test case 2.
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(hex::encode(hmac(b"Jefe", b"what do ya want for nothing?")), expected);
        // RFC 4231, test case 6: a key longer than a block.
        let expected = "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54";
        let message = b"Test Using Larger Than Block-Size Key - Hash Key First";
        assert_eq!(hex::encode(hmac(&[0xaa; 131], message)), expected);
    }

    #[test]
    fn a_partial_mask_keeps_ends_and_tells_no_length() {
        let mask = |start, end, value: &str| apply_mask(&Mask::Partial { start, end }, &text(value), b"");
        assert_eq!(mask(1, 4, "ann@shop.example"), text("a***mple"));
        assert_eq!(mask(0, 4, "4111111111111111"), text("***1111"));
        assert_eq!(mask(1, 1, "äüö"), text("ä***ö"));
        assert_eq!(mask(2, 2, "anna"), text("***"));
        assert_eq!(mask(u32::MAX, u32::MAX, "anna"), text("***"));
        assert_eq!(mask(1, 4, ""), text("***"));
    }

    #[test]
    fn other_masks() {
        assert_eq!(apply_mask(&Mask::Null, &text("x"), b""), Value::Null);
        assert_eq!(apply_mask(&Mask::Fixed(text("?")), &Value::Null, b""), text("?"));
        assert_eq!(apply_mask(&Mask::Hash, &Value::Missing, b""), Value::Missing);
        assert_eq!(apply_mask(&Mask::Partial { start: 1, end: 1 }, &Value::Integer(12_345), b""), Value::Null);
        let hash = |key: &[u8], value: &str| apply_mask(&Mask::Hash, &text(value), key);
        assert_eq!(hash(b"a", "x"), hash(b"a", "x"));
        assert_ne!(hash(b"a", "x"), hash(b"b", "x"));
        assert_ne!(hash(b"a", "x"), hash(b"a", "y"));
    }
}
