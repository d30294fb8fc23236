//! kill -9 at seeded moments, in the studio, the server, an import and a publish: what was acknowledged is there after
//! opening again, nothing is half there, the file is whole and so are the audit's chains.
//!
//! `MAQUETTE_KILLS` says how often in all (20; the full run takes 100), `MAQUETTE_KILL_SEED` where the dice begin.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use maq_testkit::sources;
use reqwest::{Client, redirect};
use serde_json::{Value as Json, json};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::{Desk, Host};

/// SplitMix64 (Steele et al. 2014): the moments are the same from run to run.
struct Dice(u64);

impl Dice {
    fn new(test: u64) -> Dice {
        let seed = std::env::var("MAQUETTE_KILL_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1_u64);
        Dice(seed.wrapping_mul(1_000).wrapping_add(test))
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn wait(&mut self, most: u64) -> Duration {
        Duration::from_micros(self.below(most * 1_000))
    }
}

/// How many kills each of the five tests makes.
fn kills() -> u64 {
    let all = std::env::var("MAQUETTE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(20_u64);
    all.div_ceil(5)
}

/// The file is whole, and so is every chain of its audit.
fn assert_whole(desk: &Desk, ws: &str, moment: &str) {
    let looks = desk.data(&["doctor", ws]);
    assert_eq!(looks["well"], true, "{moment}: {looks}");
}

/// The same of a server's store.
fn assert_store_whole(desk: &Desk, store: &str, moment: &str) {
    let looks = desk.data(&["doctor", "--store", store]);
    assert_eq!(looks["well"], true, "{moment}: {looks}");
}

/// Kills a program after `wait`; true when it had ended well before.
fn kill_after(mut child: Child, wait: Duration) -> bool {
    std::thread::sleep(wait);
    drop(child.kill());
    child.wait().unwrap().success()
}

fn start(desk: &Desk, args: &[&str]) -> Child {
    let mut command: Command = desk.command(args);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_studio_loses_no_acknowledged_edit() {
    let (desk, mut dice) = (Desk::new(), Dice::new(1));
    desk.data(&["new", "ws.maquette"]);
    let entity = json!({ "kind": "entity", "format": 1, "id": "ent_a", "name": "A", "fields": [] });
    let add = json!({ "label": "Add A", "edits": [{ "op": "addDocument", "document": entity }] });
    desk.write("add.json", &add.to_string());
    desk.data(&["edit", "ws.maquette", "add.json"]);
    let mut acknowledged: Vec<String> = Vec::new();
    for kill in 0..kills() {
        let mut host = desk.host(&["studio", "ws.maquette", "--listen", "127.0.0.1:0", "--no-open"]);
        let (base, cookie) = sign_in(&host).await;
        let wait = dice.wait(150);
        let acked: Arc<Mutex<Vec<String>>> = Arc::default();
        let editing = tokio::spawn(edit_on(base, cookie, kill, acked.clone()));
        tokio::time::sleep(wait).await;
        host.kill();
        editing.await.unwrap();
        let moment = format!("kill {kill} after {wait:?}");
        acknowledged.extend(acked.lock().unwrap().drain(..));
        let fields = field_names(&desk);
        for name in &acknowledged {
            assert!(fields.contains(name), "{moment}: acknowledged `{name}` is lost");
        }
        // At most the one that was under way came in without its answer.
        assert!(fields.len() <= acknowledged.len() + 1, "{moment}: {} of {}", fields.len(), acknowledged.len());
        acknowledged = fields;
        assert_whole(&desk, "ws.maquette", &moment);
    }
}

async fn sign_in(host: &Host) -> (String, String) {
    let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
    let answer = client.get(&host.url).send().await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    (host.url.split("/?").next().unwrap().to_owned(), cookie)
}

/// Adds fields one after the other until nobody answers; notes each that was acknowledged.
async fn edit_on(base: String, cookie: String, kill: u64, acknowledged: Arc<Mutex<Vec<String>>>) {
    let client = Client::new();
    for number in 0.. {
        let name = format!("k{kill}n{number}");
        let value = json!({ "id": format!("fld_{name}"), "name": name, "type": "string" });
        let edit = json!({ "op": "add", "document": "ent_a", "path": ["fields"], "value": value });
        let request = client.post(format!("{base}/rpc/workspace.apply_edits"));
        let request = request.header("cookie", &cookie).header("maquette-client", "studio");
        let answer = request.json(&json!({ "label": format!("Add {name}"), "edits": [edit] })).send().await;
        match answer {
            Ok(answer) if answer.status().is_success() => acknowledged.lock().unwrap().push(name),
            _ => return,
        }
    }
}

fn field_names(desk: &Desk) -> Vec<String> {
    desk.data(&["export", "ws.maquette", "--out", "docs"]);
    let text = std::fs::read_to_string(desk.path("docs/entities/A.json")).unwrap();
    let document: Json = serde_json::from_str(&text).unwrap();
    let fields = document["fields"].as_array().unwrap();
    fields.iter().map(|field| field["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_loses_no_acknowledged_record() {
    let (desk, mut dice) = (Desk::new(), Dice::new(2));
    desk.data(&["new", "ws.maquette", "--sample", "invoicing"]);
    let admin = desk.data(&["init", "--server", "--store", "s.db"])["token"].as_str().unwrap().to_owned();
    let token = desk.data(&["token", "new", "--store", "s.db", "--user", "bob", "--role", "admin"]);
    let token = token["token"].as_str().unwrap().to_owned();
    let mut acknowledged = 0;
    for kill in 0..kills() {
        let mut host = desk.host(&["serve", "--store", "s.db", "--listen", "127.0.0.1:0"]);
        if kill == 0 {
            let env = [("MAQUETTE_TOKEN", admin.as_str())];
            desk.data_with(&["target", "add", "ws.maquette", "prod", "--url", &host.url], &env);
            desk.data(&["publish", "ws.maquette", "--target", "prod", "--yes"]);
        }
        let wait = dice.wait(150);
        let moment = format!("kill {kill} after {wait:?}");
        const WRITERS: usize = 4;
        let acked: Arc<Mutex<Vec<String>>> = Arc::default();
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                tokio::spawn(create_on(host.url.clone(), token.clone(), format!("K{kill}W{writer}"), acked.clone()))
            })
            .collect();
        tokio::time::sleep(wait).await;
        host.kill();
        for writer in writers {
            writer.await.unwrap();
        }
        let mut again = desk.host(&["serve", "--store", "s.db", "--listen", "127.0.0.1:0"]);
        let client = Client::new();
        let ids: Vec<String> = acked.lock().unwrap().clone();
        for id in &ids {
            let answer = client.get(format!("{}/api/data/Customer/{id}", again.url)).bearer_auth(&token).send().await;
            assert_eq!(answer.unwrap().status(), 200, "{moment}: acknowledged `{id}` is lost");
        }
        let answer = client.get(format!("{}/api/data/Customer:count", again.url)).bearer_auth(&token).send().await;
        let count = answer.unwrap().json::<Json>().await.unwrap()["data"]["count"].as_u64().unwrap();
        let least = acknowledged + ids.len() as u64;
        assert!((least..=least + WRITERS as u64).contains(&count), "{moment}: {count} of {least}");
        acknowledged = count;
        again.kill();
        assert_store_whole(&desk, "s.db", &moment);
    }
}

async fn create_on(url: String, token: String, prefix: String, acknowledged: Arc<Mutex<Vec<String>>>) {
    let client = Client::new();
    for number in 0.. {
        let body = json!({ "customerNumber": format!("{prefix}N{number}"), "name": "Ann" });
        let request = client.post(format!("{url}/api/data/Customer")).bearer_auth(&token).json(&body);
        let Ok(answer) = request.send().await else { return };
        if answer.status() != 201 {
            return;
        }
        let Ok(record) = answer.json::<Json>().await else { return };
        acknowledged.lock().unwrap().push(record["data"]["id"].as_str().unwrap().to_owned());
    }
}

#[test]
fn an_import_is_whole_or_not_there() {
    let (desk, mut dice) = (Desk::new(), Dice::new(3));
    sources::music_shop(&desk.path("shop.sqlite"));
    let tracks = sources::count_rows(&desk.path("shop.sqlite"), "Track");
    for kill in 0..kills() {
        let ws = format!("ws{kill}.maquette");
        desk.data(&["new", &ws]);
        let wait = dice.wait(400);
        let moment = format!("kill {kill} after {wait:?}");
        let import = ["import", "shop.sqlite", "--into", &ws, "--with-data", "--starter-policy", "standard"];
        let ended = kill_after(start(&desk, &import), wait);
        assert_whole(&desk, &ws, &moment);
        let groups = desk.data(&["history", &ws])["entries"].as_array().unwrap().len();
        if ended {
            assert_eq!(groups, 1, "{moment}: the acknowledged import is lost");
        }
        if groups == 1 {
            assert_eq!(desk.data(&["records", "count", &ws, "Track"])["count"], tracks, "{moment}");
        } else {
            assert_eq!(desk.refused(&["records", "count", &ws, "Track"]).1, "data/entity-unknown", "{moment}");
            desk.data(&import);
        }
    }
}

#[test]
fn a_publish_is_whole_or_not_there() {
    let (desk, mut dice) = (Desk::new(), Dice::new(4));
    desk.data(&["new", "ws.maquette", "--sample", "invoicing"]);
    desk.data(&["publish", "ws.maquette", "--yes"]);
    let values = json!({ "customerNumber": "C1", "name": "Ann" }).to_string();
    desk.data(&["records", "create", "ws.maquette", "Customer", "--values", &values]);
    for kill in 0..kills() {
        let name = format!("field{kill}");
        desk.data(&["add", "field", "ws.maquette", "Customer", &name, "string"]);
        let release = |desk: &Desk| desk.data(&["status", "ws.maquette"])["release"].clone();
        let before = release(&desk);
        let wait = dice.wait(300);
        let moment = format!("kill {kill} after {wait:?}");
        let ended = kill_after(start(&desk, &["publish", "ws.maquette", "--yes"]), wait);
        assert_whole(&desk, "ws.maquette", &moment);
        let record = |desk: &Desk| desk.data(&["records", "list", "ws.maquette", "Customer"])["records"][0].clone();
        let published = release(&desk) != before;
        assert!(published || !ended, "{moment}: the acknowledged publish is lost");
        assert_eq!(record(&desk).get(&name).is_some(), published, "{moment}");
        // What did not come through comes through now, and the row is still there.
        desk.data(&["publish", "ws.maquette", "--yes"]);
        let there = record(&desk);
        assert!(there.get(&name).is_some() && there["customerNumber"] == "C1", "{moment}: {there}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_were_being_sent_arrive_once_when_sent_again() {
    let (desk, mut dice) = (Desk::new(), Dice::new(5));
    sources::music_shop(&desk.path("shop.sqlite"));
    desk.data(&["import", "shop.sqlite", "--into", "ws.maquette", "--with-data", "--starter-policy", "standard"]);
    for kill in 0..kills() {
        let store = format!("s{kill}.db");
        let target = format!("prod{kill}");
        let admin = desk.data(&["init", "--server", "--store", &store])["token"].as_str().unwrap().to_owned();
        let mut host = desk.host(&["serve", "--store", &store, "--listen", "127.0.0.1:0"]);
        let address = host.url.strip_prefix("http://").unwrap().to_owned();
        let env = [("MAQUETTE_TOKEN", admin.as_str())];
        desk.data_with(&["target", "add", "ws.maquette", &target, "--url", &host.url], &env);
        let wait = dice.wait(600);
        let moment = format!("kill {kill} after {wait:?}");
        let publish = ["publish", "ws.maquette", "--target", &target, "--with-data", "--yes"];
        let publisher = start(&desk, &publish);
        if kill % 2 == 0 {
            kill_after(publisher, wait);
        } else {
            // The server dies instead; the publisher says so and ends.
            std::thread::sleep(wait);
            host.kill();
            drop(publisher.wait_with_output());
            host = desk.host(&["serve", "--store", &store, "--listen", &address]);
        }
        desk.data(&publish);
        let token = desk.data_with(&["token", "new", "--server", &host.url, "--user", "bob", "--role", "guest"], &env);
        let token = token["token"].as_str().unwrap();
        let client = Client::new();
        for table in ["Artist", "Track", "PlaylistTrack", "Employee", "InvoiceLine"] {
            let url = format!("{}/api/data/{table}:count", host.url);
            let answer: Json = client.get(url).bearer_auth(token).send().await.unwrap().json().await.unwrap();
            let rows = sources::count_rows(&desk.path("shop.sqlite"), table);
            assert_eq!(answer["data"]["count"], rows, "{moment}: {table}");
        }
        host.kill();
        assert_store_whole(&desk, &store, &moment);
    }
}
