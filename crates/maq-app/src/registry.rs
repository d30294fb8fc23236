//! The registry: entities and their versions. Versions are immutable once active or released; activating one on a
//! workspace is a deployment on `local` by the same code as any other.

use crate::authorise::{Permission, authorise, authorise_schema};
use crate::cells::Cells;
use crate::deployer::Direction;
use crate::error::refusals;
use crate::services::{Act, Inner};
use crate::{AppError, AppResult, Deployer, Health, Releases, Workspace};
use maq_doc::{Document, Edit, EntityDoc, FORMAT, digest, ids, read_document};
use maq_query::{SqlValue, Statement, meta};
use maq_store::{Refused, StoreError, UnitOfWork};
use maq_value::{Actor, Instant};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// An entity of the registry.
#[derive(Debug, Clone, PartialEq)]
pub struct EntityRow {
    /// Stable id.
    pub id: String,
    /// Name.
    pub name: String,
    /// For people.
    pub description: Option<String>,
    /// The version that runs.
    pub active_version: Option<String>,
    /// When it was made.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Who made it.
    pub created_by: String,
}

/// A version of an entity.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionRow {
    /// Its id.
    pub id: String,
    /// The entity's name.
    pub entity: String,
    /// `v1`, `v2`, ...
    pub version: String,
    /// The entity document.
    pub schema: Json,
    /// SHA-256 of its canonical form.
    pub schema_hash: String,
    /// Whether it runs.
    pub is_active: bool,
    /// Whether a release holds it.
    pub is_released: bool,
    /// When it was made.
    pub created_at: Instant,
    /// Who made it.
    pub created_by: String,
}

/// A page and the count of all.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The page.
    pub data: Vec<T>,
    /// All there are.
    pub total: u64,
}

/// Which page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// From 1.
    pub page: Option<u32>,
    /// 1 to 200.
    pub page_size: Option<u32>,
}

impl PageRequest {
    /// Limit and offset; `default` rows a page when none are said.
    pub(crate) fn limit_and_offset(self, default: u32) -> AppResult<(i64, i64)> {
        let size = self.page_size.unwrap_or(default);
        let page = self.page.unwrap_or(1);
        if !(1..=200).contains(&size) {
            return Err(refusals::DATA_PAGE_WRONG.with(&[("reason", &format!("a page of {size}"))]));
        }
        if page == 0 {
            return Err(refusals::DATA_PAGE_WRONG.with(&[("reason", "pages count from 1")]));
        }
        Ok((i64::from(size), (i64::from(page) - 1) * i64::from(size)))
    }
}

/// Entities and versions.
#[derive(Clone)]
pub struct Registry {
    inner: Arc<Inner>,
    workspace: Workspace,
    releases: Releases,
    deployer: Deployer,
}

impl Registry {
    pub(crate) fn new(inner: Arc<Inner>, workspace: Workspace, releases: Releases, deployer: Deployer) -> Registry {
        Registry { inner, workspace, releases, deployer }
    }

    /// Creates an entity, and an empty draft of it.
    ///
    /// # Errors
    /// `registry/entity-exists`, `registry/schema-invalid` for a name that cannot be one.
    pub async fn create_entity(&self, actor: &Actor, name: &str, description: Option<&str>) -> AppResult<EntityRow> {
        authorise(actor, Permission::Design)?;
        let (statements, edit, event) = self.new_entity(actor, name, description)?;
        if self.get_entity(actor, name).await?.is_some() {
            return Err(refusals::ENTITY_EXISTS.with(&[("name", name)]));
        }
        let mut work = UnitOfWork::of(statements);
        work.topics.push("releases");
        work.audit.push(event);
        let drafts = self.workspace.documents(actor).await?;
        let drafted = drafts.iter().any(|document| document.as_entity().is_some_and(|entity| entity.name == name));
        if drafted {
            self.inner.commit(work).await?;
        } else {
            self.workspace.apply_with(actor, &format!("Create entity {name}"), vec![edit], work).await?;
        }
        self.inner.events.changed(&["releases"]);
        self.entity(name).await
    }

    /// The entity of this name.
    ///
    /// # Errors
    /// Faults.
    pub async fn get_entity(&self, actor: &Actor, name: &str) -> AppResult<Option<EntityRow>> {
        authorise(actor, Permission::View)?;
        let rows = self.inner.read(meta::entity_by_name(self.inner.dialect(), name)).await?;
        Ok(rows.0.first().map(|row| entity_row(row)))
    }

