//! The data API: records of published entities on behalf of a principal. Every request is decided by the entity's
//! policies, validated by its one validator, bound to tenant and realm, and audited in the change's transaction.

mod along;
mod asked;
mod change;
mod expand;
mod export;
mod keyed;
mod page;
mod plan;
mod refused;
mod request;
pub(crate) mod sight;
mod unit;
mod writing;

pub(crate) use asked::Asked;

pub use change::Change;
pub use expand::{Included, MAX_EXPANSION_STEPS, MAX_EXPANSIONS};
pub use export::Export;
pub use keyed::{IDEMPOTENCY_LIFE_SECONDS, IdempotencyKey, MAX_IDEMPOTENCY_KEY};
use page::SeenPage;
pub use request::{ListRequest, MAX_FILTER_DEPTH, MAX_OFFSET, MAX_PAGE, MAX_SORT_KEYS, Paging};
use sight::Sight;
pub use unit::Written;

use crate::active::{self, Engines};
use crate::error::refusals;
use crate::policy_gate::PolicyGate;
use crate::services::Inner;
use crate::{AppError, AppResult, Health};
use maq_query::meta;
use maq_query::record::{ListQuery, QueryError};
use maq_value::{Principal, Record, Value};
use serde_json::Value as Json;
use std::sync::Arc;

/// A page of records, or of what else the rows of a page are made to.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordPage<T = Vec<Record>> {
    /// The records.
    pub data: T,
    /// Cursor of the next page; none at the end, or when pages were asked for by number.
    pub next: Option<String>,
    /// Matching records in all, when asked for.
    pub total: Option<u64>,
    /// Records a page at most.
    pub limit: u32,
    /// The records that they refer to, as far as was asked for.
    pub included: Included,
}

/// Records of published entities.
#[derive(Clone)]
pub struct DataApi {
    inner: Arc<Inner>,
    gate: PolicyGate,
}

/// Most changes of one batch.
pub const MAX_BATCH_OPERATIONS: usize = 500;

/// Longest name or id in a request, in bytes.
pub const MAX_IDENTIFIER: usize = maq_gtype::MAX_ID_BYTES;

/// How changes came: a refusal of a batch names the operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Together {
    Single,
    Batch,
}

impl DataApi {
    pub(crate) fn new(inner: Arc<Inner>, gate: PolicyGate) -> DataApi {
        DataApi { inner, gate }
    }

    /// A page of records.
    ///
    /// # Errors
    /// `data/entity-unknown`, `policy/denied`, `policy/field-not-queryable`, `data/filter-wrong`, `data/sort-wrong`,
    /// `data/expand-wrong`, `data/page-wrong`, `data/cursor-invalid`.
    pub async fn list(&self, principal: &Principal, entity: &str, request: &ListRequest) -> AppResult<RecordPage> {
        self.list_as(principal, entity, request, |page| page.records()).await
    }

    /// The same with the records as the text of a JSON array, for hosts that pass it on: no record is made between.
    ///
    /// # Errors
    /// As [`DataApi::list`].
    pub async fn list_json(
        &self,
        principal: &Principal,
        entity: &str,
        request: &ListRequest,
    ) -> AppResult<RecordPage<Vec<u8>>> {
        self.list_as(principal, entity, request, |page| page.json()).await
    }

