//! A model as text, deterministic, to be read and compared.

use maq_ir::{Constraints, Entity, FieldIdx, FieldType, Model, Policy};
use std::fmt::Write as _;

/// The whole model.
pub fn picture(model: &Model) -> String {
    let mut out = String::new();
    for view in model.entities() {
        entity(model, view.entity, &mut out).unwrap();
    }
    for role in model.roles() {
        let (name, permissions, inherits) = (&role.name, role.permissions.join(", "), role.inherits.join(", "));
        writeln!(out, "role {name}: {permissions} inherits ({inherits})").unwrap();
    }
    out
}

fn entity(model: &Model, entity: &Entity, out: &mut String) -> std::fmt::Result {
    writeln!(out, "{} ({:?}, {:?}) table `{}`", entity.name, entity.class, entity.identity, entity.table)?;
    for field in &entity.fields {
        write!(out, "  {}: {} column `{}`", field.name, ty(model, &field.ty), field.column)?;
        for (is, word) in [(field.required, "required"), (field.unique, "unique")] {
            if is {
                write!(out, " {word}")?;
            }
        }
        if let Some(default) = &field.default {
            write!(out, " default {}", default.to_json())?;
        }
        limits(&field.constraints, out)?;
        writeln!(out, " {:?}/{:?}", field.classification, field.absent)?;
    }
    for unique in &entity.uniques {
        writeln!(out, "  unique {} ({}) `{}`", unique.name, names(entity, &unique.fields), unique.index_name)?;
    }
    for index in &entity.indexes {
        writeln!(out, "  index {} ({}) `{}`", index.name, names(entity, &index.fields), index.index_name)?;
    }
    for rule in &entity.rules {
        writeln!(out, "  rule {} requires {}", rule.name, names(entity, &rule.require))?;
    }
    entity.policies.iter().try_for_each(|it| policy(it, out))
}

fn policy(policy: &Policy, out: &mut String) -> std::fmt::Result {
    let actions = policy.actions.join(", ");
    let roles = if policy.roles.is_empty() { "everyone".to_owned() } else { policy.roles.join(", ") };
    let conditional = if policy.condition.is_some() || policy.broken { " if ..." } else { "" };
    let (name, effect, priority) = (&policy.name, policy.effect, policy.priority);
    writeln!(out, "  policy {name}: {effect:?} {actions} to {roles} at {priority}{conditional}")
}

fn names(entity: &Entity, fields: &[FieldIdx]) -> String {
    fields.iter().map(|at| &*entity.fields[at.0 as usize].name).collect::<Vec<_>>().join(", ")
}

fn ty(model: &Model, ty: &FieldType) -> String {
    match ty {
        FieldType::Reference { target, identity, on_delete } => {
            let target = &model.get(*target).unwrap().name;
            format!("reference to {target} ({identity:?}, {on_delete:?})")
        }
        FieldType::Decimal { precision, scale } => format!("decimal({precision}, {scale})"),
        FieldType::Enum(values) => format!("enum({})", values.join(", ")),
        other => other.word().to_owned(),
    }
}

fn limits(limits: &Constraints, out: &mut String) -> std::fmt::Result {
    let Constraints { min_length, max_length, min, max, pattern, format } = limits;
    for (word, limit) in [("minLength", min_length), ("maxLength", max_length)] {
        if let Some(limit) = limit {
            write!(out, " {word} {limit}")?;
        }
    }
    for (word, limit) in [("min", min), ("max", max)] {
        if let Some(limit) = limit {
            write!(out, " {word} {}", limit.to_json())?;
        }
    }
    if let Some(pattern) = pattern {
        write!(out, " pattern {pattern}")?;
    }
    format.as_ref().map_or(Ok(()), |format| write!(out, " format {format:?}"))
}
