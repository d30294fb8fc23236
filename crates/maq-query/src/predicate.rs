//! Conditions on rows as SQL: what [`maq_expr::Predicate`] means, exactly, on each dialect.
//!
//! SQL's NULL is the predicate's unknown. A plain comparison with a column keeps the column bare, so that an index
//! serves it. What a dialect has no exact words for is a function of ours on SQLite ([`functions`]) and longer words on
//! Postgres, where every value says its type because nothing beside it may tell.

mod arithmetic;
mod compare;
mod fit;
pub mod functions;
mod real;
mod terms;
#[cfg(test)]
mod tests;
mod texts;

use crate::Dialect;
use crate::record::QueryError;
use crate::record::layout::Cell;
use crate::record::sql::Sql;
use crate::tables::Tables;
use maq_expr::{Link, Predicate, Rows, Term};

/// What conditions may bind: SQLite takes 32,766 values and Postgres 65,535, and what is asked for besides needs some.
const MOST_BINDS: usize = 30_000;
/// How long they may be, in bytes: as many parts as policies may have are shorter, whatever the names of their fields.
const MOST_BYTES: usize = 8_000_000;
/// How deep they may nest: SQLite takes a depth of 1,000, and a level here is up to three there.
const MOST_LEVELS: usize = 250;

/// Writes `predicate` on the row of `table`, in brackets.
pub(crate) fn write(
    sql: &mut Sql,
    tables: &Tables,
    table: &str,
    cells: &[Cell],
    predicate: &Predicate,
) -> Result<(), QueryError> {
    let mut writer = Writer { sql, tables, levels: vec![Level { number: 0, name: table.to_owned(), cells }], depth: 0 };
    let text = writer.predicate(predicate)?;
    if sql.bound() > MOST_BINDS || text.len() > MOST_BYTES {
        return Err(refused("there are too many conditions in it"));
    }
    sql.push("(");
    sql.push(&text);
    sql.push(")");
    Ok(())
}

/// `a AND b AND c` in brackets. SQLite counts a chain as deep as it is long, and takes a depth of 1,000: a long one is
/// written in halves.
fn joined(texts: &[String], word: &str) -> String {
    const LONG: usize = 64;
    if texts.len() <= LONG {
        return format!("({})", texts.join(word));
    }
    let (left, right) = texts.split_at(texts.len() / 2);
    format!("({}{word}{})", joined(left, word), joined(right, word))
}

/// The rows around a term: the record, then those of each sub-select.
struct Level<'a> {
    number: u32,
    /// What its columns are called by, quoted.
    name: String,
    cells: &'a [Cell],
}

struct Writer<'a, 'b> {
    sql: &'b mut Sql,
    tables: &'a Tables,
    levels: Vec<Level<'a>>,
    /// How deep the predicate under way nests.
    depth: usize,
}

/// What a text of SQL gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Bool,
    /// A whole number; on Postgres any type of whole numbers.
    Whole,
    Real,
    /// SQLite: a decimal times ten to the number.
    Scaled(u32),
    /// SQLite: [`crate::codec::decimal`] text.
    Digits,
    /// Postgres
    Numeric,
    Text,
    Date,
    Time,
    /// A column's instant: microseconds on SQLite, a TIMESTAMPTZ on Postgres.
    Instant,
    /// Postgres: an instant as microseconds.
    Micros,
    Duration,
    Uuid,
    /// Only asked for being there.
    Other,
}

/// SQL of a term.
struct Written {
    text: String,
    form: Form,
}

fn refused(what: &str) -> QueryError {
    QueryError::Condition(what.to_owned())
}

