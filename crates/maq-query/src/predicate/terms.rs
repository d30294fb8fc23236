//! Terms: columns, values, and what is made of them.

use super::{Form, Writer, Written, refused};
use crate::codec::{SCALED_DIGITS, decimal};
use crate::record::QueryError;
use crate::record::layout::Cell;
use crate::{Dialect, SqlValue};
use maq_expr::{Predicate, Term};
use maq_ir::schema::ColumnType;
use maq_value::{Kind, Value};

impl Writer<'_, '_> {
    pub(super) fn term(&mut self, term: &Term) -> Result<Written, QueryError> {
        let written = |text: String, form| Ok(Written { text, form });
        match term {
            Term::Value(value, kind) => self.value(value, *kind),
            Term::Field { level, field, kind } => {
                let (text, cell) = self.column(*level, *field)?;
                written(text, column_form(cell, *kind, self.dialect())?)
            }
            Term::Of(rows, inside) => {
                let mut found = None;
                let from = self.rows(rows, |writer| {
                    found = Some(writer.term(inside)?);
                    Ok(String::new())
                })?;
                let inside = found.ok_or_else(|| refused("a row is not there"))?;
                written(format!("(SELECT {} {from})", inside.text), inside.form)
            }
            Term::Count(rows, inside) => {
                let from = self.rows(rows, |writer| writer.conjoined(inside))?;
                written(format!("(SELECT COUNT(*) {from})"), Form::Whole)
            }
            Term::Length(text) => {
                let word = if self.is_sqlite() { "length" } else { "char_length" };
                let text = self.text(text)?;
                written(format!("{word}({text})"), Form::Whole)
            }
            Term::Arithmetic(op, left, right, kind) => self.arithmetic(*op, left, right, *kind),
            Term::Quotient(left, right, digits) => self.quotient(left, right, *digits),
            Term::Concat(left, right) => {
                let (left, right) = (self.text(left)?, self.text(right)?);
                written(format!("({left} || {right})"), Form::Text)
            }
            Term::If(condition, then, otherwise) => self.either(condition, then, otherwise),
            Term::Truth(inside) => written(self.predicate(inside)?, Form::Bool),
            Term::Convert(inside, kind) => {
                let inside = self.term(inside)?;
                self.convert(inside, *kind)
            }
            Term::Round(how, inside) => self.round(*how, inside),
            Term::Text(function, operands) => self.of_texts(*function, operands),
            Term::Letters(inside, large) => {
                let inside = self.text(inside)?;
                // Postgres changes letters of other alphabets too, unless it is told to know none.
                let collation = if self.is_sqlite() { "" } else { " COLLATE \"C\"" };
                written(format!("{}({inside}{collation})", if *large { "upper" } else { "lower" }), Form::Text)
            }
            Term::Part(part, inside, minutes) => self.part(*part, inside, *minutes),
        }
    }

    /// A term that must be text.
    pub(super) fn text(&mut self, term: &Term) -> Result<String, QueryError> {
        let written = self.term(term)?;
        if written.form == Form::Text {
            Ok(written.text)
        } else {
            Err(refused("something that is no text stands as one"))
        }
    }

    /// A value beside nothing that says its type.
    fn value(&mut self, value: &Value, kind: Kind) -> Result<Written, QueryError> {
        let form = self.form_of(kind);
        if value.is_absent() {
            return Ok(self.empty(form));
        }
        self.fitting(value, form)?.ok_or_else(|| refused("a value is beyond its kind"))
    }

    fn empty(&self, form: Form) -> Written {
        let text = if self.is_sqlite() { "NULL".to_owned() } else { format!("NULL::{}", type_of(form)) };
        Written { text, form }
    }

    /// A value in a form; none when it is not one of that form.
    pub(super) fn fitting(&mut self, value: &Value, form: Form) -> Result<Option<Written>, QueryError> {
        let bind = match super::fit::fit(value, form)? {
            super::fit::Fit::Exactly(bind) => bind,
            _ => return Ok(None),
        };
        Ok(Some(Written { text: self.bind(bind, form), form }))
    }

    /// A value's place, which says its type where Postgres must know.
    pub(super) fn bind(&mut self, value: SqlValue, form: Form) -> String {
        let place = self.sql.keep(value);
        match self.dialect() {
            Dialect::Sqlite => place,
            Dialect::Postgres if form == Form::Text => format!("{place}::TEXT COLLATE \"C\""),
            Dialect::Postgres => format!("{place}::{}", type_of(form)),
        }
    }

