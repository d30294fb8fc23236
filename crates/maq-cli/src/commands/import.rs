//! Import: a SQLite database by the importer, a folder of documents as edits.

use super::Context;
use crate::args::ImportArgs;
use crate::failure::{CliResult, Failure};
use crate::output::Done;
use crate::session::{Session, read_documents};
use crate::{progress, render};
use maq_contract::{ImportReport, PreviewImport, RunImport};
use maq_host::Place;
use serde_json::json;
use std::path::Path;

pub async fn import(args: ImportArgs, context: Context<'_>) -> CliResult<Done> {
    let source = Path::new(&args.source);
    if source.is_dir() || source.extension().is_some_and(|ending| ending == "json") {
        return import_documents(&args, context).await;
    }
    // A source that is not there must not leave an empty workspace behind.
    if Place::parse(&args.source)?.file().is_some_and(|path| !path.exists()) {
        let title = format!("there is no `{}`", args.source);
        return Err(Failure::of("import/source-not-found", 404, title, "give the path of a SQLite database"));
    }
    let (session, made) = open_or_make(&args, context).await?;
    let result = session
        .finish(async |session| {
            let report: ImportReport = if args.preview {
                session.ask("import.preview", &PreviewImport { source: args.source.clone() }).await?
            } else {
                let request = RunImport {
                    source: args.source.clone(),
                    with_data: args.with_data,
                    starter_policy: args.starter_policy.clone(),
                    tables: args.tables.clone(),
                };
                progress::ask(session, "import.run", &request, context.output).await?
            };
            reported(report)
        })
        .await;
    if result.is_err()
        && let Some(place) = made
    {
        // All or nothing: what was made for this import goes with it.
        maq_host::discard_workspace(&place).await?;
    }
    result
}

/// The workspace, and its place when it was made just now.
async fn open_or_make(args: &ImportArgs, context: Context<'_>) -> CliResult<(Session, Option<Place>)> {
    match &args.into {
        Some(path) if args.preview => Ok((Session::open(path).await?, None)),
        Some(path) => {
            let (session, made) = Session::open_or_make(path).await?;
            if let Some(place) = &made {
                context.output.say(format!("made {}", place.location()));
            }
            Ok((session, made))
        }
        None => Ok((Session::in_memory().await?, None)),
    }
}

fn reported(report: ImportReport) -> CliResult<Done> {
    let rows: Vec<[String; 5]> = report
        .tables
        .iter()
        .map(|table| {
            [
                table.name.clone(),
                table.entity.clone().unwrap_or_else(|| "(refused)".into()),
                table.fields.to_string(),
                table.references.to_string(),
                table.rows.to_string(),
            ]
        })
        .collect();
    let mut text = render::table(["TABLE", "ENTITY", "FIELDS", "REFERENCES", "ROWS"], &rows);
    text.push_str(&format!(
        "\n\n{} objects in the catalogue: {} imported, {} changed, {} refused; {} rows came along",
        report.counted, report.imported, report.changed, report.refused, report.rows
    ));
    let findings = report.findings.clone();
    let mut data = serde_json::to_value(report).map_err(maq_app::AppError::fault)?;
    if let Some(data) = data.as_object_mut() {
        data.remove("findings");
    }
    Ok(Done::new(data, text).with_findings(findings))
}

async fn import_documents(args: &ImportArgs, context: Context<'_>) -> CliResult<Done> {
    let (documents, unreadable) = read_documents(Path::new(&args.source))?;
    if !unreadable.is_empty() {
        let title = "some documents cannot be read, so none was brought in";
        return Err(Failure::of("import/documents-unreadable", 422, title, "mend them, then import again")
            .with_findings(unreadable));
    }
    if args.preview {
        let data = json!({ "documents": documents.len() });
        return Ok(Done::new(data, format!("{} documents can be read", documents.len())));
    }
    let (session, _) = open_or_make(args, context).await?;
    session
        .finish(async |session| {
            session.add_documents(&format!("Import {}", args.source), &documents).await?;
            let findings = session.state().await?.findings;
            let text = format!("{} documents came in", documents.len());
            Ok(Done::new(json!({ "documents": documents.len() }), text).with_findings(findings))
        })
        .await
}
