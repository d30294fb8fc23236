//! The data API with every guard on, over loopback: get, list of 20, create. Floor: a bare axum server with the same
//! driver, pragmas, prepared statements, grouped commits and payload, and no guard at all.

mod driver;
mod floor;
mod ours;

pub use ours::{services_at, words};

use super::Failure;
use crate::report::{Better, Report};
use crate::samples::Dice;
use serde_json::{Map, Value as Json};
use std::net::SocketAddr;

/// Records that are there before the clock starts.
const RECORDS: usize = 10_000;

/// A server that holds [`RECORDS`] invoices.
struct Subject {
    address: SocketAddr,
    token: String,
    /// Their ids.
    ids: Vec<String>,
}

pub fn run(report: &mut Report) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let folder = tempfile::tempdir()?;
    let records = crate::samples::invoices(RECORDS * 6);
    let (there, new) = records.split_at(RECORDS);
    runtime.block_on(async {
        let bare = floor::start(folder.path(), there)?;
        let (ours, services) = ours::start(folder.path(), there).await?;
        for (id, requests) in [("get", gets as Requests), ("list-20", lists), ("create", creates)] {
            // In turns, so that both meet the same machine; the better of two counts.
            let (mut left, mut right) = (0.0_f64, 0.0_f64);
            for half in new.chunks(new.len() / 2) {
                left = left.max(driver::per_second(bare.address, requests(&bare, half)).await?);
                right = right.max(driver::per_second(ours.address, requests(&ours, half)).await?);
            }
            report.add(&format!("data/{id}"), "/s", Better::Higher, right, Some(left));
        }
        services.close().await;
        Ok(())
    })
}

type Requests = fn(&Subject, &[Map<String, Json>]) -> Vec<Vec<u8>>;

fn gets(subject: &Subject, _new: &[Map<String, Json>]) -> Vec<Vec<u8>> {
    let mut dice = Dice(0x6765_7400);
    let mut one = || subject.ids.get(dice.roll(subject.ids.len())).map(String::as_str).unwrap_or_default();
    (0..20_000).map(|_| request("GET", &format!("/api/data/Invoice/{}", one()), &subject.token, None)).collect()
}

fn lists(subject: &Subject, _new: &[Map<String, Json>]) -> Vec<Vec<u8>> {
    (0..6_000).map(|_| request("GET", "/api/data/Invoice?limit=20", &subject.token, None)).collect()
}

fn creates(subject: &Subject, new: &[Map<String, Json>]) -> Vec<Vec<u8>> {
    let body = |record: &Map<String, Json>| Json::Object(record.clone()).to_string();
    let one = |record| request("POST", "/api/data/Invoice", &subject.token, Some(&body(record)));
    new.iter().take(10_000).map(one).collect()
}

fn request(method: &str, path: &str, token: &str, body: Option<&str>) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n");
    if let Some(body) = body {
        text += &format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
    }
    text += "\r\n";
    text += body.unwrap_or_default();
    text.into_bytes()
}
