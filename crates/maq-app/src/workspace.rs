//! Drafts, edits, undo: what the studio works on. Edits are applied to the drafts and stored with their inverse in
//! one unit of work; undo and redo survive a restart.

mod memory;
mod relations;

pub(crate) use memory::{Memory, read_physical_names};
pub use relations::{Cardinality, RelationRequest};

use crate::authorise::{Permission, authorise};
use crate::cells::Cells;
use crate::error::refusals;
use crate::services::{Act, Inner};
use crate::{AppError, AppResult};
use maq_diag::Finding;
use maq_doc::{Document, Edit, rename};
use maq_query::meta;
use maq_store::{Operation, StoreError, UnitOfWork};
use maq_value::{Actor, Instant};
use serde_json::json;
use std::sync::Arc;

/// Most edits in one group.
const MAX_EDITS: usize = 100_000;

/// Everything the studio needs to start.
#[derive(Debug, Clone)]
pub struct WorkspaceState {
    /// The workspace's name.
    pub name: String,
    /// Where it is, without secrets.
    pub location: String,
    /// Grows with every change.
    pub seq: i64,
    /// All drafts.
    pub documents: Vec<Arc<Document>>,
    /// What is wrong with them.
    pub findings: Vec<Finding>,
    /// Label of what undo would take back.
    pub undo: Option<String>,
    /// Label of what redo would bring again.
    pub redo: Option<String>,
    /// Digest of the release that runs on `local`.
    pub local_release: Option<String>,
}

/// What an edit, undo or redo came to.
#[derive(Debug, Clone)]
pub struct EditOutcome {
    /// The new sequence number.
    pub seq: i64,
    /// The edits that were applied.
    pub edits: Vec<Edit>,
    /// All findings after it.
    pub findings: Vec<Finding>,
    /// Label of what undo would take back now.
    pub undo: Option<String>,
    /// Label of what redo would bring again now.
    pub redo: Option<String>,
}

/// One edit group of the past.
#[derive(Debug, Clone)]
pub struct HistoryEntry {
    /// Its sequence number.
    pub seq: i64,
    /// What it did.
    pub label: String,
    /// `done` or `undone`.
    pub state: String,
    /// Who.
    pub actor: String,
    /// When.
    pub at: Instant,
}

/// What happens to the edit log with a change.
enum Log {
    /// A new group is appended; undone ones are dropped.
    Append(String),
    /// The group of this number becomes undone or done.
    Mark(i64, &'static str, String),
}

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

/// The workspace's drafts.
#[derive(Clone)]
pub struct Workspace {
    inner: Arc<Inner>,
}

impl Workspace {
    pub(crate) fn new(inner: Arc<Inner>) -> Workspace {
        Workspace { inner }
    }

    /// Everything the studio needs to start.
    ///
    /// # Errors
    /// Faults.
    pub async fn get_state(&self, actor: &Actor) -> AppResult<WorkspaceState> {
        authorise(actor, Permission::View)?;
        let local_release = crate::deployer::current_release(&self.inner).await?;
        let name = self.inner.read(meta::store_info(self.inner.dialect())).await?;
        let memory = self.inner.memory.lock().await;
        Ok(WorkspaceState {
            name: name.0.first().map(|row| Cells(row).text(2)).unwrap_or_default(),
            location: self.inner.store.info().location.clone(),
            seq: memory.revision,
            documents: memory.documents(),
            findings: memory.findings().to_vec(),
            undo: memory.undo.clone(),
            redo: memory.redo.clone(),
            local_release,
        })
    }

    /// The drafts as they stand.
    ///
    /// # Errors
    /// `actor/not-allowed`.
    pub async fn documents(&self, actor: &Actor) -> AppResult<Vec<Arc<Document>>> {
        authorise(actor, Permission::View)?;
        Ok(self.inner.memory.lock().await.documents())
    }

    /// Applies one named group of edits, all or none, and stores it with its inverse.
    ///
    /// # Errors
    /// `edit/does-not-fit`, `workspace/moved-on` when others edited since `base_seq`, `edit/document-unreadable`,
    /// `edit/too-large`, `actor/not-allowed`.
    pub async fn apply_edits(
        &self,
        actor: &Actor,
        label: &str,
        edits: Vec<Edit>,
        base_seq: Option<i64>,
    ) -> AppResult<EditOutcome> {
        let applied = self.apply_with(actor, label, edits, UnitOfWork::default()).await;
        match applied {
            Err(AppError::Refusal(refusal)) if refusal.code == refusals::EDIT_DOES_NOT_FIT.code => {
                let revision = self.inner.memory.lock().await.revision;
                let moved_on = base_seq.is_some_and(|base| base != revision);
                let reason = refusal.params.get("reason").cloned().unwrap_or_default();
                let refused = if moved_on { refusals::EDIT_MOVED_ON } else { refusals::EDIT_DOES_NOT_FIT };
                Err(refused.with(&[("reason", &reason)]))
            }
            other => other,
        }
    }

