//! Policies over HTTP: what may not be seen is not there, questions about decisions, and the AuthZEN API.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "policies/much.rs"]
mod much;
#[path = "policies/own.rs"]
mod own;
mod support;

use reqwest::Method;
use serde_json::{Value as Json, json};
use support::{Answer, World, send};

/// A server where sellers read open invoices of more than 10, without the total, and change nothing.
async fn world() -> World {
    let world = World::empty().await;
    world.trust().await;
    let policy = json!({
        "id": "pol_sellers", "name": "sellers", "effect": "allow", "actions": ["read", "update"], "roles": ["seller"],
        "condition": "record.count > 10 && record.customer.number == principal.customer",
        "fields": { "read": ["customer", "count"], "write": ["count"], "mask": { "total": { "kind": "null" } } },
    });
    let customers = json!({
        "id": "pol_sellers_c", "name": "customers", "effect": "allow", "actions": ["read"], "roles": ["seller"],
    });
    world
        .publisher
        .edit(json!([
            { "op": "add", "document": "ent_Invoice", "path": ["policies"], "value": policy },
            { "op": "add", "document": "ent_Customer", "path": ["policies"], "value": customers },
        ]))
        .await;
    world.publish().await;
    world
}

async fn seller(world: &World, customer: &str) -> String {
    let body = json!({ "userId": "sam", "roles": ["seller"], "attributes": { "customer": customer } });
    let made = world.admin_asks(Method::POST, "/api/admin/tokens", body).await;
    made.body["token"].as_str().unwrap().to_owned()
}

/// Invoices with counts 11 and 9 of C1, and 12 of C2; their ids.
async fn invoices(world: &World) -> Vec<String> {
    let admin = world.token(&["admin"], &[]).await;
    let mut ids = Vec::new();
    for (number, counts) in [("C1", vec![11, 9]), ("C2", vec![12])] {
        let customer = world.customer(&admin, number).await.body["data"]["id"].clone();
        for count in counts {
            let body = json!({ "customer": customer, "total": "5.00", "count": count });
            let made = world.ask(Method::POST, "/api/data/Invoice", &admin, body).await;
            ids.push(made.body["data"]["id"].as_str().unwrap().to_owned());
        }
    }
    ids
}

#[tokio::test]
async fn a_hidden_record_answers_byte_for_byte_like_none() {
    let world = world().await;
    let (ids, sam) = (invoices(&world).await, seller(&world, "C1").await);
    let page = world.get("/api/data/Invoice?total=true", &sam).await.body;
    assert_eq!((page["data"].as_array().unwrap().len(), &page["meta"]["total"]), (1, &json!(1)));
    assert_eq!((&page["data"][0]["count"], &page["data"][0]["total"]), (&json!(11), &Json::Null));
    assert_eq!(world.get("/api/data/Invoice:count", &sam).await.body["data"]["count"], 1);
    let nowhere = "01890000-0000-7000-8000-000000000000";
    for (method, body) in
        [(Method::GET, Json::Null), (Method::PATCH, json!({ "count": 20 })), (Method::DELETE, Json::Null)]
    {
        let mut texts = Vec::new();
        for id in [ids[1].as_str(), ids[2].as_str(), nowhere] {
            for tag in ["", "\"1\"", "\"7\""] {
                let path = format!("/api/data/Invoice/{id}");
                let mut request = world.request(method.clone(), &path, &sam);
                if !tag.is_empty() {
                    request = request.header("if-match", tag);
                }
                let request = if body.is_null() { request } else { request.json(&body) };
                let answer = send(request).await;
                texts.push((answer.status.as_u16(), answer.body.to_string().replace(id, "ID")));
            }
        }
        // Sellers may delete nothing at all, whatever it is.
        let status = if method == Method::DELETE { 403 } else { 404 };
        assert!(texts.iter().all(|text| *text == texts[0] && text.0 == status), "{method} {texts:#?}");
    }
    for query in ["?filter={\"total\":{\"gt\":1}}", "?sort=total", "?total.gt=1", "?orderBy=total"] {
        let answer = world.get(&format!("/api/data/Invoice{query}"), &sam).await;
        if answer.status != 400 {
            assert_eq!(answer.code(), (403, "policy/field-not-queryable"), "{query}");
        }
    }
    let changed =
        world.ask(Method::PATCH, &format!("/api/data/Invoice/{}", ids[0]), &sam, json!({ "count": 30 })).await;
    assert_eq!((changed.status.as_u16(), &changed.body["data"]["total"]), (200, &Json::Null));
    let denied =
        world.ask(Method::PATCH, &format!("/api/data/Invoice/{}", ids[0]), &sam, json!({ "total": "1.00" })).await;
    assert_eq!(denied.code(), (403, "policy/field-denied"));
    let out = world.ask(Method::PATCH, &format!("/api/data/Invoice/{}", ids[0]), &sam, json!({ "count": 3 })).await;
    assert_eq!(out.code(), (403, "policy/denied"));
}

