//! Releases: drafts frozen into versions, versions bound into a signed, content-addressed bundle.

use crate::authorise::{Permission, authorise};
use crate::cells::Cells;
use crate::error::refusals;
use crate::roles::{bundle_roles, running_roles};
use crate::services::{Act, Inner};
use crate::{AppError, AppResult, VersionRow};
use maq_diag::Finding;
use maq_doc::{Document, digest};
use maq_keychain::Secret;
use maq_query::{SqlValue, Statement, meta};
use maq_release::{BundleEntity, ReleaseBundle, SigningKey, sign};
use maq_store::UnitOfWork;
use maq_value::{Actor, Instant};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;

/// Name of the signing key among the secrets.
const SIGNING_KEY: &str = "signing-key";

/// A release.
#[derive(Debug, Clone)]
pub struct ReleaseRow {
    /// SHA-256 of its canonical form.
    pub digest: String,
    /// Number in this store.
    pub number: i64,
    /// A word for people.
    pub label: Option<String>,
    /// Entity and version of everything in it, by name.
    pub versions: Vec<(String, String)>,
    /// The DSSE envelope.
    pub envelope: String,
    /// The signing key's id.
    pub key_id: String,
    /// When.
    pub created_at: Instant,
    /// Who.
    pub created_by: String,
}

/// Frozen, signed sets of versions.
#[derive(Clone)]
pub struct Releases {
    inner: Arc<Inner>,
}

/// A release that is composed but not stored: the writes that freeze its versions and keep it.
pub(crate) struct Composed {
    pub bundle: ReleaseBundle,
    pub digest: String,
    pub envelope: String,
    /// Entities, versions, key and release; empty when the release is there already.
    pub statements: Vec<Statement>,
    /// Versions that are new.
    pub frozen: Vec<String>,
}

impl Releases {
    pub(crate) fn new(inner: Arc<Inner>) -> Releases {
        Releases { inner }
    }

    /// Freezes every draft entity that changed into a new version and binds all into a signed release. The same
    /// content is the same release: making it again answers the one that is there.
    ///
    /// # Errors
    /// `publish/has-errors` with the findings, `publish/nothing-to-release`, `secrets/unavailable`.
    pub async fn make_release(&self, actor: &Actor, label: Option<&str>) -> AppResult<ReleaseRow> {
        authorise(actor, Permission::Publish)?;
        let memory = self.inner.drafts().await?;
        let findings = memory.freeze_findings();
        if findings.iter().any(Finding::is_error) {
            return Err(refusals::CHECK_FAILED.with(&[]).with_findings(findings));
        }
        let composed = self.compose(actor, &memory.documents(), label).await?;
        let digest = composed.digest.clone();
        self.store(actor, composed).await?;
        drop(memory);
        self.release(&digest).await
    }

    /// All releases, newest first.
    ///
    /// # Errors
    /// Faults.
    pub async fn list_releases(&self, actor: &Actor) -> AppResult<Vec<ReleaseRow>> {
        authorise(actor, Permission::View)?;
        let rows = self.inner.read(meta::list_releases(self.inner.dialect())).await?;
        Ok(rows.0.iter().map(|row| release_row(row)).collect())
    }

    /// The release of this digest, or of a digest that begins so.
    ///
    /// # Errors
    /// `publish/release-not-found`.
    pub async fn get_release(&self, actor: &Actor, digest: &str) -> AppResult<ReleaseRow> {
        let all = self.list_releases(actor).await?;
        let mut fitting = all.into_iter().filter(|row| !digest.is_empty() && row.digest.starts_with(digest));
        match (fitting.next(), fitting.next()) {
            (Some(row), None) => Ok(row),
            _ => Err(refusals::RELEASE_NOT_FOUND.with(&[("digest", digest)])),
        }
    }

    /// The public half of the signing key in base64; made on first use.
    ///
    /// # Errors
    /// `secrets/unavailable`.
    pub(crate) async fn public_key(&self) -> AppResult<String> {
        Ok(self.signing_key().await?.public().to_base64())
    }

