//! Lists that policies filter, on both stores: what a policy compares and an index holds is looked up in the index, and
//! no list walks the table. Said by the database's own plan, never by a clock. `MAQUETTE_SCALE=full` takes a million
//! records.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "scale/recorder.rs"]
mod recorder;
mod support;

use maq_app::{ListRequest, Paging, Services};
use maq_query::Dialect;
use maq_store::StoreKind;
use maq_store_postgres::{Address, PostgresStore};
use maq_testkit::postgres::{TestDatabase, database};
use maq_value::{Instant, Principal};
use recorder::{Recorder, admin, explained, release, services};
use serde_json::{Value as Json, json};

fn records() -> u64 {
    if std::env::var("MAQUETTE_SCALE").as_deref() == Ok("full") { 1_000_000 } else { 40_000 }
}

fn documents() -> Vec<Json> {
    let identity = json!({ "type": "integer" });
    let all = |id: &str| json!({ "id": id, "name": "all", "effect": "allow", "actions": ["*"], "roles": ["admin"] });
    let reads = |role: &str, effect: &str, condition: &str| {
        json!({ "id": format!("pol_{role}_{effect}"), "name": format!("{role}{effect}"), "effect": effect,
                "actions": ["read"], "roles": [role], "condition": condition })
    };
    vec![
        json!({
            "kind": "entity", "format": 1, "id": "ent_c", "name": "Customer", "identity": identity,
            "fields": [{ "id": "fld_cr", "name": "region", "type": "string", "required": true, "maxLength": 20 }],
            "indexes": [{ "id": "idx_cr", "name": "byRegion", "fields": ["region"] }],
            "policies": [all("pol_c")],
        }),
        json!({
            "kind": "entity", "format": 1, "id": "ent_o", "name": "Sale", "identity": identity,
            "fields": [
                { "id": "fld_or", "name": "region", "type": "string", "required": true, "maxLength": 20 },
                { "id": "fld_oo", "name": "owner", "type": "string", "required": true, "maxLength": 20 },
                { "id": "fld_oa", "name": "assignee", "type": "string", "maxLength": 20 },
                { "id": "fld_oh", "name": "helper", "type": "string", "maxLength": 20, "absent": "missing" },
                { "id": "fld_oc", "name": "customer", "type": "reference", "referenceTo": "Customer", "required": true },
                { "id": "fld_os", "name": "secrecy", "type": "integer" },
                { "id": "fld_ot", "name": "total", "type": "decimal", "precision": 12, "scale": 2, "required": true },
                { "id": "fld_od", "name": "due", "type": "date", "required": true },
            ],
            "indexes": [
                { "id": "idx_or", "name": "byRegion", "fields": ["region"] },
                { "id": "idx_oo", "name": "byOwner", "fields": ["owner"] },
                { "id": "idx_oa", "name": "byAssignee", "fields": ["assignee"] },
                { "id": "idx_oh", "name": "byHelper", "fields": ["helper"] },
                { "id": "idx_ot", "name": "byTotal", "fields": ["total"] },
                { "id": "idx_ord", "name": "byRegionDue", "fields": ["region", "due"] },
            ],
            "policies": [
                all("pol_o"),
                reads("regional", "allow", "record.region == principal.region"),
                reads("owning", "allow", "record.owner == principal.userId || record.region in principal.regions"),
                reads("hopping", "allow", "record.customer.region == principal.region"),
                reads("lining", "allow", "record.lines.exists(l, l.kind == principal.kind)"),
                reads("amounting", "allow", "record.total >= 300.5"),
                reads("assigned", "allow", "record.assignee == principal.userId"),
                reads("helping", "allow", "has(record.helper) && record.helper == principal.userId"),
                reads("mixed", "allow", "record.region == principal.region"),
                { "id": "pol_m2", "name": "mixedtwo", "effect": "allow", "actions": ["read"], "roles": ["mixed"],
                  "condition": "record.owner == principal.userId" },
                reads("mixed", "deny", "record.secrecy > 3"),
            ],
        }),
        json!({
            "kind": "entity", "format": 1, "id": "ent_l", "name": "Line", "identity": identity,
            "fields": [
                { "id": "fld_lo", "name": "sale", "type": "reference", "referenceTo": "Sale", "required": true, "inverse": "lines" },
                { "id": "fld_lk", "name": "kind", "type": "string", "required": true, "maxLength": 20 },
            ],
            "indexes": [{ "id": "idx_lk", "name": "byKind", "fields": ["kind"] }],
            "policies": [all("pol_l")],
        }),
    ]
}

