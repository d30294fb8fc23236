//! Preparing a deployment: compile the release with the physical names that are fixed here, compare it with what
//! runs, write the plan and everything the commit needs.

use super::physical::{read_tables, table_json};
use super::{DeployPlan, Deployer, PlannedChange, deployments, state_digest};
use crate::AppResult;
use crate::cells::Cells;
use crate::error::refusals;
use crate::roles::read_roles;
use crate::workspace::read_physical_names;
use maq_compile::{CompileOptions, check_for_freeze, compile, physical_names_of};
use maq_diag::Finding;
use maq_doc::{Document, digest, read_document};
use maq_evolve::{Direction, Evolution, evolve};
use maq_ir::Model;
use maq_ir::schema::SchemaOperation;
use maq_query::{Statement, ddl, meta};
use maq_release::ReleaseBundle;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

/// A deployment that is ready to be committed.
pub(crate) struct Prepared {
    pub plan: DeployPlan,
    pub envelope: String,
    pub direction: Direction,
    pub last_seq: i64,
    /// DDL.
    pub schema: Vec<Statement>,
    /// Entities, versions, activation, names, tables.
    pub registry: Vec<Statement>,
    /// Physical index and words of every unique key that is new over existing rows.
    pub new_uniques: Vec<(String, String)>,
    /// The model that will run.
    pub model: Arc<Model>,
}

impl Deployer {
    /// Prepares a verified bundle.
    pub(crate) async fn prepare_bundle(
        &self,
        bundle: &ReleaseBundle,
        release: &str,
        envelope: &str,
        direction: Direction,
    ) -> AppResult<Prepared> {
        let dialect = self.inner.dialect();
        // Read before everything else: the guard on it then stands for all that is read below, whoever deploys meanwhile.
        let last_seq = self.inner.read_count(meta::last_deployment_seq(dialect)).await?;
        let physical = read_physical_names(&*self.inner.store).await?;
        let options = CompileOptions { physical };
        let documents = read_bundle(bundle)?;
        let compiled = compile(&documents, &options);
        let mut errors: Vec<Finding> = check_for_freeze(&documents, &compiled);
        errors.extend(compiled.findings.iter().cloned());
        errors.retain(Finding::is_error);
        if !errors.is_empty() {
            return Err(refusals::CHECK_FAILED.with(&[]).with_findings(errors));
        }
        self.refuse_strangers(bundle).await?;
        let running = self.running_documents().await?;
        let old = compile(&running, &options).model;
        let tables = read_tables(&self.inner).await?;
        let evolution = evolve(&old, &tables, &compiled.model, direction);
        let history = deployments(&self.inner).await?;
        let same_release = history.last().is_some_and(|last| last.release == release);
        let inactive = self.has_inactive(bundle).await?;
        let ddl: Vec<String> =
            evolution.operations.iter().flat_map(|operation| ddl::render(operation, dialect)).collect();
        let changes = planned_changes(&evolution);
        let state = state_digest(&history);
        let body = json!({
            "release": release,
            "state": state,
            "direction": if direction == Direction::Apply { "apply" } else { "rollback" },
            "changes": changes,
            "ddl": ddl,
        });
        let plan = DeployPlan {
            digest: digest(&body).to_string(),
            release: release.to_owned(),
            state,
            empty: same_release && !inactive,
            changes,
            ddl,
            findings: evolution.findings.clone(),
        };
        let schema = ddl::statements(&evolution.operations, dialect).map_err(crate::AppError::fault)?;
        let registry = self.registry_statements(bundle, &compiled.model, &evolution).await?;
        Ok(Prepared {
            plan,
            envelope: envelope.to_owned(),
            direction,
            last_seq,
            schema,
            registry,
            new_uniques: new_uniques(&evolution),
            model: compiled.model,
        })
    }

    /// The documents of the release that runs here; none before the first.
    async fn running_documents(&self) -> AppResult<Vec<Arc<Document>>> {
        let Some(release) = super::current_release(&self.inner).await? else { return Ok(Vec::new()) };
        let rows = self.inner.read(meta::release_by_digest(self.inner.dialect(), release)).await?;
        let envelope = rows.0.first().map(|row| Cells(row).text(3)).unwrap_or_default();
        let bundle = maq_release::read_unverified(&envelope)
            .ok_or_else(|| crate::AppError::fault("the release that runs here cannot be read"))?;
        read_bundle(&bundle)
    }

