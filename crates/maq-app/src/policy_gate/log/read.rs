//! Reading the decision log of one tenant and realm.

use super::write::oldest;
use super::{DecisionEntry, DecisionLog};
use crate::authorise::{Permission, authorise};
use crate::cells::Cells;
use crate::error::refusals;
use crate::policy_gate::PolicyGate;
use crate::services::Inner;
use crate::{AppError, AppResult};
use maq_query::SqlValue;
use maq_query::decisions::{self, DecisionFilter};
use maq_value::{Actor, Scope};

/// Decisions of one page at most.
pub const MAX_DECISIONS: u32 = 200;

/// Which decisions.
#[derive(Debug, Clone, Default)]
pub struct DecisionQuery {
    /// Of which tenant and realm.
    pub scope: Scope,
    /// What they must be like.
    pub filter: DecisionFilter,
    /// At most so many; 50 when it is left out.
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub after: Option<String>,
}

/// A page of decisions.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionPage {
    /// Newest first.
    pub data: Vec<DecisionEntry>,
    /// At most so many were asked for.
    pub limit: u32,
    /// Where the next page begins; none after the last.
    pub next: Option<String>,
    /// How many decisions of this tenant and realm could not be kept.
    pub dropped: u64,
}

impl PolicyGate {
    /// Decisions that were kept, newest first. What this process has decided is among them.
    ///
    /// # Errors
    /// `actor/not-allowed`, `data/page-wrong`, `data/cursor-invalid`; faults.
    pub async fn decisions(&self, actor: &Actor, query: &DecisionQuery) -> AppResult<DecisionPage> {
        authorise(actor, Permission::View)?;
        let limit = query.limit.unwrap_or(50);
        if !(1..=MAX_DECISIONS).contains(&limit) {
            return Err(refusals::DATA_PAGE_WRONG.with(&[("reason", "the limit is not 1 to 200")]));
        }
        let mut filter = query.filter.clone();
        filter.after = query.after.as_deref().map(cursor).transpose()?;
        // What is past its time is gone, also before the next sweep.
        filter.since = filter.since.max(Some(oldest(&self.inner).0));
        if let Err(error) = self.log.flush(&self.inner).await {
            tracing::warn!(%error, "decisions wait to be written");
        }
        let rows = decisions::newest(&query.scope, &filter, i64::from(limit) + 1, self.inner.dialect());
        let mut rows = self.inner.read(rows).await?.0;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let data = rows.iter().map(|row| entry(&query.scope, row)).collect::<AppResult<Vec<DecisionEntry>>>()?;
        let last = data.last().filter(|_| more);
        let next = last.map(|entry| format!("{}.{}", entry.at.0, entry.decision_id));
        let dropped = self.log.dropped_of(&self.inner, &query.scope).await?;
        Ok(DecisionPage { data, limit, next, dropped })
    }

    /// Takes away decisions that are past their time. A server does this once an hour; answers how many went.
    ///
    /// # Errors
    /// Faults of the store.
    pub async fn sweep_decisions(&self) -> AppResult<u64> {
        self.log.sweep(&self.inner).await
    }
}

impl DecisionLog {
    /// Drops that the store knows of, by whichever process, and ours that it does not know of yet.
    async fn dropped_of(&self, inner: &Inner, scope: &Scope) -> AppResult<u64> {
        let told = inner.read_count(decisions::dropped(scope, inner.dialect())).await?;
        let untold = self.untold().get(scope).copied().unwrap_or_default();
        Ok(told.unsigned_abs().saturating_add(untold))
    }
}

fn entry(scope: &Scope, row: &[SqlValue]) -> AppResult<DecisionEntry> {
    let cells = Cells(row);
    Ok(DecisionEntry {
        decision_id: cells.text(1),
        at: cells.instant(0),
        user_id: cells.text(2),
        tenant_id: scope.tenant_id.clone(),
        realm_id: scope.realm_id.clone(),
        action: cells.text(3),
        entity: cells.text(4),
        record_id: cells.optional_text(5),
        allowed: cells.flag(6),
        policy_set: cells.text(7),
        decided_by: serde_json::from_str(&cells.text(8)).map_err(AppError::fault)?,
        stands_for: cells.integer(9).unsigned_abs(),
    })
}

/// When the last entry of a page was decided, and its id.
fn cursor(text: &str) -> AppResult<(i64, String)> {
    let parts = text.split_once('.').and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())));
    let is_whole = |(_, id): &(i64, String)| !id.is_empty() && id.len() <= 100 && !id.contains('\0');
    parts.filter(is_whole).ok_or_else(|| refusals::CURSOR_INVALID.with(&[]))
}
