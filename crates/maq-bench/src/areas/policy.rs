//! A list that is filtered by policies: 20 of 1,000,000 records, on SQLite and on Postgres, by principals who are all
//! different. Floor: the same rows of the same table and indexes by the WHERE that a person would write, with a prepared
//! statement of the driver, straight into JSON. `MAQUETTE_BENCH_RECORDS` takes another number of records.

mod postgres;
mod sqlite;

use super::Failure;
use super::data::words;
use crate::measure::per_call_in;
use crate::report::{Better, Report};
use crate::samples;
use maq_app::{ListRequest, Paging, Services};
use maq_value::Principal;
use serde_json::{Map, Value as Json, json};
use tokio::runtime::Runtime;

/// Records that are made one by one; the rest are copies under other ids.
const DIFFERENT: usize = 10_000;
const RECORDS: usize = 1_000_000;
const REQUESTS: usize = 400;
const ROUNDS: usize = 5;

/// A list that is asked for.
struct Kind {
    name: &'static str,
    role: &'static str,
    /// What the policies of the role say.
    policies: &'static [(&'static str, &'static str)],
    /// The field whose value every principal has an own one of.
    field: &'static str,
    /// The same as a WHERE of SQL; `VALUE` is the principal's, `LIMIT` what totals stay below.
    condition: &'static str,
    /// The order, for us and for SQL.
    sort: &'static [&'static str],
    order: &'static str,
    /// What comes after a record in the middle of the list, for SQL.
    after: Option<&'static str>,
}

/// What a page is asked by: a value, and in the middle of a list the cursor and the record it stands for.
struct Question {
    principal: Principal,
    value: String,
    after: Option<String>,
    last: (String, String),
}

const CUSTOMER: &str = "record.customerName == principal.value";
const NUMBER: &str = "record.invoiceNumber == 'INV-000007'";

