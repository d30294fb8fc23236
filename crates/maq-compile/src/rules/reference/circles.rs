//! Circles of references over several entities, found as strongly connected components. One finding a circle, at its first reference.

use super::components::components;
use crate::fixes;
use maq_diag::{CodeInfo, Finding, Place, catalogue};
use maq_ir::{Entity, Field, FieldType, Model, OnDelete};
use std::sync::Arc;

/// Entities named in a message before it is cut.
const NAMED: usize = 5;

/// Deleting a record does not come back to its own entity through others.
pub(in crate::rules) fn deleting_does_not_go_round(model: &Model, out: &mut Vec<Finding>) {
    let cascades = |field: &Field| matches!(field.ty, FieldType::Reference { on_delete: OnDelete::Cascade, .. });
    let fix = Fixing {
        code: catalogue::REFERENCE_CASCADE_CYCLE,
        key: "onDelete",
        title: "Restrict deleting",
        value: Some("restrict"),
    };
    report(model, cascades, &fix, out);
}

/// Among references that are all required, a first record can be made.
pub(in crate::rules) fn required_references_do_not_go_round(model: &Model, out: &mut Vec<Finding>) {
    let required = |field: &Field| field.required;
    let fix =
        Fixing { code: catalogue::REFERENCE_REQUIRED_CYCLE, key: "required", title: "Make it optional", value: None };
    report(model, required, &fix, out);
}

/// What is said about a circle, and what breaks it.
struct Fixing {
    code: &'static CodeInfo,
    key: &'static str,
    title: &'static str,
    value: Option<&'static str>,
}

fn report(model: &Model, counts: impl Fn(&Field) -> bool, fix: &Fixing, out: &mut Vec<Finding>) {
    let edges = edges(model, counts);
    let mut said = vec![false; model.len()];
    let plain: Vec<Vec<usize>> = edges.iter().map(|of| of.iter().map(|(to, _)| *to).collect()).collect();
    let component = components(&plain);
    for (from, targets) in edges.iter().enumerate() {
        for (to, field) in targets {
            let (Some(circle), true) = (component.get(from), component.get(from) == component.get(*to)) else {
                continue;
            };
            if let Some(first) = said.get_mut(*circle).filter(|said| !**said) {
                *first = true;
                out.push(finding(model, &component, from, *circle, field, fix));
            }
        }
    }
}

fn finding(model: &Model, component: &[usize], from: usize, circle: usize, field: &Field, fix: &Fixing) -> Finding {
    let members: Vec<&Arc<Entity>> =
        model.entities().zip(component).filter(|(_, of)| **of == circle).map(|(view, _)| view.entity).collect();
    let mut words: Vec<String> = members.iter().take(NAMED).map(|entity| format!("`{}`", entity.name)).collect();
    words.push(if members.len() > NAMED { "…".to_owned() } else { words.first().cloned().unwrap_or_default() });
    let document = model.entities().nth(from).map(|view| view.entity.id.to_string()).unwrap_or_default();
    let path = ["fields", &*field.id, fix.key];
    let edits = match fix.value {
        Some(value) => fixes::set(&document, &path, value),
        None => fixes::unset(&document, &path),
    };
    let place = Place::at(document.as_str(), &path);
    let mut finding = Finding::new(fix.code, place, &[("circle", &words.join(" → "))]).with_fix(fix.title, edits);
    for other in members.iter().filter(|other| *other.id != *document).take(NAMED) {
        finding = finding.related_to(Place::at(&*other.id, &[]), "it is part of the circle");
    }
    finding
}

/// The references that count, to other entities, by the position of their entity.
fn edges(model: &Model, counts: impl Fn(&Field) -> bool) -> Vec<Vec<(usize, &Field)>> {
    let targets = model.entities().map(|view| {
        let from = view.index;
        let targets = view.entity.fields.iter().filter(|field| counts(field)).filter_map(|field| match field.ty {
            FieldType::Reference { target, .. } if target != from => Some((target.0 as usize, field)),
            _ => None,
        });
        targets.collect()
    });
    targets.collect()
}
