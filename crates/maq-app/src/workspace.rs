//! Drafts, edits, undo: what the studio works on. Edits are applied to the drafts and stored with their inverse in
//! one unit of work; undo and redo survive a restart.

mod change;
mod log;
mod memory;
mod relations;
mod rights;
mod wish;

pub(crate) use change::ChangeError;
pub use log::LogRow;
pub(crate) use memory::{Memory, read_physical_names};
pub use relations::{Cardinality, RelationRequest};

use crate::authorise::{Permission, authorise};
use crate::cells::Cells;
use crate::error::refusals;
use crate::services::Inner;
use crate::{AppError, AppResult};
use maq_diag::Finding;
use maq_doc::{Document, Edit};
use maq_query::meta;
use maq_store::UnitOfWork;
use maq_value::{Actor, Instant};
use std::sync::Arc;
use wish::Wish;

/// Most edits that are told one by one to a client that was away; with more it reads the state anew.
const MAX_TOLD: usize = 5_000;

/// Everything the studio needs to start.
#[derive(Debug, Clone)]
pub struct WorkspaceState {
    /// The store's id.
    pub id: String,
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

/// Where a request comes from.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The `seq` of the state that the edits were made on. Without it they are taken as made on what is there now.
    pub base_seq: Option<i64>,
    /// An id that its sender draws once, `sender/number`: sending the same again does nothing twice, and what the
    /// same sender did since `base_seq` is no conflict.
    pub group_id: Option<String>,
}

/// What was changed after a number of the log.
#[derive(Debug, Clone)]
pub struct WorkspaceChanges {
    /// The newest number.
    pub seq: i64,
    /// The rows up to it, oldest first; none when they are too many, and the state is better read anew.
    pub rows: Option<Vec<Arc<LogRow>>>,
    /// All findings now.
    pub findings: Vec<Finding>,
    /// Label of what undo would take back.
    pub undo: Option<String>,
    /// Label of what redo would bring again.
    pub redo: Option<String>,
    /// Digest of the release that runs on `local`.
    pub local_release: Option<String>,
}

/// The workspace's drafts.
#[derive(Clone)]
pub struct Workspace {
    inner: Arc<Inner>,
    origin: Origin,
}

impl Workspace {
    pub(crate) fn new(inner: Arc<Inner>) -> Workspace {
        Workspace { inner, origin: Origin::default() }
    }

    /// The same drafts, for a request that says where it comes from.
    #[must_use]
    pub fn sent_as(&self, origin: Origin) -> Workspace {
        Workspace { inner: self.inner.clone(), origin }
    }

    /// Everything the studio needs to start.
    ///
    /// # Errors
    /// Faults.
    pub async fn get_state(&self, actor: &Actor) -> AppResult<WorkspaceState> {
        authorise(actor, Permission::View)?;
        let local_release = crate::deployer::current_release(&self.inner).await?;
        let name = self.inner.read(meta::store_info(self.inner.dialect())).await?;
        let mut memory = self.inner.drafts().await?;
        let labels = memory.labels(&*self.inner.store, &actor.user_id).await?;
        Ok(WorkspaceState {
            id: self.inner.store.info().id.clone(),
            name: name.0.first().map(|row| Cells(row).text(2)).unwrap_or_default(),
            location: self.inner.store.info().location.clone(),
            seq: memory.revision,
            documents: memory.documents(),
            findings: memory.findings().to_vec(),
            undo: labels.undo,
            redo: labels.redo,
            local_release,
        })
    }

    /// The drafts as they stand.
    ///
    /// # Errors
    /// `actor/not-allowed`.
    pub async fn documents(&self, actor: &Actor) -> AppResult<Vec<Arc<Document>>> {
        authorise(actor, Permission::View)?;
        Ok(self.inner.drafts().await?.documents())
    }

    /// What changed after `seq`, in edits.
    ///
    /// # Errors
    /// Faults.
    pub async fn changes_after(&self, actor: &Actor, seq: i64) -> AppResult<WorkspaceChanges> {
        authorise(actor, Permission::View)?;
        let local_release = crate::deployer::current_release(&self.inner).await?;
        let mut memory = self.inner.drafts().await?;
        let labels = memory.labels(&*self.inner.store, &actor.user_id).await?;
        let rows = memory.rows_after(&*self.inner.store, seq).await?;
        let edits: usize = rows.iter().map(|row| row.edits.len()).sum();
        let tells = seq <= memory.revision && edits <= MAX_TOLD;
        Ok(WorkspaceChanges {
            seq: memory.revision,
            rows: tells.then_some(rows),
            findings: memory.findings().to_vec(),
            undo: labels.undo,
            redo: labels.redo,
            local_release,
        })
    }

