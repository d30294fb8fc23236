//! The data API with every guard on, over loopback: get, list of 20, create; on SQLite and on Postgres. Floor: a bare
//! axum server with the same driver, pragmas, prepared statements, grouped commits and payload, and no guard at all.
//! Peer: PocketBase, with equal rules.
//!
//! Servers and clients have a runtime each, so that ours and the floor share no thread with who asks them, as the peer
//! in its own process does not.

mod driver;
mod floor;
mod floor_postgres;
mod ours;
mod payload;
mod pocketbase;
mod postgres;

pub use floor::{open as open_floor, records_at as floor_records, show};
pub use floor_postgres::{show as show_postgres, table as floor_table};
pub use ours::{publish, services_at, services_over, words};
pub use payload::PageOut;

use super::Failure;
use crate::report::{Better, Report};
use crate::samples::Dice;
use driver::Asked;
use maq_store::StoreKind;
use serde_json::{Map, Value as Json};
use std::net::SocketAddr;
use tokio::runtime::{Builder, Runtime};

/// Records that are there before the clock starts.
const RECORDS: usize = 10_000;

/// Rounds of which the best counts; the servers take turns in each, so that all meet the same machine.
const ROUNDS: usize = 3;

/// Requests of a round.
const GETS: usize = 20_000;
const LISTS: usize = 6_000;
const CREATES: usize = 10_000;

/// A server that holds [`RECORDS`] invoices.
struct Subject {
    address: SocketAddr,
    token: String,
    /// Their ids.
    ids: Vec<String>,
    asked: Asked,
}

impl Subject {
    /// A server that is asked as ours is.
    fn ours_alike(address: SocketAddr, token: &str, ids: Vec<String>) -> Subject {
        let asked = Asked {
            one: |id| format!("/api/data/Invoice/{id}"),
            list: "/api/data/Invoice?limit=20".to_owned(),
            create: "/api/data/Invoice",
            body: Map::clone,
        };
        Subject { address, token: token.to_owned(), ids, asked }
    }
}

pub fn run(report: &mut Report) -> Result<(), Failure> {
    let serving = Builder::new_multi_thread().enable_all().build()?;
    let asking = Builder::new_multi_thread().enable_all().build()?;
    let records = crate::samples::invoices(RECORDS + CREATES * ROUNDS);
    let (there, new) = records.split_at(RECORDS);
    {
        let folder = tempfile::tempdir()?;
        let (bare, ours, services) = serving.block_on(async {
            let bare = floor::start(folder.path(), there)?;
            let server = services_at(&folder.path().join("server.maquette"), StoreKind::Server).await?;
            let ours = ours::start(folder.path(), &server, there).await?;
            Ok::<_, Failure>((bare, ours, server))
        })?;
        let peer = asking.block_on(pocketbase::start(folder.path(), there))?;
        let peers: Vec<_> = peer.iter().map(|peer| ("pocketbase", &peer.subject)).collect();
        compare(report, &asking, "data", &Subjects { ours: &ours, floor: &bare, peers }, new)?;
        serving.block_on(services.close());
    }
    postgres::run(report, &serving, &asking, there, new)
}

/// Who is measured side by side.
struct Subjects<'a> {
    ours: &'a Subject,
    floor: &'a Subject,
    peers: Vec<(&'static str, &'a Subject)>,
}

/// Measures the three kinds of requests.
fn compare(
    report: &mut Report,
    asking: &Runtime,
    area: &str,
    subjects: &Subjects<'_>,
    new: &[Map<String, Json>],
) -> Result<(), Failure> {
    let all: Vec<&Subject> =
        [subjects.floor, subjects.ours].into_iter().chain(subjects.peers.iter().map(|(_, peer)| *peer)).collect();
    for (id, requests) in [("get", gets as Requests), ("list-20", lists), ("create", creates)] {
        let mut best = vec![0.0_f64; all.len()];
        for round in new.chunks(new.len() / ROUNDS) {
            for (best, subject) in best.iter_mut().zip(&all) {
                let asked = requests(subject, round);
                *best = best.max(asking.block_on(driver::per_second(subject.address, asked))?);
            }
        }
        let [floor, ours, others @ ..] = best.as_slice() else { return Err("nothing was measured".into()) };
        let peers: Vec<_> = subjects.peers.iter().zip(others).map(|((name, _), rate)| (*name, *rate)).collect();
        report.add_with_peers(&format!("{area}/{id}"), "/s", Better::Higher, *ours, Some(*floor), &peers);
    }
    Ok(())
}

type Requests = fn(&Subject, &[Map<String, Json>]) -> Vec<Vec<u8>>;

fn gets(subject: &Subject, _new: &[Map<String, Json>]) -> Vec<Vec<u8>> {
    let mut dice = Dice(0x6765_7400);
    let mut one = || subject.ids.get(dice.roll(subject.ids.len())).map(String::as_str).unwrap_or_default();
    (0..GETS).map(|_| request("GET", &(subject.asked.one)(one()), &subject.token, None)).collect()
}

fn lists(subject: &Subject, _new: &[Map<String, Json>]) -> Vec<Vec<u8>> {
    (0..LISTS).map(|_| request("GET", &subject.asked.list, &subject.token, None)).collect()
}

fn creates(subject: &Subject, new: &[Map<String, Json>]) -> Vec<Vec<u8>> {
    let body = |record: &Map<String, Json>| Json::Object((subject.asked.body)(record)).to_string();
    new.iter().map(|record| request("POST", subject.asked.create, &subject.token, Some(&body(record)))).collect()
}

fn request(method: &str, path: &str, token: &str, body: Option<&str>) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
    if !token.is_empty() {
        text += &format!("authorization: Bearer {token}\r\n");
    }
    if let Some(body) = body {
        text += &format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
    }
    text += "\r\n";
    text += body.unwrap_or_default();
    text.into_bytes()
}

/// Serves on a free loopback port until the process ends.
fn listen(app: axum::Router) -> Result<SocketAddr, Failure> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}
