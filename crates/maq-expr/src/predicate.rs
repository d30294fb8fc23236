//! A condition as a database can answer it: a tree in SQL's three-valued logic, without SQL text.
//!
//! Unknown (SQL's NULL) stands for an error. Every node says when it is unknown; what CEL calls false although a column
//! is empty (`record.f == 'x'` on a null) is made so by the lowering, with [`Predicate::IsNull`].

mod simplify;
mod size;

use crate::EntityIndex;
use maq_value::{Kind, Value};

/// A condition on a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Predicate {
    /// True or false whatever the row.
    Known(bool),
    /// An error whatever the row.
    Unknown,
    /// Conjunction in three values; true when there is none.
    All(Vec<Predicate>),
    /// Disjunction in three values; false when there is none.
    Any(Vec<Predicate>),
    /// Unknown of unknown.
    Not(Box<Predicate>),
    /// The second when the first is true, the third when it is false, unknown when it is unknown.
    If(Box<Predicate>, Box<Predicate>, Box<Predicate>),
    /// True when the condition is true, else false; never unknown.
    IsTrue(Box<Predicate>),
    /// Unknown when a side is empty.
    Compare(CompareOp, Term, Term),
    /// One of the values; unknown when the term is empty. False without values, unknown then too when it is empty.
    OneOf(Term, Vec<Value>),
    /// Case and all, by bytes; unknown when a side is empty.
    StartsWith(Term, Term),
    /// As [`Predicate::StartsWith`].
    EndsWith(Term, Term),
    /// As [`Predicate::StartsWith`].
    Contains(Term, Term),
    /// The term is empty; never unknown.
    IsNull(Term),
    /// A term of truth values.
    Term(Term),
    /// Some of the rows makes the condition true; never unknown.
    Exists(Rows, Box<Predicate>),
}

/// How two terms are compared; both have one kind, or are integer, number or decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `=`
    Eq,
    /// `<>`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

/// Rows of another entity, always of the same tenant and realm.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// The number by which terms inside speak of such a row; 0 is the record.
    pub level: u32,
    /// Whose.
    pub entity: EntityIndex,
    /// How they hang together with the row outside.
    pub link: Link,
}

/// How rows hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// The row that `field` of the row at `level` points to.
    Target {
        /// The row outside: 0 is the record.
        level: u32,
        /// Place of the reference in its fields.
        field: u32,
    },
    /// The rows whose `field` points to the row at `level`.
    Children {
        /// The row outside.
        level: u32,
        /// Place of the reference in the fields of these rows.
        field: u32,
    },
}

/// A value in a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// A value that is known; missing and null are an empty term.
    Value(Value, Kind),
    /// A field of the row at `level`: 0 is the record, others are rows of a [`Rows`] around.
    Field {
        /// The row.
        level: u32,
        /// Place in [`crate::EntityShape::fields`].
        field: u32,
        /// Kind of its values.
        kind: Kind,
    },
    /// A term of the one row; empty when there is none.
    Of(Rows, Box<Term>),
    /// How many of the rows make the condition true.
    Count(Rows, Box<Predicate>),
    /// A text's characters (code points).
    Length(Box<Term>),
    /// `+ - * / %`; the kind is that of the result, see [`ArithmeticOp`].
    Arithmetic(ArithmeticOp, Box<Term>, Box<Term>, Kind),
    /// A quotient of decimals, rounded to so many digits after the point; empty on division by zero.
    Quotient(Box<Term>, Box<Term>, u32),
    /// One text after the other.
    Concat(Box<Term>, Box<Term>),
    /// By the condition; empty when it is unknown.
    If(Box<Predicate>, Box<Term>, Box<Term>),
    /// A condition as a truth value.
    Truth(Box<Predicate>),
    /// In another kind: integer to number, decimal or text; truth value or UUID to text; number or decimal to integer,
    /// towards zero and empty where it is beyond; instant or duration to microseconds; date to its first instant.
    Convert(Box<Term>, Kind),
    /// A number or decimal without what stands after the point.
    Round(Rounding, Box<Term>),
    /// A function of texts.
    Text(TextFunction, Vec<Term>),
    /// A text of ASCII letters made small (false) or large (true); other characters stay.
    Letters(Box<Term>, bool),
    /// A part of an instant, so many minutes east of UTC.
    Part(TimePart, Box<Term>, i32),
}

/// Arithmetic; empty where the result is beyond its kind, and on division by zero.
///
/// Integers have 64 bits, division goes towards zero and the remainder has the sign of the left. Numbers are doubles
/// and finite. Decimals are exact, with 28 digits at most; they are not divided by this, but have a remainder. A duration plus or minus a
/// duration is one; an instant plus or minus a duration is an instant; an instant minus an instant is a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArithmeticOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}

