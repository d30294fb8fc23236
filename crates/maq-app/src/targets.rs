//! Targets: the built-in `local`, and servers with an address and an admin token kept among the secrets.

use crate::authorise::{Permission, authorise};
use crate::cells::Cells;
use crate::error::refusals;
use crate::services::{Act, Inner};
use crate::{
    AppError, AppResult, DeployPlan, DeployStatus, Deployer, Deployment, LoadBatch, LoadPhase, LoadPosition, Releases,
    TargetClient,
};
use async_trait::async_trait;
use maq_keychain::{KeychainError, Secret};
use maq_query::meta;
use maq_store::UnitOfWork;
use maq_value::Actor;
use serde_json::json;
use std::sync::Arc;

/// The built-in target: this store itself.
pub const LOCAL: &str = "local";

/// A target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetRow {
    /// Its id; its token is kept under it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its address; empty for `local`.
    pub url: String,
}

/// Places to publish to.
#[derive(Clone)]
pub struct Targets {
    inner: Arc<Inner>,
    deployer: Deployer,
    releases: Releases,
}

impl Targets {
    pub(crate) fn new(inner: Arc<Inner>, deployer: Deployer, releases: Releases) -> Targets {
        Targets { inner, deployer, releases }
    }

    /// All targets, `local` first.
    ///
    /// # Errors
    /// Faults.
    pub async fn list_targets(&self, actor: &Actor) -> AppResult<Vec<TargetRow>> {
        authorise(actor, Permission::View)?;
        let mut targets = vec![TargetRow { id: LOCAL.into(), name: LOCAL.into(), url: String::new() }];
        targets.extend(self.servers().await?);
        Ok(targets)
    }

    /// Adds a server after asking it for its state with the token; with `trust_key` it also learns this workspace's
    /// public key. The token goes to the secrets and nowhere else.
    ///
    /// # Errors
    /// `target/exists`, `target/name-wrong`, `target/unreachable`, `auth/token-invalid`.
    pub async fn add_target(
        &self,
        actor: &Actor,
        name: &str,
        url: &str,
        token: Secret,
        trust_key: bool,
    ) -> AppResult<DeployStatus> {
        authorise(actor, Permission::Administer)?;
        let usable = !name.is_empty()
            && name != LOCAL
            && name.len() <= 48
            && name.chars().all(|character| character.is_ascii_alphanumeric() || "-_".contains(character));
        if !usable {
            return Err(refusals::TARGET_NAME_WRONG.with(&[("name", name)]));
        }
        if self.servers().await?.iter().any(|target| target.name == name) {
            return Err(refusals::TARGET_EXISTS.with(&[("name", name)]));
        }
        let url = url.trim_end_matches('/');
        let client = self.inner.connector.connect(url, &token).await?;
        let status = client.status().await?;
        if trust_key {
            client.trust_key(&self.releases.public_key().await?).await?;
        }
        let id = self.inner.id("tgt");
        self.inner.secrets.set(&secret_name(&id), token).await.map_err(|error| secrets_unavailable(&error))?;
        let now = self.inner.now().0;
        let statement = meta::insert_target(self.inner.dialect(), id, name, url, now, actor.user_id.as_str());
        self.administer(actor, statement, ("target.add", "add"), name).await?;
        Ok(status)
    }

    /// Removes a server and its token.
    ///
    /// # Errors
    /// `target/not-found`.
    pub async fn remove_target(&self, actor: &Actor, name: &str) -> AppResult<()> {
        authorise(actor, Permission::Administer)?;
        let target = self.server(name).await?;
        let statement = meta::delete_target(self.inner.dialect(), target.id.as_str());
        self.administer(actor, statement, ("target.remove", "remove"), name).await?;
        self.inner.secrets.delete(&secret_name(&target.id)).await.map_err(|error| secrets_unavailable(&error))
    }

    /// What a target says of itself.
    ///
    /// # Errors
    /// `target/not-found`, `target/unreachable`, `auth/token-invalid`.
    pub async fn get_status(&self, actor: &Actor, name: &str) -> AppResult<DeployStatus> {
        self.client(actor, name).await?.status().await
    }

    /// A client of the target.
    pub(crate) async fn client(&self, actor: &Actor, name: &str) -> AppResult<Arc<dyn TargetClient>> {
        if name == LOCAL {
            return Ok(Arc::new(LocalClient { deployer: self.deployer.clone(), actor: actor.clone() }));
        }
        let target = self.server(name).await?;
        let kept =
            self.inner.secrets.get(&secret_name(&target.id)).await.map_err(|error| secrets_unavailable(&error))?;
        let token = kept.ok_or_else(|| refusals::TARGET_NO_TOKEN.with(&[("name", name)]))?;
        self.inner.connector.connect(&target.url, &token).await
    }

    async fn servers(&self) -> AppResult<Vec<TargetRow>> {
        let rows = self.inner.read(meta::list_targets(self.inner.dialect())).await?;
        let row = |row: &Vec<maq_query::SqlValue>| {
            let cells = Cells(row);
            TargetRow { id: cells.text(0), name: cells.text(1), url: cells.text(2) }
        };
        Ok(rows.0.iter().map(row).collect())
    }

    async fn server(&self, name: &str) -> AppResult<TargetRow> {
        let found = self.servers().await?.into_iter().find(|target| target.name == name);
        found.ok_or_else(|| refusals::TARGET_NOT_FOUND.with(&[("name", name)]))
    }

    async fn administer(
        &self,
        actor: &Actor,
        statement: maq_query::Statement,
        (event_type, action): (&str, &str),
        name: &str,
    ) -> AppResult<()> {
        let mut work = UnitOfWork::of([statement]);
        let details = Some(json!({"target": name}));
        work.audit.push(self.inner.audit_actor(actor, Act { event_type, action, resource: name, details }));
        self.inner.commit(work).await?;
        self.inner.events.changed(&["targets", "audit"]);
        Ok(())
    }
}

/// The key goes by the target's id, never its address, so that a rename keeps the secret.
fn secret_name(id: &str) -> String {
    format!("target/{id}")
}

fn secrets_unavailable(error: &KeychainError) -> AppError {
    refusals::SECRETS.with(&[("reason", &error.to_string()), ("help", &error.help())])
}

/// `local`: the same deployer a server runs, without a wire between.
struct LocalClient {
    deployer: Deployer,
    actor: Actor,
}

#[async_trait]
impl TargetClient for LocalClient {
    async fn status(&self) -> AppResult<DeployStatus> {
        self.deployer.status(&self.actor).await
    }

    async fn plan(&self, envelope: &str) -> AppResult<DeployPlan> {
        self.deployer.plan(&self.actor, envelope).await
    }

    async fn apply(&self, envelope: &str, plan_digest: &str) -> AppResult<Option<Deployment>> {
        self.deployer.apply(&self.actor, envelope, plan_digest).await
    }

    async fn roll_back(&self) -> AppResult<Deployment> {
        self.deployer.roll_back(&self.actor).await
    }

    async fn trust_key(&self, _public_key: &str) -> AppResult<()> {
        // Signing keys of the workspace are trusted here as they are made.
        Ok(())
    }

    async fn load_position(&self, release: &str, entity: &str, phase: LoadPhase) -> AppResult<LoadPosition> {
        self.deployer.load_position(&self.actor, release, entity, phase).await
    }

    async fn load(&self, batch: LoadBatch) -> AppResult<LoadPosition> {
        self.deployer.load(&self.actor, batch).await
    }
}
