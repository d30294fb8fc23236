//! The deployer: applies signed releases on this store. A workspace's target `local` and a server run this same code.

mod load;
mod physical;
mod prepare;

pub use load::{LoadBatch, LoadPhase, LoadPosition};

use crate::authorise::{Permission, authorise};
use crate::cells::Cells;
use crate::error::refusals;
use crate::releases::release_row;
use crate::services::{Act, Inner, to_the_end};
use crate::{AppError, AppResult};
use maq_diag::Finding;
use maq_doc::digest;
use maq_query::{SqlValue, meta};
use maq_store::{Guard, Operation, Refused, StoreError, UnitOfWork};
use maq_value::{Actor, Instant};
use prepare::Prepared;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;

pub(crate) use maq_evolve::Direction;
pub(crate) use physical::read_tables;

/// What runs on a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeployStatus {
    /// Digest of the state, which a plan is made against.
    pub state: String,
    /// Digest of the release that runs.
    pub release: Option<String>,
    /// Deployments, newest first.
    pub deployments: Vec<Deployment>,
    /// Entities served, by name.
    pub entities: Vec<ServedEntity>,
}

/// An entity that a target serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServedEntity {
    /// Its name.
    pub name: String,
    /// Its active version.
    pub version: String,
}

/// A release applied on a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// Its id.
    pub id: String,
    /// The release's digest.
    pub release: String,
    /// The release's number on the target.
    pub release_number: i64,
    /// `apply` or `rollback`.
    pub direction: String,
    /// When.
    pub at: Instant,
    /// Who.
    pub by: String,
}

/// What applying a release would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeployPlan {
    /// Digest over everything below.
    pub digest: String,
    /// The release.
    pub release: String,
    /// State of the target it was made against.
    pub state: String,
    /// True when nothing would change.
    pub empty: bool,
    /// Changes, classified.
    pub changes: Vec<PlannedChange>,
    /// DDL as it will run.
    pub ddl: Vec<String>,
    /// Errors keep it from being applied.
    pub findings: Vec<Finding>,
}

/// One change of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedChange {
    /// `createEntity`, `addField`, ...
    pub kind: String,
    /// The entity.
    pub entity: String,
    /// The field, key or index.
    pub member: Option<String>,
    /// A sentence for people.
    pub summary: String,
    /// False when it is refused.
    pub supported: bool,
}

/// Applies releases on this store.
#[derive(Clone)]
pub struct Deployer {
    pub(crate) inner: Arc<Inner>,
}

impl Deployer {
    pub(crate) fn new(inner: Arc<Inner>) -> Deployer {
        Deployer { inner }
    }

    /// What runs here.
    ///
    /// # Errors
    /// Faults.
    pub async fn status(&self, actor: &Actor) -> AppResult<DeployStatus> {
        authorise(actor, Permission::View)?;
        let mut deployments = deployments(&self.inner).await?;
        let state = state_digest(&deployments);
        let release = deployments.last().map(|deployment| deployment.release.clone());
        deployments.reverse();
        let active = crate::active::load(&self.inner).await?;
        let mut entities: Vec<ServedEntity> = active
            .versions
            .iter()
            .map(|(name, version)| ServedEntity { name: name.clone(), version: version.clone() })
            .collect();
        entities.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(DeployStatus { state, release, deployments, entities })
    }

    /// What applying the signed release would do.
    ///
    /// # Errors
    /// `release/refused` for an unsigned, altered or untrusted one.
    pub async fn plan(&self, actor: &Actor, envelope: &str) -> AppResult<DeployPlan> {
        authorise(actor, Permission::Publish)?;
        Ok(self.prepare(envelope, Direction::Apply).await?.plan)
    }

    /// Applies exactly the plan that was reviewed, in one transaction; none when nothing had to change.
    ///
    /// # Errors
    /// `publish/plan-stale` when the target moved, `publish/plan-refused`, `publish/unique-has-duplicates`.
    pub async fn apply(&self, actor: &Actor, envelope: &str, plan_digest: &str) -> AppResult<Option<Deployment>> {
        authorise(actor, Permission::Publish)?;
        let deploying = self.inner.deploying.clone().lock_owned().await;
        let prepared = self.prepare(envelope, Direction::Apply).await?;
        if prepared.plan.empty {
            return Ok(None);
        }
        if prepared.plan.digest != plan_digest {
            return Err(refusals::PLAN_STALE.with(&[]));
        }
        self.commit(actor, prepared, UnitOfWork::default(), deploying).await.map(Some)
    }

