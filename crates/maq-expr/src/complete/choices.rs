//! What is offered at a place.

use super::place::Place;
use super::rough::takes;
use super::{Completion, CompletionKind};
use crate::check::{PRINCIPAL, principal_type, signatures};
use crate::print::quoted;
use crate::{EntityShape, Environment, Profile, Type};

/// What is always there in a model.
const VARIABLES: [(&str, &str, &str); 4] = [
    ("record", "record", "the record that is asked about"),
    ("principal", "principal", "who asks: userId, roles, orgId, and attributes of their own"),
    ("context", "context", "what the request brings"),
    ("now", "timestamp", "when it is asked"),
];

/// Macros on lists: what is put in the text, how they are written, what they do.
const MACROS: [(&str, &str, &str, &str); 6] = [
    ("exists", "exists(item, ", "list.exists(item, condition) -> bool", "some of the elements make it true"),
    ("all", "all(item, ", "list.all(item, condition) -> bool", "all of the elements make it true"),
    (
        "exists_one",
        "exists_one(item, ",
        "list.exists_one(item, condition) -> bool",
        "exactly one element makes it true",
    ),
    ("filter", "filter(item, ", "list.filter(item, condition) -> list", "the elements that make it true"),
    ("map", "map(item, ", "list.map(item, value) -> list", "what is made of each element"),
    ("sortBy", "sortBy(item, ", "list.sortBy(item, value) -> list", "in the order of a value"),
];

pub(super) fn at(place: &Place, environment: &Environment) -> Vec<Completion> {
    if place.quote.is_some() {
        return values(place.beside.as_ref(), place.quote);
    }
    match &place.after_dot {
        Some(ty) => members(ty, &place.operand, environment),
        None => names(place, environment),
    }
}

/// Values of an enum, as texts.
fn values(ty: Option<&Type>, quote: Option<char>) -> Vec<Completion> {
    let Some(Type::Enum(values)) = ty.map(Type::compared) else { return Vec::new() };
    let written = |value: &str| match quote {
        Some('"') => format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
        _ => quoted(value),
    };
    values.iter().map(|value| choice(&written(value), CompletionKind::Value, "enum", "")).collect()
}

fn members(ty: &Type, operand: &str, environment: &Environment) -> Vec<Completion> {
    if operand == "principal" {
        let named = |name: &&str| {
            let ty = principal_type(name).map(|ty| ty.to_string()).unwrap_or_default();
            choice(name, CompletionKind::Variable, &ty, principal_about(name))
        };
        return PRINCIPAL.iter().map(named).collect();
    }
    if let Some(shape) = record(ty).and_then(|entity| environment.entity(entity)) {
        return of_shape(shape, environment);
    }
    let model = environment.profile == Profile::Model;
    let records = matches!(ty.present(), Type::List(inner) if record(inner).is_some());
    let mut items: Vec<Completion> = Vec::new();
    if matches!(ty.present(), Type::List(_) | Type::Map(..)) {
        items.extend(MACROS.iter().map(|(label, insert, detail, info)| Completion {
            insert: Some((*insert).to_owned()),
            ..choice(label, CompletionKind::Macro, detail, info)
        }));
    }
    for row in signatures::all().iter().filter(|row| row.member && row.is_of(model)) {
        let fits = row.params.first().is_some_and(|param| takes(param, ty)) && (!records || row.name == "size");
        if *ty != Type::Wrong && fits && !items.iter().any(|item| item.label == row.name) {
            items.push(function(row, 1));
        }
    }
    items
}

fn record(ty: &Type) -> Option<crate::EntityIndex> {
    match ty.present() {
        Type::Record(entity) | Type::Reference(entity, _) => Some(*entity),
        _ => None,
    }
}

fn principal_about(name: &str) -> &'static str {
    match name {
        "userId" => "their id",
        "tenantId" => "the tenant they act in",
        "realmId" => "the realm they act in",
        "orgId" => "their organisation; may be null",
        _ => "their roles",
    }
}

