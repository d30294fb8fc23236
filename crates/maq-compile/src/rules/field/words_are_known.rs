//! Options whose value is one of a few words.

use crate::context::FieldContext;
use crate::fixes;
use crate::words::{hint, short};
use maq_diag::{CodeInfo, Finding, catalogue, did_you_mean};

const FORMATS: [&str; 8] = ["email", "url", "phone", "uuid", "slug", "hostname", "ipv4", "ipv6"];

/// A word that is none of `words`: with what was meant, or `otherwise`, or without the key.
fn unknown(
    field: FieldContext<'_>,
    code: &'static CodeInfo,
    key: &'static str,
    word: &str,
    meant: Option<&str>,
) -> Finding {
    let params = [(key, &*short(word)), ("field", &*short(&field.doc.name)), ("hint", &*hint(meant))];
    let finding = Finding::new(code, field.place(key), &params);
    match meant {
        Some(meant) => {
            let edits = fixes::set(field.document(), &field.path(key), meant);
            finding.with_fix(format!("Make it `{meant}`"), edits)
        }
        None => finding.with_fix(format!("Take `{key}` away"), fixes::unset(field.document(), &field.path(key))),
    }
}

/// How an empty column reads is a known word, and has an effect.
pub(in crate::rules) fn absent_is_known(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    let Some(word) = field.doc.absent.as_deref() else { return };
    let words = ["null", "missing"];
    if !words.contains(&word) {
        let meant = did_you_mean(&short(word), words);
        out.push(unknown(field, catalogue::FIELD_ABSENT_UNKNOWN, "absent", word, meant));
    } else if field.doc.required {
        let params = [("field", &*short(&field.doc.name))];
        let finding = Finding::new(catalogue::FIELD_ABSENT_WITHOUT_EFFECT, field.place("absent"), &params);
        let edits = fixes::unset(field.document(), &field.path("absent"));
        out.push(finding.with_fix("Take `absent` away", edits));
    }
}

/// The classification is a known word.
pub(in crate::rules) fn classification_is_known(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    let Some(word) = field.doc.classification.as_deref() else { return };
    let words = ["public", "internal", "personal", "secret"];
    if !words.contains(&word) {
        let meant = did_you_mean(&short(word), words);
        out.push(unknown(field, catalogue::FIELD_CLASSIFICATION_UNKNOWN, "classification", word, meant));
    }
}

/// What deleting the target does is a known word.
pub(in crate::rules) fn on_delete_is_known(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    let word = field.doc.on_delete.as_deref().filter(|_| field.doc.kind == "reference");
    let words = ["restrict", "cascade", "setNull"];
    if let Some(word) = word.filter(|word| !words.contains(word)) {
        let near = did_you_mean(&short(word), words);
        let meant = near.filter(|near| *near != "setNull" || !field.doc.required);
        out.push(unknown(field, catalogue::FIELD_ON_DELETE_UNKNOWN, "onDelete", word, meant));
    }
}

/// The format is a known word.
pub(in crate::rules) fn format_is_known(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    let is_text = matches!(field.doc.kind.as_str(), "string" | "text");
    if let Some(word) = field.doc.format.as_deref().filter(|word| is_text && !FORMATS.contains(word)) {
        let meant = did_you_mean(&short(word), FORMATS);
        out.push(unknown(field, catalogue::FIELD_FORMAT_UNKNOWN, "format", word, meant));
    }
}
