#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use serde_json::json;

fn documents(list: &[Json]) -> Documents {
    list.iter().map(|document| (document["id"].as_str().unwrap().to_owned(), document.clone())).collect()
}

fn diagram(positions: Json) -> Json {
    json!({ "kind": "diagram", "format": 1, "id": "dia_main", "name": "Main", "positions": positions })
}

fn applied(documents: &Documents, edits: &[Edit]) -> Documents {
    let mut documents = documents.clone();
    crate::edit::apply_all(&mut documents, edits).unwrap();
    documents
}

fn merged(base: &Documents, theirs: &[Edit], mine: &[Edit]) -> (Documents, Merged) {
    let now = applied(base, theirs);
    let others = [OtherEdits { edits: theirs, actor: "bob", at: "2026-01-01T00:00:00Z" }];
    let merged = merge(base, &now, &others, mine);
    (now, merged)
}

fn set(document: &str, path: &[&str], value: Json) -> Edit {
    let path = path.iter().map(|part| (*part).to_owned()).collect();
    Edit::Set { document: document.into(), path, value: Some(value) }
}

#[test]
fn in_a_diagram_the_later_edit_wins_without_a_question() {
    let base = documents(&[diagram(json!([{ "id": "ent_1", "x": 0.0, "y": 0.0 }]))]);
    let path = ["positions", "ent_1", "x"];
    let mine = [set("dia_main", &path, json!(9.0))];
    let (_, moved) = merged(&base, &[set("dia_main", &path, json!(5.0))], &mine);
    assert_eq!((moved.edits.as_slice(), moved.conflicts.len()), (mine.as_slice(), 0));
    let gone = Edit::Remove { document: "dia_main".into(), path: vec!["positions".into(), "ent_1".into()] };
    assert_eq!(merged(&base, &[gone], &mine).1, Merged::default());
}

#[test]
fn two_first_diagrams_become_one() {
    let position = |id: &str, x: f64| json!({ "id": id, "x": x, "y": 0.0 });
    let add = |list: Json| Edit::AddDocument { document: diagram(list) };
    let theirs = [add(json!([position("ent_1", 1.0)]))];
    let (now, merged) =
        merged(&documents(&[]), &theirs, &[add(json!([position("ent_1", 2.0), position("ent_2", 3.0)]))]);
    assert_eq!(merged.conflicts, []);
    let both = applied(&now, &merged.edits);
    assert_eq!(both["dia_main"]["positions"], json!([position("ent_1", 2.0), position("ent_2", 3.0)]));
}

#[test]
fn a_document_that_somebody_removed_can_be_brought_back_as_one_wants_it() {
    let entity = json!({ "kind": "entity", "id": "ent_1", "name": "Order" });
    let base = documents(std::slice::from_ref(&entity));
    let theirs = [Edit::RemoveDocument { document: "ent_1".into() }];
    let (now, refused) = merged(&base, &theirs, &[set("ent_1", &["label"], json!("Sale"))]);
    let conflict = &refused.conflicts[0];
    assert_eq!((conflict.label.as_str(), conflict.theirs_by.as_str(), &conflict.theirs), ("Order", "bob", &None));
    assert_eq!(applied(&now, &conflict.use_mine)["ent_1"]["label"], "Sale");
    let remove = Edit::RemoveDocument { document: "ent_1".into() };
    assert_eq!(merged(&base, &theirs, &[remove]).1, Merged::default(), "both removed it");
}

#[test]
fn edits_on_what_the_group_itself_makes_are_no_conflict() {
    let base = documents(&[json!({ "kind": "entity", "id": "ent_1", "name": "Order", "fields": [] })]);
    let add = Edit::Add {
        document: "ent_1".into(),
        path: vec!["fields".into()],
        value: json!({ "id": "fld_1", "name": "a" }),
        before: None,
    };
    let mine = [add, set("ent_1", &["fields", "fld_1", "name"], json!("b"))];
    let (_, merged) = merged(&base, &[set("ent_1", &["label"], json!("Sale"))], &mine);
    assert_eq!((merged.edits.as_slice(), merged.conflicts.len()), (mine.as_slice(), 0));
}
