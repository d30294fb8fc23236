//! Members, keys, tokens, tenants.

use crate::call::Call;
use maq_app::{AppResult, TargetClient, TokenFilter, TokenKind, TokenRequest, TokenState, refusals};
use maq_contract::{
    AddTenant, CreateToken, ListTokens, Member, MemberRef, Members, NewToken, Nothing, PutMember, RenameTenant,
    RotateToken, SecretText, SigningKey, TargetItem, TargetName, Tenant, Tenants, Token, Tokens, TrustKey, TrustedKey,
    TrustedKeys,
};
use maq_keychain::Secret;
use maq_value::Instant;
use serde::de::DeserializeOwned;
use std::sync::Arc;

impl Call<'_> {
    pub async fn members_list_members(&self, _: Nothing) -> AppResult<Members> {
        let members = self.services.access.list_members(self.actor).await?;
        let you = self.actor.user_id.clone();
        Ok(Members { members: members.into_iter().map(member).collect(), you, your_roles: self.actor.roles.clone() })
    }

    pub async fn members_put_member(&self, request: PutMember) -> AppResult<Member> {
        self.services.access.put_member(self.actor, &request.user_id, &request.roles).await.map(member)
    }

    pub async fn members_remove_member(&self, request: MemberRef) -> AppResult<Nothing> {
        self.services.access.remove_member(self.actor, &request.user_id).await?;
        Ok(Nothing {})
    }

    pub async fn keys_get_signing_key(&self, _: Nothing) -> AppResult<SigningKey> {
        self.services.access.signing_key(self.actor).await.map(signing_key)
    }

    pub async fn keys_rotate_signing_key(&self, _: Nothing) -> AppResult<SigningKey> {
        self.services.access.rotate_signing_key(self.actor).await.map(signing_key)
    }

    pub async fn keys_list_keys(&self, request: TargetName) -> AppResult<TrustedKeys> {
        let keys = self.administered(&request.target).await?.list_keys().await?;
        let key = |row: maq_app::KeyRow| TrustedKey {
            key_id: row.key_id,
            public_key: row.public_key,
            created_at: row.created_at.to_string(),
            created_by: row.created_by,
            revoked_at: text(row.revoked_at),
        };
        Ok(TrustedKeys { keys: keys.into_iter().map(key).collect() })
    }

    pub async fn keys_trust_key(&self, request: TrustKey) -> AppResult<Nothing> {
        let key = match request.public_key {
            Some(key) => key,
            None => self.services.access.signing_key(self.actor).await?.public_key,
        };
        self.administered(&request.target).await?.trust_key(&key).await?;
        self.told();
        Ok(Nothing {})
    }

    pub async fn keys_revoke_key(&self, request: TargetItem) -> AppResult<Nothing> {
        self.administered(&request.target).await?.revoke_key(&request.id).await?;
        self.told();
        Ok(Nothing {})
    }

    pub async fn tokens_list_tokens(&self, request: ListTokens) -> AppResult<Tokens> {
        let filter = TokenFilter {
            user: request.user,
            tenant: request.tenant,
            kind: word("kind", request.kind)?,
            state: word("state", request.state)?,
        };
        let tokens = self.administered(&request.target).await?.list_tokens(&filter).await?;
        Ok(Tokens { tokens: tokens.into_iter().map(token).collect() })
    }

    pub async fn tokens_create_token(&self, request: CreateToken) -> AppResult<NewToken> {
        let asked = TokenRequest {
            kind: word::<TokenKind>("kind", request.kind)?.unwrap_or_default(),
            user_id: request.user_id,
            roles: request.roles.unwrap_or_default(),
            tenants: request.tenants.unwrap_or_default(),
            realm_id: request.realm_id,
            org_id: request.org_id,
            attributes: request.attributes.unwrap_or_default(),
            expires_in: request.expires_in,
        };
        let made = self.administered(&request.target).await?.create_token(asked).await?;
        self.told();
        Ok(new_token(made))
    }

    pub async fn tokens_rotate_token(&self, request: RotateToken) -> AppResult<NewToken> {
        let RotateToken { target, id, grace_seconds } = request;
        let grace = grace_seconds.unwrap_or_default();
        let made = self.administered(&target).await?.rotate_token(&id, grace).await?;
        self.told();
        Ok(new_token(made))
    }

    pub async fn tokens_revoke_token(&self, request: TargetItem) -> AppResult<Nothing> {
        self.administered(&request.target).await?.revoke_token(&request.id).await?;
        self.told();
        Ok(Nothing {})
    }

    pub async fn tenants_list_tenants(&self, request: TargetName) -> AppResult<Tenants> {
        let tenants = self.administered(&request.target).await?.list_tenants().await?;
        Ok(Tenants { tenants: tenants.into_iter().map(tenant).collect() })
    }

    pub async fn tenants_add_tenant(&self, request: AddTenant) -> AppResult<Tenant> {
        let AddTenant { target, id, name } = request;
        let added = self.administered(&target).await?.add_tenant(&id, name.as_deref()).await?;
        self.told();
        Ok(tenant(added))
    }

    pub async fn tenants_rename_tenant(&self, request: RenameTenant) -> AppResult<Tenant> {
        let RenameTenant { target, id, name } = request;
        let renamed = self.administered(&target).await?.rename_tenant(&id, &name).await?;
        self.told();
        Ok(tenant(renamed))
    }

    pub async fn tenants_suspend_tenant(&self, request: TargetItem) -> AppResult<Tenant> {
        self.suspend(request, true).await
    }

    pub async fn tenants_resume_tenant(&self, request: TargetItem) -> AppResult<Tenant> {
        self.suspend(request, false).await
    }

    async fn suspend(&self, TargetItem { target, id }: TargetItem, suspended: bool) -> AppResult<Tenant> {
        let row = self.administered(&target).await?.suspend_tenant(&id, suspended).await?;
        self.told();
        Ok(tenant(row))
    }

    async fn administered(&self, target: &str) -> AppResult<Arc<dyn TargetClient>> {
        self.services.targets.administered(self.actor, target).await
    }

    /// A change behind a target is in no store of ours, so nobody else tells the other windows.
    fn told(&self) {
        self.services.events.changed(&["access"]);
    }
}

