//! Answers of requests that carried an idempotency key (draft-ietf-httpapi-idempotency-key-header): kept with the
//! change itself, so that sending a request again does nothing twice. They are as private as records: tenant and realm
//! are bound first.

use crate::meta::text_for;
use crate::{Dialect, SqlValue, Statement};
use maq_value::{Instant, Scope};

/// Answers that are past their time and go with one write, at most.
pub const EXPIRED_AT_ONCE: i64 = 20;

/// Whose key it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner<'a> {
    /// Tenant and realm.
    pub scope: &'a Scope,
    /// Who sent it.
    pub user_id: &'a str,
    /// The key.
    pub key: &'a str,
}

impl Owner<'_> {
    fn binds(&self, more: impl IntoIterator<Item = SqlValue>) -> Vec<SqlValue> {
        let owner = [&self.scope.tenant_id, &self.scope.realm_id].into_iter().map(|text| text.as_str().into());
        owner.chain([self.user_id.into(), self.key.into()]).chain(more).collect()
    }
}

/// What is kept under a key: request_hash, answer; no row when there is none or its time is over.
pub fn find(owner: Owner<'_>, now: Instant, dialect: Dialect) -> Statement {
    let sql = "SELECT request_hash, answer FROM meta_idempotency WHERE tenant_id = ?1 AND realm_id = ?2 AND user_id = ?3 \
               AND key = ?4 AND expires_at > ?5";
    Statement::on_records(text_for(dialect, sql), owner.binds([now.0.into()]))
}

/// Takes away what is past its time: what is kept under this key, and some of the tenant's others.
pub fn delete_expired(owner: Owner<'_>, now: Instant, dialect: Dialect) -> Statement {
    let sql = "DELETE FROM meta_idempotency WHERE tenant_id = ?1 AND realm_id = ?2 AND expires_at <= ?5 AND ((user_id = \
               ?3 AND key = ?4) OR (user_id, key) IN (SELECT user_id, key FROM meta_idempotency WHERE tenant_id = ?1 AND \
               realm_id = ?2 AND expires_at <= ?5 ORDER BY expires_at LIMIT ?6))";
    Statement::on_records(text_for(dialect, sql), owner.binds([now.0.into(), EXPIRED_AT_ONCE.into()]))
}

/// Keeps an answer; touches no row when the key has one already.
pub fn insert(
    owner: Owner<'_>,
    request_hash: &str,
    answer: &str,
    (now, expires_at): (Instant, Instant),
    dialect: Dialect,
) -> Statement {
    let sql = "INSERT INTO meta_idempotency (tenant_id, realm_id, user_id, key, request_hash, answer, created_at, \
               expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING";
    let binds = owner.binds([request_hash.into(), answer.into(), now.0.into(), expires_at.0.into()]);
    Statement::on_records(text_for(dialect, sql), binds)
}
