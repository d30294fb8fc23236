//! Regular expressions: linear time, and of a limited size.

use crate::eval::Failure;
use regex::{Regex, RegexBuilder};
use std::cell::RefCell;
use std::collections::HashMap;

/// Bytes that a compiled pattern may take.
const SIZE: usize = 1 << 18;
/// Patterns that a thread keeps compiled.
const KEPT: usize = 64;

thread_local! {
    static PATTERNS: RefCell<HashMap<String, Regex>> = RefCell::new(HashMap::new());
}

/// Compiles a pattern.
///
/// # Errors
/// It is no regular expression, or too large.
pub(crate) fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).size_limit(SIZE).dfa_size_limit(SIZE).nest_limit(64).build()
}

/// True when some part of `text` matches.
pub(super) fn matches(text: &str, pattern: &str) -> Result<bool, Failure> {
    PATTERNS.with_borrow_mut(|patterns| {
        if let Some(regex) = patterns.get(pattern) {
            return Ok(regex.is_match(text));
        }
        let regex =
            compile(pattern).map_err(|_| Failure::invalid("the pattern is no regular expression of a fair size"))?;
        if patterns.len() >= KEPT {
            patterns.clear();
        }
        let found = regex.is_match(text);
        patterns.insert(pattern.to_owned(), regex);
        Ok(found)
    })
}