    /// The form of computed values of a kind.
    pub(super) fn form_of(&self, kind: Kind) -> Form {
        match (kind, self.dialect()) {
            (Kind::Bool, _) => Form::Bool,
            (Kind::Integer | Kind::BigInt, _) => Form::Whole,
            (Kind::Number, _) => Form::Real,
            (Kind::Decimal, Dialect::Sqlite) => Form::Digits,
            (Kind::Decimal, Dialect::Postgres) => Form::Numeric,
            (Kind::Text, _) => Form::Text,
            (Kind::Date, _) => Form::Date,
            (Kind::Time, _) => Form::Time,
            (Kind::Instant, _) => Form::Instant,
            (Kind::Duration, _) => Form::Duration,
            (Kind::Uuid, _) => Form::Uuid,
            (Kind::Json | Kind::Bytes, _) => Form::Other,
        }
    }

    fn either(&mut self, condition: &Predicate, then: &Term, otherwise: &Term) -> Result<Written, QueryError> {
        let (then, otherwise) = self.alike(then, otherwise)?;
        let text = self.choice(condition, &then.text, &otherwise.text)?;
        Ok(Written { text, form: then.form })
    }

    /// Two terms in one form.
    pub(super) fn alike(&mut self, left: &Term, right: &Term) -> Result<(Written, Written), QueryError> {
        // A value takes the form of what stands beside it, whatever its kind when it is empty.
        let is_empty = |term: &Term| matches!(term, Term::Value(value, _) if value.is_absent());
        if is_empty(right) {
            let left = self.term(left)?;
            let right = self.empty(left.form);
            return Ok((left, right));
        }
        if let Term::Value(value, _) = right
            && !matches!(left, Term::Value(..))
        {
            let left = self.term(left)?;
            if let Some(right) = self.fitting(value, left.form)? {
                return Ok((left, right));
            }
            let right = self.term(right)?;
            return self.one_form(left, right);
        }
        if is_empty(left) || matches!(left, Term::Value(..)) && !matches!(right, Term::Value(..)) {
            let (right, left) = self.alike(right, left)?;
            return Ok((left, right));
        }
        let (left, right) = (self.term(left)?, self.term(right)?);
        self.one_form(left, right)
    }

    fn one_form(&self, left: Written, right: Written) -> Result<(Written, Written), QueryError> {
        if left.form == right.form {
            return Ok((left, right));
        }
        let decimal = |form| matches!(form, Form::Whole | Form::Scaled(_) | Form::Digits | Form::Numeric);
        if decimal(left.form) && decimal(right.form) {
            return Ok((self.decimal(left), self.decimal(right)));
        }
        let instant = |form| matches!(form, Form::Instant | Form::Micros);
        if instant(left.form) && instant(right.form) {
            return Ok((self.micros(left), self.micros(right)));
        }
        Err(refused("terms of different kinds stand beside each other"))
    }

    fn convert(&self, inside: Written, kind: Kind) -> Result<Written, QueryError> {
        let sqlite = self.is_sqlite();
        let text = &inside.text;
        Ok(match (inside.form, kind) {
            (_, Kind::Decimal) => return Ok(self.decimal(inside)),
            (Form::Whole, Kind::Integer | Kind::BigInt) => inside,
            (Form::Whole, Kind::Number) if sqlite => {
                Written { text: format!("CAST({text} AS REAL)"), form: Form::Real }
            }
            (Form::Whole, Kind::Number) => Written { text: format!("({text})::DOUBLE PRECISION"), form: Form::Real },
            (Form::Real, Kind::Number) | (Form::Text, Kind::Text) => inside,
            (Form::Duration, Kind::BigInt) => Written { text: inside.text, form: Form::Whole },
            (Form::Instant | Form::Micros, Kind::BigInt) => {
                Written { text: self.micros(inside).text, form: Form::Whole }
            }
            (Form::Real | Form::Scaled(_) | Form::Digits | Form::Numeric, Kind::BigInt) => self.whole(inside),
            (Form::Date, Kind::Instant) if sqlite => {
                Written { text: format!("maquette_midnight({text})"), form: Form::Instant }
            }
            (Form::Date, Kind::Instant) => {
                Written { text: format!("(EXTRACT(EPOCH FROM {text}) * 1000000)"), form: Form::Micros }
            }
            (Form::Whole | Form::Uuid, Kind::Text) if sqlite => {
                Written { text: format!("CAST({text} AS TEXT)"), form: Form::Text }
            }
            (Form::Whole, Kind::Text) => Written { text: format!("({text})::TEXT COLLATE \"C\""), form: Form::Text },
            (Form::Uuid, Kind::Text) => Written { text: format!("({text})::TEXT COLLATE \"C\""), form: Form::Text },
            (Form::Bool, Kind::Text) => Written {
                text: format!(
                    "(CASE {text} WHEN {} THEN 'true' WHEN {} THEN 'false' END)",
                    self.dialect().truth(true),
                    self.dialect().truth(false)
                ),
                form: Form::Text,
            },
            _ => return Err(refused("a value cannot be read as one of another kind")),
        })
    }

