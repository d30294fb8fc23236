//! Requests with an idempotency key (draft-ietf-httpapi-idempotency-key-header): the answer is kept in the unit of work
//! of the change, so that the same request sent again is answered alike and does nothing twice. Refusals are not kept:
//! they may be none the next time.

use super::change::Change;
use crate::active::ActiveModel;
use crate::error::refusals;
use crate::services::Inner;
use crate::{AppError, AppResult};
use maq_query::idempotency::{self, Owner};
use maq_query::{Dialect, SqlValue};
use maq_store::{Operation, Refused};
use maq_value::{Instant, Principal, Scope};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

/// How long an answer is kept.
pub const IDEMPOTENCY_LIFE_SECONDS: i64 = 24 * 3600;

/// Longest idempotency key.
pub const MAX_IDEMPOTENCY_KEY: usize = 200;

/// The tag of a unit whose key has an answer already.
pub(super) const KEY_TAKEN: &str = "data/idempotency-key-taken";

/// A key that a client draws for a request, the same each time it sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Reads a key.
    ///
    /// # Errors
    /// `data/idempotency-key-wrong` when it is not 1 to 200 visible ASCII characters.
    pub fn parse(text: &str) -> AppResult<IdempotencyKey> {
        let fits = (1..=MAX_IDEMPOTENCY_KEY).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(IdempotencyKey(text.to_owned())) } else { Err(refusals::IDEMPOTENCY_KEY_WRONG.with(&[])) }
    }
}

/// A request with its key, ready to be looked up and kept.
#[derive(Debug, Clone)]
pub(super) struct Keyed {
    scope: Scope,
    user_id: String,
    key: String,
    request_hash: String,
    now: Instant,
    dialect: Dialect,
}

impl Keyed {
    pub fn new(inner: &Inner, principal: &Principal, key: &IdempotencyKey, changes: &[Change], batch: bool) -> Keyed {
        Keyed {
            scope: principal.scope(),
            user_id: principal.user_id.clone(),
            key: key.0.clone(),
            request_hash: request_hash(changes, batch),
            now: inner.now(),
            dialect: inner.dialect(),
        }
    }

    fn owner(&self) -> Owner<'_> {
        Owner { scope: &self.scope, user_id: &self.user_id, key: &self.key }
    }

    /// The records that were answered under this key; none when it is new.
    ///
    /// # Errors
    /// `data/idempotency-key-reused`.
    pub async fn answered(&self, inner: &Inner) -> AppResult<Option<Vec<Json>>> {
        let rows = inner.read(idempotency::find(self.owner(), self.now, self.dialect)).await?;
        let Some(row) = rows.0.first() else { return Ok(None) };
        let text = |at: usize| row.get(at).and_then(SqlValue::as_text).unwrap_or_default();
        if text(0) != self.request_hash {
            return Err(refusals::IDEMPOTENCY_KEY_REUSED.with(&[("key", &self.key)]));
        }
        let answer: Json = serde_json::from_str(text(1)).map_err(AppError::fault)?;
        match answer.get("records").and_then(Json::as_array) {
            Some(records) => Ok(Some(records.clone())),
            None => Err(AppError::fault("a kept answer has no records")),
        }
    }

    /// The writes that keep `records` as the answer.
    pub fn keep(&self, records: &[Json]) -> Vec<Operation> {
        let life = Instant(self.now.0 + IDEMPOTENCY_LIFE_SECONDS * 1_000_000);
        let answer = json!({ "records": records }).to_string();
        let insert = idempotency::insert(self.owner(), &self.request_hash, &answer, (self.now, life), self.dialect);
        vec![
            idempotency::delete_expired(self.owner(), self.now, self.dialect).into(),
            Operation { statement: insert, expect_rows: Some((1, Refused::Guard(KEY_TAKEN))) },
        ]
    }
}

/// SHA-256 over what is asked, in canonical form (RFC 8785), so that the order of members makes no other request.
fn request_hash(changes: &[Change], batch: bool) -> String {
    let asked = |change: &Change| match change {
        Change::Create { entity, id, data } => json!({ "op": "create", "entity": entity, "id": id, "data": data }),
        Change::Update { entity, id, row_version, data } => {
            json!({ "op": "update", "entity": entity, "id": id, "rowVersion": row_version, "data": data })
        }
        Change::Delete { entity, id, row_version } => {
            json!({ "op": "delete", "entity": entity, "id": id, "rowVersion": row_version })
        }
    };
    let request = json!({ "batch": batch, "operations": changes.iter().map(asked).collect::<Vec<Json>>() });
    hex::encode(Sha256::digest(maq_doc::canonical_json(&request)))
}

/// What the closure of a unit needs to read the rows it answers.
pub(super) fn record_json(active: &ActiveModel, entity: &str, row: &[SqlValue]) -> Result<Json, Refused> {
    let unreadable = |error: String| Refused::Source(format!("a row of `{entity}` cannot be read: {error}"));
    let (_, engines) = active.required(entity).map_err(|error| unreadable(error.to_string()))?;
    let record = engines.records.decode_row(row).map_err(|error| unreadable(error.to_string()))?;
    Ok(record.to_json())
}
