//! Who asks: a token's text into an actor or a principal. The way of every request.

use super::token_text::{self, Shape};
use super::tokens::token_row;
use super::{Access, TokenKind, TokenRow, TokenState};
use crate::AppResult;
use crate::error::refusals;
use maq_query::meta;
use maq_value::{Actor, Principal};
use std::sync::Arc;

impl Access {
    /// The actor of an admin token.
    ///
    /// # Errors
    /// `auth/token-invalid`, `auth/token-mistyped`, `auth/admin-needed`.
    pub async fn authenticate_admin(&self, token: &str) -> AppResult<Actor> {
        let row = self.token(token).await?;
        match row.kind {
            TokenKind::Admin => {
                self.inner.access.used(&row.id, self.inner.now());
                Ok(Actor::admin(row.grant.user_id.clone()))
            }
            TokenKind::Data => Err(refusals::AUTH_NOT_ADMIN.with(&[])),
        }
    }

    /// The principal of a data token in one of its tenants and its realm.
    ///
    /// # Errors
    /// `auth/token-invalid`, `auth/token-mistyped`, `auth/tenant-not-allowed`, `auth/tenant-suspended`.
    pub async fn authenticate(&self, token: &str, tenant: Option<&str>, realm: Option<&str>) -> AppResult<Principal> {
        let row = self.token(token).await?;
        if row.kind == TokenKind::Admin {
            // An admin token designs and publishes; it is nobody's principal.
            return Err(refusals::AUTH_INVALID.with(&[]));
        }
        let grant = &row.grant;
        let not_allowed = |tenant: &str| refusals::AUTH_TENANT.with(&[("tenant", tenant)]);
        let allowed = match tenant {
            Some(asked) => grant.tenants.iter().find(|allowed| *allowed == asked),
            None => grant.tenants.first(),
        };
        let tenant_id = allowed.ok_or_else(|| not_allowed(tenant.unwrap_or_default()))?;
        if realm.is_some_and(|asked| asked != grant.realm_id) {
            return Err(not_allowed(realm.unwrap_or_default()));
        }
        match self.tenants().await?.get(tenant_id) {
            None => return Err(not_allowed(tenant_id)),
            Some(row) if row.suspended_at.is_some() => {
                return Err(refusals::AUTH_TENANT_SUSPENDED.with(&[("tenant", tenant_id)]));
            }
            Some(_) => {}
        }
        self.inner.access.used(&row.id, self.inner.now());
        Ok(Principal {
            user_id: grant.user_id.clone(),
            tenant_id: tenant_id.clone(),
            realm_id: grant.realm_id.clone(),
            org_id: grant.org_id.clone(),
            roles: grant.roles.clone(),
            attributes: grant.attributes.clone(),
        })
    }

    async fn token(&self, token: &str) -> AppResult<Arc<TokenRow>> {
        match token_text::shape_of(token) {
            Shape::Whole => {}
            Shape::Mistyped => return Err(refusals::AUTH_MISTYPED.with(&[])),
            Shape::Foreign => return Err(refusals::AUTH_INVALID.with(&[])),
        }
        let hash = token_text::hash(token);
        let now = self.inner.now();
        let row = match self.inner.access.token(&hash, now) {
            Some(row) => row,
            None => {
                let reading = self.inner.access.reading(now);
                let rows = self.inner.read(meta::token_by_hash(self.inner.dialect(), hash.as_str())).await?;
                let row = rows.0.first().and_then(|row| token_row(row));
                let row = Arc::new(row.ok_or_else(|| refusals::AUTH_INVALID.with(&[]))?);
                self.inner.access.keep_token(reading, hash, row.clone());
                row
            }
        };
        match row.state(now) {
            TokenState::Active => Ok(row),
            TokenState::Expired | TokenState::Revoked => Err(refusals::AUTH_INVALID.with(&[])),
        }
    }
}
