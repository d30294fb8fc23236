//! A list that is filtered by policies: 20 of 1,000,000 records, on SQLite and on Postgres, by principals who are all
//! different. Floor: the same rows by the WHERE that a person would write, with a prepared statement of the driver,
//! straight into JSON. `MAQUETTE_BENCH_RECORDS` takes another number of records.
//!
//! `one-customer` shows a principal a few rows of the million, which only an index finds; `one-country` shows a
//! quarter of them.

mod postgres;
mod sqlite;

use super::Failure;
use super::data::words;
use crate::measure::per_call_in;
use crate::report::{Better, Report};
use crate::samples;
use maq_app::{ListRequest, Services};
use maq_value::Principal;
use serde_json::{Map, Value as Json, json};
use tokio::runtime::Runtime;

/// Records that are made one by one; the rest are copies under other ids.
const DIFFERENT: usize = 10_000;
const RECORDS: usize = 1_000_000;
const REQUESTS: usize = 400;
const ROUNDS: usize = 5;

/// The list that is asked for, by role: what the policy says, and the same as SQL on whole cents.
const KINDS: [(&str, &str, &str, &str); 2] = [
    ("one-customer", "clerk", "record.customerName == principal.customer && record.total < 90000", "customer_name"),
    ("one-country", "manager", "record.country == principal.country && record.total < 90000", "country"),
];

/// What the totals stay below.
const LIMIT: i64 = 90_000;

pub fn run(report: &mut Report) -> Result<(), Failure> {
    let wanted = std::env::var("MAQUETTE_BENCH_RECORDS").ok().and_then(|text| text.parse().ok()).unwrap_or(RECORDS);
    let records = samples::invoices(DIFFERENT.min(wanted));
    let copies = wanted.div_ceil(records.len().max(1)).max(1);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    sqlite::run(report, &runtime, &records, copies)?;
    postgres::run(report, &runtime, &records, copies)
}

/// The invoice with a policy for each kind of list, and the indexes that serve them.
fn document() -> Json {
    let mut document = samples::invoice_document();
    let policy = |(name, role, condition, _): &(&str, &str, &str, &str)| {
        json!({
            "id": format!("pol_{role}"), "name": name, "effect": "allow", "actions": ["read"], "roles": [role],
            "condition": condition,
        })
    };
    let policies: Vec<Json> = KINDS.iter().map(policy).collect();
    let indexes = json!([
        { "id": "idx_1", "name": "byCustomer", "fields": ["customerName"] },
        { "id": "idx_2", "name": "byCountry", "fields": ["country"] },
    ]);
    if let Some(entity) = document.as_object_mut() {
        entity.insert("policies".to_owned(), Json::Array(policies));
        entity.insert("indexes".to_owned(), indexes);
    }
    document
}

/// Someone of the role, and the value of theirs that rows must have.
fn principals(role: &str, records: &[Map<String, Json>]) -> Vec<(Principal, String)> {
    let (attribute, field) = if role == "clerk" { ("customer", "customerName") } else { ("country", "country") };
    let one = |(number, record): (usize, &Map<String, Json>)| {
        let value = record.get(field).and_then(Json::as_str).unwrap_or_default().to_owned();
        let mut principal = Principal::new(format!("user{number}"), &[role]);
        principal.attributes.insert(attribute.to_owned(), Json::from(value.clone()));
        (principal, value)
    };
    records.iter().step_by(7).take(REQUESTS).enumerate().map(one).collect()
}

/// Our list as the text of its answer.
async fn ours(services: &Services, principal: &Principal) -> Result<Vec<u8>, Failure> {
    let request = ListRequest { limit: Some(20), ..ListRequest::default() };
    let page = services.data.list(principal, "Invoice", &request).await.map_err(words)?;
    let records: Vec<Json> = page.data.iter().map(maq_value::Record::to_json).collect();
    Ok(serde_json::to_vec(&json!({ "data": records, "meta": { "limit": 20 } }))?)
}

/// Measures both on each kind of list; that they answer the same rows is checked first.
fn compare(
    report: &mut Report,
    runtime: &Runtime,
    area: &str,
    services: &Services,
    records: &[Map<String, Json>],
    floor: &mut dyn FnMut(&str, &str) -> Result<Vec<u8>, Failure>,
) -> Result<(), Failure> {
    for (name, role, _, column) in KINDS {
        let asked = principals(role, records);
        for (principal, value) in asked.iter().take(50) {
            let (own, bare) = (ids(&runtime.block_on(ours(services, principal))?)?, ids(&floor(column, value)?)?);
            if own != bare {
                return Err(
                    format!("{area}/{name}: {} rows for `{value}`, the floor has {}", own.len(), bare.len()).into()
                );
            }
        }
        let own = per_call_in(ROUNDS, &asked, |(principal, _)| runtime.block_on(ours(services, principal)).is_ok());
        let bare = per_call_in(ROUNDS, &asked, |(_, value)| floor(column, value).is_ok());
        report.add(&format!("{area}/list-20-{name}"), "ns", Better::Lower, own, Some(bare));
    }
    Ok(())
}

fn ids(answer: &[u8]) -> Result<Vec<String>, Failure> {
    let answer: Json = serde_json::from_slice(answer)?;
    let rows = answer.get("data").and_then(Json::as_array).cloned().unwrap_or_default();
    Ok(rows.iter().filter_map(|row| row.get("id")?.as_str().map(str::to_owned)).collect())
}
