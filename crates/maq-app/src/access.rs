//! Who may come in: tokens, trusted keys, tenants of a server; members of a workspace.
//!
//! What is here: the rows, and the use cases over them. What is not: what somebody who came in may do, which is the
//! policies' business for principals and `authorise`'s for actors.

mod cache;
mod entrance;
mod keys;
mod members;
mod tenants;
mod token_text;
mod tokens;

pub(crate) use cache::AccessCache;
pub use keys::{KeyRow, SigningKeyRow};
pub use members::MemberRow;
pub use tenants::TenantRow;
pub use tokens::{
    MAX_ATTRIBUTE_BYTES, MAX_TOKEN_NAMES, TokenFilter, TokenGrant, TokenKind, TokenRequest, TokenRow, TokenState,
};

use crate::AppResult;
use crate::authorise::{Permission, authorise};
use crate::services::{Act, Inner, to_the_end};
use maq_query::{Statement, meta};
use maq_store::UnitOfWork;
use maq_value::{Actor, Scope};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Tokens, keys, tenants and members of this store.
#[derive(Clone)]
pub struct Access {
    inner: Arc<Inner>,
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
        let scope = Scope::default();
        let grant = TokenGrant {
            user_id: "admin".into(),
            roles: vec!["admin".into()],
            tenants: Vec::new(),
            realm_id: scope.realm_id,
            org_id: None,
            attributes: BTreeMap::new(),
        };
        let made = self.new_token(TokenKind::Admin, &grant, None);
        let now = self.inner.now().0;
        let tenant = meta::insert_tenant(self.inner.dialect(), scope.tenant_id.as_str(), "Default", now);
        let act = ("access.server.init", "init", "server");
        self.administer(&Actor::admin("installer"), vec![made.statement, tenant], act, None).await?;
        Ok(made.secret.expose().to_owned())
    }

    /// Refuses an actor who may not do this: for use cases that speak of principals and know no actor, as the records
    /// and decisions of the studio do.
    ///
    /// # Errors
    /// `actor/not-allowed`.
    pub fn allow(&self, actor: &Actor, permission: Permission) -> AppResult<()> {
        authorise(actor, permission)
    }

    async fn administer(
        &self,
        actor: &Actor,
        statements: Vec<Statement>,
        (event_type, action, resource): (&str, &str, &str),
        details: Option<Json>,
    ) -> AppResult<()> {
        let mut work = UnitOfWork::of(statements);
        work.topics.push("access");
        work.audit.push(self.inner.audit_actor(actor, Act { event_type, action, resource, details }));
        let access = self.clone();
        to_the_end(async move {
            access.inner.commit(work).await?;
            access.changed();
            Ok(())
        })
        .await
    }

    /// What was read before the change is forgotten, here at once; other processes hear of the topic.
    fn changed(&self) {
        self.inner.access.forget();
        self.inner.events.changed(&["access", "audit"]);
    }
}

/// Whether a text can be the id of a tenant or realm: it stands in addresses, headers and settings.
fn is_id(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.chars().all(|character| character.is_ascii_alphanumeric() || "-_".contains(character))
}