#[tokio::test]
async fn expansion_and_export_show_what_a_list_shows() {
    let world = world().await;
    let (ids, sam) = (invoices(&world).await, seller(&world, "C1").await);
    let admin = world.token(&["admin"], &[]).await;
    // With a reference come the records that it leads to, each once, beside the page.
    let page = world.get("/api/data/Invoice?expand=customer&sort=count", &admin).await.body;
    let customers = page["included"]["Customer"].as_array().unwrap();
    let numbers: Vec<&str> = customers.iter().map(|customer| customer["number"].as_str().unwrap()).collect();
    assert_eq!((page["data"].as_array().unwrap().len(), numbers), (3, vec!["C1", "C2"]));
    assert_eq!(world.get("/api/data/Invoice?limit=1", &admin).await.body.get("included"), None);
    let one = format!("/api/data/Invoice/{}?expand=customer", ids[2]);
    let answer = world.get(&one, &admin).await;
    assert_eq!(answer.body["included"]["Customer"][0]["number"], "C2");
    assert_eq!(answer.headers.get("etag"), None, "a tag would speak for the customer too");
    let seen = world.get("/api/data/Invoice?expand=customer", &sam).await.body;
    assert_eq!(seen["included"]["Customer"].as_array().unwrap().len(), 1);
    for (path, code) in [
        ("Invoice?expand=customer.name", "data/expand-wrong"),
        ("Invoice?expand=total", "data/expand-wrong"),
        ("Invoice?expand=nothing", "data/expand-wrong"),
        ("Invoice?expand=customer.customer.customer", "data/expand-wrong"),
        (
            "Invoice?expand=customer,customer,customer,customer,customer,customer,customer,customer,customer",
            "data/expand-wrong",
        ),
        ("Invoice:export?limit=5", "http/parameter-wrong"),
        ("Invoice:count?expand=customer", "http/parameter-wrong"),
        ("Invoice:count?sort=count", "http/parameter-wrong"),
        ("Invoice:count?limit=5", "http/parameter-wrong"),
        ("Invoice:count?page=1", "http/parameter-wrong"),
        ("Invoice:count?after=x", "http/parameter-wrong"),
        ("Invoice:count?total=true", "http/parameter-wrong"),
        ("Invoice:export?format=xls", "http/parameter-wrong"),
        ("Invoice:export?nothing=1", "http/parameter-wrong"),
        ("Nothing:export", "data/entity-unknown"),
    ] {
        assert_eq!(world.get(&format!("/api/data/{path}"), &admin).await.code().1, code, "{path}");
    }
    assert_eq!(world.get("/api/data/Invoice:export?sort=total", &sam).await.code().1, "policy/field-not-queryable");

    let text = |path: &'static str, token: String| {
        let request = world.request(Method::GET, path, &token);
        async move {
            let answer = request.send().await.unwrap();
            let told = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
            let heads = (told("content-type"), told("content-disposition"));
            (heads, answer.text().await.unwrap())
        }
    };
    let (heads, lines) = text("/api/data/Invoice:export", sam.clone()).await;
    assert_eq!(heads, ("application/x-ndjson".into(), "attachment; filename=\"Invoice.jsonl\"".into()));
    let list = world.get("/api/data/Invoice", &sam).await.body;
    let exported: Vec<Json> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(json!(exported), list["data"]);
    let (heads, table) = text("/api/data/Invoice:export?format=csv&count[gt]=10&sort=-count", admin.clone()).await;
    assert_eq!(heads.0, "text/csv; charset=utf-8; header=present");
    let rows: Vec<&str> = table.split_terminator("\r\n").collect();
    assert!(rows[0].starts_with("id,") && rows[0].contains(",count"), "{}", rows[0]);
    assert_eq!((rows.len(), rows[1].starts_with(&ids[2]), rows[2].starts_with(&ids[0])), (3, true, true), "{table}");
    let (_, table) = text("/api/data/Invoice:export?format=csv", sam).await;
    assert_eq!(table.split_terminator("\r\n").count(), 2, "{table}");
    let audited = world.get("/api/audit/events?eventType=data.export", &world.admin).await.body;
    assert_eq!(audited["data"][0]["resource"], "Invoice");
}

