//! One change of one record: what is asked, and how it becomes a write. Single requests and batches go through here
//! alike, so that there is one set of rules.

use super::along::Along;
use super::writing::Admitted;
use super::{invalid, not_found, parse_id, query_refusal, resource, take_id};
use crate::error::refusals;
use crate::services::Inner;
use crate::{AppError, AppResult};
use maq_diag::{Finding, Place, catalogue};
use maq_expr::Predicate;
use maq_ir::{Class, EntityView, IdentityType};
use maq_query::record::Stamp;
use maq_store::{Operation, Refused};
use maq_value::{Record, Value};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value as Json};
use std::io;
use std::sync::Arc;

/// Largest body of one record.
const MAX_RECORD_BYTES: usize = 1 << 20;

/// The tag of a write that touched no row.
pub(super) const UNTOUCHED: &str = "data/untouched";

/// One change of one record.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "op", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Change {
    /// A new record.
    Create {
        /// Its entity.
        entity: String,
        /// Its id, here or in `data`; drawn without one.
        #[serde(default)]
        id: Option<Json>,
        /// Its fields.
        data: Json,
    },
    /// Other values for the fields that `data` names.
    Update {
        /// Its entity.
        entity: String,
        /// Its id.
        #[serde(deserialize_with = "id_text")]
        id: String,
        /// The row version that was read; another one is a conflict.
        #[serde(default, deserialize_with = "version")]
        row_version: Option<i64>,
        /// The fields that change.
        data: Json,
    },
    /// The record goes.
    Delete {
        /// Its entity.
        entity: String,
        /// Its id.
        #[serde(deserialize_with = "id_text")]
        id: String,
        /// The row version that was read; another one is a conflict.
        #[serde(default, deserialize_with = "version")]
        row_version: Option<i64>,
    },
}

/// An id as a number is meant as the same in text.
fn id_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Json::deserialize(deserializer)? {
        Json::String(id) => Ok(id),
        Json::Number(id) => Ok(id.to_string()),
        _ => Err(serde::de::Error::custom("an id is text or a whole number")),
    }
}

/// A row version, also when a writer put `.0` behind it.
fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let json = Json::deserialize(deserializer)?;
    match Value::from_json(&json, maq_value::Kind::Integer) {
        Ok(Value::Integer(version)) => Ok(Some(version)),
        Ok(Value::Null) => Ok(None),
        _ => Err(serde::de::Error::custom("a row version is a whole number")),
    }
}

impl Change {
    pub(super) fn entity(&self) -> &str {
        match self {
            Change::Create { entity, .. } | Change::Update { entity, .. } | Change::Delete { entity, .. } => entity,
        }
    }

    /// What the policies decide about.
    pub(super) fn action(&self) -> &'static str {
        match self {
            Change::Create { .. } => "create",
            Change::Update { .. } => "update",
            Change::Delete { .. } => "delete",
        }
    }
}

/// A change that was validated: the write, what must hold of it, and what the audit and others are told of it.
pub(super) struct Prepared {
    pub entity: String,
    pub action: &'static str,
    pub operation: Operation,
    /// What must hold of the record as it stands before.
    pub before: Option<Arc<Predicate>>,
    /// What must hold of the record as everything leaves it.
    pub after: Option<Arc<Predicate>>,
    /// What must be answered when everything is done.
    pub targets: Vec<Operation>,
    /// What a delete does to others.
    pub along: Along,
    /// What the audit names: `Invoice/7`.
    pub resource: String,
    /// Names of the fields that the request gives, none of a delete.
    pub fields: Option<Vec<String>>,
    /// What they become, validated.
    pub values: Record,
    /// The id, where it is known before the write.
    pub key: Option<Value>,
    pub row_version: Option<i64>,
}

