//! Every finding code with its severity and English. One entry a code, sorted by area; `{name}` in a text is a
//! parameter. Each code has a page in `docs/findings/` and at least one bad case.

use crate::Severity::{self, Error, Info, Warning};
use std::collections::BTreeMap;

/// One code of the catalogue.
#[derive(Debug, PartialEq)]
pub struct CodeInfo {
    /// `area/words-with-dashes`.
    pub code: &'static str,
    /// How bad.
    pub severity: Severity,
    /// One sentence, lower case start, no full stop, user text in backticks.
    pub message: &'static str,
    /// What to do next.
    pub help: &'static str,
}

macro_rules! catalogue {
    ($( $name:ident = $code:literal $severity:ident $message:literal help $help:literal; )*) => {
        $(
            #[doc = $message]
            pub const $name: &CodeInfo = &CodeInfo { code: $code, severity: $severity, message: $message, help: $help };
        )*
        /// All codes, in the catalogue's order.
        pub const ALL: &[&CodeInfo] = &[ $( $name ),* ];
    };
}

catalogue! {
    DOCUMENT_FORMAT_NEWER = "document/format-newer" Error "this document has format {format}, this program knows up to {known}" help "open it with a newer Maquette";
    DOCUMENT_KIND_UNKNOWN = "document/kind-unknown" Error "`{kind}` is not a kind of document" help "use entity or diagram";
    DOCUMENT_NOT_JSON = "document/not-json" Error "this text is not JSON: {error}" help "correct the text at the place shown";
    DOCUMENT_SHAPE_WRONG = "document/shape-wrong" Error "this document cannot be read: {error}" help "compare it with the published JSON Schema of its kind";
    ENTITY_NAME_INVALID = "entity/name-invalid" Error "`{name}` is not a valid entity name" help "start with a letter, use letters and digits only, at most 48";
    PUBLISH_CHANGE_NEEDS_EVOLUTION = "publish/change-needs-evolution" Error "`{entity}` is published and cannot be changed like this: {change}" help "keep what is published and add beside it: a new optional field, a wider limit, a new entity";
    RECORD_FIELD_IS_SYSTEM = "record/field-is-system" Error "`{field}` is kept by the system and cannot be written" help "leave `{field}` out";
    RECORD_FIELD_UNKNOWN = "record/field-unknown" Error "`{entity}` has no field `{field}`" help "{hint}";
    RECORD_FORMAT = "record/format" Error "`{field}` must be {expected}, found `{value}`" help "write `{field}` as {expected}";
    RECORD_ID_REQUIRED = "record/id-required" Error "a record of `{entity}` needs an `id`" help "give the `id` as text that is not empty";
    RECORD_NOT_OBJECT = "record/not-an-object" Error "a record is an object of fields, not {found}" help "send an object: {\"field\": value}";
    RECORD_NOT_IN_ENUM = "record/not-in-enum" Error "`{value}` is not a value of `{field}`" help "{hint}";
    RECORD_PATTERN = "record/pattern" Error "`{field}` must match `{pattern}`, found `{value}`" help "write `{field}` so that the whole text matches the pattern";
    RECORD_PRECISION = "record/precision" Error "`{field}` has at most {whole} digits before and {scale} after the point, found `{value}`" help "round `{value}` yourself; it is never rounded here";
    RECORD_REQUIRED = "record/required" Error "`{field}` is required" help "give `{field}` a value";
    RECORD_REQUIRED_BY_RULE = "record/required-by-rule" Error "`{field}` is required by the rule `{rule}`" help "give `{field}` a value";
    RECORD_TOO_LARGE = "record/too-large" Error "`{field}` is at most `{limit}`, found `{value}`" help "give `{field}` a value up to `{limit}`";
    RECORD_TOO_LONG = "record/too-long" Error "`{field}` has at most {limit} {unit}, found {length}" help "shorten `{field}` by {excess}";
    RECORD_TOO_SHORT = "record/too-short" Error "`{field}` has at least {limit} {unit}, found {length}" help "lengthen `{field}`";
    RECORD_TOO_SMALL = "record/too-small" Error "`{field}` is at least `{limit}`, found `{value}`" help "give `{field}` a value from `{limit}`";
    RECORD_TYPE_WRONG = "record/type-wrong" Error "`{field}` must be {expected}, found `{value}`" help "write `{field}` as {expected}";
}

/// The entry of `code`, when there is one.
pub fn info(code: &str) -> Option<&'static CodeInfo> {
    ALL.iter().copied().find(|info| info.code == code)
}

/// Puts `params` in the places of `template`; an unknown place stays as it is.
pub fn render(template: &str, params: &BTreeMap<String, String>) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        out.push_str(before);
        match after.find('}').and_then(|close| Some((close, after.get(1..close)?))) {
            Some((close, name)) => {
                match params.get(name) {
                    Some(value) => out.push_str(value),
                    None => out.push_str(after.get(..=close).unwrap_or_default()),
                }
                rest = after.get(close + 1..).unwrap_or_default();
            }
            None => {
                out.push_str(after);
                rest = "";
            }
        }
    }
    out.push_str(rest);
    out
}
