//! Filters as a tree, and their SQL. The same filter means the same on every dialect: text is compared by bytes, a
//! comparison with an empty column is neither true nor false and drops the row, also under `Not`.

use super::sql::Sql;
use super::{Cell, FieldRef, QueryError, Records};
use crate::{Dialect, SqlValue};
use maq_expr::Predicate;
use maq_ir::schema::ColumnType;
use maq_value::{Kind, Value};
use std::sync::Arc;

/// Conditions and values a filter may have.
const MOST: usize = 900;

/// Which records are wanted.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Filter {
    /// All of them.
    #[default]
    All,
    /// Those that every part wants; all when there is none.
    And(Vec<Filter>),
    /// Those that some part wants; none when there is none.
    Or(Vec<Filter>),
    /// Those that the part does not want.
    Not(Box<Filter>),
    /// By comparing with a value. Equal to null asks whether the column is empty.
    Compare {
        /// The field.
        field: FieldRef,
        /// How.
        op: CompareOp,
        /// With what; of the field's kind.
        value: Value,
    },
    /// One of some values; null among them asks for empty columns too.
    In {
        /// The field.
        field: FieldRef,
        /// The values.
        values: Vec<Value>,
    },
    /// Text that contains this one, case and all.
    Contains {
        /// The field.
        field: FieldRef,
        /// What it contains.
        text: String,
    },
    /// Text that starts with this one, case and all.
    StartsWith {
        /// The field.
        field: FieldRef,
        /// What it starts with.
        text: String,
    },
    /// Empty, or not.
    IsNull {
        /// The field.
        field: FieldRef,
        /// True for empty.
        yes: bool,
    },
    /// Rows that make a condition true; where it is an error the row is dropped, also under `Not`.
    Predicate(Arc<Predicate>),
}

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompareOp {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Greater.
    Gt,
    /// Greater or equal.
    Gte,
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
}

impl CompareOp {
    /// The word of the request.
    pub fn word(self) -> &'static str {
        match self {
            CompareOp::Eq => "eq",
            CompareOp::Ne => "ne",
            CompareOp::Gt => "gt",
            CompareOp::Gte => "gte",
            CompareOp::Lt => "lt",
            CompareOp::Lte => "lte",
        }
    }

    fn sql(self) -> &'static str {
        match self {
            CompareOp::Eq => " = ",
            CompareOp::Ne => " <> ",
            CompareOp::Gt => " > ",
            CompareOp::Gte => " >= ",
            CompareOp::Lt => " < ",
            CompareOp::Lte => " <= ",
        }
    }
}

impl Filter {
    fn weight(&self) -> usize {
        match self {
            Filter::And(parts) | Filter::Or(parts) => 1 + parts.iter().map(Filter::weight).sum::<usize>(),
            Filter::Not(part) => 1 + part.weight(),
            Filter::In { values, .. } => 1 + values.len(),
            _ => 1,
        }
    }
}

impl Records {
    /// Writes ` AND filter`, or nothing for all.
    pub(super) fn write_and_filter(&self, sql: &mut Sql, filter: &Filter) -> Result<(), QueryError> {
        if *filter == Filter::All {
            return Ok(());
        }
        if filter.weight() > MOST {
            return Err(QueryError::TooMany(MOST));
        }
        sql.push(" AND ");
        self.write_filter(sql, filter)
    }

    pub(super) fn write_filter(&self, sql: &mut Sql, filter: &Filter) -> Result<(), QueryError> {
        match filter {
            Filter::All => sql.push(self.dialect.truth(true)),
            Filter::And(parts) => self.write_parts(sql, parts, " AND ", self.dialect.truth(true))?,
            Filter::Or(parts) => self.write_parts(sql, parts, " OR ", self.dialect.truth(false))?,
            Filter::Not(part) => {
                sql.push("NOT (");
                self.write_filter(sql, part)?;
                sql.push(")");
            }
            Filter::Compare { field, op, value } => self.write_compare(sql, *field, *op, value)?,
            Filter::In { field, values } => self.write_in(sql, *field, values)?,
            Filter::Contains { field, text } => {
                let cell = self.text_cell(*field, "contains")?;
                let function = match sql.dialect() {
                    Dialect::Sqlite => "instr",
                    Dialect::Postgres => "strpos",
                };
                sql.push(&format!("{function}({}, ", cell.column));
                sql.bind(text.as_str().into());
                sql.push(") > 0");
            }
            Filter::StartsWith { field, text } => {
                let cell = self.text_cell(*field, "startsWith")?;
                write_starts_with(sql, &cell.column, text);
            }
            Filter::IsNull { field, yes } => {
                let (_, cell) = self.cell(*field)?;
                sql.push(&cell.column);
                sql.push(if *yes { " IS NULL" } else { " IS NOT NULL" });
            }
            Filter::Predicate(predicate) => self.write_predicate(sql, predicate)?,
        }
        Ok(())
    }

