//! What holds for every set of documents: compiling again gives what compiling anew gives, fixes help, nothing panics.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of tests

mod support;

use maq_compile::{CompileOptions, IncrementalCompiler, check_for_freeze, compile, physical_names_of};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use support::{broken_fixes, documents, picture::picture};

fn word(words: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(words)
}

const NAMES: &[&str] = &["Customer", "Invoice", "Line", "customer", "Custmer", "Order Details", "Order", "", "Ünïcode"];
const FIELDS: &[&str] = &["name", "total", "status", "customer", "Name", "due date", "id", "order", "nme", "ttal", ""];
const TYPES: &[&str] = &[
    "string",
    "text",
    "integer",
    "bigint",
    "number",
    "decimal",
    "boolean",
    "date",
    "datetime",
    "enum",
    "reference",
    "json",
    "object",
    "list",
    "bytes",
    "attachment",
    "int",
    "strng",
    "rainbow",
];

fn some_json() -> impl Strategy<Value = Json> {
    let values = [
        json!(5),
        json!(-3),
        json!("5"),
        json!("draft"),
        json!("x"),
        json!(true),
        json!(1.25),
        json!("1.23456"),
        json!("2026-11-21"),
        json!([]),
        json!({}),
        json!(null),
        json!(""),
        json!("true"),
    ];
    prop::sample::select(values.to_vec())
}

fn some_field() -> impl Strategy<Value = Json> {
    let option = prop_oneof![
        word(NAMES).prop_map(|name| ("referenceTo", json!(name))),
        word(&["restrict", "cascade", "setNull", "setnul"]).prop_map(|on| ("onDelete", json!(on))),
        some_json().prop_map(|value| ("default", value)),
        some_json().prop_map(|value| ("min", value)),
        some_json().prop_map(|value| ("max", value)),
        (0u64..6).prop_map(|limit| ("minLength", json!(limit))),
        (0u64..6).prop_map(|limit| ("maxLength", json!(limit))),
        (0u32..40).prop_map(|digits| ("precision", json!(digits))),
        (0u32..9).prop_map(|digits| ("scale", json!(digits))),
        word(&["[a-z]+", "[", "(?x)a # b", "[0-9]{9}"]).prop_map(|pattern| ("pattern", json!(pattern))),
        word(&["email", "e-mail", "nothing"]).prop_map(|format| ("format", json!(format))),
        word(&["missing", "null", "nul"]).prop_map(|absent| ("absent", json!(absent))),
        word(&["public", "pubic", "top"]).prop_map(|of| ("classification", json!(of))),
        prop::collection::vec(word(&["draft", "open", "", "5"]), 0..4).prop_map(|values| ("enumValues", json!(values))),
        Just(("required", json!(true))),
        Just(("unique", json!(true))),
    ];
    (word(FIELDS), word(TYPES), prop::collection::vec(option, 0..6)).prop_map(|(name, kind, options)| {
        let mut field = json!({ "name": name, "type": kind });
        for (key, value) in options {
            field[key] = value;
        }
        field
    })
}

fn some_list() -> impl Strategy<Value = Json> {
    let fields = prop::collection::vec(word(FIELDS), 0..4);
    (word(&["a", "b"]), fields).prop_map(|(name, fields)| json!({ "name": name, "fields": fields }))
}

fn some_policy() -> impl Strategy<Value = Json> {
    let actions = prop::collection::vec(word(&["read", "raed", "update", "*", "x"]), 0..3);
    let roles = prop::collection::vec(word(&["admin", "", "*", "user"]), 0..3);
    (word(&["p", "q"]), word(&["allow", "deny", "alow", "?"]), actions, roles, -1i64..2, any::<bool>()).prop_map(
        |(name, effect, actions, roles, priority, conditional)| {
            json!({ "name": name, "effect": effect, "actions": actions, "roles": roles, "priority": priority,
                "condition": conditional.then_some("true") })
        },
    )
}