fn member(row: maq_app::MemberRow) -> Member {
    let created_at = row.created_at.to_string();
    Member { user_id: row.user_id, roles: row.roles, created_at, created_by: row.created_by }
}

fn signing_key(row: maq_app::SigningKeyRow) -> SigningKey {
    SigningKey { key_id: row.key_id, public_key: row.public_key, kept_in: row.kept_in, plain_text: row.plain_text }
}

fn tenant(row: maq_app::TenantRow) -> Tenant {
    let (created_at, suspended_at) = (row.created_at.to_string(), text(row.suspended_at));
    Tenant { id: row.id, name: row.name, created_at, suspended_at }
}

fn new_token((row, secret): (maq_app::TokenRow, Secret)) -> NewToken {
    NewToken { token: token(row), secret: SecretText(secret.expose().to_owned()) }
}

fn token(row: maq_app::TokenRow) -> Token {
    let state = match row.state(Instant::now()) {
        TokenState::Active => "active",
        TokenState::Expired => "expired",
        TokenState::Revoked => "revoked",
    };
    let kind = match row.kind {
        TokenKind::Admin => "admin",
        TokenKind::Data => "data",
    };
    Token {
        id: row.id,
        kind: kind.to_owned(),
        state: state.to_owned(),
        user_id: row.grant.user_id,
        tenants: row.grant.tenants,
        realm_id: row.grant.realm_id,
        org_id: row.grant.org_id,
        roles: row.grant.roles,
        attributes: row.grant.attributes,
        created_at: row.created_at.to_string(),
        expires_at: text(row.expires_at),
        revoked_at: text(row.revoked_at),
        last_used_at: text(row.last_used_at),
    }
}

fn text(instant: Option<Instant>) -> Option<String> {
    instant.map(|instant| instant.to_string())
}

/// One of the words of a list, as `kind` and `state` are.
fn word<T: DeserializeOwned>(name: &str, text: Option<String>) -> AppResult<Option<T>> {
    let Some(text) = text else { return Ok(None) };
    let read = serde_json::from_value(serde_json::Value::String(text.clone()));
    read.map(Some)
        .map_err(|_| refusals::TOKEN_REQUEST_WRONG.with(&[("reason", &format!("`{text}` is no {name} of a token"))]))
}
