//! Policies in the studio: who may do what on a draft, conditions while they are written, and trying them out.

use maq_diag::Severity;
use serde_json::Value as Json;

wire! {
    /// Names a draft entity.
    pub struct DraftEntity {
        /// Its stable id.
        pub entity_id: String,
    }

    /// The policies of a draft entity as a table.
    pub struct PolicyMatrix {
        /// The combining algorithm that counts, by its standard name.
        pub combining: String,
        /// Every algorithm one may choose, the default one first.
        pub algorithms: Vec<String>,
        /// Actions, in the order of columns.
        pub actions: Vec<String>,
        /// One for each role, for everyone else, and for each user that a policy names.
        pub rows: Vec<MatrixRow>,
    }

    /// A row of the table.
    pub struct MatrixRow {
        /// `role`, `everyone` or `user`.
        pub kind: String,
        /// The role's or user's name; `*` for everyone else.
        pub name: String,
        /// In the order of the actions.
        pub cells: Vec<MatrixCell>,
    }

    /// What comes out for a role and an action.
    pub struct MatrixCell {
        /// `allow`, `deny`, `conditional`, or `nothing`: no policy speaks to it, so it is denied.
        pub verdict: String,
        /// The policies that can decide it, the first to be asked first.
        pub deciding: Vec<PolicyRef>,
        /// Policies that speak to it and are never reached, or never match.
        pub shadowed: Vec<PolicyRef>,
        /// Some field is hidden or masked for whoever is allowed.
        pub limits_fields: bool,
    }

    /// Names a policy. One that a role's permissions make is in no entity's document.
    pub struct PolicyRef {
        /// Its stable id.
        pub id: String,
        /// Its name.
        pub name: String,
    }

    /// Asks what is wrong with a condition while it is written.
    pub struct CheckCondition {
        /// The draft entity's stable id.
        pub entity_id: String,
        /// The text.
        pub text: String,
    }

    /// What was found.
    pub struct ConditionCheck {
        /// Everything wrong, in the order of the text.
        pub problems: Vec<ConditionProblem>,
        /// The condition in canonical form; absent while it has errors.
        pub canonical: Option<String>,
    }

    /// Something wrong with a condition.
    pub struct ConditionProblem {
        /// The finding's code.
        pub code: String,
        /// How bad.
        pub severity: Severity,
        /// The parameters of the message, by name.
        #[cfg_attr(feature = "ts", ts(type = "{ [key in string]: string }"))]
        pub params: std::collections::BTreeMap<String, String>,
        /// The message in English.
        pub message: String,
        /// What to do next.
        pub help: String,
        /// Byte span in the text.
        pub span: (u32, u32),
        /// Other texts for a part of it, the best first.
        pub repairs: Vec<ConditionRepair>,
    }

    /// A one-click repair of a condition.
    pub struct ConditionRepair {
        /// What the button says.
        pub title: String,
        /// Byte span of what is replaced.
        pub span: (u32, u32),
        /// By what.
        pub text: String,
    }

    /// Asks what could stand at a place of a condition.
    pub struct CompleteCondition {
        /// The draft entity's stable id.
        pub entity_id: String,
        /// The text.
        pub text: String,
        /// Byte offset of the cursor.
        pub offset: u32,
    }

    /// What could stand there.
    pub struct Completions {
        /// Byte span of the word that a choice replaces.
        pub span: (u32, u32),
        /// The choices, the best first.
        pub items: Vec<CompletionItem>,
    }

    /// A choice.
    pub struct CompletionItem {
        /// What is shown.
        pub label: String,
        /// `field`, `reference`, `list`, `variable`, `function`, `macro`, `value` or `keyword`.
        pub kind: String,
        /// Its type or signature.
        pub detail: Option<String>,
        /// What it does, one sentence.
        pub info: Option<String>,
        /// What is put in the text; `label` when absent.
        pub insert: Option<String>,
    }

    /// Somebody to try policies as.
    pub struct TryPrincipal {
        /// The user.
        pub user_id: String,
        /// Roles.
        pub roles: Vec<String>,
        /// Organisation.
        pub org_id: Option<String>,
        /// Tenant; the default one when absent.
        pub tenant_id: Option<String>,
        /// Realm; the default one when absent.
        pub realm_id: Option<String>,
        /// Further attributes, an object.
        #[cfg_attr(feature = "ts", ts(optional, type = "Record<string, unknown> | null"))]
        pub attributes: Option<Json>,
    }

    /// Tries the draft's policies on a record.
    pub struct TryPolicies {
        /// The draft entity's stable id.
        pub entity_id: String,
        /// Who asks.
        pub principal: TryPrincipal,
        /// The record's id on the target `local`.
        pub record_id: Option<String>,
        /// A record by field name, in place of one of `local`.
        #[cfg_attr(feature = "ts", ts(optional, type = "Record<string, unknown> | null"))]
        pub values: Option<Json>,
        /// What the request brings, an object.
        #[cfg_attr(feature = "ts", ts(optional, type = "Record<string, unknown> | null"))]
        pub context: Option<Json>,
        /// When, RFC 3339; now when absent.
        pub now: Option<String>,
    }

    /// What came out.
    pub struct TryAnswer {
        /// When it was tried, RFC 3339.
        pub now: String,
        /// What to know before believing it: where the draft and what is published differ.
        pub notes: Vec<TryNote>,
        /// Digest of the policies that decided.
        pub policy_set: String,
        /// One for each action.
        pub decisions: Vec<TryDecision>,
        /// The record as it is, when one was chosen.
        #[cfg_attr(feature = "ts", ts(optional, type = "Record<string, unknown> | null"))]
        pub record: Option<Json>,
        /// Every field of the record as this principal would see it; none when reading is denied.
        pub fields: Option<Vec<TryField>>,
        /// The rows of `local` this principal would see; absent when there are none to look at.
        pub rows: Option<TryRows>,
    }

    /// Something to know about a trial.
    pub struct TryNote {
        /// `unpublished`, `fieldMissing`, `broken` or `rows`.
        pub kind: String,
        /// One sentence.
        pub message: String,
    }

    /// A decision with its reasons.
    pub struct TryDecision {
        /// The action.
        pub action: String,
        /// Allowed.
        pub allowed: bool,
        /// Why, one sentence.
        pub reason: String,
        /// Attributes that a condition asked for and nobody brought.
        pub missing: Vec<String>,
        /// What comes with it.
        pub obligations: Vec<TryObligation>,
        /// Every policy that speaks to the action, in the order they are asked.
        pub rules: Vec<TryRule>,
    }

    /// What comes with a decision.
    pub struct TryObligation {
        /// What is to be done.
        pub kind: String,
        /// Told, and not binding.
        pub advice: bool,
        /// What is needed for it.
        #[cfg_attr(feature = "ts", ts(type = "Record<string, unknown>"))]
        pub params: Json,
    }

    /// What one policy said.
    pub struct TryRule {
        /// Its stable id.
        pub id: String,
        /// Its name.
        pub name: String,
        /// `allow` or `deny`.
        pub effect: String,
        /// Its priority.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub priority: i64,
        /// `matched`, `failed`, `error`, `outside` (not for this principal) or `skipped` (decided before).
        pub outcome: String,
        /// It decided.
        pub decisive: bool,
        /// Why it is outside, or what the error was.
        pub reason: Option<String>,
        /// Its condition, part by part; absent without one.
        pub condition: Option<TryClause>,
    }

    /// A part of a condition with its value.
    pub struct TryClause {
        /// As it is written.
        pub text: String,
        /// Byte span in the condition.
        pub span: (u32, u32),
        /// `true`, `false`, `value`, `error` or `unused` (not needed).
        pub outcome: String,
        /// Its value, for people; what is wrong when it is an error.
        pub value: Option<String>,
        /// It made the whole what it is.
        pub decisive: bool,
        /// Its parts; of a macro one for each element.
        pub parts: Vec<TryClause>,
    }

    /// A field as the principal would see it.
    pub struct TryField {
        /// Its name.
        pub name: String,
        /// `readable`, `masked` or `hidden`.
        pub access: String,
        /// May be changed.
        pub writable: bool,
        /// What is seen; absent when hidden.
        #[cfg_attr(feature = "ts", ts(optional, type = "unknown"))]
        pub seen: Option<Json>,
    }

    /// Rows a principal would see.
    pub struct TryRows {
        /// Rows there are.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub total: u64,
        /// Rows seen.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub visible: u64,
        /// The first of those that are seen.
        pub seen: Vec<TryRow>,
        /// The first of those that are not.
        pub hidden: Vec<TryRow>,
    }

    /// A row of `local`.
    pub struct TryRow {
        /// Its id.
        pub id: String,
        /// Its values by field name: masked as this principal sees them, or plain where the row is hidden, for whoever
        /// writes the policies.
        #[cfg_attr(feature = "ts", ts(type = "Record<string, unknown>"))]
        pub values: Json,
    }
}
