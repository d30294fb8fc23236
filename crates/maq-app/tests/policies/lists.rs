//! Conditions that go through lists of who asks: short ones and ones that are too much for a database. Every face says
//! the same of every principal.

use super::agree::question;
use super::town::{Town, admin, told};
use maq_app::ListRequest;
use maq_value::Principal;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// Rules of a role: how many there are, their effect, and their condition, where `@` is the rule's number.
const ROLES: [(&str, usize, &str, &str); 16] = [
    ("one", 1, "allow", "principal.numbers.exists(n, record.amount == n)"),
    ("all", 1, "allow", "principal.numbers.all(n, record.amount != n)"),
    ("only", 1, "allow", "principal.numbers.exists_one(n, record.amount == n)"),
    ("loops", 40, "allow", "principal.numbers.exists(n, record.amount == n + @)"),
    ("member", 40, "allow", "record.amount + @ in principal.numbers"),
    ("many", 100, "allow", "record.amount + @ in principal.numbers"),
    ("real", 3, "allow", "record.price in principal.prices"),
    ("reals", 40, "allow", "record.price in principal.prices && record.amount != @"),
    ("nested", 1, "allow", "principal.numbers.exists(a, principal.numbers.exists(b, record.amount == a * b))"),
    ("texts", 30, "allow", "principal.paths.exists(p, record.path.startsWith(p)) || record.amount == -@"),
    ("split", 2, "allow", "principal.text.split(',').exists(p, record.path == p)"),
    ("chained", 1, "allow", "principal.numbers.filter(n, n > 3).exists(n, record.amount == n)"),
    ("lent", 1, "allow", "record.amount >= 0"),
    ("roles", 20, "allow", "principal.roles.exists(r, record.path == r) && record.amount != @"),
    ("denied", 40, "deny", "principal.numbers.exists(n, record.amount == n + @)"),
    ("decimal", 40, "allow", "principal.prices.exists(n, record.price > n || record.price + 1.0 > n * 2.0)"),
];

fn document() -> Json {
    let mut policies = vec![
        json!({ "id": "pol_admins", "name": "admins", "effect": "allow", "actions": ["*"], "roles": ["admin"] }),
        json!({ "id": "pol_open", "name": "open", "effect": "allow", "actions": ["read"], "roles": ["denied"] }),
    ];
    for (role, count, effect, condition) in ROLES {
        for at in 0..count {
            let condition = condition.replace('@', &at.to_string());
            let mut policy = json!({
                "id": format!("pol_{role}_{at}"), "name": format!("{role}{at}"), "effect": effect, "actions": ["read"],
                "roles": [role], "condition": condition,
            });
            if role == "lent" {
                let roles: Vec<String> = (0..900).map(|at| format!("r{at}")).chain(["roles".into()]).collect();
                policy["grantedBy"] = json!({ "userId": "mia", "roles": roles });
            }
            policies.push(policy);
        }
    }
    json!({
        "kind": "entity", "format": 1, "id": "ent_big", "name": "Big",
        "fields": [
            { "id": "fld_a", "name": "amount", "type": "integer", "required": true },
            { "id": "fld_p", "name": "price", "type": "number" },
            { "id": "fld_t", "name": "path", "type": "string" },
        ],
        "policies": policies,
    })
}

/// Who has lists of so many elements.
fn with_lists(role: &str, size: usize) -> Principal {
    let mut principal = Principal::new("ann", &[role]);
    if role == "roles" {
        principal.roles.extend((0..size).map(|at| format!("p{at}")));
    }
    let numbers: Vec<usize> = (0..size).map(|at| at * 2).collect();
    let prices: Vec<f64> = (0..size).map(|at| at as f64 + 0.1).collect();
    let paths: Vec<String> = (0..size).map(|at| format!("p{at}")).collect();
    principal.attributes.extend([
        ("text".to_owned(), json!(paths.join(","))),
        ("numbers".to_owned(), json!(numbers)),
        ("prices".to_owned(), json!(prices)),
        ("paths".to_owned(), json!(paths)),
    ]);
    principal
}

/// What every face lets `principal` read of these records, which must be the same; and whether it is refused as too much.
async fn seen(town: &Town, principal: &Principal, ids: &[String]) -> (BTreeSet<String>, bool) {
    let who = format!(
        "{:?} with {} numbers",
        principal.roles.first(),
        principal.attributes["numbers"].as_array().unwrap().len()
    );
    let data = &town.server.data;
    let text = |id: &Json| id.as_str().unwrap().to_owned();
    let (listed, refused) = match told(data.list(principal, "Big", &ListRequest::default()).await) {
        Ok(page) => (page.data.iter().map(|record| text(&record.to_json()["id"])).collect(), String::new()),
        Err(refusal) => {
            assert_eq!(refusal.code, "policy/denied", "{who}: {refusal:?}");
            (BTreeSet::new(), refusal.params["reason"].clone())
        }
    };
    if refused.is_empty() {
        assert_eq!(told(data.count(principal, "Big", None).await).unwrap(), listed.len() as u64, "count, {who}");
    }
    let gate = &town.server.policy_gate;
    let rows = gate.filter(&question(principal, "Big", ""), Some(ids)).await.unwrap();
    let filtered: BTreeSet<String> = rows.ids.unwrap().iter().map(text).collect();
    assert_eq!(filtered, listed, "filter, {who}");
    for id in ids.iter().take(3) {
        let is_listed = listed.contains(id);
        let question = question(principal, "Big", id);
        let decision = gate.decide(&question).await.unwrap();
        assert_eq!(decision.allowed, is_listed, "decide, {who}: {decision:?}; {refused}");
        let explained = gate.explain(&question).await.unwrap().decision;
        assert_eq!((explained.allowed, &explained.reason), (is_listed, &decision.reason), "explain, {who}");
        assert_eq!(told(gate.mask(&question).await).is_ok(), is_listed, "mask, {who}");
        assert_eq!(town.get(principal, "Big", id).await.is_ok(), is_listed, "get, {who}");
        if !refused.is_empty() {
            // Nothing of it depends on the record.
            assert!(!refused.contains("parts together") || decision.reason == refused, "{who}: {refused}");
            break;
        }
    }
    (listed, refused.contains("parts together"))
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_who_asks_are_answered_alike_whatever_their_length() {
    let town = Town::of(vec![document()]).await;
    let mut ids = Vec::new();
    for (amount, price, path) in
        [(0, 0.1, "p0"), (6, 3.1, "p3x"), (7, 5.0, "p7"), (1_998, 999.1, "p999"), (-5, -1.0, "q")]
    {
        let values = json!({ "amount": amount, "price": price, "path": path });
        ids.push(town.create(&admin(), "Big", values).await.unwrap()["id"].as_str().unwrap().to_owned());
    }
    let (mut answered, mut refused) = (0, 0);
    for (role, ..) in ROLES {
        for size in [0, 5, 30, 250, 3_500] {
            let (listed, is_refused) = seen(&town, &with_lists(role, size), &ids).await;
            if is_refused { refused += 1 } else { answered += usize::from(!listed.is_empty()) }
        }
    }
    assert!(answered > 25 && refused > 10, "{answered} answered, {refused} refused");
}
