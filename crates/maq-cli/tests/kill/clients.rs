//! Somebody who edits in the studio, and somebody who writes records on a server: each goes on until nobody answers.
#![allow(dead_code)]

use crate::support::{Desk, Host};
use reqwest::{Client, redirect};
use serde_json::{Value as Json, json};
use std::sync::{Arc, Mutex};

/// What was acknowledged.
pub type Acknowledged = Arc<Mutex<Vec<String>>>;

/// A page of the studio: its address and its cookie.
#[derive(Clone)]
pub struct Page {
    pub base: String,
    pub cookie: String,
    pub client: Client,
}

impl Page {
    pub async fn open(host: &Host) -> Page {
        let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        let answer = client.get(&host.url).send().await.unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        Page { base: host.url.split("/?").next().unwrap().to_owned(), cookie, client: Client::new() }
    }

    /// One command of the table; none when nobody answers.
    pub async fn rpc(&self, command: &str, request: &Json) -> Option<(u16, Json)> {
        let asked = self.client.post(format!("{}/rpc/{command}", self.base));
        let answer = asked.header("cookie", &self.cookie).header("maquette-client", "studio").json(request);
        let answer = answer.send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.json().await.ok()?))
    }

    /// Adds a field to the entity `ent_a`; whether it was acknowledged.
    pub async fn add_field(&self, name: &str) -> bool {
        let value = json!({ "id": format!("fld_{name}"), "name": name, "type": "string" });
        let edit = json!({ "op": "add", "document": "ent_a", "path": ["fields"], "value": value });
        let request = json!({ "label": format!("Add {name}"), "edits": [edit] });
        matches!(self.rpc("workspace.apply_edits", &request).await, Some((200, _)))
    }

    /// Adds fields one after the other until nobody answers; notes each that was acknowledged.
    pub async fn edit_on(self, prefix: String, acknowledged: Acknowledged) {
        for number in 0.. {
            let name = format!("{prefix}n{number}");
            if !self.add_field(&name).await {
                return;
            }
            acknowledged.lock().unwrap().push(name);
        }
    }
}

/// Puts the entity `ent_a`, with no field, into a workspace.
pub fn add_entity(desk: &Desk) {
    let entity = json!({ "kind": "entity", "format": 1, "id": "ent_a", "name": "A", "fields": [] });
    let add = json!({ "label": "Add A", "edits": [{ "op": "addDocument", "document": entity }] });
    desk.write("add.json", &add.to_string());
    desk.data(&["edit", &desk.ws, "add.json"]);
}

/// The fields of `ent_a`.
pub fn field_names(desk: &Desk) -> Vec<String> {
    desk.data(&["export", &desk.ws, "--out", "docs"]);
    let text = std::fs::read_to_string(desk.path("docs/entities/A.json")).unwrap();
    let document: Json = serde_json::from_str(&text).unwrap();
    let fields = document["fields"].as_array().unwrap();
    fields.iter().map(|field| field["name"].as_str().unwrap().to_owned()).collect()
}

/// How many edit groups the log has.
pub fn groups(desk: &Desk, ws: &str) -> usize {
    desk.data(&["history", ws, "--limit", "100000"])["entries"].as_array().unwrap().len()
}

/// Somebody with a token for a server's data.
#[derive(Clone)]
pub struct Caller {
    pub url: String,
    pub token: String,
    pub client: Client,
}

impl Caller {
    pub fn new(url: &str, token: &str) -> Caller {
        Caller { url: url.to_owned(), token: token.to_owned(), client: Client::new() }
    }

    pub async fn get(&self, path: &str) -> Option<(u16, Json)> {
        let answer = self.client.get(format!("{}{path}", self.url)).bearer_auth(&self.token).send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.json().await.ok()?))
    }

    pub async fn count(&self, entity: &str) -> u64 {
        let (status, answer) = self.get(&format!("/api/data/{entity}:count")).await.unwrap();
        answer["data"]["count"].as_u64().unwrap_or_else(|| panic!("{status} {answer}"))
    }

    /// Creates a customer; its id when it was acknowledged.
    pub async fn create(&self, number: &str) -> Option<String> {
        let body = json!({ "customerNumber": number, "name": "Ann" });
        let asked = self.client.post(format!("{}/api/data/Customer", self.url)).bearer_auth(&self.token);
        let answer = asked.json(&body).send().await.ok()?;
        if answer.status() != 201 {
            return None;
        }
        let record: Json = answer.json().await.ok()?;
        Some(record["data"]["id"].as_str().unwrap().to_owned())
    }

    /// Creates customers one after the other until one is not acknowledged.
    pub async fn create_on(self, prefix: String, acknowledged: Acknowledged) {
        for number in 0.. {
            let Some(id) = self.create(&format!("{prefix}N{number}")).await else { return };
            acknowledged.lock().unwrap().push(id);
        }
    }
}

/// The ids of `Customer` whose creation stands in the audit of the desk's server, which does not run.
pub fn audited(desk: &Desk) -> Vec<String> {
    let export = ["audit", "export", "--store", &desk.server, "--type", "data.create", "--out", "audit.jsonl"];
    desk.data(&export);
    let lines = std::fs::read_to_string(desk.path("audit.jsonl")).unwrap();
    let event = |line: &str| serde_json::from_str::<Json>(line).unwrap();
    let resource = |line: &str| event(line)["resource"].as_str().unwrap().to_owned();
    lines
        .lines()
        .filter(|line| !line.is_empty())
        .map(resource)
        .filter_map(|text| Some(text.strip_prefix("Customer/")?.to_owned()))
        .collect()
}
