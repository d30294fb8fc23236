//! What a trial works with: the record, its fields and rows, as the policies of the draft make of them in memory.

use super::rows::LocalRows;
use super::trial::{TrialField, TrialNote, TrialRecord, TrialRow, TrialRows};
use crate::AppResult;
use crate::error::refusals;
use maq_expr::{Known, Row};
use maq_ir::schema::Table;
use maq_ir::{Absent, Entity, EntityIdx, FieldIdx};
use maq_policy::{FieldRight, FieldRights, PolicySet, Request, apply_mask};
use maq_query::record::{Filter, ListQuery};
use maq_value::{Record, Value};
use serde_json::{Map, Value as Json};
use std::sync::Arc;

/// Rows that are shown of those that are seen, and of those that are not.
pub(super) const SHOWN: u32 = 20;
/// Rows that are decided one by one where the database cannot be asked.
pub(super) const DECIDED: u32 = 200;

/// What does not change during a trial.
pub(super) struct Bench<'a> {
    pub entity: &'a Entity,
    pub index: EntityIdx,
    pub set: &'a PolicySet,
    pub local: &'a LocalRows<'a>,
    pub known: Known<'a>,
    /// What hashes in place of values are made with.
    pub mask_key: &'a [u8],
}

impl Bench<'_> {
    /// The record that is tried.
    pub async fn record(&self, wanted: &TrialRecord) -> AppResult<Option<Record>> {
        match wanted {
            TrialRecord::None => Ok(None),
            TrialRecord::Typed(values) => typed(self.entity, values).map(Some),
            TrialRecord::Local(id) => {
                let found = self.local.find_text(self.index, id).await?;
                let missing = || refusals::DATA_RECORD_NOT_FOUND.with(&[("entity", &self.entity.name), ("id", id)]);
                found.map(Some).ok_or_else(missing)
            }
        }
    }

    /// With what the conditions of an action walk to.
    pub async fn loaded(&self, record: Option<&Record>, action: &str) -> AppResult<Option<Row>> {
        match record {
            Some(record) => self.local.row(self.index, record.clone(), &self.set.walks(action)).await.map(Some),
            None => Ok(None),
        }
    }

    /// The rights on the fields of a record for an action.
    pub async fn rights(&self, record: &Record, action: &str) -> AppResult<FieldRights> {
        let row = self.loaded(Some(record), action).await?;
        Ok(self.set.field_rights_on(&Request { known: self.known, action, record: row.as_ref() }))
    }

    pub async fn fields(&self, record: &Record) -> AppResult<Vec<TrialField>> {
        let (read, write) = (self.rights(record, "read").await?, self.rights(record, "update").await?);
        let field = |(at, field): (FieldIdx, &maq_ir::Field)| TrialField {
            name: field.name.clone(),
            right: read.read(at).clone(),
            writable: write.may_write(at),
            seen: self.seen_as(read.read(at), record.get(&field.name)).map(|value| value.to_json()),
        };
        Ok((0u32..).map(FieldIdx).zip(&self.entity.fields).map(field).collect())
    }

    pub fn notes(&self, tables: &[(Arc<str>, Table)]) -> Vec<TrialNote> {
        let mut notes = Vec::new();
        let standing = tables.iter().find(|(id, _)| *id == self.entity.id).map(|(_, table)| table);
        match standing.filter(|_| self.local.published(self.index).is_some()) {
            None => notes.push(TrialNote::Unpublished(self.entity.name.to_string())),
            Some(table) => {
                let stands = |column: &str| table.columns.iter().any(|other| &*other.name == column);
                let missing = self.entity.fields.iter().filter(|field| !stands(&field.column));
                let missing: Vec<String> = missing.map(|field| field.name.to_string()).collect();
                if !missing.is_empty() {
                    notes.push(TrialNote::FieldsMissing(missing));
                }
            }
        }
        let broken = self.entity.policies.iter().filter(|policy| policy.broken);
        notes.extend(broken.map(|policy| TrialNote::Broken(policy.name.to_string())));
        notes
    }

    /// Decides the first rows in memory.
    pub async fn one_by_one(&self, total: u64) -> AppResult<TrialRows> {
        let mut answer = TrialRows { total, ..TrialRows::default() };
        let walks = self.set.walks("read");
        for record in self.local.list(self.index, Filter::All, DECIDED).await? {
            let row = self.local.row(self.index, record, &walks).await?;
            let request = Request { known: self.known, action: "read", record: Some(&row) };
            if self.set.allows(&request) {
                answer.visible += 1;
                if answer.seen.len() < SHOWN as usize {
                    answer.seen.push(self.seen(&row.record, &self.set.field_rights_on(&request)));
                }
            } else if answer.hidden.len() < SHOWN as usize {
                answer.hidden.push(plain(&row.record));
            }
        }
        Ok(answer)
    }

    /// A row as it is seen: what is hidden is not there.
    pub fn seen(&self, record: &Record, rights: &FieldRights) -> TrialRow {
        let fields = (0u32..).map(FieldIdx).zip(&self.entity.fields).filter_map(|(at, field)| {
            let seen = self.seen_as(rights.read(at), record.get(&field.name))?;
            (!matches!(seen, Value::Missing)).then(|| (field.name.to_string(), seen.to_json()))
        });
        let id = [("id".to_owned(), record.get("id").to_json())];
        TrialRow { id: id_text(record), values: Json::Object(id.into_iter().chain(fields).collect()) }
    }

    /// A value through a right; none when it is hidden.
    fn seen_as(&self, right: &FieldRight, value: &Value) -> Option<Value> {
        match right {
            FieldRight::Hidden => None,
            FieldRight::Masked(mask) => Some(apply_mask(mask, value, self.mask_key)),
            FieldRight::Readable => Some(value.clone()),
        }
    }
}

