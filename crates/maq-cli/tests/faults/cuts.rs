//! The line is cut in the middle of a publish and of a load: between publisher and server, and between a program and
//! Postgres. The same command run again completes, and every row is there exactly once.

use crate::clients::Caller;
use crate::stage::made;
use crate::support::{Desk, On};
use maq_testkit::proxy::Proxy;
use maq_testkit::sources;

/// After how many bytes the line is cut: at the greeting, in the plan, in the release, in its rows.
const CUTS: [u64; 5] = [300, 4_000, 40_000, 120_000, 400_000];

const TABLES: [&str; 5] = ["Artist", "Track", "PlaylistTrack", "Employee", "InvoiceLine"];

/// A workspace with rows in it.
fn shop() -> Desk {
    let desk = Desk::new();
    sources::music_shop(&desk.path("shop.sqlite"));
    desk.data(&["import", "shop.sqlite", "--into", &desk.ws, "--with-data", "--starter-policy", "standard"]);
    desk
}

async fn assert_rows_once(desk: &Desk, url: &str, token: &str, cut: u64) {
    let caller = Caller::new(url, token);
    for table in TABLES {
        let rows = sources::count_rows(&desk.path("shop.sqlite"), table);
        assert_eq!(serde_json::json!(caller.count(table).await), rows, "cut after {cut} bytes: {table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publish_whose_line_to_the_server_is_cut_completes_when_run_again() {
    let desk = shop();
    let mut broken = 0;
    for on in [On::Sqlite, On::Postgres] {
        for cut in CUTS {
            let server = Desk::with(On::Sqlite, on);
            let tokens = made(&server);
            let host = crate::stage::serve(&server);
            let line = Proxy::start(host.url.strip_prefix("http://").unwrap());
            let (target, url) = (format!("prod{}", line.port()), format!("http://127.0.0.1:{}", line.port()));
            let env = [("MAQUETTE_TOKEN", tokens.admin.as_str())];
            desk.data_with(&["target", "add", &desk.ws, &target, "--url", &url], &env);
            let publish = ["publish", &desk.ws, "--target", &target, "--with-data", "--yes"];
            line.cut_after(cut);
            broken += usize::from(desk.run(&publish).code != 0);
            desk.data(&publish);
            assert_rows_once(&desk, &host.url, &tokens.data, cut).await;
            let status = desk.data(&["status", &desk.ws, "--target", &target]);
            assert_eq!(status["deployments"].as_array().map(Vec::len), Some(1), "applied once: {status}");
            drop(host);
            assert_eq!(server.data(&["doctor", "--store", &server.server])["well"], true);
        }
    }
    assert!(broken >= 4, "the cuts fall into the publish: {broken}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publish_whose_server_loses_postgres_in_the_middle_completes_when_run_again() {
    let desk = shop();
    for cut in CUTS {
        let mut server = Desk::with(On::Sqlite, On::Postgres);
        let tokens = made(&server);
        let line = Proxy::start(&server.server);
        let (direct, through) = (server.server.clone(), line.url_of(&server.server));
        server.server = through;
        let admin = line.url_of(&server.admin_store());
        let host =
            server.host(&["serve", "--store", &server.server, "--admin-store", &admin, "--listen", "127.0.0.1:0"]);
        let target = format!("prod{cut}");
        let env = [("MAQUETTE_TOKEN", tokens.admin.as_str())];
        desk.data_with(&["target", "add", &desk.ws, &target, "--url", &host.url], &env);
        let publish = ["publish", &desk.ws, "--target", &target, "--with-data", "--yes"];
        line.cut_after(cut);
        // Whether it notices is the publisher's matter: a read is tried again by the server itself.
        desk.run(&publish);
        desk.data(&publish);
        assert_rows_once(&desk, &host.url, &tokens.data, cut).await;
        drop(host);
        assert_eq!(server.data(&["doctor", "--store", &direct])["well"], true);
    }
}

#[test]
fn a_publish_into_a_workspace_whose_line_to_postgres_is_cut_completes_when_run_again() {
    let desk = Desk::with(On::Postgres, On::Sqlite);
    desk.data(&["new", &desk.ws, "--sample", "invoicing"]);
    desk.data(&["publish", &desk.ws, "--yes"]);
    let values = r#"{ "customerNumber": "C1", "name": "Ann" }"#;
    desk.data(&["records", "create", &desk.ws, "Customer", "--values", values]);
    let line = Proxy::start(&desk.ws);
    let through = format!("{}?workspace=shop", line.url_of(desk.ws.split('?').next().unwrap()));
    let mut broken = 0;
    for (at, cut) in [2_000, 8_000, 16_000, 24_000, 32_000, 48_000].into_iter().enumerate() {
        let name = format!("field{at}");
        desk.data(&["add", "field", &desk.ws, "Customer", &name, "string"]);
        line.cut_after(cut);
        let ran = desk.run(&["publish", &through, "--yes"]);
        broken += usize::from(ran.code != 0);
        assert!([0, 6].contains(&ran.code), "{ran:?}");
        let before = desk.data(&["records", "list", &desk.ws, "Customer"])["records"][0].clone();
        assert_eq!(before["customerNumber"], "C1");
        desk.data(&["publish", &desk.ws, "--yes"]);
        let after = desk.data(&["records", "list", &desk.ws, "Customer"])["records"][0].clone();
        assert!(after.get(&name).is_some(), "cut after {cut} bytes: {after}");
        assert_eq!(desk.data(&["doctor", &desk.ws])["well"], true);
    }
    assert!(broken >= 2, "the cuts fall into the publish: {broken}");
}
