//! Stable ids: a prefix that says what it is, and the hex of a UUID. A missing id in a hand-written file is
//! derived from kind and path (UUID version 5), so reading it twice gives the same id.

use uuid::Uuid;

/// Namespace of derived ids.
const NAMESPACE: Uuid = Uuid::from_u128(0x6d61_7175_6574_7465_0000_0000_0000_0001);

/// A new id from a UUID that the caller drew: `ent_` and 32 hex digits.
pub fn id_from(prefix: &str, uuid: Uuid) -> String {
    format!("{prefix}_{}", uuid.simple())
}

/// The derived id of the thing at `path` (kind and names from the root).
pub fn derived_id(prefix: &str, path: &[&str]) -> String {
    id_from(prefix, Uuid::new_v5(&NAMESPACE, path.join("\u{1f}").as_bytes()))
}

/// The derived identity of a record whose source key has several columns or none: version 5 over the entity's id
/// and the key's values as text.
pub fn derived_record_id(entity_id: &str, key: &[String]) -> Uuid {
    let mut name = entity_id.to_owned();
    for part in key {
        name.push('\u{1f}');
        name.push_str(part);
    }
    Uuid::new_v5(&NAMESPACE, name.as_bytes())
}

/// Whether `name` may name a document or a field.
pub fn is_valid_name(name: &str) -> bool {
    name.len() <= 48
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|character| character.is_ascii_alphanumeric())
}

/// Whether `name` may name a role: as roles are called in tokens, so with some signs besides letters and digits.
pub fn is_valid_role_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|character| character.is_ascii_alphanumeric() || "-_.:/".contains(character))
}
