//! Documents: reading, canonical form, edits and their inverse, compiling, freezing, and the tables that come of it.

use crate::run::reached;
use crate::samples;
use maq_diag::{Finding, catalogue};
use maq_doc::{Document, Edit, apply_all, canonical_json, digest, parse_text, read_document};
use maq_evolve::{Direction, evolve};
use maq_fuzz::Input;
use maq_ir::Model;
use maq_query::{Dialect, ddl};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

type Documents = BTreeMap<String, Json>;

pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    match input.pick(4) {
        0 => check_text(&mut input),
        1 => check_edits(&mut input),
        _ => check_compiling(&mut input),
    }
}

/// Bytes as a file's text, and the text of a valid document with bytes of it damaged.
fn check_text(input: &mut Input<'_>) {
    let mut bytes = input.one(&samples::documents()).map_or_else(Vec::new, |json| json.to_string().into_bytes());
    if input.pick(4) == 0 {
        bytes = input.rest().to_vec();
    } else {
        input.damage(&mut bytes);
    }
    let text = String::from_utf8_lossy(&bytes);
    if let Err(findings) = parse_text("fuzz.json", &text) {
        check_findings(&findings);
    }
    if let Ok(json) = serde_json::from_str::<Json>(&text) {
        check_canonical(&json);
    }
}

fn check_compiling(input: &mut Input<'_>) {
    let mut documents: Vec<Arc<Document>> = Vec::new();
    for mut json in samples::documents() {
        if input.once_in(2) {
            input.mutate(&mut json);
        }
        check_canonical(&json);
        match read_document("fuzz.json", json.clone()) {
            Ok(document) => {
                check_read_again(&document, &json);
                documents.push(Arc::new(document));
            }
            Err(findings) => check_findings(&findings),
        }
    }
    reached("documents compiled");
    let compiled = samples::compiled(&documents);
    check_findings(&compiled.findings);
    check_findings(&maq_compile::check_for_freeze(&documents, &compiled));
    if samples::is_frozen(&documents, &compiled) {
        reached("documents frozen");
        check_tables(&compiled.model);
    }
}

/// What is written is what is read: a document survives its own JSON.
fn check_read_again(document: &Document, from: &Json) {
    let written = document.to_json();
    let again = read_document("fuzz.json", written.clone());
    assert_eq!(again.as_ref(), Ok(document), "read from {from}, written as {written}");
}

fn check_findings(findings: &[Finding]) {
    for finding in findings {
        assert!(catalogue::info(&finding.code).is_some(), "a code of no catalogue: {finding:?}");
        let shows_braces = finding.params.values().any(|value| value.contains('{'));
        assert!(shows_braces || !finding.message.contains('{'), "a parameter is not filled in: {finding:?}");
    }
}

/// The canonical text is JSON of the same value, and its own canonical text.
pub fn check_canonical(json: &Json) {
    let text = canonical_json(json);
    let parsed: Json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert!(is_same(json, &parsed), "{json} became {parsed}");
    assert_eq!(canonical_json(&parsed), text);
    assert_eq!(digest(&parsed), digest(json));
}

/// Equal, where `1.0` is `1`.
fn is_same(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| is_same(left, right))
        }
        (Json::Object(left), Json::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| is_same(value, other)))
        }
        (left, right) => left == right,
    }
}

/// What can be frozen has tables on both databases.
fn check_tables(model: &Model) {
    let evolution = evolve(&Model::new(Vec::new()), &[], model, Direction::Apply);
    assert_eq!(evolution.findings, [], "a first publish changes nothing that stands");
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let statements = ddl::statements(&evolution.operations, dialect).expect("operations without rows are written");
        assert!(statements.len() >= model.len(), "each entity has its table");
    }
}

