//! Roles: what they permit on the drafts, checks while they are written, the personas, and what runs of them here.

use crate::authorise::{Permission, authorise};
use crate::cells::Cells;
use crate::error::refusals;
use crate::services::Inner;
use crate::{AppResult, EditOutcome, Workspace};
use maq_compile::check_role;
use maq_diag::Finding;
use maq_doc::{Document, Edit, FORMAT, RoleDoc, digest, read_document};
use maq_ir::Model;
use maq_policy::{ACTIONS, Asker, PERSONAS, PolicySet, Possible, RoleCatalogue, operations};
use maq_query::meta;
use maq_release::{BundleRole, ReleaseBundle};
use maq_value::Actor;
use std::sync::Arc;

/// What a role may do, with all it inherits.
#[derive(Debug, Clone)]
pub struct RoleRights {
    /// Every role it inherits, by name.
    pub inherits: Vec<String>,
    /// Roles that inherit it, by name.
    pub heirs: Vec<String>,
    /// Actions of policies, in the order of columns.
    pub actions: Vec<String>,
    /// One for each entity, by name.
    pub rows: Vec<RightsRow>,
}

/// What a role may do with the records of an entity.
#[derive(Debug, Clone)]
pub struct RightsRow {
    /// The entity's stable id.
    pub entity_id: String,
    /// Its name.
    pub entity: String,
    /// What comes out for each action, policies of the entity included.
    pub cells: Vec<Possible>,
    /// Other operations that are permitted, with the permissions that give them.
    pub others: Vec<OtherRight>,
}

/// An operation that no policy decides over, with the permissions that give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherRight {
    /// `workflow.approve`.
    pub operation: String,
    /// `role: permission`.
    pub by: Vec<String>,
}

/// The roles of drafts.
#[derive(Clone)]
pub struct Roles {
    inner: Arc<Inner>,
}

impl Roles {
    pub(crate) fn new(inner: Arc<Inner>) -> Roles {
        Roles { inner }
    }

    /// What a role of the drafts may do: on records as the engine decides it, with the policies of each entity, and the
    /// other operations of the catalogue by its permissions.
    ///
    /// # Errors
    /// `roles/role-not-found`, `actor/not-allowed`.
    pub async fn rights(&self, actor: &Actor, role_id: &str) -> AppResult<RoleRights> {
        authorise(actor, Permission::View)?;
        let model = self.inner.drafts().await?.model();
        let role = model.roles().iter().find(|role| *role.id == *role_id);
        let name = role.map(|role| role.name.clone()).ok_or_else(|| not_found(role_id))?;
        let roles = RoleCatalogue::of(&model);
        let has = |heir: &str| heir != &*name && roles.with_ancestors(heir).any(|ancestor| *ancestor == *name);
        let mut rows = rows(&model, &roles, &name);
        rows.sort_by(|left, right| left.entity.cmp(&right.entity));
        Ok(RoleRights {
            inherits: roles.with_ancestors(&name).filter(|role| *role != &*name).map(str::to_owned).collect(),
            heirs: roles.names().filter(|heir| has(heir)).map(str::to_owned).collect(),
            actions: ACTIONS.iter().map(ToString::to_string).collect(),
            rows,
        })
    }

    /// What would be wrong with a role if it stood among the drafts as it is written now.
    ///
    /// # Errors
    /// `actor/not-allowed`.
    pub async fn check(&self, actor: &Actor, role: &RoleDoc) -> AppResult<Vec<Finding>> {
        authorise(actor, Permission::View)?;
        let documents = self.inner.drafts().await?.documents();
        Ok(check_role(&documents, role))
    }
}

fn rows(model: &Model, roles: &RoleCatalogue, name: &str) -> Vec<RightsRow> {
    let row = |view: maq_ir::EntityView<'_>| {
        let set = PolicySet::compile_in(view, roles);
        RightsRow {
            entity_id: view.entity.id.to_string(),
            entity: view.name().to_owned(),
            cells: ACTIONS.iter().map(|action| set.possible(Asker::Role(name), action)).collect(),
            others: others(roles, name, view.name()),
        }
    };
    model.entities().map(row).collect()
}

fn others(roles: &RoleCatalogue, name: &str, entity: &str) -> Vec<OtherRight> {
    let right = |(namespace, operation): (&maq_policy::Namespace, &maq_policy::Operation)| {
        let operation = format!("{}.{}", namespace.name, operation.name);
        let by: Vec<String> = roles
            .grants(name, &operation, entity)
            .map(|grant| format!("{}: {}", grant.role, grant.permission))
            .collect();
        (!by.is_empty()).then_some(OtherRight { operation, by })
    };
    operations().filter(|(_, operation)| operation.action.is_none()).filter_map(right).collect()
}

