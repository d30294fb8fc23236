//! Releases, targets, plans, deployments.

use maq_diag::Finding;

wire! {
    /// Freezes changed entities into versions and makes a signed release of all.
    pub struct MakeRelease {
        /// A word for people.
        pub label: Option<String>,
    }

    /// A release.
    pub struct ReleaseSummary {
        /// SHA-256 of its canonical form.
        pub digest: String,
        /// Number in this workspace.
        pub number: i64,
        /// A word for people.
        pub label: Option<String>,
        /// Entity versions in it, as `Invoice v2`.
        pub versions: Vec<ReleaseVersion>,
        /// The signing key's id.
        pub key_id: String,
        /// When, RFC 3339.
        pub created_at: String,
        /// Who.
        pub created_by: String,
        /// Names of targets it runs on, as far as this workspace knows.
        pub running_on: Vec<String>,
    }

    /// One entity's version in a release.
    pub struct ReleaseVersion {
        /// The entity.
        pub entity: String,
        /// `v1`, `v2`, ...
        pub version: String,
    }

    /// All releases.
    pub struct Releases {
        /// Newest first.
        pub releases: Vec<ReleaseSummary>,
    }

    /// A place to publish to.
    pub struct TargetSummary {
        /// Its name; `local` is built in.
        pub name: String,
        /// Its address; empty for `local`.
        pub url: String,
    }

    /// All targets.
    pub struct Targets {
        /// `local` first.
        pub targets: Vec<TargetSummary>,
    }

    /// Adds a target. The admin token goes to the keychain.
    pub struct AddTarget {
        /// Its name.
        pub name: String,
        /// `http://host:port` or `https://…`.
        pub url: String,
        /// The server's admin token; never answered again.
        pub token: crate::SecretText,
        /// Also register this workspace's signing key there as trusted.
        pub trust_key: bool,
    }

    /// Names a target.
    pub struct TargetName {
        /// Its name.
        pub target: String,
    }

    /// What a target says of itself.
    pub struct TargetStatus {
        /// Its name.
        pub target: String,
        /// Reachable and the token good.
        pub ok: bool,
        /// What is wrong, when not ok.
        pub problem: Option<String>,
        /// Release that runs there.
        pub release: Option<String>,
        /// Digest of its state, which a plan is made against.
        pub state: String,
        /// Deployments, newest first.
        pub deployments: Vec<DeploymentSummary>,
        /// Entities served there, with version and record count.
        pub entities: Vec<TargetEntity>,
    }

    /// An entity on a target.
    pub struct TargetEntity {
        /// Its name.
        pub name: String,
        /// Its active version.
        pub version: String,
    }

    /// A deployment.
    pub struct DeploymentSummary {
        /// Its id.
        pub id: String,
        /// The release.
        pub release: String,
        /// The release's number.
        pub release_number: i64,
        /// `apply` or `rollback`.
        pub direction: String,
        /// When, RFC 3339.
        pub at: String,
        /// Who.
        pub by: String,
    }

    /// Asks for a plan.
    pub struct MakePlan {
        /// The target's name.
        pub target: String,
        /// The release's digest; when absent, a release is made of the drafts as they stand if they changed.
        pub release: Option<String>,
    }

    /// What applying a release to a target would do.
    pub struct Plan {
        /// Digest over everything below; apply takes it.
        pub digest: String,
        /// The target.
        pub target: String,
        /// The release.
        pub release: String,
        /// Its number.
        pub release_number: i64,
        /// State of the target the plan was made against.
        pub state: String,
        /// True when nothing would change.
        pub empty: bool,
        /// Changes, classified.
        pub changes: Vec<PlanChange>,
        /// DDL as it will run.
        pub ddl: Vec<String>,
        /// Errors here (`publish/change-needs-evolution`, …) keep it from being applied.
        pub findings: Vec<Finding>,
    }

    /// One change of a plan.
    pub struct PlanChange {
        /// `createEntity`, `addField`, `addIndex`, `widenField`, `renameField`, `renameEntity`, `changePolicies`, ...
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

    /// Applies the plan that was reviewed.
    pub struct ApplyPlan {
        /// The target's name.
        pub target: String,
        /// The release's digest.
        pub release: String,
        /// The plan's digest; refused when the target moved since.
        pub plan: String,
        /// Stream the rows of `local` too.
        pub with_data: bool,
    }

    /// What an apply or rollback came to.
    pub struct PublishResult {
        /// The deployment; none when nothing had to change.
        pub deployment: Option<DeploymentSummary>,
        /// Rows sent (or found there already) with the release.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub rows: u64,
    }
}
