//! Two sets of documents compared by their stable ids.

use crate::args::DiffArgs;
use crate::exit;
use crate::failure::CliResult;
use crate::output::Done;
use crate::session::Session;
use maq_doc::Document;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::path::Path;

/// One difference.
#[derive(Debug, PartialEq)]
struct Difference {
    /// `added`, `removed` or `changed`.
    kind: &'static str,
    /// Names from the document down: `Invoice`, `fields`, `total`, `maxLength`.
    path: Vec<String>,
    old: Json,
    new: Json,
}

pub async fn diff(args: DiffArgs) -> CliResult<Done> {
    let (old, mut findings) = documents(&args.a).await?;
    let (new, more) = documents(&args.b).await?;
    findings.extend(more);
    let differences = compare_documents(&old, &new);
    let text: Vec<String> = differences.iter().map(line).collect();
    let data: Vec<Json> = differences
        .iter()
        .map(|found| json!({ "kind": found.kind, "path": found.path, "old": found.old, "new": found.new }))
        .collect();
    let code = if args.exit_code && !differences.is_empty() { exit::FINDINGS } else { exit::OK };
    let text = if text.is_empty() { "no difference".to_owned() } else { text.join("\n") };
    Ok(Done::new(json!({ "differences": data }), text).with_findings(findings).with_code(code))
}

async fn documents(path: &Path) -> CliResult<(Vec<Document>, Vec<maq_diag::Finding>)> {
    let (session, findings) = Session::read(path).await?;
    let state = session.finish(async |session| session.state().await).await?;
    Ok((state.documents, findings))
}

fn line(found: &Difference) -> String {
    let place = found.path.join(".");
    match found.kind {
        "added" => format!("+ {place}"),
        "removed" => format!("- {place}"),
        _ => format!("~ {place}: {} -> {}", found.old, found.new),
    }
}

fn compare_documents(old: &[Document], new: &[Document]) -> Vec<Difference> {
    let by_id = |documents: &[Document]| -> BTreeMap<String, (String, Json)> {
        documents
            .iter()
            .map(|document| (document.id().to_owned(), (document.name().to_owned(), document.to_json())))
            .collect()
    };
    let (old, new) = (by_id(old), by_id(new));
    let mut found = Vec::new();
    for (id, (name, json)) in &old {
        match new.get(id) {
            None => found.push(difference("removed", vec![name.clone()], json.clone(), Json::Null)),
            Some((new_name, new_json)) => compare(&mut found, vec![new_name.clone()], json, new_json),
        }
    }
    for (id, (name, json)) in &new {
        if !old.contains_key(id) {
            found.push(difference("added", vec![name.clone()], Json::Null, json.clone()));
        }
    }
    found.sort_by(|left, right| left.path.cmp(&right.path));
    found
}

fn difference(kind: &'static str, path: Vec<String>, old: Json, new: Json) -> Difference {
    Difference { kind, path, old, new }
}

fn compare(found: &mut Vec<Difference>, path: Vec<String>, old: &Json, new: &Json) {
    if old == new {
        return;
    }
    match (members(old), members(new)) {
        (Some(old), Some(new)) => {
            for (key, (name, value)) in &old {
                let below = |name: &str| path.iter().cloned().chain([name.to_owned()]).collect();
                match new.get(key) {
                    None => found.push(difference("removed", below(name), value.clone(), Json::Null)),
                    Some((new_name, new_value)) => compare(found, below(new_name), value, new_value),
                }
            }
            for (key, (name, value)) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
                let _ = key;
                let below = path.iter().cloned().chain([name.clone()]).collect();
                found.push(difference("added", below, Json::Null, value.clone()));
            }
        }
        _ => found.push(difference("changed", path, old.clone(), new.clone())),
    }
}

/// Members by key or stable id, with the name people know; none for plain values and lists of such.
fn members(json: &Json) -> Option<BTreeMap<String, (String, Json)>> {
    match json {
        Json::Object(object) => {
            Some(object.iter().map(|(key, value)| (key.clone(), (key.clone(), value.clone()))).collect())
        }
        Json::Array(list) if list.iter().all(|member| member.get("id").is_some()) => Some(
            list.iter()
                .map(|member| {
                    let text = |key: &str| member[key].as_str().unwrap_or_default().to_owned();
                    let name = if text("name").is_empty() { text("id") } else { text("name") };
                    (text("id"), (name, member.clone()))
                })
                .collect(),
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invoice(fields: Json) -> Document {
        let json = json!({ "kind": "entity", "format": 1, "id": "ent_1", "name": "Invoice", "fields": fields });
        maq_doc::read_document("test", json).unwrap()
    }

    #[test]
    fn a_rename_is_a_change_of_name_and_not_a_removal() {
        let old = invoice(json!([{ "id": "fld_1", "name": "total", "type": "string" }]));
        let new = invoice(json!([
            { "id": "fld_1", "name": "sum", "type": "string" }, { "id": "fld_2", "name": "note", "type": "text" },
        ]));
        let lines: Vec<String> = compare_documents(&[old], &[new]).iter().map(line).collect();
        assert_eq!(lines, ["+ Invoice.fields.note", "~ Invoice.fields.sum.name: \"total\" -> \"sum\""]);
    }
}
