//! Functions: those that a database answers as we do.

use super::collection::Source;
use super::operator::arithmetic;
use super::{Lowered, Lowering, Part, kind_of, refused};
use crate::predicate::{ArithmeticOp, TextFunction, TimePart};
use crate::{Node, Predicate, Term, Type, Val};
use maq_value::{Kind as ValueKind, Value};

impl Lowering<'_> {
    /// A function that is true or false.
    pub(super) fn test(&mut self, node: &Node, function: &str, args: &[Node]) -> Lowered<Predicate> {
        match (function, args) {
            ("startsWith", [whole, part]) => {
                let (whole, part) = self.two_texts(whole, part)?;
                Ok(Predicate::StartsWith(whole, part))
            }
            ("endsWith", [whole, part]) => {
                let (whole, part) = self.two_texts(whole, part)?;
                Ok(Predicate::EndsWith(whole, part))
            }
            ("contains", [whole, part]) => {
                let (whole, part) = self.two_texts(whole, part)?;
                Ok(Predicate::Contains(whole, part))
            }
            ("bool", [inside]) if inside.ty == Type::Bool => self.condition(inside),
            ("matches", _) => refused(node, "a regular expression (`matches`)"),
            _ => refused(node, format!("the function `{function}`")),
        }
    }

    fn two_texts(&mut self, whole: &Node, part: &Node) -> Lowered<(Term, Term)> {
        Ok((self.value(whole)?.term, self.value(part)?.term))
    }

    /// A function that gives a value.
    pub(super) fn call(&mut self, node: &Node, function: &str, args: &[Node]) -> Lowered<Part> {
        let term = |term| Ok(Part::new(term));
        match (function, args) {
            ("size", [of]) => self.size(node, of),
            ("lowerAscii", [text]) => term(Term::Letters(Box::new(self.value(text)?.term), false)),
            ("upperAscii", [text]) => term(Term::Letters(Box::new(self.value(text)?.term), true)),
            ("div", [left, right, digits]) => {
                let (left, right) = (self.value(left)?.term, self.value(right)?.term);
                match self.known(digits) {
                    Some(Val::Int(digits @ 0..=28)) => {
                        let digits = u32::try_from(digits).unwrap_or_default();
                        term(Term::Quotient(Box::new(left), Box::new(right), digits))
                    }
                    Some(_) => Ok(Part::error(ValueKind::Decimal)),
                    None => refused(digits, "a number of digits that is not written out"),
                }
            }
            (
                "int" | "double" | "string" | "decimal" | "timestamp" | "duration" | "date" | "time" | "uuid",
                [inside],
            ) => self.conversion(node, function, inside),
            (name, operands) if text_function(name, operands.len()).is_some() => self.of_texts(node, name, operands),
            (part, [span]) if kind_of(&span.ty) == Some(ValueKind::Duration) => self.duration_part(node, part, span),
            (part, [at, rest @ ..]) if time_part(part).is_some() => self.part(node, part, at, rest),
            (name, args) if name.starts_with("math.") => self.math(node, name, args),
            _ => refused(node, format!("the function `{function}`")),
        }
    }

    fn of_texts(&mut self, node: &Node, name: &str, operands: &[Node]) -> Lowered<Part> {
        let Some(function) = text_function(name, operands.len()) else {
            return refused(node, format!("the function `{name}`"));
        };
        if let (TextFunction::Replace, [_, wanted, _]) = (function, operands)
            && !matches!(self.known(wanted), Some(Val::String(text)) if !text.is_empty() && !text.contains('\0'))
        {
            return refused(wanted, "the replacement of a text that is not written out");
        }
        let operands = operands.iter().map(|operand| Ok(self.value(operand)?.term)).collect::<Lowered<Vec<Term>>>()?;
        Ok(Part::new(Term::Text(function, operands)))
    }

    fn conversion(&mut self, node: &Node, function: &str, inside: &Node) -> Lowered<Part> {
        let (Some(from), Some(to)) = (kind_of(&inside.ty), kind_of(&node.ty)) else {
            return refused(node, format!("the function `{function}`"));
        };
        let part = self.value(inside)?;
        if from == to {
            return Ok(Part::new(part.term));
        }
        match (from, to) {
            (ValueKind::BigInt, ValueKind::Number | ValueKind::Decimal | ValueKind::Text)
            | (ValueKind::Uuid | ValueKind::Bool, ValueKind::Text)
            | (ValueKind::Number | ValueKind::Decimal, ValueKind::BigInt) => {
                Ok(Part::new(Term::Convert(Box::new(part.term), to)))
            }
            (ValueKind::Instant, ValueKind::BigInt) => Ok(Part::new(seconds(part.term))),
            _ => refused(node, format!("the function `{function}` on a value of this type")),
        }
    }

    fn part(&mut self, node: &Node, function: &str, at: &Node, zone: &[Node]) -> Lowered<Part> {
        if kind_of(&at.ty) != Some(ValueKind::Instant) {
            return refused(node, format!("`{function}` of what is no instant"));
        }
        let minutes = match zone {
            [] => 0,
            [zone] => match self.known(zone) {
                Some(Val::String(name)) => match offset(&name) {
                    Some(minutes) => minutes,
                    None => return refused(zone, "a time zone by name, which each database knows in its own way"),
                },
                _ => return refused(zone, "a time zone that is not written out"),
            },
            _ => return refused(node, format!("the function `{function}`")),
        };
        let term = self.value(at)?.term;
        match time_part(function) {
            Some(part) => Ok(Part::new(Term::Part(part, Box::new(term), minutes))),
            None => refused(node, format!("the function `{function}`")),
        }
    }

    fn size(&mut self, node: &Node, of: &Node) -> Lowered<Part> {
        if kind_of(&of.ty) == Some(ValueKind::Text) {
            return Ok(Part::new(Term::Length(Box::new(self.value(of)?.term))));
        }
        if kind_of(&of.ty).is_some() {
            return refused(node, "the size of what is neither a text nor a list");
        }
        match self.source(of)? {
            Source::Unknown(_) => Ok(Part::error(ValueKind::BigInt)),
            Source::Values(values) => {
                Ok(Part::value(Value::BigInt(i64::try_from(values.len()).unwrap_or(i64::MAX)), ValueKind::BigInt))
            }
            Source::Items(items) => {
                let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
                let items = items.iter().map(|item| self.value(item)).collect::<Lowered<Vec<Part>>>()?;
                let broken = items.iter().map(Part::is_error).fold(Predicate::Known(false), Predicate::or);
                Ok(super::collection::unless(broken, Term::Value(Value::BigInt(count), ValueKind::BigInt)))
            }
            Source::Rows(rows) => self.count(node, &rows),
        }
    }
}

