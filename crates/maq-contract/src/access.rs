//! Who may come in: members of the workspace, keys, tokens and tenants of a target.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A secret on the wire: it crosses as a text and is printed nowhere else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(type = "string"))]
pub struct SecretText(pub String);

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(not shown)")
    }
}

wire! {
    /// A member of the workspace.
    pub struct Member {
        /// The person.
        pub user_id: String,
        /// `viewer`, `designer`, `policyOwner`, `publisher`, `owner`.
        pub roles: Vec<String>,
        /// Since when, RFC 3339.
        pub created_at: String,
        /// Who brought them in.
        pub created_by: String,
    }

    /// The members, and who asks.
    pub struct Members {
        /// Oldest first; none means that the workspace belongs to whoever can open it.
        pub members: Vec<Member>,
        /// The person who asks.
        pub you: String,
        /// Their roles.
        pub your_roles: Vec<String>,
    }

    /// Brings somebody in, or gives a member other roles.
    pub struct PutMember {
        /// The person.
        pub user_id: String,
        /// `viewer`, `designer`, `policyOwner`, `publisher`, `owner`; one at least.
        pub roles: Vec<String>,
    }

    /// Names a member.
    pub struct MemberRef {
        /// The person.
        pub user_id: String,
    }

    /// The key that signs this person's releases.
    pub struct SigningKey {
        /// Its id.
        pub key_id: String,
        /// The public half in base64.
        pub public_key: String,
        /// Where the private half is kept, for people.
        pub kept_in: String,
        /// Whether whoever reads that place reads the key.
        pub plain_text: bool,
    }

    /// A key that a target trusts.
    pub struct TrustedKey {
        /// Its id.
        pub key_id: String,
        /// The key in base64.
        pub public_key: String,
        /// Since when, RFC 3339.
        pub created_at: String,
        /// Who trusted it.
        pub created_by: String,
        /// When it was revoked, RFC 3339.
        pub revoked_at: Option<String>,
    }

    /// All keys of a target.
    pub struct TrustedKeys {
        /// Oldest first, revoked ones included.
        pub keys: Vec<TrustedKey>,
    }

    /// Lets a target trust a key.
    pub struct TrustKey {
        /// The target's name.
        pub target: String,
        /// The key in base64; the one that signs here when absent.
        pub public_key: Option<String>,
    }

    /// Names a key, token or tenant of a target.
    pub struct TargetItem {
        /// The target's name.
        pub target: String,
        /// The id there.
        pub id: String,
    }

    /// A token, without its secret.
    pub struct Token {
        /// Its id.
        pub id: String,
        /// `admin` or `data`.
        pub kind: String,
        /// `active`, `expired` or `revoked`.
        pub state: String,
        /// The user it stands for.
        pub user_id: String,
        /// Tenants it may use; the first is taken when a request names none.
        pub tenants: Vec<String>,
        /// The realm.
        pub realm_id: String,
        /// The organisation.
        pub org_id: Option<String>,
        /// Roles.
        pub roles: Vec<String>,
        /// Further attributes.
        #[cfg_attr(feature = "ts", ts(type = "Record<string, unknown>"))]
        pub attributes: BTreeMap<String, serde_json::Value>,
        /// When it was made, RFC 3339.
        pub created_at: String,
        /// When it ends, RFC 3339; never when absent.
        pub expires_at: Option<String>,
        /// When it was revoked, RFC 3339.
        pub revoked_at: Option<String>,
        /// When it was last used, to the minute, RFC 3339.
        pub last_used_at: Option<String>,
    }

    /// Tokens of a target.
    pub struct Tokens {
        /// Oldest first.
        pub tokens: Vec<Token>,
    }

    /// Asks for tokens; all given filters must hold.
    pub struct ListTokens {
        /// The target's name.
        pub target: String,
        /// Of this user.
        pub user: Option<String>,
        /// That may use this tenant.
        pub tenant: Option<String>,
        /// `admin` or `data`.
        pub kind: Option<String>,
        /// `active`, `expired` or `revoked`.
        pub state: Option<String>,
    }

    /// Makes a token.
    pub struct CreateToken {
        /// The target's name.
        pub target: String,
        /// `admin` or `data`; `data` when absent.
        pub kind: Option<String>,
        /// The user it stands for.
        pub user_id: String,
        /// Tenants it may use; the default one when absent.
        pub tenants: Option<Vec<String>>,
        /// The realm; the default one when absent.
        pub realm_id: Option<String>,
        /// The organisation.
        pub org_id: Option<String>,
        /// Roles.
        pub roles: Option<Vec<String>>,
        /// Further attributes.
        #[cfg_attr(feature = "ts", ts(optional, type = "Record<string, unknown> | null"))]
        pub attributes: Option<BTreeMap<String, serde_json::Value>>,
        /// Seconds it lives; for ever when absent.
        #[cfg_attr(feature = "ts", ts(optional, type = "number | null"))]
        pub expires_in: Option<u64>,
    }

    /// A token that was made, with the secret that is answered this once.
    pub struct NewToken {
        /// The token.
        pub token: Token,
        /// What its holder sends.
        pub secret: SecretText,
    }

    /// Gives a token's holder a new secret.
    pub struct RotateToken {
        /// The target's name.
        pub target: String,
        /// The token's id.
        pub id: String,
        /// How long the old secret opens; it ends at once when absent.
        #[cfg_attr(feature = "ts", ts(optional, type = "number | null"))]
        pub grace_seconds: Option<u64>,
    }

    /// A tenant of a target.
    pub struct Tenant {
        /// Its id, which every record is bound to.
        pub id: String,
        /// For people.
        pub name: String,
        /// Since when, RFC 3339.
        pub created_at: String,
        /// When it was suspended, RFC 3339.
        pub suspended_at: Option<String>,
    }

    /// All tenants of a target.
    pub struct Tenants {
        /// By id.
        pub tenants: Vec<Tenant>,
    }

    /// Adds a tenant.
    pub struct AddTenant {
        /// The target's name.
        pub target: String,
        /// Its id.
        pub id: String,
        /// For people; the id when absent.
        pub name: Option<String>,
    }

    /// Gives a tenant another name.
    pub struct RenameTenant {
        /// The target's name.
        pub target: String,
        /// Its id.
        pub id: String,
        /// For people.
        pub name: String,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_crosses_as_a_text_and_is_printed_nowhere() {
        let secret = SecretText("maq_data_hush".into());
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"maq_data_hush\"");
        assert_eq!(format!("{secret:?}"), "SecretText(not shown)");
        let added =
            crate::AddTarget { name: "prod".into(), url: "https://host".into(), token: secret, trust_key: true };
        assert!(!format!("{added:?}").contains("hush"));
    }
}
