//! Where records live.

use crate::context::EntityContext;
use crate::fixes;
use crate::words::short;
use maq_diag::{Finding, Place, catalogue};
use maq_doc::EntityDoc;

const BINDING: [&str; 2] = ["storage", "binding"];

/// The binding is a known word.
pub(super) fn binding_is_known(entity: EntityContext<'_>, out: &mut Vec<Finding>) {
    let binding = entity.doc.storage.binding.as_str();
    if !matches!(binding, "managed" | "attached") {
        let params = [("binding", &*short(binding))];
        let finding = Finding::new(catalogue::STORAGE_BINDING_UNKNOWN, entity.place(&BINDING), &params);
        out.push(finding.with_fix("Make it `managed`", fixes::set(&entity.doc.id, &BINDING, "managed")));
    }
}

/// Attached tables come with a later version.
pub(super) fn attached_comes_later(doc: &EntityDoc, out: &mut Vec<Finding>) {
    if doc.storage.binding == "attached" {
        let place = Place::at(doc.id.as_str(), &BINDING);
        let finding = Finding::new(catalogue::STORAGE_ATTACHED_NOT_YET, place, &[("name", &short(&doc.name))]);
        out.push(finding.with_fix("Make it `managed`", fixes::set(&doc.id, &BINDING, "managed")));
    }
}
