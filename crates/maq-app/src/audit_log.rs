//! The audit log: append, query by every filter, verify the chains.

use crate::authorise::{Permission, authorise};
use crate::cells::Cells;
use crate::error::refusals;
use crate::services::{Act, Inner};
use crate::{AppResult, Health, Page, PageRequest};
use maq_audit::{AuditEvent, ChainTail, Outcome, SealedEvent, verify_link};
use maq_query::SqlValue;
use maq_query::meta::{self, AuditFilter};
use maq_store::UnitOfWork;
use maq_value::{Actor, Instant, Scope};
use serde_json::Value as Json;
use std::sync::Arc;

/// Filters and page of an audit query.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// All given ones must hold.
    pub filter: AuditFilter,
    /// Which page; 50 a page when not said.
    pub page: PageRequest,
}

/// A page of events, newest first.
pub type AuditPage = Page<SealedEvent>;

/// What verifying the chains found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditVerification {
    /// Events checked.
    pub checked: u64,
    /// Events that are written and not yet linked; on Postgres they are within a second.
    pub unsealed: u64,
    /// The first break, with its tenant; none when all chains are whole.
    pub problem: Option<String>,
}

/// The audit log.
#[derive(Clone)]
pub struct AuditLog {
    inner: Arc<Inner>,
}

/// How many links are read at once while verifying.
const VERIFY_BATCH: i64 = 5_000;

impl AuditLog {
    pub(crate) fn new(inner: Arc<Inner>) -> AuditLog {
        AuditLog { inner }
    }

    /// Logs an event of the caller's own; its type gets `app.` before it, so that it cannot pose as one of ours.
    ///
    /// # Errors
    /// A type that cannot be one, or faults.
    pub async fn log_event(
        &self,
        actor: &Actor,
        event_type: &str,
        action: &str,
        resource: &str,
        details: Option<Json>,
    ) -> AppResult<SealedEvent> {
        authorise(actor, Permission::EditRecords)?;
        let usable = |text: &str| {
            !text.is_empty()
                && text.len() <= 100
                && text.chars().all(|character| character.is_ascii_alphanumeric() || ".-_".contains(character))
        };
        if !usable(event_type) {
            return Err(refusals::AUDIT_EVENT_RESERVED.with(&[("type", event_type)]));
        }
        let event_type = format!("app.{event_type}");
        let event = self.inner.audit_actor(actor, Act { event_type: &event_type, action, resource, details });
        let id = event.event_id.clone();
        self.inner.commit(UnitOfWork { audit: vec![event], ..UnitOfWork::default() }).await?;
        self.inner.events.changed(&["audit"]);
        let logged = self.find(&id).await?;
        logged.ok_or_else(|| crate::AppError::fault(format!("event {id} is not there after its commit")))
    }

    /// Events that fit, newest first, with the count of all.
    ///
    /// # Errors
    /// A result that is neither success nor failure, or faults.
    pub async fn query_events(&self, actor: &Actor, query: &AuditQuery) -> AppResult<AuditPage> {
        authorise(actor, Permission::View)?;
        if let Some(result) = query.filter.result.as_deref().filter(|result| !["success", "failure"].contains(result)) {
            return Err(refusals::AUDIT_FILTER_WRONG.with(&[("filter", result)]));
        }
        let (limit, offset) = query.page.limit_and_offset(50)?;
        let (rows, count) = meta::query_audit(self.inner.dialect(), &query.filter, limit, offset);
        let total = self.inner.read_count(count).await?;
        let rows = self.inner.read(rows).await?;
        Ok(Page { data: rows.0.iter().map(|row| sealed(row)).collect(), total: total.unsigned_abs() })
    }

    /// The event of this id.
    ///
    /// # Errors
    /// Faults.
    pub async fn get_event(&self, actor: &Actor, event_id: &str) -> AppResult<Option<SealedEvent>> {
        authorise(actor, Permission::View)?;
        self.find(event_id).await
    }

    /// The newest events.
    ///
    /// # Errors
    /// Faults.
    pub async fn get_recent(&self, actor: &Actor, limit: u32) -> AppResult<AuditPage> {
        let page = PageRequest { page: None, page_size: Some(limit) };
        self.query_events(actor, &AuditQuery { filter: AuditFilter::default(), page }).await
    }

