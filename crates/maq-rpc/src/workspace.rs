//! Workspace, entities, policies, findings: documents and edits.

use crate::call::Call;
use crate::error::refusal;
use maq_app::{AppResult, Cardinality, EditOutcome, RefusalClass, RelationRequest};
use maq_contract::{
    AddRelation, AddStarterPolicies, ApplyEdits, CodePage, EditResult, ExplainCode, History, HistoryEntry, ListHistory,
    Nothing, RenameEntity, RenameField, WorkspaceState,
};

impl Call<'_> {
    pub async fn workspace_get_state(&self, _: Nothing) -> AppResult<WorkspaceState> {
        let state = self.services.workspace.get_state(self.actor).await?;
        Ok(WorkspaceState {
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
        let ApplyEdits { label, edits, base_seq } = request;
        self.services.workspace.apply_edits(self.actor, &label, edits, base_seq).await.map(edited)
    }

    pub async fn workspace_undo(&self, _: Nothing) -> AppResult<EditResult> {
        self.services.workspace.undo(self.actor).await.map(edited)
    }

    pub async fn workspace_redo(&self, _: Nothing) -> AppResult<EditResult> {
        self.services.workspace.redo(self.actor).await.map(edited)
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
        self.services.workspace.rename_entity(self.actor, &request.entity_id, &request.name).await.map(edited)
    }

    pub async fn entities_rename_field(&self, request: RenameField) -> AppResult<EditResult> {
        let RenameField { entity_id, field_id, name } = request;
        self.services.workspace.rename_field(self.actor, &entity_id, &field_id, &name).await.map(edited)
    }

    pub async fn entities_add_relation(&self, request: AddRelation) -> AppResult<EditResult> {
        let request = RelationRequest {
            cardinality: cardinality(&request.cardinality)?,
            from: request.from,
            to: request.to,
            name: request.name,
            required: request.required,
        };
        self.services.workspace.add_relation(self.actor, request).await.map(edited)
    }

    pub async fn policies_add_starter(&self, request: AddStarterPolicies) -> AppResult<EditResult> {
        let AddStarterPolicies { starter, entities } = request;
        self.services.workspace.add_starter(self.actor, &starter, entities.as_deref()).await.map(edited)
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
