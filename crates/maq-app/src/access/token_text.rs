//! The text of a token: `maq_data_` or `maq_admin_`, 32 random bytes in hex, and a checksum of eight hex digits.
//!
//! The checksum is public; it keeps nobody out. It tells a mistyped token from an unknown one, without a read.

use sha2::{Digest as _, Sha256};

/// Tokens of the first release have no checksum.
const SECRET_DIGITS: usize = 64;
const CHECK_DIGITS: usize = 8;

/// What a text is, as far as it says itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// It may be a token.
    Whole,
    /// It was one before a character was lost or changed.
    Mistyped,
    /// It never was one.
    Foreign,
}

/// The text of a new token.
pub(super) fn text_of(prefix: &str, random: &[u8]) -> String {
    let body = format!("{prefix}{}", hex::encode(random));
    let check = checksum(&body);
    body + &check
}

/// What a text is.
pub(super) fn shape_of(text: &str) -> Shape {
    let Some(rest) = text.strip_prefix("maq_data_").or_else(|| text.strip_prefix("maq_admin_")) else {
        return Shape::Foreign;
    };
    let hex = rest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let body = text.len().checked_sub(CHECK_DIGITS).and_then(|end| text.split_at_checked(end));
    match (rest.len(), body) {
        (SECRET_DIGITS, _) if hex => Shape::Whole,
        (length, Some((body, check))) if hex && length == SECRET_DIGITS + CHECK_DIGITS && checksum(body) == check => {
            Shape::Whole
        }
        (length, _) if length.abs_diff(SECRET_DIGITS + CHECK_DIGITS) <= CHECK_DIGITS => Shape::Mistyped,
        _ => Shape::Foreign,
    }
}

fn checksum(body: &str) -> String {
    let digest = hex::encode(Sha256::digest(body.as_bytes()));
    digest.chars().take(CHECK_DIGITS).collect()
}

/// Under this a token is kept and looked up.
///
/// The look-up compares hashes, in an index or a map, and may end early: the time it takes tells something of a hash
/// that nobody can choose a token for, and nothing of the token.
pub(super) fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_changed_or_lost_character_is_seen() {
        let token = text_of("maq_data_", &[7; 32]);
        assert_eq!(token.len(), "maq_data_".len() + 72);
        assert_eq!(shape_of(&token), Shape::Whole);
        for place in "maq_data_".len()..token.len() {
            let mut mistyped = token.clone().into_bytes();
            mistyped[place] = if mistyped[place] == b'0' { b'1' } else { b'0' };
            assert_eq!(shape_of(&String::from_utf8(mistyped).unwrap()), Shape::Mistyped, "{place}");
        }
        assert_eq!(shape_of(&token[..token.len() - 1]), Shape::Mistyped);
        assert_eq!(shape_of(&format!("{token}0")), Shape::Mistyped);
    }

    #[test]
    fn a_token_of_the_first_release_is_whole_and_anything_else_is_foreign() {
        assert_eq!(shape_of(&format!("maq_admin_{}", "0".repeat(64))), Shape::Whole);
        for foreign in ["", "maq_data_", "maq_data_wrong", "ey.jwt", &"a".repeat(100_000), "maq_data_é"] {
            assert_eq!(shape_of(foreign), Shape::Foreign, "{:.20}", foreign);
        }
    }
}
