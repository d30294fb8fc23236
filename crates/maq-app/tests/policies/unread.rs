//! A record that may not be read is not there to be changed or deleted either, whatever else may be done to it.

use super::town::{Town, admin, code, id_of, told};
use maq_app::{IdempotencyKey, Refusal};
use maq_value::Principal;
use serde_json::{Value as Json, json};

const NOWHERE: &str = "01890000-0000-7000-8000-000000000000";

fn documents() -> Vec<Json> {
    let allow_on = |entity: &str, name: &str, actions: &[&str], condition: &str| {
        let named = format!("{name}{}", actions.join("")).replace('*', "All");
        let mut policy = json!({ "id": format!("pol_{entity}{named}"), "name": named, "effect": "allow",
                                 "actions": actions, "roles": [name] });
        if !condition.is_empty() {
            policy["condition"] = json!(condition);
        }
        policy
    };
    let allow = |name: &str, actions: &[&str], condition: &str| allow_on("task", name, actions, condition);
    let of_step = |name: &str, actions: &[&str], condition: &str| allow_on("step", name, actions, condition);
    vec![
        json!({
            "kind": "entity", "format": 1, "id": "ent_task", "name": "Task",
            "fields": [
                { "id": "fld_tn", "name": "name", "type": "string", "required": true },
                { "id": "fld_ts", "name": "state", "type": "string", "required": true },
            ],
            "policies": [
                allow("admin", &["*"], ""),
                allow("clerk", &["read"], "record.state == 'open'"),
                allow("clerk", &["create", "update", "delete"], ""),
                allow("strict", &["read", "update"], "record.state == 'open'"),
                allow("strict", &["delete"], "record.name != 'kept'"),
                allow("strict", &["read"], "record.name == 'shown'"),
                allow("blind", &["create", "update", "delete"], ""),
            ],
        }),
        json!({
            "kind": "entity", "format": 1, "id": "ent_step", "name": "Step",
            "fields": [
                { "id": "fld_st", "name": "task", "type": "reference", "referenceTo": "Task", "required": true,
                  "onDelete": "cascade" },
            ],
            "policies": [of_step("admin", &["*"], ""), of_step("clerk", &["delete"], "record.task.name != 'kept'")],
        }),
    ]
}

struct Filled {
    town: Town,
    /// Open.
    open: String,
    /// Hidden from clerks.
    closed: String,
}

async fn filled() -> Filled {
    let town = Town::of(documents()).await;
    let task = async |name: &str, state: &str| {
        id_of(&town.create(&admin(), "Task", json!({ "name": name, "state": state })).await.unwrap())
    };
    let (open, closed) = (task("seen", "open").await, task("kept", "closed").await);
    Filled { town, open, closed }
}

fn clerk() -> Principal {
    Principal::new("cleo", &["clerk"])
}

