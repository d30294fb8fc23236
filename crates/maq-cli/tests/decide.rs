//! `maquette decide`: one decision, its words, and how it came about.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use serde_json::json;
use support::Desk;

fn published() -> Desk {
    let desk = Desk::new();
    let document = json!({
        "kind": "entity", "format": 1, "id": "ent_t", "name": "Ticket", "identity": { "type": "integer" },
        "fields": [
            { "id": "fld_r", "name": "region", "type": "string", "required": true },
            { "id": "fld_l", "name": "level", "type": "integer", "required": true },
        ],
        "policies": [
            { "id": "pol_a", "name": "admins", "effect": "allow", "actions": ["*"], "roles": ["admin"] },
            { "id": "pol_o", "name": "ownRegion", "effect": "allow", "actions": ["read"], "roles": ["agent"],
              "condition": "record.region == principal.region && record.level < 3" },
        ],
    });
    let edits = json!({ "label": "Add", "edits": [{ "op": "addDocument", "document": document }] });
    desk.write("edits.json", &edits.to_string());
    desk.data(&["new", &desk.ws]);
    desk.data(&["edit", &desk.ws, "edits.json"]);
    desk.data(&["publish", &desk.ws, "--yes"]);
    desk.data(&["records", "create", &desk.ws, "Ticket", "--values", r#"{"region": "north", "level": 5}"#]);
    desk
}

#[test]
fn a_decision_says_which_part_failed() {
    let desk = published();
    let request = |more: serde_json::Value| {
        let mut request = json!({
            "principal": { "userId": "mia", "roles": ["agent"], "attributes": { "region": "north" } },
            "action": "read", "resource": "Ticket",
        });
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        desk.write("request.json", &request.to_string());
    };
    request(json!({ "record": { "region": "north", "level": 1 } }));
    let allowed = desk.data(&["decide", &desk.ws, "--request", "request.json"])["decision"].clone();
    assert_eq!((&allowed["allowed"], &allowed["decidedBy"]), (&json!(true), &json!(["ownRegion"])));
    request(json!({ "id": 1 }));
    let ran = desk.run(&["decide", &desk.ws, "--request", "request.json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.out.starts_with("deny: no policy allows `read` here: `record.level < 3` of `ownRegion` is false\n"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("failed in ownRegion: record.level < 3\n  record.level is 5\n"), "{}", ran.out);
    let explained = desk.run(&["decide", &desk.ws, "--request", "request.json", "--explain"]);
    assert!(explained.out.contains("\n\nallow ownRegion (priority 0): notMatched\n"), "{}", explained.out);
    assert!(explained.out.contains("\n>    record.level < 3 = false\n"), "{}", explained.out);
    assert!(explained.out.contains("\n     record.region == principal.region = true\n"), "{}", explained.out);
}

#[test]
fn a_request_that_is_none_is_refused_with_a_code() {
    let desk = published();
    for (text, code) in [
        ("{", "usage/request-unreadable"),
        (
            r#"{"principal": {"userId": "a"}, "action": "read", "resource": "Ticket", "id": []}"#,
            "usage/request-unreadable",
        ),
        (
            r#"{"principal": {"userId": "a"}, "action": "read", "resource": "Ticket", "now": "noon"}"#,
            "usage/request-unreadable",
        ),
        (
            r#"{"principal": {"userId": "a"}, "action": "read", "resource": "Ticket", "record": {"x": 1}}"#,
            "policy/record-unreadable",
        ),
    ] {
        desk.write("request.json", text);
        let ran = desk.run(&["decide", &desk.ws, "--request", "request.json"]);
        assert!(ran.code != 0 && ran.err.contains(code), "{text}: {ran:?}");
    }
}
