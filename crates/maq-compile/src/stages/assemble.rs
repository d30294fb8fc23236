//! The last stage: what the others made of an entity, put together.

use crate::context::EntityContext;
use crate::stages::constraints::{absent_of, classification_of};
use crate::stages::indexes::IndexesOutput;
use crate::stages::keys::KeysOutput;
use crate::stages::names::identity_of;
use crate::stages::physical_names::index_name;
use crate::stages::policies::PoliciesOutput;
use crate::stages::requirements::RequirementsOutput;
use maq_doc::Document;
use maq_ir::{Class, Combining, Entity, Field, IdentityType, Index, PhysicalNames, Unique};
use std::sync::Arc;

/// The entity as it stands in the model; its index names are proposals until the whole model is there.
pub(crate) fn assemble(
    document: &Document,
    context: EntityContext<'_>,
    keys: KeysOutput<'_>,
    indexes: IndexesOutput<'_>,
    policies: PoliciesOutput,
    requirements: RequirementsOutput,
    physical: &PhysicalNames,
) -> Entity {
    let doc = context.doc;
    let fixed_or = |id: &str, name: &dyn Fn() -> String| -> Arc<str> {
        physical.indexes.get(id).map_or_else(|| name().into(), |fixed| fixed.as_str().into())
    };
    let uniques = keys.keys.iter().map(|key| {
        let column = key.field.and_then(|at| context.columns.columns.get(at));
        let name = || index_name(context.table, column.map_or(key.name, |column| column), "key");
        Unique {
            id: key.id.into(),
            name: key.name.into(),
            index_name: fixed_or(key.id, &name),
            fields: key.fields.clone(),
        }
    });
    let indexes = indexes.indexes.iter().map(|index| Index {
        id: index.id.into(),
        name: index.name.into(),
        index_name: fixed_or(index.id, &|| index_name(context.table, index.name, "idx")),
        fields: index.fields.clone(),
    });
    Entity {
        id: doc.id.as_str().into(),
        name: doc.name.as_str().into(),
        table: context.table.into(),
        class: class_of(&doc.class),
        identity: identity_of(doc).unwrap_or(IdentityType::Uuid),
        fields: fields(context),
        uniques: uniques.collect(),
        indexes: indexes.collect(),
        policies: policies.policies,
        combining: doc.combining.as_deref().and_then(Combining::of).unwrap_or_default(),
        rules: requirements.rules,
        schema_hash: maq_doc::digest(&document.to_json()).0.into(),
    }
}

fn fields(context: EntityContext<'_>) -> Vec<Field> {
    let in_model = context.fields().filter(|field| field.place_in_model().is_some());
    let field = in_model.filter_map(|field| {
        let (doc, ty) = (field.doc, field.ty()?.clone());
        Some(Field {
            id: doc.id.as_str().into(),
            name: doc.name.as_str().into(),
            column: field.column().into(),
            unique: doc.unique && crate::stages::constraints::is_comparable(&ty),
            ty,
            required: doc.required,
            default: field.limits().default.value().cloned(),
            absent: absent_of(doc.absent.as_deref()),
            constraints: field.limits().constraints(doc),
            classification: classification_of(doc.classification.as_deref()),
            inverse: doc.inverse.as_deref().filter(|_| doc.kind == "reference").map(Arc::from),
        })
    });
    field.collect()
}

fn class_of(word: &str) -> Class {
    match word {
        "reference" => Class::Reference,
        "document" => Class::Document,
        "log" => Class::Log,
        _ => Class::Master,
    }
}
