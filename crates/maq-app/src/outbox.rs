//! The outbox: events of committed changes, for whoever relays them to others. Each is delivered at least once, in the
//! order in which the changes were written; a receiver drops what it has seen by the event's id, and the relay
//! acknowledges what it has passed on.

use crate::authorise::{Permission, authorise};
use crate::cells::Cells;
use crate::error::refusals;
use crate::services::{Act, Inner};
use crate::{AppError, AppResult};
use maq_query::outbox;
use maq_store::UnitOfWork;
use maq_value::{Actor, Instant};
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// Events of one reading, and of one acknowledgement, at most.
pub const MAX_OUTBOX_EVENTS: usize = 1_000;

/// An event that waits.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OutboxRow {
    /// Stable across deliveries.
    pub event_id: String,
    /// `record.created`, `record.updated`, `record.deleted`.
    pub topic: String,
    /// Where it happened.
    pub tenant_id: String,
    /// The realm inside the tenant.
    pub realm_id: String,
    /// Entity, id, row version, user and names of fields; no values.
    pub payload: Json,
    /// When.
    pub created_at: Instant,
}

/// The oldest events that wait, and how many wait in all.
#[derive(Debug, Clone, PartialEq)]
pub struct OutboxPage {
    /// Oldest first.
    pub data: Vec<OutboxRow>,
    /// All that wait.
    pub waiting: u64,
}

/// The outbox.
#[derive(Clone)]
pub struct Outbox {
    inner: Arc<Inner>,
}

impl Outbox {
    pub(crate) fn new(inner: Arc<Inner>) -> Outbox {
        Outbox { inner }
    }

    /// The oldest events, at most `limit`.
    ///
    /// # Errors
    /// `actor/not-allowed`, `outbox/limit`.
    pub async fn list(&self, actor: &Actor, limit: usize) -> AppResult<OutboxPage> {
        authorise(actor, Permission::Administer)?;
        if !(1..=MAX_OUTBOX_EVENTS).contains(&limit) {
            return Err(refusals::OUTBOX_LIMIT.with(&[("limit", &MAX_OUTBOX_EVENTS.to_string())]));
        }
        let limit = i64::try_from(limit).map_err(AppError::fault)?;
        let rows = self.inner.read(outbox::oldest(limit, self.inner.dialect())).await?;
        let row = |row: &Vec<_>| {
            let cells = Cells(row);
            Ok(OutboxRow {
                event_id: cells.text(0),
                topic: cells.text(1),
                tenant_id: cells.text(2),
                realm_id: cells.text(3),
                payload: serde_json::from_str(&cells.text(4)).map_err(AppError::fault)?,
                created_at: Instant(cells.integer(5)),
            })
        };
        let data = rows.0.iter().map(row).collect::<AppResult<Vec<OutboxRow>>>()?;
        Ok(OutboxPage { data, waiting: self.waiting().await? })
    }

    /// Takes delivered events away; those that are gone already stay gone. Answers how many wait then.
    ///
    /// # Errors
    /// `actor/not-allowed`, `outbox/limit`.
    pub async fn acknowledge(&self, actor: &Actor, event_ids: &[String]) -> AppResult<u64> {
        authorise(actor, Permission::Administer)?;
        if event_ids.len() > MAX_OUTBOX_EVENTS {
            return Err(refusals::OUTBOX_LIMIT.with(&[("limit", &MAX_OUTBOX_EVENTS.to_string())]));
        }
        let known = event_ids.iter().filter(|id| !id.contains('\0'));
        let mut work = UnitOfWork::of(known.map(|id| outbox::acknowledge(id, self.inner.dialect())));
        if !work.operations.is_empty() {
            let act = Act {
                event_type: "outbox.acknowledge",
                action: "acknowledge",
                resource: "outbox",
                details: Some(json!({ "events": event_ids.len() })),
            };
            work.audit.push(self.inner.audit_actor(actor, act));
            self.inner.commit(work).await?;
        }
        self.waiting().await
    }

    async fn waiting(&self) -> AppResult<u64> {
        Ok(self.inner.read_count(outbox::count(self.inner.dialect())).await?.unsigned_abs())
    }
}