    /// Events about a resource; the other filters hold too.
    ///
    /// # Errors
    /// As [`AuditLog::query_events`].
    pub async fn get_resource_audit(
        &self,
        actor: &Actor,
        resource: &str,
        mut query: AuditQuery,
    ) -> AppResult<AuditPage> {
        query.filter.resource = Some(resource.to_owned());
        self.query_events(actor, &query).await
    }

    /// Events of a user; the other filters hold too.
    ///
    /// # Errors
    /// As [`AuditLog::query_events`].
    pub async fn get_user_audit(&self, actor: &Actor, user_id: &str, mut query: AuditQuery) -> AppResult<AuditPage> {
        query.filter.user_id = Some(user_id.to_owned());
        self.query_events(actor, &query).await
    }

    /// Events of a tenant; the other filters hold too.
    ///
    /// # Errors
    /// As [`AuditLog::query_events`].
    pub async fn get_tenant_audit(
        &self,
        actor: &Actor,
        tenant_id: &str,
        mut query: AuditQuery,
    ) -> AppResult<AuditPage> {
        query.filter.tenant_id = Some(tenant_id.to_owned());
        self.query_events(actor, &query).await
    }

    /// Verifies every tenant's chain from its first link.
    ///
    /// # Errors
    /// Faults; a broken chain is an answer.
    pub async fn verify_chain(&self, actor: &Actor) -> AppResult<AuditVerification> {
        authorise(actor, Permission::View)?;
        let dialect = self.inner.dialect();
        let unsealed = self.inner.read_count(meta::count_unsealed(dialect)).await?.unsigned_abs();
        let mut checked = 0;
        for tenant in self.inner.read(meta::audit_tenants(dialect)).await?.0 {
            let tenant = Cells(&tenant).text(0);
            let mut tail = ChainTail::default();
            loop {
                let batch = meta::audit_chain(dialect, tenant.as_str(), tail.seq, VERIFY_BATCH);
                let rows = self.inner.read(batch).await?;
                for row in &rows.0 {
                    if let Err(broken) = verify_link(&sealed(row), &mut tail) {
                        let problem = format!("tenant `{tenant}`, event {}: {}", broken.seq, broken.reason);
                        return Ok(AuditVerification { checked, unsealed, problem: Some(problem) });
                    }
                    checked += 1;
                }
                if (rows.0.len() as i64) < VERIFY_BATCH {
                    break;
                }
            }
        }
        Ok(AuditVerification { checked, unsealed, problem: None })
    }

    /// Health: the log can be read.
    pub async fn check_health(&self) -> crate::Health {
        let statement = meta::audit_by_event_id(self.inner.dialect(), "");
        let health: Health = self.inner.probe(statement, "audit log").await;
        health
    }

    async fn find(&self, event_id: &str) -> AppResult<Option<SealedEvent>> {
        let rows = self.inner.read(meta::audit_by_event_id(self.inner.dialect(), event_id)).await?;
        Ok(rows.0.first().map(|row| sealed(row)))
    }
}

/// An audit row in the order of [`meta::AUDIT_COLUMNS`].
fn sealed(row: &[SqlValue]) -> SealedEvent {
    let cells = Cells(row);
    SealedEvent {
        event: AuditEvent {
            event_id: cells.text(0),
            event_type: cells.text(1),
            timestamp: Instant(cells.integer(2)),
            user_id: cells.text(3),
            scope: Scope { tenant_id: cells.text(4), realm_id: cells.text(5) },
            action: cells.text(6),
            resource: cells.text(7),
            // Text that was tampered into something unreadable must not pass as an erased payload.
            details: cells.optional_text(8).map(|text| serde_json::from_str(&text).unwrap_or(Json::String(text))),
            result: if cells.text(9) == "success" { Outcome::Success } else { Outcome::Failure },
            error_message: cells.optional_text(10),
            salt: cells.text(11),
        },
        seq: cells.integer(12),
        leaf: cells.text(13),
        prev_hash: cells.text(14),
        hash: cells.text(15),
    }
}