fn some_entity() -> impl Strategy<Value = Json> {
    (
        word(NAMES),
        prop::collection::vec(some_field(), 0..6),
        prop::collection::vec(some_list(), 0..3),
        prop::collection::vec(some_list(), 0..3),
        prop::collection::vec(some_policy(), 0..3),
        word(&["master", "log", "lgo", "?"]),
        word(&["uuid", "integer", "text", "uid"]),
        word(&["managed", "attached", "?"]),
    )
        .prop_map(|(name, fields, uniques, indexes, policies, class, identity, binding)| {
            let rules: Vec<Json> =
                indexes.iter().map(|it| json!({"name": it["name"], "require": it["fields"]})).collect();
            json!({ "kind": "entity", "name": name, "class": class, "identity": { "type": identity },
                "storage": { "binding": binding }, "fields": fields, "uniques": uniques, "indexes": indexes,
                "policies": policies, "rules": rules })
        })
}

/// Gives everything an id of its own: what ids do when they are not is for the case `id/taken`.
fn with_ids(entities: Vec<Json>) -> Vec<Json> {
    let mut next = 0;
    let mut id = |prefix: &str| {
        next += 1;
        json!(format!("{prefix}_{next}"))
    };
    let mut entities = entities;
    for entity in &mut entities {
        entity["id"] = id("ent");
        for (list, prefix) in
            [("fields", "fld"), ("uniques", "unq"), ("indexes", "idx"), ("rules", "rul"), ("policies", "pol")]
        {
            for member in entity[list].as_array_mut().unwrap() {
                member["id"] = id(prefix);
            }
        }
    }
    entities
}

fn some_entities() -> impl Strategy<Value = Vec<Json>> {
    prop::collection::vec(some_entity(), 0..5).prop_map(with_ids)
}

/// Few cases, because each compiles many times; `PROPTEST_CASES` asks for more.
fn config() -> ProptestConfig {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { config.cases } else { 24 };
    ProptestConfig { cases, ..config }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn fixes_remove_their_finding_and_make_no_new_error(entities in some_entities()) {
        let broken = broken_fixes(&documents(entities));
        prop_assert!(broken.is_empty(), "{broken:#?}");
    }

    #[test]
    fn compiling_again_gives_what_compiling_anew_gives(
        before in some_entities(), change in some_entity(), at in 0usize..5, gone in 0usize..5,
    ) {
        let options = CompileOptions::default();
        let mut after = before.clone();
        if gone < after.len() {
            after.remove(gone);
        }
        if let Some(slot) = after.get_mut(at) {
            let id = slot["id"].clone();
            *slot = with_ids(vec![change]).remove(0);
            slot["id"] = id;
        }
        let mut compiler = IncrementalCompiler::new();
        for documents in [documents(before.clone()), documents(after), documents(before)] {
            let again = compiler.compile(&documents, &options);
            let anew = compile(&documents, &options);
            prop_assert_eq!(&again.findings, &anew.findings);
            prop_assert_eq!(picture(&again.model), picture(&anew.model));
        }
    }

    #[test]
    fn a_publish_fixes_names_and_only_errors_are_added_by_a_freeze(entities in some_entities()) {
        let documents = documents(entities);
        let first = compile(&documents, &CompileOptions::default());
        let physical = physical_names_of(&first.model);
        let reversed: Vec<_> = documents.iter().rev().cloned().collect();
        let second = compile(&reversed, &CompileOptions { physical: physical.clone() });
        for view in second.model.entities() {
            let fixed = physical.tables.get(&*view.entity.id);
            prop_assert!(fixed.is_none_or(|fixed| **fixed == *view.entity.table));
        }
        let sorted = first.findings.windows(2).all(|pair| {
            (&pair[0].place.document, pair[0].severity) <= (&pair[1].place.document, pair[1].severity)
        });
        prop_assert!(sorted);
        prop_assert!(check_for_freeze(&documents, &first).iter().all(|finding| finding.is_error()));
    }
}
