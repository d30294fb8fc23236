//! Policies that look at records, in the data API: rows are filtered and fields masked in every answer, and no change
//! moves a record into or out of what its author may write. `postgres_policies.rs` runs the same on Postgres.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "policies/agree.rs"]
mod agree;
#[path = "policies/large.rs"]
mod large;
#[path = "policies/lists.rs"]
mod lists;
#[path = "support/mod.rs"]
mod support;
#[path = "policies/taken.rs"]
mod taken;
#[path = "policies/town.rs"]
mod town;
#[path = "policies/unread.rs"]
mod unread;

use maq_app::{IdempotencyKey, ListRequest, PolicyQuestion, PolicyRecord};
use maq_value::Principal;
use serde_json::{Map, Value as Json, json};
use town::{Town, admin, code, documents, id_of, seller, told};

struct Filled {
    town: Town,
    north: String,
    south: String,
    /// Invoices: north and open, south and open, north and paid.
    invoices: [String; 3],
}

async fn filled() -> Filled {
    let town = Town::of(documents()).await;
    let ann = admin();
    let customer = async |name: &str, region: &str| {
        id_of(&town.create(&ann, "Customer", json!({ "name": name, "region": region })).await.unwrap())
    };
    let (north, south) = (customer("Nora", "north").await, customer("Susi", "south").await);
    let invoice = async |number: &str, customer: &str, status: &str| {
        let values = json!({ "number": number, "customer": customer, "status": status, "total": "12.50",
                             "email": format!("{number}@shop.example"), "note": "secret" });
        id_of(&town.create(&ann, "Invoice", values).await.unwrap())
    };
    let invoices =
        [invoice("N1", &north, "open").await, invoice("S1", &south, "open").await, invoice("N2", &north, "paid").await];
    Filled { town, north, south, invoices }
}

