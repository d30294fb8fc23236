//! Rows are the same wherever they live: from a source into a workspace on either store, on to a server on the other,
//! and every record of every entity is compared.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use maq_testkit::sources;
use reqwest::Client;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::path::Path;
use support::{Desk, On, data_file};

/// Records by entity and id, without what each store stamps itself.
type Rows = BTreeMap<String, BTreeMap<String, Json>>;

#[tokio::test]
async fn rows_go_from_one_store_to_the_other_and_back_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    sources::music_shop(&file("music.sqlite"));
    sources::nasty(&file("nasty.sqlite"));
    sources::trading_company(&file("trading.sqlite"));
    for name in ["music.sqlite", "nasty.sqlite", "trading.sqlite"] {
        compare(&file(name)).await;
    }
}

#[tokio::test]
async fn northwind_goes_from_one_store_to_the_other_and_back_unchanged() {
    let Some(file) = data_file("northwind.sqlite") else { return };
    compare(&file).await;
}

async fn compare(source: &Path) {
    for (workspace, server) in [(On::Sqlite, On::Postgres), (On::Postgres, On::Sqlite)] {
        let desk = Desk::with(workspace, server);
        let own = import(&desk, source);
        assert!(own.values().map(BTreeMap::len).sum::<usize>() > 0, "there are rows to compare");
        let served = served(&desk, &own).await;
        for (entity, records) in &own {
            assert_eq!(records.len(), served[entity].len(), "{entity} from {workspace:?} to {server:?}");
            for (id, record) in records {
                assert_eq!(Some(record), served[entity].get(id), "{entity} from {workspace:?} to {server:?}");
            }
        }
    }
}

/// Every record of the workspace's own target after an import.
fn import(desk: &Desk, source: &Path) -> Rows {
    let source = source.to_str().unwrap();
    desk.data(&["new", &desk.ws]);
    let report = desk.data(&["import", source, "--into", &desk.ws, "--with-data", "--starter-policy", "standard"]);
    let entities = report["tables"].as_array().unwrap().iter().filter_map(|table| table["entity"].as_str());
    let list = |entity: &str| {
        let mut records = BTreeMap::new();
        let mut after: Option<String> = None;
        loop {
            let mut words = vec!["records", "list", &desk.ws, entity, "--limit", "200"];
            if let Some(after) = &after {
                words.extend(["--after", after]);
            }
            let page = desk.data(&words);
            records.extend(page["records"].as_array().unwrap().iter().map(own));
            match page["next"].as_str() {
                Some(next) => after = Some(next.to_owned()),
                None => return records,
            }
        }
    };
    entities.map(|entity| (entity.to_owned(), list(entity))).collect()
}

/// Every record that a server answers after the workspace was published to it with its rows.
async fn served(desk: &Desk, expected: &Rows) -> Rows {
    let admin = desk.data(&["init", "--server", "--store", &desk.server])["token"].as_str().unwrap().to_owned();
    let token = desk.data(&["token", "new", "--store", &desk.server, "--user", "bob", "--role", "manager"]);
    let token = token["token"].as_str().unwrap().to_owned();
    let host = desk.host(&["serve", "--store", &desk.server, "--listen", "127.0.0.1:0"]);
    desk.data_with(&["target", "add", &desk.ws, "prod", "--url", &host.url], &[("MAQUETTE_TOKEN", &admin)]);
    desk.data(&["publish", &desk.ws, "--target", "prod", "--with-data", "--yes"]);
    let client = Client::new();
    let mut rows = Rows::new();
    for entity in expected.keys() {
        let records = rows.entry(entity.clone()).or_default();
        let mut after: Option<String> = None;
        loop {
            let mut query = vec![("limit", "200".to_owned())];
            query.extend(after.take().map(|after| ("after", after)));
            let url = format!("{}/api/data/{entity}", host.url);
            let answer = client.get(url).query(&query).bearer_auth(&token).send().await.unwrap();
            let page: Json = answer.json().await.unwrap();
            records.extend(page["data"].as_array().unwrap_or_else(|| panic!("{entity}: {page}")).iter().map(own));
            after = page["meta"]["next"].as_str().map(str::to_owned);
            if after.is_none() {
                break;
            }
        }
    }
    rows
}

fn own(record: &Json) -> (String, Json) {
    let stamps = ["rowVersion", "createdAt", "createdBy", "updatedAt", "updatedBy"];
    let fields: Map<String, Json> = record
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| !stamps.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    (record["id"].to_string(), json!(fields))
}
