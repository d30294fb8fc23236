//! Releases, targets, plans, deployments.

use crate::call::Call;
use maq_app::{AppResult, ApplyRequest, DeployStatus, PublishOutcome, ReleaseRow};
use maq_contract::{
    AddTarget, ApplyPlan, DeploymentSummary, MakePlan, MakeRelease, Nothing, Plan, PlanChange, PublishResult,
    ReleaseSummary, ReleaseVersion, Releases, TargetEntity, TargetName, TargetStatus, TargetSummary, Targets,
};
use maq_keychain::Secret;

impl Call<'_> {
    pub async fn releases_make_release(&self, request: MakeRelease) -> AppResult<ReleaseSummary> {
        let release = self.services.releases.make_release(self.actor, request.label.as_deref()).await?;
        let local = self.local_release().await?;
        Ok(summary(release, local.as_deref()))
    }

    pub async fn releases_list_releases(&self, _: Nothing) -> AppResult<Releases> {
        let local = self.local_release().await?;
        let releases = self.services.releases.list_releases(self.actor).await?;
        Ok(Releases { releases: releases.into_iter().map(|release| summary(release, local.as_deref())).collect() })
    }

    pub async fn targets_list_targets(&self, _: Nothing) -> AppResult<Targets> {
        let targets = self.services.targets.list_targets(self.actor).await?;
        let targets = targets.into_iter().map(|target| TargetSummary { name: target.name, url: target.url });
        Ok(Targets { targets: targets.collect() })
    }

    pub async fn targets_add_target(&self, request: AddTarget) -> AppResult<TargetStatus> {
        let AddTarget { name, url, token, trust_key } = request;
        let token = Secret::new(token.0);
        let status = self.services.targets.add_target(self.actor, &name, &url, token, trust_key).await?;
        Ok(target_status(name, status))
    }

    pub async fn targets_remove_target(&self, request: TargetName) -> AppResult<Nothing> {
        self.services.targets.remove_target(self.actor, &request.target).await?;
        Ok(Nothing {})
    }

    /// A target that cannot be reached is an answer: the studio shows it beside the others. An unknown one is refused.
    pub async fn targets_get_status(&self, request: TargetName) -> AppResult<TargetStatus> {
        match self.services.targets.get_status(self.actor, &request.target).await {
            Ok(status) => Ok(target_status(request.target, status)),
            Err(error) => match error.refusal() {
                Some(refusal) if !["target/not-found", "actor/not-allowed"].contains(&refusal.code.as_str()) => {
                    Ok(TargetStatus {
                        target: request.target,
                        ok: false,
                        problem: Some(refusal.title.clone()),
                        release: None,
                        state: String::new(),
                        deployments: Vec::new(),
                        entities: Vec::new(),
                    })
                }
                _ => Err(error),
            },
        }
    }

    pub async fn publish_make_plan(&self, request: MakePlan) -> AppResult<Plan> {
        let MakePlan { target, release } = request;
        let made = self.services.publisher.make_plan(self.actor, &target, release.as_deref()).await?;
        let change = |change: maq_app::PlannedChange| PlanChange {
            kind: change.kind,
            entity: change.entity,
            member: change.member,
            summary: change.summary,
            supported: change.supported,
        };
        Ok(Plan {
            digest: made.plan.digest,
            target: made.target,
            release: made.release.digest,
            release_number: made.release.number,
            state: made.plan.state,
            empty: made.plan.empty,
            changes: made.plan.changes.into_iter().map(change).collect(),
            ddl: made.plan.ddl,
            findings: made.plan.findings,
        })
    }

    pub async fn publish_apply_plan(&self, request: ApplyPlan) -> AppResult<PublishResult> {
        let ApplyPlan { target, release, plan, with_data } = request;
        let request = ApplyRequest { target, release, plan, with_data };
        self.services.publisher.apply_plan(self.actor, request, &self.job()).await.map(published)
    }

    pub async fn publish_roll_back(&self, request: TargetName) -> AppResult<PublishResult> {
        self.services.publisher.roll_back(self.actor, &request.target).await.map(published)
    }

    async fn local_release(&self) -> AppResult<Option<String>> {
        Ok(self.services.deployer.status(self.actor).await?.release)
    }
}

fn summary(release: ReleaseRow, local: Option<&str>) -> ReleaseSummary {
    let running_on = if local == Some(release.digest.as_str()) { vec![maq_app::LOCAL.to_owned()] } else { Vec::new() };
    ReleaseSummary {
        digest: release.digest,
        number: release.number,
        label: release.label,
        versions: release.versions.into_iter().map(|(entity, version)| ReleaseVersion { entity, version }).collect(),
        key_id: release.key_id,
        created_at: release.created_at.to_string(),
        created_by: release.created_by,
        running_on,
    }
}

fn deployment(deployment: maq_app::Deployment) -> DeploymentSummary {
    DeploymentSummary {
        id: deployment.id,
        release: deployment.release,
        release_number: deployment.release_number,
        direction: deployment.direction,
        at: deployment.at.to_string(),
        by: deployment.by,
    }
}

fn target_status(target: String, status: DeployStatus) -> TargetStatus {
    let entity = |entity: maq_app::ServedEntity| TargetEntity { name: entity.name, version: entity.version };
    TargetStatus {
        target,
        ok: true,
        problem: None,
        release: status.release,
        state: status.state,
        deployments: status.deployments.into_iter().map(deployment).collect(),
        entities: status.entities.into_iter().map(entity).collect(),
    }
}

fn published(outcome: PublishOutcome) -> PublishResult {
    PublishResult { deployment: outcome.deployment.map(deployment), rows: outcome.rows }
}
