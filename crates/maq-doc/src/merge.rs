//! Merging edits that were made on an older state with what others did since: a three-way comparison of the state the
//! edits were made on, the state as it is now, and the edits. Edits of different places fit together; where two people
//! changed the same place, both values are the answer and nothing is applied.
//!
//! A diagram only says where things stand, so there the later edit wins without a question.

mod places;

use crate::edit::{Documents, Edit, apply};
use places::{Place, index_of, is_diagram, label_of, next_sibling_that_stays, overlap, set_aside, spot, value_at};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// One place that somebody else changed first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(optional_fields = nullable))]
#[serde(rename_all = "camelCase")]
pub struct EditConflict {
    /// The document's id.
    pub document: String,
    /// The place in it; empty is the whole document.
    pub path: Vec<String>,
    /// The place in names, for people.
    pub label: String,
    /// What stands there now; absent when it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "unknown"))]
    pub theirs: Option<Json>,
    /// Who changed it last.
    pub theirs_by: String,
    /// When, RFC 3339.
    pub theirs_at: String,
    /// What the edits would leave there; absent when they take it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "unknown"))]
    pub mine: Option<Json>,
    /// What stood there when the edits were made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "unknown"))]
    pub base: Option<Json>,
    /// Which edits of the group want this place, counted from 0.
    pub edits: Vec<u32>,
    /// What to send, on the state as it is now, to have one's own value there.
    pub use_mine: Vec<Edit>,
}

/// A group that somebody else made.
#[derive(Debug, Clone, Copy)]
pub struct OtherEdits<'a> {
    /// What it did.
    pub edits: &'a [Edit],
    /// Who.
    pub actor: &'a str,
    /// When, RFC 3339.
    pub at: &'a str,
}

/// What became of the edits.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Merged {
    /// The edits as they fit the state now: what is done already is left out, and a neighbour that is gone is replaced
    /// by the next one that stays.
    pub edits: Vec<Edit>,
    /// Places where both changed something; when there are any, nothing may be applied.
    pub conflicts: Vec<EditConflict>,
}

/// Merges `mine`, made on `base`, into `now`, which `others` led to (oldest first). The states need only hold the
/// documents that `mine` names.
pub fn merge(base: &Documents, now: &Documents, others: &[OtherEdits<'_>], mine: &[Edit]) -> Merged {
    let mut merge = Merge { base, now, others, work: now.clone(), merged: Merged::default() };
    for (number, edit) in mine.iter().enumerate() {
        merge.take(u32::try_from(number).unwrap_or(u32::MAX), edit);
    }
    if !merge.merged.conflicts.is_empty() {
        merge.fill(mine);
    }
    merge.merged
}

struct Merge<'a> {
    base: &'a Documents,
    now: &'a Documents,
    others: &'a [OtherEdits<'a>],
    /// `now` with the edits so far.
    work: Documents,
    merged: Merged,
}

