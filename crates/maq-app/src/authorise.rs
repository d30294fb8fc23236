//! Who may design, publish and administer: the operation catalogue of the workspace's roles.

use crate::AppResult;
use crate::error::refusals;
use maq_value::Actor;
use serde_json::Value as Json;

/// The roles a member of a workspace can have, from the one that may least.
pub const ROLES: [&str; 5] = ["viewer", "designer", "policyOwner", "publisher", "owner"];

/// What an actor wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Look at documents, releases, audit, members and the records of `local`; ask for decisions.
    View,
    /// Change documents other than policies; import.
    Design,
    /// Change policies.
    DesignPolicies,
    /// Change records of `local`, as any principal; log events of one's own.
    EditRecords,
    /// Make releases, sign, publish, roll back, load.
    Publish,
    /// Targets, tokens, keys, tenants, members.
    Administer,
}

impl Permission {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Permission::View => "look at this",
            Permission::Design => "change documents",
            Permission::DesignPolicies => "change policies",
            Permission::EditRecords => "change records",
            Permission::Publish => "publish",
            Permission::Administer => "administer",
        }
    }

    fn roles(self) -> &'static [&'static str] {
        match self {
            Permission::View => &["viewer", "designer", "policyOwner", "publisher", "owner", "admin"],
            Permission::Design => &["designer", "owner", "admin"],
            Permission::DesignPolicies => &["policyOwner", "owner", "admin"],
            Permission::EditRecords => &["designer", "publisher", "owner", "admin"],
            Permission::Publish => &["publisher", "owner", "admin"],
            Permission::Administer => &["owner", "admin"],
        }
    }
}

/// Refuses an actor whose roles do not hold the permission.
pub(crate) fn authorise(actor: &Actor, permission: Permission) -> AppResult<()> {
    let allowed = actor.roles.iter().any(|role| permission.roles().contains(&role.as_str()));
    if allowed {
        return Ok(());
    }
    Err(refusals::ACTOR_NOT_ALLOWED.with(&[("user", &actor.user_id), ("permission", permission.words())]))
}

/// As [`authorise`], for an entity's whole schema: policies in it are the policy owner's.
pub(crate) fn authorise_schema(actor: &Actor, schema: &Json) -> AppResult<()> {
    authorise(actor, Permission::Design)?;
    if brings_policies(schema) { authorise(actor, Permission::DesignPolicies) } else { Ok(()) }
}

/// Whether a document brings policies along.
pub(crate) fn brings_policies(document: &Json) -> bool {
    document.get("policies").and_then(Json::as_array).is_some_and(|policies| !policies.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn actor(role: &str) -> Actor {
        Actor { user_id: "ann".into(), roles: vec![role.into()] }
    }

    #[test]
    fn each_role_may_what_the_catalogue_says_and_no_more() {
        use Permission::{Administer, Design, DesignPolicies, EditRecords, Publish, View};
        let all = [View, Design, DesignPolicies, EditRecords, Publish, Administer];
        for (role, expected) in [
            ("viewer", vec![View]),
            ("designer", vec![View, Design, EditRecords]),
            ("policyOwner", vec![View, DesignPolicies]),
            ("publisher", vec![View, EditRecords, Publish]),
            ("owner", all.to_vec()),
            ("admin", all.to_vec()),
            ("stranger", vec![]),
        ] {
            let may: Vec<Permission> =
                all.into_iter().filter(|permission| authorise(&actor(role), *permission).is_ok()).collect();
            assert_eq!(may, expected, "{role}");
        }
    }

    #[test]
    fn a_refusal_says_who_and_what() {
        let error = authorise(&actor("viewer"), Permission::EditRecords).unwrap_err();
        assert_eq!(error.refusal().unwrap().title, "`ann` may not change records here");
    }

    #[test]
    fn a_schema_with_policies_needs_both_roles() {
        let (plain, guarded) = (json!({"fields": [], "policies": []}), json!({"policies": [{"name": "all"}]}));
        assert!(authorise_schema(&actor("designer"), &plain).is_ok());
        assert!(authorise_schema(&actor("designer"), &guarded).is_err());
        assert!(authorise_schema(&actor("policyOwner"), &guarded).is_err());
        assert!(authorise_schema(&actor("owner"), &guarded).is_ok());
    }
}
