//! Which keys go with which type.

use crate::context::FieldContext;
use crate::fixes;
use crate::stages::constraints::{has_length, is_comparable, is_ordered, is_text};
use crate::words::short;
use maq_diag::{Finding, catalogue};
use maq_ir::FieldType;

/// What the type allows; worked out from the word, because a reference whose target is missing has no type yet.
struct Fits {
    length: bool,
    bounds: bool,
    text: bool,
    decimal: bool,
    values: bool,
    reference: bool,
}

fn fits(field: FieldContext<'_>) -> Option<Fits> {
    let none = Fits { length: false, bounds: false, text: false, decimal: false, values: false, reference: false };
    if field.doc.kind == "reference" {
        return Some(Fits { reference: true, ..none });
    }
    let ty = field.ty()?;
    Some(Fits {
        length: has_length(ty),
        bounds: is_ordered(ty),
        text: is_text(ty),
        decimal: matches!(ty, FieldType::Decimal { .. }),
        values: matches!(ty, FieldType::Enum(_)),
        reference: false,
    })
}

/// Every option goes with the type.
pub(in crate::rules) fn options_fit_the_type(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    let Some(fits) = fits(field) else { return };
    let doc = field.doc;
    let options = [
        ("minLength", doc.min_length.is_some(), fits.length),
        ("maxLength", doc.max_length.is_some(), fits.length),
        ("min", doc.min.is_some(), fits.bounds),
        ("max", doc.max.is_some(), fits.bounds),
        ("pattern", doc.pattern.is_some(), fits.text),
        ("format", doc.format.is_some(), fits.text),
        ("precision", doc.precision.is_some(), fits.decimal),
        ("scale", doc.scale.is_some(), fits.decimal),
        ("enumValues", !doc.enum_values.is_empty(), fits.values),
        ("referenceTo", doc.reference_to.is_some(), fits.reference),
        ("inverse", doc.inverse.is_some(), fits.reference),
        ("onDelete", doc.on_delete.is_some(), fits.reference),
    ];
    for (option, _, _) in options.into_iter().filter(|(_, is_given, fits)| *is_given && !fits) {
        let params = [("option", option), ("type", &*doc.kind), ("field", &*short(&doc.name))];
        let finding = Finding::new(catalogue::FIELD_OPTION_DOES_NOT_FIT, field.place(option), &params);
        let edits = fixes::unset(field.document(), &field.path(option));
        out.push(finding.with_fix(format!("Take `{option}` away"), edits));
    }
}

/// A unique field is of a type whose values can be compared.
pub(in crate::rules) fn unique_values_can_be_compared(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    if field.doc.unique && field.ty().is_some_and(|ty| !is_comparable(ty)) {
        let params = [("field", &*short(&field.doc.name)), ("type", &*field.doc.kind)];
        let finding = Finding::new(catalogue::FIELD_UNIQUE_ON_TYPE, field.place("unique"), &params);
        let edits = fixes::unset(field.document(), &field.path("unique"));
        out.push(finding.with_fix("Take `unique` away", edits));
    }
}