impl Workspace {
    /// Adds personas as roles (all when none are named), as one edit group, with the personas that they inherit. A role
    /// of the same name stays as it is.
    ///
    /// # Errors
    /// `roles/persona-unknown`.
    pub async fn add_personas(&self, actor: &Actor, only: Option<&[String]>) -> AppResult<EditOutcome> {
        authorise(actor, Permission::DesignPolicies)?;
        self.add_roles(actor, only.map(<[String]>::to_vec)).await
    }

    /// Renames a role with every role that inherits it and every policy that is for it, as one edit group.
    ///
    /// # Errors
    /// `roles/role-not-found`.
    pub async fn rename_role(&self, actor: &Actor, role_id: &str, name: &str) -> AppResult<EditOutcome> {
        authorise(actor, Permission::DesignPolicies)?;
        self.rename_role_to(actor, role_id, name).await
    }
}

/// The edits that add personas to `roles`.
pub(crate) fn persona_edits(
    roles: &[&RoleDoc],
    only: Option<&[String]>,
    new_id: &mut dyn FnMut(&str) -> String,
) -> AppResult<Vec<Edit>> {
    let mut wanted: Vec<&str> = Vec::new();
    match only {
        None => wanted.extend(PERSONAS.iter().map(|persona| persona.name)),
        Some(names) => {
            for name in names {
                let known = PERSONAS.iter().find(|persona| persona.name == name);
                wanted.push(known.ok_or_else(|| refusals::PERSONA_UNKNOWN.with(&[("name", name)]))?.name);
            }
        }
    }
    // Who is inherited comes first in the list, so from its end every heir has been seen before.
    for persona in PERSONAS.iter().rev() {
        if wanted.contains(&persona.name) {
            wanted.extend(persona.inherits);
        }
    }
    let missing = PERSONAS
        .iter()
        .filter(|persona| wanted.contains(&persona.name) && !roles.iter().any(|there| there.name == persona.name));
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let edit = |persona: &maq_policy::Persona| {
        let document = Document::Role(RoleDoc {
            format: FORMAT,
            id: new_id("rol"),
            name: persona.name.to_owned(),
            label: Some(persona.label.to_owned()),
            description: Some(persona.description.to_owned()),
            permissions: texts(persona.permissions),
            inherits: texts(persona.inherits),
        });
        Edit::AddDocument { document: document.to_json() }
    };
    Ok(missing.map(edit).collect())
}

/// The refusal when there is no such role.
pub(crate) fn not_found(id: &str) -> crate::AppError {
    refusals::ROLE_NOT_FOUND.with(&[("name", id)])
}

/// The roles among documents as a release holds them.
pub(crate) fn bundle_roles(documents: &[Arc<Document>]) -> Vec<BundleRole> {
    let role = |document: &Arc<Document>| {
        let role = document.as_role()?;
        let json = document.to_json();
        let digest = digest(&json).to_string();
        Some(BundleRole { id: role.id.clone(), name: role.name.clone(), digest, document: json })
    };
    documents.iter().filter_map(role).collect()
}

/// The roles of a bundle as documents.
pub(crate) fn read_roles(bundle: &ReleaseBundle) -> AppResult<Vec<Arc<Document>>> {
    let read = |role: &BundleRole| {
        let document = read_document(&role.name, role.document.clone());
        document.map(Arc::new).map_err(|findings| refusals::CHECK_FAILED.with(&[]).with_findings(findings))
    };
    bundle.roles.iter().map(read).collect()
}

/// The roles of the release that runs here, as it holds them. Roles have no versions: with another release come its
/// roles, and none before the first.
pub(crate) async fn running_roles(inner: &Inner) -> AppResult<ReleaseBundle> {
    let nothing = ReleaseBundle::new(Vec::new());
    let Some(release) = crate::deployer::current_release(inner).await? else { return Ok(nothing) };
    let rows = inner.read(meta::release_by_digest(inner.dialect(), release)).await?;
    let envelope = rows.0.first().map(|row| Cells(row).text(3)).unwrap_or_default();
    let bundle = maq_release::read_unverified(&envelope);
    let bundle = bundle.ok_or_else(|| crate::AppError::fault("the release that runs here cannot be read"))?;
    Ok(nothing.with_roles(bundle.roles))
}
