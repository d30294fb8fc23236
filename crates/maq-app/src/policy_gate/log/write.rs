//! Writing the decision log, beside the requests, and taking away what is past its time.

use super::{DecisionEntry, DecisionLog, MAX_SCOPES};
use crate::AppResult;
use crate::services::Inner;
use maq_query::{SqlValue, decisions};
use maq_store::{Bulk, Operation, StoreError, UnitOfWork};
use maq_value::{Instant, Scope};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Entries that wait to be written; what comes beyond them is dropped and counted.
pub const WAITING_DECISIONS: usize = 10_000;
/// Entries of one unit of work, written or taken away.
const BATCH: usize = 1_000;
/// How long entries gather before they are written.
const GATHER: Duration = Duration::from_millis(500);
/// How long a store that does not take them is left alone at most.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long an ending process tries to write what waits.
const LAST_PATIENCE: Duration = Duration::from_secs(5);
const MICROSECONDS_A_DAY: i64 = 86_400_000_000;

/// What was written, as far as it matters for the next writing.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// The logs that the store knows of, and how much was written into each since it was last cut.
    fresh: HashMap<Scope, u64>,
}

impl DecisionLog {
    /// Sees to it that what waits is written within a moment.
    pub(super) fn wake(self: &Arc<Self>, inner: &Arc<Inner>) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        if !self.is_awake.swap(true, Ordering::AcqRel) {
            // Whoever drops the services must find the store free: nothing is held while waiting.
            let (log, inner) = (self.clone(), Arc::downgrade(inner));
            runtime.spawn(async move {
                let mut pause = GATHER;
                loop {
                    tokio::time::sleep(pause).await;
                    let Some(inner) = inner.upgrade() else { return };
                    match log.flush(&inner).await {
                        Ok(()) => {
                            log.is_awake.store(false, Ordering::Release);
                            if log.has_nothing() || log.is_awake.swap(true, Ordering::AcqRel) {
                                return;
                            }
                            pause = GATHER;
                        }
                        Err(error) => {
                            if log.is_closed.load(Ordering::Acquire) {
                                return;
                            }
                            tracing::warn!(%error, waiting = log.waiting().len(), "decisions wait to be written");
                            pause = (pause * 2).min(PATIENCE);
                        }
                    }
                }
            });
        }
    }

    fn has_nothing(&self) -> bool {
        self.waiting().is_empty() && self.untold().is_empty()
    }

    /// Writes what waits. What the store does not take now stays; what it will never take is dropped and counted.
    ///
    /// # Errors
    /// What the store says.
    pub async fn flush(&self, inner: &Inner) -> Result<(), StoreError> {
        let mut written = self.written.lock().await;
        let mut size = BATCH;
        loop {
            let batch: Vec<DecisionEntry> = self.waiting().iter().take(size).cloned().collect();
            let untold = self.untold().clone();
            if batch.is_empty() && untold.is_empty() {
                return Ok(());
            }
            match write(inner, &batch, &untold, &written).await {
                Ok(()) => {
                    self.waiting().drain(..batch.len());
                    self.told(&untold);
                    size = (size * 2).min(BATCH);
                    cut(inner, &batch, &untold, &mut written).await;
                }
                Err(StoreError::Refused(_)) if batch.len() > 1 => size = batch.len() / 2,
                Err(StoreError::Refused(refused)) if !batch.is_empty() => {
                    tracing::warn!(?refused, "a decision cannot be kept");
                    self.waiting().pop_front();
                    self.note_dropped(batch.first().map(scope_of), 1);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The store was told of these drops; more may have come meanwhile.
    fn told(&self, counts: &BTreeMap<Scope, u64>) {
        let mut untold = self.untold();
        for (scope, count) in counts {
            if let Some(left) = untold.get_mut(scope) {
                *left = left.saturating_sub(*count);
            }
        }
        untold.retain(|_, count| *count > 0);
    }

    /// Writes what waits before the store is closed, and counts what could not be written.
    pub async fn close(&self, inner: &Inner) {
        self.is_closed.store(true, Ordering::Release);
        let flushed = tokio::time::timeout(LAST_PATIENCE, self.flush(inner)).await;
        let lost = std::mem::take(&mut *self.waiting()).len();
        self.dropped.fetch_add(lost as u64, Ordering::Relaxed);
        if lost > 0 {
            let error = flushed.ok().and_then(Result::err);
            tracing::warn!(lost, ?error, "decisions of the log could not be written before the end");
        }
    }

    /// Takes away entries that are past their time, of every tenant and realm, and those beyond the number that is
    /// kept. Answers how many were past their time.
    ///
    /// # Errors
    /// Faults of the store; the next sweep goes on.
    pub async fn sweep(&self, inner: &Inner) -> AppResult<u64> {
        let dialect = inner.dialect();
        let mut gone = 0;
        for row in inner.read(decisions::logs(dialect)).await?.0 {
            let cells = crate::cells::Cells(&row);
            let scope = Scope { tenant_id: cells.text(0), realm_id: cells.text(1) };
            let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
            loop {
                let old = decisions::delete_before(&scope, oldest(inner).0, limit, dialect);
                let receipt = inner.commit(UnitOfWork::of([old])).await?;
                let taken = receipt.returned.first().map_or(0, |rows| rows.0.len());
                gone += taken as u64;
                if taken < BATCH {
                    break;
                }
            }
            let beyond = decisions::delete_beyond(&scope, i64::from(inner.options.decisions.kept), dialect);
            inner.commit(UnitOfWork::of([beyond])).await?;
        }
        Ok(gone)
    }
}

/// What is older is past its time.
pub(super) fn oldest(inner: &Inner) -> Instant {
    let days = i64::from(inner.options.decisions.days);
    Instant(inner.now().0.saturating_sub(days.saturating_mul(MICROSECONDS_A_DAY)))
}

fn scope_of(entry: &DecisionEntry) -> Scope {
    Scope { tenant_id: entry.tenant_id.clone(), realm_id: entry.realm_id.clone() }
}

/// Writes a batch, with the logs that are new and with what could not be kept. Two processes write the counts in the
/// same order, so that neither waits for the other for ever.
async fn write(
    inner: &Inner,
    batch: &[DecisionEntry],
    untold: &BTreeMap<Scope, u64>,
    written: &Written,
) -> Result<(), StoreError> {
    let dialect = inner.dialect();
    let mut logs: BTreeMap<Scope, Vec<&DecisionEntry>> = untold.keys().map(|scope| (scope.clone(), vec![])).collect();
    for entry in batch {
        logs.entry(scope_of(entry)).or_default().push(entry);
    }
    let mut work = UnitOfWork::default();
    for (scope, entries) in logs {
        let dropped = untold.get(&scope).copied();
        if dropped.is_some() || !written.fresh.contains_key(&scope) {
            let count = i64::try_from(dropped.unwrap_or_default()).unwrap_or(i64::MAX);
            work.operations.push(Operation::from(decisions::note_log(&scope, count, dialect)));
        }
        if !entries.is_empty() {
            let rows: Vec<_> = entries.into_iter().map(|entry| Ok(row(entry))).collect();
            work.bulk.push(Bulk { statement: decisions::append(&scope, dialect), rows: Box::new(rows.into_iter()) });
        }
    }
    inner.store.commit(work).await.map(drop)
}

fn row(entry: &DecisionEntry) -> Vec<SqlValue> {
    vec![
        entry.tenant_id.as_str().into(),
        entry.realm_id.as_str().into(),
        entry.at.0.into(),
        entry.decision_id.as_str().into(),
        entry.user_id.as_str().into(),
        entry.action.as_str().into(),
        entry.entity.as_str().into(),
        entry.record_id.as_deref().into(),
        entry.allowed.into(),
        entry.policy_set.as_str().into(),
        serde_json::json!(entry.decided_by).to_string().into(),
        i64::try_from(entry.stands_for).unwrap_or(i64::MAX).into(),
    ]
}

/// Cuts the logs that were written into to the number of entries that is kept: each when it is first written into, and
/// then whenever a hundredth of that number came to it.
async fn cut(inner: &Inner, batch: &[DecisionEntry], untold: &BTreeMap<Scope, u64>, written: &mut Written) {
    let kept = inner.options.decisions.kept;
    if written.fresh.len() > 10 * MAX_SCOPES {
        // They are told of and cut once more; nothing else depends on it.
        written.fresh.clear();
    }
    for scope in untold.keys() {
        written.fresh.entry(scope.clone()).or_insert(u64::from(kept));
    }
    for entry in batch {
        *written.fresh.entry(scope_of(entry)).or_insert(u64::from(kept)) += 1;
    }
    for (scope, fresh) in written.fresh.iter_mut().filter(|(_, fresh)| **fresh >= u64::from((kept / 100).max(1))) {
        let beyond = decisions::delete_beyond(scope, i64::from(kept), inner.dialect());
        match inner.store.commit(UnitOfWork::of([beyond])).await {
            Ok(_) => *fresh = 0,
            // It is written; the next writing or sweep cuts it.
            Err(error) => tracing::warn!(%error, "the decision log could not be cut"),
        }
    }
}
