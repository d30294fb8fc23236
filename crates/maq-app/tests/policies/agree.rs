//! Generated policies over generated rows: list, count, get, the decision, the filter and the masks of every principal
//! agree on every row.

use super::town::{Town, admin, told};
use maq_app::{ListRequest, PolicyQuestion, PolicyRecord};
use maq_value::{Principal, Record};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;

const ENTITIES: usize = 24;
const ROWS: usize = 12;

/// Numbers that look drawn and are the same each time.
struct Drawn(u64);

impl Drawn {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % u64::try_from(below).unwrap()).unwrap()
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.next(of.len())]
    }
}

const CONDITIONS: [&str; 14] = [
    "record.color == principal.color",
    "record.size > 3",
    "record.size < principal.limit",
    "record.color in ['red', 'green'] || record.size == 0",
    "has(record.size) && record.size != 2",
    "record.color == null",
    "!(record.color == 'red')",
    "record.parent.size > 2",
    "has(record.parent) && record.parent.color == principal.color",
    "record.price >= 1.50",
    "record.color.startsWith('r') && !record.flag",
    "record.flag",
    "record.createdBy == principal.userId",
    "record.flag ? record.size > 1 : record.color != 'blue'",
];

const COMBININGS: [&str; 7] = [
    "priority-deny-overrides",
    "deny-overrides",
    "permit-overrides",
    "deny-unless-permit",
    "permit-unless-deny",
    "first-applicable",
    "only-one-applicable",
];

fn entity(at: usize, drawn: &mut Drawn) -> Json {
    let name = format!("Thing{at:02}");
    let mut policies = vec![json!({
        "id": format!("pol_adm{at}"), "name": "admins", "effect": "allow", "actions": ["*"], "roles": ["admin"],
        "priority": 100,
    })];
    for number in 0..=drawn.next(4) {
        let effect = drawn.one(&["allow", "allow", "deny"]);
        let mut policy = json!({
            "id": format!("pol_{at}_{number}"), "name": format!("rule{number}"), "effect": effect,
            "actions": ["read"], "roles": drawn.one(&["a", "b", "a b"]).split(' ').collect::<Vec<&str>>(),
            "priority": drawn.next(3),
        });
        if drawn.next(5) > 0 {
            policy["condition"] = json!(drawn.one(&CONDITIONS));
        }
        if drawn.next(3) == 0 {
            let (read, masked) = drawn.one(&["color size", "size color"]).split_once(' ').unwrap();
            let kind = if masked == "color" { drawn.one(&["null", "hash"]) } else { "null" };
            policy["fields"] = json!({
                "read": [read, "parent"], "write": [], "mask": { masked: { "kind": kind } },
            });
            if effect == "deny" {
                policy["fields"]["write"] = json!([read]);
            }
        }
        policies.push(policy);
    }
    json!({
        "kind": "entity", "format": 1, "id": format!("ent_{at}"), "name": name, "combining": COMBININGS[at % 7],
        "fields": [
            { "id": format!("fld_c{at}"), "name": "color", "type": "string" },
            { "id": format!("fld_s{at}"), "name": "size", "type": "integer", "absent": "missing" },
            { "id": format!("fld_p{at}"), "name": "price", "type": "decimal", "precision": 8, "scale": 2 },
            { "id": format!("fld_f{at}"), "name": "flag", "type": "boolean", "required": true },
            { "id": format!("fld_r{at}"), "name": "parent", "type": "reference", "referenceTo": name,
              "absent": "missing" },
        ],
        "policies": policies,
    })
}

