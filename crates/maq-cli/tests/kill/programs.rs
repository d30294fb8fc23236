//! An import, a publish and rows on their way are killed.

use crate::clients::{Caller, groups};
use crate::moments::{
    Dice, assert_store_whole, assert_whole, kill_after, kills, moment, number, settle, start, workspace,
};
use crate::support::{Desk, On};
use maq_testkit::sources;
use std::time::{Duration, Instant};

/// How long `work` takes when nobody kills it; kills fall into this time and a little behind it.
fn measured(work: impl FnOnce()) -> Duration {
    let before = Instant::now();
    work();
    before.elapsed().mul_f64(1.2)
}

#[test]
fn a_killed_import_is_whole_or_not_there() {
    import(On::Sqlite);
}

#[test]
fn a_killed_import_on_postgres_is_whole_or_not_there() {
    import(On::Postgres);
}

fn import(on: On) {
    let test = number(5, on);
    let (desk, mut dice) = (Desk::with(on, On::Sqlite), Dice::new(test));
    sources::music_shop(&desk.path("shop.sqlite"));
    let rows = |table: &str| sources::count_rows(&desk.path("shop.sqlite"), table);
    let import = |ws: &str| {
        ["import", "shop.sqlite", "--into", ws, "--with-data", "--starter-policy", "standard"].map(str::to_owned)
    };
    let first = workspace(&desk, 1_000);
    desk.data(&["new", &first]);
    let most = measured(|| drop(desk.data(&import(&first).each_ref().map(String::as_str))));
    for kill in 0..kills(test) {
        let ws = workspace(&desk, kill);
        desk.data(&["new", &ws]);
        let words = import(&ws);
        let words = words.each_ref().map(String::as_str);
        let wait = dice.wait(most);
        let moment = moment(kill, wait);
        let ended = kill_after(start(&desk, &words), wait);
        assert_whole(&desk, &ws, &moment);
        let there = groups(&desk, &ws);
        if ended {
            assert_eq!(there, 1, "{moment}: the acknowledged import is lost");
        }
        if there == 0 {
            assert_eq!(desk.refused(&["records", "count", &ws, "Track"]).1, "data/entity-unknown", "{moment}");
            desk.data(&words);
        }
        for table in ["Artist", "Track", "PlaylistTrack", "InvoiceLine"] {
            assert_eq!(desk.data(&["records", "count", &ws, table])["count"], rows(table), "{moment}: {table}");
        }
        assert_eq!(desk.data(&["check", &ws])["errors"], 0, "{moment}");
        let runs = desk.data(&["audit", "query", &ws, "--type", "import.run"]);
        assert_eq!(runs["events"].as_array().or(runs["data"].as_array()).unwrap().len(), 1, "{moment}: {runs}");
    }
}

#[test]
fn a_killed_publish_is_whole_or_not_there() {
    publish(On::Sqlite);
}

#[test]
fn a_killed_publish_on_postgres_is_whole_or_not_there() {
    publish(On::Postgres);
}

fn publish(on: On) {
    let test = number(7, on);
    let (desk, mut dice) = (Desk::with(on, On::Sqlite), Dice::new(test));
    desk.data(&["new", &desk.ws, "--sample", "invoicing"]);
    let most = measured(|| drop(desk.data(&["publish", &desk.ws, "--yes"])));
    let values = r#"{ "customerNumber": "C1", "name": "Ann" }"#;
    desk.data(&["records", "create", &desk.ws, "Customer", "--values", values]);
    for kill in 0..kills(test) {
        let name = format!("field{kill}");
        desk.data(&["add", "field", &desk.ws, "Customer", &name, "string"]);
        let status = || desk.data(&["status", &desk.ws]);
        let record = || desk.data(&["records", "list", &desk.ws, "Customer"])["records"][0].clone();
        let before = status();
        let wait = dice.wait(most);
        let moment = moment(kill, wait);
        let ended = kill_after(start(&desk, &["publish", &desk.ws, "--yes"]), wait);
        assert_whole(&desk, &desk.ws, &moment);
        let after = status();
        let published = after["release"] != before["release"];
        assert!(published || !ended, "{moment}: the acknowledged publish is lost");
        assert_eq!(record().get(&name).is_some(), published, "{moment}");
        let deployments = |status: &serde_json::Value| status["deployments"].as_array().map_or(0, Vec::len);
        assert_eq!(deployments(&after), deployments(&before) + usize::from(published), "{moment}: {after}");
        // What did not come through comes through now, and the row is still there.
        desk.data(&["publish", &desk.ws, "--yes"]);
        let there = record();
        assert!(there.get(&name).is_some() && there["customerNumber"] == "C1", "{moment}: {there}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_were_on_their_way_arrive_once_when_sent_again() {
    rows(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_were_on_their_way_to_postgres_arrive_once_when_sent_again() {
    rows(On::Postgres).await;
}

async fn rows(on: On) {
    let test = number(9, on);
    let (desk, mut dice) = (Desk::with(on, On::Sqlite), Dice::new(test));
    sources::music_shop(&desk.path("shop.sqlite"));
    desk.data(&["import", "shop.sqlite", "--into", &desk.ws, "--with-data", "--starter-policy", "standard"]);
    let mut most = Duration::ZERO;
    // The first publish is not killed and says how long one takes.
    for kill in 0..=kills(test) {
        let server = Desk::with(On::Sqlite, on);
        let target = format!("prod{kill}");
        let admin = server.data(&["init", "--server", "--store", &server.server])["token"].as_str().unwrap().to_owned();
        let mut host = server.host(&["serve", "--store", &server.server, "--listen", "127.0.0.1:0"]);
        let address = host.url.strip_prefix("http://").unwrap().to_owned();
        let env = [("MAQUETTE_TOKEN", admin.as_str())];
        desk.data_with(&["target", "add", &desk.ws, &target, "--url", &host.url], &env);
        let publish = ["publish", &desk.ws, "--target", &target, "--with-data", "--yes"];
        let wait = dice.wait(most);
        let moment = moment(kill, wait);
        if kill == 0 {
            most = measured(|| drop(desk.data(&publish)));
        } else if kill % 2 == 0 {
            kill_after(start(&desk, &publish), wait);
        } else {
            // The server dies instead; the publisher says so and ends.
            let publisher = start(&desk, &publish);
            std::thread::sleep(wait);
            host.kill();
            drop(publisher.wait_with_output());
            settle(&server.server);
            host = server.host(&["serve", "--store", &server.server, "--listen", &address]);
        }
        desk.data(&publish);
        let token = desk.data_with(&["token", "new", "--server", &host.url, "--user", "bob", "--role", "guest"], &env);
        let caller = Caller::new(&host.url, token["token"].as_str().unwrap());
        for table in ["Artist", "Track", "PlaylistTrack", "Employee", "InvoiceLine"] {
            let rows = sources::count_rows(&desk.path("shop.sqlite"), table);
            assert_eq!(serde_json::json!(caller.count(table).await), rows, "{moment}: {table}");
        }
        host.kill();
        assert_store_whole(&server, &moment);
    }
}