pub(super) fn first(filter: Filter) -> ListQuery {
    ListQuery { filter, sort: Vec::new(), limit: SHOWN, after: None, offset: 0 }
}

pub(super) fn plain(record: &Record) -> TrialRow {
    TrialRow { id: id_text(record), values: record.to_json() }
}

fn id_text(record: &Record) -> String {
    match record.get("id").to_json() {
        Json::String(id) => id,
        other => other.to_string(),
    }
}

/// A typed record in the order of its shape. What is left out is empty; only what cannot be read is refused, for one
/// also tries what the validator would not take.
fn typed(entity: &Entity, values: &Map<String, Json>) -> AppResult<Record> {
    let read = |name: &str, kind, empty: Value| -> AppResult<Value> {
        match values.get(name) {
            None | Some(Json::Null) => Ok(empty),
            Some(json) => Value::from_json(json, kind).map_err(|error| {
                let place = maq_diag::Place::at(&*entity.name, &[name]);
                let params = [("field", name), ("expected", error.expected), ("value", &*error.found)];
                let finding = maq_diag::Finding::new(maq_diag::catalogue::RECORD_TYPE_WRONG, place, &params);
                refusals::DATA_RECORD_INVALID.with(&[("entity", &entity.name)]).with_findings(vec![finding])
            }),
        }
    };
    let mut record = vec![("id".into(), read("id", entity.identity.kind(), Value::Null)?)];
    for field in &entity.fields {
        let empty = if field.absent == Absent::Missing { Value::Missing } else { Value::Null };
        record.push((field.name.clone(), read(&field.name, field.ty.kind(), empty)?));
    }
    use maq_value::Kind::{Instant, Integer, Text};
    for (name, kind) in [
        ("rowVersion", Integer),
        ("createdAt", Instant),
        ("createdBy", Text),
        ("updatedAt", Instant),
        ("updatedBy", Text),
    ] {
        record.push((name.into(), read(name, kind, Value::Null)?));
    }
    Ok(Record(record))
}
