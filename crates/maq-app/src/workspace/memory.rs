//! The drafts in memory: JSON that edits are applied to, the documents read from it, and what the compiler says.

use super::log::{LogRow, Recent, read_log};
use crate::cells::Cells;
use crate::error::refusals;
use crate::{AppError, AppResult};
use maq_compile::{CompileOptions, Compiled, IncrementalCompiler, check_for_freeze};
use maq_diag::Finding;
use maq_doc::{Document, Edit, apply_all, read_document};
use maq_ir::{Model, PhysicalNames};
use maq_query::{Dialect, Statement, meta};
use maq_store::{Store, StoreKind};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// The drafts in memory.
pub(crate) struct Memory {
    json: BTreeMap<String, Json>,
    documents: BTreeMap<String, Arc<Document>>,
    physical: PhysicalNames,
    compiler: IncrementalCompiler,
    compiled: Compiled,
    /// Number of the newest row of the edit log that these drafts hold: the same in every process over the store.
    pub revision: i64,
    /// The newest rows of the log.
    recent: Recent,
    labels: HashMap<String, Labels>,
}

/// What an actor's undo and redo would do.
#[derive(Debug, Clone, Default)]
pub(crate) struct Labels {
    /// Label of what undo would take back.
    pub undo: Option<String>,
    /// Label of what redo would bring again.
    pub redo: Option<String>,
}

/// A change that is applied to the JSON but not yet stored.
pub(crate) struct Change {
    /// What takes it back.
    pub inverse: Vec<Edit>,
    /// Each touched document as it reads now; none when it is gone.
    pub touched: Vec<(String, Option<Arc<Document>>)>,
    bodies: Vec<Option<String>>,
}

impl Change {
    /// The writes that store the touched drafts.
    pub fn statements(&self, dialect: Dialect, now: i64) -> Vec<Statement> {
        let one = |((id, document), body): (&(String, Option<Arc<Document>>), &Option<String>)| match (document, body) {
            (Some(document), Some(body)) => {
                meta::put_draft(dialect, id.as_str(), document.kind(), document.name(), body.as_str(), now)
            }
            _ => meta::delete_draft(dialect, id.as_str()),
        };
        self.touched.iter().zip(&self.bodies).map(one).collect()
    }
}

impl Memory {
    /// Reads drafts, names and the ends of the edit log.
    pub async fn load(store: &dyn Store) -> AppResult<Memory> {
        let dialect = store.dialect();
        let mut json = BTreeMap::new();
        let mut documents = BTreeMap::new();
        // A server has no drafts, and its login for records may not look for any.
        let designs = store.info().kind == StoreKind::Workspace;
        let drafts = if designs { store.read(meta::list_drafts(dialect)).await?.0 } else { Vec::new() };
        for row in drafts {
            let cells = Cells(&row);
            let id = cells.text(0);
            let body: Json = serde_json::from_str(&cells.text(1))
                .map_err(|error| AppError::fault(format!("draft {id} is not JSON: {error}")))?;
            let document = read_document(&id, body.clone())
                .map_err(|findings| AppError::fault(format!("draft {id} cannot be read: {findings:?}")))?;
            documents.insert(id.clone(), Arc::new(document));
            json.insert(id, body);
        }
        let mut memory = Memory {
            json,
            documents,
            physical: read_physical_names(store).await?,
            compiler: IncrementalCompiler::new(),
            compiled: Compiled { model: Arc::default(), findings: Vec::new() },
            revision: 0,
            recent: Recent::default(),
            labels: HashMap::new(),
        };
        memory.compile();
        if !designs {
            return Ok(memory);
        }
        let last = store.read(meta::last_edit_seq(dialect)).await?;
        memory.revision = last.0.first().map(|row| Cells(row).integer(0)).unwrap_or_default();
        Ok(memory)
    }

    /// Reads what other processes changed since; true when there was something. When that cannot be told in edits, all
    /// drafts are read anew.
    pub async fn catch_up(&mut self, store: &dyn Store) -> AppResult<bool> {
        if store.info().kind == StoreKind::Server {
            return Ok(false);
        }
        let rows = read_log(store, meta::edits_after(store.dialect(), self.revision)).await?;
        if rows.is_empty() {
            return Ok(false);
        }
        self.labels.clear();
        let gap_free = rows.iter().zip(self.revision + 1..).all(|(row, seq)| row.seq == seq);
        if !gap_free || rows.iter().any(|row| self.follow(row).is_err()) {
            *self = Memory::load(store).await?;
            return Ok(true);
        }
        for row in rows {
            self.revision = row.seq;
            self.recent.push(row);
        }
        self.compile();
        Ok(true)
    }

    /// Applies a row of the log that another process wrote.
    fn follow(&mut self, row: &LogRow) -> AppResult<()> {
        let change = self.stage(&row.edits)?;
        self.take(change);
        Ok(())
    }

