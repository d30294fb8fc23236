//! The decision log: what was decided, sampled, and without any value of a record. Entries wait in memory for a moment
//! and are written together, beside the requests: none waits for the log, and none fails with it. What cannot be kept
//! is counted and told. Denials of changes and reads are in the audit besides, for good.

mod read;
mod write;

pub use read::{DecisionPage, DecisionQuery, MAX_DECISIONS};
pub use write::WAITING_DECISIONS;

use super::PolicyAnswer;
use crate::services::Inner;
use maq_store::StoreKind;
use maq_value::{Instant, Principal, Scope};
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use write::Written;

/// Longest text of an entry, in bytes; what is longer is cut.
const MAX_TEXT: usize = 512;
/// Policies that an entry names at most.
const MAX_POLICIES: usize = 100;
/// Tenants and realms whose own drops are told apart; those of others are in the count of all.
const MAX_SCOPES: usize = 1_000;

/// A decision that was kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DecisionEntry {
    /// Its id.
    pub decision_id: String,
    /// When.
    pub at: Instant,
    /// Who asked.
    pub user_id: String,
    /// In which tenant.
    pub tenant_id: String,
    /// In which realm.
    pub realm_id: String,
    /// What they wanted.
    pub action: String,
    /// Of which entity.
    pub entity: String,
    /// On which record, where it was about one.
    pub record_id: Option<String>,
    /// Allowed.
    pub allowed: bool,
    /// Digest of the policies that decided.
    pub policy_set: String,
    /// Names of the policies that decided.
    pub decided_by: Vec<String>,
    /// How many decisions this one stands for.
    pub stands_for: u64,
}

/// What was decided about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About<'a> {
    pub action: &'a str,
    pub entity: &'a str,
    pub record_id: Option<&'a str>,
}

impl<'a> About<'a> {
    /// From what the audit names: `Invoice`, or `Invoice/7`.
    pub fn resource(action: &'a str, resource: &'a str) -> About<'a> {
        match resource.split_once('/') {
            Some((entity, id)) => About { action, entity, record_id: Some(id) },
            None => About { action, entity: resource, record_id: None },
        }
    }
}

/// The decisions that wait to be written.
#[derive(Debug, Default)]
pub(crate) struct DecisionLog {
    asked: AtomicU64,
    waiting: Mutex<VecDeque<DecisionEntry>>,
    /// What could not be kept since the process started.
    dropped: AtomicU64,
    /// The part of it that the store was not told yet.
    untold: Mutex<BTreeMap<Scope, u64>>,
    /// Whether somebody is about to write.
    is_awake: AtomicBool,
    is_closed: AtomicBool,
    /// One writes at a time.
    written: tokio::sync::Mutex<Written>,
}

impl DecisionLog {
    /// Whether the next allow is one to keep, when so many of a thousand are.
    pub fn takes_allow(&self, per_mille: u16) -> bool {
        let rate = u64::from(per_mille.min(1_000));
        let before = self.asked.fetch_add(1, Ordering::Relaxed) % 1_000;
        (before * rate) % 1_000 < rate
    }

    /// Keeps a decision. Only a server has a log: whoever designs looks at decisions one at a time.
    pub fn keep(
        self: &Arc<Self>,
        inner: &Arc<Inner>,
        principal: &Principal,
        about: About<'_>,
        (at, answer): (Instant, &PolicyAnswer),
    ) {
        if inner.store.info().kind != StoreKind::Server {
            return;
        }
        let rate = u64::from(inner.options.decisions.allows_per_mille.clamp(1, 1_000));
        let entry = DecisionEntry {
            decision_id: answer.decision_id.clone(),
            at,
            user_id: fitting(&principal.user_id),
            tenant_id: principal.tenant_id.clone(),
            realm_id: principal.realm_id.clone(),
            action: fitting(about.action),
            entity: fitting(about.entity),
            record_id: about.record_id.map(fitting),
            allowed: answer.allowed,
            policy_set: answer.policy_set.clone(),
            decided_by: answer.decided_by.iter().take(MAX_POLICIES).map(|name| fitting(name)).collect(),
            stands_for: if answer.allowed { (1_000 + rate / 2) / rate } else { 1 },
        };
        // Who asked, and of what, is for those who may read decisions, not for whoever reads the program's log.
        tracing::debug!(target: "maquette::decisions", id = %entry.decision_id, allowed = entry.allowed, "decided");
        let scope = principal.scope();
        let has_log = [&scope.tenant_id, &scope.realm_id].into_iter().all(|name| fitting(name) == *name);
        let room = self.queue(inner.options.decisions.waiting, entry, has_log);
        if !room {
            self.note_dropped(has_log.then_some(scope), 1);
        }
        self.wake(inner);
    }

    /// Puts an entry behind those that wait; false where it cannot be kept.
    fn queue(&self, limit: usize, entry: DecisionEntry, has_log: bool) -> bool {
        let mut waiting = self.waiting();
        let room = has_log && waiting.len() < limit && !self.is_closed.load(Ordering::Acquire);
        if room {
            waiting.push_back(entry);
        }
        room
    }

    fn note_dropped(&self, scope: Option<Scope>, count: u64) {
        self.dropped.fetch_add(count, Ordering::Relaxed);
        let Some(scope) = scope else { return };
        let mut untold = self.untold();
        if untold.len() < MAX_SCOPES || untold.contains_key(&scope) {
            *untold.entry(scope).or_default() += count;
        }
    }

    /// How many decisions of this process could not be kept.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<DecisionEntry>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn untold(&self) -> MutexGuard<'_, BTreeMap<Scope, u64>> {
        self.untold.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A text as both stores hold it: without U+0000, and not longer than a name may be.
fn fitting(text: &str) -> String {
    let mut text = text.replace('\0', "\u{FFFD}");
    if text.len() > MAX_TEXT {
        let end = (0..=MAX_TEXT).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
        text.truncate(end);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_of_a_thousand_allows_are_kept() {
        for rate in [0, 1, 3, 10, 333, 999, 1_000] {
            let log = DecisionLog::default();
            let taken = (0..5_000).filter(|_| log.takes_allow(rate)).count();
            assert_eq!(taken, usize::from(rate) * 5, "{rate}");
        }
        let log = DecisionLog::default();
        assert!(log.takes_allow(1), "the first is one of them");
        assert_eq!((0..999).filter(|_| log.takes_allow(1)).count(), 0);
    }

    #[test]
    fn a_text_is_cut_between_characters_and_holds_no_nul() {
        assert_eq!(fitting("a\0b"), "a\u{FFFD}b");
        assert_eq!(fitting(&"ä".repeat(300)), "ä".repeat(256));
        assert_eq!(fitting(&format!("x{}", "ä".repeat(300))), format!("x{}", "ä".repeat(255)));
        assert_eq!(fitting("short"), "short");
    }
}