    /// Applies one named group of edits, all or none, and stores it with its inverse. Edits that were made on an older
    /// state are merged with what others did since: different places fit together, the same place is a conflict.
    ///
    /// # Errors
    /// `workspace/conflict` with both values of each place, `edit/does-not-fit`, `workspace/moved-on` when others
    /// edited since `base_seq`, `edit/document-unreadable`, `edit/too-large`, `actor/not-allowed`.
    pub async fn apply_edits(
        &self,
        actor: &Actor,
        label: &str,
        edits: Vec<Edit>,
        base_seq: Option<i64>,
    ) -> AppResult<EditOutcome> {
        let origin = Origin { base_seq, group_id: self.origin.group_id.clone() };
        self.sent_as(origin).apply_with(actor, label, edits, UnitOfWork::default()).await
    }

    /// As [`Workspace::apply_edits`], with further work in the same transaction.
    pub(crate) async fn apply_with(
        &self,
        actor: &Actor,
        label: &str,
        edits: Vec<Edit>,
        work: UnitOfWork,
    ) -> AppResult<EditOutcome> {
        self.apply_with_store_error(actor, label, edits, work).await.map_err(AppError::from)
    }

    /// As [`Workspace::apply_with`]; the store's own refusal comes back untouched, for a caller with better words.
    pub(crate) async fn apply_with_store_error(
        &self,
        actor: &Actor,
        label: &str,
        edits: Vec<Edit>,
        work: UnitOfWork,
    ) -> Result<EditOutcome, ChangeError> {
        self.change(actor, &Wish::Edits(label.to_owned(), edits), work).await
    }

    /// Takes back the actor's own newest edit group. What others did since stays; where they changed the same places,
    /// the group can no longer be taken back.
    ///
    /// # Errors
    /// `edit/nothing-to-undo`, `edit/undo-conflict`.
    pub async fn undo(&self, actor: &Actor) -> AppResult<EditOutcome> {
        Ok(self.change(actor, &Wish::Undo, UnitOfWork::default()).await?)
    }

    /// Brings the actor's own oldest undone edit group again, under the same rule.
    ///
    /// # Errors
    /// `edit/nothing-to-redo`, `edit/undo-conflict`.
    pub async fn redo(&self, actor: &Actor) -> AppResult<EditOutcome> {
        Ok(self.change(actor, &Wish::Redo, UnitOfWork::default()).await?)
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
        let wish = Wish::RenameEntity(entity_id.to_owned(), name.to_owned());
        Ok(self.change(actor, &wish, UnitOfWork::default()).await?)
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
        let wish = Wish::RenameField(entity_id.to_owned(), field_id.to_owned(), name.to_owned());
        Ok(self.change(actor, &wish, UnitOfWork::default()).await?)
    }

    /// Adds a relation between two entities, as one edit group.
    ///
    /// # Errors
    /// `registry/entity-not-found`.
    pub async fn add_relation(&self, actor: &Actor, request: RelationRequest) -> AppResult<EditOutcome> {
        authorise(actor, Permission::Design)?;
        Ok(self.change(actor, &Wish::Relation(request), UnitOfWork::default()).await?)
    }

    /// Adds named starter policies to entities (all when none are named), as one edit group. Entities that have a
    /// policy of the same name keep theirs.
    ///
    /// # Errors
    /// `policy/starter-unknown`.
    pub async fn add_starter(&self, actor: &Actor, starter: &str, only: Option<&[String]>) -> AppResult<EditOutcome> {
        authorise(actor, Permission::DesignPolicies)?;
        let wish = Wish::Starter(starter.to_owned(), only.map(<[String]>::to_vec));
        Ok(self.change(actor, &wish, UnitOfWork::default()).await?)
    }

    pub(crate) async fn add_roles(&self, actor: &Actor, only: Option<Vec<String>>) -> AppResult<EditOutcome> {
        Ok(self.change(actor, &Wish::Personas(only), UnitOfWork::default()).await?)
    }

    pub(crate) async fn rename_role_to(&self, actor: &Actor, role_id: &str, name: &str) -> AppResult<EditOutcome> {
        let wish = Wish::RenameRole(role_id.to_owned(), name.to_owned());
        Ok(self.change(actor, &wish, UnitOfWork::default()).await?)
    }

    /// The findings over the drafts as they stand, those that only keep from freezing included.
    ///
    /// # Errors
    /// `actor/not-allowed`.
    pub async fn check(&self, actor: &Actor) -> AppResult<Vec<Finding>> {
        authorise(actor, Permission::View)?;
        let memory = self.inner.drafts().await?;
        Ok(memory.freeze_findings())
    }
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
