//! Filters, sorts, cursors and pages through the server's own router, over rows of ours among rows of others: what
//! comes is what a plain walk over our rows gives, in the same order; and never a row of somebody else.

use crate::records;
use crate::run::reached;
use crate::samples;
use crate::world::{FOREIGN, RUNTIME, World, check_answer};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use maq_fuzz::Input;
use maq_ir::Entity;
use maq_value::{Kind, Value};
use serde_json::{Map, Value as Json, json};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::LazyLock;

struct Rows {
    world: World,
    /// As the server answered them.
    ours: Vec<Json>,
    kinds: BTreeMap<String, Kind>,
}

static ROWS: LazyLock<Rows> = LazyLock::new(|| RUNTIME.block_on(rows()));

async fn rows() -> Rows {
    let world = World::new().await;
    let entity = entity();
    let mut kinds: BTreeMap<String, Kind> =
        entity.fields.iter().map(|field| (field.name.to_string(), field.ty.kind())).collect();
    kinds.extend([("id".to_owned(), Kind::Uuid), ("rowVersion".to_owned(), Kind::Integer)]);
    kinds.extend(["createdAt", "updatedAt"].map(|name| (name.to_owned(), Kind::Instant)));
    kinds.extend(["createdBy", "updatedBy"].map(|name| (name.to_owned(), Kind::Text)));
    let mut ours = Vec::new();
    for (token, foreign) in [(&world.ours, false), (&world.theirs, true), (&world.elsewhere, true)] {
        let mut made = 0;
        for seed in 0_u32..400 {
            let values = values(seed, &entity, foreign);
            let Ok(row) = world.create("Invoice", token, &values).await else { continue };
            if !foreign {
                ours.push(row);
            }
            made += 1;
            if made == 30 {
                break;
            }
        }
        assert_eq!(made, 30, "rows to look for");
    }
    Rows { world, ours, kinds }
}

fn entity() -> Entity {
    let documents: Vec<_> = [samples::customer(), samples::invoice()].iter().filter_map(samples::read).collect();
    let compiled = samples::compiled(&documents);
    (**compiled.model.entity("Invoice").unwrap().entity).clone()
}

/// The same values for everyone from the same seed, so that filters would match rows of others too.
fn values(seed: u32, entity: &Entity, foreign: bool) -> Json {
    let bytes: Vec<u8> =
        (0..400_u32).map(|at| (maq_doc::digest(&json!([seed, at])).0.as_bytes()[3] ^ at as u8) << 1).collect();
    let mut input = Input::new(&bytes);
    let mut values = Map::new();
    for field in &entity.fields {
        if input.pick(4) > 0 && &*field.name != "customer" {
            values.insert(field.name.to_string(), records::value(&mut input, field.ty.kind()));
        }
    }
    let note = values.get("note").and_then(Json::as_str).unwrap_or("a").to_owned();
    values.insert("note".to_owned(), json!(if foreign { format!("{note}{FOREIGN}") } else { note }));
    values.insert("status".to_owned(), json!(["draft", "open", "paid"][seed as usize % 3]));
    // What is unique, or often out of its limits, is left to those who test it.
    values.shift_remove("key");
    values.insert("total".to_owned(), json!(format!("{}.5", seed % 7)));
    Json::Object(values)
}

pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let rows = &*ROWS;
    RUNTIME.block_on(async {
        match input.pick(8) {
            0 => raw_query(rows, &mut input).await,
            1 => forged_cursor(rows, &mut input).await,
            _ => structured(rows, &mut input).await,
        }
    });
}

