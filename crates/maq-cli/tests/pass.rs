//! The whole pass from the command line: a real database in, a model edited, a signed release out, an API that answers.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use maq_testkit::sources;
use reqwest::{Client, StatusCode};
use serde_json::{Value as Json, json};
use std::path::Path;
use support::{Desk, On, data_file};

/// What the pass needs to know of a source.
struct Source {
    /// An entity whose records stand alone enough to be created: its values.
    entity: &'static str,
    values: Json,
    /// A text field of it to rename.
    field: &'static str,
}

fn music() -> Source {
    Source {
        entity: "Customer",
        values: json!({ "FirstName": "Ann", "LastName": "Lee", "Email": "ann@example.com" }),
        field: "Company",
    }
}

/// Every mix of where the workspace and the server's store live.
const MIXES: [(On, On); 4] =
    [(On::Sqlite, On::Sqlite), (On::Postgres, On::Postgres), (On::Sqlite, On::Postgres), (On::Postgres, On::Sqlite)];

#[tokio::test]
async fn the_music_shop_goes_all_the_way_on_every_mix_of_stores() {
    for (workspace, server) in MIXES {
        let desk = Desk::with(workspace, server);
        sources::music_shop(&desk.path("source.sqlite"));
        pass(&desk, &desk.path("source.sqlite"), &music()).await;
    }
}

#[tokio::test]
async fn chinook_goes_all_the_way_on_every_mix_of_stores() {
    let Some(file) = data_file("chinook.sqlite") else { return };
    for (workspace, server) in MIXES {
        pass(&Desk::with(workspace, server), &file, &music()).await;
    }
}

#[tokio::test]
async fn northwind_goes_all_the_way_on_both_stores() {
    let Some(file) = data_file("northwind.sqlite") else { return };
    let source = Source { entity: "Shippers", values: json!({ "CompanyName": "Fast & Co" }), field: "Phone" };
    for store in [On::Sqlite, On::Postgres] {
        pass(&Desk::with(store, store), &file, &source).await;
    }
}

async fn pass(desk: &Desk, file: &Path, source: &Source) {
    let counts = import(desk, file);
    edit(desk, source);
    publish_here(desk, source, &counts);
    serve(desk, source, &counts).await;
}

/// Entity by entity, how many rows came in.
fn import(desk: &Desk, file: &Path) -> Vec<(String, u64)> {
    let file = file.to_str().unwrap();
    desk.data(&["new", &desk.ws]);
    let preview = desk.data(&["import", file, "--into", &desk.ws, "--preview"]);
    assert_eq!(desk.data(&["history", &desk.ws])["entries"], json!([]), "a preview changes nothing");
    let report = desk.data(&["import", file, "--into", &desk.ws, "--with-data", "--starter-policy", "standard"]);
    let number = |key: &str| report[key].as_u64().unwrap();
    assert_eq!(number("counted"), number("imported") + number("changed") + number("refused"));
    assert_eq!(report["objects"], preview["objects"]);
    let tables = report["tables"].as_array().unwrap();
    let counts: Vec<(String, u64)> = tables
        .iter()
        .filter_map(|table| Some((table["entity"].as_str()?.to_owned(), table["rows"].as_u64()?)))
        .collect();
    assert_eq!(counts.iter().map(|(_, rows)| rows).sum::<u64>(), number("rows"));
    for (entity, rows) in &counts {
        assert_eq!(desk.data(&["records", "count", &desk.ws, entity])["count"], *rows, "{entity}");
    }
    assert_eq!(desk.data(&["check", &desk.ws])["errors"], 0);
    counts
}

