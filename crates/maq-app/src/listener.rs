//! What other processes over the same store do: caches forget what became stale, and whoever listens to us is told.
//! Nothing is read here; the next use does it.

use crate::AppResult;
use crate::services::Inner;
use crate::workspace::Memory;
use maq_store::{Change, ChangeListener, Store};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

/// What of the drafts is to be read anew before the next use.
#[derive(Debug, Default)]
pub(crate) struct Stale {
    drafts: AtomicBool,
    names: AtomicBool,
}

impl Stale {
    /// Physical names were fixed by a deployment.
    pub fn names(&self) {
        self.names.store(true, Ordering::SeqCst);
    }

    /// Drafts changed, names were fixed, or nobody knows.
    pub fn everything(&self) {
        self.drafts.store(true, Ordering::SeqCst);
        self.names();
    }

    /// Reads what is stale.
    ///
    /// # Errors
    /// Faults of the store; it stays stale then.
    pub async fn refresh(&self, memory: &mut Memory, store: &dyn Store) -> AppResult<()> {
        // The marks go first: what is told while we read makes the next use read again.
        if self.names.swap(false, Ordering::SeqCst) {
            memory.refresh_names(store).await.inspect_err(|_| self.names())?;
        }
        if self.drafts.swap(false, Ordering::SeqCst) {
            memory.catch_up(store).await.inspect_err(|_| self.drafts.store(true, Ordering::SeqCst))?;
        }
        Ok(())
    }
}

/// Hears of what other processes commit.
pub(crate) struct Listener {
    /// Weak: the store holds its listeners, and we hold the store.
    inner: Weak<Inner>,
}

impl Listener {
    pub fn new(inner: &Arc<Inner>) -> Listener {
        Listener { inner: Arc::downgrade(inner) }
    }
}

impl ChangeListener for Listener {
    fn changed(&self, change: &Change) {
        let Some(inner) = self.inner.upgrade() else { return };
        match change {
            Change::Topics(topics) => {
                for topic in topics {
                    heard(&inner, topic);
                }
            }
            Change::Missed => {
                for topic in ["workspace", "releases", "access", "targets", "records"] {
                    heard(&inner, topic);
                }
            }
        }
    }
}

fn heard(inner: &Inner, topic: &str) {
    // Every change leaves audit events too.
    match topic {
        "workspace" => {
            inner.stale.drafts.store(true, Ordering::SeqCst);
            inner.events.changed(&["workspace", "audit"]);
        }
        "releases" => {
            inner.active.invalidate();
            inner.compiled.clear();
            inner.stale.names();
            inner.events.changed(&["releases", "targets", "records", "audit", "workspace"]);
        }
        "access" => {
            inner.access.forget();
            inner.events.changed(&["access", "audit"]);
        }
        "targets" => inner.events.changed(&["targets", "audit"]),
        "records" => inner.events.changed(&["records", "audit"]),
        "audit" => inner.events.changed(&["audit"]),
        // A newer program may tell of what we do not know.
        other => tracing::debug!(topic = other, "a change of another process that means nothing here"),
    }
}
