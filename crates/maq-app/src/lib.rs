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
mod meta_store;
mod policy_gate;
mod ports;
mod publisher;
mod registry;
mod releases;
mod services;
mod targets;
mod workspace;

pub use access::{Access, KeyRow, TenantRow, TokenKind, TokenRequest, TokenRow};
pub use audit_log::{AuditLog, AuditPage, AuditQuery, AuditVerification};
pub use authorise::Permission;
pub use compiler::{CompiledModel, Compiler, Validation};
pub use data::{DataApi, ListRequest, Paging, RecordPage};
pub use deployer::{
    DeployPlan, DeployStatus, Deployer, Deployment, LoadBatch, LoadPhase, LoadPosition, PlannedChange, ServedEntity,
};
pub use error::{AppError, AppResult, Fault, Refusal, RefusalClass, refusals};
pub use events::{AppEvent, Events, Job, JobProgress};
pub use importer::{ImportRequest, ImportSummary, Importer};
pub use maq_interop::{Imported, ImportedObject, ImportedTable, Outcome};
pub use meta_store::{MetaStore, MetaStoreAnswer};
pub use policy_gate::{PolicyAnswer, PolicyGate, PolicyRow};
pub use ports::{Clock, IdSource, SourceOpener, SystemClock, SystemIds, TargetClient, TargetConnector};
pub use publisher::{ApplyRequest, PublishOutcome, PublishPlan, Publisher};
pub use registry::{EntityRow, Page, PageRequest, Registry, VersionRow};
pub use releases::{ReleaseRow, Releases};
pub use services::{Health, Options, Parts, Services, create_services};
pub use targets::{LOCAL, TargetRow, Targets};
pub use workspace::{Cardinality, EditOutcome, HistoryEntry, RelationRequest, Workspace, WorkspaceState};