    /// A page of entities, by name.
    ///
    /// # Errors
    /// `data/page-wrong`.
    pub async fn list_entities(&self, actor: &Actor, page: PageRequest) -> AppResult<Page<EntityRow>> {
        authorise(actor, Permission::View)?;
        let (limit, offset) = page.limit_and_offset(20)?;
        let dialect = self.inner.dialect();
        let rows = self.inner.read(meta::list_entities(dialect, limit, offset)).await?;
        let total = self.inner.read_count(meta::count_entities(dialect)).await?;
        Ok(Page { data: rows.0.iter().map(|row| entity_row(row)).collect(), total: total.unsigned_abs() })
    }

    /// Changes an entity's description.
    ///
    /// # Errors
    /// `registry/entity-not-found`.
    pub async fn update_entity(&self, actor: &Actor, name: &str, description: Option<&str>) -> AppResult<EntityRow> {
        authorise(actor, Permission::Design)?;
        let entity = self.entity(name).await?;
        let statement = meta::update_entity(self.inner.dialect(), entity.id.as_str(), description, self.inner.now().0);
        let mut work = UnitOfWork::of([statement]);
        work.topics.push("releases");
        work.audit.push(self.act(actor, "meta.entity.update", "update", name, None));
        let edit = Edit::Set {
            document: entity.id.clone(),
            path: vec!["description".into()],
            value: description.map(Json::from),
        };
        let drafted = self.workspace.documents(actor).await?.iter().any(|document| document.id() == entity.id);
        if drafted {
            self.workspace.apply_with(actor, &format!("Describe {name}"), vec![edit], work).await?;
        } else {
            self.inner.commit(work).await?;
        }
        self.inner.events.changed(&["releases"]);
        self.entity(name).await
    }

    /// Deletes an entity that no release holds (and so has no rows), with its versions and its draft.
    ///
    /// # Errors
    /// `registry/entity-not-found`, `registry/entity-in-use`.
    pub async fn delete_entity(&self, actor: &Actor, name: &str) -> AppResult<()> {
        authorise(actor, Permission::Design)?;
        let entity = self.entity(name).await?;
        let dialect = self.inner.dialect();
        let in_use = |reason: &str| Err(refusals::ENTITY_IN_USE.with(&[("name", name), ("reason", reason)]));
        if self.inner.read_count(meta::count_released(dialect, name)).await? > 0 {
            return in_use("a release holds it");
        }
        if entity.active_version.is_some() {
            return in_use("one of its versions is active");
        }
        let mut work = UnitOfWork::of([meta::delete_entity(dialect, entity.id.as_str())]);
        work.topics.push("releases");
        work.audit.push(self.act(actor, "meta.entity.delete", "delete", name, None));
        let drafted = self.workspace.documents(actor).await?.iter().any(|document| document.id() == entity.id);
        if drafted {
            let edit = Edit::RemoveDocument { document: entity.id };
            self.workspace.apply_with(actor, &format!("Delete entity {name}"), vec![edit], work).await?;
        } else {
            self.inner.commit(work).await?;
        }
        self.inner.events.changed(&["releases"]);
        Ok(())
    }

    /// Creates a version that is not active. `schema` is an entity document or the reference's `{fields, policies}`.
    ///
    /// # Errors
    /// `registry/entity-not-found`, `registry/version-exists`, `registry/schema-invalid`.
    pub async fn create_version(
        &self,
        actor: &Actor,
        entity: &str,
        version: &str,
        schema: Json,
    ) -> AppResult<VersionRow> {
        authorise_schema(actor, &schema)?;
        let row = self.entity(entity).await?;
        let document = self.readable_schema(&row, schema)?;
        self.refuse_invalid(&document).await?;
        let (statement, event) = self.new_version(actor, &row, version, &document)?;
        let mut work = UnitOfWork::of([statement]);
        work.topics.push("releases");
        work.audit.push(event);
        let empty_draft = self
            .workspace
            .documents(actor)
            .await?
            .into_iter()
            .any(|draft| draft.id() == row.id && draft.as_entity().is_some_and(|entity| entity.fields.is_empty()));
        let committed = if empty_draft {
            let edits = vec![
                Edit::RemoveDocument { document: row.id.clone() },
                Edit::AddDocument { document: Document::Entity(document).to_json() },
            ];
            let label = format!("Create {entity} {version}");
            self.workspace.apply_with(actor, &label, edits, work).await.map(|_| ())
        } else {
            match self.inner.store.commit(work).await {
                Err(StoreError::Refused(Refused::Unique(_))) => Err(version_exists(entity, version)),
                other => other.map(|_| ()).map_err(Into::into),
            }
        };
        committed?;
        self.inner.events.changed(&["releases", "audit"]);
        self.version(entity, version).await
    }