/// Functions of texts, as the extension `strings` has them; places are code points from 0, and a result is empty where
/// one is beyond the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextFunction {
    /// The character at a place; none at the end.
    CharAt,
    /// From a place, and perhaps to another.
    Substring,
    /// The first place of a text in it, or -1.
    IndexOf,
    /// Without white space around it.
    Trim,
    /// The last character first.
    Reverse,
    /// With the second, which is not empty, replaced by the third everywhere.
    Replace,
}

impl TextFunction {
    /// Its name in expressions.
    pub fn name(self) -> &'static str {
        match self {
            TextFunction::CharAt => "charAt",
            TextFunction::Substring => "substring",
            TextFunction::IndexOf => "indexOf",
            TextFunction::Trim => "trim",
            TextFunction::Reverse => "reverse",
            TextFunction::Replace => "replace",
        }
    }
}

/// How numbers are rounded to whole ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// To the next larger.
    Ceil,
    /// To the next smaller.
    Floor,
    /// To the nearest, the half away from zero.
    Nearest,
    /// Towards zero.
    Truncate,
}

/// Parts of an instant, with CEL's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimePart {
    /// `getFullYear`
    Year,
    /// `getMonth`: from 0
    Month,
    /// `getDate`: the day of the month from 1
    Date,
    /// `getDayOfMonth`: the day of the month from 0
    DayOfMonth,
    /// `getDayOfWeek`: from 0, which is Sunday
    DayOfWeek,
    /// `getDayOfYear`: from 0
    DayOfYear,
    /// `getHours`
    Hours,
    /// `getMinutes`
    Minutes,
    /// `getSeconds`
    Seconds,
    /// `getMilliseconds`: of the second
    Milliseconds,
}

impl CompareOp {
    /// The same with the sides exchanged.
    #[must_use]
    pub fn turned(self) -> CompareOp {
        match self {
            CompareOp::Lt => CompareOp::Gt,
            CompareOp::Le => CompareOp::Ge,
            CompareOp::Gt => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Le,
            same => same,
        }
    }

    /// True where this is false.
    #[must_use]
    pub fn negated(self) -> CompareOp {
        match self {
            CompareOp::Eq => CompareOp::Ne,
            CompareOp::Ne => CompareOp::Eq,
            CompareOp::Lt => CompareOp::Ge,
            CompareOp::Le => CompareOp::Gt,
            CompareOp::Gt => CompareOp::Le,
            CompareOp::Ge => CompareOp::Lt,
        }
    }
}

impl Predicate {
    /// Whether it is unknown; never unknown itself.
    pub(crate) fn unknown(self) -> Predicate {
        Predicate::IsNull(Term::Truth(Box::new(self)))
    }

    /// Conjunction, flat.
    pub(crate) fn and(self, other: Predicate) -> Predicate {
        match (self, other) {
            (Predicate::Known(true), rest) | (rest, Predicate::Known(true)) => rest,
            (Predicate::Known(false), _) | (_, Predicate::Known(false)) => Predicate::Known(false),
            (Predicate::All(mut parts), Predicate::All(more)) => {
                parts.extend(more);
                Predicate::All(parts)
            }
            (Predicate::All(mut parts), part) => {
                parts.push(part);
                Predicate::All(parts)
            }
            (part, Predicate::All(mut parts)) => {
                parts.insert(0, part);
                Predicate::All(parts)
            }
            (one, other) => Predicate::All(vec![one, other]),
        }
    }

    /// Disjunction, flat.
    pub(crate) fn or(self, other: Predicate) -> Predicate {
        match (self, other) {
            (Predicate::Known(false), rest) | (rest, Predicate::Known(false)) => rest,
            (Predicate::Known(true), _) | (_, Predicate::Known(true)) => Predicate::Known(true),
            (Predicate::Any(mut parts), Predicate::Any(more)) => {
                parts.extend(more);
                Predicate::Any(parts)
            }
            (Predicate::Any(mut parts), part) => {
                parts.push(part);
                Predicate::Any(parts)
            }
            (part, Predicate::Any(mut parts)) => {
                parts.insert(0, part);
                Predicate::Any(parts)
            }
            (one, other) => Predicate::Any(vec![one, other]),
        }
    }

    /// Negation, without a double one.
    #[must_use]
    pub fn negated(self) -> Predicate {
        match self {
            Predicate::Known(value) => Predicate::Known(!value),
            Predicate::Unknown => Predicate::Unknown,
            Predicate::Not(inner) => *inner,
            other => Predicate::Not(Box::new(other)),
        }
    }

    /// By a condition.
    pub(crate) fn choose(condition: Predicate, then: Predicate, otherwise: Predicate) -> Predicate {
        match condition {
            Predicate::Known(true) => then,
            Predicate::Known(false) => otherwise,
            Predicate::Unknown => Predicate::Unknown,
            condition => match (then, otherwise) {
                (Predicate::Known(true), Predicate::Known(false)) => condition,
                (Predicate::Known(false), Predicate::Known(true)) => condition.negated(),
                (then, otherwise) => Predicate::If(Box::new(condition), Box::new(then), Box::new(otherwise)),
            },
        }
    }
}
