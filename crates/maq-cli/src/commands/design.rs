//! Workspaces: make, check, edit, rename, undo, export.

use super::Context;
use crate::args::{CheckArgs, EditArgs, ExportArgs, HistoryArgs, NewArgs, RenameArgs};
use crate::failure::{CliResult, Failure};
use crate::output::Done;
use crate::session::Session;
use crate::{exit, render, samples};
use maq_contract::{ApplyEdits, EditResult, History, ListHistory, Nothing, RenameEntity, RenameField, RenameRole};
use maq_diag::Severity;
use maq_doc::Document;
use serde_json::json;
use std::io::Read;
use std::path::Path;

pub async fn new(args: NewArgs, context: Context<'_>) -> CliResult<Done> {
    let documents = match &args.sample {
        Some(name) => samples::sample(name)?,
        None => Vec::new(),
    };
    let shown = args.ws.display().to_string();
    let label = format!("Sample {}", args.sample.as_deref().unwrap_or_default());
    let made = Session::create(&args.ws).await?;
    made.finish(async |session| session.add_documents(&label, &documents).await).await?;
    context.output.say(format!("made {shown} with {} documents", documents.len()));
    Ok(Done::new(json!({ "workspace": shown, "documents": documents.len() }), shown))
}

pub async fn check(args: CheckArgs) -> CliResult<Done> {
    let (session, unreadable) = Session::read(&args.ws).await?;
    session
        .finish(async |session| {
            let mut findings = unreadable;
            findings.extend(session.services.workspace.check(&session.actor).await?);
            let worst = if args.strict { Severity::Warning } else { Severity::Error };
            let fails = findings.iter().any(|finding| finding.severity <= worst);
            let errors = findings.iter().filter(|finding| finding.is_error()).count();
            let warnings = findings.iter().filter(|finding| finding.severity == Severity::Warning).count();
            let data = json!({ "errors": errors, "warnings": warnings });
            let text = if findings.is_empty() { render::summary(&findings) } else { String::new() };
            let code = if fails { exit::FINDINGS } else { exit::OK };
            let documents = session.state().await?.documents;
            Ok(Done::new(data, text).with_findings(findings).with_names(&documents).with_code(code))
        })
        .await
}

pub async fn rename(args: RenameArgs) -> CliResult<Done> {
    Session::open(&args.ws)
        .await?
        .finish(async |session| {
            if let Some(role) = args.what.strip_prefix("role:") {
                let (role_id, name) = (session.role(role).await?.id, args.name.clone());
                let request = RenameRole { role_id, name, group_id: None };
                return edited(session, session.ask("roles.rename_role", &request).await?).await;
            }
            let (entity_name, field_name) = match args.what.split_once('.') {
                Some((entity, field)) => (entity, Some(field)),
                None => (args.what.as_str(), None),
            };
            let entity = session.entity(entity_name).await?;
            let name = args.name.clone();
            let result: EditResult = match field_name {
                None => {
                    let request = RenameEntity { entity_id: entity.id, name, base_seq: None, group_id: None };
                    session.ask("entities.rename_entity", &request).await?
                }
                Some(wanted) => {
                    let field = entity.fields.iter().find(|field| field.name == wanted);
                    let field = field.ok_or_else(|| {
                        let near =
                            maq_diag::did_you_mean(wanted, entity.fields.iter().map(|field| field.name.as_str()));
                        let help = near.map_or("correct the name".to_owned(), |near| format!("did you mean `{near}`?"));
                        let title = format!("`{entity_name}` has no field `{wanted}`");
                        Failure::of("registry/field-not-found", 404, title, &help)
                    })?;
                    let (entity_id, field_id) = (entity.id.clone(), field.id.clone());
                    let request = RenameField { entity_id, field_id, name, base_seq: None, group_id: None };
                    session.ask("entities.rename_field", &request).await?
                }
            };
            edited(session, result).await
        })
        .await
}

