//! The decision log: what was decided, sampled, and without any value of a record. It is kept in memory, the newest
//! entries only; denials are in the audit besides, for good.

use super::PolicyAnswer;
use maq_value::{Instant, Principal};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Entries that are kept.
pub const KEPT_DECISIONS: usize = 1_000;
/// Of so many allows one is kept; denials all are.
pub const SAMPLED: u64 = 100;

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
    pub resource: String,
    /// Allowed.
    pub allowed: bool,
    /// Digest of the policies that decided.
    pub policy_set: String,
    /// Names of the policies that decided.
    pub decided_by: Vec<String>,
    /// How many decisions this one stands for.
    pub stands_for: u64,
}

/// The newest decisions.
#[derive(Debug, Default)]
pub(crate) struct DecisionLog {
    asked: AtomicU64,
    kept: Mutex<VecDeque<DecisionEntry>>,
}

impl DecisionLog {
    /// Whether the next allow is one to keep.
    pub fn takes_allow(&self) -> bool {
        self.asked.fetch_add(1, Ordering::Relaxed).is_multiple_of(SAMPLED)
    }

    /// Keeps a decision.
    pub fn keep(&self, principal: &Principal, (action, resource): (&str, &str), at: Instant, answer: &PolicyAnswer) {
        let entry = DecisionEntry {
            decision_id: answer.decision_id.clone(),
            at,
            user_id: principal.user_id.clone(),
            tenant_id: principal.tenant_id.clone(),
            realm_id: principal.realm_id.clone(),
            action: action.to_owned(),
            resource: resource.to_owned(),
            allowed: answer.allowed,
            policy_set: answer.policy_set.clone(),
            decided_by: answer.decided_by.clone(),
            stands_for: if answer.allowed { SAMPLED } else { 1 },
        };
        // Who asked, and of what, is for those who may read decisions, not for whoever reads the log.
        tracing::debug!(target: "maquette::decisions", id = %entry.decision_id, allowed = entry.allowed, "decided");
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_DECISIONS {
            kept.pop_front();
        }
        kept.push_back(entry);
    }

    /// What is kept, newest first.
    pub fn newest(&self, limit: usize) -> Vec<DecisionEntry> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().rev().take(limit).cloned().collect()
    }
}
