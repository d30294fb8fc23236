//! Hostile and oversized input: findings, no panic, and time that grows with the input only.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of tests

mod support;

use maq_compile::{
    CompileOptions, MAX_CONDITIONS, MAX_ENTITIES, MAX_FIELDS, MAX_ONE_APPLICABLE, MAX_POLICIES, compile,
};
use maq_doc::parse_text;
use serde_json::{Value as Json, json};
use std::sync::Arc;
use support::{codes, compiled, documents};

fn entity(at: usize, fields: Vec<Json>) -> Json {
    json!({ "kind": "entity", "id": format!("ent_{at}"), "name": format!("Entity{at}"), "fields": fields,
        "policies": [ { "id": format!("pol_{at}"), "name": "reads", "effect": "allow", "actions": ["read"] } ] })
}

fn field(at: usize, name: &str) -> Json {
    json!({ "id": format!("fld_{at}"), "name": name, "type": "string" })
}

#[test]
fn the_first_thousand_of_ten_thousand_fields_are_compiled() {
    let compiled = compiled([entity(0, (0..10_000).map(|at| field(at, &format!("f{at}"))).collect())]);
    assert_eq!(codes(&compiled.findings), ["entity/too-many-fields"]);
    assert_eq!(compiled.findings[0].message, "`Entity0` has 10000 fields, at most 1000 are compiled");
    assert_eq!(compiled.model.entity("Entity0").unwrap().entity.fields.len(), MAX_FIELDS);
}

#[test]
fn more_entities_than_a_model_can_have_are_told_once() {
    let compiled = compiled((0..=MAX_ENTITIES).map(|at| entity(at, vec![field(at, "a")])));
    assert_eq!(codes(&compiled.findings), ["model/too-many-entities"]);
    assert_eq!(compiled.findings[0].place.document, "ent_5000");
    assert_eq!(compiled.model.len(), MAX_ENTITIES + 1);
}

#[test]
fn hundreds_of_wrong_names_and_references_take_no_more_than_their_number() {
    let wrong = |at: usize| {
        let mut entity = entity(at, vec![]);
        entity["name"] = json!(format!("wrong name {at}"));
        entity["fields"] = (0..3)
            .map(|field| {
                json!({ "id": format!("fld_{at}_{field}"), "name": format!("f{field}"), "type": "reference",
                    "referenceTo": format!("wrong nam {at} {field}") })
            })
            .collect();
        entity
    };
    let compiled = compiled((0..300).map(wrong));
    assert_eq!(compiled.findings.iter().filter(|finding| finding.code == "entity/name-invalid").count(), 300);
    assert!(compiled.has_errors());
    assert_eq!(compiled.model.len(), 300);
}

#[test]
fn thousands_of_repeated_things_do_no_harm() {
    let same = |id: &str| -> Vec<Json> {
        (0..2_000).map(|at| json!({ "id": format!("{id}_{at}"), "name": "same", "fields": ["a", "b", "a"] })).collect()
    };
    let mut one = entity(0, (0..2_000).map(|at| field(at, "a")).collect());
    one["uniques"] = same("unq").into();
    one["indexes"] = same("idx").into();
    one["rules"] = (0..2_000).map(|at| json!({ "id": format!("rul_{at}"), "name": "r", "require": ["x"] })).collect();
    one["policies"] = (0..2_000)
        .map(|at| {
            let effect = if at % 2 == 0 { "allow" } else { "deny" };
            json!({ "id": format!("pol_{at}"), "name": "p", "effect": effect, "actions": ["read"] })
        })
        .collect();
    let compiled = compiled([one]);
    assert_eq!(compiled.model.entity("Entity0").unwrap().entity.fields.len(), 1);
    assert!(compiled.findings.len() > 8_000);
}

#[test]
fn names_of_ten_thousand_letters_are_shortened_in_messages_and_in_the_database() {
    let long = "Ä".repeat(10_000);
    let mut one = entity(0, vec![field(0, &long)]);
    one["name"] = json!(long);
    one["class"] = json!(long);
    one["fields"][0]["default"] = json!(long);
    one["fields"][0]["type"] = json!("enum");
    one["fields"][0]["enumValues"] = json!([long.clone() + "x", "b"]);
    one["indexes"] = json!([{ "id": "idx_1", "name": long, "fields": [long, "other"] }]);
    one["policies"] = json!([{ "id": "pol_1", "name": long, "effect": long, "actions": [long], "roles": [long] }]);
    let compiled = compiled([one]);
    for finding in &compiled.findings {
        assert!(finding.message.chars().count() < 500, "{}: {}", finding.code, finding.message);
    }
    let entity = compiled.model.entities().next().unwrap().entity.clone();
    assert!(entity.table.len() <= 63 && entity.fields.iter().all(|field| field.column.len() <= 63));
}

