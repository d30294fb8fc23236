//! Postgres goes away under a server that runs, and comes back.

use crate::clients::Caller;
use crate::stage::{Answer, prepare, published, until};
use crate::support::Desk;
use maq_testkit::postgres::{Cluster, Options};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_says_that_postgres_is_gone_and_serves_again_by_itself() {
    let cluster = Cluster::start(Options { fsync: true, ..Options::default() });
    prepare(&cluster);
    let desk = Desk::at("ws.maquette", &cluster.url("serve", "rec"), &cluster.url("serve", "own"));
    let (host, tokens) = published(&desk);
    let caller = Caller::new(&host.url, &tokens.data);
    assert_eq!(caller.post("C1", None).await.status, 201);
    assert_eq!(caller.ask("/readyz").await.status, 200);

    cluster.stop();
    for number in 0..8 {
        // Reads, writes and writes under a key alike; every one is answered, none waits for a line that is not there.
        caller.ask("/api/data/Customer").await.assert_unavailable();
        caller.post(&format!("LOST{number}"), None).await.assert_unavailable();
        caller.post(&format!("KEYED{number}"), Some("key")).await.assert_unavailable();
    }
    let ready = caller.ask("/readyz").await;
    assert_eq!((ready.status, &ready.body["ok"]), (503, &serde_json::json!(false)));
    let words = ready.body.to_string();
    assert!(words.contains("the store is not reachable now"), "{words}");
    assert!(
        !words.contains("postgres://") && !words.contains("127.0.0.1"),
        "a page for everybody tells no address: {words}"
    );
    let log = std::fs::read_to_string(desk.path("host.log")).unwrap();
    assert!(log.contains("is not tried for a while, after: "), "five failures open the breaker: {log}");
    assert_eq!(caller.ask("/healthz").await.status, 200, "the process lives");
    let admin = caller.client.get(format!("{}/api/admin/tenants", host.url)).bearer_auth(&tokens.admin);
    Answer::of(admin).await.assert_unavailable();

    cluster.restart();
    until("it serves again", async || caller.ask("/api/data/Customer").await.status == 200).await;
    until("it is ready", async || caller.ask("/readyz").await.status == 200).await;
    assert_eq!(caller.post("C2", None).await.status, 201);
    assert_eq!(caller.count("Customer").await, 2, "what was answered 503 before the store was asked is not there");
}

/// A studio over a workspace that goes away keeps the page, refuses the edit so that it can be sent again, and goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_studio_goes_on_when_postgres_is_back() {
    let cluster = Cluster::start(Options::default());
    prepare(&cluster);
    let desk = Desk::at(&format!("{}?workspace=shop", cluster.url("serve", "own")), "unused.db", "");
    desk.data(&["new", &desk.ws]);
    crate::clients::add_entity(&desk);
    let host = desk.host(&["studio", &desk.ws, "--listen", "127.0.0.1:0", "--no-open"]);
    let page = crate::clients::Page::open(&host).await;
    assert!(page.add_field("first").await);
    cluster.stop();
    let value = serde_json::json!({ "id": "fld_second", "name": "second", "type": "string" });
    let edit = serde_json::json!({ "op": "add", "document": "ent_a", "path": ["fields"], "value": value });
    let request = serde_json::json!({ "label": "Add", "edits": [edit], "groupId": "me/1" });
    for _ in 0..6 {
        let (status, answer) = page.rpc("workspace.apply_edits", &request).await.unwrap();
        assert_eq!(
            (status, answer["code"].as_str(), answer["retry"].as_bool()),
            (503, Some("store/unavailable"), Some(true)),
            "{answer}"
        );
    }
    cluster.restart();
    until("the edit goes through", async || {
        matches!(page.rpc("workspace.apply_edits", &request).await, Some((200, _)))
    })
    .await;
    // Sent once more with its id, it is done already.
    assert_eq!(page.rpc("workspace.apply_edits", &request).await.unwrap().0, 200);
    assert_eq!(crate::clients::field_names(&desk), ["first", "second"]);
}
