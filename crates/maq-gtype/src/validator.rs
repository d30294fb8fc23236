//! The validator of one entity.

use crate::field::Field;
use crate::find::{Findings, shown};
use maq_diag::{Finding, catalogue};
use maq_ir::{Entity, IdentityType, SYSTEM_COLUMNS, SYSTEM_NAMES};
use maq_value::{Kind, Record, Value};
use serde_json::{Map, Value as Json};
use std::collections::HashMap;
use std::sync::Arc;

/// The checks of one entity, compiled once: regular expressions, limits, the way from a name to its field.
#[derive(Debug, Clone)]
pub struct Validator {
    pub(crate) entity: Arc<str>,
    pub(crate) identity: IdentityType,
    pub(crate) fields: Vec<Field>,
    by_name: HashMap<Arc<str>, usize>,
    rules: Vec<Rule>,
    id: Arc<str>,
    /// The first 128 fields as bits: those that a whole record must have, and those that have a default.
    pub(crate) needed: u128,
    pub(crate) defaulted: u128,
}

/// Longest id, in bytes: it stands in keys and addresses, and no index of Postgres holds much longer texts.
pub const MAX_ID_BYTES: usize = 512;

/// A requirement without a condition.
#[derive(Debug, Clone)]
struct Rule {
    name: Arc<str>,
    require: Vec<usize>,
}

/// Whether an object stands for a whole record or for changes of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whole {
    Yes,
    No,
}

impl Validator {
    /// Compiles the checks of `entity`. A pattern that is no regular expression matches nothing.
    pub fn new(entity: &Entity) -> Validator {
        let fields: Vec<Field> = entity.fields.iter().map(Field::new).collect();
        let mut validator = Validator {
            entity: entity.name.clone(),
            identity: entity.identity,
            by_name: fields.iter().enumerate().map(|(at, field)| (field.name.clone(), at)).collect(),
            fields,
            rules: entity
                .rules
                .iter()
                .map(|rule| Rule {
                    name: rule.name.clone(),
                    require: rule.require.iter().map(|index| index.0 as usize).collect(),
                })
                .collect(),
            id: "id".into(),
            needed: 0,
            defaulted: 0,
        };
        validator.needed = bits(validator.required().map(|(at, _)| at));
        let defaulted = validator.fields.iter().enumerate().filter(|(_, field)| field.default.is_some());
        validator.defaulted = bits(defaulted.map(|(at, _)| at));
        validator
    }

    /// Reads `json` as a new record: typed values in field order, `id` first where one is given, defaults filled in,
    /// decimals at their field's scale. A field that is left out and has no default is not in the record.
    ///
    /// # Errors
    /// Every finding at once; each stands at the entity's name and the field's.
    pub fn create(&self, json: &Map<String, Json>) -> Result<Record, Vec<Finding>> {
        self.read(json, Whole::Yes)
    }

    /// Reads `json` as changes of a record: only the fields that are there.
    ///
    /// # Errors
    /// Every finding at once; each stands at the entity's name and the field's.
    pub fn patch(&self, json: &Map<String, Json>) -> Result<Record, Vec<Finding>> {
        self.read(json, Whole::No)
    }

    /// Checks a whole typed row, as a load brings it; system columns are not looked at, except that `id` is of the
    /// identity's type.
    pub fn check_row(&self, record: &Record) -> Vec<Finding> {
        let mut findings = Findings::new(&self.entity);
        let mut present = vec![false; self.fields.len()];
        let mut cursor = 0;
        for (name, value) in &record.0 {
            match self.locate(name, &mut cursor) {
                Some(at) => {
                    let Some(field) = self.fields.get(at) else { continue };
                    if value.is_absent() {
                        continue;
                    }
                    findings.check(field, value.clone());
                    set(&mut present, at);
                }
                None if **name == *self.id => self.check_id(value, &mut findings),
                None if SYSTEM_COLUMNS.contains(&&**name) => {}
                None => findings.unknown(name, self.fields.iter().map(|field| &*field.name)),
            }
        }
        self.require(&present, &mut findings);
        findings.list
    }

    /// Position of the field `name`. Objects mostly come in field order, so the next one is tried first.
    pub(crate) fn locate(&self, name: &str, cursor: &mut usize) -> Option<usize> {
        let next = *cursor;
        let at = if self.fields.get(next).is_some_and(|field| *field.name == *name) {
            next
        } else {
            *self.by_name.get(name)?
        };
        *cursor = at + 1;
        Some(at)
    }

    /// Positions of the fields that a whole record must have, with the rule that says so where one does.
    fn required(&self) -> impl Iterator<Item = (usize, Option<&Arc<str>>)> {
        let own = self.fields.iter().enumerate().filter(|(_, field)| field.required).map(|(at, _)| (at, None));
        let by_rule = self.rules.iter().flat_map(|rule| rule.require.iter().map(|at| (*at, Some(&rule.name))));
        own.chain(by_rule)
    }