/// Any text as a query.
async fn raw_query(rows: &Rows, input: &mut Input<'_>) {
    const PARTS: [&str; 18] = [
        "limit=",
        "pageSize=",
        "after=",
        "page=",
        "sort=",
        "orderBy=",
        "orderDir=",
        "total=",
        "filter=",
        "total[gt]=",
        "status[in]=",
        "count[eq]=",
        "note[contains]=",
        "id[lt]=",
        "due[isNull]=",
        "%5B",
        "&",
        "=",
    ];
    let mut query = String::new();
    for _ in 0..input.pick(6) {
        query.push_str(input.one(&PARTS).copied().unwrap_or_default());
        let text = if input.pick(3) == 0 { input.json(2).to_string() } else { input.text() };
        query.push_str(&if input.pick(4) == 0 { text } else { escaped(&text) });
        query.push('&');
    }
    let query: String = query.chars().filter(|character| character.is_ascii_graphic() && *character != '#').collect();
    for path in ["Invoice", "Invoice:count"] {
        let path = format!("/api/data/{path}?{query}");
        if path.parse::<axum::http::Uri>().is_err() {
            continue;
        }
        let answer = rows.world.get(&path, &rows.world.ours).await;
        check_answer(&answer, &|| path.clone());
        reached(if answer.status.is_success() { "raw queries answered" } else { "raw queries refused" });
    }
}

/// A cursor of ours, changed.
async fn forged_cursor(rows: &Rows, input: &mut Input<'_>) {
    let sort = sort(input, rows).join(",");
    let first = rows.world.get(&format!("/api/data/Invoice?limit=3&sort={}", escaped(&sort)), &rows.world.ours).await;
    let Some(cursor) = first.json()["meta"]["next"].as_str().map(str::to_owned) else { return };
    let mut bytes = URL_SAFE_NO_PAD.decode(&cursor).unwrap();
    let forged = match input.pick(3) {
        0 => {
            input.damage(&mut bytes);
            URL_SAFE_NO_PAD.encode(&bytes)
        }
        1 => input.text(),
        _ => {
            let mut json: Json = serde_json::from_slice(&bytes).unwrap();
            let order = json[0].clone();
            input.mutate(&mut json);
            if json.get(0).is_some() && input.pick(4) > 0 {
                json[0] = order;
            }
            URL_SAFE_NO_PAD.encode(json.to_string())
        }
    };
    let path = format!("/api/data/Invoice?limit=200&sort={}&after={}", escaped(&sort), escaped(&forged));
    let answer = rows.world.get(&path, &rows.world.ours).await;
    check_answer(&answer, &|| {
        format!("{path} with {}", String::from_utf8_lossy(&URL_SAFE_NO_PAD.decode(&forged).unwrap_or_default()))
    });
    reached(if answer.status.is_success() { "forged cursors taken" } else { "forged cursors refused" });
}

async fn structured(rows: &Rows, input: &mut Input<'_>) {
    let filter = filter(input, rows, 3);
    let sort = sort(input, rows);
    let limit = 1 + input.pick(12);
    let asked = format!("filter={}&sort={}", escaped(&filter.to_string()), escaped(&sort.join(",")));
    let shown = || format!("filter {filter} sort {sort:?} limit {limit}");
    let mut seen: Vec<Json> = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/api/data/Invoice?{asked}&limit={limit}{after}");
        if path.len() > maq_server::MAX_URI_BYTES {
            return;
        }
        let answer = rows.world.get(&path, &rows.world.ours).await;
        check_answer(&answer, &shown);
        if !answer.status.is_success() {
            assert!(after.is_empty(), "only a later page is refused: {} {}", answer.text, shown());
            reached("filters refused");
            return;
        }
        let json = answer.json();
        seen.extend(json["data"].as_array().unwrap().iter().cloned());
        assert!(seen.len() <= rows.ours.len(), "pages repeat: {}", shown());
        match json["meta"]["next"].as_str() {
            Some(next) => after = format!("&after={}", escaped(next)),
            None => break,
        }
    }
    reached("filters answered");
    let expected = evaluated(rows, &filter, &sort);
    let ids = |list: &[Json]| list.iter().map(|row| row["id"].to_string()).collect::<Vec<_>>();
    assert_eq!(ids(&seen), ids(&expected), "{}", shown());
    if !seen.is_empty() && seen.len() < rows.ours.len() {
        reached("filters that let some through");
    }
    let count = rows
        .world
        .get(&format!("/api/data/Invoice:count?filter={}", escaped(&filter.to_string())), &rows.world.ours)
        .await;
    assert_eq!(count.json()["data"]["count"], json!(expected.len()), "{} {}", count.text, shown());
}