    fn write_parts(&self, sql: &mut Sql, parts: &[Filter], word: &str, none: &str) -> Result<(), QueryError> {
        if parts.is_empty() {
            sql.push(none);
            return Ok(());
        }
        sql.push("(");
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                sql.push(word);
            }
            self.write_filter(sql, part)?;
        }
        sql.push(")");
        Ok(())
    }

    fn write_compare(&self, sql: &mut Sql, field: FieldRef, op: CompareOp, value: &Value) -> Result<(), QueryError> {
        let (_, cell) = self.cell(field)?;
        if value.is_absent() {
            let empty = match op {
                CompareOp::Eq => " IS NULL",
                CompareOp::Ne => " IS NOT NULL",
                _ => return Err(not_comparable(cell, op.word())),
            };
            sql.push(&cell.column);
            sql.push(empty);
            return Ok(());
        }
        comparable(cell, op.word())?;
        let bind = cell.encode(value, self.dialect)?;
        sql.push(&cell.column);
        sql.push(op.sql());
        sql.bind(bind);
        Ok(())
    }

    fn write_in(&self, sql: &mut Sql, field: FieldRef, values: &[Value]) -> Result<(), QueryError> {
        let (_, cell) = self.cell(field)?;
        comparable(cell, "in")?;
        let present = values.iter().filter(|value| !value.is_absent());
        let binds: Vec<SqlValue> =
            present.map(|value| cell.encode(value, self.dialect)).collect::<Result<_, QueryError>>()?;
        let with_null = binds.len() < values.len();
        if binds.is_empty() {
            let text =
                if with_null { format!("{} IS NULL", cell.column) } else { self.dialect.truth(false).to_owned() };
            sql.push(&text);
            return Ok(());
        }
        sql.push("(");
        sql.push(&cell.column);
        sql.push(" IN (");
        for (at, bind) in binds.into_iter().enumerate() {
            if at > 0 {
                sql.push(", ");
            }
            sql.bind(bind);
        }
        sql.push(")");
        if with_null {
            sql.push(&format!(" OR {} IS NULL", cell.column));
        }
        sql.push(")");
        Ok(())
    }

    fn text_cell(&self, field: FieldRef, operation: &'static str) -> Result<&Cell, QueryError> {
        let (_, cell) = self.cell(field)?;
        if cell.ty == ColumnType::Text { Ok(cell) } else { Err(not_comparable(cell, operation)) }
    }
}

pub(super) fn comparable(cell: &Cell, operation: &'static str) -> Result<(), QueryError> {
    if cell.kind == Kind::Json { Err(not_comparable(cell, operation)) } else { Ok(()) }
}

fn not_comparable(cell: &Cell, operation: &'static str) -> QueryError {
    QueryError::NotComparable { field: cell.name.clone(), operation }
}

/// As a range, which an index serves and LIKE's signs do not disturb.
fn write_starts_with(sql: &mut Sql, column: &str, text: &str) {
    if text.is_empty() {
        sql.push(&format!("{column} IS NOT NULL"));
        return;
    }
    sql.push(&format!("({column} >= "));
    sql.bind(text.into());
    if let Some(end) = after_prefix(text) {
        sql.push(&format!(" AND {column} < "));
        sql.bind(end.into());
    }
    sql.push(")");
}

/// The least text after every text that starts with `prefix`; none when nothing comes after.
pub(crate) fn after_prefix(prefix: &str) -> Option<String> {
    let mut rest = prefix.to_owned();
    while let Some(last) = rest.pop() {
        // UTF-8 sorts by bytes as by code points; U+D800..U+DFFF are no characters.
        let next = match last {
            '\u{D7FF}' => Some('\u{E000}'),
            _ => char::from_u32(u32::from(last) + 1),
        };
        if let Some(next) = next {
            rest.push(next);
            return Some(rest);
        }
    }
    None
}
