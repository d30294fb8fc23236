//! How records are identified.

use crate::context::EntityContext;
use crate::fixes;
use crate::stages::names::identity_of;
use crate::words::{hint, short};
use maq_diag::{Finding, catalogue, did_you_mean};

const TYPE: [&str; 2] = ["identity", "type"];

/// The identity's type is a known word.
pub(in crate::rules) fn identity_is_known(entity: EntityContext<'_>, out: &mut Vec<Finding>) {
    let identity = &entity.doc.identity;
    if identity_of(entity.doc).is_some() {
        return;
    }
    let near = did_you_mean(&short(&identity.kind), ["uuid", "integer", "text"]);
    let meant = near.filter(|_| identity.derived_from.is_empty());
    let params = [("type", &*short(&identity.kind)), ("hint", &*hint(meant))];
    let finding = Finding::new(catalogue::ENTITY_IDENTITY_UNKNOWN, entity.place(&TYPE), &params);
    let kind = meant.unwrap_or("uuid");
    out.push(finding.with_fix(format!("Make it `{kind}`"), fixes::set(&entity.doc.id, &TYPE, kind)));
}

/// What is computed from several columns is a uuid.
pub(in crate::rules) fn derived_identity_is_a_uuid(entity: EntityContext<'_>, out: &mut Vec<Finding>) {
    let identity = &entity.doc.identity;
    if !identity.derived_from.is_empty() && matches!(identity.kind.as_str(), "integer" | "text") {
        let params = [("name", &*short(&entity.doc.name)), ("type", identity.kind.as_str())];
        let finding = Finding::new(catalogue::ENTITY_DERIVED_IDENTITY_NOT_UUID, entity.place(&TYPE), &params);
        out.push(finding.with_fix("Make it `uuid`", fixes::set(&entity.doc.id, &TYPE, "uuid")));
    }
}
