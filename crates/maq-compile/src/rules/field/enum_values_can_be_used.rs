//! The values of an enum.

use crate::context::FieldContext;
use crate::fixes;
use crate::words::short;
use maq_diag::{Finding, catalogue};
use std::collections::HashSet;

const KEY: &str = "enumValues";

/// An enum has values, and none of them is empty.
pub(in crate::rules) fn enum_has_values(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    let doc = field.doc;
    if doc.kind != "enum" {
        return;
    }
    let params = [("field", &*short(&doc.name))];
    if doc.enum_values.is_empty() {
        let finding = Finding::new(catalogue::FIELD_ENUM_WITHOUT_VALUES, field.place(KEY), &params);
        let edits = fixes::set(field.document(), &field.path("type"), "string");
        out.push(finding.with_fix("Make it a `string`", edits));
    } else if doc.enum_values.iter().any(String::is_empty) {
        let finding = Finding::new(catalogue::FIELD_ENUM_VALUE_EMPTY, field.place(KEY), &params);
        let rest: Vec<&str> = doc.enum_values.iter().map(String::as_str).filter(|value| !value.is_empty()).collect();
        // Nothing but empty values: what they should be is for a person to say. An empty default goes with them.
        let is_default = doc.default.as_ref().is_some_and(|default| default.as_str() == Some(""));
        out.push(if rest.is_empty() || is_default {
            finding
        } else {
            finding.with_fix("Take it away", fixes::set(field.document(), &field.path(KEY), rest))
        });
    }
}

/// No value is listed twice. One finding a field, for the first value that is.
pub(in crate::rules) fn enum_values_are_distinct(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    let doc = field.doc;
    if doc.kind != "enum" {
        return;
    }
    let mut seen = HashSet::new();
    let repeated = doc.enum_values.iter().find(|value| !value.is_empty() && !seen.insert(value.as_str()));
    if let Some(repeated) = repeated {
        let params = [("field", &*short(&doc.name)), ("value", &*short(repeated))];
        let finding = Finding::new(catalogue::FIELD_ENUM_VALUE_REPEATED, field.place(KEY), &params);
        let mut seen = HashSet::new();
        let values = doc.enum_values.iter().map(String::as_str);
        let rest: Vec<&str> = values.filter(|value| value.is_empty() || seen.insert(*value)).collect();
        let edits = fixes::set(field.document(), &field.path(KEY), rest);
        out.push(finding.with_fix("Keep each value once", edits));
    }
}