/// A refusal without the id that it names.
fn same(mut refusal: Refusal, id: &str) -> String {
    refusal.title = refusal.title.replace(id, "ID");
    refusal.params.insert("id".into(), "ID".into());
    format!("{refusal:?}")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_read_is_not_there_to_be_changed() {
    let filled = filled().await;
    let (town, clerk) = (&filled.town, clerk());
    let closed = filled.closed.as_str();
    let step = id_of(&town.create(&admin(), "Step", json!({ "task": closed })).await.unwrap());
    let mut refused = Vec::new();
    for id in [closed, NOWHERE] {
        let mut refusals = Vec::new();
        for values in [json!({ "name": "x" }), json!({ "state": "open" }), json!({})] {
            refusals.push(town.update(&clerk, "Task", id, values.clone()).await.unwrap_err());
            let other = town.server.data.update(&clerk, "Task", id, values, Some(999)).await;
            refusals.push(told(other).unwrap_err());
        }
        refusals.push(town.delete(&clerk, "Task", id).await.unwrap_err());
        refusals.push(told(town.server.data.delete(&clerk, "Task", id, Some(999)).await).unwrap_err());
        let key = IdempotencyKey::parse(&format!("k-{id}")).unwrap();
        let change = json!({ "op": "update", "entity": "Task", "id": id, "data": { "state": "open" } });
        let change = serde_json::from_value(change).unwrap();
        refusals.push(told(town.server.data.submit(&clerk, change, Some(&key)).await).unwrap_err());
        for refusal in &refusals {
            assert_eq!(refusal.code, "data/record-not-found", "{refusal:?}");
        }
        let made = json!({ "op": "create", "entity": "Task", "data": { "name": "new", "state": "open" } });
        for operation in [
            json!({ "op": "update", "entity": "Task", "id": id, "data": { "state": "open" } }),
            json!({ "op": "update", "entity": "Task", "id": id, "rowVersion": 999, "data": { "name": "x" } }),
            json!({ "op": "delete", "entity": "Task", "id": id }),
        ] {
            let refusal = town.batch(&clerk, json!([made, operation])).await.unwrap_err();
            assert_eq!((refusal.code.as_str(), &*refusal.params["operation"]), ("data/record-not-found", "1"));
            refusals.push(refusal);
        }
        refused.push(refusals.into_iter().map(|refusal| same(refusal, id)).collect::<Vec<_>>());
    }
    assert_eq!(refused[0], refused[1]);
    let kept = town.get(&admin(), "Task", closed).await.unwrap();
    assert_eq!((&kept["rowVersion"], &kept["state"]), (&json!(1), &json!("closed")));
    town.get(&admin(), "Step", &step).await.unwrap();
    // What is seen is changed and deleted as before; what it becomes is a matter of the action alone.
    let done = town.update(&clerk, "Task", &filled.open, json!({ "state": "closed" })).await.unwrap();
    assert_eq!((done.get("state"), &done["rowVersion"]), (None, &json!(2)));
    let again = town.update(&clerk, "Task", &filled.open, json!({ "state": "open" })).await;
    assert_eq!(code(again), "data/record-not-found");
    let made = id_of(&town.create(&clerk, "Task", json!({ "name": "mine", "state": "open" })).await.unwrap());
    town.delete(&clerk, "Task", &made).await.unwrap();
}

/// Within a batch, too, each operation finds only what may be read.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_changes_nothing_that_it_hid_before() {
    let filled = filled().await;
    let (town, clerk) = (&filled.town, clerk());
    let set = |state: &str| json!({ "op": "update", "entity": "Task", "id": filled.open, "data": { "state": state } });
    assert_eq!(code(town.batch(&clerk, json!([set("closed"), set("open")])).await), "policy/denied");
    assert_eq!(town.get(&admin(), "Task", &filled.open).await.unwrap()["rowVersion"], 1);
    assert_eq!(town.batch(&clerk, json!([set("open"), set("closed")])).await.unwrap()[1].get("state"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_read_and_not_changed_is_still_denied() {
    let filled = filled().await;
    let (town, strict) = (&filled.town, Principal::new("sia", &["strict"]));
    let shown = json!({ "name": "shown", "state": "closed" });
    let shown = id_of(&town.create(&admin(), "Task", shown).await.unwrap());
    let denied = town.update(&strict, "Task", &shown, json!({ "state": "open" })).await.unwrap_err();
    assert_eq!(denied.code, "policy/denied");
    assert!(denied.params["reason"].contains("record.state == 'open'"), "{:?}", denied.params);
    town.delete(&strict, "Task", &shown).await.unwrap();
    assert_eq!(code(town.delete(&strict, "Task", &filled.closed).await), "data/record-not-found");
    let kept = id_of(&town.create(&admin(), "Task", json!({ "name": "kept", "state": "open" })).await.unwrap());
    assert_eq!(code(town.delete(&strict, "Task", &kept).await), "policy/denied");
}

/// Without any right to read every change is denied alike: nothing tells what is there.
#[tokio::test(flavor = "multi_thread")]
async fn who_may_read_nothing_changes_nothing() {
    let filled = filled().await;
    let (town, blind) = (&filled.town, Principal::new("ben", &["blind"]));
    let made = town.create(&blind, "Task", json!({ "name": "new", "state": "open" })).await.unwrap();
    assert_eq!(made.get("name"), None, "who may create and not read gets back what every record has");
    for id in [filled.open.as_str(), filled.closed.as_str(), NOWHERE, &id_of(&made)] {
        let changed = town.update(&blind, "Task", id, json!({ "name": "x" })).await.unwrap_err();
        let reason = "no record of `Task` may be read, and what may not be read is not there to update";
        assert_eq!((changed.code.as_str(), &*changed.params["reason"]), ("policy/denied", reason));
        let deleted = town.delete(&blind, "Task", id).await.unwrap_err();
        assert_eq!((deleted.code.as_str(), &*deleted.params["resource"]), ("policy/denied", "Task"));
        let batch = json!([{ "op": "delete", "entity": "Task", "id": id }]);
        assert_eq!(code(town.batch(&blind, batch).await), "policy/denied");
    }
}
