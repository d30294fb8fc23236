//! Ids say what is what when names change, so each stands once in the workspace.

use crate::stages::names::NamesOutput;
use crate::words::short;
use maq_diag::{Finding, Place, catalogue};

/// Every document and every member of a document has an id of its own.
pub(super) fn ids_are_distinct(names: &NamesOutput<'_>, out: &mut Vec<Finding>) {
    for id in &names.repeated_documents {
        out.push(Finding::new(catalogue::ID_TAKEN, Place::at(*id, &[]), &[("id", &short(id))]));
    }
    for member in &names.repeated_members {
        let place = Place::at(member.document, &[member.list, member.id]);
        let finding = Finding::new(catalogue::ID_TAKEN, place, &[("id", &short(member.id))]);
        out.push(finding.related_to(Place::at(member.first, &[]), "it is used here first"));
    }
}
