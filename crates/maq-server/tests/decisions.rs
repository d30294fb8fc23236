//! The decision log of a server: what is kept of decisions, for how long, for whom, and what is told when it is not.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

#[path = "decisions/places.rs"]
mod places;

use maq_app::{DecisionOptions, Options};
use maq_value::Actor;
use places::{Broken, Shop};
use reqwest::Method;
use serde_json::{Value as Json, json};
use std::sync::atomic::Ordering;
use support::{Answer, World};

fn with(decisions: DecisionOptions) -> Options {
    Options { decisions, ..Options::default() }
}

fn all_allows() -> Options {
    with(DecisionOptions { allows_per_mille: 1_000, ..DecisionOptions::default() })
}

/// The log as an administrator reads it.
async fn log(world: &World, query: &str) -> Vec<Json> {
    let answer = world.get(&format!("/api/policy/decisions?{query}"), &world.admin).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body["data"].as_array().unwrap().clone()
}

async fn dropped(world: &World) -> u64 {
    world.get("/api/policy/decisions", &world.admin).await.body["meta"]["dropped"].as_u64().unwrap()
}

/// A decision over something that is not there: a denial.
async fn deny(world: &World, token: &str, thing: &str) -> Answer {
    let answer =
        world.ask(Method::POST, "/api/policy/check", token, json!({ "action": "read", "resource": thing })).await;
    assert_eq!((answer.status.as_u16(), &answer.body["data"]["allowed"]), (200, &json!(false)), "{}", answer.body);
    answer
}

