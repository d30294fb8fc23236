//! The studio and the server are killed while people work on them.

use crate::clients::{Acknowledged, Caller, Page, add_entity, audited, field_names, groups};
use crate::moments::{Dice, assert_store_whole, assert_whole, kills, moment, number, settle};
use crate::support::{Desk, On};
use std::time::Duration;

/// Long enough for a dozen changes on a busy machine.
const WORK: Duration = Duration::from_millis(250);

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_studio_loses_no_acknowledged_edit() {
    studio(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_studio_on_postgres_loses_no_acknowledged_edit() {
    studio(On::Postgres).await;
}

async fn studio(on: On) {
    let test = number(1, on);
    let (desk, mut dice) = (Desk::with(on, On::Sqlite), Dice::new(test));
    desk.data(&["new", &desk.ws]);
    add_entity(&desk);
    let mut known: Vec<String> = Vec::new();
    for kill in 0..kills(test) {
        let mut host = desk.host(&["studio", &desk.ws, "--listen", "127.0.0.1:0", "--no-open"]);
        let page = Page::open(&host).await;
        let wait = dice.wait(WORK);
        let acknowledged = Acknowledged::default();
        let editing = tokio::spawn(page.edit_on(format!("k{kill}"), acknowledged.clone()));
        tokio::time::sleep(wait).await;
        host.kill();
        editing.await.unwrap();
        let moment = moment(kill, wait);
        settle(&desk.ws);
        known.append(&mut acknowledged.lock().unwrap());
        let fields = field_names(&desk);
        for name in &known {
            assert!(fields.contains(name), "{moment}: acknowledged `{name}` is lost");
        }
        // At most the one that was under way came in without its answer.
        assert!(fields.len() <= known.len() + 1, "{moment}: {} of {}", fields.len(), known.len());
        assert_eq!(groups(&desk, &desk.ws), fields.len() + 1, "{moment}: the drafts are what the log says");
        // Before its first field the entity has none, which is its one mistake.
        let checked = desk.run(&["check", &desk.ws, "--json"]).json();
        assert_eq!(checked["data"]["errors"], u64::from(fields.is_empty()), "{moment}: {checked}");
        known = fields;
        assert_whole(&desk, &desk.ws, &moment);
    }
    // The log's way back leads to the beginning: no edit was half applied.
    for _ in 0..=known.len() {
        desk.data(&["undo", &desk.ws]);
    }
    desk.data(&["export", &desk.ws, "--out", "empty"]);
    assert!(!desk.path("empty/entities/A.json").exists(), "every edit is taken back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_no_acknowledged_record() {
    server(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_on_postgres_loses_no_acknowledged_record() {
    server(On::Postgres).await;
}

async fn server(on: On) {
    const WRITERS: u64 = 4;
    let test = number(3, on);
    let (desk, mut dice) = (Desk::with(On::Sqlite, on), Dice::new(test));
    let token = published(&desk);
    let mut known = 0;
    for kill in 0..kills(test) {
        let mut host = desk.host(&["serve", "--store", &desk.server, "--listen", "127.0.0.1:0"]);
        let caller = Caller::new(&host.url, &token);
        let wait = dice.wait(WORK);
        let moment = moment(kill, wait);
        let acknowledged = Acknowledged::default();
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| tokio::spawn(caller.clone().create_on(format!("K{kill}W{writer}"), acknowledged.clone())))
            .collect();
        tokio::time::sleep(wait).await;
        host.kill();
        for writer in writers {
            writer.await.unwrap();
        }
        settle(&desk.server);
        let mut again = desk.host(&["serve", "--store", &desk.server, "--listen", "127.0.0.1:0"]);
        let caller = Caller::new(&again.url, &token);
        let ids: Vec<String> = acknowledged.lock().unwrap().clone();
        for id in &ids {
            let (status, _) = caller.get(&format!("/api/data/Customer/{id}")).await.unwrap();
            assert_eq!(status, 200, "{moment}: acknowledged `{id}` is lost");
        }
        let count = caller.count("Customer").await;
        let least = known + ids.len() as u64;
        assert!((least..=least + WRITERS).contains(&count), "{moment}: {count} of {least}");
        known = count;
        again.kill();
        assert_store_whole(&desk, &moment);
        let audited = audited(&desk);
        assert_eq!(audited.len() as u64, count, "{moment}: each record there is has its event, and no other");
        assert!(ids.iter().all(|id| audited.contains(id)), "{moment}");
    }
}

/// Publishes the sample to the desk's server; a token for its data.
pub fn published(desk: &Desk) -> String {
    desk.data(&["new", &desk.ws, "--sample", "invoicing"]);
    let admin = desk.data(&["init", "--server", "--store", &desk.server])["token"].as_str().unwrap().to_owned();
    let token = desk.data(&["token", "new", "--store", &desk.server, "--user", "bob", "--role", "admin"]);
    let mut host = desk.host(&["serve", "--store", &desk.server, "--listen", "127.0.0.1:0"]);
    let env = [("MAQUETTE_TOKEN", admin.as_str())];
    desk.data_with(&["target", "add", &desk.ws, "prod", "--url", &host.url], &env);
    desk.data(&["publish", &desk.ws, "--target", "prod", "--yes"]);
    assert_eq!(host.terminate(), 0);
    token["token"].as_str().unwrap().to_owned()
}
