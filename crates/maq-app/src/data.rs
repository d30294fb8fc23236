//! The data API: records of published entities on behalf of a principal. Every request is decided by the entity's
//! policies, validated by its one validator, bound to tenant and realm, and audited in the change's transaction.

mod request;

pub use request::{ListRequest, Paging};

use crate::active::{self, ActiveModel, Engines};
use crate::error::refusals;
use crate::policy_gate::PolicyGate;
use crate::services::{Act, Inner};
use crate::{AppError, AppResult, Health};
use maq_ir::{Class, EntityView, IdentityType};
use maq_query::meta;
use maq_query::record::{QueryError, Stamp};
use maq_store::{Operation, Refused, StoreError, UnitOfWork};
use maq_value::{Principal, Record, Value};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

/// A page of records.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordPage {
    /// The records.
    pub data: Vec<Record>,
    /// Cursor of the next page; none at the end, or when pages were asked for by number.
    pub next: Option<String>,
    /// Matching records in all, when asked for.
    pub total: Option<u64>,
    /// Records a page at most.
    pub limit: u32,
}

/// Records of published entities.
#[derive(Clone)]
pub struct DataApi {
    inner: Arc<Inner>,
    gate: PolicyGate,
}

/// Largest body of one record.
const MAX_RECORD_BYTES: usize = 1 << 20;

impl DataApi {
    pub(crate) fn new(inner: Arc<Inner>, gate: PolicyGate) -> DataApi {
        DataApi { inner, gate }
    }

    /// A page of records.
    ///
    /// # Errors
    /// `data/entity-unknown`, `policy/denied`, `data/filter-wrong`, `data/sort-wrong`, `data/page-wrong`,
    /// `data/cursor-invalid`.
    pub async fn list(&self, principal: &Principal, entity: &str, request: &ListRequest) -> AppResult<RecordPage> {
        let active = self.enter(principal, "read", entity).await?;
        let (_, engines) = active.required(entity)?;
        let query = request::list_query(&engines.records, request)?;
        let scope = principal.scope();
        let statement = engines.records.list(&scope, &query).map_err(query_refusal)?;
        let rows = self.inner.read(statement).await?;
        let page = engines.records.page(&query, &rows.0).map_err(AppError::fault)?;
        let total = if request.with_total {
            let count = engines.records.count(&scope, &query.filter).map_err(query_refusal)?;
            Some(self.inner.read_count(count).await?.unsigned_abs())
        } else {
            None
        };
        Ok(RecordPage { data: page.records, next: page.next, total, limit: query.limit })
    }

    /// One record.
    ///
    /// # Errors
    /// `data/entity-unknown`, `policy/denied`, `data/record-not-found`.
    pub async fn get(&self, principal: &Principal, entity: &str, id: &str) -> AppResult<Record> {
        let active = self.enter(principal, "read", entity).await?;
        let (_, engines) = active.required(entity)?;
        let key = parse_id(engines, entity, id)?;
        let statement = engines.records.get(&principal.scope(), &key).map_err(query_refusal)?;
        let rows = self.inner.read(statement).await?;
        match rows.0.first() {
            Some(row) => engines.records.decode_row(row).map_err(AppError::fault),
            None => Err(not_found(entity, id)),
        }
    }

    /// How many records there are that fit.
    ///
    /// # Errors
    /// As [`DataApi::list`].
    pub async fn count(&self, principal: &Principal, entity: &str, filter: Option<&Json>) -> AppResult<u64> {
        let active = self.enter(principal, "read", entity).await?;
        let (_, engines) = active.required(entity)?;
        let filter = request::filter(&engines.records, filter)?;
        let statement = engines.records.count(&principal.scope(), &filter).map_err(query_refusal)?;
        Ok(self.inner.read_count(statement).await?.unsigned_abs())
    }

    /// Creates a record from its fields; answers it whole.
    ///
    /// # Errors
    /// `policy/denied`, `data/record-invalid` with its findings, `data/unique-taken`, `data/reference-broken`.
    pub async fn create(&self, principal: &Principal, entity: &str, values: Json) -> AppResult<Record> {
        let active = self.enter(principal, "create", entity).await?;
        let (view, engines) = active.required(entity)?;
        let object = object(entity, values)?;
        let mut record = engines.validator.create(&object).map_err(|findings| invalid(entity, findings))?;
        let id = take_id(&mut record);
        let id = match (id, view.entity.identity) {
            (Value::Missing | Value::Null, IdentityType::Uuid) => Some(Value::Uuid(self.inner.ids.uuid())),
            (Value::Missing | Value::Null, _) => None,
            (id, _) => Some(id),
        };
        let stamp = Stamp { now: self.inner.now(), user_id: &principal.user_id };
        let statement =
            engines.records.insert(&principal.scope(), id.as_ref(), &record, stamp).map_err(query_refusal)?;
        // A drawn whole number is known only once it is written; the event then names the entity alone.
        let resource = match &id {
            Some(id) => resource(entity, id),
            None => entity.to_owned(),
        };
        let fields: Vec<&str> = object.keys().map(String::as_str).collect();
        let details = json!({"fields": fields});
        self.write(principal, (view, engines), statement.into(), ("create", &resource), details).await
    }

