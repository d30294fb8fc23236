//! Comparisons, membership, and parts of texts.

use super::fit::{Fit, fit};
use super::{Form, Writer, Written, refused};
use crate::SqlValue;
use crate::record::QueryError;
use crate::record::filter::after_prefix;
use maq_expr::{CompareOp, Term};
use maq_value::{Kind, Value};

/// Values of one IN; more are bound as one JSON text, because a statement has places for so many only.
const LIST: usize = 200;
/// From so many values on that a statement binds, every list is bound as one.
const BUSY: usize = 8_000;

/// True wherever the term is not empty; unknown where it is.
fn always(text: &str) -> String {
    format!("({text} IS NOT NULL OR NULL)")
}

/// False wherever the term is not empty; unknown where it is.
fn never(text: &str) -> String {
    format!("({text} IS NULL AND NULL)")
}

fn sign(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Eq => "=",
        CompareOp::Ne => "<>",
        CompareOp::Lt => "<",
        CompareOp::Le => "<=",
        CompareOp::Gt => ">",
        CompareOp::Ge => ">=",
    }
}

impl Writer<'_, '_> {
    pub(super) fn compare(&mut self, op: CompareOp, left: &Term, right: &Term) -> Result<String, QueryError> {
        match (left, right) {
            (Term::Value(value, _), _) | (_, Term::Value(value, _)) if value.is_absent() => {
                Ok(self.unknown().to_owned())
            }
            (Term::Value(..), Term::Value(..)) => self.compare_terms(op, left, right),
            (_, Term::Value(value, _)) => {
                let left = self.term(left)?;
                self.compare_value(op, &left, value)
            }
            (Term::Value(value, _), _) => {
                let right = self.term(right)?;
                self.compare_value(op.turned(), &right, value)
            }
            _ => self.compare_terms(op, left, right),
        }
    }

    fn compare_terms(&mut self, op: CompareOp, left: &Term, right: &Term) -> Result<String, QueryError> {
        let (left, right) = self.alike(left, right)?;
        if left.form == Form::Other {
            return Err(refused("values that cannot be compared are compared"));
        }
        Ok(format!("({} {} {})", left.text, sign(op), right.text))
    }

    fn compare_value(&mut self, op: CompareOp, left: &Written, value: &Value) -> Result<String, QueryError> {
        use CompareOp::{Eq, Ge, Gt, Le, Lt, Ne};
        let text = &left.text;
        Ok(match (fit(value, left.form)?, op) {
            (Fit::Exactly(bind), _) => format!("({text} {} {})", sign(op), self.bind(bind, left.form)),
            (Fit::After(bind), Lt | Le) => format!("({text} <= {})", self.bind(bind, left.form)),
            (Fit::After(bind), Gt | Ge) => format!("({text} > {})", self.bind(bind, left.form)),
            (_, Ne) | (Fit::Above, Lt | Le) | (Fit::Below, Gt | Ge) => always(text),
            (_, Eq) | (Fit::Above, Gt | Ge) | (Fit::Below, Lt | Le) | (Fit::Nowhere, _) => never(text),
        })
    }

    pub(super) fn one_of(&mut self, term: &Term, values: &[Value]) -> Result<String, QueryError> {
        let left = self.term(term)?;
        let mut binds = Vec::with_capacity(values.len());
        for value in values {
            // What no row can have is left out.
            if let Fit::Exactly(bind) = fit(value, left.form)? {
                binds.push(bind);
            }
        }
        let text = &left.text;
        if binds.is_empty() {
            return Ok(never(text));
        }
        let few = if self.sql.bound() < BUSY { LIST } else { 1 };
        if binds.len() > few && left.form != Form::Real {
            let form = left.form;
            let text = if form == Form::Instant { self.micros(left).text } else { left.text };
            return Ok(format!("({text} IN {})", self.long_list(&binds, form)));
        }
        if binds.len() > LIST * 100 {
            return Err(QueryError::TooMany(LIST * 100));
        }
        let places: Vec<String> = binds.into_iter().map(|bind| self.bind(bind, left.form)).collect();
        Ok(format!("({text} IN ({}))", places.join(", ")))
    }

    fn long_list(&mut self, binds: &[SqlValue], form: Form) -> String {
        let json = |bind: &SqlValue| match bind {
            SqlValue::Integer(number) => serde_json::Value::from(*number),
            SqlValue::Text(text) => serde_json::Value::from(text.as_str()),
            _ => serde_json::Value::Null,
        };
        let list = serde_json::Value::Array(binds.iter().map(json).collect()).to_string();
        let place = self.sql.keep(list.into());
        if self.is_sqlite() {
            return format!("(SELECT value FROM json_each({place}))");
        }
        let item = match form {
            // An instant is compared in microseconds here: an interval of so many is a double on the way.
            Form::Instant => "v::NUMERIC".to_owned(),
            Form::Bool => "v::INT::BOOLEAN".to_owned(),
            form => format!("v::{}", super::terms::type_of(form)),
        };
        format!("(SELECT {item} FROM json_array_elements_text({place}::JSON) AS list(v))")
    }

    /// A value as a range, which an index serves and no sign in it disturbs.
    pub(super) fn starts_with(&mut self, whole: &Term, part: &Term) -> Result<String, QueryError> {
        let text = self.text(whole)?;
        let Term::Value(Value::Text(prefix), _) = part else {
            let part = self.text(part)?;
            return Ok(if self.is_sqlite() {
                format!("(instr({text}, {part}) = 1)")
            } else {
                format!("starts_with({text}, {part})")
            });
        };
        if prefix.contains('\0') {
            return Ok(never(&text));
        }
        if prefix.is_empty() {
            return Ok(always(&text));
        }
        let start = self.bind(prefix.as_str().into(), Form::Text);
        if !matches!(whole, Term::Field { .. }) {
            return Ok(if self.is_sqlite() {
                format!("(instr({text}, {start}) = 1)")
            } else {
                format!("starts_with({text}, {start})")
            });
        }
        Ok(match after_prefix(prefix) {
            Some(end) => {
                let end = self.bind(end.into(), Form::Text);
                format!("({text} >= {start} AND {text} < {end})")
            }
            None => format!("({text} >= {start})"),
        })
    }

    pub(super) fn ends_with(&mut self, whole: &Term, part: &Term) -> Result<String, QueryError> {
        let text = self.text(whole)?;
        if let Some(never) = unheard(&text, part) {
            return Ok(never);
        }
        if self.is_sqlite() {
            let part = self.text(part)?;
            return Ok(format!("maquette_ends_with({text}, {part})"));
        }
        let part = self.text(part)?;
        Ok(format!("(SELECT right(x, char_length(y)) = y FROM (SELECT {text} AS x, {part} AS y LIMIT 1) AS t)"))
    }

    pub(super) fn contains(&mut self, whole: &Term, part: &Term) -> Result<String, QueryError> {
        let text = self.text(whole)?;
        if let Some(never) = unheard(&text, part) {
            return Ok(never);
        }
        let part = self.text(part)?;
        let word = if self.is_sqlite() { "instr" } else { "strpos" };
        Ok(format!("({word}({text}, {part}) > 0)"))
    }
}

/// No text has a NUL, so none contains such a part.
fn unheard(text: &str, part: &Term) -> Option<String> {
    match part {
        Term::Value(Value::Text(part), Kind::Text) if part.contains('\0') => Some(never(text)),
        _ => None,
    }
}
