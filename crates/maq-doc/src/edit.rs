//! Edits: the one way a document changes. An edit names its place by stable ids, and applying one returns its
//! inverse, so undo is data. The studio's TypeScript model applies the same edits; `tests/fixtures/edits.json`
//! tests both.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, HashSet};

/// One change. A `path` part is a key of an object, or the `id` of a member of a list of objects. Lists of plain
/// values (roles, enum values) are set whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "op", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Edit {
    /// Adds a whole document.
    AddDocument {
        /// The document, with its `id`.
        #[cfg_attr(feature = "ts", ts(type = "import(\"./Document\").Document"))]
        document: Json,
    },
    /// Removes a whole document.
    RemoveDocument {
        /// Its id.
        document: String,
    },
    /// Adds a member with an `id` to the list at `path`.
    Add {
        /// The document's id.
        document: String,
        /// The list's path.
        path: Vec<String>,
        /// The member, an object with an `id`.
        #[cfg_attr(feature = "ts", ts(type = "{ id: string } & Record<string, unknown>"))]
        value: Json,
        /// Id of the member it goes before; the end when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        before: Option<String>,
    },
    /// Removes the member at `path`, whose last part is its id.
    Remove {
        /// The document's id.
        document: String,
        /// The member's path.
        path: Vec<String>,
    },
    /// Sets the key at `path`; without a value the key is taken away.
    Set {
        /// The document's id.
        document: String,
        /// The key's path.
        path: Vec<String>,
        /// The new value; absent takes the key away (null is a value).
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
        #[cfg_attr(feature = "ts", ts(optional, type = "unknown"))]
        value: Option<Json>,
    },
    /// Moves the member at `path` within its list.
    Move {
        /// The document's id.
        document: String,
        /// The member's path.
        path: Vec<String>,
        /// Id of the member it goes before; the end when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ts", ts(optional))]
        before: Option<String>,
    },
}

/// `"value": null` is a value, an absent key is none.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(deserializer).map(Some)
}

impl Edit {
    /// The id of the document it changes.
    pub fn document_id(&self) -> &str {
        match self {
            Edit::AddDocument { document } => document.get("id").and_then(Json::as_str).unwrap_or_default(),
            Edit::RemoveDocument { document }
            | Edit::Add { document, .. }
            | Edit::Remove { document, .. }
            | Edit::Set { document, .. }
            | Edit::Move { document, .. } => document,
        }
    }
}

/// An edit that does not fit the documents it was made for. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// No document has this id.
    #[error("no document `{0}`")]
    NoDocument(String),
    /// A document with this id is there already.
    #[error("document `{0}` is there already")]
    DocumentExists(String),
    /// The path leads nowhere.
    #[error("no `{path}` in document `{document}`")]
    NoPlace {
        /// The document's id.
        document: String,
        /// The path, joined with slashes.
        path: String,
    },
    /// A member with this id is there already.
    #[error("`{0}` is there already")]
    MemberExists(String),
    /// The value has no id, or the edit would change an id or a kind.
    #[error("{0}")]
    Malformed(&'static str),
}

/// The documents an edit is applied to, by id.
pub type Documents = BTreeMap<String, Json>;

/// Applies `edit` and returns its inverse. On an error nothing has changed.
///
/// # Errors
/// [`EditError`] when the edit does not fit.
pub fn apply(documents: &mut Documents, edit: &Edit) -> Result<Edit, EditError> {
    match edit {
        Edit::AddDocument { document } => {
            let id = id_of(document).ok_or(EditError::Malformed("a document needs an `id`"))?.to_owned();
            if documents.contains_key(&id) {
                return Err(EditError::DocumentExists(id));
            }
            documents.insert(id.clone(), document.clone());
            Ok(Edit::RemoveDocument { document: id })
        }
        Edit::RemoveDocument { document } => match documents.remove(document) {
            Some(removed) => Ok(Edit::AddDocument { document: removed }),
            None => Err(EditError::NoDocument(document.clone())),
        },
        Edit::Add { document, path, value, before } => {
            let id = id_of(value).ok_or(EditError::Malformed("a member needs an `id`"))?.to_owned();
            let Some(list) = list_at(documents, document, path)? else {
                return start_list(documents, document, path, value, before.as_deref());
            };
            if position(list, &id).is_some() {
                return Err(EditError::MemberExists(id));
            }
            let at = place_before(list, before.as_deref(), document, path)?;
            list.insert(at, value.clone());
            Ok(Edit::Remove { document: document.clone(), path: join(path, id) })
        }
        Edit::Remove { document, path } => {
            let (list, at, list_path) = member_at(documents, document, path)?;
            if !is_told_apart(list) {
                let undo = set_list(document, list_path, list);
                list.remove(at);
                return Ok(undo);
            }
            let value = list.remove(at);
            let before = list.get(at).and_then(id_of).map(str::to_owned);
            Ok(Edit::Add { document: document.clone(), path: list_path, value, before })
        }
        Edit::Set { document, path, value } => {
            let Some((key, parent)) = path.split_last() else {
                return Err(EditError::Malformed("a path must name a key"));
            };
            // A field has a `format` too, that of its text; only the document's own is fixed.
            if key == "id" || (parent.is_empty() && matches!(key.as_str(), "kind" | "format")) {
                return Err(EditError::Malformed("`id`, `kind` and `format` never change"));
            }
            let object = object_at(documents, document, parent)?;
            let previous = match value {
                Some(value) => object.insert(key.clone(), value.clone()),
                // shift_remove keeps the order of the other keys.
                None => object.shift_remove(key),
            };
            Ok(Edit::Set { document: document.clone(), path: path.clone(), value: previous })
        }
        Edit::Move { document, path, before } => {
            let (list, at, list_path) = member_at(documents, document, path)?;
            let old_next = list.get(at + 1).and_then(id_of).map(str::to_owned);
            if before.as_deref() == path.last().map(String::as_str) {
                return Err(EditError::Malformed("a member cannot go before itself"));
            }
            let whole = (!is_told_apart(list)).then(|| set_list(document, list_path.clone(), list));
            let member = list.remove(at);
            match place_before(list, before.as_deref(), document, &list_path) {
                Ok(to) => list.insert(to, member),
                Err(error) => {
                    list.insert(at, member);
                    return Err(error);
                }
            }
            let undo = Edit::Move { document: document.clone(), path: path.clone(), before: old_next };
            Ok(whole.unwrap_or(undo))
        }
    }
}

