//! What a principal may ask about itself: no more than the data API shows, and nothing that lets it find out values by
//! choosing what conditions read.

use super::support::{Answer, World};
use reqwest::Method;
use serde_json::{Value as Json, json};

fn allow(name: &str, actions: &[&str], condition: &str) -> Json {
    let named = format!("{name}_{}", actions.join(""));
    let mut policy = json!({ "id": format!("pol_{named}"), "name": named, "effect": "allow", "actions": actions,
                             "roles": [name] });
    if !condition.is_empty() {
        policy["condition"] = json!(condition);
    }
    policy
}

async fn world() -> World {
    let world = World::empty().await;
    world.trust().await;
    let mut limited = allow("lim", &["read"], "");
    limited["fields"] = json!({ "read": ["customer", "count"] });
    let mut secured = allow("mfa", &["read"], "");
    secured["obligations"] = json!([{ "kind": "requireMfa" }, { "kind": "notify", "advice": true }]);
    let mut conditional = allow("mfa", &["update"], "record.count > 10");
    conditional["obligations"] = json!([{ "kind": "requireReason" }]);
    let mut hashed = allow("desk", &["read"], "");
    hashed["fields"] = json!({ "read": ["name"], "mask": { "number": { "kind": "hash" } } });
    let policies = [
        allow("desk", &["read"], "context.network == 'office'"),
        limited,
        allow("lim", &["update"], "record.total < context.limit"),
        allow("peer", &["read"], "record.customer.name == string(record.count) || record.count == 11"),
        allow("buyer", &["read"], "record.customer.number == 'C1'"),
        allow("coded", &["read"], "record.customer.number != principal.code"),
        secured,
        conditional,
    ];
    let mut edits: Vec<Json> = policies
        .into_iter()
        .map(|policy| json!({ "op": "add", "document": "ent_Invoice", "path": ["policies"], "value": policy }))
        .collect();
    let mut partly = allow("peer", &["read"], "");
    partly["fields"] = json!({ "read": ["number"] });
    let mut numbers = allow("buyer", &["read"], "");
    numbers["fields"] = json!({ "read": ["number"] });
    for mut policy in [hashed, partly, numbers] {
        policy["id"] = json!(format!("{}_c", policy["id"].as_str().unwrap()));
        edits.push(json!({ "op": "add", "document": "ent_Customer", "path": ["policies"], "value": policy }));
    }
    world.publisher.edit(json!(edits)).await;
    world.publish().await;
    world
}

async fn token(world: &World, role: &str) -> String {
    let made = world.admin_asks(Method::POST, "/api/admin/tokens", json!({ "userId": role, "roles": [role] })).await;
    made.body["token"].as_str().unwrap().to_owned()
}

/// A customer, and an invoice of 11 pieces; their ids.
async fn filled(world: &World) -> (String, String) {
    let admin = world.token(&["admin"], &[]).await;
    let id = |answer: Answer| answer.body["data"]["id"].as_str().unwrap().to_owned();
    let customer = id(world.customer(&admin, "C1").await);
    let invoice = json!({ "customer": customer, "total": "5.00", "count": 11 });
    let invoice = id(world.ask(Method::POST, "/api/data/Invoice", &admin, invoice).await);
    (customer, invoice)
}

async fn asks(world: &World, path: &str, token: &str, body: Json) -> Answer {
    world.ask(Method::POST, path, token, body).await
}