    /// The version of an entity.
    ///
    /// # Errors
    /// Faults.
    pub async fn get_version(&self, actor: &Actor, entity: &str, version: &str) -> AppResult<Option<VersionRow>> {
        authorise(actor, Permission::View)?;
        let rows = self.inner.read(meta::version_by_name(self.inner.dialect(), entity, version)).await?;
        Ok(rows.0.first().map(|row| version_row(row)))
    }

    /// The active version of an entity.
    ///
    /// # Errors
    /// Faults.
    pub async fn get_active_version(&self, actor: &Actor, entity: &str) -> AppResult<Option<VersionRow>> {
        authorise(actor, Permission::View)?;
        let rows = self.inner.read(meta::active_version(self.inner.dialect(), entity)).await?;
        Ok(rows.0.first().map(|row| version_row(row)))
    }

    /// A page of versions, oldest first.
    ///
    /// # Errors
    /// `registry/entity-not-found`, `data/page-wrong`.
    pub async fn list_versions(&self, actor: &Actor, entity: &str, page: PageRequest) -> AppResult<Page<VersionRow>> {
        authorise(actor, Permission::View)?;
        self.entity(entity).await?;
        let (limit, offset) = page.limit_and_offset(20)?;
        let dialect = self.inner.dialect();
        let rows = self.inner.read(meta::list_versions(dialect, entity, limit, offset)).await?;
        let total = self.inner.read_count(meta::count_versions(dialect, entity)).await?;
        Ok(Page { data: rows.0.iter().map(|row| version_row(row)).collect(), total: total.unsigned_abs() })
    }

    /// Makes a version the one that runs: a release of the active versions with this one, deployed on this store.
    ///
    /// # Errors
    /// `registry/version-not-found`, and everything a deployment refuses.
    pub async fn activate_version(&self, actor: &Actor, entity: &str, version: &str) -> AppResult<VersionRow> {
        authorise(actor, Permission::Publish)?;
        let wanted = self.version(entity, version).await?;
        self.deploy_version(actor, &wanted, UnitOfWork::default()).await?;
        self.version(entity, version).await
    }

    /// Leaves an entity without an active version; its rows stay.
    ///
    /// # Errors
    /// `registry/version-not-found`, `registry/no-active-version`.
    pub async fn deactivate_version(&self, actor: &Actor, entity: &str, version: &str) -> AppResult<VersionRow> {
        authorise(actor, Permission::Publish)?;
        let row = self.entity(entity).await?;
        let wanted = self.version(entity, version).await?;
        if !wanted.is_active {
            return Err(refusals::NO_ACTIVE_VERSION.with(&[("entity", entity)]));
        }
        let dialect = self.inner.dialect();
        let mut work = UnitOfWork::of([
            meta::deactivate_versions(dialect, entity),
            meta::set_active_version(dialect, row.id, None::<String>, self.inner.now().0),
        ]);
        work.topics.push("releases");
        work.audit.push(self.act(
            actor,
            "meta.version.deactivate",
            "deactivate",
            entity,
            Some(json!({"version": version})),
        ));
        self.inner.commit(work).await?;
        self.inner.active.invalidate();
        self.inner.events.changed(&["releases", "records", "audit"]);
        self.version(entity, version).await
    }

    /// Replaces the schema of a version that is neither active nor released.
    ///
    /// # Errors
    /// `registry/version-not-found`, `registry/version-immutable`, `registry/schema-invalid`.
    pub async fn update_version(
        &self,
        actor: &Actor,
        entity: &str,
        version: &str,
        schema: Json,
    ) -> AppResult<VersionRow> {
        authorise_schema(actor, &schema)?;
        let row = self.entity(entity).await?;
        self.version(entity, version).await?;
        let document = self.readable_schema(&row, schema)?;
        self.refuse_invalid(&document).await?;
        let json = Document::Entity(document).to_json();
        let statement =
            meta::update_version(self.inner.dialect(), entity, version, json.to_string(), digest(&json).to_string());
        self.on_mutable_version(actor, statement, ("meta.version.update", "update"), entity, version).await?;
        self.version(entity, version).await
    }

