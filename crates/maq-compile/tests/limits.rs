//! Hostile and oversized input: findings, no panic, and time that grows with the input only.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of tests

mod support;

use maq_compile::{CompileOptions, MAX_ENTITIES, MAX_FIELDS, compile};
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
