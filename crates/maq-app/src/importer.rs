//! Import: a foreign database becomes documents, and on request its rows become records of `local`, in one
//! transaction, all or nothing. The source is only read.

mod rows;

use crate::authorise::{Permission, authorise};
use crate::deployer::{Direction, refused_deployment};
use crate::error::refusals;
use crate::services::{Act, Inner};
use crate::workspace::{ChangeError, starter_policies};
use crate::{AppError, AppResult, Deployer, Job, Releases, Workspace};
use maq_diag::Finding;
use maq_doc::{Document, Edit, EntityDoc};
use maq_interop::{ImportOptions, Imported};
use maq_store::source::{SourceCatalogue, SourceError, SourceReader};
use maq_store::{StoreError, UnitOfWork};
use maq_value::Actor;
use serde_json::json;
use std::sync::Arc;

/// What to import.
#[derive(Debug, Clone, Default)]
pub struct ImportRequest {
    /// Where from.
    pub source: String,
    /// Take the rows too.
    pub with_data: bool,
    /// Named starter policies to add; none by default.
    pub starter_policy: Option<String>,
    /// Only these source tables.
    pub tables: Option<Vec<String>>,
}

/// What an import came to, or would come to.
#[derive(Debug, Clone)]
pub struct ImportSummary {
    /// Where from, without secrets.
    pub source: String,
    /// Documents, objects, findings, tables.
    pub imported: Imported,
    /// Rows that came in.
    pub rows: u64,
}

/// Foreign databases into documents and rows.
#[derive(Clone)]
pub struct Importer {
    inner: Arc<Inner>,
    workspace: Workspace,
    releases: Releases,
    deployer: Deployer,
}

impl Importer {
    pub(crate) fn new(inner: Arc<Inner>, workspace: Workspace, releases: Releases, deployer: Deployer) -> Importer {
        Importer { inner, workspace, releases, deployer }
    }

    /// What an import would do; changes nothing.
    ///
    /// # Errors
    /// `import/source-unreadable`.
    pub async fn preview(&self, actor: &Actor, source: &str, tables: Option<Vec<String>>) -> AppResult<ImportSummary> {
        authorise(actor, Permission::Design)?;
        let read = self.read(source, tables, &Job::none()).await?;
        Ok(ImportSummary { source: read.location, imported: read.imported, rows: 0 })
    }

    /// Imports, all or nothing.
    ///
    /// # Errors
    /// `import/source-unreadable`, `import/nothing-to-import`, `import/rows-refused`, `job/cancelled`,
    /// `import/model-has-errors` when rows should come along.
    pub async fn run(&self, actor: &Actor, request: ImportRequest, job: &Job) -> AppResult<ImportSummary> {
        authorise(actor, Permission::Design)?;
        if request.with_data {
            authorise(actor, Permission::Publish)?;
        }
        let Read { reader, location, catalogue, mut imported } =
            self.read(&request.source, request.tables.clone(), job).await?;
        if imported.documents.is_empty() {
            return Err(refusals::IMPORT_NOTHING.with(&[("source", &location)]).with_findings(imported.findings));
        }
        if let Some(starter) = &request.starter_policy {
            authorise(actor, Permission::DesignPolicies)?;
            for document in &mut imported.documents {
                document.policies = starter_policies(starter, &mut |prefix| self.inner.id(prefix))?;
            }
        }
        job.check()?;
        let edits = imported.documents.iter().map(add_document).collect();
        let label = format!("Import {location}");
        let mut work = UnitOfWork::default();
        work.audit.push(self.inner.audit_actor(
            actor,
            Act {
                event_type: "import.run",
                action: "import",
                resource: &location,
                details: Some(json!({
                    "entities": imported.documents.len(),
                    "objects": imported.objects.len(),
                    "withData": request.with_data,
                })),
            },
        ));
        if !request.with_data {
            self.workspace.apply_with(actor, &label, edits, work).await?;
            return Ok(ImportSummary { source: location, imported, rows: 0 });
        }
        let rows = self.run_with_rows(actor, &label, edits, work, &imported, &catalogue, reader, job).await?;
        Ok(ImportSummary { source: location, imported, rows })
    }