    /// As [`Workspace::apply_edits`], with further work in the same transaction.
    pub(crate) async fn apply_with(
        &self,
        actor: &Actor,
        label: &str,
        edits: Vec<Edit>,
        work: UnitOfWork,
    ) -> AppResult<EditOutcome> {
        authorise_edits(actor, &edits)?;
        let mut memory = self.inner.memory.lock().await;
        self.change(&mut memory, actor, edits, Log::Append(label.to_owned()), work).await.map_err(AppError::from)
    }

    /// As [`Workspace::apply_with`]; the store's own refusal comes back untouched, for a caller with better words.
    pub(crate) async fn apply_with_store_error(
        &self,
        actor: &Actor,
        label: &str,
        edits: Vec<Edit>,
        work: UnitOfWork,
    ) -> Result<EditOutcome, ChangeError> {
        authorise_edits(actor, &edits)?;
        let mut memory = self.inner.memory.lock().await;
        self.change(&mut memory, actor, edits, Log::Append(label.to_owned()), work).await
    }

    /// Takes back the newest edit group.
    ///
    /// # Errors
    /// `edit/nothing-to-undo`.
    pub async fn undo(&self, actor: &Actor) -> AppResult<EditOutcome> {
        let dialect = self.inner.dialect();
        let mut memory = self.inner.memory.lock().await;
        let rows = self.inner.read(meta::last_done_edits(dialect)).await?;
        let row = rows.0.first().ok_or_else(|| refusals::NOTHING_TO_UNDO.with(&[]))?;
        let cells = Cells(row);
        let edits = stored_edits(&cells.text(3))?;
        authorise_edits(actor, &edits)?;
        let log = Log::Mark(cells.integer(0), "undone", cells.text(1));
        Ok(self.change(&mut memory, actor, edits, log, UnitOfWork::default()).await?)
    }

    /// Brings the oldest undone edit group again.
    ///
    /// # Errors
    /// `edit/nothing-to-redo`.
    pub async fn redo(&self, actor: &Actor) -> AppResult<EditOutcome> {
        let dialect = self.inner.dialect();
        let mut memory = self.inner.memory.lock().await;
        let rows = self.inner.read(meta::first_undone_edits(dialect)).await?;
        let row = rows.0.first().ok_or_else(|| refusals::NOTHING_TO_REDO.with(&[]))?;
        let cells = Cells(row);
        let edits = stored_edits(&cells.text(2))?;
        authorise_edits(actor, &edits)?;
        let log = Log::Mark(cells.integer(0), "done", cells.text(1));
        Ok(self.change(&mut memory, actor, edits, log, UnitOfWork::default()).await?)
    }

    /// The newest edit groups, newest first.
    ///
    /// # Errors
    /// Faults.
    pub async fn list_history(&self, actor: &Actor, limit: u32) -> AppResult<Vec<HistoryEntry>> {
        authorise(actor, Permission::View)?;
        let rows = self.inner.read(meta::list_edits(self.inner.dialect(), i64::from(limit.min(1_000)))).await?;
        let entry = |row: &Vec<maq_query::SqlValue>| {
            let cells = Cells(row);
            HistoryEntry {
                seq: cells.integer(0),
                label: cells.text(1),
                state: cells.text(2),
                actor: cells.text(3),
                at: cells.instant(4),
            }
        };
        Ok(rows.0.iter().map(entry).collect())
    }

    /// Renames an entity with every reference to it, as one edit group.
    ///
    /// # Errors
    /// `registry/entity-not-found`.
    pub async fn rename_entity(&self, actor: &Actor, entity_id: &str, name: &str) -> AppResult<EditOutcome> {
        authorise(actor, Permission::Design)?;
        let mut memory = self.inner.memory.lock().await;
        let documents = memory.documents();
        let entities = rename::entities(documents.iter().map(|document| &**document));
        let entity = entities.iter().find(|entity| entity.id == entity_id).ok_or_else(|| not_found(entity_id))?;
        let edits = rename::rename_entity(&entities, entity, name);
        let label = format!("Rename {} to {name}", entity.name);
        Ok(self.change(&mut memory, actor, edits, Log::Append(label), UnitOfWork::default()).await?)
    }