#[tokio::test]
async fn who_asks_for_itself_brings_no_context() {
    let world = world().await;
    let (_, invoice) = filled(&world).await;
    let (lim, desk) = (token(&world, "lim").await, token(&world, "desk").await);
    assert_eq!(world.get(&format!("/api/data/Invoice/{invoice}"), &desk).await.code(), (403, "policy/denied"));
    let limit = json!({ "limit": "600.00" });
    let check = json!({ "action": "update", "resource": "Invoice", "id": invoice, "context": limit });
    let mask = json!({ "resource": "Invoice", "id": invoice, "context": { "network": "office" } });
    let filter = json!({ "action": "update", "resource": "Invoice", "context": limit });
    let evaluation = json!({
        "subject": { "type": "user", "id": "lim" }, "action": { "name": "update" },
        "resource": { "type": "Invoice", "id": invoice }, "context": limit,
    });
    for (path, token, body) in [
        ("/api/policy/check", &lim, check.clone()),
        ("/api/policy/batch", &lim, json!({ "checks": [check] })),
        ("/api/policy/filter", &lim, filter),
        ("/api/policy/mask", &desk, mask.clone()),
        ("/access/v1/evaluation", &lim, evaluation.clone()),
        ("/access/v1/evaluations", &lim, json!({ "evaluations": [evaluation] })),
    ] {
        let answer = asks(&world, path, token, body).await;
        assert_eq!(answer.code(), (403, "policy/context-not-trusted"), "{path}");
        assert!(answer.body["help"].as_str().unwrap().contains("admin token"), "{}", answer.body);
    }
    // An empty one says nothing.
    let mut empty = check.clone();
    empty["context"] = json!({});
    let told = asks(&world, "/api/policy/check", &lim, empty).await.body["data"].clone();
    assert_eq!(told["allowed"], false);
    // Whoever enforces decisions vouches for it.
    let mut vouched = check;
    vouched["principal"] = json!({ "userId": "lim", "roles": ["lim"] });
    assert_eq!(asks(&world, "/api/policy/check", &world.admin, vouched).await.body["data"]["allowed"], true);
    let mut vouched = mask;
    vouched["principal"] = json!({ "userId": "desk", "roles": ["desk"] });
    assert_eq!(asks(&world, "/api/policy/mask", &world.admin, vouched).await.body["data"]["record"]["count"], 11);
}

/// Of a made-up record only its own values are chosen, not what stands behind its references.
#[tokio::test]
async fn a_made_up_record_does_not_tell_what_is_hidden_behind_it() {
    let world = world().await;
    let (customer, _) = filled(&world).await;
    let admin = world.token(&["admin"], &[]).await;
    let other = world.customer(&admin, "C2").await.body["data"]["id"].clone();
    let peer = token(&world, "peer").await;
    let made_up = |count: i64| {
        json!({ "action": "read", "resource": "Invoice",
                                       "record": { "customer": customer, "count": count } })
    };
    let mut admins = made_up(7);
    admins["principal"] = json!({ "userId": "peer", "roles": ["peer"] });
    let seen = asks(&world, "/api/policy/check", &world.admin, admins).await.body["data"].clone();
    assert_eq!(seen["missing"], json!([]), "{seen}");
    let told = asks(&world, "/api/policy/check", &peer, made_up(7)).await.body["data"].clone();
    assert_eq!((&told["allowed"], &told["missing"]), (&json!(false), &json!(["record.customer"])), "{told}");
    let told = asks(&world, "/api/policy/check", &peer, made_up(11)).await.body["data"].clone();
    assert_eq!(told["allowed"], true, "{told}");
    // What may be read of it may be walked to.
    let buyer = token(&world, "buyer").await;
    for (customer, allowed) in [(&json!(customer), true), (&other, false)] {
        let asked = json!({ "action": "read", "resource": "Invoice", "record": { "customer": customer, "count": 1 } });
        let told = asks(&world, "/api/policy/check", &buyer, asked).await.body["data"].clone();
        assert_eq!((&told["allowed"], &told["missing"]), (&json!(allowed), &json!([])), "{told}");
    }
}

