//! Records of the target `local`, on behalf of a principal.

use super::Context;
use super::design::read_text;
use crate::args::{Asked, RecordsCommand};
use crate::failure::{CliResult, Failure};
use crate::output::Done;
use crate::render;
use crate::session::Session;
use maq_app::{ListRequest, Paging, Permission};
use maq_value::{Principal, Record};
use serde_json::{Value as Json, json};
use std::path::Path;

pub async fn records(command: RecordsCommand, context: Context<'_>) -> CliResult<Done> {
    match command {
        RecordsCommand::List { asked, filter, sort, limit, after, page, total } => {
            let request = ListRequest {
                filter: filter.as_deref().map(|text| json_argument("--filter", text)).transpose()?,
                sort,
                limit: Some(limit),
                with_total: total || page.is_some(),
                expand: Vec::new(),
                paging: page.map_or(Paging::Keyset { after }, Paging::Page),
            };
            on_behalf(asked, Permission::View, async |session, principal, entity| {
                let page = session.services.data.list(principal, entity, &request).await?;
                let data: Vec<Json> = page.data.iter().map(Record::to_json).collect();
                if let Some(next) = &page.next {
                    context.output.say(format!("more with --after {next}"));
                }
                if let Some(total) = page.total {
                    context.output.say(format!("{total} in all"));
                }
                let text = listed(&data);
                Ok(Done::new(json!({ "records": data, "next": page.next, "total": page.total }), text))
            })
            .await
        }
        RecordsCommand::Get { asked, id } => {
            on_behalf(asked, Permission::View, async |session, principal, entity| {
                shown(session.services.data.get(principal, entity, &id).await?)
            })
            .await
        }
        RecordsCommand::Count { asked, filter } => {
            let filter = filter.as_deref().map(|text| json_argument("--filter", text)).transpose()?;
            on_behalf(asked, Permission::View, async |session, principal, entity| {
                let count = session.services.data.count(principal, entity, filter.as_ref()).await?;
                Ok(Done::new(json!({ "count": count }), count.to_string()))
            })
            .await
        }
        RecordsCommand::Create { asked, values } => {
            let values = values_argument(&values)?;
            on_behalf(asked, Permission::EditRecords, async |session, principal, entity| {
                shown(session.services.data.create(principal, entity, values).await?)
            })
            .await
        }
        RecordsCommand::Update { asked, id, values, row_version } => {
            let values = values_argument(&values)?;
            on_behalf(asked, Permission::EditRecords, async |session, principal, entity| {
                shown(session.services.data.update(principal, entity, &id, values, row_version).await?)
            })
            .await
        }
        RecordsCommand::Delete { asked, id, row_version } => {
            on_behalf(asked, Permission::EditRecords, async |session, principal, entity| {
                session.services.data.delete(principal, entity, &id, row_version).await?;
                Ok(Done::new(json!({ "deleted": id }), format!("deleted {id}")))
            })
            .await
        }
        RecordsCommand::Load { asked, file } => {
            let objects = read_objects(&file)?;
            on_behalf(asked, Permission::EditRecords, async |session, principal, entity| {
                load(session, principal, entity, objects).await
            })
            .await
        }
    }
}

/// Opens the workspace and asks as the principal of `--as`, or as this person with the role `admin`.
async fn on_behalf(
    asked: Asked,
    permission: Permission,
    work: impl AsyncFnOnce(&Session, &Principal, &str) -> CliResult<Done>,
) -> CliResult<Done> {
    let named = asked.principal.as_deref().map(read_principal).transpose()?;
    let session = Session::open(&asked.ws).await?;
    session
        .finish(async |session| {
            session.services.access.allow(&session.actor, permission)?;
            let principal = named.unwrap_or_else(|| Principal::new(session.actor.user_id.clone(), &["admin"]));
            work(session, &principal, &asked.entity).await
        })
        .await
}

fn read_principal(path: &Path) -> CliResult<Principal> {
    let text = read_text(path)?;
    serde_json::from_str(&text).map_err(|error| {
        let title = format!("`{}` is no principal: {error}", path.display());
        Failure::of("usage/principal-unreadable", 400, title, "write {\"userId\": \"ann\", \"roles\": [\"manager\"]}")
    })
}

fn json_argument(name: &str, text: &str) -> CliResult<Json> {
    serde_json::from_str(text).map_err(|error| {
        Failure::usage("usage/not-json", format!("{name} is no JSON: {error}"), "put the JSON in single quotes")
    })
}

fn values_argument(text: &str) -> CliResult<Json> {
    let text = if text == "-" { read_text(Path::new("-"))? } else { text.to_owned() };
    json_argument("--values", &text)
}

/// One after the other, each as any create: the first that is refused stops, and what came before it stays.
async fn load(session: &Session, principal: &Principal, entity: &str, objects: Vec<Json>) -> CliResult<Done> {
    let total = objects.len();
    for (at, values) in objects.into_iter().enumerate() {
        if let Err(error) = session.services.data.create(principal, entity, values).await {
            let failure = Failure::from(error);
            let wire = failure.error();
            let title = format!("object {} of {total}: {}; {at} before it were created", at + 1, wire.title);
            let findings = wire.findings.clone();
            return Err(Failure::of(&wire.code, wire.status, title, &wire.help).with_findings(findings));
        }
    }
    Ok(Done::new(json!({ "created": total }), format!("created {total}")))
}

/// A JSON list of objects, or one object a line.
fn read_objects(path: &Path) -> CliResult<Vec<Json>> {
    let text = read_text(path)?;
    let wrong = |error: serde_json::Error| {
        let title = format!("`{}` cannot be read: {error}", path.display());
        Failure::of("usage/not-json", 400, title, "give a JSON list of objects, or one object a line")
    };
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(&text).map_err(wrong);
    }
    text.lines().filter(|line| !line.trim().is_empty()).map(|line| serde_json::from_str(line).map_err(wrong)).collect()
}

fn shown(record: Record) -> CliResult<Done> {
    let json = record.to_json();
    let text = serde_json::to_string_pretty(&json).map_err(maq_app::AppError::fault)?;
    Ok(Done::new(json!({ "record": json }), text))
}

/// Records as a table: the columns are the keys of the first one, long values are cut.
fn listed(records: &[Json]) -> String {
    const COLUMNS: usize = 6;
    const WIDTH: usize = 24;
    let Some(first) = records.first().and_then(Json::as_object) else { return String::new() };
    let mut names: Vec<String> = first.keys().take(COLUMNS).cloned().collect();
    names.resize(COLUMNS, String::new());
    let cell = |record: &Json, name: &str| {
        let text = match record.get(name) {
            None | Some(Json::Null) => String::new(),
            Some(Json::String(text)) => text.replace(['\n', '\t'], " "),
            Some(other) => other.to_string(),
        };
        if text.chars().count() <= WIDTH { text } else { text.chars().take(WIDTH - 1).chain(['…']).collect() }
    };
    let row = |record: &Json| -> [String; COLUMNS] {
        std::array::from_fn(|at| cell(record, names.get(at).map_or("", |name| name)))
    };
    let rows: Vec<[String; COLUMNS]> = records.iter().map(row).collect();
    let head: [&str; COLUMNS] = std::array::from_fn(|at| names.get(at).map_or("", |name| name.as_str()));
    render::table(head, &rows)
}