/// Our rows that the filter lets through, in order.
fn evaluated(rows: &Rows, filter: &Json, sort: &[String]) -> Vec<Json> {
    let mut kept: Vec<Json> = rows.ours.iter().filter(|row| holds(rows, row, filter) == Some(true)).cloned().collect();
    let mut keys: Vec<(&str, bool)> =
        sort.iter().map(|key| key.strip_prefix('-').map_or((key.as_str(), false), |name| (name, true))).collect();
    keys.push(("id", keys.last().is_some_and(|(_, descending)| *descending)));
    kept.sort_by(|left, right| {
        keys.iter().fold(Ordering::Equal, |order, (name, descending)| {
            let (left, right) = (read(rows, left, name), read(rows, right, name));
            let next = match (left.is_absent(), right.is_absent()) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Less,
                (false, true) => Ordering::Greater,
                (false, false) => compare(&left, &right),
            };
            order.then(if *descending { next.reverse() } else { next })
        })
    });
    kept
}

fn read(rows: &Rows, row: &Json, name: &str) -> Value {
    row.get(name).map_or(Value::Null, |json| Value::from_json(json, rows.kinds[name]).unwrap())
}

fn compare(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Integer(left), Value::Integer(right)) => left.cmp(right),
        (Value::Number(left), Value::Number(right)) => left.partial_cmp(right).unwrap(),
        (Value::Decimal(left), Value::Decimal(right)) => left.cmp(right),
        (Value::Text(left), Value::Text(right)) => left.as_bytes().cmp(right.as_bytes()),
        (Value::Bytes(left), Value::Bytes(right)) => left.cmp(right),
        (Value::Date(left), Value::Date(right)) => left.cmp(right),
        (Value::Time(left), Value::Time(right)) => left.cmp(right),
        (Value::Instant(left), Value::Instant(right)) => left.cmp(right),
        (Value::Duration(left), Value::Duration(right)) => left.cmp(right),
        (Value::Uuid(left), Value::Uuid(right)) => left.cmp(right),
        _ => panic!("{left:?} and {right:?} are not compared"),
    }
}

/// Whether the filter lets the row through; an empty column is neither true nor false.
fn holds(rows: &Rows, row: &Json, filter: &Json) -> Option<bool> {
    let all = |parts: Vec<Option<bool>>| {
        if parts.contains(&Some(false)) {
            Some(false)
        } else {
            parts.into_iter().collect::<Option<Vec<_>>>().map(|_| true)
        }
    };
    all(filter
        .as_object()
        .unwrap()
        .iter()
        .map(|(key, value)| match key.as_str() {
            "and" => all(value.as_array().unwrap().iter().map(|part| holds(rows, row, part)).collect()),
            "or" => {
                let parts: Vec<_> = value.as_array().unwrap().iter().map(|part| holds(rows, row, part)).collect();
                all(parts.into_iter().map(|part| part.map(|holds| !holds)).collect()).map(|none| !none)
            }
            "not" => holds(rows, row, value).map(|holds| !holds),
            field => match value.as_object() {
                None => condition(rows, row, field, "eq", value),
                Some(operators) => all(operators
                    .iter()
                    .map(|(operator, value)| condition(rows, row, field, operator, value))
                    .collect()),
            },
        })
        .collect())
}

