//! What the comparison answers.

use maq_diag::Finding;
use maq_ir::schema::{SchemaOperation, Table};
use std::sync::Arc;

/// Which way a release is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To a newer release: only what keeps every row and every client is accepted.
    Apply,
    /// Back to an older one: always possible; what it does not know is parked.
    Rollback,
}

/// The whole answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Evolution {
    /// Everything that changes, entity by entity.
    pub changes: Vec<Change>,
    /// What to do to the database, in order; empty when a finding forbids it.
    pub operations: Vec<SchemaOperation>,
    /// What cannot be done.
    pub findings: Vec<Finding>,
    /// Every physical table after the operations, by entity id, parked ones included.
    pub tables_after: Vec<(Arc<str>, Table)>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind of change.
    pub kind: ChangeKind,
    /// Name of the entity or the role, the new one where it has two.
    pub entity: Arc<str>,
    /// Name of the field, key, index or policy.
    pub member: Option<Arc<str>>,
    /// One sentence for people.
    pub summary: String,
    /// Whether it can be done over existing rows.
    pub supported: bool,
}

macro_rules! kinds {
    ($( $(#[$doc:meta])* $kind:ident = $word:literal ),* $(,)?) => {
        /// The kinds of change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ChangeKind {
            $( $(#[$doc])* $kind, )*
        }

        impl ChangeKind {
            /// Every kind.
            pub const ALL: &[ChangeKind] = &[ $( ChangeKind::$kind ),* ];

            /// The word on the wire and in reports.
            pub fn as_str(self) -> &'static str {
                match self {
                    $( ChangeKind::$kind => $word, )*
                }
            }
        }
    };
}

kinds! {
    /// A new entity, or one that was parked.
    CreateEntity = "createEntity",
    /// An entity is no longer there.
    RemoveEntity = "removeEntity",
    /// Another name for the same entity.
    RenameEntity = "renameEntity",
    /// Another way of identifying records.
    ChangeIdentity = "changeIdentity",
    /// Another class of entity.
    ChangeClass = "changeClass",
    /// A new field, or one that was parked.
    AddField = "addField",
    /// A field is no longer there.
    RemoveField = "removeField",
    /// Another name for the same field.
    RenameField = "renameField",
    /// A field admits more than before.
    WidenField = "widenField",
    /// A field admits less than before.
    NarrowField = "narrowField",
    /// Another type, scale or target.
    ChangeType = "changeType",
    /// Another default for new records.
    ChangeDefault = "changeDefault",
    /// An empty value reads otherwise.
    ChangeAbsent = "changeAbsent",
    /// What deleting the target does.
    ChangeOnDelete = "changeOnDelete",
    /// Another classification.
    ChangeClassification = "changeClassification",
    /// A new unique key.
    AddUnique = "addUnique",
    /// A unique key is no longer there.
    RemoveUnique = "removeUnique",
    /// A unique key over other fields.
    ChangeUnique = "changeUnique",
    /// A new index.
    AddIndex = "addIndex",
    /// An index is no longer there.
    RemoveIndex = "removeIndex",
    /// An index over other fields.
    ChangeIndex = "changeIndex",
    /// Other policies.
    ChangePolicies = "changePolicies",
    /// A new role.
    AddRole = "addRole",
    /// A role is no longer there.
    RemoveRole = "removeRole",
    /// Another name for the same role.
    RenameRole = "renameRole",
    /// A role permits more than before, and nothing less.
    WidenRole = "widenRole",
    /// A role permits less than before, and nothing more.
    NarrowRole = "narrowRole",
    /// A role permits more here and less there, or the same in other words.
    ChangeRole = "changeRole",
    /// Other rules.
    ChangeRules = "changeRules",
    /// Descriptions, labels, order: nothing a record notices.
    ChangeDescription = "changeDescription",
}

/// Collects the changes of one entity in one direction.
pub(crate) struct Changes<'a> {
    pub entity: &'a Arc<str>,
    pub direction: Direction,
    pub list: Vec<Change>,
}

impl<'a> Changes<'a> {
    pub fn new(entity: &'a Arc<str>, direction: Direction) -> Changes<'a> {
        Changes { entity, direction, list: Vec::new() }
    }

    /// A change that existing rows and clients do not mind.
    pub fn fine(&mut self, kind: ChangeKind, member: Option<&Arc<str>>, summary: String) {
        self.list.push(Change { kind, entity: self.entity.clone(), member: member.cloned(), summary, supported: true });
    }

    /// A change that cannot be applied over existing rows and clients; going back, `parked` says what happens.
    pub fn hard(&mut self, kind: ChangeKind, member: Option<&Arc<str>>, summary: String, parked: &str) {
        let back = self.direction == Direction::Rollback;
        let summary = if back { format!("{summary}; {parked}") } else { summary };
        self.list.push(Change { kind, entity: self.entity.clone(), member: member.cloned(), summary, supported: back });
    }
}
