//! The seven personas: roles that most organisations have, offered as documents to begin with. None is ever added
//! silently.

/// A role as plain data, for whoever writes documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Persona {
    /// The role's name.
    pub name: &'static str,
    /// What people see in place of the name.
    pub label: &'static str,
    /// For people.
    pub description: &'static str,
    /// `action:resource`.
    pub permissions: &'static [&'static str],
    /// Roles whose permissions and policies it has too.
    pub inherits: &'static [&'static str],
}

/// Every persona; who is inherited comes first.
pub const PERSONAS: [Persona; 7] = [
    Persona {
        name: "user",
        label: "User",
        description: "Reads records, starts workflows and takes part in them.",
        permissions: &[
            "read:*",
            "workflow.start:*",
            "workflow.comment:*",
            "workflow.attach:*",
            "collaboration.comment:*",
            "collaboration.follow:*",
            "collaboration.mention:*",
        ],
        inherits: &[],
    },
    Persona {
        name: "powerUser",
        label: "Power User",
        description: "Writes records too, and works on many of them at once.",
        permissions: &[
            "create:*",
            "update:*",
            "utility.export:*",
            "utility.print:*",
            "utility.report:*",
            "collaboration.*:*",
        ],
        inherits: &["user"],
    },
    Persona {
        name: "manager",
        label: "Manager",
        description: "Decides over what others ask for, and lends rights while away.",
        permissions: &[
            "workflow.approve:*",
            "workflow.reject:*",
            "workflow.requestChanges:*",
            "workflow.delegate:*",
            "workflow.reassign:*",
            "delegation.grant:*",
            "delegation.revoke:*",
        ],
        inherits: &["powerUser"],
    },
    Persona {
        name: "admin",
        label: "Admin",
        description: "Does everything with records, their files and their workflows.",
        permissions: &["entity.*:*", "utility.*:*", "workflow.*:*"],
        inherits: &["manager"],
    },
    Persona {
        name: "securityOfficer",
        label: "Security Officer",
        description: "Sees who may do what, and takes lent rights back.",
        permissions: &["read:*", "delegation.inspect:*", "delegation.revoke:*", "utility.report:*"],
        // Not `user`: who watches shall not come by what the policies of an entity give to users.
        inherits: &[],
    },
    Persona {
        name: "complianceOfficer",
        label: "Compliance Officer",
        description: "Reads, reports and takes copies for an audit; changes nothing.",
        permissions: &["read:*", "delegation.inspect:*", "utility.export:*", "utility.print:*", "utility.report:*"],
        inherits: &[],
    },
    Persona {
        name: "systemAdmin",
        label: "System Admin",
        description: "Does everything.",
        permissions: &["*"],
        inherits: &[],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Permission, RoleCatalogue};
    use std::sync::Arc;

    fn catalogue() -> RoleCatalogue {
        let texts = |texts: &[&str]| texts.iter().map(|text| Arc::from(*text)).collect();
        let role = |persona: &Persona| maq_ir::Role {
            id: format!("rol_{}", persona.name).into(),
            name: persona.name.into(),
            permissions: texts(persona.permissions),
            inherits: texts(persona.inherits),
        };
        RoleCatalogue::new(&PERSONAS.iter().map(role).collect::<Vec<_>>())
    }

    #[test]
    fn every_permission_can_be_read_and_every_inherited_role_comes_first() {
        for (at, persona) in PERSONAS.iter().enumerate() {
            for text in persona.permissions {
                assert!(Permission::parse(text).is_ok(), "{} {text}", persona.name);
            }
            for parent in persona.inherits {
                assert!(PERSONAS[..at].iter().any(|earlier| earlier.name == *parent), "{} {parent}", persona.name);
            }
        }
    }

    #[test]
    fn each_persona_may_what_its_description_says_and_no_more() {
        let catalogue = catalogue();
        let asked = ["read", "create", "update", "delete", "workflow.approve", "utility.export", "delegation.revoke"];
        let may = |name: &str| -> String {
            let roles = [name.to_owned()];
            asked
                .iter()
                .map(|operation| if catalogue.permits(&roles, operation, "Invoice") { 'x' } else { '-' })
                .collect()
        };
        for (name, expected) in [
            ("user", "x------"),
            ("powerUser", "xxx--x-"),
            ("manager", "xxx-xxx"),
            ("admin", "xxxxxxx"),
            ("securityOfficer", "x-----x"),
            ("complianceOfficer", "x----x-"),
            ("systemAdmin", "xxxxxxx"),
        ] {
            assert_eq!(may(name), expected, "{name}");
        }
    }
}
