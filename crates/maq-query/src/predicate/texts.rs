//! Functions of texts: the evaluator's own on SQLite, and on Postgres words that say the same.

use super::{Form, Writer, Written, refused};
use crate::record::QueryError;
use maq_expr::{Term, TextFunction};

/// White space of Unicode, of which Rust's `trim` takes off what is around a text.
const WHITE: &str = "\t\n\u{b}\u{c}\r \u{85}\u{a0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\
                     \u{2008}\u{2009}\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}";

/// The longest text that a replacement makes, in bytes.
const LONGEST: usize = 1 << 20;

impl Writer<'_, '_> {
    pub(super) fn of_texts(&mut self, function: TextFunction, operands: &[Term]) -> Result<Written, QueryError> {
        let written = operands.iter().map(|operand| self.term(operand)).collect::<Result<Vec<Written>, _>>()?;
        let form = if function == TextFunction::IndexOf { Form::Whole } else { Form::Text };
        let texts: Vec<&str> = written.iter().map(|operand| operand.text.as_str()).collect();
        let text = if self.is_sqlite() {
            format!("maquette_text('{}', {})", function.name(), texts.join(", "))
        } else {
            let white = match function {
                TextFunction::Trim => self.bind(WHITE.into(), Form::Text),
                _ => String::new(),
            };
            postgres(function, &texts, &white).ok_or_else(|| refused("a function has other operands"))?
        };
        Ok(Written { text, form })
    }
}

fn postgres(function: TextFunction, operands: &[&str], white: &str) -> Option<String> {
    let from = |names: &[&str]| {
        let named: Vec<String> = operands.iter().zip(names).map(|(text, name)| format!("{text} AS {name}")).collect();
        format!("FROM (SELECT {} LIMIT 1) AS t", named.join(", "))
    };
    let within = "WHERE y BETWEEN 0 AND char_length(x)";
    Some(match (function, operands) {
        (TextFunction::CharAt, [_, _]) => {
            format!("(SELECT substr(x, (y + 1)::INTEGER, 1) {} {within})", from(&["x", "y"]))
        }
        (TextFunction::Substring, [_, _]) => {
            format!("(SELECT substr(x, (y + 1)::INTEGER) {} {within})", from(&["x", "y"]))
        }
        (TextFunction::Substring, [_, _, _]) => format!(
            "(SELECT substr(x, (y + 1)::INTEGER, (z - y)::INTEGER) {} {within} AND z BETWEEN y AND char_length(x))",
            from(&["x", "y", "z"])
        ),
        (TextFunction::IndexOf, [text, part]) => format!("(strpos({text}, {part}) - 1)"),
        (TextFunction::Trim, [text]) => format!("btrim({text}, {white})"),
        (TextFunction::Reverse, [text]) => format!("reverse({text})"),
        (TextFunction::Replace, [_, _, _]) => format!(
            "(SELECT replace(x, y, z) {} WHERE octet_length(x) + (octet_length(x) - octet_length(replace(x, y, ''))) / \
             octet_length(y)::BIGINT * octet_length(z) <= {LONGEST})",
            from(&["x", "y", "z"])
        ),
        _ => return None,
    })
}
