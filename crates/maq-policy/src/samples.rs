//! What the tests of this crate share: an entity of truth values, so that a condition `record.c0` is true, false or an
//! error as a test wants it, and predicates read on a row.

use crate::{PolicySet, Request, no_context};
use maq_expr::{Condition, Environment, Known, Predicate, Row, Term};
use maq_ir::{
    Absent, Class, Classification, Combining, Constraints, Effect, Entity, Field, FieldType, IdentityType, Policy,
    shapes::shapes,
};
use maq_value::{Instant, Principal, Record, Value};
use proptest::prelude::*;
use std::sync::Arc;

/// Fields of the entity: `c0` to `c5`.
pub const CONDITIONS: usize = 6;

/// True, false, or an error.
pub type Told = Option<bool>;

pub fn entity(combining: Combining, policies: Vec<Policy>) -> Entity {
    let field = |at: usize| Field {
        id: format!("fld_{at}").into(),
        name: format!("c{at}").into(),
        column: format!("c{at}").into(),
        ty: FieldType::Boolean,
        required: false,
        unique: false,
        default: None,
        absent: Absent::Missing,
        constraints: Constraints::default(),
        classification: Classification::Internal,
        inverse: None,
    };
    Entity {
        id: "ent_1".into(),
        name: "Invoice".into(),
        table: "invoice".into(),
        class: Class::Document,
        identity: IdentityType::Uuid,
        fields: (0..CONDITIONS).map(field).collect(),
        uniques: Vec::new(),
        indexes: Vec::new(),
        policies,
        combining,
        rules: Vec::new(),
        schema_hash: "".into(),
    }
}

/// A condition on the records of [`entity`].
pub fn condition(text: &str) -> Condition {
    let shapes = shapes(&[Arc::new(entity(Combining::default(), Vec::new()))]);
    let environment = Arc::new(Environment::model(shapes, maq_expr::EntityIndex(0)));
    Condition::compile(text, &environment).unwrap_or_else(|problems| panic!("{text}: {problems:?}")).0
}

pub fn policy(name: &str, effect: Effect, actions: &[&str], roles: &[&str], priority: i64) -> Policy {
    let list = |texts: &[&str]| texts.iter().map(|text| Arc::from(*text)).collect();
    Policy {
        id: format!("pol_{name}").into(),
        name: name.into(),
        effect,
        actions: list(actions),
        roles: list(roles),
        priority,
        ..Policy::default()
    }
}

/// The row on which `record.c0` and so on say what `told` says.
pub fn row(told: &[Told]) -> Row {
    let value = |at: usize| match told.get(at).copied().flatten() {
        Some(value) => Value::Bool(value),
        None => Value::Missing,
    };
    let mut record = vec![(Arc::from("id"), Value::Text("1".into()))];
    record.extend((0..CONDITIONS).map(|at| (Arc::from(format!("c{at}").as_str()), value(at))));
    Row { record: Record(record), ..Row::default() }
}

pub fn known(principal: &Principal) -> Known<'_> {
    Known { principal, context: no_context(), now: Instant(1_000) }
}

pub fn ask<'a>(principal: &'a Principal, action: &'a str, row: &'a Row) -> Request<'a> {
    Request { known: known(principal), action, record: Some(row) }
}

/// Whether the filter gives the row.
pub fn is_given(set: &PolicySet, principal: &Principal, action: &str, row: &Row) -> bool {
    match set.filter(&known(principal), action).unwrap() {
        crate::RowFilter::All => true,
        crate::RowFilter::None => false,
        crate::RowFilter::Where(predicate) => holds(&predicate, row) == Some(true),
    }
}

/// A predicate in three values, as SQL has them; of terms only what the conditions here become.
pub fn holds(predicate: &Predicate, row: &Row) -> Option<bool> {
    match predicate {
        Predicate::Known(value) => Some(*value),
        Predicate::Unknown => None,
        Predicate::All(parts) => {
            let parts: Vec<Option<bool>> = parts.iter().map(|part| holds(part, row)).collect();
            if parts.contains(&Some(false)) {
                Some(false)
            } else {
                parts.into_iter().collect::<Option<Vec<bool>>>().map(|_| true)
            }
        }
        Predicate::Any(parts) => {
            let parts: Vec<Option<bool>> = parts.iter().map(|part| holds(part, row)).collect();
            if parts.contains(&Some(true)) {
                Some(true)
            } else {
                parts.into_iter().collect::<Option<Vec<bool>>>().map(|_| false)
            }
        }
        Predicate::Not(inner) => holds(inner, row).map(|value| !value),
        Predicate::If(condition, then, otherwise) => match holds(condition, row)? {
            true => holds(then, row),
            false => holds(otherwise, row),
        },
        Predicate::IsTrue(inner) => Some(holds(inner, row) == Some(true)),
        Predicate::IsNull(term) => Some(value(term, row).is_none()),
        Predicate::Term(term) => value(term, row),
        Predicate::Compare(maq_expr::CompareOp::Eq, left, right) => Some(value(left, row)? == value(right, row)?),
        Predicate::Compare(maq_expr::CompareOp::Ne, left, right) => Some(value(left, row)? != value(right, row)?),
        other => panic!("not needed here: {other:?}"),
    }
}

fn value(term: &Term, row: &Row) -> Option<bool> {
    match term {
        Term::Value(Value::Bool(value), _) => Some(*value),
        Term::Field { level: 0, field, .. } => match row.record.0.get(*field as usize) {
            Some((_, Value::Bool(value))) => Some(*value),
            _ => None,
        },
        Term::Truth(predicate) => holds(predicate, row),
        other => panic!("not needed here: {other:?}"),
    }
}

pub fn any_told() -> impl Strategy<Value = Vec<Told>> {
    prop::collection::vec(prop::option::weighted(0.75, any::<bool>()), CONDITIONS)
}

pub fn any_combining() -> impl Strategy<Value = Combining> {
    prop::sample::select(Combining::ALL.to_vec())
}

/// Policies with and without conditions, in time and out of it, lent and not, broken and whole.
pub fn any_policy() -> impl Strategy<Value = Policy> {
    let action = prop::sample::select(vec!["read", "update", "*"]);
    let role = prop::sample::select(vec!["admin", "sales", "intern", "*"]);
    let roles = prop::collection::vec(role, 0..3);
    let until = prop::sample::select(vec![None, None, None, Some(500), Some(2_000)]);
    let grantor = prop::option::weighted(0.15, prop::sample::select(vec!["admin", "sales", "nobody"]));
    let parts = (any::<u16>(), any::<bool>(), action, roles, -1_i64..2, prop::option::weighted(0.6, 0..CONDITIONS));
    (parts, until, grantor, prop::bool::weighted(0.05)).prop_map(
        |((number, denies, action, roles, priority, at), until, grantor, broken)| {
            let effect = if denies { Effect::Deny } else { Effect::Allow };
            Policy {
                condition: at.map(|at| condition(&format!("record.c{at}"))),
                validity: maq_ir::Validity { from: None, until: until.map(Instant) },
                grantor: grantor.map(|role| maq_ir::Grantor { user_id: "gus".into(), roles: vec![Arc::from(role)] }),
                broken,
                ..policy(&format!("p{number}"), effect, &[action], &roles, priority)
            }
        },
    )
}

pub fn any_principal() -> impl Strategy<Value = Principal> {
    prop::collection::vec(prop::sample::select(vec!["admin", "sales", "intern", "guest"]), 0..4)
        .prop_map(|roles| Principal::new("ann", &roles))
}