fn of_shape(shape: &EntityShape, environment: &Environment) -> Vec<Completion> {
    use crate::Presence;
    let fields = shape.fields.iter().map(|field| {
        let about = match field.presence {
            Presence::Required => "",
            Presence::Null => "null when it is empty",
            Presence::Missing => "missing when it is empty: ask with has",
        };
        match &field.ty {
            Type::Reference(target, _) => {
                let target = environment.entity(*target).map_or("record", |target| &target.name);
                choice(&field.name, CompletionKind::Reference, target, about)
            }
            Type::Enum(values) => choice(&field.name, CompletionKind::Field, &values.join(" | "), about),
            ty => choice(&field.name, CompletionKind::Field, &ty.to_string(), about),
        }
    });
    let lists = shape.children.iter().map(|child| {
        let entity = environment.entity(child.entity).map_or("record", |entity| &entity.name);
        choice(&child.name, CompletionKind::List, &format!("list of {entity}"), "the records that refer to it")
    });
    fields.chain(lists).collect()
}

fn names(place: &Place, environment: &Environment) -> Vec<Completion> {
    let model = environment.profile == Profile::Model;
    let mut items = values(place.beside.as_ref(), None);
    match place.beside.as_ref().map(Type::compared) {
        Some(Type::Date) => items.push(Completion {
            insert: Some("today('UTC')".to_owned()),
            ..choice("today", CompletionKind::Function, "today(string) -> date", "the date it is in a time zone")
        }),
        Some(Type::Timestamp) if model => {
            items.push(choice("now", CompletionKind::Variable, "timestamp", "when it is asked"))
        }
        Some(Type::Bool) => {
            items.extend(["true", "false"].map(|word| choice(word, CompletionKind::Keyword, "bool", "")));
        }
        _ => {}
    }
    let locals = place.locals.iter().rev().map(|(name, ty)| {
        let ty = match record(ty).and_then(|entity| environment.entity(entity)) {
            Some(shape) => shape.name.to_string(),
            None if *ty == Type::Wrong => String::new(),
            None => ty.to_string(),
        };
        choice(name, CompletionKind::Variable, &ty, "the element that is looked at")
    });
    items.extend(locals);
    match model {
        true => {
            let known = VARIABLES.iter().filter(|(label, ..)| *label != "record" || environment.record.is_some());
            items.extend(known.map(|(label, detail, info)| choice(label, CompletionKind::Variable, detail, info)));
        }
        false => items.extend(
            environment.variables.iter().map(|(name, ty)| choice(name, CompletionKind::Variable, &ty.to_string(), "")),
        ),
    }
    items.push(Completion {
        insert: Some("has(".to_owned()),
        ..choice("has", CompletionKind::Macro, "has(record.field) -> bool", "whether a field is there")
    });
    for row in signatures::all().iter().filter(|row| !row.member && row.is_of(model)) {
        let named = row.name.starts_with(|first: char| first.is_ascii_alphabetic()) && row.name != "in";
        if named && !items.iter().any(|item| item.label == row.name) {
            items.push(function(row, 0));
        }
    }
    items.extend(["true", "false", "null", "in"].map(|word| choice(word, CompletionKind::Keyword, "", "")));
    let mut seen = Vec::new();
    items.retain(|item| {
        let new = !seen.contains(&item.label);
        seen.push(item.label.clone());
        new
    });
    items
}

/// A function; `target` of its parameters stand before the dot.
fn function(row: &signatures::Signature, target: usize) -> Completion {
    let open = if row.params.len() > target { "(" } else { "()" };
    Completion {
        insert: Some(format!("{}{open}", row.name)),
        ..choice(row.name, CompletionKind::Function, &row.text, row.about)
    }
}

fn choice(label: &str, kind: CompletionKind, detail: &str, info: &str) -> Completion {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Completion { label: label.to_owned(), kind, detail: text(detail), info: text(info), insert: None }
}