impl Merge<'_> {
    fn take(&mut self, number: u32, edit: &Edit) {
        let place = Place::of(edit);
        if let Some(conflict) = self.conflict_around(&place) {
            conflict.edits.push(number);
            return;
        }
        if let Some(gone) = self.gone(&place) {
            let removes = matches!(edit, Edit::Remove { .. } | Edit::RemoveDocument { .. });
            // Both took it away, or a diagram forgot the thing: there is nothing left to do.
            if (removes && gone == place) || is_diagram(self.base, &place.document) {
                return;
            }
            return self.refuse(number, gone);
        }
        if !is_diagram(self.now, &place.document) && self.clashes(edit, &place) {
            return self.refuse(number, spot(edit, &place));
        }
        for fitting in self.fit(edit) {
            if apply(&mut self.work, &fitting).is_ok() {
                self.merged.edits.push(fitting);
            } else {
                // Not a conflict with somebody: whoever applies the group says why it does not fit.
                self.merged.edits.push(edit.clone());
            }
        }
    }

    /// A conflict that was found already and that this place lies in.
    fn conflict_around(&mut self, place: &Place) -> Option<&mut EditConflict> {
        self.merged
            .conflicts
            .iter_mut()
            .find(|conflict| conflict.document == place.document && place.path.starts_with(&conflict.path))
    }

    /// The outermost document or member on the way to the place that was there and is no more, taken away by others.
    fn gone(&self, place: &Place) -> Option<Place> {
        let mut way = Place { document: place.document.clone(), path: Vec::new() };
        let mut rest = place.path.iter();
        loop {
            let was_there =
                value_at(self.base, &way).is_some_and(|value| way.path.is_empty() || value.get("id").is_some());
            if was_there && value_at(self.now, &way).is_none() && value_at(&self.work, &way).is_none() {
                return Some(way);
            }
            way.path.push(rest.next()?.clone());
        }
    }

    /// Whether others changed what the edit changes, to something else.
    fn clashes(&self, edit: &Edit, place: &Place) -> bool {
        let before = value_at(self.base, place);
        let now = value_at(self.now, place);
        match edit {
            Edit::Set { value, .. } => before != now && now != value.as_ref() && self.touched(place),
            Edit::Remove { .. } | Edit::RemoveDocument { .. } => before != now && self.touched(place),
            Edit::Add { value, .. } => {
                before.is_none() && now.is_some_and(|now| now != value) && value_at(&self.work, place).is_some()
            }
            Edit::AddDocument { document } => {
                before.is_none() && now.is_some_and(|now| now != document) && value_at(&self.work, place).is_some()
            }
            Edit::Move { .. } => {
                let list = place.parent();
                index_of(self.base, &list, place, self.now) != index_of(self.now, &list, place, self.base)
                    && self.moved(place)
            }
        }
    }

    fn touched(&self, place: &Place) -> bool {
        self.last_other(place).is_some()
    }

    fn moved(&self, place: &Place) -> bool {
        let moves = |edit: &Edit| matches!(edit, Edit::Move { .. }) && Place::of(edit) == *place;
        self.others.iter().any(|group| group.edits.iter().any(moves))
    }

    /// The newest group of others that changed something at, in or around the place.
    fn last_other(&self, place: &Place) -> Option<&OtherEdits<'_>> {
        self.others.iter().rev().find(|group| group.edits.iter().any(|edit| overlap(&Place::of(edit), place)))
    }

    /// The edit as it fits now; nothing when others did the same.
    fn fit(&self, edit: &Edit) -> Vec<Edit> {
        let place = Place::of(edit);
        let next = |before: &Option<String>, document: &str, list: &[String]| {
            let list = Place { document: document.to_owned(), path: list.to_vec() };
            next_sibling_that_stays(self.base, &self.work, &list, before.as_deref())
        };
        match edit {
            Edit::Add { document, path, value, before } => match value_at(&self.work, &place) {
                None => vec![Edit::Add {
                    document: document.clone(),
                    path: path.clone(),
                    value: value.clone(),
                    before: next(before, document, path),
                }],
                Some(there) if there == value && self.came_since(&place) => Vec::new(),
                Some(_) if is_diagram(&self.work, document) => set_aside(&place, value),
                Some(_) => vec![edit.clone()],
            },
            Edit::AddDocument { document } => match value_at(&self.work, &place) {
                Some(there) if there == document && self.came_since(&place) => Vec::new(),
                Some(there) if is_diagram(&self.work, &place.document) => {
                    let listed = places::members_of(document, &place.document);
                    listed
                        .into_iter()
                        .flat_map(|(list, member)| {
                            let place = places::member_place(&list, &member);
                            if places::value_in(there, &place.path).is_some() {
                                return set_aside(&place, &member);
                            }
                            vec![Edit::Add { document: list.document, path: list.path, value: member, before: None }]
                        })
                        .collect()
                }
                _ => vec![edit.clone()],
            },
            Edit::Move { document, path, before } => vec![Edit::Move {
                document: document.clone(),
                path: path.clone(),
                before: next(before, document, path.split_last().map_or(&[], |(_, list)| list)),
            }],
            Edit::Set { .. } | Edit::Remove { .. } | Edit::RemoveDocument { .. } => vec![edit.clone()],
        }
    }

    fn came_since(&self, place: &Place) -> bool {
        value_at(self.base, place).is_none() && value_at(self.now, place).is_some()
    }

    fn refuse(&mut self, number: u32, place: Place) {
        let (by, at) = self.last_other(&place).map_or(("", ""), |other| (other.actor, other.at));
        let conflict = EditConflict {
            label: label_of(&[self.now, self.base], &place),
            theirs: value_at(self.now, &place).cloned(),
            theirs_by: by.to_owned(),
            theirs_at: at.to_owned(),
            mine: None,
            base: value_at(self.base, &place).cloned(),
            edits: vec![number],
            use_mine: Vec::new(),
            document: place.document,
            path: place.path,
        };
        self.merged.conflicts.push(conflict);
    }

    /// One's own value at each conflict, and what to send to have it.
    fn fill(&mut self, mine: &[Edit]) {
        let mut wanted = self.base.clone();
        for edit in mine {
            // What does not fit even the state it was made on cannot be shown.
            let _ = apply(&mut wanted, edit);
        }
        let mut conflicts = std::mem::take(&mut self.merged.conflicts);
        for conflict in &mut conflicts {
            let place = Place { document: conflict.document.clone(), path: conflict.path.clone() };
            conflict.mine = value_at(&wanted, &place).cloned();
            conflict.use_mine = match (&conflict.theirs, &conflict.mine) {
                (None, Some(value)) if place.path.is_empty() => vec![Edit::AddDocument { document: value.clone() }],
                (None, Some(value)) if value.get("id").is_some() => {
                    let list = place.parent();
                    let after =
                        next_sibling_that_stays(self.base, self.now, &list, places::follower(self.base, &place));
                    vec![Edit::Add { document: list.document, path: list.path, value: value.clone(), before: after }]
                }
                _ => self.own_edits(conflict, mine),
            };
        }
        self.merged = Merged { edits: Vec::new(), conflicts };
    }

    /// The edits of a conflict as they fit now; where a thing was added that is there already, it is replaced.
    fn own_edits(&self, conflict: &EditConflict, mine: &[Edit]) -> Vec<Edit> {
        let mut edits = Vec::new();
        for number in &conflict.edits {
            let Some(edit) = usize::try_from(*number).ok().and_then(|at| mine.get(at)) else { continue };
            let place = Place::of(edit);
            let there = value_at(self.now, &place).is_some();
            match edit {
                Edit::Add { document, .. } if there => {
                    edits.push(Edit::Remove { document: document.clone(), path: place.path.clone() });
                    edits.push(edit.clone());
                }
                Edit::AddDocument { .. } if there => {
                    edits.push(Edit::RemoveDocument { document: place.document.clone() });
                    edits.push(edit.clone());
                }
                Edit::Move { .. } => edits.extend(self.fit(edit)),
                _ => edits.push(edit.clone()),
            }
        }
        edits
    }
}

#[cfg(test)]
mod tests;
