//! The key of a table: one integer or text column becomes the record's id; several or none derive a UUID.

use maq_store::source::{ColumnProfile, NativeType, SourceTable};

/// Longest text that serves as an id.
const LONGEST_ID: u64 = 255;

/// How records of a table are identified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    /// One column of whole numbers.
    Integer(String),
    /// One column of text.
    Text(String),
    /// One column of UUIDs.
    Uuid(String),
    /// A UUID over the values of these columns.
    Derived(Vec<String>),
    /// A UUID over the row's number: the table has no key, or one that is empty in places.
    RowNumber {
        /// The key it would have, for the words of the finding.
        instead_of: Vec<String>,
    },
}

impl Key {
    pub fn of(table: &SourceTable, profiles: &[ColumnProfile]) -> Key {
        let profile =
            |column: &str| table.columns.iter().position(|known| known.name == column).and_then(|at| profiles.get(at));
        let key: Vec<&ColumnProfile> = table.primary_key.iter().filter_map(|column| profile(column)).collect();
        if key.is_empty() || key.iter().any(|column| column.nulls > 0) {
            return Key::RowNumber { instead_of: table.primary_key.clone() };
        }
        match (table.primary_key.as_slice(), key.as_slice()) {
            ([column], [profile]) if profile.filled() == profile.integers && whole(table, column, profile) => {
                Key::Integer(column.clone())
            }
            ([column], _) if native(table, column) == Some(&NativeType::Uuid) => Key::Uuid(column.clone()),
            ([column], [profile])
                if profile.filled() == profile.texts
                    && profile.invalid_texts == 0
                    && profile.max_length <= LONGEST_ID
                    && (profile.texts == 0 || profile.min_length > 0) =>
            {
                Key::Text(column.clone())
            }
            _ => Key::Derived(table.primary_key.clone()),
        }
    }

    /// The column that becomes the id.
    pub fn column(&self) -> Option<&str> {
        match self {
            Key::Integer(column) | Key::Text(column) | Key::Uuid(column) => Some(column),
            Key::Derived(_) | Key::RowNumber { .. } => None,
        }
    }
}

/// What the source's type says of the column.
fn native<'a>(table: &'a SourceTable, column: &str) -> Option<&'a NativeType> {
    table.columns.iter().find(|known| known.name == column)?.native.as_ref()
}

/// Whether the column holds whole numbers, or would if it held anything.
fn whole(table: &SourceTable, column: &str, profile: &ColumnProfile) -> bool {
    if let Some(native) = native(table, column) {
        return *native == NativeType::Whole;
    }
    let declared = table.columns.iter().find(|known| known.name == column);
    profile.integers > 0 || declared.is_some_and(|column| column.declared_type.to_uppercase().contains("INT"))
}
