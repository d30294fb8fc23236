//! A required reference to its own entity.

use crate::context::FieldContext;
use crate::fixes;
use crate::words::short;
use maq_diag::{Finding, catalogue};

/// A first record can be made.
pub(in crate::rules) fn required_reference_is_not_to_itself(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    let entity = field.entity.doc;
    let is_to_itself = field.doc.kind == "reference" && field.doc.reference_to.as_ref() == Some(&entity.name);
    if is_to_itself && field.doc.required {
        let params = [("field", &*short(&field.doc.name)), ("entity", &*short(&entity.name))];
        let finding = Finding::new(catalogue::REFERENCE_REQUIRED_SELF, field.place("required"), &params);
        out.push(finding.with_fix("Make it optional", fixes::unset(field.document(), &field.path("required"))));
    }
}
