//! The functions of `math`, and what a duration is in hours.

use super::operator::arithmetic;
use super::{Lowered, Lowering, Part, kind_of, refused};
use crate::predicate::{ArithmeticOp, Rounding};
use crate::{CompareOp, Kind, Node, Predicate, Term};
use maq_value::{Decimal, Kind as ValueKind, Value};

impl Lowering<'_> {
    pub(super) fn math(&mut self, node: &Node, function: &str, args: &[Node]) -> Lowered<Part> {
        match (function, args) {
            ("math.greatest" | "math.least", args) => {
                let op = if function == "math.greatest" { CompareOp::Gt } else { CompareOp::Lt };
                self.extreme(node, op, args)
            }
            ("math.abs", [of]) => {
                let (term, kind) = self.number(node, of)?;
                let negative = arithmetic(ArithmeticOp::Subtract, zero(kind), term.clone(), kind);
                Ok(Part::new(choose(less(term.clone(), kind), negative, term)))
            }
            ("math.sign", [of]) => {
                let (term, kind) = self.number(node, of)?;
                let more = Predicate::Compare(CompareOp::Gt, term.clone(), zero(kind));
                let above = choose(more, whole(1, kind), zero(kind));
                Ok(Part::new(choose(less(term, kind), whole(-1, kind), above)))
            }
            (name, [of]) => {
                let how = match name {
                    "math.ceil" => Rounding::Ceil,
                    "math.floor" => Rounding::Floor,
                    "math.round" => Rounding::Nearest,
                    "math.trunc" => Rounding::Truncate,
                    _ => return refused(node, format!("the function `{function}`")),
                };
                let (term, kind) = self.number(node, of)?;
                match kind {
                    ValueKind::Number | ValueKind::Decimal => Ok(Part::new(Term::Round(how, Box::new(term)))),
                    _ => Ok(Part::new(term)),
                }
            }
            _ => refused(node, format!("the function `{function}`")),
        }
    }

    /// Whole hours, minutes and seconds of a duration; the milliseconds after its last second.
    pub(super) fn duration_part(&mut self, node: &Node, function: &str, span: &Node) -> Lowered<Part> {
        let micros = match function {
            "getHours" => 3_600_000_000,
            "getMinutes" => 60_000_000,
            "getSeconds" => 1_000_000,
            "getMilliseconds" => 1000,
            _ => return refused(node, format!("the function `{function}`")),
        };
        let term = Term::Convert(Box::new(self.value(span)?.term), ValueKind::BigInt);
        let by = |op, term, number| arithmetic(op, term, whole(number, ValueKind::BigInt), ValueKind::BigInt);
        let parts = by(ArithmeticOp::Divide, term, micros);
        Ok(Part::new(if function == "getMilliseconds" { by(ArithmeticOp::Modulo, parts, 1000) } else { parts }))
    }

    fn number(&mut self, node: &Node, of: &Node) -> Lowered<(Term, ValueKind)> {
        match kind_of(&of.ty) {
            Some(kind @ (ValueKind::BigInt | ValueKind::Number | ValueKind::Decimal)) => {
                Ok((self.value(of)?.term, kind))
            }
            _ => refused(node, "a function on what is no number"),
        }
    }

    fn extreme(&mut self, node: &Node, op: CompareOp, args: &[Node]) -> Lowered<Part> {
        let items: Vec<&Node> = match args {
            [list] if kind_of(&list.ty).is_none() => match &list.kind {
                Kind::List(items) => items.iter().map(|(item, _)| item).collect(),
                _ => return refused(node, "the greatest or least of a list that is not written out"),
            },
            args => args.iter().collect(),
        };
        let mut best: Option<Term> = None;
        for item in items {
            let (term, _) = self.number(node, item)?;
            best = Some(match best {
                None => term,
                Some(best) => {
                    let better = Predicate::Compare(op, term.clone(), best.clone());
                    let chosen = choose(better, term, best);
                    if chosen.is_larger_than(super::MOST) {
                        return refused(node, "the greatest or least of so many values");
                    }
                    chosen
                }
            });
        }
        best.map_or_else(|| refused(node, "the greatest or least of nothing"), |best| Ok(Part::new(best)))
    }
}

fn choose(condition: Predicate, then: Term, otherwise: Term) -> Term {
    Term::If(Box::new(condition), Box::new(then), Box::new(otherwise))
}

fn less(term: Term, kind: ValueKind) -> Predicate {
    Predicate::Compare(CompareOp::Lt, term, zero(kind))
}

fn zero(kind: ValueKind) -> Term {
    whole(0, kind)
}

fn whole(number: i64, kind: ValueKind) -> Term {
    let value = match kind {
        ValueKind::Number => Value::Number(number as f64),
        ValueKind::Decimal => Value::Decimal(Decimal::from(number)),
        _ => Value::BigInt(number),
    };
    Term::Value(value, kind)
}
