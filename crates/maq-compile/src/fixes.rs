//! The edits of one-click fixes, as JSON.

use maq_doc::Edit;
use serde_json::Value as Json;

/// Sets the key at `path`.
pub(crate) fn set(document: &str, path: &[&str], value: impl Into<Json>) -> Vec<Json> {
    edits([Edit::Set { document: document.to_owned(), path: owned(path), value: Some(value.into()) }])
}

/// Takes the key at `path` away.
pub(crate) fn unset(document: &str, path: &[&str]) -> Vec<Json> {
    edits([Edit::Set { document: document.to_owned(), path: owned(path), value: None }])
}

/// Removes the member at `path`.
pub(crate) fn remove(document: &str, path: &[&str]) -> Vec<Json> {
    edits([Edit::Remove { document: document.to_owned(), path: owned(path) }])
}

/// Edits as a fix carries them.
pub(crate) fn edits(edits: impl IntoIterator<Item = Edit>) -> Vec<Json> {
    edits.into_iter().filter_map(|edit| serde_json::to_value(edit).ok()).collect()
}

fn owned(path: &[&str]) -> Vec<String> {
    path.iter().map(|part| (*part).to_owned()).collect()
}
