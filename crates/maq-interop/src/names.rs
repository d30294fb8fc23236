//! Names: a valid one stays, others are transliterated; what is taken gets a number.

use maq_doc::ids::is_valid_name;
use maq_ir::{SYSTEM_COLUMNS, SYSTEM_NAMES};
use std::collections::HashSet;

/// Longest name.
const LONGEST: usize = 48;

/// Most characters of a label.
const LONGEST_LABEL: usize = 200;

/// Names that are taken, case ignored.
pub(crate) struct NameBook(HashSet<String>);

impl NameBook {
    pub fn of_entities(taken: &[String]) -> NameBook {
        NameBook(taken.iter().map(|name| name.to_lowercase()).collect())
    }

    /// A book in which the names of system fields are taken.
    pub fn of_fields() -> NameBook {
        NameBook(SYSTEM_NAMES.iter().chain(&SYSTEM_COLUMNS).map(|name| name.to_lowercase()).collect())
    }

    /// The name, numbered when it is taken.
    pub fn take(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut number = 2;
        while !self.0.insert(name.to_lowercase()) {
            let suffix = number.to_string();
            name = format!("{}{suffix}", cut(wanted, LONGEST - suffix.len()));
            number += 1;
        }
        name
    }
}

/// The entity's name for a table's.
pub(crate) fn entity_name(table: &str) -> String {
    if is_valid_name(table) { table.to_owned() } else { joined(table, true, "Table") }
}

/// The field's name for a column's.
pub(crate) fn field_name(column: &str) -> String {
    if is_valid_name(column) { column.to_owned() } else { joined(column, false, "column") }
}

/// What people see in place of the name: the foreign one, cut where a label would be too long to compile.
pub(crate) fn label(foreign: &str) -> String {
    if foreign.chars().count() <= LONGEST_LABEL {
        return foreign.to_owned();
    }
    foreign.chars().take(LONGEST_LABEL - 1).chain(['…']).collect()
}

/// Words of the transliterated name, joined with capitals.
fn joined(name: &str, first_capital: bool, otherwise: &str) -> String {
    let plain = deunicode::deunicode(name);
    let mut out = String::new();
    for word in plain.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        let capital = first_capital || !out.is_empty();
        let mut letters = word.chars();
        if let Some(first) = letters.next() {
            out.push(if capital { first.to_ascii_uppercase() } else { first.to_ascii_lowercase() });
            out.extend(letters);
        }
    }
    if !out.starts_with(|first: char| first.is_ascii_alphabetic()) {
        out.insert_str(0, otherwise);
    }
    cut(&out, LONGEST).to_owned()
}

fn cut(name: &str, longest: usize) -> &str {
    name.get(..longest).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_names_stay_and_others_are_spelled_with_what_there_is() {
        let cases = [
            ("Album", "Album", "Album"),
            ("Order Details", "OrderDetails", "orderDetails"),
            ("order_items", "OrderItems", "orderItems"),
            ("größe", "Grosse", "grosse"),
            ("日本語", "RiBenYu", "riBenYu"),
            ("2020 sales", "Table2020Sales", "column2020Sales"),
            ("", "Table", "column"),
        ];
        for (source, entity, field) in cases {
            assert_eq!((entity_name(source).as_str(), field_name(source).as_str()), (entity, field), "{source}");
        }
        assert_eq!(entity_name(&"x_".repeat(40)).len(), 40);
        assert_eq!(entity_name(&format!("_{}", "x".repeat(70))).len(), 48);
    }

    #[test]
    fn taken_and_system_names_get_a_number() {
        let mut fields = NameBook::of_fields();
        assert_eq!(fields.take("Id"), "Id2");
        assert_eq!(fields.take("createdBy"), "createdBy2");
        assert_eq!(fields.take("name"), "name");
        assert_eq!(fields.take("NAME"), "NAME2");
    }

    #[test]
    fn a_label_is_as_long_as_documents_take() {
        assert_eq!(label("order items"), "order items");
        assert_eq!(label(&"ä".repeat(200)), "ä".repeat(200));
        assert_eq!(label(&"ä".repeat(201)), format!("{}…", "ä".repeat(199)));
    }
}