async fn publish(services: &Services) {
    release(services, documents()).await;
    let make = async |entity: &str, values: Json| {
        services.data.create(&admin(), entity, values).await.unwrap();
    };
    make("Customer", json!({ "region": "r0" })).await;
    make(
        "Sale",
        json!({ "region": "r0", "owner": "u0", "customer": 1, "total": "1.00", "due": "2026-01-01", "assignee": "u0", "helper": "u0", "secrecy": 0 }),
    )
    .await;
    make("Line", json!({ "sale": 1, "kind": "k0" })).await;
}

/// The first records again and again; `numbers` gives a table of whole numbers `n` up to so many.
fn copies(schema: &str, dialect: Dialect) -> Vec<String> {
    let numbers = |most: u64| match dialect {
        Dialect::Sqlite => format!(
            "(WITH RECURSIVE up(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM up WHERE n < {most}) SELECT n FROM up)"
        ),
        Dialect::Postgres => format!("generate_series(2, {most}) AS up(n)"),
    };
    let cents = if dialect == Dialect::Sqlite { "1" } else { "0.01" };
    let day = match dialect {
        Dialect::Sqlite => "date('2026-01-01', '+' || (n % 365) || ' days')",
        Dialect::Postgres => "DATE '2026-01-01' + (n % 365)::INT",
    };
    let all = records();
    let customers = all / 10;
    let copy = |table: &str, columns: &str, values: &str, most: u64| {
        format!(
            "INSERT INTO {schema}{table} (id, tenant_id, realm_id, row_version, created_at, created_by, updated_at, updated_by, {columns}) \
             SELECT n, tenant_id, realm_id, row_version, created_at, created_by, updated_at, updated_by, {values} \
             FROM (SELECT * FROM {schema}{table} WHERE id = 1 LIMIT 1) AS first CROSS JOIN {}",
            numbers(most)
        )
    };
    vec![
        copy("customer", "region", "'r' || (n % 200)", customers),
        copy(
            "sale",
            "region, owner, assignee, helper, customer, secrecy, total, due",
            &format!(
                "'r' || (n % 190), 'u' || (n % 420), CASE WHEN n % 10 = 0 THEN 'u' || (n % 77) END, \
                 CASE WHEN n % 10 = 0 THEN 'u' || (n % 77) END, 1 + (n * 7919) % {customers}, \
                 CASE WHEN n % 3 = 0 THEN n % 5 END, (n % 10000000) * {cents}, {day}"
            ),
            all,
        ),
        copy("line", "sale, kind", &format!("1 + (n * 7919) % {all}, 'k' || (n % 300)"), all),
    ]
}

fn someone(role: &str) -> Principal {
    let mut principal = Principal::new("u33", &[role]);
    principal.attributes.insert("region".to_owned(), json!("r42"));
    principal.attributes.insert("regions".to_owned(), json!(["r42", "r43"]));
    principal.attributes.insert("kind".to_owned(), json!("k42"));
    principal
}

/// The plan of a page, and of the one behind it where there is one.
async fn pages(services: &Services, recorder: &Recorder, role: &str, sort: &[&str]) -> Vec<String> {
    let sort: Vec<String> = sort.iter().map(|key| (*key).to_owned()).collect();
    let (mut after, mut plans) = (None, Vec::new());
    for _ in 0..2 {
        let paging = Paging::Keyset { after };
        let request = ListRequest { limit: Some(20), sort: sort.clone(), paging, ..ListRequest::default() };
        recorder.forget();
        let page = services.data.list(&someone(role), "Sale", &request).await.unwrap();
        assert_eq!(page.data.len(), 20, "{role} by {sort:?}");
        let plan = explained(recorder, &recorder.last_on_records()).await;
        println!("== {role} by {sort:?}\n{plan}\n");
        plans.push(plan);
        after = page.next;
    }
    plans
}

async fn count(services: &Services, recorder: &Recorder, role: &str) -> String {
    recorder.forget();
    services.data.count(&someone(role), "Sale", None).await.unwrap();
    let plan = explained(recorder, &recorder.last_on_records()).await;
    println!("== {role} counted\n{plan}\n");
    plan
}

