//! What a field is called, in documents and in the database. A fix that renames rewrites keys, indexes and rules too.

use crate::context::{EntityContext, FieldContext};
use crate::fixes;
use crate::naming::{camel_case, free_name};
use crate::rules::text;
use crate::sql_words::is_reserved;
use crate::words::short;
use maq_diag::{Finding, catalogue};
use maq_doc::{ids::is_valid_name, rename};
use maq_ir::SYSTEM_NAMES;
use std::collections::HashMap;

/// The name nearest to `wish` that a field of the entity can have.
fn free_field_name(field: FieldContext<'_>, wish: &str) -> String {
    let is_taken = |name: &str| field.entity.fields.position(name).is_some() || SYSTEM_NAMES.contains(&name);
    free_name(wish, is_taken)
}

/// The finding with the fix that renames the field. Only the field that its name leads to takes the referrers along.
fn with_rename(finding: Finding, field: FieldContext<'_>, wish: &str) -> Finding {
    let name = free_field_name(field, wish);
    let is_meant = field.entity.fields.position(&field.doc.name) == Some(field.at);
    let renamed = is_meant.then(|| rename::rename_field(field.entity.doc, &field.doc.id, &name)).flatten();
    let edits = match renamed {
        Some(edits) => fixes::edits(edits),
        None => fixes::set(field.document(), &field.path("name"), name.as_str()),
    };
    finding.with_fix(format!("Rename it to `{name}`"), edits)
}

/// The name is made of letters and digits.
pub(in crate::rules) fn name_is_valid(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    let name = &field.doc.name;
    if !is_valid_name(name) {
        let finding = Finding::new(catalogue::FIELD_NAME_INVALID, field.place("name"), &[("name", &*short(name))]);
        out.push(with_rename(finding, field, &camel_case(name)));
    }
}

/// No two fields of an entity have the same name.
pub(in crate::rules) fn name_is_free(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    let name = &field.doc.name;
    let Some(first) = field.entity.field(name).filter(|first| first.at != field.at && is_valid_name(name)) else {
        return;
    };
    let params = [("entity", &*short(&field.entity.doc.name)), ("name", &**name)];
    let finding = Finding::new(catalogue::FIELD_NAME_TAKEN, field.place("name"), &params)
        .related_to(first.place("name"), "it has the name already");
    out.push(with_rename(finding, field, name));
}

/// The name is not one that every record has already.
pub(in crate::rules) fn name_is_not_kept_by_the_system(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    let name = field.doc.name.as_str();
    if SYSTEM_NAMES.contains(&name) {
        let finding = Finding::new(catalogue::FIELD_NAME_IS_SYSTEM, field.place("name"), &[("name", name)]);
        let mut wish = camel_case(&field.entity.doc.name);
        wish.truncate(32);
        let mut letters = name.chars();
        wish.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        wish.extend(letters);
        out.push(with_rename(finding, field, &wish));
    }
}

/// Names differ in more than upper and lower case.
pub(in crate::rules) fn names_differ_in_more_than_case(entity: EntityContext<'_>, out: &mut Vec<Finding>) {
    let mut firsts: HashMap<String, FieldContext<'_>> = HashMap::with_capacity(entity.fields.docs.len());
    for field in entity.fields().filter(|field| !field.doc.name.is_empty()) {
        let first = *firsts.entry(field.doc.name.to_lowercase()).or_insert(field);
        if first.doc.name != field.doc.name {
            let params = [("name", &*short(&field.doc.name)), ("other", &*short(&first.doc.name))];
            let finding = Finding::new(catalogue::FIELD_NAME_DIFFERS_IN_CASE, field.place("name"), &params);
            out.push(finding.related_to(first.place("name"), "the other one"));
        }
    }
}

/// An imported column keeps its name.
pub(in crate::rules) fn column_keeps_its_name(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    let column = field.column();
    if let Some(source) = field.doc.source.as_ref().filter(|source| source.name != column) {
        let name = short(&field.doc.name);
        let params = [("name", &*name), ("source", &*short(&source.name)), ("column", column)];
        out.push(Finding::new(catalogue::FIELD_SOURCE_NAME_NOT_KEPT, field.place("source"), &params));
    }
}

/// A column is no reserved word of SQL.
pub(in crate::rules) fn column_is_no_reserved_word(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    if is_reserved(field.column()) {
        let params = [("name", &*short(&field.doc.name)), ("column", field.column())];
        out.push(Finding::new(catalogue::FIELD_NAME_RESERVED, field.place("name"), &params));
    }
}

/// Label and description are not too long.
pub(in crate::rules) fn texts_fit(field: FieldContext<'_>, out: &mut Vec<Finding>) {
    let doc = field.doc;
    let place = |what: &str| field.place(what);
    let (label, description) = (doc.label.as_deref(), doc.description.as_deref());
    text::check(catalogue::FIELD_TEXT_TOO_LONG, &doc.name, label, description, place, out);
}
