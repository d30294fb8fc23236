//! A server is killed with decisions on their way into its log: what was written is there, whole, and the rest is
//! nowhere.

use crate::clients::Caller;
use crate::hosts::published;
use crate::moments::{assert_store_whole, settle};
use crate::support::{Desk, On};
use serde_json::Value as Json;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_no_decision_that_was_written() {
    server(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_on_postgres_loses_no_decision_that_was_written() {
    server(On::Postgres).await;
}

/// The log as it is while the server does not run, newest first.
fn log(desk: &Desk) -> Vec<Json> {
    let page = desk.data(&["decisions", "--store", &desk.server, "--limit", "200"]);
    assert_eq!((&page["next"], &page["dropped"]), (&Json::Null, &0.into()));
    page["decisions"].as_array().unwrap().clone()
}

async fn server(on: On) {
    let desk = Desk::with(On::Sqlite, on);
    let token = published(&desk);
    let admin = desk.data(&["token", "new", "--store", &desk.server, "--user", "root", "--admin"]);
    let admin = [("MAQUETTE_TOKEN", admin["token"].as_str().unwrap())];
    let serve = ["serve", "--store", &desk.server, "--listen", "127.0.0.1:0", "--logged-allows", "1000"];
    let before = log(&desk);
    for kill in 1..=2 {
        let known = log(&desk);
        let mut host = desk.host(&serve);
        let caller = Caller::new(&host.url, &token);
        for _ in 0..10 {
            caller.count("Customer").await;
        }
        // Whoever reads the log reads what was decided until then.
        let read = ["decisions", "--server", &host.url, "--user", "bob", "--effect", "allow", "--entity", "Customer"];
        let written = desk.data_with(&[&read[..], &["--limit", "10"]].concat(), &admin)["decisions"].clone();
        let written = written.as_array().unwrap().clone();
        assert_eq!(written.len(), 10);
        for _ in 0..5 {
            caller.count("Customer").await;
        }
        host.kill();
        settle(&desk.server);
        assert_store_whole(&desk, &format!("kill {kill}"));
        let found = log(&desk);
        let more = found.len() - known.len();
        assert!((10..=15).contains(&more), "{more} of 15 decisions are there, and 10 were read");
        assert_eq!(found[more..], known, "what was there is as it was");
        assert!(written.iter().all(|entry| found.contains(entry)), "what was read is there");
        assert!(found[..more].iter().all(|entry| entry["userId"] == "bob" && entry["allowed"] == true));
    }
    // A server that ends as it should writes what waits.
    let known = log(&desk).len();
    let mut host = desk.host(&serve);
    let caller = Caller::new(&host.url, &token);
    for _ in 0..5 {
        caller.count("Customer").await;
    }
    assert_eq!(host.terminate(), 0);
    assert_eq!(log(&desk).len(), known + 5);
    assert!(before.len() < known);
}
