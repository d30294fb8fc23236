//! Conditions over the model: compiled again only where they must be, and renamed with what they read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // helpers of tests

mod support;

use maq_compile::{
    CompileOptions, IncrementalCompiler, compile, rename_entity_in_conditions, rename_field_in_conditions,
};
use maq_doc::{Document, Edit};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use support::{codes, compiled, documents};

fn customer(region: &str) -> Json {
    json!({ "kind": "entity", "id": "ent_customer", "name": "Customer",
        "fields": [ { "id": "fld_region", "name": region, "type": "string", "required": true } ],
        "policies": [ { "id": "pol_customer", "name": "reads", "effect": "allow", "actions": ["read"] } ] })
}

fn line() -> Json {
    json!({ "kind": "entity", "id": "ent_line", "name": "Line",
        "fields": [
            { "id": "fld_invoice", "name": "invoice", "type": "reference", "referenceTo": "Invoice", "required": true },
            { "id": "fld_amount", "name": "amount", "type": "integer", "required": true },
        ],
        "policies": [ { "id": "pol_line", "name": "reads", "effect": "allow", "actions": ["read"],
            "condition": "record.amount > 3 && record.invoice.customer.region == principal.region" } ] })
}

fn invoice(condition: &str) -> Json {
    json!({ "kind": "entity", "id": "ent_invoice", "name": "Invoice",
        "fields": [ { "id": "fld_customer", "name": "customer", "type": "reference", "referenceTo": "Customer",
            "required": true } ],
        "policies": [ { "id": "pol_invoice", "name": "reads", "effect": "allow", "actions": ["read"],
            "condition": condition } ] })
}

const WALKS: &str = "record.customer.region == 'north' && record.lines.exists(l, l.amount > 100)";

#[test]
fn conditions_walk_to_other_entities() {
    let compiled = compiled([customer("region"), invoice(WALKS), line()]);
    assert_eq!(codes(&compiled.findings), Vec::<&str>::new());
    for name in ["Invoice", "Line"] {
        let policy = &compiled.model.entity(name).unwrap().entity.policies[0];
        assert!(policy.condition.is_some() && !policy.broken, "{name}");
    }
}

#[test]
fn what_a_condition_reads_elsewhere_breaks_it_when_it_goes() {
    let mut compiler = IncrementalCompiler::new();
    let options = CompileOptions::default();
    let first = documents([customer("region"), invoice(WALKS), line()]);
    assert_eq!(codes(&compiler.compile(&first, &options).findings), Vec::<&str>::new());
    let mut second = first.clone();
    second[0] = documents([customer("area")]).remove(0);
    let again = compiler.compile(&second, &options);
    assert_eq!(again.findings, compile(&second, &options).findings);
    let broken = |name: &str| again.model.entity(name).unwrap().entity.policies[0].broken;
    assert!(broken("Invoice") && broken("Line"));
    assert!(again.findings.iter().all(|finding| finding.place.path[2] == "condition"), "{:?}", again.findings);
    let whole = compiler.compile(&first, &options);
    assert_eq!(whole.findings, []);
    assert!(!whole.model.entity("Line").unwrap().entity.policies[0].broken);
}

#[test]
fn an_entity_more_moves_conditions_to_their_new_places() {
    let mut compiler = IncrementalCompiler::new();
    let options = CompileOptions::default();
    compiler.compile(&documents([customer("region"), invoice(WALKS), line()]), &options);
    let note = json!({ "kind": "entity", "id": "ent_note", "name": "Note",
        "fields": [ { "id": "fld_text", "name": "text", "type": "string" } ],
        "policies": [ { "id": "pol_note", "name": "reads", "effect": "allow", "actions": ["read"] } ] });
    for place in 0..4 {
        let mut jsons = vec![customer("region"), invoice(WALKS), line()];
        jsons.insert(place, note.clone());
        let more = documents(jsons);
        let again = compiler.compile(&more, &options);
        let anew = compile(&more, &options);
        assert_eq!(again.findings, anew.findings);
        for (one, other) in again.model.entities().zip(anew.model.entities()) {
            assert_eq!(one.entity, other.entity);
            for policy in one.entity.policies.iter().filter(|policy| policy.condition.is_some()) {
                let environment = &policy.condition.as_ref().unwrap().environment;
                assert_eq!(environment.record.unwrap().0, one.index.0);
                assert_eq!(environment.entities.len(), 4);
            }
        }
    }
}

fn texts(edits: Vec<Edit>) -> Vec<(String, String)> {
    let text = |edit| match edit {
        Edit::Set { document, value: Some(value), .. } => (document, value.as_str().unwrap().to_owned()),
        other => panic!("{other:?}"),
    };
    edits.into_iter().map(text).collect()
}

fn pair(document: &str, text: &str) -> (String, String) {
    (document.to_owned(), text.to_owned())
}

#[test]
fn a_field_is_renamed_wherever_its_type_says_it_is_meant() {
    let all: Vec<Arc<Document>> = documents([customer("region"), invoice(WALKS), line()]);
    let model = compile(&all, &CompileOptions::default()).model;
    assert_eq!(
        texts(rename_field_in_conditions(&all, &model, "ent_customer", "fld_region", "area")),
        [
            pair("ent_invoice", &WALKS.replace(".region", ".area")),
            // The attribute of the principal has the same name, and stays.
            pair("ent_line", "record.amount > 3 && record.invoice.customer.area == principal.region"),
        ]
    );
    assert_eq!(
        texts(rename_field_in_conditions(&all, &model, "ent_line", "fld_amount", "sum")),
        [
            pair("ent_invoice", &WALKS.replace("l.amount", "l.sum")),
            pair("ent_line", "record.sum > 3 && record.invoice.customer.region == principal.region"),
        ]
    );
    assert_eq!(
        texts(rename_entity_in_conditions(&all, &model, "ent_line", "OrderLine")),
        [pair("ent_invoice", &WALKS.replace("record.lines", "record.orderLines"))]
    );
    assert_eq!(rename_entity_in_conditions(&all, &model, "ent_customer", "Client"), []);
}