    /// Refuses a bundle that names an entity or version which is here already as something else.
    async fn refuse_strangers(&self, bundle: &ReleaseBundle) -> AppResult<()> {
        let dialect = self.inner.dialect();
        let refuse = |reason: String| {
            let help = "publish from the workspace it came from, or to another target";
            Err(refusals::RELEASE_REFUSED.with(&[("reason", &reason), ("help", help)]))
        };
        let renamed: HashMap<&str, &str> =
            bundle.entities.iter().map(|entity| (entity.id.as_str(), entity.name.as_str())).collect();
        for entity in &bundle.entities {
            let rows = self.inner.read(meta::entity_by_name(dialect, entity.name.as_str())).await?;
            if let Some(row) = rows.0.first() {
                let id = Cells(row).text(0);
                // A name may move between entities of the same bundle.
                if id != entity.id && renamed.get(id.as_str()).is_none_or(|name| *name == entity.name) {
                    return refuse(format!("another entity named `{}` is here already", entity.name));
                }
            }
            let rows = self.inner.read(meta::entity_by_id(dialect, entity.id.as_str())).await?;
            let Some(present) = rows.0.first().map(|row| Cells(row).text(1)) else { continue };
            let version = meta::version_by_name(dialect, present, entity.version.as_str());
            let rows = self.inner.read(version).await?;
            if rows.0.first().is_some_and(|row| Cells(row).text(4) != entity.digest) {
                let reason = format!("`{}` {} is here already with other content", entity.name, entity.version);
                return refuse(reason);
            }
        }
        Ok(())
    }

    /// Whether an entity of the bundle is not active here, so that applying it again does something.
    async fn has_inactive(&self, bundle: &ReleaseBundle) -> AppResult<bool> {
        let active = crate::active::load(&self.inner).await?;
        Ok(bundle.entities.iter().any(|entity| active.versions.get(&entity.name) != Some(&entity.version)))
    }

    async fn registry_statements(
        &self,
        bundle: &ReleaseBundle,
        model: &Model,
        evolution: &Evolution,
    ) -> AppResult<Vec<Statement>> {
        let dialect = self.inner.dialect();
        let now = self.inner.now().0;
        let rows = self.inner.read(meta::list_entities(dialect, i64::MAX, 0)).await?;
        let here: Vec<(String, String)> = rows.0.iter().map(|row| (Cells(row).text(0), Cells(row).text(1))).collect();
        let mut statements = Vec::new();
        for entity in &bundle.entities {
            if here.iter().any(|(id, name)| *id == entity.id && *name != entity.name) {
                statements.push(meta::park_versions(dialect, entity.id.as_str()));
                statements.push(meta::park_entity(dialect, entity.id.as_str()));
            }
        }
        for (id, name) in here.iter().filter(|(id, _)| !bundle.entities.iter().any(|entity| entity.id == *id)) {
            statements.push(meta::deactivate_versions(dialect, name.as_str()));
            statements.push(meta::set_active_version(dialect, id.as_str(), None::<String>, now));
        }
        for entity in &bundle.entities {
            let (id, name, version) = (entity.id.as_str(), entity.name.as_str(), entity.version.as_str());
            let description = entity.document.get("description").and_then(|text| text.as_str());
            let body = entity.document.to_string();
            let key = self.inner.id("ver");
            let hash = entity.digest.as_str();
            statements.extend([
                meta::upsert_entity(dialect, id, name, description, now, "publish"),
                meta::unpark_versions(dialect, id, name),
                meta::upsert_released_version(dialect, key, name, version, body, hash, now, "publish"),
                meta::activate_version(dialect, name, version),
                meta::set_active_version(dialect, id, version, now),
            ]);
        }
        let names = physical_names_of(model);
        for (scope, map) in [("table", &names.tables), ("column", &names.columns), ("index", &names.indexes)] {
            statements.extend(map.iter().map(|(id, name)| meta::fix_name(dialect, scope, id.as_str(), name.as_str())));
        }
        for (entity_id, table) in &evolution.tables_after {
            statements.push(meta::put_table(dialect, entity_id.to_string(), table_json(table).to_string()));
        }
        Ok(statements)
    }
}

fn read_bundle(bundle: &ReleaseBundle) -> AppResult<Vec<Arc<Document>>> {
    let read = |entity: &maq_release::BundleEntity| {
        read_document(&entity.name, entity.document.clone())
            .map(Arc::new)
            .map_err(|findings| refusals::CHECK_FAILED.with(&[]).with_findings(findings))
    };
    let mut documents = bundle.entities.iter().map(read).collect::<AppResult<Vec<_>>>()?;
    documents.extend(read_roles(bundle)?);
    Ok(documents)
}

fn planned_changes(evolution: &Evolution) -> Vec<PlannedChange> {
    let change = |change: &maq_evolve::Change| PlannedChange {
        kind: change.kind.as_str().to_owned(),
        entity: change.entity.to_string(),
        member: change.member.as_ref().map(ToString::to_string),
        summary: change.summary.clone(),
        supported: change.supported,
    };
    evolution.changes.iter().map(change).collect()
}

fn new_uniques(evolution: &Evolution) -> Vec<(String, String)> {
    let unique = |operation: &SchemaOperation| match operation {
        SchemaOperation::CreateIndex { table, index } if index.unique => {
            let columns: Vec<&str> = index.columns.iter().map(|column| &**column).collect();
            Some((index.name.to_string(), format!("{table}({})", columns.join(", "))))
        }
        _ => None,
    };
    evolution.operations.iter().filter_map(unique).collect()
}
