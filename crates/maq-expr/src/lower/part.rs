//! Values of rows, and constants among them.

use super::{Lowered, refused};
use crate::{Node, Predicate, Term, Type, Val};
use maq_value::{Kind as ValueKind, Value};

/// A value of a row: empty where it is null and where it is an error, and `null` tells which.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) term: Term,
    /// True where it is null, false where it is a value, unknown where it is an error. [`Predicate::Known`] false says
    /// that it is never null.
    pub(super) null: Predicate,
}

impl Part {
    pub(super) fn new(term: Term) -> Part {
        Part { term, null: Predicate::Known(false) }
    }

    pub(super) fn value(value: Value, kind: ValueKind) -> Part {
        Part::new(Term::Value(value, kind))
    }

    pub(super) fn error(kind: ValueKind) -> Part {
        Part { term: Term::Value(Value::Null, kind), null: Predicate::Unknown }
    }

    pub(super) fn is_never_null(&self) -> bool {
        self.null == Predicate::Known(false)
    }

    /// Where it is an error; never unknown.
    pub(super) fn is_error(&self) -> Predicate {
        match (&self.null, &self.term) {
            (Predicate::Known(false), Term::Value(value, _)) => Predicate::Known(value.is_absent()),
            (Predicate::Known(false), Term::Truth(inside)) if total(inside) => Predicate::Known(false),
            (Predicate::Known(false), term) => Predicate::IsNull(term.clone()),
            (null, _) if total(null) => Predicate::Known(false),
            (null, _) => null.clone().unknown(),
        }
    }
}

/// A truth value that may be any.
pub(super) fn some_truth() -> Predicate {
    Predicate::Term(Term::Value(Value::Bool(true), ValueKind::Bool))
}

/// A value of a type that may be any.
pub(super) fn some_value(kind: ValueKind, ty: &Type) -> Part {
    let null = if ty.is_nullable() { some_truth() } else { Predicate::Known(false) };
    Part { term: Term::Value(Value::Bool(true), kind), null }
}

/// Whether a predicate is never unknown.
pub(super) fn total(predicate: &Predicate) -> bool {
    match predicate {
        Predicate::Known(_) | Predicate::IsNull(_) | Predicate::Exists(..) | Predicate::IsTrue(_) => true,
        Predicate::All(parts) | Predicate::Any(parts) => parts.iter().all(total),
        Predicate::Not(part) => total(part),
        Predicate::If(condition, then, otherwise) => total(condition) && total(then) && total(otherwise),
        _ => false,
    }
}

/// Where a part is null, without the errors of one that is never null.
pub(super) fn known_null(part: &Part) -> Predicate {
    match part.is_never_null() {
        true => Predicate::choose(part.is_error(), Predicate::Unknown, Predicate::Known(false)),
        false => part.null.clone(),
    }
}

/// The kind of single values of a type.
pub(super) fn kind_of(ty: &Type) -> Option<ValueKind> {
    Some(match ty {
        Type::Bool => ValueKind::Bool,
        Type::Int | Type::Uint => ValueKind::BigInt,
        Type::Double => ValueKind::Number,
        Type::Decimal => ValueKind::Decimal,
        Type::String | Type::Enum(_) => ValueKind::Text,
        Type::Timestamp => ValueKind::Instant,
        Type::Duration => ValueKind::Duration,
        Type::Date => ValueKind::Date,
        Type::Time => ValueKind::Time,
        Type::Uuid => ValueKind::Uuid,
        Type::Json => ValueKind::Json,
        Type::Bytes => ValueKind::Bytes,
        Type::Null => ValueKind::Text,
        Type::Nullable(inner) | Type::Reference(_, inner) => return kind_of(inner),
        _ => return None,
    })
}

/// A constant as a part.
pub(super) fn constant(node: &Node, value: &Val<'_>) -> Lowered<Part> {
    if *value == Val::Null {
        let kind = kind_of(&node.ty).unwrap_or(ValueKind::Text);
        return Ok(Part { term: Term::Value(Value::Null, kind), null: Predicate::Known(true) });
    }
    match single(value) {
        Some((value, kind)) => Ok(Part::value(value, kind)),
        None => refused(node, "a value that no store keeps"),
    }
}

/// The stored value that is this one; none for one with parts, for one that is finer than a microsecond, and for a text
/// with U+0000.
pub(super) fn single(value: &Val<'_>) -> Option<(Value, ValueKind)> {
    Some(match value {
        Val::Bool(value) => (Value::Bool(*value), ValueKind::Bool),
        Val::Int(value) => (Value::BigInt(*value), ValueKind::BigInt),
        Val::Uint(value) => (Value::BigInt(i64::try_from(*value).ok()?), ValueKind::BigInt),
        Val::Double(value) => (Value::Number(*value), ValueKind::Number),
        Val::Decimal(value) => (Value::Decimal(*value), ValueKind::Decimal),
        Val::String(text) if !text.contains('\0') => (Value::Text(text.to_string()), ValueKind::Text),
        Val::Date(value) => (Value::Date(*value), ValueKind::Date),
        Val::Time(value) => (Value::Time(*value), ValueKind::Time),
        Val::Uuid(value) => (Value::Uuid(*value), ValueKind::Uuid),
        Val::Timestamp(at) if at.subsec_nanosecond() % 1000 == 0 => (Value::Instant(at.instant()), ValueKind::Instant),
        Val::Duration(span) if span.subsec_nanos() % 1000 == 0 => {
            (Value::Duration(i64::try_from(span.as_micros()).ok()?), ValueKind::Duration)
        }
        _ => return None,
    })
}
