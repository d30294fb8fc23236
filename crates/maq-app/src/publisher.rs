//! Publishing: a release, a plan on a target, exactly that plan applied, rows streamed along, and the way back.

mod stream;

use crate::authorise::{Permission, authorise};
use crate::services::Inner;
use crate::targets::LOCAL;
use crate::{AppResult, DeployPlan, Deployment, Job, ReleaseRow, Releases, Targets};
use maq_value::Actor;
use std::sync::Arc;

/// A plan on a target.
#[derive(Debug, Clone)]
pub struct PublishPlan {
    /// The target's name.
    pub target: String,
    /// The release.
    pub release: ReleaseRow,
    /// What applying it would do.
    pub plan: DeployPlan,
}

/// Which plan to apply.
#[derive(Debug, Clone)]
pub struct ApplyRequest {
    /// The target's name.
    pub target: String,
    /// The release's digest.
    pub release: String,
    /// Digest of the plan that was reviewed.
    pub plan: String,
    /// Stream the rows of `local` too.
    pub with_data: bool,
}

/// What publishing came to.
#[derive(Debug, Clone)]
pub struct PublishOutcome {
    /// The deployment; none when nothing had to change.
    pub deployment: Option<Deployment>,
    /// Rows sent, or found there already.
    pub rows: u64,
}

/// Plans and applies on targets.
#[derive(Clone)]
pub struct Publisher {
    inner: Arc<Inner>,
    targets: Targets,
    releases: Releases,
}

impl Publisher {
    pub(crate) fn new(inner: Arc<Inner>, targets: Targets, releases: Releases) -> Publisher {
        Publisher { inner, targets, releases }
    }

    /// What publishing would do. Without a digest the drafts as they stand become the release.
    ///
    /// # Errors
    /// `publish/has-errors`, `publish/release-not-found`, `target/…`, `release/refused`.
    pub async fn make_plan(&self, actor: &Actor, target: &str, release: Option<&str>) -> AppResult<PublishPlan> {
        authorise(actor, Permission::Publish)?;
        let client = self.targets.client(actor, target).await?;
        let release = match release {
            Some(digest) => self.releases.get_release(actor, digest).await?,
            None => self.releases.make_release(actor, None).await?,
        };
        let plan = client.plan(&release.envelope).await?;
        Ok(PublishPlan { target: target.to_owned(), release, plan })
    }

    /// Applies the plan that was reviewed, then streams rows when asked. Publishing twice changes nothing.
    ///
    /// # Errors
    /// `publish/plan-stale`, `publish/plan-refused`, `publish/load-refused`, `target/…`.
    pub async fn apply_plan(&self, actor: &Actor, request: ApplyRequest, job: &Job) -> AppResult<PublishOutcome> {
        authorise(actor, Permission::Publish)?;
        let client = self.targets.client(actor, &request.target).await?;
        let release = self.releases.get_release(actor, &request.release).await?;
        let stream = request.with_data && request.target != LOCAL;
        if stream {
            self.refuse_other_local(&release).await?;
        }
        job.progress("apply", 0, None);
        let deployment = client.apply(&release.envelope, &request.plan).await?;
        let rows = if stream { self.stream_rows(&*client, &release, job).await? } else { 0 };
        self.inner.events.changed(&["targets"]);
        Ok(PublishOutcome { deployment, rows })
    }

    /// Goes back to the release that ran before.
    ///
    /// # Errors
    /// `publish/no-previous-release`, `target/…`.
    pub async fn roll_back(&self, actor: &Actor, target: &str) -> AppResult<PublishOutcome> {
        authorise(actor, Permission::Publish)?;
        let deployment = self.targets.client(actor, target).await?.roll_back().await?;
        self.inner.events.changed(&["targets"]);
        Ok(PublishOutcome { deployment: Some(deployment), rows: 0 })
    }
}
