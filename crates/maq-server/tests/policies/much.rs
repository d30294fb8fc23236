//! A principal whose lists are more than a database can be asked about gets nothing, and every answer tells why.

use super::asks;
use super::support::{Answer, World};
use reqwest::Method;
use serde_json::{Value as Json, json};

const WHY: &str =
    "the conditions of the policies that apply at once have 56010 parts together, at most 10000 can be asked";

async fn world() -> World {
    let world = World::empty().await;
    world.trust().await;
    let rule = |name: &str, actions: &[&str]| json!({ "id": format!("pol_{name}"), "name": name, "effect": "allow", "actions": actions, "roles": ["much"] });
    let looped = |name: &str| {
        let mut rule = rule(name, &["read"]);
        rule["condition"] = json!("principal.numbers.exists(n, record.count == n)");
        rule
    };
    let edit = |rule: Json| json!({ "op": "add", "document": "ent_Invoice", "path": ["policies"], "value": rule });
    let mut counts = rule("counts", &["read"]);
    counts["roles"] = json!(["clerk"]);
    counts["condition"] = json!("record.count == 7");
    counts["fields"] = json!({ "read": ["count"], "mask": { "total": { "kind": "null" } } });
    let mut vip = counts.clone();
    vip["id"] = json!("pol_vip");
    vip["name"] = json!("vip");
    vip["condition"] = json!("principal.vip && record.count == 7");
    vip["fields"] = json!({ "read": ["customer"] });
    let mut capped = rule("capped", &["update"]);
    capped["roles"] = json!(["clerk"]);
    capped["condition"] = json!("record.total < 1000.00 && record.count != 9");
    let rules = [looped("one"), looped("other"), rule("changes", &["update"]), counts, vip, capped];
    world.publisher.edit(json!(rules.map(edit))).await;
    world.publish().await;
    world
}

async fn token(world: &World, numbers: usize) -> String {
    let body = json!({ "userId": "max", "roles": ["much"], "attributes": { "numbers": vec![7; numbers] } });
    let made = world.admin_asks(Method::POST, "/api/admin/tokens", body).await;
    made.body["token"].as_str().unwrap().to_owned()
}

/// A decision without its id.
fn decided(answer: &Answer) -> Json {
    let mut data = answer.body["data"].clone();
    data.as_object_mut().unwrap().remove("decisionId");
    data.as_object_mut().unwrap().remove("policySet");
    data
}

#[tokio::test]
async fn who_meets_too_much_is_told_so_in_every_answer() {
    let world = world().await;
    let admin = world.token(&["admin"], &[]).await;
    let customer = world.customer(&admin, "C1").await.body["data"]["id"].clone();
    let values = json!({ "customer": customer, "total": "5.00", "count": 7 });
    let id = world.ask(Method::POST, "/api/data/Invoice", &admin, values).await.body["data"]["id"].clone();
    let (few, much) = (token(&world, 1_000).await, token(&world, 7_001).await);
    let place = format!("/api/data/Invoice/{}", id.as_str().unwrap());
    let question = json!({ "action": "read", "resource": "Invoice", "id": id });
    let allowed = asks(&world, "/api/policy/check", &few, question.clone()).await.body;
    assert_eq!(allowed["data"]["allowed"], true, "{allowed}");
    assert_eq!(world.get(&place, &few).await.status, 200);

    let mut named = question.clone();
    named["principal"] = json!({ "userId": "max", "roles": ["much"], "attributes": { "numbers": vec![7; 7_001] } });
    let denied = json!({
        "allowed": false, "decidedBy": [], "reason": WHY, "failed": [], "missing": [], "obligations": [], "advice": [],
    });
    for (token, question) in [(&much, &question), (&world.admin, &named)] {
        assert_eq!(decided(&asks(&world, "/api/policy/check", token, question.clone()).await), denied);
        let mut rows = question.clone();
        rows.as_object_mut().unwrap().remove("id");
        let none = json!({ "data": { "rows": "none", "count": 0, "ids": null, "reason": WHY } });
        assert_eq!(asks(&world, "/api/policy/filter", token, rows).await.body, none);
        let mut seen = question.clone();
        seen.as_object_mut().unwrap().remove("action");
        let masked = asks(&world, "/api/policy/mask", token, seen).await;
        assert_eq!((masked.code(), &masked.body["params"]["reason"]), ((403, "policy/denied"), &json!(WHY)));
    }
    let explained = asks(&world, "/api/policy/explain", &world.admin, named.clone()).await;
    assert_eq!(
        (&explained.body["data"]["decision"]["reason"], &explained.body["data"]["rules"]),
        (&json!(WHY), &json!([]))
    );
    for path in ["/api/data/Invoice", "/api/data/Invoice:count", "/api/data/Invoice:export", &place] {
        let read = world.get(path, &much).await;
        assert_eq!((read.code(), &read.body["params"]["reason"]), ((403, "policy/denied"), &json!(WHY)), "{path}");
    }
    let changed = world.ask(Method::PATCH, &place, &much, json!({ "count": 8 })).await;
    let why = format!("no record of `Invoice` may be read: {WHY}, and what may not be read is not there to update");
    assert_eq!((changed.code(), &changed.body["params"]["reason"]), ((403, "policy/denied"), &json!(why)));

    // No token holds so much.
    named["principal"]["attributes"]["numbers"] = json!(vec![7; 9_000]);
    let too_large = (413, "policy/question-too-large");
    assert_eq!(asks(&world, "/api/policy/check", &world.admin, named.clone()).await.code(), too_large);
    named["principal"]["attributes"] = json!({});
    named["principal"]["roles"] = json!(vec!["much"; 1_001]);
    assert_eq!(asks(&world, "/api/policy/check", &world.admin, named.clone()).await.code(), too_large);
    named["principal"]["roles"] = json!(["much"]);
    named["context"] = json!({ "text": "x".repeat(17_000) });
    assert_eq!(asks(&world, "/api/policy/check", &world.admin, named).await.code(), too_large);
}

