//! The factory: creates the services in their order of dependence and wires them.

use crate::access::AccessCache;
use crate::active::ActiveCache;
use crate::compiler::CompilerCache;
use crate::listener::{Listener, Stale};
use crate::workspace::Memory;
use crate::{
    Access, AppError, AppResult, AuditLog, Clock, Compiler, DataApi, Deployer, Events, IdSource, Importer, MetaStore,
    Outbox, PolicyGate, PolicyStudio, Publisher, Registry, Releases, Roles, SourceOpener, TargetConnector, Targets,
    Workspace,
};
use maq_audit::{AuditEvent, Outcome};
use maq_keychain::SecretStore;
use maq_query::{Dialect, PackedRows, SqlValue, Statement, decisions};
use maq_store::{Receipt, Rows, Store, StoreKind, UnitOfWork};
use maq_value::{Actor, Instant, Principal, Scope};
use serde_json::Value as Json;
use std::sync::Arc;
use std::time::Duration;

/// Everything the services need from outside.
pub struct Parts {
    /// The store of the workspace or server.
    pub store: Arc<dyn Store>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Draws ids.
    pub ids: Arc<dyn IdSource>,
    /// Keeps keys and tokens.
    pub secrets: Arc<dyn SecretStore>,
    /// Opens foreign databases.
    pub sources: Arc<dyn SourceOpener>,
    /// Connects to servers.
    pub targets: Arc<dyn TargetConnector>,
    /// Settings.
    pub options: Options,
}

/// Settings of the services.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long a compiled model stays in the cache.
    pub cache_ttl: Duration,
    /// Whether compiled models are cached at all.
    pub enable_cache: bool,
    /// Whether every change of a record leaves an event in the outbox.
    pub outbox: bool,
    /// What is kept of decisions.
    pub decisions: DecisionOptions,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            cache_ttl: Duration::from_secs(3600),
            enable_cache: true,
            outbox: false,
            decisions: DecisionOptions::default(),
        }
    }
}

/// What is kept of decisions in a server's log.
#[derive(Debug, Clone)]
pub struct DecisionOptions {
    /// Of a thousand allows so many are kept; denials all are.
    pub allows_per_mille: u16,
    /// Entries of each tenant and realm that are kept.
    pub kept: u32,
    /// Days that an entry is kept.
    pub days: u32,
    /// Entries that may wait to be written.
    pub waiting: usize,
}

impl Default for DecisionOptions {
    fn default() -> Self {
        DecisionOptions { allows_per_mille: 10, kept: 100_000, days: 30, waiting: crate::WAITING_DECISIONS }
    }
}

/// The services, wired. Cloning is cheap.
#[derive(Clone)]
pub struct Services {
    /// Entities and versions.
    pub registry: Registry,
    /// Versions into models, cached.
    pub compiler: Compiler,
    /// May a principal do this?
    pub policy_gate: PolicyGate,
    /// The roles of drafts.
    pub roles: Roles,
    /// The policies of drafts.
    pub policy_studio: PolicyStudio,
    /// The audit log.
    pub audit_log: AuditLog,
    /// Records.
    pub data: DataApi,
    /// Entity, version and model in one step.
    pub meta_store: MetaStore,
    /// Drafts, edits, undo.
    pub workspace: Workspace,
    /// Foreign databases into documents and rows.
    pub importer: Importer,
    /// Frozen, signed sets of versions.
    pub releases: Releases,
    /// Places to publish to.
    pub targets: Targets,
    /// Plans and applies on targets.
    pub publisher: Publisher,
    /// Applies releases on this store.
    pub deployer: Deployer,
    /// Tokens, keys, tenants.
    pub access: Access,
    /// Events of changes, for whoever relays them.
    pub outbox: Outbox,
    /// What changed.
    pub events: Events,
    inner: Arc<Inner>,
}

/// Health of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Well.
    pub healthy: bool,
    /// What is wrong, or what was checked.
    pub message: String,
}

/// What all services share.
pub(crate) struct Inner {
    pub store: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
    pub secrets: Arc<dyn SecretStore>,
    pub sources: Arc<dyn SourceOpener>,
    pub connector: Arc<dyn TargetConnector>,
    pub options: Options,
    /// What the store drew when it was made: never told, never written anywhere else.
    pub mask_secret: String,
    pub events: Events,
    pub compiled: CompilerCache,
    pub active: ActiveCache,
    pub access: AccessCache,
    /// The drafts as they stand; one change at a time.
    pub memory: tokio::sync::Mutex<Memory>,
    /// What of `memory` other processes made stale.
    pub stale: Stale,
    /// One deployment at a time.
    pub deploying: Arc<tokio::sync::Mutex<()>>,
}

