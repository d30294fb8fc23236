//! Workspace, entities, policies, findings: documents and edits.

use crate::call::Call;
use crate::error::refusal;
use maq_app::{AppResult, Cardinality, EditOutcome, LogRow, Origin, RefusalClass, RelationRequest, Workspace};
use maq_contract::{
    AddRelation, AddStarterPolicies, ApplyEdits, ChangeGroup, CodePage, EditResult, ExplainCode, History, HistoryEntry,
    ListHistory, Nothing, ReadChanges, RenameEntity, RenameField, StepEdits, WorkspaceChanges, WorkspaceState,
};

impl Call<'_> {
    pub async fn workspace_get_state(&self, _: Nothing) -> AppResult<WorkspaceState> {
        let state = self.services.workspace.get_state(self.actor).await?;
        Ok(WorkspaceState {
            id: state.id,
            user: self.actor.user_id.clone(),
            name: state.name,
            location: state.location,
            seq: state.seq,
            documents: state.documents.iter().map(|document| (**document).clone()).collect(),
            findings: state.findings,
            undo: state.undo,
            redo: state.redo,
            local_release: state.local_release,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }

    pub async fn workspace_apply_edits(&self, request: ApplyEdits) -> AppResult<EditResult> {
        let ApplyEdits { label, edits, base_seq, group_id } = request;
        self.workspace(base_seq, group_id).apply_edits(self.actor, &label, edits, base_seq).await.map(edited)
    }

    pub async fn workspace_read_changes(&self, request: ReadChanges) -> AppResult<WorkspaceChanges> {
        let changes = self.services.workspace.changes_after(self.actor, request.after).await?;
        let group = |row: &std::sync::Arc<LogRow>| ChangeGroup {
            seq: row.seq,
            group_id: row.group_id.clone(),
            label: row.label.clone(),
            actor: row.actor.clone(),
            edits: row.edits.clone(),
        };
        Ok(WorkspaceChanges {
            seq: changes.seq,
            groups: changes.rows.map(|rows| rows.iter().map(group).collect()),
            findings: changes.findings,
            undo: changes.undo,
            redo: changes.redo,
            local_release: changes.local_release,
        })
    }

    pub async fn workspace_undo(&self, request: StepEdits) -> AppResult<EditResult> {
        self.workspace(None, request.group_id).undo(self.actor).await.map(edited)
    }

    pub async fn workspace_redo(&self, request: StepEdits) -> AppResult<EditResult> {
        self.workspace(None, request.group_id).redo(self.actor).await.map(edited)
    }

    /// The drafts, for a request that says where it comes from.
    pub(crate) fn workspace(&self, base_seq: Option<i64>, group_id: Option<String>) -> Workspace {
        self.services.workspace.sent_as(Origin { base_seq, group_id })
    }

    pub async fn workspace_list_history(&self, request: ListHistory) -> AppResult<History> {
        let entries = self.services.workspace.list_history(self.actor, request.limit).await?;
        let entry = |entry: maq_app::HistoryEntry| HistoryEntry {
            seq: entry.seq,
            label: entry.label,
            state: entry.state,
            actor: entry.actor,
            at: entry.at.to_string(),
        };
        Ok(History { entries: entries.into_iter().map(entry).collect() })
    }

    pub async fn entities_rename_entity(&self, request: RenameEntity) -> AppResult<EditResult> {
        let RenameEntity { entity_id, name, base_seq, group_id } = request;
        self.workspace(base_seq, group_id).rename_entity(self.actor, &entity_id, &name).await.map(edited)
    }

    pub async fn entities_rename_field(&self, request: RenameField) -> AppResult<EditResult> {
        let RenameField { entity_id, field_id, name, base_seq, group_id } = request;
        let workspace = self.workspace(base_seq, group_id);
        workspace.rename_field(self.actor, &entity_id, &field_id, &name).await.map(edited)
    }

    pub async fn entities_add_relation(&self, request: AddRelation) -> AppResult<EditResult> {
        let workspace = self.workspace(None, request.group_id);
        let request = RelationRequest {
            cardinality: cardinality(&request.cardinality)?,
            from: request.from,
            to: request.to,
            name: request.name,
            required: request.required,
        };
        workspace.add_relation(self.actor, request).await.map(edited)
    }

    pub async fn policies_add_starter(&self, request: AddStarterPolicies) -> AppResult<EditResult> {
        let AddStarterPolicies { starter, entities, group_id } = request;
        let workspace = self.workspace(None, group_id);
        workspace.add_starter(self.actor, &starter, entities.as_deref()).await.map(edited)
    }

    pub async fn findings_explain_code(&self, request: ExplainCode) -> AppResult<CodePage> {
        let ExplainCode { code } = request;
        Ok(CodePage { markdown: crate::pages::find(&code)?, code })
    }
}

pub(crate) fn edited(outcome: EditOutcome) -> EditResult {
    EditResult {
        seq: outcome.seq,
        edits: outcome.edits,
        findings: outcome.findings,
        undo: outcome.undo,
        redo: outcome.redo,
    }
}

fn cardinality(word: &str) -> AppResult<Cardinality> {
    match word {
        "manyToOne" => Ok(Cardinality::ManyToOne),
        "oneToOne" => Ok(Cardinality::OneToOne),
        "manyToMany" => Ok(Cardinality::ManyToMany),
        other => Err(refusal(
            "rpc/bad-request",
            RefusalClass::Invalid,
            format!("the request cannot be read at `cardinality`: `{other}` is none"),
            "use manyToOne, oneToOne or manyToMany".to_owned(),
        )),
    }
}