    /// A release of exactly these versions, stored.
    pub(crate) async fn release_of(
        &self,
        actor: &Actor,
        versions: &[VersionRow],
        label: Option<&str>,
    ) -> AppResult<Composed> {
        let mut entities = Vec::with_capacity(versions.len());
        for version in versions {
            let id = version.schema.get("id").and_then(|id| id.as_str()).unwrap_or_default();
            entities.push(BundleEntity {
                id: id.to_owned(),
                name: version.entity.clone(),
                version: version.version.clone(),
                digest: version.schema_hash.clone(),
                document: version.schema.clone(),
            });
        }
        // A version is activated alone; the roles are those of the release that runs here.
        let roles = running_roles(&self.inner).await?.roles;
        let bundle = ReleaseBundle::new(entities).with_roles(roles);
        self.sign_bundle(actor, bundle, Vec::new(), Vec::new(), label).await
    }

    /// Composes the release of these documents: which versions are new, the bundle, its signature, the writes.
    pub(crate) async fn compose(
        &self,
        actor: &Actor,
        documents: &[Arc<Document>],
        label: Option<&str>,
    ) -> AppResult<Composed> {
        let dialect = self.inner.dialect();
        let now = self.inner.now().0;
        let by = actor.user_id.as_str();
        let registered = self.registered().await?;
        let mut history: HashMap<String, Vec<(String, String)>> = HashMap::new();
        for row in self.inner.read(meta::version_hashes(dialect)).await?.0 {
            let cells = Cells(&row);
            history.entry(cells.text(0)).or_default().push((cells.text(1), cells.text(2)));
        }
        let (mut parked, mut statements, mut frozen, mut entities) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for entity in documents.iter().filter_map(|document| document.as_entity()) {
            let json = Document::Entity(entity.clone()).to_json();
            let hash = digest(&json).to_string();
            let registered_name = registered.get(&entity.id);
            if registered_name.is_some_and(|name| *name != entity.name) {
                parked.push(meta::park_versions(dialect, entity.id.as_str()));
                parked.push(meta::park_entity(dialect, entity.id.as_str()));
            }
            statements.push(meta::upsert_entity(
                dialect,
                entity.id.as_str(),
                entity.name.as_str(),
                entity.description.as_deref(),
                now,
                by,
            ));
            statements.push(meta::unpark_versions(dialect, entity.id.as_str(), entity.name.as_str()));
            let past = registered_name.and_then(|name| history.get(name)).map(Vec::as_slice).unwrap_or_default();
            let version = match past.iter().rev().find(|(_, known)| *known == hash) {
                Some((version, _)) => version.clone(),
                None => {
                    let taken = |name: &str| past.iter().any(|(version, _)| version == name);
                    let next = (past.len() + 1..).map(|number| format!("v{number}")).find(|name| !taken(name));
                    frozen.push(entity.name.clone());
                    next.unwrap_or_default()
                }
            };
            statements.push(meta::upsert_released_version(
                dialect,
                self.inner.id("ver"),
                entity.name.as_str(),
                version.as_str(),
                json.to_string(),
                hash.as_str(),
                now,
                by,
            ));
            entities.push(BundleEntity {
                id: entity.id.clone(),
                name: entity.name.clone(),
                version,
                digest: hash,
                document: json,
            });
        }
        if entities.is_empty() {
            return Err(refusals::NOTHING_TO_RELEASE.with(&[]));
        }
        parked.append(&mut statements);
        let bundle = ReleaseBundle::new(entities).with_roles(bundle_roles(documents));
        self.sign_bundle(actor, bundle, parked, frozen, label).await
    }

