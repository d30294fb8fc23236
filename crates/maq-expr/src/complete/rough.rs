//! The type of a text that is not yet whole: good enough to offer what could follow.

use crate::check::{principal_type, signatures};
use crate::{Environment, Profile, Syntax, SyntaxKind, Type};
use std::sync::Arc;

/// Names of macro variables with their types, the innermost last.
pub(super) type Locals = Vec<(String, Type)>;

/// What a macro's variable is.
pub(super) fn element(range: &Type) -> Type {
    match range.present() {
        Type::List(element) => (**element).clone(),
        Type::Map(key, _) => (**key).clone(),
        _ => Type::Wrong,
    }
}

pub(super) fn rough(syntax: &Syntax, environment: &Environment, locals: &Locals) -> Type {
    let of = |syntax: &Syntax| rough(syntax, environment, locals);
    match &syntax.kind {
        SyntaxKind::Bool(_) => Type::Bool,
        SyntaxKind::Int(_) => Type::Int,
        SyntaxKind::Uint(_) => Type::Uint,
        SyntaxKind::Double(_) => Type::Double,
        SyntaxKind::String(_) => Type::String,
        SyntaxKind::Bytes(_) => Type::Bytes,
        SyntaxKind::Ident(name) => variable(name, environment, locals),
        SyntaxKind::Select { operand, field, .. } => {
            if matches!(&operand.kind, SyntaxKind::Ident(name) if &**name == "principal") {
                return principal_type(field).unwrap_or(Type::Wrong);
            }
            selected(&of(operand), field, environment)
        }
        SyntaxKind::Index { operand, .. } => element(&of(operand)),
        SyntaxKind::Call { function, target, args } => match target {
            Some(target) => method(function, &of(target), args, environment, locals),
            None => called(function, None, environment),
        },
        SyntaxKind::Unary { operand, .. } => of(operand),
        SyntaxKind::Binary { left, op, .. } => match op.sign() {
            "+" | "-" | "*" | "/" | "%" => of(left),
            _ => Type::Bool,
        },
        SyntaxKind::Conditional { then, .. } => of(then),
        SyntaxKind::List(items) => Type::List(Arc::new(items.first().map_or(Type::Wrong, |item| of(&item.value)))),
        SyntaxKind::Null | SyntaxKind::Map(_) | SyntaxKind::Struct { .. } => Type::Wrong,
    }
}

fn variable(name: &str, environment: &Environment, locals: &Locals) -> Type {
    if let Some((_, ty)) = locals.iter().rev().find(|(local, _)| local == name) {
        return ty.clone();
    }
    if environment.profile == Profile::Standard {
        return environment.variables.get(name).cloned().unwrap_or(Type::Wrong);
    }
    match name {
        "record" => environment.record.map_or(Type::Wrong, Type::Record),
        "now" => Type::Timestamp,
        _ => Type::Wrong,
    }
}

fn selected(of: &Type, field: &str, environment: &Environment) -> Type {
    let entity = match of.present() {
        Type::Record(entity) | Type::Reference(entity, _) => *entity,
        Type::Map(_, value) => return (**value).clone(),
        _ => return Type::Wrong,
    };
    let Some(shape) = environment.entity(entity) else { return Type::Wrong };
    if let Some(field) = shape.fields.iter().find(|known| *known.name == *field) {
        return field.ty.clone();
    }
    let child = shape.children.iter().find(|list| *list.name == *field);
    child.map_or(Type::Wrong, |list| Type::List(Arc::new(Type::Record(list.entity))))
}

fn method(function: &str, target: &Type, args: &[Syntax], environment: &Environment, locals: &Locals) -> Type {
    match (function, args) {
        ("all" | "exists" | "exists_one" | "existsOne", _) => Type::Bool,
        ("filter" | "sortBy", _) => target.clone(),
        ("map", [variable, .., transform]) => {
            let mut inner = locals.clone();
            if let SyntaxKind::Ident(name) = &variable.kind {
                inner.push((name.to_string(), element(target)));
            }
            Type::List(Arc::new(rough(transform, environment, &inner)))
        }
        _ => called(function, Some(target), environment),
    }
}

/// What a function gives: its first overload for this target.
fn called(function: &str, target: Option<&Type>, environment: &Environment) -> Type {
    let model = environment.profile == Profile::Model;
    let row = signatures::of(function, model).find(|row| match (target, row.params.first()) {
        (Some(target), Some(param)) => row.member && takes(param, target),
        (None, _) => !row.member,
        _ => false,
    });
    match (row, target) {
        (Some(row), Some(target)) if matches!(row.result, Type::List(_)) => match &row.result {
            Type::List(inner) if matches!(**inner, Type::Param(_)) => target.clone(),
            result => result.clone(),
        },
        (Some(row), _) => row.result.clone(),
        _ => Type::Wrong,
    }
}

/// Whether a method's target may have a type.
pub(super) fn takes(param: &Type, target: &Type) -> bool {
    match (param, target.compared()) {
        (Type::Param(_), _) => true,
        (Type::List(param), Type::List(inner)) => takes(param, inner),
        (Type::Map(..), Type::Map(..)) | (Type::Optional(_), Type::Optional(_)) => true,
        (Type::String, Type::Enum(_)) => true,
        (param, target) => param == target,
    }
}
