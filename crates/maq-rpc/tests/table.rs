//! Every line of the command table is answered, and a request that cannot be read is refused with its place.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use maq_contract::COMMANDS;
use serde_json::json;
use support::router;

#[tokio::test]
async fn every_command_of_the_table_is_reachable() {
    let router = router().await;
    for info in COMMANDS {
        // A member nobody knows is refused by each request type, before anything is done.
        let error = router.call(info.name, json!({ "nobodyKnowsThis": 1 }), None).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.status), ("rpc/bad-request", 400), "{}", info.name);
        assert_eq!(error.params["command"], info.name);
        assert!(error.title.contains(info.name), "{}", error.title);
    }
}

#[tokio::test]
async fn a_bad_request_names_the_place() {
    let router = router().await;
    let cases = [
        ("workspace.list_history", json!({ "limit": "many" }), "limit"),
        ("workspace.apply_edits", json!({ "label": "x", "edits": [{ "op": "set" }, { "op": "fly" }] }), "edits[0]"),
        (
            "policy.can",
            json!({ "action": "read", "resource": "A", "principal": { "userId": 7, "roles": [] } }),
            "principal.userId",
        ),
        ("publish.make_plan", json!({}), "."),
        ("workspace.get_state", json!([1]), "."),
    ];
    for (command, request, place) in cases {
        let error = router.call(command, request, None).await.unwrap_err();
        assert_eq!(
            (error.code.as_str(), error.params["place"].as_str()),
            ("rpc/bad-request", place),
            "{}",
            error.title
        );
    }
}

#[tokio::test]
async fn an_unknown_command_is_not_found_and_the_nearest_is_named() {
    let router = router().await;
    let error = router.call("workspace.get_stat", json!({}), None).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.status), ("rpc/command-unknown", 404));
    assert_eq!(error.help, "did you mean `workspace.get_state`?");
}

#[tokio::test]
async fn a_call_without_a_body_asks_with_nothing() {
    let router = router().await;
    let state = router.call("workspace.get_state", serde_json::Value::Null, None).await.unwrap();
    assert_eq!((state["name"].as_str(), state["seq"].as_i64()), (Some("Test"), Some(0)));
}

#[tokio::test]
async fn a_change_is_told_to_whoever_listens() {
    let router = router().await;
    let mut events = router.subscribe();
    let entity = json!({ "kind": "entity", "format": 1, "id": "ent_1", "name": "A", "fields": [] });
    let request = json!({ "label": "Add A", "edits": [{ "op": "addDocument", "document": entity }] });
    support::ask(&router, "workspace.apply_edits", request).await;
    let event = tokio::time::timeout(std::time::Duration::from_secs(5), events.recv()).await.unwrap().unwrap();
    assert_eq!(event.changed, ["workspace", "audit"]);
    let (missed, _) = router.resume(Some(event.seq - 1));
    assert_eq!(missed, [event]);
}
