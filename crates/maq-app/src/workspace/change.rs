//! One change of the drafts: what is wished becomes edits, merged with what others did since, and is committed under
//! the guard that the edit log has not moved. When another process was faster, its edits are read and everything is
//! tried again on the new state.

use super::log::{LogRow, as_other, before, net, read_log};
use super::memory::{Change, Memory};
use super::rights::authorise_edits;
use super::wish::{Group, Step, Wish};
use super::{EditOutcome, Workspace};
use crate::error::refusals;
use crate::services::Act;
use crate::{AppError, AppResult};
use maq_doc::{Edit, EditConflict, Merged, merge};
use maq_query::{SqlValue, meta};
use maq_store::{Guard, Operation, Refused, StoreError, UnitOfWork};
use maq_value::{Actor, Instant};
use serde_json::json;
use std::collections::BTreeSet;

/// Most edits in one group.
const MAX_EDITS: usize = 100_000;

/// How often a change is tried again after another process was faster.
const MAX_TRIES: u32 = 20;

/// What the guard says when the log moved.
const MOVED: Refused = Refused::Guard("the workspace moved on");

/// Why a change was not made.
pub(crate) enum ChangeError {
    /// A use case refused.
    App(AppError),
    /// The store did.
    Store(StoreError),
}

impl From<AppError> for ChangeError {
    fn from(error: AppError) -> Self {
        ChangeError::App(error)
    }
}

impl From<ChangeError> for AppError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::App(error) => error,
            ChangeError::Store(error) => error.into(),
        }
    }
}

impl Workspace {
    /// Makes a change, with further work in the same transaction.
    pub(super) async fn change(
        &self,
        actor: &Actor,
        wish: &Wish,
        work: UnitOfWork,
    ) -> Result<EditOutcome, ChangeError> {
        let mut memory = self.inner.drafts().await?;
        let mut work = Some(work);
        for _ in 0..MAX_TRIES {
            // Rows that are pulled while the transaction runs are there once; everything else can be tried again.
            let Some(spare) = work.as_ref().and_then(copy).or_else(|| work.take()) else { break };
            let tried = self.attempt(&mut memory, actor, wish, spare).await;
            let error = match tried {
                Ok(outcome) => return Ok(outcome),
                Err(error) => error,
            };
            if let Some(outcome) = self.sent_before(&mut memory, actor, &error).await? {
                return Ok(outcome);
            }
            if !moved(&error) {
                return Err(error);
            }
            memory.catch_up(&*self.inner.store).await?;
            self.inner.events.changed(&["workspace"]);
        }
        let reason = "others edit without a pause";
        Err(refusals::EDIT_MOVED_ON.with(&[("reason", reason)]).retryable().into())
    }

    async fn attempt(
        &self,
        memory: &mut Memory,
        actor: &Actor,
        wish: &Wish,
        work: UnitOfWork,
    ) -> Result<EditOutcome, ChangeError> {
        let group = self.group(memory, actor, wish).await?;
        authorise_edits(actor, &group.edits, &memory.documents())?;
        if group.edits.len() > MAX_EDITS {
            return Err(refusals::EDIT_TOO_LARGE.with(&[("limit", &format!("{MAX_EDITS} edits"))]).into());
        }
        let edits = self.merged(memory, &group).await?;
        let change = memory.stage(&edits).map_err(|error| self.does_not_fit(error, &group, memory.revision))?;
        let step = group.step;
        let row = self.row(memory, actor, group, edits, &change);
        match self.inner.store.commit(self.unit(actor, &row, step, &change, work)).await {
            Ok(_) => {
                memory.accept(change, row.clone());
                self.inner.events.changed(&["workspace", "audit"]);
                Ok(self.outcome(memory, actor, row.seq, row.edits).await?)
            }
            Err(error) => {
                memory.reject(change);
                Err(ChangeError::Store(error))
            }
        }
    }

