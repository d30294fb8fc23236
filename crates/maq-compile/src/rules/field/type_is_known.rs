//! The type of a field.

use crate::context::FieldContext;
use crate::fixes;
use crate::stages::types::TYPES;
use crate::words::{hint, short};
use maq_diag::{Finding, catalogue, did_you_mean};

/// What other systems call our types.
const OTHER_WORDS: [(&str, &str); 24] = [
    ("int", "integer"),
    ("int4", "integer"),
    ("smallint", "integer"),
    ("int8", "bigint"),
    ("long", "bigint"),
    ("float", "number"),
    ("double", "number"),
    ("real", "number"),
    ("numeric", "decimal"),
    ("money", "decimal"),
    ("currency", "decimal"),
    ("bool", "boolean"),
    ("varchar", "string"),
    ("char", "string"),
    ("str", "string"),
    ("clob", "text"),
    ("timestamp", "datetime"),
    ("timestamptz", "datetime"),
    ("instant", "datetime"),
    ("interval", "duration"),
    ("guid", "uuid"),
    ("array", "list"),
    ("jsonb", "json"),
    ("blob", "bytes"),
];

/// The type is a known word, and can be used today.
pub(in crate::rules) fn type_is_known(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    let kind = field.doc.kind.as_str();
    if kind == "attachment" {
        let finding = Finding::new(catalogue::FIELD_TYPE_NOT_YET, field.place("type"), &[("type", kind)]);
        let edits = fixes::set(field.document(), &field.path("type"), "bytes");
        out.push(finding.with_fix("Make it `bytes`", edits));
    } else if !TYPES.contains(&kind) {
        let meant = meant(kind);
        let params = [("type", &*short(kind)), ("hint", &*hint(meant))];
        let mut finding = Finding::new(catalogue::FIELD_TYPE_UNKNOWN, field.place("type"), &params);
        if let Some(meant) = meant {
            let edits = fixes::set(field.document(), &field.path("type"), meant);
            finding = finding.with_fix(format!("Make it `{meant}`"), edits);
        }
        out.push(finding);
    }
}

fn meant(kind: &str) -> Option<&'static str> {
    let lower = short(kind).to_ascii_lowercase();
    let other = OTHER_WORDS.iter().find(|(word, _)| *word == lower).map(|(_, ours)| *ours);
    other.or_else(|| did_you_mean(&lower, TYPES))
}
