//! A commit goes through and its answer is lost. With an idempotency key the request sent again is answered as the
//! first time; without one the refusal does not claim that nothing was done.

use crate::clients::Caller;
use crate::stage::{Answer, published, until};
use crate::support::{Desk, On};
use maq_testkit::postgres::psql;
use maq_testkit::proxy::Proxy;

/// While somebody holds this lock, no creation of a customer commits.
const GATE: &str = "CREATE FUNCTION data.wait_at_the_gate() RETURNS trigger LANGUAGE plpgsql AS $$ \
    BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NULL; END $$; \
    CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON data.customer DEFERRABLE INITIALLY DEFERRED \
    FOR EACH ROW EXECUTE FUNCTION data.wait_at_the_gate();";

const LOCKS: &str = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND granted = ";

/// Sends `request` and loses the answer of its commit, which goes through.
async fn lose_the_answer(desk: &Desk, line: &Proxy, request: reqwest::RequestBuilder) -> Answer {
    let owner = desk.admin_store();
    let asked = |text: &str| psql(&owner, text).unwrap().trim().to_owned();
    let customers = || desk.superuser("SELECT count(*) FROM data.customer");
    let before = customers();
    let holder = {
        let owner = owner.clone();
        std::thread::spawn(move || psql(&owner, "SELECT pg_advisory_lock(42); SELECT pg_sleep(120)"))
    };
    until("the gate is shut", async || asked(&format!("{LOCKS} true")) == "1").await;
    let sent = tokio::spawn(Answer::of(request));
    until("the commit is at the gate", async || asked(&format!("{LOCKS} false")) == "1").await;
    line.hold_answers(true);
    asked("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND granted");
    until("the commit is through", async || customers() != before).await;
    line.cut();
    line.hold_answers(false);
    assert!(holder.join().unwrap().is_err(), "the holder was ended");
    sent.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_was_lost_is_done_once() {
    let mut desk = Desk::with(On::Sqlite, On::Postgres);
    let (mut first, tokens) = published(&desk);
    first.terminate();
    desk.superuser(GATE);
    let line = Proxy::start(&desk.server);
    desk.server = line.url_of(&desk.server);
    let admin = line.url_of(&desk.admin_store());
    let host = desk.host(&["serve", "--store", &desk.server, "--admin-store", &admin, "--listen", "127.0.0.1:0"]);
    let caller = Caller::new(&host.url, &tokens.data);
    assert_eq!(caller.post("C0", None).await.status, 201);
    let request = |number: &str| {
        let body = serde_json::json!({ "customerNumber": number, "name": "Ann" });
        caller.client.post(format!("{}/api/data/Customer", host.url)).bearer_auth(&tokens.data).json(&body)
    };

    let lost = lose_the_answer(&desk, &line, request("C1").header("idempotency-key", "once")).await;
    lost.assert_unavailable();
    let again = caller.post("C1", Some("once")).await;
    assert_eq!((again.status, again.replayed), (201, true), "{}", again.body);
    let id = again.body["data"]["id"].as_str().unwrap().to_owned();
    assert_eq!(caller.post("C1", Some("once")).await.body["data"]["id"], id.as_str());
    assert_eq!(caller.count("Customer").await, 2);

    let lost = lose_the_answer(&desk, &line, request("C2")).await;
    lost.assert_unavailable();
    assert!(!lost.body.to_string().contains("nothing"), "it may have been done: {}", lost.body);
    assert_eq!(caller.count("Customer").await, 3, "it was");
    assert_eq!(caller.post("C2", None).await.body["code"], "data/unique-taken");
    drop(host);
    let audited = desk.data(&["audit", "query", "--store", &desk.server, "--type", "data.create"]);
    assert_eq!(audited["total"], 3, "each once: {audited}");
}