#[test]
fn a_deep_default_is_compiled_as_it_stands() {
    let deep = "[".repeat(100) + &"]".repeat(100);
    let text = format!(
        r#"{{ "kind": "entity", "name": "Deep", "fields": [ {{ "name": "a", "type": "json", "default": {deep} }},
            {{ "name": "b", "type": "string", "default": {deep} }} ] }}"#
    );
    let document = parse_text("deep.json", &text).unwrap();
    let compiled = compile(&[Arc::new(document)], &CompileOptions::default());
    assert_eq!(codes(&compiled.findings), ["field/default-wrong-type", "policy/nobody-can-read"]);
}

#[test]
fn a_chain_and_a_circle_of_thousands_of_references_do_no_harm() {
    let count = 3_000;
    let linked = |at: usize| {
        let target = format!("Entity{}", (at + 1) % count);
        let reference = json!({ "id": format!("fld_{at}"), "name": "next", "type": "reference", "referenceTo": target,
            "required": true, "onDelete": "cascade" });
        entity(at, vec![reference])
    };
    let compiled = compiled((0..count).map(linked));
    assert_eq!(codes(&compiled.findings), ["reference/cascade-cycle", "reference/required-cycle"]);
}

#[test]
fn nothing_is_a_model_too() {
    let compiled = compile(&documents([]), &CompileOptions::default());
    assert!(compiled.model.is_empty() && compiled.findings.is_empty());
}

fn with_policies(count: usize, policy: impl Fn(usize) -> Json) -> Json {
    let mut entity = entity(0, vec![field(0, "region")]);
    entity["policies"] = (0..count)
        .map(|at| {
            let mut policy = policy(at);
            policy["id"] = json!(format!("pol_{at}"));
            policy["name"] = json!(format!("policy{at}"));
            policy
        })
        .collect();
    entity
}

#[test]
fn ten_thousand_policies_are_fine_and_too_many_are_told_once() {
    let by_role = |at: usize| json!({ "effect": "allow", "actions": ["read"], "roles": [format!("role{at}")] });
    let fine = compiled([with_policies(10_000, by_role)]);
    assert_eq!(codes(&fine.findings), Vec::<&str>::new());
    assert_eq!(fine.model.entity("Entity0").unwrap().entity.policies.len(), 10_000);
    let too_many = compiled([with_policies(MAX_POLICIES + 1, by_role)]);
    assert_eq!(codes(&too_many.findings), ["policy/too-many"]);
    assert_eq!(too_many.findings[0].message, "`Entity0` has 20001 policies, at most 20000 can be decided by");
}

#[test]
fn conditions_that_do_not_fit_into_one_question_are_told() {
    let conditional = |at: usize| {
        json!({ "effect": "allow", "actions": ["read"], "roles": ["sales", format!("role{at}")],
            "condition": format!("record.region == 'r{at}'") })
    };
    let by_role = |at: usize| {
        json!({ "effect": "allow", "actions": ["read"], "roles": [format!("role{}", at / 3)],
            "condition": format!("record.region == 'r{at}'") })
    };
    assert_eq!(codes(&compiled([with_policies(3 * MAX_CONDITIONS, by_role)]).findings), Vec::<&str>::new());
    let fine = compiled([with_policies(MAX_CONDITIONS, conditional)]);
    assert_eq!(codes(&fine.findings), Vec::<&str>::new());
    let too_many = compiled([with_policies(MAX_CONDITIONS + 1, conditional)]);
    assert_eq!(codes(&too_many.findings), ["policy/too-many-conditions"]);
    let mut one = with_policies(MAX_ONE_APPLICABLE + 1, conditional);
    one["combining"] = json!("only-one-applicable");
    let one = compiled([one]);
    assert_eq!(codes(&one.findings), ["policy/too-many-conditions"]);
    assert_eq!(
        one.findings[0].message,
        "`Entity0` has 41 policies with conditions for `read` of one role, at most 40 fit into one question to a database"
    );
}