fn things(entries: &[Json]) -> Vec<&str> {
    entries.iter().map(|entry| entry["entity"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_survive_a_restart_and_hold_no_values() {
    let shop = Shop::new().await;
    let world = shop.open(all_allows()).await;
    world.trust().await;
    world.publish().await;
    let (guest, admin) = (world.token(&["guest"], &[]).await, world.token(&["admin"], &[]).await);
    let made = world.customer(&admin, "SECRET-1").await.body["data"]["id"].as_str().unwrap().to_owned();
    assert_eq!(world.get("/api/data/Customer?name[eq]=HIDDEN", &guest).await.status, 200);
    let path = format!("/api/data/Customer/{made}");
    let denied = world.ask(Method::PATCH, &path, &guest, json!({ "name": "TAKEN" })).await;
    assert_eq!(denied.code(), (403, "policy/denied"));
    let question = json!({ "action": "read", "resource": "Customer", "id": made, "context": { "why": "BECAUSE" },
                           "principal": { "userId": "bob", "roles": ["guest"] } });
    let asked = world.ask(Method::POST, "/api/policy/check", &world.admin, question).await.body["data"].clone();
    assert_eq!(asked["allowed"], true);
    deny(&world, &guest, "Nothing").await;
    let before = log(&world, "").await;
    assert_eq!(things(&before), ["Nothing", "Customer", "Customer", "Customer", "Customer"]);
    let kept = &before[1];
    assert_eq!(kept["decisionId"], asked["decisionId"]);
    assert_eq!(kept["policySet"], asked["policySet"]);
    assert_eq!(
        (&kept["userId"], &kept["tenantId"], &kept["realmId"], &kept["action"], &kept["recordId"]),
        (&json!("bob"), &json!("default"), &json!("main"), &json!("read"), &json!(made))
    );
    assert_eq!(
        (&kept["allowed"], &kept["decidedBy"], &kept["standsFor"]),
        (&json!(true), &json!(["guests"]), &json!(1))
    );
    assert_eq!((&before[2]["action"], &before[2]["allowed"]), (&json!("update"), &json!(false)));
    let text = Json::Array(before.clone()).to_string();
    for value in ["SECRET", "HIDDEN", "TAKEN", "BECAUSE"] {
        assert!(!text.contains(value), "{text}");
    }
    deny(&world, &guest, "Last").await;
    shop.stop(world).await;
    let world = shop.open(all_allows()).await;
    let after = log(&world, "").await;
    assert_eq!(after[0]["entity"], "Last", "what waited was written as the server ended");
    assert_eq!(after[1..], before);
    shop.stop(world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_hold_together_and_pages_follow_each_other() {
    let shop = Shop::new().await;
    let world = shop.open(all_allows()).await;
    world.trust().await;
    world.publish().await;
    let guest = world.token(&["guest"], &[]).await;
    for number in 0..12 {
        deny(&world, &guest, &format!("Thing{number:02}")).await;
    }
    let read =
        json!({ "action": "read", "resource": "Customer", "principal": { "userId": "mia", "roles": ["guest"] } });
    for action in ["read", "delete", "read"] {
        let mut question = read.clone();
        question["action"] = action.into();
        world.ask(Method::POST, "/api/policy/check", &world.admin, question).await;
    }
    let mut pages = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/api/policy/decisions?limit=4&principal=bob{after}");
        let page = world.get(&path, &world.admin).await.body;
        pages.extend(page["data"].as_array().unwrap().clone());
        assert_eq!(page["meta"]["limit"], 4);
        let Some(next) = page["meta"]["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    let expected: Vec<String> = (0..12).rev().map(|number| format!("Thing{number:02}")).collect();
    assert_eq!(things(&pages), expected);
    assert_eq!(log(&world, "principal=mia").await.len(), 3);
    assert_eq!(log(&world, "principal=mia&effect=allow").await.len(), 2);
    assert_eq!(log(&world, "principal=mia&effect=deny&action=delete&entity=Customer").await.len(), 1);
    assert_eq!(log(&world, "principal=mia&effect=deny&action=read").await.len(), 0);
    assert_eq!(things(&log(&world, "entity=Thing03").await), ["Thing03"]);
    let (old, young) = (&pages[8]["at"], &pages[4]["at"]);
    let between = format!("principal=bob&since={}&until={}", old.as_str().unwrap(), young.as_str().unwrap());
    assert_eq!(things(&log(&world, &between).await), ["Thing06", "Thing05", "Thing04", "Thing03"]);
    for (query, code) in [
        ("limit=0", (422, "data/page-wrong")),
        ("limit=201", (422, "data/page-wrong")),
        ("after=x", (422, "data/cursor-invalid")),
        ("after=12.", (422, "data/cursor-invalid")),
        ("since=yesterday", (400, "http/parameter-wrong")),
        ("until=", (400, "http/parameter-wrong")),
        ("effect=maybe", (400, "http/parameter-wrong")),
        ("user=bob", (400, "http/parameter-wrong")),
        ("entity=%00", (400, "http/parameter-wrong")),
    ] {
        let refused = world.get(&format!("/api/policy/decisions?{query}"), &world.admin).await;
        assert_eq!(refused.code(), code, "{query}: {}", refused.body);
    }
    assert_eq!(world.get("/api/policy/decisions?principal=bob", &guest).await.code(), (403, "auth/admin-needed"));
    shop.stop(world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_of_one_tenant_and_realm() {
    let shop = Shop::new().await;
    let world = shop.open(Options::default()).await;
    let root = Actor::admin("root");
    let mut tokens = Vec::new();
    for tenant in ["amber", "birch"] {
        world.services.access.add_tenant(&root, tenant, None).await.unwrap();
        tokens.push(world.token(&["guest"], &[tenant]).await);
    }
    deny(&world, &tokens[0], "OfAmber").await;
    deny(&world, &tokens[1], "OfBirch").await;
    let principal = json!({ "userId": "bob", "roles": [], "tenantId": "amber", "realmId": "trial" });
    let question = json!({ "action": "read", "resource": "OfTrial", "principal": principal });
    world.ask(Method::POST, "/api/policy/check", &world.admin, question).await;
    assert_eq!(things(&log(&world, "tenantId=amber").await), ["OfAmber"]);
    assert_eq!(things(&log(&world, "tenantId=birch&realmId=main").await), ["OfBirch"]);
    assert_eq!(things(&log(&world, "tenantId=amber&realmId=trial").await), ["OfTrial"]);
    assert_eq!(log(&world, "").await.len(), 0, "the default tenant has decided nothing");
    assert_eq!(log(&world, "tenantId=cedar").await.len(), 0);
    let page = world.get("/api/policy/decisions?tenantId=amber&limit=1", &world.admin).await.body;
    let cursor = format!("9{}.{}", "0".repeat(17), page["data"][0]["decisionId"].as_str().unwrap());
    let crossed = log(&world, &format!("tenantId=birch&after={cursor}")).await;
    assert_eq!(things(&crossed), ["OfBirch"], "another log's cursor is a place in time and no more");
    shop.stop(world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn old_entries_go_by_number_and_by_day() {
    let shop = Shop::new().await;
    let world = shop.open(with(DecisionOptions { kept: 5, ..DecisionOptions::default() })).await;
    let guest = world.token(&["guest"], &[]).await;
    for number in 0..9 {
        deny(&world, &guest, &format!("Thing{number}")).await;
    }
    assert_eq!(things(&log(&world, "").await), ["Thing8", "Thing7", "Thing6", "Thing5", "Thing4"]);
    shop.stop(world).await;
    assert_eq!(shop.rows().await, 5);
    // The days of these are over: they are not shown, and the sweep takes them away.
    let world = shop.open(with(DecisionOptions { days: 0, ..DecisionOptions::default() })).await;
    assert_eq!(log(&world, "").await.len(), 0);
    world.services.policy_gate.sweep_decisions().await.unwrap();
    shop.stop(world).await;
    assert_eq!(shop.rows().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_takes_nothing_stops_no_decision_and_what_is_lost_is_told() {
    let shop = Shop::new().await;
    let broken = Broken::default();
    let options = with(DecisionOptions { waiting: 3, ..DecisionOptions::default() });
    let world = shop.open_through(broken.clone(), options).await;
    let guest = world.token(&["guest"], &[]).await;
    deny(&world, &guest, "Before").await;
    assert_eq!(things(&log(&world, "").await), ["Before"]);
    let ready = async || world.get("/readyz", "").await.body["services"]["policy"].clone();
    assert!(!ready().await["message"].as_str().unwrap().contains("could not be kept"));
    broken.0.store(true, Ordering::SeqCst);
    for number in 0..8 {
        deny(&world, &guest, &format!("Thing{number}")).await;
    }
    // The log is read all the same; what waits is not in it, and what is lost is told at once.
    assert_eq!(things(&log(&world, "").await), ["Before"]);
    assert_eq!(dropped(&world).await, 5);
    let health = ready().await;
    assert_eq!(health["healthy"], true);
    assert!(health["message"].as_str().unwrap().ends_with("; 5 decisions could not be kept in the log"), "{health}");
    let metrics = world.get("/metrics", "").await.body;
    assert!(metrics.as_str().unwrap().contains("\nmaquette_decisions_dropped_total 5\n"), "{metrics}");
    broken.0.store(false, Ordering::SeqCst);
    assert_eq!(things(&log(&world, "").await), ["Thing2", "Thing1", "Thing0", "Before"]);
    deny(&world, &guest, "After").await;
    assert_eq!(things(&log(&world, "limit=1").await), ["After"]);
    shop.stop(world).await;
    // The count stays with the log, and another tenant's is its own.
    let world = shop.open(Options::default()).await;
    assert_eq!(dropped(&world).await, 5);
    let other = world.get("/api/policy/decisions?tenantId=amber", &world.admin).await.body;
    assert_eq!(other["meta"]["dropped"], 0);
    shop.stop(world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn allows_are_sampled_and_denials_are_not() {
    let shop = Shop::new().await;
    let world = shop.open(with(DecisionOptions { allows_per_mille: 100, ..DecisionOptions::default() })).await;
    world.trust().await;
    world.publish().await;
    let guest = world.token(&["guest"], &[]).await;
    let check = |action: &str| json!({ "action": action, "resource": "Customer" });
    for action in ["read", "delete"] {
        let batch = json!({ "checks": vec![check(action); 50] });
        assert_eq!(world.ask(Method::POST, "/api/policy/batch", &guest, batch).await.status, 200);
    }
    let allowed = log(&world, "effect=allow").await;
    assert_eq!((allowed.len(), &allowed[0]["standsFor"]), (5, &json!(10)));
    let denied = log(&world, "effect=deny&limit=200").await;
    assert_eq!((denied.len(), &denied[0]["standsFor"]), (50, &json!(1)));
    shop.stop(world).await;
    let world = shop.open(with(DecisionOptions { allows_per_mille: 0, ..DecisionOptions::default() })).await;
    world.ask(Method::POST, "/api/policy/check", &guest, check("read")).await;
    world.ask(Method::POST, "/api/policy/check", &guest, check("delete")).await;
    assert_eq!((log(&world, "effect=allow").await.len(), log(&world, "effect=deny&limit=200").await.len()), (5, 51));
    shop.stop(world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_words_are_kept_as_they_can_be() {
    let shop = Shop::new().await;
    let world = shop.open(Options::default()).await;
    for (user, tenant, kept) in [
        ("a\u{0}b".to_owned(), "default", true),
        ("x".repeat(5_000), "default", true),
        ("'; DROP TABLE meta_decisions; --".to_owned(), "default", true),
        ("\u{1F600}%_".to_owned(), "default", true),
        ("ann".to_owned(), "a\u{0}b", false),
        ("ann".to_owned(), &"t".repeat(600), false),
    ] {
        let before = (log(&world, "").await.len(), world.services.policy_gate.check_health().await.message);
        let principal = json!({ "userId": user, "roles": [], "tenantId": tenant });
        let question = json!({ "action": "read", "resource": "Nothing", "principal": principal });
        let asked = world.ask(Method::POST, "/api/policy/check", &world.admin, question).await;
        assert_eq!(asked.status, 200, "{}", asked.body);
        let after = (log(&world, "").await.len(), world.services.policy_gate.check_health().await.message);
        assert_eq!((after.0 > before.0, after.1 == before.1), (kept, kept), "{user:.40} {tenant:.40}: {after:?}");
    }
    shop.stop(world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_over_one_store_write_one_log() {
    let shop = Shop::new().await;
    if !shop.is_shared() {
        return;
    }
    let (first, second) = (shop.open(Options::default()).await, shop.open(Options::default()).await);
    let guest = first.token(&["guest"], &[]).await;
    let mut expected = Vec::new();
    for number in 0..20 {
        let name = format!("Thing{number:02}");
        deny(if number % 2 == 0 { &first } else { &second }, &guest, &name).await;
        expected.insert(0, name);
    }
    // What one has written the other reads at once; what it is about to write, as soon as it is written.
    let _ = (log(&first, "").await, log(&second, "").await);
    assert_eq!(things(&log(&first, "").await), expected);
    assert_eq!(things(&log(&second, "").await), expected);
    shop.stop(first).await;
    shop.stop(second).await;
}

/// A customer as a clerk sees it, whose policy hashes names.
async fn hashed(world: &World) -> String {
    world.trust().await;
    let policy = json!({
        "id": "pol_clerks", "name": "clerks", "effect": "allow", "actions": ["read"], "roles": ["clerk"],
        "fields": { "read": ["number"], "mask": { "name": { "kind": "hash" } } },
    });
    let edit = json!([{ "op": "add", "document": "ent_Customer", "path": ["policies"], "value": policy }]);
    world.publisher.edit(edit).await;
    world.publish().await;
    let admin = world.token(&["admin"], &[]).await;
    world.customer(&admin, "C1").await;
    seen(world).await
}

async fn seen(world: &World) -> String {
    let clerk = world.token(&["clerk"], &[]).await;
    let page = world.get("/api/data/Customer", &clerk).await.body;
    page["data"][0]["name"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn hashes_are_made_with_what_only_the_store_knows() {
    let (shop, other) = (Shop::new().await, Shop::new().await);
    let world = shop.open(all_allows()).await;
    let first = hashed(&world).await;
    assert!(first.len() == 64 && first.bytes().all(|byte| byte.is_ascii_hexdigit()), "{first}");
    let mut told = String::new();
    for path in ["/api/policy/decisions", "/api/audit/events", "/api/admin/status", "/openapi.json", "/readyz"] {
        told.push_str(&world.get(path, &world.admin).await.body.to_string());
    }
    shop.stop(world).await;
    let secret = shop.secret().await;
    assert!(!told.contains(&secret) && !first.contains(&secret));
    // The same store hashes the same after a restart; another one of the same id, tenant and values does not.
    let world = shop.open(Options::default()).await;
    assert_eq!(seen(&world).await, first);
    if shop.is_shared() {
        let second = shop.open(Options::default()).await;
        assert_eq!(seen(&second).await, first, "processes over one store share it");
        shop.stop(second).await;
    }
    shop.stop(world).await;
    assert_eq!(shop.secret().await, secret);
    let world = other.open(Options::default()).await;
    assert_ne!(hashed(&world).await, first);
    other.stop(world).await;
    assert_ne!(other.secret().await, secret);
}
