//! The decision log of a server.

use super::Context;
use super::admin::Server;
use crate::args::DecisionsArgs;
use crate::failure::CliResult;
use crate::output::Done;
use crate::{answer, render};
use maq_app::{AppError, DecisionQuery};
use maq_query::decisions::DecisionFilter;
use maq_value::Scope;
use serde_json::{Value as Json, json};

pub async fn decisions(args: DecisionsArgs, context: Context<'_>) -> CliResult<Done> {
    let server = Server::open(args.place.store.as_deref(), args.place.server.as_deref(), context).await?;
    let page = page(&server, &args).await;
    server.close().await;
    let page = page?;
    let cell = |entry: &Json, key: &str| entry.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
    let row = |entry: &Json| {
        let effect = if answer::at(entry, "/allowed").as_bool() == Some(true) { "allow" } else { "deny" };
        let record = entry.get("recordId").and_then(Json::as_str).map(|id| format!("/{id}")).unwrap_or_default();
        let about = cell(entry, "entity") + &record;
        [cell(entry, "at"), cell(entry, "userId"), effect.to_owned(), cell(entry, "action"), about]
    };
    let rows: Vec<[String; 5]> = answer::at(&page, "/data").as_array().into_iter().flatten().map(row).collect();
    let mut text = render::table(["AT", "USER", "EFFECT", "ACTION", "ON"], &rows);
    if let Some(next) = answer::at(&page, "/meta/next").as_str() {
        text.push_str(&format!("\n\nmore: --after {next}"));
    }
    let dropped = answer::at(&page, "/meta/dropped").as_u64().unwrap_or_default();
    if dropped > 0 {
        text.push_str(&format!("\n\n{dropped} decisions could not be kept"));
    }
    let data = json!({
        "decisions": answer::at(&page, "/data"), "next": answer::at(&page, "/meta/next"), "dropped": dropped,
    });
    Ok(Done::new(data, text))
}

/// A page as the endpoint answers it.
async fn page(server: &Server, args: &DecisionsArgs) -> CliResult<Json> {
    let default = Scope::default();
    match server {
        Server::Store(services, actor) => {
            let query = DecisionQuery {
                scope: Scope {
                    tenant_id: args.tenant.clone().unwrap_or(default.tenant_id),
                    realm_id: args.realm.clone().unwrap_or(default.realm_id),
                },
                filter: DecisionFilter {
                    since: args.since.map(|instant| instant.0),
                    until: args.until.map(|instant| instant.0),
                    user_id: args.user.clone(),
                    entity: args.entity.clone(),
                    action: args.action.clone(),
                    allowed: args.effect.as_deref().map(|effect| effect == "allow"),
                    after: None,
                },
                limit: Some(args.limit),
                after: args.after.clone(),
            };
            let page = services.policy_gate.decisions(actor, &query).await?;
            let data = serde_json::to_value(&page.data).map_err(AppError::fault)?;
            Ok(json!({ "data": data, "meta": { "next": page.next, "dropped": page.dropped } }))
        }
        Server::Http(http) => {
            let given = [
                ("tenantId", args.tenant.clone()),
                ("realmId", args.realm.clone()),
                ("since", args.since.map(|instant| instant.to_string())),
                ("until", args.until.map(|instant| instant.to_string())),
                ("principal", args.user.clone()),
                ("entity", args.entity.clone()),
                ("action", args.action.clone()),
                ("effect", args.effect.clone()),
                ("limit", Some(args.limit.to_string())),
                ("after", args.after.clone()),
            ];
            let query: Vec<_> = given.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?))).collect();
            Ok(http.get("/api/policy/decisions", &query).await?)
        }
    }
}
