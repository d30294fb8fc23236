//! Names of tables and columns as SQLite compares them: without regard to ASCII case.

/// The element of `names` that SQLite takes `name` for.
pub(super) fn same_name<'a>(names: impl IntoIterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    names.into_iter().find(|candidate| candidate.eq_ignore_ascii_case(name))
}

/// What reads the number of a row, given the table's columns: one of the three names that no column hides.
pub(crate) fn row_id(columns: &[String]) -> Option<&'static str> {
    ["rowid", "_rowid_", "oid"].into_iter().find(|name| same_name(columns.iter().map(String::as_str), name).is_none())
}
