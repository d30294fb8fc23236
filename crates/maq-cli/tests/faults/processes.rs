//! Two processes on one store: SQLite lets one in, Postgres both.

use crate::clients::Caller;
use crate::stage::{Answer, published, serve, until};
use crate::support::{Desk, On};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_on_one_file_is_refused_and_the_first_is_unharmed() {
    let desk = Desk::new();
    let (mut host, tokens) = published(&desk);
    let caller = Caller::new(&host.url, &tokens.data);
    assert_eq!(caller.post("C1", None).await.status, 201);
    for args in [
        vec!["serve", "--store", &desk.server, "--listen", "127.0.0.1:0"],
        vec!["token", "new", "--store", &desk.server, "--user", "eve", "--role", "admin"],
        vec!["doctor", "--store", &desk.server],
    ] {
        let ran = desk.run(&args);
        assert_eq!((ran.code, ran.out.as_str()), (5, ""), "{args:?}: {ran:?}");
        let words = "server.db` is in use by another process";
        assert!(ran.err.contains(words), "{args:?}: {ran:?}");
        assert_eq!(caller.ask("/readyz").await.status, 200);
    }
    assert_eq!(caller.post("C2", None).await.status, 201);
    assert_eq!(caller.count("Customer").await, 2);
    host.kill();
    // The lock went with the process.
    let again = serve(&desk);
    assert_eq!(Caller::new(&again.url, &tokens.data).count("Customer").await, 2);
}

#[test]
fn a_second_process_on_a_workspace_is_refused_while_the_studio_runs() {
    let desk = Desk::new();
    desk.data(&["new", &desk.ws, "--sample", "invoicing"]);
    let mut studio = desk.host(&["studio", &desk.ws, "--listen", "127.0.0.1:0", "--no-open"]);
    assert_eq!(desk.refused(&["add", "entity", &desk.ws, "Remark"]), (5, "store/in-use".into()));
    studio.kill();
    desk.data(&["add", "entity", &desk.ws, "Remark"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_over_one_postgres_see_each_others_changes_at_once() {
    let desk = Desk::with(On::Sqlite, On::Postgres);
    let (one, tokens) = published(&desk);
    let other = serve(&desk);
    let (first, second) = (Caller::new(&one.url, &tokens.data), Caller::new(&other.url, &tokens.data));
    let made = first.post("C1", None).await;
    let id = made.body["data"]["id"].as_str().unwrap().to_owned();
    assert_eq!(second.ask(&format!("/api/data/Customer/{id}")).await.status, 200);
    assert_eq!(second.post("C2", None).await.status, 201);
    assert_eq!((first.count("Customer").await, second.count("Customer").await), (2, 2));

    // A release that is applied through the first: the second serves its field.
    desk.data(&["add", "field", &desk.ws, "Customer", "nickName", "string"]);
    desk.data(&["publish", &desk.ws, "--target", "prod", "--yes"]);
    until("the second serves the release", async || {
        second.ask(&format!("/api/data/Customer/{id}")).await.body["data"].get("nickName").is_some()
    })
    .await;
    assert_eq!(second.ask("/api/data/Customer").await.status, 200);
    desk.data(&["rollback", &desk.ws, "--target", "prod", "--yes"]);
    until("the second serves the release before", async || {
        second.ask(&format!("/api/data/Customer/{id}")).await.body["data"].get("nickName").is_none()
    })
    .await;

    // A tenant that is suspended, and let in again, by the other.
    let admin =
        |host: &str, path: &str| first.client.post(format!("{host}/api/admin/{path}")).bearer_auth(&tokens.admin);
    let answered = |answer: Answer| (answer.status, answer.body["code"].as_str().unwrap_or_default().to_owned());
    assert_eq!(Answer::of(admin(&one.url, "tenants/default/suspend")).await.status, 200);
    until("the second refuses the tenant", async || {
        answered(second.ask("/api/data/Customer").await) == (403, "auth/tenant-suspended".into())
    })
    .await;
    assert_eq!(Answer::of(admin(&other.url, "tenants/default/resume")).await.status, 200);
    until("the first lets it in", async || first.ask("/api/data/Customer").await.status == 200).await;

    // A token that is revoked on one.
    let request = json!({ "userId": "eve", "roles": ["admin"] });
    let made = Answer::of(admin(&one.url, "tokens").json(&request)).await;
    let told =
        made.body["token"].as_str().or(made.body["data"]["token"].as_str()).unwrap_or_else(|| panic!("{}", made.body));
    let eve = Caller::new(&other.url, told);
    assert_eq!(eve.ask("/api/data/Customer").await.status, 200);
    let listed = desk.data_with(
        &["token", "list", "--server", &one.url, "--user", "eve"],
        &[("MAQUETTE_TOKEN", tokens.admin.as_str())],
    );
    let row = listed["tokens"].as_array().or(listed.as_array()).unwrap_or_else(|| panic!("{listed}"))[0].clone();
    let gone = first.client.delete(format!("{}/api/admin/tokens/{}", one.url, row["id"].as_str().unwrap()));
    assert!(gone.bearer_auth(&tokens.admin).send().await.unwrap().status().is_success());
    until("the second refuses the token", async || {
        answered(eve.ask("/api/data/Customer").await) == (401, "auth/token-invalid".into())
    })
    .await;
}