/// Validates a change and writes its statement.
pub(super) fn prepare(inner: &Inner, admitted: &Admitted<'_>, change: &Change) -> AppResult<Prepared> {
    let (entity, asked) = (change.entity(), &admitted.asked);
    let (view, engines) = asked.active.required(entity)?;
    let scope = asked.principal.scope();
    let stamp = Stamp { now: asked.now, user_id: &asked.principal.user_id };
    let touching = |statement| Operation { statement, expect_rows: Some((1, Refused::Guard(UNTOUCHED))) };
    let prepared = |operation, key: Option<Value>| Prepared {
        entity: entity.to_owned(),
        action: change.action(),
        operation,
        before: None,
        after: None,
        targets: Vec::new(),
        along: Along::default(),
        // A drawn whole number is known only once it is written; the event then names the entity alone.
        resource: key.as_ref().map_or_else(|| entity.to_owned(), |key| resource(entity, key)),
        fields: None,
        values: Record::default(),
        key,
        row_version: None,
    };
    match change {
        Change::Create { id, data, .. } => {
            let object = with_id(object(entity, data)?, id.as_ref())?;
            let after = admitted.fit((view, engines), "create", object.keys())?;
            let mut record = engines.validator.create(&object).map_err(|findings| invalid(entity, findings))?;
            let id = match (take_id(&mut record), view.entity.identity) {
                (Value::Missing | Value::Null, IdentityType::Uuid) => Some(Value::Uuid(inner.ids.uuid())),
                (Value::Missing | Value::Null, _) => None,
                (id, _) => Some(id),
            };
            let statement = engines.records.insert(&scope, id.as_ref(), &record, stamp).map_err(query_refusal)?;
            let (targets, fields) = (admitted.targets(view, &record)?, Some(names(&object)));
            Ok(Prepared { after, targets, fields, values: record, ..prepared(statement.into(), id) })
        }
        Change::Update { id, row_version, data, .. } => {
            refuse_log(view)?;
            let key = parse_id(engines, entity, id)?;
            let object = object(entity, data)?;
            let before = admitted.before(entity, admitted.fit((view, engines), "update", object.keys())?);
            let changes = engines.validator.patch(&object).map_err(|findings| invalid(entity, findings))?;
            let rows = before.as_deref();
            let statement = engines.records.update_where(&scope, &key, *row_version, &changes, stamp, rows);
            Ok(Prepared {
                before,
                after: admitted.rows(entity, "update").cloned(),
                targets: admitted.targets(view, &changes)?,
                fields: Some(names(&object)),
                values: changes,
                row_version: *row_version,
                ..prepared(touching(statement.map_err(query_refusal)?), Some(key))
            })
        }
        Change::Delete { id, row_version, .. } => {
            refuse_log(view)?;
            let key = parse_id(engines, entity, id)?;
            let before = admitted.before(entity, admitted.rows(entity, "delete").cloned());
            let statement = engines.records.delete_where(&scope, &key, *row_version, before.as_deref());
            Ok(Prepared {
                before,
                along: Along::of(asked, view.index, &key)?,
                row_version: *row_version,
                ..prepared(touching(statement.map_err(query_refusal)?), Some(key))
            })
        }
    }
}

impl Prepared {
    /// The refusal of a record that is not there.
    pub(super) fn gone(&self) -> AppError {
        not_found(&self.entity, &self.id_text())
    }

    /// The refusal of a record that has row version `current` and should have another.
    pub(super) fn changed(&self, current: i64) -> AppError {
        let params = [("entity", self.entity.as_str()), ("id", &self.id_text()), ("rowVersion", &current.to_string())];
        refusals::DATA_CONFLICT.with(&params)
    }

    pub(super) fn id_text(&self) -> String {
        match self.key.as_ref().map(Value::to_json) {
            Some(Json::String(id)) => id,
            Some(other) => other.to_string(),
            None => String::new(),
        }
    }
}

fn names(object: &Map<String, Json>) -> Vec<String> {
    object.keys().cloned().collect()
}

/// The fields with an id that stands beside them; one among them must be the same.
fn with_id(mut object: Map<String, Json>, id: Option<&Json>) -> AppResult<Map<String, Json>> {
    if let Some(id) = id.filter(|id| !id.is_null())
        && object.entry("id").or_insert_with(|| id.clone()) != id
    {
        return Err(refusals::DATA_ID_TWICE.with(&[]));
    }
    Ok(object)
}

fn refuse_log(view: EntityView<'_>) -> AppResult<()> {
    if view.entity.class == Class::Log {
        return Err(refusals::DATA_LOG_APPEND_ONLY.with(&[("entity", view.name())]));
    }
    Ok(())
}

fn object(entity: &str, values: &Json) -> AppResult<Map<String, Json>> {
    let Json::Object(object) = values else {
        let params = [("found", json_word(values))];
        let finding = Finding::new(catalogue::RECORD_NOT_OBJECT, Place::at(entity, &[]), &params);
        return Err(invalid(entity, vec![finding]));
    };
    let mut length = Length(0);
    // Counting fails on nothing but what is too long.
    if serde_json::to_writer(&mut length, object).is_err() {
        return Err(refusals::DATA_RECORD_TOO_LARGE.with(&[("entity", entity), ("limit", "1 MiB")]));
    }
    Ok(object.clone())
}

/// Counts what is written, up to [`MAX_RECORD_BYTES`].
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        if self.0 > MAX_RECORD_BYTES { Err(io::Error::other("too long")) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn json_word(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "a truth value",
        Json::Number(_) => "a number",
        Json::String(_) => "text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}
