//! Findings and refusals for people, in the form compilers use: severity and code, where, what to do.

use maq_contract::WireError;
use maq_diag::{Finding, Place, Severity};
use maq_doc::Document;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What people call a document or member, by its stable id.
#[derive(Debug, Default)]
pub struct Names(BTreeMap<String, String>);

impl Names {
    /// The names in these documents.
    pub fn of(documents: &[Document]) -> Names {
        let mut names = Names::default();
        for document in documents {
            names.collect(&document.to_json());
        }
        names
    }

    fn collect(&mut self, json: &Json) {
        match json {
            Json::Object(object) => {
                if let (Some(id), Some(name)) = (text(object.get("id")), text(object.get("name"))) {
                    self.0.insert(id.to_owned(), name.to_owned());
                }
                object.values().for_each(|value| self.collect(value));
            }
            Json::Array(list) => list.iter().for_each(|value| self.collect(value)),
            _ => {}
        }
    }

    fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.0.get(id).map_or(id, String::as_str)
    }
}

fn text(json: Option<&Json>) -> Option<&str> {
    json.and_then(Json::as_str)
}

/// All findings, errors first, and how many there are.
pub fn findings(findings: &[Finding], names: &Names, colour: bool) -> String {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| finding.severity);
    let mut text = String::new();
    for finding in sorted {
        one(&mut text, finding, names, colour);
    }
    let _ = writeln!(text, "{}", summary(findings));
    text
}

/// `2 errors, 1 warning`.
pub fn summary(findings: &[Finding]) -> String {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let words = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "note")];
    let parts: Vec<String> = words
        .into_iter()
        .filter_map(|(severity, word)| Some((count(severity), word)).filter(|(count, _)| *count > 0))
        .map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
        .collect();
    if parts.is_empty() { "nothing found".to_owned() } else { parts.join(", ") }
}

fn one(text: &mut String, finding: &Finding, names: &Names, colour: bool) {
    let (word, paint) = match finding.severity {
        Severity::Error => ("error", "1;31"),
        Severity::Warning => ("warning", "1;33"),
        Severity::Info => ("note", "1;36"),
    };
    let head = painted(&format!("{word}[{}]", finding.code), paint, colour);
    let _ = writeln!(text, "{head}: {}", finding.message);
    let _ = writeln!(text, "  --> {}", place(&finding.place, names));
    for related in &finding.related {
        let _ = writeln!(text, "  ::: {}: {}", place(&related.place, names), related.message);
    }
    if !finding.help.is_empty() {
        let _ = writeln!(text, "  = help: {}", finding.help);
    }
    if let Some(fix) = &finding.fix {
        let _ = writeln!(text, "  = fix: {}", fix.title);
    }
}

fn place(place: &Place, names: &Names) -> String {
    let mut text = names.name(&place.document).to_owned();
    for part in &place.path {
        let _ = write!(text, "/{}", names.name(part));
    }
    if let Some((start, _)) = place.span {
        let _ = write!(text, ":{start}");
    }
    text
}

/// A refusal or fault with its findings and help.
pub fn error(error: &WireError, colour: bool) -> String {
    let mut text = String::new();
    for finding in &error.findings {
        one(&mut text, finding, &Names::default(), colour);
    }
    let head = painted(&format!("error[{}]", error.code), "1;31", colour);
    let _ = writeln!(text, "{head}: {}", error.title);
    if !error.help.is_empty() {
        let _ = writeln!(text, "  = help: {}", error.help);
    }
    text
}

fn painted(text: &str, paint: &str, colour: bool) -> String {
    if colour { format!("\u{1b}[{paint}m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// Rows as aligned columns under a head; empty without rows.
pub fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut widths = head.map(|cell| cell.chars().count());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: &[String; N]| {
        let padded: Vec<String> = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        padded.join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(&head.map(str::to_owned))];
    lines.extend(rows.iter().map(line));
    lines.join("\n")
}

/// The first characters of a digest, enough to tell one from another.
pub fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use maq_diag::catalogue;

    #[test]
    fn a_finding_reads_like_a_compilers() {
        let place = Place::at("ent_1", &["name"]);
        let finding = Finding::new(catalogue::ENTITY_NAME_INVALID, place, &[("name", "a b")]);
        let expected = "error[entity/name-invalid]: `a b` is not a valid entity name\n  --> ent_1/name\n  \
            = help: start with a letter, use letters and digits only, at most 48\n1 error\n";
        assert_eq!(findings(std::slice::from_ref(&finding), &Names::default(), false), expected);
        let names = Names(BTreeMap::from([("ent_1".to_owned(), "Invoice".to_owned())]));
        assert!(findings(&[finding], &names, false).contains("--> Invoice/name"));
    }

    #[test]
    fn a_table_is_aligned() {
        let rows = [["a".to_owned(), "1".to_owned()], ["long".to_owned(), "2".to_owned()]];
        assert_eq!(table(["NAME", "N"], &rows), "NAME  N\na     1\nlong  2");
    }
}