/// More records than a page: all of them, each once.
#[tokio::test]
async fn an_export_goes_on_beyond_a_page() {
    let world = world().await;
    let admin = world.token(&["admin"], &[]).await;
    let number = |at: usize| json!({ "op": "create", "entity": "Customer", "data": { "number": format!("N{at:04}"), "name": "n, \"m\"\n" } });
    for batch in [0..400, 400..450_usize] {
        let operations: Vec<Json> = batch.map(number).collect();
        let made = world.ask(Method::POST, "/api/data:batch", &admin, json!({ "operations": operations })).await;
        assert_eq!(made.status, 200);
    }
    let path = "/api/data/Customer:export?format=csv&sort=-number";
    let answer = world.request(Method::GET, path, &admin).send().await.unwrap();
    let mut table = csv::Reader::from_reader(std::io::Cursor::new(answer.bytes().await.unwrap()));
    let (names, rows) = (table.headers().unwrap().clone(), table.records().map(Result::unwrap).collect::<Vec<_>>());
    let at = |name: &str| names.iter().position(|known| known == name).unwrap();
    let numbers: Vec<String> = rows.iter().map(|row| row[at("number")].to_owned()).collect();
    let expected: Vec<String> = (0..450).rev().map(|at| format!("N{at:04}")).collect();
    assert_eq!(numbers, expected);
    assert!(rows.iter().all(|row| &row[at("name")] == "n, \"m\"\n"));
}

async fn asks(world: &World, path: &str, token: &str, body: Json) -> Answer {
    world.ask(Method::POST, path, token, body).await
}