const KINDS: [Kind; 6] = [
    Kind {
        name: "one-customer",
        role: "clerk",
        policies: &[("allow", "record.customerName == principal.value && record.total < 90000")],
        field: "customerName",
        condition: "customer_name = VALUE AND total < LIMIT",
        sort: &[],
        order: "id",
        after: None,
    },
    Kind {
        name: "one-country",
        role: "manager",
        policies: &[("allow", "record.country == principal.value && record.total < 90000")],
        field: "country",
        condition: "country = VALUE AND total < LIMIT",
        sort: &[],
        order: "id",
        after: None,
    },
    Kind {
        name: "customer-or-number",
        role: "agent",
        policies: &[("allow", "record.invoiceNumber == 'INV-000007' || record.customerName == principal.value")],
        field: "customerName",
        condition: "(invoice_number = 'INV-000007' OR customer_name = VALUE)",
        sort: &[],
        order: "id",
        after: None,
    },
    Kind {
        name: "allows-and-deny",
        role: "keeper",
        policies: &[("allow", CUSTOMER), ("allow", NUMBER), ("deny", "record.dueDays > 60")],
        field: "customerName",
        condition: "NOT (due_days > 60) AND (customer_name = VALUE OR invoice_number = 'INV-000007')",
        sort: &[],
        order: "id",
        after: None,
    },
    Kind {
        name: "by-date",
        role: "planner",
        policies: &[("allow", "record.country == principal.value"), ("deny", "!(record.total < 90000)")],
        field: "country",
        condition: "country = VALUE AND total < LIMIT",
        sort: &["issued"],
        order: "issued, id",
        after: None,
    },
    Kind {
        name: "deep-by-date",
        role: "planner",
        policies: &[],
        field: "country",
        condition: "country = VALUE AND total < LIMIT",
        sort: &["issued"],
        order: "issued, id",
        after: Some("issued >= DATE AND (issued > DATE OR issued = DATE AND id > ID)"),
    },
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

/// The invoice with the policies of each kind of list, and the indexes that serve them.
fn document() -> Json {
    let mut document = samples::invoice_document();
    let policies = KINDS.iter().flat_map(|kind| kind.policies.iter().enumerate().map(move |policy| (kind, policy)));
    let policy = |(kind, (at, (effect, condition))): (&Kind, (usize, &(&str, &str)))| {
        json!({
            "id": format!("pol_{}_{at}", kind.role), "name": format!("{}{at}", kind.role), "effect": effect,
            "actions": ["read"], "roles": [kind.role], "condition": condition,
        })
    };
    let policies: Vec<Json> = policies.map(policy).collect();
    let indexes = json!([
        { "id": "idx_1", "name": "byCustomer", "fields": ["customerName"] },
        { "id": "idx_2", "name": "byCountry", "fields": ["country"] },
        { "id": "idx_3", "name": "byNumber", "fields": ["invoiceNumber"] },
        { "id": "idx_4", "name": "byDate", "fields": ["country", "issued"] },
    ]);
    if let Some(entity) = document.as_object_mut() {
        entity.insert("policies".to_owned(), Json::Array(policies));
        entity.insert("indexes".to_owned(), indexes);
    }
    document
}

/// What is asked, by someone else each time.
fn questions(
    runtime: &Runtime,
    services: &Services,
    kind: &Kind,
    records: &[Map<String, Json>],
) -> Result<Vec<Question>, Failure> {
    let one = |(number, record): (usize, &Map<String, Json>)| {
        let value = record.get(kind.field).and_then(Json::as_str).unwrap_or_default().to_owned();
        let mut principal = Principal::new(format!("user{number}"), &[kind.role]);
        principal.attributes.insert("value".to_owned(), Json::from(value.clone()));
        Question { principal, value, after: None, last: Default::default() }
    };
    let mut asked: Vec<Question> = records.iter().step_by(7).take(REQUESTS).enumerate().map(one).collect();
    if kind.after.is_some() {
        for question in &mut asked {
            // Any page gives a cursor: one from the middle of the year.
            let request = ListRequest {
                filter: Some(json!({ "issued": { "gte": "2026-07-01" } })),
                sort: kind.sort.iter().map(|key| (*key).to_owned()).collect(),
                limit: Some(20),
                ..ListRequest::default()
            };
            let page = runtime.block_on(services.data.list(&question.principal, "Invoice", &request)).map_err(words)?;
            let last = page.data.last().map(maq_value::Record::to_json).unwrap_or_default();
            let text = |name| last.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
            (question.after, question.last) = (page.next, (text("issued"), text("id")));
        }
    }
    Ok(asked)
}

/// Our list as the text of its answer.
async fn ours(services: &Services, kind: &Kind, question: &Question) -> Result<Vec<u8>, Failure> {
    let request = ListRequest {
        limit: Some(20),
        sort: kind.sort.iter().map(|key| (*key).to_owned()).collect(),
        paging: Paging::Keyset { after: question.after.clone() },
        ..ListRequest::default()
    };
    let page = services.data.list_json(&question.principal, "Invoice", &request).await.map_err(words)?;
    let mut text = Vec::with_capacity(12 * 1024);
    text.extend_from_slice(b"{\"data\":");
    text.extend_from_slice(&page.data);
    text.extend_from_slice(b",\"meta\":{\"limit\":20}}");
    Ok(text)
}

/// Measures both on each kind of list; that they answer the same rows is checked first. The floor is asked by the place
/// of the kind.
fn compare(
    report: &mut Report,
    runtime: &Runtime,
    area: &str,
    services: &Services,
    records: &[Map<String, Json>],
    floor: &mut dyn FnMut(usize, &Question) -> Result<Vec<u8>, Failure>,
) -> Result<(), Failure> {
    for (at, kind) in KINDS.iter().enumerate() {
        let asked = questions(runtime, services, kind, records)?;
        for question in asked.iter().take(50) {
            let own = ids(&runtime.block_on(ours(services, kind, question))?)?;
            let bare = ids(&floor(at, question)?)?;
            if own != bare {
                let (own, bare, value) = (own.len(), bare.len(), &question.value);
                return Err(format!("{area}/{}: {own} rows for `{value}`, the floor has {bare}", kind.name).into());
            }
        }
        let own = per_call_in(ROUNDS, &asked, |question| runtime.block_on(ours(services, kind, question)).is_ok());
        let bare = per_call_in(ROUNDS, &asked, |question| floor(at, question).is_ok());
        report.add(&format!("{area}/list-20-{}", kind.name), "ns", Better::Lower, own, Some(bare));
    }
    Ok(())
}

/// The hand-written statement of each kind: `VALUE`, `LIMIT`, `DATE` and `ID` as `names` say.
fn statements(columns: &str, table: &str, names: [&str; 4]) -> Vec<String> {
    let text = |kind: &Kind| {
        let after = kind.after.map(|after| format!(" AND {after}")).unwrap_or_default();
        let order = kind.order.replace("issued", "i.issued");
        let condition = format!("{}{after}", kind.condition);
        let words = ["VALUE", "LIMIT", "DATE", "ID"].into_iter().zip(names);
        let condition = words.fold(condition, |text, (word, name)| text.replace(word, name));
        format!(
            "SELECT {columns} FROM {table} AS i WHERE tenant_id = 'default' AND realm_id = 'main' AND {condition} ORDER BY \
             {order} LIMIT 20"
        )
    };
    KINDS.iter().map(text).collect()
}

fn ids(answer: &[u8]) -> Result<Vec<String>, Failure> {
    let answer: Json = serde_json::from_slice(answer)?;
    let rows = answer.get("data").and_then(Json::as_array).cloned().unwrap_or_default();
    Ok(rows.iter().filter_map(|row| row.get("id")?.as_str().map(str::to_owned)).collect())
}
