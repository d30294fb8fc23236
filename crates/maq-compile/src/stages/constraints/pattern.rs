//! Patterns: Rust `regex` syntax, so that matching takes linear time; what is wrong is told with its span.

use regex::{Regex, RegexBuilder};

/// Longest pattern, in bytes.
const MAX_PATTERN: usize = 4_096;
/// Most memory of a compiled pattern, in bytes.
const MAX_COMPILED: usize = 1 << 20;

/// A pattern that was read.
#[derive(Debug, Default)]
pub(crate) enum PatternOutput {
    /// None was given.
    #[default]
    Absent,
    /// It can be used: it matches whole texts.
    Is(Regex),
    /// It is no regular expression: why, and the bytes where.
    Invalid(String, (u32, u32)),
    /// It is too long, or takes too much memory.
    TooLarge,
}

/// Reads `pattern`.
pub(crate) fn read(pattern: &str) -> PatternOutput {
    if pattern.len() > MAX_PATTERN {
        return PatternOutput::TooLarge;
    }
    if let Err(error) = regex_syntax::Parser::new().parse(pattern) {
        return invalid(&error, pattern);
    }
    match RegexBuilder::new(&format!("^(?:{pattern})$")).size_limit(MAX_COMPILED).build() {
        Ok(regex) => PatternOutput::Is(regex),
        Err(regex::Error::CompiledTooBig(_)) => PatternOutput::TooLarge,
        Err(_) => PatternOutput::Invalid("it ends in a comment".into(), whole(pattern)),
    }
}

fn invalid(error: &regex_syntax::Error, pattern: &str) -> PatternOutput {
    let (why, span) = match error {
        regex_syntax::Error::Parse(error) => (error.kind().to_string(), Some(*error.span())),
        regex_syntax::Error::Translate(error) => (error.kind().to_string(), Some(*error.span())),
        _ => ("it cannot be read".to_owned(), None),
    };
    let span = span.map_or_else(|| whole(pattern), |span| (offset(span.start.offset), offset(span.end.offset)));
    PatternOutput::Invalid(why, span)
}

fn whole(pattern: &str) -> (u32, u32) {
    (0, offset(pattern.len()))
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
