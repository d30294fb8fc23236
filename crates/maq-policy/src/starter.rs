//! Starter policies: sets with a name, offered by an import and for a new entity. None is ever taken silently.

use crate::rule::EVERY;

/// A policy as plain data, for whoever writes documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StarterPolicy {
    /// The policy's name.
    pub name: &'static str,
    /// For people.
    pub description: &'static str,
    /// `allow` or `deny`.
    pub effect: &'static str,
    /// Actions.
    pub actions: &'static [&'static str],
    /// Roles; empty is everyone.
    pub roles: &'static [&'static str],
    /// Higher first.
    pub priority: i64,
}

/// The names [`starter`] knows.
pub const STARTERS: [&str; 3] = ["admin-only", "standard", "read-only"];

const ADMIN: StarterPolicy = allow("adminFullAccess", "administrators do everything", &[EVERY], &["admin"]);

/// The policies of the starter `name`.
pub fn starter(name: &str) -> Option<Vec<StarterPolicy>> {
    match name {
        "admin-only" => Some(vec![ADMIN]),
        "standard" => Some(vec![
            ADMIN,
            allow("managerEdits", "managers create, read and change", &["create", "read", "update"], &["manager"]),
            allow("userAdds", "users create and read", &["create", "read"], &["user"]),
            allow("guestReads", "guests read", &["read"], &["guest"]),
        ]),
        "read-only" => Some(vec![ADMIN, allow("everyoneReads", "everyone reads", &["read"], &[])]),
        _ => None,
    }
}

const fn allow(
    name: &'static str,
    description: &'static str,
    actions: &'static [&'static str],
    roles: &'static [&'static str],
) -> StarterPolicy {
    StarterPolicy { name, description, effect: "allow", actions, roles, priority: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_starter_allows_only_and_has_distinct_names() {
        for name in STARTERS {
            let policies = starter(name).unwrap();
            assert!(policies.iter().all(|policy| policy.effect == "allow"), "{name}");
            let mut names: Vec<&str> = policies.iter().map(|policy| policy.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), policies.len(), "{name}");
        }
        assert_eq!(starter("everything"), None);
    }
}