    /// Renames a field with every key, index and rule that names it, as one edit group.
    ///
    /// # Errors
    /// `registry/entity-not-found`.
    pub async fn rename_field(
        &self,
        actor: &Actor,
        entity_id: &str,
        field_id: &str,
        name: &str,
    ) -> AppResult<EditOutcome> {
        authorise(actor, Permission::Design)?;
        let mut memory = self.inner.memory.lock().await;
        let documents = memory.documents();
        let entities = rename::entities(documents.iter().map(|document| &**document));
        let entity = entities.iter().find(|entity| entity.id == entity_id).ok_or_else(|| not_found(entity_id))?;
        let old = entity.fields.iter().find(|field| field.id == field_id).map(|field| field.name.clone());
        let edits = rename::rename_field(entity, field_id, name).ok_or_else(|| not_found(field_id))?;
        let label = format!("Rename {}.{} to {name}", entity.name, old.unwrap_or_default());
        Ok(self.change(&mut memory, actor, edits, Log::Append(label), UnitOfWork::default()).await?)
    }

    /// Adds a relation between two entities, as one edit group.
    ///
    /// # Errors
    /// `registry/entity-not-found`.
    pub async fn add_relation(&self, actor: &Actor, request: RelationRequest) -> AppResult<EditOutcome> {
        authorise(actor, Permission::Design)?;
        let mut memory = self.inner.memory.lock().await;
        let documents = memory.documents();
        let entities = rename::entities(documents.iter().map(|document| &**document));
        let (label, edits) = relations::edits(&entities, &request, &mut |prefix| self.inner.id(prefix))?;
        Ok(self.change(&mut memory, actor, edits, Log::Append(label), UnitOfWork::default()).await?)
    }

    /// Adds named starter policies to entities (all when none are named), as one edit group. Entities that have a
    /// policy of the same name keep theirs.
    ///
    /// # Errors
    /// `policy/starter-unknown`.
    pub async fn add_starter(&self, actor: &Actor, starter: &str, only: Option<&[String]>) -> AppResult<EditOutcome> {
        authorise(actor, Permission::DesignPolicies)?;
        let mut memory = self.inner.memory.lock().await;
        let documents = memory.documents();
        let entities = rename::entities(documents.iter().map(|document| &**document));
        let mut edits = Vec::new();
        for entity in entities.iter().filter(|entity| only.is_none_or(|only| only.contains(&entity.id))) {
            for policy in starter_policies(starter, &mut |prefix| self.inner.id(prefix))? {
                if entity.policies.iter().any(|there| there.name == policy.name) {
                    continue;
                }
                edits.push(Edit::Add {
                    document: entity.id.clone(),
                    path: vec!["policies".into()],
                    value: serde_json::to_value(policy).unwrap_or_default(),
                    before: None,
                });
            }
        }
        let label = format!("Add starter policies {starter}");
        Ok(self.change(&mut memory, actor, edits, Log::Append(label), UnitOfWork::default()).await?)
    }

    /// The findings over the drafts as they stand, those that only keep from freezing included.
    ///
    /// # Errors
    /// `actor/not-allowed`.
    pub async fn check(&self, actor: &Actor) -> AppResult<Vec<Finding>> {
        authorise(actor, Permission::View)?;
        let memory = self.inner.memory.lock().await;
        Ok(memory.freeze_findings())
    }

    async fn change(
        &self,
        memory: &mut Memory,
        actor: &Actor,
        edits: Vec<Edit>,
        log: Log,
        mut work: UnitOfWork,
    ) -> Result<EditOutcome, ChangeError> {
        if edits.len() > MAX_EDITS {
            return Err(refusals::EDIT_TOO_LARGE.with(&[("limit", &format!("{MAX_EDITS} edits"))]).into());
        }
        let change = memory.stage(&edits)?;
        let result = self.commit_change(memory, actor, &edits, &change, log, &mut work).await;
        match result {
            Ok(()) => {
                memory.accept(change);
                memory.revision += 1;
                self.inner.events.changed(&["workspace", "audit"]);
                Ok(EditOutcome {
                    seq: memory.revision,
                    edits,
                    findings: memory.findings().to_vec(),
                    undo: memory.undo.clone(),
                    redo: memory.redo.clone(),
                })
            }
            Err(error) => {
                memory.reject(change);
                Err(error)
            }
        }
    }