/// What is looked up on SQLite: the columns of the index, and whether it also sorts.
async fn on_sqlite(services: &Services, recorder: &Recorder) {
    let column = |role: &str| match role {
        "regional" => "region",
        "assigned" => "assignee",
        _ => "helper",
    };
    for role in ["regional", "assigned", "helping"] {
        let wanted = format!("(tenant_id=? AND realm_id=? AND {}=?", column(role));
        for sort in [&[][..], &["-id"], &["due"], &["-due"]] {
            for plan in pages(services, recorder, role, sort).await {
                assert!(plan.contains(&wanted) && !plan.contains("SCAN"), "{role} by {sort:?}\n{plan}");
                let sorts = plan.contains("TEMP B-TREE");
                assert!(!sorts || sort.iter().any(|key| key.contains("due")) && role != "regional", "{plan}");
            }
        }
        assert!(count(services, recorder, role).await.contains(&wanted), "{role}");
    }
    // A required field has no empty values to look for at the end.
    let behind = pages(services, recorder, "regional", &["-due"]).await.pop().unwrap();
    assert!(behind.contains("(tenant_id=? AND realm_id=? AND region=? AND due<?)"), "{behind}");
    // Alternatives are looked up one by one, also beside a rule that denies.
    for role in ["owning", "mixed"] {
        let alternatives = |plan: &str| {
            plan.contains("MULTI-INDEX OR")
                && plan.contains("(tenant_id=? AND realm_id=? AND owner=?")
                && plan.contains("(tenant_id=? AND realm_id=? AND region=?")
                && !plan.contains("SCAN")
        };
        for sort in [&[][..], &["-id"], &["due"]] {
            for plan in pages(services, recorder, role, sort).await {
                assert!(alternatives(&plan), "{role} by {sort:?}\n{plan}");
            }
        }
        let plan = count(services, recorder, role).await;
        assert!(alternatives(&plan), "{role}\n{plan}");
    }
    let plan = count(services, recorder, "amounting").await;
    assert!(plan.contains("(tenant_id=? AND realm_id=? AND total>?"), "{plan}");
    // What lies behind a reference or in a child list is asked of an index for each record, as a hand would write it.
    for (role, table) in [("hopping", "region=? AND id=?"), ("lining", "sale=?")] {
        for plan in pages(services, recorder, role, &[]).await {
            assert!(plan.contains("EXISTS USING") && plan.contains(table), "{role}\n{plan}");
            assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{role}\n{plan}");
        }
    }
}

/// What is looked up on Postgres, behind row-level security. Decimals are left out: the operators of NUMERIC may tell
/// what they compare by an error, so row-level security lets them look at rows only, at no index.
async fn on_postgres(services: &Services, recorder: &Recorder) {
    let behind = pages(services, recorder, "regional", &["-due"]).await.pop().unwrap();
    assert!(behind.lines().any(|line| line.contains("Index Cond") && line.contains("due <=")), "{behind}");
    for (role, columns) in [
        ("regional", &["region ="][..]),
        ("assigned", &["assignee ="]),
        ("helping", &["helper ="]),
        ("owning", &["owner =", "region = ANY"]),
        ("mixed", &["owner =", "region ="]),
        ("hopping", &["region =", "customer ="]),
        ("lining", &["kind ="]),
    ] {
        let plan = count(services, recorder, role).await;
        for column in columns {
            let looked_up = |line: &str| line.contains("Index Cond") && line.contains(column);
            assert!(plan.lines().any(looked_up), "{role}: {column}\n{plan}");
        }
        assert!(!plan.contains("Seq Scan"), "{role}\n{plan}");
        for sort in [&[][..], &["-id"], &["due"], &["-due"]] {
            for plan in pages(services, recorder, role, sort).await {
                assert!(!plan.contains("Seq Scan"), "{role} by {sort:?}\n{plan}");
                // What is thrown away is no more than a small part of all records.
                let removed = plan.lines().filter(|line| line.contains("Rows Removed by"));
                let removed = removed.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum::<u64>();
                assert!(removed <= records() / 5, "{role} by {sort:?}\n{plan}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filtered_list_is_looked_up_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ws.maquette");
    let copies = copies("", Dialect::Sqlite);
    let (again, recorder) = recorder::filled_sqlite(&path, publish, &copies).await;
    on_sqlite(&again, &recorder).await;
    again.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filtered_list_is_looked_up_on_postgres() {
    let database: TestDatabase = database();
    let place = Address::parse(&format!("{}?workspace=shop", database.owner_url())).unwrap();
    let store =
        PostgresStore::create(&place, None, StoreKind::Workspace, "shop", "sto_1", Instant::now()).await.unwrap();
    let (services, recorder) = services(store).await;
    publish(&services).await;
    for copy in copies("ws_shop.", Dialect::Postgres) {
        database.sql(&copy);
        // What refers to a table that nobody counted looks each of its rows up by walking the tenant.
        database.sql("ANALYZE");
    }
    on_postgres(&services, &recorder).await;
    services.close().await;
}