    /// The edits as they fit what others did since the state they were made on.
    async fn merged(&self, memory: &Memory, group: &Group) -> AppResult<Vec<Edit>> {
        let Some(mut base_seq) = group.base_seq.filter(|base| *base < memory.revision) else {
            return Ok(group.edits.clone());
        };
        let mut rows = memory.rows_after(&*self.inner.store, base_seq).await?;
        if let Some(step) = group.step.filter(|step| step.state == "done") {
            // A redo is made on what its undo left.
            base_seq = rows.iter().rev().find(|row| row.of_seq == Some(step.of_seq)).map_or(base_seq, |row| row.seq);
            rows.retain(|row| row.seq > base_seq);
        }
        let touched: BTreeSet<&str> = group.edits.iter().map(Edit::document_id).collect();
        let sender = self.origin.group_id.as_deref().filter(|_| group.step.is_none());
        let others: Vec<(&LogRow, String)> = net(&rows)
            .into_iter()
            .filter(|row| !row.same_sender(sender) && row.edits.iter().any(|edit| touched.contains(edit.document_id())))
            .map(|row| (row, row.at.to_string()))
            .collect();
        if others.is_empty() {
            return Ok(group.edits.clone());
        }
        let base = before(memory.json(), &rows, &touched);
        let now = before(memory.json(), &[], &touched);
        let others: Vec<_> = others.iter().map(|(row, at)| as_other(row, at)).collect();
        let Merged { edits, conflicts } = merge(&base, &now, &others, &group.edits);
        if conflicts.is_empty() { Ok(edits) } else { Err(conflicted(group, conflicts)) }
    }

    fn row(&self, memory: &Memory, actor: &Actor, group: Group, edits: Vec<Edit>, change: &Change) -> LogRow {
        LogRow {
            seq: memory.revision + 1,
            label: group.label,
            edits,
            inverse: change.inverse.clone(),
            state: if group.step.is_some() { "dropped" } else { "done" }.to_owned(),
            actor: actor.user_id.clone(),
            at: self.inner.now(),
            group_id: self.origin.group_id.clone(),
            of_seq: group.step.map(|step| step.of_seq),
        }
    }

    /// Guard, drafts, log and audit, before the rest of `work`.
    fn unit(
        &self,
        actor: &Actor,
        row: &LogRow,
        step: Option<Step>,
        change: &Change,
        mut work: UnitOfWork,
    ) -> UnitOfWork {
        let dialect = self.inner.dialect();
        let Instant(now) = row.at;
        work.guards.insert(
            0,
            Guard {
                statement: meta::last_edit_seq(dialect),
                expect: Some(vec![vec![SqlValue::Integer(row.seq - 1)]]),
                otherwise: MOVED,
            },
        );
        let mut operations: Vec<Operation> = change.statements(dialect, now).into_iter().map(Into::into).collect();
        let edits = serde_json::to_string(&row.edits).unwrap_or_default();
        let inverse = serde_json::to_string(&row.inverse).unwrap_or_default();
        let (label, by, group) = (row.label.as_str(), row.actor.as_str(), row.group_id.clone());
        let (action, number) = match step {
            None => {
                operations.push(meta::drop_undone_edits(dialect, by).into());
                operations.push(meta::insert_edits(dialect, row.seq, label, edits, inverse, by, now, group).into());
                ("edit", row.seq)
            }
            Some(Step { of_seq, state }) => {
                operations.push(meta::set_edit_state(dialect, of_seq, state).into());
                let step = meta::insert_edit_step(dialect, row.seq, label, edits, inverse, by, now, group, of_seq);
                operations.push(step.into());
                (if state == "done" { "redo" } else { "undo" }, of_seq)
            }
        };
        operations.append(&mut work.operations);
        work.operations = operations;
        let documents: Vec<&str> = change.touched.iter().map(|(id, _)| id.as_str()).take(20).collect();
        let act = Act {
            event_type: &format!("design.{action}"),
            action,
            resource: "workspace",
            details: Some(json!({"group": number, "label": label, "documents": documents, "edits": row.edits.len()})),
        };
        work.audit.insert(0, self.inner.audit_actor(actor, act));
        work.topics.push("workspace");
        work
    }