    /// Deletes a version that is neither active nor released.
    ///
    /// # Errors
    /// `registry/version-not-found`, `registry/version-immutable`.
    pub async fn delete_version(&self, actor: &Actor, entity: &str, version: &str) -> AppResult<()> {
        authorise(actor, Permission::Design)?;
        self.version(entity, version).await?;
        let statement = meta::delete_version(self.inner.dialect(), entity, version);
        self.on_mutable_version(actor, statement, ("meta.version.delete", "delete"), entity, version).await
    }

    /// Health: the registry can be read.
    pub async fn check_health(&self) -> Health {
        self.inner.probe(meta::count_entities(self.inner.dialect()), "registry").await
    }

    /// The entity of this name, or the refusal.
    pub(crate) async fn entity(&self, name: &str) -> AppResult<EntityRow> {
        let rows = self.inner.read(meta::entity_by_name(self.inner.dialect(), name)).await?;
        let row = rows.0.first().map(|row| entity_row(row));
        row.ok_or_else(|| refusals::ENTITY_NOT_FOUND.with(&[("name", name)]))
    }

    /// The version, or the refusal.
    pub(crate) async fn version(&self, entity: &str, version: &str) -> AppResult<VersionRow> {
        let rows = self.inner.read(meta::version_by_name(self.inner.dialect(), entity, version)).await?;
        let row = rows.0.first().map(|row| version_row(row));
        row.ok_or_else(|| refusals::VERSION_NOT_FOUND.with(&[("entity", entity), ("version", version)]))
    }

    /// The statements, draft edit and audit event of a new entity.
    pub(crate) fn new_entity(
        &self,
        actor: &Actor,
        name: &str,
        description: Option<&str>,
    ) -> AppResult<(Vec<Statement>, Edit, maq_audit::AuditEvent)> {
        if !ids::is_valid_name(name) {
            let place = maq_diag::Place::at(name, &["name"]);
            let finding = maq_diag::Finding::new(maq_diag::catalogue::ENTITY_NAME_INVALID, place, &[("name", name)]);
            return Err(refusals::SCHEMA_INVALID.with(&[("entity", name)]).with_findings(vec![finding]));
        }
        let id = self.inner.id("ent");
        let document = EntityDoc {
            format: FORMAT,
            id: id.clone(),
            name: name.to_owned(),
            description: description.map(str::to_owned),
            class: "master".into(),
            ..EntityDoc::default()
        };
        let now = self.inner.now().0;
        let insert = meta::insert_entity(self.inner.dialect(), id, name, description, now, actor.user_id.as_str());
        let edit = Edit::AddDocument { document: Document::Entity(document).to_json() };
        Ok((vec![insert], edit, self.act(actor, "meta.entity.create", "create", name, None)))
    }

    /// The statement and audit event of a new version.
    pub(crate) fn new_version(
        &self,
        actor: &Actor,
        entity: &EntityRow,
        version: &str,
        document: &EntityDoc,
    ) -> AppResult<(Statement, maq_audit::AuditEvent)> {
        let usable = !version.is_empty()
            && version.len() <= 32
            && version.chars().all(|character| character.is_ascii_alphanumeric() || ".-_".contains(character));
        if !usable {
            return Err(refusals::VERSION_NAME_WRONG.with(&[("version", version)]));
        }
        let json = Document::Entity(document.clone()).to_json();
        let hash = digest(&json).to_string();
        let event = self.act(
            actor,
            "meta.version.create",
            "create",
            &entity.name,
            Some(json!({"version": version, "schemaHash": hash})),
        );
        let statement = meta::insert_version(
            self.inner.dialect(),
            self.inner.id("ver"),
            entity.name.as_str(),
            version,
            json.to_string(),
            hash,
            false,
            self.inner.now().0,
            actor.user_id.as_str(),
        );
        Ok((statement, event))
    }

    /// Reads a schema as the document of `entity`: its id and name always win.
    pub(crate) fn readable_schema(&self, entity: &EntityRow, schema: Json) -> AppResult<EntityDoc> {
        let Json::Object(mut object) = schema else {
            return Err(refusals::SCHEMA_INVALID.with(&[("entity", &entity.name)]));
        };
        object.insert("kind".into(), "entity".into());
        object.insert("id".into(), entity.id.clone().into());
        object.insert("name".into(), entity.name.clone().into());
        let invalid = |findings| refusals::SCHEMA_INVALID.with(&[("entity", &entity.name)]).with_findings(findings);
        match read_document(&entity.name, Json::Object(object)).map_err(invalid)? {
            Document::Entity(document) => Ok(document),
            Document::Role(_) | Document::Diagram(_) => Err(refusals::SCHEMA_INVALID.with(&[("entity", &entity.name)])),
        }
    }

