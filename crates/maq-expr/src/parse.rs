//! Text to [`Syntax`], by the parser of the crate `cel` with macros left as they are written.

mod convert;
mod depth;
mod refused;
mod tokens;

#[cfg(test)]
mod tests;

use crate::{Problem, Syntax};
use cel::Env;

/// How much a text may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the text.
    pub bytes: usize,
    /// Nodes of the tree.
    pub nodes: usize,
    /// Nesting.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { bytes: 8 << 10, nodes: 1000, depth: 48 }
    }
}

/// How much deeper a text may look before it is parsed than its tree may be: [`depth::depth`] counts generously.
const DEPTH_MARGIN: usize = 3;

/// How many errors the parser may recover from: the first is told, and recovery is slow.
const RECOVERIES: u32 = 1;

/// What is parsed on the stack of the caller; deeper texts have a stack of their own.
const SHALLOW: usize = 6;

/// Bytes of stack that the parser takes for a level, with room to spare: it goes through a dozen rules for each.
const STACK_OF_LEVEL: usize = 192 << 10;

/// Reads `text`.
///
/// # Errors
/// `expression/syntax`, `expression/too-long`, `expression/too-many-parts`, `expression/too-deep`.
pub fn parse(text: &str, limits: Limits) -> Result<Syntax, Vec<Problem>> {
    parse_one(text, limits).map_err(|problem| vec![problem])
}

fn parse_one(text: &str, limits: Limits) -> Result<Syntax, Problem> {
    if text.len() > limits.bytes {
        return Err(refused::too_long(text, limits.bytes));
    }
    let (tokens, blanked) = tokens::tokens(text).map_err(refused::broken)?;
    if tokens.is_empty() {
        return Err(refused::empty(text));
    }
    if tokens.len() > limits.nodes.saturating_mul(4) {
        return Err(refused::too_many_parts(text, limits.nodes));
    }
    let depth = depth::depth(text, &tokens);
    if depth > limits.depth.saturating_mul(DEPTH_MARGIN) {
        return Err(refused::too_deep(text, limits.depth));
    }
    if depth <= SHALLOW {
        return read(text, &blanked, &tokens, limits);
    }
    // The parser takes more stack for a level than a caller may have left.
    stacker::grow(STACK_OF_LEVEL.saturating_mul(depth + SHALLOW), || read(text, &blanked, &tokens, limits))
}

/// Parses what is neither too large nor too deep.
fn read(text: &str, blanked: &str, tokens: &[tokens::Token], limits: Limits) -> Result<Syntax, Problem> {
    let parser = Env::default()
        .parser()
        .enable_optional_syntax(true)
        .enable_ident_escape_syntax(true)
        .max_recursion_depth(u16::MAX)
        .error_recovery_limit(RECOVERIES);
    let (expr, info) = match parser.parse_with_source_info(blanked) {
        Ok(parsed) => parsed,
        Err(errors) => return Err(refused::errors(text, tokens, &errors)),
    };
    let mut converter = convert::Converter::new(text, tokens, &info);
    let syntax = converter.convert(expr).map_err(|_| refused::unreadable(text))?;
    if converter.nodes > limits.nodes {
        return Err(refused::too_many_parts(text, limits.nodes));
    }
    if converter.deepest > limits.depth {
        return Err(refused::too_deep(text, limits.depth));
    }
    Ok(syntax)
}