fn condition(rows: &Rows, row: &Json, field: &str, operator: &str, operand: &Json) -> Option<bool> {
    let value = read(rows, row, field);
    let other = |json: &Json| Value::from_json(json, rows.kinds[field]).unwrap();
    let ordered = |fits: fn(Ordering) -> bool| {
        if value.is_absent() { None } else { Some(fits(compare(&value, &other(operand)))) }
    };
    match operator {
        "isNull" => Some(value.is_absent() == operand.as_bool().unwrap()),
        "eq" if operand.is_null() => Some(value.is_absent()),
        "ne" if operand.is_null() => Some(!value.is_absent()),
        "eq" => ordered(Ordering::is_eq),
        "ne" => ordered(Ordering::is_ne),
        "gt" => ordered(Ordering::is_gt),
        "gte" => ordered(Ordering::is_ge),
        "lt" => ordered(Ordering::is_lt),
        "lte" => ordered(Ordering::is_le),
        "in" => {
            let list = operand.as_array().unwrap();
            let asks_null = list.iter().any(Json::is_null);
            let present: Vec<&Json> = list.iter().filter(|json| !json.is_null()).collect();
            match (value.is_absent(), present.is_empty()) {
                (_, true) => Some(asks_null && value.is_absent()),
                (true, false) => asks_null.then_some(true),
                (false, false) => Some(present.iter().any(|json| compare(&value, &other(json)).is_eq())),
            }
        }
        "contains" => value.as_text().map(|text| text.contains(operand.as_str().unwrap())),
        "startsWith" if operand == "" => Some(!value.is_absent()),
        "startsWith" => value.as_text().map(|text| text.starts_with(operand.as_str().unwrap())),
        other => panic!("no operator {other}"),
    }
}

fn filter(input: &mut Input<'_>, rows: &Rows, depth: usize) -> Json {
    let parts = |input: &mut Input<'_>| (0..=input.pick(3)).map(|_| filter(input, rows, depth - 1)).collect::<Vec<_>>();
    match input.pick(if depth == 0 { 4 } else { 8 }) {
        5 => json!({ "and": parts(input) }),
        6 => json!({ "or": parts(input) }),
        7 => json!({ "not": filter(input, rows, depth - 1) }),
        _ => {
            let names: Vec<&String> = rows.kinds.keys().collect();
            let name = input.one(&names).map_or("status", |name| name.as_str());
            let kind = rows.kinds[name];
            let mut operators = Map::new();
            for _ in 0..=usize::from(input.once_in(5)) {
                let words = ["eq", "ne", "gt", "gte", "lt", "lte", "in", "contains", "startsWith", "isNull"];
                let word = input.one(&words).copied().unwrap_or("eq");
                let operand = match word {
                    "in" => Json::Array((0..input.pick(4)).map(|_| operand(input, rows, name, kind)).collect()),
                    "isNull" => json!(input.pick(2) == 1),
                    "contains" | "startsWith" => json!(
                        operand(input, rows, name, Kind::Text)
                            .as_str()
                            .unwrap_or("a")
                            .chars()
                            .take(2)
                            .collect::<String>()
                    ),
                    _ => operand(input, rows, name, kind),
                };
                operators.insert(word.to_owned(), operand);
            }
            json!({ name: operators })
        }
    }
}

/// Mostly a value that some row has.
fn operand(input: &mut Input<'_>, rows: &Rows, name: &str, kind: Kind) -> Json {
    if input.pick(4) == 0 {
        return records::value(input, kind);
    }
    input.one(&rows.ours).and_then(|row| row.get(name)).cloned().unwrap_or(Json::Null)
}

fn sort(input: &mut Input<'_>, rows: &Rows) -> Vec<String> {
    let names: Vec<&String> = rows.kinds.keys().collect();
    let keys: Vec<String> = (0..input.pick(4))
        .filter_map(|_| input.one(&names).map(|name| format!("{}{name}", ["", "-"][input.pick(2)])))
        .collect();
    let mut seen = Vec::new();
    keys.into_iter()
        .filter(|key| {
            let name = key.trim_start_matches('-').to_owned();
            let first = !seen.contains(&name) && rows.kinds[&name] != Kind::Json;
            seen.push(name);
            first
        })
        .collect()
}

pub fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