    async fn sign_bundle(
        &self,
        actor: &Actor,
        bundle: ReleaseBundle,
        mut statements: Vec<Statement>,
        frozen: Vec<String>,
        label: Option<&str>,
    ) -> AppResult<Composed> {
        let dialect = self.inner.dialect();
        let digest = bundle.digest().to_string();
        let there = self.inner.read(meta::release_by_digest(dialect, digest.as_str())).await?;
        if let Some(row) = there.0.first() {
            let row = release_row(row);
            return Ok(Composed { bundle, digest, envelope: row.envelope, statements: Vec::new(), frozen: Vec::new() });
        }
        let key = self.signing_key().await?;
        let now = self.inner.now().0;
        let by = actor.user_id.as_str();
        let envelope = sign(&bundle, &key).to_json();
        let key_id = key.key_id();
        statements.push(meta::trust_key(dialect, key_id.as_str(), key.public().to_base64(), now, by));
        statements.push(meta::insert_release(dialect, digest.as_str(), label, envelope.as_str(), key_id, now, by));
        Ok(Composed { bundle, digest, envelope, statements, frozen })
    }

    async fn store(&self, actor: &Actor, composed: Composed) -> AppResult<()> {
        if composed.statements.is_empty() {
            return Ok(());
        }
        let event = self.inner.audit_actor(
            actor,
            Act {
                event_type: "publish.release.create",
                action: "release",
                resource: &composed.digest,
                details: Some(json!({"frozen": composed.frozen, "entities": composed.bundle.entities.len(), "roles": composed.bundle.roles.len()})),
            },
        );
        let mut work = UnitOfWork::of(composed.statements);
        work.audit.push(event);
        work.topics.push("releases");
        self.inner.commit(work).await?;
        self.inner.events.changed(&["releases", "audit"]);
        Ok(())
    }

    async fn release(&self, digest: &str) -> AppResult<ReleaseRow> {
        let rows = self.inner.read(meta::release_by_digest(self.inner.dialect(), digest)).await?;
        let row = rows.0.first().map(|row| release_row(row));
        row.ok_or_else(|| refusals::RELEASE_NOT_FOUND.with(&[("digest", digest)]))
    }

    /// Name by id of every registered entity.
    async fn registered(&self) -> AppResult<HashMap<String, String>> {
        let rows = self.inner.read(meta::list_entities(self.inner.dialect(), i64::MAX, 0)).await?;
        Ok(rows.0.iter().map(|row| (Cells(row).text(0), Cells(row).text(1))).collect())
    }

    pub(crate) async fn signing_key(&self) -> AppResult<SigningKey> {
        let unavailable = |error: maq_keychain::KeychainError| {
            refusals::SECRETS.with(&[("reason", &error.to_string()), ("help", &error.help())])
        };
        if let Some(secret) = self.inner.secrets.get(SIGNING_KEY).await.map_err(unavailable)? {
            return SigningKey::from_secret(secret.expose())
                .ok_or_else(|| AppError::fault("the kept signing key cannot be read"));
        }
        let seed: [u8; 32] =
            self.inner.ids.random(32).try_into().map_err(|_| AppError::fault("no 32 random bytes for a key"))?;
        let key = SigningKey::from_seed(seed);
        self.keep_signing_key(&key).await?;
        Ok(key)
    }

    /// Keeps the key that signs from now on.
    pub(crate) async fn keep_signing_key(&self, key: &SigningKey) -> AppResult<()> {
        let kept = self.inner.secrets.set(SIGNING_KEY, Secret::new(key.to_secret())).await;
        kept.map_err(|error| refusals::SECRETS.with(&[("reason", &error.to_string()), ("help", &error.help())]))
    }
}

/// A row of [`meta::release_by_digest`].
pub(crate) fn release_row(row: &[SqlValue]) -> ReleaseRow {
    let cells = Cells(row);
    let envelope = cells.text(3);
    let bundle = maq_release::read_unverified(&envelope);
    let versions = bundle
        .map(|bundle| bundle.entities.iter().map(|entity| (entity.name.clone(), entity.version.clone())).collect());
    ReleaseRow {
        digest: cells.text(0),
        number: cells.integer(1),
        label: cells.optional_text(2),
        versions: versions.unwrap_or_default(),
        envelope,
        key_id: cells.text(4),
        created_at: cells.instant(5),
        created_by: cells.text(6),
    }
}