    async fn commit_change(
        &self,
        memory: &mut Memory,
        actor: &Actor,
        edits: &[Edit],
        change: &memory::Change,
        log: Log,
        work: &mut UnitOfWork,
    ) -> Result<(), ChangeError> {
        let dialect = self.inner.dialect();
        let now = self.inner.now().0;
        let mut operations: Vec<Operation> = change.statements(dialect, now).into_iter().map(Into::into).collect();
        let (label, action, seq) = match &log {
            Log::Append(label) => {
                let seq = memory.last_seq + 1;
                operations.push(meta::drop_undone_edits(dialect).into());
                let group = meta::insert_edits(
                    dialect,
                    seq,
                    label.as_str(),
                    serde_json::to_string(edits).unwrap_or_default(),
                    serde_json::to_string(&change.inverse).unwrap_or_default(),
                    actor.user_id.as_str(),
                    now,
                );
                operations.push(group.into());
                (label.clone(), "edit", seq)
            }
            Log::Mark(seq, state, label) => {
                operations.push(meta::set_edit_state(dialect, *seq, *state).into());
                (label.clone(), if *state == "done" { "redo" } else { "undo" }, *seq)
            }
        };
        operations.append(&mut work.operations);
        work.operations = operations;
        let documents: Vec<&str> = change.touched.iter().map(|(id, _)| id.as_str()).take(20).collect();
        work.audit.insert(
            0,
            self.inner.audit_actor(
                actor,
                Act {
                    event_type: &format!("design.{action}"),
                    action,
                    resource: "workspace",
                    details: Some(json!({"group": seq, "label": label, "documents": documents, "edits": edits.len()})),
                },
            ),
        );
        self.inner.store.commit(std::mem::take(work)).await.map_err(ChangeError::Store)?;
        Ok(memory.note_log(&*self.inner.store, matches!(log, Log::Append(_)).then_some(seq)).await?)
    }
}

fn not_found(id: &str) -> AppError {
    refusals::ENTITY_NOT_FOUND.with(&[("name", id)])
}

fn stored_edits(text: &str) -> AppResult<Vec<Edit>> {
    serde_json::from_str(text).map_err(|error| AppError::fault(format!("a stored edit group cannot be read: {error}")))
}

/// The policies of a starter as documents.
pub(crate) fn starter_policies(
    starter: &str,
    new_id: &mut dyn FnMut(&str) -> String,
) -> AppResult<Vec<maq_doc::PolicyDoc>> {
    let policies = maq_policy::starter(starter).ok_or_else(|| refusals::STARTER_UNKNOWN.with(&[("name", starter)]))?;
    let document = |policy: maq_policy::StarterPolicy| maq_doc::PolicyDoc {
        id: new_id("pol"),
        name: policy.name.to_owned(),
        description: Some(policy.description.to_owned()),
        effect: policy.effect.to_owned(),
        actions: policy.actions.iter().map(|action| (*action).to_owned()).collect(),
        roles: policy.roles.iter().map(|role| (*role).to_owned()).collect(),
        priority: policy.priority,
        ..maq_doc::PolicyDoc::default()
    };
    Ok(policies.into_iter().map(document).collect())
}

/// Policies are the policy owner's, everything else the designer's.
fn authorise_edits(actor: &Actor, edits: &[Edit]) -> AppResult<()> {
    let on_policies = |edit: &Edit| match edit {
        Edit::Add { path, .. } | Edit::Remove { path, .. } | Edit::Set { path, .. } | Edit::Move { path, .. } => {
            path.first().is_some_and(|part| part == "policies")
        }
        Edit::AddDocument { .. } | Edit::RemoveDocument { .. } => false,
    };
    if edits.iter().any(on_policies) {
        authorise(actor, Permission::DesignPolicies)?;
    }
    if edits.iter().any(|edit| !on_policies(edit)) || edits.is_empty() {
        authorise(actor, Permission::Design)?;
    }
    let brings_policies = |edit: &Edit| match edit {
        Edit::AddDocument { document } => {
            document.get("policies").and_then(|list| list.as_array()).is_some_and(|list| !list.is_empty())
        }
        _ => false,
    };
    if edits.iter().any(brings_policies) {
        authorise(actor, Permission::DesignPolicies)?;
    }
    Ok(())
}
