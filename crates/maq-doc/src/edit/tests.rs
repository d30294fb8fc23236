use super::*;
use serde_json::json;

fn invoice() -> Documents {
    let document = json!({
        "kind": "entity", "format": 1, "id": "ent_1", "name": "Invoice",
        "fields": [ { "id": "fld_a", "name": "a", "type": "string" }, { "id": "fld_b", "name": "b", "type": "text" } ]
    });
    Documents::from([("ent_1".to_owned(), document)])
}

fn path(parts: &[&str]) -> Vec<String> {
    parts.iter().map(|part| (*part).to_owned()).collect()
}

fn every_edit() -> Vec<Edit> {
    let document = || "ent_1".to_owned();
    vec![
        Edit::AddDocument { document: json!({"kind": "entity", "id": "ent_2", "name": "Order"}) },
        Edit::RemoveDocument { document: document() },
        Edit::Add { document: document(), path: path(&["fields"]), value: json!({"id": "fld_c"}), before: None },
        Edit::Add {
            document: document(),
            path: path(&["fields"]),
            value: json!({"id": "fld_c"}),
            before: Some("fld_a".into()),
        },
        Edit::Remove { document: document(), path: path(&["fields", "fld_a"]) },
        Edit::Remove { document: document(), path: path(&["fields", "fld_b"]) },
        Edit::Set { document: document(), path: path(&["fields", "fld_a", "name"]), value: Some(json!("x")) },
        Edit::Set { document: document(), path: path(&["fields", "fld_a", "name"]), value: None },
        Edit::Set { document: document(), path: path(&["description"]), value: Some(Json::Null) },
        Edit::Move { document: document(), path: path(&["fields", "fld_a"]), before: None },
        Edit::Move { document: document(), path: path(&["fields", "fld_b"]), before: Some("fld_a".into()) },
    ]
}

#[test]
fn apply_then_revert_is_the_identity() {
    for edit in every_edit() {
        let mut documents = invoice();
        let inverse = apply(&mut documents, &edit).unwrap();
        assert_ne!(documents, invoice(), "{edit:?} changed nothing");
        apply(&mut documents, &inverse).unwrap();
        assert_eq!(documents, invoice(), "{edit:?} then {inverse:?}");
    }
}

#[test]
fn a_group_is_applied_whole_or_not_at_all() {
    let mut documents = invoice();
    let mut edits = every_edit();
    edits.truncate(1);
    edits.push(Edit::Remove { document: "ent_1".into(), path: path(&["fields", "nobody"]) });
    let refused = apply_all(&mut documents, &edits).unwrap_err();
    assert_eq!(refused.to_string(), "no `fields/nobody` in document `ent_1`");
    assert_eq!(documents, invoice());
}

#[test]
fn the_inverse_of_a_group_takes_it_back_whole() {
    let mut documents = invoice();
    let edits: Vec<Edit> =
        every_edit().into_iter().filter(|edit| !matches!(edit, Edit::RemoveDocument { .. })).collect();
    // Several of these meet the same member; keep those that fit one after the other.
    let mut fitting = Vec::new();
    for edit in edits {
        if apply(&mut documents, &edit).is_ok() {
            fitting.push(edit);
        }
    }
    let mut documents = invoice();
    let inverse = apply_all(&mut documents, &fitting).unwrap();
    apply_all(&mut documents, &inverse).unwrap();
    assert_eq!(documents, invoice());
}

#[test]
fn ids_and_kinds_never_change() {
    for key in ["id", "kind", "format"] {
        let edit = Edit::Set { document: "ent_1".into(), path: path(&[key]), value: Some(json!("x")) };
        assert!(matches!(apply(&mut invoice(), &edit), Err(EditError::Malformed(_))), "{key}");
    }
}

#[test]
fn null_is_a_value_and_an_absent_value_takes_the_key_away() {
    let read = |text: &str| serde_json::from_str::<Edit>(text).unwrap();
    let null = read(r#"{"op":"set","document":"ent_1","path":["label"],"value":null}"#);
    let none = read(r#"{"op":"set","document":"ent_1","path":["label"]}"#);
    assert!(matches!(null, Edit::Set { value: Some(Json::Null), .. }));
    assert!(matches!(none, Edit::Set { value: None, .. }));
}

#[test]
fn the_shared_fixtures_hold_here_too() {
    let text = include_str!("../../../../tests/fixtures/edits.json");
    let cases: Vec<Json> = serde_json::from_str(text).unwrap();
    assert!(cases.len() >= 10);
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let mut documents: Documents = serde_json::from_value(case["before"].clone()).unwrap();
        let before = documents.clone();
        let edits: Vec<Edit> = serde_json::from_value(case["edits"].clone()).unwrap();
        match case.get("error") {
            Some(error) => {
                let refused = apply_all(&mut documents, &edits).unwrap_err();
                assert_eq!(refused.to_string(), error.as_str().unwrap(), "{name}");
                assert_eq!(documents, before, "{name}");
            }
            None => {
                let inverse = apply_all(&mut documents, &edits).unwrap();
                let after: Documents = serde_json::from_value(case["after"].clone()).unwrap();
                assert_eq!(documents, after, "{name}");
                assert_eq!(serde_json::to_value(&inverse).unwrap(), case["inverse"], "{name}");
                apply_all(&mut documents, &inverse).unwrap();
                assert_eq!(documents, before, "{name}: undone");
            }
        }
    }
}

#[test]
fn the_format_of_a_document_never_changes_and_that_of_a_field_does() {
    let set = |parts: &[&str]| Edit::Set { document: "ent_1".into(), path: path(parts), value: Some(json!("email")) };
    let mut documents = invoice();
    assert!(apply(&mut documents, &set(&["fields", "fld_a", "format"])).is_ok());
    for fixed in [&["format"][..], &["kind"], &["id"], &["fields", "fld_a", "id"]] {
        assert!(apply(&mut documents, &set(fixed)).is_err(), "{fixed:?}");
    }
}

#[test]
fn changes_of_a_list_with_one_id_twice_or_none_are_undone() {
    let document = || "ent_1".to_owned();
    let members = [
        json!([{ "id": "a", "n": 1 }, { "id": "a", "n": 2 }, { "id": "b" }]),
        json!([{ "id": "b" }, { "id": "a" }, { "n": 2 }, { "n": 3 }]),
        json!([{ "id": "a" }, { "id": "b", "n": 1 }, { "id": "b", "n": 2 }]),
    ];
    for fields in members {
        let before = Documents::from([(document(), json!({ "id": "ent_1", "fields": fields }))]);
        for edit in [
            Edit::Remove { document: document(), path: path(&["fields", "a"]) },
            Edit::Move { document: document(), path: path(&["fields", "a"]), before: None },
            Edit::Move { document: document(), path: path(&["fields", "a"]), before: Some("b".into()) },
            Edit::Move { document: document(), path: path(&["fields", "b"]), before: Some("a".into()) },
        ] {
            let mut documents = before.clone();
            let undo = apply(&mut documents, &edit).unwrap();
            let after = documents.clone();
            let redo = apply(&mut documents, &undo).unwrap();
            assert_eq!(documents, before, "{edit:?} of {before:?}");
            apply(&mut documents, &redo).unwrap();
            assert_eq!(documents, after, "{undo:?} of {before:?}");
        }
    }
}
