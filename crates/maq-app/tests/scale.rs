//! Lists by keyset over many records, on both stores: the page behind a deep cursor costs what the first one does. Said
//! by the database's own plan, never by a clock. `MAQUETTE_SCALE=full` takes a million records.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "scale/recorder.rs"]
mod recorder;
mod support;

use maq_app::{ListRequest, Paging, Services};
use maq_query::{Dialect, Statement};
use maq_store::{Store, StoreKind};
use maq_store_postgres::{Address, PostgresStore};
use maq_testkit::postgres::{TestDatabase, database};
use maq_value::{Instant, Principal};
use recorder::{Recorder, admin, explained, release, services};
use serde_json::json;

/// Records a page.
const LIMIT: u32 = 50;

fn records() -> u64 {
    if std::env::var("MAQUETTE_SCALE").as_deref() == Ok("full") { 1_000_000 } else { 20_000 }
}

/// Publishes an entity and creates its first record.
async fn publish(services: &Services) {
    let document = json!({
        "kind": "entity", "format": 1, "id": "ent_c", "name": "Customer", "identity": { "type": "integer" },
        "fields": [
            { "id": "fld_n", "name": "number", "type": "string", "required": true, "unique": true, "maxLength": 20 },
            { "id": "fld_c", "name": "city", "type": "string", "required": true, "maxLength": 40 },
        ],
        "indexes": [{ "id": "idx_c", "name": "byCity", "fields": ["city"] }],
        "policies": [
            { "id": "pol_a", "name": "all", "effect": "allow", "actions": ["*"], "roles": ["admin"] },
            { "id": "pol_b", "name": "own", "effect": "allow", "actions": ["read"], "roles": ["clerk"],
              "condition": "record.city == principal.city && record.number != 'N7'" },
        ],
    });
    release(services, vec![document]).await;
    services.data.create(&admin(), "Customer", json!({ "number": "N1", "city": "town00" })).await.unwrap();
}

/// The first record again and again, under other ids, numbers and cities; `numbers` is a table of whole numbers `n`.
fn copies(table: &str, numbers: &str) -> String {
    format!(
        "INSERT INTO {table} (id, tenant_id, realm_id, row_version, created_at, created_by, updated_at, updated_by, number, city) \
         SELECT n, tenant_id, realm_id, row_version, created_at, created_by, updated_at, updated_by, 'N' || n, \
         'town' || (n % 90 + 10) FROM {table}, {numbers} WHERE id = (SELECT min(id) FROM {table})"
    )
}

/// The statement that lists a page, and the cursor behind it.
async fn page(
    services: &Services,
    recorder: &Recorder,
    sort: &[&str],
    after: Option<String>,
) -> (Statement, Option<String>, Vec<i64>) {
    let sort = sort.iter().map(|key| (*key).to_owned()).collect();
    let request = ListRequest { sort, limit: Some(LIMIT), paging: Paging::Keyset { after }, ..ListRequest::default() };
    recorder.forget();
    let page = services.data.list(&admin(), "Customer", &request).await.unwrap();
    let ids = page.data.iter().map(|record| record.to_json()["id"].as_i64().unwrap()).collect();
    (recorder.last_on_records(), page.next, ids)
}

/// What the database says it does for `statement`.
/// Walks ten pages, then takes a cursor deep in, and asserts that both cost the same.
async fn assert_constant(services: &Services, recorder: &Recorder, sort: &[&str], deep: Option<String>) {
    let mut after = None;
    let mut tenth = None;
    for _ in 0..10 {
        let (statement, next, ids) = page(services, recorder, sort, after).await;
        assert_eq!(ids.len(), LIMIT as usize);
        (after, tenth) = (next, Some(statement));
    }
    let (last, _, ids) = page(services, recorder, sort, deep).await;
    assert!(!ids.is_empty());
    let (tenth, last) = (explained(recorder, &tenth.unwrap()).await, explained(recorder, &last).await);
    let both = format!("by {sort:?}\ntenth:\n{tenth}\n\nlast:\n{last}");
    println!("{both}\n");
    match recorder.dialect() {
        Dialect::Sqlite => {
            assert_eq!(tenth, last, "{both}");
            assert!(last.contains("SEARCH") && !last.contains("SCAN"), "{both}");
            assert!(!last.contains("USE TEMP B-TREE FOR ORDER BY"), "{both}");
        }
        Dialect::Postgres => {
            assert!(last.contains("Index Scan") && !last.contains("Seq Scan"), "{both}");
            // What is sorted is no more than the records of one key; what an index answers is a page.
            let counts = |plan: &str| -> Vec<u64> {
                let rows = plan.lines().filter_map(|line| line.split("rows=").nth(1)?.split(' ').next()?.parse().ok());
                rows.collect()
            };
            let most = |plan: &str| counts(plan).into_iter().max().unwrap();
            let bound = records() / 90 * 2 + u64::from(LIMIT) + 1;
            assert!(most(&last) <= bound && most(&tenth) <= bound, "{both}");
            let removed = last.lines().filter(|line| line.contains("Rows Removed by Filter"));
            let removed = removed.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum::<u64>();
            assert!(removed <= bound, "no scan of what lies before: {both}");
        }
    }
}