impl<'a> Writer<'a, '_> {
    fn dialect(&self) -> Dialect {
        self.sql.dialect()
    }

    fn is_sqlite(&self) -> bool {
        self.dialect() == Dialect::Sqlite
    }

    /// In brackets, or one word.
    fn predicate(&mut self, predicate: &Predicate) -> Result<String, QueryError> {
        if self.depth == MOST_LEVELS {
            return Err(refused("its conditions nest too deep"));
        }
        self.depth += 1;
        let written = self.nested(predicate);
        self.depth -= 1;
        written
    }

    fn nested(&mut self, predicate: &Predicate) -> Result<String, QueryError> {
        Ok(match predicate {
            Predicate::Known(holds) => self.dialect().truth(*holds).to_owned(),
            Predicate::Unknown => self.unknown().to_owned(),
            Predicate::All(parts) => self.join(parts, " AND ", true)?,
            Predicate::Any(parts) => self.join(parts, " OR ", false)?,
            Predicate::Not(part) => format!("(NOT {})", self.predicate(part)?),
            Predicate::If(condition, then, otherwise) => {
                let (then, otherwise) = (self.predicate(then)?, self.predicate(otherwise)?);
                self.choice(condition, &then, &otherwise)?
            }
            Predicate::IsTrue(part) => format!("({} IS {})", self.predicate(part)?, self.dialect().truth(true)),
            Predicate::Compare(op, left, right) => self.compare(*op, left, right)?,
            Predicate::OneOf(term, values) => self.one_of(term, values)?,
            Predicate::StartsWith(whole, part) => self.starts_with(whole, part)?,
            Predicate::EndsWith(whole, part) => self.ends_with(whole, part)?,
            Predicate::Contains(whole, part) => self.contains(whole, part)?,
            Predicate::IsNull(term) => format!("({} IS NULL)", self.term(term)?.text),
            Predicate::Term(term) => self.truth(term)?,
            Predicate::Exists(rows, inside) => {
                let from = self.rows(rows, |writer| writer.conjoined(inside))?;
                format!("EXISTS (SELECT 1 {from})")
            }
        })
    }

    fn unknown(&self) -> &'static str {
        if self.is_sqlite() { "NULL" } else { "NULL::BOOLEAN" }
    }

    fn join(&mut self, parts: &[Predicate], word: &str, none: bool) -> Result<String, QueryError> {
        if parts.is_empty() {
            return Ok(self.dialect().truth(none).to_owned());
        }
        let texts = parts.iter().map(|part| self.predicate(part)).collect::<Result<Vec<_>, _>>()?;
        Ok(joined(&texts, word))
    }

    /// The condition is written once: it may be long.
    fn choice(&mut self, condition: &Predicate, then: &str, otherwise: &str) -> Result<String, QueryError> {
        let condition = self.predicate(condition)?;
        let (holds, fails) = (self.dialect().truth(true), self.dialect().truth(false));
        Ok(format!("(CASE {condition} WHEN {holds} THEN {then} WHEN {fails} THEN {otherwise} END)"))
    }

    fn truth(&mut self, term: &Term) -> Result<String, QueryError> {
        let written = self.term(term)?;
        if written.form != Form::Bool {
            return Err(refused("something that is neither true nor false stands as a condition"));
        }
        let bare = self.is_sqlite() && matches!(term, Term::Field { .. });
        // SQLite looks for a column in an index only when it is compared.
        Ok(if bare { format!("({} = 1)", written.text) } else { written.text })
    }

    /// ` AND condition`, or nothing when it always holds.
    fn conjoined(&mut self, inside: &Predicate) -> Result<String, QueryError> {
        match inside {
            Predicate::Known(true) => Ok(String::new()),
            inside => Ok(format!(" AND {}", self.predicate(inside)?)),
        }
    }

    /// `FROM` the rows, of the same tenant and realm, `WHERE` they are linked; `more` is written a level deeper.
    fn rows(
        &mut self,
        rows: &Rows,
        more: impl FnOnce(&mut Self) -> Result<String, QueryError>,
    ) -> Result<String, QueryError> {
        let table = self.tables.get(rows.entity).ok_or_else(|| refused("an entity has no table"))?;
        let name = format!("\"~{}\"", rows.level);
        let link = match rows.link {
            Link::Target { level, field } => format!("{name}.\"id\" = {}", self.column(level, field)?.0),
            Link::Children { level, field } => {
                let own = table.cells.get(field as usize).ok_or_else(|| refused("a reference has no column"))?;
                format!("{name}.{} = {}", own.column, self.column(level, 0)?.0)
            }
        };
        self.levels.push(Level { number: rows.level, name: name.clone(), cells: &table.cells });
        let more = more(self);
        self.levels.pop();
        let (tenant, realm) = (self.sql.place(1), self.sql.place(2));
        Ok(format!(
            "FROM {} AS {name} WHERE {name}.\"tenant_id\" = {tenant} AND {name}.\"realm_id\" = {realm} AND {link}{}",
            table.name, more?
        ))
    }

    /// A column with the name of its row.
    fn column(&self, level: u32, field: u32) -> Result<(String, &'a Cell), QueryError> {
        let level = self.levels.iter().rev().find(|row| row.number == level);
        let level = level.ok_or_else(|| refused("a row is not there"))?;
        let cell = level.cells.get(field as usize).ok_or_else(|| refused("a field has no column"))?;
        Ok((format!("{}.{}", level.name, cell.column), cell))
    }
}
