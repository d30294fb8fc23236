//! How large predicates are.

use super::{Predicate, Term};

impl Predicate {
    /// Whether it has more than so many parts; looks at no more of them than that.
    pub(crate) fn is_larger_than(&self, limit: usize) -> bool {
        let mut left = limit;
        !count(self, &mut left)
    }
}

impl Term {
    /// As [`Predicate::is_larger_than`].
    pub(crate) fn is_larger_than(&self, limit: usize) -> bool {
        let mut left = limit;
        !count_term(self, &mut left)
    }
}

/// False when there are none left.
fn take(left: &mut usize) -> bool {
    match left.checked_sub(1) {
        Some(fewer) => {
            *left = fewer;
            true
        }
        None => false,
    }
}

fn count(predicate: &Predicate, left: &mut usize) -> bool {
    take(left)
        && match predicate {
            Predicate::Known(_) | Predicate::Unknown => true,
            Predicate::All(parts) | Predicate::Any(parts) => parts.iter().all(|part| count(part, left)),
            Predicate::Not(part) | Predicate::IsTrue(part) | Predicate::Exists(_, part) => count(part, left),
            Predicate::If(condition, then, otherwise) => {
                count(condition, left) && count(then, left) && count(otherwise, left)
            }
            Predicate::Compare(_, one, other)
            | Predicate::StartsWith(one, other)
            | Predicate::EndsWith(one, other)
            | Predicate::Contains(one, other) => count_term(one, left) && count_term(other, left),
            // A list of values is one bind where it is long.
            Predicate::OneOf(term, _) | Predicate::IsNull(term) | Predicate::Term(term) => count_term(term, left),
        }
}

fn count_term(term: &Term, left: &mut usize) -> bool {
    take(left)
        && match term {
            Term::Value(..) | Term::Field { .. } => true,
            Term::Of(_, inside)
            | Term::Length(inside)
            | Term::Convert(inside, _)
            | Term::Letters(inside, _)
            | Term::Round(_, inside)
            | Term::Part(_, inside, _) => count_term(inside, left),
            Term::Text(_, operands) => operands.iter().all(|operand| count_term(operand, left)),
            Term::Count(_, inside) | Term::Truth(inside) => count(inside, left),
            Term::Arithmetic(_, one, other, _) | Term::Quotient(one, other, _) | Term::Concat(one, other) => {
                count_term(one, left) && count_term(other, left)
            }
            Term::If(condition, then, otherwise) => {
                count(condition, left) && count_term(then, left) && count_term(otherwise, left)
            }
        }
}