/// A field that no row shows has no column, though which rows are shown depends on each.
#[tokio::test]
async fn what_is_hidden_everywhere_is_not_named() {
    let world = world().await;
    let (admin, clerk) = (world.token(&["admin"], &[]).await, world.token(&["clerk"], &[]).await);
    let customer = world.customer(&admin, "C1").await.body["data"]["id"].clone();
    for count in [6, 7] {
        let values = json!({ "customer": customer, "total": "5.00", "count": count });
        assert_eq!(world.ask(Method::POST, "/api/data/Invoice", &admin, values).await.status, 201);
    }
    let export = world.request(Method::GET, "/api/data/Invoice:export?format=csv", &clerk).send().await.unwrap();
    let (table, shown) = (export.text().await.unwrap(), world.get("/api/data/Invoice", &clerk).await.body);
    let (head, rows) = table.split_once("\r\n").unwrap();
    assert_eq!(head, "id,total,count,rowVersion,createdAt,createdBy,updatedAt,updatedBy");
    let names: Vec<&str> = shown["data"][0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!((head.split(',').collect::<Vec<&str>>(), rows.lines().count()), (names, 1));
}

/// The clause that failed would tell of a total that clerks see masked.
#[tokio::test]
async fn a_denial_tells_no_clause_on_what_is_hidden() {
    let world = world().await;
    let (admin, clerk) = (world.token(&["admin"], &[]).await, world.token(&["clerk"], &[]).await);
    let customer = world.customer(&admin, "C1").await.body["data"]["id"].clone();
    let hidden = "no policy allows `update` here: `capped` does not hold";
    let whole = "no policy allows `update` here: `record.total < 1000.00` of `capped` is false";
    for total in [json!("5000.00"), Json::Null] {
        let values = json!({ "customer": customer, "total": total, "count": 7 });
        let id = world.ask(Method::POST, "/api/data/Invoice", &admin, values).await.body["data"]["id"].clone();
        let path = format!("/api/data/Invoice/{}", id.as_str().unwrap());
        let changed = world.ask(Method::PATCH, &path, &clerk, json!({ "count": 8 })).await;
        assert_eq!((changed.code(), &changed.body["params"]["reason"]), ((403, "policy/denied"), &json!(hidden)));
        let question = json!({ "action": "update", "resource": "Invoice", "id": id });
        let own = decided(&asks(&world, "/api/policy/check", &clerk, question.clone()).await);
        let clause = json!({ "policy": "capped", "text": "", "span": [0, 0], "values": [], "error": null });
        let told = json!({
            "allowed": false, "decidedBy": [], "reason": hidden, "failed": [clause], "missing": [],
            "obligations": [], "advice": [],
        });
        assert_eq!(own, told, "{total}");
        let mut named = question;
        named["principal"] = json!({ "userId": "cleo", "roles": ["clerk"] });
        let answer = decided(&asks(&world, "/api/policy/check", &world.admin, named).await);
        let clause = answer["failed"][0]["text"].as_str().unwrap();
        assert!(clause.contains("record.total < 1000.00"), "{answer}");
        assert!(total.is_null() || answer["reason"] == whole, "{answer}");
    }
    let audited = world.get("/api/audit/events?eventType=policy.deny", &world.admin).await.body;
    assert!(audited.to_string().contains("record.total < 1000.00"), "{audited}");
}
