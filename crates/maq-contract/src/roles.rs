//! Roles in the studio: the catalogue of operations, what a role may do, checks while it is written, personas.

use crate::MatrixCell;
use maq_diag::Finding;
use maq_doc::Document;

wire! {
    /// What can be permitted at all, and the roles to begin with.
    pub struct OperationCatalogue {
        /// Operations by namespace.
        pub namespaces: Vec<OperationNamespace>,
        /// The personas, those that are inherited first.
        pub personas: Vec<PersonaRole>,
    }

    /// A group of operations.
    pub struct OperationNamespace {
        /// Its name; in permissions `name.*` is all of it.
        pub name: String,
        /// What it is about.
        pub description: String,
        /// Its operations.
        pub operations: Vec<OperationInfo>,
    }

    /// Something that can be done.
    pub struct OperationInfo {
        /// Its name.
        pub name: String,
        /// What it does.
        pub description: String,
        /// The action of policies that decides over it; absent where none does.
        pub action: Option<String>,
    }

    /// A role to begin with.
    pub struct PersonaRole {
        /// The role's name.
        pub name: String,
        /// What people see in place of it.
        pub label: String,
        /// For people.
        pub description: String,
        /// `action:resource`.
        pub permissions: Vec<String>,
        /// Roles it inherits.
        pub inherits: Vec<String>,
    }

    /// Names a draft role.
    pub struct DraftRole {
        /// Its stable id.
        pub role_id: String,
    }

    /// What a draft role may do, with all it inherits.
    pub struct RoleRights {
        /// Every role it inherits, by name.
        pub inherits: Vec<String>,
        /// Roles that inherit it, by name.
        pub heirs: Vec<String>,
        /// Actions, in the order of columns.
        pub actions: Vec<String>,
        /// One for each entity, by name.
        pub rows: Vec<RoleRightsRow>,
    }

    /// What a role may do with an entity.
    pub struct RoleRightsRow {
        /// The entity's stable id.
        pub entity_id: String,
        /// Its name.
        pub entity: String,
        /// In the order of the actions, policies of the entity included.
        pub cells: Vec<MatrixCell>,
        /// Operations that no policy decides over.
        pub others: Vec<OperationRight>,
    }

    /// A permitted operation.
    pub struct OperationRight {
        /// `workflow.approve`.
        pub operation: String,
        /// `role: permission` for each permission that gives it.
        pub by: Vec<String>,
    }

    /// Asks what is wrong with a role while it is written.
    pub struct CheckRole {
        /// The role as it is written now.
        pub document: Document,
    }

    /// What was found.
    pub struct RoleCheck {
        /// Everything wrong with it.
        pub findings: Vec<Finding>,
    }

    /// Adds personas as roles in one edit group.
    pub struct AddPersonas {
        /// Names; all when absent. What they inherit comes along.
        pub names: Option<Vec<String>>,
        /// An id the sender draws once, `sender/number`.
        pub group_id: Option<String>,
    }

    /// Renames a role with everything that refers to it.
    pub struct RenameRole {
        /// Its stable id.
        pub role_id: String,
        /// The new name.
        pub name: String,
        /// An id the sender draws once, `sender/number`.
        pub group_id: Option<String>,
    }
}