    /// The row that [`Registry::new_version`] writes, before it is written.
    pub(crate) fn unstored_version(
        &self,
        actor: &Actor,
        entity: &str,
        version: &str,
        document: EntityDoc,
    ) -> VersionRow {
        let schema = Document::Entity(document).to_json();
        VersionRow {
            id: String::new(),
            entity: entity.to_owned(),
            version: version.to_owned(),
            schema_hash: digest(&schema).to_string(),
            schema,
            is_active: false,
            is_released: false,
            created_at: self.inner.now(),
            created_by: actor.user_id.clone(),
        }
    }

    /// Refuses a schema that has errors beside the versions that are active now.
    pub(crate) async fn refuse_invalid(&self, document: &EntityDoc) -> AppResult<()> {
        let findings = crate::compiler::findings_beside_active(&self.inner, document).await?;
        if findings.iter().any(maq_diag::Finding::is_error) {
            return Err(refusals::SCHEMA_INVALID.with(&[("entity", &document.name)]).with_findings(findings));
        }
        Ok(())
    }

    /// Deploys the active versions with `wanted` in place of its entity's, with further work in the same transaction.
    pub(crate) async fn deploy_version(&self, actor: &Actor, wanted: &VersionRow, work: UnitOfWork) -> AppResult<()> {
        let mut versions: Vec<VersionRow> = Vec::new();
        for row in self.inner.read(meta::active_versions(self.inner.dialect())).await?.0 {
            let row = version_row(&row);
            if row.entity != wanted.entity {
                versions.push(row);
            }
        }
        let current = self.inner.read(meta::active_version(self.inner.dialect(), wanted.entity.as_str())).await?;
        let backwards =
            current.0.first().map(|row| version_row(row)).is_some_and(|current| current.created_at > wanted.created_at);
        versions.push(wanted.clone());
        let direction = if backwards { Direction::Rollback } else { Direction::Apply };
        let release = self.releases.release_of(actor, &versions, None).await?;
        let mut work = work;
        work.audit.push(self.act(
            actor,
            "meta.version.activate",
            "activate",
            &wanted.entity,
            Some(json!({"version": wanted.version})),
        ));
        self.deployer.deploy(actor, &release, direction, work).await?;
        Ok(())
    }

    async fn on_mutable_version(
        &self,
        actor: &Actor,
        statement: Statement,
        (event_type, action): (&str, &str),
        entity: &str,
        version: &str,
    ) -> AppResult<()> {
        let mut work = UnitOfWork { topics: vec!["releases"], ..UnitOfWork::default() };
        work.operations.push(maq_store::Operation {
            statement,
            expect_rows: Some((1, Refused::Guard("version is active or released"))),
        });
        work.audit.push(self.act(actor, event_type, action, entity, Some(json!({"version": version}))));
        match self.inner.store.commit(work).await {
            Err(StoreError::Refused(Refused::Guard(_))) => {
                Err(refusals::VERSION_IMMUTABLE.with(&[("entity", entity), ("version", version)]))
            }
            other => {
                other?;
                self.inner.compiled.invalidate(entity, Some(version));
                self.inner.events.changed(&["releases", "audit"]);
                Ok(())
            }
        }
    }

    fn act(
        &self,
        actor: &Actor,
        event_type: &str,
        action: &str,
        resource: &str,
        details: Option<Json>,
    ) -> maq_audit::AuditEvent {
        self.inner.audit_actor(actor, Act { event_type, action, resource, details })
    }
}

pub(crate) fn version_exists(entity: &str, version: &str) -> AppError {
    refusals::VERSION_EXISTS.with(&[("entity", entity), ("version", version)])
}

fn entity_row(row: &[SqlValue]) -> EntityRow {
    let cells = Cells(row);
    EntityRow {
        id: cells.text(0),
        name: cells.text(1),
        description: cells.optional_text(2),
        active_version: cells.optional_text(3),
        created_at: cells.instant(4),
        updated_at: cells.instant(5),
        created_by: cells.text(6),
    }
}

/// A row of [`meta::version_by_name`] and its kin.
pub(crate) fn version_row(row: &[SqlValue]) -> VersionRow {
    let cells = Cells(row);
    VersionRow {
        id: cells.text(0),
        entity: cells.text(1),
        version: cells.text(2),
        schema: serde_json::from_str(&cells.text(3)).unwrap_or_default(),
        schema_hash: cells.text(4),
        is_active: cells.flag(5),
        is_released: cells.flag(6),
        created_at: cells.instant(7),
        created_by: cells.text(8),
    }
}