/// A rename, an entity, a relation; each is there after the program has ended, and can be taken back then.
fn edit(desk: &Desk, source: &Source) {
    let field = format!("{}.{}", source.entity, source.field);
    desk.data(&["rename", &desk.ws, &field, "renamedField"]);
    desk.data(&["add", "entity", &desk.ws, "Remark", "--field", "title:string!", "--field", "body:text"]);
    desk.data(&["add", "relation", &desk.ws, "Remark", source.entity, "--name", "about"]);
    desk.data(&["add", "policies", &desk.ws, "standard", "--entity", "Remark"]);
    let labels = |desk: &Desk| -> Vec<String> {
        let history = desk.data(&["history", &desk.ws]);
        let entries = history["entries"].as_array().unwrap();
        entries.iter().map(|entry| entry["state"].as_str().unwrap().to_owned()).collect()
    };
    let folder = |name: &str| {
        desk.data(&["export", &desk.ws, "--out", name]);
        name.to_owned()
    };
    let before = folder("before");
    for _ in 0..4 {
        desk.data(&["undo", &desk.ws]);
    }
    assert_eq!(labels(desk), ["undone", "undone", "undone", "undone", "done"]);
    let undone = folder("undone");
    assert_eq!(desk.run(&["diff", &undone, &before, "--exit-code"]).code, 1);
    for _ in 0..4 {
        desk.data(&["redo", &desk.ws]);
    }
    assert_eq!(desk.refused(&["redo", &desk.ws]), (5, "edit/nothing-to-redo".into()));
    assert_eq!(desk.data(&["diff", &desk.ws, &before])["differences"], json!([]), "redo is the way back");
    assert_eq!(desk.data(&["check", &desk.ws])["errors"], 0);
}