    fn read(&self, json: &Map<String, Json>, whole: Whole) -> Result<Record, Vec<Finding>> {
        let mut findings = Findings::new(&self.entity);
        let mut values: Vec<Value> = vec![Value::Missing; self.fields.len()];
        let mut id = Value::Missing;
        let mut cursor = 0;
        for (name, json) in json {
            match self.locate(name, &mut cursor) {
                Some(at) => {
                    if let (Some(field), Some(slot)) = (self.fields.get(at), values.get_mut(at)) {
                        *slot = read_value(field, json, &mut findings);
                    }
                }
                None if *name == *self.id && whole == Whole::Yes => id = self.read_id(json, &mut findings),
                None if SYSTEM_NAMES.contains(&name.as_str()) => {
                    findings.add(catalogue::RECORD_FIELD_IS_SYSTEM, name, &[]);
                }
                None => findings.unknown(name, self.fields.iter().map(|field| &*field.name)),
            }
        }
        match whole {
            Whole::Yes => {
                self.check_id_given(&id, &mut findings);
                for (field, value) in self.fields.iter().zip(&mut values) {
                    if let (Value::Missing, Some(default)) = (&*value, &field.default) {
                        *value = default.clone();
                    }
                }
                self.require_of(&values, |value| !value.is_absent(), &mut findings);
            }
            Whole::No => {
                self.require_of(&values, |value| !matches!(value, Value::Null), &mut findings);
            }
        }
        if !findings.list.is_empty() {
            return Err(findings.list);
        }
        let mut record = Vec::with_capacity(values.len() + 1);
        if !id.is_absent() {
            record.push((self.id.clone(), id));
        }
        let present = self.fields.iter().zip(values).filter(|(_, value)| !matches!(value, Value::Missing));
        record.extend(present.map(|(field, value)| (field.name.clone(), value)));
        Ok(Record(record))
    }

    /// As [`Validator::require`], of values in field order. Where nothing is missing, which is nearly always, nothing
    /// is allocated for entities of up to 128 fields.
    fn require_of(&self, values: &[Value], is_there: impl Fn(&Value) -> bool, findings: &mut Findings<'_>) {
        let there = bits(values.iter().enumerate().filter(|(_, value)| is_there(value)).map(|(at, _)| at));
        if values.len() <= 128 && self.needed & !there == 0 {
            return;
        }
        let present: Vec<bool> = values.iter().map(is_there).collect();
        self.require(&present, findings);
    }

    /// One finding for each field that is required and not there, by itself or else by the first rule.
    fn require(&self, present: &[bool], findings: &mut Findings<'_>) {
        if self.required().all(|(at, _)| present.get(at) != Some(&false)) {
            return;
        }
        let mut said = vec![false; self.fields.len()];
        for (at, rule) in self.required() {
            let Some(field) = self.fields.get(at) else { continue };
            if present.get(at) != Some(&false) || said.get(at) == Some(&true) {
                continue;
            }
            set(&mut said, at);
            match rule {
                None => findings.add(catalogue::RECORD_REQUIRED, &field.name, &[]),
                Some(rule) => findings.add(catalogue::RECORD_REQUIRED_BY_RULE, &field.name, &[("rule", rule)]),
            }
        }
    }

    fn read_id(&self, json: &Json, findings: &mut Findings<'_>) -> Value {
        Value::from_json(json, self.identity.kind()).unwrap_or_else(|error| {
            findings.type_wrong(&self.id, error.expected, &Value::Json(json.clone()));
            // Given, if wrongly: it is not missing as well.
            Value::Text("wrong".to_owned())
        })
    }

    fn check_id_given(&self, id: &Value, findings: &mut Findings<'_>) {
        if let Some(text) = id.as_text().filter(|text| text.len() > MAX_ID_BYTES) {
            let (limit, length) = (MAX_ID_BYTES.to_string(), text.len().to_string());
            let excess = (text.len() - MAX_ID_BYTES).to_string();
            let params = [("limit", limit.as_str()), ("length", &length), ("unit", "bytes"), ("excess", &excess)];
            findings.add(catalogue::RECORD_TOO_LONG, &self.id, &params);
        }
        let empty = id.is_absent() || id.as_text() == Some("");
        if self.identity == IdentityType::Text && empty {
            findings.add(catalogue::RECORD_ID_REQUIRED, &self.id, &[]);
        }
    }

    fn check_id(&self, id: &Value, findings: &mut Findings<'_>) {
        let fits = matches!(
            (self.identity.kind(), id),
            (Kind::Uuid, Value::Uuid(_)) | (Kind::BigInt, Value::Integer(_)) | (Kind::Text, Value::Text(_))
        );
        if !fits && !id.is_absent() {
            findings.type_wrong(&self.id, self.identity.kind().describe(), id);
        }
        self.check_id_given(id, findings);
    }
}

/// A wrong value leaves some text in its place, so that it is not called missing as well.
fn read_value(field: &Field, json: &Json, findings: &mut Findings<'_>) -> Value {
    match Value::from_json(json, field.kind) {
        Ok(Value::Null) => Value::Null,
        Ok(value) => findings.check(field, value),
        Err(error) => {
            let found = Value::Json(json.clone());
            findings.type_wrong(&field.name, error.expected, &found);
            Value::Text(shown(&found))
        }
    }
}

fn bits(places: impl Iterator<Item = usize>) -> u128 {
    places.filter(|at| *at < 128).fold(0, |bits, at| bits | 1 << at)
}

fn set(flags: &mut [bool], at: usize) {
    if let Some(flag) = flags.get_mut(at) {
        *flag = true;
    }
}

#[cfg(test)]
mod tests;