/// Applies all edits or none, and returns the inverse group (already in the order in which to apply it).
///
/// # Errors
/// The first [`EditError`]; the documents are then as they were.
pub fn apply_all(documents: &mut Documents, edits: &[Edit]) -> Result<Vec<Edit>, EditError> {
    let mut inverse = Vec::with_capacity(edits.len());
    for edit in edits {
        match apply(documents, edit) {
            Ok(undo) => inverse.push(undo),
            Err(error) => {
                for undo in inverse.iter().rev() {
                    // The inverse of an edit just applied always fits.
                    let _ = apply(documents, undo);
                }
                return Err(error);
            }
        }
    }
    inverse.reverse();
    Ok(inverse)
}

fn id_of(value: &Json) -> Option<&str> {
    value.get("id").and_then(Json::as_str)
}

fn join(path: &[String], last: String) -> Vec<String> {
    path.iter().cloned().chain([last]).collect()
}

fn position(list: &[Json], id: &str) -> Option<usize> {
    list.iter().position(|member| id_of(member) == Some(id))
}

/// Whether every member has an id of its own. A list written by hand may hold one id twice, or none: then places in it
/// cannot be named, and what undoes a change of it is the list as it was.
fn is_told_apart(list: &[Json]) -> bool {
    let mut seen = HashSet::with_capacity(list.len());
    list.iter().all(|member| id_of(member).is_some_and(|id| seen.insert(id)))
}

fn set_list(document: &str, path: Vec<String>, list: &[Json]) -> Edit {
    Edit::Set { document: document.to_owned(), path, value: Some(Json::Array(list.to_vec())) }
}

fn no_place(document: &str, path: &[String]) -> EditError {
    EditError::NoPlace { document: document.to_owned(), path: path.join("/") }
}

fn place_before(list: &[Json], before: Option<&str>, document: &str, path: &[String]) -> Result<usize, EditError> {
    match before {
        None => Ok(list.len()),
        Some(id) => position(list, id).ok_or_else(|| no_place(document, &join(path, id.to_owned()))),
    }
}

fn value_at<'a>(documents: &'a mut Documents, document: &str, path: &[String]) -> Result<&'a mut Json, EditError> {
    let root = documents.get_mut(document).ok_or_else(|| EditError::NoDocument(document.to_owned()))?;
    path.iter().try_fold(root, |value, part| step(value, part)).ok_or_else(|| no_place(document, path))
}

fn step<'a>(value: &'a mut Json, part: &str) -> Option<&'a mut Json> {
    match value {
        Json::Object(object) => object.get_mut(part),
        Json::Array(list) => list.iter_mut().find(|member| id_of(member) == Some(part)),
        _ => None,
    }
}

fn object_at<'a>(
    documents: &'a mut Documents,
    document: &str,
    path: &[String],
) -> Result<&'a mut Map<String, Json>, EditError> {
    value_at(documents, document, path)?.as_object_mut().ok_or_else(|| no_place(document, path))
}

/// The list at `path`; none when its key is not there yet, because optional lists are left out of the written form.
fn list_at<'a>(
    documents: &'a mut Documents,
    document: &str,
    path: &[String],
) -> Result<Option<&'a mut Vec<Json>>, EditError> {
    let Some((key, parent)) = path.split_last() else {
        return Err(EditError::Malformed("a path must name a list"));
    };
    match object_at(documents, document, parent)?.get_mut(key) {
        None => Ok(None),
        Some(Json::Array(list)) => Ok(Some(list)),
        Some(_) => Err(no_place(document, path)),
    }
}

/// Makes the left-out list with its first member; the inverse takes the key away again.
fn start_list(
    documents: &mut Documents,
    document: &str,
    path: &[String],
    value: &Json,
    before: Option<&str>,
) -> Result<Edit, EditError> {
    place_before(&[], before, document, path)?;
    let set =
        Edit::Set { document: document.to_owned(), path: path.to_vec(), value: Some(Json::Array(vec![value.clone()])) };
    apply(documents, &set)
}

fn member_at<'a>(
    documents: &'a mut Documents,
    document: &str,
    path: &[String],
) -> Result<(&'a mut Vec<Json>, usize, Vec<String>), EditError> {
    let Some((id, list_path)) = path.split_last() else {
        return Err(EditError::Malformed("a path must name a member"));
    };
    let list = value_at(documents, document, list_path)?.as_array_mut().ok_or_else(|| no_place(document, path))?;
    let at = position(list, id).ok_or_else(|| no_place(document, path))?;
    Ok((list, at, list_path.to_vec()))
}

#[cfg(test)]
mod tests;
