//! Names made from names: snake_case for the database, valid names for fixes, and numbers behind what is taken.

use deunicode::deunicode;
use maq_doc::ids::is_valid_name;
use std::collections::{HashMap, HashSet};

/// Longest physical name, in bytes.
pub(crate) const MAX_PHYSICAL: usize = 63;
/// Longest name in documents.
const MAX_NAME: usize = 48;
/// Characters of an overlong name that are looked at.
const LOOKED_AT: usize = 200;

/// `name` in snake_case, ASCII, at most 63 bytes; `otherwise` when nothing is left of it.
pub(crate) fn snake_case(name: &str, otherwise: &str) -> String {
    let ascii = deunicode(&name.chars().take(LOOKED_AT).collect::<String>());
    let letters: Vec<char> = ascii.chars().collect();
    let mut out = String::with_capacity(letters.len() + 8);
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        if letter.is_ascii_uppercase() {
            let after_lower = before.is_some_and(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
            let last_of_capitals =
                before.is_some_and(char::is_ascii_uppercase) && after.is_some_and(char::is_ascii_lowercase);
            if (after_lower || last_of_capitals) && !out.ends_with('_') {
                out.push('_');
            }
            out.push(letter.to_ascii_lowercase());
        } else if letter.is_ascii_alphanumeric() {
            out.push(*letter);
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
    }
    out.truncate(MAX_PHYSICAL);
    let out = out.trim_end_matches('_');
    match out.chars().next() {
        None => otherwise.to_owned(),
        Some(first) if first.is_ascii_digit() => cut(&format!("{otherwise}_{out}"), MAX_PHYSICAL).to_owned(),
        Some(_) => out.to_owned(),
    }
}

/// A valid entity name (PascalCase) near `name`.
pub(crate) fn pascal_case(name: &str) -> String {
    joined(name, true, "Entity")
}

/// A valid field name (camelCase) near `name`.
pub(crate) fn camel_case(name: &str) -> String {
    joined(name, false, "field")
}

fn joined(name: &str, upper: bool, otherwise: &str) -> String {
    let ascii = deunicode(&name.chars().take(LOOKED_AT).collect::<String>());
    let words = ascii.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut out = String::new();
    for word in words {
        let mut letters = word.chars();
        if let Some(first) = letters.next() {
            if out.is_empty() && !upper {
                out.push(first.to_ascii_lowercase());
            } else {
                out.push(first.to_ascii_uppercase());
            }
        }
        out.extend(letters);
    }
    if !out.starts_with(|first: char| first.is_ascii_alphabetic()) {
        out.insert_str(0, otherwise);
    }
    out.truncate(MAX_NAME);
    if is_valid_name(&out) { out } else { otherwise.to_owned() }
}

/// `name`, or `name2`, `name3`, ... : the first that is not taken.
pub(crate) fn free_name(name: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(name) {
        return name.to_owned();
    }
    let numbered = |number: u32| {
        let suffix = number.to_string();
        cut(name, MAX_NAME - suffix.len()).to_owned() + &suffix
    };
    (2..).map(numbered).find(|name| !taken(name)).unwrap_or_default()
}

/// The beginning of `text` of at most `bytes` bytes.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or_default()
}

/// Physical names that are taken; upper and lower case do not count.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    names: HashSet<String>,
    next: HashMap<String, u32>,
}

impl Taken {
    /// With `names` taken from the start.
    pub fn new(names: &[&str]) -> Taken {
        Taken { names: names.iter().map(|name| name.to_lowercase()).collect(), next: HashMap::new() }
    }

    /// Takes `name` unless it is taken.
    pub fn take(&mut self, name: &str) -> bool {
        self.names.insert(name.to_lowercase())
    }

    /// Takes `name`, or `name_2`, `name_3`, ... at most 63 bytes.
    pub fn take_free(&mut self, name: &str) -> String {
        if self.take(name) {
            return name.to_owned();
        }
        loop {
            let number = self.next.entry(name.to_lowercase()).or_insert(1);
            *number += 1;
            let suffix = format!("_{number}");
            let numbered = cut(name, MAX_PHYSICAL - suffix.len()).to_owned() + &suffix;
            if self.take(&numbered) {
                return numbered;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_snake_case() {
        for (name, expected) in [
            ("invoiceNumber", "invoice_number"),
            ("InvoiceLine", "invoice_line"),
            ("HTTPServer2Go", "http_server2_go"),
            ("Größe (cm)", "grosse_cm"),
            ("2fast", "t_2fast"),
            ("§", "ss"),
            ("", "t"),
        ] {
            assert_eq!(snake_case(name, "t"), expected, "{name}");
        }
        assert!(snake_case(&"Ä".repeat(10_000), "t").len() <= MAX_PHYSICAL);
    }

    #[test]
    fn names_become_valid() {
        assert_eq!(pascal_case("order details"), "OrderDetails");
        assert_eq!(camel_case("Straße-Nr."), "strasseNr");
        assert_eq!(camel_case("1st"), "field1st");
        assert_eq!(camel_case("\u{200b}"), "field");
        assert!(is_valid_name(&pascal_case(&"ü x".repeat(5_000))));
    }

    #[test]
    fn what_is_taken_gets_a_number() {
        assert_eq!(free_name("name", |name| name == "name" || name == "name2"), "name3");
        let mut taken = Taken::new(&["ID"]);
        assert_eq!(taken.take_free("id"), "id_2");
        assert_eq!(taken.take_free("Id"), "Id_3");
    }
}
