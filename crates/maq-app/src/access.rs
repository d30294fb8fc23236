//! Who may come in: tokens, trusted keys, tenants.

use crate::AppResult;
use crate::authorise::{Permission, authorise};
use crate::cells::Cells;
use crate::error::refusals;
use crate::services::{Act, Inner};
use maq_query::meta;
use maq_release::PublicKey;
use maq_store::{Refused, StoreError, UnitOfWork};
use maq_value::{Actor, Instant, Principal, Scope};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// What a token opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenKind {
    /// The admin API.
    Admin,
    /// The data API, as a principal.
    Data,
}

/// Who a data token stands for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenRequest {
    /// The user.
    pub user_id: String,
    /// Roles.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Tenants it may use; the default one when empty.
    #[serde(default)]
    pub tenants: Vec<String>,
    /// The realm; the default one when absent.
    #[serde(default)]
    pub realm_id: Option<String>,
    /// Further attributes.
    #[serde(default)]
    pub attributes: BTreeMap<String, Json>,
    /// Seconds it lives; for ever when absent.
    #[serde(default)]
    pub expires_in: Option<u64>,
}

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenRow {
    /// Its id.
    pub id: String,
    /// What it opens.
    pub kind: TokenKind,
    /// Who it stands for.
    pub grant: TokenGrant,
    /// When it was made.
    pub created_at: Instant,
    /// When it ends.
    pub expires_at: Option<Instant>,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
}

/// Who a token stands for, as stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenGrant {
    /// The user.
    pub user_id: String,
    /// Roles.
    pub roles: Vec<String>,
    /// Tenants it may use; the first is taken when a request names none.
    pub tenants: Vec<String>,
    /// The realm.
    pub realm_id: String,
    /// Further attributes.
    pub attributes: BTreeMap<String, Json>,
}

/// A publisher's key that this server trusts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyRow {
    /// Its id.
    pub key_id: String,
    /// The key in base64.
    pub public_key: String,
    /// Since when.
    pub created_at: Instant,
    /// Who trusted it.
    pub created_by: String,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
}

/// A tenant.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TenantRow {
    /// Its id.
    pub id: String,
    /// For people.
    pub name: String,
    /// Since when.
    pub created_at: Instant,
    /// When it was suspended.
    pub suspended_at: Option<Instant>,
}

/// Tokens, keys, tenants of this store.
#[derive(Clone)]
pub struct Access {
    inner: Arc<Inner>,
}

/// Tokens that were used and the tenants, so that a request needs no read to be let in. Forgotten with every change:
/// one process holds the store.
#[derive(Default)]
pub(crate) struct AccessCache {
    tokens: Mutex<HashMap<String, TokenRow>>,
    tenants: Mutex<Option<Vec<TenantRow>>>,
}

/// Most tokens kept; unknown ones are never kept.
const CACHED_TOKENS: usize = 10_000;