    /// The rows of the log after `seq`, from memory or from the store.
    pub async fn rows_after(&self, store: &dyn Store, seq: i64) -> AppResult<Vec<Arc<LogRow>>> {
        match self.recent.after(seq, self.revision) {
            Some(rows) => Ok(rows),
            None => {
                let mut rows = read_log(store, meta::edits_after(store.dialect(), seq)).await?;
                rows.retain(|row| row.seq <= self.revision);
                Ok(rows)
            }
        }
    }

    /// All drafts.
    pub fn documents(&self) -> Vec<Arc<Document>> {
        self.documents.values().cloned().collect()
    }

    /// What the compiler says of them.
    pub fn findings(&self) -> &[Finding] {
        &self.compiled.findings
    }

    /// The model they make, as far as they can be understood.
    pub fn model(&self) -> Arc<Model> {
        self.compiled.model.clone()
    }

    /// The findings, with those that only keep from freezing.
    pub fn freeze_findings(&self) -> Vec<Finding> {
        let mut findings = self.compiled.findings.clone();
        for finding in check_for_freeze(&self.documents(), &self.compiled) {
            // A blocker may repeat at edit time what it forbids at freeze time; the stronger one stands.
            findings.retain(|there| there.code != finding.code || there.place != finding.place);
            findings.push(finding);
        }
        findings
    }

    /// Applies edits to the JSON and reads the touched documents. Nothing is stored yet: follow with
    /// [`Memory::accept`] or [`Memory::reject`].
    pub fn stage(&mut self, edits: &[Edit]) -> AppResult<Change> {
        let inverse = apply_all(&mut self.json, edits)
            .map_err(|error| refusals::EDIT_DOES_NOT_FIT.with(&[("reason", &error.to_string())]))?;
        let ids: BTreeSet<&str> = edits.iter().map(Edit::document_id).collect();
        let mut change = Change { inverse, touched: Vec::new(), bodies: Vec::new() };
        let mut findings = Vec::new();
        for id in ids {
            match self.json.get(id) {
                None => {
                    change.touched.push((id.to_owned(), None));
                    change.bodies.push(None);
                }
                Some(body) => match read_document(id, body.clone()) {
                    Ok(document) => {
                        change.touched.push((id.to_owned(), Some(Arc::new(document))));
                        change.bodies.push(Some(body.to_string()));
                    }
                    Err(mut found) => findings.append(&mut found),
                },
            }
        }
        if findings.is_empty() {
            return Ok(change);
        }
        self.reject(change);
        Err(refusals::DOCUMENT_UNREADABLE.with(&[]).with_findings(findings))
    }

    /// The change is stored as `row`: the documents follow the JSON.
    pub fn accept(&mut self, change: Change, row: LogRow) {
        self.take(change);
        self.compile();
        if row.of_seq.is_none() {
            let labels = Labels { undo: Some(row.label.clone()), redo: None };
            self.labels.insert(row.actor.clone(), labels);
        } else {
            self.labels.remove(&row.actor);
        }
        self.revision = row.seq;
        self.recent.push(Arc::new(row));
    }

    fn take(&mut self, change: Change) {
        for (id, document) in change.touched {
            match document {
                Some(document) => self.documents.insert(id, document),
                None => self.documents.remove(&id),
            };
        }
    }

    /// The change was not stored: the JSON goes back.
    pub fn reject(&mut self, change: Change) {
        // The inverse of edits just applied always fits.
        let _ = apply_all(&mut self.json, &change.inverse);
    }

    /// Physical names were fixed by a publish.
    pub async fn refresh_names(&mut self, store: &dyn Store) -> AppResult<()> {
        self.physical = read_physical_names(store).await?;
        self.compile();
        Ok(())
    }

    /// What undo and redo of an actor would do: everybody takes back their own.
    pub async fn labels(&mut self, store: &dyn Store, actor: &str) -> AppResult<Labels> {
        if let Some(labels) = self.labels.get(actor) {
            return Ok(labels.clone());
        }
        let label = |rows: maq_store::Rows| rows.0.first().map(|row| Cells(row).text(1));
        let labels = Labels {
            undo: label(store.read(meta::last_done_edits(store.dialect(), actor)).await?),
            redo: label(store.read(meta::first_undone_edits(store.dialect(), actor)).await?),
        };
        self.labels.insert(actor.to_owned(), labels.clone());
        Ok(labels)
    }

    /// The drafts as JSON, by id.
    pub fn json(&self) -> &BTreeMap<String, Json> {
        &self.json
    }

    fn compile(&mut self) {
        let documents = self.documents();
        self.compiled = self.compiler.compile(&documents, &CompileOptions { physical: self.physical.clone() });
    }
}

/// The physical names fixed by earlier publishes.
pub(crate) async fn read_physical_names(store: &dyn Store) -> AppResult<PhysicalNames> {
    let mut names = PhysicalNames::default();
    for row in store.read(meta::list_names(store.dialect())).await?.0 {
        let cells = Cells(&row);
        let map = match cells.text(0).as_str() {
            "table" => &mut names.tables,
            "column" => &mut names.columns,
            _ => &mut names.indexes,
        };
        map.insert(cells.text(1), cells.text(2));
    }
    Ok(names)
}
