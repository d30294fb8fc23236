//! Who asks: the principal of a data request, and the actor who works in the studio or on the command line.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The tenant and realm a record statement is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    /// The tenant.
    pub tenant_id: String,
    /// The realm inside it.
    pub realm_id: String,
}

impl Default for Scope {
    /// The one tenant and realm that single-tenant people never hear of.
    fn default() -> Self {
        Scope { tenant_id: "default".into(), realm_id: "main".into() }
    }
}

fn default_tenant() -> String {
    Scope::default().tenant_id
}

fn default_realm() -> String {
    Scope::default().realm_id
}

/// Who makes a data request (`shared` words: userId, tenantId, realmId, orgId, roles, attributes).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Principal {
    /// The user's id.
    pub user_id: String,
    /// The tenant this request acts in.
    #[serde(default = "default_tenant")]
    pub tenant_id: String,
    /// The realm inside the tenant.
    #[serde(default = "default_realm")]
    pub realm_id: String,
    /// The organisation, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org_id: Option<String>,
    /// Role names; empty means a principal that no role-bound policy matches.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Further attributes for conditions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, serde_json::Value>,
}

impl Principal {
    /// A principal in the default tenant and realm.
    pub fn new(user_id: impl Into<String>, roles: &[&str]) -> Principal {
        Principal {
            user_id: user_id.into(),
            tenant_id: default_tenant(),
            realm_id: default_realm(),
            org_id: None,
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            attributes: BTreeMap::new(),
        }
    }

    /// The tenant and realm its statements are bound to.
    pub fn scope(&self) -> Scope {
        Scope { tenant_id: self.tenant_id.clone(), realm_id: self.realm_id.clone() }
    }
}

/// Who works in the studio, on the command line or through the admin API. Data requests have a
/// [`Principal`] instead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Actor {
    /// The person's or program's id, as it stands in the audit.
    pub user_id: String,
    /// What they may do: `owner`, `publisher`, `policyOwner`, `designer`, `viewer`, and `admin` on a server.
    pub roles: Vec<String>,
}

impl Actor {
    /// A local file's person is its owner.
    pub fn owner(user_id: impl Into<String>) -> Actor {
        Actor { user_id: user_id.into(), roles: vec!["owner".into()] }
    }

    /// Whoever holds the server's admin token.
    pub fn admin(user_id: impl Into<String>) -> Actor {
        Actor { user_id: user_id.into(), roles: vec!["admin".into()] }
    }
}