/// Whole seconds of an instant, rounded down.
fn seconds(instant: Term) -> Term {
    let micros = Term::Convert(Box::new(instant), ValueKind::BigInt);
    let with = |op, left, right: i64| {
        arithmetic(op, left, Term::Value(Value::BigInt(right), ValueKind::BigInt), ValueKind::BigInt)
    };
    let rest = with(ArithmeticOp::Modulo, micros.clone(), 1_000_000);
    let rest = with(ArithmeticOp::Modulo, with(ArithmeticOp::Add, rest, 1_000_000), 1_000_000);
    with(ArithmeticOp::Divide, arithmetic(ArithmeticOp::Subtract, micros, rest, ValueKind::BigInt), 1_000_000)
}

fn text_function(name: &str, operands: usize) -> Option<TextFunction> {
    Some(match (name, operands) {
        ("charAt", 2) => TextFunction::CharAt,
        ("substring", 2 | 3) => TextFunction::Substring,
        ("indexOf", 2) => TextFunction::IndexOf,
        ("trim", 1) => TextFunction::Trim,
        ("reverse", 1) => TextFunction::Reverse,
        ("replace", 3) => TextFunction::Replace,
        _ => return None,
    })
}

fn time_part(function: &str) -> Option<TimePart> {
    Some(match function {
        "getFullYear" => TimePart::Year,
        "getMonth" => TimePart::Month,
        "getDate" => TimePart::Date,
        "getDayOfMonth" => TimePart::DayOfMonth,
        "getDayOfWeek" => TimePart::DayOfWeek,
        "getDayOfYear" => TimePart::DayOfYear,
        "getHours" => TimePart::Hours,
        "getMinutes" => TimePart::Minutes,
        "getSeconds" => TimePart::Seconds,
        "getMilliseconds" => TimePart::Milliseconds,
        _ => return None,
    })
}

/// Minutes east of UTC.
fn offset(zone: &str) -> Option<i32> {
    if matches!(zone, "UTC" | "Z" | "") {
        return (!zone.is_empty()).then_some(0);
    }
    let (sign, rest) = match zone.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => (1, zone),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let digits = |text: &str| (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse());
    let (hours, minutes): (i32, i32) = (digits(hours)?.ok()?, digits(minutes)?.ok()?);
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 60 + minutes))
}
