//! Places in documents: looking them up, comparing and naming them.

use crate::edit::{Documents, Edit};
use serde_json::Value as Json;

/// A place in a document; an empty path is the document itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub document: String,
    pub path: Vec<String>,
}

impl Place {
    /// The place that an edit changes.
    pub fn of(edit: &Edit) -> Place {
        let path = match edit {
            Edit::AddDocument { .. } | Edit::RemoveDocument { .. } => Vec::new(),
            Edit::Add { path, value, .. } => path.iter().cloned().chain(id_of(value)).collect(),
            Edit::Remove { path, .. } | Edit::Set { path, .. } | Edit::Move { path, .. } => path.clone(),
        };
        Place { document: edit.document_id().to_owned(), path }
    }

    /// What the place lies in.
    pub fn parent(&self) -> Place {
        let path = self.path.split_last().map_or(&[][..], |(_, rest)| rest);
        Place { document: self.document.clone(), path: path.to_vec() }
    }
}

fn id_of(value: &Json) -> Option<String> {
    value.get("id").and_then(Json::as_str).map(str::to_owned)
}

/// What stands at a place.
pub(super) fn value_at<'a>(documents: &'a Documents, place: &Place) -> Option<&'a Json> {
    value_in(documents.get(&place.document)?, &place.path)
}

/// What stands at a path of a document.
pub(super) fn value_in<'a>(document: &'a Json, path: &[String]) -> Option<&'a Json> {
    path.iter().try_fold(document, |value, part| match value {
        Json::Object(object) => object.get(part),
        Json::Array(list) => list.iter().find(|member| id_of(member).as_ref() == Some(part)),
        _ => None,
    })
}

/// Whether one place lies in the other.
pub(super) fn overlap(left: &Place, right: &Place) -> bool {
    left.document == right.document && (left.path.starts_with(&right.path) || right.path.starts_with(&left.path))
}

/// The place a conflict is shown at: a moved member stands for the order of its list.
pub(super) fn spot(edit: &Edit, place: &Place) -> Place {
    if matches!(edit, Edit::Move { .. }) { place.parent() } else { place.clone() }
}

/// Diagrams hold no meaning.
pub(super) fn is_diagram(documents: &Documents, document: &str) -> bool {
    documents.get(document).and_then(|document| document.get("kind")).and_then(Json::as_str) == Some("diagram")
}

fn members(documents: &Documents, list: &Place) -> Vec<String> {
    let list = value_at(documents, list).and_then(Json::as_array);
    list.map(|list| list.iter().filter_map(id_of).collect()).unwrap_or_default()
}

/// Where a member stands among those that are in `other` too.
pub(super) fn index_of(documents: &Documents, list: &Place, member: &Place, other: &Documents) -> Option<usize> {
    let there = members(other, list);
    let id = member.path.last()?;
    members(documents, list).iter().filter(|candidate| there.contains(candidate)).position(|candidate| candidate == id)
}

/// The member after this one in its list.
pub(super) fn follower<'a>(documents: &'a Documents, member: &Place) -> Option<&'a str> {
    let list = value_at(documents, &member.parent())?.as_array()?;
    let at = list.iter().position(|candidate| id_of(candidate).as_ref() == member.path.last())?;
    list.get(at + 1)?.get("id")?.as_str()
}

/// `before`, or where it is gone the next member after it (in the order it was chosen in) that is still there.
pub(super) fn next_sibling_that_stays(
    base: &Documents,
    now: &Documents,
    list: &Place,
    before: Option<&str>,
) -> Option<String> {
    let wanted = before?;
    let there = members(now, list);
    if there.iter().any(|id| id == wanted) {
        return Some(wanted.to_owned());
    }
    members(base, list).into_iter().skip_while(|id| id != wanted).find(|id| there.contains(id))
}

/// Sets every key of a member that is there already.
pub(super) fn set_aside(place: &Place, value: &Json) -> Vec<Edit> {
    let keys = value.as_object().into_iter().flatten().filter(|(key, _)| *key != "id");
    keys.map(|(key, value)| Edit::Set {
        document: place.document.clone(),
        path: place.path.iter().cloned().chain([key.clone()]).collect(),
        value: Some(value.clone()),
    })
    .collect()
}

/// Every member of every list of a document, with the list's place.
pub(super) fn members_of(document: &Json, id: &str) -> Vec<(Place, Json)> {
    let lists = document.as_object().into_iter().flatten().filter_map(|(key, value)| Some((key, value.as_array()?)));
    lists
        .flat_map(|(key, list)| {
            let place = Place { document: id.to_owned(), path: vec![key.clone()] };
            list.iter().filter(|member| member.get("id").is_some()).map(move |member| (place.clone(), member.clone()))
        })
        .collect()
}

/// The place of a member of a list.
pub(super) fn member_place(list: &Place, member: &Json) -> Place {
    Place { document: list.document.clone(), path: list.path.iter().cloned().chain(id_of(member)).collect() }
}

/// The place in names: document, members by their name, keys as they are. The first state that knows a name gives it.
pub(super) fn label_of(states: &[&Documents], place: &Place) -> String {
    let name_at = |path: &[String]| {
        let place = Place { document: place.document.clone(), path: path.to_vec() };
        states.iter().find_map(|state| value_at(state, &place)?.get("name")?.as_str().map(str::to_owned))
    };
    let mut words = vec![name_at(&[]).unwrap_or_else(|| place.document.clone())];
    for (at, part) in place.path.iter().enumerate() {
        let named = place.path.get(..=at).and_then(&name_at);
        match named {
            // `fields` before a field's name says nothing more.
            Some(name) => {
                if words.len() > 1 {
                    words.pop();
                }
                words.push(name);
            }
            None => words.push(part.clone()),
        }
    }
    words.join(" › ")
}