/// The cursor of the page before the last, by walking `sort` from the other end: the first page upwards from a late id.
async fn cursor_near_the_end(services: &Services, recorder: &Recorder, sort: &[&str]) -> Option<String> {
    // A filter brings the walk there; the cursor it answers is good for the whole list.
    let late = i64::try_from(records()).unwrap() - 3 * i64::from(LIMIT);
    let filter = match sort {
        [] => json!({ "id": { "gt": late } }),
        ["-id"] => json!({ "id": { "lt": 3 * LIMIT } }),
        ["-city"] => json!({ "city": "town10" }),
        ["city"] => json!({ "city": "town99" }),
        _ => json!({ "number": { "gt": "N99" } }),
    };
    let request = ListRequest {
        filter: Some(filter),
        sort: sort.iter().map(|key| (*key).to_owned()).collect(),
        limit: Some(LIMIT),
        ..ListRequest::default()
    };
    recorder.forget();
    services.data.list(&admin(), "Customer", &request).await.unwrap().next
}

async fn lists(services: &Services, recorder: &Recorder) {
    assert_eq!(services.data.count(&admin(), "Customer", None).await.unwrap(), records());
    for sort in [&[][..], &["-id"], &["number"], &["city"]] {
        let deep = cursor_near_the_end(services, recorder, sort).await;
        assert!(deep.is_some(), "{sort:?}");
        assert_constant(services, recorder, sort, deep).await;
    }
    filtered(services, recorder).await;
}

/// What a policy filters by has an index, and the database uses it.
async fn filtered(services: &Services, recorder: &Recorder) {
    let mut clerk = Principal::new("cleo", &["clerk"]);
    clerk.attributes.insert("city".to_owned(), json!("town42"));
    recorder.forget();
    let request = ListRequest { limit: Some(20), ..ListRequest::default() };
    let page = services.data.list(&clerk, "Customer", &request).await.unwrap();
    assert_eq!(page.data.len(), 20);
    assert!(page.data.iter().all(|record| record.to_json()["city"] == "town42"));
    if recorder.dialect() == Dialect::Postgres {
        // Of a page Postgres may think, by what it counted, that walking the ids finds twenty soon enough.
        recorder.forget();
        services.data.count(&clerk, "Customer", None).await.unwrap();
    }
    let plan = explained(recorder, &recorder.last_on_records()).await;
    println!("filtered:\n{plan}\n");
    match recorder.dialect() {
        Dialect::Sqlite => assert!(plan.contains("(tenant_id=? AND realm_id=? AND city=?)"), "{plan}"),
        Dialect::Postgres => {
            let by_city = |line: &str| line.contains("Index Cond") && line.contains("city =");
            assert!(plan.lines().any(by_city) && !plan.contains("Seq Scan"), "{plan}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deep_page_costs_what_an_early_one_does_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ws.maquette");
    let numbers = format!(
        "(WITH RECURSIVE up(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM up WHERE n < {}) SELECT n FROM up)",
        records()
    );
    let (again, recorder) = recorder::filled_sqlite(&path, publish, &[copies("customer", &numbers)]).await;
    lists(&again, &recorder).await;
    again.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deep_page_costs_what_an_early_one_does_on_postgres() {
    let database: TestDatabase = database();
    let place = Address::parse(&format!("{}?workspace=shop", database.owner_url())).unwrap();
    let store =
        PostgresStore::create(&place, None, StoreKind::Workspace, "shop", "sto_1", Instant::now()).await.unwrap();
    let (services, recorder) = services(store).await;
    publish(&services).await;
    let numbers = format!("generate_series(2, {}) AS up(n)", records());
    database.sql(&copies("ws_shop.customer", &numbers));
    database.sql("ANALYZE ws_shop.customer");
    lists(&services, &recorder).await;
    services.close().await;
}
