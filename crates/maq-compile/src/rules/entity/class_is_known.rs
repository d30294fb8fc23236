//! The class of an entity, its lifecycle and its texts.

use crate::context::EntityContext;
use crate::fixes;
use crate::rules::text;
use crate::words::{hint, short};
use maq_diag::{Finding, Place, catalogue, did_you_mean};
use maq_doc::EntityDoc;

const CLASSES: [&str; 4] = ["master", "reference", "document", "log"];

/// The class is a known word.
pub(in crate::rules) fn class_is_known(entity: EntityContext<'_>, out: &mut Vec<Finding>) {
    let class = entity.doc.class.as_str();
    if CLASSES.contains(&class) {
        return;
    }
    let meant = did_you_mean(&short(class), CLASSES);
    let params = [("class", &*short(class)), ("hint", &*hint(meant))];
    let finding = Finding::new(catalogue::ENTITY_CLASS_UNKNOWN, entity.place(&["class"]), &params);
    let class = meant.unwrap_or("master");
    out.push(finding.with_fix(format!("Make it `{class}`"), fixes::set(&entity.doc.id, &["class"], class)));
}

/// Lifecycles come with workflows.
pub(in crate::rules) fn lifecycle_comes_later(doc: &EntityDoc, out: &mut Vec<Finding>) {
    if doc.lifecycle.is_some() {
        let place = Place::at(doc.id.as_str(), &["lifecycle"]);
        let finding = Finding::new(catalogue::ENTITY_LIFECYCLE_NOT_YET, place, &[("name", &short(&doc.name))]);
        let edits = fixes::set(&doc.id, &["lifecycle"], serde_json::Value::Null);
        out.push(finding.with_fix("Take the lifecycle away", edits));
    }
}

/// Label and description are not too long.
pub(in crate::rules) fn texts_fit(entity: EntityContext<'_>, out: &mut Vec<Finding>) {
    let doc = entity.doc;
    let place = |what: &str| entity.place(&[what]);
    let (label, description) = (doc.label.as_deref(), doc.description.as_deref());
    text::check(catalogue::ENTITY_TEXT_TOO_LONG, &doc.name, label, description, place, out);
}
