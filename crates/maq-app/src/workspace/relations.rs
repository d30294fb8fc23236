//! Relations as edits: a reference field, a unique reference, or an entity between with two of them.

use crate::AppResult;
use crate::error::refusals;
use maq_doc::{Edit, EntityDoc, FORMAT, FieldDoc, UniqueDoc};
use serde_json::Value as Json;

/// How many on each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cardinality {
    /// Many of `from` point to one of `to`.
    ManyToOne,
    /// One of `from` points to one of `to`.
    OneToOne,
    /// An entity between.
    ManyToMany,
}

/// A relation to add.
#[derive(Debug, Clone)]
pub struct RelationRequest {
    /// Id of the entity that gets the reference.
    pub from: String,
    /// Id of the entity it points to.
    pub to: String,
    /// How many on each side.
    pub cardinality: Cardinality,
    /// Name of the reference field, or of the entity between; derived when absent.
    pub name: Option<String>,
    /// Whether the reference is required.
    pub required: bool,
}

/// The label and edits that add the relation.
pub(crate) fn edits(
    entities: &[&EntityDoc],
    request: &RelationRequest,
    new_id: &mut dyn FnMut(&str) -> String,
) -> AppResult<(String, Vec<Edit>)> {
    let find = |id: &str| {
        let found = entities.iter().find(|entity| entity.id == id).copied();
        found.ok_or_else(|| refusals::ENTITY_NOT_FOUND.with(&[("name", id)]))
    };
    let (from, to) = (find(&request.from)?, find(&request.to)?);
    if request.cardinality == Cardinality::ManyToMany {
        let taken = |name: &str| entities.iter().any(|entity| entity.name.eq_ignore_ascii_case(name));
        let name = match &request.name {
            Some(name) => name.clone(),
            None => free_name(&shorten(&format!("{}{}", from.name, to.name)), taken),
        };
        let label = format!("Relate {} and {} through {name}", from.name, to.name);
        return Ok((label, vec![Edit::AddDocument { document: entity_between(&name, from, to, new_id) }]));
    }
    let taken = |name: &str| from.fields.iter().any(|field| field.name.eq_ignore_ascii_case(name));
    let name = match &request.name {
        Some(name) => name.clone(),
        None => free_name(&lower_first(&to.name), taken),
    };
    let mut field = reference(&name, &to.name, request.required, new_id);
    field.unique = request.cardinality == Cardinality::OneToOne;
    let label = format!("Relate {} to {} by {name}", from.name, to.name);
    let add = Edit::Add {
        document: from.id.clone(),
        path: vec!["fields".into()],
        value: serde_json::to_value(field).unwrap_or_default(),
        before: None,
    };
    Ok((label, vec![add]))
}

fn reference(name: &str, target: &str, required: bool, new_id: &mut dyn FnMut(&str) -> String) -> FieldDoc {
    FieldDoc {
        id: new_id("fld"),
        name: name.to_owned(),
        kind: "reference".into(),
        reference_to: Some(target.to_owned()),
        required,
        ..FieldDoc::default()
    }
}

fn entity_between(name: &str, from: &EntityDoc, to: &EntityDoc, new_id: &mut dyn FnMut(&str) -> String) -> Json {
    let first = lower_first(&from.name);
    let second = free_name(&lower_first(&to.name), |taken| taken == first);
    let unique = UniqueDoc { id: new_id("unq"), name: "pair".into(), fields: vec![first.clone(), second.clone()] };
    let mut fields = vec![reference(&first, &from.name, true, new_id), reference(&second, &to.name, true, new_id)];
    for field in &mut fields {
        field.on_delete = Some("cascade".into());
    }
    let document = EntityDoc {
        format: FORMAT,
        id: new_id("ent"),
        name: name.to_owned(),
        class: "master".into(),
        fields,
        uniques: vec![unique],
        ..EntityDoc::default()
    };
    maq_doc::Document::Entity(document).to_json()
}

fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn shorten(name: &str) -> String {
    name.chars().take(44).collect()
}

fn free_name(wanted: &str, taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number| format!("{wanted}{number}"));
    std::iter::once(wanted.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
}