/// Creates the services over `parts` and reads the workspace's drafts.
///
/// # Errors
/// Faults of the store; a draft that cannot be read is a finding later, not an error here.
pub async fn create_services(parts: Parts) -> AppResult<Services> {
    let Parts { store, clock, ids, secrets, sources, targets, options } = parts;
    let memory = Memory::load(&*store).await?;
    let mask_secret = mask_secret(&*store).await?;
    let inner = Arc::new(Inner {
        store,
        clock,
        ids,
        secrets,
        sources,
        connector: targets,
        options,
        mask_secret,
        events: Events::default(),
        compiled: CompilerCache::default(),
        active: ActiveCache::default(),
        access: AccessCache::default(),
        memory: tokio::sync::Mutex::new(memory),
        stale: Stale::default(),
        deploying: Arc::default(),
    });
    inner.store.on_change(Arc::new(Listener::new(&inner)));
    // What was committed between reading the drafts and listening is read before the first use.
    inner.stale.everything();
    let compiler = Compiler::new(inner.clone());
    let audit_log = AuditLog::new(inner.clone());
    let deployer = Deployer::new(inner.clone());
    let releases = Releases::new(inner.clone());
    let workspace = Workspace::new(inner.clone());
    let policy_gate = PolicyGate::new(inner.clone());
    let registry = Registry::new(inner.clone(), workspace.clone(), releases.clone(), deployer.clone());
    let targets = Targets::new(inner.clone(), deployer.clone(), releases.clone());
    let publisher = Publisher::new(inner.clone(), targets.clone(), releases.clone());
    Ok(Services {
        data: DataApi::new(inner.clone(), policy_gate.clone()),
        meta_store: MetaStore::new(registry.clone(), compiler.clone()),
        importer: Importer::new(inner.clone(), workspace.clone(), releases.clone(), deployer.clone()),
        access: Access::new(inner.clone()),
        outbox: Outbox::new(inner.clone()),
        events: inner.events.clone(),
        registry,
        compiler,
        policy_gate,
        roles: Roles::new(inner.clone()),
        policy_studio: PolicyStudio::new(inner.clone()),
        audit_log,
        workspace,
        releases,
        targets,
        publisher,
        deployer,
        inner,
    })
}

/// What hashes in place of values are made with.
async fn mask_secret(store: &dyn Store) -> AppResult<String> {
    let rows = store.read(decisions::secret("mask", store.dialect())).await?;
    let secret = rows.0.first().and_then(|row| row.first()).and_then(SqlValue::as_text);
    secret.map(str::to_owned).ok_or_else(|| AppError::fault("the store has lost its secret for masks"))
}

impl Services {
    /// Health of every service, by name.
    pub async fn health(&self) -> Vec<(&'static str, Health)> {
        vec![
            ("registry", self.registry.check_health().await),
            ("compiler", self.compiler.check_health().await),
            ("policy", self.policy_gate.check_health().await),
            ("audit", self.audit_log.check_health().await),
            ("records", self.data.check_health().await),
            ("meta", self.meta_store.check_health().await),
        ]
    }

    /// What the store was made for.
    pub fn kind(&self) -> StoreKind {
        self.inner.store.info().kind
    }

    /// Where the store is, without secrets.
    pub fn location(&self) -> &str {
        &self.inner.store.info().location
    }

    /// Where secrets are kept, for people.
    pub fn secrets_kept_in(&self) -> String {
        self.inner.secrets.describe()
    }

    /// Whether secrets can be kept here, by asking for one that is not there; what to do when they cannot.
    ///
    /// # Errors
    /// `secrets/unavailable`.
    pub async fn check_secrets(&self) -> AppResult<()> {
        let asked = self.inner.secrets.get("probe").await;
        asked
            .map(drop)
            .map_err(|error| crate::refusals::SECRETS.with(&[("reason", &error.to_string()), ("help", &error.help())]))
    }

    /// Whether whoever reads the place of the secrets reads them.
    pub fn secrets_in_plain_text(&self) -> bool {
        self.inner.secrets.is_plain_text()
    }

