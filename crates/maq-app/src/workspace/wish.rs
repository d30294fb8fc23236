//! What can be done to the drafts, and what becomes of it: edits on the state that is there when it is tried.

use super::log::stored_edits;
use super::memory::Memory;
use super::{RelationRequest, Workspace, relations, starter_policies};
use crate::AppResult;
use crate::cells::Cells;
use crate::error::refusals;
use crate::roles::{not_found as role_not_found, persona_edits};
use maq_compile::{rename_entity_in_conditions, rename_field_in_conditions};
use maq_doc::{Edit, EntityDoc, rename};
use maq_query::{Statement, meta};
use maq_value::Actor;

/// What is to be done to the drafts. It becomes edits on the state that is there when it is tried.
pub(super) enum Wish {
    /// These edits, under this label.
    Edits(String, Vec<Edit>),
    /// An entity's id and its new name.
    RenameEntity(String, String),
    /// An entity's id, a field's id and its new name.
    RenameField(String, String, String),
    Relation(RelationRequest),
    /// The starter's name and the entities, all when none are named.
    Starter(String, Option<Vec<String>>),
    /// The personas, all when none are named.
    Personas(Option<Vec<String>>),
    /// A role's id and its new name.
    RenameRole(String, String),
    Undo,
    Redo,
}

/// A wish as edits on the state that is there.
pub(super) struct Group {
    pub label: String,
    pub edits: Vec<Edit>,
    pub step: Option<Step>,
    /// The state the edits were made on.
    pub base_seq: Option<i64>,
}

/// An undo or redo.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub of_seq: i64,
    pub state: &'static str,
}

impl Workspace {
    /// The wish as edits on the drafts as they are.
    pub(super) async fn group(&self, memory: &Memory, actor: &Actor, wish: &Wish) -> AppResult<Group> {
        let base_seq = self.origin.base_seq;
        let plain = |label: String, edits: Vec<Edit>| Group { label, edits, step: None, base_seq };
        let documents = memory.documents();
        let entities = rename::entities(documents.iter().map(|document| &**document));
        let roles = rename::roles(documents.iter().map(|document| &**document));
        let find = |id: &str| -> AppResult<&EntityDoc> {
            let found = entities.iter().copied().find(|entity| entity.id == id);
            found.ok_or_else(|| refusals::ENTITY_NOT_FOUND.with(&[("name", id)]))
        };
        match wish {
            Wish::Edits(label, edits) => Ok(plain(label.clone(), edits.clone())),
            Wish::RenameEntity(id, name) => {
                let entity = find(id)?;
                let label = format!("Rename {} to {name}", entity.name);
                let mut edits = rename::rename_entity(&entities, entity, name);
                edits.extend(rename::rename_entity_in_roles(&roles, &entity.name, name));
                edits.extend(rename_entity_in_conditions(&documents, &memory.model(), id, name));
                Ok(plain(label, edits))
            }
            Wish::RenameField(id, field_id, name) => {
                let entity = find(id)?;
                let old = entity.fields.iter().find(|field| field.id == *field_id).map(|field| field.name.clone());
                let missing = || refusals::ENTITY_NOT_FOUND.with(&[("name", field_id)]);
                let mut edits = rename::rename_field(entity, field_id, name).ok_or_else(missing)?;
                edits.extend(rename_field_in_conditions(&documents, &memory.model(), id, field_id, name));
                Ok(plain(format!("Rename {}.{} to {name}", entity.name, old.unwrap_or_default()), edits))
            }
            Wish::Relation(request) => {
                let (label, edits) = relations::edits(&entities, request, &mut |prefix| self.inner.id(prefix))?;
                Ok(plain(label, edits))
            }
            Wish::Starter(starter, only) => {
                let edits = self.starter_edits(&entities, starter, only.as_deref())?;
                Ok(plain(format!("Add starter policies {starter}"), edits))
            }
            Wish::Personas(only) => {
                let edits = persona_edits(&roles, only.as_deref(), &mut |prefix| self.inner.id(prefix))?;
                Ok(plain("Add personas".to_owned(), edits))
            }
            Wish::RenameRole(id, name) => {
                let role = roles.iter().find(|role| role.id == *id).ok_or_else(|| role_not_found(id))?;
                let label = format!("Rename role {} to {name}", role.name);
                Ok(plain(label, rename::rename_role(&roles, &entities, role, name)))
            }
            Wish::Undo => {
                let statement = meta::last_done_edits(self.inner.dialect(), actor.user_id.as_str());
                self.step(statement, "undone").await?.ok_or_else(|| refusals::NOTHING_TO_UNDO.with(&[]))
            }
            Wish::Redo => {
                let statement = meta::first_undone_edits(self.inner.dialect(), actor.user_id.as_str());
                self.step(statement, "done").await?.ok_or_else(|| refusals::NOTHING_TO_REDO.with(&[]))
            }
        }
    }

    fn starter_edits(&self, entities: &[&EntityDoc], starter: &str, only: Option<&[String]>) -> AppResult<Vec<Edit>> {
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
        Ok(edits)
    }

    /// The group that an undo takes back or a redo brings again.
    async fn step(&self, statement: Statement, state: &'static str) -> AppResult<Option<Group>> {
        let rows = self.inner.read(statement).await?;
        let Some(row) = rows.0.first() else { return Ok(None) };
        let cells = Cells(row);
        let of_seq = cells.integer(0);
        let edits = stored_edits(&cells.text(if state == "undone" { 3 } else { 2 }))?;
        let step = Some(Step { of_seq, state });
        Ok(Some(Group { label: cells.text(1), edits, step, base_seq: Some(of_seq) }))
    }
}
