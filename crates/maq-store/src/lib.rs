//! The store ports: what an adapter must do, and the conformance suite each one passes.
//!
//! A store runs statements that `maq-query` wrote. Reads go to [`Store::read`]; every write is a [`UnitOfWork`]:
//! guards, operations and audit as data, committed at once or not at all. [`SourceReader`] reads foreign databases.
//! No driver and no SQL text here.

#[cfg(feature = "conformance")]
pub mod conformance;
pub mod recorder;
pub mod source;
mod work;

pub use maq_query::outbox::OutboxEvent;
pub use source::{SourceReader, SourceTable};
pub use work::{Bulk, Follow, Guard, Operation, Receipt, Refused, Rows, Sequel, UnitOfWork};

use async_trait::async_trait;
use maq_query::{Dialect, PackedRows, Statement};
use std::sync::Arc;

/// Format number of the meta tables this program writes.
pub const STORE_FORMAT: i64 = 5;

/// What a store was made for. Opening one as the other is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StoreKind {
    /// A workspace: drafts, edits, releases, and the rows of its target `local`.
    Workspace,
    /// A server: deployments, principals, records.
    Server,
}

/// What a store says about itself.
#[derive(Debug, Clone, PartialEq)]
pub struct StoreInfo {
    /// What it was made for.
    pub kind: StoreKind,
    /// Format of its meta tables.
    pub format: i64,
    /// Its stable id, drawn when it was made.
    pub id: String,
    /// Where it is, without secrets, for people.
    pub location: String,
}

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The unit of work was refused; nothing of it was done.
    #[error("refused: {0:?}")]
    Refused(Refused),
    /// The file or schema is not a Maquette store.
    #[error("`{location}` is not a Maquette store: {reason}")]
    NotAStore {
        /// Where.
        location: String,
        /// Why.
        reason: String,
    },
    /// It was made for the other purpose.
    #[error("`{location}` is a {found:?} store")]
    WrongKind {
        /// Where.
        location: String,
        /// What it is.
        found: StoreKind,
    },
    /// It was written by a newer version.
    #[error("`{location}` has format {format}, this program knows up to {known}")]
    Newer {
        /// Where.
        location: String,
        /// Its format.
        format: i64,
        /// Ours.
        known: i64,
    },
    /// Another process holds it.
    #[error("`{0}` is in use by another process")]
    Locked(String),
    /// Nothing is there.
    #[error("there is no `{0}`")]
    NotFound(String),
    /// Something is there already.
    #[error("`{0}` exists already")]
    Exists(String),
    /// No room on the disk; nothing was written.
    #[error("no room left on the disk of `{0}`")]
    DiskFull(String),
    /// It may not be read or written.
    #[error("no permission for `{0}`")]
    Permission(String),
    /// The file is damaged.
    #[error("`{location}` is damaged: {reason}")]
    Corrupt {
        /// Where.
        location: String,
        /// What was found.
        reason: String,
    },
    /// Its login for records could get around row-level security; the reason says how.
    #[error("`{location}` is not safe: {reason}")]
    Unsafe {
        /// Where.
        location: String,
        /// Why.
        reason: String,
    },
    /// This needs the login that owns the store, and this process has none.
    #[error("`{0}` was opened without its administrating login")]
    NeedsAdmin(String),
    /// The database is not reachable for now; trying again may help.
    #[error("the store is not reachable: {0}")]
    Unavailable(String),
    /// Our failure or the machine's.
    #[error("store fault: {0}")]
    Fault(String),
}

/// What another process did to the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It committed a unit of work with these [`UnitOfWork::topics`].
    Topics(Vec<String>),
    /// The line to the store was down: anything may have changed.
    Missed,
}

/// Hears of changes that other processes made.
pub trait ChangeListener: Send + Sync {
    /// Called after the change is committed; must not block.
    fn changed(&self, change: &Change);
}

/// A store of records and meta data.
#[async_trait]
pub trait Store: Send + Sync {
    /// The SQL it speaks.
    fn dialect(&self) -> Dialect;

    /// What it is.
    fn info(&self) -> &StoreInfo;

    /// Runs one reading statement.
    async fn read(&self, statement: Statement) -> Result<Rows, StoreError>;

    /// The same, its rows close together: for what is read and passed on.
    async fn read_packed(&self, statement: Statement) -> Result<PackedRows, StoreError> {
        Ok(PackedRows::from(self.read(statement).await?.0.as_slice()))
    }

    /// Runs the unit of work in one transaction and answers after it is durable.
    async fn commit(&self, work: UnitOfWork) -> Result<Receipt, StoreError>;

    /// Links audit events that are committed and not yet in their tenant's chain, and answers how many it linked. A
    /// store that links them in the transaction has nothing to do.
    async fn seal(&self) -> Result<u64, StoreError> {
        Ok(0)
    }

    /// Tells `listener` from now on what other processes change in this store. A store that one process holds has
    /// nothing to tell.
    fn on_change(&self, listener: Arc<dyn ChangeListener>) {
        drop(listener);
    }

    /// Everything an integrity check finds wrong; empty is well.
    async fn integrity(&self) -> Result<Vec<String>, StoreError>;

    /// Finishes what is under way and closes. Later calls fail.
    async fn close(&self);
}
