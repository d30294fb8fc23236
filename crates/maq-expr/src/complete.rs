//! What could stand at the cursor of an expression, for editors.
//!
//! The text is seldom whole while somebody types, so it is looked at from the cursor backwards: what stands before the
//! dot, or before the sign, is read on its own and typed roughly. Nothing here is needed to check or to evaluate.

mod choices;
mod place;
mod rough;

#[cfg(test)]
mod tests;

use crate::{Environment, Span};

/// A choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What is shown.
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// Its type or signature.
    pub detail: Option<String>,
    /// What it does, one sentence.
    pub info: Option<String>,
    /// What is put in the text, when it is not the label.
    pub insert: Option<String>,
}

/// What a choice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompletionKind {
    /// A field.
    Field,
    /// A reference that can be walked.
    Reference,
    /// A list of records.
    List,
    /// `record`, `principal`, `context`, `now`, what they have, and variables of macros.
    Variable,
    /// A function or method.
    Function,
    /// A macro.
    Macro,
    /// A value.
    Value,
    /// A word of the language.
    Keyword,
}

/// The choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completions {
    /// What a choice replaces: the word at the cursor.
    pub span: Span,
    /// The best first.
    pub items: Vec<Completion>,
}

/// What could stand at byte `cursor` of `text`.
pub fn complete(text: &str, cursor: usize, environment: &Environment) -> Completions {
    let cursor = (0..=cursor.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let before = text.get(..cursor).unwrap_or_default();
    let place = place::at(before, environment);
    let wanted = place.word.to_lowercase();
    let mut items = choices::at(&place, environment);
    items.retain(|item| item.label.to_lowercase().contains(&wanted));
    items.sort_by_key(|item| !item.label.to_lowercase().trim_start_matches('\'').starts_with(&wanted));
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Completions { span: Span { start: offset(place.start), end: offset(cursor) }, items }
}
