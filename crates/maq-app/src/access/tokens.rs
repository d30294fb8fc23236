//! Tokens as rows: made, rotated, listed, revoked.

use super::{Access, token_text};
use crate::AppResult;
use crate::authorise::{Permission, authorise};
use crate::cells::Cells;
use crate::error::refusals;
use maq_keychain::Secret;
use maq_query::{SqlValue, Statement, meta};
use maq_value::{Actor, Instant, Scope};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// Longest lifetime and grace, in seconds: a hundred years and thirty days.
const LONGEST_LIFE: u64 = 100 * 366 * 86_400;
const LONGEST_GRACE: u64 = 30 * 86_400;
/// Most roles of a token, and most tenants.
pub const MAX_TOKEN_NAMES: usize = 1_000;
/// The largest attributes of a token, in bytes of JSON.
pub const MAX_ATTRIBUTE_BYTES: usize = 16 * 1024;

/// What a token opens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenKind {
    /// The admin API.
    Admin,
    /// The data API, as a principal.
    #[default]
    Data,
}

/// Who a token stands for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenRequest {
    /// What it opens; the data API when absent.
    #[serde(default)]
    pub kind: TokenKind,
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
    /// The organisation.
    #[serde(default)]
    pub org_id: Option<String>,
    /// Further attributes.
    #[serde(default)]
    pub attributes: BTreeMap<String, Json>,
    /// Seconds it lives; for ever when absent.
    #[serde(default)]
    pub expires_in: Option<u64>,
}

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// When it was last used, to the minute.
    #[serde(default)]
    pub last_used_at: Option<Instant>,
}

/// Whether a token opens anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenState {
    /// It does.
    Active,
    /// Its time is over.
    Expired,
    /// Somebody ended it.
    Revoked,
}

impl TokenRow {
    /// Whether it opens anything at a moment.
    pub fn state(&self, now: Instant) -> TokenState {
        match (self.revoked_at, self.expires_at) {
            (Some(_), _) => TokenState::Revoked,
            (None, Some(at)) if at <= now => TokenState::Expired,
            _ => TokenState::Active,
        }
    }
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
    /// The organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org_id: Option<String>,
    /// Further attributes.
    #[serde(default)]
    pub attributes: BTreeMap<String, Json>,
}

/// Which tokens to list; all given ones must hold.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenFilter {
    /// Of this user.
    pub user: Option<String>,
    /// That may use this tenant.
    pub tenant: Option<String>,
    /// Of this kind.
    pub kind: Option<TokenKind>,
    /// In this state.
    pub state: Option<TokenState>,
}

impl TokenFilter {
    fn fits(&self, row: &TokenRow, now: Instant) -> bool {
        let fits = |asked: &Option<String>, given: &str| asked.as_ref().is_none_or(|asked| asked == given);
        fits(&self.user, &row.grant.user_id)
            && self.tenant.as_ref().is_none_or(|tenant| row.grant.tenants.contains(tenant))
            && self.kind.is_none_or(|kind| kind == row.kind)
            && self.state.is_none_or(|state| state == row.state(now))
    }
}

impl Access {
    /// Makes a token; its secret is answered once and kept only as a hash.
    ///
    /// # Errors
    /// `access/token-wrong`, `access/tenant-not-found`.
    pub async fn create_token(&self, actor: &Actor, request: TokenRequest) -> AppResult<(TokenRow, Secret)> {
        authorise(actor, Permission::Administer)?;
        check(&request)?;
        let (kind, expires_in) = (request.kind, request.expires_in);
        let grant = self.grant(request).await?;
        let expires = expires_in.map(|seconds| after(self.inner.now(), seconds));
        let made = self.new_token(kind, &grant, expires);
        let details = json!({"user": grant.user_id, "roles": grant.roles, "tenants": grant.tenants});
        let act = ("access.token.create", "create", made.row.id.as_str());
        self.administer(actor, vec![made.statement], act, Some(details)).await?;
        Ok((made.row, made.secret))
    }

