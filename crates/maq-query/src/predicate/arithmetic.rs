//! Arithmetic that is empty where a result is beyond its kind: by functions of ours on SQLite, which has one kind of
//! number too few, and by NUMERIC on Postgres, which fails a statement where a number is too large.

use super::{Form, Writer, Written, real, refused};
use crate::record::QueryError;
use maq_expr::{ArithmeticOp, Rounding, Term, TimePart};
use maq_value::Kind;

pub(super) fn word(op: ArithmeticOp) -> &'static str {
    match op {
        ArithmeticOp::Add => "+",
        ArithmeticOp::Subtract => "-",
        ArithmeticOp::Multiply => "*",
        ArithmeticOp::Divide => "/",
        ArithmeticOp::Modulo => "%",
    }
}

impl Writer<'_, '_> {
    pub(super) fn arithmetic(
        &mut self,
        op: ArithmeticOp,
        left: &Term,
        right: &Term,
        kind: Kind,
    ) -> Result<Written, QueryError> {
        let (left, right) = (self.term(left)?, self.term(right)?);
        let form = match kind {
            Kind::Instant if !self.is_sqlite() => Form::Micros,
            kind => self.form_of(kind),
        };
        let (left, right) = match kind {
            Kind::Decimal => (self.decimal(left), self.decimal(right)),
            Kind::Instant | Kind::Duration => (self.micros(left), self.micros(right)),
            _ => (left, right),
        };
        let sign = word(op);
        let text = match (kind, self.is_sqlite()) {
            (Kind::Decimal, true) => format!("maquette_decimal('{sign}', {}, {})", left.text, right.text),
            (Kind::Number, true) => format!("maquette_real('{sign}', {}, {})", left.text, right.text),
            (Kind::Instant, true) => format!("maquette_instant('{sign}', {}, {})", left.text, right.text),
            (Kind::Integer | Kind::BigInt, true) => format!("maquette_whole('{sign}', {}, {})", left.text, right.text),
            (Kind::Duration, true) => format!("maquette_duration('{sign}', {}, {})", left.text, right.text),
            (Kind::Number, false) => real::written(op, &left.text, &right.text)?,
            (Kind::Decimal, false) => decimal(&numeric(op, &left.text, &right.text)?),
            // Empty where the quotient is too large, as in CEL.
            (Kind::Integer | Kind::BigInt, false) if op == ArithmeticOp::Modulo => format!(
                "(SELECT mod(x, NULLIF(y, 0)) FROM (SELECT ({})::NUMERIC AS x, ({})::NUMERIC AS y LIMIT 1) AS t WHERE x \
                 <> {} OR y <> -1)",
                left.text,
                right.text,
                i64::MIN,
            ),
            (Kind::Integer | Kind::BigInt, false) => within(&numeric(op, &left.text, &right.text)?, i64::MIN, i64::MAX),
            (Kind::Duration, false) => {
                let (first, last) = super::functions::DURATIONS;
                within(&numeric(op, &left.text, &right.text)?, first, last)
            }
            (Kind::Instant, false) => {
                let (first, last) = super::functions::INSTANTS;
                within(&numeric(op, &left.text, &right.text)?, first, last)
            }
            _ => return Err(refused("there is no arithmetic on this kind")),
        };
        Ok(Written { text, form })
    }

    /// The half goes away from zero.
    pub(super) fn quotient(&mut self, left: &Term, right: &Term, digits: u32) -> Result<Written, QueryError> {
        let (left, right) = (self.term(left)?, self.term(right)?);
        let (left, right) = (self.decimal(left), self.decimal(right));
        let form = self.form_of(Kind::Decimal);
        let (left, right) = (left.text, right.text);
        let text = if self.is_sqlite() {
            format!("maquette_quotient({left}, {right}, {digits})")
        } else {
            // Whole numbers, because a quotient that is rounded twice may be rounded wrong.
            let zeros = "0".repeat(digits as usize);
            let back = if digits == 0 { "1".to_owned() } else { format!("0.{}1", zeros.get(1..).unwrap_or_default()) };
            decimal(&format!(
                "(SELECT sign(x) * sign(y) * div(2 * abs(x) * 1{zeros} + abs(y), 2 * abs(y)) * {back} FROM (SELECT \
                 {left} AS x, NULLIF({right}, 0) AS y LIMIT 1) AS t)"
            ))
        };
        Ok(Written { text, form })
    }

