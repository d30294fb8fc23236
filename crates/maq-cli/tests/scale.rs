//! A large workspace, on both stores: it opens, compiles, publishes, and compiles anew after an edit.
//! `MAQUETTE_SCALE=full` takes 2,000 entities with 40,000 fields; the numbers here are enough to go every way.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use maq_testkit::sources;
use serde_json::json;
use std::time::Instant;
use support::{Desk, On};

const FIELDS: u32 = 20;

fn entities() -> u32 {
    if std::env::var("MAQUETTE_SCALE").as_deref() == Ok("full") { 2_000 } else { 60 }
}

/// Does a step and says how long it took, for whoever reads the output; nothing is asserted of it.
fn step<T>(words: &str, work: impl FnOnce() -> T) -> T {
    let before = Instant::now();
    let done = work();
    println!("{words}: {:?}", before.elapsed());
    done
}

#[test]
fn a_large_workspace_goes_all_the_way_on_sqlite() {
    large(On::Sqlite);
}

#[test]
fn a_large_workspace_goes_all_the_way_on_postgres() {
    large(On::Postgres);
}

fn large(on: On) {
    let desk = Desk::with(on, on);
    // The key becomes the record's id and is no field.
    sources::large_model(&desk.path("large.sqlite"), entities(), FIELDS + 1);
    desk.data(&["new", &desk.ws]);
    let import = ["import", "large.sqlite", "--into", &desk.ws, "--starter-policy", "standard"];
    let report = step("import", || desk.data(&import));
    assert_eq!(report["refused"], 0, "{report}");
    assert_eq!(step("check", || desk.data(&["check", &desk.ws]))["errors"], 0);
    desk.data(&["export", &desk.ws, "--out", "docs"]);
    assert_eq!(std::fs::read_dir(desk.path("docs/entities")).unwrap().count(), entities() as usize);

    let first = step("publish", || desk.data(&["publish", &desk.ws, "--yes"]));
    assert!(first["deployment"].is_object(), "{first}");
    let name = format!("Table{}", entities() - 1);
    let made = desk.data(&["records", "create", &desk.ws, &name, "--values", r#"{ "column2": "one" }"#]);
    assert_eq!(made["record"]["column2"], "one");

    step("edit", || desk.data(&["add", "field", &desk.ws, &name, "extra", "string"]));
    assert_eq!(step("check again", || desk.data(&["check", &desk.ws]))["errors"], 0);
    let plan = step("plan", || desk.data(&["plan", &desk.ws]));
    let changes = plan["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "an edit changes what it is about and no more: {changes:?}");
    let second = step("publish again", || desk.data(&["publish", &desk.ws, "--yes"]));
    assert!(second["deployment"].is_object(), "{second}");
    let record = desk.data(&["records", "list", &desk.ws, &name])["records"][0].clone();
    assert_eq!((&record["column2"], &record["extra"]), (&json!("one"), &json!(null)));

    // And to a server, in one release.
    let admin = desk.data(&["init", "--server", "--store", &desk.server])["token"].as_str().unwrap().to_owned();
    let mut host = desk.host(&["serve", "--store", &desk.server, "--listen", "127.0.0.1:0"]);
    let env = [("MAQUETTE_TOKEN", admin.as_str())];
    desk.data_with(&["target", "add", &desk.ws, "prod", "--url", &host.url], &env);
    let publish = ["publish", &desk.ws, "--target", "prod", "--yes"];
    let published = step("publish to a server", || desk.data(&publish));
    assert!(published["deployment"].is_object(), "{published}");
    assert_eq!(host.terminate(), 0);
    assert_eq!(step("doctor", || desk.data(&["doctor", &desk.ws]))["well"], true);
}
