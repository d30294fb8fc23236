//! The audit log.

use super::health;
use crate::call::Call;
use maq_app::{AppResult, refusals};
use maq_audit::{Outcome, SealedEvent};
use maq_contract::{
    AuditPage, AuditQuery, AuditRow, AuditVerification, EventRef, Health, LogEvent, MaybeEvent, Nothing, RecentEvents,
};
use maq_query::meta::AuditFilter;
use maq_value::{Instant, Scope};

impl Call<'_> {
    pub async fn audit_log_event(&self, request: LogEvent) -> AppResult<AuditRow> {
        let LogEvent { event_type, action, resource, details } = request;
        self.services.audit_log.log_event(self.actor, &event_type, &action, &resource, details).await.map(row)
    }

    pub async fn audit_query_events(&self, request: AuditQuery) -> AppResult<AuditPage> {
        self.services.audit_log.query_events(self.actor, &query(request)?).await.map(page)
    }

    pub async fn audit_get_event(&self, request: EventRef) -> AppResult<MaybeEvent> {
        let event = self.services.audit_log.get_event(self.actor, &request.event_id).await?;
        Ok(MaybeEvent { event: event.map(row) })
    }

    pub async fn audit_get_recent(&self, request: RecentEvents) -> AppResult<AuditPage> {
        self.services.audit_log.get_recent(self.actor, request.limit.unwrap_or(20)).await.map(page)
    }

    pub async fn audit_get_resource_audit(&self, mut request: AuditQuery) -> AppResult<AuditPage> {
        let resource = needed("resource", request.resource.take())?;
        self.services.audit_log.get_resource_audit(self.actor, &resource, query(request)?).await.map(page)
    }

    pub async fn audit_get_user_audit(&self, mut request: AuditQuery) -> AppResult<AuditPage> {
        let user = needed("userId", request.user_id.take())?;
        self.services.audit_log.get_user_audit(self.actor, &user, query(request)?).await.map(page)
    }

    /// The default tenant's audit when the request names none.
    pub async fn audit_get_tenant_audit(&self, mut request: AuditQuery) -> AppResult<AuditPage> {
        let tenant = request.tenant_id.take().unwrap_or_else(|| Scope::default().tenant_id);
        self.services.audit_log.get_tenant_audit(self.actor, &tenant, query(request)?).await.map(page)
    }

    pub async fn audit_verify_chain(&self, _: Nothing) -> AppResult<AuditVerification> {
        let found = self.services.audit_log.verify_chain(self.actor).await?;
        let maq_app::AuditVerification { checked, unsealed, problem } = found;
        Ok(AuditVerification { ok: problem.is_none(), checked, unsealed, problem })
    }

    pub async fn audit_check_health(&self, _: Nothing) -> AppResult<Health> {
        Ok(health(self.services.audit_log.check_health().await))
    }
}

fn needed(name: &str, given: Option<String>) -> AppResult<String> {
    given.ok_or_else(|| refusals::AUDIT_FILTER_WRONG.with(&[("filter", &format!("{name} is missing"))]))
}

fn query(request: AuditQuery) -> AppResult<maq_app::AuditQuery> {
    Ok(maq_app::AuditQuery {
        filter: AuditFilter {
            event_types: request.event_type.unwrap_or_default(),
            user_id: request.user_id,
            tenant_id: request.tenant_id,
            resource: request.resource,
            start: instant(request.start_date)?,
            end: instant(request.end_date)?,
            result: request.result,
        },
        page: maq_app::PageRequest { page: request.page, page_size: request.page_size },
    })
}

fn instant(text: Option<String>) -> AppResult<Option<i64>> {
    let Some(text) = text else { return Ok(None) };
    match Instant::parse(&text) {
        Some(instant) => Ok(Some(instant.0)),
        None => Err(refusals::AUDIT_FILTER_WRONG.with(&[("filter", &text)])),
    }
}

fn page(page: maq_app::AuditPage) -> AuditPage {
    AuditPage { data: page.data.into_iter().map(row).collect(), total: page.total }
}

fn row(sealed: SealedEvent) -> AuditRow {
    let event = sealed.event;
    AuditRow {
        event_id: event.event_id,
        event_type: event.event_type,
        timestamp: event.timestamp.to_string(),
        user_id: event.user_id,
        tenant_id: event.scope.tenant_id,
        realm_id: event.scope.realm_id,
        action: event.action,
        resource: event.resource,
        details: event.details,
        result: match event.result {
            Outcome::Success => "success".to_owned(),
            Outcome::Failure => "failure".to_owned(),
        },
        error_message: event.error_message,
        seq: sealed.seq,
        hash: sealed.hash,
    }
}
