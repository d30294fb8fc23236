//! What a reference calls the list it makes on its target.

use crate::context::FieldContext;
use crate::fixes;
use crate::words::short;
use maq_diag::{Finding, Place, catalogue};
use maq_doc::ids::is_valid_name;
use maq_ir::{FieldType, Model, SYSTEM_NAMES};
use std::collections::HashSet;

/// The name can be used.
pub(in crate::rules) fn inverse_is_valid(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    let Some(inverse) = field.doc.inverse.as_deref().filter(|_| field.doc.kind == "reference") else { return };
    if !is_valid_name(inverse) {
        let params = [("inverse", &*short(inverse)), ("field", &*short(&field.doc.name))];
        let finding = Finding::new(catalogue::FIELD_INVERSE_INVALID, field.place("inverse"), &params);
        let edits = fixes::unset(field.document(), &field.path("inverse"));
        out.push(finding.with_fix("Take `inverse` away", edits));
    }
}

/// No list has the name of a field or of another list.
pub(in crate::rules) fn lists_have_names_of_their_own(model: &Model, out: &mut Vec<Finding>) {
    let mut taken: HashSet<(u32, &str)> = HashSet::new();
    for view in model.entities() {
        for field in &view.entity.fields {
            let (FieldType::Reference { target, .. }, Some(inverse)) = (&field.ty, field.inverse.as_deref()) else {
                continue;
            };
            let Some(other) = model.get(*target).filter(|_| is_valid_name(inverse)) else { continue };
            let is_field = other.fields.iter().any(|field| &*field.name == inverse) || SYSTEM_NAMES.contains(&inverse);
            if taken.insert((target.0, inverse)) && !is_field {
                continue;
            }
            let path = ["fields", &*field.id, "inverse"];
            let params =
                [("target", &*short(&other.name)), ("inverse", &*short(inverse)), ("field", &*short(&field.name))];
            let place = Place::at(&*view.entity.id, &path);
            let finding = Finding::new(catalogue::FIELD_INVERSE_TAKEN, place, &params);
            out.push(finding.with_fix("Take `inverse` away", fixes::unset(&view.entity.id, &path)));
        }
    }
}
