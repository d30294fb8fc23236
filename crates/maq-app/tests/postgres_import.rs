//! The first pass on a live Postgres: everything in it is answered for, and its rows come in as they are.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use maq_app::{AppResult, ImportRequest, ImportSummary, Job, ListRequest};
use maq_interop::Outcome;
use maq_testkit::postgres::{TestDatabase, database};
use maq_testkit::proxy::Proxy;
use maq_testkit::sources::{COUNT_POSTGRES_OBJECTS, NASTY_POSTGRES};
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use support::{World, world};

async fn import(world: &World, source: &str) -> AppResult<ImportSummary> {
    let request = ImportRequest {
        source: source.to_owned(),
        with_data: true,
        starter_policy: Some("admin-only".into()),
        tables: None,
    };
    world.services.importer.run(&world.owner, request, &Job::none()).await
}

/// An import with nothing left open: every object answered once, as many rows as the source counts.
async fn whole_import(source: &TestDatabase) -> (World, ImportSummary) {
    let world = world().await;
    let summary = import(&world, &source.superuser_url()).await.unwrap();
    let kinds: std::collections::BTreeMap<&str, usize> =
        summary.imported.objects.iter().fold(Default::default(), |mut kinds, object| {
            *kinds.entry(object.kind).or_default() += 1;
            kinds
        });
    assert_eq!(summary.imported.objects.len().to_string(), source.sql(COUNT_POSTGRES_OBJECTS), "{kinds:?}");
    let mut all = 0;
    for table in &summary.imported.tables {
        let Some(entity) = &table.entity else { continue };
        let count = world.services.data.count(&world.admin(), entity, None).await.unwrap();
        assert_eq!(count, table.rows, "{}", table.name);
        all += count;
    }
    assert_eq!(all, summary.rows);
    assert_eq!(world.services.integrity().await.unwrap(), Vec::<String>::new());
    (world, summary)
}