    async fn outcome(&self, memory: &mut Memory, actor: &Actor, seq: i64, edits: Vec<Edit>) -> AppResult<EditOutcome> {
        let labels = memory.labels(&*self.inner.store, &actor.user_id).await?;
        Ok(EditOutcome { seq, edits, findings: memory.findings().to_vec(), undo: labels.undo, redo: labels.redo })
    }

    /// The answer again, when the same group was stored already: its first answer was lost on the way.
    async fn sent_before(
        &self,
        memory: &mut Memory,
        actor: &Actor,
        error: &ChangeError,
    ) -> AppResult<Option<EditOutcome>> {
        let Some(group_id) = self.origin.group_id.as_deref() else { return Ok(None) };
        if matches!(error, ChangeError::Store(other) if !matches!(other, StoreError::Refused(_))) {
            return Ok(None);
        }
        let rows = read_log(&*self.inner.store, meta::edits_by_group(self.inner.dialect(), group_id)).await?;
        let Some(row) = rows.into_iter().next().filter(|row| row.actor == actor.user_id) else { return Ok(None) };
        memory.catch_up(&*self.inner.store).await?;
        Ok(Some(self.outcome(memory, actor, row.seq, row.edits.clone()).await?))
    }

    /// Words for edits that do not fit: when others edited in between, that is the likely reason.
    fn does_not_fit(&self, error: AppError, group: &Group, revision: i64) -> AppError {
        let Some(refusal) = error.refusal().filter(|refusal| refusal.code == refusals::EDIT_DOES_NOT_FIT.code) else {
            return error;
        };
        let moved_on = group.base_seq.is_some_and(|base| base != revision);
        let reason = refusal.params.get("reason").cloned().unwrap_or_default();
        let refused = if moved_on { refusals::EDIT_MOVED_ON } else { refusals::EDIT_DOES_NOT_FIT };
        refused.with(&[("reason", &reason)])
    }
}

/// Whether another process was faster.
fn moved(error: &ChangeError) -> bool {
    match error {
        ChangeError::Store(StoreError::Refused(refused)) => match refused {
            // Where two transactions run at once, both find the log as it was, and the second takes a number twice.
            Refused::Unique(names) => names.contains("meta_edits"),
            refused => *refused == MOVED,
        },
        _ => false,
    }
}

fn conflicted(group: &Group, conflicts: Vec<EditConflict>) -> AppError {
    let names: Vec<String> = conflicts.iter().take(3).map(|conflict| format!("`{}`", conflict.label)).collect();
    let more = if conflicts.len() > 3 { ", …" } else { "" };
    let places = format!("{}{more}", names.join(", "));
    if group.step.is_none() {
        return refusals::EDIT_CONFLICT.with(&[("places", &places)]).with_conflicts(conflicts);
    }
    let who = conflicts.first().map(|conflict| conflict.theirs_by.clone()).unwrap_or_default();
    let params = [("label", group.label.as_str()), ("places", &places), ("who", &who)];
    refusals::UNDO_CONFLICT.with(&params).with_conflicts(conflicts)
}

/// The same unit of work once more; none when it holds rows that can be pulled only once.
fn copy(work: &UnitOfWork) -> Option<UnitOfWork> {
    work.bulk.is_empty().then(|| UnitOfWork {
        guards: work.guards.clone(),
        schema: work.schema.clone(),
        operations: work.operations.clone(),
        follow: work.follow.clone(),
        bulk: Vec::new(),
        audit: work.audit.clone(),
        outbox: work.outbox.clone(),
        topics: work.topics.clone(),
    })
}
