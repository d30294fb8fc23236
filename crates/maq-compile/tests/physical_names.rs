//! What a publish fixes stays, whatever is renamed or added afterwards.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of tests

mod support;

use maq_compile::{CompileOptions, Compiled, compile, physical_names_of};
use maq_ir::SYSTEM_COLUMNS;
use serde_json::{Value as Json, json};
use std::collections::HashSet;
use support::{compiled, documents};

fn invoice(name: &str, field: &str) -> Json {
    json!({ "kind": "entity", "id": "ent_1", "name": name,
        "fields": [ { "id": "fld_1", "name": field, "type": "string", "unique": true } ],
        "indexes": [ { "id": "idx_1", "name": "fast", "fields": [field] } ] })
}

fn names(compiled: &Compiled) -> Vec<String> {
    let mut all = Vec::new();
    for view in compiled.model.entities() {
        all.push(view.entity.table.to_string());
        all.extend(view.entity.fields.iter().map(|field| field.column.to_string()));
        all.extend(view.entity.uniques.iter().map(|unique| unique.index_name.to_string()));
        all.extend(view.entity.indexes.iter().map(|index| index.index_name.to_string()));
    }
    all
}

#[test]
fn a_rename_keeps_every_physical_name_that_was_published() {
    let published = compiled([invoice("Invoice", "number")]);
    let expected = ["invoice", "number", "invoice_number_key", "invoice_fast_idx"];
    assert_eq!(names(&published), expected);
    let options = CompileOptions { physical: physical_names_of(&published.model) };
    let renamed = compile(&documents([invoice("Bill", "code")]), &options);
    assert_eq!(names(&renamed), expected);
    assert_eq!(physical_names_of(&renamed.model), options.physical);
}

#[test]
fn a_new_entity_never_takes_a_published_name() {
    let options = CompileOptions { physical: physical_names_of(&compiled([invoice("Invoice", "number")]).model) };
    let another = json!({ "kind": "entity", "id": "ent_0", "name": "Invoice", "source": { "name": "INVOICE" },
        "fields": [ { "id": "fld_0", "name": "number", "type": "string", "unique": true } ] });
    let both = compile(&documents([another, invoice("Bill", "code")]), &options);
    let expected =
        ["invoice_2", "number", "invoice_2_number_key", "invoice", "number", "invoice_number_key", "invoice_fast_idx"];
    assert_eq!(names(&both), expected);
}

#[test]
fn index_names_are_unique_over_the_whole_model_and_short_enough() {
    let entity = |id: &str, name: &str, field: &str| {
        json!({ "kind": "entity", "id": id, "name": name,
            "fields": [ { "id": format!("{id}f"), "name": field, "type": "string", "unique": true } ] })
    };
    let long = "aVeryLongNameThatIsStillWithinFortyEightLetters";
    let model = compiled([
        entity("ent_a", "Order", "lineNumber"),
        entity("ent_b", "OrderLine", "number"),
        entity("ent_c", long, long),
        json!({ "kind": "entity", "id": "ent_d", "name": "OrderLineNumberKey", "fields": [] }),
    ]);
    let names: Vec<String> = names(&model).into_iter().filter(|name| name.ends_with("_key")).collect();
    let distinct: HashSet<&String> = names.iter().collect();
    assert_eq!(distinct.len(), names.len(), "{names:?}");
    assert!(names.iter().all(|name| name.len() <= 63), "{names:?}");
}

#[test]
fn columns_are_distinct_whatever_their_case_and_never_system_columns() {
    let field = |at: usize, name: &str| json!({ "id": format!("fld_{at}"), "name": name, "type": "string" });
    let wished = ["Id", "ID", "tenantID", "rowVersion2", "Note", "NOTE", "note", "note2"];
    let fields: Vec<Json> = wished.iter().enumerate().map(|(at, name)| field(at, name)).collect();
    let model = compiled([json!({ "kind": "entity", "id": "ent_a", "name": "A", "fields": fields })]).model;
    let view = model.entity("A").unwrap();
    let columns: Vec<String> = view.entity.fields.iter().map(|field| field.column.to_lowercase()).collect();
    assert_eq!(columns.len(), wished.len());
    assert_eq!(columns.iter().collect::<HashSet<_>>().len(), wished.len(), "{columns:?}");
    assert!(columns.iter().all(|column| !SYSTEM_COLUMNS.contains(&column.as_str())), "{columns:?}");
}