#[tokio::test]
async fn what_the_data_api_cannot_fulfil_shows_nothing_and_the_reason_says_so() {
    let world = world().await;
    let (customer, invoice) = filled(&world).await;
    let mfa = token(&world, "mfa").await;
    let denied = world.get(&format!("/api/data/Invoice/{invoice}"), &mfa).await;
    assert_eq!(denied.code(), (403, "policy/denied"));
    let reason = denied.body["params"]["reason"].as_str().unwrap().to_owned();
    assert_eq!(reason, "what allows `read` comes with obligations that the data API does not fulfil: `requireMfa`");
    let path = format!("/api/data/Invoice/{invoice}");
    let changed = world.ask(Method::PATCH, &path, &mfa, json!({ "count": 12 })).await;
    let reason = changed.body["params"]["reason"].as_str().unwrap();
    assert_eq!(
        reason,
        "what allows `update` comes with obligations that the data API does not fulfil: `requireReason`"
    );
    for body in [
        json!({ "resource": "Invoice", "id": invoice }),
        json!({ "resource": "Invoice", "record": { "customer": customer, "count": 1 } }),
    ] {
        let masked = asks(&world, "/api/policy/mask", &mfa, body).await;
        assert_eq!(masked.code(), (404, "data/record-not-found"));
    }
    let filter = json!({ "action": "read", "resource": "Invoice", "ids": [invoice] });
    let rows = asks(&world, "/api/policy/filter", &mfa, filter.clone()).await.body["data"].clone();
    let why = "what allows `read` comes with obligations that the data API does not fulfil: `requireMfa`";
    assert_eq!(rows, json!({ "rows": "none", "count": 0, "ids": [], "reason": why }));
    // A decision tells the obligation to who can fulfil it.
    let check = json!({ "action": "read", "resource": "Invoice", "id": invoice });
    let decided = asks(&world, "/api/policy/check", &mfa, check).await.body["data"].clone();
    assert_eq!((&decided["allowed"], &decided["obligations"][0]["kind"]), (&json!(true), &json!("requireMfa")));
    let mut of_admin = filter;
    of_admin["principal"] = json!({ "userId": "mfa", "roles": ["mfa"] });
    assert_eq!(asks(&world, "/api/policy/filter", &world.admin, of_admin).await.body["data"]["count"], 1);
}

#[tokio::test]
async fn a_hash_cannot_be_looked_up_with_values_that_are_chosen() {
    let world = world().await;
    let (customer, _) = filled(&world).await;
    let desk = token(&world, "desk").await;
    let stored = world.get(&format!("/api/data/Customer/{customer}"), &desk).await.body["data"].clone();
    let hash = |record: &Json| {
        let hash = record["number"].as_str().unwrap().to_owned();
        assert_eq!(hash.len(), 64, "{record}");
        hash
    };
    let mask = async |token: &str, mut body: Json| {
        if token == world.admin {
            body["principal"] = json!({ "userId": "desk", "roles": ["desk"] });
        }
        hash(&asks(&world, "/api/policy/mask", token, body).await.body["data"]["record"])
    };
    let given = json!({ "resource": "Customer", "record": { "number": "C1", "name": "One" } });
    for token in [&desk, &world.admin] {
        let by_id = mask(token, json!({ "resource": "Customer", "id": customer })).await;
        assert_eq!(by_id, hash(&stored));
        let (one, other) = (mask(token, given.clone()).await, mask(token, given.clone()).await);
        assert!(one != by_id && other != by_id && one != other, "{one} {other}");
    }
}

