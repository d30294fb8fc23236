//! Conditional requests (RFC 9110, section 13): the strong entity tag of a record is its row version in quotes.

use crate::problem::Problem;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maq_app::{AppError, refusals};

/// Tags of one header, at most.
const MAX_TAGS: usize = 50;

/// A row version that no record has: what a tag that is none of ours stands for.
const NO_VERSION: i64 = 0;

/// The tag of a row version.
pub(super) fn tag(version: i64) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("\"{version}\"")).ok()
}

/// The row version in `If-Match`; none when the header is absent or `*`. A weak tag, or one that is none of ours, fits
/// no record.
pub(super) fn if_match(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    match tags(headers, header::IF_MATCH)?.as_slice() {
        [] | [Tag::Any] => Ok(None),
        [Tag::Strong(version)] => Ok(Some(*version)),
        [Tag::Weak(_)] => Ok(Some(NO_VERSION)),
        _ => Err(version_wrong()),
    }
}

/// Whether `If-None-Match` names the record as it is, which the client has then.
pub(super) fn is_known(headers: &HeaderMap, version: i64) -> Result<bool, Problem> {
    let tags = tags(headers, header::IF_NONE_MATCH)?;
    Ok(tags.iter().any(|tag| match tag {
        Tag::Any => true,
        Tag::Strong(known) | Tag::Weak(known) => *known == version,
    }))
}

/// 304, with the tag.
pub(super) fn not_modified(version: i64) -> Response {
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    if let Some(tag) = tag(version) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// The refusal of a read whose `If-Match` names another state.
pub(super) fn changed(entity: &str, id: &str, current: i64) -> Problem {
    let params = [("entity", entity), ("id", id), ("rowVersion", &current.to_string())];
    failed(refusals::DATA_CONFLICT.with(&params), Some(current))
}

/// The refusal of a change: one whose condition stood in the header is 412, any other conflict 409.
pub(super) fn failed(error: AppError, by_header: Option<i64>) -> Problem {
    let problem = Problem::from(error);
    match by_header {
        Some(_) => problem.with_status_for(refusals::DATA_CONFLICT.code, StatusCode::PRECONDITION_FAILED),
        None => problem,
    }
}

pub(super) fn version_wrong() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "data/row-version-wrong",
        "the row version cannot be read",
        "send the `rowVersion` that was read as If-Match: \"3\", or in the body",
    )
}

enum Tag {
    Any,
    Strong(i64),
    Weak(i64),
}

/// The tags of a header. Ours have no commas in them, so that others need not be read right, only told apart.
fn tags(headers: &HeaderMap, name: HeaderName) -> Result<Vec<Tag>, Problem> {
    let mut tags = Vec::new();
    for value in headers.get_all(name) {
        let text = value.to_str().map_err(|_| version_wrong())?;
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            tags.push(read(part).ok_or_else(version_wrong)?);
        }
    }
    if tags.len() > MAX_TAGS { Err(version_wrong()) } else { Ok(tags) }
}

fn read(text: &str) -> Option<Tag> {
    if text == "*" {
        return Some(Tag::Any);
    }
    let (weak, quoted) = match text.strip_prefix("W/") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let inside = quoted.strip_prefix('"')?.strip_suffix('"')?;
    let version = inside.parse().unwrap_or(NO_VERSION);
    Some(if weak { Tag::Weak(version) } else { Tag::Strong(version) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn a_tag_is_a_row_version_in_quotes() {
        let read = |value: &str| if_match(&asked(header::IF_MATCH, value)).ok();
        assert_eq!(if_match(&HeaderMap::new()).ok(), Some(None));
        assert_eq!(read("*"), Some(None));
        assert_eq!(read("\"3\""), Some(Some(3)));
        // A weak tag never fits a strong comparison; one that is not ours fits nothing.
        assert_eq!(read("W/\"3\""), Some(Some(0)));
        assert_eq!(read("\"abc\""), Some(Some(0)));
        for wrong in ["3", "\"3", "\"1\", \"2\"", "*, \"1\""] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_client_that_has_it_is_told_so() {
        let known = |value: &str| is_known(&asked(header::IF_NONE_MATCH, value), 3).ok();
        assert_eq!(known("\"3\""), Some(true));
        assert_eq!(known("W/\"3\""), Some(true));
        assert_eq!(known("\"1\", \"3\""), Some(true));
        assert_eq!(known("*"), Some(true));
        assert_eq!(known("\"2\""), Some(false));
        assert_eq!(known(&vec!["\"1\""; 51].join(",")), None);
    }
}
