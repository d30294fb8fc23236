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
