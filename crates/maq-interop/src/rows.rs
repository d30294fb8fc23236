//! Rows of the source as records.

use crate::keys::Key;
use maq_doc::ids::derived_record_id;
use maq_ir::{Entity, FieldType, IdentityType};
use maq_query::SqlValue;
use maq_store::source::{Pick, readings};
use maq_value::{Decimal, Record, Value};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// How the rows of a table become records of its entity.
#[derive(Debug, Clone)]
pub struct TableLoad {
    /// The table.
    pub table: String,
    /// The entity's id.
    pub entity_id: String,
    /// What to read of each row.
    pub picks: Vec<Pick>,
    pub(crate) id: IdPlan,
    /// Field id and how its value is made, in no order.
    pub(crate) fields: Vec<(String, FieldPlan)>,
}

/// How a record's id is made from picked cells.
#[derive(Debug, Clone)]
pub(crate) enum IdPlan {
    /// The cell itself.
    Cell(usize),
    /// A UUID over cells.
    Derived(Vec<usize>),
}

/// How a field's value is made from picked cells.
#[derive(Debug, Clone)]
pub(crate) enum FieldPlan {
    /// The cell, converted to the field's type.
    Cell(usize),
    /// The derived id of a record of the entity of this id; null when any cell is.
    Derived(String, Vec<usize>),
}

/// A row that does not become a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// The field, or `id`.
    pub field: String,
    /// What stands there, shortened.
    pub value: String,
}

