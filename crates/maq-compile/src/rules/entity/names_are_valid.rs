//! What entities are called. A fix that renames rewrites every reference too.

use crate::fixes;
use crate::naming::{free_name, pascal_case};
use crate::stages::names::NamesOutput;
use crate::words::short;
use maq_diag::{Finding, Place, catalogue};
use maq_doc::{EntityDoc, ids::is_valid_name, rename};
use std::collections::HashMap;

fn place_of(doc: &EntityDoc) -> Place {
    Place::at(doc.id.as_str(), &["name"])
}

/// Names are made of letters and digits.
pub(in crate::rules) fn names_are_valid(names: &NamesOutput<'_>, out: &mut Vec<Finding>) {
    for named in names.entities.iter().filter(|named| !is_valid_name(&named.doc.name)) {
        let doc = named.doc;
        let name = free_name(&pascal_case(&doc.name), |name| names.named(name).is_some());
        let params = [("name", &*short(&doc.name))];
        let referrers = if named.index.is_some() { names.referrers(&doc.name) } else { Vec::new() };
        let edits = fixes::edits(rename::rename_entity(&referrers, doc, &name));
        let finding = Finding::new(catalogue::ENTITY_NAME_INVALID, place_of(doc), &params);
        out.push(finding.with_fix(format!("Rename it to `{name}`"), edits));
    }
}

/// No two entities have the same name.
pub(in crate::rules) fn names_are_free(names: &NamesOutput<'_>, out: &mut Vec<Finding>) {
    let mut given: HashMap<&str, usize> = HashMap::new();
    for named in names.entities.iter().filter(|named| named.index.is_none() && is_valid_name(&named.doc.name)) {
        let doc = named.doc;
        // Each further one gets the next number, so that many of them take no longer.
        let number = given.entry(&doc.name).or_insert(1);
        *number += 1;
        let name = free_name(&numbered(&doc.name, *number), |name| names.named(name).is_some());
        let mut finding = Finding::new(catalogue::ENTITY_NAME_TAKEN, place_of(doc), &[("name", &doc.name)]);
        if let Some(first) = names.named(&doc.name) {
            finding = finding.related_to(place_of(first.doc), "it has the name already");
        }
        let edits = fixes::set(&doc.id, &["name"], name.as_str());
        out.push(finding.with_fix(format!("Rename it to `{name}`"), edits));
    }
}

fn numbered(name: &str, number: usize) -> String {
    let suffix = number.to_string();
    crate::naming::cut(name, 48 - suffix.len()).to_owned() + &suffix
}

/// Names differ in more than upper and lower case.
pub(in crate::rules) fn names_differ_in_more_than_case(names: &NamesOutput<'_>, out: &mut Vec<Finding>) {
    let mut firsts: HashMap<String, &EntityDoc> = HashMap::with_capacity(names.entities.len());
    for named in names.entities.iter().filter(|named| named.index.is_some()) {
        let first = *firsts.entry(named.doc.name.to_lowercase()).or_insert(named.doc);
        if first.name != named.doc.name {
            let params = [("name", &*short(&named.doc.name)), ("other", &*short(&first.name))];
            let finding = Finding::new(catalogue::ENTITY_NAME_DIFFERS_IN_CASE, place_of(named.doc), &params);
            out.push(finding.related_to(place_of(first), "the other one"));
        }
    }
}