async fn numbers(filled: &Filled, principal: &Principal, request: &ListRequest) -> Vec<String> {
    let page = filled.town.server.data.list(principal, "Invoice", request).await.unwrap();
    let mut numbers: Vec<String> =
        page.data.iter().map(|record| record.to_json()["number"].as_str().unwrap().to_owned()).collect();
    numbers.sort();
    numbers
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_filtered_and_fields_masked_in_every_read() {
    let filled = filled().await;
    let (data, bob) = (&filled.town.server.data, seller("north"));
    assert_eq!(numbers(&filled, &bob, &ListRequest::default()).await, ["N1", "N2"]);
    assert_eq!(numbers(&filled, &admin(), &ListRequest::default()).await, ["N1", "N2", "S1"]);
    assert_eq!(data.count(&bob, "Invoice", None).await.unwrap(), 2);
    assert_eq!(data.count(&bob, "Invoice", Some(&json!({ "status": "open" }))).await.unwrap(), 1);
    let total = ListRequest { with_total: true, limit: Some(1), ..ListRequest::default() };
    let page = data.list(&bob, "Invoice", &total).await.unwrap();
    assert_eq!((page.total, page.data.len(), page.next.is_some()), (Some(2), 1, true));
    let seen = filled.town.get(&bob, "Invoice", &filled.invoices[0]).await.unwrap();
    assert_eq!((&seen["number"], &seen["email"]), (&json!("N1"), &json!("N***mple")));
    assert_eq!(seen.get("note"), None, "what is not readable is left out");
    for record in page.data {
        assert_eq!(record.to_json().get("note"), None);
        assert!(record.to_json()["email"].as_str().unwrap().contains("***"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_record_is_like_one_that_is_not_there() {
    let filled = filled().await;
    let bob = seller("north");
    let nowhere = "01890000-0000-7000-8000-000000000000";
    let same = |mut refusal: maq_app::Refusal, id: &str| {
        refusal.title = refusal.title.replace(id, "ID");
        refusal.params.insert("id".into(), "ID".into());
        format!("{refusal:?}")
    };
    let hidden = &filled.invoices[1];
    for id in [hidden.as_str(), nowhere] {
        assert_eq!(code(filled.town.get(&bob, "Invoice", id).await), "data/record-not-found");
    }
    let (one, other) = (
        filled.town.get(&bob, "Invoice", hidden).await.unwrap_err(),
        filled.town.get(&bob, "Invoice", nowhere).await.unwrap_err(),
    );
    assert_eq!(same(one, hidden), same(other, nowhere));
    for values in [json!({ "note": "x" }), json!({ "status": "paid" })] {
        let one = filled.town.update(&bob, "Invoice", hidden, values.clone()).await.unwrap_err();
        let other = filled.town.update(&bob, "Invoice", nowhere, values).await.unwrap_err();
        assert_eq!(one.code, "data/record-not-found");
        assert_eq!(same(one, hidden), same(other, nowhere));
    }
    let one = filled.town.delete(&bob, "Invoice", hidden).await.unwrap_err();
    assert_eq!(same(one, hidden), same(filled.town.delete(&bob, "Invoice", nowhere).await.unwrap_err(), nowhere));
    // A reference to it is one to nothing.
    let line = |invoice: &str| json!({ "invoice": invoice, "amount": 1 });
    let one = filled.town.create(&bob, "Line", line(hidden)).await.unwrap_err();
    let other = filled.town.create(&bob, "Line", line(nowhere)).await.unwrap_err();
    assert_eq!((one.code.as_str(), format!("{one:?}")), ("data/reference-broken", format!("{other:?}")));
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_that_are_not_readable_are_no_place_to_search() {
    let filled = filled().await;
    let (data, bob) = (&filled.town.server.data, seller("north"));
    for field in ["note", "email"] {
        let filter = Some(json!({ "and": [{ "not": { field: { "startsWith": "s" } } }] }));
        let asked = told(data.count(&bob, "Invoice", filter.as_ref()).await).unwrap_err();
        assert_eq!(asked.code, "policy/field-not-queryable");
        assert_eq!(asked.params["field"], field);
        let listed = ListRequest { filter, ..ListRequest::default() };
        assert_eq!(code(told(data.list(&bob, "Invoice", &listed).await)), "policy/field-not-queryable");
        let sorted = ListRequest { sort: vec![format!("-{field}")], ..ListRequest::default() };
        assert_eq!(code(told(data.list(&bob, "Invoice", &sorted).await)), "policy/field-not-queryable");
    }
    let sorted = ListRequest { sort: vec!["-number".into(), "createdAt".into()], ..ListRequest::default() };
    assert_eq!(data.list(&bob, "Invoice", &sorted).await.unwrap().data.len(), 2);
    assert_eq!(
        numbers(&filled, &admin(), &ListRequest { sort: vec!["note".into()], ..ListRequest::default() }).await.len(),
        3
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patch_moves_no_record_into_or_out_of_what_may_be_written() {
    let filled = filled().await;
    let (town, bob) = (&filled.town, seller("north"));
    let [open, _, paid] = &filled.invoices;
    let changed = town.update(&bob, "Invoice", open, json!({ "note": "mine" })).await.unwrap();
    assert_eq!((&changed["email"], changed.get("note")), (&json!("N***mple"), None), "masked in the answer too");
    // Before: a paid one may be read and not written.
    let refused = town.update(&bob, "Invoice", paid, json!({ "note": "x" })).await.unwrap_err();
    assert_eq!(refused.code, "policy/denied");
    assert!(refused.params["reason"].contains("regionWrites"), "{:?}", refused.params);
    // After: out of the region, into a state that may not be written.
    assert_eq!(code(town.update(&bob, "Invoice", open, json!({ "status": "paid" })).await), "policy/denied");
    let moved = town.update(&bob, "Invoice", open, json!({ "customer": filled.south })).await.unwrap_err();
    assert_eq!(moved.code, "data/reference-broken", "a customer that bob may not read");
    assert_eq!(code(town.update(&bob, "Customer", &filled.north, json!({ "region": "south" })).await), "policy/denied");
    // Nothing of it was done.
    assert_eq!(town.get(&admin(), "Invoice", open).await.unwrap()["rowVersion"], 2);
    assert_eq!(town.get(&admin(), "Customer", &filled.north).await.unwrap()["rowVersion"], 1);
    // Fields that may not be written.
    let refused = town.update(&bob, "Invoice", open, json!({ "total": "1.00", "note": "y" })).await.unwrap_err();
    assert_eq!((refused.code.as_str(), refused.params["fields"].as_str()), ("policy/field-denied", "`total`"));
    let create = json!({ "number": "N3", "customer": filled.north, "total": "1.00" });
    assert_eq!(code(town.create(&bob, "Invoice", create).await), "policy/field-denied");
    let create = json!({ "number": "N3", "customer": filled.north, "status": "paid" });
    let refused = town.create(&bob, "Invoice", create).await.unwrap_err();
    assert_eq!(refused.code, "policy/denied");
    assert!(refused.params["reason"].contains("record.status != 'paid'"), "{:?}", refused.params);
    let made =
        town.create(&bob, "Invoice", json!({ "number": "N3", "customer": filled.north, "email": "x@y.example" }));
    let made = made.await.unwrap();
    assert_eq!((&made["status"], &made["email"]), (&json!("draft"), &json!("x***mple")));
    // Deleting is by its own condition.
    assert_eq!(code(town.delete(&bob, "Invoice", open).await), "policy/denied");
    town.delete(&bob, "Invoice", &id_of(&made)).await.unwrap();
    let denials = town.server.audit_log.query_events(&maq_value::Actor::admin("root"), &denials()).await.unwrap();
    assert!(denials.total >= 5, "{}", denials.total);
}

fn denials() -> maq_app::AuditQuery {
    let filter = maq_query::meta::AuditFilter { event_types: vec!["policy.deny".into()], ..Default::default() };
    maq_app::AuditQuery { filter, page: maq_app::PageRequest { page: None, page_size: None } }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_judged_before_and_after_as_a_whole() {
    let filled = filled().await;
    let (town, bob) = (&filled.town, seller("north"));
    let [open, _, _] = &filled.invoices;
    let invoice = json!({ "op": "create", "entity": "Invoice", "id": "01890000-0000-7000-8000-0000000000aa",
                          "data": { "number": "B1", "customer": filled.north, "status": "open" } });
    let line = json!({ "op": "create", "entity": "Line", "id": "01890000-0000-7000-8000-0000000000bb",
                       "data": { "invoice": "01890000-0000-7000-8000-0000000000aa", "amount": 5 } });
    let made = town.batch(&bob, json!([line, invoice])).await.unwrap();
    assert_eq!(made[1]["number"], "B1");
    let line_id = id_of(&made[0]);
    // What one operation changes opens no door for another: as found, and as left.
    let ann = admin();
    let paid = |id: &str| json!({ "op": "update", "entity": "Invoice", "id": id, "data": { "status": "paid" } });
    let reopened = |id: &str| json!({ "op": "update", "entity": "Invoice", "id": id, "data": { "status": "open" } });
    let touch = json!({ "op": "update", "entity": "Line", "id": line_id, "data": { "amount": 6 } });
    town.update(&ann, "Invoice", "01890000-0000-7000-8000-0000000000aa", json!({ "status": "paid" })).await.unwrap();
    let refused = town.batch(&bob, json!([reopened("01890000-0000-7000-8000-0000000000aa"), touch])).await.unwrap_err();
    assert_eq!((refused.code.as_str(), refused.params["operation"].as_str()), ("policy/denied", "0"));
    town.update(&ann, "Invoice", "01890000-0000-7000-8000-0000000000aa", json!({ "status": "open" })).await.unwrap();
    let there_and_back = json!([paid(open), { "op": "update", "entity": "Invoice", "id": open, "data": { "note": "x" } },
                                reopened(open)]);
    assert_eq!(code(town.batch(&bob, there_and_back).await), "policy/denied");
    let new_line = json!({ "op": "create", "entity": "Line", "data": { "invoice": open, "amount": 7 } });
    assert_eq!(code(town.batch(&bob, json!([new_line, paid(open)])).await), "policy/denied");
    assert_eq!(town.get(&ann, "Invoice", open).await.unwrap()["rowVersion"], 1, "nothing was done");
    // An answer that was kept shows no more than may be seen now.
    let key = IdempotencyKey::parse("k-1").unwrap();
    let change =
        serde_json::from_value(json!({ "op": "update", "entity": "Invoice", "id": open, "data": { "note": "z" } }));
    let change: maq_app::Change = change.unwrap();
    let first = town.server.data.submit(&bob, change.clone(), Some(&key)).await.unwrap();
    let again = town.server.data.submit(&bob, change, Some(&key)).await.unwrap();
    assert_eq!((first.replayed, again.replayed), (false, true));
    assert_eq!(first.records, again.records);
    assert_eq!((first.records[0].get("note"), &first.records[0]["email"]), (None, &json!("N***mple")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delete_takes_along_only_what_may_be_deleted() {
    let filled = filled().await;
    let (town, bob, ann) = (&filled.town, seller("north"), admin());
    let draft = json!({ "number": "D1", "customer": filled.north, "status": "draft" });
    let draft = id_of(&town.create(&ann, "Invoice", draft).await.unwrap());
    let small = id_of(&town.create(&ann, "Line", json!({ "invoice": draft, "amount": 5 })).await.unwrap());
    let large = id_of(&town.create(&ann, "Line", json!({ "invoice": draft, "amount": 500 })).await.unwrap());
    let refused = town.delete(&bob, "Invoice", &draft).await.unwrap_err();
    assert_eq!(refused.code, "policy/denied");
    assert!(refused.params["reason"].contains("refer to it"), "{:?}", refused.params);
    town.delete(&ann, "Line", &large).await.unwrap();
    town.delete(&bob, "Invoice", &draft).await.unwrap();
    assert_eq!(code(town.get(&ann, "Line", &small).await), "data/record-not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delete_empties_only_references_of_what_may_be_changed_before_and_after() {
    let town = Town::of(documents()).await;
    let (ann, remover) = (admin(), Principal::new("rex", &["remover"]));
    let mut customers = Vec::new();
    for region in ["north", "north", "south"] {
        let made = town.create(&ann, "Customer", json!({ "name": "x", "region": region })).await.unwrap();
        customers.push(id_of(&made));
    }
    let mut memos = Vec::new();
    for (customer, text) in [(0, "free"), (1, "bound"), (2, "bound")] {
        let memo = json!({ "customer": customers[customer], "text": text });
        memos.push(id_of(&town.create(&ann, "Memo", memo).await.unwrap()));
    }
    // Without its customer the memo would be one that may not be changed.
    let refused = town.delete(&remover, "Customer", &customers[1]).await.unwrap_err();
    assert!(refused.params["reason"].contains("refer to it"), "{refused:?}");
    town.delete(&remover, "Customer", &customers[0]).await.unwrap();
    assert_eq!(town.get(&remover, "Memo", &memos[0]).await.unwrap()["customer"], Json::Null);
    assert_eq!(town.get(&ann, "Memo", &memos[1]).await.unwrap()["customer"], json!(customers[1]));
    // What hangs on a record that may not be seen is not told.
    assert_eq!(code(town.delete(&remover, "Customer", &customers[2]).await), "data/record-not-found");
    town.delete(&ann, "Customer", &customers[2]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_others_decides_and_a_right_that_cannot_be_told_is_none() {
    let filled = filled().await;
    let (town, ann) = (&filled.town, admin());
    let auditor = Principal::new("eve", &["auditor"]);
    assert_eq!(numbers(&filled, &auditor, &ListRequest::default()).await, Vec::<String>::new());
    town.create(&ann, "Line", json!({ "invoice": filled.invoices[1], "amount": 101 })).await.unwrap();
    town.create(&ann, "Line", json!({ "invoice": filled.invoices[0], "amount": 100 })).await.unwrap();
    assert_eq!(numbers(&filled, &auditor, &ListRequest::default()).await, ["S1"]);
    // A seller without a region.
    let lost = Principal::new("lou", &["sales"]);
    let refused = told(town.server.data.list(&lost, "Invoice", &ListRequest::default()).await).unwrap_err();
    assert_eq!(refused.code, "policy/denied");
    assert_eq!(
        code(told(town.server.data.count(&Principal::new("x", &["nobody"]), "Invoice", None).await)),
        "policy/denied"
    );
    let question = |principal: &Principal, id: &str, is_own| PolicyQuestion {
        principal: principal.clone(),
        action: "read".into(),
        resource: "Invoice".into(),
        record: PolicyRecord::Id(id.into()),
        context: Map::new(),
        now: None,
        is_own,
    };
    let gate = &town.server.policy_gate;
    let told_of = gate.decide(&question(&auditor, &filled.invoices[1], false)).await.unwrap();
    assert_eq!((told_of.allowed, told_of.decided_by), (true, vec!["largeOnes".to_owned()]));
    let denied = gate.decide(&question(&auditor, &filled.invoices[0], false)).await.unwrap();
    assert!(!denied.allowed && !denied.failed.is_empty(), "{denied:?}");
    let own = gate.decide(&question(&auditor, &filled.invoices[0], true)).await.unwrap();
    let not_there = gate.decide(&question(&auditor, "01890000-0000-7000-8000-000000000000", true)).await.unwrap();
    assert_eq!(
        own.reason.replace(&filled.invoices[0], ""),
        not_there.reason.replace("01890000-0000-7000-8000-000000000000", "")
    );
    let explained = gate.explain(&question(&auditor, &filled.invoices[0], false)).await.unwrap();
    let rule = explained.rules.iter().find(|rule| rule.name == "largeOnes").unwrap();
    assert_eq!((rule.outcome, rule.decides), ("notMatched", false));
    assert!(rule.condition.as_ref().unwrap().parts.iter().any(|part| !part.parts.is_empty()), "{rule:?}");
    let _: Json = serde_json::to_value(&explained).unwrap();
}
