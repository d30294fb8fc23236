//! Policies at the edge of what a database takes in one statement, on a real one; and beyond it.

use super::agree::question;
use super::town::{Town, admin, told};
use maq_app::ListRequest;
use maq_value::Principal;
use serde_json::{Value as Json, json};

fn policy(role: &str, at: usize, effect: &str, condition: &str) -> Json {
    json!({
        "id": format!("pol_{role}_{at}"), "name": format!("{role}{at}"), "effect": effect, "actions": ["read"],
        "roles": [role], "priority": at % 1_000, "condition": condition,
    })
}

/// One field, and rules for each way of being much: a role each.
fn document() -> Json {
    let mut policies = vec![json!({
        "id": "pol_admins", "name": "admins", "effect": "allow", "actions": ["*"], "roles": ["admin"],
    })];
    for at in 0..100 {
        let effect = if at % 2 == 0 { "allow" } else { "deny" };
        policies.push(policy("turning", at, effect, &format!("record.n >= {at}")));
    }
    for at in 0..40 {
        let parts: Vec<String> = (0..100).map(|part| format!("record.n == {}", at * 100 + part)).collect();
        policies.push(policy("long", at, "allow", &parts.join(" || ")));
    }
    for at in 0..1_001 {
        let role = if at < 1_000 { "many" } else { "over" };
        policies.push(policy(role, at, "allow", &format!("record.n == {at}")));
    }
    for at in 0..49 {
        let mut rule = policy("fielded", at, "allow", &format!("record.n >= {at}"));
        rule["actions"] = json!(["read", "update"]);
        rule["priority"] = json!(0);
        rule["fields"] = json!({ "read": "*", "write": [if at % 2 == 0 { "n" } else { "m" }] });
        policies.push(rule);
    }
    json!({
        "kind": "entity", "format": 1, "id": "ent_big", "name": "Big",
        "fields": [
            { "id": "fld_n", "name": "n", "type": "integer", "required": true },
            { "id": "fld_m", "name": "m", "type": "integer" },
        ],
        "policies": policies,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_at_the_limit_are_answered_and_beyond_it_nothing_is() {
    let town = Town::of(vec![document()]).await;
    for n in [0, 7, 98, 99, 500, 3_999, 4_000] {
        town.create(&admin(), "Big", json!({ "n": n })).await.unwrap();
    }
    let data = &town.server.data;
    for (roles, seen) in [
        // The highest number that is not above the record's decides.
        (&["turning"][..], vec![0, 98]),
        (&["long"], vec![0, 7, 98, 99, 500, 3_999]),
        (&["many"], vec![0, 7, 98, 99, 500]),
    ] {
        let principal = Principal::new("ann", roles);
        let page = told(data.list(&principal, "Big", &ListRequest::default()).await).unwrap();
        let mut numbers: Vec<i64> = page.data.iter().map(|record| record.to_json()["n"].as_i64().unwrap()).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, seen, "{roles:?}");
    }
    let over = Principal::new("ann", &["many", "over"]);
    let why = "1001 policies with conditions apply at once, at most 1000 can";
    let refusal = told(data.list(&over, "Big", &ListRequest::default()).await).unwrap_err();
    assert_eq!(refusal.code, "policy/denied");
    assert!(refusal.title.contains(why), "{}", refusal.title);
    let id = told(data.list(&admin(), "Big", &ListRequest::default()).await).unwrap().data[0].to_json()["id"].clone();
    let decision = town.server.policy_gate.decide(&question(&over, "Big", id.as_str().unwrap())).await.unwrap();
    assert_eq!((decision.allowed, &*decision.reason), (false, why));
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_rules_decide_over_fields_a_change_is_what_the_mask_says() {
    let town = Town::of(vec![document()]).await;
    let ann = Principal::new("ann", &["fielded"]);
    for (n, writable) in [(0, ["n"].as_slice()), (1, &["n", "m"]), (48, &["n", "m"])] {
        let id = town.create(&admin(), "Big", json!({ "n": n })).await.unwrap()["id"].as_str().unwrap().to_owned();
        let mut asked = question(&ann, "Big", &id);
        let masked = told(town.server.policy_gate.mask(&asked).await).unwrap();
        let told: Vec<&str> = masked.fields.iter().filter(|field| field.2).map(|field| &*field.0).collect();
        assert_eq!(told, writable);
        asked.action = "update".into();
        assert!(town.server.policy_gate.decide(&asked).await.unwrap().allowed);
        for field in ["n", "m"] {
            let changed = town.update(&ann, "Big", &id, json!({ field: n })).await;
            let code = changed.err().map(|refusal| refusal.code);
            let expected = (!writable.contains(&field)).then(|| "policy/field-denied".to_owned());
            assert_eq!(code, expected, "{field} of {n}");
        }
        let both = town.update(&ann, "Big", &id, json!({ "n": n, "m": n })).await;
        assert_eq!(both.is_ok(), writable.len() == 2);
    }
}