impl AccessCache {
    fn forget(&self) {
        lock(&self.tokens).clear();
        *lock(&self.tenants) = None;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Access {
    pub(crate) fn new(inner: Arc<Inner>) -> Access {
        Access { inner }
    }

    /// Makes the first tenant and one admin token, which is answered once and kept only as a hash.
    ///
    /// # Errors
    /// Faults.
    pub async fn init_server(&self) -> AppResult<String> {
        let dialect = self.inner.dialect();
        let actor = Actor::admin("installer");
        let scope = Scope::default();
        let now = self.inner.now();
        let (token, statement) = self.new_token(
            TokenKind::Admin,
            &TokenGrant {
                user_id: "admin".into(),
                roles: vec!["admin".into()],
                tenants: Vec::new(),
                realm_id: scope.realm_id,
                attributes: BTreeMap::new(),
            },
            None,
        );
        let mut work =
            UnitOfWork::of([statement, meta::insert_tenant(dialect, scope.tenant_id.as_str(), "Default", now.0)]);
        work.audit.push(self.inner.audit_actor(
            &actor,
            Act { event_type: "access.server.init", action: "init", resource: "server", details: None },
        ));
        self.inner.commit(work).await?;
        self.inner.access.forget();
        Ok(token)
    }

    /// The actor of an admin token.
    ///
    /// # Errors
    /// `auth/token-invalid`, `auth/admin-needed`.
    pub async fn authenticate_admin(&self, token: &str) -> AppResult<Actor> {
        let row = self.token(token).await?;
        match row.kind {
            TokenKind::Admin => Ok(Actor::admin(row.grant.user_id)),
            TokenKind::Data => Err(refusals::AUTH_NOT_ADMIN.with(&[])),
        }
    }

    /// The principal of a data token in one of its tenants and its realm.
    ///
    /// # Errors
    /// `auth/token-invalid`, `auth/tenant-not-allowed`, `auth/tenant-suspended`.
    pub async fn authenticate(&self, token: &str, tenant: Option<&str>, realm: Option<&str>) -> AppResult<Principal> {
        let row = self.token(token).await?;
        if row.kind == TokenKind::Admin {
            // An admin token designs and publishes; it is nobody's principal.
            return Err(refusals::AUTH_INVALID.with(&[]));
        }
        let TokenGrant { user_id, roles, tenants, realm_id, attributes } = row.grant;
        let not_allowed = |tenant: &str| refusals::AUTH_TENANT.with(&[("tenant", tenant)]);
        let tenant_id = match tenant {
            Some(asked) => tenants.into_iter().find(|allowed| allowed == asked).ok_or_else(|| not_allowed(asked))?,
            None => tenants.into_iter().next().ok_or_else(|| not_allowed(""))?,
        };
        if realm.is_some_and(|asked| asked != realm_id) {
            return Err(not_allowed(realm.unwrap_or_default()));
        }
        let known = self.tenants().await?.into_iter().find(|row| row.id == tenant_id);
        match known {
            None => return Err(not_allowed(&tenant_id)),
            Some(row) if row.suspended_at.is_some() => {
                return Err(refusals::AUTH_TENANT_SUSPENDED.with(&[("tenant", &tenant_id)]));
            }
            Some(_) => {}
        }
        Ok(Principal { user_id, tenant_id, realm_id, org_id: None, roles, attributes })
    }

    /// Makes a data token; its secret is answered once and kept only as a hash.
    ///
    /// # Errors
    /// `access/token-wrong`, `access/tenant-not-found`.
    pub async fn create_token(&self, actor: &Actor, request: TokenRequest) -> AppResult<(TokenRow, String)> {
        authorise(actor, Permission::Administer)?;
        let wrong = |reason: &str| Err(refusals::TOKEN_REQUEST_WRONG.with(&[("reason", reason)]));
        if request.user_id.trim().is_empty() || request.user_id.len() > 200 {
            return wrong("the user must have 1 to 200 characters");
        }
        if request.roles.iter().any(|role| role.trim().is_empty()) {
            return wrong("a role is empty");
        }
        let default = Scope::default();
        let tenants = if request.tenants.is_empty() { vec![default.tenant_id] } else { request.tenants };
        let known = self.tenants().await?;
        if let Some(unknown) = tenants.iter().find(|tenant| known.iter().all(|row| row.id != **tenant)) {
            return Err(refusals::TENANT_NOT_FOUND.with(&[("id", unknown)]));
        }
        let grant = TokenGrant {
            user_id: request.user_id,
            roles: request.roles,
            tenants,
            realm_id: request.realm_id.unwrap_or(default.realm_id),
            attributes: request.attributes,
        };
        let lifetime = request.expires_in.map(|seconds| i64::try_from(seconds).unwrap_or(i64::MAX / 2_000_000));
        let expires = lifetime.map(|seconds| self.inner.now().0.saturating_add(seconds.saturating_mul(1_000_000)));
        let (token, statement) = self.new_token(TokenKind::Data, &grant, expires);
        let details = json!({"user": grant.user_id, "roles": grant.roles, "tenants": grant.tenants});
        self.administer(actor, statement, ("access.token.create", "create", "token"), Some(details)).await?;
        Ok((self.token(&token).await?, token))
    }

    /// All tokens, without their secrets.
    ///
    /// # Errors
    /// Faults.
    pub async fn list_tokens(&self, actor: &Actor) -> AppResult<Vec<TokenRow>> {
        authorise(actor, Permission::Administer)?;
        let rows = self.inner.read(meta::list_tokens(self.inner.dialect())).await?;
        Ok(rows.0.iter().filter_map(|row| token_row(row)).collect())
    }

    /// Ends a token at once.
    ///
    /// # Errors
    /// `access/token-not-found`.
    pub async fn revoke_token(&self, actor: &Actor, id: &str) -> AppResult<()> {
        authorise(actor, Permission::Administer)?;
        if !self.list_tokens(actor).await?.iter().any(|row| row.id == id) {
            return Err(refusals::TOKEN_NOT_FOUND.with(&[("id", id)]));
        }
        let statement = meta::revoke_token(self.inner.dialect(), id, self.inner.now().0);
        self.administer(actor, statement, ("access.token.revoke", "revoke", id), None).await
    }

    /// Trusts a publisher's public key, given in base64.
    ///
    /// # Errors
    /// `access/key-wrong`.
    pub async fn trust_key(&self, actor: &Actor, public_key: &str) -> AppResult<KeyRow> {
        authorise(actor, Permission::Administer)?;
        let key = PublicKey::from_base64(public_key).ok_or_else(|| refusals::KEY_WRONG.with(&[]))?;
        let key_id = key.key_id();
        let now = self.inner.now().0;
        let statement =
            meta::trust_key(self.inner.dialect(), key_id.as_str(), key.to_base64(), now, actor.user_id.as_str());
        self.administer(actor, statement, ("access.key.trust", "trust", &key_id), None).await?;
        let row = self.keys().await?.into_iter().find(|row| row.key_id == key_id);
        row.ok_or_else(|| refusals::KEY_NOT_FOUND.with(&[("id", &key_id)]))
    }

    /// All keys, revoked ones included.
    ///
    /// # Errors
    /// Faults.
    pub async fn list_keys(&self, actor: &Actor) -> AppResult<Vec<KeyRow>> {
        authorise(actor, Permission::Administer)?;
        self.keys().await
    }

    /// Trusts a key no longer.
    ///
    /// # Errors
    /// `access/key-not-found`.
    pub async fn revoke_key(&self, actor: &Actor, key_id: &str) -> AppResult<()> {
        authorise(actor, Permission::Administer)?;
        if !self.keys().await?.iter().any(|row| row.key_id == key_id) {
            return Err(refusals::KEY_NOT_FOUND.with(&[("id", key_id)]));
        }
        let statement = meta::revoke_key(self.inner.dialect(), key_id, self.inner.now().0);
        self.administer(actor, statement, ("access.key.revoke", "revoke", key_id), None).await
    }

    /// Adds a tenant.
    ///
    /// # Errors
    /// `access/tenant-wrong`, `access/tenant-exists`.
    pub async fn add_tenant(&self, actor: &Actor, id: &str, name: Option<&str>) -> AppResult<TenantRow> {
        authorise(actor, Permission::Administer)?;
        let usable = !id.is_empty()
            && id.len() <= 63
            && id.chars().all(|character| character.is_ascii_alphanumeric() || "-_".contains(character));
        if !usable {
            return Err(refusals::TENANT_NAME_WRONG.with(&[("id", id)]));
        }
        let statement = meta::insert_tenant(self.inner.dialect(), id, name.unwrap_or(id), self.inner.now().0);
        let mut work = UnitOfWork::of([statement]);
        work.audit.push(
            self.inner.audit_actor(
                actor,
                Act { event_type: "access.tenant.add", action: "add", resource: id, details: None },
            ),
        );
        match self.inner.store.commit(work).await {
            Err(StoreError::Refused(Refused::Unique(_))) => Err(refusals::TENANT_EXISTS.with(&[("id", id)])),
            other => {
                other?;
                self.inner.access.forget();
                self.tenant(id).await
            }
        }
    }

    /// All tenants.
    ///
    /// # Errors
    /// Faults.
    pub async fn list_tenants(&self, actor: &Actor) -> AppResult<Vec<TenantRow>> {
        authorise(actor, Permission::Administer)?;
        self.tenants().await
    }

    /// Suspends a tenant, or lets it work again.
    ///
    /// # Errors
    /// `access/tenant-not-found`.
    pub async fn suspend_tenant(&self, actor: &Actor, id: &str, suspended: bool) -> AppResult<TenantRow> {
        authorise(actor, Permission::Administer)?;
        self.tenant(id).await?;
        let at = suspended.then(|| self.inner.now().0);
        let statement = meta::suspend_tenant(self.inner.dialect(), id, at);
        let act = if suspended { "suspend" } else { "resume" };
        self.administer(actor, statement, (&format!("access.tenant.{act}"), act, id), None).await?;
        self.tenant(id).await
    }

    /// Keys trusted now.
    pub(crate) async fn trusted_keys(&self) -> AppResult<Vec<PublicKey>> {
        let keys = self.keys().await?.into_iter().filter(|row| row.revoked_at.is_none());
        Ok(keys.filter_map(|row| PublicKey::from_base64(&row.public_key)).collect())
    }

    async fn keys(&self) -> AppResult<Vec<KeyRow>> {
        let rows = self.inner.read(meta::list_keys(self.inner.dialect())).await?;
        let row = |row: &Vec<maq_query::SqlValue>| {
            let cells = Cells(row);
            KeyRow {
                key_id: cells.text(0),
                public_key: cells.text(1),
                created_at: cells.instant(2),
                created_by: cells.text(3),
                revoked_at: cells.optional_instant(4),
            }
        };
        Ok(rows.0.iter().map(row).collect())
    }

    async fn tenants(&self) -> AppResult<Vec<TenantRow>> {
        if let Some(known) = lock(&self.inner.access.tenants).clone() {
            return Ok(known);
        }
        let rows = self.inner.read(meta::list_tenants(self.inner.dialect())).await?;
        let row = |row: &Vec<maq_query::SqlValue>| {
            let cells = Cells(row);
            TenantRow {
                id: cells.text(0),
                name: cells.text(1),
                created_at: cells.instant(2),
                suspended_at: cells.optional_instant(3),
            }
        };
        let tenants: Vec<TenantRow> = rows.0.iter().map(row).collect();
        *lock(&self.inner.access.tenants) = Some(tenants.clone());
        Ok(tenants)
    }

    async fn tenant(&self, id: &str) -> AppResult<TenantRow> {
        let found = self.tenants().await?.into_iter().find(|row| row.id == id);
        found.ok_or_else(|| refusals::TENANT_NOT_FOUND.with(&[("id", id)]))
    }

    async fn token(&self, token: &str) -> AppResult<TokenRow> {
        let hash = hash(token);
        let known = lock(&self.inner.access.tokens).get(&hash).cloned();
        let row = match known {
            Some(row) => row,
            None => {
                let rows = self.inner.read(meta::token_by_hash(self.inner.dialect(), hash.as_str())).await?;
                let row = rows.0.first().and_then(|row| token_row(row));
                let row = row.ok_or_else(|| refusals::AUTH_INVALID.with(&[]))?;
                let mut tokens = lock(&self.inner.access.tokens);
                if tokens.len() >= CACHED_TOKENS {
                    tokens.clear();
                }
                tokens.insert(hash, row.clone());
                row
            }
        };
        let expired = row.expires_at.is_some_and(|at| at <= self.inner.now());
        if row.revoked_at.is_some() || expired {
            return Err(refusals::AUTH_INVALID.with(&[]));
        }
        Ok(row)
    }

    fn new_token(&self, kind: TokenKind, grant: &TokenGrant, expires: Option<i64>) -> (String, maq_query::Statement) {
        let (prefix, kind) = match kind {
            TokenKind::Admin => ("maq_admin", "admin"),
            TokenKind::Data => ("maq_data", "data"),
        };
        let token = format!("{prefix}_{}", hex::encode(self.inner.ids.random(32)));
        let grant = serde_json::to_string(grant).unwrap_or_default();
        let id = self.inner.id("tok");
        let now = self.inner.now().0;
        let statement = meta::insert_token(self.inner.dialect(), id, hash(&token), kind, grant, now, expires);
        (token, statement)
    }

    async fn administer(
        &self,
        actor: &Actor,
        statement: maq_query::Statement,
        (event_type, action, resource): (&str, &str, &str),
        details: Option<Json>,
    ) -> AppResult<()> {
        let mut work = UnitOfWork::of([statement]);
        work.audit.push(self.inner.audit_actor(actor, Act { event_type, action, resource, details }));
        self.inner.commit(work).await?;
        self.inner.access.forget();
        Ok(())
    }
}

fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

fn token_row(row: &[maq_query::SqlValue]) -> Option<TokenRow> {
    let cells = Cells(row);
    Some(TokenRow {
        id: cells.text(0),
        kind: if cells.text(1) == "admin" { TokenKind::Admin } else { TokenKind::Data },
        grant: serde_json::from_str(&cells.text(2)).ok()?,
        created_at: cells.instant(3),
        expires_at: cells.optional_instant(4),
        revoked_at: cells.optional_instant(5),
    })
}
