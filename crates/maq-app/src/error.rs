//! Refusals and faults. A refusal is a request that cannot be done now, with code, words and help; a fault is our or
//! the machine's failure, with an incident id outside and its chain in the log only.

use maq_diag::{Finding, catalogue};
use maq_doc::EditConflict;
use maq_store::{Refused, StoreError};
use std::collections::BTreeMap;
use std::fmt;

/// The answer of a use case.
pub type AppResult<T> = Result<T, AppError>;

/// A refusal or a fault.
#[derive(Debug, Clone)]
pub enum AppError {
    /// It cannot be done now; nothing was changed.
    Refusal(Box<Refusal>),
    /// Our or the machine's failure.
    Fault(Fault),
}

/// Which kind of refusal it is; each has one HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalClass {
    /// The request itself is wrong.
    Invalid,
    /// Nobody knows who asks.
    Unauthenticated,
    /// Whoever asks may not.
    Denied,
    /// It is not there, or hidden.
    NotFound,
    /// It does not fit what is there now.
    Conflict,
    /// It is too large.
    TooLarge,
    /// Something needed is not reachable now.
    Unavailable,
}

impl RefusalClass {
    /// The HTTP status it travels with.
    pub fn status(self) -> u16 {
        match self {
            RefusalClass::Invalid => 422,
            RefusalClass::Unauthenticated => 401,
            RefusalClass::Denied => 403,
            RefusalClass::NotFound => 404,
            RefusalClass::Conflict => 409,
            RefusalClass::TooLarge => 413,
            RefusalClass::Unavailable => 503,
        }
    }

    /// The class of an HTTP status, for a client that reads one back.
    pub fn from_status(status: u16) -> RefusalClass {
        match status {
            401 => RefusalClass::Unauthenticated,
            403 => RefusalClass::Denied,
            404 => RefusalClass::NotFound,
            409 | 412 => RefusalClass::Conflict,
            413 => RefusalClass::TooLarge,
            500..=599 => RefusalClass::Unavailable,
            _ => RefusalClass::Invalid,
        }
    }
}

/// A request that cannot be done now.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// `area/words-with-dashes`.
    pub code: String,
    /// Which kind it is.
    pub class: RefusalClass,
    /// One sentence.
    pub title: String,
    /// The parameters of the sentence.
    pub params: BTreeMap<String, String>,
    /// What to do next.
    pub help: String,
    /// Whether the same request may succeed later.
    pub retry: bool,
    /// Everything found wrong, where findings are the reason.
    pub findings: Vec<Finding>,
    /// Places where somebody else was first, where that is the reason.
    pub conflicts: Vec<EditConflict>,
}

/// Our or the machine's failure.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Under this id the log holds the chain.
    pub incident: String,
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AppError::Refusal(refusal) => write!(f, "{}: {}", refusal.code, refusal.title),
            AppError::Fault(fault) => write!(f, "fault {}", fault.incident),
        }
    }
}

impl std::error::Error for AppError {}

impl AppError {
    /// The refusal, when it is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            AppError::Refusal(refusal) => Some(refusal),
            AppError::Fault(_) => None,
        }
    }

    /// A fault; its chain goes to the log under a new incident id.
    pub fn fault(chain: impl fmt::Display) -> AppError {
        let incident = format!("inc_{}", uuid::Uuid::new_v4().simple());
        tracing::error!(incident, chain = %chain, "fault");
        AppError::Fault(Fault { incident })
    }

    /// The same refusal with findings.
    #[must_use]
    pub fn with_findings(mut self, findings: Vec<Finding>) -> AppError {
        if let AppError::Refusal(refusal) = &mut self {
            refusal.findings = findings;
        }
        self
    }

    /// The same refusal with the places where somebody else was first.
    #[must_use]
    pub fn with_conflicts(mut self, conflicts: Vec<EditConflict>) -> AppError {
        if let AppError::Refusal(refusal) = &mut self {
            refusal.conflicts = conflicts;
        }
        self
    }

    /// The same refusal, marked as worth trying again.
    #[must_use]
    pub fn retryable(mut self) -> AppError {
        if let AppError::Refusal(refusal) = &mut self {
            refusal.retry = true;
        }
        self
    }
}

/// One kind of refusal.
#[derive(Debug)]
pub struct RefusalInfo {
    /// `area/words-with-dashes`.
    pub code: &'static str,
    /// Which kind it is.
    pub class: RefusalClass,
    /// One sentence with `{params}`.
    pub title: &'static str,
    /// What to do next.
    pub help: &'static str,
}

