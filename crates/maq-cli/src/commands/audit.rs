//! The audit log of a workspace or server: query, verify, export.

use super::Context;
use super::admin::Server;
use crate::args::{AuditCommand, AuditFilters, AuditPlace};
use crate::failure::{CliResult, Failure};
use crate::output::Done;
use crate::session::Session;
use crate::{answer, exit, render};
use maq_app::{AuditQuery, PageRequest, Services, refusals};
use maq_query::meta::AuditFilter;
use maq_value::{Actor, Instant};
use serde_json::{Value as Json, json};

/// Where the log is.
enum Log {
    Here(Box<Services>, Actor),
    Http(maq_target_http::HttpTarget),
}

impl Log {
    async fn open(place: &AuditPlace, context: Context<'_>) -> CliResult<Log> {
        if let Some(ws) = &place.ws {
            let session = Session::open(ws).await?;
            return Ok(Log::Here(Box::new(session.services), session.actor));
        }
        match Server::open(place.store.as_deref(), place.server.as_deref(), context).await? {
            Server::Store(services, actor) => Ok(Log::Here(services, actor)),
            Server::Http(http) => Ok(Log::Http(http)),
        }
    }

    async fn close(&self) {
        if let Log::Here(services, _) = self {
            services.close().await;
        }
    }

    /// A page of events, and how many fit in all.
    async fn page(&self, filters: &AuditFilters, page: u32, page_size: u32) -> CliResult<(Vec<Json>, u64)> {
        match self {
            Log::Here(services, actor) => {
                let filter = read_filters(filters)?;
                let page = PageRequest { page: Some(page), page_size: Some(page_size) };
                let found = services.audit_log.query_events(actor, &AuditQuery { filter, page }).await?;
                let events: Result<Vec<Json>, _> = found.data.iter().map(serde_json::to_value).collect();
                Ok((events.map_err(maq_app::AppError::fault)?, found.total))
            }
            Log::Http(http) => {
                let (page, size, types) = (page.to_string(), page_size.to_string(), filters.types.join(","));
                let mut query = vec![("page", page.as_str()), ("pageSize", size.as_str())];
                let given = [
                    ("eventType", Some(types).filter(|types| !types.is_empty())),
                    ("userId", filters.user.clone()),
                    ("tenantId", filters.tenant.clone()),
                    ("resource", filters.resource.clone()),
                    ("startDate", filters.from.clone()),
                    ("endDate", filters.to.clone()),
                    ("result", filters.result.clone()),
                ];
                query.extend(given.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?))));
                let mut answer: Json = http.get("/api/audit/events", &query).await?;
                let total = answer::at(&answer, "/meta/total").as_u64().unwrap_or_default();
                let events = answer::take_list(&mut answer, "/data");
                Ok((events, total))
            }
        }
    }

    async fn verify(&self) -> CliResult<Json> {
        match self {
            Log::Here(services, actor) => {
                let found = services.audit_log.verify_chain(actor).await?;
                let ok = found.problem.is_none();
                Ok(json!({ "ok": ok, "checked": found.checked, "unsealed": found.unsealed, "problem": found.problem }))
            }
            Log::Http(http) => Ok(answer::take(&mut http.get("/api/audit/verify", &[]).await?, "/data")),
        }
    }
}

pub async fn audit(command: AuditCommand, context: Context<'_>) -> CliResult<Done> {
    let place = match &command {
        AuditCommand::Query { place, .. } | AuditCommand::Verify { place } | AuditCommand::Export { place, .. } => {
            place
        }
    };
    let log = Log::open(place, context).await?;
    let result = on(&log, command).await;
    log.close().await;
    result
}

async fn on(log: &Log, command: AuditCommand) -> CliResult<Done> {
    match command {
        AuditCommand::Query { filters, page, page_size, .. } => {
            let (events, total) = log.page(&filters, page, page_size).await?;
            let cell = |event: &Json, key: &str| event.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
            let keys = ["timestamp", "userId", "eventType", "resource", "result"];
            let rows: Vec<[String; 5]> = events.iter().map(|event| keys.map(|key| cell(event, key))).collect();
            let text = render::table(["AT", "USER", "EVENT", "RESOURCE", "RESULT"], &rows);
            Ok(Done::new(json!({ "events": events, "total": total }), format!("{text}\n\n{total} in all")))
        }
        AuditCommand::Verify { .. } => {
            let found = log.verify().await?;
            let text = match answer::at(&found, "/problem").as_str() {
                None => {
                    let checked = answer::at(&found, "/checked");
                    let waiting = answer::at(&found, "/unsealed").as_u64().unwrap_or_default();
                    let waiting = if waiting == 0 { String::new() } else { format!("; {waiting} wait to be linked") };
                    format!("{checked} events, every chain is whole{waiting}")
                }
                Some(problem) => format!("broken: {problem}"),
            };
            let code = if answer::at(&found, "/problem").is_null() { exit::OK } else { exit::FINDINGS };
            Ok(Done::new(found, text).with_code(code))
        }
        AuditCommand::Export { filters, out, .. } => export(log, &filters, out).await,
    }
}

/// All events that fit. New ones push older ones back by a page, so the end of the range is fixed first.
async fn export(log: &Log, filters: &AuditFilters, out: Option<std::path::PathBuf>) -> CliResult<Done> {
    const PAGE: u32 = 200;
    let filters = AuditFilters {
        types: filters.types.clone(),
        user: filters.user.clone(),
        tenant: filters.tenant.clone(),
        resource: filters.resource.clone(),
        from: filters.from.clone(),
        to: Some(filters.to.clone().unwrap_or_else(|| Instant::now().to_string())),
        result: filters.result.clone(),
    };
    let mut lines = Vec::new();
    for page in 1.. {
        let (events, _) = log.page(&filters, page, PAGE).await?;
        let count = events.len();
        lines.extend(events.into_iter().map(|event| event.to_string()));
        if count < PAGE as usize {
            break;
        }
    }
    let count = lines.len();
    let text = lines.join("\n");
    match out {
        Some(path) => {
            std::fs::write(&path, text + "\n").map_err(|error| Failure::file(&path, &error))?;
            let data = json!({ "events": count, "file": path.display().to_string() });
            Ok(Done::new(data, format!("{count} events")))
        }
        None => Ok(Done::new(json!({ "events": count, "lines": text }), text)),
    }
}

fn read_filters(filters: &AuditFilters) -> CliResult<AuditFilter> {
    let instant = |text: &Option<String>| -> CliResult<Option<i64>> {
        let Some(text) = text else { return Ok(None) };
        match Instant::parse(text) {
            Some(instant) => Ok(Some(instant.0)),
            None => Err(refusals::AUDIT_FILTER_WRONG.with(&[("filter", text)]).into()),
        }
    };
    Ok(AuditFilter {
        event_types: filters.types.clone(),
        user_id: filters.user.clone(),
        tenant_id: filters.tenant.clone(),
        resource: filters.resource.clone(),
        start: instant(&filters.from)?,
        end: instant(&filters.to)?,
        result: filters.result.clone(),
    })
}