pub async fn edit(args: EditArgs) -> CliResult<Done> {
    let text = read_text(&args.file)?;
    let request: ApplyEdits = serde_json::from_str(&text).map_err(|error| {
        let title = format!("`{}` is no edit group: {error}", args.file.display());
        Failure::of("edit/file-unreadable", 422, title, "write {\"label\": \"…\", \"edits\": [{\"op\": \"set\", …}]}")
    })?;
    let session = Session::open(&args.ws).await?;
    session
        .finish(async |session| {
            let result = session.ask("workspace.apply_edits", &request).await?;
            edited(session, result).await
        })
        .await
}

/// Undo or redo.
pub async fn step(ws: &Path, command: &str) -> CliResult<Done> {
    let session = Session::open(ws).await?;
    session
        .finish(async |session| {
            let result = session.ask(command, &Nothing {}).await?;
            edited(session, result).await
        })
        .await
}

pub async fn history(args: HistoryArgs) -> CliResult<Done> {
    Session::open(&args.ws)
        .await?
        .finish(async |session| {
            let history: History = session.ask("workspace.list_history", &ListHistory { limit: args.limit }).await?;
            let rows: Vec<[String; 5]> = history
                .entries
                .iter()
                .map(|entry| {
                    [
                        entry.seq.to_string(),
                        entry.state.clone(),
                        entry.at.clone(),
                        entry.actor.clone(),
                        entry.label.clone(),
                    ]
                })
                .collect();
            let text = render::table(["SEQ", "STATE", "AT", "BY", "WHAT"], &rows);
            Ok(Done::new(json!({ "entries": history.entries }), text))
        })
        .await
}

pub async fn export(args: ExportArgs) -> CliResult<Done> {
    let (session, unreadable) = Session::read(&args.ws).await?;
    session
        .finish(async |session| {
            let state = session.state().await?;
            let mut files: Vec<String> = Vec::new();
            for document in &state.documents {
                files.push(write_document(&args.out, document, &files)?);
            }
            files.sort();
            let text = files.join("\n");
            Ok(Done::new(json!({ "folder": args.out.display().to_string(), "files": files }), text)
                .with_findings(unreadable))
        })
        .await
}

/// Writes one document under its kind and name; where a file system would take two names for one, under its id.
fn write_document(folder: &Path, document: &Document, written: &[String]) -> CliResult<String> {
    let kind = match document {
        Document::Entity(_) => "entities",
        Document::Role(_) => "roles",
        Document::Diagram(_) => "diagrams",
    };
    let usable = |character: char| character.is_ascii_alphanumeric() || "-_ ".contains(character);
    let name: String =
        document.name().chars().map(|character| if usable(character) { character } else { '_' }).collect();
    let name = if name.trim().is_empty() { document.id().to_owned() } else { name };
    let mut relative = format!("{kind}/{name}.json");
    if written.iter().any(|there| there.eq_ignore_ascii_case(&relative)) {
        relative = format!("{kind}/{}.json", document.id());
    }
    let path = folder.join(&relative);
    let parent = folder.join(kind);
    std::fs::create_dir_all(&parent).map_err(|error| Failure::file(&parent, &error))?;
    let mut text = serde_json::to_string_pretty(&document.to_json()).map_err(maq_app::AppError::fault)?;
    text.push('\n');
    std::fs::write(&path, text).map_err(|error| Failure::file(&path, &error))?;
    Ok(relative)
}

/// What an edit, undo or redo came to.
pub async fn edited(session: &Session, result: EditResult) -> CliResult<Done> {
    let data = json!({
        "seq": result.seq, "edits": result.edits.len(), "undo": result.undo, "redo": result.redo,
    });
    let count = result.edits.len();
    let edits = if count == 1 { "edit" } else { "edits" };
    let text = match &result.undo {
        Some(label) => format!("{count} {edits}; undo would take back: {label}"),
        None => format!("{count} {edits}; nothing is left to undo"),
    };
    let documents = session.state().await?.documents;
    Ok(Done::new(data, text).with_findings(result.findings).with_names(&documents))
}

/// A file's text, or standard input's for `-`.
pub fn read_text(path: &Path) -> CliResult<String> {
    if path.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text).map_err(|error| Failure::file(path, &error))?;
        return Ok(text);
    }
    std::fs::read_to_string(path).map_err(|error| Failure::file(path, &error))
}
