//! Precision and scale of a decimal.

use crate::context::FieldContext;
use crate::fixes;
use crate::stages::types::{MAX_PRECISION, decimal_digits};
use crate::words::short;
use maq_diag::{Finding, catalogue};
use serde_json::Value as Json;

/// A decimal says how many digits it has, within what can be kept exactly.
pub(in crate::rules) fn decimal_digits_fit(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    let doc = field.doc;
    if doc.kind != "decimal" {
        return;
    }
    let (precision, scale) = decimal_digits(doc);
    let name = short(&doc.name);
    let finding = match (doc.precision, doc.scale) {
        (None, _) => {
            let (precision, scale) = (precision.to_string(), scale.to_string());
            let params = [("field", &*name), ("precision", &*precision), ("scale", &*scale)];
            Finding::new(catalogue::FIELD_DECIMAL_WITHOUT_PRECISION, field.place("precision"), &params)
        }
        (Some(given), _) if given == 0 || given > MAX_PRECISION => {
            let params = [("field", &*name), ("precision", &*given.to_string())];
            Finding::new(catalogue::FIELD_PRECISION_OUT_OF_RANGE, field.place("precision"), &params)
        }
        (Some(given), Some(digits)) if digits > given => {
            let params = [("field", &*name), ("precision", &*given.to_string()), ("scale", &*digits.to_string())];
            Finding::new(catalogue::FIELD_SCALE_EXCEEDS_PRECISION, field.place("scale"), &params)
        }
        _ => return,
    };
    // The same digits that the model has already, so nothing else changes.
    let set = |key, digits: u32| fixes::set(field.document(), &field.path(key), digits);
    let edits: Vec<Json> = set("precision", precision).into_iter().chain(set("scale", scale)).collect();
    out.push(finding.with_fix(format!("Take {precision} digits, {scale} after the point"), edits));
}