    /// A number in the form of computed decimals.
    pub(super) fn decimal(&self, number: Written) -> Written {
        match (self.dialect(), number.form) {
            (Dialect::Sqlite, Form::Scaled(scale)) => {
                Written { text: format!("maquette_digits({}, {scale})", number.text), form: Form::Digits }
            }
            (Dialect::Sqlite, Form::Whole) => {
                Written { text: format!("maquette_digits({}, 0)", number.text), form: Form::Digits }
            }
            (Dialect::Postgres, Form::Whole) => {
                Written { text: format!("({})::NUMERIC", number.text), form: Form::Numeric }
            }
            _ => number,
        }
    }

    /// An instant as microseconds.
    pub(super) fn micros(&self, instant: Written) -> Written {
        match (self.dialect(), instant.form) {
            (Dialect::Postgres, Form::Instant) => Written {
                // Exact since Postgres 14: a NUMERIC with six digits.
                text: format!("(EXTRACT(EPOCH FROM {}) * 1000000)", instant.text),
                form: Form::Micros,
            },
            _ => instant,
        }
    }
}

/// How the values of a column stand there. A column that a newer release made wider than the field is refused, but for
/// one of more digits: what else stands in it reads as another value than it is.
fn column_form(cell: &Cell, kind: Kind, dialect: Dialect) -> Result<Form, QueryError> {
    let form = match (&cell.ty, kind, dialect) {
        (ColumnType::Text, Kind::Text, _) => Form::Text,
        (ColumnType::Integer, Kind::Integer | Kind::BigInt, _) => Form::Whole,
        (ColumnType::Real, Kind::Number, _) => Form::Real,
        (ColumnType::Decimal { precision, scale }, Kind::Decimal, Dialect::Sqlite) if *precision <= SCALED_DIGITS => {
            Form::Scaled(*scale)
        }
        (ColumnType::Decimal { .. }, Kind::Decimal, Dialect::Sqlite) => Form::Digits,
        (ColumnType::Decimal { .. }, Kind::Decimal, Dialect::Postgres) => Form::Numeric,
        (ColumnType::Boolean, Kind::Bool, _) => Form::Bool,
        (ColumnType::Date, Kind::Date, _) => Form::Date,
        (ColumnType::Time, Kind::Time, _) => Form::Time,
        (ColumnType::Instant, Kind::Instant, _) => Form::Instant,
        (ColumnType::Duration, Kind::Duration, _) => Form::Duration,
        (ColumnType::Uuid, Kind::Uuid, _) => Form::Uuid,
        (_, Kind::Json | Kind::Bytes, _) => Form::Other,
        _ => {
            return Err(QueryError::Condition(format!(
                "the column of `{}` is of another kind than the field",
                cell.name
            )));
        }
    };
    Ok(form)
}

/// The type of a form on Postgres.
pub(super) fn type_of(form: Form) -> &'static str {
    match form {
        Form::Bool => "BOOLEAN",
        Form::Whole | Form::Duration => "BIGINT",
        Form::Real => "DOUBLE PRECISION",
        Form::Scaled(_) | Form::Digits | Form::Numeric | Form::Micros => "NUMERIC",
        Form::Text | Form::Other => "TEXT",
        Form::Date => "DATE",
        Form::Time => "TIME",
        Form::Instant => "TIMESTAMPTZ",
        Form::Uuid => "UUID",
    }
}

/// Whether a decimal is short enough for [`decimal`] text, which has room for 28 digits before the point.
pub(super) fn has_room(number: &maq_value::Decimal) -> bool {
    number.trunc().mantissa().unsigned_abs() < 10_u128.pow(u32::try_from(decimal::WHOLE_DIGITS).unwrap_or(28))
}
