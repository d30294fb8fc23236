//! The use cases: authorise, do, audit. Every call takes the actor who works, or the principal who asks.
//!
//! Here a request becomes a unit of work: guards, operations and audit events that the store commits at once. Hosts
//! wrap these functions; nothing here knows Tauri, axum or wire types. Clocks, ids, secrets, sources and targets are
//! handed in through [`Parts`].

mod access;
mod active;
mod audit_log;
mod authorise;
mod cells;
mod compiler;
mod data;
mod deployer;
mod error;
mod events;
mod importer;
mod listener;
mod meta_store;
mod outbox;
mod policy_gate;
mod policy_studio;
mod ports;
mod publisher;
mod registry;
mod releases;
mod roles;
mod services;
mod targets;
mod workspace;

pub use access::{
    Access, KeyRow, MAX_ATTRIBUTE_BYTES, MAX_TOKEN_NAMES, MemberRow, SigningKeyRow, TenantRow, TokenFilter, TokenGrant,
    TokenKind, TokenRequest, TokenRow, TokenState,
};
pub use audit_log::{AuditLog, AuditPage, AuditQuery, AuditVerification};
pub use authorise::{Permission, ROLES};
pub use compiler::{CompiledModel, Compiler, Validation};
pub use data::{
    Change, DataApi, Export, IDEMPOTENCY_LIFE_SECONDS, IdempotencyKey, Included, ListRequest, MAX_BATCH_OPERATIONS,
    MAX_EXPANSION_STEPS, MAX_EXPANSIONS, MAX_FILTER_DEPTH, MAX_IDEMPOTENCY_KEY, MAX_IDENTIFIER, MAX_OFFSET, MAX_PAGE,
    MAX_SORT_KEYS, Paging, RecordPage, Written,
};
pub use deployer::{
    DeployPlan, DeployStatus, Deployer, Deployment, LoadBatch, LoadPhase, LoadPosition, PlannedChange, ServedEntity,
};
pub use error::{AppError, AppResult, Fault, Refusal, RefusalClass, refusals};
pub use events::{AppEvent, Events, Job, JobProgress};
pub use importer::{ImportRequest, ImportSummary, Importer};
pub use maq_interop::{Imported, ImportedObject, ImportedTable, Outcome};
pub use meta_store::{MetaStore, MetaStoreAnswer};
pub use outbox::{MAX_OUTBOX_EVENTS, Outbox, OutboxPage, OutboxRow};
pub use policy_gate::{
    DecisionEntry, DecisionPage, DecisionQuery, ExplainedPart, ExplainedRule, FailedPart, MAX_ASKED_IDS, MAX_DECISIONS,
    MAX_WALKED, MaskedRecord, PolicyAnswer, PolicyExplanation, PolicyGate, PolicyQuestion, PolicyRecord, PolicyRow,
    PolicyRows, WAITING_DECISIONS,
};
pub use policy_studio::{
    Checked, Matrix, MatrixRow, PolicyStudio, Trial, TrialField, TrialNote, TrialRecord, TrialRequest, TrialRow,
    TrialRows, Who,
};
pub use ports::{Clock, IdSource, SourceOpener, SystemClock, SystemIds, TargetClient, TargetConnector};
pub use publisher::{ApplyRequest, PublishOutcome, PublishPlan, Publisher};
pub use registry::{EntityRow, Page, PageRequest, Registry, VersionRow};
pub use releases::{ReleaseRow, Releases};
pub use roles::{OtherRight, RightsRow, RoleRights, Roles};
pub use services::{DecisionOptions, Health, Options, Parts, Services, create_services};
pub use targets::{LOCAL, TargetRow, Targets};
pub use workspace::{
    Cardinality, EditOutcome, HistoryEntry, LogRow, Origin, RelationRequest, Workspace, WorkspaceChanges,
    WorkspaceState,
};
