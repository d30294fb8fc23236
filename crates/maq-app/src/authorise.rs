//! Who may design, publish and administer: the operation catalogue of the workspace's roles.

use crate::AppResult;
use crate::error::refusals;
use maq_value::Actor;

/// What an actor wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Look at documents, releases, audit.
    View,
    /// Change documents other than policies.
    Design,
    /// Change policies.
    DesignPolicies,
    /// Make releases, publish, roll back, load.
    Publish,
    /// Targets, tokens, keys, tenants.
    Administer,
}

impl Permission {
    fn words(self) -> &'static str {
        match self {
            Permission::View => "look at this",
            Permission::Design => "change documents",
            Permission::DesignPolicies => "change policies",
            Permission::Publish => "publish",
            Permission::Administer => "administer",
        }
    }

    fn roles(self) -> &'static [&'static str] {
        match self {
            Permission::View => &["viewer", "designer", "policyOwner", "publisher", "owner", "admin"],
            Permission::Design => &["designer", "owner", "admin"],
            Permission::DesignPolicies => &["policyOwner", "owner", "admin"],
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_the_catalogue_says_and_no_more() {
        let may = |role: &str, permission| {
            authorise(&Actor { user_id: "ann".into(), roles: vec![role.into()] }, permission).is_ok()
        };
        assert!(may("viewer", Permission::View) && !may("viewer", Permission::Design));
        assert!(may("designer", Permission::Design) && !may("designer", Permission::Publish));
        assert!(may("policyOwner", Permission::DesignPolicies) && !may("policyOwner", Permission::Design));
        assert!(may("publisher", Permission::Publish) && !may("publisher", Permission::Administer));
        assert!(may("owner", Permission::Administer) && !may("stranger", Permission::View));
    }
}