    /// Everything an integrity check of the store finds wrong; empty is well.
    ///
    /// # Errors
    /// Faults of the store.
    pub async fn integrity(&self) -> AppResult<Vec<String>> {
        Ok(self.inner.store.integrity().await?)
    }

    /// Finishes what is under way and closes the store.
    pub async fn close(&self) {
        // The store's fault is in the log; when tokens were last used is not worth more.
        let _ = self.access.write_uses().await;
        self.policy_gate.close_log().await;
        self.inner.store.close().await;
    }
}

/// What an audit event says besides who and when.
pub(crate) struct Act<'a> {
    pub event_type: &'a str,
    pub action: &'a str,
    pub resource: &'a str,
    pub details: Option<Json>,
}

impl Inner {
    pub fn dialect(&self) -> Dialect {
        self.store.dialect()
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    pub fn id(&self, prefix: &str) -> String {
        maq_doc::ids::id_from(prefix, self.ids.uuid())
    }

    /// The drafts, with what other processes did as far as we were told.
    ///
    /// # Errors
    /// Faults of the store.
    pub async fn drafts(&self) -> AppResult<tokio::sync::MutexGuard<'_, Memory>> {
        let mut memory = self.memory.lock().await;
        self.stale.refresh(&mut memory, &*self.store).await?;
        Ok(memory)
    }

    /// What other processes must hear of a change of records: the studios over a workspace. A server's records change
    /// too often, and telling would put one commit after the other.
    pub fn record_topics(&self) -> Vec<&'static str> {
        match self.store.info().kind {
            StoreKind::Workspace => vec!["records"],
            StoreKind::Server => Vec::new(),
        }
    }

    pub async fn read(&self, statement: Statement) -> AppResult<Rows> {
        Ok(self.store.read(statement).await?)
    }

    pub async fn read_packed(&self, statement: Statement) -> AppResult<PackedRows> {
        Ok(self.store.read_packed(statement).await?)
    }

    /// The first cell of the first row as a whole number; 0 without rows.
    pub async fn read_count(&self, statement: Statement) -> AppResult<i64> {
        let rows = self.read(statement).await?;
        Ok(rows.0.first().and_then(|row| row.first()).and_then(SqlValue::as_integer).unwrap_or_default())
    }

    pub async fn commit(&self, work: UnitOfWork) -> AppResult<Receipt> {
        Ok(self.store.commit(work).await?)
    }

    /// An audit event of an actor, in the default tenant's chain.
    pub fn audit_actor(&self, actor: &Actor, act: Act<'_>) -> AuditEvent {
        self.audit(&actor.user_id, Scope::default(), act, Outcome::Success, None)
    }

    /// An audit event of a principal, in its tenant's chain.
    pub fn audit_principal(&self, principal: &Principal, act: Act<'_>) -> AuditEvent {
        self.audit(&principal.user_id, principal.scope(), act, Outcome::Success, None)
    }

    pub fn audit(
        &self,
        user_id: &str,
        scope: Scope,
        act: Act<'_>,
        result: Outcome,
        error_message: Option<String>,
    ) -> AuditEvent {
        let timestamp = self.now();
        AuditEvent {
            event_id: format!("evt_{}_{}", timestamp.millis(), hex::encode(self.ids.random(8))),
            event_type: act.event_type.to_owned(),
            timestamp,
            user_id: user_id.to_owned(),
            scope,
            action: act.action.to_owned(),
            resource: act.resource.to_owned(),
            details: act.details,
            salt: hex::encode(self.ids.random(16)),
            result,
            error_message,
        }
    }

    /// Health by one cheap read.
    pub async fn probe(&self, statement: Statement, what: &str) -> Health {
        match self.store.read(statement).await {
            Ok(_) => Health { healthy: true, message: format!("{what} answers") },
            Err(error) => {
                // Whoever asks need not have a token: where the store is and what it says is for the log.
                tracing::warn!(%error, "{what} does not answer");
                let error = AppError::from(error);
                let words = error.refusal().map_or("something failed inside", |refusal| &refusal.title);
                Health { healthy: false, message: format!("{what}: {words}") }
            }
        }
    }
}

/// Does `work` to its end, even when whoever waits for it goes away: what follows a commit must follow it.
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = AppResult<T>> + Send + 'static,
) -> AppResult<T> {
    tokio::spawn(work).await.map_err(AppError::fault)?
}