impl fmt::Display for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` cannot take {}", self.field, self.value)
    }
}

impl TableLoad {
    /// The record of a row: `id` and fields by name.
    ///
    /// # Errors
    /// [`RowProblem`] when a value does not fit, which a profile taken from the same rows rules out.
    pub fn convert(&self, entity: &Entity, row: Vec<SqlValue>) -> Result<Record, RowProblem> {
        let plans: HashMap<&str, &FieldPlan> = self.fields.iter().map(|(id, plan)| (id.as_str(), plan)).collect();
        let cell = |at: usize| row.get(at).unwrap_or(&SqlValue::Null);
        let mut values: Vec<(Arc<str>, Value)> = Vec::with_capacity(entity.fields.len() + 1);
        values.push(("id".into(), self.id(entity, &cell)?));
        for field in &entity.fields {
            let value = match plans.get(&*field.id) {
                None => continue,
                Some(FieldPlan::Cell(at)) => {
                    convert(cell(*at), &field.ty).ok_or_else(|| problem(&field.name, cell(*at)))?
                }
                Some(FieldPlan::Derived(target, cells)) => {
                    derived(target, cells, &cell).map_or(Value::Null, Value::Uuid)
                }
            };
            values.push((field.name.clone(), value));
        }
        Ok(Record(values))
    }

    fn id<'a>(&self, entity: &Entity, cell: &impl Fn(usize) -> &'a SqlValue) -> Result<Value, RowProblem> {
        match &self.id {
            IdPlan::Cell(at) => {
                let value = match (entity.identity, cell(*at)) {
                    (IdentityType::Integer, SqlValue::Integer(number)) => Some(Value::Integer(*number)),
                    (IdentityType::Text, SqlValue::Text(text)) => Some(Value::Text(text.clone())),
                    (IdentityType::Uuid, SqlValue::Text(text)) => text.parse().ok().map(Value::Uuid),
                    _ => None,
                };
                value.ok_or_else(|| problem("id", cell(*at)))
            }
            IdPlan::Derived(cells) => {
                let key: Vec<String> = cells.iter().map(|at| key_text(cell(*at))).collect();
                Ok(Value::Uuid(derived_record_id(&self.entity_id, &key)))
            }
        }
    }
}

/// The id plan of a table whose key cells stand at these places.
pub(crate) fn id_plan(key: &Key, cells: Vec<usize>) -> IdPlan {
    match (key, cells.as_slice()) {
        (Key::Integer(_) | Key::Text(_) | Key::Uuid(_), [at]) => IdPlan::Cell(*at),
        _ => IdPlan::Derived(cells),
    }
}

fn derived<'a>(target: &str, cells: &[usize], cell: &impl Fn(usize) -> &'a SqlValue) -> Option<maq_value::Uuid> {
    let key: Option<Vec<String>> =
        cells.iter().map(|at| (*cell(*at) != SqlValue::Null).then(|| key_text(cell(*at)))).collect();
    key.map(|key| derived_record_id(target, &key))
}

/// A key's value as text: the same for the record and for what refers to it.
fn key_text(cell: &SqlValue) -> String {
    match cell {
        SqlValue::Null => "null:".to_owned(),
        SqlValue::Integer(number) => format!("int:{number}"),
        SqlValue::Real(number) => format!("real:{number}"),
        SqlValue::Text(text) => format!("text:{text}"),
        SqlValue::Blob(bytes) => format!("blob:{}", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
    }
}

/// The cell as a value of the type; none when it does not fit.
fn convert(cell: &SqlValue, ty: &FieldType) -> Option<Value> {
    if *cell == SqlValue::Null {
        return Some(Value::Null);
    }
    match (ty, cell) {
        (FieldType::String | FieldType::Text | FieldType::Enum(_), cell) => plain(cell).map(Value::Text),
        (FieldType::Integer | FieldType::BigInt, SqlValue::Integer(number)) => Some(Value::Integer(*number)),
        (FieldType::Number, SqlValue::Real(number)) => Some(Value::Number(*number)),
        (FieldType::Number, SqlValue::Integer(number)) => Some(Value::Number(*number as f64)),
        (FieldType::Decimal { .. }, SqlValue::Integer(number)) => Some(Value::Decimal(Decimal::from(*number))),
        // The shortest text that prints the double is what was written.
        (FieldType::Decimal { .. }, SqlValue::Real(number)) => number.to_string().parse().ok().map(Value::Decimal),
        (FieldType::Decimal { .. }, SqlValue::Text(text)) => exact_decimal(text).map(Value::Decimal),
        (FieldType::Boolean, SqlValue::Integer(bit @ (0 | 1))) => Some(Value::Bool(*bit == 1)),
        (FieldType::Date, SqlValue::Text(text)) => readings::date(text).map(Value::Date),
        (FieldType::Time, SqlValue::Text(text)) => readings::time(text).map(Value::Time),
        (FieldType::DateTime, SqlValue::Text(text)) => readings::instant(text).map(Value::Instant),
        (FieldType::Uuid, SqlValue::Text(text)) => readings::uuid(text).map(Value::Uuid),
        (FieldType::Duration, SqlValue::Text(text)) => readings::duration(text).map(Value::Duration),
        (FieldType::Json | FieldType::Object | FieldType::List, SqlValue::Text(text)) => {
            readings::json(text).map(Value::Json)
        }
        (FieldType::Bytes, SqlValue::Blob(bytes)) => Some(Value::Bytes(bytes.clone())),
        (FieldType::Bytes, other) => plain(other).map(|text| Value::Bytes(text.into_bytes())),
        (FieldType::Reference { identity, .. }, cell) => match (identity, cell) {
            (IdentityType::Integer, SqlValue::Integer(number)) => Some(Value::Integer(*number)),
            (IdentityType::Text, SqlValue::Text(text)) => Some(Value::Text(text.clone())),
            (IdentityType::Uuid, SqlValue::Text(text)) => readings::uuid(text).map(Value::Uuid),
            _ => None,
        },
        _ => None,
    }
}

/// The decimal that the text writes, to the last digit; zeros at the end of a fraction say nothing.
fn exact_decimal(text: &str) -> Option<Decimal> {
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
    Decimal::from_str_exact(text).ok()
}

fn plain(cell: &SqlValue) -> Option<String> {
    match cell {
        SqlValue::Text(text) => Some(text.clone()),
        SqlValue::Integer(number) => Some(number.to_string()),
        SqlValue::Real(number) => Some(number.to_string()),
        SqlValue::Null | SqlValue::Blob(_) => None,
    }
}

fn problem(field: &str, cell: &SqlValue) -> RowProblem {
    let value = match cell {
        SqlValue::Blob(bytes) => format!("{} bytes", bytes.len()),
        other => plain(other)
            .map_or_else(|| "null".to_owned(), |text| format!("`{}`", text.chars().take(40).collect::<String>())),
    };
    RowProblem { field: field.to_owned(), value }
}
