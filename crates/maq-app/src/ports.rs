//! What the use cases need from outside, besides the store.

use crate::{
    AppResult, DeployPlan, DeployStatus, Deployment, KeyRow, LoadBatch, LoadPosition, TenantRow, TokenFilter,
    TokenRequest, TokenRow,
};
use async_trait::async_trait;
use maq_keychain::Secret;
use maq_store::SourceReader;
use maq_store::source::SourceError;
use maq_value::{Instant, Uuid};
use std::sync::Arc;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Instant;
}

/// The machine's clock.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }
}

/// Draws ids and random bytes.
pub trait IdSource: Send + Sync {
    /// A UUID version 7: later ones sort later.
    fn uuid(&self) -> Uuid;

    /// Random bytes fit for secrets.
    fn random(&self, length: usize) -> Vec<u8>;
}

/// The machine's randomness.
#[derive(Debug, Default)]
pub struct SystemIds;

impl IdSource for SystemIds {
    fn uuid(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn random(&self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        rand::RngCore::fill_bytes(&mut rand::rngs::OsRng, &mut bytes);
        bytes
    }
}

/// Opens foreign databases for reading.
pub trait SourceOpener: Send + Sync {
    /// Opens what `location` names, read-only.
    fn open(&self, location: &str) -> Result<Arc<dyn SourceReader>, SourceError>;
}

/// Connects to the servers of targets.
#[async_trait]
pub trait TargetConnector: Send + Sync {
    /// A client of the server at `url`.
    async fn connect(&self, url: &str, token: &Secret) -> AppResult<Arc<dyn TargetClient>>;
}

/// What a publisher asks of a target: a server over HTTP, or the workspace's own store.
#[async_trait]
pub trait TargetClient: Send + Sync {
    /// What runs there.
    async fn status(&self) -> AppResult<DeployStatus>;

    /// What applying the signed release would do.
    async fn plan(&self, envelope: &str) -> AppResult<DeployPlan>;

    /// Applies exactly the plan that was reviewed; none when nothing had to change.
    async fn apply(&self, envelope: &str, plan_digest: &str) -> AppResult<Option<Deployment>>;

    /// Goes back to the release before.
    async fn roll_back(&self) -> AppResult<Deployment>;

    /// Trusts a publisher's public key (base64).
    async fn trust_key(&self, public_key: &str) -> AppResult<()>;

    /// The keys trusted there, revoked ones included.
    async fn list_keys(&self) -> AppResult<Vec<KeyRow>>;

    /// Trusts a key no longer.
    async fn revoke_key(&self, key_id: &str) -> AppResult<()>;

    /// The tokens that fit, without their secrets.
    async fn list_tokens(&self, filter: &TokenFilter) -> AppResult<Vec<TokenRow>>;

    /// Makes a token; its secret is answered once.
    async fn create_token(&self, request: TokenRequest) -> AppResult<(TokenRow, Secret)>;

    /// Gives a token a new secret; the old one opens for `grace` seconds more.
    async fn rotate_token(&self, id: &str, grace: u64) -> AppResult<(TokenRow, Secret)>;

    /// Ends a token at once.
    async fn revoke_token(&self, id: &str) -> AppResult<()>;

    /// The tenants there.
    async fn list_tenants(&self) -> AppResult<Vec<TenantRow>>;

    /// Adds a tenant.
    async fn add_tenant(&self, id: &str, name: Option<&str>) -> AppResult<TenantRow>;

    /// Suspends a tenant, or lets it work again.
    async fn suspend_tenant(&self, id: &str, suspended: bool) -> AppResult<TenantRow>;

    /// Gives a tenant another name.
    async fn rename_tenant(&self, id: &str, name: &str) -> AppResult<TenantRow>;

    /// How far a load came.
    async fn load_position(&self, release: &str, entity: &str, phase: crate::LoadPhase) -> AppResult<LoadPosition>;

    /// Loads a batch of rows; sending it twice changes nothing.
    async fn load(&self, batch: LoadBatch) -> AppResult<LoadPosition>;
}