impl RefusalInfo {
    /// The refusal with these parameters.
    pub fn with(&self, params: &[(&str, &str)]) -> AppError {
        let params: BTreeMap<String, String> =
            params.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        AppError::Refusal(Box::new(Refusal {
            code: self.code.to_owned(),
            class: self.class,
            title: catalogue::render(self.title, &params),
            help: catalogue::render(self.help, &params),
            params,
            retry: self.class == RefusalClass::Unavailable,
            findings: Vec::new(),
            conflicts: Vec::new(),
        }))
    }
}

/// Every refusal a use case gives.
pub mod refusals {
    use super::RefusalClass::{Conflict, Denied, Invalid, NotFound, TooLarge, Unauthenticated, Unavailable};
    use super::RefusalInfo;

    macro_rules! refusals {
        ($( $name:ident = $code:literal $class:ident $title:literal help $help:literal; )*) => {
            $(
                #[doc = $title]
                pub const $name: &RefusalInfo = &RefusalInfo { code: $code, class: $class, title: $title, help: $help };
            )*
            /// All refusals.
            pub const ALL: &[&RefusalInfo] = &[ $( $name ),* ];
        };
    }

    refusals! {
        AUDIT_FILTER_WRONG = "audit/filter-wrong" Invalid "the audit filter `{filter}` cannot be read" help "give dates as RFC 3339 and a result of success or failure";
        AUDIT_EVENT_RESERVED = "audit/event-type-wrong" Invalid "`{type}` cannot be an event type" help "use letters, digits, dots and dashes, at most 100";
        AUTH_NEEDED = "auth/token-needed" Unauthenticated "this needs a token" help "send `Authorization: Bearer …` with a token made by `maquette token new`";
        AUTH_INVALID = "auth/token-invalid" Unauthenticated "the token is unknown, expired or revoked" help "make a new one with `maquette token new`";
        AUTH_MISTYPED = "auth/token-mistyped" Unauthenticated "the token is not whole: a character is missing or wrong" help "copy it again, all of it";
        AUTH_NOT_ADMIN = "auth/admin-needed" Denied "this needs an admin token" help "use the admin token that `maquette init --server` printed";
        AUTH_TENANT = "auth/tenant-not-allowed" Denied "the token may not act in tenant `{tenant}`" help "choose one of the token's tenants";
        AUTH_TENANT_SUSPENDED = "auth/tenant-suspended" Denied "tenant `{tenant}` is suspended" help "ask the server's operator";
        ACTOR_NOT_ALLOWED = "actor/not-allowed" Denied "`{user}` may not {permission} here" help "ask an owner of the workspace for a role that may";
        ACTOR_NOT_A_MEMBER = "actor/not-a-member" Denied "`{user}` is no member of this workspace" help "ask an owner of the workspace to add you; MAQUETTE_USER says who you are";
        CURSOR_INVALID = "data/cursor-invalid" Invalid "the cursor cannot be read" help "take `next` from the page before, with the same sort and filter";
        DATA_ENTITY_UNKNOWN = "data/entity-unknown" NotFound "no entity `{entity}` is published here" help "publish a release that holds it, or correct the name";
        DATA_RECORD_NOT_FOUND = "data/record-not-found" NotFound "no `{entity}` with id `{id}`" help "it may have been deleted, or you may not see it";
        DATA_RECORD_INVALID = "data/record-invalid" Invalid "this `{entity}` cannot be stored" help "see the findings, one for each field";
        DATA_CONFLICT = "data/row-version-conflict" Conflict "`{entity}` `{id}` was changed by somebody else" help "read it again, and send its `rowVersion`";
        DATA_UNIQUE = "data/unique-taken" Conflict "another `{entity}` has this {key} already" help "choose another value";
        DATA_REFERENCE = "data/reference-broken" Conflict "a reference of this `{entity}` points to nothing, or something still points to it" help "create what it points to first, or delete what points to it";
        DATA_STORE_CHECK = "data/store-check" Invalid "the store refuses this `{entity}`: {reason}" help "compare the values with the entity's fields";
        DATA_FILTER_WRONG = "data/filter-wrong" Invalid "the filter cannot be used: {reason}" help "use {\"field\": value} or {\"field\": {\"gt\": value}}";
        DATA_SORT_WRONG = "data/sort-wrong" Invalid "cannot sort by `{field}`" help "name fields of the entity, `-` first for descending";
        DATA_PAGE_WRONG = "data/page-wrong" Invalid "the page cannot be given: {reason}" help "use a limit of 1 to 200, and either a cursor or a page";
        DATA_PAGE_TOO_FAR = "data/page-too-far" Invalid "a page by number skips at most {limit} records" help "go on with the cursor in `next`, or filter";
        DATA_FILTER_TOO_LARGE = "data/filter-too-large" Invalid "the filter has more than {limit} conditions and values" help "ask in several requests";
        DATA_FILTER_TOO_DEEP = "data/filter-too-deep" Invalid "the filter nests deeper than {limit}" help "write it flatter";
        DATA_SORT_TOO_LONG = "data/sort-too-long" Invalid "a list is sorted by at most {limit} fields" help "name fewer fields";
        DATA_EXPAND_WRONG = "data/expand-wrong" Invalid "cannot expand `{path}`: {reason}" help "name references of the entity, or references of what they lead to with a dot: customer.region";
        DATA_IDENTIFIER_TOO_LONG = "data/identifier-too-long" Invalid "a name or id has at most {limit} bytes" help "shorten it";
        DATA_RECORD_TOO_LARGE = "data/record-too-large" TooLarge "a `{entity}` has at most {limit}" help "keep large contents elsewhere and refer to them";
        DATA_BATCH_EMPTY = "data/batch-empty" Invalid "the batch has no operations" help "send at least one operation";
        DATA_BATCH_TOO_LARGE = "data/batch-too-large" TooLarge "the batch has {operations} operations, at most {limit} are taken" help "send several batches";
        DATA_BATCH_INVALID = "data/batch-invalid" Invalid "{records} of the batch's records cannot be stored" help "see the findings: each names the operation and the field; nothing was changed";
        DATA_ID_TWICE = "data/id-differs" Invalid "the `id` beside `data` is not the `id` in it" help "give the id once";
        IDEMPOTENCY_KEY_WRONG = "data/idempotency-key-wrong" Invalid "the idempotency key cannot be used" help "send 1 to 200 visible ASCII characters as Idempotency-Key, once: a UUID";
        IDEMPOTENCY_KEY_REUSED = "data/idempotency-key-reused" Invalid "the idempotency key `{key}` belongs to another request" help "draw a new key for each request, and send the same one only with the same request";
        DATA_LOG_APPEND_ONLY = "data/log-append-only" Denied "`{entity}` is a log: records are added and read, never changed" help "add another record";
        DOCUMENT_UNREADABLE = "edit/document-unreadable" Invalid "the edit would leave a document that cannot be read" help "see the findings";
        EDIT_DOES_NOT_FIT = "edit/does-not-fit" Conflict "the edit does not fit: {reason}" help "reload the workspace and try again";
        EDIT_MOVED_ON = "workspace/moved-on" Conflict "the workspace changed since this was loaded, and the edit does not fit any more: {reason}" help "reload the workspace and try again";
        EDIT_CONFLICT = "workspace/conflict" Conflict "somebody else changed {places} since this was loaded" help "look at both values, then keep theirs or send yours again";
        UNDO_CONFLICT = "edit/undo-conflict" Conflict "`{label}` cannot be taken back or brought again: {places} was changed since by {who}" help "change it by hand, or ask them to undo theirs first";
        EDIT_TOO_LARGE = "edit/too-large" TooLarge "the edit group is larger than {limit}" help "split it";
        NOTHING_TO_UNDO = "edit/nothing-to-undo" Conflict "there is nothing to undo" help "make an edit first";
        NOTHING_TO_REDO = "edit/nothing-to-redo" Conflict "there is nothing to redo" help "redo is there after an undo, until the next edit";
        ENTITY_EXISTS = "registry/entity-exists" Conflict "entity `{name}` exists already" help "choose another name";
        ENTITY_NOT_FOUND = "registry/entity-not-found" NotFound "there is no entity `{name}`" help "correct the name";
        ENTITY_IN_USE = "registry/entity-in-use" Conflict "entity `{name}` cannot be deleted: {reason}" help "deleting is for entities without rows and releases";
        VERSION_EXISTS = "registry/version-exists" Conflict "`{entity}` has a version `{version}` already" help "choose another version";
        VERSION_NOT_FOUND = "registry/version-not-found" NotFound "`{entity}` has no version `{version}`" help "list the versions";
        VERSION_IMMUTABLE = "registry/version-immutable" Conflict "version `{version}` of `{entity}` is active or released and never changes" help "make a new version";
        VERSION_NAME_WRONG = "registry/version-name-wrong" Invalid "`{version}` cannot name a version" help "use letters, digits, dots and dashes, at most 32: v1, v2";
        SCHEMA_INVALID = "registry/schema-invalid" Invalid "the schema of `{entity}` has errors" help "see the findings";
        NO_ACTIVE_VERSION = "registry/no-active-version" NotFound "`{entity}` has no active version" help "activate one";
        POLICY_DENIED = "policy/denied" Denied "`{user}` may not {action} `{resource}`: {reason}" help "a policy of `{resource}` must allow it to a role of the principal";
        POLICY_FIELD_DENIED = "policy/field-denied" Denied "`{user}` may not write {fields} of `{resource}`" help "leave these fields out, or let a policy of `{resource}` make them writable";
        POLICY_FIELD_NOT_QUERYABLE = "policy/field-not-queryable" Denied "`{user}` may not filter or sort `{resource}` by `{field}`" help "a field that may not be read unmasked on every record is no place to search; use another one";
        POLICY_CONTEXT_NOT_TRUSTED = "policy/context-not-trusted" Denied "`{user}` may bring no context to questions about itself" help "ask with an admin token, as a policy enforcement point does: it vouches for the context";
        POLICY_TOO_MANY_RECORDS = "policy/too-many-records" Denied "more than {limit} records would have to be read to decide" help "ask for the rows instead: a list is decided by the store, however many records it reads";
        POLICY_TOO_MANY_IDS = "policy/too-many-ids" TooLarge "more than {limit} ids are asked about at once" help "ask in several requests";
        POLICY_RECORD_UNREADABLE = "policy/record-unreadable" Invalid "the record cannot be read: {reason}" help "give the fields of the entity by name, each as the data API takes it";
        POLICY_NOT_FOUND = "policy/not-found" NotFound "`{resource}` has no policy `{policy}`" help "list the policies";
        PERSONA_UNKNOWN = "roles/persona-unknown" Invalid "there is no persona `{name}`" help "use user, powerUser, manager, admin, securityOfficer, complianceOfficer or systemAdmin";
        ROLE_NOT_FOUND = "roles/role-not-found" NotFound "there is no role `{name}`" help "list the documents of the workspace";
        STARTER_UNKNOWN = "policy/starter-unknown" Invalid "there are no starter policies `{name}`" help "use admin-only, standard or read-only";
        IMPORT_SOURCE = "import/source-unreadable" Invalid "{reason}" help "give the path of a SQLite database, or the address of a Postgres (its password in `PGPASSWORD`)";
        IMPORT_NOTHING = "import/nothing-to-import" Invalid "`{source}` has no table that can be imported" help "see the report";
        IMPORT_ROWS = "import/rows-refused" Invalid "the rows cannot be imported: {reason}" help "nothing was imported; correct the source or import without rows";
        IMPORT_NEEDS_FREE_MODEL = "import/model-has-errors" Conflict "rows cannot come along while the workspace has errors" help "mend the findings, or import without rows";
        JOB_CANCELLED = "job/cancelled" Conflict "cancelled; nothing was changed" help "start it again when you like";
        CHECK_FAILED = "publish/has-errors" Invalid "the documents have errors" help "mend the findings; freezing needs documents without errors";
        NOTHING_TO_RELEASE = "publish/nothing-to-release" Conflict "there is no entity to release" help "add an entity first";
        RELEASE_NOT_FOUND = "publish/release-not-found" NotFound "there is no release `{digest}`" help "list the releases";
        RELEASE_REFUSED = "release/refused" Denied "the release is refused: {reason}" help "{help}";
        PLAN_STALE = "publish/plan-stale" Conflict "the target moved since the plan was made" help "make a new plan and review it";
        PLAN_REFUSED = "publish/plan-refused" Conflict "the plan has changes that cannot be published yet" help "see the findings; each names the change";
        DUPLICATES = "publish/unique-has-duplicates" Conflict "existing rows break the new unique key `{key}`" help "correct the rows first";
        NO_PREVIOUS_RELEASE = "publish/no-previous-release" Conflict "there is no release to go back to" help "going back needs two deployments";
        ROLL_BACK_REFUSED = "publish/roll-back-refused" Conflict "going back is refused: {reason}" help "publish a corrected release instead";
        LOAD_REFUSED = "publish/load-refused" Conflict "rows of `{entity}` are refused: {reason}" help "nothing of this batch was stored; correct the rows and publish again with data";
        LOAD_RELEASE = "publish/load-wrong-release" Conflict "rows of release `{release}` cannot be loaded: another release runs" help "publish the release first";
        LOAD_LOCAL = "publish/local-runs-another" Conflict "the rows of `local` belong to another release than {release}" help "publish the release to local first, then with its rows";
        TARGET_NOT_FOUND = "target/not-found" NotFound "there is no target `{name}`" help "`maquette target list` shows them";
        TARGET_EXISTS = "target/exists" Conflict "there is a target `{name}` already" help "choose another name, or remove it first";
        TARGET_NAME_WRONG = "target/name-wrong" Invalid "`{name}` cannot name a target" help "use letters, digits and dashes; `local` is built in";
        TARGET_URL_WRONG = "target/url-wrong" Invalid "`{url}` is not an address a target can have" help "use https://host, or http:// on this machine";
        TARGET_UNREACHABLE = "target/unreachable" Unavailable "target `{url}` is not reachable: {reason}" help "check that the server runs and the address is right";
        TARGET_NO_TOKEN = "target/no-token" Unauthenticated "no token is kept for target `{name}`" help "add the target again with its admin token";
        SECRETS = "secrets/unavailable" Unavailable "secrets cannot be kept: {reason}" help "{help}";
        TOKEN_NOT_FOUND = "access/token-not-found" NotFound "there is no token `{id}`" help "list the tokens";
        TOKEN_REQUEST_WRONG = "access/token-wrong" Invalid "the token cannot be made: {reason}" help "give a user, roles and tenants";
        KEY_NOT_FOUND = "access/key-not-found" NotFound "there is no key `{id}`" help "list the keys";
        KEY_WRONG = "access/key-wrong" Invalid "this is not an Ed25519 public key" help "give 32 bytes in base64";
        TENANT_NOT_FOUND = "access/tenant-not-found" NotFound "there is no tenant `{id}`" help "list the tenants";
        TENANT_EXISTS = "access/tenant-exists" Conflict "there is a tenant `{id}` already" help "choose another id";
        TENANT_NAME_WRONG = "access/tenant-wrong" Invalid "`{id}` cannot be a tenant's id" help "use letters, digits, dashes and underscores, at most 63";
        TENANT_LABEL_WRONG = "access/tenant-name-wrong" Invalid "a tenant's name must have 1 to 200 characters" help "choose another name";
        MEMBER_NOT_FOUND = "access/member-not-found" NotFound "`{user}` is no member of this workspace" help "list the members";
        MEMBER_WRONG = "access/member-wrong" Invalid "the member cannot be changed: {reason}" help "name a person, and roles of viewer, designer, policyOwner, publisher, owner";
        LAST_OWNER = "access/last-owner" Conflict "the last owner cannot leave, or lose the role" help "make somebody else an owner first";
        RELEASE_ONLY = "meta/release-only" Denied "on a server only a release changes the model" help "publish a release";
        OUTBOX_LIMIT = "outbox/limit" Invalid "1 to {limit} events are read or acknowledged at once" help "take them in several requests";
        STORE_UNAVAILABLE = "store/unavailable" Unavailable "the store is not reachable now" help "try again in a moment";
        STORE_ADMIN_NEEDED = "store/admin-needed" Denied "this needs the login that owns the store, and the server was started without it" help "name it with `--admin-store` or `MAQUETTE_ADMIN_STORE`";
        STORE_FULL = "store/disk-full" Unavailable "no room is left on the disk; nothing was written" help "make room and try again";
        STORE_REFUSED = "store/refused" Conflict "the store refuses: {reason}" help "read again and retry";
    }
}

/// What a refused unit of work says when the use case has no better words.
pub(crate) fn from_store(error: StoreError) -> AppError {
    match error {
        StoreError::Refused(Refused::Cancelled) => refusals::JOB_CANCELLED.with(&[]),
        StoreError::Refused(refused) => refusals::STORE_REFUSED.with(&[("reason", &format!("{refused:?}"))]),
        StoreError::DiskFull(_) => refusals::STORE_FULL.with(&[]),
        StoreError::NeedsAdmin(_) => refusals::STORE_ADMIN_NEEDED.with(&[]),
        StoreError::Unavailable(_) | StoreError::Locked(_) => refusals::STORE_UNAVAILABLE.with(&[]),
        other => AppError::fault(other),
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        from_store(error)
    }
}