#[tokio::test]
async fn questions_about_records_are_answered_for_who_may_ask() {
    let world = world().await;
    let (ids, sam) = (invoices(&world).await, seller(&world, "C1").await);
    let check = |id: &str| json!({ "action": "read", "resource": "Invoice", "id": id });
    let allowed = asks(&world, "/api/policy/check", &sam, check(&ids[0])).await.body["data"].clone();
    assert_eq!((&allowed["allowed"], &allowed["decidedBy"]), (&json!(true), &json!(["sellers"])));
    let hidden = asks(&world, "/api/policy/check", &sam, check(&ids[1])).await.body["data"].clone();
    let nowhere = "01890000-0000-7000-8000-000000000000";
    let absent = asks(&world, "/api/policy/check", &sam, check(nowhere)).await.body["data"].clone();
    assert_eq!(
        hidden["reason"].as_str().unwrap().replace(&ids[1], ""),
        absent["reason"].as_str().unwrap().replace(nowhere, "")
    );
    let who = json!({ "userId": "sam", "roles": ["seller"], "attributes": { "customer": "C1" } });
    let mut asked = check(&ids[1]);
    asked["principal"] = who.clone();
    assert_eq!(asks(&world, "/api/policy/explain", &sam, asked.clone()).await.status, 403);
    let told = asks(&world, "/api/policy/explain", &world.admin, asked).await.body["data"].clone();
    assert_eq!(told["decision"]["allowed"], false);
    assert_eq!(told["decision"]["failed"][0]["text"], "record.count > 10");
    assert_eq!(told["decision"]["failed"][0]["values"], json!([["record.count", "9"]]));
    let rule = told["rules"].as_array().unwrap().iter().find(|rule| rule["name"] == "sellers").unwrap();
    assert_eq!((&rule["outcome"], &rule["condition"]["parts"][0]["value"]), (&json!("notMatched"), &json!("false")));
    let given = json!({ "action": "read", "resource": "Invoice", "principal": who,
                        "record": { "count": 50, "customer": nowhere } });
    let told = asks(&world, "/api/policy/check", &world.admin, given).await.body["data"].clone();
    assert_eq!(told["allowed"], false, "a customer that is not there");
    let filter = json!({ "action": "read", "resource": "Invoice", "ids": ids });
    let rows = asks(&world, "/api/policy/filter", &sam, filter).await.body["data"].clone();
    assert_eq!(rows, json!({ "rows": "some", "count": 1, "ids": [ids[0]] }));
    let masked = asks(&world, "/api/policy/mask", &sam, json!({ "resource": "Invoice", "id": ids[0] })).await.body;
    assert_eq!(masked["data"]["fields"]["total"], json!({ "read": "masked", "writable": false }));
    assert_eq!(masked["data"]["fields"]["count"], json!({ "read": "readable", "writable": true }));
    let batch = json!({ "checks": [check(&ids[0]), check(&ids[1])] });
    let both = asks(&world, "/api/policy/batch", &sam, batch).await.body["data"].clone();
    assert_eq!((&both[0]["allowed"], &both[1]["allowed"]), (&json!(true), &json!(false)));
    let log = world.get("/api/policy/decisions?limit=5", &world.admin).await.body["data"].clone();
    assert_eq!(
        (&log[0]["userId"], &log[0]["allowed"], &log[0]["standsFor"]),
        (&json!("sam"), &json!(false), &json!(1))
    );
    assert_eq!(world.get("/api/policy/decisions", &sam).await.status, 403);
}

#[tokio::test]
async fn questions_that_are_none_are_refused_with_a_code() {
    let world = world().await;
    let sam = seller(&world, "C1").await;
    let long = "x".repeat(300);
    for (path, body, expected) in [
        ("/api/policy/check", json!({ "action": "read" }), (400, "http/bad-body")),
        ("/api/policy/check", json!({ "action": "read", "resource": "Invoice", "id": [] }), (400, "policy/id-wrong")),
        (
            "/api/policy/check",
            json!({ "action": "read", "resource": "Invoice", "id": "1", "record": {} }),
            (400, "policy/record-twice"),
        ),
        (
            "/api/policy/check",
            json!({ "action": "read", "resource": "Invoice", "record": { "x": 1 } }),
            (422, "policy/record-unreadable"),
        ),
        (
            "/api/policy/check",
            json!({ "action": "read", "resource": "Invoice", "record": { "count": "x" } }),
            (422, "policy/record-unreadable"),
        ),
        ("/api/policy/check", json!({ "action": "read", "resource": long }), (422, "data/identifier-too-long")),
        ("/api/policy/filter", json!({ "action": "read", "resource": "Nothing" }), (404, "data/entity-unknown")),
        (
            "/api/policy/filter",
            json!({ "action": "read", "resource": "Invoice", "ids": vec!["x"; 501] }),
            (413, "policy/too-many-ids"),
        ),
        ("/api/policy/mask", json!({ "resource": "Invoice", "id": "none" }), (404, "data/record-not-found")),
        (
            "/api/policy/batch",
            json!({ "checks": vec![json!({ "action": "read", "resource": "Invoice" }); 101] }),
            (413, "policy/too-many-checks"),
        ),
        ("/access/v1/evaluation", json!({ "action": { "name": "read" } }), (400, "policy/evaluation-incomplete")),
        ("/access/v1/evaluation", evaluation("bob", "read", "*"), (403, "auth/admin-needed")),
    ] {
        assert_eq!(asks(&world, path, &sam, body.clone()).await.code(), expected, "{path} {body}");
    }
    let missing =
        asks(&world, "/api/policy/check", &world.admin, json!({ "action": "read", "resource": "Invoice" })).await;
    assert_eq!(missing.code(), (400, "policy/principal-missing"));
    // What nobody knows is denied, never an error that could be taken for something else.
    for (action, resource) in [("fly", "Invoice"), ("read", "Nothing"), ("*", "Invoice"), ("", "")] {
        let answer = asks(&world, "/api/policy/check", &sam, json!({ "action": action, "resource": resource })).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["data"]["allowed"]),
            (200, &json!(false)),
            "{action} {resource}"
        );
    }
}

