//! Targets: the built-in `local`, and servers with an address and an admin token kept among the secrets.

use crate::authorise::{Permission, authorise};
use crate::cells::Cells;
use crate::error::refusals;
use crate::services::{Act, Inner};
use crate::{
    Access, AppError, AppResult, DeployPlan, DeployStatus, Deployer, Deployment, KeyRow, LoadBatch, LoadPhase,
    LoadPosition, Releases, TargetClient, TenantRow, TokenFilter, TokenRequest, TokenRow,
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
        authorise(actor, Permission::View)?;
        self.client(actor, name).await?.status().await
    }

    /// A client of the target for its tokens, keys and tenants.
    ///
    /// # Errors
    /// `target/not-found`, `target/no-token`, `secrets/unavailable`.
    pub async fn administered(&self, actor: &Actor, name: &str) -> AppResult<Arc<dyn TargetClient>> {
        authorise(actor, Permission::Administer)?;
        self.client(actor, name).await
    }

    /// A client of the target.
    pub(crate) async fn client(&self, actor: &Actor, name: &str) -> AppResult<Arc<dyn TargetClient>> {
        if name == LOCAL {
            let access = Access::new(self.inner.clone());
            return Ok(Arc::new(LocalClient { deployer: self.deployer.clone(), access, actor: actor.clone() }));
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
        work.topics.push("targets");
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
    access: Access,
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

    async fn trust_key(&self, public_key: &str) -> AppResult<()> {
        self.access.trust_key(&self.actor, public_key).await.map(drop)
    }

    async fn list_keys(&self) -> AppResult<Vec<KeyRow>> {
        self.access.list_keys(&self.actor).await
    }

    async fn revoke_key(&self, key_id: &str) -> AppResult<()> {
        self.access.revoke_key(&self.actor, key_id).await
    }

    async fn list_tokens(&self, filter: &TokenFilter) -> AppResult<Vec<TokenRow>> {
        self.access.list_tokens(&self.actor, filter).await
    }

    async fn create_token(&self, request: TokenRequest) -> AppResult<(TokenRow, Secret)> {
        self.access.create_token(&self.actor, request).await
    }

    async fn rotate_token(&self, id: &str, grace: u64) -> AppResult<(TokenRow, Secret)> {
        self.access.rotate_token(&self.actor, id, grace).await
    }

    async fn revoke_token(&self, id: &str) -> AppResult<()> {
        self.access.revoke_token(&self.actor, id).await
    }

    async fn list_tenants(&self) -> AppResult<Vec<TenantRow>> {
        self.access.list_tenants(&self.actor).await
    }

    async fn add_tenant(&self, id: &str, name: Option<&str>) -> AppResult<TenantRow> {
        self.access.add_tenant(&self.actor, id, name).await
    }

    async fn suspend_tenant(&self, id: &str, suspended: bool) -> AppResult<TenantRow> {
        self.access.suspend_tenant(&self.actor, id, suspended).await
    }

    async fn rename_tenant(&self, id: &str, name: &str) -> AppResult<TenantRow> {
        self.access.rename_tenant(&self.actor, id, name).await
    }

    async fn load_position(&self, release: &str, entity: &str, phase: LoadPhase) -> AppResult<LoadPosition> {
        self.deployer.load_position(&self.actor, release, entity, phase).await
    }

    async fn load(&self, batch: LoadBatch) -> AppResult<LoadPosition> {
        self.deployer.load(&self.actor, batch).await
    }
}
