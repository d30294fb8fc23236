//! The pattern of a text.

use crate::context::FieldContext;
use crate::stages::constraints::PatternOutput;
use crate::words::short;
use maq_diag::{Finding, catalogue};

/// The pattern is a regular expression that can be run on every record.
pub(in crate::rules) fn pattern_can_be_run(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    let name = short(&field.doc.name);
    match &field.limits().pattern {
        PatternOutput::Absent | PatternOutput::Is(_) => {}
        PatternOutput::TooLarge => {
            let params = [("field", &*name)];
            out.push(Finding::new(catalogue::FIELD_PATTERN_TOO_LARGE, field.place("pattern"), &params));
        }
        PatternOutput::Invalid(error, span) => {
            let mut place = field.place("pattern");
            place.span = Some(*span);
            let params = [("field", &*name), ("error", error.as_str())];
            out.push(Finding::new(catalogue::FIELD_PATTERN_INVALID, place, &params));
        }
    }
}
