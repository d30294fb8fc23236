//! Small helpers for the words of findings.

use std::borrow::Cow;

/// Longest user text inside a message, in characters.
const SHORT: usize = 80;

/// `text`, cut when it is too long for a message.
pub(crate) fn short(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(SHORT) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
    }
}

/// The beginning of a help text: what was probably meant, or nothing.
pub(crate) fn hint(meant: Option<&str>) -> String {
    meant.map(|name| format!("did you mean `{name}`? otherwise ")).unwrap_or_default()
}

/// JSON as it stands in a message.
pub(crate) fn shown(json: &serde_json::Value) -> String {
    let text = match json {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(_) => "a list".to_owned(),
        serde_json::Value::Object(_) => "an object".to_owned(),
        other => other.to_string(),
    };
    short(&text).into_owned()
}
