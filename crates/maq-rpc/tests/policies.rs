//! Policies of drafts: the table of who may do what, conditions while they are written, and trying them out.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use maq_rpc::Router;
use serde_json::{Value as Json, json};
use support::{ask, refused, with_invoices};

/// The id of a draft entity.
async fn id_of(router: &Router, name: &str) -> String {
    let state = ask(router, "workspace.get_state", json!({})).await;
    let documents = state["documents"].as_array().unwrap();
    documents.iter().find(|document| document["name"] == name).unwrap()["id"].as_str().unwrap().to_owned()
}

async fn edit(router: &Router, edits: Json) {
    ask(router, "workspace.apply_edits", json!({ "label": "x", "edits": edits })).await;
}

/// Replaces the policies of the draft.
async fn set_policies(router: &Router, entity: &str, policies: Json) {
    edit(router, json!([{ "op": "set", "document": entity, "path": ["policies"], "value": policies }])).await;
}

fn rule(name: &str, effect: &str, roles: &[&str], condition: Option<&str>, more: Json) -> Json {
    let mut rule = json!({
        "id": format!("pol_{name}"), "name": name, "effect": effect, "actions": ["read"], "roles": roles, "priority": 0,
        "condition": condition, "fields": null, "obligations": [],
    });
    rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    rule
}

/// `sales` reads the one invoice they are told, with its total masked; two invoices are there.
async fn with_sales() -> (Router, String, [String; 2]) {
    let router = with_invoices().await;
    let entity = id_of(&router, "Invoice").await;
    let mut ids = Vec::new();
    for (number, total) in [("A-1", "10.50"), ("B-2", "99.00")] {
        let values = json!({ "invoiceNumber": number, "total": total });
        let made = ask(&router, "records.create_record", json!({ "entity": "Invoice", "values": values })).await;
        ids.push(made["record"]["id"].as_str().unwrap().to_owned());
    }
    let own = rule(
        "own",
        "allow",
        &["sales"],
        Some("record.invoiceNumber == principal.invoice"),
        json!({ "fields": { "mask": { "total": { "kind": "fixed", "value": "0.00" } } } }),
    );
    set_policies(&router, &entity, json!([own])).await;
    let ids = [ids[0].clone(), ids[1].clone()];
    (router, entity, ids)
}

fn sales(invoice: &str) -> Json {
    json!({ "userId": "sam", "roles": ["sales"], "attributes": { "invoice": invoice } })
}

fn decision<'a>(answer: &'a Json, action: &str) -> &'a Json {
    answer["decisions"].as_array().unwrap().iter().find(|decision| decision["action"] == action).unwrap()
}

#[tokio::test]
async fn the_table_says_for_each_role_what_can_come_out() {
    let router = with_invoices().await;
    let entity = id_of(&router, "Invoice").await;
    let rules = json!([
        rule("open", "allow", &["sales"], None, json!({})),
        rule("big", "deny", &[], Some("record.total > 50.0"), json!({ "priority": 5 })),
        rule("closed", "deny", &["guest"], None, json!({ "priority": 9 })),
        rule("ann", "allow", &[], None, json!({ "principals": ["ann"], "actions": ["delete"] })),
    ]);
    set_policies(&router, &entity, rules).await;
    let table = ask(&router, "policies.read_matrix", json!({ "entityId": entity })).await;
    assert_eq!(table["combining"], "priority-deny-overrides");
    assert_eq!(table["actions"], json!(["create", "read", "update", "delete"]));
    let line = |row: &Json| {
        let words: Vec<&str> =
            row["cells"].as_array().unwrap().iter().map(|cell| cell["verdict"].as_str().unwrap()).collect();
        format!("{} {}: {}", row["kind"].as_str().unwrap(), row["name"].as_str().unwrap(), words.join(" "))
    };
    let lines: Vec<String> = table["rows"].as_array().unwrap().iter().map(line).collect();
    assert_eq!(
        lines,
        [
            "role guest: nothing deny nothing nothing",
            "role sales: nothing conditional nothing nothing",
            "everyone *: nothing deny nothing nothing",
            "user ann: nothing deny nothing allow",
        ]
    );
    let cell = &table["rows"][0]["cells"][1];
    assert_eq!(cell["deciding"], json!([{ "id": "pol_closed", "name": "closed" }]));
    assert_eq!(cell["shadowed"], json!([{ "id": "pol_big", "name": "big" }]));
}

