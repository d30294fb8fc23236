//! Looking for what could go wrong, and explaining codes.

use crate::exit;
use crate::failure::CliResult;
use crate::output::Done;
use crate::session::{Session, admin_store, open_server};
use maq_app::Services;
use maq_value::Actor;
use serde_json::{Value as Json, json};
use std::path::PathBuf;

/// One thing that was looked at.
struct Look {
    what: &'static str,
    ok: bool,
    words: String,
}

pub async fn doctor(ws: Option<PathBuf>, store: Option<String>) -> CliResult<Done> {
    let mut looks = vec![Look { what: "version", ok: true, words: env!("CARGO_PKG_VERSION").to_owned() }];
    let services = maq_host::in_memory("doctor").await?;
    let (ok, words) = match services.check_secrets().await {
        Ok(()) if services.secrets_in_plain_text() => {
            (true, format!("{}, which is for tests: MAQUETTE_SECRETS_FILE names it", services.secrets_kept_in()))
        }
        Ok(()) => (true, services.secrets_kept_in()),
        Err(error) => (false, error.refusal().map_or("they failed".into(), |refusal| refusal.help.clone())),
    };
    looks.push(Look { what: "secrets", ok, words });
    services.close().await;
    if let Some(path) = ws {
        let session = Session::open(&path).await?;
        let look = async |session: &Session| look_at(&session.services, &session.actor).await;
        looks.extend(session.finish(look).await?);
    }
    if let Some(store) = store {
        let services = open_server(&store, admin_store().as_deref()).await?;
        let found = look_at(&services, &Actor::admin(maq_host::person_id())).await;
        services.close().await;
        looks.extend(found?);
    }
    let well = looks.iter().all(|look| look.ok);
    let lines: Vec<String> = looks
        .iter()
        .map(|look| format!("{} {}: {}", if look.ok { "ok  " } else { "FAIL" }, look.what, look.words))
        .collect();
    let data: Vec<Json> =
        looks.iter().map(|look| json!({ "what": look.what, "ok": look.ok, "words": look.words })).collect();
    let code = if well { exit::OK } else { exit::FINDINGS };
    Ok(Done::new(json!({ "well": well, "looks": data }), lines.join("\n")).with_code(code))
}

async fn look_at(services: &Services, actor: &Actor) -> CliResult<Vec<Look>> {
    let broken = services.integrity().await?;
    let words = if broken.is_empty() { "whole".to_owned() } else { broken.join("; ") };
    let file = Look { what: "file", ok: broken.is_empty(), words };
    let audit = services.audit_log.verify_chain(actor).await?;
    let words = match &audit.problem {
        None => format!("{} events, every chain is whole", audit.checked),
        Some(problem) => problem.clone(),
    };
    let audit = Look { what: "audit", ok: audit.problem.is_none(), words };
    let findings = services.workspace.check(actor).await?;
    let errors = findings.iter().filter(|finding| finding.is_error()).count();
    let documents =
        Look { what: "documents", ok: true, words: format!("{errors} errors; `maquette check` shows them") };
    Ok(vec![file, audit, documents])
}

pub fn explain(code: &str) -> CliResult<Done> {
    let page = maq_rpc::explain(code)?;
    Ok(Done::new(json!({ "code": code, "markdown": page }), page))
}