fn publish_here(desk: &Desk, source: &Source, counts: &[(String, u64)]) {
    let plan = desk.data(&["plan", &desk.ws]);
    let kinds: Vec<&str> =
        plan["changes"].as_array().unwrap().iter().map(|change| change["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"createEntity") && kinds.contains(&"renameField"), "{kinds:?}");
    assert_eq!(desk.refused(&["publish", &desk.ws, "--no-input"]), (2, "usage/confirmation-needed".into()));
    let published = desk.data(&["publish", &desk.ws, "--target", "local", "--yes"]);
    assert_eq!(published["deployment"]["direction"], "apply");
    assert_eq!(desk.data(&["publish", &desk.ws, "--yes"])["deployment"], Json::Null, "twice changes nothing");

    let manager = desk.write("manager.json", r#"{ "userId": "mia", "roles": ["manager"] }"#);
    let guest = desk.write("guest.json", r#"{ "userId": "gus", "roles": ["guest"] }"#);
    let (manager, guest) = (manager.to_str().unwrap(), guest.to_str().unwrap());
    let values = source.values.to_string();
    let create =
        |who| ["records", "create", &desk.ws, source.entity, "--values", &values, "--as", who].map(str::to_owned);
    let made = desk.data(&create(manager).each_ref().map(String::as_str));
    assert_eq!(made["record"]["createdBy"], "mia");
    assert_eq!(desk.refused(&create(guest).each_ref().map(String::as_str)), (4, "policy/denied".into()));
    let mut wrong = source.values.clone();
    wrong["renamedField"] = json!({ "no": "text" });
    let wrong = wrong.to_string();
    let refused = desk.refused(&["records", "create", &desk.ws, source.entity, "--values", &wrong]);
    assert_eq!(refused, (1, "data/record-invalid".into()));
    let list = desk.data(&["records", "list", &desk.ws, source.entity, "--as", guest, "--limit", "5", "--total"]);
    let (_, rows) = counts.iter().find(|(name, _)| name == source.entity).unwrap();
    assert_eq!(list["total"], rows + 1);
    assert!(list["records"][0].get(source.field).is_none());
    let id = made["record"]["id"].to_string().replace('"', "");
    desk.data(&["records", "delete", &desk.ws, source.entity, &id]);
    let none = desk.refused(&["records", "get", &desk.ws, source.entity, &id]);
    assert_eq!(none, (3, "data/record-not-found".into()));
    let about = json!({ "title": "First", "about": desk.data(&["records", "list", &desk.ws, source.entity])["records"][0]["id"] });
    desk.data(&["records", "create", &desk.ws, "Remark", "--values", &about.to_string()]);
}

async fn serve(desk: &Desk, source: &Source, counts: &[(String, u64)]) {
    let admin = desk.data(&["init", "--server", "--store", &desk.server])["token"].as_str().unwrap().to_owned();
    assert_eq!(desk.refused(&["init", "--server", "--store", &desk.server]), (5, "store/exists".into()));
    let token = desk.data(&["token", "new", "--store", &desk.server, "--user", "bob", "--role", "manager"]);
    let token = token["token"].as_str().unwrap().to_owned();
    let mut host = desk.host(&["serve", "--store", &desk.server, "--listen", "127.0.0.1:0"]);
    let url = host.url.clone();

    let as_admin = [("MAQUETTE_TOKEN", admin.as_str())];
    let added = desk.data_with(&["target", "add", &desk.ws, "prod", "--url", &url], &as_admin);
    assert_eq!(added["trusted"], true);
    let secret = desk.run(&["target", "list", &desk.ws, "--json"]).out;
    assert!(!secret.contains(&admin), "a token is never shown again");
    let published = desk.data(&["publish", &desk.ws, "--target", "prod", "--with-data", "--yes"]);
    assert_eq!(published["rows"], counts.iter().map(|(_, rows)| rows).sum::<u64>() + 1);
    let again = desk.data(&["publish", &desk.ws, "--target", "prod", "--with-data", "--yes"]);
    assert_eq!((again["deployment"].clone(), again["rows"].clone()), (Json::Null, published["rows"].clone()));

    let client = Client::new();
    let get = async |path: &str| -> (StatusCode, Json) {
        let answer = client.get(format!("{url}/api/data/{path}")).bearer_auth(&token).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    };
    for (entity, rows) in counts {
        assert_eq!(get(&format!("{entity}:count")).await.1["data"]["count"], *rows, "{entity}");
        let here = desk.data(&["records", "list", &desk.ws, entity, "--limit", "1"])["records"].clone();
        let there = get(&format!("{entity}?limit=1")).await.1["data"].clone();
        assert_eq!(fields(&there), fields(&here), "{entity}");
    }
    let path = format!("{url}/api/data/{}", source.entity);
    let made = client.post(&path).bearer_auth(&token).json(&source.values).send().await.unwrap();
    assert_eq!(made.status(), StatusCode::CREATED);
    let made: Json = made.json().await.unwrap();
    let id = made["data"]["id"].to_string().replace('"', "");

    desk.data(&["add", "field", &desk.ws, source.entity, "nickName", "string", "--max-length", "40"]);
    desk.data(&["rename", &desk.ws, &format!("{}.renamedField", source.entity), "renamedTwice"]);
    desk.data(&["publish", &desk.ws, "--target", "prod", "--yes"]);
    let (_, second) = get(&format!("{}/{id}", source.entity)).await;
    assert!(second["data"].get("nickName").is_some() && second["data"].get("renamedTwice").is_some(), "{second}");
    desk.data(&["rollback", &desk.ws, "--target", "prod", "--yes"]);
    let (_, back) = get(&format!("{}/{id}", source.entity)).await;
    assert!(back["data"].get("nickName").is_none() && back["data"].get("renamedField").is_some(), "{back}");
    assert_eq!(fields(&json!([back["data"]])), fields(&json!([made["data"]])));

    let audit = desk.data_with(&["audit", "verify", "--server", &url], &as_admin);
    assert_eq!(audit["ok"], true);
    let lines = desk.data_with(&["audit", "export", "--server", &url, "--out", "audit.jsonl"], &as_admin);
    let written = audit["checked"].as_u64().unwrap() + audit["unsealed"].as_u64().unwrap();
    assert_eq!(lines["events"], written, "every event is exported, those that wait to be linked too");
    let status = desk.data(&["status", &desk.ws, "--target", "prod"]);
    assert_eq!(status["deployments"].as_array().map(Vec::len), Some(3));
    assert_eq!(host.terminate(), 0);
    assert_eq!(desk.run(&["status", &desk.ws, "--target", "prod"]).code, 6);
    assert_eq!(desk.data(&["audit", "verify", "--store", &desk.server])["ok"], true);
    assert_eq!(desk.data(&["audit", "verify", &desk.ws])["ok"], true);
    assert_eq!(desk.data(&["doctor", &desk.ws])["well"], true);
}

/// The first record without what each store stamps itself.
fn fields(list: &Json) -> Json {
    let mut record = list[0].clone();
    if let Some(record) = record.as_object_mut() {
        for stamp in ["rowVersion", "createdAt", "createdBy", "updatedAt", "updatedBy"] {
            record.remove(stamp);
        }
    }
    record
}