/// A group of edits is undone by its inverse, or has done nothing.
fn check_edits(input: &mut Input<'_>) {
    let mut documents = Documents::new();
    for mut json in samples::documents().into_iter().take(2) {
        if input.once_in(3) {
            input.mutate(&mut json);
        }
        if let Some(id) = json.get("id").and_then(Json::as_str).map(str::to_owned) {
            documents.insert(id, json);
        }
    }
    let before = documents.clone();
    // Most edits fit where the ones before them have led, so that groups are applied and not only refused.
    let mut edits: Vec<Edit> = Vec::new();
    let mut now = documents.clone();
    for _ in 0..=input.pick(8) {
        let edit = edit(input, &now);
        if apply_all(&mut now, std::slice::from_ref(&edit)).is_ok() || input.once_in(20) {
            edits.push(edit);
        }
    }
    match apply_all(&mut documents, &edits) {
        Err(_) => assert_eq!(documents, before, "a refused group did something: {edits:?}"),
        Ok(inverse) => {
            reached("edits applied");
            let after = documents.clone();
            let redo = apply_all(&mut documents, &inverse)
                .unwrap_or_else(|error| panic!("{error}: {edits:?} cannot be undone by {inverse:?}"));
            assert_eq!(texts(&documents), texts(&before), "{edits:?} is not undone by {inverse:?}");
            apply_all(&mut documents, &redo)
                .unwrap_or_else(|error| panic!("{error}: {inverse:?} cannot be redone by {redo:?}"));
            assert_eq!(texts(&documents), texts(&after), "{inverse:?} is not redone by {redo:?}");
        }
    }
}

fn texts(documents: &Documents) -> Vec<String> {
    documents.iter().map(|(id, json)| format!("{id} {}", canonical_json(json))).collect()
}

fn edit(input: &mut Input<'_>, documents: &Documents) -> Edit {
    let ids: Vec<String> = documents.keys().cloned().collect();
    let document = input.one(&ids).cloned().unwrap_or_else(|| "ent_none".to_owned());
    let root = documents.get(&document).cloned().unwrap_or_default();
    let before = input.once_in(2).then(|| member(input, &root));
    match input.pick(12) {
        0 => Edit::AddDocument { document: if input.pick(2) == 0 { root } else { input.json(3) } },
        1 => Edit::RemoveDocument { document },
        2 | 3 => {
            let mut value = json!({ "id": member(input, &root), "name": input.text() });
            if input.once_in(4) {
                input.mutate(&mut value);
            }
            Edit::Add { path: list(input), document, value, before }
        }
        4..=6 => Edit::Remove { path: member_path(input, &root), document },
        7..=9 => {
            let mut path = if input.pick(2) == 0 { Vec::new() } else { member_path(input, &root) };
            let key = input.one(&["name", "fields", "description", "format", "enumValues", "views", "id"]).copied();
            path.push(key.unwrap_or("name").to_owned());
            let value =
                (input.pick(3) > 0).then(|| if input.pick(4) == 0 { root["fields"].clone() } else { input.json(3) });
            Edit::Set { document, path, value }
        }
        _ => Edit::Move { path: member_path(input, &root), document, before },
    }
}

fn list(input: &mut Input<'_>) -> Vec<String> {
    let name = input.one(&["fields", "policies", "indexes", "uniques", "rules", "views", "name"]).copied();
    vec![name.unwrap_or("fields").to_owned()]
}

fn member_path(input: &mut Input<'_>, root: &Json) -> Vec<String> {
    let mut path = list(input);
    path.push(member(input, root));
    path
}

/// The id of a member that is there, or of one that is not.
fn member(input: &mut Input<'_>, root: &Json) -> String {
    let lists = ["fields", "policies", "indexes", "uniques", "rules"].iter().filter_map(|list| root[*list].as_array());
    let ids: Vec<String> = lists
        .flatten()
        .filter_map(|member| member["id"].as_str().map(str::to_owned))
        .chain(["new".to_owned()])
        .collect();
    input.one(&ids).cloned().unwrap_or_default()
}