    /// The tokens that fit, without their secrets, oldest first.
    ///
    /// # Errors
    /// Faults.
    pub async fn list_tokens(&self, actor: &Actor, filter: &TokenFilter) -> AppResult<Vec<TokenRow>> {
        authorise(actor, Permission::Administer)?;
        let now = self.inner.now();
        let rows = self.inner.read(meta::list_tokens(self.inner.dialect())).await?;
        let rows = rows.0.iter().filter_map(|row| token_row(row));
        Ok(rows.filter(|row| filter.fits(row, now)).collect())
    }

    /// Gives whoever holds a token a new secret, in a token of its own with the same grant and lifetime. The old one
    /// opens for `grace` seconds more, so that it can be exchanged everywhere; with none it ends at once.
    ///
    /// # Errors
    /// `access/token-not-found`; `access/token-wrong` for one that has ended, or a grace that is too long.
    pub async fn rotate_token(&self, actor: &Actor, id: &str, grace: u64) -> AppResult<(TokenRow, Secret)> {
        let old = self.token_of(actor, id).await?;
        let now = self.inner.now();
        if old.state(now) != TokenState::Active {
            return Err(wrong("it has ended; make a new one"));
        }
        if grace > LONGEST_GRACE {
            return Err(wrong("the old secret may live on for 30 days at most"));
        }
        let lifetime = old.expires_at.map(|end| end.0.saturating_sub(old.created_at.0));
        let expires = lifetime.map(|lifetime| Instant(now.0.saturating_add(lifetime)));
        let made = self.new_token(old.kind, &old.grant, expires);
        let dialect = self.inner.dialect();
        let ended = match grace {
            0 => meta::revoke_token(dialect, id, now.0),
            grace => meta::end_token(dialect, id, after(now, grace).0),
        };
        let details = json!({"user": old.grant.user_id, "newToken": made.row.id, "graceSeconds": grace});
        let act = ("access.token.rotate", "rotate", id);
        self.administer(actor, vec![made.statement, ended], act, Some(details)).await?;
        Ok((made.row, made.secret))
    }

    /// Ends a token at once.
    ///
    /// # Errors
    /// `access/token-not-found`.
    pub async fn revoke_token(&self, actor: &Actor, id: &str) -> AppResult<()> {
        self.token_of(actor, id).await?;
        let statement = meta::revoke_token(self.inner.dialect(), id, self.inner.now().0);
        self.administer(actor, vec![statement], ("access.token.revoke", "revoke", id), None).await
    }

    /// Writes when tokens were used since the last time. A server does this once a minute and when it ends, so that no
    /// request waits for it.
    ///
    /// # Errors
    /// Faults of the store; what was not written is written the next time.
    pub async fn write_uses(&self) -> AppResult<()> {
        let uses = self.inner.access.take_uses();
        if uses.is_empty() {
            return Ok(());
        }
        let note = |(id, at): (&String, &Instant)| meta::note_token_use(self.inner.dialect(), id.as_str(), at.0);
        let written = self.inner.commit(maq_store::UnitOfWork::of(uses.iter().map(note))).await;
        if written.is_err() {
            self.inner.access.put_back_uses(uses);
        }
        written.map(drop)
    }

    async fn token_of(&self, actor: &Actor, id: &str) -> AppResult<TokenRow> {
        let found = self.list_tokens(actor, &TokenFilter::default()).await?.into_iter().find(|row| row.id == id);
        found.ok_or_else(|| refusals::TOKEN_NOT_FOUND.with(&[("id", id)]))
    }

    async fn grant(&self, request: TokenRequest) -> AppResult<TokenGrant> {
        let default = Scope::default();
        let TokenRequest { kind, user_id, roles, tenants, realm_id, org_id, attributes, .. } = request;
        let realm_id = realm_id.unwrap_or(default.realm_id);
        if kind == TokenKind::Admin {
            let roles = vec!["admin".to_owned()];
            return Ok(TokenGrant { user_id, roles, tenants: Vec::new(), realm_id, org_id, attributes });
        }
        let tenants = if tenants.is_empty() { vec![default.tenant_id] } else { tenants };
        let known = self.tenants().await?;
        if let Some(unknown) = tenants.iter().find(|tenant| !known.contains_key(*tenant)) {
            return Err(refusals::TENANT_NOT_FOUND.with(&[("id", unknown)]));
        }
        Ok(TokenGrant { user_id, roles, tenants, realm_id, org_id, attributes })
    }