#[tokio::test]
async fn who_acts_nowhere_or_has_a_name_that_is_none_is_told_so() {
    let world = world().await;
    let (_, invoice) = filled(&world).await;
    let question =
        |principal: Json| json!({ "action": "read", "resource": "Invoice", "id": invoice, "principal": principal });
    for (member, reason) in
        [("tenantId", "the principal acts in no tenant"), ("realmId", "the principal acts in no realm")]
    {
        let asked = question(json!({ "userId": "ann", "roles": ["admin"], member: "" }));
        let told = asks(&world, "/api/policy/check", &world.admin, asked.clone()).await.body["data"].clone();
        assert_eq!((&told["allowed"], &told["reason"]), (&json!(false), &json!(reason)));
        let told = asks(&world, "/api/policy/explain", &world.admin, asked.clone()).await.body["data"].clone();
        assert_eq!(told["decision"]["reason"], reason);
        let mut masked = asked;
        masked.as_object_mut().unwrap().remove("action");
        let masked = asks(&world, "/api/policy/mask", &world.admin, masked).await;
        assert_eq!((masked.code(), &masked.body["params"]["reason"]), ((403, "policy/denied"), &json!(reason)));
    }
    for principal in [
        json!({ "userId": "a\u{0}", "roles": ["admin"] }),
        json!({ "userId": "a", "roles": ["admin\u{0}"] }),
        json!({ "userId": "a", "roles": ["admin"], "tenantId": "default\u{0}" }),
        json!({ "userId": "a", "roles": ["admin"], "realmId": "\u{0}" }),
        json!({ "userId": "a", "roles": ["admin"], "orgId": "\u{0}" }),
    ] {
        let (admin, reason) = (&world.admin, "a name of the principal holds U+0000");
        let told = asks(&world, "/api/policy/check", admin, question(principal.clone())).await.body["data"].clone();
        assert_eq!((&told["allowed"], &told["reason"]), (&json!(false), &json!(reason)));
        let told = asks(&world, "/api/policy/explain", admin, question(principal.clone())).await.body["data"].clone();
        assert_eq!(told["decision"]["reason"], reason);
        let filter = json!({ "action": "read", "resource": "Invoice", "principal": principal });
        assert_eq!(asks(&world, "/api/policy/filter", admin, filter).await.body["data"]["rows"], "none");
        let mask = json!({ "resource": "Invoice", "id": invoice, "principal": principal });
        assert_eq!(asks(&world, "/api/policy/mask", admin, mask).await.code(), (403, "policy/denied"));
    }
    let evaluation = json!({ "subject": { "type": "user", "id": "a\u{0}" }, "action": { "name": "read" },
                             "resource": { "type": "Invoice", "id": "*" } });
    assert_eq!(asks(&world, "/access/v1/evaluation", &world.admin, evaluation).await.body["decision"], false);
    // An attribute with it cannot be told, and what cannot be told allows nothing.
    for (code, allowed) in [("C2", true), ("C2\u{0}", false)] {
        let principal = json!({ "userId": "a", "roles": ["coded"], "attributes": { "code": code } });
        let told =
            asks(&world, "/api/policy/check", &world.admin, question(principal.clone())).await.body["data"].clone();
        assert_eq!(told["allowed"], allowed, "{told}");
        let filter = json!({ "action": "read", "resource": "Invoice", "principal": principal });
        let rows = asks(&world, "/api/policy/filter", &world.admin, filter).await.body["data"].clone();
        assert_eq!(rows["count"], u64::from(allowed), "{rows}");
    }
    for request in [
        json!({ "userId": "a\u{0}", "roles": ["lim"] }),
        json!({ "userId": "", "roles": ["lim"] }),
        json!({ "userId": " ", "roles": ["lim"] }),
        json!({ "userId": "a", "roles": ["lim\u{0}"] }),
        json!({ "userId": "a", "orgId": "o\u{0}" }),
        json!({ "userId": "a", "attributes": { "region": "x\u{0}" } }),
        json!({ "userId": "a", "attributes": { "r\u{0}": 1 } }),
        json!({ "userId": "a", "attributes": { "regions": [{ "deep": ["x\u{0}"] }] } }),
    ] {
        let made = world.admin_asks(Method::POST, "/api/admin/tokens", request.clone()).await;
        assert_eq!(made.code(), (422, "access/token-wrong"), "{request}");
    }
}

/// An export is many requests in one: none of them is answered to a token that has ended.
#[tokio::test]
async fn an_export_ends_with_its_token() {
    const RECORDS: usize = 401;
    let world = world().await;
    let admin = world.token(&["admin"], &[]).await;
    // Larger than what is on its way between the two ends: the second page is not read before the first is taken.
    let name = "n".repeat(60_000);
    let numbers: Vec<String> = (0..RECORDS).map(|at| format!("N{at:04}")).collect();
    for numbers in numbers.chunks(60) {
        let operation =
            |number| json!({ "op": "create", "entity": "Customer", "data": { "number": number, "name": name } });
        let operations: Vec<Json> = numbers.iter().map(operation).collect();
        let made = world.ask(Method::POST, "/api/data:batch", &admin, json!({ "operations": operations })).await;
        assert_eq!(made.status, 200, "{}", made.body);
    }
    let body = json!({ "userId": "leaver", "roles": ["admin"] });
    let made = world.admin_asks(Method::POST, "/api/admin/tokens", body).await.body;
    let (token, id) = (made["token"].as_str().unwrap(), made["data"]["id"].as_str().unwrap());
    let mut answer = world.request(Method::GET, "/api/data/Customer:export", token).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let lines = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
    let mut read = lines(&answer.chunk().await.unwrap().unwrap());
    let revoked = world.ask(Method::DELETE, &format!("/api/admin/tokens/{id}"), &world.admin, Json::Null).await;
    assert!(revoked.status.is_success(), "{revoked:?}");
    let end = loop {
        match answer.chunk().await {
            Ok(Some(bytes)) => read += lines(&bytes),
            end => break end,
        }
    };
    assert!(end.is_err() && read < RECORDS, "{read} records, {end:?}");
}
