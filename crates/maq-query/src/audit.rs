//! What a store needs to keep the audit chain: where a tenant's chain ends, appending a sealed link, reading a link
//! back. Queries are in [`crate::meta`].

use crate::meta::AUDIT_COLUMNS;
use crate::{Dialect, SqlValue, Statement};
use maq_audit::{AuditEvent, ChainTail, Outcome, SealedEvent};
use maq_value::{Instant, Scope};
use std::sync::{Arc, LazyLock};

static APPEND: LazyLock<[Arc<str>; 2]> = LazyLock::new(|| {
    let text = |mark: char| {
        let binds: Vec<String> = (1..=16).map(|number| format!("{mark}{number}")).collect();
        format!("INSERT INTO meta_audit (id, {AUDIT_COLUMNS}) VALUES ({mark}1, {})", binds.join(", ")).into()
    };
    [text('?'), text('$')]
});

static TAIL: LazyLock<[Arc<str>; 2]> = LazyLock::new(|| {
    let text = |mark: char| {
        format!("SELECT seq, hash FROM meta_audit WHERE tenant_id = {mark}1 ORDER BY seq DESC LIMIT 1").into()
    };
    [text('?'), text('$')]
});

fn of(texts: &[Arc<str>; 2], dialect: Dialect) -> Arc<str> {
    let [sqlite, postgres] = texts;
    match dialect {
        Dialect::Sqlite => sqlite.clone(),
        Dialect::Postgres => postgres.clone(),
    }
}

/// Reads where the chain of `tenant` ends; [`read_tail`] reads the answer.
pub fn tail(tenant: &str, dialect: Dialect) -> Statement {
    Statement::new(of(&TAIL, dialect), vec![tenant.into()])
}

/// The tail in the rows that [`tail`] answers; the start of a chain when there are none.
pub fn read_tail(rows: &[Vec<SqlValue>]) -> Option<ChainTail> {
    match rows.first().map(Vec::as_slice) {
        None => Some(ChainTail::default()),
        Some([SqlValue::Integer(seq), SqlValue::Text(hash)]) => Some(ChainTail { seq: *seq, hash: hash.clone() }),
        Some(_) => None,
    }
}

/// Appends a sealed link; its `id` is the event's id.
pub fn append(link: &SealedEvent, dialect: Dialect) -> Statement {
    let event = &link.event;
    let result = match event.result {
        Outcome::Success => "success",
        Outcome::Failure => "failure",
    };
    let binds = vec![
        SqlValue::from(event.event_id.as_str()),
        event.event_type.as_str().into(),
        event.timestamp.0.into(),
        event.user_id.as_str().into(),
        event.scope.tenant_id.as_str().into(),
        event.scope.realm_id.as_str().into(),
        event.action.as_str().into(),
        event.resource.as_str().into(),
        event.details.as_ref().map(serde_json::Value::to_string).into(),
        result.into(),
        event.error_message.as_deref().into(),
        event.salt.as_str().into(),
        link.seq.into(),
        link.leaf.as_str().into(),
        link.prev_hash.as_str().into(),
        link.hash.as_str().into(),
    ];
    Statement::new(of(&APPEND, dialect), binds)
}

/// A link from a row of [`AUDIT_COLUMNS`]; `None` when the row does not have their shape.
pub fn read_link(row: &[SqlValue]) -> Option<SealedEvent> {
    let mut cells = row.iter();
    let mut required = || cells.next().and_then(SqlValue::as_text).map(str::to_owned);
    let (event_id, event_type) = (required()?, required()?);
    let timestamp = Instant(cells.next()?.as_integer()?);
    let mut required = || cells.next().and_then(SqlValue::as_text).map(str::to_owned);
    let (user_id, tenant_id, realm_id) = (required()?, required()?, required()?);
    let (action, resource) = (required()?, required()?);
    let details = match cells.next()? {
        SqlValue::Text(text) => Some(serde_json::from_str(text).ok()?),
        _ => None,
    };
    let result = match cells.next()?.as_text()? {
        "success" => Outcome::Success,
        "failure" => Outcome::Failure,
        _ => return None,
    };
    let error_message = cells.next()?.as_text().map(str::to_owned);
    let salt = cells.next()?.as_text()?.to_owned();
    let seq = cells.next()?.as_integer()?;
    let mut required = || cells.next().and_then(SqlValue::as_text).map(str::to_owned);
    let (leaf, prev_hash, hash) = (required()?, required()?, required()?);
    let scope = Scope { tenant_id, realm_id };
    let event = AuditEvent {
        event_id,
        event_type,
        timestamp,
        user_id,
        scope,
        action,
        resource,
        details,
        salt,
        result,
        error_message,
    };
    Some(SealedEvent { event, seq, leaf, prev_hash, hash })
}
