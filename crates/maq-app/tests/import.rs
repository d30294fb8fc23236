//! The first pass on real input: a database in, a model, a release, rows that answer.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use maq_app::{ImportRequest, Job, LOCAL, ListRequest};
use maq_testkit::sources;
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use support::{World, world};

fn code<T: std::fmt::Debug>(result: maq_app::AppResult<T>) -> String {
    result.unwrap_err().refusal().map(|refusal| refusal.code.clone()).unwrap_or("fault".into())
}

/// The folder of real databases, when it is there.
fn real_database(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("MAQUETTE_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let path = folder.join(name);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var("MAQUETTE_REQUIRE_DATA").as_deref() != Ok("1"), "{name} is required and not there");
    println!("SKIPPED {name} is not there");
    None
}

async fn import(world: &World, source: &Path, with_data: bool, starter: Option<&str>) -> maq_app::ImportSummary {
    let request = ImportRequest {
        source: source.display().to_string(),
        with_data,
        starter_policy: starter.map(str::to_owned),
        tables: None,
    };
    world.services.importer.run(&world.owner, request, &Job::none()).await.unwrap()
}

/// Rows of every entity, read page by page, against the rows that the source counts.
async fn compare_counts(world: &World, source: &Path, tables: &[(String, String)]) -> u64 {
    let mut all = 0;
    for (table, entity) in tables {
        let count = world.services.data.count(&world.admin(), entity, None).await.unwrap();
        assert_eq!(count, sources::count_rows(source, table), "{table}");
        all += count;
    }
    all
}

fn tables_of(summary: &maq_app::ImportSummary) -> Vec<(String, String)> {
    let tables = summary.imported.tables.iter();
    tables.filter_map(|table| Some((table.name.clone(), table.entity.clone()?))).collect()
}

async fn whole_pass(source: &Path) -> World {
    let world = world().await;
    let preview = world.services.importer.preview(&world.owner, &source.display().to_string(), None).await.unwrap();
    assert!(world.services.workspace.documents(&world.owner).await.unwrap().is_empty(), "a preview changes nothing");
    let summary = import(&world, source, true, Some("admin-only")).await;
    assert_eq!(preview.imported.objects, summary.imported.objects);
    assert_eq!(summary.imported.objects.len(), sources::count_objects(source), "every object is answered once");
    let rows = compare_counts(&world, source, &tables_of(&summary)).await;
    assert_eq!(rows, summary.rows);
    assert_eq!(world.services.integrity().await.unwrap(), Vec::<String>::new());
    assert_eq!(world.services.audit_log.verify_chain(&world.owner).await.unwrap().problem, None);
    let findings = world.services.workspace.check(&world.owner).await.unwrap();
    assert!(findings.iter().all(|finding| !finding.is_error()), "{findings:?}");
    world
}

#[tokio::test]
async fn the_pass_on_a_music_shop() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("music.sqlite");
    sources::music_shop(&source);
    whole_pass(&source).await;
}

#[tokio::test]
async fn the_pass_on_many_tables() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("many.sqlite");
    sources::many_tables(&source, 120, 3);
    whole_pass(&source).await;
}

#[tokio::test]
async fn the_pass_on_a_trading_company() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("trade.sqlite");
    sources::trading_company(&source);
    whole_pass(&source).await;
}

#[tokio::test]
async fn the_pass_on_chinook() {
    let Some(source) = real_database("chinook.sqlite") else { return };
    let world = whole_pass(&source).await;
    let data = &world.services.data;
    let request = ListRequest { filter: Some(json!({"Title": "Facelift"})), ..ListRequest::default() };
    let album = data.list(&world.admin(), "Album", &request).await.unwrap().data.remove(0).to_json();
    assert_eq!((&album["id"], &album["ArtistId"]), (&json!(7), &json!(5)));
    let line = data.get(&world.admin(), "InvoiceLine", "1").await.unwrap().to_json();
    assert_eq!(line["UnitPrice"], "0.99");
    let wrong = json!({"Title": "x", "ArtistId": 999_999});
    assert_eq!(code(data.create(&world.admin(), "Album", wrong).await), "data/reference-broken");
    let new = data.create(&world.admin(), "Album", json!({"Title": "New", "ArtistId": 1})).await.unwrap().to_json();
    assert_eq!(new["id"], 348);
    assert_eq!(code(data.delete(&world.admin(), "Artist", "1", None).await), "data/reference-broken");
}

#[tokio::test]
async fn the_pass_on_northwind() {
    let Some(source) = real_database("northwind.sqlite") else { return };
    let world = whole_pass(&source).await;
    let data = &world.services.data;
    let details = data.list(&world.admin(), "OrderDetails", &ListRequest::default()).await.unwrap();
    assert_eq!(details.data.len(), 20);
    let category = data.get(&world.admin(), "Categories", "1").await.unwrap().to_json();
    assert!(category["Picture"].as_str().unwrap().len() > 1_000);
}

#[tokio::test]
async fn an_import_creates_no_allow_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("music.sqlite");
    sources::music_shop(&source);
    let world = world().await;
    let summary = import(&world, &source, true, None).await;
    for (_, entity) in tables_of(&summary) {
        assert_eq!(code(world.services.data.count(&world.admin(), &entity, None).await), "policy/denied");
    }
}