/// The sample that is loaded through psql, without the commands that make its database.
fn chinook() -> Option<String> {
    let folder = std::env::var_os("MAQUETTE_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let path = folder.join("chinook-postgres.sql");
    if !path.exists() {
        assert!(std::env::var("MAQUETTE_REQUIRE_DATA").as_deref() != Ok("1"), "{} is required", path.display());
        println!("SKIPPED chinook-postgres.sql is not there");
        return None;
    }
    let text = std::fs::read_to_string(path).unwrap();
    let (_, rest) = text.split_once("\\c chinook;").unwrap();
    Some(rest.to_owned())
}

#[tokio::test]
async fn chinook_comes_in_whole() {
    let Some(script) = chinook() else { return };
    let source = database();
    source.sql(&script);
    let (world, summary) = whole_import(&source).await;
    assert_eq!((summary.imported.tables.len(), summary.rows), (11, 15_607));
    for table in &summary.imported.tables {
        assert_eq!(source.sql(&format!("SELECT count(*) FROM {}", table.name)), table.rows.to_string());
    }
    assert!(summary.imported.objects.iter().all(|object| object.outcome != Outcome::Refused));
    let data = &world.services.data;
    let line = data.get(&world.admin(), "InvoiceLine", "1").await.unwrap().to_json();
    assert_eq!(line["unitPrice"], "0.99");
    let request = ListRequest { filter: Some(json!({"title": "Facelift"})), ..ListRequest::default() };
    let album = data.list(&world.admin(), "album", &request).await.unwrap().data.remove(0).to_json();
    assert_eq!((&album["id"], &album["artistId"]), (&json!(7), &json!(5)));
    let invoice = data.get(&world.admin(), "invoice", "1").await.unwrap().to_json();
    assert_eq!(
        invoice["invoiceDate"],
        source.sql("SELECT to_char(invoice_date, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM invoice WHERE invoice_id = 1")
    );
}

async fn record(world: &World, entity: &str, id: &str) -> Json {
    world.services.data.get(&world.admin(), entity, id).await.unwrap().to_json()
}

#[tokio::test]
async fn everything_that_postgres_has_is_answered_for() {
    let source = database();
    source.sql(NASTY_POSTGRES);
    let (world, summary) = whole_import(&source).await;
    let refused = |kind: &str| {
        let objects = summary.imported.objects.iter();
        let names = objects.filter(|object| object.kind == kind && object.outcome == Outcome::Refused);
        names.map(|object| object.name.as_str()).collect::<Vec<_>>().join(" ")
    };
    for (kind, names) in [
        ("view", "all_texts"),
        ("materializedView", "counted"),
        ("trigger", "touched"),
        ("rule", "never"),
        ("policy", "few"),
        ("exclusion", "rooms_room_during_excl"),
        ("foreignTable", "far_away"),
        ("sequence", "sales.tickets"),
        ("function", "sales.touch"),
        ("procedure", "tidy"),
        ("aggregate", "longest"),
        ("rangeType", "span"),
        ("compositeType", "sales.address"),
        ("uncheckedCheck", "later"),
        ("collation", "caseless"),
        ("statistics", "hints"),
        ("extension", "btree_gist citext hstore ltree postgres_fdw"),
        ("table", "no_columns"),
    ] {
        assert_eq!(refused(kind), names, "{kind}");
        for name in names.split(' ') {
            let said = |finding: &maq_diag::Finding| finding.message.contains(&format!("`{name}`"));
            assert!(summary.imported.findings.iter().any(said), "{kind} {name} has no finding");
        }
    }
    let said = |part: &str| summary.imported.findings.iter().any(|finding| finding.message.contains(part));
    for part in [
        "column `at` of table `moments` is declared `timestamp without time zone`, which has no zone and is read as UTC",
        "table `capitals` inherits from public.cities: each comes in with its own rows",
        "table `readings` is divided (RANGE (at), 3 partitions): all of its rows come in as one",
        "unique `uniques_d_key` of table `uniques` counts empty values as equal",
        "column `tags` of table `others` is declared `text[]`, an array, which is read as a list in JSON",
    ] {
        assert!(said(part), "{part}");
    }
    values(&world).await;
}

/// What stands in some of the records.
async fn values(world: &World) {
    let numbers = record(world, "numbers", "1").await;
    assert_eq!((&numbers["big"], &numbers["doubleOne"]), (&json!("9223372036854775807"), &json!(1e300)));
    assert_eq!(
        (&numbers["exact"], &numbers["free"], &numbers["cash"]),
        (&json!("1234567890.12"), &json!("0.000001"), &json!("12.34"))
    );
    assert_eq!((&numbers["flag"], &numbers["negative"]), (&json!(true), &json!("12300.00")));
    let strange = record(world, "StrangeNumbers", "1").await;
    assert_eq!(
        (&strange["never"], &strange["many"]),
        (&json!("NaN"), &json!("12345678901234567890123456789.123456789"))
    );
    let moments = record(world, "moments", "1").await;
    assert_eq!((&moments["day"], &moments["at"]), (&json!("2024-02-29"), &json!("2024-02-29T23:59:59.123456Z")));
    assert_eq!((&moments["zoned"], &moments["exactSpan"]), (&json!("2024-02-29T18:29:59.5Z"), &json!("PT23H0.5S")));
    assert_eq!((&moments["span"], &moments["zonedClock"]), (&json!("P1Y2M3D"), &json!("12:34:56+02")));
    let strange = record(world, "StrangeMoments", "2").await;
    assert_eq!((&strange["day"], &strange["zoned"]), (&json!("0044-03-15 BC"), &json!("0044-03-15 00:00:00+00 BC")));
    let texts = record(world, "texts", "67e55044-10b1-426f-9247-bb680e5fe0c8").await;
    assert_eq!(texts["plain"], "tab\t newline\n back\\slash \\N é");
    assert_eq!(
        (&texts["filled"], &texts["loose"], &texts["feeling"]),
        (&json!("ab"), &json!("CaSe"), &json!("it's ok"))
    );
    assert_eq!(record(world, "texts", "00000000-0000-0000-0000-000000000002").await["plain"], "\\N");
    let others = record(world, "others", "1").await;
    assert_eq!((&others["tags"], &others["grid"]), (&json!(["a", "b c", null, "\"q\""]), &json!([[1, 2], [3, 4]])));
    assert_eq!((&others["docb"], &others["body"]), (&json!({"a": [1.5, "x: y"], "b": 1}), &json!("AP8KXA==")));
    assert_eq!(others["whereTo"], json!({"street": "High St", "number": 1, "zip": "12345"}));
    assert_eq!((&others["ip"], &others["number"]), (&json!("10.0.0.1/8"), &json!(4_000_000_000_u64)));
    let pointer = record(world, "pointers", "1").await;
    assert_eq!((&pointer["own"], &pointer["textId"]), (&json!(2), &json!("67e55044-10b1-426f-9247-bb680e5fe0c8")));
    assert_eq!((&pointer["uniques"], &pointer["pairs"].is_string()), (&json!(1), &true));
    assert_eq!(record(world, "order", "7").await["from"], 1);
    let note = record(world, "ReadingNotes", "1").await;
    assert_eq!(record(world, "readings", note["readings"].as_str().unwrap()).await["value"], 6);
}

#[tokio::test]
async fn a_table_that_may_not_be_read_stays_out_and_the_rest_comes_in() {
    let source = database();
    source.sql(&format!(
        "CREATE TABLE open (id int PRIMARY KEY); INSERT INTO open VALUES (1);
         CREATE TABLE closed (id int PRIMARY KEY, open int REFERENCES open); CREATE TABLE hidden (id int PRIMARY KEY, v int);
         CREATE TABLE partly (id int PRIMARY KEY, secret text);
         CREATE TABLE points (id int PRIMARY KEY, closed int REFERENCES closed);
         ALTER TABLE hidden ENABLE ROW LEVEL SECURITY; GRANT USAGE ON SCHEMA public TO {role};
         GRANT SELECT ON open, hidden, points TO {role}; GRANT SELECT (id) ON partly TO {role};",
        role = source.data_role()
    ));
    let world = world().await;
    let summary = import(&world, &source.data_url()).await.unwrap();
    let out: Vec<_> = summary
        .imported
        .findings
        .iter()
        .filter(|finding| finding.code == "import/table-unreadable")
        .map(|finding| finding.message.as_str())
        .collect();
    assert_eq!(
        out,
        [
            "table `closed` cannot be read (permission denied for columns id, open) and stays out",
            "table `hidden` cannot be read (query would be affected by row-level security policy for table \"hidden\") and stays out",
            "table `partly` cannot be read (permission denied for columns secret) and stays out"
        ]
    );
    assert_eq!(summary.rows, 1);
    assert!(summary.imported.findings.iter().any(|finding| finding.code == "import/target-missing"));
}

#[tokio::test]
async fn an_empty_database_has_nothing_to_import() {
    let refused = import(&world().await, &database().superuser_url()).await.unwrap_err();
    assert_eq!(refused.refusal().unwrap().code, "import/nothing-to-import");
}

#[tokio::test]
async fn a_source_that_ends_among_its_rows_leaves_nothing_behind() {
    let source = database();
    source.sql(
        "CREATE TABLE first (id int PRIMARY KEY, body text); INSERT INTO first VALUES (1, 'x');
         CREATE TABLE long (id int PRIMARY KEY, body text);
         INSERT INTO long SELECT n, repeat(md5(n::text), 30) FROM generate_series(1, 20000) n;",
    );
    let proxy = Proxy::start(&source.superuser_url());
    let world = world().await;
    // Beyond the catalogue and the profiles, in the middle of 19 MB of rows.
    proxy.cut_after(5_000_000);
    let error = import(&world, &proxy.url_of(&source.superuser_url())).await.unwrap_err();
    let refusal = error.refusal().unwrap();
    assert_eq!(refusal.code, "import/rows-refused");
    assert!(
        refusal.title.contains("table `long`, row ") && refusal.title.contains("the connection broke off"),
        "{}",
        refusal.title
    );
    assert!(world.services.workspace.documents(&world.owner).await.unwrap().is_empty());
    assert_eq!(world.services.integrity().await.unwrap(), Vec::<String>::new());
    let summary = import(&world, &source.superuser_url()).await.unwrap();
    assert_eq!(summary.rows, 20_001);
}
