//! How long texts for people may be.

use crate::words::short;
use maq_diag::{CodeInfo, Finding, Place};

const LABEL: usize = 200;
const DESCRIPTION: usize = 4_000;

/// Adds what is too long of a label and a description.
pub(super) fn check(
    code: &'static CodeInfo,
    name: &str,
    label: Option<&str>,
    description: Option<&str>,
    place: impl Fn(&str) -> Place,
    out: &mut Vec<Finding>,
) {
    for (what, text, limit) in [("label", label, LABEL), ("description", description, DESCRIPTION)] {
        let length = text.map_or(0, |text| text.chars().count());
        if length > limit {
            let (length, limit) = (length.to_string(), limit.to_string());
            let params = [("what", what), ("name", &*short(name)), ("length", &*length), ("limit", &*limit)];
            out.push(Finding::new(code, place(what), &params));
        }
    }
}
