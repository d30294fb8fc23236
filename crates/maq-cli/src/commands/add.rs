//! Adding entities, fields, relations, roles and starter policies: thin words over edits.

use super::design::edited;
use crate::args::AddCommand;
use crate::failure::{CliResult, Failure};
use crate::output::Done;
use crate::session::Session;
use maq_contract::{AddPersonas, AddRelation, AddStarterPolicies, EditResult};
use maq_doc::{Document, Edit, EntityDoc, FORMAT, FieldDoc, RoleDoc, ids};
use maq_value::Uuid;
use serde_json::Value as Json;

pub async fn add(command: AddCommand) -> CliResult<Done> {
    match command {
        AddCommand::Entity { ws, name, fields, description, class } => {
            let fields = fields.iter().map(|field| short_field(field)).collect::<CliResult<Vec<FieldDoc>>>()?;
            let label = format!("Add entity {name}");
            let entity = EntityDoc {
                format: FORMAT,
                id: new_id("ent"),
                name,
                description,
                class,
                fields,
                ..EntityDoc::default()
            };
            let document = Document::Entity(entity).to_json();
            let session = Session::open(&ws).await?;
            let add = vec![Edit::AddDocument { document }];
            session.finish(async |session| edited(session, session.edit(&label, add).await?).await).await
        }
        AddCommand::Field {
            ws,
            entity,
            name,
            kind,
            required,
            unique,
            default,
            max_length,
            precision,
            scale,
            values,
            to,
        } => {
            let field = FieldDoc {
                id: new_id("fld"),
                default: default.map(|text| serde_json::from_str(&text).unwrap_or(Json::String(text))),
                name,
                kind,
                required,
                unique,
                max_length,
                precision,
                scale,
                enum_values: values,
                reference_to: to,
                ..FieldDoc::default()
            };
            let session = Session::open(&ws).await?;
            session
                .finish(async |session| {
                    let entity = session.entity(&entity).await?;
                    let label = format!("Add field {}.{}", entity.name, field.name);
                    let value = serde_json::to_value(&field).map_err(maq_app::AppError::fault)?;
                    let path = vec!["fields".to_owned()];
                    let add = Edit::Add { document: entity.id, path, value, before: None };
                    edited(session, session.edit(&label, vec![add]).await?).await
                })
                .await
        }
        AddCommand::Relation { ws, from, to, cardinality, name, required } => {
            let cardinality = match cardinality.as_str() {
                "one-to-one" => "oneToOne",
                "many-to-many" => "manyToMany",
                _ => "manyToOne",
            };
            let session = Session::open(&ws).await?;
            session
                .finish(async |session| {
                    let request = AddRelation {
                        from: session.entity(&from).await?.id,
                        to: session.entity(&to).await?.id,
                        cardinality: cardinality.to_owned(),
                        name,
                        required,
                        group_id: None,
                    };
                    let result: EditResult = session.ask("entities.add_relation", &request).await?;
                    edited(session, result).await
                })
                .await
        }
        AddCommand::Role { ws, name, permissions, inherits, label, description } => {
            let title = format!("Add role {name}");
            let role = RoleDoc { format: FORMAT, id: new_id("rol"), name, label, description, permissions, inherits };
            let add = vec![Edit::AddDocument { document: Document::Role(role).to_json() }];
            let session = Session::open(&ws).await?;
            session.finish(async |session| edited(session, session.edit(&title, add).await?).await).await
        }
        AddCommand::Personas { ws, names } => {
            let request = AddPersonas { names: Some(names).filter(|names| !names.is_empty()), group_id: None };
            let session = Session::open(&ws).await?;
            session
                .finish(async |session| {
                    let result: EditResult = session.ask("roles.add_personas", &request).await?;
                    edited(session, result).await
                })
                .await
        }
        AddCommand::Policies { ws, starter, entities } => {
            let session = Session::open(&ws).await?;
            session
                .finish(async |session| {
                    let mut ids = Vec::with_capacity(entities.len());
                    for name in &entities {
                        ids.push(session.entity(name).await?.id);
                    }
                    let entities = Some(ids).filter(|ids| !ids.is_empty());
                    let request = AddStarterPolicies { starter, entities, group_id: None };
                    let result: EditResult = session.ask("policies.add_starter", &request).await?;
                    edited(session, result).await
                })
                .await
        }
    }
}

/// `name:type`, with `!` at the end when it is required.
fn short_field(text: &str) -> CliResult<FieldDoc> {
    let (plain, required) = match text.strip_suffix('!') {
        Some(plain) => (plain, true),
        None => (text, false),
    };
    match plain.split_once(':') {
        Some((name, kind)) if !name.is_empty() && !kind.is_empty() => Ok(FieldDoc {
            id: new_id("fld"),
            name: name.to_owned(),
            kind: kind.to_owned(),
            required,
            ..FieldDoc::default()
        }),
        _ => Err(Failure::usage(
            "usage/field-wrong",
            format!("`{text}` is no field"),
            "write name:type, as title:string!",
        )),
    }
}

fn new_id(prefix: &str) -> String {
    ids::id_from(prefix, Uuid::now_v7())
}