#[tokio::test]
async fn an_import_is_undone_as_one_and_comes_again() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("music.sqlite");
    sources::music_shop(&source);
    let world = world().await;
    import(&world, &source, false, None).await;
    let imported: Vec<Json> = world
        .services
        .workspace
        .documents(&world.owner)
        .await
        .unwrap()
        .iter()
        .map(|document| document.to_json())
        .collect();
    world.services.workspace.undo(&world.owner).await.unwrap();
    assert!(world.services.workspace.documents(&world.owner).await.unwrap().is_empty());
    let world = world.reopen().await;
    world.services.workspace.redo(&world.owner).await.unwrap();
    let again: Vec<Json> = world
        .services
        .workspace
        .documents(&world.owner)
        .await
        .unwrap()
        .iter()
        .map(|document| document.to_json())
        .collect();
    assert_eq!(again, imported);
}

#[tokio::test]
async fn what_is_no_database_is_refused_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let world = world().await;
    let text = folder.path().join("text.sqlite");
    std::fs::write(&text, "not a database, but longer than the header of one would have to be ".repeat(100)).unwrap();
    let empty = folder.path().join("empty.sqlite");
    std::fs::write(&empty, "").unwrap();
    let whole = folder.path().join("whole.sqlite");
    sources::music_shop(&whole);
    let bytes = std::fs::read(&whole).unwrap();
    let truncated = folder.path().join("truncated.sqlite");
    std::fs::write(&truncated, &bytes[..bytes.len() / 2]).unwrap();
    let missing = folder.path().join("missing.sqlite");
    for source in [text, empty, truncated, missing, folder.path().to_owned(), world.path()] {
        let request =
            ImportRequest { source: source.display().to_string(), with_data: true, ..ImportRequest::default() };
        let refused = world.services.importer.run(&world.owner, request, &Job::none()).await;
        let code = code(refused);
        assert!(
            ["import/source-unreadable", "import/nothing-to-import"].contains(&code.as_str()),
            "{source:?}: {code}"
        );
        assert!(world.services.workspace.documents(&world.owner).await.unwrap().is_empty());
        assert_eq!(world.services.targets.get_status(&world.owner, LOCAL).await.unwrap().deployments.len(), 0);
    }
    assert_eq!(std::fs::read(&whole).unwrap(), bytes, "the source is only read");
}

#[tokio::test]
async fn a_cancelled_import_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("music.sqlite");
    sources::music_shop(&source);
    let world = world().await;
    let job = Job::none();
    job.cancel();
    let request = ImportRequest { source: source.display().to_string(), with_data: true, ..ImportRequest::default() };
    assert_eq!(code(world.services.importer.run(&world.owner, request, &job).await), "job/cancelled");
    assert!(world.services.workspace.documents(&world.owner).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_nasty_database_comes_in_with_every_object_accounted_for() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("nasty.sqlite");
    sources::nasty(&source);
    let world = world().await;
    let summary = import(&world, &source, true, Some("admin-only")).await;
    let outcomes =
        |wanted: &str| summary.imported.objects.iter().filter(|object| object.outcome.as_str() == wanted).count();
    assert_eq!(outcomes("imported") + outcomes("changed") + outcomes("refused"), summary.imported.objects.len());
    compare_counts(&world, &source, &tables_of(&summary)).await;
    assert_eq!(world.services.integrity().await.unwrap(), Vec::<String>::new());

    let keys: Vec<(&str, &str)> = summary
        .imported
        .objects
        .iter()
        .filter(|object| object.kind == "foreignKey")
        .map(|object| (object.table.as_str(), object.outcome.as_str()))
        .collect();
    for expected in [
        ("composite_child", "changed"),
        ("self_reference", "imported"),
        ("egg", "imported"),
        ("orphans", "refused"),
        ("lost_target", "refused"),
        ("by_unique", "changed"),
        ("by_plain", "refused"),
    ] {
        assert!(keys.contains(&expected), "{expected:?} in {keys:?}");
    }
    let default = |column: &str| {
        let mut defaults = summary.imported.objects.iter().filter(|object| object.kind == "default");
        defaults
            .find(|object| object.table == "own_check" && object.name == column)
            .map(|object| object.outcome.as_str())
    };
    assert_eq!((default("n"), default("s")), (Some("refused"), Some("refused")));
    let data = &world.services.data;
    let child = data.get(&world.admin(), "CompositeChild", "1").await.unwrap().to_json();
    let filter = json!({"x": 1, "y": "a"});
    let request = ListRequest { filter: Some(filter), ..ListRequest::default() };
    let parent = data.list(&world.admin(), "composite", &request).await.unwrap().data[0].to_json();
    assert_eq!(child["composite"], parent["id"]);
    let huge = data.get(&world.admin(), "BigNumbers", "1").await.unwrap().to_json();
    assert_eq!(huge["huge"], "9223372036854775807");
    let mixed = data.get(&world.admin(), "mixed", "2").await.unwrap().to_json();
    assert_eq!((&mixed["n"], &mixed["t"], &mixed["day"]), (&json!("five"), &json!("Nw=="), &json!("0000-00-00")));
}
