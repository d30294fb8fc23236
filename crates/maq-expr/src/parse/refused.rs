//! Why a text is not read, in words for the person who wrote it.

use super::tokens::{Broken, Token, TokenKind};
use crate::{Problem, Repair, Span};
use cel::{ParseError, ParseErrors};
use maq_diag::catalogue;

fn whole(text: &str) -> Span {
    Span { start: 0, end: u32::try_from(text.len()).unwrap_or(u32::MAX) }
}

fn syntax(problem: String, span: Span) -> Problem {
    Problem { code: catalogue::EXPRESSION_SYNTAX, params: vec![("problem", problem)], span, repairs: Vec::new() }
}

pub(super) fn too_long(text: &str, limit: usize) -> Problem {
    let params = vec![("length", text.len().to_string()), ("limit", limit.to_string())];
    Problem { code: catalogue::EXPRESSION_TOO_LONG, params, span: whole(text), repairs: Vec::new() }
}

pub(super) fn too_many_parts(text: &str, limit: usize) -> Problem {
    let params = vec![("limit", limit.to_string())];
    Problem { code: catalogue::EXPRESSION_TOO_MANY_PARTS, params, span: whole(text), repairs: Vec::new() }
}

pub(super) fn too_deep(text: &str, limit: usize) -> Problem {
    let params = vec![("limit", limit.to_string())];
    Problem { code: catalogue::EXPRESSION_TOO_DEEP, params, span: whole(text), repairs: Vec::new() }
}

pub(super) fn empty(text: &str) -> Problem {
    syntax("nothing is written".to_owned(), whole(text))
}

pub(super) fn unreadable(text: &str) -> Problem {
    syntax("its parts cannot be told apart".to_owned(), whole(text))
}

pub(super) fn broken(broken: Broken) -> Problem {
    let mut problem = syntax(broken.problem, broken.span);
    if let Some((title, text)) = broken.repair {
        problem.repairs.push(Repair { title, span: broken.span, text });
    }
    problem
}

/// A word of the text, shortened for a message.
fn short(word: &str) -> String {
    const LONGEST: usize = 40;
    match word.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", word.get(..end).unwrap_or_default()),
        None => word.to_owned(),
    }
}

/// The first error of the parser, in our words.
pub(super) fn errors(text: &str, tokens: &[Token], errors: &ParseErrors) -> Problem {
    let first = errors.errors.iter().find(|error| error.pos.0 > 0).or(errors.errors.first());
    let Some(error) = first else { return unreadable(text) };
    let start = offset(text, error);
    let place = tokens.partition_point(|token| token.span.start < start);
    let Some(token) = tokens.get(place) else {
        let end = whole(text).end;
        let last = tokens.last().map(|token| token.span).unwrap_or_default();
        return syntax(
            format!("something is missing after `{}`", short(last.of(text))),
            Span { start: last.end.min(end), end },
        );
    };
    let written = token.span.of(text);
    let named = short(written);
    let lower = error.msg.to_ascii_lowercase();
    if lower.contains("reserved identifier") {
        return syntax(format!("`{named}` is a word that the language keeps for itself"), token.span);
    }
    if lower.contains("invalid int") || lower.contains("invalid uint") {
        return syntax(format!("`{named}` does not fit a whole number of 64 bits"), token.span);
    }
    if lower.contains("invalid double") {
        return syntax(format!("`{named}` does not fit a number of double precision"), token.span);
    }
    if lower.contains("invalid string") || lower.contains("invalid bytes") {
        return syntax("an escape in this text stands for no character".to_owned(), token.span);
    }
    unexpected(text, tokens, place, token)
}

fn unexpected(text: &str, tokens: &[Token], place: usize, token: &Token) -> Problem {
    let written = token.span.of(text);
    let mut problem = syntax(format!("`{}` is not expected here", short(written)), token.span);
    let instead = match written.to_ascii_lowercase().as_str() {
        "and" => Some("&&"),
        "or" => Some("||"),
        "is" => Some("=="),
        "like" => Some("contains"),
        _ => None,
    };
    let before = place.checked_sub(1).and_then(|before| tokens.get(before));
    if let (Some(instead), TokenKind::Word) = (instead, token.kind) {
        let problem_text = format!("`{written}` is not expected here, did you mean `{instead}`");
        problem = syntax(problem_text, token.span);
        if instead != "contains" {
            let title = format!("Write `{instead}`");
            problem.repairs.push(Repair { title, span: token.span, text: instead.to_owned() });
        }
    } else if let Some(before) = before.filter(|before| before.span.of(text).eq_ignore_ascii_case("not")) {
        let problem_text = format!("`{}` is not expected here, did you mean `!`", before.span.of(text));
        problem = syntax(problem_text, before.span);
        problem.repairs.push(Repair { title: "Write `!`".to_owned(), span: before.span, text: "!".to_owned() });
    }
    problem
}

/// The byte of an error, from its line and column (in characters, both from 1).
fn offset(text: &str, error: &ParseError) -> u32 {
    let (line, column) = error.pos;
    let line = usize::try_from(line - 1).unwrap_or_default();
    let column = usize::try_from(column - 1).unwrap_or_default();
    let before = text.split_inclusive('\n').take(line).map(str::len).sum::<usize>();
    let rest = text.get(before..).unwrap_or_default();
    let within = rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at);
    u32::try_from(before + within).unwrap_or(u32::MAX)
}
