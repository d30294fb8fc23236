//! Comparison, membership and arithmetic.

use super::collection::Source;
use super::{Lowered, Lowering, Part, kind_of, refused, single};
use crate::predicate::ArithmeticOp;
use crate::{BinaryOp, CompareOp, Kind, Node, Predicate, Term, Type, Val};
use maq_value::{Instant, Kind as ValueKind, Value};

impl Lowering<'_> {
    pub(super) fn comparison(&mut self, op: CompareOp, left: &Node, right: &Node) -> Lowered<Predicate> {
        if let Some(fine) = self.known(right).and_then(|value| Fine::of(&value)) {
            let left = self.value(left)?;
            return Ok(beside_fine(op, left, &fine));
        }
        if let Some(fine) = self.known(left).and_then(|value| Fine::of(&value)) {
            let right = self.value(right)?;
            return Ok(beside_fine(op.turned(), right, &fine));
        }
        for side in [left, right] {
            let ty = if let Type::Nullable(inner) = &side.ty { inner } else { &side.ty };
            if matches!(ty, Type::Json | Type::Bytes) && side.ty != Type::Null && !is_null(left) && !is_null(right) {
                return refused(side, "a comparison of what can only be asked for being there");
            }
        }
        let (left, right) = (self.value(left)?, self.value(right)?);
        Ok(match op {
            CompareOp::Eq => equal(left, right),
            CompareOp::Ne => equal(left, right).negated(),
            op => Predicate::Compare(op, left.term, right.term),
        })
    }

    pub(super) fn membership(&mut self, node: &Node, left: &Node, right: &Node) -> Lowered<Predicate> {
        let source = self.source(right)?;
        let left = self.value(left)?;
        match source {
            Source::Unknown(element) => Ok(match self.elements {
                Some(count) => {
                    let is_real = kind_of(&element) == Some(ValueKind::Number);
                    let value = if is_real { Val::Double(0.0) } else { Val::Bool(true) };
                    one_of(left, &vec![value; count])
                }
                None => Predicate::Unknown,
            }),
            Source::Values(values) => Ok(one_of(left, &values)),
            Source::Items(items) => {
                // What is finer than anything a row has is in no row.
                let fine = |item: &&&Node| self.known(item).is_none_or(|value| Fine::of(&value).is_none());
                let items: Vec<&Node> = items.iter().filter(fine).copied().collect();
                let items = items.into_iter().map(|item| self.value(item)).collect::<Lowered<Vec<Part>>>()?;
                // A list with an element that is an error is one.
                let broken = items.iter().map(Part::is_error).fold(left.is_error(), Predicate::or);
                let found = items.into_iter().map(|item| equal(left.clone(), item));
                Ok(Predicate::choose(broken, Predicate::Unknown, found.fold(Predicate::Known(false), Predicate::or)))
            }
            Source::Rows(rows) => {
                let broken = left.is_error();
                let found = self.some_element(node, &rows, |_, element| Ok(equal(left, element)))?;
                Ok(Predicate::choose(broken, Predicate::Unknown, found))
            }
        }
    }

    pub(super) fn negation(&mut self, node: &Node, inside: &Node) -> Lowered<Part> {
        let part = self.value(inside)?;
        let (zero, kind) = match kind_of(&node.ty) {
            Some(kind @ ValueKind::BigInt) => (Value::BigInt(0), kind),
            Some(kind @ ValueKind::Number) => (Value::Number(0.0), kind),
            Some(kind @ ValueKind::Decimal) => (Value::Decimal(maq_value::Decimal::ZERO), kind),
            Some(kind @ ValueKind::Duration) => (Value::Duration(0), kind),
            _ => return refused(node, "a minus before what is no number"),
        };
        Ok(Part::new(arithmetic(ArithmeticOp::Subtract, Term::Value(zero, kind), part.term, kind)))
    }

    pub(super) fn arithmetic(&mut self, node: &Node, op: BinaryOp, left: &Node, right: &Node) -> Lowered<Part> {
        let Some(kind) = kind_of(&node.ty) else { return refused(node, "arithmetic on lists") };
        let dates = [left, right].map(|side| kind_of(&side.ty) == Some(ValueKind::Date));
        let (left, right) = (self.value(left)?.term, self.value(right)?.term);
        let (left, right) = match dates {
            [false, false] => (left, right),
            // The time between two days is that between their first instants.
            [true, true] => (first_instant(left), first_instant(right)),
            _ => return refused(node, "a date that is moved"),
        };
        let op = match op {
            BinaryOp::Add if kind == ValueKind::Text => {
                return Ok(Part::new(Term::Concat(Box::new(left), Box::new(right))));
            }
            BinaryOp::Add => ArithmeticOp::Add,
            BinaryOp::Subtract => ArithmeticOp::Subtract,
            BinaryOp::Multiply => ArithmeticOp::Multiply,
            BinaryOp::Divide => ArithmeticOp::Divide,
            BinaryOp::Modulo => ArithmeticOp::Modulo,
            _ => return refused(node, "this sign"),
        };
        let whole = matches!(kind, ValueKind::BigInt);
        let possible = match op {
            ArithmeticOp::Add | ArithmeticOp::Subtract => {
                whole
                    || matches!(kind, ValueKind::Number | ValueKind::Decimal | ValueKind::Instant | ValueKind::Duration)
            }
            ArithmeticOp::Multiply => whole || matches!(kind, ValueKind::Number | ValueKind::Decimal),
            ArithmeticOp::Divide => whole || kind == ValueKind::Number,
            ArithmeticOp::Modulo => whole || kind == ValueKind::Decimal,
        };
        if !possible {
            return refused(node, "this arithmetic on values of this type");
        }
        Ok(Part::new(arithmetic(op, left, right, kind)))
    }
}

