//! Roles in the model: what a mistake gives, how many there may be, and that compiling again forgets nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)] // helpers of tests

mod support;

use maq_compile::{CompileOptions, IncrementalCompiler, MAX_PERMISSIONS, MAX_ROLES, compile};
use maq_policy::RoleCatalogue;
use serde_json::{Value as Json, json};
use support::{codes, compiled, documents};

fn invoice() -> Json {
    json!({"kind": "entity", "id": "ent_invoice", "name": "Invoice",
        "fields": [{"id": "fld_number", "name": "number", "type": "string"}]})
}

fn role(name: &str, permissions: &[&str], inherits: &[&str]) -> Json {
    json!({"kind": "role", "id": format!("rol_{name}"), "name": name, "permissions": permissions, "inherits": inherits})
}

#[test]
fn a_mistake_in_a_role_gives_it_nothing() {
    let compiled = compiled([
        invoice(),
        role("clerk", &["read:Invoce", "red:Invoice", "update"], &["ghost", "chief"]),
        role("chief", &["*:Invoice"], &["clerk"]),
    ]);
    let catalogue = RoleCatalogue::of(&compiled.model);
    let may = |role: &str, action: &str| catalogue.permits(&[role.to_owned()], action, "Invoice");
    assert!(!may("clerk", "read") && !may("clerk", "update"), "it comes back to itself, so it does not inherit");
    assert!(may("chief", "read"));
}

#[test]
fn thousands_of_roles_and_permissions_are_told_once() {
    let names: Vec<String> = (0..3_000).map(|at| format!("r{at}")).collect();
    let all: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut jsons = vec![invoice()];
    jsons.extend(names.iter().enumerate().map(|(at, name)| role(name, &[], &all[..at.min(20)])));
    let many = compiled(jsons);
    assert_eq!(codes(&many.findings), ["policy/nobody-can-read", "role/too-many"]);
    assert_eq!(many.findings[1].message, "there are 3000 roles, at most 1000 are compiled");
    assert_eq!(many.model.roles().len(), MAX_ROLES);

    let permissions: Vec<String> = (0..5_000).map(|at| format!("read:X{at}")).collect();
    let texts: Vec<&str> = permissions.iter().map(String::as_str).collect();
    let wide = compiled([invoice(), role("wide", &texts, &[])]);
    let too_many = wide.findings.iter().find(|finding| finding.code == "role/too-many-permissions").unwrap();
    assert_eq!(too_many.message, "the role `wide` has 5000 permissions, at most 1000 are compiled");
    assert!(wide.findings.len() < 50 && wide.model.roles()[0].permissions.len() <= MAX_PERMISSIONS);
}

#[test]
fn a_long_circle_is_told_at_each_role_and_ends() {
    let names: Vec<String> = (0..MAX_ROLES).map(|at| format!("r{at}")).collect();
    let next = |at: usize| names[(at + 1) % names.len()].as_str();
    let roles = names.iter().enumerate().map(|(at, name)| role(name, &[], &[next(at)]));
    let compiled = compiled([invoice()].into_iter().chain(roles));
    assert_eq!(compiled.findings.iter().filter(|finding| finding.code == "role/inherits-itself").count(), MAX_ROLES);
    assert!(compiled.model.roles().iter().all(|role| role.inherits.is_empty()));
}

#[test]
fn compiling_again_is_compiling_from_the_beginning() {
    let steps = [
        vec![invoice()],
        vec![invoice(), role("clerk", &["read:Invoice"], &[])],
        vec![invoice(), role("clerk", &["read:Invoce"], &["chief"])],
        vec![invoice(), role("clerk", &["read:*"], &["chief"]), role("chief", &[], &[])],
        vec![role("chief", &["read:Invoice"], &[])],
        vec![invoice()],
    ];
    let mut incremental = IncrementalCompiler::new();
    for step in steps {
        let documents = documents(step);
        let options = CompileOptions::default();
        let (again, anew) = (incremental.compile(&documents, &options), compile(&documents, &options));
        assert_eq!(again.findings, anew.findings);
        assert_eq!(again.model.roles(), anew.model.roles());
    }
}

#[test]
fn a_role_that_opens_an_entity_is_someone_who_can_read_it() {
    let closed = compiled([invoice()]);
    assert_eq!(codes(&closed.findings), ["policy/nobody-can-read"]);
    let open = compiled([invoice(), role("clerk", &["list:Inv*"], &[])]);
    assert_eq!(codes(&open.findings), [] as [&str; 0]);
}