fn evaluation(subject: &str, action: &str, id: &str) -> Json {
    json!({
        "subject": { "type": "user", "id": subject, "properties": { "roles": ["seller"], "customer": "C1" } },
        "action": { "name": action }, "resource": { "type": "Invoice", "id": id },
    })
}

#[tokio::test]
async fn other_systems_ask_through_authzen() {
    let world = world().await;
    let (ids, sam) = (invoices(&world).await, seller(&world, "C1").await);
    let known = world.get("/.well-known/authzen-configuration", "").await;
    assert_eq!(known.status, 200);
    assert_eq!(known.body["policy_decision_point"], world.url.as_str());
    assert_eq!(known.body["access_evaluation_endpoint"], format!("{}/access/v1/evaluation", world.url));
    let request = world.request(Method::POST, "/access/v1/evaluation", &world.admin).header("x-request-id", "r-1");
    let answer = send(request.json(&evaluation("sam", "read", &ids[0]))).await;
    assert_eq!((answer.status.as_u16(), answer.header("x-request-id")), (200, "r-1"));
    assert_eq!((&answer.body["decision"], &answer.body["context"]["decidedBy"]), (&json!(true), &json!(["sellers"])));
    for (token, id, expected) in [(&world.admin, &ids[1], false), (&sam, &ids[0], true), (&sam, &ids[2], false)] {
        let answer = asks(&world, "/access/v1/evaluation", token, evaluation("sam", "read", id)).await;
        assert_eq!(answer.body["decision"], expected, "{id}");
    }
    let mut given = evaluation("sam", "read", "*");
    given["resource"]["properties"] = json!({ "count": 50 });
    assert_eq!(asks(&world, "/access/v1/evaluation", &world.admin, given).await.body["decision"], false);
    let several = |semantic: &str| {
        let mut request = evaluation("sam", "read", &ids[0]);
        request["evaluations"] = json!([
            {}, { "resource": { "type": "Invoice", "id": ids[1] } }, { "action": { "name": "update" } },
        ]);
        request["options"] = json!({ "evaluations_semantic": semantic });
        request
    };
    for (semantic, expected) in [
        ("execute_all", vec![true, false, true]),
        ("deny_on_first_deny", vec![true, false]),
        ("permit_on_first_permit", vec![true]),
    ] {
        let answer = asks(&world, "/access/v1/evaluations", &world.admin, several(semantic)).await;
        let decisions: Vec<bool> = answer.body["evaluations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["decision"].as_bool().unwrap())
            .collect();
        assert_eq!(decisions, expected, "{semantic}");
    }
    let single = asks(&world, "/access/v1/evaluations", &world.admin, evaluation("sam", "read", &ids[0])).await;
    assert_eq!(single.body["decision"], true);
}