#[tokio::test]
async fn a_mistake_comes_with_its_place_and_a_repair() {
    let router = with_invoices().await;
    let entity = id_of(&router, "Invoice").await;
    let text = "'é' != '' && record.invoiceNumbr == 'A-1'";
    let told = ask(&router, "policies.check_condition", json!({ "entityId": entity, "text": text })).await;
    let problem = &told["problems"][0];
    assert_eq!((&problem["code"], &told["canonical"]), (&json!("expression/name-unknown"), &Json::Null));
    let repair = &problem["repairs"][0];
    let (from, to) = (repair["span"][0].as_u64().unwrap() as usize, repair["span"][1].as_u64().unwrap() as usize);
    let mended = format!("{}{}{}", &text[..from], repair["text"].as_str().unwrap(), &text[to..]);
    assert_eq!(mended, "'é' != '' && record.invoiceNumber == 'A-1'");
    let told = ask(&router, "policies.check_condition", json!({ "entityId": entity, "text": mended })).await;
    assert_eq!(told["problems"], json!([]));
    assert!(told["canonical"].as_str().unwrap().contains("record.invoiceNumber"), "{told}");
}

#[tokio::test]
async fn what_could_stand_at_the_cursor_are_the_fields_of_the_draft() {
    let router = with_invoices().await;
    let entity = id_of(&router, "Invoice").await;
    let request = json!({ "entityId": entity, "text": "record.inv", "offset": 10 });
    let found = ask(&router, "policies.complete_condition", request).await;
    assert_eq!((&found["span"], &found["items"][0]["label"]), (&json!([7, 10]), &json!("invoiceNumber")));
}

#[tokio::test]
async fn a_trial_decides_masks_and_filters_by_the_draft() {
    let (router, entity, ids) = with_sales().await;
    let request = json!({ "entityId": entity, "principal": sales("A-1"), "recordId": ids[0] });
    let answer = ask(&router, "policies.try_draft", request).await;
    assert_eq!(answer["notes"], json!([]));
    assert_eq!(decision(&answer, "read")["allowed"], true);
    assert_eq!(decision(&answer, "read")["rules"][0]["outcome"], "matched");
    assert_eq!(decision(&answer, "delete")["allowed"], false);
    let total = &answer["fields"][1];
    assert_eq!((&total["access"], &total["seen"]), (&json!("masked"), &json!("0.00")));
    assert_eq!(answer["record"]["total"], "10.50");
    let rows = &answer["rows"];
    assert_eq!((&rows["total"], &rows["visible"]), (&json!(2), &json!(1)));
    assert_eq!(rows["seen"][0]["values"], json!({ "id": ids[0], "invoiceNumber": "A-1", "total": "0.00" }));
    assert_eq!((&rows["hidden"][0]["id"], &rows["hidden"][0]["values"]["total"]), (&json!(ids[1]), &json!("99.00")));
}

