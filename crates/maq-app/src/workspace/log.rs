//! The edit log as every process over the store reads it: one row for each change, undo and redo included. Its largest
//! number says how far a reader has come, and what lies between two numbers can be applied or taken back.

use crate::cells::Cells;
use crate::{AppError, AppResult};
use maq_doc::{Edit, OtherEdits, apply};
use maq_query::{SqlValue, Statement};
use maq_store::Store;
use maq_value::Instant;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// Most edits that the rows kept in memory hold together.
const KEPT_EDITS: usize = 20_000;

/// One row of the log.
#[derive(Debug, Clone)]
pub struct LogRow {
    /// Its number.
    pub seq: i64,
    /// What it did.
    pub label: String,
    /// What was applied.
    pub edits: Vec<Edit>,
    /// What takes it back.
    pub inverse: Vec<Edit>,
    /// `done`, `undone` or `dropped`.
    pub state: String,
    /// Who.
    pub actor: String,
    /// When.
    pub at: Instant,
    /// The id its sender drew.
    pub group_id: Option<String>,
    /// Of an undo or redo: the group it is of.
    pub of_seq: Option<i64>,
}

impl LogRow {
    fn read(row: &[SqlValue]) -> AppResult<LogRow> {
        let cells = Cells(row);
        Ok(LogRow {
            seq: cells.integer(0),
            label: cells.text(1),
            edits: stored_edits(&cells.text(2))?,
            inverse: stored_edits(&cells.text(3))?,
            state: cells.text(4),
            actor: cells.text(5),
            at: cells.instant(6),
            group_id: cells.optional_text(7),
            of_seq: row.get(8).and_then(SqlValue::as_integer),
        })
    }

    /// Whether it was sent by the client that draws ids like `group_id`.
    pub fn same_sender(&self, group_id: Option<&str>) -> bool {
        let sender = |id: &str| id.rsplit_once('/').map(|(sender, _)| sender.to_owned());
        let own = group_id.and_then(sender);
        own.is_some() && self.group_id.as_deref().and_then(sender) == own
    }
}

/// The rows that a reading statement of the log answers.
pub(super) async fn read_log(store: &dyn Store, statement: Statement) -> AppResult<Vec<Arc<LogRow>>> {
    let rows = store.read(statement).await?.0;
    rows.iter().map(|row| LogRow::read(row).map(Arc::new)).collect()
}

/// Edits as the log keeps them.
pub(super) fn stored_edits(text: &str) -> AppResult<Vec<Edit>> {
    serde_json::from_str(text).map_err(|error| AppError::fault(format!("a stored edit group cannot be read: {error}")))
}

/// The newest rows of the log, so that most questions about them need no read.
#[derive(Default)]
pub(super) struct Recent {
    rows: VecDeque<Arc<LogRow>>,
    edits: usize,
}

impl Recent {
    /// Adds the next row; the oldest go when there are too many.
    pub fn push(&mut self, row: Arc<LogRow>) {
        self.edits += row.edits.len() + 1;
        self.rows.push_back(row);
        while self.edits > KEPT_EDITS && self.rows.len() > 1 {
            if let Some(gone) = self.rows.pop_front() {
                self.edits -= gone.edits.len() + 1;
            }
        }
    }

    /// The rows after `seq`; none when they are not all kept. A group that was undone since is told as it was made.
    pub fn after(&self, seq: i64, last: i64) -> Option<Vec<Arc<LogRow>>> {
        if seq >= last {
            return Some(Vec::new());
        }
        let known = self.rows.front().is_some_and(|first| first.seq <= seq + 1);
        known.then(|| self.rows.iter().filter(|row| row.seq > seq).cloned().collect())
    }
}

/// The rows that still count: a group that was taken back since, and the undo that did it, come to nothing together.
pub(super) fn net(rows: &[Arc<LogRow>]) -> Vec<&LogRow> {
    let first = rows.first().map_or(i64::MAX, |row| row.seq);
    let mut steps: BTreeMap<i64, usize> = BTreeMap::new();
    for of in rows.iter().filter_map(|row| row.of_seq) {
        *steps.entry(of).or_default() += 1;
    }
    let odd = |of: i64| steps.get(&of).is_some_and(|count| count % 2 == 1);
    let counts = |row: &&Arc<LogRow>| match row.of_seq {
        // A group of these rows counts unless an odd number of steps ended with an undo.
        None => !odd(row.seq),
        Some(of) => of < first && odd(of),
    };
    let mut rows: Vec<&LogRow> = rows.iter().filter(counts).map(|row| &**row).collect();
    // Of several steps of one older group only the last one counts.
    let mut seen = BTreeSet::new();
    rows.reverse();
    rows.retain(|row| row.of_seq.is_none_or(|of| seen.insert(of)));
    rows.reverse();
    rows
}

/// These documents as they were before `rows`, newest last.
pub(super) fn before(
    now: &BTreeMap<String, Json>,
    rows: &[Arc<LogRow>],
    documents: &BTreeSet<&str>,
) -> BTreeMap<String, Json> {
    let mut state: BTreeMap<String, Json> =
        documents.iter().filter_map(|id| Some(((*id).to_owned(), now.get(*id)?.clone()))).collect();
    for row in rows.iter().rev() {
        for edit in row.inverse.iter().filter(|edit| documents.contains(edit.document_id())) {
            // The inverses fit in this order; documents do not depend on each other.
            let _ = apply(&mut state, edit);
        }
    }
    state
}

/// A row as [`maq_doc::merge`] wants it; `at` is the row's time in words.
pub(super) fn as_other<'a>(row: &'a LogRow, at: &'a str) -> OtherEdits<'a> {
    OtherEdits { edits: &row.edits, actor: &row.actor, at }
}
