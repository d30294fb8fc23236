//! The report: one line an object, findings with table and column.

use crate::Draft;
use maq_diag::{CodeInfo, Finding, Place, catalogue};
use maq_doc::EntityDoc;
use maq_store::source::{SourceCatalogue, SourceOther, SourceTable};

/// What became of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It came in as it is.
    Imported,
    /// It came in changed; the note says how.
    Changed,
    /// It stayed out; the note says why.
    Refused,
}

impl Outcome {
    /// `imported`, `changed` or `refused`.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Imported => "imported",
            Outcome::Changed => "changed",
            Outcome::Refused => "refused",
        }
    }
}

/// One object of the source's catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedObject {
    /// `table`, `column`, `primaryKey`, `foreignKey`, `unique`, `index`, `check`, `default`, `view`, `trigger`, and what
    /// [`SourceOther::kind`] says.
    pub kind: &'static str,
    /// The table it belongs to.
    pub table: String,
    /// Its name, or its columns.
    pub name: String,
    /// What became of it.
    pub outcome: Outcome,
    /// What it became, or why it stayed out.
    pub note: Option<String>,
}

/// One table of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedTable {
    /// Its name in the source.
    pub name: String,
    /// The entity it becomes; none when refused.
    pub entity: Option<String>,
    /// Fields it gets.
    pub fields: u32,
    /// References among them.
    pub references: u32,
    /// Rows counted.
    pub rows: u64,
    /// Findings about it.
    pub findings: u32,
}

/// The report while it is written.
pub(crate) struct Report {
    source: String,
    pub objects: Vec<ImportedObject>,
    pub findings: Vec<Finding>,
}

impl Report {
    pub fn new(source: String) -> Report {
        Report { source, objects: Vec::new(), findings: Vec::new() }
    }

    pub fn object(&mut self, kind: &'static str, table: &str, name: &str, outcome: Outcome, note: Option<String>) {
        self.objects.push(ImportedObject { kind, table: table.to_owned(), name: name.to_owned(), outcome, note });
    }

    /// Something said earlier of an object does not hold any more.
    pub fn change_object(&mut self, kind: &str, table: &str, name: &str, outcome: Outcome, note: Option<String>) {
        let same = |object: &&mut ImportedObject| object.kind == kind && object.table == table && object.name == name;
        if let Some(object) = self.objects.iter_mut().find(same) {
            (object.outcome, object.note) = (outcome, note);
        }
    }

    pub fn finding(&mut self, code: &'static CodeInfo, table: &str, column: &str, more: &[(&str, &str)]) {
        let mut params = vec![("table", table), ("column", column)];
        params.extend_from_slice(more);
        let path: Vec<&str> = [table, column].into_iter().filter(|part| !part.is_empty()).collect();
        self.findings.push(Finding::new(code, Place::at(self.source.clone(), &path), &params));
    }

    /// An object that stays out, with a finding of its own.
    pub fn refuse_object(&mut self, kind: &'static str, table: &str, name: &str, code: &'static CodeInfo) {
        self.finding(code, table, "", &[("name", name)]);
        let note = self.findings.last().map(|finding| finding.message.clone());
        self.object(kind, table, name, Outcome::Refused, note);
    }

    /// An object that is no table: one that came in under another form, or one that has no place here.
    pub fn other(&mut self, other: &SourceOther) {
        let table = other.table.as_deref().unwrap_or_default();
        if let Some(became) = other.became {
            let note = Some(format!("came in as {became}"));
            return self.object(other.kind, table, &other.name, Outcome::Changed, note);
        }
        let kind = words(other.kind);
        self.finding(catalogue::IMPORT_OBJECT, table, "", &[("kind", &kind), ("name", &other.name)]);
        let note = self.findings.last().map(|finding| finding.message.clone());
        self.object(other.kind, table, &other.name, Outcome::Refused, note);
    }

    /// A table that stays out, with everything it has.
    pub fn refuse_table(&mut self, table: &SourceTable, code: &'static CodeInfo, module: &str) {
        self.finding(code, &table.name, "", &[("module", module), ("reason", module)]);
        let note = self.findings.last().map(|finding| finding.message.clone());
        self.object("table", &table.name, &table.name, Outcome::Refused, note);
        for column in &table.columns {
            let note = Some("its table stays out".to_owned());
            self.object("column", &table.name, &column.name, Outcome::Refused, note);
        }
        let mut part = |kind: &'static str, name: &str| {
            let note = Some("its table stays out".to_owned());
            self.object(kind, &table.name, name, Outcome::Refused, note);
        };
        for column in table.columns.iter().filter(|column| column.default.is_some()) {
            part("default", &column.name);
        }
        if !table.primary_key.is_empty() {
            part("primaryKey", &table.primary_key.join(", "));
        }
        for key in &table.foreign_keys {
            part("foreignKey", &format!("{} -> {}", key.columns.join(", "), key.target));
        }
        for unique in &table.uniques {
            part("unique", &unique.name);
        }
        for index in &table.indexes {
            part("index", &index.name);
        }
        for check in &table.checks {
            part("check", &check.chars().take(80).collect::<String>());
        }
    }
}

/// `materializedView` as `materialized view`.
fn words(kind: &str) -> String {
    let mut out = String::new();
    for letter in kind.chars() {
        if letter.is_ascii_uppercase() {
            out.push(' ');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// The tables, for choosing.
pub(crate) fn tables(
    catalogue: &SourceCatalogue,
    drafts: &[Draft<'_>],
    documents: &[EntityDoc],
    report: &Report,
    wanted: &dyn Fn(&str) -> bool,
) -> Vec<ImportedTable> {
    let one = |table: &SourceTable| {
        let at = drafts.iter().position(|draft| draft.table.name == table.name);
        let document = at.and_then(|at| documents.get(at));
        let about = |finding: &&Finding| finding.place.path.first() == Some(&table.name);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        ImportedTable {
            name: table.name.clone(),
            entity: document.map(|document| document.name.clone()),
            fields: count(document.map_or(0, |document| document.fields.len())),
            references: count(
                document.map_or(0, |document| document.fields.iter().filter(|field| field.kind == "reference").count()),
            ),
            rows: table.row_count,
            findings: count(report.findings.iter().filter(about).count()),
        }
    };
    catalogue.tables.iter().filter(|table| wanted(&table.name)).map(one).collect()
}