    async fn list_as<T>(
        &self,
        principal: &Principal,
        entity: &str,
        request: &ListRequest,
        form: fn(&SeenPage<'_>) -> AppResult<T>,
    ) -> AppResult<RecordPage<T>> {
        let asked = self.asked(principal).await?;
        let sight = self.see(&asked, entity).await?;
        let (_, engines) = asked.active.required(entity)?;
        let askable = request::Askable { records: &engines.records, sight: &sight };
        let mut query = request::list_query(&askable, request)?;
        let expansions = self.expansions(&asked, entity, &request.expand).await?;
        query.filter = sight.narrowed(query.filter);
        let page = self.page(principal, &sight, &query).await?;
        let total = if request.with_total {
            let count = engines.records.count(&principal.scope(), &query.filter).map_err(query_refusal)?;
            Some(self.inner.read_count(count).await?.unsigned_abs())
        } else {
            None
        };
        let referring = if expansions.is_empty() { Vec::new() } else { page.records()? };
        let included = self.include(&asked, &expansions, &referring).await?;
        Ok(RecordPage { data: form(&page)?, next: page.next()?, total, limit: query.limit, included })
    }

    /// A page as far as it may be seen. The query's filter is narrowed already.
    async fn page<'a>(
        &self,
        principal: &Principal,
        sight: &'a Sight<'a>,
        query: &'a ListQuery,
    ) -> AppResult<SeenPage<'a>> {
        let statement =
            sight.records().list_with(&principal.scope(), query, sight.outcomes()).map_err(query_refusal)?;
        Ok(SeenPage { sight, query, rows: self.inner.read_packed(statement).await? })
    }

    /// One record, as far as it may be seen. One that may not be is not there.
    ///
    /// # Errors
    /// `data/entity-unknown`, `policy/denied`, `data/record-not-found`.
    pub async fn get(&self, principal: &Principal, entity: &str, id: &str) -> AppResult<Record> {
        self.get_with(principal, entity, id, &[]).await.map(|(record, _)| record)
    }

    /// The same with the records that it refers to: see [`ListRequest::expand`].
    ///
    /// # Errors
    /// As [`DataApi::get`]; `data/expand-wrong`, `policy/field-not-queryable`.
    pub async fn get_with(
        &self,
        principal: &Principal,
        entity: &str,
        id: &str,
        expand: &[String],
    ) -> AppResult<(Record, Included)> {
        let asked = self.asked(principal).await?;
        let sight = self.see(&asked, entity).await?;
        let expansions = self.expansions(&asked, entity, expand).await?;
        let (_, engines) = asked.active.required(entity)?;
        let key = parse_id(engines, entity, id)?;
        let statement = if sight.is_whole() {
            engines.records.get(&principal.scope(), &key)
        } else {
            let rows = sight.rows().map(|rows| &**rows);
            engines.records.get_with(&principal.scope(), &key, rows, sight.outcomes())
        };
        let rows = self.inner.read(statement.map_err(query_refusal)?).await?;
        let row = rows.0.first().ok_or_else(|| not_found(entity, id))?;
        let record = sight.record(row).map_err(AppError::fault)?;
        let included = self.include(&asked, &expansions, std::slice::from_ref(&record)).await?;
        Ok((record, included))
    }

    /// How many records there are that fit and may be seen.
    ///
    /// # Errors
    /// As [`DataApi::list`].
    pub async fn count(&self, principal: &Principal, entity: &str, filter: Option<&Json>) -> AppResult<u64> {
        let asked = self.asked(principal).await?;
        let sight = self.see(&asked, entity).await?;
        let (_, engines) = asked.active.required(entity)?;
        let filter = request::filter(&request::Askable { records: &engines.records, sight: &sight }, filter)?;
        let statement = engines.records.count(&principal.scope(), &sight.narrowed(filter)).map_err(query_refusal)?;
        Ok(self.inner.read_count(statement).await?.unsigned_abs())
    }

    /// Creates a record from its fields; answers it as far as it may be seen.
    ///
    /// # Errors
    /// `policy/denied`, `data/record-invalid` with its findings, `data/unique-taken`, `data/reference-broken`.
    pub async fn create(&self, principal: &Principal, entity: &str, values: Json) -> AppResult<Record> {
        let change = Change::Create { entity: entity.to_owned(), id: None, data: values };
        only(self.write(principal, &[change], Together::Single).await?)
    }

    /// Changes the fields that `values` names; answers the record as far as it may be seen.
    ///
    /// # Errors
    /// `policy/denied`, `data/record-not-found`, `data/record-invalid`, `data/row-version-conflict` with the row version
    /// that is there, `data/unique-taken`, `data/reference-broken`, `data/log-append-only`.
    pub async fn update(
        &self,
        principal: &Principal,
        entity: &str,
        id: &str,
        values: Json,
        row_version: Option<i64>,
    ) -> AppResult<Record> {
        let (entity, id) = (entity.to_owned(), id.to_owned());
        let change = Change::Update { entity, id, row_version, data: values };
        only(self.write(principal, &[change], Together::Single).await?)
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
        let change = Change::Delete { entity: entity.to_owned(), id: id.to_owned(), row_version };
        self.write(principal, &[change], Together::Single).await.map(drop)
    }

    /// Makes one change. With `key`, the same change sent again is answered as the first time and not made twice.
    ///
    /// # Errors
    /// As [`DataApi::create`], [`DataApi::update`], [`DataApi::delete`]; `data/idempotency-key-reused`.
    pub async fn submit(
        &self,
        principal: &Principal,
        change: Change,
        key: Option<&IdempotencyKey>,
    ) -> AppResult<Written> {
        self.answer(principal, &[change], key, Together::Single).await
    }

    /// Makes all changes, in order and in one unit of work, or none. A record may refer to one that the same batch
    /// creates under a given id. What is wrong with the records comes back together, each finding at
    /// `operations`, the operation's number, `data` and the field.
    ///
    /// # Errors
    /// As [`DataApi::submit`], with `operation` among the refusal's parameters where it is one operation's;
    /// `data/batch-invalid` with findings, `data/batch-too-large`, `data/batch-empty`.
    pub async fn batch(
        &self,
        principal: &Principal,
        changes: &[Change],
        key: Option<&IdempotencyKey>,
    ) -> AppResult<Written> {
        if changes.is_empty() {
            return Err(refusals::DATA_BATCH_EMPTY.with(&[]));
        }
        if changes.len() > MAX_BATCH_OPERATIONS {
            let params = [("operations", &*changes.len().to_string()), ("limit", &*MAX_BATCH_OPERATIONS.to_string())];
            return Err(refusals::DATA_BATCH_TOO_LARGE.with(&params));
        }
        self.answer(principal, changes, key, Together::Batch).await
    }

    /// Health: the running model can be read.
    pub async fn check_health(&self) -> Health {
        match active::load(&self.inner).await {
            Ok(active) => Health { healthy: true, message: format!("{} entities served", active.model.len()) },
            Err(_) => self.inner.probe(meta::active_versions(self.inner.dialect()), "records").await,
        }
    }

    /// The request, on the model that runs now.
    async fn asked<'p>(&self, principal: &'p Principal) -> AppResult<Asked<'p>> {
        self.gate.asked(principal).await
    }

    /// What the principal sees of an entity's records.
    ///
    /// # Errors
    /// `policy/denied` when it sees none, whatever they are.
    async fn see<'a>(&self, asked: &'a Asked<'_>, entity: &str) -> AppResult<Sight<'a>> {
        refuse_long(entity)?;
        match asked.sight(entity)? {
            Ok(Some(sight)) => {
                self.gate.sample(asked, "read", entity);
                Ok(sight)
            }
            Ok(None) => Err(self.gate.deny(asked, "read", entity, None).await),
            Err(why) => Err(self.gate.deny(asked, "read", entity, Some(why.to_string())).await),
        }
    }
}