    /// Documents, release, tables and rows in one transaction.
    #[expect(clippy::too_many_arguments, reason = "one private step of `run`, split for reading")]
    async fn run_with_rows(
        &self,
        actor: &Actor,
        label: &str,
        edits: Vec<Edit>,
        mut work: UnitOfWork,
        imported: &Imported,
        catalogue: &SourceCatalogue,
        reader: Arc<dyn SourceReader>,
        job: &Job,
    ) -> AppResult<u64> {
        let deploying = self.inner.deploying.lock().await;
        let mut documents = self.workspace.documents(actor).await?;
        documents.extend(imported.documents.iter().cloned().map(|document| Arc::new(Document::Entity(document))));
        let composed = self.releases.compose(actor, &documents, Some(label)).await?;
        let prepared = self
            .deployer
            .prepare_bundle(&composed.bundle, &composed.digest, &composed.envelope, Direction::Apply)
            .await
            .map_err(|error| model_has_errors(error, &imported.findings))?;
        let model = prepared.model.clone();
        work.operations.extend(composed.statements.into_iter().map(Into::into));
        let pending = self.deployer.stage(actor, prepared, &mut work)?;
        let counter = rows::attach(&self.inner, actor, &model, imported, catalogue, &reader, job, &mut work)?;
        job.progress("rows", 0, Some(counter.expected));
        let written = self.workspace.apply_with_store_error(actor, label, edits, work).await;
        written.map_err(|error| match error {
            ChangeError::App(error) => error,
            ChangeError::Store(error) => refused_rows(error, &pending.new_uniques),
        })?;
        drop(deploying);
        self.deployer.committed().await?;
        Ok(counter.written())
    }

    async fn read(&self, source: &str, tables: Option<Vec<String>>, job: &Job) -> AppResult<Read> {
        job.progress("reading", 0, None);
        let taken: Vec<String> = {
            let memory = self.inner.drafts().await?;
            memory
                .documents()
                .iter()
                .filter(|document| document.as_entity().is_some())
                .map(|document| document.name().to_owned())
                .collect()
        };
        let inner = self.inner.clone();
        let source = source.to_owned();
        let cancelled = job.cancel_flag();
        // Reading a foreign database blocks; it gets a thread of its own.
        let read = tokio::task::spawn_blocking(move || -> Result<Read, SourceError> {
            let reader = inner.sources.open(&source)?;
            let location = reader.location();
            let catalogue = reader.catalogue()?;
            let mut new_id = |prefix: &str| inner.id(prefix);
            let options =
                ImportOptions { source_name: location.clone(), tables, taken_entity_names: taken, new_id: &mut new_id };
            let profile = |table: &maq_store::SourceTable| {
                if cancelled.load(std::sync::atomic::Ordering::Relaxed) {
                    return Err(SourceError::Unreadable { location: location.clone(), reason: "cancelled".into() });
                }
                reader.profile(table)
            };
            let imported = maq_interop::import(&catalogue, &profile, options)?;
            Ok(Read { location: reader.location(), reader: reader.clone(), catalogue, imported })
        });
        let read = read.await.map_err(AppError::fault)?;
        job.check()?;
        read.map_err(|error| refusals::IMPORT_SOURCE.with(&[("reason", &error.to_string())]))
    }
}

/// A source, read.
struct Read {
    reader: Arc<dyn SourceReader>,
    location: String,
    catalogue: SourceCatalogue,
    imported: Imported,
}

fn add_document(entity: &EntityDoc) -> Edit {
    Edit::AddDocument { document: Document::Entity(entity.clone()).to_json() }
}

fn model_has_errors(error: AppError, findings: &[Finding]) -> AppError {
    let errors = error.refusal().map(|refusal| refusal.findings.clone()).unwrap_or_default();
    if errors.is_empty() {
        return error;
    }
    let all = errors.into_iter().chain(findings.iter().cloned()).collect();
    refusals::IMPORT_NEEDS_FREE_MODEL.with(&[]).with_findings(all)
}

fn refused_rows(error: StoreError, uniques: &[(String, String)]) -> AppError {
    match error {
        StoreError::Refused(
            refused @ (maq_store::Refused::ForeignKey(_)
            | maq_store::Refused::NotNull(_)
            | maq_store::Refused::Check(_)),
        ) => refusals::IMPORT_ROWS.with(&[("reason", &format!("{refused:?}"))]),
        StoreError::Refused(maq_store::Refused::Unique(names)) => {
            refusals::IMPORT_ROWS.with(&[("reason", &format!("two rows share a unique key ({names})"))])
        }
        other => refused_deployment(other, uniques),
    }
}