    /// Goes back to the release that ran before the present one; nothing is dropped.
    ///
    /// # Errors
    /// `publish/no-previous-release`, `publish/roll-back-refused`.
    pub async fn roll_back(&self, actor: &Actor) -> AppResult<Deployment> {
        authorise(actor, Permission::Publish)?;
        let deploying = self.inner.deploying.clone().lock_owned().await;
        let previous = previous_release(&deployments(&self.inner).await?);
        let previous = previous.ok_or_else(|| refusals::NO_PREVIOUS_RELEASE.with(&[]))?;
        let rows = self.inner.read(meta::release_by_digest(self.inner.dialect(), previous.as_str())).await?;
        let release = rows.0.first().map(|row| release_row(row));
        let release = release.ok_or_else(|| refusals::RELEASE_NOT_FOUND.with(&[("digest", &previous)]))?;
        let prepared = self.prepare(&release.envelope, Direction::Rollback).await?;
        self.commit(actor, prepared, UnitOfWork::default(), deploying).await
    }

    /// Deploys without a reviewed plan, with further work in the same transaction: the registry's activation.
    pub(crate) async fn deploy(
        &self,
        actor: &Actor,
        composed: &crate::releases::Composed,
        direction: Direction,
        work: UnitOfWork,
    ) -> AppResult<()> {
        let deploying = self.inner.deploying.clone().lock_owned().await;
        let mut work = work;
        let mut operations: Vec<Operation> = std::mem::take(&mut work.operations);
        operations.extend(composed.statements.iter().cloned().map(Operation::from));
        work.operations = operations;
        let prepared = self.prepare_bundle(&composed.bundle, &composed.digest, &composed.envelope, direction).await?;
        self.commit(actor, prepared, work, deploying).await.map(drop)
    }

    async fn prepare(&self, envelope: &str, direction: Direction) -> AppResult<Prepared> {
        let access = crate::Access::new(self.inner.clone());
        let trusted = access.trusted_keys().await?;
        let bundle = maq_release::verify(envelope, &trusted).map_err(|error| {
            refusals::RELEASE_REFUSED.with(&[("reason", &error.to_string()), ("help", &error.help())])
        })?;
        let digest = bundle.digest().to_string();
        self.prepare_bundle(&bundle, &digest, envelope, direction).await
    }

    /// Commits a prepared deployment together with `work`. Whoever waits may go away: the caches follow all the same, and
    /// the next deployment waits until they did.
    async fn commit(
        &self,
        actor: &Actor,
        prepared: Prepared,
        mut work: UnitOfWork,
        deploying: OwnedMutexGuard<()>,
    ) -> AppResult<Deployment> {
        let pending = self.stage(actor, prepared, &mut work)?;
        let deployer = self.clone();
        to_the_end(async move {
            let result = deployer.inner.store.commit(work).await;
            result.map_err(|error| refused_deployment(error, &pending.new_uniques))?;
            deployer.committed().await?;
            let deployment = deployer.deployment(&pending.id).await;
            drop(deploying);
            deployment
        })
        .await
    }

    /// Puts a prepared deployment into `work`: guard, DDL, registry, names, tables, deployment, audit.
    pub(crate) fn stage(&self, actor: &Actor, prepared: Prepared, work: &mut UnitOfWork) -> AppResult<Pending> {
        if prepared.plan.findings.iter().any(Finding::is_error) {
            return Err(refusals::PLAN_REFUSED.with(&[]).with_findings(prepared.plan.findings));
        }
        let dialect = self.inner.dialect();
        let now = self.inner.now().0;
        let by = actor.user_id.as_str();
        let id = self.inner.id("dep");
        work.guards.push(Guard {
            statement: meta::last_deployment_seq(dialect),
            expect: Some(vec![vec![SqlValue::Integer(prepared.last_seq)]]),
            otherwise: Refused::Guard("plan is stale"),
        });
        work.topics.push("releases");
        work.schema.extend(prepared.schema);
        let release = prepared.plan.release.as_str();
        let key_id = maq_release::key_id_of(&prepared.envelope).unwrap_or_default();
        let mut statements =
            vec![meta::insert_release(dialect, release, None::<String>, prepared.envelope.as_str(), key_id, now, by)];
        statements.extend(prepared.registry);
        let (direction, action) = match prepared.direction {
            Direction::Apply => ("apply", "apply"),
            Direction::Rollback => ("rollback", "roll-back"),
        };
        let digest = prepared.plan.digest.as_str();
        let seq = prepared.last_seq + 1;
        statements.push(meta::insert_deployment(dialect, seq, id.as_str(), release, digest, direction, now, by));
        work.operations.extend(statements.into_iter().map(Operation::from));
        work.audit.push(self.inner.audit_actor(
            actor,
            Act {
                event_type: &format!("publish.{action}"),
                action,
                resource: release,
                details: Some(json!({"deployment": id, "plan": digest, "changes": prepared.plan.changes.len()})),
            },
        ));
        Ok(Pending { id, new_uniques: prepared.new_uniques })
    }

