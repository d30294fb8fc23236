//! Simpler predicates for places where only one outcome counts: a WHERE takes the rows that make it true, and does
//! not tell false from unknown. What only tells those two apart is left out, so that an index can serve the rest.

use super::{Predicate, Term};
use Predicate::{
    All, Any, Compare, Contains, EndsWith, Exists, If, IsNull, IsTrue, Known, Not, OneOf, StartsWith, Unknown,
};

impl Predicate {
    /// True on the same rows; elsewhere false or unknown, whichever is simpler.
    #[must_use]
    pub fn where_true(self) -> Predicate {
        match self {
            Unknown => Known(false),
            All(parts) => {
                let parts = join(parts.into_iter().map(Predicate::where_true), Predicate::and, Known(true));
                without_guards(parts)
            }
            Any(parts) => join(parts.into_iter().map(Predicate::where_true), Predicate::or, Known(false)),
            Not(part) => part.where_false().negated(),
            IsTrue(part) => part.where_true(),
            If(condition, then, otherwise) => choose_true(*condition, *then, *otherwise),
            part @ (Compare(..) | OneOf(..) | StartsWith(..) | EndsWith(..) | Contains(..)) => through(part),
            Predicate::Term(Term::Truth(part)) => part.where_true(),
            Predicate::Term(Term::Of(rows, term)) => {
                let inside = Predicate::Term(*term).where_true();
                if inside == Known(false) { inside } else { Exists(rows, Box::new(inside)) }
            }
            other => other,
        }
    }

    /// False on the same rows; elsewhere true or unknown, whichever is simpler.
    #[must_use]
    pub fn where_false(self) -> Predicate {
        match self {
            Unknown => Known(true),
            All(parts) => join(parts.into_iter().map(Predicate::where_false), Predicate::and, Known(true)),
            Any(parts) => join(parts.into_iter().map(Predicate::where_false), Predicate::or, Known(false)),
            Not(part) => part.where_true().negated(),
            If(condition, then, otherwise) => choose_true(*condition, then.negated(), otherwise.negated()).negated(),
            Predicate::Term(Term::Truth(part)) => part.where_false(),
            Predicate::Term(Term::Of(rows, term)) => {
                let inside = Predicate::Term(*term).where_false();
                if inside == Known(true) { inside } else { Exists(rows, Box::new(inside.negated())).negated() }
            }
            other => other,
        }
    }
}

fn join(
    parts: impl Iterator<Item = Predicate>,
    by: impl Fn(Predicate, Predicate) -> Predicate,
    none: Predicate,
) -> Predicate {
    parts.fold(none, by)
}

/// `condition && then || !condition && otherwise`, where one of the branches is so simple that the condition is not
/// written twice.
fn choose_true(condition: Predicate, then: Predicate, otherwise: Predicate) -> Predicate {
    let (then, otherwise) = (then.where_true(), otherwise.where_true());
    match (&then, &otherwise) {
        (Known(false), _) => without_guards(condition.where_false().negated().and(otherwise)),
        (_, Known(false)) => without_guards(condition.where_true().and(then)),
        _ => Predicate::choose(condition, then, otherwise),
    }
}

/// `NOT f IS NULL` beside a part that is true only where `f` is not empty says nothing.
fn without_guards(predicate: Predicate) -> Predicate {
    let All(parts) = predicate else { return predicate };
    let guarded = |term: &Term, parts: &[Predicate]| parts.iter().any(|part| needs(part, term));
    let kept: Vec<Predicate> = parts
        .iter()
        .filter(|part| match part {
            Not(inner) => !matches!(&**inner, IsNull(term) if guarded(term, &parts)),
            _ => true,
        })
        .cloned()
        .collect();
    match <[Predicate; 1]>::try_from(kept) {
        Ok([one]) => one,
        Err(kept) => All(kept),
    }
}

/// Whether a part is true only where the term is not empty.
fn needs(part: &Predicate, term: &Term) -> bool {
    match part {
        Compare(_, left, right) | StartsWith(left, right) | EndsWith(left, right) | Contains(left, right) => {
            left == term || right == term
        }
        OneOf(of, _) | Predicate::Term(of) => of == term,
        _ => false,
    }
}

/// A comparison of what a reference leads to with a value asks for a row there, which a database can begin with.
fn through(part: Predicate) -> Predicate {
    let constant = |term: &Term| matches!(term, Term::Value(..));
    let (rows, inside) = match part {
        Compare(op, Term::Of(rows, term), value) if constant(&value) => (rows, Compare(op, *term, value)),
        Compare(op, value, Term::Of(rows, term)) if constant(&value) => (rows, Compare(op, value, *term)),
        OneOf(Term::Of(rows, term), values) => (rows, OneOf(*term, values)),
        StartsWith(Term::Of(rows, term), value) if constant(&value) => (rows, StartsWith(*term, value)),
        EndsWith(Term::Of(rows, term), value) if constant(&value) => (rows, EndsWith(*term, value)),
        Contains(Term::Of(rows, term), value) if constant(&value) => (rows, Contains(*term, value)),
        other => return other,
    };
    Exists(rows, Box::new(through(inside)))
}
