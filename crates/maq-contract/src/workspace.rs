//! The workspace: documents, edits, undo, findings.

use maq_diag::Finding;
use maq_doc::{Document, Edit};

wire! {
    /// Everything the studio needs to start.
    pub struct WorkspaceState {
        /// The store's id, drawn when it was made.
        pub id: String,
        /// Who works here, as the history names them.
        pub user: String,
        /// Shown in the title.
        pub name: String,
        /// Where it is, without secrets.
        pub location: String,
        /// Sequence number of the last edit group; grows with every change.
        pub seq: i64,
        /// All draft documents.
        pub documents: Vec<Document>,
        /// What is wrong with them.
        pub findings: Vec<Finding>,
        /// Label of what undo would take back.
        pub undo: Option<String>,
        /// Label of what redo would bring again.
        pub redo: Option<String>,
        /// Digest of the release that runs on `local`.
        pub local_release: Option<String>,
        /// Version of the program.
        pub version: String,
    }

    /// One named group of edits, undone as one.
    pub struct ApplyEdits {
        /// What the undo entry says: "Rename field `total`".
        pub label: String,
        /// The edits, in order.
        pub edits: Vec<Edit>,
        /// The `seq` of the state the edits were made on. Where others changed the same places since, the answer is
        /// `workspace/conflict` with both values.
        pub base_seq: Option<i64>,
        /// An id the sender draws once, `sender/number`: sending the group again does nothing twice.
        pub group_id: Option<String>,
    }

    /// Takes back the newest group of one's own, or brings one again.
    pub struct StepEdits {
        /// An id the sender draws once, `sender/number`: sending it again does nothing twice.
        pub group_id: Option<String>,
    }

    /// Asks what changed since.
    pub struct ReadChanges {
        /// The `seq` of the state one has.
        pub after: i64,
    }

    /// What changed since.
    pub struct WorkspaceChanges {
        /// The newest sequence number.
        pub seq: i64,
        /// Every group since, undo and redo included, oldest first; absent when the state is better read anew.
        pub groups: Option<Vec<ChangeGroup>>,
        /// All findings now.
        pub findings: Vec<Finding>,
        /// Label of what undo would take back.
        pub undo: Option<String>,
        /// Label of what redo would bring again.
        pub redo: Option<String>,
        /// Digest of the release that runs on `local`.
        pub local_release: Option<String>,
    }

    /// A group of edits that was applied.
    pub struct ChangeGroup {
        /// Its sequence number.
        pub seq: i64,
        /// The id its sender drew.
        pub group_id: Option<String>,
        /// What it did.
        pub label: String,
        /// Who.
        pub actor: String,
        /// The edits.
        pub edits: Vec<Edit>,
    }

    /// What an edit, undo or redo came to.
    pub struct EditResult {
        /// The new sequence number.
        pub seq: i64,
        /// The edits that were applied (for undo, the inverse), for the studio to apply too.
        pub edits: Vec<Edit>,
        /// All findings after it.
        pub findings: Vec<Finding>,
        /// Label of what undo would take back now.
        pub undo: Option<String>,
        /// Label of what redo would bring again now.
        pub redo: Option<String>,
    }

    /// Renames an entity with every reference to it.
    pub struct RenameEntity {
        /// Its stable id.
        pub entity_id: String,
        /// The new name.
        pub name: String,
        /// The `seq` of the state it was made on.
        pub base_seq: Option<i64>,
        /// An id the sender draws once, `sender/number`.
        pub group_id: Option<String>,
    }

    /// Renames a field with every key, index and rule that names it.
    pub struct RenameField {
        /// The entity's stable id.
        pub entity_id: String,
        /// The field's stable id.
        pub field_id: String,
        /// The new name.
        pub name: String,
        /// The `seq` of the state it was made on.
        pub base_seq: Option<i64>,
        /// An id the sender draws once, `sender/number`.
        pub group_id: Option<String>,
    }

    /// Adds a relation between two entities in one edit group.
    pub struct AddRelation {
        /// The entity that gets the reference (the many side), by id.
        pub from: String,
        /// The entity referred to (the one side), by id.
        pub to: String,
        /// `manyToOne`, `oneToOne` or `manyToMany` (makes an entity between them).
        pub cardinality: String,
        /// Name of the reference field, or of the entity between; derived when absent.
        pub name: Option<String>,
        /// Whether the reference is required.
        pub required: bool,
        /// An id the sender draws once, `sender/number`.
        pub group_id: Option<String>,
    }

    /// Adds named starter policies to entities in one edit group.
    pub struct AddStarterPolicies {
        /// `admin-only`, `standard` or `read-only`.
        pub starter: String,
        /// Entity ids; all when absent.
        pub entities: Option<Vec<String>>,
        /// An id the sender draws once, `sender/number`.
        pub group_id: Option<String>,
    }

    /// Asks for the newest edit groups.
    pub struct ListHistory {
        /// At most this many, newest first.
        pub limit: u32,
    }

    /// One edit group of the past.
    pub struct HistoryEntry {
        /// Its sequence number.
        pub seq: i64,
        /// What it did.
        pub label: String,
        /// `done` or `undone`.
        pub state: String,
        /// Who.
        pub actor: String,
        /// When, RFC 3339.
        pub at: String,
    }

    /// The newest edit groups.
    pub struct History {
        /// Newest first.
        pub entries: Vec<HistoryEntry>,
    }

    /// Asks for the page of a finding code.
    pub struct ExplainCode {
        /// The code.
        pub code: String,
    }

    /// What a finding code means.
    pub struct CodePage {
        /// The code.
        pub code: String,
        /// The page, Markdown.
        pub markdown: String,
    }
}