    /// The store has a new deployment: caches follow.
    pub(crate) async fn committed(&self) -> AppResult<()> {
        self.inner.active.invalidate();
        self.inner.compiled.clear();
        self.inner.stale.names();
        drop(self.inner.drafts().await?);
        self.inner.events.changed(&["releases", "targets", "records", "audit", "workspace"]);
        Ok(())
    }

    async fn deployment(&self, id: &str) -> AppResult<Deployment> {
        let found = deployments(&self.inner).await?.into_iter().find(|deployment| deployment.id == id);
        found.ok_or_else(|| AppError::fault(format!("deployment {id} is not there after its commit")))
    }
}

/// A deployment that is staged in a unit of work.
pub(crate) struct Pending {
    pub id: String,
    pub new_uniques: Vec<(String, String)>,
}

/// What a refused deployment says: stale, duplicates under a new unique key, or the store's words.
pub(crate) fn refused_deployment(error: StoreError, new_uniques: &[(String, String)]) -> AppError {
    match error {
        StoreError::Refused(Refused::Guard("plan is stale")) => refusals::PLAN_STALE.with(&[]),
        // Where two deployments run at once, both find the target as it was, and the second takes a number twice.
        StoreError::Refused(Refused::Unique(names)) if names.contains("meta_deployments") => {
            refusals::PLAN_STALE.with(&[])
        }
        StoreError::Refused(Refused::Unique(names)) => {
            let key = new_uniques.iter().find(|(index, _)| names.contains(index.as_str())).map(|(_, key)| key.as_str());
            refusals::DUPLICATES.with(&[("key", key.unwrap_or(&names))])
        }
        StoreError::Refused(Refused::Source(reason)) => refusals::IMPORT_ROWS.with(&[("reason", &reason)]),
        other => other.into(),
    }
}

/// All deployments, oldest first.
pub(crate) async fn deployments(inner: &Inner) -> AppResult<Vec<Deployment>> {
    let rows = inner.read(meta::list_deployments(inner.dialect())).await?;
    let deployment = |row: &Vec<SqlValue>| {
        let cells = Cells(row);
        Deployment {
            id: cells.text(1),
            release: cells.text(2),
            release_number: cells.integer(7),
            direction: cells.text(4),
            at: cells.instant(5),
            by: cells.text(6),
        }
    };
    Ok(rows.0.iter().map(deployment).collect())
}

/// Digest of the release that runs here.
pub(crate) async fn current_release(inner: &Inner) -> AppResult<Option<String>> {
    Ok(deployments(inner).await?.pop().map(|deployment| deployment.release))
}

fn state_digest(deployments: &[Deployment]) -> String {
    let last = deployments.last().map(|deployment| deployment.id.as_str());
    digest(&json!({"deployments": deployments.len(), "last": last})).to_string()
}

/// The release to go back to: a rollback takes the last apply off the pile.
fn previous_release(deployments: &[Deployment]) -> Option<String> {
    let mut pile: Vec<&str> = Vec::new();
    for deployment in deployments {
        if deployment.direction == "rollback" {
            pile.pop();
            if pile.last() != Some(&deployment.release.as_str()) {
                pile.push(&deployment.release);
            }
        } else {
            pile.push(&deployment.release);
        }
    }
    pile.pop();
    pile.pop().map(str::to_owned)
}