    /// Without what stands after the point.
    pub(super) fn round(&mut self, how: Rounding, inside: &Term) -> Result<Written, QueryError> {
        let inside = self.term(inside)?;
        let inside = self.decimal(inside);
        let word = match how {
            Rounding::Ceil => "ceil",
            Rounding::Floor => "floor",
            Rounding::Nearest => "round",
            Rounding::Truncate => "trunc",
        };
        let text = match (inside.form, how) {
            (Form::Real | Form::Digits, _) if self.is_sqlite() => format!("maquette_round('{word}', {})", inside.text),
            // Postgres rounds the half of a double to the even.
            (Form::Real, Rounding::Nearest) => format!(
                "(SELECT trunc(v) + CASE WHEN abs(v - trunc(v)) >= 0.5 THEN sign(v) ELSE 0 END FROM (SELECT {} AS v \
                 LIMIT 1) AS t)",
                inside.text
            ),
            (Form::Real | Form::Numeric, _) => format!("{word}({})", inside.text),
            _ => return Err(refused("what has no digits after the point is rounded")),
        };
        Ok(Written { text, form: inside.form })
    }

    /// A number as a whole one, towards zero; empty where it is beyond.
    pub(super) fn whole(&self, number: Written) -> Written {
        let number = self.decimal(number);
        let text = match (self.is_sqlite(), number.form) {
            (true, _) => format!("maquette_to_whole({})", number.text),
            // The ends themselves are no whole numbers of 64 bits, or may stand for one beyond.
            (false, Form::Real) => format!(
                "(SELECT trunc(v)::BIGINT FROM (SELECT {} AS v LIMIT 1) AS t WHERE abs(v) < 9223372036854775808::DOUBLE \
                 PRECISION)",
                number.text
            ),
            (false, _) => within(&format!("trunc({})", number.text), i64::MIN, i64::MAX),
        };
        Written { text, form: Form::Whole }
    }

    pub(super) fn part(&mut self, part: TimePart, inside: &Term, minutes: i32) -> Result<Written, QueryError> {
        let inside = self.term(inside)?;
        let inside = self.micros(inside);
        if !matches!(inside.form, Form::Micros | Form::Instant) {
            return Err(refused("something that is no instant stands as one"));
        }
        let micros = format!("({} + {})", inside.text, i64::from(minutes) * 60_000_000);
        let text = if self.is_sqlite() {
            format!("maquette_part('{}', {micros})", super::functions::part_word(part))
        } else {
            // No calendar of ours goes on after the year 9999.
            let (_, last) = super::functions::INSTANTS;
            let from = format!("(SELECT {micros} AS v LIMIT 1) AS t WHERE v <= {last}");
            format!("(SELECT {} FROM {from})", postgres_part(part, "v"))
        };
        Ok(Written { text, form: Form::Whole })
    }
}

/// On NUMERIC, which is exact: the quotient and the remainder go towards zero.
fn numeric(op: ArithmeticOp, left: &str, right: &str) -> Result<String, QueryError> {
    let (left, right) = (format!("({left})::NUMERIC"), format!("({right})::NUMERIC"));
    Ok(match op {
        ArithmeticOp::Divide => format!("div({left}, NULLIF({right}, 0))"),
        ArithmeticOp::Modulo => format!("mod({left}, NULLIF({right}, 0))"),
        op => format!("({left} {} {right})", word(op)),
    })
}

/// LIMIT keeps the expression from being written into the condition once more.
fn within(expression: &str, first: i64, last: i64) -> String {
    format!("(SELECT v FROM (SELECT {expression} AS v LIMIT 1) AS t WHERE v BETWEEN {first} AND {last})")
}

/// 28 digits at most.
fn decimal(expression: &str) -> String {
    format!(
        "(SELECT v FROM (SELECT trim_scale({expression}) AS v LIMIT 1) AS t WHERE scale(v) <= 28 AND abs(v) < \
         ('1e' || (28 - scale(v)))::NUMERIC)"
    )
}

/// Days are counted from 1970-01-01, a Thursday; the calendar is Postgres's own, whose years before 1 have no zero.
fn postgres_part(part: TimePart, micros: &str) -> String {
    const DAY: &str = "86400000000";
    let day = format!("floor({micros} / {DAY})");
    let since = format!("({micros} - {day} * {DAY})");
    let date = format!("(DATE '1970-01-01' + ({day})::INTEGER)");
    match part {
        TimePart::Hours => format!("div({since}, 3600000000)"),
        TimePart::Minutes => format!("mod(div({since}, 60000000), 60)"),
        TimePart::Seconds => format!("mod(div({since}, 1000000), 60)"),
        TimePart::Milliseconds => format!("mod(div({since}, 1000), 1000)"),
        TimePart::DayOfWeek => format!("mod(mod({day} + 4, 7) + 7, 7)"),
        TimePart::Year => {
            format!(
                "(SELECT CASE WHEN v < 0 THEN v + 1 ELSE v END FROM (SELECT EXTRACT(YEAR FROM {date}) AS v LIMIT 1) AS t)"
            )
        }
        TimePart::Month => format!("(EXTRACT(MONTH FROM {date}) - 1)"),
        TimePart::Date => format!("EXTRACT(DAY FROM {date})"),
        TimePart::DayOfMonth => format!("(EXTRACT(DAY FROM {date}) - 1)"),
        TimePart::DayOfYear => format!("(EXTRACT(DOY FROM {date}) - 1)"),
    }
}
