//! One field, compiled: its type and limits ready to be asked.

use maq_ir::{FieldType, TextFormat};
use maq_value::{Kind, Value};
use regex::Regex;
use std::sync::Arc;

/// One field, compiled.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub name: Arc<str>,
    pub ty: FieldType,
    pub kind: Kind,
    pub required: bool,
    pub default: Option<Value>,
    pub min_length: Option<u64>,
    pub max_length: Option<u64>,
    pub min: Option<Value>,
    pub max: Option<Value>,
    pub pattern: Option<Pattern>,
    pub format: Option<TextFormat>,
}

/// A pattern the whole text must match.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    /// As people wrote it.
    pub text: String,
    /// `None` when it is no regular expression; then nothing matches it.
    regex: Option<Regex>,
}

impl Pattern {
    fn new(text: &str) -> Pattern {
        Pattern { text: text.to_owned(), regex: Regex::new(&format!("^(?:{text})$")).ok() }
    }

    pub fn matches(&self, text: &str) -> bool {
        self.regex.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

impl Field {
    pub fn new(field: &maq_ir::Field) -> Field {
        let limits = &field.constraints;
        Field {
            name: field.name.clone(),
            ty: field.ty.clone(),
            kind: field.ty.kind(),
            required: field.required,
            default: field.default.clone().filter(|value| !value.is_absent()),
            min_length: limits.min_length,
            max_length: limits.max_length,
            min: limits.min.clone(),
            max: limits.max.clone(),
            pattern: limits.pattern.as_deref().map(Pattern::new),
            format: limits.format,
        }
    }

    /// What its values are, in the words of a message.
    pub fn expected(&self) -> &'static str {
        match self.ty {
            FieldType::Object => "a JSON object",
            FieldType::List => "a JSON array",
            _ => self.kind.describe(),
        }
    }
}