fn principals() -> Vec<Principal> {
    let with = |name: &str, roles: &[&str], attributes: &[(&str, Json)]| {
        let mut principal = Principal::new(name, roles);
        principal.attributes.extend(attributes.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
        principal
    };
    vec![
        with("pia", &["a"], &[("color", json!("red")), ("limit", json!(4))]),
        with("ben", &["b"], &[("color", json!("blue"))]),
        with("ann", &["a", "b"], &[("color", json!(7)), ("limit", json!(0))]),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_faces_of_generated_policies_agree_on_every_row() {
    let mut drawn = Drawn(20_261_121);
    let documents: Vec<Json> = (0..ENTITIES).map(|at| entity(at, &mut drawn)).collect();
    let town = Town::of(documents.clone()).await;
    let (mut seen, mut hidden) = (0, 0);
    for document in &documents {
        let name = document["name"].as_str().unwrap();
        let ids = fill(&town, name, &mut drawn).await;
        for principal in principals() {
            let visible = visible(&town, name, &principal).await;
            let context = || format!("{name} for {}: {:#}", principal.user_id, document["policies"]);
            assert_eq!(filtered(&town, name, &principal, &ids).await, visible, "filter, {}", context());
            for id in &ids {
                let got = town.get(&principal, name, id).await;
                assert_eq!(got.is_ok(), visible.contains(id), "get {id}, {}", context());
                let question = question(&principal, name, id);
                let decision = town.server.policy_gate.decide(&question).await.unwrap();
                assert_eq!(decision.allowed, visible.contains(id), "decide {id}: {decision:?}, {}", context());
                let explained = town.server.policy_gate.explain(&question).await.unwrap().decision;
                assert_eq!((explained.allowed, explained.reason), (decision.allowed, decision.reason), "{}", context());
                let masked = told(town.server.policy_gate.mask(&question).await).map(|masked| masked.record);
                assert_eq!(masked.ok(), got.ok(), "mask {id}, {}", context());
                if visible.contains(id) { seen += 1 } else { hidden += 1 }
            }
        }
    }
    assert!(seen > 100 && hidden > 100, "{seen} seen, {hidden} hidden");
}

/// Rows of every sort; their ids.
async fn fill(town: &Town, name: &str, drawn: &mut Drawn) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for _ in 0..ROWS {
        let mut values = json!({ "flag": drawn.next(2) == 0 });
        if drawn.next(4) > 0 {
            values["color"] = json!(drawn.one(&["red", "green", "blue", ""]));
        }
        if drawn.next(4) > 0 {
            values["size"] = json!(drawn.next(6));
        }
        if drawn.next(3) > 0 {
            values["price"] = json!(drawn.one(&["1.50", "-2.00", "9.99"]));
        }
        if !ids.is_empty() && drawn.next(2) > 0 {
            values["parent"] = json!(ids[drawn.next(ids.len())]);
        }
        let made = town.create(&admin(), name, values).await.unwrap();
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    ids
}

/// The ids that list and count give.
async fn visible(town: &Town, name: &str, principal: &Principal) -> BTreeSet<String> {
    let request = ListRequest { limit: Some(200), with_total: true, ..ListRequest::default() };
    let data = &town.server.data;
    match told(data.list(principal, name, &request).await) {
        Ok(page) => {
            let ids: BTreeSet<String> =
                page.data.iter().map(|record| record.to_json()["id"].as_str().unwrap().to_owned()).collect();
            assert_eq!(page.total, u64::try_from(ids.len()).ok());
            assert_eq!(data.count(principal, name, None).await.unwrap(), u64::try_from(ids.len()).unwrap());
            let written = data.list_json(principal, name, &request).await.unwrap();
            assert_eq!(String::from_utf8(written.data).unwrap(), serde_json::to_string(&page.data).unwrap());
            let mut export = data.export(principal, name, &ListRequest::default()).await.unwrap();
            let exported = export.next().await.unwrap();
            assert_eq!(exported, page.data, "list and export of {name}");
            assert!(exported.is_empty() || export.next().await.unwrap().is_empty());
            for record in &page.data {
                let id = record.to_json()["id"].as_str().unwrap().to_owned();
                assert_eq!(town.get(principal, name, &id).await.unwrap(), record.to_json(), "list and get of {name}");
            }
            expanded(town, name, principal, &page.data).await;
            ids
        }
        Err(refusal) => {
            assert_eq!(refusal.code, "policy/denied");
            assert_eq!(told(data.count(principal, name, None).await).unwrap_err().code, "policy/denied");
            let exported = data.export(principal, name, &ListRequest::default()).await;
            assert_eq!(told(exported.map(drop)).unwrap_err().code, "policy/denied");
            BTreeSet::new()
        }
    }
}

/// What an expansion brings along is what the list has of it: a parent that is not seen does not come along.
async fn expanded(town: &Town, name: &str, principal: &Principal, seen: &[Record]) {
    let request = ListRequest { limit: Some(200), expand: vec!["parent.parent".into()], ..ListRequest::default() };
    let page = match told(town.server.data.list(principal, name, &request).await) {
        Ok(page) => page,
        Err(refusal) => return assert_eq!(refusal.code, "policy/field-not-queryable"),
    };
    assert_eq!(page.data, seen);
    let named = |records: &[Record], field: &str| -> BTreeSet<String> {
        records
            .iter()
            .map(|record| record.get(field).to_json())
            .filter(|id| !id.is_null())
            .map(|id| id.to_string())
            .collect()
    };
    let by_id = |ids: &BTreeSet<String>| -> Vec<Record> {
        seen.iter().filter(|record| ids.contains(&record.get("id").to_json().to_string())).cloned().collect()
    };
    let mut parents = named(seen, "parent");
    parents.extend(named(&by_id(&parents), "parent"));
    let included: BTreeSet<String> = named(&page.included[name], "id");
    assert_eq!(included, named(&by_id(&parents), "id"), "expansion of {name}");
    for record in &page.included[name] {
        assert!(seen.contains(record), "{record:?} of {name} is seen otherwise in an expansion");
    }
}

/// The ids that the filter gives.
async fn filtered(town: &Town, name: &str, principal: &Principal, ids: &[String]) -> BTreeSet<String> {
    let rows = town.server.policy_gate.filter(&question(principal, name, ""), Some(ids)).await.unwrap();
    let found: BTreeSet<String> = rows.ids.unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect();
    assert_eq!(rows.count, u64::try_from(found.len()).unwrap());
    found
}

pub fn question(principal: &Principal, name: &str, id: &str) -> PolicyQuestion {
    PolicyQuestion {
        principal: principal.clone(),
        action: "read".into(),
        resource: name.into(),
        record: PolicyRecord::Id(id.into()),
        context: Map::new(),
        now: None,
        is_own: false,
    }
}