/// The record of a single change that answers one.
fn only(mut records: Vec<Option<Record>>) -> AppResult<Record> {
    records.pop().flatten().ok_or_else(|| AppError::fault("a write answered no row"))
}

fn take_id(record: &mut Record) -> Value {
    match record.0.iter().position(|(name, _)| &**name == "id") {
        Some(at) => record.0.remove(at).1,
        None => Value::Missing,
    }
}

fn parse_id(engines: &Engines, entity: &str, id: &str) -> AppResult<Value> {
    refuse_long(id)?;
    if id.contains('\0') {
        return Err(not_found(entity, &id.replace('\0', "\u{FFFD}")));
    }
    // An id that cannot be one is not found, like any other that is not there.
    engines.records.parse_id(id).ok_or_else(|| not_found(entity, id))
}

/// Refuses a name or id that is none because of its length.
fn refuse_long(identifier: &str) -> AppResult<()> {
    if identifier.len() > MAX_IDENTIFIER {
        return Err(refusals::DATA_IDENTIFIER_TOO_LONG.with(&[("limit", &MAX_IDENTIFIER.to_string())]));
    }
    Ok(())
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
        QueryError::TooMany(limit) => refusals::DATA_FILTER_TOO_LARGE.with(&[("limit", &limit.to_string())]),
        other => refusals::DATA_FILTER_WRONG.with(&[("reason", &other.to_string())]),
    }
}
