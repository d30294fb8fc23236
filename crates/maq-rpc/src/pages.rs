//! What a code means: the page of a finding, or the words of a refusal.

use crate::error::{refusal, wire_error};
use maq_app::{AppResult, RefusalClass, refusals};
use maq_contract::WireError;
use maq_diag::{Severity, did_you_mean, info};

/// Pages of `docs/findings/`, by code with a dash in place of the slash.
const PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// The page of a finding's or refusal's code, as Markdown.
///
/// # Errors
/// `findings/code-unknown`, with the nearest one.
#[expect(clippy::result_large_err, reason = "the one error shape of every host; a refusal is moved once")]
pub fn explain(code: &str) -> Result<String, WireError> {
    find(code).map_err(wire_error)
}

pub(crate) fn find(code: &str) -> AppResult<String> {
    page(code).ok_or_else(|| {
        let help = match nearest(code) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "a code stands beside each finding and refusal".to_owned(),
        };
        refusal("findings/code-unknown", RefusalClass::NotFound, format!("there is no code `{code}`"), help)
    })
}

/// The page of `code` as Markdown; none for a code that nobody gives.
fn page(code: &str) -> Option<String> {
    let name = code.replace('/', "-");
    if let Some((_, text)) = PAGES.iter().find(|(page, _)| *page == name) {
        return Some((*text).to_owned());
    }
    if let Some(info) = info(code) {
        let severity = match info.severity {
            Severity::Error => "An error: it keeps documents from being frozen and published.",
            Severity::Warning => "A warning: it should be looked at and blocks nothing.",
            Severity::Info => "A note: it says what was done.",
        };
        return Some(format!("# {code}\n\n{severity}\n\n{}\n\n**What to do:** {}\n", info.message, info.help));
    }
    let refusal = refusals::ALL.iter().find(|info| info.code == code)?;
    Some(format!(
        "# {code}\n\nA refusal: the request was not done, nothing was changed.\n\n{}\n\n**What to do:** {}\n",
        refusal.title, refusal.help
    ))
}

/// The nearest code that has a page.
fn nearest(code: &str) -> Option<&'static str> {
    let findings = maq_diag::catalogue::ALL.iter().map(|info| info.code);
    did_you_mean(code, findings.chain(refusals::ALL.iter().map(|info| info.code)))
}
