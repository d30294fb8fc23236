//! How much a database has to do for a condition, in parts.

use crate::{Predicate, Term};
use maq_value::Value;

impl Predicate {
    /// Its parts, those of its terms and the values that it names.
    pub fn weight(&self) -> usize {
        let inside = match self {
            Predicate::Known(_) | Predicate::Unknown => 0,
            Predicate::All(parts) | Predicate::Any(parts) => sum(parts.iter().map(Predicate::weight)),
            Predicate::Not(part) | Predicate::IsTrue(part) => part.weight(),
            Predicate::If(condition, then, otherwise) => sum([condition, then, otherwise].map(|part| part.weight())),
            Predicate::Compare(_, left, right)
            | Predicate::StartsWith(left, right)
            | Predicate::EndsWith(left, right)
            | Predicate::Contains(left, right) => left.weight().saturating_add(right.weight()),
            Predicate::OneOf(term, values) => term.weight().saturating_add(list_weight(values)),
            Predicate::IsNull(term) | Predicate::Term(term) => term.weight(),
            Predicate::Exists(_, inside) => inside.weight(),
        };
        inside.saturating_add(1)
    }
}

impl Term {
    fn weight(&self) -> usize {
        match self {
            Term::Value(..) | Term::Field { .. } => 0,
            Term::Of(_, term)
            | Term::Length(term)
            | Term::Convert(term, _)
            | Term::Round(_, term)
            | Term::Letters(term, _)
            | Term::Part(_, term, _) => term.weight().saturating_add(1),
            Term::Count(_, condition) | Term::Truth(condition) => condition.weight(),
            Term::Arithmetic(_, left, right, _) | Term::Quotient(left, right, _) | Term::Concat(left, right) => {
                left.weight().saturating_add(right.weight()).saturating_add(1)
            }
            Term::If(condition, then, otherwise) => {
                condition.weight().saturating_add(then.weight()).saturating_add(otherwise.weight())
            }
            Term::Text(_, terms) => sum(terms.iter().map(Term::weight)).saturating_add(1),
        }
    }
}

/// Values beside `in` that count as a part: they are bound together.
pub const VALUES_OF_A_PART: usize = 16;

fn list_weight(values: &[Value]) -> usize {
    match values.first() {
        // Each has a place of its own: no text tells a double exactly to every database.
        Some(Value::Number(_)) => values.len(),
        _ => values.len() / VALUES_OF_A_PART,
    }
}

fn sum(weights: impl IntoIterator<Item = usize>) -> usize {
    weights.into_iter().fold(0, usize::saturating_add)
}