#[tokio::test]
async fn the_clause_that_fails_is_told_with_its_values() {
    let (router, entity, ids) = with_sales().await;
    let request = json!({ "entityId": entity, "principal": sales("A-1"), "recordId": ids[1] });
    let answer = ask(&router, "policies.try_draft", request).await;
    let read = decision(&answer, "read");
    assert_eq!((&read["allowed"], &answer["fields"]), (&json!(false), &Json::Null));
    let clause = &read["rules"][0]["condition"];
    assert_eq!((&clause["outcome"], &clause["decisive"]), (&json!("false"), &json!(true)));
    let parts: Vec<(&str, &str)> = clause["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| (part["text"].as_str().unwrap(), part["value"].as_str().unwrap()))
        .collect();
    assert_eq!(parts, [("record.invoiceNumber", "'B-2'"), ("principal.invoice", "'A-1'")]);
}

#[tokio::test]
async fn what_nobody_brought_is_an_error_and_no_allow() {
    let (router, entity, ids) = with_sales().await;
    let principal = json!({ "userId": "sam", "roles": ["sales"] });
    let request = json!({ "entityId": entity, "principal": principal, "recordId": ids[0] });
    let answer = ask(&router, "policies.try_draft", request).await;
    let read = decision(&answer, "read");
    assert_eq!((&read["allowed"], &read["missing"]), (&json!(false), &json!(["principal.invoice"])));
    assert_eq!(read["rules"][0]["outcome"], "error");
    assert_eq!(answer["rows"]["visible"], 0);
}

#[tokio::test]
async fn where_the_draft_has_more_than_local_it_says_so_and_decides_one_by_one() {
    let (router, entity, ids) = with_sales().await;
    let field = json!({ "id": "fld_region", "name": "region", "type": "string" });
    edit(&router, json!([{ "op": "add", "document": entity, "path": ["fields"], "value": field }])).await;
    let condition = Some("record.region == null && record.invoiceNumber == 'B-2'");
    set_policies(&router, &entity, json!([rule("later", "allow", &["sales"], condition, json!({}))])).await;
    let request = json!({ "entityId": entity, "principal": sales(""), "recordId": ids[1] });
    let answer = ask(&router, "policies.try_draft", request).await;
    let kinds: Vec<&str> =
        answer["notes"].as_array().unwrap().iter().map(|note| note["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["fieldMissing", "rows"]);
    assert!(answer["notes"][0]["message"].as_str().unwrap().contains("`region`"));
    assert_eq!(decision(&answer, "read")["allowed"], true);
    assert_eq!((&answer["rows"]["visible"], &answer["rows"]["seen"][0]["id"]), (&json!(1), &json!(ids[1])));
}

#[tokio::test]
async fn an_entity_without_rows_is_tried_on_a_typed_record() {
    let (router, _, _) = with_sales().await;
    let note = json!({
        "kind": "entity", "format": 1, "id": "ent_note", "name": "Note",
        "fields": [{ "id": "fld_size", "name": "size", "type": "integer" }],
        "policies": [rule("small", "allow", &[], Some("record.size < 10"), json!({}))],
    });
    edit(&router, json!([{ "op": "addDocument", "document": note }])).await;
    let sam = json!({ "userId": "sam", "roles": [] });
    let asked = |size: Json| json!({ "entityId": "ent_note", "principal": sam, "values": { "size": size } });
    for (size, allowed) in [(9, true), (10, false)] {
        let answer = ask(&router, "policies.try_draft", asked(json!(size))).await;
        assert_eq!(decision(&answer, "read")["allowed"], allowed, "{size}");
        assert_eq!((&answer["notes"][0]["kind"], &answer["rows"]), (&json!("unpublished"), &Json::Null));
    }
    assert_eq!(refused(&router, "policies.try_draft", asked(json!("many"))).await, "data/record-invalid");
}

#[tokio::test]
async fn what_is_not_there_is_refused() {
    let (router, entity, _) = with_sales().await;
    let sam = sales("A-1");
    let nobody = json!({ "entityId": "ent_nobody", "principal": sam });
    assert_eq!(refused(&router, "policies.try_draft", nobody).await, "registry/entity-not-found");
    let nothing = json!({ "entityId": entity, "principal": sam, "recordId": "x" });
    assert_eq!(refused(&router, "policies.try_draft", nothing).await, "data/record-not-found");
    let late = json!({ "entityId": entity, "principal": sam, "now": "tomorrow" });
    assert_eq!(refused(&router, "policies.try_draft", late).await, "rpc/bad-request");
}
