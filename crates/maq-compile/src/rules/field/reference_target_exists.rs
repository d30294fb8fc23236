//! Where a reference points, and what deleting the target does.

use crate::context::FieldContext;
use crate::fixes;
use crate::naming::pascal_case;
use crate::words::{hint, short};
use maq_diag::{Finding, catalogue};

const KEY: &str = "referenceTo";

/// A reference names an entity that is there.
pub(in crate::rules) fn reference_target_exists(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    if field.doc.kind != "reference" {
        return;
    }
    let names = field.entity.names;
    let name = short(&field.doc.name);
    let (finding, meant) = match field.doc.reference_to.as_deref().filter(|target| !target.is_empty()) {
        None => {
            let meant = names.suggest(&pascal_case(&field.doc.name));
            let params = [("field", &*name), ("hint", &*hint(meant))];
            (Finding::new(catalogue::FIELD_REFERENCE_WITHOUT_TARGET, field.place(KEY), &params), meant)
        }
        Some(target) if names.link(target).is_none() => {
            let meant = names.suggest(target);
            let params = [("field", &*name), ("target", &*short(target)), ("hint", &*hint(meant))];
            (Finding::new(catalogue::FIELD_REFERENCE_TARGET_UNKNOWN, field.place(KEY), &params), meant)
        }
        Some(_) => return,
    };
    out.push(match meant {
        Some(meant) => {
            finding.with_fix(format!("Refer to `{meant}`"), fixes::set(field.document(), &field.path(KEY), meant))
        }
        None => finding,
    });
}

/// A required reference is never emptied.
pub(in crate::rules) fn required_reference_is_not_emptied(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    let doc = field.doc;
    if doc.kind == "reference" && doc.required && doc.on_delete.as_deref() == Some("setNull") {
        let params = [("field", &*short(&doc.name))];
        let finding = Finding::new(catalogue::FIELD_SET_NULL_ON_REQUIRED, field.place("onDelete"), &params);
        let edits = fixes::set(field.document(), &field.path("onDelete"), "restrict");
        out.push(finding.with_fix("Restrict deleting", edits));
    }
}