    pub(super) fn new_token(&self, kind: TokenKind, grant: &TokenGrant, expires_at: Option<Instant>) -> NewToken {
        let (prefix, word) = match kind {
            TokenKind::Admin => ("maq_admin_", "admin"),
            TokenKind::Data => ("maq_data_", "data"),
        };
        let secret = token_text::text_of(prefix, &self.inner.ids.random(32));
        let (id, now) = (self.inner.id("tok"), self.inner.now());
        let written = serde_json::to_string(grant).unwrap_or_default();
        let (hash, expires) = (token_text::hash(&secret), expires_at.map(|at| at.0));
        let statement = meta::insert_token(self.inner.dialect(), id.as_str(), hash, word, written, now.0, expires);
        let grant = grant.clone();
        let row = TokenRow { id, kind, grant, created_at: now, expires_at, revoked_at: None, last_used_at: None };
        NewToken { row, secret: Secret::new(secret), statement }
    }
}

/// A token before it is stored.
pub(super) struct NewToken {
    pub row: TokenRow,
    pub secret: Secret,
    pub statement: Statement,
}

fn after(now: Instant, seconds: u64) -> Instant {
    let micros = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000_000);
    Instant(now.0.saturating_add(micros))
}

fn wrong(reason: &str) -> crate::AppError {
    refusals::TOKEN_REQUEST_WRONG.with(&[("reason", reason)])
}

/// What a token can be asked for at all.
fn check(request: &TokenRequest) -> AppResult<()> {
    let named = |text: &str, most: usize| !text.trim().is_empty() && text.len() <= most;
    if !named(&request.user_id, 200) {
        return Err(wrong("the user must have 1 to 200 characters"));
    }
    if request.kind == TokenKind::Admin && !(request.roles.is_empty() && request.tenants.is_empty()) {
        return Err(wrong("an admin token has neither roles nor tenants; it administers the server"));
    }
    if request.roles.len() > MAX_TOKEN_NAMES || request.tenants.len() > MAX_TOKEN_NAMES {
        return Err(wrong("it may have 1000 roles and 1000 tenants at most"));
    }
    if request.roles.iter().any(|role| !named(role, 100)) {
        return Err(wrong("a role must have 1 to 100 characters"));
    }
    if request.realm_id.as_ref().is_some_and(|realm| !super::is_id(realm)) {
        return Err(wrong("a realm has letters, digits, dashes and underscores, at most 63"));
    }
    if request.org_id.as_ref().is_some_and(|org| !named(org, 200)) {
        return Err(wrong("the organisation must have 1 to 200 characters"));
    }
    // No store holds it, and no condition can be told of it.
    let holds_nul = |text: &str| text.contains('\0');
    let names = request.roles.iter().chain(&request.org_id).chain([&request.user_id]);
    let attributes = request.attributes.iter();
    if names.into_iter().any(|name| holds_nul(name))
        || attributes.into_iter().any(|(name, value)| holds_nul(name) || maq_gtype::holds_null(value))
    {
        return Err(wrong("neither a name nor an attribute may hold U+0000"));
    }
    if json!(request.attributes).to_string().len() > MAX_ATTRIBUTE_BYTES {
        return Err(wrong("its attributes are larger than 16 KiB"));
    }
    if request.expires_in.is_some_and(|seconds| seconds == 0 || seconds > LONGEST_LIFE) {
        return Err(wrong("it must live for a second at least and a hundred years at most"));
    }
    Ok(())
}

/// A row of [`meta::list_tokens`], or of [`meta::token_by_hash`], which has no last use.
pub(super) fn token_row(row: &[SqlValue]) -> Option<TokenRow> {
    let cells = Cells(row);
    Some(TokenRow {
        id: cells.text(0),
        kind: if cells.text(1) == "admin" { TokenKind::Admin } else { TokenKind::Data },
        grant: serde_json::from_str(&cells.text(2)).ok()?,
        created_at: cells.instant(3),
        expires_at: cells.optional_instant(4),
        revoked_at: cells.optional_instant(5),
        last_used_at: cells.optional_instant(6),
    })
}