    /// Changes the fields that `values` names; answers the whole record.
    ///
    /// # Errors
    /// `policy/denied`, `data/record-not-found`, `data/record-invalid`, `data/row-version-conflict`,
    /// `data/unique-taken`, `data/reference-broken`, `data/log-append-only`.
    pub async fn update(
        &self,
        principal: &Principal,
        entity: &str,
        id: &str,
        values: Json,
        row_version: Option<i64>,
    ) -> AppResult<Record> {
        let active = self.enter(principal, "update", entity).await?;
        let (view, engines) = active.required(entity)?;
        refuse_log(view)?;
        let key = parse_id(engines, entity, id)?;
        let object = object(entity, values)?;
        let changes = engines.validator.patch(&object).map_err(|findings| invalid(entity, findings))?;
        let stamp = Stamp { now: self.inner.now(), user_id: &principal.user_id };
        let scope = principal.scope();
        let statement = engines.records.update(&scope, &key, row_version, &changes, stamp).map_err(query_refusal)?;
        let operation = Operation { statement, expect_rows: Some((1, Refused::Guard(UNTOUCHED))) };
        let fields: Vec<&str> = object.keys().map(String::as_str).collect();
        let details = json!({"fields": fields});
        let resource = resource(entity, &key);
        let written = self.write(principal, (view, engines), operation, ("update", &resource), details).await;
        self.explain_untouched(written, principal, engines, (entity, id, &key)).await
    }

    /// Deletes a record.
    ///
    /// # Errors
    /// `policy/denied`, `data/record-not-found`, `data/row-version-conflict`, `data/reference-broken`,
    /// `data/log-append-only`.
    pub async fn delete(
        &self,
        principal: &Principal,
        entity: &str,
        id: &str,
        row_version: Option<i64>,
    ) -> AppResult<()> {
        let active = self.enter(principal, "delete", entity).await?;
        let (view, engines) = active.required(entity)?;
        refuse_log(view)?;
        let key = parse_id(engines, entity, id)?;
        let statement = engines.records.delete(&principal.scope(), &key, row_version).map_err(query_refusal)?;
        let operation = Operation { statement, expect_rows: Some((1, Refused::Guard(UNTOUCHED))) };
        let resource = resource(entity, &key);
        let mut work = UnitOfWork { operations: vec![operation], ..UnitOfWork::default() };
        work.audit.push(self.inner.audit_principal(
            principal,
            Act { event_type: "data.delete", action: "delete", resource: &resource, details: None },
        ));
        let written = self.inner.store.commit(work).await.map_err(|error| refused_write(error, (view, engines)));
        let written = self.explain_untouched(written, principal, engines, (entity, id, &key)).await;
        written?;
        self.inner.events.changed(&["records", "audit"]);
        Ok(())
    }

    /// Health: the running model can be read.
    pub async fn check_health(&self) -> Health {
        match active::load(&self.inner).await {
            Ok(active) => Health { healthy: true, message: format!("{} entities served", active.model.len()) },
            Err(_) => self.inner.probe(meta::active_versions(self.inner.dialect()), "records").await,
        }
    }

    async fn enter(&self, principal: &Principal, action: &str, entity: &str) -> AppResult<Arc<ActiveModel>> {
        let active = active::load(&self.inner).await?;
        active.required(entity)?;
        self.gate.enforce_on(&active, principal, action, entity).await?;
        Ok(active)
    }