fn first_instant(date: Term) -> Term {
    Term::Convert(Box::new(date), ValueKind::Instant)
}

pub(super) fn arithmetic(op: ArithmeticOp, left: Term, right: Term, kind: ValueKind) -> Term {
    Term::Arithmetic(op, Box::new(left), Box::new(right), kind)
}

fn is_null(node: &Node) -> bool {
    matches!(node.kind, Kind::Constant(Val::Null))
}

/// CEL's equality: null is equal to null and to nothing else.
pub(super) fn equal(left: Part, right: Part) -> Predicate {
    let compared = Predicate::Compare(CompareOp::Eq, left.term.clone(), right.term.clone());
    match (left.is_never_null(), right.is_never_null()) {
        (true, true) => compared,
        (false, true) => beside_value(left, &right, compared),
        (true, false) => beside_value(right, &left, compared),
        (false, false) => {
            let values = Predicate::choose(right.null.clone(), Predicate::Known(false), compared);
            Predicate::choose(left.null, right.null, values)
        }
    }
}

/// `compared`, or false where `part` is null; an error where `value` is one.
fn beside_value(part: Part, value: &Part, compared: Predicate) -> Predicate {
    let exact =
        if part.null == Predicate::Known(true) { Predicate::Known(false) } else { compared.and(part.null.negated()) };
    Predicate::choose(value.is_error(), Predicate::Unknown, exact)
}

/// Whether one of the values is equal.
pub(super) fn one_of(part: Part, values: &[Val<'_>]) -> Predicate {
    // What is finer than anything a row has is in no row.
    let singles = values.iter().filter_map(|value| single(value).map(|(value, _)| value)).collect();
    let found = Predicate::OneOf(part.term.clone(), singles);
    if part.is_never_null() {
        return found;
    }
    match values.contains(&Val::Null) {
        true if part.null == Predicate::Known(true) => Predicate::Known(true),
        true => Predicate::choose(part.null, Predicate::Known(true), found),
        false if part.null == Predicate::Known(true) => Predicate::Known(false),
        false => found.and(part.null.negated()),
    }
}

/// An instant, duration or time between two that a store keeps.
struct Fine {
    /// The one before.
    before: Value,
    kind: ValueKind,
}

impl Fine {
    fn of(value: &Val<'_>) -> Option<Fine> {
        match value {
            Val::Timestamp(at) if at.subsec_nanosecond() % 1000 != 0 => {
                Some(Fine { before: Value::Instant(Instant(at.instant().0)), kind: ValueKind::Instant })
            }
            Val::Duration(span) if span.subsec_nanos() % 1000 != 0 => {
                let micros = span.as_nanos().div_euclid(1000);
                let before = i64::try_from(micros).unwrap_or(if micros < 0 { i64::MIN } else { i64::MAX });
                Some(Fine { before: Value::Duration(before), kind: ValueKind::Duration })
            }
            _ => None,
        }
    }
}

fn beside_fine(op: CompareOp, part: Part, fine: &Fine) -> Predicate {
    let never = Part { term: part.term.clone(), null: part.null.clone() };
    let value = Term::Value(fine.before.clone(), fine.kind);
    match op {
        CompareOp::Eq => one_of(never, &[]),
        CompareOp::Ne => one_of(never, &[]).negated(),
        CompareOp::Lt | CompareOp::Le => Predicate::Compare(CompareOp::Le, part.term, value),
        CompareOp::Gt | CompareOp::Ge => Predicate::Compare(CompareOp::Gt, part.term, value),
    }
}