    async fn write(
        &self,
        principal: &Principal,
        (view, engines): (EntityView<'_>, &Engines),
        operation: Operation,
        (action, resource): (&str, &str),
        details: Json,
    ) -> AppResult<Record> {
        let mut work = UnitOfWork { operations: vec![operation], ..UnitOfWork::default() };
        work.audit.push(self.inner.audit_principal(
            principal,
            Act { event_type: &format!("data.{action}"), action, resource, details: Some(details) },
        ));
        let receipt = self.inner.store.commit(work).await.map_err(|error| refused_write(error, (view, engines)))?;
        self.inner.events.changed(&["records", "audit"]);
        let row = receipt.returned.first().and_then(|rows| rows.0.first());
        let row = row.ok_or_else(|| AppError::fault("a write answered no row"))?;
        engines.records.decode_row(row).map_err(AppError::fault)
    }

    /// A write that touched nothing: the record is gone, or it has another row version.
    async fn explain_untouched<T>(
        &self,
        written: AppResult<T>,
        principal: &Principal,
        engines: &Engines,
        (entity, id, key): (&str, &str, &Value),
    ) -> AppResult<T> {
        let untouched = |error: &AppError| error.refusal().is_some_and(|refusal| refusal.code == UNTOUCHED);
        match written {
            Err(error) if untouched(&error) => {
                let exists = engines.records.exists(&principal.scope(), key).map_err(query_refusal)?;
                let there = !self.inner.read(exists).await?.0.is_empty();
                let conflict = refusals::DATA_CONFLICT.with(&[("entity", entity), ("id", id)]);
                Err(if there { conflict } else { not_found(entity, id) })
            }
            other => other,
        }
    }
}

/// The tag of a write that touched no row.
const UNTOUCHED: &str = "data/untouched";

fn refuse_log(view: EntityView<'_>) -> AppResult<()> {
    if view.entity.class == Class::Log {
        return Err(refusals::DATA_LOG_APPEND_ONLY.with(&[("entity", view.name())]));
    }
    Ok(())
}

fn object(entity: &str, values: Json) -> AppResult<Map<String, Json>> {
    let wrong = || {
        let place = maq_diag::Place::at(entity, &[]);
        let params = [("found", json_word(&values))];
        let finding = maq_diag::Finding::new(maq_diag::catalogue::RECORD_NOT_OBJECT, place, &params);
        invalid(entity, vec![finding])
    };
    match &values {
        Json::Object(object) if values.to_string().len() <= MAX_RECORD_BYTES => Ok(object.clone()),
        Json::Object(_) => Err(refusals::EDIT_TOO_LARGE.with(&[("limit", "1 MiB")])),
        _ => Err(wrong()),
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

fn take_id(record: &mut Record) -> Value {
    match record.0.iter().position(|(name, _)| &**name == "id") {
        Some(at) => record.0.remove(at).1,
        None => Value::Missing,
    }
}

fn parse_id(engines: &Engines, entity: &str, id: &str) -> AppResult<Value> {
    // An id that cannot be one is not found, like any other that is not there.
    engines.records.parse_id(id).ok_or_else(|| not_found(entity, id))
}

fn resource(entity: &str, id: &Value) -> String {
    match id.to_json() {
        Json::String(id) => format!("{entity}/{id}"),
        other => format!("{entity}/{other}"),
    }
}

fn not_found(entity: &str, id: &str) -> AppError {
    refusals::DATA_RECORD_NOT_FOUND.with(&[("entity", entity), ("id", id)])
}

fn invalid(entity: &str, findings: Vec<maq_diag::Finding>) -> AppError {
    refusals::DATA_RECORD_INVALID.with(&[("entity", entity)]).with_findings(findings)
}

pub(crate) fn query_refusal(error: QueryError) -> AppError {
    match error {
        QueryError::Cursor => refusals::CURSOR_INVALID.with(&[]),
        other => refusals::DATA_FILTER_WRONG.with(&[("reason", &other.to_string())]),
    }
}

fn refused_write(error: StoreError, (view, engines): (EntityView<'_>, &Engines)) -> AppError {
    let entity = view.name();
    match error {
        StoreError::Refused(Refused::Guard(tag)) if tag == UNTOUCHED => {
            let mut untouched = refusals::DATA_CONFLICT.with(&[("entity", entity), ("id", "")]);
            if let AppError::Refusal(refusal) = &mut untouched {
                refusal.code = UNTOUCHED.to_owned();
            }
            untouched
        }
        StoreError::Refused(Refused::Unique(named)) => {
            let fields = engines.records.unique_fields(&named).map(|fields| fields.join(", "));
            let key = fields.map_or_else(|| "id".to_owned(), |fields| format!("`{fields}`"));
            refusals::DATA_UNIQUE.with(&[("entity", entity), ("key", &key)])
        }
        StoreError::Refused(Refused::ForeignKey(_)) => refusals::DATA_REFERENCE.with(&[("entity", entity)]),
        StoreError::Refused(Refused::Check(reason) | Refused::NotNull(reason)) => {
            refusals::DATA_STORE_CHECK.with(&[("entity", entity), ("reason", &reason)])
        }
        other => other.into(),
    }
}
